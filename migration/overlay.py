"""Lay a converted content folder over an existing one, so that both make one site.

Documents must not meet: a path that both have keeps the file of the base, and is named. What the site shares is merged:
vocabularies by id, glossaries by acronym, the base having the last word.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from migration import dialect


@dataclass
class Overlay:
    """What was laid: files of each side, and what both had (path or acronym), where the base was kept."""

    base: int = 0
    laid: int = 0
    kept: list[str] = field(default_factory=list)
    acronyms: list[str] = field(default_factory=list)


def lay(base: Path, extra: Path, out: Path) -> Overlay:
    """Make in the new or empty folder `out` one content folder from `base` and `extra`; return what met.

    Files are linked where the file system allows it, copied otherwise. Raises FileExistsError when `out` is not empty.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"« {out} » n’est pas vide : choisissez un autre dossier.")
    done = Overlay()
    known = _acronyms(base)
    for path in _files(base):
        _place(base / path, out / path)
        done.base += 1
    for path in _files(extra):
        source, target = extra / path, out / path
        if path.parts[0] == "_glossaire":
            _lay_glossary(source, target, known, done)
        elif not target.exists():
            _place(source, target)
        elif path.parts[0] == "_vocabulaires":
            _merge_vocabulary(source, target)
        else:
            done.kept.append(path.as_posix())
            continue
        done.laid += 1
    return done


def _files(root: Path) -> list[Path]:
    """Return the files of a content folder, sorted; hidden files and links that leave it are not content."""
    found = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and not path.is_symlink():
                found.append(path.relative_to(root))
    return found


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _replace(target: Path, text: str) -> None:
    """Write a file of `out`; a link to a file of the base is broken first, so that the base is never touched."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.write_text(text, encoding="utf-8")


def _load(path: Path) -> object:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def _acronyms(base: Path) -> set[str]:
    known: set[str] = set()
    for path in sorted((base / "_glossaire").glob("*.yml")):
        entries = _load(path)
        known |= set(entries) if isinstance(entries, dict) else set()
    return known


def _lay_glossary(source: Path, target: Path, known: set[str], done: Overlay) -> None:
    """An acronym that the base explains keeps that meaning for the whole site: a page cannot know two."""
    entries = _load(source)
    if not isinstance(entries, dict):
        return
    done.acronyms += sorted(acronym for acronym in entries if acronym in known)
    _replace(target, "".join(_line(acronym, meaning) for acronym, meaning in entries.items() if acronym not in known))


def _merge_vocabulary(source: Path, target: Path) -> None:
    mine, theirs = _load(target), _load(source)
    if not isinstance(mine, list) or not isinstance(theirs, list):
        return
    ids = {item.get("id") for item in mine}
    items = [*mine, *(item for item in theirs if item.get("id") not in ids)]
    _replace(target, "".join(f"- {_flow(item)}\n" for item in items))


def _line(key: str, value: dict) -> str:
    return f"{dialect.scalar(key)}: {_flow(value)}\n"


def _flow(values: dict) -> str:
    return "{" + ", ".join(f"{key}: {dialect.scalar(value)}" for key, value in values.items()) + "}"
