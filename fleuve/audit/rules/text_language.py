"""Text that is evidently in another language than the one declared.

ACT ucwvc8 (language of the page) and off6ek (language of an element), WCAG 3.1.1 (A) and 3.1.2 (AA). Two witnesses are asked: the small words
of each language (articles, prepositions, pronouns), and the trigrams of turbohtml's identifier; titles of works and names of people,
firms and places, which 3.1.2 leaves out, have few small words. https://www.w3.org/WAI/standards-guidelines/act/rules/ucwvc8/
"""

from __future__ import annotations

import re
from collections import defaultdict

from turbohtml.detect import LanguageDetection, detect_language

from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.rule import ACT, Rule
from fleuve.audit.text_block import text_blocks

# The commonest words of each language that the others of this table do not have.
_SMALL_WORDS = {
    "fr": "le les des du une et est dans pour qui que sur par avec vous nous votre notre ce cette ces sont être été aux au ou où ne pas plus leur leurs elle il ils"
    " se sa son ses peut doit avez faut avant après sans sous chez dont l d qu c s n j",
    "en": "the and of to is are that with for you your this from which have has been will must can be by it its they their there what when where who how not was were"
    " we our these those than if does could should would about",
    "es": "el los las del y es en una con por para que su sus como más pero usted puede está esta este son al lo si cuando donde hay ser desde sobre también",
    "de": "der die das und ist nicht mit für von dem den ein eine auf sich auch wird werden oder aus bei nach zum zur sie wir",
    "it": "il gli della di che è per una con sono del nel dei le alla delle più anche questo come essere",
    "pt": "o os as da do das dos em uma para com que não é por mais como ao pela pelo você seu sua são",
}
_SMALL = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_NAMES = {
    "fr": "français", "en": "anglais", "es": "espagnol", "de": "allemand", "it": "italien", "pt": "portugais", "ar": "arabe", "zh": "chinois", "ru": "russe",
    "uk": "ukrainien", "el": "grec", "he": "hébreu", "ja": "japonais", "ko": "coréen", "hi": "hindi", "vi": "vietnamien", "ro": "roumain", "pl": "polonais",
    "nl": "néerlandais", "tr": "turc", "fa": "persan", "pa": "pendjabi", "ht": "créole haïtien",
}
_CODES = {
    "fra": "fr", "eng": "en", "spa": "es", "deu": "de", "ita": "it", "por": "pt", "ara": "ar", "cmn": "zh", "zho": "zh", "rus": "ru", "ukr": "uk", "ell": "el",
    "heb": "he", "jpn": "ja", "kor": "ko", "hin": "hi", "vie": "vi", "ron": "ro", "pol": "pl", "nld": "nl", "tur": "tr", "pes": "fa", "fas": "fa", "pan": "pa", "hat": "ht",
}
_AMONG = LanguageDetection(allowed=frozenset(_CODES))
# Scripts that one declared language cannot be written in: no small words are needed to tell them.
_LATIN = frozenset(("fr", "en", "es", "de", "it", "pt", "vi", "ro", "pl", "nl", "tr", "ht"))
_WORD = re.compile(r"[^\W\d_]+")
# Shares of small words: of the declared language in a text that may still be in another one (Spanish shares a few with French), and of that other one.
_SOME, _MANY = 0.08, 0.25
# Words that it takes to be sure of a page, to ask a person about a page, and about a passage.
_SURE, _JUDGED, _PASSAGE = 60, 20, 12
_LANGUAGES = {
    "english": "en", "english version": "en", "français": "fr", "version française": "fr", "español": "es", "deutsch": "de", "italiano": "it", "português": "pt",
    "العربية": "ar", "中文": "zh", "简体中文": "zh", "繁體中文": "zh", "русский": "ru", "українська": "uk", "kreyòl": "ht", "tiếng việt": "vi", "română": "ro",
}


def _share(words: list[str], language: str) -> float:
    small = _SMALL.get(language)
    return sum(word in small for word in words) / len(words) if small else 0.0


def other_language(text: str, declared: str) -> str:
    """The language of `text` when it evidently is not `declared` ("fr", "en"…), else "". Short texts must be judged by the caller."""
    words = _WORD.findall(text.casefold())
    own = _share(words, declared) if words else 1.0
    if own > _SOME:
        return ""
    found = _CODES.get(detect_language(text, _AMONG).language or "", "")
    if not found or found == declared:
        return ""
    if found in _SMALL:
        return found if _share(words, found) >= max(_MANY, 4 * own) else ""
    if found in _LATIN:
        return ""  # without small words to confirm it, the trigrams of names and codes look like anything
    return found if declared in _LATIN else ""


