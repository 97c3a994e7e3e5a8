"""Typography: French spaces and apostrophes, so that editors can type on any keyboard (see fleuve/typography.py)."""

from __future__ import annotations

from mkdocs.plugins import BasePlugin

from fleuve import typography
from fleuve.markup import outside_code


class Typography(BasePlugin):
    """Asks the renderer for curly apostrophes and quotes, and sets the spaces of French pages."""

    def on_page_markdown(self, markdown: str, page, **kwargs) -> None:
        doc = getattr(page, "doc", None)
        if doc is not None:
            doc.curly = True

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or doc.lang != "fr":
            return None
        return space(html)


def space(html: str) -> str:
    """The HTML with insecable spaces where French wants them, code left alone."""
    return outside_code(html, typography.space)
