"""The text of a paragraph: from HTML to one or several lines of Markdown that say exactly the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from turbohtml import Element, Node, Text

from migration.dialect import escape, guard_line, visible

# Deeper, markup says nothing any more: its text is kept.
MAX_DEPTH = 100

_SPACE = re.compile("[ \t\r\n\f]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_TICKS = re.compile("`+")
_KEPT = {"sub", "sup", "kbd", "small", "mark", "ins", "cite", "dfn", "var", "samp", "q", "u", "time"}
"""Elements that Markdown has no sign for, and that pages may keep (plugins/sanitizer.py)."""
_EMPHASIS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
_TWICE = {"b": {"strong"}, "strong": {"b"}, "i": {"em"}, "em": {"i"}}
"""Pages of editors of the time say the same thing twice: <b><strong>."""
_STRUCK = {"s", "strike", "del"}
_CODE = {"code", "tt"}
_LEFT = {"script", "style", "template", "noscript", "svg", "math", "head", "input", "select", "textarea", "button", "option", "object", "embed", "canvas", "map"}


class Inline:
    """Writes inline content. `address`: what becomes of a target (None when it goes); `image`, `frame`: Markdown of these elements;
    `anchors`: ids that links lead to; `pipe`: within a cell of a table."""

    def __init__(self, address: Callable[[str, str], str | None], image: Callable[[Element], str], other: Callable[[Element], str | None], anchors: set[str], lang: str, pipe: bool = False) -> None:
        self.address, self.image, self.other, self.anchors, self.lang, self.pipe = address, image, other, anchors, lang, pipe

    def line(self, nodes: list[Node]) -> str:
        """Return the Markdown of sibling nodes; `\\` and a line end where a line is broken."""
        pieces: list[tuple[str, str]] = []
        self._add(nodes, pieces, 0, frozenset())
        return written(pieces, self.pipe)

    def _add(self, nodes: list[Node], pieces: list[tuple[str, str]], depth: int, inside: frozenset[str]) -> None:
        for node in nodes:
            if type(node) is Text:
                pieces.append(("text", escape(_SPACE.sub(" ", visible(node.data)) if not node.data.isspace() else " ", pipe=self.pipe)))
            elif isinstance(node, Element):
                self._element(node, pieces, depth, inside)

    def _element(self, node: Element, pieces: list[tuple[str, str]], depth: int, inside: frozenset[str]) -> None:
        tag = node.tag
        if tag in _LEFT:
            return
        if depth > MAX_DEPTH:
            pieces.append(("text", escape(_SPACE.sub(" ", node.text), pipe=self.pipe)))
            return
        if tag == "br":
            pieces.append(("raw", "<br>" if self.pipe else "\\\n"))
        elif tag == "img":
            pieces.append(("raw", self.image(node)))
        elif tag == "a" and node.attr("href") is not None:
            self._link(node, pieces, depth, inside)
        elif tag in _EMPHASIS and not inside & _TWICE[tag]:
            self._around(_EMPHASIS[tag], node, pieces, depth, inside | {tag})
        elif tag in _STRUCK and "del" not in inside:
            self._around("del", node, pieces, depth, inside | {"del"})
        elif tag in _CODE:
            pieces.append(("raw", code(node.text, self.pipe)))
        elif (said := self.other(node)) is not None:
            pieces.append(("raw", said))
        else:
            self._wrapped(node, pieces, depth, inside)

    def _around(self, kind: str, node: Element, pieces: list[tuple[str, str]], depth: int, inside: frozenset[str]) -> None:
        inner: list[tuple[str, str]] = []
        self._add(node.children, inner, depth + 1, inside)
        text = written(inner, self.pipe, trimmed=False)
        bare = text.strip(" ")
        if not bare.strip():
            pieces.append(("text", " " if text else ""))
            return
        if "\n" in bare and bare.strip("\\\n ") != bare:  # a break at an end says nothing inside
            bare = bare.strip("\\\n ")
        pieces += [("text", text[: len(text) - len(text.lstrip(" "))]), (kind, bare), ("text", text[len(text.rstrip(" ")) :])]

    def _anchor(self, node: Element, pieces: list[tuple[str, str]]) -> None:
        """The ids of an element that links lead to (`name` is that of anchors before HTML 5)."""
        for name in dict.fromkeys((node.attr("id"), node.attr("name") if node.tag == "a" else None)):
            if name and name in self.anchors:
                pieces.append(("raw", f'<span id="{html_attribute(name)}"></span>'))

    def _wrapped(self, node: Element, pieces: list[tuple[str, str]], depth: int, inside: frozenset[str]) -> None:
        """An element that stays as HTML, or whose content alone does."""
        opening = closing = ""
        self._anchor(node, pieces)
        title, lang = node.attr("title"), node.attr("lang") or node.attr("xml:lang")
        if node.tag in ("abbr", "acronym"):
            opening, closing = (f'<abbr title="{html_attribute(title)}">' if title else "<abbr>"), "</abbr>"
        elif node.tag in _KEPT:
            tag = node.tag
            stamp = f' datetime="{html_attribute(node.attr("datetime"))}"' if tag in ("time", "ins") and node.attr("datetime") else ""
            opening, closing = f"<{tag}{stamp}>", f"</{tag}>"
        if self._is_foreign(lang):
            if opening:
                opening = f'{opening[:-1]} lang="{lang}">'
            else:
                opening, closing = f'<span lang="{lang}">', "</span>"
        if not opening:
            self._add(node.children, pieces, depth + 1, inside)
            return
        inner: list[tuple[str, str]] = []
        self._add(node.children, inner, depth + 1, inside)
        text = written(inner, self.pipe, trimmed=False)
        if text.strip():
            pieces += [("raw", opening), ("raw", text), ("raw", closing)]

    def _is_foreign(self, lang: str | None) -> bool:
        own = self.lang.partition("-")[0].lower()
        return bool(lang) and lang.partition("-")[0].lower() != own and _LANGUAGE.fullmatch(lang) is not None

    def _link(self, node: Element, pieces: list[tuple[str, str]], depth: int, inside: frozenset[str]) -> None:
        href = node.attr("href")
        self._anchor(node, pieces)
        inner: list[tuple[str, str]] = []
        self._add(node.children, inner, depth + 1, inside | {"a"})
        text = written(inner, self.pipe, trimmed=False)
        bare = text.strip(" \\\n") if "\\\n" in text else text.strip(" ")
        if "a" in inside:
            pieces += inner
            return
        said = bare or escape(_named(node), pipe=self.pipe)
        target = self.address(href, said)
        if target is None or not said or not bare and target.startswith("#"):  # such are the marks beside headings
            pieces += inner
            return
        title = node.attr("title")
        more = f' "{link_title(title)}"' if title and title.strip() and bare and title.strip() != node.text.strip() else ""
        lang = node.attr("lang") or node.attr("xml:lang")
        written_link = f"[{said}]({destination(target)}{more})"
        if self._is_foreign(lang):
            written_link = f'<span lang="{lang}">{written_link}</span>'
        pieces += [("text", text[: len(text) - len(text.lstrip(" "))]), ("raw", written_link), ("text", " " if text.endswith(" ") else "")]


def _named(node: Element) -> str:
    """The name of a link that shows no words: what it is called for those who cannot see it."""
    alts = " ".join(image.attr("alt") or "" for image in node.select("img"))
    return " ".join((node.attr("aria-label") or alts or node.attr("title") or "").split())


def written(pieces: list[tuple[str, str]], pipe: bool = False, trimmed: bool = True) -> str:
    """Return the pieces as one text: spaces made one, emphasis in the sign that CommonMark sees, or as an element where it would see none."""
    kept = _without_spaces_twice([piece for piece in pieces if piece[1]])
    out: list[str] = []
    before = ""
    for at, (kind, text) in enumerate(kept):
        following = _first(kept, at + 1)
        if kind == "text":
            if text.endswith("!") and following == "[":
                text = text[:-1] + "\\!"
        elif kind != "raw":
            text = _signed(kind, text, before, following)
        if text:
            out.append(text)
            before = text[-1]
    whole = "".join(out)
    if "\\\n" in whole:
        whole = "\\\n".join(line.strip(" ") if at else line.rstrip(" ") for at, line in enumerate(whole.split("\\\n")))
    return whole.strip(" ") if trimmed else whole


def paragraph(line: str) -> str:
    """Return a line as a paragraph, whose lines open no other block; a break at its end says nothing."""
    while line.endswith("\\\n"):
        line = line[:-2].rstrip(" ")
    while line.startswith("\\\n"):
        line = line[2:].lstrip(" ")
    return "\n".join(guard_line(part) for part in line.split("\n"))


def code(text: str, pipe: bool = False) -> str:
    """Return a code span."""
    text = text.replace("\r\n", "\n").replace("\n", " ")
    if not text:
        return ""
    if text.isspace():
        return f"`{text}`"
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    if "`" in (text[0], text[-1]) or text[0] == text[-1] == " ":
        text = f" {text} "
    return f"{ticks}{text.replace('|', chr(92) + '|') if pipe else text}{ticks}"


def destination(url: str) -> str:
    """Return a target as it is written in a link."""
    if re.search(r"[\s()]", url) and not re.search(r"[<>\n\\]", url):
        return f"<{url}>"
    return re.sub(r"[\s()<>\\]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)


def link_title(text: str) -> str:
    """Return the title of a link, between its quotes."""
    return re.sub(r'[\\"`*_<&\[\]|]', lambda found: "\\" + found[0], _SPACE.sub(" ", text.strip()))


def html_attribute(text: str) -> str:
    """Return a text as the value of an attribute in double quotes."""
    return _SPACE.sub(" ", text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "&#124;").replace("`", "&#96;")


def _without_spaces_twice(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for kind, text in pieces:
        if kind == "text":
            if out and out[-1][1].endswith((" ", "\n")) and text.startswith(" "):
                text = text.lstrip(" ")
            if not text:
                continue
            if out and out[-1][0] == "text":
                out[-1] = ("text", out[-1][1] + text)
                continue
        out.append((kind, text))
    return out


def _first(pieces: list[tuple[str, str]], at: int) -> str:
    if at >= len(pieces):
        return ""
    kind, text = pieces[at]
    return "*" if kind in ("strong", "em") else "~" if kind == "del" else text[:1]


def _signed(kind: str, inner: str, before: str, following: str) -> str:
    from migration.dialect import _opens

    mark = {"strong": "**", "em": "*", "del": "~~"}[kind]
    sign = mark[0]
    touching = before == sign or following == sign or inner[0] == sign or inner[-1] == sign
    if _opens(before, inner[0]) and _opens(following, inner[-1]) and not touching:
        return f"{mark}{inner}{mark}"
    return f"<{kind}>{inner}</{kind}>"
