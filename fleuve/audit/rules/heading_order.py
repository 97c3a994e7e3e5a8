"""The outline of a page: one main heading, levels that follow.

WCAG 1.3.1 (A) and 2.4.6 (AA) ask that headings be marked as what they are; that levels follow and that the page has one level 1 is technique
G141 and H42, which good authors can rightly leave aside: never certain. https://www.w3.org/WAI/tutorials/page-structure/headings/
"""

from __future__ import annotations

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import Rule

_SOURCE = "https://www.w3.org/WAI/tutorials/page-structure/headings/"
# A page of fewer words than this, and without any heading, has nothing to be headed (a redirect, a notice).
_SHORT = 30


class SkippedLevel(Rule):
    """From level 2 to level 4: the reader looks for a part that is not there."""

    id = "titre-niveau-saute"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Niveau de titre sauté"
    source = _SOURCE

    def check(self, page):
        before = 0
        for heading in headings(page):
            if before and heading.level > before + 1:
                yield self.finding(
                    page, heading.element,
                    f"Le titre « {page.name(heading.element)[:80]} » est de niveau {heading.level}, et celui qui le précède, de niveau {before}.",
                    f"Mettez-le au niveau {before + 1}, ou ajoutez le titre qui manque.",
                )
            before = heading.level


class NoMainHeading(Rule):
    """No heading of level 1."""

    id = "titre-principal-absent"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Page sans titre principal"
    source = _SOURCE

    def check(self, page):
        found = headings(page)
        if any(heading.level == 1 for heading in found) or page.root is None:
            return
        if found or len(page.text(page.root).split()) >= _SHORT:
            yield self.finding(page, None, "Cette page n’a pas de titre de niveau 1 (h1).", "Faites un h1 du titre de la page, au début de son contenu.")


class SeveralMainHeadings(Rule):
    """More than one heading of level 1."""

    id = "titres-principaux-multiples"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Plusieurs titres de niveau 1"
    source = _SOURCE

    def check(self, page):
        first = [heading.element for heading in headings(page) if heading.level == 1]
        if len(first) > 1:
            yield self.finding(
                page, first[1], f"Cette page a {len(first)} titres de niveau 1 ; le deuxième est « {page.name(first[1])[:80]} ».",
                "Gardez en h1 le titre de la page, et mettez les autres au niveau 2.",
            )
