"""ARIA attributes exist, are allowed where they stand, have a value that means something, and are there when a role needs them.

- ACT 5f99a7 (defined): https://www.w3.org/WAI/standards-guidelines/act/rules/5f99a7/
- ACT 5c01ea (permitted): https://www.w3.org/WAI/standards-guidelines/act/rules/5c01ea/
- ACT 6a7281 (valid value): https://www.w3.org/WAI/standards-guidelines/act/rules/6a7281/
- ACT 4e8ab6 (required): https://www.w3.org/WAI/standards-guidelines/act/rules/4e8ab6/
- WAI-ARIA 1.2 and ARIA in HTML, https://www.w3.org/TR/html-aria/; WCAG 4.1.2
"""

import re
from collections import defaultdict

from fleuve.audit import aria
from fleuve.audit.aria import EMPTY, ROLES, explicit_role
from fleuve.audit.element_role import TAGS, implicit_role, input_type
from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.focus import focusable
from fleuve.audit.rule import ACT, Rule

_INTEGER = re.compile(r"[+-]?\d+\Z")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
# Elements without role of which ARIA in HTML allows more than the global attributes: those of another role.
_LIKE = {"password": "textbox", "date": "textbox", "datetime-local": "textbox", "month": "textbox", "week": "textbox", "time": "textbox"}
_TAG_LIKE = {"audio": ("application",), "video": ("application",), "iframe": ("application",), "embed": ("application",), "object": ("application",),
             "summary": ("button",), "canvas": ("application",), "details": ("button",)}
# Attributes that are not allowed everywhere, and those that name what may not be named.
_CONDITIONAL = (aria.ATTRIBUTES - aria.GLOBAL) | aria.NAMING
# Attributes whose value can be wrong; identifiers that are not on the page may be added by a script, but for those that a role requires.
_VALUED = aria.ATTRIBUTES - aria.STRINGS - aria.ID_LISTS | {"aria-controls"}
# Roles that require a state in some cases only.
_SOMETIMES = ("separator", "combobox")
_FILE = frozenset(("aria-required", "aria-disabled", "aria-invalid"))
# Elements without meaning of their own, on which ARIA 1.2 forbids a name.
_GENERIC = frozenset(("b", "bdi", "bdo", "data", "div", "i", "pre", "q", "samp", "small", "span", "u"))
# The tags that have, without role attribute, a role that forbids a name, or none.
_NEVER_NAMED = _GENERIC | {tag for role, tags in TAGS.items() for tag in tags if ROLES.get(role, EMPTY).prohibits_name}


class UnknownAriaAttribute(Rule):
    """An attribute that looks like ARIA and is not."""

    id = "aria-attribut-inconnu"
    act_rule = "5f99a7"
    criteria = ("4.1.2",)
    title = "Attribut ARIA qui n’existe pas"
    source = ACT + "5f99a7/"

    def check(self, page):
        unknown = defaultdict(list)
        for name in page.aria_attributes:
            if name not in aria.ATTRIBUTES:
                for element in page.having(name):
                    unknown[element].append(name)
        for element, names in unknown.items():
            if element.namespace.value != "math":
                yield self.finding(
                    page, element, f"« {', '.join(names[:5])} » : cet attribut n’existe pas dans ARIA, les aides techniques l’ignorent.",
                    "Corrigez son nom, ou retirez-le.",
                )


class AriaNotPermitted(Rule):
    """An ARIA attribute that the role of its element does not have."""

    id = "aria-attribut-interdit"
    act_rule = "5c01ea"
    criteria = ("4.1.2",)
    title = "Attribut ARIA non permis ici"
    source = ACT + "5c01ea/"

    def check(self, page):
        for name in filter(_CONDITIONAL.__contains__, page.aria_attributes):
            for element in page.having(name):
                if name in aria.NAMING and element.tag not in _NEVER_NAMED and element.attr("role") is None:
                    continue
                if element in page.hidden or element.namespace.value == "math":
                    continue
                role = page.role(element)
                if name in aria.NAMING:
                    if (element.attr(name) or "").strip() and self._nameless(element, role):
                        yield self.finding(
                            page, element, f"{name} donne un nom à un <{element.tag}> sans rôle qui en accepte un : la plupart des lecteurs d’écran ne le diront pas.",
                            f"Retirez {name} et écrivez le texte dans l’élément, ou donnez à l’élément le rôle qui convient.",
                        )
                elif not self._supported(element, name, role):
                    deprecated = name in aria.DEPRECATED_GLOBAL
                    yield self.finding(
                        page, element, f"{name} ne s’applique pas à un élément {f'de rôle « {role} »' if role else 'sans rôle'} : les aides techniques l’ignorent.",
                        f"Retirez {name}, ou donnez à l’élément le rôle qui convient.",
                        certainty=TO_VERIFY if deprecated else "",
                    )

    @staticmethod
    def _nameless(element, role: str) -> bool:
        if role:
            return ROLES.get(role, EMPTY).prohibits_name and role not in ("mark", "suggestion")
        return element.tag in _GENERIC and element.namespace.value == "html"

    @staticmethod
    def _supported(element, name: str, role: str) -> bool:
        if role and name in ROLES.get(role, EMPTY).supported:
            return True
        if element.tag == "input":
            kind = input_type(element)
            return name in ROLES[_LIKE[kind]].supported if kind in _LIKE and not role else kind == "file" and name in _FILE
        if role in ("checkbox", "button") and element.tag == "input" and name == "aria-pressed":
            return True
        return any(name in ROLES[like].supported for like in _TAG_LIKE.get(element.tag, ())) or "-" in element.tag and not role


