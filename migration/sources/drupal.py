"""A dump of Drupal by JSON:API: a folder of answers (`/jsonapi/node/page?page[offset]=50`…), one file .json, or .jsonl with an answer or a node a line.

Published nodes become pages, files of the media library records without body. Names of terms are read first from all files, as a node's file may
come before its vocabulary's. Answers overlap when a dump is made again: of a node in a language, the first is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import orjson

from migration import media_type
from migration.export_page import described, page
from migration.recipe import Recipe
from migration.record import PAGE_MAX, Damaged, Record, SourceError

# An answer of JSON:API holds 50 nodes (its own bound) and what they include.
_ANSWER_MAX = 64 * 1024 * 1024
_TERMS_MAX = 500_000
_PARTS_MAX = 1000
_DEPTH_MAX = 10
_SELF = re.compile(r"(https?://[^/?#]+)((?:/[a-z]{2}(?:-[a-z]{2,8})?)?)/jsonapi/", re.IGNORECASE)
# Fields that are machinery.
_MACHINERY = re.compile(
    "drupal_internal__|revision_|default_langcode|content_translation_|sticky|promote|status|path|metatag|langcode|created|changed|title|body|rh_|publish_on|"
    "unpublish_on|moderation_state")


@dataclass(slots=True)
class _Term:
    name: str
    parent: str = ""


@dataclass(slots=True)
class _Dump:
    base: str
    """« https://host » where answers do not say it."""
    terms: dict[str, _Term] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def is_answer(head: bytes) -> bool:
    """Whether the first bytes of a file look like an answer of JSON:API."""
    start = head.lstrip()[:1]
    return start == b"{" and bool(re.search(rb'"(?:jsonapi|data|type)"\s*:', head)) and bool(re.search(rb'"jsonapi"|"(?:node|taxonomy_term|file|media)--', head))


def read(source: Path, recipe: Recipe) -> Iterator[Record | Damaged]:
    """Give the nodes of a dump in the order of the names of its files, then of their places.

    Takes the folder or the file. Nodes not published are told as set aside. Raises SourceError when there is no file.
    """
    files = [source]
    if source.is_dir():
        files = sorted(path for pattern in ("*.json", "*.jsonl") for path in source.rglob(pattern) if path.is_file() and not path.is_symlink())
    if not files:
        raise SourceError(f"« {source.name} » ne contient aucun fichier .json : déposez-y les réponses de /jsonapi/node/….")
    dump = _Dump(f"https://{recipe.hosts[0]}" if recipe.hosts else "")
    for file in files:
        for answer in _answers(file):
            if not isinstance(answer, Damaged):
                _note(answer, dump)
    for file in files:
        for answer in _answers(file):
            if isinstance(answer, Damaged):
                yield answer
            else:
                yield from _nodes(answer, dump, file.name)


def _answers(file: Path) -> Iterator[dict[str, Any] | Damaged]:
    """The answers of a file: one, or one a line; a bare node is an answer too."""
    try:
        with open(file, "rb") as stream:
            if file.suffix == ".jsonl":
                number = 0
                while line := stream.readline(_ANSWER_MAX):
                    number += 1
                    if line.strip():
                        yield _answer(line, f"{file.name}, ligne {number}")
            else:
                data = stream.read(_ANSWER_MAX + 1)
                large = f"plus de {_ANSWER_MAX // (1024 * 1024)} Mo : coupez-le (une page de 50 nœuds par fichier)."
                yield Damaged(file.name, large) if len(data) > _ANSWER_MAX else _answer(data, file.name)
    except OSError as error:
        yield Damaged(file.name, f"ne peut pas être lu : {error.strerror}.")


def _answer(data: bytes, name: str) -> dict[str, Any] | Damaged:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return Damaged(name, f"ligne {error.lineno}, colonne {error.colno} : ce n’est pas du JSON. Redemandez cette page au site.")
    if isinstance(value, dict) and "data" not in value and isinstance(value.get("type"), str):
        value = {"data": [value]}
    if not isinstance(value, dict) or "data" not in value:
        errors = value.get("errors") if isinstance(value, dict) else None
        return Damaged(name, "le site a répondu par une erreur : redemandez cette page." if errors else "ce n’est pas une réponse de JSON:API : « data » manque.")
    return value


def _things(value: Any) -> list[dict[str, Any]]:
    """Resources of `data` or `included`, those that are well made."""
    many = value if isinstance(value, list) else [value]
    return [one for one in many if isinstance(one, dict) and isinstance(one.get("type"), str) and isinstance(one.get("attributes"), dict)]


