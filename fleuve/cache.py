"""The cache of a site: one SQLite file that holds what is known of its documents, shards, stages and parts of stages.

Everything in it can be rebuilt from the content; `--clean` throws it away. A build that dies half-way leaves it consistent:
what is about to change is marked stale in the same transaction as the change that makes it so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import orjson

SNAPSHOT = "instantane-"
VERSION = 19
MADE = ("shards", "parts", "stages", "renditions", "search")
"""Tables of what makes files; each has `outputs` and `problems`."""

# What is scanned comes first in a row, what is large last: SQLite reads a row from its beginning, as far as it must.
SCHEMA = """
CREATE TABLE files (path TEXT PRIMARY KEY, kind TEXT, size INT, mtime INT, hash BLOB) WITHOUT ROWID;
-- A digest of the names, sizes and times of the files of each folder: those that have not changed are not compared one by one.
CREATE TABLE folders (path TEXT PRIMARY KEY, digest BLOB) WITHOUT ROWID;
CREATE TABLE documents (
  path TEXT PRIMARY KEY, hash BLOB, type TEXT, lang TEXT, id TEXT, slug TEXT, body_line INT,
  published_from INT, published_to INT, active_from INT, active_to INT, retired_at INT, held INT,
  virtual INT DEFAULT 0, container TEXT, has_page INT, rank INT, sort_key TEXT, orphan INT DEFAULT 0,
  url TEXT, output TEXT, shard TEXT, rival INT DEFAULT 0, clash TEXT, visible INT DEFAULT 0, active INT DEFAULT 0, retired INT DEFAULT 0,
  title TEXT, card TEXT, meta TEXT, problems TEXT
);
-- Each instant at which a document changes what is published.
CREATE TABLE instants (path TEXT, instant INT, PRIMARY KEY (path, instant)) WITHOUT ROWID;
CREATE TABLE refs (kind TEXT, id TEXT, path TEXT, pointer TEXT, naming INT, PRIMARY KEY (kind, id, path, pointer)) WITHOUT ROWID;
CREATE TABLE shards (
  shard TEXT PRIMARY KEY, stale INT DEFAULT 1, trusted INT DEFAULT 0, pages INT DEFAULT 0, manifest BLOB, problems TEXT,
  asked BLOB, outputs BLOB, reads BLOB
);
CREATE TABLE extracts (stage TEXT, shard TEXT, digest BLOB, extract BLOB, PRIMARY KEY (stage, shard));
CREATE TABLE stages (
  stage TEXT PRIMARY KEY, stale INT DEFAULT 1, trusted INT DEFAULT 0, digest BLOB, manifest BLOB, problems TEXT, asked BLOB, outputs BLOB, reads BLOB
);
-- part « » of a stage is the list of its parts: its reads are those that the list depends on.
CREATE TABLE parts (
  stage TEXT, part TEXT, stale INT DEFAULT 1, trusted INT DEFAULT 0, manifest BLOB, problems TEXT, asked BLOB, outputs BLOB, reads BLOB, PRIMARY KEY (stage, part)
);
-- The index of the search (see fleuve/search/indexing.py): its blocks, groups of files and lexicon; and what each block has for each group.
CREATE TABLE search (
  lang TEXT, kind TEXT, part, stale INT DEFAULT 1, trusted INT DEFAULT 0, digest BLOB, manifest BLOB, problems TEXT DEFAULT '', pages BLOB, outputs BLOB, data BLOB,
  PRIMARY KEY (lang, kind, part)
);
CREATE TABLE search_fragments (lang TEXT, family TEXT, part INT, block INT, digest BLOB, data BLOB, PRIMARY KEY (lang, family, part, block));
-- Lists of news (see fleuve/news.py): what each holds, in order; and for each item and language of readers, where it is.
CREATE TABLE lists (list INTEGER PRIMARY KEY, lang TEXT, facet TEXT, value TEXT, count INT DEFAULT 0, UNIQUE (lang, facet, value));
CREATE TABLE listed (list INT, moment INT, path TEXT, PRIMARY KEY (list, moment, path)) WITHOUT ROWID;
CREATE TABLE items (item TEXT, lang TEXT, path TEXT, moment INT, lists TEXT, PRIMARY KEY (item, lang)) WITHOUT ROWID;
-- What the `reduce` of a stage leaves to its parts.
CREATE TABLE notes (stage TEXT, name TEXT, value TEXT, PRIMARY KEY (stage, name)) WITHOUT ROWID;
CREATE TABLE looks (path TEXT PRIMARY KEY, rendered INT, facts TEXT, problems TEXT) WITHOUT ROWID;
CREATE TABLE renditions (key TEXT PRIMARY KEY, trusted INT, problems TEXT, outputs BLOB) WITHOUT ROWID;
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
-- Of few rows each: to make them once the first documents are in would be to go through all of these for each.
CREATE INDEX documents_wrong ON documents (path) WHERE problems<>'';
CREATE INDEX documents_rival ON documents (path) WHERE rival=1 OR clash IS NOT NULL;
CREATE INDEX documents_clash ON documents (path) WHERE clash IS NOT NULL;
CREATE INDEX looks_wrong ON looks (path) WHERE problems<>'';
CREATE INDEX renditions_wrong ON renditions (key) WHERE problems<>'';
CREATE INDEX documents_active ON documents (type) WHERE active<>0;
CREATE INDEX documents_orphan ON documents (path) WHERE orphan=1;
CREATE INDEX search_fragments_block ON search_fragments (block, lang, family, part, digest);
CREATE INDEX search_stale ON search (kind) WHERE stale=1;
CREATE INDEX parts_stale ON parts (stage, part) WHERE stale=1;
"""

INDEXES = """
CREATE INDEX IF NOT EXISTS documents_container ON documents (container, lang);
CREATE INDEX IF NOT EXISTS documents_type ON documents (type, lang);
CREATE INDEX IF NOT EXISTS documents_id ON documents (id);
CREATE INDEX IF NOT EXISTS documents_shard ON documents (shard);
CREATE INDEX IF NOT EXISTS refs_pointer ON refs (id, pointer) WHERE naming=0;
CREATE INDEX IF NOT EXISTS documents_output ON documents (output) WHERE output IS NOT NULL;
CREATE INDEX IF NOT EXISTS instants_instant ON instants (instant);
"""


def locate(folder: Path, *identity: Path) -> Path:
    """The cache file, inside `folder`, of the site that these paths (configuration, content, output) identify."""
    key = hashlib.blake2b("\0".join(map(str, identity)).encode(), digest_size=8).hexdigest()
    return folder / key / "site.sqlite"


def open_for_writing(path: Path, clean: bool = False) -> sqlite3.Connection:
    """Open, or make, the cache. A cache of another version, or a damaged one, is made anew. Raises OSError, sqlite3.Error."""
    if clean:
        shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        shutil.rmtree(path.parent)
        path.parent.mkdir(parents=True)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    new = not path.exists() or not path.stat().st_size
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    db.execute("PRAGMA cache_size=-65536")
    if new:
        # The first inventory is hundreds of megabytes, which a journal on disk would write twice. Without one, what a build that dies then
        # leaves is good for nothing: it has no version yet (see `settle`), and goes.
        db.execute("PRAGMA journal_mode=MEMORY")
        db.execute("PRAGMA synchronous=OFF")
        db.executescript(f"BEGIN;{SCHEMA}COMMIT;")
    elif db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        _keep_journal(db)
    else:
        db.close()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        return _connect(path)
    return db


def settle(db: sqlite3.Connection) -> None:
    """The first inventory of a new cache is in it, whole: from here on, a build that dies loses nothing of what it had done."""
    if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    _, _, path = db.execute("PRAGMA database_list").fetchone()
    with open(path, "rb") as file:
        os.fsync(file.fileno())
    _keep_journal(db)
    db.execute(f"PRAGMA user_version={VERSION}")


def _keep_journal(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute("PRAGMA wal_autocheckpoint=20000")  # a cold build writes hundreds of megabytes: fewer, larger checkpoints


@contextmanager
def snapshot(db: sqlite3.Connection, path: Path, build: str) -> Iterator[Path]:
    """A copy of the cache as it is now, beside it, for workers of other machines: SQLite's own journal is for one machine only."""
    copy = path.with_name(f"{SNAPSHOT}{build}.sqlite")
    for old in path.parent.glob(f"{SNAPSHOT}*"):
        old.unlink(missing_ok=True)
    db.execute("VACUUM INTO ?", (str(copy),))
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the cache, or a snapshot of it, in a worker: reads only."""
    # A snapshot never changes: it needs no locks, which network file systems do not have. Threads of a worker take turns.
    frozen = "&immutable=1" if path.name.startswith(SNAPSHOT) else ""
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro{frozen}", uri=True, isolation_level=None, timeout=30, check_same_thread=False)
    db.execute("PRAGMA cache_size=-32768")
    return db


def index(db: sqlite3.Connection) -> None:
    """Make the indexes, where they are missing: after the first rows are in, which is faster than before."""
    for statement in INDEXES.strip().split(";\n"):
        db.execute(statement.rstrip(";"))


def outputs(db: sqlite3.Connection) -> Iterator[dict[str, str]]:
    """What each shard, stage, part of a stage and image has written, {path: hash}: the whole site but the files that are copied as they are."""
    for table in MADE:
        for (blob,) in db.execute(f"SELECT outputs FROM {table} WHERE outputs IS NOT NULL"):
            yield orjson.loads(blob)


def set_notes(db: sqlite3.Connection, stage: str, notes: dict[str, str]) -> set[str]:
    """Keep what the `reduce` of a stage leaves now, {name: JSON}. Returns the names of what has changed."""
    known = dict(db.execute("SELECT name, value FROM notes WHERE stage=?", (stage,)))
    changed = {name for name in known.keys() | notes.keys() if known.get(name) != notes.get(name)}
    db.executemany("DELETE FROM notes WHERE stage=? AND name=?", ((stage, name) for name in changed))
    db.executemany("INSERT INTO notes VALUES (?, ?, ?)", ((stage, name, notes[name]) for name in sorted(changed & notes.keys())))
    return changed


def get_state(db: sqlite3.Connection, name: str) -> str | None:
    """Value of a named fact about the last build, or None."""
    row = db.execute("SELECT value FROM state WHERE name=?", (name,)).fetchone()
    return row[0] if row else None


def set_state(db: sqlite3.Connection, name: str, value: str) -> None:
    """Remember a named fact about this build."""
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))