class InvalidAriaValue(Rule):
    """A value that ARIA does not define."""

    id = "aria-valeur-invalide"
    act_rule = "6a7281"
    criteria = ("4.1.2",)
    title = "Valeur d’attribut ARIA invalide"
    source = ACT + "6a7281/"

    def check(self, page):
        for name in filter(_VALUED.__contains__, page.aria_attributes):
            for element in page.having(name):
                value = (element.attr(name) or "").strip()
                if value and not self._valid(page, element, name, value) and element.namespace.value != "math":
                    yield self.finding(
                        page, element, f"{name}=\"{value[:60]}\" n’est pas une valeur permise : les aides techniques l’ignorent ou la comprennent de travers.",
                        self._remedy(name),
                    )

    @staticmethod
    def _valid(page, element, name: str, value: str) -> bool:
        if name in aria.TOKENS:
            return value.lower() in aria.TOKENS[name]
        if name in aria.TOKEN_LISTS:
            return set(value.lower().split()) <= aria.TOKEN_LISTS[name]
        if name in aria.INTEGERS:
            return bool(_INTEGER.match(value))
        if name in aria.NUMBERS:
            return bool(_NUMBER.match(value))
        if name in aria.ID:
            return len(value.split()) == 1
        if name == "aria-controls" and "aria-controls" in ROLES.get(explicit_role(element.attr("role")), EMPTY).required and page.role(element) == "scrollbar":
            return any(page.by_id(identifier) is not None for identifier in value.split())
        return True

    @staticmethod
    def _remedy(name: str) -> str:
        if name in aria.TOKENS or name in aria.TOKEN_LISTS:
            return "Mettez l’une de ces valeurs : " + ", ".join(sorted(aria.TOKENS.get(name) or aria.TOKEN_LISTS[name])) + "."
        if name in aria.INTEGERS:
            return "Mettez un nombre entier."
        if name in aria.NUMBERS:
            return "Mettez un nombre, avec un point pour les décimales."
        return "Mettez l’identifiant d’un élément de la page."


class MissingAriaState(Rule):
    """A widget that does not say its state."""

    id = "aria-etat-manquant"
    act_rule = "4e8ab6"
    criteria = ("4.1.2",)
    title = "État ARIA manquant"
    source = ACT + "4e8ab6/"

    def check(self, page):
        for element in page.having("role"):
            role = explicit_role(element.attr("role"))
            if not role or not (ROLES[role].required or role in _SOMETIMES):
                continue
            if page.role(element) != role or element in page.hidden or implicit_role(page, element) == role:
                continue
            missing = [name for name in self._required(page, element, role) if not (element.attr(name) or "").strip() and not self._native(element, role, name)]
            if missing:
                yield self.finding(
                    page, element, f"Un élément de rôle « {role} » doit dire son état par {' et '.join(missing)} : il manque.",
                    f"Ajoutez {', '.join(missing)}, ou employez l’élément HTML qui convient.",
                )

    @staticmethod
    def _required(page, element, role: str) -> tuple[str, ...]:
        if role == "separator":  # required of a separator that can be moved only
            return ("aria-valuenow",) if focusable(page, element) else ()
        if role == "combobox":  # ARIA 1.3 no longer requires aria-controls; 1.2 does: only an open list must be told
            return ("aria-expanded", "aria-controls") if element.attr("aria-expanded") == "true" else ("aria-expanded",)
        return ROLES[role].required

    @staticmethod
    def _native(element, role: str, name: str) -> bool:
        """True when HTML itself gives the state: the box of a switch, the list of a combobox, the value of a slider."""
        if element.tag == "input":
            kind = input_type(element)
            return (name == "aria-checked" and kind in ("checkbox", "radio")) or (name == "aria-valuenow" and kind in ("range", "number"))
        return element.tag == "select" and role in ("combobox", "listbox") or (role == "heading" and name == "aria-level" and element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"))
