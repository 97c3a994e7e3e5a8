"""Pages of a built site, and which of them a browser looks at: it takes half a second a page, and a big site has 100,000."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

MODES = ("none", "sample", "changed", "all")
SAMPLED = 24
"""Pages taken at random beside one of each kind: what differs between pages of a kind is their text."""

MANY = 6
"""Generated pages in one folder over which they are taken for one template."""

# The head of a page and the first tag of its body; a page whose head is longer is read whole.
_HEAD = 16 * 1024
_LANG = re.compile(rb'<html[^>]*?\slang="?([A-Za-z-]+)', re.IGNORECASE)
_KIND = re.compile(rb'<body[^>]*?\sclass="[^"]*?\btype-([\w-]+)', re.IGNORECASE)


@dataclass(frozen=True, order=True)
class BuiltPage:
    """One page. address: from the home page, « / » in front. file: relative to the folder. kind: its content type, « site » for a
    generated one, « » for a page of another theme. size: bytes."""

    address: str
    file: str
    kind: str
    lang: str
    size: int


def read(folder: Path) -> list[BuiltPage]:
    """The pages of a built site, by address; what only redirects is no page."""
    return sorted(_pages(folder))


def _pages(folder: Path) -> Iterator[BuiltPage]:
    for path in folder.rglob("*.html"):
        file = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in file.split("/")):
            continue
        size = path.stat().st_size
        with open(path, "rb") as source:
            html = source.read(_HEAD)
            if b"<body" not in html:
                html += source.read()
        if b'http-equiv="refresh"' in html:
            continue
        lang, kind = _LANG.search(html), _KIND.search(html)
        yield BuiltPage(_address(file), file, kind[1].decode() if kind else "", lang[1].decode()[:2].lower() if lang else "", size)


def _address(file: str) -> str:
    return "/" + (file.removesuffix("index.html") if file == "index.html" or file.endswith("/index.html") else file)


def one_of_each(pages: Collection[BuiltPage]) -> list[BuiltPage]:
    """The richest page of each type in each language, home pages, and the pages that belong to no document: lists, 404, components."""
    groups: dict[tuple[str, str, str], list[BuiltPage]] = {}
    for page in pages:
        folder = page.address.rstrip("/").rpartition("/")[0] if page.kind == "site" else ""
        groups.setdefault((page.kind, page.lang, folder), []).append(page)
    chosen = {page for page in pages if page.address in ("/", "/en/")}
    for (kind, _, folder), group in groups.items():
        # Many generated pages in one folder are one template: a page for each region, for each audience.
        alike = kind != "site" or (folder not in ("", "/en") and len(group) > MANY)
        chosen |= {max(group, key=lambda page: (page.size, page.file))} if alike else set(group)
    return sorted(chosen)


def select(pages: Collection[BuiltPage], mode: str, changed: Collection[str] = (), number: int = SAMPLED, seed: int = 2) -> list[BuiltPage]:
    """The pages that a browser looks at, in order of address.

    mode: « none »; « sample »: one of each, and `number` taken at random, the same at each run for the same seed; « changed »: one
    of each, and the files of `changed`; « all ».
    """
    if mode in ("none", "all"):
        return sorted(pages) if mode == "all" else []
    chosen = set(one_of_each(pages))
    if mode == "changed":
        chosen |= {page for page in pages if page.file in changed}
    else:
        rest = sorted(set(pages) - chosen)
        chosen |= set(random.Random(seed).sample(rest, min(number, len(rest))))
    return sorted(chosen)
