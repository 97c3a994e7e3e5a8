"""A page as a list of blocks of text, with what tells content from what surrounds it.

A block is a run of text between two edges of block elements. What is known of each is in numbers, one row a block: its words and links, the elements
and classes it stands in, its neighbours, and the parts of the page that hold it. `migration/model.py` reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from turbohtml import Element, Text

MAX_BLOCKS = 20_000  # the largest of 1,497 real pages has 9,000
MAX_DEPTH = 400

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr picture source svg "
    "input button select textarea option meta link script style noscript template".split())
SKIPPED = frozenset("script style noscript template svg math head title meta link select option textarea input iframe object embed canvas map area audio video datalist".split())

_UNREAD = SKIPPED | {"nav", "footer"}
"""Never content: of the words of the main content of 265 real pages 1.4 % stand there too, nearly all of them by chance; of all blocks, 40 %."""

TAGS = ("main", "article", "section", "nav", "header", "footer", "aside", "form", "table", "ul", "ol", "dl", "li", "p", "h1", "h2", "h3", "h4", "blockquote", "pre", "td", "th", "dt", "dd", "figcaption",
        "button", "details", "fieldset", "center", "div")
_BIT = {tag: 1 << number for number, tag in enumerate(TAGS)}
_BIT |= {"h5": _BIT["h4"], "h6": _BIT["h4"], "caption": _BIT["figcaption"], "summary": _BIT["details"], "legend": _BIT["fieldset"], "label": _BIT["form"], "dir": _BIT["ul"], "menu": _BIT["ul"]}

CLASSES = {
    "content": "content|contenu|body-?text|main|principal|rte|richtext|prose|markdown|entry|post-?body|story|maincol|primary", "article": "article|post|blog|news|nouvelle|document|doc",
    "text": "text|texte|description|desc|summary|intro|lead|chapo|detail|overview|about", "title": "title|titre|heading|headline", "comment": "comment|commentaire|reply|replies|message|thread|answer|question|forum|topic",
    "product": "product|produit|price|prix|spec|feature|sku", "list": "list|liste|grid|grille|card|carte|item|teaser|result|row|tile", "nav": "nav|menu|navbar|sitemap|toc|tabs?|pager|pagination|steps",
    "crumb": "breadcrumb|ariane|crumb|fil", "side": "side|sidebar|aside|rail|secondary|gauche|droite|colonne|left|right", "foot": "foot|footer|pied|bottom|copyright|legal|colophon", "head": "header|entete|masthead|banner|top|hero|logo|brand",
    "share": "share|partage|social|facebook|twitter|follow|like", "related": "related|connexe|recommend|similar|more|also|popular|trending|latest|recent|suggest|associe|voir-aussi|next|prev",
    "promo": "promo|ad|ads|advert|sponsor|pub|cta|offer|campaign|upsell", "cookie": "cookie|consent|gdpr|privacy|modal|popup|overlay|dialog|lightbox|tooltip|alert|notice|drawer", "letter": "newsletter|subscribe|signup|infolettre|abonn|form|search|recherche|login|connexion|account|compte",
    "meta": "meta|date|author|auteur|byline|tag|tags|category|categorie|label|badge|time|info|stats|views|rating|score", "hidden": "hidden|hide|sr-only|visually|invisible|screen-reader|cache|skip|noprint", "widget": "widget|block|module|panel|plugin|component|portlet|tool|toolbar|button|btn",
}
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")
_CLASS_BIT = {name: 1 << number for number, name in enumerate(CLASSES)}
_CLASS = [(1 << number, re.compile(rf"^(?:{words})")) for number, words in enumerate(CLASSES.values())]
_WORD = re.compile(r"\w+")
_ALL = -1
"""All words of a block are linked."""

_LETTER, _DIGIT, _UPPER, _END, _BLANK = 1, 2, 4, 8, 16
"""What a character is: part of a word, figure, capital, end of a part of a sentence, blank."""


@lru_cache(1)
def _signs() -> np.ndarray:
    """What each character is, by its number; those beyond the first plane are as the last one of it, which is none."""
    signs = np.zeros(0x10000, np.uint8)
    for run in _WORD.finditer("".join(map(chr, range(len(signs))))):
        signs[run.start() : run.end()] = _LETTER
    for sign, characters in ((_DIGIT, "0123456789"), (_UPPER, "".join(chr(code) for code in (*range(0x41, 0x5B), *range(0xC0, 0xD7), *range(0xD8, 0xDF)))), (_END, ".!?…;:"), (_BLANK, " \n")):
        signs[[ord(one) for one in characters]] |= sign
    return signs


_ROLES = {"main": _BIT["main"], "navigation": _BIT["nav"], "menu": _BIT["nav"], "menubar": _BIT["nav"], "contentinfo": _BIT["footer"], "complementary": _BIT["aside"]}


@dataclass(slots=True)
class Block:
    """One run of text. `element`: the block element that it is directly in; `nodes`: the sibling nodes that it is made of, ends included."""

    element: Element
    nodes: list
    text: str
    words: int = 0
    linked: int = 0


@dataclass
class Blocks:
    """The blocks of a page."""

    blocks: list[Block] = field(default_factory=list)
    spans: list[tuple[Element, int, int]] = field(default_factory=list)
    """Elements that hold a block, with the first and the one after the last."""
    cut: bool = False
    """Whether the page has more blocks than MAX_BLOCKS, or some deeper than MAX_DEPTH: these are not in it."""
    _seen: tuple = ()

    @cached_property
    def table(self) -> np.ndarray:
        """What is known of the blocks, a row each, columns as NAMES; reckoned when it is asked for, since a page whose template is known does without."""
        return _table(self, *self._seen) if self.blocks else np.zeros((0, len(NAMES)), np.float32)


@lru_cache(maxsize=65536)
def _classes(said: str) -> int:
    found = 0
    for word in _SPLIT.split(said)[:40]:
        found |= _word(word)
    return found


@lru_cache(maxsize=65536)
def _word(word: str) -> int:
    word = word.lower()
    return sum(bit for bit, pattern in _CLASS if pattern.match(word)) if len(word) > 1 else 0


def read(body: Element) -> Blocks:
    """Cut a page into blocks. Takes its <body>."""
    return _Reader().read(body)


class _Reader:
    """Walks the tree once. For each level: the element, the bits of the tags and classes around it, and of those near it."""

    def __init__(self) -> None:
        self.found = Blocks()
        self.rows: list[tuple] = []
        self.nodes: list = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.parts: list[tuple[int, int]] = []
        self.parents: list[int] = []
        self.orphans: list[int] = []
        self.loose: list[int] = []
        self.inner: list[int] = []

    def read(self, body: Element) -> Blocks:
        self._walk(body, body.tag, 0, 0, 0, 0, 0, False)
        if self.rows:
            self.found._seen = (_measured(self.found.blocks), self.rows, (self.parts, self.parents, self.inner))
        return self.found

    def _walk(self, element: Element, tag: str, depth: int, tags: int, classes: int, near: int, hidden: int, linked: bool) -> None:
        children = element.children
        if not children:
            return
        said, own = "", 0
        if attrs := element.attrs:
            if said := element.attr("class") or "":
                own = _classes(said[:400])
            if len(attrs) > 1 or not said:  # most elements have a class and nothing else
                name, role = element.attr("id") or "", element.attr("role") or ""
                if name or role:
                    own |= _classes(f"{name} {role}"[:400])
                    tags |= _ROLES.get(role, 0)
                if "hidden" in attrs or "style" in attrs and "display:none" in (element.attr("style") or "").replace(" ", ""):
                    hidden |= 1
                if element.attr("aria-hidden") == "true":
                    hidden |= 2
        bit = _BIT.get(tag, 0)
        blocks, nodes, text = self.found.blocks, self.nodes, self.text
        begun = len(blocks)
        context = (element, depth, tags | bit, bit, classes | own, own, near, hidden, said)
        for child in children:
            kind = type(child)
            if kind is Text:
                data = child.data
                if nodes or not data.isspace():
                    nodes.append(child)
                    text.append(data)
                    if linked:
                        self.links.append(data)
            elif kind is Element and (inner := child.tag) not in _UNREAD:
                if inner in _INLINE and self._inline(child, inner, linked):
                    nodes.append(child)
                    continue
                if nodes:
                    self._end(context)
                if len(blocks) < MAX_BLOCKS and depth < MAX_DEPTH:
                    self._walk(child, inner, depth + 1, tags | bit, classes | own, own or near, hidden, linked or inner == "a")
                else:
                    self.found.cut = True
                nodes, text = self.nodes, self.text
        if nodes:
            self._end(context)
        ended = len(blocks)
        if ended > begun:
            self.found.spans.append((element, begun, ended))
            if ended - begun > 1:
                self._hold(begun, ended)

    def _inline(self, element: Element, tag: str, linked: bool) -> bool:
        """Take the text of an inline element; False when it holds a block, as cards that are links do: nothing is taken then."""
        if tag == "br":
            self.text.append(" ")
            return True
        children = element.children
        if len(children) == 1 and type(children[0]) is Text:  # most of them
            self.text.append(children[0].data)
            if linked or tag == "a":
                self.links.append(children[0].data)
            return True
        if _breaks(element, 0):
            return False
        self._take(element, linked or tag == "a", 0)
        return True

    def _hold(self, begin: int, end: int) -> None:
        """Note an element that holds blocks: when it holds others than what is in it does, it is a part of the page, around those parts."""
        if self.parts and self.parts[-1] == (begin, end):
            return
        number = len(self.parts)
        self.parts.append((begin, end))
        self.parents.append(-1)
        while self.orphans and self.parts[self.orphans[-1]][0] >= begin:
            self.parents[self.orphans.pop()] = number
        self.orphans.append(number)
        while self.loose and self.loose[-1] >= begin:
            self.inner[self.loose.pop()] = number

    def _take(self, element: Element, linked: bool, depth: int) -> None:
        """The text of an inline element."""
        for child in element.children:
            if type(child) is Text:
                self.text.append(child.data)
                if linked:
                    self.links.append(child.data)
            elif type(child) is Element and (tag := child.tag) not in SKIPPED and depth < MAX_DEPTH:
                if tag == "br":
                    self.text.append(" ")
                else:
                    self._take(child, linked or tag == "a", depth + 1)

    def _end(self, context: tuple) -> None:
        text = " ".join("".join(self.text).split())
        if text and _WORD.search(text):
            linked = 0
            if self.links:
                linked = _ALL if len(self.links) == len(self.text) else len(_WORD.findall(" ".join(self.links)))
            self.loose.append(len(self.found.blocks))
            self.inner.append(-1)
            self.found.blocks.append(Block(context[0], self.nodes, text, 0, linked))
            self.rows.append(context)
        self.nodes, self.text, self.links = [], [], []


def _breaks(element: Element, depth: int) -> bool:
    """Whether an inline element holds a block, as cards that are links do."""
    for child in element.children:
        if type(child) is Element:
            tag = child.tag
            if tag not in _INLINE or tag not in SKIPPED and depth < MAX_DEPTH and _breaks(child, depth + 1):
                return True
    return depth >= MAX_DEPTH


_IN = ("main", "article", "section", "header", "aside", "form", "table", "ul", "li", "p", "h2", "h3", "figcaption", "details")
_OWN = ("div", "h2", "h3")
_CLASSED = ("letter", "cookie", "head", "content", "foot", "text", "article", "nav", "widget", "list", "side")
_NEAR = ("meta", "article", "product")
_UP = ("article", "text", "comment", "title", "content", "meta")
_LEVELS = ("a", "b", "c", "d")
NAMES: tuple[str, ...] = (
    *("words", "link", "digits", "upper", "sentences", "depth", "place", "place_words", "after_h1", "hidden", "repeated", "density5", "density9"),
    *(f"in_{name}" for name in _IN), *(f"own_{name}" for name in _OWN), *(f"class_{name}" for name in _CLASSED), *(f"near_{name}" for name in _NEAR), *(f"up_{name}" for name in _UP),
    *(f"{what}_{level}" for level in _LEVELS for what in ("words", "link", "share", "blocks", "mean", "place")), *("same_path", "same_path_words", "page_words", "page_link", "page_blocks", "page_main", "page_article"),
)
"""What is known of a block, each a column: those of 199 that were tried which tell the most (bench/migration_model.py). « a » to « d » are the four smallest parts of the page around it."""


_IN, _OWN = (np.array([_BIT[name] for name in some])[:, None] for some in (_IN, _OWN))
_CLASSED, _NEAR, _UP = (np.array([_CLASS_BIT[name] for name in some])[:, None] for some in (_CLASSED, _NEAR, _UP))


def _measured(blocks: list[Block]) -> np.ndarray:
    """Count the words of blocks; return a row each of: words, linked, length, figures, capitals, ends of sentences. All blocks of a page at once: each alone takes ten times as long."""
    page = "".join(f"{block.text}\n" for block in blocks)
    signs = _signs()[np.minimum(np.frombuffer(page.encode("utf-32-le", "surrogatepass"), np.uint32), 0xFFFF)]
    lengths = np.array([len(block.text) for block in blocks])
    begins = np.concatenate(([0], np.cumsum(lengths + 1)[:-1]))
    letter = signs & _LETTER
    after = np.roll(signs, -1)
    marks = (letter > np.roll(letter, 1), signs & _DIGIT > 0, signs & _UPPER > 0, (signs & _END > 0) & (after & _BLANK > 0))
    words, digits, upper, ends = (np.add.reduceat(mark, begins, dtype=np.int64) for mark in marks)
    words = np.maximum(words, 1)  # a block has one, be it of letters beyond the first plane
    for block, count in zip(blocks, words.tolist()):
        block.words = count
        block.linked = count if block.linked == _ALL else min(block.linked, count)
    return np.array([words, [block.linked for block in blocks], lengths, digits, upper, ends], np.float32)


def _table(found: Blocks, measures: np.ndarray, rows: list[tuple], parts: tuple[list, list, list]) -> np.ndarray:
    """What is known of each block, as NAMES says."""
    count = len(rows)
    words, linked, length, digits, upper, sentences = measures
    _, depth, around, own, classes, near_own, near, hidden, _ = zip(*rows)
    around, own, classes, near, up = (np.array(some, np.int64) for some in (around, own, classes, near_own, near))
    total, place, link = words.sum(), np.arange(count, dtype=np.float32), linked / words
    is_h1 = (around & _BIT["h1"]) > 0
    first = int(np.argmax(is_h1)) if is_h1.any() else -1
    counts = Counter(block.text for block in found.blocks)
    weight = np.log1p(words)
    density = weight * (1 - link)
    table = np.empty((len(NAMES), count), np.float32)
    columns = (weight, link, digits / length, upper / length, np.log1p(sentences), np.array(depth) / 20, place / count, (np.cumsum(words) - words) / total,
               np.clip((place - first) / 20, -2, 5) if first >= 0 else -3.0, np.array(hidden) & 1, [min(counts[block.text], 5) for block in found.blocks], _mean(density, 5), _mean(density, 9))
    for number, column in enumerate(columns):
        table[number] = column
    at = len(columns)
    for bits, some in ((around, _IN), (own, _OWN), (classes, _CLASSED), (near, _NEAR), (up, _UP)):
        table[at : at + len(some)] = bits & some > 0
        at += len(some)
    levels = _levels(parts, words, linked, place)
    table[at : at + len(levels)] = levels
    at += len(levels)
    table[at], table[at + 1] = _paths(rows, words, total)
    of_page = (np.log1p(total), linked.sum() / total, np.log1p(count), words[(around & _BIT["main"]) > 0].sum() / total, words[(around & _BIT["article"]) > 0].sum() / total)
    table[at + 2 :] = np.array(of_page)[:, None]
    return table.T


def _mean(column: np.ndarray, width: int) -> np.ndarray:
    return np.convolve(column, np.full(width, 1 / width), "same") if len(column) >= width else column


def _levels(parts: tuple[list, list, list], words: np.ndarray, linked: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Of the four smallest parts of the page, one in another, that hold a block and others: their words, links, share of the page, and the place in them."""
    count = len(words)
    ranges, parents, inner = parts
    edges = np.array([*ranges, (0, count)], np.int64)  # the last one: the whole page
    above = np.array([*parents, -1], np.int64)
    whole = len(ranges)
    begins, ends = np.zeros((4, count), np.int64), np.zeros((4, count), np.int64)
    at = np.array(inner, np.int64)
    for level in range(4):
        at = np.where(at < 0, whole, at)
        begins[level], ends[level] = edges[at, 0], edges[at, 1]
        at = above[at]
    w, l = (np.concatenate(([0.0], np.cumsum(column))) for column in (words, linked))
    some, blocks = w[ends] - w[begins], ends - begins
    out = np.empty((4, 6, count))
    out[:, 0], out[:, 1], out[:, 2] = np.log1p(some), (l[ends] - l[begins]) / some, some / w[-1]
    out[:, 3], out[:, 4], out[:, 5] = np.log1p(blocks), np.log1p(some / blocks), (place - begins) / blocks
    return out.reshape(24, count)


def _paths(rows: list[tuple], words: np.ndarray, total: float) -> list[np.ndarray]:
    """How many blocks have the same element, of the same class, as deep in the page; and the share of the words that they hold."""
    numbers: dict[tuple, int] = {}
    kinds = np.array([numbers.setdefault((row[3], row[8], row[1]), len(numbers)) for row in rows])
    return [np.log1p(np.bincount(kinds))[kinds], (np.bincount(kinds, words) / total)[kinds]]
