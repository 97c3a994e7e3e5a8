"""How text is set: justified, in capitals, spaced with nothing, with elements of the last century.

WCAG 1.4.8 (AAA: text is not justified; good practice for people with dyslexia), 1.3.1 (A), 2.2.2 (A) for what moves or blinks, failures F4, F16,
F47; HTML « obsolete features ». https://www.w3.org/WAI/WCAG22/Understanding/visual-presentation.html
"""

from __future__ import annotations

import re

from turbohtml import Element, Text

from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.rule import Rule
from fleuve.audit.text_block import paragraph_texts

_JUSTIFY = re.compile(r"text-align\s*:\s*justify", re.IGNORECASE)
_UPPERCASE = re.compile(r"text-transform\s*:\s*uppercase", re.IGNORECASE)
_MEDIA = ("img", "svg", "video", "audio", "iframe", "object", "embed", "canvas", "input", "button", "select", "textarea", "math", "picture", "slot", "template", "script", "hr")
_KEPT = ("id", "role", "aria-live", "aria-hidden", "hidden", "slot")
_MOVING = ("marquee", "blink")
_OBSOLETE = {
    "font": "les styles du thème", "center": "les styles du thème", "big": "strong ou un titre", "strike": "s ou del", "tt": "code", "basefont": "les styles du thème",
    "acronym": "abbr", "dir": "ul", "frameset": "une page", "frame": "une page", "nobr": "une espace insécable",
}


class JustifiedText(Rule):
    """Text with spaces of all widths, in which lines are hard to follow."""

    id = "texte-justifie"
    criteria = ("1.4.8",)
    certainty = TO_VERIFY
    title = "Texte justifié"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/failures/F88"

    def check(self, page):
        marked = [each for each in page.having("style") if _JUSTIFY.search(each.attr("style") or "")]
        marked += [each for each in page.having("align") if (each.attr("align") or "").strip().lower() == "justify"]
        marked += [sheet for sheet in page.tagged("style") if _JUSTIFY.search(sheet.text)]
        for element in marked:
            yield self.finding(
                page, element, "Ce texte est justifié : les espaces inégales le rendent difficile à lire pour les personnes dyslexiques.",
                "Retirez text-align: justify (ou align=\"justify\") : alignez le texte à gauche.",
            )


class SpacedWithNothing(Rule):
    """Empty paragraphs, items and lists, and line breaks in a row: a screen reader stops at each."""

    id = "espacement-par-vide"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Espace faite d’éléments vides"
    source = "https://www.w3.org/WAI/WCAG22/Understanding/info-and-relationships.html"

    def check(self, page):
        empty = [paragraph for paragraph, text in paragraph_texts(page) if not text]
        empty += [item for item in page.tagged("li") if not item.text.strip()]
        empty += [element for element in page.tagged("ul", "ol", "dl") if next(element.iter_elements(), None) is None]
        for element in empty:
            if self._is_empty(element) and page.exposed(element):
                yield self.finding(
                    page, element, f"Cet élément {element.tag} est vide : un lecteur d’écran peut s’y arrêter pour rien.",
                    "Retirez-le ; l’espace entre les paragraphes est l’affaire du thème.",
                )
        run = 0
        for mark in page.tagged("br") if len(page.tagged("br")) > 2 else ():
            run = run + 1 if self._follows_break(mark) else 1
            if run == 3 and page.exposed(mark):
                yield self.finding(page, mark.parent, "Trois retours à la ligne de suite servent d’espacement.", "Faites-en deux paragraphes.")

    def _is_empty(self, element) -> bool:
        if element.text.strip() or any(element.attr(key) is not None for key in _KEPT):
            return False
        return next(iter(element.iter_elements(_MEDIA)), None) is None and not any("-" in inner.tag for inner in element.iter_elements())

    def _follows_break(self, mark) -> bool:
        before = mark.previous_sibling
        while before is not None and isinstance(before, Text) and not before.data.strip():
            before = before.previous_sibling
        return isinstance(before, Element) and before.tag == "br"


class PresentationalElement(Rule):
    """Elements that HTML gave up, and those that move."""

    id = "element-de-presentation"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Élément de présentation obsolète"
    source = "https://html.spec.whatwg.org/multipage/obsolete.html"

    def check(self, page):
        for element in page.tagged(*_MOVING):
            if page.exposed(element):
                yield self.finding(
                    page, element, f"Le texte de l’élément {element.tag} bouge ou clignote sans que l’on puisse l’arrêter : « {page.text(element)[:80]} ».",
                    "Écrivez ce texte dans un paragraphe ordinaire, ou dans un avis.", certainty=CERTAIN,
                )
        for element in page.tagged(*_OBSOLETE):
            yield self.finding(page, element, f"L’élément {element.tag} est obsolète.", f"Remplacez-le par {_OBSOLETE[element.tag]}.")
