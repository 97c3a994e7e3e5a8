"""The Markdown dialect: CommonMark in Rust, and what is rewritten in its HTML to be accessible and free of inline styles."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyromark

_O = pyromark.Options
DIALECT = _O.ENABLE_TABLES | _O.ENABLE_FOOTNOTES | _O.ENABLE_STRIKETHROUGH | _O.ENABLE_HEADING_ATTRIBUTES | _O.ENABLE_GFM | _O.ENABLE_DEFINITION_LIST
_PLAIN = pyromark.Markdown(options=DIALECT)
_CURLY = pyromark.Markdown(options=DIALECT | _O.ENABLE_SMART_PUNCTUATION)

# Markup that only raw HTML (or an autolink) can bring in: without it, what the renderer writes is safe by construction.
_RAW = re.compile(r"<[A-Za-z/!?]")
# So do the attributes of a heading: « ## Titre {onclick=…} ».
_ATTRIBUTE = re.compile(r"\{[^{}]*=")
_ALIGNED = ' style="text-align: '
_ALIGNMENT = {"left": ' class="al-gauche', "center": ' class="al-centre', "right": ' class="al-droite'}
_QUOTE = re.compile(r'<(/?)blockquote(?: class="markdown-alert-(note|tip|important|warning|caution)")?[^>]*>(\n?)')
_NOTE = re.compile(r'<div class="footnote-definition" id="[^"]+"><sup class="footnote-definition-label">(\d+)</sup>\n?')
_CALL = re.compile(r'<sup class="footnote-reference"><a href="#[^"]+">(\d+)</a></sup>')
_LINE_ENDS = re.compile(r"\n*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")

ALERTS = {
    "fr": {"note": "Note", "tip": "Conseil", "important": "Important", "warning": "Attention", "caution": "Mise en garde"},
    "en": {"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution"},
}
NOTES = {
    "fr": ("Notes", "Retour au texte, note {}", "Retour au texte, note {}, appel {}"),
    "en": ("Notes", "Back to text, note {}", "Back to text, note {}, call {}"),
}


def has_raw_html(markdown: str) -> bool:
    """Whether a text may hold raw HTML, and so must go through the sanitizer."""
    return _RAW.search(markdown) is not None or "{" in markdown and _ATTRIBUTE.search(markdown) is not None


def fenced(markdown: str) -> Iterator[tuple[str, bool]]:
    """Each line of a text, and whether it belongs to a fenced block of code, its fences included."""
    fence = ""
    for line in markdown.split("\n"):
        found = _FENCE.match(line)
        if not fence:
            fence = found[1] if found else ""
            yield line, bool(fence)
        else:
            yield line, True
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""


def commonmark(markdown: str, curly: bool = False) -> str:
    """HTML of a text, as the CommonMark core gives it. curly: typographic apostrophes and quotes."""
    return (_CURLY if curly else _PLAIN).html(markdown)


def render(markdown: str, lang: str = "fr", curly: bool = False) -> str:
    """HTML of a text in Fleuve's dialect, not yet sanitized.

    Alerts become `<div class="alerte alerte-…">` with their name in words, footnotes a section at the end with links back,
    and column alignment a class (inline styles are refused by the site's Content-Security-Policy).
    """
    html = commonmark(markdown, curly)
    raw = "<" in markdown
    if raw or "|" in markdown:
        html = _aligned(html)
    if (raw or "[!" in markdown) and "markdown-alert" in html:
        html = _alerts(html, lang)
    if (raw or "[^" in markdown) and 'class="footnote-' in html:
        html = _footnotes(html, lang)
    return html


def inline(markdown: str, lang: str = "fr", curly: bool = False) -> str:
    """HTML of one line of text: the same, without its paragraph."""
    html = render(markdown, lang, curly).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html[3:-4]
    return html


def _aligned(html: str) -> str:
    """Columns aligned by a class: the pieces between two styles are found three times faster than by a regular expression."""
    first, *others = html.split(_ALIGNED)
    pieces = [first]
    for piece in others:
        way, quote, rest = piece.partition('"')
        pieces += _ALIGNMENT.get(way) or _ALIGNED + way, quote, rest
    return "".join(pieces)


def _alerts(html: str, lang: str) -> str:
    """Alerts as named regions; they may hold quotations, and quotations may hold them."""
    names = ALERTS.get(lang, ALERTS["en"])
    ends: list[str] = []

    def quote(match: re.Match) -> str:
        if match[1]:
            return (ends.pop() if ends else "</blockquote>") + match[3]
        ends.append("</div>" if match[2] else "</blockquote>")
        if not match[2]:
            return match[0]
        name = names[match[2]]
        return f'<div class="alerte alerte-{match[2]}" role="note" aria-label="{name}">\n<p class="alerte-titre">{name}</p>\n'

    return _QUOTE.sub(quote, html)


def _footnotes(html: str, lang: str) -> str:
    """Footnotes gathered at the end, each with links back to where it is called. Known by their number: a label may hold anything."""
    calls: dict[int, int] = {}

    def call(match: re.Match) -> str:
        number = int(match[1])
        calls[number] = calls.get(number, 0) + 1
        return f'<sup class="footnote-reference" id="appel-{number}{_rank(calls[number])}"><a href="#note-{number}">{number}</a></sup>'

    html = _CALL.sub(call, html)
    notes: dict[int, str] = {}
    pieces: list[str] = []
    at = 0
    while match := _NOTE.search(html, at):
        end = _end_of_div(html, match.end())
        number, body = int(match[1]), html[match.end() : end].strip()
        links = "".join(_back(number, rank, lang) for rank in range(1, calls.get(number, 0) + 1))
        body = body[:-4] + links + "</p>" if body.endswith("</p>") else body + links
        notes[number] = f'<li id="note-{number}" value="{number}">{body}</li>\n'
        pieces.append(html[at : match.start()])
        at = _LINE_ENDS.match(html, end + len("</div>")).end()
    pieces.append(html[at:])
    title = NOTES.get(lang, NOTES["en"])[0]
    return f'{"".join(pieces)}<section class="notes" aria-label="{title}">\n<ol>\n{"".join(notes[n] for n in sorted(notes))}</ol>\n</section>\n'


def _rank(rank: int) -> str:
    return f"-{rank}" if rank > 1 else ""


def _back(number: int, rank: int, lang: str) -> str:
    """Link from a note to one of the places where it is called."""
    _, first, other = NOTES.get(lang, NOTES["en"])
    label = first.format(number) if rank == 1 else other.format(number, rank)
    return f' <a class="note-retour" href="#appel-{number}{_rank(rank)}" aria-label="{label}">↩</a>'


def _end_of_div(html: str, start: int) -> int:
    depth = 1
    for match in re.compile(r"<(/?)div\b").finditer(html, start):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.start()
    return len(html)