def _primary(tag: str) -> str:
    return tag.partition("-")[0].strip()


class PageInAnotherLanguage(Rule):
    """A page that a French voice reads in English."""

    id = "langue-de-page"
    act_rule = "ucwvc8"
    criteria = ("3.1.1",)
    title = "Page dans une autre langue que celle qu’elle déclare"
    source = ACT + "ucwvc8/"

    def check(self, page):
        tag = (page.root.attr("lang") or "").strip().lower() if page.root is not None else ""
        declared = _primary(tag)
        if declared not in _NAMES:
            return
        text = " ".join(block.text for block in text_blocks(page) if block.lang == tag)
        length = len(text.split()) if text.isascii() or declared in _LATIN else len(text) // 4
        if not _is_plausible(text, declared) and (length >= _JUDGED or len(text) >= 6 * _JUDGED) and (found := other_language(text, declared)):
            sure = length >= _SURE or (found not in _LATIN and len(text) >= 6 * _SURE // 2)
            yield self.finding(
                page, page.root, f"Cette page se dit en {_NAMES[declared]} (lang=\"{tag}\"), mais son texte est en {_NAMES[found]}.",
                f"Mettez lang=\"{found}\" à l’élément html, ou traduisez la page.", certainty=CERTAIN if sure else TO_VERIFY,
            )


class PassageInAnotherLanguage(Rule):
    """A paragraph in another language than the rest, which nothing tells the voice that reads it."""

    id = "langue-de-passage"
    act_rule = "off6ek"
    criteria = ("3.1.2",)
    certainty = TO_VERIFY
    title = "Passage dans une autre langue que celle qui est déclarée"
    source = ACT + "off6ek/"

    def check(self, page):
        by_language = defaultdict(list)
        for block in text_blocks(page):
            declared = _primary(block.lang)
            if declared in _NAMES:
                if block.text.count(" ") >= _PASSAGE - 1 and not _is_plausible(block.text, declared) and (found := other_language(block.text, declared)):
                    by_language[declared, found].append(block)
                elif block.element.tag in ("a", "li", "p", "div", "nav", "span", "button") and block.text.casefold() in _LANGUAGES:
                    yield from self._name_of_language(page, block, declared)
        tag = (page.root.attr("lang") or "").strip().lower() if page.root is not None else ""
        for (declared, found), blocks in by_language.items():
            if declared == _primary(tag) and len(blocks) > 3 and other_language(" ".join(b.text for b in text_blocks(page) if b.lang == tag), declared):
                continue  # the whole page: the other rule says it once
            for block in blocks:
                yield self.finding(
                    page, block.element, f"Ce passage est en {_NAMES[found]}, mais il se lit comme du {_NAMES[declared]} : « {block.text[:80]}… ».",
                    f"Entourez-le de sa langue : [texte]{{lang={found}}}, ou lang=\"{found}\" en HTML.", excerpt=block.text,
                )

    def _name_of_language(self, page, block, declared: str):
        """« English » in a French page: the link to the other version."""
        language = _LANGUAGES[block.text.casefold()]
        link = block.element if block.element.tag == "a" else next(iter(block.element.iter_elements("a")), None)
        if language != declared and link is not None and link.attr("href") is not None:
            yield self.finding(
                page, link, f"Le lien « {block.text} » est écrit dans sa langue, sans le dire aux lecteurs d’écran.", f"Ajoutez-lui lang=\"{language}\".",
            )


# A look at a few characters spares nearly every text the count of its words.
_PLAUSIBLE = {
    "fr": re.compile(r" (?:le|les|des|du|et|une|pour|dans) .* (?:le|les|des|du|et|une|est|à|pour|dans|ou) ", re.DOTALL),
    "en": re.compile(r" (?:the|of|and|to|is|for|you|your) .* (?:the|of|and|to|is|are|for|you|your|in|or) ", re.DOTALL),
}


def _is_plausible(text: str, declared: str) -> bool:
    """True when two of the commonest words of the declared language stand in the first sentences of a text that is not long."""
    pattern = _PLAUSIBLE.get(declared)
    return pattern is not None and len(text) < 400 and pattern.search(text) is not None
