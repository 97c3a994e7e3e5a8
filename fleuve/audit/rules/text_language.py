"""Text that is evidently in another language than the one declared.

ACT ucwvc8 (language of the page) and off6ek (language of an element), WCAG 3.1.1 (A) and 3.1.2 (AA). Two witnesses are asked: the small words
of each language (articles, prepositions, pronouns), and the trigrams of turbohtml's identifier; titles of works and names of people,
firms and places, which 3.1.2 leaves out, have few small words. https://www.w3.org/WAI/standards-guidelines/act/rules/ucwvc8/
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from turbohtml.detect import LanguageDetection, detect_language

from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.rule import ACT, Rule
from fleuve.audit.text_block import plain_text, text_blocks

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
SMALL = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
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
_FOREIGN = re.compile("[\u0370-\u1fff\u3040-\ud7ff]{2}")
_WORD = re.compile(r"[^\W\d_]+")
# Shares of small words: of the declared language in a text that may still be in another one (Spanish shares a few with French), and of that other one.
_SOME, _MANY = 0.08, 0.25
# Words that it takes to be sure of a page, to ask a person about a page, and about a passage.
_SURE, _JUDGED, _PASSAGE = 60, 20, 12
_SHORTEST = 5 * _PASSAGE
_LANGUAGES = {
    "english": "en", "english version": "en", "français": "fr", "version française": "fr", "español": "es", "deutsch": "de", "italiano": "it", "português": "pt",
    "العربية": "ar", "中文": "zh", "简体中文": "zh", "繁體中文": "zh", "русский": "ru", "українська": "uk", "kreyòl": "ht", "tiếng việt": "vi", "română": "ro",
}

_WRITTEN = frozenset(each for name in _LANGUAGES for each in (name, name.capitalize(), name.title(), name.upper()))


def _share(words: list[str], language: str) -> float:
    small = SMALL.get(language)
    return sum(map(small.__contains__, words)) / len(words) if small else 0.0


def other_language(text: str, declared: str) -> str:
    """The language of `text` when it evidently is not `declared` ("fr", "en"…), else "". Short texts must be judged by the caller."""
    words = _WORD.findall(text.casefold())
    own = _share(words, declared) if words else 1.0
    if own > _SOME:
        return ""
    enough = max(_MANY, 4 * own)
    likely = [language for language in SMALL if language != declared and _share(words, language) >= enough]
    if not likely and not _FOREIGN.search(text):
        return ""  # names, codes, figures: without small words to confirm it, their trigrams look like anything
    found = _CODES.get(detect_language(text, _AMONG).language or "", "")
    if found in SMALL:
        return found if found in likely else ""
    return found if found not in _LATIN and declared in _LATIN else ""


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
        if _looks_like(plain_text(page), declared):
            return
        text = _text_in(page, tag)
        length = len(text.split())
        if (length >= _JUDGED or len(text) >= 6 * _JUDGED) and (found := other_language(text, declared)):
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
        yield from self._names_of_languages(page)
        root = _primary((page.root.attr("lang") or "").strip().lower()) if page.root is not None else ""
        parts = [(each.text, _primary((each.attr("lang") or "").lower())) for each in page.having("lang") if each is not page.root]
        lines = [(line, root) for line in plain_text(page).split("\n") if len(line) > _SHORTEST and line.count(" ") >= _PASSAGE - 1]
        if all(_is_plausible(text, own) or not _is_suspect(text, own) for text, own in lines + parts):
            return
        by_language = defaultdict(list)
        for block in text_blocks(page):
            if block.text.count(" ") >= _PASSAGE - 1 and (declared := _primary(block.lang)) in _NAMES:
                if not _is_plausible(block.text, declared) and (found := other_language(block.text, declared)):
                    by_language[declared, found].append(block)
        for (declared, found), blocks in by_language.items():
            if declared == root and len(blocks) > 3 and other_language(_text_in(page, blocks[0].lang), declared):
                continue  # the whole page: the other rule says it once
            for block in blocks:
                yield self.finding(
                    page, block.element, f"Ce passage est en {_NAMES[found]}, mais il se lit comme {_of(declared)} : « {block.text[:80]}… ».",
                    f"Entourez-le de sa langue : [texte]{{lang={found}}}, ou lang=\"{found}\" en HTML.", excerpt=block.text,
                )

    def _names_of_languages(self, page):
        """« English » in a French page: the link to the other version."""
        for link, name in page.links if not _WRITTEN.isdisjoint(page.link_names) else ():
            if name not in _WRITTEN:
                continue
            language = _LANGUAGES[name.casefold()]
            holder = link.closest("[lang]")
            if holder is None or _primary((holder.attr("lang") or "").lower()) not in _NAMES or next(iter(link.iter_elements()), None) is not None:
                continue
            if _primary((holder.attr("lang") or "").lower()) != language:
                yield self.finding(
                    page, link, f"Le lien « {name} » est écrit dans sa langue, sans le dire aux lecteurs d’écran.", f"Ajoutez-lui lang=\"{language}\".",
                )


# A look at a few characters spares nearly every text the count of its words. The most frequent first: two or three are looked for.
_COMMON = {
    "fr": (" d’", " à ", " et ", " l’", " du ", " le ", " des ", " les ", " au ", " pour ", " une ", " par ", " sur ", " est ", " dans ", " vous ", " avec "),
    "en": (" and ", " the ", " to ", " your ", " for ", " or ", " in ", " of ", " you ", " with ", " is ", " not ", " are ", " from ", " can ", " that ", " by ", " we "),
}


@lru_cache(4096)  # headers, menus and footers are the same on all pages of a site
def _is_suspect(text: str, declared: str) -> bool:
    """True when a line is long enough to be judged and evidently in another language."""
    return text.count(" ") >= _PASSAGE - 1 and not _is_plausible(text, declared) and bool(other_language(text, declared))


def _is_plausible(text: str, declared: str) -> bool:
    """True when two of the commonest words of the declared language, which others do not have, stand in a text; more when it is long."""
    wanted = 2 + len(text) // 400
    for word in _COMMON.get(declared, ()):
        if word in text:
            wanted -= 1
            if not wanted:
                return True
    return False


def _looks_like(text: str, declared: str) -> bool:
    """True when its commonest words are one in forty of a page."""
    wanted = text.count(" ") // 40 + 1
    for word in _COMMON.get(declared, ()):
        wanted -= text.count(word)
        if wanted <= 0:
            return True
    return False


def _of(language: str) -> str:
    """« du français », « de l’anglais »."""
    name = _NAMES[language]
    return f"de l’{name}" if name[0] in "aeéiouh" else f"du {name}"


def _text_in(page, tag: str) -> str:
    """What the page says in one language tag."""
    return " ".join(block.text for block in text_blocks(page) if block.lang == tag)
