"""Words in capitals: whole sentences, which are slow to read and may be spelled by a voice, and abbreviations that nothing explains.

WCAG 3.1.4 (AAA, asked by SGQRI 008 3.0): techniques G97 (first use beside its expansion), H28 (abbr). All-capital text: no criterion but
good practice of every plain-language guide. https://www.w3.org/WAI/WCAG22/Understanding/abbreviations.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import Rule
from fleuve.audit.text_block import block_holding, plain_text, text_blocks

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_CAPITALS = "A-ZÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜ"
# Six words in a row; a word of one letter counts (« À »), an elision too (« D’INCENDIE »).
_RUN = re.compile(rf"[{_CAPITALS}]{{2}}[{_CAPITALS}’'-]*\s(?:[{_CAPITALS}][{_CAPITALS}’',:-]*\s+){{3,}}[{_CAPITALS}]{{2,}}")
_GLUED = re.compile(r"[\w.’'/@+-]")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
# Known better than their expansions: formats and units of files, addresses of machines, the word OK, parts of addresses.
_KNOWN = frozenset("PDF HTML KB MB GB IP CSV ZIP JSON XML RSS URL FAQ OK TV CD DVD SMS USB GPS ADN SIDA SOS AM PM ISBN ISSN CP QC ON NB NE MB SK AB BC CA US USA UE ONU TVQ TPS".split())
_POSTAL = re.compile(r"\b\d{5}\b|\b[A-Z]\d[A-Z][ \u00a0]?\d[A-Z]\d\b|\bCEDEX\b")
_UPPERCASE = re.compile(r"text-transform\s*:\s*uppercase", re.IGNORECASE)
_WORDS = 5
_LONGEST = 6
_WINDOW = 300  # characters looked at before and after an abbreviation
_NEAR = 80  # characters from the first of four words in capitals to the last: further apart, they are acronyms

# Capitals of Latin-1 become « A », all the rest a space: one pass in C over the page, where a regular expression takes ten times as long.
_ONLY_CAPITALS = bytes(65 if 65 <= code <= 90 or (192 <= code <= 222 and code != 215) else 32 for code in range(256))
_SEVERAL = re.compile(b"AA+")

def capital_words(page: HtmlPage) -> list[tuple[int, int]]:
    """Where runs of two capitals or more begin and end in the plain text of the page. Made once a page."""
    return page.remember("capital words", _read)


def _read(page: HtmlPage) -> list[tuple[int, int]]:
    capitals = plain_text(page).encode("latin-1", "replace").translate(_ONLY_CAPITALS)
    return [run.span() for run in _SEVERAL.finditer(capitals)]


class AllCapitals(Rule):
    """A sentence typed, or styled, in capitals."""

    id = "texte-en-capitales"
    certainty = TO_VERIFY
    title = "Texte en capitales"
    source = "https://www.w3.org/WAI/WCAG22/Understanding/readable.html"

    def check(self, page):
        runs = capital_words(page)
        for block in text_blocks(page) if self._may_shout(runs) else ():
            text = block.text
            if text.isupper() and len(text) > 20:
                found = text if self._words(text) >= _WORDS else ""
            else:
                found = next((run[0] for run in _RUN.finditer(text) if self._words(run[0]) >= _WORDS), "")
            if found and not _POSTAL.search(found):
                yield self._say(page, block.element, found)
        for element in page.having("style"):
            if _UPPERCASE.search(element.attr("style") or "") and self._words(element.text) >= _WORDS and page.exposed(element):
                yield self._say(page, element, page.text(element))

    def _may_shout(self, runs: list[tuple[int, int]]) -> bool:
        """True when several words in capitals stand near one another, one of them too long for an acronym."""
        size = _WORDS - 1
        return any(end - start > _LONGEST for start, end in runs) and any(
            runs[at + size - 1][0] - runs[at][0] < _NEAR and any(end - start > _LONGEST for start, end in runs[at:at + size])
            for at in range(len(runs) - size + 1)
        )

    def _words(self, text: str) -> int:
        """How many words, 0 when they are so short that they may all be acronyms."""
        words = [word for word in re.split(r"[\s’',:-]+", text) if word.isalpha()]
        return len(words) if any(len(word) > 6 for word in words) else 0

    def _say(self, page, element, text: str):
        return self.finding(
            page, element, f"Ce texte est tout en capitales, ce qui se lit lentement : « {text[:80]} ».",
            "Écrivez-le en minuscules ; pour insister, mettez un mot en gras ou faites-en un avis.", excerpt=text,
        )


class UnexplainedAbbreviation(Rule):
    """An acronym that nothing explains where it first stands."""

    id = "abreviation-sans-definition"
    criteria = ("3.1.4",)
    certainty = TO_VERIFY
    title = "Abréviation sans sa forme longue"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/general/G97"

    def check(self, page):
        text = plain_text(page)
        words = {text[start:end] for start, end in capital_words(page) if end - start <= _LONGEST} - _KNOWN
        words = {word for word in words if not _ROMAN.fullmatch(word)}
        if not words:
            return
        words -= {" ".join(mark.text.split()) for mark in page.tagged("abbr", "acronym", "dfn") if (mark.attr("title") or "").strip()}
        titles = {page.text(heading.element) for heading in headings(page)} if words else ()
        for word in sorted(words):
            found = self._first(text, word, titles)
            if found and not self._is_explained(*found):
                block = block_holding(page, word)
                if block is not None:
                    yield self.finding(
                        page, block, f"L’abréviation « {word} » n’est expliquée ni par abbr ni entre parenthèses là où elle paraît d’abord.",
                        "Ajoutez-la au glossaire (contenu/_glossaire/), ou écrivez la forme longue suivie de l’abréviation entre parenthèses.",
                        excerpt=found[0][-60:] + word + found[1][:60],
                    )

    def _first(self, text: str, word: str, titles) -> tuple[str, str] | None:
        """What stands before and after the word, in its line, where it first is a word of its own outside headings and lines in capitals."""
        at = -1
        while (at := text.find(word, at + 1)) >= 0:
            end = at + len(word)
            if _GLUED.match(text[at - 1:at]) or _GLUED.match(text[end:end + 1]) and not re.match(r"\.(?!\w)", text[end:end + 2]):
                continue
            start = max(text.rfind("\n", 0, at) + 1, at - _WINDOW)
            before, after = text[start:at].lstrip("* "), text[end:end + _WINDOW].partition("\n")[0]
            line = before + word + after
            if not line.isupper() and line.strip() not in titles and not self._is_shouted(before, after):
                return before, after
        return None

    def _is_explained(self, before: str, after: str) -> bool:
        """« forme longue (SIGLE) », « SIGLE (forme longue) », « SIGLE, c’est-à-dire… », « SIGLE : forme longue » at the start of a line."""
        before, after = before.rstrip("\u00a0 «“\""), after.lstrip("\u00a0 »”\"")
        if before.endswith(("(", "[")) or after.startswith(("(", "[", ", c’est-à-dire", ", soit ", " signifie", ", or ")):
            return True
        return not before and after.startswith((":", "–", "—", "="))

    def _is_shouted(self, before: str, after: str) -> bool:
        """True inside words in capitals (« AVIS IMPORTANT »), which are no abbreviations."""
        around = *before.rsplit(None, 1)[-1:], *after.split(None, 1)[:1]
        return any(len(word) > 6 and word.isupper() for word in around)
