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
_ALIGNED = re.compile(r' style="text-align: (left|center|right)"')
_ALIGNMENT = {"left": ' class="al-gauche"', "center": ' class="al-centre"', "right": ' class="al-droite"'}
_ALERT = re.compile(r'<blockquote class="markdown-alert-(note|tip|important|warning|caution)">\n?(.*?)</blockquote>', re.DOTALL)
_NOTE = re.compile(r'<div class="footnote-definition" id="([^"]+)"><sup class="footnote-definition-label">(\d+)</sup>\n?')
_CALL = re.compile(r'<sup class="footnote-reference"><a href="#([^"]+)">(\d+)</a></sup>')
_LINE_ENDS = re.compile(r"\n*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")

ALERTS = {
    "fr": {"note": "Note", "tip": "Conseil", "important": "Important", "warning": "Attention", "caution": "Mise en garde"},
    "en": {"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution"},
}
NOTES = {"fr": ("Notes", "Retour au texte, note {}"), "en": ("Notes", "Back to text, note {}")}


def has_raw_html(markdown: str) -> bool:
    """Whether a text may hold raw HTML, and so must go through the sanitizer."""
    return _RAW.search(markdown) is not None


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
    if "style=" in html:
        html = _ALIGNED.sub(lambda m: _ALIGNMENT[m[1]], html)
    if "markdown-alert" in html:
        html = _ALERT.sub(lambda m: _alert(m, lang), html)
    if 'class="footnote-' in html:
        html = _footnotes(html, lang)
    return html


def inline(markdown: str, lang: str = "fr", curly: bool = False) -> str:
    """HTML of one line of text: the same, without its paragraph."""
    html = render(markdown, lang, curly).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html[3:-4]
    return html


def _alert(match: re.Match, lang: str) -> str:
    name = ALERTS.get(lang, ALERTS["en"])[match[1]]
    return f'<div class="alerte alerte-{match[1]}" role="note" aria-label="{name}">\n<p class="alerte-titre">{name}</p>\n{match[2]}</div>'


def _footnotes(html: str, lang: str) -> str:
    """Footnotes gathered at the end, each with links back to where it is called."""
    calls: dict[str, int] = {}

    def call(match: re.Match) -> str:
        name = match[1]
        calls[name] = calls.get(name, 0) + 1
        suffix = f"-{calls[name]}" if calls[name] > 1 else ""
        return f'<sup class="footnote-reference" id="appel-{name}{suffix}"><a href="#note-{name}">{match[2]}</a></sup>'

    html = _CALL.sub(call, html)
    notes: dict[int, str] = {}
    pieces: list[str] = []
    at = 0
    while match := _NOTE.search(html, at):
        end = _end_of_div(html, match.end())
        name, number, body = match[1], int(match[2]), html[match.end() : end].strip()
        back = NOTES.get(lang, NOTES["en"])[1].format(number)
        link = f' <a class="note-retour" href="#appel-{name}" aria-label="{back}">↩</a>' if name in calls else ""
        body = body[:-4] + link + "</p>" if body.endswith("</p>") else body + link
        notes[number] = f'<li id="note-{name}" value="{number}">{body}</li>\n'
        pieces.append(html[at : match.start()])
        at = _LINE_ENDS.match(html, end + len("</div>")).end()
    pieces.append(html[at:])
    title = NOTES.get(lang, NOTES["en"])[0]
    return f'{"".join(pieces)}<section class="notes" aria-label="{title}">\n<ol>\n{"".join(notes[n] for n in sorted(notes))}</ol>\n</section>\n'


def _end_of_div(html: str, start: int) -> int:
    depth = 1
    for match in re.compile(r"<(/?)div\b").finditer(html, start):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.start()
    return len(html)
