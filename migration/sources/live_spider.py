"""The scrapy spider of a crawl: takes waiting addresses, writes answers, adds their links. See live.py, which runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import scrapy
from protego import Protego
from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from migration import media_type
from migration.encoding import decode
from migration.http_body import BodyError, decoded
from migration.private_address import is_public
from migration.record import PAGE_MAX
from migration.sources import live, live_resolver

_TOLD = 20
# Redirects of robots.txt that are followed: « at least five » (RFC 9309, 2.3.1.2).
_HOPS_MAX = 5


class Sites(scrapy.Spider):
    """Crawls the hosts of a job, and nothing else."""

    name = "fleuve"

    def __init__(self, job: live._Job, **_: object) -> None:
        super().__init__()
        self.job = job
        self.sound = True
        self.robots: dict[str, Protego | None] = {}
        self.flying = 0
        self.cursor = 0
        self.sitemaps = 0
        warc = Path(job.warc)
        self.state = live._State(live._state_of(warc))
        self.state.put(variants=job.bounds.variants)
        self.answers, self.bytes = self.state.get("answers"), self.state.get("bytes")
        self.writer = live._Writer(warc, self.state.get("size"), job.agent)

    @classmethod
    def from_crawler(cls, crawler, *args, **kwargs):
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.go_on, signals.spider_idle)
        crawler.signals.connect(spider.end, signals.spider_closed)
        crawler.signals.connect(spider.failed, signals.spider_error)
        return spider

    async def start(self):
        """robots.txt of each host first: it says what may be asked for, and where the sitemaps are."""
        schemes = {live._host(url): urlsplit(url).scheme for url in self.job.start}
        for host in self.job.hosts:
            scheme = schemes.get(host) or urlsplit(self.job.start[0]).scheme
            yield scrapy.Request(f"{scheme}://{host}/robots.txt", self.on_robots, errback=self.on_no_robots, dont_filter=True, priority=10, cb_kwargs={"host": host})

    # --- robots.txt --------------------------------------------------------------------------------------------------------------

    def on_robots(self, response: Response, host: str, hops: int = 0) -> Iterator[scrapy.Request]:
        if response.status >= 500 or response.status == 429 or not self._is_allowed_peer(response):
            yield from self._closed(host, f"robots.txt a répondu {response.status} : le site n’est pas visité (RFC 9309). Réessayez plus tard.")
            return
        if not self.state.get("begun"):
            self._write(response)
        target = live._joined(response.url, _header(response, "Location")) if 300 <= response.status < 400 else ""
        if hops < _HOPS_MAX and live._host(target) in self.job.hosts:
            yield scrapy.Request(target, self.on_robots, errback=self.on_no_robots, dont_filter=True, priority=10, cb_kwargs={"host": host, "hops": hops + 1})
            return
        # 4xx: no rules (RFC 9309, 2.3.1.3). 500 KB are read, as it asks for.
        text = response.body[: 500 * 1024].decode("utf-8", "replace") if response.status == 200 and not media_type.is_markup(response.body) else ""
        rules = self.robots[host] = Protego.parse(text)
        self.state.table.execute("DELETE FROM addresses WHERE key = ?", (_closed_key(host),))
        self._slow_down(rules)
        for url in rules.sitemaps:
            self._add(urljoin(response.url, url), 0, sitemap=True)
        self._add(urljoin(response.url, "/sitemap.xml"), 0, sitemap=True)
        for url in self.job.start:
            if live._host(url) == host:
                self._add(url, 0)
        self._add(urljoin(response.url, "/"), 0)
        yield from self._next()

    def on_no_robots(self, failure: Failure) -> Iterator[scrapy.Request]:
        yield from self._closed(failure.request.cb_kwargs["host"], _reason(failure, self.job.bounds))

    def _closed(self, host: str, reason: str) -> Iterator[scrapy.Request]:
        """A host that cannot be visited: it is told, its addresses wait for another time."""
        self.robots[host] = None
        key = _closed_key(host)
        self.state.add(key, f"https://{host}/robots.txt", 0)
        self.state.table.execute("UPDATE addresses SET state = ?, reason = ? WHERE key = ?", (live._FAILED, reason, key))
        yield from self._next()

    def _slow_down(self, rules: Protego) -> None:
        """Crawl-delay, when it asks for more than ours."""
        asked = min(float(rules.crawl_delay(self.job.agent) or 0), live._CRAWL_DELAY_MAX)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, asked)
        for extension in self.crawler.extensions.middlewares:
            if hasattr(extension, "mindelay"):
                extension.mindelay = max(extension.mindelay, asked)

    # --- Pages -------------------------------------------------------------------------------------------------------------------

    def _next(self) -> Iterator[scrapy.Request]:
        """As many requests as there is room for; none before the robots.txt of all hosts are known."""
        if len(self.robots) < len(self.job.hosts):
            return
        self.state.put(begun=1)
        while self.flying < live._AHEAD and not self._is_full():
            room = min(live._AHEAD, self.job.bounds.pages - self.answers) - self.flying
            rows = self.state.waiting(self.cursor, room)
            if not rows:
                return
            for number, url, depth, sitemap in rows:
                self.cursor = number
                rules = self.robots.get(live._host(url))
                if rules is None:
                    continue  # waits for the next time
                if not rules.can_fetch(url, self.job.agent):
                    self.state.end(number, live._ASIDE, "le fichier robots.txt du site l’interdit : demandez à son organisme, ou donnez une archive.")
                    continue
                self.flying += 1
                known = {"number": number, "depth": depth, "sitemap": sitemap}
                yield scrapy.Request(url, self.on_answer, errback=self.on_error, dont_filter=True, priority=-depth, cb_kwargs=known)

    def _is_full(self) -> bool:
        return self.answers + self.flying >= self.job.bounds.pages or self.bytes >= self.job.bounds.total

    def on_answer(self, response: Response, number: int, depth: int, sitemap: int) -> Iterator[scrapy.Request]:
        self.flying -= 1
        with self.state.at_once():
            if not self._is_allowed_peer(response):
                self.state.end(number, live._FAILED, "l’adresse mène au réseau privé : elle n’est pas visitée.")
            else:
                self._write(response)
                if response.status >= 500:
                    self.state.end(number, live._FAILED, f"le serveur a répondu {response.status}, {self.job.bounds.retries + 1} fois.")
                else:
                    self.state.end(number, live._DONE)
                self._follow(response, depth, sitemap)
        yield from self._next()

    def on_error(self, failure: Failure) -> Iterator[scrapy.Request]:
        self.flying -= 1
        self.state.end(failure.request.cb_kwargs["number"], live._FAILED, _reason(failure, self.job.bounds))
        yield from self._next()

    def _is_allowed_peer(self, response: Response) -> bool:
        """What the resolver has let through, once more, on the connection that was made."""
        return self.job.allow_private or response.ip_address is None or is_public(str(response.ip_address))

    def _follow(self, response: Response, depth: int, sitemap: int) -> None:
        if 300 <= response.status < 400:
            target = _header(response, "Location")
            if target:
                self._add(live._joined(response.url, target), depth + 1, redirect=True, sitemap=bool(sitemap))
            return
        if response.status != 200:
            return
        try:
            body = decoded(response.body, "", _header(response, "Content-Encoding"), PAGE_MAX)
        except BodyError:
            return  # told when the archive is read
        if sitemap:
            pages, more = live.locations(body)
            for url in pages:
                self._add(url, 1)
            for url in more:
                self.sitemaps += 1
                if self.sitemaps <= live._SITEMAPS_MAX:
                    self._add(url, depth, sitemap=True)
            return
        kind, charset = media_type.of_header(_header(response, "Content-Type"))
        if media_type.settled(kind, response.url, body) in ("text/html", "application/xhtml+xml"):
            for url in live.links(decode(body, charset)[0], response.url):
                self._add(url, depth + 1)

    def _add(self, url: str, depth: int, redirect: bool = False, sitemap: bool = False) -> None:
        """Let an address wait, when it is of the site, new, and no trap."""
        try:
            url = live._canonical(url, self.job.parameters) if len(url) <= live._URL_MAX * 2 else ""
        except ValueError:
            return
        if live._host(url) not in self.job.hosts:
            return
        # http and https are the same page, except for the redirect that leads from one to the other.
        key = url if redirect else url.partition("//")[2]
        if redirect and self.state.knows(url.partition("//")[2]) and self._known_as(url):
            return
        if self.state.knows(key):
            return
        if depth > self.job.bounds.depth or live._turns(url):
            self.state.put(deep=self.state.get("deep") + 1)
            return
        path, mark, _ = url.partition("?")
        if mark and not self.job.parameters and not self.state.variant(path, self.job.bounds.variants):
            return
        self.state.add(key, url, depth, sitemap)

    def _known_as(self, url: str) -> bool:
        """Whether the address waits or is done with this very scheme."""
        return self.state.table.execute("SELECT 1 FROM addresses WHERE key = ? AND url = ?", (url.partition("//")[2], url)).fetchone() is not None

    # --- The archive -------------------------------------------------------------------------------------------------------------

    def _write(self, response: Response) -> None:
        request = response.request
        parts = urlsplit(request.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asked = b"".join(b"%s: %s\r\n" % (name, value) for name, values in request.headers.items() for value in values)
        # The body has no chunks left, and all of its length.
        kept = b"".join(
            b"%s: %s\r\n" % (name, value.replace(b"\r", b"").replace(b"\n", b" ")) for name, values in response.headers.items()
            if name.lower() not in (b"transfer-encoding", b"content-length", b"connection") for value in values)
        head = f"{response.protocol or 'HTTP/1.1'} {response.status} \r\n".encode() + kept + f"Content-Length: {len(response.body)}\r\n\r\n".encode()
        asked = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode() + asked + b"\r\n"
        size = self.writer.answer(request.url, asked, head, response.body, str(response.ip_address or ""))
        self.answers += 1
        self.bytes += len(response.body)
        self.state.put(answers=self.answers, bytes=self.bytes, size=size)
        if self.answers % _TOLD == 0:
            print(self.answers, flush=True)

    # --- Beginning and end -------------------------------------------------------------------------------------------------------

    def go_on(self, spider: scrapy.Spider) -> None:
        """Nothing is on its way: what waits is given, if anything."""
        requests = list(self._next())
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def failed(self, failure: Failure, response: Response, spider: scrapy.Spider) -> None:
        """A mistake of ours on one answer: the others go on, the crawl is not called sound."""
        self.sound = False

    def end(self, spider: scrapy.Spider, reason: str) -> None:
        # A host that could not be visited is tried again the next time; what is done is not asked for again.
        if reason == "finished" and self.sound and None not in self.robots.values():
            self.state.put(finished=1)
        print(self.answers, flush=True)
        self.writer.stream.close()
        self.state.table.close()


def _closed_key(host: str) -> str:
    """The key under which it is told that a host cannot be visited; no address has it."""
    return f"robots.txt {host}"


def _header(response: Response, name: str) -> str:
    value = response.headers.get(name)
    return value.decode("utf-8", "replace") if value else ""


def _reason(failure: Failure, bounds: live.Bounds) -> str:
    """Why an address gave nothing, in French."""
    host = urlsplit(failure.request.url).hostname or ""
    if host in live_resolver.refused:
        return "l’adresse mène au réseau privé : elle n’est pas visitée."
    if failure.check(DownloadCancelledError):
        return f"plus de {bounds.file // (1024 * 1024)} Mo : non collecté." if bounds.file >= 1024 * 1024 else f"plus de {bounds.file} octets : non collecté."
    name = failure.type.__name__
    if "DNS" in name or "CannotResolveHost" in name:
        return "ce nom de site n’existe pas (DNS)."
    if "Timeout" in name:
        return f"pas de réponse complète en {bounds.timeout:.0f} secondes, {bounds.retries + 1} fois."
    return f"pas de réponse ({name}), {bounds.retries + 1} fois."
