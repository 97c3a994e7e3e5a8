"""Footnotes of old pages: a small link to a note, which has a link back. What Word, WordPress and hand-made pages have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from turbohtml import Element, Node, Text

_CALL = re.compile(r"\s*[\[(]?\s*(\d{1,3}|[*†‡]{1,3}|[a-z])\s*[\])]?\s*")
_NAME = re.compile(r"(?:_?(?:ftn|fn|edn|note|footnote|renvoi|nbp|cite_note|fnt|bas)[-_:.]?)\w*", re.IGNORECASE)
_HOLDERS = ("li", "p", "dd", "div", "td", "aside")


@dataclass
class Note:
    """One note: its number in the new text, the nodes of its text, and whether a call leads to it."""

    name: str
    nodes: list[Node]
    called: bool = False


@dataclass
class Notes:
    """The notes of a page. `nodes`: elements that are read as notes, and not where they stand."""

    definitions: list[Note] = field(default_factory=list)
    nodes: frozenset[Element] = frozenset()
    _calls: dict[Element, Note] = field(default_factory=dict)

    def call(self, node: Element) -> str | None:
        """Return the Markdown of a call, None for what is none."""
        note = self._calls.get(node)
        if note is None:
            return None
        note.called = True
        return f"[^{note.name}]"


def find(body: Element) -> Notes:
    """Find the notes of a page: a link in superscript (or of the name of a note) to an element that has a link back to it."""
    calls = [link for link in body.select("a[href^='#']") if _CALL.fullmatch(link.text) and (_is_raised(link) or _NAME.fullmatch(link.attr("href")[1:]))]
    if not calls:
        return Notes()
    named = {name: one for one in body.select("[id], a[name]") for name in (one.attr("id"), one.attr("name")) if name}
    notes = Notes()
    holders: dict[Element, Note] = {}
    for link in calls:
        target = named.get(link.attr("href")[1:])
        holder = _holder(target) if target is not None else None
        if holder is None or link in set(holder.descendants) or not _leads_back(holder, link, named):
            continue
        if holder not in holders:
            holders[holder] = Note(str(len(holders) + 1), [])
            notes.definitions.append(holders[holder])
        notes._calls[_whole(link)] = holders[holder]
    for holder, note in holders.items():
        note.nodes = _without_mark(holder)
    notes.nodes = frozenset(holders)
    return notes


def _is_raised(link: Element) -> bool:
    parent = link.parent
    return link.select_one("sup") is not None or isinstance(parent, Element) and parent.tag == "sup"


def _whole(link: Element) -> Element:
    """The call with the <sup> around it, when that holds nothing else."""
    parent = link.parent
    return parent if isinstance(parent, Element) and parent.tag == "sup" and parent.text.strip() == link.text.strip() else link


def _holder(target: Element) -> Element | None:
    node: Node | None = target
    while isinstance(node, Element) and node.tag not in _HOLDERS:
        node = node.parent
    return node if isinstance(node, Element) and len(node.text) < 4000 else None


def _leads_back(holder: Element, link: Element, named: dict[str, Element]) -> bool:
    for back in holder.select("a[href^='#']"):
        there = named.get(back.attr("href")[1:])
        if there is not None and (there is link or there in set(link.descendants) or link in set(there.descendants) or there.parent is link.parent or there in link.ancestors):
            return True
    return False


def _without_mark(holder: Element) -> list[Node]:
    """The text of a note without its number and its link back."""
    for back in holder.select("a[href^='#']"):
        text = back.text.strip()
        if _CALL.fullmatch(text) or re.fullmatch(r"[↩↑^⇧\ufe0e\s]*|(?:retour|return|haut|back).{0,60}", text, re.IGNORECASE | re.S):
            whole = _whole(back)
            whole.decompose()
    nodes = holder.children
    if nodes and type(nodes[0]) is Text:
        bare = re.sub(r"^\s*[\])]?\s*[.:]?\s*", "", nodes[0].data)
        if bare != nodes[0].data and bare:
            nodes = [Text(bare), *nodes[1:]]
    return nodes
