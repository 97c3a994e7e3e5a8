"""Pages made of frames: which frame holds the content, so that the address of the frameset leads to it.

A frameset has no text of its own; its frames are a banner, a menu, and the content. The content is told by its name, by its size on the screen, and by
how much text it has. Also pages whose content is an iframe of the same site.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from urllib.parse import urldefrag, urljoin, urlsplit

import turbohtml
from turbohtml import Document, Element

from migration.encoding import decode
from migration.record import Record

# Framesets in framesets: a banner, then a menu and a content, then two columns.
_DEPTH_MAX = 4
_FRAMES_MAX = 20
# A page whose own text is shorter is a shell around its iframe; a heading and a mention are about this long.
_SHELL = 400
_MAIN = re.compile(r"main|conten|princip|corps|body|centr|droit|right|text|page|doc", re.IGNORECASE)
_ASIDE = re.compile(r"menu|nav|banni|bann?er|haut|top|head|ent[eê]te|pied|bas\b|foot|bottom|gauche|left|somm|index|toc|titre|logo|pub", re.IGNORECASE)
_FRAMED = re.compile(rb"<(?:frameset|iframe)\b", re.IGNORECASE)

Get = Callable[[str], Record | None]


def gather(page: Record, get: Get) -> str | None:
    """Return the HTML of the content of a page made of frames, with a `base` of the frame's own address; None when it is not one.

    Takes the page and what gives the record of an address (absolute, without fragment; None when it was not captured). Without any frame that was
    captured, the content is what `noframes` holds.
    """
    if not page.is_page or not _FRAMED.search(page.body):
        return None
    frame = content_frame(page, get)
    if frame is not None:
        return _based(decode(frame.body, frame.charset)[0], frame.url)
    document = _parsed(page)
    if not _is_frameset(document):
        return None
    return _without_frames(document, page.url)


def content_frame(page: Record, get: Get) -> Record | None:
    """Return the record of the frame that holds the content of a page made of frames; None when it has none, or none was captured."""
    return _found(page, get, 0, {page.url})


def _found(page: Record, get: Get, depth: int, seen: set[str]) -> Record | None:
    if not page.is_page or depth >= _DEPTH_MAX or not _FRAMED.search(page.body):
        return None
    document = _parsed(page)
    whole = _is_frameset(document)
    frames = [(element, _address(document, page.url, element)) for element in document.select("frame[src]" if whole else "iframe[src]")[:_FRAMES_MAX]]
    own = 0 if whole else _length(document)
    if own > _SHELL:
        return None
    best: tuple[float, Record] | None = None
    for element, url in frames:
        if not url or url in seen or len(seen) > _FRAMES_MAX * _DEPTH_MAX:
            continue
        seen.add(url)
        record = get(url)
        if record is None or not record.is_page:
            continue
        inner = _found(record, get, depth + 1, seen)
        if inner is None and _is_frameset(_parsed(record)):
            continue
        record = inner or record
        score = _score(element, record)
        if best is None or score > best[0]:
            best = score, record
    if best is None or not whole and best[0] <= own:
        return None
    return best[1]


def _is_frameset(document: Document) -> bool:
    return document.select_one("frameset") is not None


def _parsed(page: Record) -> Document:
    return turbohtml.parse(decode(page.body, page.charset)[0], positions=False)


def _address(document: Document, page: str, element: Element) -> str:
    """The address of a frame, when it is of the same site."""
    base = document.select_one("base[href]")
    try:
        url = urldefrag(urljoin(urljoin(page, base.attrs["href"] or "") if base is not None else page, (element.attrs["src"] or "").strip()))[0]
        return url if urlsplit(url).netloc.lower() == urlsplit(page).netloc.lower() else ""
    except ValueError:
        return ""


def _score(element: Element, record: Record) -> float:
    """How much a frame looks like the content: its text outside links, doubled or divided by what its name says."""
    document = _parsed(record)
    length = _length(document) - sum(len(link.text) for link in document.select("a[href]"))
    name = f"{element.attrs.get('name') or ''} {element.attrs.get('id') or ''} {element.attrs.get('title') or ''}"
    weight = 3.0 if _MAIN.search(name) else 1.0
    return (length + 1) * (weight / 4 if _ASIDE.search(name) else weight)


def _length(document: Document) -> int:
    for element in document.select("script, style, noscript, iframe, title"):
        element.decompose()
    return len(" ".join(document.text.split()))


def _without_frames(document: Document, url: str) -> str | None:
    # As browsers do with frames, the parser takes what noframes holds for text.
    texts = [element.text for element in document.select("noframes")]
    best = max(texts, key=len, default="")
    title = document.select_one("title")
    if not best.strip():
        return None
    name = escape(title.text if title is not None else "", quote=False)
    return _based(f"<!DOCTYPE html><html><head><title>{name}</title></head><body>{best}</body></html>", url)


def _based(html: str, url: str) -> str:
    """The page with its address, since it is read in another's place."""
    if re.search(r"<base\b[^>]*\bhref", html[:20_000], re.IGNORECASE):
        return html
    base = f'<base href="{escape(url)}">'
    place = re.search(r"<head\b[^>]*>", html[:20_000], re.IGNORECASE) or re.search(r"<html\b[^>]*>", html[:20_000], re.IGNORECASE)
    place = place.end() if place else 0
    return html[:place] + base + html[place:] if place else base + html
