"""What every rule of the checker is.

How to write one. Add a module to `fleuve/audit/rules/` (one rule, or a small family that shares its reading of the page), named after
what it looks at (`image_name.py`). Its docstring cites the ACT rule, the criteria and their address. In it, a class per rule:

    class ImageWithoutName(Rule):
        id = "image-sans-nom"                    # French, kebab-case, never changed afterwards
        act_rule = "23a2a8"                      # "" when no ACT rule says it
        criteria = ("1.1.1",)
        title = "Image sans texte de remplacement"
        source = "https://www.w3.org/WAI/standards-guidelines/act/rules/23a2a8/"

        def check(self, page):
            for image in page.tagged("img"):
                if page.exposed(image) and not page.name(image):
                    yield self.finding(page, image, "Cette image n’a pas de texte de remplacement.", "Ajoutez un attribut alt.")

Nothing else: every subclass of Rule in the package is found, in the order of module names, then of the file.

Ask the page for the few elements that concern the rule (`page.tagged("a", "area")`, `page.having("lang")`, `page.with_role("link")`): these
are indexes made in one pass over the page, so that a rule that concerns nothing costs nothing (`with_role` also finds implicit roles). Do not walk the whole page. What a page
offers is in `html_page.py`; the element itself is turbohtml's: `element.tag`, `element.attr("alt")` (None when absent), `element.parent`,
`for child in element` (elements and texts), `element.text`, `element.iter_elements("td")`.

A finding is TO_VERIFY when a person could rightly disagree: set `certainty = TO_VERIFY` on the rule, or pass `certainty=` to one finding.
Messages are French; `finding()` sets their insecable spaces and quotes the start tag in the excerpt. A rule that raises is a fault of the
checker: the page must be answered for whatever it holds, so ask for attributes with `attr()` and never assume a parent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from fleuve.audit.finding import CERTAIN, Finding
from fleuve.typography import space

if TYPE_CHECKING:
    from turbohtml import Element

    from fleuve.audit.html_page import HtmlPage

ACT = "https://www.w3.org/WAI/standards-guidelines/act/rules/"


class Rule:
    """One thing that a page must do or not do. Stateless: one instance serves every page."""

    id: ClassVar[str] = ""
    act_rule: ClassVar[str] = ""
    criteria: ClassVar[tuple[str, ...]] = ()
    certainty: ClassVar[str] = CERTAIN
    title: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def check(self, page: HtmlPage) -> Iterable[Finding]:
        """Yield what is wrong with `page`, in any order."""
        raise NotImplementedError

    def finding(
        self, page: HtmlPage, element: Element | None, message: str, remedy: str, *, certainty: str = "", excerpt: str = "", line: int = 0,
    ) -> Finding:
        """A finding of this rule about `element` (None: the page as a whole); `certainty`, `excerpt` and `line` when the usual ones are not right."""
        return Finding(
            page.file, line or page.line(element), self.id, self.act_rule, self.criteria, certainty or self.certainty,
            space(message), space(remedy), excerpt[:160] or page.excerpt(element),
        )
