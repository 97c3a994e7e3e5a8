"""Counts of what is in a page before and after, by which a reader of the report sees at once where something went."""

from __future__ import annotations

import re

from turbohtml import Element

from fleuve.markdown import commonmark

KINDS = ("words", "links", "images", "tables", "headings", "items")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.S)
_LINK = re.compile(r"<a [^>]*?href=")
_HEADING = re.compile(r"<h[1-6][ >]")
_CONTAINER = re.compile(r"^ {0,3}:::+[^\S\n]*([\w-]*)[^\S\n]*(.*?)[^\S\n]*(\{[^{}\n]*\})?$", re.M)


def of_dom(body: Element) -> dict[str, int]:
    """Counts of an element. Scripts and styles in it are taken out: they are no words."""
    body.remove("script, style, template")
    return of_html(body.serialize())


def of_html(html: str) -> dict[str, int]:
    """Counts of HTML as a serializer writes it."""
    return {
        "words": len(_TAG.sub(" ", html).split()), "links": len(_LINK.findall(html)), "images": html.count("<img "), "tables": html.count("<table"),
        "headings": len(_HEADING.findall(html)), "items": html.count("<li>") + html.count("<li "),
    }


def of_markdown(markdown: str) -> dict[str, int]:
    """Counts of what readers will find in a text. The words of its components are their titles."""
    links = 0
    if ":::" in markdown:
        links = markdown.count(' {lien="')
        markdown = _CONTAINER.sub(lambda match: f"\n{match[2]}\n", markdown)
    counts = of_html(commonmark(markdown))
    counts["links"] += links
    return counts


def both(before: dict[str, int], after: dict[str, int]) -> dict[str, tuple[int, int]]:
    """The two side by side."""
    return {kind: (before[kind], after[kind]) for kind in KINDS}
