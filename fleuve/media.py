"""Files of the content (images, PDF…) that the text of a document uses, so that none is published before the document is."""

from __future__ import annotations

import html
import os
import posixpath
import re
from typing import NamedTuple
from urllib.parse import unquote

import orjson

from fleuve import caption, image

# Where the inventory notes it among the references of a document; those of the front matter have the path of their key.
POINTER = "/corps"

# The end of a name: an extension that is not Markdown's, then what closes an address in Markdown, in HTML or in an attribute.
_EXTENSION = re.compile(r"\.(?=[0-9A-Za-z])(?!md\b)[0-9]?[A-Za-z][A-Za-z0-9]{0,4}(?=[)\"'>#?\s]|\Z)")
# Where an address begins, by the character that follows its name; a name in quotes, in brackets or in « <…> » may hold spaces.
_BEGINNING = {'"': re.compile(r'[^"\n]*\Z'), "'": re.compile(r"[^'\n]*\Z"), ")": re.compile(r"[^(\n]*\Z"), ">": re.compile(r"[^<=\n]*\Z")}
_WORD = re.compile(r"[^\s(\"'<=]*\Z")
_QUOTED = re.compile(r"[^(\"'<\n]*\Z")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
MAX_NAME = 500


def named(text: str, folder: str) -> set[str]:
    """Paths, from the content folder, of what may be files that a text uses. folder: that of the document.

    Looks for names of files wherever Markdown, HTML, components and front matter may have an address: a word too many
    does no harm, since it is no file; a file too few would be published too early.
    """
    found = set()
    for match in _EXTENSION.finditer(text):
        end = match.end()
        before = text[max(0, end - MAX_NAME) : end]
        follower = text[end : end + 1]
        patterns = (_BEGINNING[follower],) if follower in _BEGINNING else (_WORD, _QUOTED)
        for pattern in patterns:
            if path := _path(pattern.search(before)[0].strip(), folder):
                found.add(path)
    return found


def _path(address: str, folder: str) -> str:
    """Path of a file in the content folder from an address as written, « » for what is none."""
    address = unquote(html.unescape(_ESCAPE.sub(r"\1", address)))
    if ":" in address or address.startswith("//"):
        return ""
    path = posixpath.normpath(address.lstrip("/") if address.startswith("/") else posixpath.join(folder, address))
    return "" if path.startswith("..") else path


# What is in files, as far as pages and editors need to know.

LOOKED_INTO = frozenset((*image.SUFFIXES, ".vtt"))


class Look(NamedTuple):
    """What is in a file of the content, as the inventory stores it. rendered: 1 for an image of which renditions are made; facts: JSON of
    image.Facts, « » for what is no image; problems: JSON, « » for none."""

    path: str
    rendered: int
    facts: str
    problems: str


def is_looked_into(path: str) -> bool:
    """Whether the inventory reads this file."""
    return os.path.splitext(path)[1].lower() in LOOKED_INTO


def look_batch(content: str, paths: list[str]) -> list[Look]:
    """Look into many files (a unit of parallel work of the inventory)."""
    return [_look(content, path) for path in paths]


def _look(content: str, path: str) -> Look:
    facts, problems = (None, caption.check(content, path)) if path.lower().endswith(".vtt") else image.look(content, path)
    return Look(path, int(facts is not None and facts.rendered), orjson.dumps([*facts]).decode() if facts else "", orjson.dumps([one.to_json() for one in problems]).decode() if problems else "")
