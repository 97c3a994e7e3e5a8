"""A site that is alive: crawled politely into a WARC, which is then read as any other.

    robots.txt ─► sitemaps, home page ─► waiting addresses (SQLite) ─► scrapy, one request at a time a host ─► WARC ─► their links ─► waiting…

scrapy keeps the pace, retries, and reads HTTP; its reactor cannot start twice in a process, so that it runs in one of its own
(`python -m migration.sources.live`). What waits and what is done is in a file beside the WARC, written with each answer: a crawl that was stopped, even
killed, goes on where it was, and one that is finished is not begun again. No address that is not on the public Internet is reached: what is checked is
each address that a connection is about to be made to.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from html import unescape
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl, quote, urldefrag, urlencode, urljoin, urlsplit

from fastwarc.warc import WarcRecord, WarcRecordType

from migration.http_body import BodyError, inflated
from migration.recipe import Recipe
from migration.record import FILE_MAX, Damaged, Record, SourceError

_GIGA = 1024**3
_URL_MAX = 2000
_SEGMENTS_MAX = 25
# A sitemap has at most 50,000 addresses and 50 MB (https://www.sitemaps.org/protocol.html).
_SITEMAP_MAX = 50 * 1024 * 1024
_SITEMAPS_MAX = 1000
_LINKS_MAX = 20_000
# Requests given to scrapy ahead of need; the others wait in the file.
_AHEAD = 8
_CRAWL_DELAY_MAX = 60.0
# Names of sessions in a query: the same page under endless addresses.
_SESSION = re.compile(r"(?:jsessionid|phpsessid|aspsessionid\w*|cfid|cftoken|sessionid|sid|utm_\w+|fbclid|gclid)", re.IGNORECASE)
_LOCATION = re.compile(r"<loc>([^<]{1,2000}|<!\[CDATA\[[^<]{1,2000}\]\]>)</loc>")
_LINKS = (
    "a[href]", "area[href]", "frame[src]", "iframe[src]", "img[src]", "source[src]", "video[src]", "audio[src]", "embed[src]", "object[data]",
    'link[rel="alternate"][href]', 'link[rel="next"][href]')


@dataclass(frozen=True)
class Bounds:
    """How far a crawl goes, and how fast."""

    pages: int = 100_000
    """Answers kept."""
    depth: int = 30
    """Links followed one after the other from the home page or a sitemap: where a calendar without end stops."""
    file: int = FILE_MAX
    """Bytes of one answer."""
    total: int = 50 * _GIGA
    """Bytes of all."""
    variants: int = 500
    """Queries of one path, when the recipe does not say which parameters change the page."""
    delay: float = 1.0
    """Seconds between two requests to a host; robots.txt may ask for more."""
    timeout: float = 180.0
    """Seconds for one answer."""
    retries: int = 2


@dataclass(frozen=True)
class Crawled:
    """What a crawl gave: answers kept in all, whether it reached its end, and what it did not keep, each with its reason."""

    answers: int = 0
    finished: bool = False
    left: tuple[Damaged, ...] = ()


@dataclass
class _Job:
    """What the process of a crawl is told."""

    warc: str
    hosts: list[str]
    start: list[str]
    agent: str
    parameters: list[str] = field(default_factory=list)
    bounds: Bounds = field(default_factory=Bounds)
    allow_private: bool = False


def read(url: str, recipe: Recipe, folder: Path, **options: object) -> Iterator[Record | Damaged]:
    """Crawl a site into `folder`, unless that is done, and give the answers, then what could not be had.

    Takes an address to begin with, on a host of the recipe (SourceError at once when it is not), and the options of `crawl`. The crawl begins with
    the first record asked for.
    """
    _starts(recipe, (url,))
    return _read(url, recipe, folder, options)


def _read(url: str, recipe: Recipe, folder: Path, options: dict[str, object]) -> Iterator[Record | Damaged]:
    from migration.sources import warc

    file = folder / f"{recipe.name or 'site'}.warc.gz"
    done = crawl(recipe, file, start=(url,), **options)
    if file.exists():
        yield from warc.read(file)
    yield from done.left


def crawl(
    recipe: Recipe, warc: Path, start: Sequence[str] = (), bounds: Bounds = Bounds(), allow_private: bool = False, contact: str = "",
    progress: Callable[[int], None] | None = None,
) -> Crawled:
    """Crawl the hosts of a recipe into a WARC, or go on with a crawl that was stopped.

    Takes the recipe, the .warc.gz to write, the addresses to begin with (home pages of its hosts when empty), how far and how fast, whether addresses
    of the private network are reached (tests only), whom the site's keepers may write to (else the environment variable FLEUVE_CONTACT), and what
    is told the number of answers now and then. Raises SourceError when it cannot begin.
    """
    job = _Job(
        str(warc.resolve()), list(recipe.hosts), _starts(recipe, start), _agent(contact or os.environ.get("FLEUVE_CONTACT", "")),
        list(recipe.addresses.parameters), bounds, allow_private)
    if warc.exists() and not _state_of(warc).exists():
        raise SourceError(f"« {warc.name} » est déjà là et n’est pas d’une collecte de Fleuve : donnez-le comme source, ou déplacez-le.")
    warc.parent.mkdir(parents=True, exist_ok=True)
    with _State(_state_of(warc)) as state:
        finished = state.get("finished")
    if not finished:
        _run(job, progress)
    with _State(_state_of(warc)) as state:
        return Crawled(state.get("answers"), bool(state.get("finished")), tuple(state.left()))


def _starts(recipe: Recipe, start: Sequence[str]) -> list[str]:
    if not recipe.hosts:
        raise SourceError("« hotes » manque dans la recette : les noms du site que la collecte peut visiter.")
    starts = list(start) or [f"https://{host}/" for host in recipe.hosts]
    for url in starts:
        if _host(url) not in recipe.hosts:
            raise SourceError(f"« {url} » n’est pas une adresse des sites de la recette ({', '.join(recipe.hosts)}) : corrigez « sources » ou « hotes ».")
    return starts


def _agent(contact: str) -> str:
    contact = re.sub(r"[^!-~]|[()]", "", contact)[:200]
    return f"Fleuve-migration/1.0 (+{contact})" if contact else "Fleuve-migration/1.0"


def _run(job: _Job, progress: Callable[[int], None] | None) -> None:
    """The crawl, in a process of its own; it tells the number of answers, one a line."""
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))}
    with subprocess.Popen(
        [sys.executable, "-m", "migration.sources.live"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True,
    ) as process:
        process.stdin.write(json.dumps(asdict(job)))
        process.stdin.close()
        try:
            for line in process.stdout:
                if progress and line.strip().isdigit():
                    progress(int(line))
        except KeyboardInterrupt:
            process.wait()  # the terminal tells both; scrapy ends what it has begun
            raise
    if process.returncode:
        raise SourceError("La collecte s’est arrêtée avant sa fin : relancez la commande, elle reprendra où elle en était.")


def _state_of(warc: Path) -> Path:
    return warc.with_name(warc.name + ".etat")


# --- What waits and what is done -------------------------------------------------------------------------------------------------

_WAITING, _DONE, _FAILED, _ASIDE = range(4)


class _State:
    """The addresses of a crawl, in a file that a killed process leaves whole (SQLite, write-ahead log)."""

    def __init__(self, file: Path) -> None:
        try:
            self.table = sqlite3.connect(file, isolation_level=None)
            self.table.execute("PRAGMA journal_mode = WAL")
            self.table.execute("PRAGMA synchronous = NORMAL")
            self.table.executescript(
                "CREATE TABLE IF NOT EXISTS addresses (id INTEGER PRIMARY KEY, key TEXT UNIQUE, url TEXT, depth INTEGER, sitemap INTEGER, state INTEGER, reason TEXT);"
                "CREATE INDEX IF NOT EXISTS waiting ON addresses (state, id);"
                "CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER);"
                "CREATE TABLE IF NOT EXISTS queries (path TEXT PRIMARY KEY, count INTEGER);")
        except sqlite3.DatabaseError:
            raise SourceError(f"« {file.name} » est endommagé : supprimez-le avec l’archive de même nom, et relancez la collecte.") from None

    def __enter__(self) -> _State:
        return self

    def __exit__(self, *_: object) -> None:
        self.table.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All that is written within, or nothing."""
        self.table.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.table.execute("ROLLBACK")
            raise
        self.table.execute("COMMIT")

    def get(self, name: str) -> int:
        row = self.table.execute("SELECT value FROM numbers WHERE name = ?", (name,)).fetchone()
        return row[0] if row else 0

    def put(self, **values: int) -> None:
        self.table.executemany("INSERT INTO numbers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", values.items())

    def add(self, key: str, url: str, depth: int, sitemap: bool = False) -> bool:
        """Whether the address was new."""
        row = (key, url, depth, sitemap)
        return bool(self.table.execute("INSERT OR IGNORE INTO addresses (key, url, depth, sitemap, state) VALUES (?, ?, ?, ?, 0)", row).rowcount)

    def knows(self, key: str) -> bool:
        return self.table.execute("SELECT 1 FROM addresses WHERE key = ?", (key,)).fetchone() is not None

    def end(self, number: int, state: int, reason: str = "") -> None:
        self.table.execute("UPDATE addresses SET state = ?, reason = ? WHERE id = ?", (state, reason, number))

    def waiting(self, after: int, most: int) -> list[tuple[int, str, int, int]]:
        return self.table.execute("SELECT id, url, depth, sitemap FROM addresses WHERE state = 0 AND id > ? ORDER BY id LIMIT ?", (after, most)).fetchall()

    def variant(self, path: str, most: int) -> bool:
        """Count one more query of a path; whether there may be."""
        row = self.table.execute("SELECT count FROM queries WHERE path = ?", (path,)).fetchone()
        if row and row[0] > most:
            return False
        self.table.execute("INSERT INTO queries VALUES (?, 1) ON CONFLICT (path) DO UPDATE SET count = count + 1", (path,))
        return not row or row[0] < most

    def left(self) -> Iterator[Damaged]:
        """What was not kept, in the order of the addresses, and the bounds that were met."""
        for url, state, reason in self.table.execute("SELECT url, state, reason FROM addresses WHERE state > 1 ORDER BY url"):
            yield Damaged(url, reason, left=state == _ASIDE)
        for path, count in self.table.execute("SELECT path, count FROM queries WHERE count > (SELECT value FROM numbers WHERE name = 'variants') ORDER BY path"):
            reason = f"plus de {count - 1} adresses « ?… » : les suivantes ne sont pas collectées. Dites dans la recette quels paramètres changent la page."
            yield Damaged(path, reason, left=True)
        waiting = self.table.execute("SELECT count(*) FROM addresses WHERE state = 0").fetchone()[0]
        if waiting and self.get("finished"):
            yield Damaged("collecte", f"la borne de pages ou d’octets est atteinte : {waiting} adresses connues ne sont pas collectées.", left=True)
        deep = self.get("deep")
        if deep:
            yield Damaged("collecte", f"{deep} liens trop profonds, trop longs ou qui tournent en rond ne sont pas suivis (un calendrier sans fin ?).", left=True)


