"""What an old site is read from: one module a source. `open_source` recognises which one by what it holds, not by its name only.

`fiches_vdd` is apart: it makes whole pages of the reference and has its own command, `migrate fiches`.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from migration.recipe import Recipe
from migration.record import Damaged, Hits, Record, SourceError

_HEAD = 64 * 1024
# Names looked at in a folder to know what it is.
_LOOKED_MAX = 2000

Source = Iterator[Record | Damaged | Hits]


def open_source(path_or_url: str, recipe: Recipe, folder: Path, logs: bool = True) -> Source:
    """Open a source of an old site and give its records, with bounded memory.

    Takes a path (from the folder of the recipe; « * » stands for several files), or `https://…` for a site that is alive; the recipe; and the folder
    where a live site's archive is written; whether access logs are read. Damaged records are given as Damaged and stop nothing. Raises SourceError at once when there is
    nothing there or it is none of the known formats, at the first record when it cannot be read after all.
    """
    if path_or_url.lower().startswith(("http://", "https://")):
        from migration.sources import live

        return live.read(path_or_url, recipe, folder)
    paths = _paths(path_or_url, recipe)
    if len(paths) == 1 and paths[0].is_dir():
        return _of_folder(paths[0], recipe, logs)
    return _of_files(paths, recipe, logs)


def weight(recipe: Recipe) -> int:
    """Return the bytes of what a site is read from: of files, what they weigh; of a folder or a live site, more than any file, since nobody has counted them."""
    return sum(_weight(recipe.folder / source) for source in recipe.sources)


def _weight(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 1 << 40
    except OSError:
        return 1 << 40


def _paths(name: str, recipe: Recipe) -> list[Path]:
    path = Path(name)
    base = recipe.folder
    if "*" in path.name and not (base / path).exists():
        found = sorted((base / path.parent).glob(path.name)) if (base / path.parent).is_dir() else []
    else:
        found = [base / path] if (base / path).exists() else []
    if not found:
        raise SourceError(f"« {name} » n’existe pas dans « {base} » : vérifiez « sources » dans la recette.")
    return found


def _of_files(paths: list[Path], recipe: Recipe, journals: bool) -> Source:
    """Several files one after the other; logs together, since an address is counted over all."""
    formats = [(path, _format(path)) for path in paths]
    unknown = [path.name for path, name in formats if not name]
    if unknown:
        raise SourceError(
            f"« {', '.join(unknown)} » n’est ni WARC, ni WACZ, ni export WordPress (.xml), ni réponses JSON:API de Drupal, ni mkdocs.yml, ni journal d’accès.")
    return _chained(formats, recipe, journals)


def _chained(formats: list[tuple[Path, str]], recipe: Recipe, journals: bool) -> Source:
    from migration.sources import drupal, logs, mkdocs, warc, wordpress

    for path, name in formats:
        if name == "warc":
            yield from warc.read(path)
        elif name == "wordpress":
            yield from wordpress.read(path)
        elif name == "drupal":
            yield from drupal.read(path, recipe)
        elif name == "mkdocs":
            yield from mkdocs.read(path, recipe)
    found = [path for path, name in formats if name == "logs"]
    if found and journals:
        yield from logs.read(found, recipe)


def _of_folder(path: Path, recipe: Recipe, journals: bool) -> Source:
    """A MkDocs site, a dump of Drupal, a folder of archives, exports or logs, else a mirror."""
    from migration.sources import drupal, mirror, mkdocs

    if any((path / name).is_file() for name in mkdocs.CONFIG):
        return mkdocs.read(path, recipe)
    entries = sorted((entry.name for entry in os.scandir(path) if not entry.name.startswith(".")))[:_LOOKED_MAX]
    files = [path / name for name in entries if (path / name).is_file()]
    if not entries:
        raise SourceError(f"« {path.name} » est un dossier vide.")
    folders = len(files) < len(entries)
    formats = [(file, _format(file)) for file in files[:_LOOKED_MAX]] if not folders else []
    if formats and all(name == "drupal" for _, name in formats) or folders and _holds_answers(path):
        return drupal.read(path, recipe)
    known = [(file, name) for file, name in formats if name]
    # A few files beside (a list, a note) do not make of archives a mirror; a page does.
    if known and not any(file.suffix.lower() in (".html", ".htm") for file in files):
        return _chained(known, recipe, journals)
    return mirror.read(path, recipe)


def _holds_answers(path: Path) -> bool:
    """Whether sub-folders hold answers of JSON:API and nothing else: node/page/1.json…"""
    seen = 0
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            if not name.endswith((".json", ".jsonl")) or _format(Path(folder, name)) != "drupal":
                return False
            seen += 1
            if seen > 3:
                return True
    return bool(seen)


def _format(path: Path) -> str:
    """What a file holds, by its first bytes; « » when it is not known."""
    from migration.sources import drupal, logs, mkdocs, wordpress

    if not path.is_file():
        return ""
    try:
        with open(path, "rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise SourceError(f"« {path.name} » ne peut pas être lu : {error.strerror}.") from None
    if head[:4] == b"PK\x03\x04":
        return "warc" if _is_wacz(path) else ""
    if head[:4] == b"\x28\xb5\x2f\xfd" or head[:4] == b"\x5d\x2a\x4d\x18":
        return "warc" if path.name.endswith(".zst") else ""
    text = _unpacked(head)
    if text.startswith(b"filedesc://"):
        raise SourceError(f"« {path.name} » est une archive ARC, l’ancêtre de WARC : convertissez-la avec « warcio recompress {path.name} nouvelle.warc.gz ».")
    if text[:5] == b"WARC/" or path.name.lower().endswith((".warc", ".warc.gz")):
        return "warc"
    if wordpress.is_export(head):
        return "wordpress"
    if drupal.is_answer(head):
        return "drupal"
    if path.name in mkdocs.CONFIG:
        return "mkdocs"
    return "logs" if logs.is_log(text) else ""


def _unpacked(head: bytes) -> bytes:
    if head[:2] != b"\x1f\x8b":
        return head
    try:
        return zlib.decompressobj(31).decompress(head, _HEAD)
    except zlib.error:
        return b""


def _is_wacz(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            return any(name.startswith("archive/") for name in package.namelist()[:10_000])
    except (OSError, zipfile.BadZipFile):
        return True  # told by its reader
