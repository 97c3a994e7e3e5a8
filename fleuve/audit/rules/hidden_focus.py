"""Nothing that Tab reaches is hidden from assistive technologies.

- ACT 6cfa84, WCAG 4.1.2 (and 1.3.1): https://www.w3.org/WAI/standards-guidelines/act/rules/6cfa84/
- ACT 307n5z, WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/307n5z/
"""

from fleuve.audit.aria import ROLES
from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.focus import focusable_inside
from fleuve.audit.rule import ACT, Rule

_PRESENTATIONAL = frozenset(name for name, role in ROLES.items() if role.presentational_children)
# The tags that have such a role without saying so, and may hold something.
_TAGS = ("button", "option", "meter", "progress")


class HiddenYetFocusable(Rule):
    """A link or a field that Tab reaches and that a screen reader does not announce."""

    id = "focus-masque"
    act_rule = "6cfa84"
    criteria = ("4.1.2",)
    title = "Élément masqué aux lecteurs d’écran, mais atteint au clavier"
    source = ACT + "6cfa84/"

    def check(self, page):
        for root in page.having("aria-hidden"):
            if (root.attr("aria-hidden") or "").strip().lower() != "true":
                continue
            inside = focusable_inside(page, root)
            if inside is not None:
                yield self.finding(
                    page, inside, "Cet élément reçoit le focus au clavier, mais aria-hidden=\"true\" le cache aux lecteurs d’écran : on y arrive sans rien entendre.",
                    "Retirez aria-hidden, ou rendez l’élément inatteignable (tabindex=\"-1\", hidden ou inert).",
                    # A script that the element's id appears in may move the focus away (« focus sentinel » of dialogs).
                    certainty=TO_VERIFY if _in_scripts(page, inside) else CERTAIN,
                )


class FocusableInsidePresentational(Rule):
    """A link in a button, a field in an option: nobody hears that it is there."""

    id = "focus-dans-un-bouton"
    act_rule = "307n5z"
    criteria = ("4.1.2",)
    title = "Élément interactif dans un élément qui masque son contenu"
    source = ACT + "307n5z/"

    def check(self, page):
        for element in dict.fromkeys((*page.tagged(*_TAGS), *page.having("role"))):
            if page.role(element) not in _PRESENTATIONAL:
                continue
            inside = focusable_inside(page, element, include_self=False) if page.exposed(element) else None
            if inside is not None:
                yield self.finding(
                    page, inside,
                    f"Cet élément reçoit le focus, mais il est dans un élément de rôle « {page.role(element)} », dont les lecteurs d’écran n’annoncent que le nom.",
                    "Placez-le à côté, pas à l’intérieur.",
                )


def _in_scripts(page, element) -> bool:
    identifier = element.attr("id")
    return bool(identifier) and any(identifier in script.text and "focus" in script.text for script in page.tagged("script"))