# --- Addresses -------------------------------------------------------------------------------------------------------------------


def _host(url: str) -> str:
    """The name, with the port when it is not that of the scheme; « » for what is not of the web or holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return ""
    return parts.hostname if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{parts.hostname}:{port}"


def _canonical(url: str, parameters: Sequence[str]) -> str:
    """The address without fragment, session, and parameters that do not change the page; its host in lower case."""
    url = urldefrag(url.strip())[0]
    url = re.sub(r"[^!-~]|[<>\"`{}|\\^]", lambda match: quote(match[0]), url)
    parts = urlsplit(url)
    path = re.sub(r";jsessionid=[^/?]*", "", parts.path, flags=re.IGNORECASE) or "/"
    query = parts.query
    if query:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
        kept = [(name, value) for name, value in pairs if (name in parameters if parameters else not _SESSION.fullmatch(name))]
        query = query if len(kept) == len(pairs) else urlencode(kept)
    return parts._replace(netloc=parts.netloc.lower(), path=path, query=query).geturl()


def _turns(url: str) -> bool:
    """Whether a path is too long, or says the same names again and again (« /a/b/a/b/a/b »), as relative links of a wrong base make it."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return len(url) > _URL_MAX or len(segments) > _SEGMENTS_MAX or any(segments.count(one) > 3 for one in set(segments) if not one.isdigit())


