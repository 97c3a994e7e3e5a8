"""Tables: each in a region that scrolls by itself on a small screen and by keyboard, with a name; header cells with their scope."""

from __future__ import annotations

import html as html_module
import re

from mkdocs.plugins import BasePlugin

from fleuve.markup import inner_text
from fleuve.page import Page

_TABLE = re.compile(r"<h[2-6][^>]*>(.*?)</h[2-6]>|<table\b.*?</table>\n?", re.DOTALL)
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


def wrap(html: str, doc: Page) -> str:
    """The HTML with each table in its region."""
    heading = ""
    taken: dict[str, int] = {}
    plain, named = NAMES.get(doc.lang, NAMES["en"])

    def table(match: re.Match) -> str:
        nonlocal heading
        text = match[0]
        if not text.startswith("<table"):
            heading = inner_text(match[1])
            return text
        caption = _CAPTION.search(text)
        title = inner_text(caption[1]) if caption else heading
        name = named.format(title) if title else plain
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name = f"{name} ({taken[name]})"
        text = _HEADER.sub('<th scope="col"', text.replace("<th></th>", "<td></td>"))
        return f'<div class="tableau" role="region" tabindex="0" aria-label="{html_module.escape(name)}">\n{text.rstrip()}\n</div>\n'

    return _TABLE.sub(table, html)
