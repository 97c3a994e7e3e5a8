"""Lists that a page types with dashes or bullets, a line or a paragraph an item: screen readers hear none (WCAG 1.3.1, technique H48).

The same as typed_list.py, for pages rather than sheets.
"""

from __future__ import annotations

import re
from itertools import groupby

from migration.tree import Node, says

# A bullet begins nothing but an item. A dash does when a space follows; an em dash opens the line of a dialogue.
_MARK = re.compile(r"[\s\u00a0]*(?:([-–])[\s\u00a0]|([•▪◦‣●○■➢➤·\uf0b7\uf0a7]))[\s\u00a0]*")
_SIGNS = frozenset("-–•▪◦‣●○■➢➤·\uf0b7\uf0a7")
_ENOUGH = 2


def gathered(nodes: list[Node]) -> list[Node]:
    """Blocks with each run of at least two lines that begin with the same mark as one list."""
    if not any([node.name in ("p", "para") and _mark(node.children) for node in nodes]):
        return nodes
    lines = [line for node in nodes for line in _lines(node)]
    out: list[Node] = []
    for mark, run in groupby(lines, lambda line: _mark(line.children) if line.name in ("p", "para") else ""):
        run = list(run)
        if mark and len(run) >= _ENOUGH:
            out.append(Node("ul", None, [Node("li", None, _without_mark(line.children)) for line in run]))
        else:
            out += run
    return out


def _lines(node: Node) -> list[Node]:
    """A paragraph as one for each of its lines, when two of these begin with the same mark."""
    if node.name not in ("p", "para"):
        return [node]
    lines: list[list] = [[]]
    for child in node.children:
        if type(child) is Node and child.name == "br":
            lines.append([])
        else:
            lines[-1].append(child)
    marks = [mark for line in lines if (mark := _mark(line))]
    if len(marks) < _ENOUGH or len(set(marks)) > 1:
        return [node]
    parts: list[Node] = []
    for line in lines:  # what is before the first item stays together
        if _mark(line) or parts and _mark(parts[-1].children) and says(line):
            parts.append(Node("para", None, line))
        elif parts:
            parts[-1].children += [Node("br", None, []), *line]
        else:
            parts.append(Node("para", None, line))
    return [part for part in parts if says(part.children)]


def _mark(children: list) -> str:
    """The kind of mark that words begin with, "" when they have none, or when nothing but figures follows."""
    first = children[0] if children else ""
    if type(first) is not str or first[:1].isalpha() or first.lstrip()[:1] not in _SIGNS:
        return ""
    found = _MARK.match(first)
    if found is None or not any(map(str.isalpha, first[found.end() :] if len(children) == 1 else Node("", None, children).text())):
        return ""
    return "-" if found[1] else "•"


def _without_mark(children: list) -> list:
    return [children[0][_MARK.match(children[0]).end() :], *children[1:]]
