"""Words in capitals: whole sentences, which are slow to read and may be spelled by a voice, and abbreviations that nothing explains.

WCAG 3.1.4 (AAA, asked by SGQRI 008 3.0): techniques G97 (first use beside its expansion), H28 (abbr). All-capital text: no criterion but
good practice of every plain-language guide. https://www.w3.org/WAI/WCAG22/Understanding/abbreviations.html
"""

from __future__ import annotations

import re

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import Rule
from fleuve.audit.text_block import text_blocks

_CAPITALS = "A-ZÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜ"
_RUN = re.compile(rf"(?:[{_CAPITALS}]['’]?[{_CAPITALS}’'-]*[ ,\u00a0]+){{5,}}[{_CAPITALS}]{{2,}}")
_ABBREVIATION = re.compile(rf"(?<![\w.’'/@+-])[{_CAPITALS}]{{2,6}}(?![\w’'/@+-]|\.\w)")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
# Known better than their expansions: formats and units of files, the word OK, parts of addresses.
_KNOWN = frozenset("PDF HTML CSV ZIP JSON XML RSS URL FAQ OK TV CD DVD SMS USB GPS ADN SIDA SOS AM PM ISBN ISSN CP QC ON NB NE MB SK AB BC CA US USA UE ONU TVQ TPS".split())
_UPPERCASE = re.compile(r"text-transform\s*:\s*uppercase", re.IGNORECASE)
_WORDS = 5


class AllCapitals(Rule):
    """A sentence typed, or styled, in capitals."""

    id = "texte-en-capitales"
    certainty = TO_VERIFY
    title = "Texte en capitales"
    source = "https://www.w3.org/WAI/WCAG22/Understanding/readable.html"

    def check(self, page):
        for block in text_blocks(page):
            text = block.text
            if text.isupper() and len(text) > 20:
                found = text if self._words(text) >= _WORDS else ""
            else:
                found = (_RUN.search(text) or [""])[0] if _has_capitals(text) else ""
            if found:
                yield self._say(page, block.element, found)
        for element in page.having("style"):
            if _UPPERCASE.search(element.attr("style") or "") and self._words(element.text) >= _WORDS and page.exposed(element):
                yield self._say(page, element, page.text(element))

    def _words(self, text: str) -> int:
        return sum(len(word) > 1 and word.isalpha() for word in re.split(r"[\s’'-]+", text))

    def _say(self, page, element, text: str):
        return self.finding(
            page, element, f"Ce texte est tout en capitales, ce qui se lit lentement : « {text[:80]} ».",
            "Écrivez-le en minuscules ; pour insister, mettez un mot en gras ou faites-en un avis.", excerpt=text,
        )


def _has_capitals(text: str) -> bool:
    """A quick look: five words in capitals make more than a quarter of a paragraph of usual length, or stand in a long one."""
    return len(text) > 30 and sum(map(str.isupper, text)) > 20


class UnexplainedAbbreviation(Rule):
    """An acronym that nothing explains where it first stands."""

    id = "abreviation-sans-definition"
    criteria = ("3.1.4",)
    certainty = TO_VERIFY
    title = "Abréviation sans sa forme longue"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/general/G97"

    def check(self, page):
        explained = {" ".join(mark.text.split()) for mark in page.tagged("abbr", "acronym", "dfn") if (mark.attr("title") or "").strip()} | _KNOWN
        for block in text_blocks(page):
            text = block.text
            if block.is_heading or text.isupper():
                continue
            for found in _ABBREVIATION.finditer(text):
                word = found[0]
                if word in explained or _ROMAN.fullmatch(word) or self._is_shouted(text, found):
                    continue
                explained.add(word)
                if not self._is_explained(text, found):
                    yield self.finding(
                        page, block.element, f"L’abréviation « {word} » n’est expliquée ni par abbr ni entre parenthèses là où elle paraît d’abord.",
                        "Ajoutez-la au glossaire (contenu/_glossaire/), ou écrivez la forme longue suivie de l’abréviation entre parenthèses.",
                        excerpt=text[max(0, found.start() - 60):found.end() + 60],
                    )

    def _is_explained(self, text: str, found: re.Match) -> bool:
        """« forme longue (SIGLE) », « SIGLE (forme longue) », « SIGLE, c’est-à-dire… », « SIGLE : forme longue » at the start of a line."""
        before, after = text[:found.start()].rstrip("\u00a0 «“\""), text[found.end():].lstrip("\u00a0 »”\"")
        if before.endswith(("(", "[")) or after.startswith(("(", "[", ", c’est-à-dire", ", soit ", " signifie", ", or ")):
            return True
        return not before and after.startswith((":", "–", "—", "="))

    def _is_shouted(self, text: str, found: re.Match) -> bool:
        """True inside words in capitals (« AVIS IMPORTANT »), which are no abbreviations."""
        around = (text[:found.start()].split() or [""])[-1], (text[found.end():].split() or [""])[0]
        return any(len(word) > 6 and word.isupper() for word in around)
