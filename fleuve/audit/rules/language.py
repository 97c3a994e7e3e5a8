"""The page says in which language it is, and so do its parts.

- ACT b5c3f8, WCAG 3.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/b5c3f8/
- ACT bf051a, WCAG 3.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/bf051a/
- ACT 5b7ae0, WCAG 3.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/5b7ae0/
- ACT de46e4, WCAG 3.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/de46e4/

Known languages are those of the IANA registry of BCP 47 (library langcodes).
"""

import re
from functools import lru_cache

import langcodes
from langcodes.data_dicts import LANGUAGE_ALPHA3, LANGUAGE_ALPHA3_BIBLIOGRAPHIC
from turbohtml import Element, Text

from fleuve.audit.rule import ACT, Rule

_PRIMARY = re.compile(r"[a-z]{2,3}\Z")
# Codes of three letters of the languages that have one of two: the registry, and so browsers, know the short one only.
_LONG = frozenset((*LANGUAGE_ALPHA3.values(), *LANGUAGE_ALPHA3_BIBLIOGRAPHIC.values()))


@lru_cache(maxsize=4096)
def known_language(tag: str) -> bool:
    """True when the primary subtag of a language tag is that of a registered language."""
    primary = tag.lower().partition("-")[0]
    return bool(_PRIMARY.match(primary)) and primary not in _LONG and langcodes.tag_is_valid(primary)


class PageWithoutLanguage(Rule):
    """A page that a screen reader reads with whatever voice it has."""

    id = "page-sans-langue"
    act_rule = "b5c3f8"
    criteria = ("3.1.1",)
    title = "Langue de la page non déclarée"
    source = ACT + "b5c3f8/"

    def check(self, page):
        if page.whole and not (page.root.attr("lang") or "").strip():
            yield self.finding(
                page, page.root, "La page ne dit pas dans quelle langue elle est écrite : un lecteur d’écran la lira peut-être avec la mauvaise voix.",
                "Ajoutez lang=\"fr\" (ou la langue de la page) à la balise <html>.",
            )


class UnknownPageLanguage(Rule):
    """A page whose language does not exist."""

    id = "langue-inconnue"
    act_rule = "bf051a"
    criteria = ("3.1.1",)
    title = "Langue de la page inconnue"
    source = ACT + "bf051a/"

    def check(self, page):
        value = (page.root.attr("lang") or "") if page.whole else ""
        if value.strip() and not known_language(value):
            yield self.finding(
                page, page.root, f"« {value} » n’est pas un code de langue : un lecteur d’écran ne saura pas avec quelle voix lire la page.",
                "Mettez un code tel que fr, fr-CA ou en.",
            )


class LanguagesDisagree(Rule):
    """lang and xml:lang that say two languages."""

    id = "langues-contradictoires"
    act_rule = "5b7ae0"
    criteria = ("3.1.1",)
    title = "lang et xml:lang contradictoires"
    source = ACT + "5b7ae0/"

    def check(self, page):
        if not page.whole:
            return
        lang, xml = ((page.root.attr(name) or "").strip().lower().partition("-")[0] for name in ("lang", "xml:lang"))
        if lang and xml and lang != xml and known_language(lang):
            yield self.finding(
                page, page.root, f"La page se dit à la fois en « {lang} » (lang) et en « {xml} » (xml:lang).", "Retirez xml:lang : en HTML, lang suffit.",
            )


class UnknownPartLanguage(Rule):
    """A passage whose language does not exist."""

    id = "langue-de-passage-inconnue"
    act_rule = "de46e4"
    criteria = ("3.1.2",)
    title = "Langue d’un passage inconnue"
    source = ACT + "de46e4/"

    def check(self, page):
        for element in page.having("lang"):
            value = element.attr("lang") or ""
            if element.tag == "html" or not value or known_language(value) or not _speaks(page, element):
                continue
            yield self.finding(
                page, element, f"« {value} » n’est pas un code de langue : ce passage ne sera pas lu dans sa langue.", "Mettez un code tel que fr, en ou iu.",
            )


def _speaks(page, element) -> bool:
    """True when some text or name is in the language that this element declares, and not in that of an element inside."""
    if element.tag in ("head", "title", "script", "style") or element in page.unrendered:
        return False
    for child in element:
        if isinstance(child, Text):
            if child.data.strip():
                return True
        elif isinstance(child, Element) and child.attr("lang") is None and (_speaks(page, child) or (page.exposed(child) and child.tag == "img" and page.name(child))):
            return True
    return False
