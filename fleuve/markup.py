"""HTML that the pipeline has written itself, taken apart: it is well-formed, and attribute values hold no bare « < »."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable

_CODE = re.compile(r"(<(?:pre|code|kbd|samp|script)\b.*?</(?:pre|code|kbd|samp|script)>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def outside_code(html: str, change: Callable[[str], str]) -> str:
    """The HTML with `change` applied to all of it but code."""
    if "<code" not in html and "<pre" not in html:
        return change(html)
    return "".join(piece if i % 2 else change(piece) for i, piece in enumerate(_CODE.split(html)))


def plain_text(html: str) -> str:
    """Words of a piece of HTML; its line ends are kept."""
    text = _TAG.sub(" ", html)
    return html_module.unescape(text) if "&" in text else text


def inner_text(html: str) -> str:
    """Text of an inline piece (a heading, a link): tags go away without leaving a space."""
    text = " ".join((_TAG.sub("", html) if "<" in html else html).split())
    return html_module.unescape(text) if "&" in text else text
