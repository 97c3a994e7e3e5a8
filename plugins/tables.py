"""Tables: each in a region that scrolls by itself on a small screen and by keyboard, with a name; header cells with their scope, and
cells with the headers that speak for them where headers are on several levels."""

from __future__ import annotations

import html as html_module
import re

from mkdocs.plugins import BasePlugin

from fleuve.markup import inner_text
from fleuve.page import Page
from fleuve.table_headers import associate

_EDGE = re.compile(r"<(/?)table\b[^>]*>")
_HEADING = re.compile(r"<h[2-6][^>]*>")
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)
# A header without words heads nothing: the corner of two headers is a cell like another (axe: empty-table-header).
_EMPTY = re.compile(r'<th((?: (?:scope|class|style|colspan|rowspan)="[^"]*")*)>\s*</th>')
_SPAN = re.compile(r' (?:col|row)span="[^"]*"')
_HEADER = re.compile(r"<th(?![a-z])(?![^>]*\sscope=)")
NAMES = {"fr": ("Tableau", "Tableau : {}"), "en": ("Table", "Table: {}")}


class Tables(BasePlugin):
    """The name is the table's caption, else the heading above it (WCAG 1.3.1, 2.1.1; ACT rule 0ssw9k; technique H43)."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or "<table" not in html:
            return None
        return wrap(html, doc)


def wrap(html: str, doc: Page, heading: str = "") -> str:
    """The HTML with each table in its region; a table within a table stays in that one's. heading: the one above the HTML."""
    taken: dict[str, int] = {}
    pieces: list[str] = []
    at = 0
    while (start := html.find("<table", at)) >= 0 and (end := _end(html, start)) >= 0:
        pieces += html[at:start], _region(html[start:end], _heading_above(html, start) or heading, doc.lang, taken)
        at = end
    return "".join(pieces) + html[at:]


def _end(html: str, start: int) -> int:
    """Where the table ends that begins at `start`, -1 if it does not."""
    depth = 0
    for match in _EDGE.finditer(html, start):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.end()
    return -1


def _heading_above(html: str, start: int) -> str:
    """Text of the nearest heading before a place, « » when there is none or when it has no text."""
    while (close := html.rfind("</h", 0, start)) >= 0:
        opening = html.rfind("<h", 0, close)
        if heading := _HEADING.match(html, opening, close):
            return inner_text(html[heading.end() : close])
        start = close
    return ""


def _region(table: str, heading: str, lang: str, taken: dict[str, int]) -> str:
    plain, named = NAMES.get(lang, NAMES["en"])
    caption = _CAPTION.search(table)
    title = inner_text(caption[1]) if caption else heading
    name = named.format(title) if title else plain
    taken[name] = taken.get(name, 0) + 1
    if taken[name] > 1:
        name = f"{name} ({taken[name]})"
    table = _HEADER.sub('<th scope="col"', _EMPTY.sub(_cell, table))
    return f'<div class="tableau" role="region" tabindex="0" aria-label="{html_module.escape(name)}">\n{associate(table, name)}\n</div>'


def _cell(empty: re.Match) -> str:
    return f"<td{''.join(_SPAN.findall(empty[1]))}></td>"
