"""Lists that the source types with dashes or bullets, one paragraph an item: screen readers hear none (WCAG 1.3.1, technique H48)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migration.fiche import Node, text

# A bullet begins nothing but an item. A dash does when a space follows; an em dash opens the line of a dialogue.
_MARK = re.compile(r"\s*(?:([-–])\s|([•▪◦‣●○■➢➤·]))\s*")
_ENOUGH = 2


def gathered(nodes: Iterable[Node]) -> Iterator[Node]:
    """Give `nodes`, with each run of at least two paragraphs that begin with the same mark as one list. Takes and returns siblings."""
    run: list[Node] = []
    kind = ""
    for node in nodes:
        mark = _mark(node)
        if mark != kind:
            yield from _list(run)
            run, kind = [], mark
        if mark:
            run.append(node)
        else:
            yield node
    yield from _list(run)


def _mark(node: Node) -> str:
    """Return the kind of mark that a paragraph begins with, "" when it has none or when nothing but figures follows."""
    if node.get("name") != "Paragraphe":
        return ""
    found = _MARK.match(_leading(node))
    return ("-" if found[1] else "•") if found and any(map(str.isalpha, text(node))) else ""


def _leading(node: Node) -> str:
    """Return the text with which a paragraph begins, in whatever element it stands."""
    if node["type"] == "text":
        return node["text"]
    return next((words for child in node.get("children") or () if (words := _leading(child)).strip()), "")


def _list(run: list[Node]) -> list[Node]:
    if len(run) < _ENOUGH:
        return run
    return [{"type": "element", "name": "Liste", "children": [{"type": "element", "name": "Item", "children": [_without_mark(node)]} for node in run]}]


def _without_mark(node: Node) -> Node:
    """Return a copy of a paragraph without its mark: the tree is read again to measure what was kept."""
    children = list(node.get("children") or ())
    for at, child in enumerate(children):
        if _leading(child).strip():
            children[at] = {**child, "text": child["text"][_MARK.match(child["text"]).end():]} if child["type"] == "text" else _without_mark(child)
            break
    return {**node, "children": children}
