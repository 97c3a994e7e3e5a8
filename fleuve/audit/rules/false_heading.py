"""Paragraphs that look like headings: bold or big, and not marked as headings.

WCAG 1.3.1 (A), failure F2 (changes in presentation that convey information), technique H42. Whether a bold line is a heading is for a person to
say: never certain. https://www.w3.org/WAI/WCAG22/Techniques/failures/F2
"""

from __future__ import annotations

import re

from turbohtml import Element, Text

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import Rule

_LONG = 80
_BIG = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)|font-size\s*:\s*(?:x-large|xx-large|(?:1\.[3-9]|[2-9])\d*r?em|(?:1[3-9]|[2-9]\d)\d%|(?:2\d|[3-9]\d)px)", re.IGNORECASE)
_FOLLOWED = ("p", "ul", "ol", "dl", "table", "div", "figure", "blockquote", "details")
# Labels and cells; and regions, to which one goes by their names.
_ELSEWHERE = (
    "td, th, li, dd, dt, figcaption, blockquote, address, header, footer, label, caption, button, summary, legend, a, nav,"
    " aside, section[aria-label], section[aria-labelledby], [role=region], [role=alert], [role=note]"
)


class FalseHeading(Rule):
    """A heading for the eyes only: no screen reader can go to it."""

    id = "faux-titre"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Paragraphe qui a l’air d’un titre"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/failures/F2"

    def check(self, page):
        seen = set()
        for mark in page.tagged("strong", "b", "font", "big") + [e for e in page.having("style") if e.tag in ("span", "p") and _BIG.search(e.attr("style") or "")]:
            block = mark if mark.tag == "p" else mark.closest("p")
            if block is None or block in seen or not self._is_alone(mark, block):
                continue
            seen.add(block)
            text = " ".join(block.text.split())
            if self._reads_as_heading(text) and self._is_followed(block, text) and block.closest(_ELSEWHERE) is None and page.exposed(block):
                yield self.finding(
                    page, block, f"« {text} » a l’air d’un titre, mais n’en est pas un pour un lecteur d’écran.",
                    "Si c’est un titre, écrivez-le « ## » (ou h2, h3…) ; sinon, écrivez-le sans gras.", excerpt=text,
                )

    def _is_alone(self, mark, block) -> bool:
        """True when all that the paragraph says is in `mark`."""
        while mark != block:
            parent = mark.parent
            for other in parent:
                if other == mark or (isinstance(other, Text) and not other.data.strip()) or (isinstance(other, Element) and other.tag == "br"):
                    continue
                return False
            mark = parent
        return True

    def _reads_as_heading(self, text: str) -> bool:
        return 3 < len(text) <= _LONG and text[-1] not in ".;,!…" and any(map(str.isalpha, text))

    def _is_followed(self, block, text: str) -> bool:
        following = block.next_sibling
        while following is not None and not isinstance(following, Element):
            if isinstance(following, Text) and following.data.strip():
                return False
            following = following.next_sibling
        if following is None or following.tag not in _FOLLOWED or len(following.text.strip()) <= len(text):
            return False
        return not (following.tag == "p" and len([child for child in following if isinstance(child, Element)]) == 1 and not self._says_more(following))

    def _says_more(self, paragraph) -> bool:
        """False for a paragraph that is all bold too: a notice, an address."""
        child = next(child for child in paragraph if isinstance(child, Element))
        return child.tag not in ("strong", "b") or len(child.text.strip()) < len(paragraph.text.strip())
