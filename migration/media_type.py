"""The media type of what an old site answered: from its header, else from its name, else from its first bytes."""

from __future__ import annotations

import mimetypes
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

# The tables of Python only, not those of the machine: the same type everywhere.
_TYPES = mimetypes.MimeTypes(filenames=())
# Programs that write pages: what they are called says nothing of what they answer, which was nearly always a page.
_PROGRAMS = frozenset("php php3 php4 php5 phtml asp aspx jsp jsf cfm cgi pl do action shtml shtm stm htm html xhtml dll nsf".split())
_MORE = {
    "webp": "image/webp", "avif": "image/avif", "woff": "font/woff", "woff2": "font/woff2", "md": "text/markdown", "csv": "text/csv", "svg": "image/svg+xml",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "odt": "application/vnd.oasis.opendocument.text",
    "xml": "text/xml", "js": "text/javascript", "rtf": "application/rtf", "gz": "application/gzip", "zip": "application/zip",
}
_KIND = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127})")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([a-z0-9_.:+-]{1,40})", re.IGNORECASE)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--(?:(?!-->).){0,2000}-->\s*|<\?xml[^>]{0,200}>\s*)*<(?:!doctype\s+html|html|head|body|frameset|title|meta)\b",
    re.IGNORECASE | re.DOTALL)
_MAGIC = ((b"%PDF-", "application/pdf"), (b"\x89PNG", "image/png"), (b"GIF8", "image/gif"), (b"\xff\xd8\xff", "image/jpeg"), (b"PK\x03\x04", "application/zip"))
# What servers say when they do not know.
_VAGUE = frozenset(("", "application/octet-stream", "application/x-unknown", "unknown/unknown", "text/plain", "application/unknown", "binary/octet-stream"))


@lru_cache(maxsize=4096)
def of_header(header: str) -> tuple[str, str]:
    """Read a Content-Type: the type in lower case and the charset, each « » when it is not there."""
    match = _KIND.match(header.lower())
    charset = _CHARSET.search(header)
    return match[1] if match else "", charset[1] if charset else ""


def of_name(url: str) -> str:
    """Return the type that the name of a file or of a URL says; pages for programs and folders, « application/octet-stream » when unknown."""
    name = unquote(urlsplit(url).path if "://" in url[:10] else url).rpartition("/")[2]
    _, dot, extension = name.rpartition(".")
    extension = extension.lower()
    if not dot or extension in _PROGRAMS:
        return "text/html"
    return _MORE.get(extension) or _TYPES.guess_type("x." + extension)[0] or "application/octet-stream"


def is_markup(body: bytes) -> bool:
    """Whether bytes begin as an HTML page does."""
    return bool(_MARKUP.match(body[:4096]))


def settled(kind: str, url: str, body: bytes) -> str:
    """Return `kind`, or what the bytes and then the name say when it says nothing (« application/octet-stream », « text/plain » of a page)."""
    if kind not in _VAGUE:
        return kind
    if is_markup(body):
        return "text/html"
    for magic, known in _MAGIC:
        if body.startswith(magic):
            named = of_name(url)
            return named if known == "application/zip" and named.startswith("application/") else known
    if kind == "text/plain":
        return kind
    named = of_name(url)
    if named != "text/html":
        return named
    return "text/html" if not kind and (not body or body.lstrip()[:1] == b"<") else kind or "application/octet-stream"
