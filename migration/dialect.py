"""Write Fleuve Markdown so that the text read back is exactly the text that was meant.

Everything that reaches a file goes through this module: escaping, emphasis that CommonMark will really see as emphasis,
links, lists, tables, containers and front matter.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

NBSP = "\u00a0"

# Characters that nobody sees and that break words in search (soft hyphen, zero-width space and marks, byte-order mark), and
# controls other than white space: never legitimate in text.
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# White space of the source file, as opposed to the no-break spaces that an author typed on purpose. A single space is left
# alone: matching each of five million would cost seconds.
_LAYOUT = re.compile("[ \t\r\n\f\v\u0085\u2028\u2029]{2,}|[\t\r\n\f\v\u0085\u2028\u2029]")
_AROUND_NBSP = re.compile(" +([\u00a0\u202f]) *|([\u00a0\u202f]) +")
_APOSTROPHE = re.compile(r"'(?<=\w')(?=\w|[«“\"]|$)")
_QUOTES = re.compile(r'"(?<![\w"]")(?=\S)([^"]{1,400}?)(?<=\S)"(?![\w"])')

_SPECIAL = re.compile(r"[\\`*_\[\]<~{|]|&(?=#?\w+;)")
_SPECIAL_NO_PIPE = re.compile(r"[\\`*_\[\]<~{]|&(?=#?\w+;)")
_LINE_START = re.compile(
    r"(?P<number>\d{1,9})(?P<stop>[.)])(?=\s|$)"      # an ordered list
    r"|(?P<mark>[-+=>|:]|#{1,6}(?=\s|$))"             # bullet, quotation, table, definition, underline, heading
)
_SPACES = re.compile(" {2,}")
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|^)#+$")

_SCHEMES = {"http", "https", "mailto", "tel"}
_URL_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}()\[\]]|[^\x00-\x7f]")
_URL_MAX = 4096


def tidy(text: str) -> str:
    """Return `text` without layout: runs of white space become one space, invisible characters go, no-break spaces stay."""
    if _is_tidy(text):
        return text
    return _close_up(_LAYOUT.sub(" ", visible(text)))


def _is_tidy(text: str) -> bool:
    """Say quickly, as is nearly always the case, that there is nothing to tidy (no-break spaces count as printable here)."""
    plain = text.replace("\u00a0", " ") if "\u00a0" in text else text
    return "  " not in plain and plain.isprintable()


def visible(text: str) -> str:
    """Return `text` without the characters that nobody sees."""
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def _close_up(text: str) -> str:
    """Remove the ordinary spaces around a no-break one."""
    return _AROUND_NBSP.sub(r"\1\2", text) if "\u00a0" in text or "\u202f" in text else text


def trim(text: str) -> str:
    """Return `text` without spaces at its ends, of any width, no-break ones included."""
    return text.strip()


def typeset(text: str) -> str:
    """Return `text` with French apostrophes (’) and quotation marks (« ») instead of the typewriter's."""
    if '"' in text:
        text = _QUOTES.sub(f"«{NBSP}\\1{NBSP}»", text)
    return _APOSTROPHE.sub("’", text) if "'" in text else text


_DOTS = re.compile(r"\.{3,}")
_BEFORE_SIGN = re.compile(r" (?=[:;?!»](?:\s|$|[),.]))|(?<=«) ")


def fixed(text: str) -> str:
    """Return `text` ready for a front matter, where no plugin sets the spaces: « … », and no-break spaces before « : ; ? ! »."""
    return _BEFORE_SIGN.sub(NBSP, _DOTS.sub("…", typeset(text)))


def escape(text: str, *, pipe: bool = False) -> str:
    """Return `text` so that Markdown shows it as it is; `pipe` also escapes « | » (inside a table)."""
    return (_SPECIAL if pipe else _SPECIAL_NO_PIPE).sub(lambda m: "&amp;" if m[0] == "&" else "\\" + m[0], text)


def guard_line(line: str) -> str:
    """Return `line` (already escaped) so that its first characters cannot open a block."""
    match = _LINE_START.match(line)
    if not match:
        return line
    if match["number"]:
        return f"{match['number']}\\{line[match.end('number'):]}"
    # « - » and « + » open a list only before white space, but a rule (---) or an underline (===) has none.
    return "\\" + line


def safe_url(url: str) -> str | None:
    """Return `url` ready to be written in a link, or None when it is not a plain web, mail or telephone address.

    Characters that Markdown, HTML or a table cell would read otherwise are percent-encoded; nothing else changes.
    """
    url = url.strip()
    if not url or len(url) > _URL_MAX:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or (parts.scheme.lower() in ("http", "https") and not host):
        return None
    return _URL_UNSAFE.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), url)


def link(text: str, target: str) -> str:
    """Return a link; `text` is Markdown, `target` a URL from `safe_url` or a path to a .md file."""
    return f"[{text}]({target})"


def plain_title(text: str) -> str:
    """Return `text` fit for the title of a container: one line, no brace (a brace opens its attributes)."""
    return typeset(tidy(text)).strip().translate({ord("{"): "(", ord("}"): ")", ord('"'): "”"})


