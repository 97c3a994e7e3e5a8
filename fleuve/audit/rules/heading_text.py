"""Headings that do not say what stands below them.

ACT b49b2e (heading is descriptive), WCAG 2.4.6 (AA), failure-like cases that a machine can tell: words that a tool put there, signs alone, the
same heading twice in a row. https://www.w3.org/WAI/standards-guidelines/act/rules/b49b2e/
"""

from __future__ import annotations

import re
from functools import lru_cache

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import ACT, Rule

_EMPTY_WORDS = re.compile(
    r"lorem ipsum.*|(?:titre|sous-titre|intertitre|nouveau titre|heading|title|subtitle|subheading|new heading|section|partie|rubrique|bloc|block|sans titre|untitled)"
    r"\s*(?:ici|here|n[°o])?\s*\d{0,2}",
    re.IGNORECASE,
)


@lru_cache(2048)  # many headings of a page are those of every page
def _says_nothing(name: str) -> bool:
    return bool(_EMPTY_WORDS.fullmatch(name)) or not any(map(str.isalnum, name))


class VagueHeading(Rule):
    """A heading that could stand above anything."""

    id = "titre-vague"
    act_rule = "b49b2e"
    criteria = ("2.4.6",)
    certainty = TO_VERIFY
    title = "Titre qui ne dit pas de quoi il s’agit"
    source = ACT + "b49b2e/"

    def check(self, page):
        before = (0, "")
        for heading in headings(page):
            name = page.name(heading.element).strip(" :.…")
            if not name:
                continue  # an empty heading is another rule's
            here = (heading.level, name.casefold())
            if here == before:
                yield self.finding(page, heading.element, f"Deux titres de suite disent la même chose : « {name[:80]} ».", "Dites dans chacun ce qui suit.")
            elif _says_nothing(name):
                yield self.finding(page, heading.element, f"Le titre « {name[:80]} » ne dit pas de quoi parle ce qui suit.", "Nommez le sujet de la partie.")
            before = here
