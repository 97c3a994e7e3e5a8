"""What people have checked with their hands, eyes and ears: `contenu/_accessibilite/verifications.yml`, written by people only."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from fleuve import front_matter
from fleuve.problem import ERROR, Problem

PATH = "_accessibilite/verifications.yml"
RESULTS = ("réussi", "obstacles")
_TEXTS = ("outil", "version", "navigateur", "note", "par")
_KEYS = ("date", "outil", "version", "navigateur", "pages", "resultat", "note", "par")
_REQUIRED = ("date", "outil", "version", "navigateur", "pages", "resultat", "par")
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_EXAMPLE = "Voyez l’exemple en tête du fichier."


class HumanCheck(NamedTuple):
    """One check. tool, version: the assistive technology. by: a role, never a name. pages: addresses on the site."""

    date: str
    tool: str
    version: str
    browser: str
    pages: tuple[str, ...]
    result: str
    by: str
    note: str = ""

    def to_json(self) -> dict:
        """With the keys of the file."""
        return {"date": self.date, "outil": self.tool, "version": self.version, "navigateur": self.browser, "pages": list(self.pages),
                "resultat": self.result, "par": self.by, "note": self.note}


def read(text: str) -> tuple[list[HumanCheck], list[Problem]]:
    """The checks of the file's text, the latest first, and what is wrong with it: an entry with a mistake counts for nothing."""
    value, problems = front_matter.read_value(text, PATH)
    if problems or value is None:
        return [], problems
    if not isinstance(value, list):
        return [], [_wrong(1, "Ce fichier est une liste, un tiret par vérification.")]
    checks = []
    for number, item in enumerate(value):
        key, message = _mistake(item)
        if message:
            line = front_matter.position(text, (number, key) if key else (number,), 1)[0]
            problems.append(_wrong(line, message))
        else:
            checks.append(HumanCheck(str(item["date"]), *(item[key].strip() for key in ("outil", "version", "navigateur")), tuple(item["pages"]),
                                     item["resultat"], item["par"].strip(), (item.get("note") or "").strip()))
    return sorted(checks, key=lambda check: (check.date, check.tool), reverse=True), problems


def _mistake(item: Any) -> tuple[str, str]:
    """(key, what is wrong with it) of the first mistake of an entry; two empty texts when there is none."""
    if not isinstance(item, dict):
        return "", "Une vérification a des clés : date, outil, version…"
    for key in item:
        if key not in _KEYS:
            return key, f"« {key} » : clé inconnue. Les clés sont {', '.join(_KEYS)}."
    for key in _REQUIRED:
        if item.get(key) in (None, "", []):
            return "", f"Il manque « {key} »."
    for key in _TEXTS:
        if item.get(key) is not None and not isinstance(item[key], str):
            return key, f"« {key} » doit être un texte, entre guillemets."
    if not _DATE.fullmatch(str(item["date"])):
        return "date", f"« {item['date']} » n’est pas une date. Écrivez l’année, le mois et le jour : 2026-06-15."
    pages = item["pages"]
    if not isinstance(pages, list) or not all(isinstance(page, str) and page.startswith("/") for page in pages):
        return "pages", "« pages » est une liste d’adresses du site, qui commencent par « / » : [/, /services/]."
    if item["resultat"] not in RESULTS:
        return "resultat", f"« {item['resultat']} » : le résultat est « réussi » ou « obstacles »."
    if "@" in item["par"] or item["par"].strip()[0].isupper():
        return "par", "« par » dit le rôle de la personne, en minuscules, jamais son nom : « personne aveugle qui utilise un lecteur d’écran chaque jour »."
    return "", ""


def _wrong(line: int, message: str) -> Problem:
    return Problem(PATH, line, 1, ERROR, "verification-invalide", message, _EXAMPLE)
