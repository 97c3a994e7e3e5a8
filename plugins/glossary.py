"""Glossary: the first use of an abbreviation of contenu/_glossaire/ on a page carries its expansion (WCAG 3.1.4, asked by SGQRI 008)."""

from __future__ import annotations

import html as html_module
import re

from mkdocs.plugins import BasePlugin

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
# Inside these an abbreviation is code, or its element already says what it is.
_CLOSED = frozenset({"a", "abbr", "button", "code", "h1", "h2", "h3", "h4", "h5", "h6", "kbd", "pre", "samp", "script", "style", "summary", "svg"})


class Glossary(BasePlugin):
    """Reads the glossary of the page's language through the recorded index: a new entry renders the pages again."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None:
            return None
        terms = doc.session.glossary(doc.lang)
        if terms is None or not terms[0].search(html):
            return None
        return expand(html, *terms)


def pattern(entries: dict[str, str]) -> re.Pattern:
    """Matches any of the abbreviations as a whole word, the longest first."""
    words = "|".join(re.escape(word) for word in sorted(entries, key=lambda w: (-len(w), w)))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")


def expand(html: str, words: re.Pattern, entries: dict[str, str]) -> str:
    """The HTML with <abbr> around the first use of each abbreviation in running text."""
    seen: set[str] = set()
    closed = 0

    def abbreviation(match: re.Match) -> str:
        word = match[0]
        if word in seen:
            return word
        seen.add(word)
        return f'<abbr title="{html_module.escape(entries[word])}">{word}</abbr>'

    pieces = _TAG.split(html)
    for i, piece in enumerate(pieces):
        if i % 2:
            name = _NAME.match(piece)
            if name and name[1] in _CLOSED:
                closed = max(0, closed + (-1 if piece[1] == "/" else 1))
        elif not closed and piece:
            pieces[i] = words.sub(abbreviation, piece)
    return "".join(pieces)

