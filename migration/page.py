"""One old page: from the bytes that its address answered to Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from migration.convert import Converted, convert
from migration.encoding import decode
from migration.extract import Extracted, extract
from migration.recipe import Recipe
from migration.record import Record
from migration.template import Template


@dataclass(frozen=True, slots=True)
class Page:
    """An old page and what became of it: its main content as found, and as converted."""

    url: str
    encoding: str
    extracted: Extracted
    converted: Converted
    frames: tuple[str, ...] = ()
    """Addresses of the frames that a frameset shows: one of them has its content."""

    def to_json(self) -> dict[str, object]:
        """Return all that is known of the page, with the keys that `migrate page --json` prints."""
        found, done = self.extracted, self.converted
        return {
            "url": self.url, "title": found.title, "description": found.description, "language": found.lang, "declared_language": found.declared_lang,
            "dates": {"published": found.published, "modified": found.modified}, "breadcrumb": list(found.breadcrumb), "twin": found.twin, "organism": found.organism,
            "confidence": round(found.confidence, 3), "method": found.method, "remarks": list(found.remarks), "encoding": self.encoding,
            "markdown": done.markdown, "text": found.text, "links": [link._asdict() for link in done.links], "media": list(done.media), "downloads": list(done.downloads),
            "forms": list(done.forms), "anchors": list(done.anchors), "losses": list(done.losses), "counts": {name: list(pair) for name, pair in done.counts.items()}, "frames": list(self.frames),
        }


def make(record: Record, template: Template | None = None, recipe: Recipe | None = None) -> Page:
    """Convert what an address answered.

    Takes a record that `is_page`; the template of its site, if it has been learned; the site's recipe, if there is one. Never raises for what
    the page holds: what could not be understood is in its confidence and its remarks.
    """
    html, encoding = decode(record.body, record.charset)
    found = extract(html, record.url, template, recipe, record.hints)
    done = convert(found.html, record.url, found.lang or (recipe.lang if recipe else "fr"), found.title)
    return Page(record.url, encoding, found, done, _frames(html, record.url))


_FRAME = re.compile(r"<frame\b[^>]*?\ssrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)


def _frames(html: str, url: str) -> tuple[str, ...]:
    if "<frameset" not in html[:20_000].lower():
        return ()
    return tuple(urljoin(url, source) for source in _FRAME.findall(html[:100_000])[:20])
