"""Links of the same name in the same context that lead to different places.

ACT fd3a94 (same name and same context serve an equivalent purpose), WCAG 2.4.4 (A), 2.4.9 (AAA). Two addresses may well be one and the same
page, hence never certain: https://www.w3.org/WAI/standards-guidelines/act/rules/fd3a94/
"""

from __future__ import annotations

from bisect import bisect

from turbohtml import Element

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import ACT, Rule
from fleuve.audit.rules.link_text import named_links

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
        links = named_links(page)
        firsts, again = {}, set()
        for link, name in named_links(page):
            name = name.lower()
            first = firsts.setdefault(name, link)
            if first is not link and first.attr("href") != link.attr("href"):
                again.add(name)
        for name in sorted(again):
            if any(map(str.isalpha, name)):
                links = [link for link, other in named_links(page) if other.lower() == name]
                yield from self._alike(page, [(link, href.strip().removesuffix("#").rstrip("/")) for link in links if (href := link.attr("href"))])

    def _alike(self, page, pairs):
        seen = {}
        for link, href in pairs:
            first = seen.setdefault(self._context(page, link), (link, href))
            if first[1] != href:
                yield self.finding(
                    page, link, f"Deux liens du même nom, « {page.name(link)} », dans le même contexte, mènent à des endroits différents.",
                    f"Dites dans chacun ce qui le distingue (le premier mène à {first[1][:60] or '/'}).",
                )
                return

    def _context(self, page, link) -> tuple:
        """What 2.4.4 lets a reader count on: the paragraph, item (and the one around it) or cell with its row's first cell, under one heading of one region."""
        block = link.closest("p, li, dd, td, th") or link.parent
        around = block.parent.closest("li") if isinstance(block.parent, Element) else None
        row = link.closest("tr")
        first = next(row.iter_elements(("th", "td")), None) if row is not None else None
        places = [(heading.element.source_line or 0, heading.element.source_col or 0) for heading in headings(page)]
        return (
            link.closest(_REGIONS), bisect(places, (link.source_line or 0, link.source_col or 0)),
            page.text(block).casefold(), page.text(first) if first is not None else "", page.text(around) if around is not None else "",
        )
