"""Headings: levels come from the outline (none is ever skipped, whatever was typed), each has an id, and the page its contents."""

from __future__ import annotations

import re

from mkdocs.plugins import BasePlugin
from mkdocs.structure.toc import AnchorLink, TableOfContents

from fleuve.markup import inner_text
from fleuve.page import Page
from fleuve.problem import WARNING
from fleuve.slug import slugify
from fleuve.typography import space

_HEADING = re.compile(r"<h([1-6])([^>]*)>(.*?)</h\1>\n?", re.DOTALL)
# What Python-Markdown's `toc: {permalink: true}` adds; a reader would hear it as part of the title.
_PERMALINK = re.compile(r'<a class="headerlink"[^>]*>.*?</a>', re.DOTALL)
_EDGE = re.compile(r"<(/?)h[1-6]\b[^>]*>")
_ID = re.compile(r' id="([^"]*)"')


class Headings(BasePlugin):
    """The title of the page is its only level 1; the outline of the body starts at 2 (WCAG 1.3.1, technique G141)."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or "<h" not in html:
            return None
        html = outline(_flat(html) if doc.raw_html else html, doc)
        page.toc = contents(doc.headings)
        return html


def _flat(html: str) -> str:
    """HTML in which no heading holds another: raw HTML may be written so, and is no outline."""
    depth = 0

    def edge(match: re.Match) -> str:
        nonlocal depth
        if match[1]:
            depth -= 1
            return "" if depth > 0 else match[0]
        depth += 1
        return "" if depth > 1 else match[0]

    return _EDGE.sub(edge, html)


def outline(html: str, doc: Page) -> str:
    """The HTML with its headings re-levelled and given ids; doc.headings filled with {level, id, text}."""
    french = doc.lang == "fr"
    above: list[int] = []  # levels as written of the headings that enclose the next one
    next_numbers: dict[str, int] = {}
    taken = set(_ID.findall(_HEADING.sub("", html))) if ' id="' in html else set()

    def heading(match: re.Match) -> str:
        written, attributes, inner = int(match[1]), match[2], match[3]
        if "headerlink" in inner:
            inner = _PERMALINK.sub("", inner)
        text = inner_text(inner)
        if not text and "<img" not in inner:
            doc.report(WARNING, "titre-vide", "Un titre est vide ; il a été retiré.", "Écrivez le titre, ou retirez les « # ».")
            return ""
        while above and above[-1] >= written:
            above.pop()
        above.append(written)
        level = min(len(above) + 1, 6)
        ident = _ID.search(attributes) if attributes else None
        chosen = _unique(ident[1] if ident else slugify(text) or "titre", taken, next_numbers)
        others = _ID.sub("", attributes) if attributes else ""
        if french:
            text = space(text)
        doc.headings.append({"level": level, "id": chosen, "text": text})
        return f'<h{level} id="{chosen}"{others}>{inner}</h{level}>\n'

    return _HEADING.sub(heading, html)


def contents(headings: list[dict]) -> TableOfContents:
    """The tree of headings, as MkDocs themes and plugins know it."""
    roots: list[AnchorLink] = []
    above: list[AnchorLink] = []
    for heading in headings:
        item = AnchorLink(heading["text"], heading["id"], heading["level"])
        while above and above[-1].level >= item.level:
            above.pop()
        (above[-1].children if above else roots).append(item)
        above.append(item)
    return TableOfContents(roots)


def _unique(wanted: str, taken: set[str], next_numbers: dict[str, int]) -> str:
    # next_numbers: where to go on for a text that comes back, so that a thousand times the same heading costs no million looks.
    chosen, number = wanted, next_numbers.get(wanted, 2)
    while chosen in taken:
        chosen, number = f"{wanted}-{number}", number + 1
    next_numbers[wanted] = number
    taken.add(chosen)
    return chosen
