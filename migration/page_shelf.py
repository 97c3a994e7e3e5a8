"""The pages of one site, sorted on disk while the report is written: by what needs a look first, and by their old addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson

from migration.page_report import PageReport


class PageShelf:
    """A database of the time of a report, in a folder that goes away with it."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "pages.sqlite", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        # In a file, not in memory, whatever the number of pages.
        self._db.execute("PRAGMA temp_store=FILE")
        self._db.execute("CREATE TABLE pages (grp TEXT, undecided INT, unreviewed INT, losses INT, confidence REAL, hits INT, old TEXT, compared TEXT, page BLOB)")
        self._db.execute("BEGIN")
        self._sorted = False

    def __enter__(self) -> PageShelf:
        return self

    def __exit__(self, *_) -> None:
        self._db.close()

    def put(self, page: PageReport, group: str, compared: str) -> None:
        """Keep a page; `compared` is the path of its comparison, or « »."""
        old = page.old.encode("utf-8", "replace").decode()
        row = (group, page.is_decided, bool(page.reviewer), not page.losses, page.confidence, -page.hits, old, compared, orjson.dumps(_safe(page.to_json())))
        self._db.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def count(self, group: str) -> int:
        """How many pages a group has."""
        return self._db.execute("SELECT count(*) FROM pages WHERE grp=?", (group,)).fetchone()[0]

    def of(self, group: str) -> Iterator[dict]:
        """Yield the pages of a group as JSON objects, what needs a look first, with « comparaison »."""
        self._sort()
        # The two columns that are equal in most pages come first in the group, then what is doubtful, then what many people read.
        order = "undecided, unreviewed, losses, confidence, hits, old, page"
        for compared, page in self._db.execute(f"SELECT compared, page FROM pages WHERE grp=? ORDER BY {order}", (group,)):
            yield {**orjson.loads(page), "comparaison": compared}

    def all(self) -> Iterator[dict]:
        """Yield every page as a JSON object, by old address."""
        for (page,) in self._db.execute("SELECT page FROM pages ORDER BY old, page"):
            yield orjson.loads(page)

    def _sort(self) -> None:
        if not self._sorted:
            self._db.execute("CREATE INDEX pages_group ON pages (grp)")
            self._sorted = True


def _safe(value):
    """The same without halves of characters, which no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_safe(item) for item in value]
    if isinstance(value, dict):
        return {_safe(key): _safe(item) for key, item in value.items()}
    return value
