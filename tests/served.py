"""Built sites served over HTTP as a real host would, and the tools that look at them: Chromium, npm packages."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from fleuve.audit import built_page, loopback, tool
from fleuve.audit.loopback import Server

# `make test` installs everything, and then nothing may be skipped.
REQUIRED = os.environ.get("FLEUVE_TOOLS") == "required"
ARGUMENTS = list(tool.BROWSER_ARGUMENTS)


def missing(reason: str) -> None:
    """A tool is not there: the test is skipped, unless everything was to be installed."""
    if REQUIRED:
        pytest.fail(f"{reason} `make test` installs it.")
    pytest.skip(f"{reason} `make test` installs it.")


def found(ask, *arguments):
    """What a function of fleuve.audit.tool gives. Skips the test when the tool is not there."""
    try:
        return ask(*arguments)
    except tool.ToolMissing as error:
        return missing(str(error))


def chromium_path() -> str:
    """Debian's Chromium, or another that is installed. Skips the test when there is none."""
    return found(tool.chromium)


def npm_tool(path: str) -> Path:
    """A file of node_modules/. Skips the test when it is not there."""
    return found(tool.package, path)


class Handler(loopback.Handler):
    """Static files as a real host serves them, service workers included."""

    workers = True


@dataclass(frozen=True)
class Page:
    """A page of a served site. kind: its content type, « site » for a generated one. html: its text."""

    url: str
    address: str
    kind: str
    lang: str
    html: str

    @property
    def soup(self) -> BeautifulSoup:
        """The page, parsed."""
        return BeautifulSoup(self.html, "html.parser")


TWINS = 5


class Served:
    """A built site at `url` (without a final slash); `pages`: all of them by address, redirects left out."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.built = built_page.read(folder)
        self.pages = {page.address: page for page in self._read()}

    def _read(self) -> Iterator[Page]:
        for page in self.built:
            if page.kind and page.file.endswith("index.html"):
                yield Page(self.url + page.address, page.address, page.kind, page.lang, (self.folder / page.file).read_text("utf-8"))

    def of_kind(self, kind: str) -> list[Page]:
        """All pages of a type."""
        return [page for page in self.pages.values() if page.kind == kind]

    def one_of_each(self) -> list[Page]:
        """One page of each type, the richest, home pages, and those that belong to no document; in English, a few of them."""
        return [self.pages[page.address] for page in few_twins(built_page.one_of_each(self.built)) if page.address in self.pages]

    def some(self, number: int, seed: int = 2) -> list[Page]:
        """Pages taken at random, the same at each run."""
        pages = list(self.pages.values())
        return random.Random(seed).sample(pages, min(number, len(pages)))


def few_twins(pages: list[built_page.BuiltPage]) -> list[built_page.BuiltPage]:
    """The pages in French, the English home, and one other in TWINS in English: a twin has the template of its page (`make preuves` looks at all)."""
    english = [page for page in pages if page.lang == "en"]
    kept = {page for page in english if page.address == "/en/"} | set(english[::TWINS])
    return [page for page in pages if page.lang != "en" or page in kept]


def serve(folder: Path) -> Server:
    """Serve a folder on a free port of this machine, until `shutdown`."""
    return loopback.start(folder, handler=Handler)


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A built site, served while the block runs."""
    server = serve(folder)
    yield Served(folder, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
