"""Glossary: the first use of an abbreviation of contenu/_glossaire/ on a page carries its expansion (WCAG 3.1.4, asked by SGQRI 008)."""

from __future__ import annotations

import html as html_module
import re
from bisect import bisect_right
from functools import lru_cache

from mkdocs.plugins import BasePlugin

_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]\w*")
# Inside these an abbreviation is code, or its element already says what it is; and so are tags themselves.
_CLOSED = re.compile(r"<(a|abbr|button|code|h[1-6]|kbd|option|pre|samp|script|style|summary|svg|textarea)\b[^>]*>.*?</\1>|<[^>]*>", re.DOTALL)


class Glossary(BasePlugin):
    """Reads the glossary of the page's language through the recorded index: a new entry renders the pages again."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None:
            return None
        terms = doc.session.terms(doc.lang)
        return terms.expand(html) if terms is not None else None


class Terms:
    """The abbreviations of a language. entries: {abbreviation: expansion}."""

    def __init__(self, entries: dict[str, str]) -> None:
        self._entries = entries
        # A page holds few of hundreds of abbreviations: looking up its words finds which, faster than a pattern of all of them.
        self._by_word: dict[str, list[str]] = {}
        for term in sorted(entries):
            if word := _WORD.search(term):
                self._by_word.setdefault(word[0], []).append(term)
        # Nearly every abbreviation begins with a capital letter, and few words of a page do.
        self._words = _CAPITAL if all(_CAPITAL.match(word) for word in self._by_word) else _WORD

    def expand(self, html: str) -> str:
        """The HTML with <abbr> around the first use of each abbreviation in running text."""
        found = self._by_word.keys() & set(self._words.findall(html))
        if not found:
            return html
        words = _pattern(tuple(sorted(term for word in found for term in self._by_word[word])))
        starts, ends = [], []
        for match in _CLOSED.finditer(html):
            starts.append(match.start())
            ends.append(match.end())
        seen: set[str] = set()

        def abbreviation(match: re.Match) -> str:
            word, at = match[0], bisect_right(starts, match.start()) - 1
            if word in seen or (at >= 0 and match.start() < ends[at]):
                return word
            seen.add(word)
            return f'<abbr title="{html_module.escape(self._entries[word])}">{word}</abbr>'

        return words.sub(abbreviation, html)


@lru_cache(4096)
def _pattern(terms: tuple[str, ...]) -> re.Pattern:
    """Matches any of these abbreviations as a whole word, the longest first."""
    words = "|".join(re.escape(term) for term in sorted(terms, key=lambda term: (-len(term), term)))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
