"""HTML that browsers mend and that validators refuse, as editors paste it: the text read is the same."""

from __future__ import annotations

import re
from collections.abc import Callable

_MISHAPS: tuple[Callable[[str], str], ...] = (
    lambda html: re.sub(r"</li>\n", "\n", html),
    lambda html: re.sub(r"</p>\n<p>", "\n<p>", html, count=3),
    lambda html: re.sub(r"<strong>(.*?)</strong>", r"<strong><i>\1</strong></i>", html, count=2),
    lambda html: re.sub(r"</td></tr>", "", html),
    lambda html: re.sub(r"<p>", '<p align=justify id="texte">', html, count=4),
    lambda html: re.sub(r"</p>", "</span></p>", html, count=2),
    lambda html: re.sub(r"<p>([^<]+)</p>", r'<p><font face="Times New Roman"><o:p></o:p>\1</font><?xml:namespace prefix = o /></p>', html, count=3),
)
EVERY = 3


def broken(html: str, number: int) -> str:
    """The content of a page with one kind of mishap, one page of three; `number` is the page's."""
    return _MISHAPS[number // EVERY % len(_MISHAPS)](html) if number % EVERY == 0 else html
