"""Every id is the only one of its name, and what refers to an id finds it.

- WCAG 4.1.1 of WCAG 2.0 and 2.1, required by SGQRI 008 3.0 although WCAG 2.2 dropped it; ACT 3ea0c8: https://www.w3.org/WAI/standards-guidelines/act/rules/3ea0c8/
- HTML, https://html.spec.whatwg.org/multipage/dom.html#the-id-attribute
- WCAG 1.3.1 and 4.1.2, technique F68 for references: https://www.w3.org/WAI/WCAG22/Techniques/failures/F68
"""

from fleuve.audit.aria import ID_LISTS
from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

_LABELS = frozenset(("aria-labelledby", "aria-describedby"))


class DuplicateId(Rule):
    """Two elements with one id: labels, anchors and scripts find only the first."""

    id = "identifiant-double"
    act_rule = "3ea0c8"
    criteria = ("4.1.1",)
    title = "Identifiant en double"
    source = ACT + "3ea0c8/"

    def check(self, page):
        if len(page.ids) == len(page.having("id")):
            return
        for identifier, elements in page.ids.items():
            for element in elements[1:] if identifier else ():
                yield self.finding(
                    page, element, f"L’identifiant « {identifier} » est déjà celui d’un autre élément (ligne {page.line(elements[0])}).",
                    "Donnez à chaque élément un attribut id qui n’est qu’à lui.",
                )


class DanglingReference(Rule):
    """A label, a description or a menu that refers to an element that is not on the page. A script may add it: a person must judge."""

    id = "reference-sans-cible"
    criteria = ("1.3.1", "4.1.2")
    certainty = TO_VERIFY
    title = "Référence vers un identifiant qui n’existe pas"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/failures/F68"

    def check(self, page):
        for attribute in sorted(ID_LISTS.intersection(page.aria_attributes)):
            for element in page.having(attribute):
                missing = [identifier for identifier in (element.attr(attribute) or "").split() if page.by_id(identifier) is None]
                # aria-controls and aria-owns often refer to what a script adds: only names and descriptions are always heard.
                if missing and attribute in _LABELS and element not in page.hidden:
                    yield self._missing(page, element, attribute, missing[0])

    def _missing(self, page, element, attribute: str, identifier: str):
        return self.finding(
            page, element, f"L’attribut {attribute} renvoie à l’identifiant « {identifier} », qu’aucun élément de la page ne porte.",
            f"Corrigez {attribute}, ou ajoutez id=\"{identifier}\" à l’élément visé.",
        )
