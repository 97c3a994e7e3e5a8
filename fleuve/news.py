"""The lists of news, kept in order in the cache: one item more costs what it touches, whatever the number of the others.

An **item** is a document of a press type with its twins beside it. In each language of readers it is listed once: by its document in that
language, else by the one in another. Order: the instant of publication, then the path.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from fleuve import content_type, newsroom
from fleuve.address import split_language
from fleuve.instant import to_epoch
from fleuve.newsroom import SLICE
from fleuve.settings import Settings

# Years and months are spans of the list of all news: only how many items they have is kept.
SPANS = ("annee", "mois")
_EVER = (-(1 << 62), 1 << 62)

Facets = tuple[tuple[str, str], ...]


class Place(NamedTuple):
    """Where the items of a list are: rows of `listed`, of one list, from an instant to another; and how many."""

    list: int
    start: int
    end: int
    count: int


class Entry(NamedTuple):
    """An item as readers of one language find it."""

    path: str
    moment: int
    lists: list[int]


@dataclass
class Touched:
    """What one update does to a list. gone, new, same: (moment, path) of items that leave it, enter it, or stay and changed."""

    gone: set[tuple[int, str]] = field(default_factory=set)
    new: set[tuple[int, str]] = field(default_factory=set)
    same: set[tuple[int, str]] = field(default_factory=set)


@lru_cache(1)
def types() -> frozenset[str]:
    """The content types of which documents are news."""
    return frozenset(name for name, kind in content_type.load().items() if kind.is_news)


@lru_cache(1)
def sql_types() -> str:
    """The same, as SQL writes a set."""
    return "(" + ", ".join(f"'{name}'" for name in sorted(types())) + ")"


def facets_of(kind: str, card: dict) -> Facets:
    """The (facet, value) under which an item is listed. card: as the inventory stores it."""
    extra = card["extra"]
    found = [("", "")]
    found += [("organisme", ident) for ident in card["organisms"]]
    for facet, key in (("theme", "themes"), ("region", "regions"), ("ministre", "ministres")):
        found += [(facet, ident) for ident in extra.get(key) or ()]
    if isinstance(speaker := extra.get("orateur"), str):
        found.append(("ministre", speaker))
    found.append(("type", kind))
    if "dossier" in extra:
        found.append(("dossier", extra["dossier"]))
    return (*dict.fromkeys(found), ("annee", extra["moment"][:4]), ("mois", extra["moment"][:7]))


def span_of(facet: str, value: str) -> tuple[int, int]:
    """Epoch seconds [start, end[ of a year or a month; without end for the other facets."""
    if facet == "annee":
        return to_epoch(f"{value}-01-01"), to_epoch(f"{int(value) + 1:04}-01-01")
    if facet == "mois":
        year, month = int(value[:4]), int(value[5:])
        return to_epoch(f"{value}-01"), to_epoch(f"{year + month // 12:04}-{month % 12 + 1:02}-01")
    return _EVER


# Reading.


def find(db: sqlite3.Connection, lang: str, facet: str, value: str) -> Place | None:
    """Where a list is, None when it has no item."""
    row = db.execute("SELECT list, count FROM lists WHERE lang=? AND facet=? AND value=?", (lang, facet, value)).fetchone()
    if row is None:
        return None
    if facet in SPANS:
        return Place(find(db, lang, "", "").list, *span_of(facet, value), row[1])
    return Place(row[0], *_EVER, row[1])


def newest(db: sqlite3.Connection, place: Place, limit: int) -> list[tuple[int, str]]:
    """(moment, path) of the newest items of a list, newest first."""
    query = "SELECT moment, path FROM listed WHERE list=? AND moment>=? AND moment<? ORDER BY moment DESC, path DESC LIMIT ?"
    return db.execute(query, (place.list, place.start, place.end, limit)).fetchall()


def slice_of(db: sqlite3.Connection, place: Place, start: tuple[int, str]) -> list[tuple[int, str]]:
    """(moment, path) of at most SLICE items of a list, from `start` on, oldest first."""
    query = "SELECT moment, path FROM listed WHERE list=? AND (moment, path) >= (?, ?) AND moment<? ORDER BY moment, path LIMIT ?"
    return db.execute(query, (place.list, *start, place.end, SLICE)).fetchall()


def at(db: sqlite3.Connection, place: Place, position: int) -> tuple[int, str] | None:
    """(moment, path) of the item that has `position` others before it, sought from the nearer end."""
    if not 0 <= position < place.count:
        return None
    back = position > place.count // 2
    order, offset = (("moment DESC, path DESC", place.count - 1 - position) if back else ("moment, path", position))
    query = f"SELECT moment, path FROM listed WHERE list=? AND moment>=? AND moment<? ORDER BY {order} LIMIT 1 OFFSET ?"
    return db.execute(query, (place.list, place.start, place.end, offset)).fetchone()


def lists(db: sqlite3.Connection, lang: str, facet: str | None = None) -> list[tuple[str, str, int]]:
    """(facet, value, count) of every list of a language that has items, or of those of one facet."""
    where, given = ("", (lang,)) if facet is None else (" AND facet=?", (lang, facet))
    return db.execute(f"SELECT facet, value, count FROM lists WHERE lang=?{where} ORDER BY facet, value", given).fetchall()


# Writing.


class Lists:
    """The lists of one site, as its inventory brings them up to date."""

    def __init__(self, db: sqlite3.Connection, settings: Settings) -> None:
        self._db = db
        self._languages = list(settings.languages)
        self._readers = newsroom.languages(settings.languages)
        self._ids: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)

    def rebuild(self) -> None:
        """Make all lists from the documents that are visible now."""
        for table in ("lists", "listed", "items"):
            self._db.execute(f"DELETE FROM {table}")
        self._ids.clear()
        items: dict[str, dict[str, tuple[str, int, Facets]]] = defaultdict(dict)
        known: dict[Facets, Facets] = {}
        for path, lang, moment, facets in self._documents():
            items[self._item(path)][lang] = path, moment, known.setdefault(facets, facets)
        members: dict[int, list[tuple[int, str]]] = defaultdict(list)
        rows = []
        for item in sorted(items):
            for lang, entry in self._entries(items[item]).items():
                rows.append((item, lang, entry.path, entry.moment, orjson.dumps(entry.lists).decode()))
                member = entry.moment, entry.path  # one object for all its lists
                for ident in entry.lists:
                    members[ident].append(member)
        self._db.executemany("INSERT INTO items VALUES (?, ?, ?, ?, ?)", rows)
        spans = self._spans()
        for ident in sorted(members):
            if ident not in spans:
                self._db.executemany("INSERT INTO listed VALUES (?, ?, ?)", ((ident, moment, path) for moment, path in sorted(members[ident])))
        self._db.executemany("UPDATE lists SET count=? WHERE list=?", ((len(found), ident) for ident, found in members.items()))

    def update(self, paths: Iterable[str], changed: set[str]) -> set[str]:
        """Bring the lists up to date with these documents, some of which may have gone.

        changed: keys of the index whose values have changed. Returns those that the lists add to them: see SiteIndex.news.
        """
        self._ids.clear()
        touched: dict[int, Touched] = defaultdict(Touched)
        for item in sorted({self._item(path) for path in paths}):
            old = {lang: Entry(path, moment, orjson.loads(ids)) for lang, path, moment, ids in
                   self._db.execute("SELECT lang, path, moment, lists FROM items WHERE item=?", (item,))}
            new = self._entries({lang: (path, moment, facets) for path, lang, moment, facets in self._documents(item)})
            for lang in old.keys() | new.keys():
                self._compare(item, lang, old.get(lang), new.get(lang), changed, touched)
        keys: set[str] = set()
        spans = self._spans() if touched else set()
        for ident, change in touched.items():
            keys |= self._change(ident, change, ident in spans)
        for ident, change in touched.items():
            keys |= self._moved(ident, change)
        self._db.execute("DELETE FROM lists WHERE count=0")
        return keys

    def _item(self, path: str) -> str:
        folder, stem, _ = split_language(path, self._languages, self._languages[0])
        return f"{folder}/{stem}"

    def _documents(self, item: str | None = None) -> Iterator[tuple[str, str, int, Facets]]:
        """(path, language, moment, facets) of every published item, or of the documents of one."""
        where, given = "", ()
        if item is not None:
            given = tuple(f"{item}{suffix}.md".lstrip("/") for suffix in ("", *(f".{lang}" for lang in self._languages)))
            where = f" AND path IN ({', '.join('?' * len(given))})"
        query = f"SELECT path, lang, published_from, type, card FROM documents WHERE visible=1 AND has_page=1 AND published_from IS NOT NULL AND type IN {sql_types()}{where}"
        for path, lang, moment, kind, card in self._db.execute(query, given):
            card = orjson.loads(card)
            if "moment" in card["extra"]:
                yield path, lang, moment, facets_of(kind, card)

    def _entries(self, documents: dict[str, tuple[str, int, Facets]]) -> dict[str, Entry]:
        """The item for readers of each language."""
        found = {}
        for lang in self._readers if documents else ():
            chosen = next((one for one in (lang, *self._languages) if one in documents), None)
            if chosen is not None:
                path, moment, facets = documents[chosen]
                known = self._ids[lang]
                found[lang] = Entry(path, moment, [known.get(one) or self._id(lang, one) for one in facets])
        return found

    def _id(self, lang: str, facet: tuple[str, str]) -> int:
        key = (lang, *facet)
        self._db.execute("INSERT OR IGNORE INTO lists (lang, facet, value) VALUES (?, ?, ?)", key)
        ident = self._ids[lang][facet] = self._db.execute("SELECT list FROM lists WHERE lang=? AND facet=? AND value=?", key).fetchone()[0]
        return ident

    def _spans(self) -> set[int]:
        return {row[0] for row in self._db.execute("SELECT list FROM lists WHERE facet IN ('annee', 'mois')")}

    def _compare(self, item: str, lang: str, old: Entry | None, new: Entry | None, changed: set[str], touched: dict[int, Touched]) -> None:
        """Note what becomes of an item in each of its lists, and store it."""
        before = {(ident, (old.moment, old.path)) for ident in old.lists} if old else set()
        after = {(ident, (new.moment, new.path)) for ident in new.lists} if new else set()
        for ident, member in before - after:
            touched[ident].gone.add(member)
        for ident, member in after - before:
            touched[ident].new.add(member)
        if new and f"fiche:{new.path}" in changed:
            for ident, member in after & before:
                touched[ident].same.add(member)
        if old == new:
            return
        self._db.execute("DELETE FROM items WHERE item=? AND lang=?", (item, lang))
        if new:
            self._db.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?)", (item, lang, new.path, new.moment, orjson.dumps(new.lists).decode()))

    def _change(self, ident: int, change: Touched, span: bool) -> set[str]:
        """Apply to a list what leaves and enters it. Returns the keys that depend on how many items it has."""
        if not (change.gone or change.new):
            return set()
        if not span:
            self._db.executemany("DELETE FROM listed WHERE list=? AND moment=? AND path=?", ((ident, *member) for member in change.gone))
            self._db.executemany("INSERT INTO listed VALUES (?, ?, ?)", ((ident, *member) for member in change.new))
        lang, facet, value, before = self._row(ident)
        after = before + len(change.new) - len(change.gone)
        self._db.execute("UPDATE lists SET count=? WHERE list=?", (after, ident))
        low, high = sorted((before, after))
        full = {f"pleine:{number}:{lang}:{facet}:{value}" for number in range(max(0, low // SLICE - 1), high // SLICE + 1)}
        names = f"noms:{lang}:{facet}:{value[:4] if facet == 'mois' else ''}"
        return {f"nombre:{lang}:{facet}:{value}", f"valeurs:{lang}:{facet}", names, f"listes:{lang}", f"repertoire:{lang}", *full}

    def _moved(self, ident: int, change: Touched) -> set[str]:
        """The slices of a list that have changed, and its newest items."""
        lang, facet, value, count = self._row(ident)
        rest = f"{lang}:{facet}:{value}"
        keys = {f"nouvelles:{rest}"}
        place = find(self._db, lang, facet, value)
        keys |= {f"tranche:{self._position(place, member) // SLICE}:{rest}" for member in change.same}
        if moved := change.gone | change.new:
            last = (count + len(change.gone)) // SLICE
            keys |= {f"tranche:{number}:{rest}" for number in range(self._position(place, min(moved)) // SLICE, last + 1)}
        return keys

    def _row(self, ident: int) -> tuple[Any, ...]:
        return self._db.execute("SELECT lang, facet, value, count FROM lists WHERE list=?", (ident,)).fetchone()

    def _position(self, place: Place, member: tuple[int, str]) -> int:
        query = "SELECT count(*) FROM listed WHERE list=? AND moment>=? AND (moment, path) < (?, ?)"
        return self._db.execute(query, (place.list, place.start, *member)).fetchone()[0]
