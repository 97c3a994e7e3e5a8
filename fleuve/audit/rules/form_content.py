"""Forms: labels without fields, groups without names, what is required, errors, and lists that act when one only looks.

WCAG 1.3.1, 3.2.2, 3.3.1, 3.3.2 (A): techniques H44 (label), H71 (fieldset), H90 (required), failures F36, F37 and F68.
https://www.w3.org/WAI/tutorials/forms/
"""

from __future__ import annotations

import re
from collections import defaultdict

from turbohtml import Element

from fleuve.audit.accessible_name import LABELABLE
from fleuve.audit.element_role import input_type
from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

_TUTORIAL = "https://www.w3.org/WAI/tutorials/forms/"
_NOT_FIELDS = ("hidden", "submit", "reset", "button", "image")
_GROUPS = "fieldset, [role=group], [role=radiogroup]"
_REQUIRED = re.compile(r"\*|\b(?:obligatoires?|requise?s?|required|mandatory)\b", re.IGNORECASE)
_SAID_ANYWHERE = re.compile(r"\*|obligatoire|requis|facultati|optionnel|required|mandatory|optional", re.IGNORECASE)
_ACTS = re.compile(r"\blocation\b|\.submit\s*\(|window\.open|\.href\s*=")
_SUBMITS = re.compile(r"\.submit\s*\(")
_ERROR = re.compile(r"erreur|error", re.IGNORECASE)


def _type(field) -> str:
    return input_type(field) if field.tag == "input" else field.tag


def fields(page):
    """The fields that people fill, the hidden ones and buttons left out."""
    return [field for field in page.tagged("input", "select", "textarea") if page.exposed(field) and _type(field) not in _NOT_FIELDS]


def texts_of(page, references: str | None) -> str:
    """The text of the elements that an attribute names."""
    if not references:
        return ""
    found = [page.by_id(each) for each in references.split()]
    return " ".join(page.text(each) or each.text for each in found if each is not None).strip()


def labels_by_field(page) -> dict[str, str]:
    """The text of each label by the id that it names."""
    named: dict[str, str] = {}
    for label in page.tagged("label"):
        target = label.attr("for")
        if target:
            named[target] = f"{named.get(target, '')} {page.text(label)}".strip()
    return named


def visible_label(page, field) -> str:
    """The words that people see as the label of a field: its labels, or what aria-labelledby names."""
    named, around = page.remember("labels by field", labels_by_field), field.closest("label")
    return " ".join(filter(None, (named.get(field.attr("id") or "\0"), page.text(around) if around is not None else "", texts_of(page, field.attr("aria-labelledby")))))


class LabelWithoutField(Rule):
    """A label that names nothing."""

    id = "etiquette-sans-champ"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Étiquette sans champ"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H44"

    def check(self, page):
        for label in page.tagged("label"):
            target = label.attr("for")
            field = page.by_id(target) if target else next((e for e in label.iter_elements() if self._takes_label(e)), None)
            if (field is None or not self._takes_label(field)) and page.exposed(label):
                why = f"nomme « {target} », qui n’est pas un champ de la page" if target else "ne nomme aucun champ"
                yield self.finding(
                    page, label, f"L’étiquette « {page.text(label)[:80]} » {why}.", "Mettez dans son attribut for l’identifiant du champ, ou retirez-la si ce n’en est pas une.",
                )

    def _takes_label(self, element) -> bool:
        return element.tag in LABELABLE or "-" in element.tag


class GroupWithoutLegend(Rule):
    """Yes or no, but to which question?"""

    id = "groupe-sans-legende"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Groupe de champs sans question"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H71"

    def check(self, page):
        said = set()
        for group in page.tagged("fieldset") + page.with_role("radiogroup"):
            if page.exposed(group) and not self._is_named(page, group) and sum(_type(f) not in _NOT_FIELDS for f in group.iter_elements(("input", "select", "textarea"))) > 1:
                said.add(group)
                yield self._say(page, group)
        named = defaultdict(list)
        for field in page.tagged("input"):
            if page.exposed(field) and _type(field) in ("radio", "checkbox") and field.attr("name"):
                named[field.closest("form"), _type(field), field.attr("name")].append(field)
        for choices in named.values():
            group = choices[0].closest(_GROUPS)
            if len(choices) > 1 and (group is None or (not self._is_named(page, group) and group not in said)):
                yield self._say(page, choices[0])

    def _is_named(self, page, group) -> bool:
        if (group.attr("aria-label") or group.attr("title") or "").strip() or texts_of(page, group.attr("aria-labelledby")):
            return True
        legend = next(iter(group.iter_elements("legend")), None)
        return legend is not None and bool(page.text(legend) or page.name(legend))

    def _say(self, page, element):
        return self.finding(
            page, element, "Ces choix n’ont pas de question commune qu’un lecteur d’écran puisse annoncer.",
            "Mettez-les dans un fieldset dont le premier élément est un legend qui pose la question.",
        )


