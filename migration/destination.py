"""Where a page goes in the content folder: a folder of the architecture, a name made from its title, and its twin beside it."""

from __future__ import annotations

import os
import posixpath
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fleuve.slug import slugify

# Longer names are cut at a word: addresses are read aloud and written by hand (as `build.py new` does).
MAX_STEM = 80
FILES = "fichiers"
"""Folder of the content where files of old sites go, whatever their site: the same file is there once."""

_INDEX = re.compile(r"(?:index|default|accueil|home|page)\b", re.IGNORECASE)


class Destinations:
    """Names that are taken, and the next that is free. `default`: the language of file names without a suffix.

    In a file, since old sites may bring a million pages, which SQLite takes away with the connection (https://www.sqlite.org/inmemorydb.html).
    """

    def __init__(self, taken: Iterable[str], default: str = "fr") -> None:
        self.default = default
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192; CREATE TABLE taken(path TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID; BEGIN")
        for path in taken:
            self.take(path)

    def take(self, path: str) -> None:
        """Note that a path has its page."""
        self._db.execute("INSERT OR IGNORE INTO taken VALUES(?,1)", (storable(path),))

    def is_taken(self, path: str) -> bool:
        """Whether a path has its page."""
        return self._db.execute("SELECT 1 FROM taken WHERE path=?", (storable(path),)).fetchone() is not None

    def choose(self, folder: str, title: str, url: str, lang: str, twin: str = "") -> str:
        """Return the path for a page, and take it.

        `folder` is in the content folder; `twin` is the path of the same page in another language, beside which it goes when that is free.
        A name that another page has gets « -2 », « -3 »…
        """
        if twin:
            beside = named(posixpath.dirname(twin), stem_of(twin), lang, self.default)
            if not self.is_taken(beside):
                self.take(beside)
                return beside
        wanted = stem(title, url)
        first = named(folder, wanted, lang, self.default)
        # The last number that the name was given: thousands of old pages are called « Accueil ».
        (number,) = self._db.execute("SELECT number FROM taken WHERE path=?", (storable(first),)).fetchone() or (1,)
        while self.is_taken(path := named(folder, wanted if number == 1 else f"{wanted}-{number}", lang, self.default)):
            number += 1
        if number > 1:
            self._db.execute("UPDATE taken SET number=? WHERE path=?", (number, storable(first)))
        self.take(path)
        return path


def storable(path: str) -> str:
    """Return a path as SQLite takes it: names of files and old addresses may be no text in any encoding."""
    return path.encode("utf-8", "replace").decode()


def named(folder: str, stem: str, lang: str, default: str = "fr") -> str:
    """Return the path of a document: `sante/vaccin.md`, `sante/vaccin.en.md`."""
    return posixpath.join(folder, f"{stem}.md" if lang in ("", default) else f"{stem}.{lang}.md")


def stem_of(path: str) -> str:
    """Return the name of a document without its language and its extension."""
    return posixpath.basename(path).removesuffix(".md").partition(".")[0]


def stem(title: str, url: str) -> str:
    """Return a file name made from a title, or from the address when the title has no letter."""
    name = slugify(title) or _from_address(url) or "page"
    if len(name) > MAX_STEM:
        name = name[: MAX_STEM + 1].rpartition("-")[0] or name[:MAX_STEM]
    # « index » is the page of its folder: an old page of that name is one among others.
    return "page-index" if name == "index" else name


def _from_address(url: str) -> str:
    parts = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    while parts and _INDEX.match(parts[-1]):
        parts.pop()
    return slugify(posixpath.splitext(parts[-1])[0]) if parts else ""


def documents(content: Path) -> Iterator[str]:
    """Yield the paths of all documents of a content folder, in an order that is always the same; folders and files in « _ » are left out."""
    for here, folders, names in os.walk(content):
        folders[:] = sorted(name for name in folders if not name.startswith("_"))
        below = Path(here).relative_to(content).as_posix()
        for name in sorted(names):
            if name.endswith(".md") and not name.startswith("_"):
                yield posixpath.join(below, name) if below != "." else name
