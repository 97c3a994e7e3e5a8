"""Where a page goes in the content folder: a folder of the architecture, a name made from its title, and its twin beside it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fleuve.slug import slugify

# Longer names are cut at a word: addresses are read aloud and written by hand (as `build.py new` does).
MAX_STEM = 80
FILES = "fichiers"
"""Folder of the content where files of old sites go, whatever their site: the same file is there once."""

_INDEX = re.compile(r"(?:index|default|accueil|home|page)\b", re.IGNORECASE)


class Destinations:
    """Names that are taken, and the next that is free. `default`: the language of file names without a suffix."""

    def __init__(self, taken: Iterable[str], default: str = "fr") -> None:
        self._taken, self.default = set(taken), default
        self._last: dict[str, int] = {}
        """The last number that a name was given: thousands of old pages are called « Accueil »."""

    def take(self, path: str) -> None:
        """Note that a path has its page."""
        self._taken.add(path)

    def choose(self, folder: str, title: str, url: str, lang: str, twin: str = "") -> str:
        """Return the path for a page, and take it.

        `folder` is in the content folder; `twin` is the path of the same page in another language, beside which it goes when that is free.
        A name that another page has gets « -2 », « -3 »…
        """
        if twin:
            beside = named(posixpath.dirname(twin), stem_of(twin), lang, self.default)
            if beside not in self._taken:
                self.take(beside)
                return beside
        wanted = stem(title, url)
        first = named(folder, wanted, lang, self.default)
        number = self._last.get(first, 1)
        while (path := named(folder, wanted if number == 1 else f"{wanted}-{number}", lang, self.default)) in self._taken:
            number += 1
        if number > 1:
            self._last[first] = number
        self.take(path)
        return path


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


def documents(content: Path) -> list[str]:
    """Return the paths of all documents of a content folder, those of folders in « _ » left out."""
    found = []
    for file in sorted(content.rglob("*.md")):
        path = file.relative_to(content).as_posix()
        if not any(part.startswith("_") for part in path.split("/")):
            found.append(path)
    return found
