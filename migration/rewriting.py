"""Give the addresses of a text in Markdown others, and leave each other byte as it is.

The reader of the site itself (pulldown-cmark) says where links, images, definitions and HTML are: what it sees as code is code.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable, Iterator

import pyromark

from fleuve.markdown import DIALECT, fenced
from migration.target import in_link, written

_READER = pyromark.Markdown(options=DIALECT)
_HAS_TARGET = re.compile(r"\]\(|\]:|<|\{[a-z_]+=")
_AT = re.compile(rb"\s*(?:<((?:[^<>\\\n]|\\.)*)>|((?:[^\s\\()]|\\.|\((?:[^\s\\()]|\\.|\((?:[^\s\\()]|\\.)*\))*\))*))")
_DEFINED = re.compile(rb"\[(?:[^\[\]\\]|\\.)+\]:[\s>]*(?:<((?:[^<>\\\n]|\\.)*)>|(\S+))")
_TAG = re.compile(rb"<!--.*?(?:-->|\Z)|<[A-Za-z][A-Za-z0-9-]*((?:\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*)\s*/?>", re.S)
_ATTRIBUTE = re.compile(rb"""\s(href|src|srcset|poster|cite|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.I)
_CONTAINER = re.compile(r" {0,3}:::+")
_OF_COMPONENT = re.compile(r'[{\s](?:lien|fichier|version_html|sous_titres|transcription|affiche)=(?:"([^"]*)"|“([^”]*)”|([^\s}"]+))')
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")

Target = Callable[[str], str]


def rewrite(markdown: str, target: Target) -> str:
    """The text with each target of a link, an image, a definition, kept HTML (href, src, srcset…) or a component replaced by what `target`
    says of it. It is given the address as a browser would read it, escapes and entities undone; when it gives the same back, nothing changes.
    """
    if not _HAS_TARGET.search(markdown):
        return markdown
    try:
        source = markdown.encode("utf-8")
    except UnicodeEncodeError:  # half a character: no file holds that
        return markdown
    text, changes = _components(markdown, target) if ":::" in markdown else (markdown, [])
    changes += _changes(source, text, target)
    out, at = [], 0
    for start, end, new in sorted(changes):
        if start >= at:
            out += source[at:start], new
            at = end
    return b"".join([*out, source[at:]]).decode("utf-8")


def _components(markdown: str, target: Target) -> tuple[str, list[tuple[int, int, bytes]]]:
    """(the text with blank lines for those of components, as the site reads it, of the same length; changes to their attributes)."""
    lines, changes, at = [], [], 0
    for line, is_code in fenced(markdown):
        octets = len(line.encode())
        if not is_code and _CONTAINER.match(line):
            for found in _OF_COMPONENT.finditer(line):
                group = found.lastindex or 1
                new = target(found[group])
                if new != found[group]:
                    start = at + len(line[: found.start(group)].encode())
                    value = written(new) if group != 3 else written(new).replace("}", "%7D")
                    changes.append((start, start + len(found[group].encode()), value.encode("utf-8", "replace")))
            line = " " * octets
        lines.append(line)
        at += octets + 1
    return "\n".join(lines), changes


def _changes(source: bytes, text: str, target: Target) -> Iterator[tuple[int, int, bytes]]:
    ends = [0]  # where the last piece inside each open link ends
    block: list[int] | None = None
    for event, span in _READER.events_with_range(text):
        if isinstance(event, str):
            ends[-1] = max(ends[-1], span["end"])
            continue
        (kind, value), = event.items()
        if kind == "Start":
            if isinstance(value, dict) and ("Link" in value or "Image" in value):
                ends.append(span["start"])
            elif value == "HtmlBlock":
                block = [span["start"], span["end"]]
        elif kind == "End":
            if value in ("Link", "Image") and len(ends) > 1:
                inner = ends.pop()
                ends[-1] = max(ends[-1], span["end"])
                yield from _inline(source, span["start"], inner, span["end"], target)
            elif value == "HtmlBlock" and block:
                yield from _tags(source, *block, target)
                block = None
        else:
            if kind == "InlineHtml":
                yield from _tags(source, span["start"], span["end"], target)
            ends[-1] = max(ends[-1], span["end"])
    for value in pyromark.reference_definitions(text, options=DIALECT).values():
        if found := _DEFINED.match(source, value["span"]["start"]):
            group = 1 if found[1] is not None else 2
            yield from _replaced(found[group], found.start(group), found.end(group), group == 1, target)


def _inline(source: bytes, start: int, inner: int, end: int, target: Target) -> Iterator[tuple[int, int, bytes]]:
    """The change to a link or an image between two places. inner: where its words end."""
    if source[start : start + 1] == b"<":  # an autolink
        old = source[start + 1 : end - 1].decode("utf-8", "replace")
        if "@" in old and not old.lower().startswith(("http", "mailto:", "ftp")):
            return
        new = target(old)
        if new != old:
            words = re.sub(r"([\\`*_\[\]<~|])", r"\\\1", old)
            yield start, end, f"[{words}]({in_link(new)})".encode("utf-8", "replace")
        return
    open_at = source.find(b"](", max(inner, start), end)
    if open_at < 0:
        return  # by reference: its definition is changed
    found = _AT.match(source, open_at + 2, end)
    if found is None:
        return
    group = 1 if found[1] is not None else 2
    yield from _replaced(found[group], found.start(group), found.end(group), group == 1, target, in_link)


def _replaced(raw: bytes, start: int, end: int, angled: bool, target: Target, write: Target = written) -> Iterator[tuple[int, int, bytes]]:
    old = html_module.unescape(_ESCAPED.sub(r"\1", raw.decode("utf-8", "replace")))
    new = target(old)
    if new != old:
        value = write(new)
        if not value and not angled:
            value = "<>"
        yield start, end, value.encode("utf-8", "replace")


def _tags(source: bytes, start: int, end: int, target: Target) -> Iterator[tuple[int, int, bytes]]:
    """Changes to the attributes of HTML between two places."""
    for tag in _TAG.finditer(source, start, end):
        if tag[1] is None:
            continue
        for found in _ATTRIBUTE.finditer(source, tag.start(1), tag.end(1)):
            group = found.lastindex
            raw = found[group].decode("utf-8", "replace")
            value = html_module.unescape(raw)
            if found[1].lower() == b"srcset":
                new = _srcset(value, target)
            else:
                new = target(value)
            if new == value:
                continue
            escaped = html_module.escape(written(new) if found[1].lower() != b"srcset" else new).replace("&amp;amp;", "&amp;")
            if group == 4:
                escaped = f'"{escaped}"'
            yield found.start(group), found.end(group), escaped.encode("utf-8", "replace")


def _srcset(value: str, target: Target) -> str:
    """A srcset with each of its addresses replaced; their widths and commas stay."""
    def one(match: re.Match) -> str:
        new = target(match[2])
        return match[1] + (match[2] if new == match[2] else written(new).replace(",", "%2C")) + match[3]

    return re.sub(r"([\s,]*)([^\s,](?:\S*[^\s,])?)((?:\s+[\d.]+[wxh])*\s*(?:,|$))", one, value)
