"""What is known of a built page: the input of the site stages."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fleuve import content_type
from fleuve.markup import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fleuve.page import Page
    from fleuve.site_index import Card

_IMAGE = re.compile(r'(<img\b[^>]*?\ssrc="([^"]*)"[^>]*>)')
_ALT = re.compile(r'\salt="([^"]*)"')
# Their line is looked up now: only when the whole site is known can they be found wrong.
_LOOKED_UP = ("anchor", "internal")
# Links whose place in the text is looked for at length, at most: the time stays proportional to the page.
MAX_STRAYS = 500


class Record:
    """One page, as built. Addresses are root-relative; dates as written in the front matter. What has to be worked out is so when a
    stage first asks for it: a site without search or API does not pay for its plain text."""

    def __init__(self, doc: Page, content: str) -> None:
        self._doc, self._content = doc, content
        meta = doc.meta
        self.path: str = doc.path
        self.url: str = doc.url
        self.canonical: str = doc.canonical
        self.type: str = doc.type
        self.id: str = doc.id
        self.lang: str = doc.lang
        self.title: str = doc.title
        self.description: str = doc.description
        self.retired: bool = doc.retired
        self.meta: dict = meta
        self.date: str | None = meta.get("date")
        self.updated: str | None = meta.get("mise_a_jour") or meta.get("date")
        self.review: str | None = meta.get("revision")
        self.twin: str | None = doc.twin.url if doc.twin else None
        self.headings: list[dict] = doc.headings
        """{level, id, text} of each."""

    @property
    def organisms(self) -> list[str]:
        """Ids; the first is responsible."""
        return self.meta.get("organismes") or []

    @property
    def responsible(self) -> Card | None:
        """The card of the first of them."""
        return self._doc.responsible

    @property
    def themes(self) -> list[str]:
        """Ids: that of its folder first, but for an organism and for news, whose folder is a month."""
        placed = "/" in self.path and self.type != "organisme" and not content_type.is_news(self.type)
        home = [self.path.partition("/")[0]] if placed else []
        return list(dict.fromkeys(home + (self.meta.get("themes") or [])))

    @property
    def regions(self) -> list[str]:
        """Ids of the vocabulary."""
        return self.meta.get("regions") or []

    @property
    def audiences(self) -> list[str]:
        """Ids of the vocabulary."""
        return self.meta.get("publics") or []

    @property
    def keywords(self) -> list[str]:
        """Words of the authors."""
        return self.meta.get("mots_cles") or []

    @property
    def breadcrumb(self) -> list[dict]:
        """{title, url} from the home page down to the folder above."""
        return [{"title": card.title, "url": card.url} for card in self._doc.ancestors]

    @cached_property
    def text(self) -> str:
        """Plain text of the content."""
        return plain_text(self._content)

    @cached_property
    def anchors(self) -> list[str]:
        """Ids of the content, in order."""
        pieces = self._content.split(' id="')
        return [ident for piece in pieces[1:] if (ident := piece[: piece.find('"')])]

    @cached_property
    def images(self) -> list[dict]:
        """{src, alt} of each."""
        if "<img" not in self._content:
            return []
        return [{"src": source, "alt": alt[1] if (alt := _ALT.search(tag)) else ""} for tag, source in _IMAGE.findall(self._content)]

    @cached_property
    def links(self) -> list[dict]:
        """{href (as written), target (path or URL), fragment, kind (page, media, internal, external, anchor), line (0 when not looked up)}."""
        return [
            {"href": link.written, "target": link.target, "fragment": link.fragment, "kind": link.kind, "line": line}
            for link, line in _lines(self._doc)
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