def links(html: str, url: str) -> list[str]:
    """Return the addresses that a page leads to (links, frames, images, media), absolute, in their order."""
    import turbohtml

    document = turbohtml.parse(html, positions=False)
    base = url
    element = document.select_one("base[href]")
    if element is not None:
        base = _joined(url, element.attrs["href"]) or url
    found: dict[str, None] = {}
    for element in document.select(", ".join(_LINKS))[:_LINKS_MAX]:
        attributes = element.attrs
        found[_joined(base, attributes.get("href") or attributes.get("src") or attributes.get("data") or "")] = None
    for element in document.select("[srcset]")[:_LINKS_MAX]:
        for part in (element.attrs["srcset"] or "").split(",")[:20]:
            found[_joined(base, part.strip().partition(" ")[0])] = None
    for element in document.select("meta[http-equiv][content]")[:20]:
        match = re.search(r"url\s*=\s*['\"]?([^'\"]+)", element.attrs["content"] or "", re.IGNORECASE)
        if match and (element.attrs["http-equiv"] or "").lower() == "refresh":
            found[_joined(base, match[1])] = None
    found.pop("", None)
    return list(found)


def _joined(base: str, link: str | None) -> str:
    try:
        return urljoin(base, (link or "").strip()) if link and len(link) <= _URL_MAX else ""
    except ValueError:
        return ""


