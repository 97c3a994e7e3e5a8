"""Files of the content (images, PDF…) that the text of a document uses, so that none is published before the document is."""

from __future__ import annotations

import html
import posixpath
import re
from urllib.parse import unquote

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
