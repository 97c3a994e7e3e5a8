"""Typography: French spaces and apostrophes, so that editors can type on any keyboard.

Insecable spaces before « : ; ? ! » » and units, and after « (Office québécois de la langue française, « Espacement »).
"""

from __future__ import annotations

from mkdocs.plugins import BasePlugin

from fleuve.markup import outside_code

NBSP = "\u00a0"
_SPACES = tuple((sign, " " + sign) for sign in ":;?!»%$€")


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
    return outside_code(html, _space)


def _space(text: str) -> str:
    for sign, spaced in _SPACES:
        if sign in text:  # one rare character is found much faster than a space and that character
            text = text.replace(spaced, NBSP + sign)
    return text.replace("« ", "«" + NBSP) if "« " in text else text
