"""One document of contenu/, read: front matter validated, body left for the press."""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable
from typing import NamedTuple

import orjson

from fleuve import content_type, front_matter, media, media_item, news_check, typography
from fleuve.address import split_language
from fleuve.instant import span, to_epoch
from fleuve.problem import ERROR, Problem
from fleuve.refusal import reason
from fleuve.scan import is_transcript, unusual_name
from fleuve.sort_key import sort_key

# The type of the page that stands for a folder without an index; it has a template and no YAML.
FOLDER_LISTING = "dossier-sans-index"

# Types that need no responsible organism: they are one, or belong to the whole government.
WITHOUT_ORGANISM = frozenset({"theme", "organisme", "personne", "fonction", "mandat", "urgence", "evenement-de-vie", "etapes", "salle-de-presse", FOLDER_LISTING})


class Row(NamedTuple):
    """A document as the inventory stores it. JSON columns are text; instants are UTC seconds; held: not to be published. refs: rows of a
    table of their own."""

    path: str
    hash: bytes
    type: str
    lang: str
    id: str
    slug: str | None
    title: str
    card: str
    meta: str
    body_line: int
    published_from: int | None
    published_to: int | None
    active_from: int | None
    active_to: int | None
    retired_at: int | None
    held: int
    problems: str
    virtual: int
    container: str
    has_page: int
    rank: int
    sort_key: str
    orphan: int
    refs: list[tuple]

    @property
    def instants(self) -> tuple[int | None, ...]:
        """When it changes what is published."""
        return self.published_from, self.published_to, self.active_from, self.active_to, self.retired_at


def read_batch(content: str, paths: list[str], languages: list[str]) -> list[Row]:
    """Read many documents (the unit of parallel work of the inventory). The first language is the default one."""
    return [read(content, path, languages) for path in paths]


def read(content: str, path: str, languages: list[str]) -> Row:
    """Read and validate one document. Never raises for what is in the file: problems are in the row."""
    try:
        data, size = source(os.path.join(content, path))
    except OSError as error:
        problem = Problem(path, 1, 1, ERROR, "fichier-illisible", f"Fichier illisible ({reason(error)}).", "Vérifiez qu’il existe encore et ses droits d’accès.")
        return _row(path, b"", {}, [problem], True, 1, languages)
    parts = front_matter.split(data, path, size)
    digest = hashlib.sha256(data).digest()[:16]  # processors have instructions for it
    if not parts.readable:
        return _row(path, digest, {}, parts.problems, True, parts.body_line, languages)
    meta, found = front_matter.parse(parts.text, path, parts.first_line)
    if any(problem.is_error for problem in found):
        return _row(path, digest, {}, parts.problems + found, True, parts.body_line, languages)
    kind, unknown = content_type.find(meta, path, parts.text, parts.first_line)
    about_media = media_item.check(meta["medias"], path, parts.text, parts.first_line) if "medias" in meta and "medias" in kind.fields else []
    meta, wrong, held = kind.validate(meta, path, parts.text, parts.first_line)
    wrong = wrong + about_media
    if kind.is_news:
        wrong = wrong + news_check.of_document(kind, meta, path, parts.text, parts.first_line)
    used = tuple(media.named(text, path.rpartition("/")[0]) for text in (parts.body, parts.text))
    return _row(path, digest, meta, parts.problems + found + unknown + wrong, held, parts.body_line, languages, kind, used)


def source(path: str) -> tuple[bytes, int | None]:
    """Bytes of a document, and its size when they are only the beginning of one that is too large. Raises OSError."""
    # One byte more than is allowed is enough to know that a file is too large: a 50 GB « page » is never read. Not more than the file
    # has either: the system would make room for all of it.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(descriptor).st_size
        data = os.read(descriptor, min(size, front_matter.MAX_DOCUMENT) + 1)
        return data, size if len(data) > front_matter.MAX_DOCUMENT else None
    finally:
        os.close(descriptor)


def _row(path, digest, meta, problems, held, body_line, languages, kind=None, used=((), ())) -> Row:
    kind = kind or content_type.load()[content_type.DEFAULT]
    folder, stem, lang = split_language(path, languages, languages[0])
    if lang == "fr":
        meta = typography.front_matter(meta)
    ident = stem if stem != "index" else folder.rpartition("/")[2]
    container = folder if stem != "index" else (folder.rpartition("/")[0] if folder else "\0")
    published_from, published_to = kind.publication_interval(meta)
    interruption = meta.get("interruption")
    active_from, active_to = span(interruption["debut"], interruption.get("fin")) if interruption else kind.interval(meta)
    organisms = tuple(meta.get("organismes") or ())
    retired = meta.get("retire")
    title = meta.get("title") or ident
    rank = meta.get("ordre")
    card = {
        "title": title, "short_title": meta.get("titre_court") or title, "description": meta.get("description") or "",
        "organisms": organisms, "updated": meta.get("mise_a_jour") or meta.get("date"), "extra": kind.card_extra(meta, folder),
    }
    return Row(
        path, digest, kind.name, lang, ident, meta.get("slug"), title, orjson.dumps(card).decode(), orjson.dumps(meta).decode(),
        body_line, published_from, published_to, active_from, active_to, to_epoch(retired["date"]) if retired else None,
        int(held), _problems(problems + unusual_name(path)), 0, container, int(kind.has_page),
        rank if rank is not None else 1_000_000, sort_key(card["short_title"]),
        int(not organisms and kind.has_page and kind.name not in WITHOUT_ORGANISM),
        _references(kind, meta, path, folder, used),
    )


def _references(kind, meta: dict, path: str, folder: str, used: tuple[Iterable[str], Iterable[str]]) -> list[tuple]:
    """What the document refers to, paths from the content folder: (kind, id, path of the document, pointer, naming). used: files that its body
    names, and those that its front matter does. naming: 1 where it is among the pages of an organism, which news are not, 2."""
    found = []
    for what, ident, pointer in kind.references(meta):
        if what == "partie":
            what, ident = "document", posixpath.join(folder, ident)
        elif what == "media":
            ident = posixpath.normpath(posixpath.join(folder, ident))
        found.append((what, ident, pointer))
    for number, one in enumerate(meta.get("medias") or ()):
        if is_transcript(one.get("transcription") or ""):
            found.append(("transcription", posixpath.normpath(posixpath.join(folder, one["transcription"])), f"/medias/{number}/transcription"))
    body, head = used
    keyed = {ident for what, ident, _ in found if what == "media"}
    found += [("media", file, media.POINTER) for file in sorted({*body, *(file for file in head if file not in keyed)})]
    return [(what, ident, path, pointer, int(pointer.startswith("/organismes")) << kind.is_news) for what, ident, pointer in found]


def _problems(problems: list[Problem]) -> str:
    return orjson.dumps([p.to_json() for p in problems]).decode() if problems else ""


def folder_listing(folder: str, title: str) -> Row:
    """The document that stands for a folder without an index: a plain listing of what is in it."""
    path = f"{folder}/index.md" if folder else "index.md"
    card = {"title": title, "short_title": title, "description": "", "organisms": (), "updated": None, "extra": {}}
    return Row(
        path, b"", FOLDER_LISTING, "", folder.rpartition("/")[2], None, title, orjson.dumps(card).decode(),
        orjson.dumps({"title": title}).decode(), 1, None, None, None, None, None, 0, "", 1,
        folder.rpartition("/")[0] if folder else "\0", 1, 1_000_000, sort_key(title), 0, [],
    )
