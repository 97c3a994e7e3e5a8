"""Fields that ask for what a browser knows say it in words that browsers know.

ACT 73f2c2, WCAG 1.3.5: https://www.w3.org/WAI/standards-guidelines/act/rules/73f2c2/ and the tokens of
https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
"""

from fleuve.audit.element_role import input_type
from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.focus import disabled, tabindex
from fleuve.audit.rule import ACT, Rule

_PLAIN = frozenset(
    "name honorific-prefix given-name additional-name family-name honorific-suffix nickname username new-password current-password one-time-code "
    "organization-title organization street-address address-line1 address-line2 address-line3 address-level4 address-level3 address-level2 "
    "address-level1 country country-name postal-code cc-name cc-given-name cc-additional-name cc-family-name cc-number cc-exp cc-exp-month "
    "cc-exp-year cc-csc cc-type transaction-currency transaction-amount language bday bday-day bday-month bday-year sex url photo".split()
)
_CONTACT = frozenset("tel tel-country-code tel-national tel-area-code tel-local tel-local-prefix tel-local-suffix tel-extension email impp".split())
_PLACES = ("home", "work", "mobile", "fax", "pager")
_IGNORED_TYPES = frozenset(("button", "submit", "reset", "hidden"))
_WIDGETS = frozenset(("", "button", "checkbox", "combobox", "listbox", "radio", "searchbox", "slider", "spinbutton", "switch", "textbox"))
# Not tokens of HTML, but common ways to say « off »: browsers ignore them, and nobody is told anything wrong.
_OFF = frozenset(("none", "false", "true", "disabled", "enabled", "undefined", "null", "nope", "no"))


class InvalidAutocomplete(Rule):
    """An autocomplete that no browser understands."""

    id = "autocomplete-inconnu"
    act_rule = "73f2c2"
    criteria = ("1.3.5",)
    title = "Valeur d’autocomplete inconnue"
    source = ACT + "73f2c2/"

    def check(self, page):
        for field in page.having("autocomplete"):
            tokens = (field.attr("autocomplete") or "").lower().split()
            if not tokens or tokens in (["on"], ["off"]) or _valid(tokens) or not _concerned(page, field):
                continue
            yield self.finding(
                page, field, f"autocomplete=\"{field.attr('autocomplete')}\" n’est pas une valeur que les navigateurs connaissent : ils ne rempliront pas ce champ.",
                "Mettez une valeur de la norme, par exemple name, email, tel ou postal-code.",
                certainty=TO_VERIFY if tokens[0] in _OFF else "",
            )


def _concerned(page, field) -> bool:
    if field.tag not in ("input", "select", "textarea") or (field.tag == "input" and input_type(field) in _IGNORED_TYPES):
        return False
    if field in page.unrendered or disabled(field) or (field.attr("aria-disabled") or "").lower() == "true":
        return False
    order = tabindex(field)
    return order is None or order >= 0 or page.role(field) in _WIDGETS


def _valid(tokens: list[str]) -> bool:
    rest = list(tokens)
    if rest[-1] == "webauthn" and len(rest) > 1:
        rest.pop()
    if rest and rest[0].startswith("section-") and len(rest[0]) > len("section-"):
        rest.pop(0)
    if rest and rest[0] in ("shipping", "billing"):
        rest.pop(0)
    if len(rest) == 2 and rest[0] in _PLACES and rest[1] in _CONTACT:
        return True
    return len(rest) == 1 and (rest[0] in _PLAIN or rest[0] in _CONTACT)
