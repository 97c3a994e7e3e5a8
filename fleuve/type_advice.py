"""Explain, key by key and in plain French, what is wrong in a front matter, and keep what is right.

Only wrong documents come here, so clarity wins over speed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fleuve import instant
from fleuve.field import Field, write_scalar
from fleuve.front_matter import Pointer, positions
from fleuve.problem import ERROR, Problem
from fleuve.slug import slugify

if TYPE_CHECKING:
    from fleuve.content_type import ContentType

MAX_PROBLEMS = 100
_MAX_ROUNDS = 8
_MAX_SHOWN = 80
# What stands for a value that is thrown away, until the lists and groups that held it are made again.
_GONE = object()

Finding = tuple[Pointer, str, str, str]

_HELD = "La page n’est pas publiée en attendant."
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "une valeur vraie ou fausse"), (int, "un nombre"), (float, "un nombre"), (str, "un texte"), (list, "une liste"),
    (dict, "un groupe de clés"),
)


# Keys whose misspelling would publish a page too early, or keep it too long.
_SAFETY = frozenset({"embargo", "expiration", "retire"})
_EMPTY_SAFETY = frozenset({("embargo",), ("expiration",)})


def judge(
    kind: ContentType, meta: dict[str, Any], file: str, text: str, first_line: int,
) -> tuple[dict[str, Any], list[Problem], bool]:
    """Explain a wrong front matter. Takes and returns what `ContentType.validate` does."""
    if not meta and any(line.strip() and not line.lstrip().startswith("#") for line in text.split("\n")):
        return {}, [], True  # The YAML could not be read, and reading it has already said so.
    case = _Case(kind, meta, file, text)
    clean = case.sift()
    return clean, case.problems(first_line), case.held or "title" not in clean or (kind.is_news and "date" not in clean)


class _Case:
    """A wrong front matter under examination.

    tree: the values that are still thought right; a thrown away item of a list leaves a hole, so that places stay those of the
    file. findings: what to tell, by place. held: whether something that governs publication is wrong.
    """

    def __init__(self, kind: ContentType, meta: dict[str, Any], file: str, text: str):
        self.kind, self.file, self.text = kind, file, text
        self.findings: dict[Pointer, Finding] = {}
        self.empty: set[Pointer] = set()
        self.held = False
        self.tree = self._without_empty(meta, ())
        for place in sorted(self.empty & _EMPTY_SAFETY):
            self.held = True
            self._tell(place, "cle-vide", f"« {place[0]} » est vide.",
                       f"Écrivez une date, comme {instant.EXAMPLE}, ou supprimez la ligne. {_HELD}")

    def _without_empty(self, value: Any, place: Pointer) -> Any:
        if isinstance(value, dict):
            self.empty |= {(*place, key) for key, inner in value.items() if inner is None}
            return {key: self._without_empty(inner, (*place, key)) for key, inner in value.items() if inner is not None}
        if isinstance(value, list):
            return [_GONE if inner is None else self._without_empty(inner, (*place, n)) for n, inner in enumerate(value)]
        return value

    def _tell(self, place: Pointer, code: str, message: str, remedy: str) -> None:
        if place[0] in self.kind.governing and _HELD not in remedy:
            remedy = f"{remedy} {_HELD}"
        if len(self.findings) < MAX_PROBLEMS:
            self.findings.setdefault(place, (place, code, message, remedy))

    def sift(self) -> dict[str, Any]:
        """Throw away wrong values until the rest is right; explain only what the author wrote, not what follows from it."""
        for turn in range(_MAX_ROUNDS):
            origins: dict[Pointer, Pointer] = {}
            values = _compact(self.tree, (), (), origins)
            errors = self.kind.errors(values)
            drops = {drop for error in errors for drop in self._consider(error, values, origins, explain=turn == 0)}
            if not drops:
                drops = {origins[place] for place in self.kind.escaping_files(values, self.file)}
                for place in drops:
                    self._tell(place, "chemin-interdit", f"Le chemin de {_name(place)} sort du dossier de contenu.",
                               "Déposez le fichier dans contenu/ et écrivez son chemin à partir du dossier du document.")
            if not drops:
                return values
            self.held = self.held or any(place[0] in self.kind.governing for place in drops)
            for place in drops:
                _remove(self.tree, place)
        return {key: value for key, value in values.items() if self._alone_is_right(key, value)}

    def _alone_is_right(self, key: str, value: Any) -> bool:
        return not any(list(error.instance_path)[:1] == [key] for error in self.kind.errors({key: value}))

    def _consider(self, error: Any, values: Any, origins: dict[Pointer, Pointer], explain: bool) -> list[Pointer]:
        """Explain one error of the schema validator; return the places to throw away."""
        path = tuple(error.instance_path)
        place = origins[path]
        name = error.kind.name
        if name == "additionalProperties":
            return [self._unknown_key((*place, key), explain) for key in error.kind.unexpected]
        if name == "required":
            if explain:
                self._missing((*place, error.kind.property))
            return [place] if place else []
        if not place:
            if explain:
                self._missing_one_of(values)
            return []
        if explain and len(self.findings) < MAX_PROBLEMS:
            for part in path:
                values = values[part]
            self._tell(place, *explain_value(self.field(place), place, values, name, self.empty))
        return [place]

    def field(self, place: Pointer) -> Field:
        """Return the field that holds a place."""
        fields = self.kind.fields
        for part in place:
            if isinstance(part, str):
                field = fields[part]
                fields = field.fields
        return field

    def _siblings(self, place: Pointer) -> dict[str, Field]:
        return self.field(place[:-1]).fields if any(isinstance(part, str) for part in place[:-1]) else self.kind.fields

    def _unknown_key(self, place: Pointer, explain: bool) -> Pointer:
        if not explain:
            return place
        if len(self.findings) >= MAX_PROBLEMS:
            self.held = True  # Nobody can tell any more whether one of them was meant to be an embargo.
            return place
        key = str(place[-1])
        allowed = self._siblings(place)
        elsewhere = _where_it_belongs(key) if len(place) == 1 else ""
        # A key of another type is more likely than a bad misspelling, less likely than one letter too few.
        synonyms = self.kind.synonyms if len(place) == 1 else {}
        nearest = nearest_key(synonyms, key, allowed, cutoff=0.85 if elsewhere else 0.7)
        if nearest:
            risky = len(place) == 1 and (nearest in _SAFETY or nearest == "date" in self.kind.governing)
            self.held = self.held or risky
            self._tell(place, "cle-inconnue", f"« {_shown(key)} » : clé inconnue ; vouliez-vous dire « {nearest} » ?",
                       "Corrigez le nom de la clé." + (f" {_HELD}" if risky else ""))
        else:
            where = f"dans {_name(place[:-1])}" if len(place) > 1 else f"dans un document de type « {self.kind.name} »"
            remedy = elsewhere or "Supprimez-la ; les clés permises sont dans docs/reference-types.md."
            if len(place) > 1:
                remedy = "Clés permises à cet endroit : " + ", ".join(f"« {name} »" for name in allowed) + "."
            self._tell(place, "cle-inconnue", f"« {_shown(key)} » : clé inconnue {where}.", remedy)
        return place

    def _missing(self, place: Pointer) -> None:
        field = self.field(place)
        if len(place) == 1:
            what = f"« {field.key} » ({field.label}), obligatoire dans un document de type « {self.kind.name} »"
        else:
            what = f"« {field.key} » ({field.label}), obligatoire dans {_name(place[:-1])}"
        if place in self.empty:
            message = f"La clé {what}, est vide."
        else:
            message = f"Il manque la clé {what}."
        remedy = f"Écrivez par exemple {example_of(field)}"
        if place == ("title",) and not self.text.strip():
            remedy = ("Commencez le fichier par un en-tête : une ligne « --- », une ligne « title: » suivie du titre, "
                      "et une autre ligne « --- ».")
        self._tell(place, "cle-manquante", message, remedy)

    def _missing_one_of(self, values: dict[str, Any]) -> None:
        for keys in self.kind.one_of:
            if not any(key in values for key in keys):
                listed = " ou ".join(f"« {key} » ({self.kind.fields[key].label})" for key in keys)
                self._tell((keys[0],), "cle-manquante", f"Il faut au moins une de ces clés : {listed}.",
                           f"Écrivez par exemple {example_of(self.kind.fields[keys[0]])}")

    def problems(self, first_line: int) -> list[Problem]:
        """Return what was found, in the order of the file."""
        findings = list(self.findings.values())
        if not self.text.strip():
            first_line = max(1, first_line - 1)
        places = positions(self.text, [finding[0] for finding in findings], first_line)
        return sorted(
            Problem(self.file, line, column, ERROR, code, message, remedy)
            for (line, column), (_, code, message, remedy) in zip(places, findings, strict=True))


def _compact(value: Any, place: Pointer, origin: Pointer, origins: dict[Pointer, Pointer]) -> Any:
    """Copy a tree without its holes; `origins` says where each place of the copy was."""
    origins[place] = origin
    if isinstance(value, dict):
        return {key: _compact(inner, (*place, key), (*origin, key), origins) for key, inner in value.items()}
    if isinstance(value, list):
        kept = [(n, inner) for n, inner in enumerate(value) if inner is not _GONE]
        return [_compact(inner, (*place, new), (*origin, old), origins) for new, (old, inner) in enumerate(kept)]
    return value


def _remove(tree: Any, place: Pointer) -> None:
    """Remove a value from a tree, where it still is; an item of a list leaves a hole."""
    for part in place[:-1]:
        if isinstance(tree, dict) and part not in tree:
            return
        tree = tree[part]
        if tree is _GONE:
            return
    if isinstance(tree, list):
        tree[place[-1]] = _GONE
    else:
        tree.pop(place[-1], None)


# --- Names -----------------------------------------------------------------------------------------------------------------


def _name(place: Pointer) -> str:
    """A place as an editor reads it: « autres_facons », élément 2, « mode »."""
    return ", ".join(f"élément {part + 1}" if isinstance(part, int) else f"« {_shown(part)} »" for part in place)


def _shown(value: Any) -> str:
    """A value of the author, cut when it is long."""
    text = write_scalar(value) if not isinstance(value, str) else " ".join(value.split())
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"


def _kind_name(value: Any) -> str:
    for python_type, name in _KINDS:
        if isinstance(value, python_type):
            return name
    return "rien"


def nearest_key(synonyms: dict[str, str], key: str, allowed: Iterable[str], cutoff: float = 0.7) -> str:
    """Return the permitted key that the author probably meant, or ''; `cutoff` is how alike they must be, from 0 to 1."""
    allowed = list(allowed)
    folded = slugify(key[:100]).replace("-", "_")
    if synonyms.get(folded) in allowed:
        return synonyms[folded]
    if folded in allowed:
        return folded
    close = difflib.get_close_matches(folded, allowed, n=1, cutoff=cutoff)
    if close:
        return close[0]
    longer = [name for name in allowed if len(folded) >= 4 and name.startswith(folded)]
    return longer[0] if len(longer) == 1 else ""


def _where_it_belongs(key: str) -> str:
    """Say which types have a key, when some do."""
    from fleuve.content_type import load

    owners = [kind.name for kind in load().values() if key in kind.own or key in kind.shared]
    if not owners:
        return ""
    if len(owners) == 1:
        return f"Cette clé est celle du type « {owners[0]} » : écrivez « type: {owners[0]} » si c’est ce que vous vouliez."
    listed = ", ".join(f"« {name} »" for name in owners[:-1]) + f" et « {owners[-1]} »"
    return f"Cette clé est celle des types {listed} : écrivez le bon après « type: » si c’est ce que vous vouliez."


def unknown_type(name: Any, types: dict[str, ContentType], file: str, text: str, first_line: int) -> Problem:
    """Say that a type does not exist, and which one was probably meant."""
    folded = slugify(str(name)[:100])
    labels = {slugify(kind.label()): kind.name for kind in types.values()}
    close = difflib.get_close_matches(folded, [*types, *labels], n=1, cutoff=0.6)
    meant = f" Vouliez-vous dire « {labels.get(close[0], close[0])} » ?" if close else ""
    line, column = positions(text, [("type",)], first_line)[0]
    return Problem(
        file, line, column, ERROR, "type-inconnu",
        f"Le type « {_shown(name)} » n’existe pas ; le document est traité comme une page.{meant}",
        "Types permis : " + ", ".join(types) + ".")


# --- Values ----------------------------------------------------------------------------------------------------------------


def example_of(field: Field) -> str:
    """Return an example of a key and its value, for a remedy; it ends the sentence."""
    if field.fields:
        inner = next((one for one in field.fields.values() if one.required), next(iter(field.fields.values())))
        lead = "- " if field.is_list else ""
        return (f"« {field.key}: » puis, en retrait de deux espaces sur la ligne suivante, "
                f"« {lead}{inner.key}: {write_scalar(inner.example)} ».")
    example = field.example
    if field.is_list:
        values = example if isinstance(example, list) else [example]
        return f"« {field.key}: [{', '.join(write_scalar(value) for value in values)}] »."
    return f"« {field.key}: {write_scalar(example)} »."


def explain_value(field: Field, place: Pointer, value: Any, rule: str, empty: Iterable[Pointer] = ()) -> tuple[str, str, str]:
    """Explain why a value is not right.

    Takes its field, its place, the value and the keyword of JSON Schema that it breaks. Returns (code, message, remedy).
    """
    is_item = isinstance(place[-1], int)
    name = _name(place)
    if field.choices and not isinstance(value, (list, dict)) and (is_item or not field.is_list):
        return _wrong_choice(field, name, value if isinstance(value, str) else write_scalar(value))
    stands_for_group = bool(field.fields and field.schema) and isinstance(value, str)
    if rule == "type" or not stands_for_group and isinstance(value, (list, dict)) != bool((field.is_list and not is_item) or field.fields):
        return _wrong_kind(field, name, value, is_item)
    if rule in ("minItems", "maxItems"):
        return _wrong_count(field, name, value)
    if isinstance(value, str) and not value.strip():
        return "valeur-vide", f"{name} est vide.", "Écrivez une valeur, ou supprimez la ligne."
    if rule == "maxLength":
        limit = field.schema["maxLength"]
        return ("valeur-trop-longue", f"{name} compte {len(value)} caractères ; la limite est de {limit}.",
                "Raccourcissez le texte, ou déplacez-en une partie dans le corps de la page.")
    return _WRONG_FORM.get(field.form, _wrong_other)(field, name, value)


def _wrong_kind(field: Field, name: str, value: Any, is_item: bool) -> tuple[str, str, str]:
    code, got = "valeur-du-mauvais-genre", _kind_name(value)
    if field.is_list and not is_item:
        if isinstance(value, str) and value.startswith("-"):
            remedy = "Chaque élément va sur sa ligne, après un tiret et une espace."
        elif field.fields:
            remedy = f"Écrivez {example_of(field)}"
        else:
            remedy = f"Écrivez « {field.key}: [{_shown(value)}] »." if not isinstance(value, dict) else (
                f"Écrivez {example_of(field)}")
        return code, f"{name} doit être une liste, et non {got}.", remedy
    if field.fields:
        return code, f"{name} doit être un groupe de clés, et non {got}.", f"Écrivez {example_of(field)}"
    if isinstance(value, bool | int | float) and field.schema.get("type") == "string":
        quoted = f'"{_shown(value)}"'
        where = quoted if is_item else f"{field.key}: {quoted}"
        return code, f"{name} doit être un texte, et « {_shown(value)} » est lu comme {got}.", (
            f"Mettez la valeur entre guillemets : « {where} ».")
    if field.form == "booleen":
        meant = {"oui": "true", "yes": "true", "vrai": "true", "non": "false", "no": "false", "faux": "false"}
        word = meant.get(str(value).lower(), "")
        return code, f"{name} doit être true (oui) ou false (non), et non « {_shown(value)} ».", (
            f"Écrivez « {field.key}: {word or 'true'} », en minuscules et sans guillemets.")
    if field.form == "entier":
        return code, f"{name} doit être {field.expected}, et non {got}.", f"Écrivez {example_of(field)}"
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return code, f"{name} ne prend qu’une valeur, et non une liste.", f"Écrivez « {field.key}: {_shown(value[0])} »."
    if isinstance(value, dict):
        return code, f"{name} doit être {field.expected}, et non {got}.", (
            "Si la valeur contient un deux-points, mettez-la entre guillemets.")
    return code, f"{name} doit être {field.expected}, et non {got}.", f"Écrivez {example_of(field)}"


def _wrong_count(field: Field, name: str, value: list[Any]) -> tuple[str, str, str]:
    if not value:
        return "valeur-vide", f"{name} est une liste vide.", f"Écrivez par exemple {example_of(field)}"
    return ("valeur-trop-longue", f"{name} compte {len(value)} éléments, ce qui est trop.",
            "Gardez les principaux, ou faites-en plusieurs pages.")


def _wrong_choice(field: Field, name: str, value: str) -> tuple[str, str, str]:
    folded = slugify(value[:100])
    labels = {slugify(label): choice for choice, label in field.choices.items()}
    close = difflib.get_close_matches(folded, [*field.choices, *labels], n=1, cutoff=0.6)
    meant = f" Vouliez-vous dire « {labels.get(close[0], close[0])} » ?" if close else ""
    return ("valeur-non-permise", f"{name} : « {_shown(value)} » n’est pas une valeur permise.{meant}",
            "Valeurs permises : " + ", ".join(field.choices) + ".")


def _wrong_instant(field: Field, name: str, value: str) -> tuple[str, str, str]:
    try:
        instant.to_epoch(value)
    except ValueError as error:
        message, _, remedy = str(error).partition(" ; écrivez")
        return "date-invalide", f"{name} : {message}.", (
            f"Écrivez{remedy}." if remedy else f"Une date s’écrit {instant.EXAMPLE}.")
    return _wrong_other(field, name, value)


def _wrong_identifier(field: Field, name: str, value: str) -> tuple[str, str, str]:
    suggestion = slugify(value[:200])
    remedy = f"Écrivez « {suggestion} »." if suggestion else f"Écrivez {example_of(field)}"
    return ("identifiant-invalide",
            f"{name} : « {_shown(value)} » ne peut pas être un identifiant ; "
            "il n’y faut que des lettres minuscules sans accents, des chiffres et des traits d’union.", remedy)


def _wrong_line(field: Field, name: str, value: str) -> tuple[str, str, str]:
    if "\n" in value:
        return "valeur-invalide", f"{name} doit tenir sur une seule ligne.", (
            "Écrivez la valeur sur la ligne de la clé, sans « | » ni « > ».")
    return _wrong_other(field, name, value)


def _wrong_path(field: Field, name: str, value: str) -> tuple[str, str, str]:
    code = "chemin-invalide"
    if value.startswith("/"):
        return code, f"{name} : le chemin « {_shown(value)} » commence par une barre oblique.", (
            f"Écrivez le chemin à partir de contenu/, comme « {_shown(value.lstrip('/'))} ».")
    if ".." in value.split("/"):
        return code, f"{name} : le chemin « {_shown(value)} » remonte par « .. », ce qui n’est pas permis ici.", (
            "Écrivez le chemin entier à partir de contenu/, sans « .. ».")
    if "\\" in value:
        return code, f"{name} : le chemin « {_shown(value)} » contient une barre oblique inverse.", (
            f"Écrivez « {_shown(value.replace(chr(92), '/'))} ».")
    if field.form in ("page", "nom-de-fichier") and not re.search(r"\.md(#|$)", value):
        if _SCHEME.match(value):
            return code, f"{name} : « {_shown(value)} » est une adresse Web ; il faut ici une page de ce site.", (
                "Mettez les liens vers d’autres sites dans le texte de la page.")
        return code, f"{name} : « {_shown(value)} » n’est pas le chemin d’un fichier .md.", (
            f"Écrivez le chemin du fichier, comme « {_shown(value.rstrip('/'))}.md » ou « {_shown(value.rstrip('/'))}/index.md ».")
    return _wrong_other(field, name, value)


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_DOMAIN = re.compile(r"(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?", re.IGNORECASE)


def _wrong_address(field: Field, name: str, value: str) -> tuple[str, str, str]:
    code = "adresse-invalide"
    scheme = _SCHEME.match(value.strip())
    if scheme and scheme[1].lower() not in ("http", "https", "mailto", "tel"):
        return code, f"{name} : les liens « {scheme[1]}: » ne sont pas permis.", (
            "Seules les adresses http, https, mailto et tel le sont.")
    if any(character.isspace() for character in value):
        return code, f"{name} : l’adresse « {_shown(value)} » contient une espace.", (
            "Enlevez-la, ou remplacez-la par %20 si elle fait partie de l’adresse.")
    if not scheme and "@" in value and "/" not in value:
        return code, f"{name} : « {_shown(value)} » n’est pas une adresse complète.", f"Écrivez « mailto:{_shown(value)} »."
    if field.form == "lien" and not scheme and not _DOMAIN.fullmatch(value):
        return _wrong_path(field, name, value)
    if not scheme and _DOMAIN.fullmatch(value):
        return code, f"{name} : il manque le début de l’adresse « {_shown(value)} ».", f"Écrivez « https://{_shown(value)} »."
    return _wrong_other(field, name, value)


def _wrong_other(field: Field, name: str, value: Any) -> tuple[str, str, str]:
    return "valeur-invalide", f"{name} : « {_shown(value)} » ne convient pas.", f"Il faut ici {field.expected}."


_WRONG_FORM = {
    "instant": _wrong_instant, "instant-precis": _wrong_instant, "identifiant": _wrong_identifier, "ligne": _wrong_line, "page": _wrong_path,
    "fichier": _wrong_path, "nom-de-fichier": _wrong_path, "adresse": _wrong_address, "lien": _wrong_address,
}
