"""sitemap.xml: every page, when it last changed, and its twins in other languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from fleuve.stages.listing import generated
from fleuve.stages.stage import OutputFile, Stage

# Limits of the protocol (sitemaps.org): a larger file is refused whole.
MAX_URLS = 50_000
MAX_BYTES = 50 * 1024 * 1024

_LOCATION = re.compile("<loc>([^<]*)</loc>")
_CHANGED = re.compile(b"<lastmod>([^<]*)</lastmod>")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HEAD = (b'<?xml version="1.0" encoding="UTF-8"?>\n'
         b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n')
_TAIL = b"</urlset>\n"


class Sitemap(Stage):
    """Writes sitemap.xml; over 50,000 URLs or 50 MB, an index and numbered files. Retired pages are left out."""

    name = "sitemap"

    def extract(self, record: Any, settings: dict) -> list | None:
        if record.retired:
            return None
        return [record.url, last_change(record), record.lang, record.twin or ""]

    def gather(self, extracts: list[list]) -> dict:
        """{text: the <url> elements, a line each, without the origin of the site; latest: day of the latest; languages: of each; away: {line:
        (language, twin)} of the pages whose twin is in another shard}."""
        return _block(extracts)

    def reduce(self, extracts: Iterable[dict], site: Any) -> Iterator[OutputFile]:
        origin = _origin(site.site_url)
        blocks = _resolved([*extracts, _block(list(_listings(site)))])
        parts = list(_parts((_absolute(text, origin).encode(), latest) for text, latest in blocks))
        if len(parts) <= 1:
            yield "sitemap.xml", _HEAD + (parts[0][0] if parts else b"") + _TAIL
            return
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        for name, (body, _) in zip(names, parts):
            yield name, _HEAD + body + _TAIL
        yield "sitemap.xml", _index(site.site_url, names, [changed for _, changed in parts])


def last_change(record: Any) -> str:
    """The day on which the page last changed, as the front matter says, or ''."""
    for value in (record.updated, record.date):
        if value and (day := _DAY.match(value)):
            return day[0]
    return ""


def _listings(site: Any) -> Iterator[list]:
    for listings in generated(site):
        for listing in listings.values():
            twin = next((site.base + other.path for other in listings.values() if other is not listing), "")
            yield [site.base + listing.path, "", listing.lang, twin]


def _origin(site_url: str) -> str:
    parts = urlsplit(site_url)
    return f"{parts.scheme}://{parts.netloc}"


def _block(entries: list[list]) -> dict:
    languages = {url: lang for url, _, lang, _ in entries}
    lines, away = [], {}
    for url, changed, lang, twin in entries:
        if twin and twin not in languages:
            away[str(len(lines))] = lang, twin
        links = _links(lang, url, languages[twin], twin) if twin in languages else ""
        lines.append(f"<url><loc>{_escape(url)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}{links}</url>\n")
    return {"text": "".join(lines), "latest": max((changed for _, changed, _, _ in entries), default=""), "languages": " ".join(lang for _, _, lang, _ in entries), "away": away}


def _links(lang: str, url: str, other: str, twin: str) -> str:
    pair = sorted(((lang, url), (other, twin)))
    return "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{_escape(href)}"/>' for code, href in pair)


def _resolved(blocks: list[dict]) -> Iterator[tuple[str, str]]:
    """Text and latest day of each block, twins of other shards found. A twin that is not listed itself is no alternate."""
    listed = {}
    if any(block["away"] for block in blocks):
        listed = {url: lang for block in blocks for url, lang in zip(_LOCATION.findall(block["text"]), block["languages"].split())}
    for block in blocks:
        lines = block["text"].splitlines(True) if block["away"] else ()
        for line, (lang, twin) in block["away"].items():
            if other := listed.get(_escape(twin)):
                known = lines[int(line)]
                lines[int(line)] = known.replace("</url>", _links(lang, unescape(_LOCATION.search(known)[1]), other, twin) + "</url>")
        yield "".join(lines) or block["text"], block["latest"]


def _absolute(text: str, origin: str) -> str:
    return text.replace("<loc>/", f"<loc>{origin}/").replace('href="/', f'href="{origin}/')


def _escape(url: str) -> str:
    if "&" in url or "'" in url or "<" in url:
        return url.replace("&", "&amp;").replace("'", "&apos;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return url


def _parts(blocks: Iterable[tuple[bytes, str]]) -> Iterator[tuple[bytes, str]]:
    """Elements, a line each, gathered in bodies that keep within the limits, each with its latest day."""
    body: list[bytes] = []
    empty = MAX_BYTES - len(_HEAD) - len(_TAIL)
    room, places, latest = empty, MAX_URLS, ""
    for block, day in blocks:
        whole = block.count(b"\n") <= places and len(block) <= room
        for element, changed in ((block, day),) if whole else _elements(block):
            if body and (not places or len(element) > room):
                yield b"".join(body), latest
                body, room, places, latest = [], empty, MAX_URLS, ""
            body.append(element)
            room, places, latest = room - len(element), places - element.count(b"\n"), max(latest, changed)
    if body:
        yield b"".join(body), latest


def _elements(block: bytes) -> Iterator[tuple[bytes, str]]:
    for line in block.splitlines(True):
        day = _CHANGED.search(line)
        yield line, day[1].decode() if day else ""


def _index(site_url: str, names: list[str], days: list[str]) -> bytes:
    lines = [f"<sitemap><loc>{_escape(site_url)}{name}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>\n"
             for name, day in zip(names, days)]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            + "".join(lines) + "</sitemapindex>\n").encode()
