"""Where the documents of a content folder are published: at the addresses that a build gives them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from fleuve import address, front_matter
from fleuve.redirect import Own, path_of
from fleuve.settings import Settings
from migration.destination import documents, storable

_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192;
CREATE TABLE documents(path TEXT PRIMARY KEY, lang TEXT, slug TEXT) WITHOUT ROWID;
CREATE TABLE pages(document TEXT PRIMARY KEY, url TEXT, path TEXT, name TEXT) WITHOUT ROWID;
"""
_INDEXES = "DROP TABLE documents; CREATE INDEX pages_path ON pages(path); CREATE INDEX pages_name ON pages(name)"


class Published:
    """The documents of a content folder and their addresses, as of when it is made: what `fleuve.redirect.Existing` asks. Use it as a context.

    Old sites may bring a million pages: they are in a file that SQLite takes away with the connection (https://www.sqlite.org/inmemorydb.html).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._own = settings, Own.of(settings.site_url)
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO documents VALUES(?,?,?)", self._documents())
        self._db.executemany("INSERT INTO pages VALUES(?,?,?,?)", self._pages())
        self._db.executescript(_INDEXES)  # which commits

    def __enter__(self) -> Published:
        return self

    def __exit__(self, *_) -> None:
        self._db.close()

    def _documents(self) -> Iterator[tuple[str, str, str | None]]:
        """Path, language and own slug of each document."""
        settings = self._settings
        for path in documents(settings.content):
            try:
                meta, _ = front_matter.parse(front_matter.split((settings.content / path).read_bytes(), path).text, path)
                path.encode()  # a name that is not UTF-8: no decision can name it
            except (OSError, UnicodeEncodeError):
                continue
            lang, slug = meta.get("lang"), meta.get("slug")
            yield path, str(lang or address.split_language(path, settings.languages, settings.default_language)[2]), slug if isinstance(slug, str) else None

    def _pages(self) -> Iterator[tuple[str, str, str, str]]:
        slugs = address.folder_slugs(self._db.execute("SELECT path, lang, slug FROM documents WHERE slug IS NOT NULL"), self._settings)
        for document, (url, _) in address.addressed(self._db.execute("SELECT path, lang, slug FROM documents"), slugs, self._settings):
            path = path_of(url, self._own)
            yield document, url, path, path.rpartition("/")[2]

    def _one(self, query: str, value: str) -> str:
        """The one text that a query gives, "" for none."""
        row = self._db.execute(query, (storable(value),)).fetchone()
        return row[0] if row else ""

    def url(self, document: str) -> str:
        """Return the root-relative URL of a document (`sante/vaccin.md` → `/sante/vaccin/`), "" when there is none."""
        return self._one("SELECT url FROM pages WHERE document=?", document)

    def __contains__(self, path: str) -> bool:
        return bool(self._one("SELECT url FROM pages WHERE path=?", path)) or "." in path.rpartition("/")[2] and (self._settings.content / path.lstrip("/")).is_file()

    def below(self, path: str) -> list[str]:
        """Return the canonical paths of the pages at `path` or under it."""
        path = storable(path)
        found = self._db.execute("SELECT DISTINCT path FROM pages WHERE path=? OR path>? AND path<? ORDER BY path", (path, f"{path}/", f"{path}0"))  # « 0 » follows « / » in ASCII
        return [one for (one,) in found]

    def nearest(self, path: str) -> str:
        """Return the URL of a page whose last part is the same, or ''."""
        name = path.rpartition("/")[2]
        return self._one("SELECT url FROM pages WHERE name=? ORDER BY document DESC", name) if name else ""
