"""Blocks of a page as Markdown: headings on levels that follow each other, lists, quotations, code, figures, and Fleuve's components."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby, pairwise

from fleuve.markdown import ALERTS
from migration import dialect, typed_item
from migration.inline import CELL, TITLE, Inline, Link, attribute, clean, escaped, guarded, name_of
from migration.prose_table import Grid, is_layout
from migration.prose_table import write as write_table
from migration.target import in_link
from migration.tree import Node, says, spliced, spoken

_LANGUAGE_CLASS = re.compile(r"(?:lang(?:uage)?|brush|highlight(?:-source)?|sourceCode|prettyprint)[-: ]+(?:lang-)?([\w+#.-]{1,20})")
_ANCHOR = re.compile(r"[^\s{}#.\"'<>&\\`*_\[\]]+(?:[._]+[^\s{}#.\"'<>&\\`*_\[\]]+)*")
MAX_CONTAINERS = 6
"""Components one in another; the site refuses more than eight (plugins/components.py)."""
_OUTSIDE = ("iframe", "frame", "video", "audio", "embed")
_TITLE_MAX = 200
_LINE_TYPES = ("1", "a", "A", "i", "I")


class Blocks:
    """Writes the blocks of one page. inline: writes its words; title: that of the page, which no heading repeats."""

    def __init__(self, inline: Inline, title: str = "") -> None:
        self.inline = inline
        self.found = inline.found
        self._title = _plain(title)
        self._exact = inline.exact
        self._above: list[int] = []
        self._containers = 0
        self.notes: list[tuple[str, str]] = []

    def write(self, children: list, flat: bool = False) -> list[str]:
        """The blocks of children, words among them in paragraphs. flat: no component (in a list, a quotation, a cell)."""
        out: list[str] = []
        carried: list[Node] = []  # anchors that stand alone: they go with the next block
        nodes = children
        for child in children:
            if type(child) is str or not child.block:
                nodes = spliced(children)
                break
        names = {node.name for node in nodes}
        if not names.isdisjoint(_STRAY):
            nodes = _gathered(nodes)
        if not self._exact and ("para" in names or "p" in names):
            nodes = typed_item.gathered(nodes)
        anchored = bool(self.inline.anchors)
        for node in nodes:
            if anchored and node.name in ("p", "para") and _is_anchor(node):
                carried += [one for one in node.children if type(one) is Node]
                continue
            if carried:
                if node.name in _TAKES_ANCHORS:
                    node.children = [*carried, *node.children]
                else:
                    out.append(self.inline.paragraph(carried))
                carried = []
            out += _HANDLERS.get(node.name, Blocks._through)(self, node, flat)
        if carried:
            out.append(self.inline.paragraph(carried))
        return [block for block in out if block]

    def _through(self, node: Node, flat: bool) -> list[str]:
        return self.write(node.children, flat)

    def _paragraph(self, node: Node, flat: bool) -> list[str]:
        children = node.children
        if len(children) == 1 and type(children[0]) is str:
            return [self.inline.paragraph(children)] if children[0].strip() else []
        nodes = [child for child in children if type(child) is Node]
        if len(nodes) == 1 and nodes[0].name in _OUTSIDE and not any(child.strip() for child in children if type(child) is str):
            return self._outside(nodes[0], flat)
        if node.name == "p":
            parts = spoken(children)
            if len(parts) != 1:
                return [self.inline.paragraph(part) for part in parts]
        return [self.inline.paragraph(children)]

    def _heading(self, node: Node, flat: bool) -> list[str]:
        children, ident = node.children, ""
        if len(children) > 1 or children and type(children[0]) is Node:
            children, ident = _first_anchor(children)
            children = [child for child in children if not (type(child) is Node and child.name == "a" and _is_permalink(child))]
            children = _unwrapped(children)
        words = self.inline.write(children, TITLE)
        if not node.text().strip() and not any(_images(node)) and not self._exact:
            anchors = [child for child in _inside(node) if type(child) is Node and child.name == "anchor"]
            return [self.inline.paragraph(anchors)] if anchors else []
        written = int(node.name[1])
        if written == 1 and self._title and _plain(node.text()) == self._title:
            return []
        level = self._level(written)
        if ident and not _ANCHOR.fullmatch(ident):
            words, ident = f'<span id="{attribute(ident)}"></span>{words}', ""
        elif ident:
            self.found.anchors[ident] = None
        heading = dialect.heading(level, words, ident)
        return [heading if level > 1 else heading[1:]]

    def _level(self, written: int) -> int:
        """The level that the heading has in the outline, as plugins/headings.py counts."""
        if self._exact:
            return written
        while self._above and self._above[-1] >= written:
            self._above.pop()
        self._above.append(written)
        return min(len(self._above) + 1, 6)

    # ---------------------------------------------------------------- lists

    def _list(self, node: Node, flat: bool) -> list[str]:
        items: list[Node] = []
        lead: list = []
        for child in node.children:
            if type(child) is Node and child.name == "li":
                if lead:
                    child.children = [*lead, *child.children]
                    lead = []
                items.append(child)
            elif type(child) is Node and child.name in ("ul", "ol") and items:
                items[-1].children.append(child)  # a list straight in a list is part of the item before it
            elif type(child) is Node and child.block:
                items.append(Node("li", None, [child]))
            elif type(child) is Node and child.name == "anchor":
                lead.append(child)
            elif type(child) is str and child.strip() or type(child) is Node:
                items.append(Node("li", None, [child]))
        if node.name == "ol" and self._needs_html(node, items):
            return [self._html_list(node, items)]
        loose = any(type(child) is Node and child.name == "p" for item in items for child in item.children)
        written = [(item, self._item(item)) for item in items]
        written = [(item, blocks) for item, blocks in written if blocks or self._exact]
        if not written:
            return []
        number = _number(node.attr("start")) if node.name == "ol" else None
        if node.name == "ol" and written and number is None:
            number = _number(written[0][0].attr("value"))
        return [listed([blocks for _, blocks in written], (1 if number is None else number) if node.name == "ol" else None, loose)]

    def _item(self, item: Node) -> list[str]:
        children = item.children
        if len(children) == 1 and type(children[0]) is str:
            return [self.inline.paragraph(children)] if children[0].strip() else []
        if all(type(child) is str or not child.block for child in children):
            return self._lines(children)
        return self.write(children, flat=True)

    def _lines(self, children: list) -> list[str]:
        return [block for part in spoken(children) if (block := self.inline.paragraph(part))]

    def _needs_html(self, node: Node, items: list[Node]) -> bool:
        """Whether Markdown cannot number it so: letters, or numbers that do not follow."""
        if node.attr("type") in _LINE_TYPES[1:] or node.source is not None and node.source.attr("reversed") is not None:
            return True
        return any(_number(item.attr("value")) is not None for item in items[1:]) or (_number(node.attr("start")) or 0) < 0

    def _html_list(self, node: Node, items: list[Node]) -> str:
        attributes = ""
        if node.attr("type") in _LINE_TYPES[1:]:
            attributes += f' type="{node.attr("type")}"'
        start = node.attr("start").strip()
        if re.fullmatch(r"-?\d{1,9}", start):
            attributes += f' start="{start}"'
        if node.source is not None and node.source.attr("reversed") is not None:
            attributes += " reversed"
        lines = [f"<ol{attributes}>"]
        for item in items:
            value = _number(item.attr("value"))
            if blocks := self._item(item):
                lines.append(_element("li", blocks, f' value="{value}"' if value is not None else ""))
        return "\n".join([*lines, "</ol>"])

    def _definitions(self, node: Node, flat: bool) -> list[str]:
        groups: list[tuple[list[Node], list[Node]]] = []
        for child in _entries(node.children):
            if child.name == "dt":
                if not groups or groups[-1][1]:
                    groups.append(([], []))
                groups[-1][0].append(child)
            else:
                if not groups:
                    groups.append(([], []))
                groups[-1][1].append(child)
        simple = all(len(terms) == 1 and descriptions for terms, descriptions in groups)
        written = [([self.inline.write(term.children, TITLE) for term in terms], [self._item(one) for one in descriptions]) for terms, descriptions in groups]
        simple = simple and all(terms[0] and all(descriptions) for terms, descriptions in written)
        if not simple:
            lines = ["<dl>"]
            for terms, descriptions in written:
                lines += [_element("dt", [guarded(term)], "") for term in terms if term]
                lines += [_element("dd", blocks, "") for blocks in descriptions if blocks]
            return ["\n".join([*lines, "</dl>"])] if len(lines) > 1 else []
        return ["\n\n".join("\n".join([guarded(terms[0]), *(_described(blocks) for blocks in descriptions)]) for terms, descriptions in written)]

    # ---------------------------------------------------------------- quotations, code, rules

    def _quotation(self, node: Node, flat: bool) -> list[str]:
        body = dialect.join(self.write(node.children, flat=True))
        if not body and not self._exact:
            return []
        cite = self.inline.address(node.attr("cite"), "La source", node, quiet=True) if node.attr("cite") else ""
        if cite:
            return [f'<blockquote cite="{attribute(cite)}">\n\n{body}\n\n</blockquote>']
        return ["\n".join(f"> {line}" if line else ">" for line in body.split("\n"))]

    def _code(self, node: Node, flat: bool) -> list[str]:
        if node.source is not None and node.source.find("a", href=True) is not None or any(_images(node)):
            return self._html_code(node)
        text = _preformatted(node)
        if not text.strip() and not self._exact:
            return []
        text = text.removesuffix("\n").replace("\r\n", "\n").replace("\r", "\n")
        fence = "`" * max(3, max((len(run) + 1 for run in re.findall("`{3,}", text)), default=3))
        return [f"{fence}{_code_language(node)}\n{text}\n{fence}" if text else f"{fence}{_code_language(node)}\n{fence}"]

    def _html_code(self, node: Node) -> list[str]:
        """Preformatted text with links in it: HTML, in which nothing is Markdown, and no blank line ends it."""
        lines = _html_words(self, node.children)
        return [f"<pre>{lines}</pre>"] if lines.strip() else []

    def _rule(self, node: Node, flat: bool) -> list[str]:
        return ["***"]

    def _address(self, node: Node, flat: bool) -> list[str]:
        blocks = self.write(node.children, flat=True)
        return [_element("address", blocks, "")] if blocks else []

    # ---------------------------------------------------------------- figures, media, details

    def _figure(self, node: Node, flat: bool) -> list[str]:
        captions = [child for child in node.children if type(child) is Node and child.name == "figcaption"]
        rest = [child for child in node.children if not (type(child) is Node and child.name == "figcaption")]
        caption = [block for one in captions for block in self._item(one)]
        tables = [child for child in rest if type(child) is Node and child.name == "table"]
        if not caption:
            return self.write(rest, flat)
        alone = len(tables) == 1 and not says([child for child in rest if child is not tables[0]])
        if alone and not any(type(child) is Node and child.name == "caption" for child in tables[0].children):
            tables[0].children.insert(0, Node("caption", None, [child for one in captions for child in one.children]))
            return self._table(tables[0], flat)
        body = self.write(rest, flat=True)
        if not body:  # the image could not be kept: what it showed is said
            body = [guarded(escaped(words)) for image in _images(node) if (words := clean(image.attr("alt")).strip())]
        return ["\n\n".join(["<figure>", *body, f"{_element('figcaption', caption, '')}\n</figure>"])] if body else caption

    def _caption(self, node: Node, flat: bool) -> list[str]:
        return self._item(node)

    def _outside(self, node: Node, flat: bool) -> list[str]:
        name, url = self.inline.outside(node)
        if not url:
            return []
        self.found.links.append(Link(url, name))
        hosts = ("https://www.youtube.com/", "https://youtu.be/", "https://vimeo.com/")
        if node.name == "iframe" and url.startswith(hosts) and not flat and self._containers < MAX_CONTAINERS and len(name) <= _TITLE_MAX:
            return [dialect.container("video-externe", plain_title(name), [], lien=url.replace('"', "%22"))]
        return [f"[{escaped(name, True)}]({in_link(url)})"]

    def _details(self, node: Node, flat: bool) -> list[str]:
        summaries = [child for child in node.children if type(child) is Node and child.name == "summary"]
        rest = [child for child in node.children if not (type(child) is Node and child.name == "summary")]
        title = clean(" ".join(one.text() for one in summaries[:1])).strip()
        anchors = [child for one in summaries for child in one.children if type(child) is Node and child.name == "anchor"]
        rest = [*anchors, *rest, *(one for one in summaries[1:])]
        if not title:
            return self.write(rest, flat)
        if flat or self._containers >= MAX_CONTAINERS or len(title) > _TITLE_MAX or not _is_title(summaries[0], title):
            summary = self._item(Node("summary", None, [child for child in summaries[0].children if child not in anchors]))
            body = self.write(rest, flat=True)
            return ["\n\n".join([f"<details>\n{_element('summary', summary, '')}", *body, "</details>"])]
        return [self._container("accordeon", title, rest)]

    def _container(self, name: str, title: str, children: list) -> str:
        self._containers += 1
        above = list(self._above)
        body = self.write(children)
        self._above = above if name == "onglet" else self._above
        self._containers -= 1
        return dialect.container(name, plain_title(title), body)

    def _tabs(self, node: Node, flat: bool) -> list[str]:
        tabs = [child for child in node.children if type(child) is Node and child.name == "tab"]
        if flat or self._containers or len(tabs) < 2:
            return [block for tab in tabs for block in [f"**{escaped(clean(tab.attr('title')).strip())}**", *self.write(tab.children, flat)]]
        self._containers += 1
        body = [self._container("onglet", clean(tab.attr("title")).strip(), tab.children) for tab in tabs]
        self._containers -= 1
        return [dialect.container("onglets", "", body)]

    def _alert(self, node: Node, flat: bool) -> list[str]:
        kind = node.attr("kind")
        said = ALERTS["fr" if self.inline.lang.startswith("fr") else "en"].get(kind.lower(), "")
        first = next((child for child in node.children if type(child) is Node), None)
        if first is not None and first.name in _HEADINGS and _plain(first.text()) == _plain(said):
            node.children.remove(first)  # the site writes it
        blocks = self.write(node.children, flat=True)
        return [dialect.quotation(kind, blocks)] if blocks and kind in ("NOTE", "TIP", "WARNING", "CAUTION") else blocks

    def _note(self, node: Node, flat: bool) -> list[str]:
        body = dialect.join(self._item(node))
        if body:
            self.notes.append((node.attr("label"), f"[^{node.attr('label')}]: " + body.replace("\n", "\n    ").replace("\n    \n", "\n\n")))
        return []

    def _foreign(self, node: Node, flat: bool) -> list[str]:
        """Blocks in another language. A component is closed by itself: it stays outside the element."""
        blocks = self.write(node.children, flat)
        out: list[str] = []
        run: list[str] = []
        for block in [*blocks, ""]:
            if block and not block.startswith(":::"):
                run.append(block)
                continue
            if run:
                out.append("\n\n".join([f'<div lang="{attribute(node.value)}">', dialect.join(run), "</div>"]))
                run = []
            out.append(block)
        return out

    def _raw_link(self, node: Node, flat: bool) -> list[str]:
        """A link around blocks, as HTML has it and Markdown has not."""
        text = clean(node.text()).strip()
        url = self.inline.address(node.attr("href"), "Le lien", node)
        blocks = self.write(node.children, flat=True)
        if not url or not blocks:
            return blocks
        self.found.links.append(Link(url, text))
        if not text and "![" not in "\n".join(blocks):
            return [f"[{escaped(name, True)}]({in_link(url)})", *blocks] if (name := name_of(node)) else blocks
        if "<a href=" in "\n".join(blocks):
            return blocks
        return [f'<a href="{attribute(self.inline.href(url))}">\n\n{dialect.join(blocks)}\n\n</a>']

    # ---------------------------------------------------------------- tables

    def _table(self, node: Node, flat: bool) -> list[str]:
        grid = Grid(node)
        if is_layout(node, grid):
            return [block for row in grid.rows for cell in row for block in self.write(cell.node.children, flat)]
        return write_table(self, grid, flat or self._containers >= MAX_CONTAINERS)

    def cell(self, children: list) -> list[str]:
        """The blocks of a cell."""
        return self._item(Node("td", None, children))

    def cell_line(self, children: list) -> str:
        """The words of a cell, on one line."""
        return self.inline.write(children, CELL)


def listed(items: list[list[str]], start: int | None, loose: bool) -> str:
    """A list. items: the blocks of each; start: its first number, None for bullets; loose: whether blank lines part its items."""
    lines: list[str] = []
    loose = loose or any(not _is_tight(blocks) for blocks in items)
    for number, blocks in enumerate(items, start or 0):
        mark = "- " if start is None else f"{number}. "
        body = (dialect.join(blocks) if loose else "\n".join(blocks)) if len(blocks) > 1 else blocks[0] if blocks else ""
        if "\n" in body:
            pad = " " * len(mark)
            body = "\n".join(pad + line if line and at else line for at, line in enumerate(body.split("\n")))
        lines.append(mark + body if body else mark.rstrip())
    return ("\n\n" if loose else "\n").join(lines)


_CLOSED = re.compile(r"```|[-*] |\d+[.)] ")
_ENDED = re.compile(r"```|#{1,6} |\*\*\*$")
_LISTS = re.compile(r"[-*] |\d+[.)] |> |<")
_INTERRUPTS = re.compile(r"[-*] |1[.)] |> |```|#{1,6} |\*\*\*$|<(?:table|details|figure|ol|dl|div|address)\b")


def _is_tight(blocks: list[str]) -> bool:
    """Whether blocks can follow each other without a blank line: each opens by itself, and no paragraph would go on in the next."""
    if any("\n\n" in block and not _CLOSED.match(block) for block in blocks):
        return False
    return all(_ENDED.match(before) or _INTERRUPTS.match(block) and not (_LISTS.match(before) and _LISTS.match(block)) for before, block in pairwise(blocks))


def _element(name: str, blocks: list[str], attributes: str) -> str:
    """An HTML element around Markdown: words alone stay on its line, the rest between blank lines."""
    body = dialect.join(blocks)
    if dialect.is_plain(body):
        return f"<{name}{attributes}>{body}</{name}>"
    return f"<{name}{attributes}>\n\n{body}\n\n</{name}>"


def _described(blocks: list[str]) -> str:
    body = dialect.join(blocks)
    return ": " + body.replace("\n", "\n  ").replace("\n  \n", "\n\n")


def _entries(children: list) -> list[Node]:
    """The dt and dd of a list; words outside them are a description."""
    out: list[Node] = []
    for child in children:
        if type(child) is Node and child.name in ("dt", "dd"):
            out.append(child)
        elif type(child) is Node and child.block:
            out += _entries(child.children) if any(type(one) is Node and one.name in ("dt", "dd") for one in child.children) else [Node("dd", None, [child])]
        elif type(child) is Node or child.strip():
            out.append(Node("dd", None, [child]))
    return out


def _is_anchor(node: Node) -> bool:
    """Whether a paragraph holds nothing but anchors."""
    found = False
    for child in node.children:
        if type(child) is str:
            if not child.isspace():
                return False
        elif child.name == "anchor":
            found = True
        else:
            return False
    return found


def _gathered(nodes: list[Node]) -> list[Node]:
    """Blocks with items that stand in no list as lists: browsers show them so."""
    out: list[Node] = []
    for name, run in groupby(nodes, lambda node: _STRAY.get(node.name, "")):
        out += [Node(name, None, list(run))] if name else run
    return out


_STRAY = {"li": "ul", "dt": "dl", "dd": "dl"}


def _first_anchor(children: list) -> tuple[list, str]:
    """Children without their first anchor, and its id."""
    for at, child in enumerate(children):
        if type(child) is Node and child.name == "anchor":
            return [*children[:at], *children[at + 1 :]], child.value
    return children, ""


def _unwrapped(children: list) -> list:
    """Words of a heading: bold from end to end says nothing more than the heading."""
    said = [child for child in children if type(child) is Node or child.strip()]
    return said[0].children if len(said) == 1 and type(said[0]) is Node and said[0].name == "strong" else children


def _is_permalink(link: Node) -> bool:
    """Whether a link only says where its heading is, as documentation tools add."""
    return clean(link.text()).strip() in ("", "¶", "#", "§", "🔗", "∞") and "#" in link.attr("href") and not any(_images(link))


def _images(node: Node):
    for child in node.children:
        if type(child) is Node:
            if child.name == "img":
                yield child
            yield from _images(child)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", clean(text).casefold()).strip()


def _number(value: str) -> int | None:
    value = value.strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None


def _preformatted(node: Node) -> str:
    return _UNSEEN.sub("", _lines(node))


def _lines(node: Node) -> str:
    out: list[str] = []
    for child in node.children:
        if type(child) is str:
            out.append(child)
        elif child.name == "br":
            out.append("\n")
        elif child.block:
            if out and not out[-1].endswith("\n"):
                out.append("\n")
            out += [_lines(child), "\n"]
        else:
            out.append(_lines(child))
    return "".join(out)


_UNSEEN = re.compile("[\x00\ue000-\ue002]")


def _code_language(node: Node) -> str:
    holders = [node.attr("class"), *(child.attr("class") for child in node.children if type(child) is Node)]
    if node.source is not None and node.source.parent is not None and hasattr(node.source.parent, "attr"):
        holders.append(node.source.parent.attr("class") or "")
    for names in holders:
        if names and (found := _LANGUAGE_CLASS.search(names)):
            return found[1]
    return ""


def _html_words(blocks: Blocks, children: list) -> str:
    out: list[str] = []
    for child in children:
        if type(child) is str:
            out.append(re.sub(r"\n[ \t]*(?=\n)", "\n\u00a0", attribute(child)))
        elif child.name == "br":
            out.append("\n")
        elif child.name == "a" and (url := blocks.inline.address(child.attr("href"), "Le lien", child)):
            blocks.found.links.append(Link(url, clean(child.text()).strip()))
            out.append(f'<a href="{attribute(url)}">{_html_words(blocks, child.children)}</a>')
        elif child.name == "img" and (url := blocks.inline.image(child)):
            out.append(f'<img src="{attribute(url)}" alt="{attribute(clean(child.attr("alt")).strip())}">')
        else:
            out.append(_html_words(blocks, child.children))
    return "".join(out)


def plain_title(text: str) -> str:
    """Words fit for the title of a component."""
    return clean(text).strip().translate({ord("{"): "(", ord("}"): ")"})


def _is_title(summary: Node, title: str) -> bool:
    """Whether the title of a component, plain words, says all that a summary does."""
    return "{" not in title and "}" not in title and not any(
        type(child) is Node and child.name in ("a", "img", "abbr", "lang", "code", "sup", "sub", "ref") for child in _inside(summary))


def _inside(node: Node):
    for child in node.children:
        yield child
        if type(child) is Node:
            yield from _inside(child)


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAKES_ANCHORS = frozenset("p para h1 h2 h3 h4 h5 h6 details summary note".split())
_HANDLERS: dict[str, Callable[[Blocks, Node, bool], list[str]]] = {
    "p": Blocks._paragraph, "para": Blocks._paragraph, **dict.fromkeys(_HEADINGS, Blocks._heading),
    "ul": Blocks._list, "ol": Blocks._list, "dl": Blocks._definitions, "table": Blocks._table, "blockquote": Blocks._quotation, "pre": Blocks._code,
    "hr": Blocks._rule, "figure": Blocks._figure, "figcaption": Blocks._caption, "details": Blocks._details, "address": Blocks._address,
    "tabs": Blocks._tabs, "alert": Blocks._alert, "note": Blocks._note, "langblock": Blocks._foreign, "rawlink": Blocks._raw_link, "summary": Blocks._caption,
}
