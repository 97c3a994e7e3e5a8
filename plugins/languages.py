"""Languages: `[open data]{lang=en}` marks words of another language, so that a screen reader says them right (WCAG 3.1.2)."""

from __future__ import annotations

import re

from mkdocs.plugins import BasePlugin

from fleuve.markdown import fenced
from fleuve.markup import outside_code
from fleuve.page import Page
from fleuve.problem import WARNING

_SPAN = re.compile(r"\[([^\[\]]{1,500})\]\{lang=[\"“”]?([A-Za-z0-9-]{2,15})[\"“”]?\}")
_HEADING = re.compile(r"^( {0,3}#{1,6}[ \t].*\]\{lang=[^{}]*\})[ \t]*$")
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Languages(BasePlugin):
    """Works on the HTML, so that the words may be emphasised or linked."""

    def on_page_markdown(self, markdown: str, page, **kwargs) -> str | None:
        if "{" not in markdown or "]{lang=" not in markdown:  # one sign is ruled out ten times faster than several
            return None
        # At its end, the core takes a span's braces for those of the heading, unless there are others.
        return "\n".join(line if code else _HEADING.sub(r"\1 {}", line) for line, code in fenced(markdown))

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or "{" not in html or "]{lang=" not in html:
            return None

        return mark(html, doc)


def mark(html: str, doc: Page) -> str:
    """The HTML with its words of other languages in <span lang>."""

    def span(match: re.Match) -> str:
        if not _TAG.fullmatch(match[2]):
            doc.report(WARNING, "langue-inconnue", f"« {match[2]} » n’est pas un code de langue.", "Écrivez par exemple [open data]{lang=en}.", find=f"lang={match[2]}")
            return match[1]
        return f'<span lang="{match[2]}">{match[1]}</span>'

    return outside_code(html, lambda piece: _SPAN.sub(span, piece))
