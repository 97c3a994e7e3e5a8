"""Content types: one YAML file each, from which come validation, forms, `new`, the reference page and JSON-LD.

A document goes through `find` (which type is it?) then `ContentType.validate`. A valid document costs a few microseconds; a
wrong one is explained by `fleuve.type_advice`.
"""

from __future__ import annotations

import posixpath
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from fleuve import front_matter, instant, news_item, type_advice
from fleuve.field import Field, build, object_schema
from fleuve.problem import Problem

FOLDER = Path(__file__).parent / "types"
COMMON = "_commun"
DEFAULT = "page"
DEFAULT_PRESS = "mkdocs"
NEWS_PRESS = "pelican"
FILE_FORMS = ("fichier", "fichier-ou-adresse")

Interval = tuple[int | None, int | None]

_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class TypeFileError(Exception):
    """A file of fleuve/types/ is wrong; the message is French and names the file."""


class ContentType:
    """A kind of document.

    name, description: its id and what it is for. has_page: False when it only feeds other pages. template: path in the theme.
    folder: where `new` puts its documents ('' when the editor must say). is_index: its document is the index of a folder of its
    own. press: which press makes its pages ('mkdocs' or 'pelican', the press of news). fields: every permitted key, own keys first.
    own: the keys that only this type has. shared: those that all types of its press have besides the common ones. card_fields: keys
    that other pages may read. schema: its JSON Schema. schema_org: its mapping to schema.org. body: what `new` writes under the
    front matter.
    """

    def __init__(self, name: str, spec: dict[str, Any], own: dict[str, Field], shared: dict[str, Field], common: dict[str, Field],
                 synonyms: dict[str, str]):
        self.name = name
        self.labels: dict[str, str] = spec["nom"]
        self.description: str = spec["description"]
        self.has_page: bool = spec["page"]
        self.template: str = spec.get("gabarit", "")
        self.folder: str = spec.get("dossier") or ""
        self.is_index: bool = spec.get("index", False)
        self.press: str = spec.get("presse", DEFAULT_PRESS)
        # Keys that decide whether, when and where a document is published. News are published on their date.
        self.governing = front_matter.GOVERNING | {"date"} if self.is_news else front_matter.GOVERNING
        self.body: str = spec.get("corps") or ""
        self.schema_org: dict[str, Any] = spec.get("schema_org", {})
        self.card_fields: tuple[str, ...] = tuple(spec.get("fiche", ()))
        self.one_of: tuple[tuple[str, ...], ...] = tuple(tuple(keys) for keys in spec.get("un_parmi", ()))
        self.own = own
        self.shared = shared
        self.fields: dict[str, Field] = {**own, **shared, **{key: one for key, one in common.items() if key not in shared}}
        self.synonyms = synonyms
        self.schema = self._json_schema()
        self._period: dict[str, Any] = spec.get("periode", {})
        self._references = {key: one for key, one in self.fields.items() if one.has_references}
        self._file_keys = tuple(key for key, one in self.fields.items() if _holds_file(one))
        self._validator = jsonschema_rs.Draft202012Validator(
            self.schema, validate_formats=True, formats={"instant": instant.is_instant})
        self._check(spec)

    def _json_schema(self) -> dict[str, Any]:
        schema = object_schema(self.fields)
        if self.one_of:
            schema["allOf"] = [{"anyOf": [{"required": [key]} for key in keys]} for keys in self.one_of]
        return schema

    def _check(self, spec: dict[str, Any]) -> None:
        unknown = set(spec) - {"nom", "description", "page", "presse", "gabarit", "dossier", "index", "corps", "schema_org", "fiche",
                               "un_parmi", "periode", "champs"}
        named = {*self.card_fields, *(key for keys in self.one_of for key in keys),
                 *(key.partition(".")[0] for end in ("debut", "fin") for key in self._period.get(end, ()))}
        if self.press not in (DEFAULT_PRESS, NEWS_PRESS):
            raise ValueError(f"la presse « {self.press} » n’existe pas")
        if unknown:
            raise ValueError(f"clé inconnue « {min(unknown)} »")
        if named - set(self.fields):
            raise ValueError(f"le champ « {min(named - set(self.fields))} » n’existe pas")
        if self.has_page and not self.template:
            raise ValueError("il manque « gabarit »")

    def __repr__(self) -> str:
        return f"ContentType({self.name!r})"

    def label(self, lang: str = "fr") -> str:
        """Return the name of the type in a language, in French when it has none."""
        return self.labels.get(lang) or self.labels["fr"]

    def is_valid(self, meta: dict[str, Any]) -> bool:
        """Tell whether a front matter respects the schema."""
        return self._validator.is_valid(meta)

    def errors(self, meta: dict[str, Any]) -> list[Any]:
        """Return the errors of the schema validator, as it gives them."""
        return list(self._validator.iter_errors(meta))

    def validate(
        self, meta: dict[str, Any], file: str, text: str = "", first_line: int = 2,
    ) -> tuple[dict[str, Any], list[Problem], bool]:
        """Judge the front matter of a document.

        Takes its values, its path in the content folder, the YAML they come from and the line where that YAML begins (for
        the places of the problems). Returns the values without those that are wrong (`meta` itself when all is right), the
        problems in the order of the file, and whether the document must be held back: its title is missing, or a key that
        decides when or where it is published is wrong.
        """
        if self._validator.is_valid(meta) and not (self._file_keys and self.escaping_files(meta, file)):
            return meta, [], False
        return type_advice.judge(self, meta, file, text, first_line)

    def escaping_files(self, meta: dict[str, Any], file: str) -> list[front_matter.Pointer]:
        """Return the places of the file paths that climb out of the content folder."""
        depth = file.count("/")
        found: list[front_matter.Pointer] = []
        for key in self._file_keys:
            if key in meta:
                found += [place for place, path in _files(self.fields[key], meta[key], (key,)) if path.count("../") > depth]
        return found

    def references(self, clean: dict[str, Any]) -> list[tuple[str, str, str]]:
        """Return what a valid front matter refers to: (kind, id, JSON pointer).

        kind is organisme, theme, region, public, personne, fonction, formulaire-lien (ids), document (path from the content
        folder, anchor removed), partie (name of a file of the same folder) or media (path from the document's folder). Links
        to other sites, and links to files, are left out: the link report checks them on the page.
        """
        found: list[tuple[str, str, str]] = []
        for key, value in clean.items():
            if key in self._references:
                _refer(self._references[key], value, f"/{key}", found)
        return found

    def interval(self, clean: dict[str, Any]) -> Interval:
        """Return the period during which the document is active, in epoch seconds [start, end[; None where it is open."""
        if not self._period:
            return None, None
        start, end = instant.span(_first(clean, self._period.get("debut", ())), _first(clean, self._period.get("fin", ())))
        if start is not None and end is None and "heures" in self._period:
            end = start + 3600 * self._period["heures"]
        return start, end

    @property
    def is_news(self) -> bool:
        """Whether its documents are news, published at an instant of their own."""
        return self.press == NEWS_PRESS

    def publication_interval(self, clean: dict[str, Any]) -> Interval:
        """Return the period during which the document is published: from its embargo (news: else from its date) to its expiration."""
        start = news_item.published(clean) if self.is_news else clean.get("embargo")
        return instant.span(start or None, clean.get("expiration"))

    def card_extra(self, clean: dict[str, Any], folder: str = "") -> dict[str, Any]:
        """Return the values that other pages may read. folder: that of the document, from which its files are named."""
        extra = {key: clean[key] for key in self.card_fields if key in clean}
        if self.is_news:
            extra.update(_news_extra(clean, folder))
        return extra


