"""Roles exist, and stand where ARIA wants them.

- ACT 674b10 (valid), WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/674b10/
- ACT ff89c9 (context), WCAG 1.3.1: https://www.w3.org/WAI/standards-guidelines/act/rules/ff89c9/
- ACT bc4a75 (owned elements), WCAG 1.3.1: https://www.w3.org/WAI/standards-guidelines/act/rules/bc4a75/
- Deprecated roles and attributes: https://www.w3.org/TR/wai-aria-1.2/#directory and #aria-grabbed
"""

from turbohtml import Element, Text

from fleuve.audit.aria import EMPTY, ROLES, explicit_role
from fleuve.audit.element_role import EXPOSING, implicit_role
from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

# Owned elements are looked for in these roles only (ARIA 1.2); the rest of the list changed between versions.
_OWNERS = (
    "feed", "grid", "list", "listbox", "menu", "menubar", "row", "rowgroup", "table", "tablist", "tree", "treegrid",
)


class UnknownRole(Rule):
    """A role that does not exist."""

    id = "role-inconnu"
    act_rule = "674b10"
    criteria = ("4.1.2",)
    title = "Rôle ARIA qui n’existe pas"
    source = ACT + "674b10/"

    def check(self, page):
        for element in page.having("role"):
            value = (element.attr("role") or "").strip()
            if value and not explicit_role(value) and page.exposed(element):
                yield self.finding(
                    page, element, f"« {value} » n’est pas un rôle ARIA : les aides techniques l’ignorent.", "Corrigez l’attribut role, ou retirez-le.",
                )


class RoleOutOfContext(Rule):
    """A list item out of a list, a tab out of tabs…"""

    id = "role-hors-contexte"
    act_rule = "ff89c9"
    criteria = ("1.3.1",)
    title = "Rôle ARIA hors de son contexte"
    source = ACT + "ff89c9/"

    def check(self, page):
        owners = None
        for element in page.having("role"):
            role = explicit_role(element.attr("role"))
            contexts = ROLES.get(role, EMPTY).contexts
            if not contexts or element in page.hidden or implicit_role(page, element) == role or page.role(element) != role:
                continue
            owners = _owners(page) if owners is None else owners
            parent = owners.get(element) or _parent(page, element)
            if parent is None or page.role(parent) not in contexts or (page.role(parent) == "group" and not _in_context(page, parent, contexts)):
                yield self.finding(
                    page, element, f"Un élément de rôle « {role} » doit être directement dans un élément de rôle {_either(contexts)}.",
                    "Ajoutez ce rôle à l’élément qui l’entoure, ou retirez celui-ci.",
                )


class WrongOwnedElement(Rule):
    """A list that holds something else than items, a menu that holds text…"""

    id = "role-contenu-inattendu"
    act_rule = "bc4a75"
    criteria = ("1.3.1",)
    title = "Contenu inattendu dans un rôle ARIA"
    source = ACT + "bc4a75/"

    def check(self, page):
        for element in page.having("role"):
            role = explicit_role(element.attr("role"))
            if role not in _OWNERS or element in page.hidden or page.role(element) != role or _busy(element):
                continue
            wrong = _wrong(page, element, ROLES[role].owned)
            if wrong:
                yield self.finding(
                    page, element, f"Un élément de rôle « {role} » ne doit contenir que des éléments de rôle {_either(_expected(role))} : on y trouve {wrong}.",
                    "Donnez aux éléments qu’il contient le rôle attendu, ou retirez ce rôle.",
                )


class DeprecatedAria(Rule):
    """What ARIA 1.2 says to use no more."""

    id = "aria-perime"
    criteria = ("4.1.2",)
    certainty = TO_VERIFY
    title = "Rôle ou attribut ARIA périmé"
    source = "https://www.w3.org/TR/wai-aria-1.2/#aria-grabbed"

    def check(self, page):
        for name in ("aria-grabbed", "aria-dropeffect"):
            for element in page.having(name):
                yield self.finding(page, element, f"{name} est périmé depuis ARIA 1.1.", "Retirez cet attribut.")
        for element in page.with_role("directory"):
            if element.attr("role"):
                yield self.finding(page, element, "Le rôle « directory » est périmé depuis ARIA 1.2.", "Employez role=\"list\", ou une liste <ul>.")


def _owners(page) -> dict[Element, Element]:
    """What aria-owns puts elsewhere in the accessibility tree."""
    return {
        target: owner for owner in page.having("aria-owns") for identifier in (owner.attr("aria-owns") or "").split()
        if (target := page.by_id(identifier)) is not None
    }


def _parent(page, element: Element) -> Element | None:
    """The parent in the accessibility tree: generic and presentational elements are not in it, unless a global attribute puts them there."""
    parent = element.parent
    while isinstance(parent, Element) and page.role(parent) in ("", "none") and EXPOSING.isdisjoint(parent.attrs):
        parent = parent.parent
    return parent if isinstance(parent, Element) else None


def _in_context(page, group: Element, contexts: tuple[str, ...]) -> bool:
    """True when the group that stands between is itself in the list, the menu or the tree."""
    parent = _parent(page, group)
    return parent is not None and page.role(parent) in (*contexts, "treeitem", "listitem", "menuitem")


def _wrong(page, owner: Element, allowed: tuple[str, ...]) -> str:
    """What `owner` holds that is not allowed, in French, "" when nothing."""
    for owned in _owned(page, owner):
        if isinstance(owned, str):
            return f"du texte (« {owned[:40]} »)"
        role = page.role(owned)
        if role not in allowed:
            return f"un <{owned.tag}> {f'de rôle « {role} »' if role else 'sans rôle'}"
        if role in ("group", "rowgroup") and (wrong := _wrong(page, owned, allowed)):
            return wrong
    return ""


def _owned(page, owner: Element):
    """The children of an element in the accessibility tree, elements and texts, then what its aria-owns adds."""
    for child in owner:
        if isinstance(child, Text):
            if text := " ".join(child.data.split()):
                yield text
        elif isinstance(child, Element) and child not in page.hidden:
            if page.role(child) in ("", "none") and EXPOSING.isdisjoint(child.attrs):
                yield from _owned(page, child)
            else:
                yield child
    for identifier in (owner.attr("aria-owns") or "").split():
        target = page.by_id(identifier)
        if target is not None and target not in page.hidden:
            yield target


def _busy(element: Element) -> bool:
    return any(
        isinstance(around, Element) and (around.attr("aria-busy") or "").strip().lower() == "true" for around in (element, *element.ancestors)
    )


def _expected(role: str) -> tuple[str, ...]:
    return tuple(name for name in ROLES[role].owned if name not in ("none", "separator", "caption"))


def _either(names: tuple[str, ...]) -> str:
    quoted = [f"« {name} »" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " ou " + quoted[-1]
