"""A feed of news in the three formats that readers know: Atom 1.0 (RFC 4287), RSS 2.0 (rssboard.org) and JSON Feed 1.1 (jsonfeed.org).

The XML is that of `feedgenerator`, the library of Pelican and Django. What it leaves to the clock (an entry or a feed without a date) or
does not know (language of an entry, pictures with their text, WebSub) is added here.
"""

from __future__ import annotations

import html
import re
from datetime import datetime, timezone
from functools import lru_cache
from io import StringIO
from typing import NamedTuple

import orjson
from feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed

# What XML 1.0 (2.2, « Characters ») cannot hold, even escaped; editors paste such signs from word processors.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"[ \t\r\n]+")

# Atom wants a date of every feed (RFC 4287, 4.1.1). A list without news never changed: any fixed day does, so long as it is one.
_NEVER = datetime(2000, 1, 1, tzinfo=timezone.utc)

_MEDIA = "http://search.yahoo.com/mrss/"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"

IMAGE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml", "gif": "image/gif"}
"""Media types of pictures by the end of their name; `mimetypes` answers differently from one machine to another."""


class Picture(NamedTuple):
    """The main picture of an item. url: absolute. size: bytes. type: media type."""

    url: str
    size: int
    type: str
    alt: str


class Entry(NamedTuple):
    """One item of a feed. url: absolute, and the item's id for ever. summary: plain text. published, updated: aware."""

    url: str
    title: str
    summary: str
    lang: str
    published: datetime
    updated: datetime
    issuer: str = ""
    issuer_url: str = ""
    categories: tuple[str, ...] = ()
    picture: Picture | None = None


class Feed(NamedTuple):
    """A list of news. home: absolute URL of its page. addresses: those of its feeds by format (« atom », « rss », « json »). hub: that of
    the WebSub hub, or « ». entries: the newest first."""

    title: str
    description: str
    lang: str
    home: str
    addresses: dict[str, str]
    publisher: str
    publisher_url: str
    hub: str
    entries: list[Entry]


@lru_cache(4096)  # an item is in a dozen lists, each in three formats
def plain(text: str) -> str:
    """A text on one line, without what XML cannot hold."""
    return _SPACES.sub(" ", _NOT_XML.sub("", text)).strip()


def atom(feed: Feed) -> bytes:
    """The feed in Atom 1.0."""
    return _xml(_Atom, feed, "atom")


def rss(feed: Feed) -> bytes:
    """The feed in RSS 2.0."""
    return _xml(_Rss, feed, "rss")


def json_feed(feed: Feed) -> bytes:
    """The feed in JSON Feed 1.1."""
    head = {
        "version": "https://jsonfeed.org/version/1.1", "title": plain(feed.title), "home_page_url": feed.home, "feed_url": feed.addresses["json"],
        "description": plain(feed.description), "authors": [{"name": plain(feed.publisher), "url": feed.publisher_url}], "language": feed.lang,
    }
    if feed.hub:
        head["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    return orjson.dumps({**head, "items": [_json_item(entry, feed.lang) for entry in feed.entries]})


def _json_item(entry: Entry, lang: str) -> dict:
    item = {
        "id": entry.url, "url": entry.url, "title": plain(entry.title), "content_text": plain(entry.summary),
        "date_published": entry.published.isoformat(), "date_modified": entry.updated.isoformat(),
    }
    if entry.issuer:
        item["authors"] = [{"name": plain(entry.issuer), **({"url": entry.issuer_url} if entry.issuer_url else {})}]
    if entry.categories:
        item["tags"] = [plain(category) for category in entry.categories]
    if entry.lang != lang:
        item["language"] = entry.lang
    if picture := entry.picture:
        item["image"] = picture.url
        item["attachments"] = [{"url": picture.url, "mime_type": picture.type, "size_in_bytes": picture.size,
                                **({"title": alt} if (alt := plain(picture.alt)) else {})}]
    return item


# XML: the library's two formats, and what both have of ours.


def _xml(form: type, feed: Feed, kind: str) -> bytes:
    document = form(
        title=plain(feed.title), link=feed.home, description=plain(feed.description), language=feed.lang, feed_guid=feed.home,
        author_name=plain(feed.publisher) if form is _Atom else None, author_link=feed.publisher_url,
        address=feed.addresses[kind], hub=feed.hub, lang=feed.lang,
    )
    for entry in feed.entries:
        picture = entry.picture
        document.add_item(
            title=plain(entry.title), link=entry.url, unique_id=entry.url, unique_id_is_permalink=True,
            # Both formats take this for HTML: signs that have a meaning there are escaped once for it, once more for XML.
            description=html.escape(plain(entry.summary), quote=False),
            pubdate=entry.published, updateddate=entry.updated, author_name=plain(entry.issuer) or None, author_link=entry.issuer_url or None,
            categories=[plain(category) for category in entry.categories],
            enclosures=[Enclosure(picture.url, str(picture.size), picture.type)] if picture else (),
            picture=picture, lang=entry.lang,
        )
    text = StringIO()
    document.write(text, "utf-8")
    return text.getvalue().encode()


class _Dated:
    """What neither format leaves to the clock, nor says without help."""

    def latest_post_date(self) -> datetime:
        """When the newest thing in the feed happened."""
        return super().latest_post_date() if self.items else _NEVER

    def _links(self, handler, name: str, media_type: str) -> None:
        # WebSub (W3C, 4 « Discovery »): the feed names its hub and itself.
        handler.addQuickElement(name, "", {"rel": "self", "type": media_type, "href": self.feed["address"]})
        if self.feed["hub"]:
            handler.addQuickElement(name, "", {"rel": "hub", "href": self.feed["hub"]})

    def _picture(self, handler, item) -> None:
        """Media RSS (rssboard.org/media-rss), which is the same in Atom: the picture with the text that stands for it."""
        if picture := item["picture"]:
            handler.startElement("media:content", {"url": picture.url, "fileSize": str(picture.size), "type": picture.type, "medium": "image"})
            if alt := plain(picture.alt):
                handler.addQuickElement("media:description", alt, {"type": "plain"})
            handler.endElement("media:content")


class _Atom(_Dated, Atom1Feed):
    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:media": _MEDIA}

    def add_root_elements(self, handler) -> None:
        super().add_root_elements(handler)
        self._links(handler, "link", "application/atom+xml")

    def item_attributes(self, item) -> dict[str, str]:
        return {"xml:lang": item["lang"]} if item["lang"] != self.feed["lang"] else {}

    def add_item_elements(self, handler, item) -> None:
        super().add_item_elements(handler, item)
        self._picture(handler, item)


class _Rss(_Dated, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": _DUBLIN_CORE, "xmlns:media": _MEDIA}

    def add_root_elements(self, handler) -> None:
        super().add_root_elements(handler)
        self._links(handler, "atom:link", "application/rss+xml")

    def add_item_elements(self, handler, item) -> None:
        super().add_item_elements(handler, item)
        if item["lang"] != self.feed["lang"]:
            handler.addQuickElement("dc:language", item["lang"])
        # RSS 2.0 has one date for an item; Atom's element says when it last changed (RSS Advisory Board, Best Practices, « Namespace elements »).
        if item["updateddate"] != item["pubdate"]:
            handler.addQuickElement("atom:updated", item["updateddate"].isoformat())
        self._picture(handler, item)