class SilentRequired(Rule):
    """Required for the eyes but not for the voice, or for the browser but for nobody."""

    id = "champ-obligatoire-muet"
    criteria = ("3.3.2",)
    certainty = TO_VERIFY
    title = "Champ obligatoire que tous ne peuvent pas reconnaître"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H90"

    def check(self, page):
        said: dict[Element, bool] = {}
        for field in fields(page):
            if _type(field) in ("radio", "checkbox"):
                continue
            label = visible_label(page, field)
            required = field.attr("required") is not None or field.attr("aria-required") == "true"
            if not required and _REQUIRED.search(label):
                yield self.finding(
                    page, field, f"L’étiquette « {label[:80]} » dit que ce champ est obligatoire, mais le champ ne le dit pas.", "Ajoutez required au champ.",
                )
            elif required and not _SAID_ANYWHERE.search(label) and not self._is_said(page, field, said):
                yield self.finding(
                    page, field, f"Ce champ est obligatoire, mais rien ne le montre : « {label[:80]} ».", "Écrivez « (obligatoire) » dans son étiquette, ou « (facultatif) » dans celle des autres.",
                )

    def _is_said(self, page, field, said: dict) -> bool:
        """True when its form says somewhere what is required, or has this one field; `said`: the answers of the forms already read."""
        form = field.closest("form") or page.root
        if form not in said:
            said[form] = bool(_SAID_ANYWHERE.search(form.text)) or sum(_type(f) not in _NOT_FIELDS for f in form.iter_elements(("input", "select", "textarea"))) < 2
        return said[form]


class PlaceholderAsLabel(Rule):
    """A label that vanishes when one begins to type."""

    id = "etiquette-par-exemple"
    criteria = ("3.3.2",)
    certainty = TO_VERIFY
    title = "Texte indicatif pour seule étiquette"
    source = "https://www.w3.org/WAI/tutorials/forms/instructions/#placeholder-text"

    def check(self, page):
        for field in page.having("placeholder"):
            hint = (field.attr("placeholder") or "").strip()
            if field.tag not in ("input", "textarea") or not hint or _type(field) in _NOT_FIELDS or not page.exposed(field) or self._is_search(field):
                continue
            if not visible_label(page, field):
                yield self.finding(
                    page, field, f"Ce champ n’a d’autre étiquette visible que « {hint[:80]} », qui disparaît dès qu’on écrit.", "Ajoutez au champ une étiquette (label) qui reste visible.",
                )

    def _is_search(self, field) -> bool:
        """A search field with its button beside it is understood without more (G167)."""
        form = field.closest("form, search, [role=search]")
        if form is None or not (_type(field) == "search" or field.closest("search, [role=search]")):
            return False
        return any(button.tag == "button" or _type(button) in ("submit", "image") for button in form.iter_elements(("button", "input")))


class ActingList(Rule):
    """A choice that takes one elsewhere before one has chosen: with a keyboard, at the first arrow."""

    id = "liste-qui-agit"
    criteria = ("3.2.2",)
    certainty = TO_VERIFY
    title = "Choix qui change de page sans bouton"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/failures/F36"

    def check(self, page):
        acting = [field for field in page.having("onchange") if _ACTS.search(field.attr("onchange") or "")]
        acting += [field for field in page.having("onclick") if field.tag == "input" and _type(field) in ("radio", "checkbox") and _SUBMITS.search(field.attr("onclick") or "")]
        for field in acting:
            if page.exposed(field):
                yield self.finding(page, field, "Ce choix change de page ou envoie le formulaire dès qu’on le modifie.", "Ajoutez un bouton qui le fait, et retirez onchange ou onclick.")


class UnrelatedError(Rule):
    """A field in error whose message is not read with it."""

    id = "erreur-non-reliee"
    act_rule = "36b590"
    criteria = ("3.3.1",)
    certainty = TO_VERIFY
    title = "Champ en erreur sans message relié"
    source = ACT + "36b590/"

    def check(self, page):
        for field in page.having("aria-invalid"):
            if (field.attr("aria-invalid") or "").strip().lower() in ("", "false") or not page.exposed(field):
                continue
            group = field.closest(_GROUPS)
            references = " ".join(each.attr(key) or "" for each in (field, group) if each is not None for key in ("aria-describedby", "aria-errormessage"))
            if not texts_of(page, references) and not _ERROR.search(visible_label(page, field)):
                yield self.finding(
                    page, field, "Ce champ est en erreur (aria-invalid), mais aucun message n’est lu avec lui.", "Mettez dans aria-describedby l’identifiant du message d’erreur.",
                )