def _note(answer: dict[str, Any], dump: _Dump) -> None:
    for thing in _things(answer["data"]) + _things(answer.get("included") or []):
        if thing["type"].startswith("taxonomy_term--") and len(dump.terms) < _TERMS_MAX:
            parents = _targets(thing, "parent")
            dump.terms.setdefault(str(thing.get("id")), _Term(_plain(thing["attributes"].get("name")), parents[0] if parents else ""))


def _nodes(answer: dict[str, Any], dump: _Dump, name: str) -> Iterator[Record | Damaged]:
    included = {str(thing.get("id")): thing for thing in _things(answer.get("included") or [])}
    data = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
    for thing in [*data, *included.values()]:
        if not isinstance(thing, dict) or not isinstance(thing.get("attributes"), dict):
            yield Damaged(name, f"nœud sans « attributes » ({str(thing)[:80]}).")
            continue
        kind = str(thing.get("type"))
        key = f"{kind} {thing.get('id')} {thing['attributes'].get('langcode', '')}"
        if not kind.startswith(("node--", "file--")) or key in dump.seen:
            continue
        dump.seen.add(key)
        made = _file(thing, dump) if kind.startswith("file--") else _node(thing, included, dump, name)
        if made:
            yield made


def _file(thing: dict[str, Any], dump: _Dump) -> Record | None:
    uri = thing["attributes"].get("uri")
    path = uri.get("url") if isinstance(uri, dict) else None
    base = _base(thing, dump)[0]
    if not isinstance(path, str) or not (base or path.startswith("http")):
        return None
    url = urljoin(base + "/", path)
    kind = media_type.of_header(_plain(thing["attributes"].get("filemime")))[0] or media_type.of_name(url)
    return Record(url, 200, kind, "", b"", _instant(thing["attributes"].get("changed")), hints=described(title=_plain(thing["attributes"].get("filename"))))


def _base(thing: dict[str, Any], dump: _Dump) -> tuple[str, str]:
    """« https://host » and the prefix of the language (« /en »), by the answer's own link."""
    link = thing.get("links", {}).get("self") if isinstance(thing.get("links"), dict) else None
    link = link.get("href") if isinstance(link, dict) else link
    match = _SELF.match(link) if isinstance(link, str) else None
    return (match[1], match[2]) if match else (dump.base, "")


def _node(thing: dict[str, Any], included: dict[str, dict[str, Any]], dump: _Dump, name: str) -> Record | Damaged:
    values = thing["attributes"]
    base, prefix = _base(thing, dump)
    path = values.get("path") if isinstance(values.get("path"), dict) else {}
    alias = path.get("alias") or f"/node/{values.get('drupal_internal__nid', thing.get('id'))}"
    url = f"{base}{prefix}{quote(str(alias), safe='/%!$&()*+,;=:@~')}"
    title = _plain(values.get("title"))
    if not base or not urlsplit(url).netloc:
        return Damaged(f"{name} : {alias}", "l’adresse du site manque : écrivez « hotes » dans la recette.")
    if values.get("status") is False:
        return Damaged(url, f"non publié ({title[:100]}) : laissé de côté.", left=True)
    lang = _plain(values.get("langcode"))
    lang = "" if lang in ("und", "zxx") else lang
    body = values.get("body") if isinstance(values.get("body"), dict) else {}
    data = page(title, "\n".join(_Content(included).of(thing)), lang)
    if len(data) > PAGE_MAX:
        return Damaged(url, f"plus de {PAGE_MAX // (1024 * 1024)} Mo")
    trail, names = _terms(thing, dump)
    hints = described(
        title=title, description=re.sub(r"<[^>]{0,1000}>", "", _plain(body.get("summary"))),
        published=_instant(values.get("created")), modified=_instant(values.get("changed")),
        lang=lang, kind=str(thing["type"]).partition("--")[2], breadcrumb=" > ".join(trail), categories=", ".join(names))
    return Record(url, 200, "text/html", "utf-8", data, hints.get("modified", ""), hints=hints)