def _is_space(character: str) -> bool:
    return character == "" or character.isspace()


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def opens(before: str, first: str) -> bool:
    """Say whether a delimiter between these two characters opens emphasis (CommonMark's left-flanking rule)."""
    return not _is_space(first) and (not _is_punctuation(first) or _is_space(before) or _is_punctuation(before))


@dataclass
class Line:
    """One line of inline Markdown under construction.

    Pieces are joined at the end because the meaning of « * » depends on the characters on both sides.
    """

    pipe: bool = False
    _pieces: list[tuple[str, str]] = field(default_factory=list)

    def text(self, text: str) -> None:
        """Add plain text (escaped here)."""
        if text:
            self._pieces.append(("text", escape(typeset(tidy(text)), pipe=self.pipe)))

    def raw(self, markdown: str) -> None:
        """Add Markdown that is already right: a link, a language span, an allowed HTML element."""
        if markdown:
            self._pieces.append(("raw", markdown))

    def emphasis(self, tag: str, markdown: str) -> None:
        """Add `markdown` emphasised: `tag` is « strong » or « em ». Spaces at its ends are moved outside."""
        self._around(tag, markdown)

    def apart(self, markdown: str) -> None:
        """Add Markdown that is already right; spaces at its ends are moved outside, and it never touches its equal."""
        if self._pieces and self._pieces[-1][0] == "apart":
            self._pieces.append(("text", " "))
        self._around("apart", markdown)

    def _around(self, kind: str, markdown: str) -> None:
        inner = trim(markdown)
        if not inner:
            self._pieces.append(("text", markdown))
            return
        start = markdown.index(inner)
        self._pieces += [("text", markdown[:start]), (kind, inner), ("text", markdown[start + len(inner):])]
        if not self._pieces[-1][1]:
            self._pieces.pop()

    def markdown(self) -> str:
        """Return the line, single-spaced; « ** » where CommonMark sees it, <strong> where it would not."""
        out: list[str] = []
        before = ""
        pieces = [piece for piece in self._pieces if piece[1]]
        for position, (kind, markdown) in enumerate(pieces):
            after = pieces[position + 1] if position + 1 < len(pieces) else ("text", "")
            if kind in ("strong", "em"):
                markdown = _emphasised(kind, markdown, before, after)
            elif kind == "text" and markdown.endswith("!") and after[0] == "raw" and after[1].startswith("["):
                markdown = markdown[:-1] + "\\!"   # « ! » before a link would make it an image
            if markdown:
                out.append(markdown)
                before = markdown[-1]
        joined = "".join(out)
        return _close_up(_SPACES.sub(" ", joined) if "  " in joined else joined)


def _emphasised(tag: str, inner: str, before: str, after: tuple[str, str]) -> str:
    mark = "**" if tag == "strong" else "*"
    following = "*" if after[0] in ("strong", "em") else after[1][:1]
    flanked = opens(before, inner[0]) and opens(following, inner[-1])
    # Two runs of asterisks that touch would be read as one.
    touching = before == "*" or following == "*" or inner[0] == "*" or inner[-1] == "*"
    return f"{mark}{inner}{mark}" if flanked and not touching else f"<{tag}>{inner}</{tag}>"


def paragraph(line: str) -> str:
    """Return one line of inline Markdown as a paragraph, or "" when it is empty."""
    return guard_line(trim(line))


_LAST_SPAN = re.compile(r"\[([^\[\]]*)\]\{lang=([a-z]{2,3})\}$")


def heading(level: int, line: str, anchor: str = "") -> str:
    """Return a heading of `level` (2 to 6); `line` is inline Markdown, `anchor` its id."""
    text = trim(line)
    if text.endswith("#"):
        text = _CLOSING_HASHES.sub(lambda m: "\\" + m[0], text)
    if text.endswith("}"):
        # A last « {…} » would be read as the attributes of the heading, even with a backslash before it.
        text = _LAST_SPAN.sub(r'<span lang="\2">\1</span>', text) if _LAST_SPAN.search(text) else text[:-1] + "&#125;"
    return f"{'#' * min(max(level, 2), 6)} {text}" + (f" {{#{anchor}}}" if anchor else "")


def quotation(kind: str, blocks: Sequence[str]) -> str:
    """Return a GFM alert (`kind` NOTE, TIP, IMPORTANT, WARNING or CAUTION)."""
    body = join(blocks)
    return f"> [!{kind}]\n" + "\n".join(f"> {line}" if line else ">" for line in body.split("\n"))


def container(name: str, title: str, blocks: Sequence[str], **attributes: str) -> str:
    """Return a component: a fenced container with a plain title, attributes, and blocks inside."""
    values = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    opening = " ".join(filter(None, [":::", name, title, f"{{{values}}}" if values else ""]))
    body = join(blocks)
    return f"{opening}\n{body}\n:::" if body else f"{opening}\n:::"


