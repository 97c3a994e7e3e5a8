"""What files there are in contenu/: documents, media and data, with their sizes and times."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from fleuve.problem import ERROR, WARNING, Problem
from fleuve.refusal import reason

# Folders whose Markdown is not a document: fragments have no front matter, the others hold YAML and CSV.
DATA_FOLDERS = frozenset({"_fragments", "_glossaire", "_vocabulaires", "_redirections", "_recherche", "_donnees", "_accessibilite"})
# Nobody finds a page twelve clicks down; and the length of a path is limited by every file system (4,096 bytes on Linux).
MAX_DEPTH = 20
# Never published, whatever the folder: files of editors, systems and programs.
IGNORED_SUFFIXES = ("~", ".swp", ".tmp", ".bak", ".py", ".pyc", ".php", ".exe", ".sh")


class Listing(NamedTuple):
    """What is in the content folder. files: {path: (kind, size in bytes, mtime in ns)} of the folders that are not as they were known to
    be, kind being « document », « media » or « data ». folders: {path, « / » at its end: digest} of all, empty where something is wrong."""

    files: dict[str, tuple[str, int, int]]
    folders: dict[str, bytes]
    problems: list[Problem]


def scan(content: Path, known: Mapping[str, bytes] = MappingProxyType({})) -> Listing:
    """List the files of the content folder. Paths are relative, with « / ». Names that begin with a dot are left out; symbolic links that
    leave the folder are errors.

    known: {folder: digest} of an earlier listing. Of files that have not changed, nothing more is made than one text a folder.
    """
    listing = Listing({}, {}, [])
    root = os.path.realpath(content)
    stack = [("", 0)]
    while stack:
        prefix, depth = stack.pop()
        told = len(listing.problems)
        try:
            folder = os.open(os.path.join(root, prefix), os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            listing.problems.append(_unreadable(prefix or ".", error))
            listing.folders[prefix] = b""
            continue
        try:  # in an open folder, files are asked for by their names: a sixth faster than by paths from the root
            entries = list(os.scandir(folder))
            digest, inner = _summary(entries)
            if not digest or known.get(prefix) != digest:
                _list(prefix, entries, root, listing)
        finally:
            os.close(folder)
        if depth < MAX_DEPTH:
            stack += [(f"{prefix}{name}/", depth + 1) for name in inner]
        else:
            listing.problems.extend(_too_deep(prefix + name) for name in inner)
        listing.folders[prefix] = digest if len(listing.problems) == told else b""
    return listing


def _summary(entries: list[os.DirEntry]) -> tuple[bytes, list[str]]:
    """(digest of the names, sizes and times of the files; names of the folders). Where there are links, whose target may change without
    them, the digest is empty."""
    files, folders, numbers, links = [], [], array("q"), False
    note = numbers.append
    for entry in entries:
        name = entry.name
        if name[0] == ".":
            continue
        if entry.is_dir(follow_symlinks=False):
            folders.append(name)
        else:
            links = links or entry.is_symlink()
            stat = entry.stat(follow_symlinks=False)
            files.append(name)
            note(stat.st_size)
            note(stat.st_mtime_ns)
    seen = "/".join(files).encode("utf-8", "surrogateescape") + b"\0" + numbers.tobytes()
    return b"" if links else hashlib.blake2b(seen, digest_size=16).digest(), [name for name in folders if _safe_name(name)]


def _list(prefix: str, entries: list[os.DirEntry], root: str, listing: Listing) -> None:
    """Add the files of one folder, and what is wrong with their names, to the listing."""
    data = prefix.partition("/")[0] in DATA_FOLDERS
    for entry in entries:
        name = entry.name
        if name[0] == ".":
            continue
        path = prefix + name
        if not _safe_name(name):
            listing.problems.append(_bad_name(path))
        elif name.endswith(".md") and entry.is_file(follow_symlinks=False):  # nearly all: no more is asked of them
            stat = entry.stat()
            listing.files[path] = ("data" if data or is_transcript(name) else "document", stat.st_size, stat.st_mtime_ns)
        elif entry.is_symlink() and not _stays(os.path.join(root, path), root):
            listing.problems.append(_leaving_link(path))
        elif entry.is_file() and not name.endswith(IGNORED_SUFFIXES):
            stat = entry.stat()
            listing.files[path] = (kind_of(path), stat.st_size, stat.st_mtime_ns)


def kind_of(path: str) -> str:
    """What a file of the content is: « document » (Markdown), « data » (in a folder that begins with « _ ») or « media »."""
    if path.partition("/")[0] in DATA_FOLDERS or is_transcript(path):
        return "data"
    if path.endswith(".md"):
        return "document"
    return "data" if path.startswith("_") else "media"


def is_transcript(path: str) -> bool:
    """Whether this names the transcript of a video or recording, by the end of its name: the text of another document, without a page."""
    return path.endswith(".md") and "\n" not in path and ".transcription." in path.rpartition("/")[2]


def _safe_name(name: str) -> bool:
    return "\\" not in name and name.isprintable()


def _stays(path: str, root: str) -> bool:
    real = os.path.realpath(path)
    return real.startswith(root + os.sep) and os.path.isfile(real)


def _bad_name(path: str) -> Problem:
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)
    return Problem(shown, 1, 1, ERROR, "nom-de-fichier", "Ce nom contient des caractères qui ne s’affichent pas ou une barre oblique inverse.",
                   "Renommez le fichier avec des lettres, des chiffres et des tirets.")


def _leaving_link(path: str) -> Problem:
    return Problem(path, 1, 1, ERROR, "lien-symbolique", "Ce lien symbolique mène hors du dossier de contenu (ou à un dossier) ; il n’est pas suivi.",
                   "Remplacez-le par une copie du fichier.")


def _too_deep(path: str) -> Problem:
    return Problem(path, 1, 1, ERROR, "trop-profond", f"Plus de {MAX_DEPTH} niveaux de dossiers ; ce qui est dessous n’est pas publié.",
                   "Remontez ces pages : personne ne trouve une page aussi profonde.")


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem(path, 1, 1, ERROR, "dossier-illisible", f"Dossier illisible ({reason(error)}).", "Vérifiez les droits d’accès.")


def unusual_name(path: str) -> list[Problem]:
    """A warning when the name of a document has spaces, capitals or accents: its address is written without them."""
    if path.isascii() and " " not in path and path == path.lower():
        return []
    return [Problem(path, 1, 1, WARNING, "nom-inhabituel", "Le nom de ce fichier ou de son dossier contient des espaces, des majuscules ou des accents ; "
                    "son adresse sur le site est écrite sans eux.", "Rien à faire ; pour choisir l’adresse, ajoutez « slug: … » à l’en-tête ou renommez le fichier.")]
