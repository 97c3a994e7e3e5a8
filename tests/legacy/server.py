"""A real HTTP server on loopback that answers for all the sites, by the Host header or as their proxy."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from legacy.site import Answer, Site

_NOT_FOUND = "<html><head><title>404</title></head><body><h1>Page introuvable</h1><p>La page demandée n’existe pas.</p></body></html>"


def key(site: Site, target: str) -> str:
    """An address as the site’s software reads it: capitals, the order of parameters and those that it does not know change nothing."""
    parts = urlsplit(target)
    path = parts.path if site.spec.case else parts.path.lower()
    query = sorted((name.lower(), value) for name, value in parse_qsl(parts.query) if name.lower() in {one.lower() for one in site.spec.parameters})
    return path + (f"?{urlencode(query)}" if query else "")


class Sites:
    """What is answered to an address, exactly or as the software reads it."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self.sites = {site.spec.host: site for site in sites.values()}
        self.read: dict[str, dict[str, str]] = {}
        for host, site in self.sites.items():
            self.read[host] = {}
            for target in site.answers:
                self.read[host].setdefault(key(site, target), target)

    def answer(self, host: str, target: str) -> Answer:
        site = self.sites.get(host.partition(":")[0].lower())
        if not site:
            return Answer(b"Site inconnu", "text/plain", 502)
        found = site.answers.get(target) or site.answers.get(self.read[site.spec.host].get(key(site, target), ""))
        return found or Answer(_NOT_FOUND.encode(site.spec.encoding, "xmlcharrefreplace"), status=404)

    def charset(self, host: str) -> str:
        site = self.sites.get(host.partition(":")[0].lower())
        return site.spec.charset if site else "utf-8"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        host, target = self.headers.get("Host", ""), self.path
        if target.startswith("http://"):
            parts = urlsplit(target)
            host, target = parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        answer, charset = self.server.held.answer(host, target), self.server.held.charset(host)
        text = charset and answer.kind == "text/html"
        kind = f"{answer.kind}; charset={charset}" if text else answer.kind
        head = [f"HTTP/1.1 {answer.status} {self.responses[answer.status][0]}", f"Content-Type: {kind}", f"Content-Length: {len(answer.body)}"]
        head += [f"Location: {answer.location}"] if answer.location else []
        # One write: two would wait for each other (Nagle’s algorithm and delayed acknowledgements).
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + (answer.body if self.command == "GET" else b""))

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing: the sites’ logs are generated."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    held: Sites


@contextmanager
def serving(sites: Mapping[str, Site]) -> Iterator[int]:
    """Serve the sites as long as the block lasts; gives the port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.held = Sites(sites)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    from legacy.sites import sites

    held = sites()
    with serving(held) as port:
        print(f"Proxy: 127.0.0.1:{port}", *(f"http://{site.spec.host}/" for site in held.values()), sep="\n")
        input("Enter to stop. ")