class _Content:
    """The HTML of a node: its body, then its other fields, with what they include (paragraphs, images)."""

    def __init__(self, included: dict[str, dict[str, Any]]) -> None:
        self.included, self.parts = included, 0

    def of(self, thing: dict[str, Any], depth: int = 0) -> Iterator[str]:
        values = thing["attributes"]
        if "body" in values:
            yield from self._value(values["body"])
        for name in sorted(values):
            if not _MACHINERY.match(name) and (name.startswith("field_") or depth):
                yield from self._value(values[name])
        for name in sorted(_relations(thing)):
            if name.startswith("field_") and depth < _DEPTH_MAX:
                yield from self._related(thing, name, depth)

    def _value(self, value: Any) -> Iterator[str]:
        """A formatted text as it was shown, a plain text as paragraphs, a link; numbers and keys of lists say nothing without their label."""
        if isinstance(value, list):
            for one in value[:_PARTS_MAX]:
                if not isinstance(one, list):  # no field of Drupal is a list of lists; JSON may be one a thousand times
                    yield from self._value(one)
        elif isinstance(value, dict):
            if isinstance(value.get("processed"), str):
                yield value["processed"]
            elif isinstance(value.get("value"), str):
                yield from self._value(value["value"])
            elif isinstance(value.get("uri"), str) and re.match(r"https?://", value["uri"]):
                yield f'<p><a href="{escape(value["uri"])}">{escape(_plain(value.get("title")) or value["uri"], quote=False)}</a></p>'
        elif isinstance(value, str) and " " in value.strip():
            yield from (f"<p>{escape(part.strip(), quote=False)}</p>" for part in value.splitlines() if part.strip())

    def _related(self, thing: dict[str, Any], name: str, depth: int) -> Iterator[str]:
        for target, meta in _links(thing, name) if depth <= _DEPTH_MAX else ():
            other = self.included.get(target)
            self.parts += 1
            if not other or self.parts > _PARTS_MAX:
                continue
            if other["type"].startswith("paragraph--") and other["attributes"].get("status") is not False:
                yield from self.of(other, depth + 1)
            elif other["type"].startswith("media--"):
                for inner in sorted(_relations(other)):
                    if inner.startswith("field_media"):
                        yield from self._related(other, inner, depth + 1)
            elif other["type"].startswith("file--"):
                yield from _shown(other, meta)


def _shown(file: dict[str, Any], meta: dict[str, Any]) -> Iterator[str]:
    """An image, or a link to the file."""
    uri = file["attributes"].get("uri")
    url = uri.get("url") if isinstance(uri, dict) else ""
    if isinstance(url, str) and re.match(r"https?://|/(?!/)", url):
        if _plain(file["attributes"].get("filemime")).startswith("image/"):
            yield f'<p><img src="{escape(url)}" alt="{escape(_plain(meta.get("alt")))}"></p>'
        else:
            label = _plain(meta.get("description")) or _plain(file["attributes"].get("filename")) or url
            yield f'<p><a href="{escape(url)}">{escape(label, quote=False)}</a></p>'


def _relations(thing: dict[str, Any]) -> dict[str, Any]:
    relations = thing.get("relationships")
    return relations if isinstance(relations, dict) else {}


def _links(thing: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    relation = _relations(thing).get(name)
    data = relation.get("data") if isinstance(relation, dict) else None
    many = data if isinstance(data, list) else [data]
    return [(str(one.get("id")), one.get("meta") if isinstance(one.get("meta"), dict) else {}) for one in many if isinstance(one, dict)]


def _targets(thing: dict[str, Any], name: str) -> list[str]:
    return [target for target, _ in _links(thing, name) if target != "virtual"]


def _terms(thing: dict[str, Any], dump: _Dump) -> tuple[list[str], list[str]]:
    """The path of the first term that has parents (a section), and the names of all terms."""
    trail: list[str] = []
    names: list[str] = []
    for name in sorted(_relations(thing)):
        for target in _targets(thing, name):
            if target in dump.terms:
                names.append(dump.terms[target].name)
                path = _path(target, dump)
                if len(path) > len(trail):
                    trail = path
    return trail, names


def _path(target: str, dump: _Dump) -> list[str]:
    path: list[str] = []
    while target in dump.terms and len(path) < _DEPTH_MAX:
        path.append(dump.terms[target].name.replace(">", "›"))
        target = dump.terms[target].parent
    return path[::-1]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _instant(value: Any) -> str:
    """A date of JSON:API: ISO 8601 with its zone, or seconds since 1970 (Drupal 8.0 to 8.5)."""
    if isinstance(value, int) and 0 < value < 1 << 33:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = _plain(value)
    return re.sub(r"\+00:00$", "Z", text) if re.match(r"\d{4}-\d\d-\d\d(?:T|$)", text) else ""
