"""Sanitizer: raw HTML goes through an allow-list; scripts, event handlers, inline styles and dangerous addresses never reach a page.

Pages whose Markdown holds no raw HTML (nearly all) need none of this: what the renderer writes is safe by construction.
"""

from __future__ import annotations

import re
from bisect import bisect_left

import nh3
from mkdocs.plugins import BasePlugin

from fleuve.markdown import fenced
from fleuve.page import Page
from fleuve.problem import ERROR, WARNING

_TEXT = "a abbr b bdi bdo br cite code data del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u var wbr"
_BLOCKS = "address article aside blockquote caption col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr img li ol p pre section summary table tbody td tfoot th thead tr ul"
TAGS = set(f"{_TEXT} {_BLOCKS}".split())
ATTRIBUTES = {
    "*": {"id", "class", "lang", "dir", "title", "role", "aria-label", "aria-labelledby", "aria-describedby", "aria-hidden"},
    "a": {"href", "hreflang"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"}, "col": {"span"}, "colgroup": {"span"}, "ol": {"start", "type", "reversed"}, "li": {"value"},
    "time": {"datetime"}, "data": {"value"}, "del": {"datetime", "cite"}, "ins": {"datetime", "cite"}, "blockquote": {"cite"}, "q": {"cite"}, "details": {"open"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
# Their content is code or belongs to another document: it goes away with the tag.
WITH_CONTENT = {"script", "style", "template", "noscript", "svg", "math", "object", "iframe", "frame", "frameset", "applet", "form"}
MAX_DEPTH = 256
_OPEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# Elements without content, or that the next one of their kind closes.
_UNCLOSED = frozenset("area base br col embed hr img input link meta source track wbr p li dt dd td th tr thead tbody tfoot option rp rt".split())
_DANGER = (
    (re.compile(r"<\s*(script|object|embed|applet|base|meta|link|form)\b", re.I), "balise-interdite", "La balise <{}> n’est pas permise ; elle a été retirée."),
    (re.compile(r"<[^<>]*\s(on[a-z]++)\s*+=", re.I), "gestionnaire-interdit", "L’attribut « {} » exécute du code ; il a été retiré."),
    (re.compile(r"(?:href|src|action)\s*+=\s*+[\"']?+\s*+((?:java|vb)script|data)\s*+:", re.I), "adresse-interdite", "Une adresse « {}: » n’est pas permise ; elle a été retirée."),
)
# The address of a Markdown link: where there is raw HTML too, the allow-list takes it out before the links are looked at.
_LINK = re.compile(r"\]\(\s*+<?+\s*+((?:java|vb)script|data)\s*+:", re.I)
_DISCOURAGED = re.compile(r"<\s*(iframe|style|font|center|marquee|blink|svg|math|input|button|video|audio)\b|<[^<>]*\s(style)\s*+=", re.I)
_RAW = re.compile(r"<[^<>]*>?")
_CODE = re.compile(r"`[^`\n]*+`")


class Sanitizer(BasePlugin):
    """Each piece between component marks is cleaned on its own: markup left open in one cannot spill into another."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or not doc.raw_html:
            return None
        tell(doc.body, doc)
        if is_deep(html):
            doc.report(ERROR, "html-trop-imbrique", f"Plus de {MAX_DEPTH} balises les unes dans les autres ; le corps de cette page n’est pas publié.",
                       "Fermez les balises HTML ouvertes, ou écrivez cette page en Markdown.", find="<")
            doc.components.clear()
            return ""
        return sanitize(html)


def is_deep(html: str) -> bool:
    """Whether elements are nested so deep that a parser, ours or a browser's, would choke on them."""
    depth = 0
    for closing, name in _OPEN.findall(html):
        if name.lower() not in _UNCLOSED:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False


def sanitize(html: str) -> str:
    """The HTML of a body with only what the allow-list permits, its component marks kept."""
    from plugins.components import MARK

    pieces = MARK.split(html)
    cleaned = [clean(pieces[0])]
    for kind, number, text in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
        cleaned += [f"<p>{kind}{number}\ue002</p>\n", clean(text)]
    return "".join(cleaned)


def clean(html: str) -> str:
    """A piece of HTML, well-formed and with only permitted tags, attributes and addresses."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, clean_content_tags=WITH_CONTENT, link_rel=None, strip_comments=True)


def tell(body: str, doc: Page) -> None:
    """Report what the sanitizer takes out: an error for code, a warning for what only styles or embeds."""
    tags = " ".join(set(_RAW.findall(body)))  # a table has a thousand tags, and six different ones
    if not _DISCOURAGED.search(tags) and not any(pattern.search(tags) for pattern, _, _ in _DANGER) and not _LINK.search(body):
        return
    text = "\n".join("" if is_code else _CODE.sub("", line) for line, is_code in fenced(body))
    lines = Lines(text, doc.body_line)
    for pattern, code, message in (*_DANGER, (_LINK, *_DANGER[-1][1:])):
        for match in pattern.finditer(text):
            doc.report(ERROR, code, message.format(match[1].lower()), "Retirez-la du texte ; un composant de Fleuve fait peut-être ce que vous voulez.", line=lines.at(match.start()))
    for match in _DISCOURAGED.finditer(text):
        name = (match[1] or match[2]).lower()
        doc.report(WARNING, "html-retire", f"« {name} » n’est pas permis dans le HTML d’une page ; ce qui en dépend a été retiré.", "Utilisez le Markdown ou un composant (video, encadre…).", line=lines.at(match.start()))


class Lines:
    """Numbers of lines of a text, each found in no time. first: the number of its first line."""

    def __init__(self, text: str, first: int) -> None:
        self._first = first
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def at(self, index: int) -> int:
        """Number of the line that holds the character at `index`."""
        return self._first + bisect_left(self._ends, index)
