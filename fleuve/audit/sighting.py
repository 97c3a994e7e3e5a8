"""Where a finding was seen: the element of the page that it is about, as far as it helps to find who wrote it."""

from __future__ import annotations

import html as html_module
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from fleuve.audit.source_text import phrase, words

HEAD, CONTENT, AROUND = "tête", "contenu", "autour"
_NAME = re.compile(r"<([a-zA-Z][\w-]*)")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s"'<>`]+)))?""")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"""<a\s[^>]*?href=["']?([^"'\s>]+)""")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# What stands for the text of an element that has none.
_SPOKEN = ("alt", "title", "aria-label", "content", "placeholder", "value")
_REACH = 4000  # characters of a page that are looked at around an element
_CONTEXT = 8  # words that tell a place from another


@dataclass(slots=True)
class Sighting:
    """An element. tag: « » for a piece of text; words: its first ones; before, after: those around it; zone: HEAD, CONTENT (in
    <main>) or AROUND; neighbours: addresses of the links close to it, the nearest first; nth: how many times the same stands before it."""

    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    zone: str = CONTENT
    neighbours: list[str] = field(default_factory=list)
    nth: int = 0


class SeenPage:
    """A page in which findings are to be seen again."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._ends = [match.start() for match in re.finditer("\n", html)]
        self._main = html.find("<main"), html.rfind("</main")
        self._body = html.find("<body")
        self._seen: Counter = Counter()

    def sight(self, rule: str, line: int, excerpt: str) -> Sighting:
        """The element that stands at a line and begins with an excerpt (its start tag, or a text)."""
        nth = self._seen[rule, line, excerpt]
        self._seen[rule, line, excerpt] += 1
        at = self._place(line, excerpt, nth)
        named = _NAME.match(excerpt)
        tag = named[1].lower() if named else ""
        end = self._end(at, tag) if tag else at + len(excerpt)
        attributes = attributes_of(self._start_tag(at) or excerpt) if tag else {}
        text = phrase(_TAG.sub(" ", self._html[at : min(end, at + _REACH)])) if tag not in _VOID else []
        if not named:
            text = _inner(excerpt)
        elif tag == "title":  # « Page | Site »
            text = phrase(self._html[at:end].partition(">")[2].rpartition(" | ")[0]) or text
        if not text:
            text = next((found for name in _SPOKEN if (found := phrase(attributes.get(name, "")))), [])
        return Sighting(tag, attributes, text, self._before(at), self._after(end), self._zone(at), self._neighbours(at), self._html.count(self._html[at:end], max(self._main[0], 0), at))

    def _place(self, line: int, excerpt: str, nth: int) -> int:
        """Where the element begins: the nth of its line that has the name and the attributes which the excerpt quotes."""
        begin = self._ends[line - 2] + 1 if 2 <= line <= len(self._ends) + 1 else 0
        index = bisect_left(self._ends, begin)
        stop = self._ends[index] if index < len(self._ends) else len(self._html)
        named = _NAME.match(excerpt)
        if not named:
            return self._place_of_text(_inner(excerpt), begin)
        quoted = attributes_of(excerpt)
        if excerpt.endswith("…"):
            quoted = dict(list(quoted.items())[:-1])
        starts = [m.start() for m in re.finditer(rf"(?i)<{re.escape(named[1])}(?![\w-])", self._html[begin:stop])]
        same = [at for at in starts if quoted.items() <= attributes_of(self._start_tag(begin + at)).items()] or starts or [0]
        return begin + same[min(nth, len(same) - 1)]

    def _place_of_text(self, text: list[str], begin: int) -> int:
        """Where words follow one another, whatever signs and tags are between them."""
        pattern = r"(?:[^\w<&]|_|&#?\w+;|<[^>]*>)+".join(map(re.escape, text[:_CONTEXT]))
        found = re.compile(pattern, re.IGNORECASE).search(self._html, begin, begin + 10 * _REACH) if text else None
        return found.start() if found else begin

    def _start_tag(self, at: int) -> str:
        # A browser shows elements that scripts have made: the line then begins with something else, the doctype perhaps.
        return self._html[at : self._html.find(">", at) + 1] if _NAME.match(self._html, at) else ""

    def _end(self, at: int, tag: str) -> int:
        """Where an element ends; one within another of its name ends too soon, which leaves enough of its words."""
        close = self._html.find(">", at) + 1
        if tag in _VOID:
            return close
        found = self._html.find(f"</{tag}", close)
        return found if found >= 0 else close

    def _before(self, at: int) -> list[str]:
        return words(_TAG.sub(" ", self._html[max(self._main[0], at - _REACH, 0) : at].partition(">")[2]))[-_CONTEXT:]

    def _after(self, end: int) -> list[str]:
        return words(_TAG.sub(" ", self._html[end : end + _REACH].partition(">")[2]))[:_CONTEXT]

    def _zone(self, at: int) -> str:
        if at < self._body or "<body" not in self._html:
            return HEAD if self._body >= 0 else CONTENT
        return CONTENT if self._main[0] < 0 or self._main[0] < at < self._main[1] else AROUND

    def _neighbours(self, at: int) -> list[str]:
        found = _LINK.findall(self._html, max(at - _REACH, 0), at)[::-1][:3]
        following = _LINK.search(self._html, at, min(at + _REACH, len(self._html)))
        return [html_module.unescape(href) for href in found[:1] + ([following[1]] if following else []) + found[1:]]


def _inner(excerpt: str) -> list[str]:
    """Words of a text that was cut out of a longer one: the first and the last may be parts of words."""
    text = words(excerpt)
    return text[1:-1][:12] if len(text) > 3 else text


def attributes_of(tag: str) -> dict[str, str]:
    """Attributes of a start tag, names in lower case."""
    found = _ATTRIBUTE.findall(tag[_NAME.match(tag).end() :])
    return {name.lower(): html_module.unescape(double or single or bare) for name, double, single, bare in found}
