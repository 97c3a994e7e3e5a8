"""A page as a list of blocks of text, with what tells content from what surrounds it.

A block is a run of text between two edges of block elements. What is known of each is in numbers, one row a block: its words and links, the elements
and classes it stands in, its neighbours, and the parts of the page that hold it. `migration/model.py` reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from turbohtml import Element, Text

MAX_BLOCKS = 20_000  # the largest of 1,497 real pages has 9,000
MAX_DEPTH = 400

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr picture source svg "
    "input button select textarea option meta link script style noscript template".split())
SKIPPED = frozenset("script style noscript template svg math head title meta link select option textarea input iframe object embed canvas map area audio video datalist".split())

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
_CLASS = [(1 << number, re.compile(rf"^(?:{words})")) for number, words in enumerate(CLASSES.values())]
_WORD = re.compile(r"\w+")
_STOP = frozenset("the of and to a in is it for on that this with as are be by or an you your from at we our not have has can will le la les de des du un une et en à au aux pour que qui dans sur par est sont vous nous ce cette ou ne pas avec votre nos".split())
_SENTENCE = re.compile(r"[.!?…;:](?:\s|$)")


@dataclass(slots=True)
class Block:
    """One run of text. `element`: the block element that it is directly in; `nodes`: the sibling nodes that it is made of, ends included."""

    element: Element
    nodes: list
    text: str
    words: int = 0
    linked: int = 0
    stops: int = 0


@dataclass
class Blocks:
    """The blocks of a page, and what is known of them: `table`, a row each, columns as NAMES."""

    blocks: list[Block] = field(default_factory=list)
    table: np.ndarray = field(default_factory=lambda: np.zeros((0, len(NAMES)), np.float32))
    spans: list[tuple[Element, int, int]] = field(default_factory=list)
    """Elements that hold a block, with the first and the one after the last."""


@lru_cache(maxsize=65536)
def _classes(said: str) -> int:
    found = 0
    for word in _SPLIT.split(said)[:40]:
        word = word.lower()
        if len(word) > 1:
            for bit, pattern in _CLASS:
                if pattern.match(word):
                    found |= bit
    return found


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

    def read(self, body: Element) -> Blocks:
        self._walk(body, 0, 0, 0, 0, 0, 0, 0, False)
        self.found.table = _table(self.found, self.rows)
        return self.found

    def _walk(self, element: Element, depth: int, tags: int, near_tags: int, classes: int, near: int, parent_classes: int, hidden: int, linked: bool) -> None:
        tag = element.tag
        said = element.attr("class") or ""
        name, role = element.attr("id"), element.attr("role")
        own_classes = _classes(f"{said} {name or ''} {role or ''}"[:400]) if said or name or role else 0
        if role == "main":
            tags |= _BIT["main"]
        elif role in ("navigation", "menu", "menubar"):
            tags |= _BIT["nav"]
        elif role in ("contentinfo",):
            tags |= _BIT["footer"]
        elif role in ("complementary",):
            tags |= _BIT["aside"]
        bit = _BIT.get(tag, 0)
        around, close = tags | bit, bit | near_tags
        style = element.attr("style") or ""
        hidden |= 1 if "display:none" in style.replace(" ", "") or element.attr("hidden") is not None else 0
        hidden |= 2 if element.attr("aria-hidden") == "true" else 0
        begun = len(self.found.blocks)
        context = (element, depth, around, bit, near_tags, classes | own_classes, own_classes, parent_classes, hidden, said)
        for child in element.children:
            if type(child) is Text:
                if self.nodes or not child.data.isspace():
                    self.nodes.append(child)
                    self.text.append(child.data)
                    if linked:
                        self.links.append(child.data)
                continue
            if not isinstance(child, Element):
                continue
            inner = child.tag
            if inner in SKIPPED:
                continue
            if inner in _INLINE and depth < MAX_DEPTH and not _breaks(child):
                self.nodes.append(child)
                self._take(child, linked or inner == "a", depth + 1)
            else:
                self._end(context)
                if len(self.found.blocks) < MAX_BLOCKS and depth < MAX_DEPTH:
                    self._walk(child, depth + 1, around, bit, classes | own_classes, own_classes, own_classes or parent_classes, hidden, linked or inner == "a")
        self._end(context)
        if len(self.found.blocks) > begun:
            self.found.spans.append((element, begun, len(self.found.blocks)))

    def _take(self, element: Element, linked: bool, depth: int) -> None:
        """The text of an inline element."""
        for child in element.children:
            if type(child) is Text:
                self.text.append(child.data)
                if linked:
                    self.links.append(child.data)
            elif isinstance(child, Element) and child.tag not in SKIPPED and depth < MAX_DEPTH:
                if child.tag == "br":
                    self.text.append(" ")
                else:
                    self._take(child, linked or child.tag == "a", depth + 1)

    def _end(self, context: tuple) -> None:
        if not self.nodes:
            return
        text = " ".join("".join(self.text).split())
        if text and len(words := _WORD.findall(text)):
            block = Block(context[0], self.nodes, text, len(words), len(_WORD.findall("".join(self.links))) if self.links else 0, sum(word.lower() in _STOP for word in words))
            self.found.blocks.append(block)
            self.rows.append(context)
        self.nodes, self.text, self.links = [], [], []


def _breaks(element: Element) -> bool:
    """Whether an inline element holds a block, as cards that are links do."""
    for child in element.children:
        if isinstance(child, Element) and (child.tag not in _INLINE or child.tag not in SKIPPED and child.children and _breaks(child)):
            return True
    return False


NAMES: tuple[str, ...] = (
    *("words", "link", "stop", "digits", "upper", "sentences", "length", "ends"), *("depth", "place", "place_words", "after_h1", "hidden", "aria"),
    *(f"in_{tag}" for tag in TAGS), *(f"own_{tag}" for tag in TAGS), *(f"parent_{tag}" for tag in TAGS[:14]),
    *(f"class_{name}" for name in CLASSES), *(f"near_{name}" for name in CLASSES), *(f"up_{name}" for name in CLASSES),
    *(f"{what}{at}" for at in ("-2", "-1", "+1", "+2") for what in ("words", "link", "stop")), *(f"{what}_{level}" for level in ("a", "b", "c", "d") for what in ("words", "link", "share", "blocks", "stop", "mean", "place")),
    *("same_path", "same_path_words", "page_words", "page_link", "page_blocks", "page_main", "page_article", "repeated", "heading_near", "density5", "density9"),
)


def _table(found: Blocks, rows: list[tuple]) -> np.ndarray:
    """What is known of each block, as NAMES says."""
    count = len(rows)
    if not count:
        return np.zeros((0, len(NAMES)), np.float32)
    blocks = found.blocks
    words = np.array([block.words for block in blocks], np.float32)
    linked = np.minimum(np.array([block.linked for block in blocks], np.float32), words)
    stops = np.array([block.stops for block in blocks], np.float32)
    texts = [block.text for block in blocks]
    length = np.array([len(text) for text in texts], np.float32)
    total = words.sum()
    out: list[np.ndarray] = [
        np.log1p(words), linked / words, stops / words, np.array([sum(map(str.isdigit, text)) for text in texts], np.float32) / length, np.array([sum(map(str.isupper, text)) for text in texts], np.float32) / length,
        np.log1p(np.array([len(_SENTENCE.findall(text)) for text in texts], np.float32)), length / words, np.array([text[-1] in ".!?…»\"" for text in texts], np.float32)]
    around, own, parent, classes, near, up, hidden, depth = (np.array([row[at] for row in rows], np.int64) for at in (2, 3, 4, 5, 6, 7, 8, 1))
    place = np.arange(count, dtype=np.float32)
    is_h1 = (around & _BIT["h1"]) > 0
    first = int(np.argmax(is_h1)) if is_h1.any() else -1
    before = np.concatenate(([0], np.cumsum(words)))
    out += [depth / 20, place / count, before[:-1] / total, np.clip((place - first) / 20, -2, 5) if first >= 0 else np.full(count, -3), (hidden & 1), (hidden & 2) / 2]
    out += _bits(around, len(TAGS)) + _bits(own, len(TAGS)) + _bits(parent, 14) + _bits(classes, len(CLASSES)) + _bits(near, len(CLASSES)) + _bits(up, len(CLASSES))
    share = linked / words
    stop_share = stops / words
    for shift in (2, 1, -1, -2):
        for column in (np.log1p(words), share, stop_share):
            out.append(_shifted(column, shift))
    out += _levels(found, rows, words, linked, stops, place)
    out += _paths(rows, words, texts, total)
    out += [np.full(count, value, np.float32) for value in (np.log1p(total), linked.sum() / total, np.log1p(count), words[(around & _BIT["main"]) > 0].sum() / total, words[(around & _BIT["article"]) > 0].sum() / total)]
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    out.append(np.array([min(seen[text], 5) for text in texts], np.float32))
    headings = (around & (_BIT["h1"] | _BIT["h2"] | _BIT["h3"])) > 0
    out.append(np.maximum.reduce([_shifted(headings.astype(np.float32), shift) for shift in (1, 2, 3)]))
    for width in (5, 9):
        kernel = np.ones(width) / width
        out.append(np.convolve(np.log1p(words) * (1 - share), kernel, "same")[:count] if count >= width else np.log1p(words) * (1 - share))
    return np.column_stack([np.asarray(column, np.float32) for column in out])


def _bits(column: np.ndarray, count: int) -> list[np.ndarray]:
    return [((column >> number) & 1) for number in range(count)]


def _shifted(column: np.ndarray, shift: int) -> np.ndarray:
    out = np.zeros_like(column)
    if shift > 0:
        out[shift:] = column[:-shift]
    else:
        out[:shift] = column[-shift:]
    return out


def _levels(found: Blocks, rows: list[tuple], words: np.ndarray, linked: np.ndarray, stops: np.ndarray, place: np.ndarray) -> list[np.ndarray]:
    """Of the four smallest parts of the page, one in another, that hold a block and others: their words, links, share of the page, and the place in them."""
    count = len(rows)
    begins, ends = np.zeros((4, count), np.int64), np.zeros((4, count), np.int64)
    filled = np.zeros(count, np.int64)
    last = np.zeros((count, 2), np.int64) - 1
    for _, begin, end in found.spans:  # from the smallest to the largest around each block
        if end - begin < 2:
            continue
        some = slice(begin, end)
        open_ = (filled[some] < 4) & ~((last[some, 0] == begin) & (last[some, 1] == end))
        at = np.flatnonzero(open_) + begin
        if len(at):
            begins[filled[at], at], ends[filled[at], at] = begin, end
            filled[at] += 1
            last[at] = (begin, end)
    for level in range(4):
        empty = filled <= level
        ends[level][empty] = count
    w, l, s = (np.concatenate(([0.0], np.cumsum(column))) for column in (words, linked, stops))
    out = []
    for level in range(4):
        some = w[ends[level]] - w[begins[level]]
        out += [np.log1p(some), (l[ends[level]] - l[begins[level]]) / some, some / w[-1], np.log1p(ends[level] - begins[level]), (s[ends[level]] - s[begins[level]]) / some,
                np.log1p(some / (ends[level] - begins[level])), (place - begins[level]) / (ends[level] - begins[level])]
    return out


def _paths(rows: list[tuple], words: np.ndarray, texts: list[str], total: float) -> list[np.ndarray]:
    """How many blocks have the same element, in the same kind of element, and the share of the words that they hold."""
    keys = [(row[0].tag, row[9], row[1]) for row in rows]
    counts: dict[tuple, int] = {}
    shares: dict[tuple, float] = {}
    for key, some in zip(keys, words.tolist()):
        counts[key] = counts.get(key, 0) + 1
        shares[key] = shares.get(key, 0.0) + some
    return [np.log1p(np.array([counts[key] for key in keys], np.float32)), np.array([shares[key] for key in keys], np.float32) / total]