def locations(body: bytes) -> tuple[list[str], list[str]]:
    """Return the pages and the further sitemaps that a sitemap (XML, .gz, or a line an address) names."""
    try:
        data = inflated(body, _SITEMAP_MAX) if body[:2] == b"\x1f\x8b" else body[:_SITEMAP_MAX]
    except BodyError:
        return [], []
    text = data.decode("utf-8", "replace")
    if "<loc" not in text:
        return [line.strip() for line in text.splitlines()[:50_000] if line.startswith(("http://", "https://"))], []
    # No XML parser: what is looked for is one element, and a file from elsewhere has no entity to be expanded.
    found = [unescape(re.sub(r"<!\[CDATA\[|\]\]>", "", match[1])).strip() for match in islice(_LOCATION.finditer(text), 50_000)]
    return ([], found) if "<sitemapindex" in text[:5000] else (found, [])


# --- The archive -----------------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes answers in a WARC 1.1, a gzip member a record, after what a crawl that was stopped has written for sure."""

    def __init__(self, file: Path, size: int, agent: str) -> None:
        self.stream = open(file, "r+b" if file.exists() else "w+b")
        self.stream.truncate(size)
        self.stream.seek(size)
        if not size:
            fields = f"software: Fleuve\r\nhttp-header-user-agent: {agent}\r\nformat: WARC File Format 1.1\r\n"
            self._write(WarcRecordType.warcinfo, "", fields.encode(), "application/warc-fields")

    def answer(self, url: str, request: bytes, head: bytes, body: bytes, address: str) -> int:
        """Write a request and its answer. Returns the size of the file, all of it given to the system."""
        number = self._write(WarcRecordType.response, url, head + body, "application/http; msgtype=response", address)
        self._write(WarcRecordType.request, url, request, "application/http; msgtype=request", concurrent=number)
        self.stream.flush()
        return self.stream.tell()

    def _write(self, kind: WarcRecordType, url: str, content: bytes, media: str, address: str = "", concurrent: str = "") -> str:
        record = WarcRecord()
        record.init_headers(kind)
        if url:
            record.headers["WARC-Target-URI"] = url
        if address:
            record.headers["WARC-IP-Address"] = address
        if concurrent:
            record.headers["WARC-Concurrent-To"] = concurrent
        record.headers["Content-Type"] = media
        record.set_bytes_content(content)
        if kind == WarcRecordType.response:
            record.parse_http()  # for the digest of the payload
        buffer = io.BytesIO()
        record.write(buffer, checksum_data=True)
        self.stream.write(gzip.compress(buffer.getvalue(), 6, mtime=0))
        return record.record_id or ""


# --- The process of a crawl ------------------------------------------------------------------------------------------------------


def _settings(job: _Job) -> dict[str, object]:
    bounds = job.bounds
    return {
        "USER_AGENT": job.agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fr,en;q=0.8", "Accept-Encoding": "gzip"},
        # Pace: one request at a time, slower where the site is slow.
        "CONCURRENT_REQUESTS": max(4, len(job.hosts)), "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": bounds.delay,
        "AUTOTHROTTLE_ENABLED": bounds.delay > 0, "AUTOTHROTTLE_START_DELAY": bounds.delay, "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "AUTOTHROTTLE_MAX_DELAY": _CRAWL_DELAY_MAX,
        "RETRY_TIMES": bounds.retries, "DOWNLOAD_TIMEOUT": bounds.timeout, "DOWNLOAD_MAXSIZE": bounds.file, "DOWNLOAD_WARNSIZE": 0,
        # The archive keeps what was answered: redirects, errors and compressed bodies as they are. robots.txt is read here (see Protego below).
        "REDIRECT_ENABLED": False, "METAREFRESH_ENABLED": False, "COMPRESSION_ENABLED": False, "HTTPERROR_ALLOW_ALL": True, "ROBOTSTXT_OBEY": False,
        "COOKIES_ENABLED": False, "REFERER_ENABLED": False,
        # A proxy of the environment would make connections that are not checked.
        "HTTPPROXY_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "LOG_ENABLED": False,
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver" if job.allow_private else "migration.sources.live_resolver.PublicResolver",
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None},
    }


def main() -> int:
    """Run the crawl that standard input describes (JSON); the state file says how it went."""
    from scrapy.crawler import CrawlerProcess

    from migration.sources.live_spider import Sites

    values = json.load(sys.stdin)
    job = _Job(**{**values, "bounds": Bounds(**values["bounds"])})
    process = CrawlerProcess(_settings(job), install_root_handler=False)
    crawler = process.create_crawler(Sites)
    process.crawl(crawler, job=job)
    process.start()
    return 0 if crawler.spider is not None and crawler.spider.sound else 1


if __name__ == "__main__":
    # scrapy imports this module by its name: the same classes on both sides.
    from migration.sources import live

    sys.exit(live.main())
