"""Tables: each in a region that scrolls by itself on a small screen and by keyboard, with a name; header cells with their scope."""

from __future__ import annotations

import html as html_module
import re

from mkdocs.plugins import BasePlugin

from fleuve.markup import inner_text
from fleuve.page import Page

_EDGE = re.compile(r"<h[2-6][^>]*>(.*?)</h[2-6]>|<(/?)table\b[^>]*>", re.DOTALL)
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)
_HEADER = re.compile(r"<th(?![a-z])(?![^>]*\sscope=)")
NAMES = {"fr": ("Tableau", "Tableau : {}"), "en": ("Table", "Table: {}")}


class Tables(BasePlugin):
    """The name is the table's caption, else the heading above it (WCAG 1.3.1, 2.1.1; ACT rule 0ssw9k)."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or "<table" not in html:
            return None
        return wrap(html, doc)


def wrap(html: str, doc: Page, heading: str = "") -> str:
    """The HTML with each table in its region; a table within a table stays in that one's. heading: the one above the HTML."""
    taken: dict[str, int] = {}
    pieces: list[str] = []
    at = start = depth = 0
    for match in _EDGE.finditer(html):
        if match[1] is not None:
            heading = inner_text(match[1])
        elif not match[2]:
            depth += 1
            if depth == 1:
                start = match.start()
        elif depth:
            depth -= 1
            if depth == 0:
                pieces += html[at:start], _region(html[start : match.end()], heading, doc.lang, taken)
                at = match.end()
    return "".join(pieces) + html[at:]


def _region(table: str, heading: str, lang: str, taken: dict[str, int]) -> str:
    plain, named = NAMES.get(lang, NAMES["en"])
    caption = _CAPTION.search(table)
    title = inner_text(caption[1]) if caption else heading
    name = named.format(title) if title else plain
    taken[name] = taken.get(name, 0) + 1
    if taken[name] > 1:
        name = f"{name} ({taken[name]})"
    table = _HEADER.sub('<th scope="col"', table.replace("<th></th>", "<td></td>"))
    return f'<div class="tableau" role="region" tabindex="0" aria-label="{html_module.escape(name)}">\n{table}\n</div>'
