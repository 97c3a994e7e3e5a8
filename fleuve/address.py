"""Where a document is found on the site: its language, its URL and the file that holds it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fleuve.settings import Settings
from fleuve.slug import slugify


class Address(NamedTuple):
    """url: root-relative, base path included, ends in « / ». output: path of the HTML file in the output folder."""

    url: str
    output: str


def split_language(path: str, languages: Iterable[str], default: str) -> tuple[str, str, str]:
    """(folder, stem, language) of a document's path: « sante/vaccin.en.md » → ("sante", "vaccin", "en")."""
    folder, _, name = path.rpartition("/")
    stem = name[:-3]
    head, dot, suffix = stem.rpartition(".")
    if dot and head and suffix in languages:
        return folder, head, suffix
    return folder, stem, default


def twin_path(path: str, lang: str, settings: Settings) -> str:
    """Path that the twin of a document in `lang` has when it stands beside it."""
    folder, stem, _ = split_language(path, settings.languages, settings.default_language)
    suffix = "" if lang == settings.default_language else f".{lang}"
    return f"{folder}/{stem}{suffix}.md" if folder else f"{stem}{suffix}.md"


def resolve(documents: Iterable[tuple[str, str, str | None]], settings: Settings) -> dict[str, Address]:
    """Addresses of all documents.

    Takes (path, language, own slug or None) for each. A folder's slug is that of its index in the same language, else of its
    index in the default language, else made from its name.
    """
    documents = list(documents)
    return dict(addressed(documents, folder_slugs(documents, settings), settings))


def folder_slugs(documents: Iterable[tuple[str, str, str | None]], settings: Settings) -> dict[tuple[str, str], str]:
    """The slugs of folders, by path and language, that their indexes have."""
    found = {}
    for path, lang, slug in documents:
        folder, stem, _ = split_language(path, settings.languages, settings.default_language)
        if stem == "index" and slug:
            found[folder, lang] = slug
    return found


def addressed(documents: Iterable[tuple[str, str, str | None]], slugs: dict[tuple[str, str], str], settings: Settings) -> Iterator[tuple[str, Address]]:
    """Give the path and the address of each document, one at a time. Takes the slugs of all folders (`folder_slugs`)."""
    prefixes: dict[tuple[str, str], str] = {}
    for path, lang, slug in documents:
        folder, stem, _ = split_language(path, settings.languages, settings.default_language)
        prefix = _prefix(folder, lang, slugs, prefixes, settings)
        last = "" if stem == "index" else (slug or _slug(stem)) + "/"
        yield path, Address(settings.base + prefix + last, f"{prefix}{last}index.html")


def _prefix(folder: str, lang: str, slugs: dict, known: dict, settings: Settings) -> str:
    key = (folder, lang)
    if key not in known:
        if not folder:
            start = settings.languages.get(lang, lang)
            known[key] = start + "/" if start else ""
        else:
            parent, _, name = folder.rpartition("/")
            slug = slugs.get(key) or slugs.get((folder, settings.default_language)) or _slug(name)
            known[key] = f"{_prefix(parent, lang, slugs, known, settings)}{slug}/"
    return known[key]


def _slug(name: str) -> str:
    # A name without one Latin letter or figure has no slug: its checksum stands for it, and « slug: » can choose better.
    return slugify(name) or f"p{zlib.crc32(name.encode('utf-8', 'surrogateescape')):08x}"
