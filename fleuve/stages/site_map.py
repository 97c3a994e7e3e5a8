"""The site map page: the information architecture as a tree, as deep as a page can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.stages.listing import show
from fleuve.stages.stage import OutputFile, Stage

MAX_DEPTH = 3
MAX_ENTRIES = 2000
"""About 300 KB of HTML: what a phone on a slow line receives in ten seconds. A level that does not fit is left out whole."""


class SiteMap(Stage):
    """Writes the site map in each language."""

    name = "plan"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        yield from show("plan", "site/plan.html", site, lambda lang: {"tree": tree(site.index, lang)})


def tree(index: Any, lang: str) -> list[dict]:
    """[{card, children}] of the documents of a language, from the top folders down."""
    top = _nodes(index, "", lang)
    level, count = top, len(top)
    for _ in range(MAX_DEPTH - 1):
        below: list[tuple[dict, list[dict]]] = []
        for node in level:
            children = _nodes(index, _folder(node["card"]), lang) if _is_index(node["card"]) else []
            count += len(children)
            below.append((node, children))
            if count > MAX_ENTRIES:
                return top
        for node, children in below:
            node["children"] = children
        level = [child for _, children in below for child in children]
    return top


def _nodes(index: Any, folder: str, lang: str) -> list[dict]:
    # A guide's parts are read from the guide: they are not places of their own in the architecture.
    return [{"card": card, "children": []} for card in index.children(folder, lang) if card.url and not card.retired]


def _is_index(card: Any) -> bool:
    return card.path.rpartition("/")[2].startswith("index.") and card.type != "guide"


def _folder(card: Any) -> str:
    return card.path.rpartition("/")[0]
