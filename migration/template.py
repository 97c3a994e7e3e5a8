"""What the pages of one site have in common: the blocks that repeat (header, menus, footer), and the element in which what varies stands.

Learned by comparing pages of the same site, before any rule that knows nothing of it. Old sites have few ids: an element is then known by its
place (`body > table:nth-of-type(2) > …`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import turbohtml
from turbohtml import Element

from migration import passage
from migration.passage import Blocks

FEWEST = 5
"""Pages below which nothing is learned: two pages may share a paragraph by chance."""
MOST = 300
REPEATED = 0.25
"""A block that this part of the pages has is of the template (and at least three pages have it). Menus of a section stand on fewer."""
EVERYWHERE = 0.6
"""Within the element that holds the content, what repeats on fewer pages is content that they share: how to reach a service, a warning."""
HOLDS = 0.85
"""How well an element must hold what varies, and nothing else, on the pages that have it: the F1 of their words."""
HOLDERS = 4
SHORT = 200
"""Characters of a block below which its hash is remembered."""

_DIGITS = re.compile(r"\d+")
_MONTH = re.compile(r"\b(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|january|february|march|april|may|june|july|august|september|october|november|december)\b")
_NAME = re.compile(r"[A-Za-z][\w-]*")


@dataclass(frozen=True)
class Template:
    """`blocks`: hashes of the blocks that repeat; `everywhere`: of those that nearly all pages have; `holders`: selectors of elements that hold the content, the first that a page has; `before`,
    `after`: what all titles begin and end with."""

    blocks: frozenset[int] = frozenset()
    everywhere: frozenset[int] = frozenset()
    holders: tuple[str, ...] = ()
    before: str = ""
    after: str = ""

    def to_json(self) -> dict[str, object]:
        """Return it as JSON can hold it, always the same."""
        blocks, everywhere = ([f"{number:x}" for number in sorted(some)] for some in (self.blocks, self.everywhere))
        return {"blocks": blocks, "everywhere": everywhere, "holders": list(self.holders), "before": self.before, "after": self.after}

    @classmethod
    def from_json(cls, said: dict) -> Template:
        """Return what `to_json` gave."""
        blocks, everywhere = (frozenset(int(number, 16) for number in said[name]) for name in ("blocks", "everywhere"))
        return cls(blocks, everywhere, tuple(said["holders"]), said["before"], said["after"])


def mark(text: str) -> int:
    """Return the hash of a block: its words, figures and months apart, which change from page to page (dates, counters)."""
    return _short_mark(text) if len(text) < SHORT else _mark(text)


def _mark(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(_MONTH.sub("0", _DIGITS.sub("0", text.lower())).encode("utf-8", "replace"), digest_size=8).digest())


_short_mark = lru_cache(32768)(_mark)  # menus and footers: the same on all pages


def learn(pages: Iterable[tuple[str, str]]) -> Template:
    """Learn the template of a site. Takes (address, HTML) of some of its pages; with fewer than FEWEST, there is nothing to learn."""
    read: list[tuple[Element, Blocks, list[int]]] = []
    titles: list[str] = []
    for number, (_, html) in enumerate(pages):
        if number == MOST:
            break
        tree = turbohtml.parse(html)
        body, title = tree.select_one("body"), tree.select_one("title")
        if title is not None:
            titles.append(" ".join(title.text.split()))
        if body is not None and (found := passage.read(body)).blocks:
            read.append((body, found, [mark(one.text) for one in found.blocks]))
    if len(read) < FEWEST:
        return Template()
    counts = Counter(number for _, _, marks in read for number in set(marks))
    repeated = frozenset(number for number, count in counts.items() if count >= max(3, REPEATED * len(read)))
    before, after = _common(titles)
    everywhere = frozenset(number for number in repeated if counts[number] >= EVERYWHERE * len(read))
    return Template(repeated, everywhere, _holders(read, repeated), before, after)


def _holders(read: list[tuple[Element, Blocks, list[int]]], repeated: frozenset[int]) -> tuple[str, ...]:
    """Elements that hold what varies: the best on all pages, then the best on the pages that have none yet."""
    pages = [_worths(*page, repeated) for page in read]
    chosen: list[str] = []
    left = [page for page in pages if page]
    while left and len(chosen) < HOLDERS:
        sums: dict[str, list[float]] = {}
        for page in left:
            for selector, worth in page.items():
                sums.setdefault(selector, []).append(worth)
        # One that stands on most of the pages that are left, and holds best what varies there; short selectors are ids, which last.
        good = [(round(sum(some) / len(some), 3) * min(1, len(some) / (0.6 * len(left))), -len(selector), selector) for selector, some in sums.items()
                if len(some) >= max(3, 0.05 * len(pages))]
        if not good or max(good)[0] < HOLDS * 0.9:
            break
        best = max(good)
        chosen.append(best[2])
        left = [page for page in left if best[2] not in page]
        if len(left) < 3:
            break
    return tuple(chosen)


def _worths(body: Element, found: Blocks, marks: list[int], repeated: frozenset[int]) -> dict[str, float]:
    """How well each element of a page holds the words that are of no other: by selector, when it names that element alone."""
    words = [one.words for one in found.blocks]
    own = [0 if number in repeated else count for number, count in zip(marks, words)]
    total = sum(own)
    if total < 30:
        return {}
    before, before_own = [0], [0]
    for count, mine in zip(words, own):
        before.append(before[-1] + count)
        before_own.append(before_own[-1] + mine)
    worths: dict[str, float] = {}
    for element, begin, end in found.spans:
        mine = before_own[end] - before_own[begin]
        if mine < 0.5 * total:
            continue
        # What repeats inside is dropped block by block: it costs little.
        inside = before[end] - before[begin]
        worth = 2 * mine / (total + mine + 0.1 * (inside - mine))
        for selector in _selectors(element, body):
            if selector not in worths:
                worths[selector] = worth
    return worths


def _selectors(element: Element, body: Element) -> list[str]:
    """Selectors that find one element: its id, its classes, and its place."""
    found = []
    name = element.attr("id") or ""
    if _NAME.fullmatch(name):
        found.append(f"#{name}")
    classes = [one for one in (element.attr("class") or "").split() if _NAME.fullmatch(one)][:3]
    if classes:
        selector = element.tag + "".join(f".{one}" for one in classes)
        if len(body.select(selector)) == 1:
            found.append(selector)
    if element.tag in ("main", "article") and len(body.select(element.tag)) == 1:
        found.append(element.tag)
    if not found:
        found.append(_place(element, body))
    return found


def _place(element: Element, body: Element) -> str:
    steps = []
    node = element
    while node is not body and isinstance(node, Element) and len(steps) < 40:
        number = 1 + sum(isinstance(one, Element) and one.tag == node.tag for one in node.previous_siblings)
        steps.append(f"{node.tag}:nth-of-type({number})")
        node = node.parent
    return " > ".join(["body", *reversed(steps)])


def _common(titles: list[str]) -> tuple[str, str]:
    """What most titles begin and end with, up to a separator: « Accueil – », « | Ministère des Routes »."""
    if len(titles) < FEWEST:
        return "", ""
    before = Counter(found[0] for title in titles if (found := re.match(r".*?\s*[|:»›–—-]\s+", title)))
    after = Counter(found[0] for title in titles if (found := re.search(r"\s+[|«‹–—-]\s*[^|«‹–—]*$", title)))
    return tuple(next((text for text, count in some.most_common(1) if count > 0.5 * len(titles)), "") for some in (before, after))
