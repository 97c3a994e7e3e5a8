"""The static JSON API: one file a page, an index, and the schema that describes them.

`/api/contenu/<address of the page>.json` (`/sante/vaccin/` → `/api/contenu/sante/vaccin.json`; the home page is `_accueil`),
`/api/contenu/index.json`, `/api/contenu.schema.json`. Each file is also JSON-LD, by `/api/contenu.contexte.jsonld`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

import orjson

from fleuve.jsonld import schema_type
from fleuve.stages.stage import OutputFile, Stage

MAX_LISTED = 5000
"""Entries in one file of the index: about 1 MB, 100 KB compressed."""

HOME = "_accueil"
FOLDER = "api/contenu"
# Names of the API itself, which a page's address could otherwise take.
_OWN = {"index": "_index"}

class Api(Stage):
    """Writes the API; `api: false` in site.yml leaves it out."""

    name = "api"

    def files(self, record: Any, settings: dict) -> Iterable[OutputFile]:
        if not settings.get("api", True):
            return ()
        return ((f"{FOLDER}/{page_name(record.url, settings.get('base', '/'))}.json", orjson.dumps(content(record, settings.get('base', '/')))),)

    def extract(self, record: Any, settings: dict) -> list | None:
        if not settings.get("api", True):
            return None
        return [record.url, record.type, record.lang, record.title, record.updated or record.date]

    def gather(self, extracts: list[list]) -> list[str]:
        return [orjson.dumps(dict(zip(("url", "type", "lang", "title", "mise_a_jour"), extract))).decode() for extract in extracts]

    def reduce(self, extracts: Iterable[list[str]], site: Any) -> Iterator[OutputFile]:
        if not site.settings.get("api", True):
            return
        entries = [orjson.Fragment(entry) for entries in extracts for entry in entries]
        yield from index_files(entries, site.base)
        yield "api/contenu.schema.json", orjson.dumps(SCHEMA, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        yield "api/contenu.contexte.jsonld", orjson.dumps(CONTEXT, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def page_name(url: str, base: str = "/") -> str:
    """Name of a page's file below api/contenu/, without « .json »."""
    name = url[len(base):].rstrip("/")
    if "%" in name:
        name = unquote(name)
    return _OWN.get(name, name) or HOME


def content(record: Any, base: str = "/") -> dict:
    """What the API says of a page: everything but HTML."""
    # The context is named from where the file is, so that the API works at any address.
    depth = max(record.url[len(base) - 1:].rstrip("/").count("/"), 1)
    return {
        "@context": "../" * depth + "contenu.contexte.jsonld",
        "@id": record.url,
        "@type": schema_type(record.type),
        "url": record.url, "type": record.type, "id": record.id, "lang": record.lang,
        "title": record.title, "description": record.description,
        "date": record.date, "mise_a_jour": record.updated, "revision": record.review,
        "organismes": record.organisms, "themes": record.themes, "publics": record.audiences, "regions": record.regions,
        "mots_cles": record.keywords, "traduction": record.twin, "retire": record.retired,
        "fil": record.breadcrumb, "intertitres": record.headings, "texte": record.text,
    }


def index_files(entries: list[Any], base: str) -> Iterator[OutputFile]:
    """The index: whole in one file up to 5,000 pages, else a list of numbered parts."""
    if len(entries) <= MAX_LISTED:
        yield f"{FOLDER}/index.json", orjson.dumps({"nombre": len(entries), "contenus": entries})
        return
    parts = []
    for start in range(0, len(entries), MAX_LISTED):
        chunk = entries[start:start + MAX_LISTED]
        path = f"{FOLDER}/_parties/{len(parts) + 1}.json"
        parts.append({"url": base + path, "nombre": len(chunk)})
        yield path, orjson.dumps({"nombre": len(chunk), "contenus": chunk})
    yield f"{FOLDER}/index.json", orjson.dumps({"nombre": len(entries), "parties": parts})


_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_LIST = {"type": "array", "items": _TEXT}


def _closed(properties: dict, required: list[str] | None = None, **more: Any) -> dict:
    return {"type": "object", "properties": properties, "required": required or list(properties), "additionalProperties": False, **more}


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Un contenu du site",
    "description": "Fichier /api/contenu/<adresse de la page>.json. L’index /api/contenu/index.json suit $defs/index.",
    **_closed({
        "@context": _TEXT, "@id": _TEXT, "@type": _TEXT,
        "url": {**_TEXT, "description": "Adresse de la page, depuis la racine de l’hôte."},
        "type": {**_TEXT, "description": "Type de contenu : page, service, organisme…"},
        "id": {**_TEXT, "description": "Identifiant, unique dans son type."},
        "lang": {**_TEXT, "description": "Langue : fr, en…"},
        "title": _TEXT, "description": _TEXT,
        "date": {**_MAYBE, "description": "Première publication."},
        "mise_a_jour": {**_MAYBE, "description": "Dernière mise à jour."},
        "revision": {**_MAYBE, "description": "Date avant laquelle le contenu doit être relu."},
        "organismes": {**_LIST, "description": "Identifiants ; le premier est responsable."},
        "themes": _LIST, "publics": _LIST, "regions": _LIST, "mots_cles": _LIST,
        "traduction": {**_MAYBE, "description": "Adresse du même contenu dans l’autre langue."},
        "retire": {"type": "boolean", "description": "Vrai si le contenu est retiré et ne reste que pour mémoire."},
        "fil": {"type": "array", "description": "Fil d’Ariane, de l’accueil au dossier.",
                "items": _closed({"title": _TEXT, "url": _TEXT}, additionalProperties=True)},
        "intertitres": {"type": "array", "items": _closed(
            {"level": {"type": "integer", "minimum": 1, "maximum": 6}, "id": _TEXT, "text": _TEXT}, additionalProperties=True)},
        "texte": {**_TEXT, "description": "Tout le texte, sans balises."},
    }),
    "$defs": {
        "entree": _closed({"url": _TEXT, "type": _TEXT, "lang": _TEXT, "title": _TEXT, "mise_a_jour": _MAYBE}),
        "partie": _closed({"url": _TEXT, "nombre": {"type": "integer"}}),
        "index": _closed({
            "nombre": {"type": "integer", "description": "Nombre de contenus."},
            "contenus": {"type": "array", "maxItems": MAX_LISTED, "items": {"$ref": "#/$defs/entree"}},
            "parties": {"type": "array", "items": {"$ref": "#/$defs/partie"},
                        "description": f"Présent au-delà de {MAX_LISTED} contenus : les fichiers qui les énumèrent."},
        }, ["nombre"], oneOf=[{"required": ["contenus"]}, {"required": ["parties"]}]),
    },
}

CONTEXT = {"@context": {
    "@vocab": "https://schema.org/",
    "url": {"@id": "https://schema.org/url", "@type": "@id"}, "id": "https://schema.org/identifier",
    "lang": "https://schema.org/inLanguage", "title": "https://schema.org/name", "description": "https://schema.org/description",
    "date": "https://schema.org/datePublished", "mise_a_jour": "https://schema.org/dateModified",
    "publics": "https://schema.org/audience", "mots_cles": "https://schema.org/keywords", "themes": "https://schema.org/about",
    "regions": "https://schema.org/spatialCoverage", "organismes": "https://schema.org/publisher",
    "traduction": {"@id": "https://schema.org/workTranslation", "@type": "@id"}, "texte": "https://schema.org/text",
    "type": None, "revision": None, "retire": None, "fil": None, "intertitres": None,
}}
