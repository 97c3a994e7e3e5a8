"""HTML that the pipeline has written itself, taken apart: it is well-formed, and attribute values hold no bare « < »."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable

# A drawing's coordinates are no text either.
_CODE = re.compile(r"(<(pre|code|kbd|samp|script|svg)\b.*?</\2>)", re.DOTALL)
_SIGN = re.compile(r"<(?:pre|code|kbd|samp|script|svg)\b")
_TAG = re.compile(r"<[^>]*>")


def outside_code(html: str, change: Callable[[str], str]) -> str:
    """The HTML with `change` applied to all of it but code."""
    if not _SIGN.search(html):
        return change(html)
    pieces = _CODE.split(html)  # text, code, its element, text, code…
    pieces[::3] = map(change, pieces[::3])
    del pieces[2::3]
    return "".join(pieces)


def plain_text(html: str) -> str:
    """Words of a piece of HTML; its line ends are kept."""
    text = _TAG.sub(" ", html)
    return html_module.unescape(text) if "&" in text else text


def inner_text(html: str) -> str:
    """Text of an inline piece (a heading, a link): tags go away without leaving a space."""
    text = " ".join((_TAG.sub("", html) if "<" in html else html).split())
    return html_module.unescape(text) if "&" in text else text
