"""The crawl of a live site, against a real server on loopback: what it asks for, what it leaves, and that it goes on where it was stopped."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from migration.private_address import is_public
from migration.recipe import Addresses, Recipe
from migration.record import Damaged, Record, SourceError
from migration.sources import live
from migration.sources import warc as archive

ROOT = Path(__file__).resolve().parent.parent
QUICK = live.Bounds(delay=0, retries=1, timeout=10, file=200_000, depth=6, variants=10)


class _Answers(BaseHTTPRequestHandler):
    """An old site: pages, redirects that turn in circles, a calendar without end, a page too large, a page that fails."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("User-Agent", ""), time.monotonic()))
        path, _, query = self.path.partition("?")
        host = self.headers["Host"]
        wait = self.server.wait
        if wait:
            time.sleep(wait)
        if self.server.down and self.server.down in host:
            self._send(503, b"")
        elif path == "/robots.txt" and not query:
            self._send(301, b"", "text/plain", Location="/robots.txt?ici")
        elif path == "/robots.txt":
            self._send(200, f"User-agent: *\nDisallow: /prive/\nSitemap: http://{host}/plans.xml\n".encode(), "text/plain")
        elif path == "/plans.xml":
            self._send(200, f'<?xml version="1.0"?><sitemapindex><sitemap><loc>http://{host}/plan.xml.gz</loc></sitemap></sitemapindex>'.encode(), "text/xml")
        elif path == "/plan.xml.gz":
            self._send(200, gzip.compress(f"<urlset><url><loc>http://{host}/cachee.html</loc></url><url><loc>http://ailleurs.example/x</loc></url></urlset>".encode()), "application/gzip")
        elif path == "/":
            self._send(200, self._home().encode("cp1252"), "text/html; charset=iso-8859-1")
        elif path.startswith("/boucle"):
            self._send(302, b"", "text/html", Location="/boucle2" if path == "/boucle1" else "/boucle1")
        elif path == "/vers":
            self._send(301, b"", "text/html", Location="/arrivee.html#ici")
        elif path == "/calendrier":
            month = int(query.partition("=")[2].partition("&")[0] or 0)
            self._send(200, f'<a href="/calendrier?mois={month + 1}">suivant</a><a href="/calendrier?mois={month + 1}&vue=liste">liste</a>'.encode())
        elif path == "/panne":
            self._send(500, b"<h1>Erreur</h1>")
        elif path == "/enorme":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b"x" * 100_000)
            except OSError:
                pass
            self.close_connection = True
        elif path == "/compresse":
            self._send(200, gzip.compress('<p>Été <a href="/du-compresse">x</a></p>'.encode()), "text/html; charset=utf-8", **{"Content-Encoding": "gzip"})
        elif path.endswith((".html", ".pdf", ".png")) or path.startswith(("/sous", "/du-", "/page")):
            self._send(200, self._page(path).encode(), "application/pdf" if path.endswith("pdf") else "image/png" if path.endswith("png") else "text/html; charset=utf-8")
        else:
            self._send(404, b"<h1>Introuvable</h1>")

    def _home(self) -> str:
        links = ["/page1.html#haut", "/vers", "/boucle1", "/calendrier?mois=0", "/panne", "/enorme", "/compresse", "/prive/secret.html", "/absente", "mailto:a@b.example",
                 "http://ailleurs.example/page", "http://169.254.169.254/latest/", "sous/ici/", "/doc.pdf", "javascript:void(0)", "/page2.html?PHPSESSID=abc"]
        links += [f"/page-{number}.html" for number in range(self.server.pages)]
        return "<html><body><h1>L’été</h1>" + "".join(f'<a href="{link}">lien</a>' for link in links) + '<img src="/image.png" srcset="/grande.png 2x"></body></html>'

    def _page(self, path: str) -> str:
        # A relative link of a wrong base: /sous/ici/sous/ici/…
        return f'<html><body><p>Page {path}</p><a href="sous/ici/">encore</a></body></html>' if path.startswith("/sous") else f"<html><body><p>Page {path}</p></body></html>"

    def _send(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server():
    """The old site, on a port of loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.asked, server.wait, server.pages, server.down, server.host = [], 0.0, 0, "", f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _recipe(server, **values) -> Recipe:
    return Recipe("ancien", hosts=(server.host,), **values)


def test_crawl(server, tmp_path):
    """Sitemaps and links are followed, robots.txt and the bounds kept, other hosts left; all is in a WARC that is read as any other."""
    told = []
    records = list(live.read(f"http://{server.host}/", _recipe(server), tmp_path, bounds=QUICK, allow_private=True, contact="migration@exemple.quebec", progress=told.append))
    paths = {record.url.partition(server.host)[2]: record for record in records if isinstance(record, Record)}
    left = {one.url.partition(server.host)[2] or one.url: one for one in records if isinstance(one, Damaged)}
    asked = [path for path, _, _ in server.asked]

    home = paths["/"]
    assert home.status == 200 and home.charset == "iso-8859-1" and "L’été" in home.body.decode("cp1252") and home.when
    assert paths["/cachee.html"].is_page  # known by the sitemap only
    assert {"/page1.html", "/doc.pdf", "/image.png", "/grande.png", "/sous/ici/", "/page2.html"} <= set(paths)
    assert paths["/doc.pdf"].kind == "application/pdf"
    assert paths["/vers"].status == 301 and paths["/vers"].location == f"http://{server.host}/arrivee.html#ici" and paths["/arrivee.html"].status == 200
    assert paths["/compresse"].body.decode().startswith("<p>Été") and "/du-compresse" in paths
    assert paths["/absente"].status == 404 and paths["/panne"].status == 500

    assert "/prive/secret.html" not in asked and "robots.txt" in left["/prive/secret.html"].reason and left["/prive/secret.html"].left
    assert asked.count("/boucle1") == asked.count("/boucle2") == 1
    assert asked.count("/panne") == 2 and "500" in left["/panne"].reason
    assert "/enorme" not in paths and "200000 octets" in left["/enorme"].reason
    assert sum(path.startswith("/calendrier") for path in asked) <= 12
    assert max(path.count("/sous/ici") for path in asked) <= 3
    assert len(asked) == len(set(asked)) + sum(asked.count(path) - 1 for path in ("/panne", "/enorme"))
    assert {agent for _, agent, _ in server.asked} == {"Fleuve-migration/1.0 (+migration@exemple.quebec)"}
    assert told and told[-1] == len(paths)

    before = len(server.asked)
    again = list(live.read(f"http://{server.host}/", _recipe(server), tmp_path, bounds=QUICK, allow_private=True))
    assert len(again) == len(records) and len(server.asked) == before  # finished: nothing is asked for again


def test_parameters_of_the_recipe(server, tmp_path):
    """Parameters that do not change the page are left out of addresses."""
    recipe = _recipe(server, addresses=Addresses(parameters=("mois",)))
    done = live.crawl(recipe, tmp_path / "a.warc.gz", start=(f"http://{server.host}/calendrier?mois=0",), bounds=live.Bounds(delay=0, retries=0, timeout=10, file=200_000, pages=15), allow_private=True)
    assert not any("vue" in path for path, _, _ in server.asked)
    assert done.finished and 15 >= done.answers > 3
    assert any("borne" in one.reason for one in done.left)


def test_interrupted_crawl_goes_on(server, tmp_path):
    """A crawl that is killed without warning loses no page and asks for none twice, but for those on their way."""
    server.wait, server.pages = 0.02, 40
    warc = tmp_path / "b.warc.gz"
    job = live._Job(str(warc), [server.host], [f"http://{server.host}/"], "Essai", bounds=QUICK, allow_private=True)
    process = subprocess.Popen([sys.executable, "-m", "migration.sources.live"], stdin=subprocess.PIPE, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.stdin.write(orjson.dumps(asdict(job)))
    process.stdin.close()
    while sum(path.startswith("/page-") for path, _, _ in list(server.asked)) < 12:
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open(warc, "ab") as stream:
        stream.write(b"\x1f\x8b\x08\x00half a record")
    server.wait = 0.0
    first = len(server.asked)
    done = live.crawl(_recipe(server), warc, start=(f"http://{server.host}/",), bounds=QUICK, allow_private=True)
    records = [record for record in archive.read(warc) if isinstance(record, Record)]
    pages = [record.url for record in records if "/page-" in record.url]
    assert done.finished and len(pages) == len(set(pages)) == 40
    assert not [one for one in archive.read(warc) if isinstance(one, Damaged)]
    assert sum(path.startswith("/page-") for path, _, _ in server.asked[first:]) <= 28 + live._AHEAD


def test_site_that_is_down_is_tried_again(server, tmp_path):
    """A site whose robots.txt fails is not visited, and is the next time; the other one is not asked again."""
    recipe = Recipe("deux", hosts=(server.host, server.host.replace("127.0.0.1", "localhost")))
    server.down = "localhost"
    done = live.crawl(recipe, tmp_path / "f.warc.gz", bounds=QUICK, start=(f"http://{server.host}/sous.html",), allow_private=True)
    assert not done.finished and any("503" in one.reason for one in done.left)
    server.down, before = "", len(server.asked)
    done = live.crawl(recipe, tmp_path / "f.warc.gz", bounds=QUICK, start=(f"http://{server.host}/sous.html",), allow_private=True)
    assert done.finished and not any("503" in one.reason for one in done.left)
    assert "/" in [path for path, _, _ in server.asked[before:]] and "/sous.html" not in [path for path, _, _ in server.asked[before:]]


def test_pace(server, tmp_path):
    """One request at a time, with the delay between them."""
    bounds = live.Bounds(delay=0.2, retries=0, timeout=10, pages=5)
    live.crawl(_recipe(server), tmp_path / "c.warc.gz", start=(f"http://{server.host}/",), bounds=bounds, allow_private=True)
    instants = [when for _, _, when in server.asked]
    assert len(instants) > 3
    # scrapy draws each delay between half and one and a half of what is asked.
    assert all(later - earlier > 0.08 for earlier, later in zip(instants, instants[1:]))


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "2130706433"])
def test_private_addresses_are_not_reached(server, tmp_path, name):
    """Neither by number nor by a name that leads there: the address of the connection is what counts."""
    host = f"{name}:{server.server_port}"
    done = live.crawl(Recipe("prive", hosts=(host,)), tmp_path / "d.warc.gz", start=(f"http://{host}/",), bounds=live.Bounds(delay=0, retries=0, timeout=5))
    assert server.asked == [] and done.answers == 0 and not done.finished
    assert any("réseau privé" in one.reason for one in done.left)


@pytest.mark.parametrize("address, public", [
    ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("127.9.9.9", False), ("0.0.0.0", False),
    ("169.254.169.254", False), ("100.100.100.200", False), ("168.63.129.16", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
    ("fe80::1%eth0", False), ("fd00:ec2::254", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True), ("64:ff9b::a00:1", False), ("2002:7f00:1::", False),
    ("2002:808:808::", False), ("64:ff9b::808:808", True), ("nom", False), ("", False)])
def test_public_addresses(address, public):
    assert is_public(address) is public


def test_what_cannot_begin(tmp_path):
    """Said at once, in French, with the remedy."""
    with pytest.raises(SourceError, match="hotes"):
        live.crawl(Recipe("x"), tmp_path / "e.warc.gz")
    with pytest.raises(SourceError, match="n’est pas une adresse des sites"):
        live.crawl(Recipe("x", hosts=("a.example",)), tmp_path / "e.warc.gz", start=("https://b.example/",))
    (tmp_path / "e.warc.gz").write_bytes(b"x")
    with pytest.raises(SourceError, match="déjà là"):
        live.crawl(Recipe("x", hosts=("a.example",)), tmp_path / "e.warc.gz")


def test_sitemap_bombs_and_entities():
    """A sitemap is bounded and its entities are not expanded."""
    assert live.locations(gzip.compress(b"0" * (60 * 1024 * 1024))) == ([], [])
    pages, more = live.locations(b'<!DOCTYPE x [<!ENTITY a "aaa">]><urlset><url><loc>https://a.example/?a=1&amp;b=&a;</loc></url><url><loc><![CDATA[https://a.example/b]]></loc></url></urlset>')
    assert pages == ["https://a.example/?a=1&b=&a;", "https://a.example/b"] and more == []
