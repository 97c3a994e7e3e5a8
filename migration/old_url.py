"""The canonical form by which an address of an old site is known, however a person, a link or a log wrote it.

`host/path?query`, without scheme, port or fragment: the host is the first of the recipe's, the path is decoded (UTF-8, or windows-1252 as old
sites had it), only the significant parameters of the query stay, sorted. What would be ambiguous once decoded (`% ? # *`, blanks, what cannot
be seen) stays percent-encoded, so that the form of a form is itself.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, unquote_to_bytes

from fleuve.redirect import Place
from migration.recipe import Addresses, Recipe

MAX_URL = 8192  # Servers refuse a request line above 8 KB: a longer address was never asked for.

_SPLIT = re.compile(r"(?:(?:https?:)?//)?([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE).match
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9~!$&'()+,;=:@_-][A-Za-z0-9._~!$&'()+,;=:@-]*)*/?").fullmatch
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9._~!$'(),;:@/-]*").fullmatch
_SLASHES = re.compile(r"/{2,}")
_PORT = re.compile(r":[0-9]{0,5}")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_KEPT_IN_PATH = frozenset("%?#*\\")
_KEPT_IN_QUERY = frozenset("%&#+=*?\\")
_READERS = 1024


def normal(url: str, recipe: Recipe) -> str:
    """Return the canonical form of an old address, or "" if it is not of that site.

    Takes it as it was found: absolute, without scheme, or from « / » (then of the site's first host).
    """
    known = _readers.get(id(recipe))
    if known is None or known[0] is not recipe:
        known = _remember(recipe)
    return known[1](url)


def rule(old: str, recipe: Recipe) -> tuple[str, bool]:
    """Return the canonical form of a decision's address, and whether it stands for all that is below (« …/* », then left out)."""
    if old.endswith("/*") and "?" not in old:
        reader = Reader(recipe.hosts, Addresses(case=recipe.addresses.case, indexes=()))
        return reader.normal(old[:-1]), True
    return normal(old, recipe), False


def key(old: str, recipe: Recipe) -> str:
    """Return what says that two decisions are about the same address: its canonical form, rules (« …/* ») apart; itself if it is of another site."""
    form, below = rule(old, recipe)
    return f"{form.rstrip('/')}/*" if form and below else form or old


def place(form: str) -> Place:
    """Return the place of a canonical form, as fleuve/redirect.py compares it. Capitals and a final slash are there only if they matter."""
    host, slash, rest = form.partition("/")
    path, _, query = rest.partition("?")
    if "%" in path:
        path = unquote(path)
    return Place(host, slash + path if path else "", query)


class Reader:
    """The address rules of one site, ready for use."""

    def __init__(self, hosts: tuple[str, ...], addresses: Addresses) -> None:
        names = [_PORT.sub("", host).lower() for host in hosts]
        self._main = names[0] if names else ""
        self._hosts = {name: self._main for name in names} | ({"": self._main} if names else {})
        self._case, self._slash = addresses.case, addresses.slash
        self._indexes = frozenset(name if addresses.case else name.translate(_LOWER) for name in addresses.indexes)
        self._parameters = frozenset(name.translate(_LOWER) for name in addresses.parameters)

    def normal(self, url: str) -> str:
        """Return the canonical form of an address, or "" if it is not of this site."""
        host, path, query = _SPLIT(url).groups()
        main = self._hosts.get(host)
        if main is None or len(url) > MAX_URL or (not host and (url[:1] != "/" or url[:2] == "//")):
            return self._slowly(url, host)
        if not _PLAIN_PATH(path):
            path = readable(path, self._case)
        elif not self._case:
            path = path.lower()
        head, slash, name = path.rpartition("/")
        if name in self._indexes:
            path = head + slash
        if not self._slash or path == "/":
            path = path.rstrip("/")
        if query and self._parameters and (query := self._query(query)):
            return f"{main}{path or '/'}?{query}"
        return main + (path or "/")

    def _slowly(self, url: str, host: str) -> str:
        if len(url) > MAX_URL:
            return ""
        stripped = url.strip()
        if stripped != url:
            return self.normal(stripped)
        if "@" in host and "//" not in url[:8]:
            return ""  # « mailto: »
        name = _PORT.sub("", host.rpartition("@")[2]).rstrip(".").lower()
        if not name.isascii():
            try:
                name = name.encode("idna").decode("ascii")
            except UnicodeError:
                return ""
        if not name or name == host or name not in self._hosts:
            return ""
        return self.normal(url.replace(host, name, 1))

    def _query(self, query: str) -> str:
        found: dict[str, str] = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            name = name.translate(_LOWER)
            if name not in self._parameters:
                # Logs and old pages write « &amp; », and some encode names.
                name = _decoded(name).removeprefix("amp;").translate(_LOWER)
                if name not in self._parameters:
                    continue
            if value and name not in found:  # A server that is asked for a parameter twice takes the first.
                found[name] = self._value(value)
        return "&".join(sorted(f"{_encoded(name, _KEPT_IN_QUERY)}={value}" for name, value in found.items()))

    def _value(self, value: str) -> str:
        plain = _PLAIN_VALUE(value)
        if not plain:
            value = _decoded(value.replace("+", " "))
        if not self._case:
            value = value.translate(_LOWER)
        return value if plain else _encoded(value, _KEPT_IN_QUERY)


def readable(path: str, case: bool = True) -> str:
    """Return a path decoded as far as it is unambiguous: dots resolved and slashes merged as browsers and servers do."""
    text = _decoded(path.replace("\\", "/"))
    if not case:
        text = text.translate(_LOWER)
    if "//" in text:
        text = _SLASHES.sub("/", text)
    if "/." in text:
        text = _without_dots(text)
    return _encoded(text, _KEPT_IN_PATH)


def _without_dots(path: str) -> str:
    parts: list[str] = []
    names = path.split("/")
    for name in names:
        if name == "..":
            if len(parts) > 1:
                parts.pop()
        elif name != ".":
            parts.append(name)
    if names[-1] in (".", ".."):
        parts.append("")
    return "/".join(parts) or "/"


def _decoded(text: str) -> str:
    if "%" in text:
        data = unquote_to_bytes(text)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            # As WHATWG reads windows-1252: the five bytes without a character stay controls.
            text = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in data)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _encoded(text: str, kept: frozenset[str]) -> str:
    if text.isprintable() and " " not in text and kept.isdisjoint(text):
        return text
    return "".join(
        char if char.isprintable() and char != " " and char not in kept else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
        for char in text)


def spellings(form: str) -> list[bytes]:
    """Return the ways in which a part of a canonical form reaches a server once percent-decoded: UTF-8, composed or not, and windows-1252."""
    text = unquote_to_bytes(form) if "%" in form else form.encode()
    if text.isascii():
        return [text]
    whole = text.decode("utf-8", "replace")
    ways = [text, unicodedata.normalize("NFD", whole).encode()]
    try:
        ways.append(whole.encode("cp1252"))
    except UnicodeEncodeError:
        pass
    return list(dict.fromkeys(ways))


_readers: dict[int, tuple[Recipe, object]] = {}


def _remember(recipe: Recipe) -> tuple[Recipe, object]:
    # By identity, since hashing a whole recipe costs more than the rest; the recipe is kept, so that its identity cannot be another's.
    if len(_readers) >= _READERS:
        _readers.clear()
    known = _readers[id(recipe)] = (recipe, Reader(recipe.hosts, recipe.addresses).normal)
    return known
