"""The tree of what is to be written: HTML without what is only layout.

A legacy page is mostly boxes. Here they are gone (a box of words becomes a paragraph, a box of blocks gives place to them), elements
that only style give place to their words, and scripts and empty things are left out. It is built with a stack of its own, and is at most
DEPTH deep: whatever comes in, those who read it may recurse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import turbohtml
from turbohtml import Element, Text

DEPTH = 40
"""Elements that mean something, one in another: beyond, they give place to their words. Six nested lists are twelve of these."""

BLOCKS = frozenset(
    "p para h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption blockquote pre hr figure figcaption details summary "
    "address tabs tab alert note langblock rawlink".split()
)
"""Names of the tree that are blocks. para is a box of words; rawlink, a link around blocks; langblock, blocks in another language."""
_BOXES = frozenset(
    "div section article main aside header footer nav hgroup center form fieldset legend body html search multicol noframes frameset dialog".split()
)
_DROPPED = frozenset(
    "script style template head link meta title svg canvas select textarea option optgroup datalist progress meter noscript noembed "
    "param source track col colgroup basefont bgsound keygen command rp wbr base input".split()
)
_THROUGH = frozenset("span font big small u blink nobr marquee bdi bdo time data label output picture object ruby rb rt rtc slot map noindex spacer".split())
_KEPT = frozenset("frame a strong em code kbd samp var sub sup q cite dfn abbr del ins mark img br iframe audio video embed area ref math".split())
_NAMES = {
    "b": "strong", "i": "em", "tt": "code", "acronym": "abbr", "s": "del", "strike": "del", "dir": "ul", "menu": "ul",
    "listing": "pre", "xmp": "pre", "plaintext": "pre",
    "image": "img", "fleuve-ref": "ref", "fleuve-note": "note", "fleuve-tabs": "tabs", "fleuve-tab": "tab", "fleuve-alert": "alert",
}
_INLINE_AROUND = frozenset("strong em code kbd samp var sub sup q cite dfn abbr del ins mark lang".split())
_CONTAINERS = frozenset("ul ol dl table thead tbody tfoot tr tabs".split())
"""Elements that hold no words of their own."""
_FLAT = frozenset("h1 h2 h3 h4 h5 h6 dt caption".split())
"""Elements that are written on one line."""
_LOOKED_AT = frozenset(("hidden", "lang", "xml:lang", "id", "name", "style"))
"""Attributes that say what becomes of an element, whatever its tag: one element in seven has one."""
_TOLD = ("svg", "canvas", "select", "textarea")
"""Elements left out that the report tells of."""
_SAYS_NOTHING = ":is(span, font):not(:has(*)):not([id], [lang], [xml\\:lang], [hidden], [style*='font-' i], [class*='material-'])"
"""Elements that would give place to their words whatever is around them: on many pages, one in four."""
_VOID = frozenset("img br hr embed area frame".split())
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
"""A language as pages say it, in lower case (BCP 47)."""
_SPACE = " \t\r\n\f"


class Node:
    """An element. name; source: where it comes from, None for what is made here; children: words (str) and nodes; block; value: of an
    anchor, its id; of a langblock or a lang, its language. kind, lang, depth and blocks (whether a child is one) are those of an element that
    a Builder has open."""

    __slots__ = ("name", "source", "children", "block", "value", "kind", "lang", "depth", "blocks")

    def __init__(self, name: str, source: Element | None, children: list, value: str = "") -> None:
        self.name = name
        self.source = source
        self.children = children
        self.value = value
        self.block = name in BLOCKS

    def attr(self, name: str) -> str:
        """The value of an attribute, "" when there is none."""
        return (self.source.attr(name) or "") if self.source is not None else ""

    def text(self) -> str:
        """All its words."""
        if len(self.children) == 1 and type(self.children[0]) is str:
            return self.children[0]
        return "".join(words(self))

    def __repr__(self) -> str:
        return f"<{self.name} {self.children!r}>"


def words(node: Node) -> Iterator[str]:
    """The pieces of text of a node, in order."""
    for child in node.children:
        if type(child) is str:
            yield child
        else:
            if child.block:
                yield " "
            yield from words(child)
            if child.block or child.name == "br":
                yield " "


class _Kind:
    """What becomes of the elements of one tag. deep: whether they count in the depth of the tree; icon: whether they may be the name of one."""

    __slots__ = ("name", "dropped", "box", "deep", "void", "block", "kept", "container", "icon")

    def __init__(self, tag: str) -> None:
        self.name = name = _NAMES.get(tag, tag)
        self.dropped = name in _DROPPED
        self.box = name in _BOXES
        self.deep = not self.box and name not in _THROUGH
        self.void = name in _VOID
        self.block = name in BLOCKS
        self.kept = name in _KEPT
        self.container = name in _CONTAINERS
        self.icon = name in ("em", "span")


class _Kinds(dict):
    """Kinds by tag, made when a tag is first met; those of pages that make up thousands are not kept."""

    def __missing__(self, tag: str) -> _Kind:
        kind = _Kind(tag)
        if len(self) < _TAGS_MAX:
            self[tag] = kind
        return kind


_TAGS_MAX = 1000
_KINDS = _Kinds()
_DIV, _SPAN = _KINDS["div"], _KINDS["span"]


def _opened(kind: _Kind, element: Element, lang: str, depth: int) -> Node:
    """The node of an element that begins."""
    node = Node(kind.name, element, [])
    node.kind = kind
    node.lang = lang
    node.depth = depth
    node.blocks = False
    return node


class Builder:
    """Builds the tree of one page. used: ids that links of the page lead to; lang: that of the page; dropped: what is left out, counted
    by name, for the report."""

    def __init__(self, used: set[str], lang: str) -> None:
        self.used = used
        self.lang = lang.lower().partition("-")[0]
        self.dropped: Counter[str] = Counter()
        self.anchors: dict[str, None] = {}
        self._pending: list[str] = []
        self._captioned = False

    def build(self, root: Element) -> Node:
        """The tree of what is in `root`, from which elements that say nothing are taken away."""
        root.strip_tags(_SAYS_NOTHING)
        frame, siblings = _opened(_DIV, root, self.lang, 0), iter(root)
        above: list[tuple[Node, Iterator]] = []
        while True:
            out = frame.children
            for child in siblings:
                kind = type(child)
                if kind is Text:
                    out.append(child.data)
                elif kind is Element and (opened := self._open(child, frame)) is not None:
                    above.append((frame, siblings))
                    frame, siblings = opened, iter(child)
                    break
            else:
                if not above:
                    body = Node("body", None, spliced(out) if frame.blocks else paragraphs(out))
                    body.block = True
                    return body
                closed = frame
                frame, siblings = above.pop()
                self._close(closed, frame)

    def _open(self, element: Element, frame: Node) -> Node | None:
        """The node of an element that has an inside; None for one that is left out, or written at once."""
        kind = _KINDS[element.tag]
        if kind.dropped:
            if kind.name in _TOLD:
                self.dropped[kind.name] += 1
            return None
        lang, depth = frame.lang, frame.depth
        styled = False
        if not _LOOKED_AT.isdisjoint(element.attrs):
            attr = element.attr
            if attr("hidden") is not None and "collapse" not in (attr("class") or ""):
                return None
            if depth < DEPTH and (written := attr("lang") or attr("xml:lang")):
                lang = _language(written, lang)
            if attr("id") is not None or kind.name == "a":
                self._anchor(element, kind, frame)
            # What is around its words, or them, in the tree: an element that means something, a language, a style.
            styled = lang is not frame.lang or attr("style") is not None
        if kind.void:
            frame.blocks = frame.blocks or kind.block
            frame.children.append(Node(kind.name, element, []))
            return None
        deep = kind.deep or styled
        if kind.icon and _is_icon(element):
            return None
        if depth >= DEPTH and kind.name != "a":
            kind = _DIV if kind.block else _SPAN
        elif kind.name == "button":
            if not _within(element, "a"):
                self.dropped["button"] += 1
                return None
            kind = _SPAN
        opened = _opened(kind, element, lang, depth + deep)
        if self._pending and not kind.container:
            opened.children += [Node("anchor", None, [], ident) for ident in self._pending]
            self._pending.clear()
        return opened

    def _anchor(self, element: Element, kind: _Kind, frame: Node) -> None:
        """Keep the place of an id that is in use, of a named anchor, of a heading."""
        name = kind.name
        ident = (element.attr("id") or "").strip()
        named = (element.attr("name") or "").strip() if name == "a" else ""
        heading = len(name) == 2 and name[0] == "h" and name != "hr"
        for one in dict.fromkeys((ident, named)):
            if not one or one in self.anchors or len(one) > 200 or len(one.split()) > 1:
                continue
            if not (one in self.used or heading or one == named or name == "a" and element.attr("href") is None):
                continue
            self.anchors[one] = None
            if heading:
                self._pending.append(one)
            elif kind.container:
                if frame.kind.container:
                    self._pending.append(one)
                else:
                    frame.children.append(Node("anchor", None, [], one))
            elif kind.void or kind.kept or frame.kind.name in _FLAT:
                frame.children.append(Node("anchor", None, [], one))
            else:
                self._pending.append(one)

    # ---------------------------------------------------------------- closing

    def _close(self, frame: Node, parent: Node) -> None:
        kind, out = frame.kind, frame.children
        name = kind.name
        foreign = frame.lang != parent.lang
        if kind.block:
            node = frame
            if frame.blocks:
                if name == "p":
                    self._box(frame, parent, foreign)
                    return
                if name in _FLAT:
                    node.children = _flat(out)
            if foreign:
                node = self._foreign(node, frame.lang, parent)
            self._captioned = self._captioned or name == "figcaption"
            parent.children.append(node)
            parent.blocks = True
        elif kind.kept:
            if frame.blocks:
                self._around(frame, parent, foreign)
            else:
                if name == "a" and frame.source.attr("href") is None:
                    parent.children += _foreign_words(out, frame.lang) if foreign else out
                    return
                if foreign:
                    frame.children = _foreign_words(out, frame.lang)
                parent.children.append(frame)
        elif kind.box or frame.blocks:
            self._box(frame, parent, foreign)
        else:  # only words, whatever the element is
            if frame.depth <= DEPTH and frame.source.attr("style"):
                out = _styled(frame.source, out)
            parent.children += _foreign_words(out, frame.lang) if foreign else out

    def _box(self, frame: Node, parent: Node, foreign: bool) -> None:
        children = spliced(frame.children) if frame.blocks else paragraphs(frame.children)
        if not children:
            parent.children.append("\n")
            return
        if self._captioned and len(children) > 1 and parent.kind.name != "figure" and any(child.name == "figcaption" for child in children):
            children = [Node("figure", frame.source, children)]
        if foreign:
            children = [Node("langblock", None, children, frame.lang)] if len(children) > 1 else [self._foreign(children[0], frame.lang, parent)]
        parent.children += children
        parent.blocks = True

    def _foreign(self, node: Node, lang: str, parent: Node) -> Node:
        """A block in another language: on its words when it has only words, else around it."""
        if node.name in ("p", "para", "li", "dt", "dd", "td", "th", "summary", "caption", "figcaption") or node.name in _FLAT:
            if not any(type(child) is Node and child.block for child in node.children):
                node.children = _foreign_words(node.children, lang)
            else:
                node.children = [Node("langblock", None, spliced(node.children), lang)]
            return node
        if parent.kind.container:
            return node
        return Node("langblock", None, [node], lang)

    def _around(self, frame: Node, parent: Node, foreign: bool) -> None:
        """An inline element around blocks: HTML lets links be so, and old pages all the others."""
        children = spliced(frame.children)
        if frame.kind.name == "a" and frame.source.attr("href") is not None:
            if all(child.name in ("p", "para") for child in children):
                parent.children.append(Node("a", frame.source, _flat(children)))
                if len(children) and not any(type(one) is str and one.strip() for one in parent.children[:-1]):
                    parent.children[-1] = Node("para", None, [parent.children[-1]])
                    parent.blocks = True
                return
            parent.children.append(Node("rawlink", frame.source, children))
        elif frame.kind.name in _INLINE_AROUND:
            for child in children:
                if child.name in ("p", "para", "li") and not any(type(one) is Node and one.block for one in child.children):
                    child.children = [Node(frame.kind.name, frame.source, child.children)]
            parent.children += [Node("langblock", None, children, frame.lang)] if foreign else children
        else:
            parent.children += children
        parent.blocks = True


def spliced(children: list) -> list[Node]:
    """Children of a box as blocks only: each run of words among them is a paragraph."""
    out: list[Node] = []
    run: list = []
    space: list[str] = []
    for child in children:
        if type(child) is str:
            if run or not child.isspace():
                run.append(child)
            else:
                space = [child]  # between blocks, most words are only this
        elif child.block:
            if run:
                out += paragraphs(space + run)
                run = []
            space = []
            out.append(child)
        else:
            run.append(child)
    return out + paragraphs(space + run) if run else out


def paragraphs(run: list) -> list[Node]:
    """A run of words as paragraphs: two line breaks in a row end one, as their authors meant. None when there is nothing to read."""
    return [Node("para", None, part) for part in spoken(run)]


def spoken(run: list) -> list[list]:
    """The parts of a run between two line breaks or more, those in which there is something to read."""
    return [part for part in broken(run) if says(part)]


def broken(run: list) -> list[list]:
    """The parts of a run between two line breaks or more."""
    if len(run) < 3 or [child.name for child in run if type(child) is Node].count("br") < 2:
        return [run]
    parts: list[list] = [[]]
    breaks = 0
    for child in run:
        if type(child) is Node and child.name == "br":
            breaks += 1
            if breaks == 2:
                parts.append([])
            elif breaks == 1:
                parts[-1].append(child)
        else:
            if type(child) is not str or child.strip(_SPACE):
                breaks = 0
            parts[-1].append(child)
    return parts


def says(run: list) -> bool:
    """Whether there is anything in these children."""
    for child in run:
        if type(child) is str:
            if not child.isspace() and child:
                return True
        elif child.name != "br" and (child.name not in _INLINE_AROUND or child.name == "code" and child.children or says(child.children)):
            return True
    return False


def _flat(children: list) -> list:
    """Children without blocks among them, for what is written on one line."""
    out: list = []
    for child in children:
        if type(child) is Node and child.block:
            if child.name in ("hr",):
                continue
            out += [" ", *_flat(child.children), " "]
        else:
            out.append(child)
    return out


def _foreign_words(children: list, lang: str) -> list:
    """Words in another language, as one span; the spaces at its ends stay outside."""
    return [Node("lang", None, children, lang)] if says(children) else children


def _styled(element: Element, out: list) -> list:
    """Words that a style alone makes bold or slanted, as word processors write them."""
    style = element.attr("style").lower().replace(" ", "")
    if "font-weight:bold" in style or "font-weight:7" in style:
        out = [Node("strong", None, out)]
    if "font-style:italic" in style:
        out = [Node("em", None, out)]
    return out


def _language(written: str, around: str) -> str:
    """The language that an element says, or that around it when it says the same, or none."""
    code = written.strip().lower().replace("_", "-")
    return code if code.partition("-")[0] != around.partition("-")[0] and LANGUAGE.fullmatch(code) else around


def _is_icon(element: Element) -> bool:
    """Whether this is the name of an icon, which its font alone turns into a picture."""
    names = element.attr("class")
    return bool(names) and ("material-icons" in names or "material-symbols" in names)


def _within(element: Element, tag: str) -> bool:
    return any(type(one) is Element and one.tag == tag for one in element.ancestors)


def parse(html: str) -> tuple[Element, str]:
    """(body, base): the content of a page or of a piece of one, and what its <base> says, "" when it says nothing."""
    document = turbohtml.parse(html, positions=False, allow_declarative_shadow_roots=False)
    base = document.find("base")
    body = document.find("body")
    return (body if body is not None else document.root), (base.attr("href") or "") if base is not None else ""
