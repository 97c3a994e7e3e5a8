"""Addresses of links and images: made absolute, refused when they are code, written so that Markdown reads them back."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

# As browsers read an address: spaces at its ends go, so do tabs and line ends anywhere (WHATWG URL, basic URL parser).
_ENDS = "".join(map(chr, range(0x21)))
_BREAKS = re.compile(r"[\t\r\n]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
ALLOWED = frozenset(("http", "https", "mailto", "tel"))
"""What the sanitizer of the site lets through (plugins/sanitizer.py)."""
CODE = frozenset(("javascript", "vbscript", "data", "jscript", "livescript", "mocha", "blob", "filesystem", "view-source"))
_USUAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=[/?#]|\Z)", re.ASCII)
# Nothing in it for a resolver to change: no empty segment, none that begins with a dot, no parameters, no empty query or fragment.
_FROM_ROOT = re.compile(r"(?:/[A-Za-z0-9_%~+,=@-][A-Za-z0-9_%~+,=@.-]*)+/?(?:\?[!\"$-~]+)?(?:#[!-~]+)?")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}\[\]]|[^\x00-\x7f]")
_PLAIN = re.compile(r"[!#-%'-;=?-Z_a-z~]*")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_MAX = 4096

EXTENSIONS = {
    "pdf": "PDF", "doc": "Word", "docx": "Word", "docm": "Word", "dot": "Word", "dotx": "Word", "odt": "ODT", "rtf": "RTF",
    "xls": "Excel", "xlsx": "Excel", "xlsm": "Excel", "xlsb": "Excel", "ods": "ODS", "csv": "CSV",
    "ppt": "PowerPoint", "pptx": "PowerPoint", "pps": "PowerPoint", "ppsx": "PowerPoint", "odp": "ODP",
    "zip": "ZIP", "7z": "7Z", "rar": "RAR", "gz": "GZ", "tgz": "TGZ", "epub": "EPUB", "kml": "KML", "kmz": "KMZ", "gpx": "GPX",
    "shp": "SHP", "geojson": "GeoJSON", "xsd": "XSD", "dwg": "DWG", "mdb": "Access", "accdb": "Access", "ics": "ICS", "mobi": "MOBI",
}
"""Files to download, by the end of their name, with the word by which people know their format."""
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{2,7})$")


class Targets:
    """Resolves the addresses of one page. url: that of the page; base: what its <base> says, "" when it has none."""

    def __init__(self, url: str, base: str = "") -> None:
        self.page = url.partition("#")[0]
        self._base = join(self.page, base) if base else self.page
        origin = _USUAL.match(self._base)
        self._origin = origin[0] if origin else ""
        self._here = join(self._base, "#here").removesuffix("#here") if self._base else ""
        self._known: dict[str, str] = {}

    def absolute(self, written: str) -> str:
        """The address as a browser would follow it, "" when it can lead nowhere; relative as written when the page's own is not known."""
        found = self._known.get(written)
        if found is None:
            found = self._known[written] = self._absolute(written)
        return found

    def _absolute(self, written: str) -> str:
        address = written.strip(_ENDS)
        if "\n" in address or "\t" in address or "\r" in address:
            address = _BREAKS.sub("", address)
        if len(address) > _MAX:
            return ""
        if self._base and not address.startswith(("https://", "http://", "mailto:", "tel:")):
            return self._joined(address)
        return address

    def _joined(self, address: str) -> str:
        """A relative address seen from the page: the usual ones need no resolver."""
        if address[:1] == "#" != address and self._here:
            return self._here + address
        if address[:1] == "/" and self._origin and _FROM_ROOT.fullmatch(address):
            return self._origin + address
        return join(self._base, address)

    def is_allowed(self, absolute: str) -> bool:
        """Whether a link may lead there; most lead to the site of the page."""
        return bool(self._origin) and absolute.startswith(self._origin + "/") or is_allowed(absolute)

    def fragment(self, absolute: str) -> str:
        """The fragment of an address of this very page, "" for any other."""
        before, sign, fragment = absolute.partition("#")
        return fragment if sign and before == self.page else ""


def join(base: str, address: str) -> str:
    """The address seen from `base`, "" when it cannot be read."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def scheme(address: str) -> str:
    """The scheme of an address, in lower case, "" for a relative one."""
    found = _SCHEME.match(address)
    return found[1].lower() if found else ""


def is_allowed(address: str) -> bool:
    """Whether a link may lead there: a web, mail or telephone address, or a relative one."""
    if address.startswith(("https://", "http://")):
        return _has_host(address)
    kind = scheme(address)
    return bool(address) and (not kind or kind in ALLOWED and (not kind.startswith("http") or _has_host(address)))


def _has_host(address: str) -> bool:
    if _USUAL.match(address):
        return True
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def in_link(address: str) -> str:
    """The address as it is written between the parentheses of a link."""
    address = written(address)
    if ("(" in address or ")" in address) and not _balanced(address):
        address = address.replace("(", "\\(").replace(")", "\\)")
    return address


def written(address: str) -> str:
    """The address as it is written where only its own end can be mistaken: in a definition, in the attribute of a component.

    Only what Markdown, HTML or a table cell would read otherwise is percent-encoded, as a browser does when it asks for the page.
    """
    if _PLAIN.fullmatch(address):
        return address
    if not address.isascii() or _UNSAFE.search(address):
        address = _UNSAFE.sub(_encoded, address)
    if "&" in address:
        address = _ENTITY.sub("&amp;", address)
    return address


def _encoded(match: re.Match) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _balanced(address: str) -> bool:
    depth = 0
    for sign in address:
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth < 0:
                return False
    # CommonMark asks of readers three levels at least.
    return depth == 0 and "(((" not in address


def kind_of_file(address: str) -> str:
    """« PDF », « Word »… for the address of a file to download, "" for a page."""
    path = address.partition("#")[0].partition("?")[0]
    if "." not in path[-8:]:
        return ""
    found = _EXTENSION.search(path)
    return EXTENSIONS.get(found[1].lower(), "") if found else ""


def size(octets: int, lang: str) -> str:
    """« 340 Ko », « 1,2 Mo » (KB and MB in other languages); 1 Ko is 1,024 octets, as file managers count."""
    unit, value = next(((unit, octets / 1024**power) for unit, power in (("G", 3), ("M", 2), ("K", 1)) if octets >= 1024**power), ("", octets))
    number = f"{value:.1f}" if unit in ("G", "M") and value < 10 else f"{value:.0f}"
    number = number.removesuffix(".0")
    if lang.startswith("fr"):
        return f"{number.replace('.', ',')}\u00a0{unit}o"
    return f"{number}\u00a0{unit}B" if unit else f"{number} bytes"