def _first(clean: dict[str, Any], paths: tuple[str, ...]) -> Any:
    """The first of these keys that is there; « evenement.debut » is a key inside another."""
    for path in paths:
        value: Any = clean
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def _news_extra(clean: dict[str, Any], folder: str) -> dict[str, Any]:
    """What lists say of an item of news beyond its own keys: when it was published, its picture, whether it was corrected."""
    extra: dict[str, Any] = {}
    if published := news_item.published(clean):
        extra["moment"] = instant.to_iso(published)
    if picture := news_item.main_picture(clean):
        path = posixpath.normpath(posixpath.join(folder, picture["image"]))
        extra["image"] = {"src": path, "alt": picture.get("texte_de_remplacement", "")}
    if clean.get("corrections"):
        extra["corrige"] = True
    # What feeds and calendars say of it again: when it last changed in a way that matters, and how many times.
    if changes := news_item.changes(clean):
        extra["modifie"], extra["changements"] = instant.to_iso(max(changes, key=instant.to_epoch)), len(changes)
    if clean.get("retire"):
        extra["retrait"] = instant.to_iso(clean["retire"]["date"])
    return extra


def _holds_file(field: Field) -> bool:
    return field.form in FILE_FORMS or any(_holds_file(inner) for inner in field.fields.values())


