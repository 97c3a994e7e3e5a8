"""Counts of what is in a page before and after, by which a reader of the report sees at once where something went."""

from __future__ import annotations

import re
from collections import Counter

from turbohtml import Element

from fleuve.markdown import commonmark

KINDS = ("words", "links", "images", "tables", "headings", "items")
_COUNTED = "a[href], img, table, h1, h2, h3, h4, h5, h6, li"
_KIND = {"a": "links", "img": "images", "table": "tables", "li": "items", **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "headings")}
_TEXT = re.compile(">([^<]+)")
# All in one pass; what is captured, two signs at most, says which it is.
_TAG = re.compile(r"<(a(?= [^>]*?href=)|im(?=g )|ta(?=ble)|h(?=[1-6][ >])|li(?=[ >]))")
_KIND_OF_TAG = {"a": "links", "im": "images", "ta": "tables", "h": "headings", "li": "items"}
_CONTAINER = re.compile(r"^ {0,3}:::+[^\S\n]*([\w-]*)[^\S\n]*(.*?)[^\S\n]*(\{[^{}\n]*\})?$", re.M)


def of_dom(body: Element) -> dict[str, int]:
    """Counts of an element. Scripts and styles in it are taken out: they are no words."""
    body.remove("script, style, template")
    counts = Counter([_KIND[element.tag] for element in body.select(_COUNTED)])
    # Words that a no-break space ties are one, as they are in HTML, where it is written with a name.
    counts["words"] = len(" ".join(body.strings).replace("\u00a0", "_").split())
    return counts


def of_html(html: str) -> dict[str, int]:
    """Counts of HTML as the renderer writes it."""
    counts = Counter(map(_KIND_OF_TAG.__getitem__, _TAG.findall(html)))
    counts["words"] = len(" ".join(_TEXT.findall(html)).split())
    return counts


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
