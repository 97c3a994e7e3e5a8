"""sitemap.xml: every page, when it last changed, and its twins in other languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from fleuve.stages.listing import generated
from fleuve.stages.stage import OutputFile, Stage

# Limits of the protocol (sitemaps.org): a larger file is refused whole.
MAX_URLS = 50_000
MAX_BYTES = 50 * 1024 * 1024

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

    def reduce(self, extracts: Iterable[list], site: Any) -> Iterator[OutputFile]:
        origin = _origin(site.site_url)
        entries = [*extracts, *_listings(site)]
        languages = {url: lang for url, _, lang, _ in entries}
        parts = list(_parts(_entries(entries, languages, origin)))
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


def _entries(entries: Iterable[list], languages: dict[str, str], origin: str) -> Iterator[tuple[bytes, str]]:
    """The <url> element of each page, and its day. A twin that is not listed itself is no alternate."""
    for url, changed, lang, twin in entries:
        address = origin + _escape(url)
        text = f"<url><loc>{address}</loc>"
        if changed:
            text += f"<lastmod>{changed}</lastmod>"
        if twin and (other := languages.get(twin)):
            pair = sorted(((lang, address), (other, origin + _escape(twin))))
            text += "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{href}"/>' for code, href in pair)
        yield f"{text}</url>\n".encode(), changed


def _escape(url: str) -> str:
    if "&" in url or "'" in url or "<" in url:
        return url.replace("&", "&amp;").replace("'", "&apos;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return url


def _parts(elements: Iterable[tuple[bytes, str]]) -> Iterator[tuple[bytes, str]]:
    """Elements gathered in bodies that keep within the limits, each with its latest day."""
    body: list[bytes] = []
    room, latest = MAX_BYTES - len(_HEAD) - len(_TAIL), ""
    for element, changed in elements:
        if body and (len(body) == MAX_URLS or len(element) > room):
            yield b"".join(body), latest
            body, room, latest = [], MAX_BYTES - len(_HEAD) - len(_TAIL), ""
        body.append(element)
        room -= len(element)
        if changed > latest:
            latest = changed
    if body:
        yield b"".join(body), latest


def _index(site_url: str, names: list[str], days: list[str]) -> bytes:
    lines = [f"<sitemap><loc>{_escape(site_url)}{name}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>\n"
             for name, day in zip(names, days)]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            + "".join(lines) + "</sitemapindex>\n").encode()
