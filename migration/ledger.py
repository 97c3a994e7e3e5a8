"""What is known of an old site between two runs: every address that its sources have, and what became of it (one SQLite file a site)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

# Changes when what is kept in a ledger does, or how pages are made from records: all pages are then made again.
VERSION = 2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages(key TEXT PRIMARY KEY, url TEXT, source BLOB, made BLOB, captured TEXT, run INTEGER, data BLOB, text TEXT, before TEXT, signature BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files(key TEXT PRIMARY KEY, url TEXT, name TEXT, size INTEGER, refused TEXT, run INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS others(key TEXT PRIMARY KEY, url TEXT, status INTEGER, location TEXT, run INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hits(key TEXT PRIMARY KEY, url TEXT, count INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places(key TEXT PRIMARY KEY, places TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged(key TEXT PRIMARY KEY, decision TEXT, reason TEXT, confidence REAL, target TEXT, folder TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS proposals(key TEXT PRIMARY KEY, decision TEXT, target TEXT, reason TEXT, confidence REAL, before TEXT, after TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS proposed(key TEXT PRIMARY KEY, decision TEXT, target TEXT, before TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decided(key TEXT PRIMARY KEY, decision TEXT, target TEXT, after TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivered(path TEXT PRIMARY KEY, key TEXT, text TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS damaged(url TEXT, reason TEXT, aside INTEGER);
CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""


# Several addresses may be one (sessions, print versions): the shortest stands for them, in its last capture, whatever the order in which they come.
_BETTER = "run<>excluded.run OR (length(excluded.url), excluded.url)<(length(url), url)"


def _update(columns: str) -> str:
    return ", ".join(f"{column}=excluded.{column}" for column in columns.split())


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the ledger. `source`: hash of what came in; `data`: the page as `migrate page --json` prints it, its text apart."""

    key: str
    url: str
    source: bytes
    captured: str
    data: dict
    text: str
    before: str
    """The main content as it came in (HTML)."""


_ENTRY = "key, url, source, captured, data, text, before"


def _entry(row: tuple) -> Entry:
    key, url, source, captured, data, text, before = row
    return Entry(key, url, source, captured, orjson.loads(data), text, before)


class Ledger:
    """The ledger of one site. Use it as a context: what is written is kept at the end, and at each `save`."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self.db = sqlite3.connect(file)
        # Workers read while this writes.
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384;")
        self.db.executescript(_SCHEMA)
        if self.fact("version") != VERSION:
            for table in ("pages", "files", "others", "hits", "damaged", "places", "facts"):
                self.db.execute(f"DROP TABLE {table}")
            self.db.executescript(_SCHEMA)
            self.tell("version", VERSION)
        self.run = (self.fact("run") or 0) + 1

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind, error, trace) -> None:
        if kind is None:
            self.save()
        self.db.close()

    def save(self) -> None:
        """Keep what was written so far."""
        self.db.commit()

    def fact(self, name: str) -> object:
        """Return what was told under a name, None when nothing was."""
        row = self.db.execute("SELECT value FROM facts WHERE name=?", (name,)).fetchone()
        return orjson.loads(row[0]) if row else None

    def tell(self, name: str, value: object) -> None:
        """Keep a value (JSON) under a name."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES(?,?)", (name, orjson.dumps(value)))

    # What comes in.

    def made_of(self, key: str) -> tuple[bytes, bytes] | None:
        """Return the hash of the source and of the way of making (template, recipe, code) of a page, None when it is not known."""
        return self.db.execute("SELECT source, made FROM pages WHERE key=?", (key,)).fetchone()

    def seen(self, key: str) -> None:
        """Note that a page which need not be made again is still in the sources."""
        self.db.execute("UPDATE pages SET run=? WHERE key=?", (self.run, key))

    def put_page(self, key: str, url: str, source: bytes, made: bytes, captured: str, data: bytes, text: str, before: str, signature: bytes) -> None:
        """Keep a page that was made."""
        self.db.execute(f"INSERT INTO pages VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(key) DO UPDATE SET {_update('url source made captured run data text before signature')} WHERE {_BETTER} "
                        "OR excluded.url=url AND (excluded.captured, excluded.source)>=(captured, source)", (key, url, source, made, captured, self.run, data, text, before, signature))

    def put_file(self, key: str, url: str, name: str, size: int, refused: str) -> None:
        """Keep a file: its name in the store, or why it is refused."""
        self.db.execute(f"INSERT INTO files VALUES(?,?,?,?,?,?) ON CONFLICT(key) DO UPDATE SET {_update('url name size refused run')} WHERE {_BETTER} OR excluded.url=url AND excluded.name>=name", (key, url, name, size, refused, self.run))

    def put_other(self, key: str, url: str, status: int, location: str) -> None:
        """Keep an address that gave neither a page nor a file: a redirect, an error, or (0) one that a source only names; `location` is then the address that has its content."""
        self.db.execute(f"INSERT INTO others VALUES(?,?,?,?,?) ON CONFLICT(key) DO UPDATE SET {_update('url status location run')} WHERE {_BETTER} "
                        "OR excluded.url=url AND (excluded.status, excluded.location)>=(status, location)", (key, url, status, location, self.run))

    def add_hits(self, key: str, url: str, count: int) -> None:
        """Count requests for an address."""
        self.db.execute("INSERT INTO hits VALUES(?,?,?) ON CONFLICT(key) DO UPDATE SET count=count+excluded.count", (key, url, count))

    def put_damaged(self, url: str, reason: str, aside: bool = False) -> None:
        """Keep what could not be read, or was set aside on purpose."""
        self.db.execute("INSERT INTO damaged VALUES(?,?,?)", (url, reason, aside))

    def begin(self) -> None:
        """Before the sources are read again: hits and damages are counted anew."""
        self.db.execute("DELETE FROM hits")
        self.db.execute("DELETE FROM damaged")

    def end(self) -> None:
        """After the sources were read whole: what they no longer have goes."""
        for table in ("pages", "files", "others"):
            self.db.execute(f"DELETE FROM {table} WHERE run<>?", (self.run,))
        self.tell("run", self.run)

    # What is in it, in the order of keys.

    def pages(self) -> Iterator[Entry]:
        """Give the pages, one at a time."""
        for row in self.db.execute(f"SELECT {_ENTRY} FROM pages ORDER BY key"):
            yield _entry(row)

    def page(self, key: str) -> Entry | None:
        """Return a page, None when there is none of that key."""
        row = self.db.execute(f"SELECT {_ENTRY} FROM pages WHERE key=?", (key,)).fetchone()
        return _entry(row) if row else None

    def files(self) -> Iterator[tuple[str, str, str, int, str]]:
        """Give the key, the URL, the name in the store, the size and the refusal of each file."""
        yield from self.db.execute("SELECT key, url, name, size, refused FROM files ORDER BY key")

    def others(self) -> Iterator[tuple[str, str, int, str]]:
        """Give the key, the URL, the status and the location of each address that is neither a page nor a file."""
        yield from self.db.execute("SELECT key, url, status, location FROM others ORDER BY key")

    def hits(self) -> dict[str, int]:
        """Return the requests for each address. Addresses that were asked for are few beside those that exist: they fit in memory."""
        return dict(self.db.execute("SELECT key, count FROM hits"))

    def damaged(self, aside: bool = False) -> list[tuple[str, str]]:
        """Return what could not be read, and why; or what was set aside on purpose."""
        return list(self.db.execute("SELECT url, reason FROM damaged WHERE aside=? ORDER BY url, reason", (aside,)))