def bullets(items: Iterable[Sequence[str]], *, numbered: bool = False) -> str:
    """Return a list; each item is a sequence of blocks. It is tight when every item is one line, with nested lists at most."""
    shaped = [[block for block in item if block] for item in items]
    shaped = [item for item in shaped if item]
    tight = all("\n" not in item[0] and all(_is_list(block) for block in item[1:]) for item in shaped)
    lines = []
    for number, item in enumerate(shaped, 1):
        mark = f"{number}. " if numbered else "- "
        body = ("\n" if tight else "\n\n").join(item)
        pad = " " * len(mark)
        lines.append(mark + "\n".join(pad + line if line and at else line for at, line in enumerate(body.split("\n"))))
    return ("\n" if tight else "\n\n").join(lines)


def _is_list(block: str) -> bool:
    return block.startswith(("- ", "* ", "1. ", "1) "))


def join(blocks: Iterable[str]) -> str:
    """Return blocks separated by blank lines; two lists in a row get different marks, or they would become one."""
    out: list[str] = []
    for block in blocks:
        if not block:
            continue
        if out:
            block = _distinct(out[-1], block)
        out.append(block)
    return "\n\n".join(out)


def _distinct(previous: str, block: str) -> str:
    first = block[0]
    if first == "-" == previous[0] and previous.startswith("- ") and block.startswith("- "):
        return re.sub(r"^- ", "* ", block, flags=re.M)
    if first.isdecimal() and re.match(r"\d+\. ", previous) and re.match(r"\d+\. ", block):
        return re.sub(r"^(\d+)\. ", r"\1) ", block, flags=re.M)
    return block


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """Return a GFM table; the first row is its header. Cells are one line of Markdown with pipes escaped."""
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in padded]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


@dataclass
class Cell:
    """One cell of an HTML table. scope: that of a header, found from its place when it is not said; attributes: others, their values escaped."""

    blocks: Sequence[str]
    header: bool = False
    columns: int = 1
    rows: int = 1
    scope: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


_PLAIN_CELL = re.compile(r"[^\n\\*\[\]<>&`_~|{}]*")


def is_plain(body: str) -> bool:
    """Say whether Markdown and HTML read `body` alike: one line of words."""
    return _PLAIN_CELL.fullmatch(body) is not None and not _LINE_START.match(body)


def html_table(caption: str, head: Sequence[Sequence[Cell]], body: Sequence[Sequence[Cell]]) -> str:
    """Return a table that GFM cannot write: merged cells, row headers, several paragraphs or lists in a cell.

    The content of the cells stays Markdown (an HTML block ends at a blank line), so that links are still checked.
    `caption` is escaped HTML text.
    """
    lines = ["<table>"]
    if caption:
        lines.append(f"<caption>{caption}</caption>")
    for name, rows in (("thead", head), ("tbody", body)):
        if rows:
            lines.append(f"<{name}>")
            for row in rows:
                lines += ["<tr>", *(part for cell in row for part in _html_cell(cell, name == "thead")), "</tr>"]
            lines.append(f"</{name}>")
    return "\n".join([*lines, "</table>"])


def _html_cell(cell: Cell, in_head: bool) -> list[str]:
    name = "th" if cell.header else "td"
    attributes = ""
    if cell.columns > 1:
        attributes += f' colspan="{cell.columns}"'
    if cell.rows > 1:
        attributes += f' rowspan="{cell.rows}"'
    if cell.header:
        axis = "col" if in_head else "row"
        spans = cell.columns if in_head else cell.rows
        attributes += f' scope="{cell.scope or (f"{axis}group" if spans > 1 else axis)}"'
    attributes += "".join(f' {key}="{value}"' for key, value in cell.attributes.items())
    body = join(cell.blocks)
    # Words alone need no Markdown: they stay on the line of their cell, where a person can read the table.
    if is_plain(body):
        return [f"<{name}{attributes}>{body}</{name}>"]
    return [f"<{name}{attributes}>", "", body, "", f"</{name}>"]


def front_matter(values: dict[str, object]) -> str:
    """Return `values` as a YAML front matter; empty values are left out."""
    return "---\n" + "".join(_yaml(key, value, "") for key, value in values.items()) + "---\n"


def _yaml(key: str, value: object, indent: str) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        return f"{indent}{key}:\n" + "".join(_yaml(k, v, indent + "  ") for k, v in value.items())
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return f"{indent}{key}: [{', '.join(scalar(item) for item in value)}]\n"
        lines = []
        for item in value:
            body = "".join(_yaml(k, v, indent + "    ") for k, v in item.items())
            lines.append(indent + "  - " + body[len(indent) + 4:])
        return f"{indent}{key}:\n" + "".join(lines)
    if isinstance(value, str) and "\n" in value:
        body = "\n".join(f"{indent}  {line}" if line else "" for line in value.split("\n"))
        return f"{indent}{key}: |-\n{body}\n"
    return f"{indent}{key}: {scalar(value)}\n"


_BARE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*|\d{4}-\d{2}-\d{2}")
_WORDS_OF_YAML = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def scalar(value: object) -> str:
    """Return a YAML scalar: bare when it is an id or a date, otherwise quoted (a JSON string is a YAML one)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and text not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)
