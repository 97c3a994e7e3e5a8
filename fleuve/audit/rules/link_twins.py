"""Links of the same name in the same context that lead to different places.

ACT fd3a94 (same name and same context serve an equivalent purpose), WCAG 2.4.4 (A), 2.4.9 (AAA). Two addresses may well be one and the same
page, hence never certain: https://www.w3.org/WAI/standards-guidelines/act/rules/fd3a94/
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from typing import TYPE_CHECKING

from turbohtml import Element

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import ACT, Rule

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_REGIONS = "nav, header, footer, aside, section, article, form, dialog, fieldset, details"


class SameNameOtherTarget(Rule):
    """Two links that nobody can tell apart."""

    id = "liens-homonymes"
    act_rule = "fd3a94"
    criteria = ("2.4.4",)
    certainty = TO_VERIFY
    title = "Liens de même nom vers des endroits différents"
    source = ACT + "fd3a94/"

    def check(self, page):
        names = [name.lower() for name in page.link_names]
        counts = Counter(names)
        if len(counts) == len(names):
            return
        same: dict[str, list[tuple[Element, str]]] = {}
        for (link, _), name in zip(page.links, names, strict=True):
            if counts[name] > 1 and (href := link.attr("href")):
                same.setdefault(name, []).append((link, href.strip().removesuffix("#").rstrip("/")))
        for name in sorted(same):
            if len({href for _, href in same[name]}) > 1 and any(map(str.isalpha, name)):
                yield from self._alike(page, same[name])

    def _alike(self, page, pairs):
        targets: dict[tuple, set[str]] = {}
        spots = [self._spot(page, link) for link, _ in pairs]
        for spot, (_, href) in zip(spots, pairs, strict=True):
            targets.setdefault(spot, set()).add(href)
        seen = {}
        for spot, (link, href) in zip(spots, pairs, strict=True):
            if len(targets[spot]) < 2:
                continue
            first = seen.setdefault((spot, *self._context(page, link)), (link, href))
            if first[1] != href:
                yield self.finding(
                    page, link, f"Deux liens du même nom, « {page.name(link)} », dans le même contexte, mènent à des endroits différents.",
                    f"Dites dans chacun ce qui le distingue (le premier mène à {first[1][:60] or '/'}).",
                )
                return

    def _spot(self, page, link) -> tuple:
        """The region and the heading that a link is under."""
        return link.closest(_REGIONS), bisect(page.remember("places of headings", _places), _place(link))

    def _context(self, page, link) -> tuple:
        """What else 2.4.4 lets a reader count on: the paragraph, item (and the one around it) or cell with its row's first cell."""
        block = link.closest("p, li, dd, td, th") or link.parent
        around = block.parent.closest("li") if isinstance(block.parent, Element) else None
        row = link.closest("tr")
        first = next(row.iter_elements(("th", "td")), None) if row is not None else None
        return page.text(block).casefold(), page.text(first) if first is not None else "", page.text(around) if around is not None else ""


def _place(element: Element) -> tuple[int, int]:
    return element.source_line or 0, element.source_col or 0


def _places(page: HtmlPage) -> list[tuple[int, int]]:
    return [_place(heading.element) for heading in headings(page)]
