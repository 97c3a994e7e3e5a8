"""Measure what a document says once rendered, so that a conversion can be compared with its source.

What is counted is the rendered page, not the Markdown: a star that was not escaped, a table that is not one, a link that
stayed text all show here. Each kind is a multiset, and what is kept is the multiset's intersection with the source's: a
converter cannot make up for a lost word by adding another.
"""

from __future__ import annotations

import html
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import pyromark

from migration.dialect import visible

KINDS = {
    "mots": "mots", "liens": "liens", "tableaux": "tableaux", "cellules": "cellules de tableaux",
    "elements_de_liste": "éléments de listes", "titres": "titres", "images": "images",
}

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_FOOTNOTES | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES | pyromark.Options.ENABLE_DEFINITION_LIST | pyromark.Options.ENABLE_GFM
)
_MARKDOWN = pyromark.Markdown(options=_OPTIONS)
_WORD = re.compile(r"\w+")
_CONTAINER = re.compile(r"^:::[ ]*(?P<name>[a-z-]+)?[ ]*(?P<title>[^{\n]*?)[ ]*(?:\{(?P<attributes>[^}\n]*)\})?$", re.M)
_INCLUDE = re.compile(r"^\[\[inclure: [^\]\n]+\]\]$", re.M)
_LINK_ATTRIBUTE = re.compile(r'lien="([^"]*)"')
_SPAN = re.compile(r"\]\{lang=\w+\}")
_TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>[^>]*)>|(?P<text>[^<]+)|<")
_HREF = re.compile(r'href="([^"]*)"')
_ALERT = re.compile(r"markdown-alert-(\w+)")

# Elements that do not end a word: « 1<sup>er</sup> » is one word.
_INLINE = {"a", "abbr", "b", "code", "em", "i", "span", "strong", "sub", "sup", "del"}
_HEADINGS = {"h2", "h3", "h4", "h5", "h6", "caption"}
_HOLDERS = {"li": "elements_de_liste", "td": "cellules", "th": "cellules", **dict.fromkeys(_HEADINGS, "titres")}


def words(text: str) -> list[str]:
    """Return the words of `text`, without case, in one Unicode form."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", visible(text))
    return _WORD.findall(text.lower())


@dataclass
class Measure:
    """What a document, or its source, holds: one multiset a kind."""

    mots: Counter[str] = field(default_factory=Counter)
    liens: Counter[str] = field(default_factory=Counter)
    tableaux: Counter[str] = field(default_factory=Counter)
    cellules: Counter[str] = field(default_factory=Counter)
    elements_de_liste: Counter[str] = field(default_factory=Counter)
    titres: Counter[str] = field(default_factory=Counter)
    images: Counter[str] = field(default_factory=Counter)

    def compare(self, out: Measure) -> dict[str, tuple[int, int, int]]:
        """Return, for each kind, how many this source has, how many of them `out` keeps, and how many `out` has."""
        result = {}
        for kind in KINDS:
            mine, theirs = getattr(self, kind), getattr(out, kind)
            result[kind] = (mine.total(), (mine & theirs).total(), theirs.total())
        return result

    def missing(self, out: Measure, kind: str, limit: int = 8) -> list[str]:
        """Return some of what `out` lacks."""
        return [item for item, _ in (getattr(self, kind) - getattr(out, kind)).most_common(limit)]


def key(text: str) -> str:
    """Return what identifies the text of a cell, an item or a title: its words."""
    return " ".join(words(text))


def add(counter: Counter[str], text: str) -> None:
    """Count a text by its words; one that has no word is not counted."""
    identity = key(text)
    if identity:
        counter[identity] += 1


def measure(markdown: str, folder: str, alerts: Mapping[str, str]) -> Measure:
    """Return what the rendered body of a page holds.

    `folder` is that of the page, to resolve its links to .md files; `alerts` gives the words that the theme writes above
    each kind of alert (`warning` → Attention).
    """
    found = Measure()
    scan(_MARKDOWN.html(_SPAN.sub("]", _INCLUDE.sub("", _CONTAINER.sub(_plain_container, markdown)))), folder, alerts, found)
    return found


def _plain_container(match: re.Match[str]) -> str:
    """Write a component as the plain block that the theme's template makes of it: its title, then its body."""
    if not match["name"]:
        return "\n</div>\n"
    title = html.escape(match["title"] or "", quote=False)
    target = _LINK_ATTRIBUTE.search(match["attributes"] or "")
    if target:
        title = f'<a href="{target[1]}">{title}</a>'
    return f"\n<div>\n<h6>{title}</h6>\n\n" if title else "\n<div>\n\n"


