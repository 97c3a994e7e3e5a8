"""A built site served on this machine alone, as a real host would serve it, for the tools that need a browser."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files below the base path of the site; its own page for what does not exist; nothing said on the terminal."""

    protocol_version = "HTTP/1.1"
    base = "/"
    workers = False  # a page that is checked is the one on disk: no service worker may put another in its place

    def translate_path(self, path: str) -> str:
        """File of an address, the base path of the site taken off; never outside the folder."""
        return super().translate_path("/" + path.removeprefix(self.base))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        """Answer one request."""
        if not self.workers and self.headers.get("Service-Worker") == "script":
            self.send_error(404)
        else:
            super().do_GET()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the page of the site, in the language of the address."""
        page = Path(self.directory) / ("en/404.html" if self.path.startswith(f"{self.base}en/") else "404.html")
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """A server that does not mind browsers that hang up, and ends with the process."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


def start(folder: Path, base: str = "/", handler: type[http.server.SimpleHTTPRequestHandler] = Handler) -> Server:
    """Serve a folder on a free port of 127.0.0.1 until `shutdown`. base: the path of the site's home page. handler: what answers."""
    handler = type("SiteHandler", (handler,), {"base": base})
    server = Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def served(folder: Path, base: str = "/", handler: type[http.server.SimpleHTTPRequestHandler] = Handler) -> Iterator[str]:
    """The URL of the home page of a folder, « / » at its end, while the block runs."""
    server = start(folder, base, handler)
    try:
        yield f"http://127.0.0.1:{server.server_port}{base}"
    finally:
        server.shutdown()
        server.server_close()
