"""Links, buttons, fields, menu items, summaries and headings have a name.

- ACT c487ae (links), WCAG 2.4.4, 4.1.2 (and 2.4.9): https://www.w3.org/WAI/standards-guidelines/act/rules/c487ae/
- ACT 97a4e1 (buttons), WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/97a4e1/
- ACT e086e5 (form fields), WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/e086e5/
- ACT m6b1q3 (menu items), WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/m6b1q3/
- ACT 2t702h (summary), WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/2t702h/
- ACT ffd0e9 (headings), WCAG 1.3.1 and 2.4.6: https://www.w3.org/WAI/standards-guidelines/act/rules/ffd0e9/
"""

from fleuve.audit.aria import LINKS
from fleuve.audit.element_role import input_type
from fleuve.audit.focus import is_summary
from fleuve.audit.rule import ACT, Rule

_FIELD_ROLES = frozenset(
    "checkbox combobox listbox menuitemcheckbox menuitemradio radio searchbox slider spinbutton switch textbox".split()
)
_OTHER_LINKS = frozenset(LINKS) - {"link"}  # of no element by itself
_FIELD_TYPES = frozenset(("color", "date", "datetime-local", "file", "month", "password", "time", "week"))


class LinkWithoutName(Rule):
    """A link that leads nobody knows where."""

    id = "lien-sans-nom"
    act_rule = "c487ae"
    criteria = ("2.4.4", "4.1.2")
    title = "Lien sans nom"
    source = ACT + "c487ae/"

    def check(self, page):
        nameless = [link for link, name in page.links if not name] if "" in page.link_names else []
        others = (link for role in page.said_roles.keys() & _OTHER_LINKS for link in page.said_roles[role])
        nameless += [link for link in others if not page.name(link) and page.exposed(link)]
        for link in nameless:
            yield self.finding(
                page, link, f"Ce lien vers « {link.attr('href') or '…'} » n’a ni texte ni image décrite : rien ne dit où il mène.",
                "Écrivez un texte dans le lien, ou décrivez son image dans l’attribut alt.",
            )


class ButtonWithoutName(Rule):
    """A button that does nobody knows what."""

    id = "bouton-sans-nom"
    act_rule = "97a4e1"
    criteria = ("4.1.2",)
    title = "Bouton sans nom"
    source = ACT + "97a4e1/"

    def check(self, page):
        for button in page.with_role("button"):
            if button.tag == "input" and input_type(button) == "image":
                continue  # see ImageButtonWithoutName
            if page.exposed(button) and not page.name(button):
                yield self.finding(
                    page, button, "Ce bouton n’a pas de nom : un lecteur d’écran ne peut pas dire à quoi il sert.",
                    "Écrivez un texte dans le bouton, ou un attribut aria-label si une icône suffit à ceux qui voient.",
                )


class FieldWithoutName(Rule):
    """A field that asks for nobody knows what."""

    id = "champ-sans-nom"
    act_rule = "e086e5"
    criteria = ("4.1.2",)
    title = "Champ de formulaire sans nom"
    source = ACT + "e086e5/"

    def check(self, page):
        said = (field for role in page.said_roles.keys() & _FIELD_ROLES for field in page.said_roles[role])
        for field in dict.fromkeys((*page.tagged("input", "select", "textarea"), *said)):
            if page.exposed(field) and _is_field(page, field) and not page.name(field):
                yield self.finding(
                    page, field, "Ce champ n’a pas d’étiquette : un lecteur d’écran ne peut pas dire ce qu’il faut y écrire.",
                    "Ajoutez un <label for=\"…\"> qui porte l’identifiant du champ.",
                )


class MenuItemWithoutName(Rule):
    """An item of a menu without name."""

    id = "element-de-menu-sans-nom"
    act_rule = "m6b1q3"
    criteria = ("4.1.2",)
    title = "Élément de menu sans nom"
    source = ACT + "m6b1q3/"

    def check(self, page):
        for item in page.with_role("menuitem"):
            if page.exposed(item) and not page.name(item):
                yield self.finding(page, item, "Cet élément de menu n’a pas de nom.", "Écrivez un texte dans l’élément, ou un attribut aria-label.")


class SummaryWithoutName(Rule):
    """What opens a disclosure says what it opens."""

    id = "sommaire-sans-nom"
    act_rule = "2t702h"
    criteria = ("4.1.2",)
    title = "Titre d’accordéon sans nom"
    source = ACT + "2t702h/"

    def check(self, page):
        for summary in page.tagged("summary"):
            if page.exposed(summary) and not page.name(summary) and is_summary(summary) and not page.role(summary):
                yield self.finding(
                    page, summary, "Le titre de cet accordéon (<summary>) est vide : rien ne dit ce qui s’ouvre.", "Écrivez un texte dans <summary>.",
                )


class EmptyHeading(Rule):
    """A heading that says nothing."""

    id = "titre-vide"
    act_rule = "ffd0e9"
    criteria = ("1.3.1", "2.4.6")
    title = "Titre vide"
    source = ACT + "ffd0e9/"

    def check(self, page):
        for heading in page.with_role("heading"):
            if page.exposed(heading) and not page.name(heading):
                yield self.finding(
                    page, heading, f"Ce titre (<{heading.tag}>) est vide : un lecteur d’écran l’annonce sans rien dire.",
                    "Écrivez le titre, ou retirez-le s’il ne sert qu’à la mise en page.",
                )


def _is_field(page, field) -> bool:
    role = page.role(field)
    return role in _FIELD_ROLES or (not role and field.tag == "input" and input_type(field) in _FIELD_TYPES)
