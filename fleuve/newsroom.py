"""Where the lists of the newsroom are: one address for each facet and value, in each language.

A **list** of news is what one (facet, value) names: all news, those of an organism, of a month… Its page, its feeds and its slices of the
filter index are found from here, and from nowhere else.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from fleuve.slug import slugify

RECENT = 20
"""Items that a page or a feed shows of a list when it shows the newest ones."""

SLICE = 40
"""Items of a slice, counted from the oldest: a page of a listing. A new item touches the last slice only. The first page
has up to twice as many, less one: of 50, it weighed more than a first view may (tests/test_behaviour.py)."""

ALL = ("", "")
"""The list of all news, as (facet, value)."""


class Folder(NamedTuple):
    """Folders of one language, relative to the base of the site, each ending in « / »."""

    search: str
    facets: dict[str, str]


# Months and years are below the home itself, as the items are.
FOLDERS = {
    "fr": Folder("nouvelles/recherche/", {
        "": "nouvelles/toutes/", "organisme": "nouvelles/organismes/", "theme": "nouvelles/themes/", "region": "nouvelles/regions/",
        "ministre": "nouvelles/ministres/", "type": "nouvelles/types/", "dossier": "nouvelles/dossiers/", "annee": "nouvelles/", "mois": "nouvelles/"}),
    "en": Folder("en/news/search/", {
        "": "en/news/all/", "organisme": "en/news/organizations/", "theme": "en/news/themes/", "region": "en/news/regions/",
        "ministre": "en/news/ministers/", "type": "en/news/types/", "dossier": "en/news/files/", "annee": "en/news/", "mois": "en/news/"}),
}

FACETS = ("", "organisme", "theme", "region", "ministre", "type", "dossier", "annee", "mois")
"""Every facet by which items are listed; « » stands for all of them."""

FED = ("", "organisme", "theme", "region", "ministre", "type")
"""Those of which each list has feeds, at the address of its listing."""

CHOSEN = ("organisme", "theme", "region", "ministre", "type")
"""Those by which readers choose, in the order in which pages show them."""

INDEXED = (*CHOSEN, "dossier")
"""Those of which a page names all lists."""

FEEDS = {"atom": ("fil.atom.xml", "application/atom+xml"), "rss": ("fil.rss.xml", "application/rss+xml"), "json": ("fil.json", "application/feed+json")}
"""Feeds of a list: name of the file in the folder of its listing, and media type."""


def search_url(lang: str) -> str:
    """Path of the page where the news can be filtered, relative to the base of the site."""
    return FOLDERS[lang].search


def listing_url(lang: str, facet: str = "", value: str = "", page: int = 0) -> str:
    """Path of a listing relative to the base of the site; it ends in « / » and no character of it needs escaping.

    lang: « fr » or « en ». facet, value: see FACETS; `annee` is « 2025 », `mois` « 2025-03 ». page: 1 for the oldest items; 0 for the
    first page, where the newest are.
    """
    folder = FOLDERS[lang].facets[facet]
    if facet:
        folder += "/".join(map(segment, value.split("-") if facet == "mois" else [value])) + "/"
    return f"{folder}page/{page}/" if page else folder


def index_url(lang: str, facet: str) -> str:
    """Path of the page that names all lists of a facet (of CHOSEN, or « dossier »), relative to the base of the site."""
    return FOLDERS[lang].facets[facet]


def feed_url(lang: str, facet: str = "", value: str = "", kind: str = "atom") -> str:
    """Path of a feed of a list, relative to the base of the site. kind: a key of FEEDS. The facet is one of FED."""
    return listing_url(lang, facet, value) + FEEDS[kind][0]


def listings(index: Any, known: Iterable[str]) -> Iterator[dict[str, str]]:
    """The first page of every list that has news, and the indexes of facets: {language: path}, twins together. known: languages of the site."""
    lists = {lang: {(facet, value): None for facet, value in index.news_listed(lang)} for lang in languages(known)}
    for key in dict.fromkeys(one for found in lists.values() for one in found):
        yield {lang: listing_url(lang, *key) for lang, found in lists.items() if key in found}
    if any(lists.values()):
        yield {lang: search_url(lang) for lang, found in lists.items() if found}
    for facet in INDEXED:
        found = {lang: index_url(lang, facet) for lang, found in lists.items() if any(one == facet for one, _ in found)}
        if found:
            yield found


def segment(ident: str) -> str:
    """The part of an address that stands for an id: the id itself, but for one that an address cannot hold as it is."""
    return ident if slugify(ident) == ident else f"{slugify(ident)}-{zlib.crc32(ident.encode('utf-8', 'surrogateescape')):08x}".lstrip("-")


def languages(known: Iterable[str]) -> list[str]:
    """The languages of a site, among `known`, in which the newsroom has listings, the default one first."""
    return [lang for lang in known if lang in FOLDERS]
