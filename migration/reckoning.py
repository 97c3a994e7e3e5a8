"""Counts of what is in a page before and after, by which a reader of the report sees at once where something went."""

from __future__ import annotations

import re

import turbohtml
from turbohtml import Element

from fleuve.markdown import commonmark

KINDS = ("words", "links", "images", "tables", "headings", "items")
_TAGS = {"a": "links", "img": "images", "table": "tables", **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "headings"), "li": "items"}
_CONTAINER = re.compile(r"^ {0,3}:::+[^\S\n]*([\w-]*)[^\S\n]*(.*?)[^\S\n]*(\{[^{}\n]*\})?$", re.M)


def of_dom(body: Element) -> dict[str, int]:
    """Counts of an element. Scripts and styles in it are taken out: they are no words."""
    body.remove("script, style, template")
    counts = dict.fromkeys(KINDS, 0)
    for element in body.iter_elements():
        kind = _TAGS.get(element.tag)
        if kind and (kind != "links" or element.attr("href") is not None):
            counts[kind] += 1
    counts["words"] = sum(len(text.split()) for text in body.strings)
    return counts


def of_markdown(markdown: str) -> dict[str, int]:
    """Counts of what readers will find in a text. The words of its components are their titles."""
    links = 0
    if ":::" in markdown:
        links = markdown.count(' {lien="')
        markdown = _CONTAINER.sub(lambda match: f"\n{match[2]}\n", markdown)
    counts = of_dom(turbohtml.parse_fragment(commonmark(markdown), positions=False))
    counts["links"] += links
    return counts


def both(before: dict[str, int], after: dict[str, int]) -> dict[str, tuple[int, int]]:
    """The two side by side."""
    return {kind: (before[kind], after[kind]) for kind in KINDS}
