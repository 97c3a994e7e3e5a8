"""Pages made of frames: which frame holds the content, so that the address of the frameset leads to it.

A frameset has no text of its own; its frames are a banner, a menu, and the content. The content is told by its name and by how much text it has. Also
pages whose content is an iframe of the same site. `read` looks at one page, when it comes in; `content` looks from page to page, once all are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import urldefrag, urljoin

import turbohtml
from turbohtml import Document, Element

# Framesets in framesets: a banner, then a menu and a content, then two columns.
_DEPTH_MAX = 4
_FRAMES_MAX = 20
# A page whose own text is shorter is a shell around its iframe; a heading and a mention are about this long.
_SHELL = 400
# What noframes holds is the content when it is longer than « your browser does not read frames ».
_WITHOUT_MIN = 200
_MAIN = re.compile(r"main|conten|princip|corps|body|centr|droit|right|text|page|doc", re.IGNORECASE)
_ASIDE = re.compile(r"menu|nav|banni|bann?er|haut|top|head|ent[eê]te|pied|bas\b|foot|bottom|gauche|left|somm|index|toc|titre|logo|pub", re.IGNORECASE)
# Where a frameset begins: it takes the place of the body, after a head that may hold scripts.
_HEAD = 50_000


@dataclass(frozen=True, slots=True)
class Framed:
    """What a page shows in frames. whole: whether it is a frameset; frames: their addresses, and how much their names say that they hold the content (1: nothing);
    without: the page for those who see no frames, "" when it says little."""

    whole: bool = False
    frames: tuple[tuple[str, float], ...] = ()
    without: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that came in. key: its own; length: of its text outside links; whole and frames: as Framed has them."""

    key: str
    length: int
    whole: bool = False
    frames: tuple[tuple[str, float], ...] = ()


Get = Callable[[str], Shown | None]


def is_set(html: str) -> bool:
    """Whether a page is a frameset, by a quick look at its HTML."""
    return "<frameset" in html[:_HEAD].lower()


def may_be_shell(html: str, text: str) -> bool:
    """Whether a page may only be there to show an iframe. Takes its HTML and the text found in it."""
    return len(text) <= _SHELL and "<iframe" in html.lower()


def read(html: str, url: str) -> Framed:
    """Return the frames of a page. Takes its HTML and its address."""
    document = turbohtml.parse(html, positions=False)
    whole = document.select_one("frameset") is not None
    elements = document.select("frame[src]" if whole else "iframe[src]")[:_FRAMES_MAX]
    found = tuple((address, _weight(element)) for element in elements if (address := _address(document, url, element)))
    without = _without(document) if whole else ""
    if not whole and _length(document) > _SHELL:
        return Framed()
    return Framed(whole, found, without)


def content(page: Shown, get: Get) -> str:
    """Return the key of the page that holds the content of a page made of frames, through those that are themselves; "" when there is none, or it did not come in.

    Takes the page, and what gives the page of an address (None when it did not come in).
    """
    found = _found(page, get, 0, {page.key})
    return found.key if found is not None else ""


def _found(page: Shown, get: Get, depth: int, seen: set[str]) -> Shown | None:
    best: tuple[float, Shown] | None = None
    for url, weight in page.frames if depth < _DEPTH_MAX else ():
        shown = get(url)
        if shown is None or shown.key in seen or len(seen) > _FRAMES_MAX * _DEPTH_MAX:
            continue
        seen.add(shown.key)
        inner = _found(shown, get, depth + 1, seen)
        if inner is None and shown.whole:
            continue
        shown = inner or shown
        score = (shown.length + 1) * weight
        if best is None or score > best[0]:
            best = score, shown
    if best is None or not page.whole and best[0] <= page.length:
        return None
    return best[1]


def _address(document: Document, page: str, element: Element) -> str:
    base = document.select_one("base[href]")
    try:
        return urldefrag(urljoin(urljoin(page, base.attrs["href"] or "") if base is not None else page, (element.attrs["src"] or "").strip()))[0]
    except ValueError:
        return ""


def _weight(element: Element) -> float:
    """How much a frame looks like the content by its name."""
    name = f"{element.attrs.get('name') or ''} {element.attrs.get('id') or ''} {element.attrs.get('title') or ''}"
    weight = 3.0 if _MAIN.search(name) else 1.0
    return weight / 4 if _ASIDE.search(name) else weight


def _length(document: Document) -> int:
    for element in document.select("script, style, noscript, iframe, title"):
        element.decompose()
    return len(" ".join(document.text.split()))


def _without(document: Document) -> str:
    # As browsers do with frames, the parser takes what noframes holds for text.
    best = max((element.text for element in document.select("noframes")), key=len, default="")
    if len(re.sub(r"<[^>]*>", "", best).strip()) < _WITHOUT_MIN:
        return ""
    title = document.select_one("title")
    name = escape(title.text if title is not None else "", quote=False)
    return f"<!DOCTYPE html><html><head><title>{name}</title></head><body>{best}</body></html>"
