"""A folder made by `wget --mirror`: each file is a page or a file of the site, its path is its address.

    HOST/chemin/index.html        https://HOST/chemin/
    HOST/page.php?id=3.html       https://HOST/page.php?id=3       (--adjust-extension; « @ » for « ? » with --restrict-file-names=windows)

wget writes the characters of an address as they are, apart from « / » and controls, which it escapes. A `.orig` beside a file is what the server
sent before --convert-links: it is what is read. Links to elsewhere on the disk are left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from migration import media_type
from migration.record import FILE_MAX, PAGE_MAX, Damaged, Record, SourceError
from migration.recipe import Recipe

# Folders in folders: Linux stops at 4,096 bytes of path, some 2,000 folders.
_DEPTH_MAX = 100
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?:[+:][0-9]{1,5})?", re.IGNORECASE)
_SAFE = "/!$&'()*+,;=:@~"
_SCHEMES = ("http", "https")
# What wget adds « .html » to: names of programs, or with a query.
_ADJUSTED = re.compile(r"(.*(?:\.(?:php\d?|phtml|asp|aspx|jsp|jsf|cfm|cgi|pl|do|action|shtml|dll|nsf)|[?].*))\.html?", re.IGNORECASE | re.DOTALL)
_AT = re.compile(r"([^@?]*)@([A-Za-z0-9_.\[\]%-]{1,80}=.*|[0-9]{1,12})", re.DOTALL)
_INDEX = re.compile(r"index\.html?", re.IGNORECASE)
_ESCAPED = re.compile(r"%(?![0-9A-Fa-f]{2})")
# wget's own files, those of systems, and names of downloads that did not end.
_OWN = re.compile(r"\.(?:listing|wget-hsts|DS_Store)|Thumbs\.db|desktop\.ini|wget-log.*|.*\.tmp", re.IGNORECASE)


def read(folder: Path, recipe: Recipe) -> Iterator[Record | Damaged]:
    """Give the files of a mirror in the order of their paths.

    `hints["file"]` is the address that links of the mirror itself have when wget has converted them, where it is not the page's own: what resolves the
    links of these pages has to know it. Takes the folder that holds one folder a host, or the folder of one host (then `recipe.hosts[0]` names it, or the folder's own name).
    Raises SourceError when no host can be told.
    """
    root = folder.resolve()
    hosts = _hosts(root, recipe)
    tops = {top for _, top in hosts}
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        if root not in tops and Path(entry.path) not in tops and entry.is_dir(follow_symlinks=False) and _is_host(entry.name):
            yield Damaged(f"https://{_authority(entry.name)}/", "ce site n’est pas dans « hotes » de la recette : son dossier n’est pas lu.", left=True)
    for base, top in hosts:
        for path, relative in _files(top, root):
            yield from _record(base, path, relative, root)


def url_of(base: str, relative: str) -> str:
    """The address of a file of a mirror: `base` (« https://host ») and its path below the host's folder, « / » between names."""
    folder, slash, name = relative.rpartition("/")
    path, mark, query = _asked(name).partition("?")
    query = query.replace("%2F", "/")  # wget cannot keep it in a name
    if _INDEX.fullmatch(path):
        path = ""
    url = f"{base}/{_quoted(folder + slash + path)}"
    return f"{url}?{_quoted(query, '?')}" if mark and query else url


def _asked(name: str) -> str:
    """What was asked of the server, from the name that wget gave the file."""
    match = _AT.fullmatch(name)
    if match and "?" not in name:
        name = f"{match[1]}?{match[2]}"
    match = _ADJUSTED.fullmatch(name)
    return match[1] if match else name


def _quoted(text: str, safe: str = "") -> str:
    """Escaped for a URL; an escape that is there already stays."""
    return quote(_ESCAPED.sub("%25", text), safe="%" + _SAFE + safe, errors="surrogateescape")


def _hosts(root: Path, recipe: Recipe) -> list[tuple[str, Path]]:
    """The start of the addresses and the folder of each host."""
    known = {host.lower() for host in recipe.hosts}
    found = []
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        if entry.name in _SCHEMES and entry.is_dir(follow_symlinks=False):  # --protocol-directories
            found += [(f"{entry.name}://{_authority(one.name)}", Path(one.path)) for one in sorted(os.scandir(entry.path), key=lambda one: one.name)
                      if one.is_dir(follow_symlinks=False) and _HOST.fullmatch(one.name)]
        elif entry.is_dir(follow_symlinks=False) and (_authority(entry.name) in known or (_is_host(entry.name) and not known)):
            found.append((f"https://{_authority(entry.name)}", Path(entry.path)))
    if found:
        return found
    if _authority(root.name) in known or not known and _is_host(root.name):
        return [(f"https://{_authority(root.name)}", root)]
    if recipe.hosts:
        return [(f"https://{recipe.hosts[0]}", root)]
    raise SourceError(f"« {root.name} » : ni ce dossier ni ceux qu’il contient n’ont le nom d’un site. Écrivez « hotes » dans la recette.")


def _is_host(name: str) -> bool:
    """Whether a folder's name is that of a site rather than of a folder of one (« v1.2 », « fichiers.d »)."""
    return bool(_HOST.fullmatch(name)) and (name.count(".") > 1 or len(name.rpartition(".")[2]) > 1 and not name.rpartition(".")[2].isdigit())


def _authority(name: str) -> str:
    """wget writes « host+8080 » on Windows and « host:8080 » elsewhere."""
    return name.lower().replace("+", ":")


def _files(top: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Files below a folder, without following links out of the mirror, sorted, depth first; with their path below it."""
    waiting = [(str(top), "", 0)]
    while waiting:
        folder, prefix, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield Path(folder), prefix
            continue
        names = {entry.name for entry in entries}
        below = []
        for entry in entries:
            relative = prefix + entry.name
            if entry.is_symlink() and not _inside(entry.path, root):
                yield Path(entry.path), relative
            elif entry.is_dir(follow_symlinks=False):
                if depth < _DEPTH_MAX:
                    below.append((entry.path, relative + "/", depth + 1))
                else:
                    yield Path(entry.path), relative
            elif entry.is_file() and not _OWN.fullmatch(entry.name) and not (entry.name.endswith(".orig") and entry.name[:-5] in names):
                yield Path(entry.path + ".orig" if entry.name + ".orig" in names else entry.path), relative
        waiting += reversed(below)


def _inside(path: str, root: Path) -> bool:
    """Whether a link leads to a file of the mirror (a link to a folder could turn in circles)."""
    real = os.path.realpath(path)
    return os.path.isfile(real) and os.path.commonpath((real, root)) == str(root)


def _record(base: str, path: Path, relative: str, root: Path) -> Iterator[Record | Damaged]:
    url = url_of(base, relative)
    shown = relative.encode("utf-8", "replace").decode()  # names of old servers are not always UTF-8
    if not path.is_file() or path.is_symlink() and not _inside(str(path), root):
        yield Damaged(url, f"« {shown} » n’est pas lu : dossier fermé ou trop profond, ou lien qui sort du miroir.")
        return
    kind = media_type.of_name(url)
    bound = PAGE_MAX if kind == "text/html" else FILE_MAX
    try:
        with open(path, "rb") as stream:
            state = os.fstat(stream.fileno())
            body = stream.read(bound + 1) if state.st_size <= bound else b""
    except OSError as error:
        yield Damaged(url, f"« {shown} » ne peut pas être lu : {error.strerror}.")
        return
    if state.st_size > bound or len(body) > bound:
        yield Damaged(url, f"« {shown} » a plus de {bound // (1024 * 1024)} Mo.")
        return
    kind = _kind(kind, url, body)
    when = datetime.fromtimestamp(int(state.st_mtime), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    literal = f"{base}/{quote(relative, safe=_SAFE, errors='surrogateescape')}"
    yield Record(url, 200, kind, "", body, when, hints={"file": literal} if literal != url else {})


def _kind(named: str, url: str, body: bytes) -> str:
    """A mirror keeps no header: the name says it, except where the bytes say otherwise."""
    if named == "text/html" and body and not media_type.is_markup(body):
        sniffed = media_type.settled("", url, body)
        return named if sniffed == "application/octet-stream" and b"\0" not in body[:1024] else sniffed
    return media_type.settled("" if named == "application/octet-stream" else named, url, body)
