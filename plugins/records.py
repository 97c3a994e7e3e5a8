"""Records: what is known of each page once it is made, for the site stages (sitemap, API, reports…)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mkdocs.plugins import BasePlugin

from fleuve.markup import plain_text
from fleuve.page import Page
from fleuve.record import Record

_ID = re.compile(r' id="([^"]+)"')
_IMAGE = re.compile(r'(<img\b[^>]*?\ssrc="([^"]*)"[^>]*>)')
_ALT = re.compile(r'\salt="([^"]*)"')
# Their line is looked up now: only when the whole site is known can they be found wrong.
_LOOKED_UP = ("anchor", "internal")
# Links whose place in the text is looked for at length, at most: the time stays proportional to the page.
MAX_STRAYS = 500


class Records(BasePlugin):
    """Runs last on a page, and changes nothing of it."""

    def on_post_page(self, output: str, page, config) -> str:
        doc = getattr(page, "doc", None)
        if doc is not None:
            doc.session.keep(doc, record(doc, page.content))
        return output


def record(doc: Page, content: str) -> Record:
    """The record of a page, from the document and the HTML of its content."""
    meta = doc.meta
    text = plain_text(content)
    home = doc.path.partition("/")[0]
    themes = list(dict.fromkeys(([home] if "/" in doc.path and doc.type != "organisme" else []) + list(meta.get("themes") or ())))
    return Record(
        path=doc.path, url=doc.url, type=doc.type, id=doc.id, lang=doc.lang, title=doc.title, description=doc.description,
        organisms=list(meta.get("organismes") or ()), themes=themes, regions=list(meta.get("regions") or ()),
        audiences=list(meta.get("publics") or ()), date=meta.get("date"), updated=meta.get("mise_a_jour") or meta.get("date"),
        review=meta.get("revision"), keywords=list(meta.get("mots_cles") or ()), twin=doc.twin.url if doc.twin else None,
        retired=doc.retired, breadcrumb=[{"title": card.title, "url": card.url} for card in doc.ancestors],
        headings=doc.headings, links=_links(doc), anchors=_ID.findall(content), images=_images(content),
        words=len(text.split()), meta=meta, text=text,
    )


def _images(content: str) -> list[dict]:
    if "<img" not in content:
        return []
    return [{"src": source, "alt": alt[1] if (alt := _ALT.search(tag)) else ""} for tag, source in _IMAGE.findall(content)]


def _links(doc: Page) -> list[dict]:
    return [
        {"href": link.written, "target": link.target, "fragment": link.fragment, "kind": link.kind, "line": line}
        for link, line in _lines(doc)
    ]


def _lines(doc: Page) -> Iterator[tuple[NamedTuple, int]]:
    """Links with their lines. They come in the order of the text, so each is looked for from the one before on."""
    at, line, strays = 0, doc.body_line, 0
    for link in doc.links.values():
        if not (link.fragment or not link.target or link.kind in _LOOKED_UP):
            yield link, 0
            continue
        found = doc.body.find(link.written, at) if strays < MAX_STRAYS else -1
        if found < 0:  # written elsewhere, or in other signs than in the HTML
            strays += 1
            yield link, doc.place(link.written)[0] if strays < MAX_STRAYS else doc.body_line
            continue
        line, at = line + doc.body.count("\n", at, found), found
        yield link, line
