"""Access logs: which old addresses people still ask for, and how many times. Apache, nginx (common, combined, with the host first), IIS (W3C), plain or .gz.

What people used counts even where it answers 404: a link somewhere leads there. Robots, images and scripts are left out, so are the addresses of
people: nothing of who asked is kept.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from migration.record import Damaged, Hits
from migration.recipe import Recipe

# Distinct addresses counted in memory, some 40 MB; then they go to a temporary file.
_COUNTED_MAX = 200_000
# The longest line that is read: servers refuse requests of more than 8 KB (LimitRequestLine of Apache), to which an agent and a referrer are added.
_LINE_MAX = 64 * 1024
_STATUS = frozenset((b"200", b"301", b"302", b"303", b"304", b"307", b"308", b"404", b"410"))

# Programs that are no people. Words of the list of https://github.com/monperrus/crawler-user-agents (MIT) that cover most of it, and monitoring.
_ROBOT = re.compile(
    rb"bot\b|bot[/;_-]|crawl|spider|slurp|archiver|scan(?:ner)?\b|monitor|pingdom|uptime|curl/|wget|python-|java/|libwww|httpclient|okhttp|go-http|"
    rb"headless|lighthouse|facebookexternalhit|preview|feedfetcher|mediapartners|nagios|zabbix|check_http|validator|phantomjs|scrapy|axios|nutch", re.IGNORECASE)
_ASSET = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|eot|otf|swf|axd)$|/(?:robots\.txt|favicon\.ico|sitemap[^/]*\.xml(?:\.gz)?)$", re.IGNORECASE)

# [vhost[:port]] address ident user [date] "request" status size ["referrer" "agent"] …
_APACHE = re.compile(
    rb'(?:(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,}|localhost)(?P<port>:\d{1,5})? )?(?P<client>\S+) \S+ (?:\S+|"[^"]*") \[[^\]]{1,60}\] '
    rb'"(?P<method>[A-Z]+) (?P<target>(?:[^"\\]|\\.)*?)(?: HTTP/[\d.]+)?" (?P<status>\d{3}) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "(?P<agent>(?:[^"\\]|\\.)*)")?(?P<rest>.*)')
_ESCAPE = re.compile(rb"\\x([0-9A-Fa-f]{2})|\\(.)")
_UNSAFE = re.compile(r"[^!-~]|[<>\"`{}|\\^]")
_ABSOLUTE = re.compile(r"(https?)://([^/?#]+)(/[^\s]*)?", re.IGNORECASE)


def read(files: Sequence[Path], recipe: Recipe) -> Iterator[Hits | Damaged]:
    """Give each address asked for in logs, the most asked first, then the files with lines that could not be read.

    Takes files read as one log. The host is that of the line when it has one (vhost first, cs-host), else `recipe.hosts[0]`; other sites' lines
    are left out. Memory is bounded: beyond 200,000 addresses they are counted in a temporary file.
    """
    with _Tally() as tally:
        damaged = []
        for file in files:
            reason = _count(file, recipe, tally)
            if reason:
                damaged.append(Damaged(file.name, reason))
        yield from (Hits(url, count) for url, count in tally.result())
        yield from damaged


def is_log(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an access log."""
    if head.startswith((b"#Software: Microsoft", b"#Version: 1.0")) or b"\n#Fields:" in head or head.startswith(b"#Fields:"):
        return True
    lines = [line for line in head.split(b"\n")[:20] if line.strip()]
    return bool(lines) and sum(bool(_APACHE.match(line)) for line in lines) * 2 > len(lines)


@lru_cache(maxsize=16_384)
def _is_robot(agent: bytes) -> bool:
    return bool(_ROBOT.search(agent))


def _count(file: Path, recipe: Recipe, tally: _Tally) -> str:
    """Count the lines of a file. Returns what was wrong in it, in French, « » for nothing."""
    reader = _Lines(recipe)
    read = wrong = 0
    try:
        with _opened(file) as stream:
            while line := stream.readline(_LINE_MAX):
                if line[-1:] != b"\n" and len(line) == _LINE_MAX:
                    wrong += 1
                    while (line := stream.readline(_LINE_MAX)) and line[-1:] != b"\n":
                        pass
                    continue
                read += 1
                found = reader.url(line)
                if found is None:
                    wrong += 1
                elif found:
                    tally.add(found)
    except (OSError, EOFError, zlib.error) as error:
        return f"journal endommagé ou coupé ({getattr(error, 'strerror', None) or 'compression gzip'}) : {read} lignes ont été lues."
    return f"{wrong} lignes sur {read} n’ont pas la forme d’un journal Apache, nginx ou IIS : elles ne sont pas comptées." if wrong else ""


