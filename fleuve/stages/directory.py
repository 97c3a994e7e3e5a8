"""Directories: the pages for one audience, or about one region, gathered from all themes; and the list of audiences, or of regions."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from fleuve import content_type
from fleuve.sort_key import sort_key
from fleuve.stages.listing import entries_of, listing_of, show, write
from fleuve.stages.stage import OutputFile, Stage

MAX_IN_THEME = 12
"""Pages of one theme on one directory page. With fifteen themes that is 180 links; the theme's own page has the others."""

# In the order in which citizens need them; what has a list of its own elsewhere is not in it.
_ORDER = ("service", "etapes", "evenement-de-vie", "guide", "consultation", "page", "formulaire-lien", "publication")
_LEFT_OUT = ("theme", "organisme", "personne", "fonction")


class Entry(NamedTuple):
    """A page in a directory."""

    path: str
    type: str
    url: str
    title: str
    description: str


class Directory(Stage):
    """Writes the directory pages of one vocabulary, in each language.

    vocabulary: its name, also that of its listing (« publics », « regions »); field: where records name its entries.
    """

    def __init__(self, vocabulary: str, field: str):
        self.name, self._vocabulary, self._field = vocabulary, vocabulary, field

    def extract(self, record: Any, settings: dict) -> list | None:
        idents = getattr(record, self._field)
        if not idents or record.retired or record.type in _LEFT_OUT or content_type.is_news(record.type) or "/" not in record.path:
            return None
        return [record.lang, idents, record.path, record.type, record.url, record.title, record.description]

    def reduce(self, extracts: Iterable[list], site: Any) -> Iterator[OutputFile]:
        found: dict[tuple[str, str], dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for lang, idents, *values in extracts:
            entry = Entry(*values)
            for ident in idents:
                found[lang, ident][entry.path.partition("/")[0]].append(entry)
        entries = entries_of(self._vocabulary, site.index, site.settings)
        yield from show(self._vocabulary, "site/repertoires.html", site, lambda lang: {
            "vocabulary": self._vocabulary,
            "entries": [{"title": one[lang].title, "url": site.base + one[lang].path, "count": _count(found.get((lang, ident)))} for ident, one in entries.items()]})
        above = listing_of(self._vocabulary, site.settings)
        for ident, listings in entries.items():
            yield from write(listings, "site/repertoire.html", site, lambda lang: {
                "vocabulary": self._vocabulary, "groups": _groups(found.get((lang, ident), {}), site.index, lang),
                "above": [{"title": above[lang].title, "url": site.base + above[lang].path}],
                "entries": [{"title": one[lang].title, "url": site.base + one[lang].path, "here": key == ident} for key, one in entries.items()]})


def _count(themes: dict[str, list[Entry]] | None) -> int:
    return sum(map(len, themes.values())) if themes else 0


def _groups(themes: dict[str, list[Entry]], index: Any, lang: str) -> list[dict]:
    """[{card (of the theme), entries, more}], themes by title; within a theme services first."""
    groups = []
    for folder, entries in themes.items():
        card = index.card(index.index_path(folder, lang))
        if card is not None:
            kept = heapq.nsmallest(MAX_IN_THEME, entries, key=_rank)
            groups.append({"card": card, "entries": sorted(kept, key=lambda one: (_rank(one)[0], sort_key(one.title), one.path)), "more": len(entries) - len(kept)})
    return sorted(groups, key=lambda group: sort_key(group["card"].title))


def _rank(entry: Entry) -> tuple[int, str]:
    return (_ORDER.index(entry.type) if entry.type in _ORDER else _ORDER.index("page"), entry.path)
