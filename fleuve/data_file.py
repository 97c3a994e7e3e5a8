"""Data files of the content (vocabularies, glossary, fragments): read within bounds, and what is wrong with them told."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

from fleuve import front_matter
from fleuve.problem import ERROR, Problem
from fleuve.refusal import reason

MAX_LENGTH = 1024 * 1024
FORMS = {"_vocabulaires": list, "_glossaire": dict}
_EXPECTED = {
    "_vocabulaires": ("Un vocabulaire est une liste, une ligne par terme.", "Écrivez chaque ligne comme « - {id: estrie, fr: Estrie, en: Estrie} »."),
    "_glossaire": ("Un glossaire donne, pour chaque sigle, son sens dans chaque langue.", "Écrivez chaque ligne comme « PME: {fr: petite ou moyenne entreprise} »."),
}


def digest(file: Path) -> bytes:
    """Hash of a data file, b"" when it cannot be read: `check` then tells."""
    total = blake2b(digest_size=8)
    try:
        with open(file, "rb") as source:
            while block := source.read(1 << 20):
                total.update(block)
    except OSError:
        return b""
    return total.digest()


def text(content: Path, path: str) -> tuple[str, list[Problem]]:
    """The text of a data file, and what is wrong when it cannot be had; it is then « »."""
    try:
        with open(Path(content) / path, "rb") as source:
            data = source.read(MAX_LENGTH + 1)
    except OSError as error:
        return "", [Problem(path, 1, 1, ERROR, "fichier-illisible", f"Fichier illisible ({reason(error)}).", "Vérifiez qu’il existe encore et ses droits d’accès.")]
    if len(data) > MAX_LENGTH:
        return "", [Problem(path, 1, 1, ERROR, "fichier-trop-gros", "Ce fichier dépasse 1 Mo ; il n’est pas lu.", "Coupez-le en plusieurs fichiers.")]
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), []
    except UnicodeDecodeError as error:
        line, column, code, message, remedy = front_matter.not_utf8(data, error)
        return "", [Problem(path, line, column, ERROR, code, message, remedy)]


def values(content: Path, path: str) -> tuple[Any, list[Problem]]:
    """What a YAML data file holds: a list of terms for a vocabulary, a mapping for a glossary, None when it is wrong or empty.

    Anchors, tags and deep nesting are refused as in a front matter: a YAML bomb costs nothing.
    """
    written, problems = text(content, path)
    if problems:
        return None, problems
    value, problems = front_matter.read_value(written, path, 1)
    if problems or value is None:
        return None, problems
    folder = path.partition("/")[0]
    if isinstance(value, FORMS[folder]) and all(_is_entry(item) for item in (value.items() if isinstance(value, dict) else value)):
        return value, []
    return None, [Problem(path, 1, 1, ERROR, "donnees-invalides", *_EXPECTED[folder])]


def _is_entry(item: Any) -> bool:
    if isinstance(item, tuple):  # of a glossary
        return isinstance(item[1], dict) and all(isinstance(value, str) for value in item[1].values())
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def check(content: Path, path: str) -> list[Problem]:
    """What is wrong with a data file that the engine itself reads; redirects are checked by their stage."""
    folder = path.partition("/")[0]
    if folder in FORMS and path.endswith(".yml"):
        return values(content, path)[1]
    return text(content, path)[1] if folder == "_fragments" and path.endswith(".md") else []