def _opened(file: Path):
    stream = open(file, "rb")
    if stream.read(2) == b"\x1f\x8b":
        stream.close()
        return gzip.open(file, "rb")
    stream.seek(0)
    return stream


class _Lines:
    """Reads the lines of one file; knows the fields that IIS announced."""

    def __init__(self, recipe: Recipe) -> None:
        self.hosts = {host.partition(":")[0].lower() for host in recipe.hosts}
        self.host = recipe.hosts[0] if recipe.hosts else ""
        self.fields: dict[bytes, int] = {}

    def url(self, line: bytes) -> str | None:
        """The address that a line asks for; « » when it does not count, None when the line cannot be read."""
        if line[:1] == b"#":
            if line[:8] == b"#Fields:":
                self.fields = {name: place for place, name in enumerate(line[8:].split())}
            return ""
        if not line.strip():
            return ""
        return self._w3c(line) if self.fields else self._apache(line)

    def _apache(self, line: bytes) -> str | None:
        match = _APACHE.match(line)
        if not match:
            # A port scan or a request that is not HTTP leaves « "-" » or binary: a line of the log, but of no page.
            return "" if b'] "' in line else None
        agent = match["agent"] or b""
        if match["status"] not in _STATUS or match["method"] not in (b"GET", b"HEAD", b"POST") or _is_robot(agent):
            return ""
        target = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else found[2], match["target"]) if b"\\" in match["target"] else match["target"]
        return self._address((match["host"] or b"").decode(), target)

    def _w3c(self, line: bytes) -> str | None:
        values = line.split()
        if len(values) < len(self.fields):
            return None
        def value(name: bytes) -> bytes:
            place = self.fields.get(name)
            return b"" if place is None or values[place] == b"-" else values[place]
        if value(b"sc-status") not in _STATUS or value(b"cs-method") not in (b"GET", b"HEAD", b"POST") or _is_robot(value(b"cs(User-Agent)")):
            return ""
        query = value(b"cs-uri-query")
        # IIS adds its errors to the query: « id=3|12|80004005|… ».
        query = re.sub(rb"\|\d+\|[0-9a-fA-F]{8}\|.*", b"", query)
        return self._address(value(b"cs-host").decode("ascii", "ignore"), value(b"cs-uri-stem") + (b"?" + query if query else b""))

    def _address(self, host: str, target: bytes) -> str:
        try:
            text = target.decode()
        except UnicodeDecodeError:
            text = target.decode("cp1252", "replace")
        absolute = _ABSOLUTE.fullmatch(text)
        if absolute:  # a proxy's request line
            host, text = absolute[2], absolute[3] or "/"
        if not text.startswith("/"):
            return ""
        text = text.partition("#")[0]
        host = host.lower().rpartition("@")[2]
        name = host.partition(":")[0]
        if name and self.hosts and name not in self.hosts or _ASSET.search(text.partition("?")[0]):
            return ""
        host = re.sub(r":(?:80|443)$", "", host) or self.host
        return f"https://{host}{_UNSAFE.sub(lambda match: quote(match[0]), text)}" if host else ""


class _Tally:
    """Counts addresses: in memory, and in a temporary file when there are too many."""

    def __init__(self, most: int = _COUNTED_MAX) -> None:
        self.most = most
        self.counts: Counter[str] = Counter()
        self.folder: TemporaryDirectory[str] | None = None
        self.table: sqlite3.Connection | None = None

    def __enter__(self) -> _Tally:
        return self

    def __exit__(self, *_: object) -> None:
        if self.table:
            self.table.close()
        if self.folder:
            self.folder.cleanup()

    def add(self, url: str) -> None:
        self.counts[url] += 1
        if len(self.counts) > self.most:
            self._pour()

    def result(self) -> Iterator[tuple[str, int]]:
        """Addresses and counts, the most asked first, then by address."""
        if not self.table:
            yield from sorted(self.counts.items(), key=lambda one: (-one[1], one[0]))
            return
        self._pour()
        yield from self.table.execute("SELECT url, count FROM hits ORDER BY count DESC, url")

    def _pour(self) -> None:
        if not self.table:
            self.folder = TemporaryDirectory(prefix="fleuve-")
            self.table = sqlite3.connect(Path(self.folder.name) / "hits.db", isolation_level=None)
            self.table.execute("PRAGMA synchronous = OFF")
            self.table.execute("PRAGMA journal_mode = OFF")
            self.table.execute("CREATE TABLE hits (url TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID")
        self.table.execute("BEGIN")
        self.table.executemany(
            "INSERT INTO hits VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET count = count + excluded.count", sorted(self.counts.items()))
        self.table.execute("COMMIT")
        self.counts.clear()
