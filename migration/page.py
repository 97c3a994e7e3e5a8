"""One old page: from the bytes that its address answered to Markdown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from migration import frames, mkdocs_page
from migration.convert import Converted, convert
from migration.encoding import decode
from migration.extract import Extracted, extract
from migration.frames import Framed
from migration.recipe import Recipe
from migration.record import Record
from migration.template import Template

TAGS_MAX, TAG_MAX = 20, 100  # fleuve/types/_commun.yml has the second


@dataclass(frozen=True, slots=True)
class Page:
    """An old page and what became of it: its main content as found, and as converted."""

    url: str
    encoding: str
    extracted: Extracted
    converted: Converted
    framed: Framed = Framed()
    tags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return all that is known of the page, with the keys that `migrate page --json` prints."""
        found, done = self.extracted, self.converted
        return {
            "url": self.url, "title": found.title, "description": found.description, "language": found.lang, "declared_language": found.declared_lang,
            "dates": {"published": found.published, "modified": found.modified}, "breadcrumb": list(found.breadcrumb), "twin": found.twin, "organism": found.organism,
            "confidence": round(found.confidence, 3), "method": found.method, "remarks": list(found.remarks), "encoding": self.encoding,
            "markdown": done.markdown, "text": found.text, "links": [link._asdict() for link in done.links], "media": list(done.media), "downloads": list(done.downloads),
            "forms": list(done.forms), "anchors": list(done.anchors), "losses": list(done.losses), "counts": {name: list(pair) for name, pair in done.counts.items()}, "frameset": self.framed.whole, "frames": [list(frame) for frame in self.framed.frames],
            "tags": list(self.tags),
        }


def make(record: Record, template: Template | None = None, recipe: Recipe | None = None) -> Page:
    """Convert what an address answered.

    Takes a record that `is_page`; the template of its site, if it has been learned; the site's recipe, if there is one. Never raises for what
    the page holds: what could not be understood is in its confidence and its remarks.
    """
    if record.is_markdown:
        return _of_markdown(record, recipe)
    html, encoding = decode(record.body, record.charset)
    framed = frames.read(html, record.url) if frames.is_set(html) else Framed()
    found = extract(framed.without or html, record.url, template, recipe, record.hints)
    if frames.may_be_shell(html, found.text) and not framed.whole:
        framed = frames.read(html, record.url)
    return Page(record.url, encoding, found, _converted(found, record.url, recipe), framed, _tags(record))


def _of_markdown(record: Record, recipe: Recipe | None) -> Page:
    found, encoding, losses = mkdocs_page.extracted(record, recipe)
    done = _converted(found, record.url, recipe)
    return Page(record.url, encoding, found, replace(done, losses=(*losses, *done.losses)), Framed(), _tags(record))


def _converted(found: Extracted, url: str, recipe: Recipe | None) -> Converted:
    return convert(found.html, url, found.lang or (recipe.lang if recipe else "fr"), found.title, base=found.base)


def _tags(record: Record) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag[:TAG_MAX] for tag in record.hints.get("tags", "").split(", ") if tag))[:TAGS_MAX]