def _files(field: Field, value: Any, place: front_matter.Pointer) -> list[tuple[front_matter.Pointer, str]]:
    if isinstance(value, list):
        return [found for n, item in enumerate(value) for found in _files(field, item, (*place, n))]
    if isinstance(value, dict):
        return [found for key, inner in field.fields.items() if key in value
                for found in _files(inner, value[key], (*place, key))]
    return [(place, value)] if field.form in FILE_FORMS else []


def _refer(field: Field, value: Any, pointer: str, found: list[tuple[str, str, str]]) -> None:
    if isinstance(value, list):
        for number, item in enumerate(value):
            _refer(field, item, f"{pointer}/{number}", found)
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = field.fields[key]
            if inner.reference or inner.fields:
                _refer(inner, item, f"{pointer}/{key}", found)
    elif field.reference == "document":
        path = value.partition("#")[0]
        if path.endswith(".md") and not _HAS_SCHEME.match(path):
            found.append(("document", path, pointer))
    elif field.reference and not (field.reference == "media" and _HAS_SCHEME.match(value)):
        found.append((field.reference, value, pointer))


# --- Loading ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def load(folder: Path | None = None) -> dict[str, ContentType]:
    """Return every content type by its id, from the YAML files of a folder (fleuve/types/ by default).

    Raises TypeFileError when a file is wrong.
    """
    folder = folder or FOLDER
    common = _read(folder / f"{COMMON}.yml")
    specs = {path.stem: _read(path) for path in sorted(folder.glob("*.yml")) if path.stem != COMMON}
    everywhere = _fields(common["champs"], common["formes"], specs, folder / f"{COMMON}.yml")
    news = common.get("presse") or {"champs": {}, "fiche": []}
    shared = _fields(news["champs"], common["formes"], specs, folder / f"{COMMON}.yml")
    types = {}
    for name, spec in specs.items():
        path = folder / f"{name}.yml"
        try:
            own = _fields(spec["champs"], common["formes"], specs, path)
            is_news = spec.get("presse") == NEWS_PRESS
            if is_news:
                spec = {**spec, "fiche": [*news["fiche"], *spec.get("fiche", ())]}
            types[name] = ContentType(name, spec, own, shared if is_news else {}, everywhere, common.get("synonymes", {}))
        except (ValueError, KeyError) as error:
            raise TypeFileError(f"{path.name} : {error}") from error
    return types


def _read(path: Path) -> dict[str, Any]:
    try:
        values, problems = front_matter.read_yaml(path.read_text(encoding="utf-8"), path.name, 1)
    except OSError as error:
        raise TypeFileError(f"Le fichier de type {path.name} ne peut pas être lu.") from error
    if problems:
        raise TypeFileError(str(problems[0]))
    return values


def _fields(specs: dict[str, Any], forms: dict[str, Any], types: dict[str, Any], path: Path) -> dict[str, Field]:
    fields = {}
    for key, spec in specs.items():
        if "reprend" in spec:
            name, _, source = spec["reprend"].partition(".")
            spec = {**types[name]["champs"][source], **{k: v for k, v in spec.items() if k != "reprend"}}
        try:
            fields[key] = build(key, spec, forms)
        except ValueError as error:
            raise TypeFileError(f"{path.name} : {error}") from error
    return fields


def is_news(name: str) -> bool:
    """Tell whether documents of a type are news."""
    kind = load().get(name)
    return kind is not None and kind.is_news


def find(
    meta: dict[str, Any], file: str, text: str = "", first_line: int = 2, types: dict[str, ContentType] | None = None,
) -> tuple[ContentType, list[Problem]]:
    """Return the type of a document; a type that does not exist is a problem, and the document is then a page."""
    types = types if types is not None else load()
    name = meta.get("type") or DEFAULT
    if isinstance(name, str) and name in types:
        return types[name], []
    return types[DEFAULT], [type_advice.unknown_type(name, types, file, text, first_line)]




if __name__ == "__main__":
    from fleuve.type_reference import render

    sys.stdout.write(render(load()))
