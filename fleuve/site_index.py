"""What a page may know of the rest of the site. Every read is recorded, so that what has changed is rendered again.

A **card** is the public summary of a published document. The index answers by *key*: each key names a set of cards (the
children of a folder, the documents of a type…) or a data file. A shard keeps the keys that it read, each with the hash of
the value that it got; it is up to date while they are still the same. `keys_of` says under which keys a card is found: when
a document changes, only these keys have to be looked at again.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import orjson

from fleuve import data_file, mandate, media, news, rendition
from fleuve.address import split_language, twin_path
from fleuve.image import Facts
from fleuve.newsroom import RECENT, SLICE
from fleuve.settings import Settings

# Over this many pages in one folder, a section menu helps nobody: pages link to their folder's listing instead.
MAX_SIBLINGS = 60
# A listing longer than this is cut, and says so; nobody reads further, and a page stays under 100 KB.
MAX_LISTED = 500

# A file is published with the documents that name it in their front matter; where there is none, with those whose text uses it; else always.
_NAMED = "SELECT max(visible) FROM refs JOIN documents ON documents.path=refs.path WHERE refs.kind='media' AND refs.id=files.path AND pointer"
PUBLIC_MEDIA = f"kind='media' AND coalesce(({_NAMED}<>'{media.POINTER}'), ({_NAMED}='{media.POINTER}'), 1)"
# An image is shown by the text of a document, or by what its front matter shows; one that is only offered to be downloaded is not. A
# file that no document names may be shown by a fragment.
_OFFERED = "(pointer GLOB '*/original' OR pointer GLOB '/pieces_jointes/*')"
_SHOWN = f"SELECT 1 FROM refs JOIN documents ON documents.path=refs.path WHERE refs.kind='media' AND refs.id=files.path AND visible AND NOT {_OFFERED}"
SHOWN = f"(EXISTS ({_SHOWN}) OR NOT EXISTS (SELECT 1 FROM refs WHERE refs.kind='media' AND refs.id=files.path))"
CARD_COLUMNS = "path, type, lang, id, url, container, card, active, retired, rank"
# Keys of which there are too many, and whose values are too large, for a process to remember what they gave.
_FLEETING = ("tranche", "nouvelles")


_TOLD = ("title", "short_title", "description", "organisms", "updated", "extra")


class Card:
    """Public summary of a document: what other pages may show of it."""

    __slots__ = ("path", "type", "lang", "id", "url", "container", "title", "short_title", "description", "organisms", "updated", "extra", "active", "coming", "retired", "stamp", "_told")

    title: str
    short_title: str
    description: str
    organisms: list[str]
    updated: str | None
    extra: dict

    def __init__(self, row: tuple, stamp: str = "") -> None:
        """row: CARD_COLUMNS. stamp: in place of its own, for a row that is kept with a hash of it."""
        self.path, self.type, self.lang, self.id, self.url, self.container, self._told, active, retired, rank = row
        self.active = active == 1
        self.coming = active == 2
        self.retired = bool(retired)
        self.stamp = stamp or f"{self.path}\0{self.type}\0{self.url}\0{self._told}\0{active}{retired}\0{rank}"  # all that a reader sees of it, its place in a list included

    def __getattr__(self, name: str) -> Any:
        """What its row holds as JSON, read once somebody asks: of most cards of a list of news, the HTML is known already."""
        if name not in _TOLD:
            raise AttributeError(name)
        known = orjson.loads(self._told)
        for field in _TOLD:
            setattr(self, field, known[field])
        return known[name]

    def __repr__(self) -> str:
        return f"Card({self.path!r})"


# Fields of one document that name another by its id, and by which that other finds it: « who holds this position? ».
LINKS = ("rattachement", "fonction", "personne")


def keys_of(card: Card) -> dict[str, str]:
    """The keys under which a published card is found, each with what of it the reader of that key depends on."""
    keys = {
        f"fiche:{card.path}": card.stamp,
        f"lien:{card.path}": card.url or "",
        f"type:{card.type}:{card.lang}": card.stamp,
        f"id:{card.type}:{card.id}": card.stamp,
    }
    if card.type not in news.types():  # news have lists of their own
        keys[f"enfants:{card.container}:{card.lang}"] = card.stamp
        keys[f"dense:{card.container}:{card.lang}"] = card.path
        for organism in card.organisms:
            keys[f"organisme:{organism}:{card.lang}"] = card.stamp
    elif card.active or card.coming:
        keys["en-cours:"] = card.stamp
    for field in LINKS:
        if field in card.extra:
            keys[f"liens:{field}:{card.extra[field]}"] = card.stamp
    if card.type == "mandat" and all(key in card.extra for key in ("personne", "fonction", "debut")):
        keys.update(mandate.keys(card.extra))
    return keys


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


class SiteIndex:
    """Reads of the whole site, recorded. `reads`: {key: hash of the value} since `start_recording`."""

    def __init__(self, db: sqlite3.Connection | Callable[[], sqlite3.Connection], settings: Settings) -> None:
        """db: the cache, or what opens it once something is asked: a process makes its presses ready while the inventory still locks it."""
        self._given = db
        self._settings = settings
        self._known: dict[str, tuple[Any, str]] = {}
        self._parsed: dict[str, Any] = {}
        self._ends: dict[str, tuple[int, str]] = {}
        self._places: dict[str, news.Place | None] = {}
        self._items: dict[str, tuple[tuple, str]] = {}
        self.reads: dict[str, str] = {}

    @cached_property
    def _db(self) -> sqlite3.Connection:
        return self._given if isinstance(self._given, sqlite3.Connection) else self._given()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Around many reads: one look at the cache, where each read would ask the system anew whether somebody has written to it."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:  # a damaged cache has ended it
                self._db.rollback()

    def start_recording(self) -> None:
        """Forget which keys were read: a new shard or stage begins."""
        self.reads = {}

    def value_hash(self, key: str) -> str:
        """Hash of what `key` gives now: compared with the recorded one to know whether a reader is up to date."""
        return self._look(key)[1]

    def forget(self) -> None:
        """Drop all remembered values: the inventory has changed."""
        self._known.clear()
        self._parsed.clear()
        self._ends.clear()
        self._places.clear()
        self._items.clear()

    # What pages ask.

    def card(self, path: str) -> Card | None:
        """The card of a published document, by its path."""
        return self._read(f"fiche:{path}")

    def document(self, path: str, columns: str) -> tuple | None:
        """Row of a published document, for what shows its whole text elsewhere than on its own page: depends on every byte of it."""
        if not self._read(f"texte:{path}"):
            return None
        return self._db.execute(f"SELECT {columns} FROM documents WHERE path=? AND visible=1", (path,)).fetchone()

    def url_of(self, path: str) -> str:
        """URL of a published document, « » if there is none. Depends on nothing else of the document."""
        return self._read(f"lien:{path}")

    def is_held(self, path: str) -> bool:
        """Whether there is such a document, not published now (embargo, expiry, mistake): its very name is not to be told."""
        return self._read(f"tenu:{path}")

    def children(self, folder: str, lang: str) -> list[Card]:
        """Documents directly in a folder (its sub-folders by their index), in order: `ordre`, then title. At most MAX_LISTED."""
        return self._read(f"enfants:{folder}:{lang}")

    def is_dense(self, folder: str, lang: str) -> bool:
        """Whether a folder has more pages than a section menu can hold."""
        return self._read(f"dense:{folder}:{lang}")

    def of_type(self, kind: str, lang: str) -> list[Card]:
        """All published documents of a type, by title."""
        return self._read(f"type:{kind}:{lang}")

    def of_id(self, kind: str, ident: str, lang: str) -> Card | None:
        """The document of a type with this id, in `lang` if it can be, else in another language."""
        cards = self._read(f"id:{kind}:{ident}")
        return next((c for c in cards if c.lang == lang), cards[0] if cards else None)

    def naming(self, organism: str, lang: str) -> list[Card]:
        """Documents that name an organism in `organismes`, by title. At most MAX_LISTED."""
        return self._read(f"organisme:{organism}:{lang}")

    def linked(self, field: str, ident: str) -> list[Card]:
        """Documents of any language whose `field` (one of LINKS) is this id: the mandates of a person, the agencies of a ministry."""
        return self._read(f"liens:{field}:{ident}")

    def held_on(self, person: str, day: str) -> list[str]:
        """Ids of the positions that a person held on a day (AAAA-MM-JJ). Depends on the mandates of that month only."""
        held = self._read(f"mandats:{person}:{mandate.month_of(day)}")
        return [position for position, first, last in held if first <= day <= last]

    # News: published items only, each once for the readers of a language, in their language or else in another. facet: one of
    # newsroom.FACETS, « » for all; value: an id, « 2025 » or « 2025-03 ».

    def news(self, lang: str, facet: str = "", value: str = "") -> list[Card]:
        """The newest items of a list, newest first. At most RECENT."""
        return self._read(f"nouvelles:{lang}:{facet}:{value}")

    def news_count(self, lang: str, facet: str = "", value: str = "") -> int:
        """How many items a list has."""
        return self._read(f"nombre:{lang}:{facet}:{value}")

    def news_slice(self, lang: str, facet: str, value: str, number: int) -> list[Card]:
        """Items [SLICE·number, SLICE·(number+1)[ of a list, counted from the oldest, oldest first."""
        return self._read(f"tranche:{number}:{lang}:{facet}:{value}")

    def news_current(self, lang: str) -> list[Card]:
        """The news whose own time is not over: lives and media events under way or to come, alerts in force. By their beginning."""
        found: dict[str, Card] = {}
        for card in self._read("en-cours:"):
            folder, stem, _ = split_language(card.path, self._settings.languages, self._settings.default_language)
            if f"{folder}/{stem}" not in found or card.lang == lang:
                found[f"{folder}/{stem}"] = card
        return list(found.values())

    def news_filled(self, lang: str, facet: str, value: str, number: int) -> bool:
        """Whether a slice of a list is full. Changes once only, when nothing is removed."""
        return self._read(f"pleine:{number}:{lang}:{facet}:{value}")

    def news_values(self, lang: str, facet: str) -> list[tuple[str, int]]:
        """(value, number of items) of each list of a facet that has some, by value."""
        return [one for one in self._read(f"valeurs:{lang}:{facet}") if self._is_told(facet, one[0], lang)]

    def news_names(self, lang: str, facet: str, start: str = "") -> list[str]:
        """Values of a facet that have items, in order: those that begin with `start` (which of FACETS `mois` only may have: a year)."""
        return self._read(f"noms:{lang}:{facet}:{start}")

    def news_lists(self, lang: str) -> list[tuple[str, str, int]]:
        """(facet, value, number of items) of every list that has some: years and months too."""
        return [one for one in self._read(f"listes:{lang}") if self._is_told(one[0], one[1], lang)]

    def news_listed(self, lang: str) -> list[tuple[str, str]]:
        """(facet, value) of every list that has items, years and months too: changes only when a list begins or ends."""
        return [one for one in self._read(f"repertoire:{lang}") if self._is_told(*one, lang)]

    def _is_told(self, facet: str, value: str, lang: str) -> bool:
        """Whether the list may be known of: the name of a press kit under embargo is not, even where published items already say it."""
        return facet != "dossier" or self.of_id("dossier", value, lang) is not None

    def noted(self, stage: str, name: str) -> Any:
        """What the `reduce` of a stage has left under this name (see Site.note), None if nothing. For parts only: they are made after it."""
        return self._read(f"note:{stage}:{name}")

    def media(self, path: str) -> dict | None:
        """{url, bytes, format} of a file of the content folder, or None. Of an image: also {width, height, src, sources: [{type, srcset}]},
        src being for browsers that know none of the sources, or {fault: True} when it cannot be shown."""
        return self._read(f"media:{path}")

    def image(self, path: str) -> dict | None:
        """What `media` gives of an image that can be shown, else None."""
        found = self.media(path)
        return found if found and "src" in found else None

    def vocabulary(self, name: str) -> dict[str, dict]:
        """A controlled list: {id: {id, fr, en, …}} from _vocabulaires/NAME.yml, empty if there is none."""
        items = self._yaml(f"_vocabulaires/{name}.yml") or []
        return {item["id"]: item for item in items if isinstance(item, dict) and "id" in item}

    def glossary(self, lang: str) -> dict[str, str]:
        """{abbreviation: expansion} in a language, from all files of _glossaire/."""
        merged: dict[str, str] = {}
        for path in self.data_files("_glossaire"):
            entries = self._yaml(path)
            for short, texts in (entries.items() if isinstance(entries, dict) else ()):
                if isinstance(texts, dict) and isinstance(texts.get(lang), str):
                    merged[str(short)] = texts[lang]
        return merged

    def fragment(self, name: str, lang: str) -> tuple[str, str] | None:
        """(path, text) of a shared fragment, in `lang` or else in the default language."""
        for suffix in dict.fromkeys((f".{lang}", "")) if lang != self._settings.default_language else ("",):
            path = f"_fragments/{name}{suffix}.md"
            if self._read(f"donnees:{path}") is not None:
                return path, self.data_text(path)
        return None

    def data_files(self, folder: str) -> list[str]:
        """Paths of the data files of a folder, sorted."""
        return [path for path, _ in self._read(f"dossier:{folder}")]

    def data_text(self, path: str) -> str:
        """Text of a data file; « » when it is missing or not UTF-8."""
        return data_file.text(self._settings.content, path)[0] if self._read(f"donnees:{path}") is not None else ""

    def rows(self, columns: str, shard: str | None = None) -> list[tuple]:
        """Rows of the inventory for a press: documents with a page, of one shard or all, by path."""
        where, parameters = ("shard=?", (shard,)) if shard is not None else ("shard IS NOT NULL", ())
        return self._db.execute(f"SELECT {columns} FROM documents WHERE {where} AND held=0 AND clash IS NULL ORDER BY path", parameters).fetchall()

    def paths(self) -> list[str]:
        """Paths of all published pages, in order. Not recorded: for what runs at every build."""
        return [row[0] for row in self._db.execute("SELECT path FROM documents WHERE visible=1 AND has_page=1 ORDER BY path")]

    def instants(self, after: int) -> list[tuple]:
        """(path, published from, published to, active from, active to, retired at) of the documents for which an instant is to come
        after this one (UTC seconds). Not recorded: what reads it runs at every build."""
        query = "SELECT path, published_from, published_to, active_from, active_to, retired_at FROM documents " \
                "WHERE path IN (SELECT path FROM instants WHERE instant>:after) AND held=0 ORDER BY path"
        return self._db.execute(query, {"after": after}).fetchall()

    # Derived: nothing more is read than through the above.

    def twin(self, path: str, lang: str, meta: dict) -> Card | None:
        """The same document in another language: the first other language that has one."""
        for wanted in (meta["traduction"],) if "traduction" in meta else self.twin_paths(path, lang):
            card = self.card(wanted)
            if card is not None and card.lang != lang:
                return card
        return None

    def twin_paths(self, path: str, lang: str) -> list[str]:
        """Where the twins of a document stand when they stand beside it."""
        return [twin_path(path, other, self._settings) for other in self._settings.languages if other != lang]

    def ancestors(self, path: str, lang: str) -> list[Card]:
        """Cards from the home page down to the folder above a document, without those that do not exist in this language."""
        folder, stem, _ = split_language(path, self._settings.languages, self._settings.default_language)
        if stem == "index":
            if not folder:
                return []
            folder = folder.rpartition("/")[0]
        cards = []
        while True:
            card = self.card(self.index_path(folder, lang))
            if card is not None:
                cards.append(card)
            if not folder:
                return cards[::-1]
            folder = folder.rpartition("/")[0]

    def index_path(self, folder: str, lang: str) -> str:
        """Path of the index document of a folder in a language."""
        suffix = "" if lang == self._settings.default_language else f".{lang}"
        return f"{folder}/index{suffix}.md" if folder else f"index{suffix}.md"

    def seed_links(self, addresses: dict[str, str]) -> None:
        """Remember URLs that the caller has just read from the inventory, to spare a query for each."""
        for path, url in addresses.items():
            self._known.setdefault(f"lien:{path}", (url, url))

    # How keys are answered.

    def _read(self, key: str) -> Any:
        value, self.reads[key] = self._look(key)
        return value

    def _look(self, key: str) -> tuple[Any, str]:
        known = self._known.get(key)
        if known is None:
            kind, _, rest = key.partition(":")
            value = getattr(self, f"_find_{kind.replace('-', '_')}")(rest)
            # The hash of an address, of which pages read hundreds, is the address itself.
            known = (value, value if kind == "lien" else _digest(_stamp(value)))
            if kind not in _FLEETING:
                self._known[key] = known
        return known

    def _cards(self, where: str, parameters: tuple, limit: int = -1) -> list[Card]:
        rows = self._db.execute(f"SELECT {CARD_COLUMNS} FROM documents WHERE {where} AND visible=1 ORDER BY rank, sort_key, path LIMIT {limit}", parameters)
        return [Card(row) for row in rows]

    def _find_fiche(self, path: str) -> Card | None:
        return next(iter(self._cards("path=?", (path,))), None)

    def _find_texte(self, path: str) -> str:
        row = self._db.execute("SELECT hash FROM documents WHERE path=? AND visible=1", (path,)).fetchone()
        return row[0].hex() if row else ""

    def _find_tenu(self, path: str) -> bool:
        return self._db.execute("SELECT 1 FROM documents WHERE path=? AND visible=0", (path,)).fetchone() is not None

    def _find_lien(self, path: str) -> str:
        row = self._db.execute("SELECT url FROM documents WHERE path=? AND visible=1", (path,)).fetchone()
        return (row[0] or "") if row else ""

    def _find_enfants(self, rest: str) -> list[Card]:
        folder, _, lang = rest.rpartition(":")
        return self._cards(f"container=? AND lang=? AND has_page=1 AND retired=0 AND type NOT IN {news.sql_types()}", (folder, lang), MAX_LISTED)

    def _find_dense(self, rest: str) -> bool:
        folder, _, lang = rest.rpartition(":")
        query = f"SELECT 1 FROM documents WHERE container=? AND lang=? AND visible=1 AND has_page=1 AND type NOT IN {news.sql_types()} LIMIT ?"
        return len(self._db.execute(query, (folder, lang, MAX_SIBLINGS + 1)).fetchall()) > MAX_SIBLINGS

    def _find_type(self, rest: str) -> list[Card]:
        kind, _, lang = rest.rpartition(":")
        return self._cards("type=? AND lang=?", (kind, lang))

    def _find_id(self, rest: str) -> list[Card]:
        kind, _, ident = rest.partition(":")
        return self._cards("id=? AND type=?", (ident, kind))

    def _find_organisme(self, rest: str) -> list[Card]:
        ident, _, lang = rest.rpartition(":")
        return self._cards("path IN (SELECT path FROM refs WHERE kind='organisme' AND id=? AND naming=1) AND lang=? AND has_page=1", (ident, lang), MAX_LISTED)

    def _find_nouvelles(self, rest: str) -> list[Card]:
        place = self._place(rest)
        return [self._item(path) for _, path in news.newest(self._db, place, RECENT)] if place else []

    def _find_nombre(self, rest: str) -> int:
        place = self._place(rest)
        return place.count if place else 0

    def _place(self, rest: str) -> news.Place | None:
        """Where a list is, « lang:facet:value »: asked for each of its slices."""
        if rest not in self._places:
            self._places[rest] = news.find(self._db, *rest.split(":", 2))
        return self._places[rest]

    def _item(self, path: str) -> Card:
        """An item of a list. It is in some fifteen of them: its row is kept, in the fewest bytes (100 MB for 100,000 items), with a hash for a stamp."""
        known = self._items.get(path)
        if known is None:
            row = self._db.execute(f"SELECT {CARD_COLUMNS} FROM documents WHERE path=?", (path,)).fetchone()
            # Text with one « ’ » takes twice the memory of its bytes.
            kept = (path, *map(sys.intern, row[1:3]), *row[3:5], sys.intern(row[5]), row[6].encode(), *row[7:])
            known = self._items[path] = kept, _digest(Card(row).stamp)
        return Card(*known)

    def _find_en_cours(self, rest: str) -> list[Card]:
        # Left to choose, SQLite would go through the news of each type.
        query = f"SELECT {CARD_COLUMNS} FROM documents INDEXED BY documents_active WHERE active<>0 AND visible=1 AND type IN {news.sql_types()} ORDER BY active_from, path"
        return [Card(row) for row in self._db.execute(query)]

    def _find_tranche(self, rest: str) -> list[Card]:
        number, _, rest = rest.partition(":")
        place = self._place(rest)
        if place is None:
            return []
        start = self._ends.pop(f"{number}:{rest}", None) or news.at(self._db, place, int(number) * SLICE)
        if start is None:
            return []
        # Slices are mostly read one after the other: where one ends, the next is found at once.
        found = news.slice_of(self._db, place, start)
        self._ends = {f"{int(number) + 1}:{rest}": (found[-1][0], found[-1][1] + "\0")} if len(found) == SLICE else {}
        return [self._item(path) for _, path in found]

    def _find_pleine(self, rest: str) -> bool:
        number, _, rest = rest.partition(":")
        return self._find_nombre(rest) >= SLICE * (int(number) + 1)

    def _find_valeurs(self, rest: str) -> list[tuple[str, int]]:
        lang, _, facet = rest.partition(":")
        return [row[1:] for row in news.lists(self._db, lang, facet)]

    def _find_noms(self, rest: str) -> list[str]:
        lang, facet, start = rest.split(":")
        return [value for _, value, _ in news.lists(self._db, lang, facet) if value.startswith(start)]

    def _find_listes(self, lang: str) -> list[tuple[str, str, int]]:
        return news.lists(self._db, lang)

    def _find_repertoire(self, lang: str) -> list[tuple[str, str]]:
        return [row[:2] for row in news.lists(self._db, lang)]

    def _find_liens(self, rest: str) -> list[Card]:
        field, _, ident = rest.partition(":")
        return self._cards("path IN (SELECT path FROM refs WHERE id=? AND pointer=? AND naming=0)", (ident, f"/{field}"))

    def _find_mandats(self, rest: str) -> list[mandate.Held]:
        person, _, month = rest.rpartition(":")
        cards = self._cards("type='mandat' AND path IN (SELECT path FROM refs WHERE id=? AND pointer='/personne' AND naming=0)", (person,))
        return mandate.in_month((card.extra for card in cards if "debut" in card.extra and "fonction" in card.extra), month)

    def _find_media(self, path: str) -> dict | None:
        query = f"SELECT size, facts, {SHOWN} FROM files LEFT JOIN looks ON looks.path=files.path WHERE files.path=? AND {PUBLIC_MEDIA}"
        row = self._db.execute(query, (path,)).fetchone()
        if row is None:
            return None
        name = path.rpartition("/")[2]
        found = {"url": self._settings.base + media_output(path), "bytes": row[0], "format": name.rpartition(".")[2].upper() if "." in name else ""}
        return found | self._image(Facts(*orjson.loads(row[1])), row[2], found["url"]) if row[1] else found

    def _image(self, facts: Facts, shown: int, url: str) -> dict:
        if not facts.format:
            return {"fault": True}
        size = {"width": facts.width, "height": facts.height}
        if not (facts.rendered and shown):
            return {**size, "src": url, "sources": []}
        if self._db.execute("SELECT 1 FROM renditions WHERE key=? AND problems<>''", (rendition.key(facts),)).fetchone():
            return {"fault": True}
        source, better = rendition.sources(facts, self._settings.base)
        return {**size, "src": source, "sources": better}

    def _find_note(self, rest: str) -> Any:
        row = self._db.execute("SELECT value FROM notes WHERE stage=? AND name=?", rest.split(":", 1)).fetchone()
        return orjson.loads(row[0]) if row else None

    def _find_donnees(self, path: str) -> str | None:
        row = self._db.execute("SELECT hash FROM files WHERE path=? AND kind='data'", (path,)).fetchone()
        return row[0].hex() if row else None

    def _find_dossier(self, folder: str) -> list[tuple[str, str]]:
        rows = self._db.execute("SELECT path, hash FROM files WHERE kind='data' AND path >= ? AND path < ? ORDER BY path", (folder + "/", folder + "0"))
        return [(path, digest.hex()) for path, digest in rows]

    def _yaml(self, path: str) -> Any:
        known = self._read(f"donnees:{path}") is not None
        if path not in self._parsed:
            self._parsed[path] = data_file.values(self._settings.content, path)[0] if known else None
        return self._parsed[path]


def media_output(path: str) -> str:
    """URL path of a file of the content folder: its own path, percent-encoded."""
    from urllib.parse import quote

    return quote(path)


def _stamp(value: Any) -> str:
    if isinstance(value, Card):
        return value.stamp
    if isinstance(value, list):
        return "\1".join(map(_stamp, value))
    return repr(value)
