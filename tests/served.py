"""Built sites served over HTTP as a real host would, and the tools that look at them: Chromium, npm packages."""

from __future__ import annotations

import functools
import http.server
import os
import random
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

# `make test` installs everything, and then nothing may be skipped.
REQUIRED = os.environ.get("FLEUVE_TOOLS") == "required"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


def missing(reason: str) -> None:
    """A tool is not there: the test is skipped, unless everything was to be installed."""
    if REQUIRED:
        pytest.fail(f"{reason} `make test` installs it.")
    pytest.skip(f"{reason} `make test` installs it.")


def chromium_path() -> str:
    """Debian's Chromium, or another that is installed. Skips the test when there is none."""
    names = (os.environ.get("FLEUVE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    return found or missing("Chromium is not installed.")


def npm_tool(path: str) -> Path:
    """A file of node_modules/. Skips the test when it is not there."""
    file = ROOT / "node_modules" / path
    return file if file.exists() else missing(f"The npm package of {path} is not installed.")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files as a real host serves them: the site's own 404 page, nothing said on the terminal."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the page of the site, in the language of the address."""
        page = Path(self.directory) / ("en/404.html" if self.path.startswith("/en/") else "404.html")
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """A server that does not mind browsers that hang up."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


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


class Served:
    """A built site at `url` (without a final slash); `pages`: all of them by address, redirects left out."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.pages = {page.address: page for page in self._read()}

    def _read(self) -> Iterator[Page]:
        for file in sorted(self.folder.rglob("index.html")):
            html = file.read_text("utf-8")
            parts = file.relative_to(self.folder).parent.as_posix()
            address = "/" if parts == "." else f"/{parts}/"
            kind = html.partition('<body class="type-')[2].partition('"')[0]
            if kind:
                yield Page(self.url + address, address, kind, html.partition('<html lang="')[2][:2], html)

    def of_kind(self, kind: str) -> list[Page]:
        """All pages of a type."""
        return [page for page in self.pages.values() if page.kind == kind]

    def one_of_each(self) -> list[Page]:
        """One page of each type in each language, the richest, and the home pages."""
        best: dict[tuple[str, str], Page] = {}
        for page in self.pages.values():
            key = (page.kind, page.lang)
            if key not in best or len(page.html) > len(best[key].html):
                best[key] = page
        homes = [page for page in self.pages.values() if page.address in ("/", "/en/")]
        return list(dict.fromkeys([*homes, *best.values()]))

    def some(self, number: int, seed: int = 2) -> list[Page]:
        """Pages taken at random, the same at each run."""
        pages = list(self.pages.values())
        return random.Random(seed).sample(pages, min(number, len(pages)))


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """Serve a folder on a free port of this machine, until `shutdown`."""
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