def scan(rendered: str, folder: str, alerts: Mapping[str, str], found: Measure) -> None:
    """Add what the HTML `rendered` holds to `found`."""
    _Scan(folder, alerts, found).read(rendered)


class _Scan:
    """Reads HTML from left to right, keeping the text of each open cell, item and title."""

    def __init__(self, folder: str, alerts: Mapping[str, str], found: Measure) -> None:
        self.folder = folder
        self.alerts = alerts
        self.found = found
        self.text: list[str] = []
        self.holders: list[tuple[str, list[str]]] = []
        # A paragraph that is only bold stands for a title, where no heading can be: in a list, in a contact.
        self.paragraph = 0
        self.strong_from = 0
        self.strong: str | None = None

    def read(self, rendered: str) -> None:
        """Read all of `rendered`."""
        text, holders = self.text, self.holders
        for token in _TOKEN.finditer(rendered):
            piece = token["text"]
            if piece is not None:
                piece = html.unescape(piece) if "&" in piece else piece
            elif token["tag"] is None:
                piece = "<"
            else:
                tag = token["tag"].lower()
                if tag not in _INLINE:
                    self._add(" ")
                if token["close"]:
                    self._close(tag)
                else:
                    self._open(tag, token["attributes"])
                continue
            text.append(piece)
            for _, parts in holders:
                parts.append(piece)
        self.found.mots.update(words("".join(text)))

    def _add(self, piece: str) -> None:
        self.text.append(piece)
        for _, parts in self.holders:
            parts.append(piece)

    def _open(self, tag: str, attributes: str) -> None:
        if tag in _HOLDERS:
            self.holders.append((tag, []))
        elif tag == "p":
            self.paragraph, self.strong = len(self.text), None
        elif tag == "strong":
            self.strong_from = len(self.text)
        elif tag == "a":
            href = _HREF.search(attributes)
            if href:
                self.found.liens[target_of(html.unescape(href[1]), self.folder)] += 1
        elif tag == "table":
            self.found.tableaux["tableau"] += 1
        elif tag == "img":
            self.found.images["image"] += 1
        elif tag == "blockquote":
            kind = _ALERT.search(attributes)
            if kind and kind[1] in self.alerts:
                self._add(f" {self.alerts[kind[1]]} ")
                add(self.found.titres, self.alerts[kind[1]])

    def _close(self, tag: str) -> None:
        if tag in _HOLDERS:
            if any(name == tag for name, _ in self.holders):
                name = ""
                while name != tag:
                    name, parts = self.holders.pop()
                    add(getattr(self.found, _HOLDERS[name]), "".join(parts))
        elif tag == "strong" and self.strong is None:
            self.strong = "".join(self.text[self.strong_from:])
        elif tag == "p" and self.strong is not None and self.strong.strip() == "".join(self.text[self.paragraph:]).strip():
            add(self.found.titres, self.strong)


def target_of(href: str, folder: str) -> str:
    """Return what identifies the target of a link: a path from the content folder, an anchor, or an address."""
    if href.startswith("#") or ":" in href.split("/", 1)[0]:
        return href if href.startswith("#") else unquote(href)
    path, _, fragment = href.partition("#")
    return posixpath.normpath(posixpath.join(folder, unquote(path))) + (f"#{fragment}" if fragment else "")


def total(measures: Iterable[dict[str, tuple[int, int, int]]]) -> dict[str, tuple[int, int, int]]:
    """Add up comparisons."""
    sums = {kind: [0, 0, 0] for kind in KINDS}
    for compared in measures:
        for kind, counts in compared.items():
            for at, count in enumerate(counts):
                sums[kind][at] += count
    return {kind: tuple(counts) for kind, counts in sums.items()}


def ratio(counts: tuple[int, int, int]) -> float:
    """Return the part that is kept, 1 when there was nothing to keep."""
    entered, kept, _ = counts
    return kept / entered if entered else 1.0
