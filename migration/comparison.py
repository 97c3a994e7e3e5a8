"""An old page and its new one, made safe to be shown side by side in the report."""

from __future__ import annotations

import re
from collections import Counter

import nh3

# A comparison weighs less than 1 MB: longer contents are cut, and the report says so.
CHARACTERS_MAX = 300_000
WORDS_SHOWN = 60
# Browsers themselves stop at 512 levels (Chromium).
DEPTH_MAX = 400
_TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "tr", "th", "td", "blockquote",
    "pre", "code", "kbd", "samp", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "abbr", "q", "cite", "dfn", "time", "a", "div", "span", "figure",
    "figcaption", "details", "summary", "img",
}
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}, "img": {"alt"}, "a": {"href"}}
_DROPPED = {"script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "audio", "video", "form", "select", "textarea", "button", "title"}
_IMAGE = re.compile(r'<img(?: alt="([^"]*)")?[^>]*>')
_LINK = re.compile(r'<a(?: href="([^"]*)")?[^>]*>')
_TH = re.compile(r"<(/?)th\b")
_CAPTION = re.compile(r"<(/?)caption>")
_HEADING = re.compile(r"<(/?)h([1-6])>")
_EMPTY = re.compile(r"<(h[1-6]|a|p|summary|span|div|strong|em|b|i|li|dt|figcaption)[^>]*>(?:\s|&nbsp;|\u00a0|<br>)*</\1>")
_SPAN = re.compile(r' (?:col|row)span="(?:0|1|[^0-9"][^"]*|[0-9]*[^0-9"][^"]*|[0-9]{4,})"')
_START = re.compile(r' start="(?![0-9]{1,6}")[^"]*"')
# Elements without an end, or whose end may be left out, do not tell how deep a page is.
_NESTED = re.compile(r"<(/?)(?!(?:p|li|dt|dd|tr|td|th|thead|tbody|tfoot|br|hr|img|input|meta|link|col|area|base|wbr|source|option|param|embed)\b)[a-z]", re.I)
_TAG = re.compile(r"<[^>]*>")
# They do not end a word: « 1<sup>er</sup> ».
_INLINE = re.compile(r"</?(?:a|abbr|b|i|u|s|em|strong|span|sub|sup|small|mark|code|cite|q|dfn|time|ins|del)(?: [^>]*)?>")
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot);")
_WORD = re.compile(r"\w+")


def shown(html: str) -> tuple[str, bool]:
    """Return a fragment of HTML that nothing can come from, and whether it was cut.

    No script, style, image, form or address is left: an image becomes its text, a link its words with its target beside. Headings begin at level 3
    (the report has its own above), header cells look like headers without being any (nobody has checked them), and ids are gone.
    Tables lose their groups of rows for the same reason.
    """
    cut = len(html) > CHARACTERS_MAX
    kept = {"tags": _TAGS, "attributes": _ATTRIBUTES, "url_schemes": {"http", "https", "mailto", "tel"}}
    clean = nh3.clean(_shallow(html[:CHARACTERS_MAX]), clean_content_tags=_DROPPED, link_rel=None, **kept)
    clean = _IMAGE.sub(lambda image: f'<span class="image">Image\u00a0: {image[1]}</span>' if image[1] else '<span class="image">Image sans texte</span>', clean)
    clean = _LINK.sub(_as_span, clean).replace("</a>", "</span>")
    clean = _CAPTION.sub(lambda tag: f"<{tag[1]}caption>", _TH.sub(lambda tag: "</td" if tag[1] else '<td class="entete"', clean))
    for _ in range(3):  # what only held what was empty is empty too
        clean = _EMPTY.sub("", clean)
    return _lowered(_START.sub("", _SPAN.sub("", clean))), cut


def _shallow(html: str) -> str:
    """The same, or its text alone when it is nested as no page is: the sanitizer takes a time that grows with the square of the depth."""
    if html.count("<") < DEPTH_MAX:
        return html
    depth = 0
    for tag in _NESTED.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > DEPTH_MAX:
            return _TAG.sub(" ", html)
    return html


def _as_span(link: re.Match) -> str:
    return f'<span class="lien" title="{link[1][:300]}">' if link[1] else "<span>"


def _lowered(html: str) -> str:
    levels = sorted({int(level) for _, level in _HEADING.findall(html)})
    ranks = {level: min(3 + rank, 6) for rank, level in enumerate(levels)}
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{ranks[int(tag[2])]}>", html)


def difference(before: str, after: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return the words (word, times) that are only in the old page, then those only in the new, in the order in which they are read; both are HTML."""
    old, new = _words(before), _words(after)
    return list((old - new).items()), list((new - old).items())


def _words(html: str) -> Counter[str]:
    clean = nh3.clean(_shallow(html[:CHARACTERS_MAX]), tags=_TAGS, attributes={}, clean_content_tags=_DROPPED)
    return Counter(_WORD.findall(_ENTITY.sub(" ", _TAG.sub(" ", _INLINE.sub("", clean))).lower()))
