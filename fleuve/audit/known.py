"""The ratchet: findings that are known and accepted for a time. The list is in git, and may only shrink.

`contenu/_accessibilite/connus.yml` is a list; a person writes each entry by hand, and says why:

    - regle: image-sans-nom
      fichier: sante/vaccination/index.md
      empreinte: 5f0c3a9d21be
      nombre: 1
      raison: Le graphique sera décrit dans la prochaine édition du rapport.
      date: 2026-06-15

`empreinte` is the fingerprint that `build.py check` prints: it stays the same when lines move. `nombre` counts places, not pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fleuve import data_file, front_matter
from fleuve.audit.finding import Finding
from fleuve.audit.origin import fingerprint
from fleuve.git import commit_of, git
from fleuve.problem import ERROR, Problem
from fleuve.settings import SettingsError

PATH = "_accessibilite/connus.yml"
_KEYS = ("regle", "fichier", "empreinte", "nombre", "raison", "date")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXAMPLE = "Écrivez « - {regle: image-sans-nom, fichier: sante/index.md, empreinte: 5f0c3a9d21be, nombre: 1, raison: …, date: 2026-06-15} »."


@dataclass(frozen=True)
class Entry:
    """One known finding. line: where it is written."""

    rule: str
    file: str
    fingerprint: str
    count: int
    reason: str
    date: str
    line: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        """What a finding must share with the entry to be known."""
        return self.rule, self.file, self.fingerprint

    def to_json(self) -> dict[str, Any]:
        """The entry as the file has it."""
        return dict(zip(_KEYS, (self.rule, self.file, self.fingerprint, self.count, self.reason, self.date), strict=True))


@dataclass
class Verdict:
    """Findings against the list. new: those that are not in it; known: how many are; gone: (entry, how many of it are left)."""

    new: list[Finding] = field(default_factory=list)
    known: int = 0
    gone: list[tuple[Entry, int]] = field(default_factory=list)


@dataclass
class Known:
    """The list as it is written, and what is wrong with it."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    header: str = ""

    def judge(self, findings: Iterable[Finding], browsed: bool = False) -> Verdict:
        """Tell the findings that are known from those that are new, and the entries that are no longer true.

        browsed: whether browsers have looked at every page; if not, what they found before (rules such as « axe:list ») may still be.
        """
        left = Counter()
        for entry in self.entries:
            left[entry.key] += entry.count
        verdict = Verdict()
        for finding in findings:
            key = (finding.rule, finding.file, fingerprint(finding))
            if left[key] > 0:
                left[key] -= 1
                verdict.known += 1
            else:
                verdict.new.append(finding)
        for entry in reversed(self.entries):  # of two entries for the same thing, the last goes first
            unused = min(left[entry.key], entry.count) if browsed or ":" not in entry.rule else 0
            if unused:
                left[entry.key] -= unused
                verdict.gone.insert(0, (entry, entry.count - unused))
        return verdict

    def without(self, gone: Iterable[tuple[Entry, int]]) -> str:
        """The file as it is to be when what is gone is taken out: it can only be shorter."""
        left = {id(entry): count for entry, count in gone}
        kept = [{**entry.to_json(), "nombre": left.get(id(entry), entry.count)} for entry in self.entries if left.get(id(entry), entry.count)]
        return self.header + yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=1000)

    def grown_since(self, base: Known) -> list[Problem]:
        """An error for each entry that the earlier list does not have. A page that was renamed keeps its own: files are not compared."""
        allowed = Counter()
        for entry in base.entries:
            allowed[entry.rule, entry.fingerprint] += entry.count
        found = []
        for entry in self.entries:
            allowed[entry.rule, entry.fingerprint] -= entry.count
            if allowed[entry.rule, entry.fingerprint] < 0:
                found.append(Problem(PATH, entry.line, 1, ERROR, "connus-agrandi", f"La liste des constats connus ne peut que rétrécir ; celui-ci ({entry.rule}, {entry.file}) y a été ajouté.",
                                     "Corrigez la page, et retirez cette entrée."))
        return found


def load(content: Path) -> Known:
    """The list of a content folder; empty when there is none. What is wrong with it is in `problems`."""
    if not (content / PATH).exists():
        return Known()
    text, problems = data_file.text(content, PATH)
    return Known(problems=problems) if problems else read(text)


def read(text: str) -> Known:
    """The list from its text."""
    known = Known(header=re.match(r"(?:[^\S\n]*(?:#[^\n]*)?\n)*", text)[0])
    value, known.problems = front_matter.read_value(text, PATH)
    if known.problems or value is None:
        return known
    if not isinstance(value, list):
        known.problems.append(_wrong(1, "La liste des constats connus est une liste, un tiret par constat."))
        return known
    for item, node in zip(value, yaml.compose(text, Loader=yaml.SafeLoader).value, strict=True):
        entry = _entry(item, node.start_mark.line + 1)
        (known.problems if isinstance(entry, Problem) else known.entries).append(entry)
    return known


def _entry(item: Any, line: int) -> Entry | Problem:
    if not isinstance(item, dict):
        return _wrong(line, "Un constat connu a des clés.")
    if unknown := [key for key in item if key not in _KEYS]:
        return _wrong(line, f"« {unknown[0]} » : clé inconnue.", f"Les clés sont {', '.join(_KEYS)}.")
    for key in _KEYS:
        value = item.get(key, 1 if key == "nombre" else None)
        if key == "nombre":
            if not isinstance(value, int) or value < 1:
                return _wrong(line, f"« {key} » doit être un nombre entier, 1 ou plus.")
        elif not isinstance(value, str) or not value.strip():
            return _wrong(line, f"« {key} » est vide ou absent.", "Dites pourquoi ce constat est accepté pour un temps." if key == "raison" else "")
    if not _DATE.fullmatch(item["date"]):
        return _wrong(line, f"« date » : « {item['date']} » n’est pas une date.", "Écrivez l’année, le mois et le jour : 2026-06-15.")
    return Entry(item["regle"], item["fichier"], item["empreinte"], item.get("nombre", 1), item["raison"], item["date"], line)


def _wrong(line: int, message: str, remedy: str = "") -> Problem:
    return Problem(PATH, line, 1, ERROR, "connus-invalide", message, remedy or _EXAMPLE)


def at_revision(content: Path, revision: str) -> Known | None:
    """The list as it was at a git revision; None when there was no such file. Raises SettingsError when there is no such revision."""
    if commit_of(content, revision) is None:
        raise SettingsError(f"--base : « {revision} » n’est pas une révision git du contenu ({content}). Indiquez une branche, une étiquette ou un commit.")
    text = git(content, "show", "--end-of-options", f"{revision}:./{PATH}", errors="replace")
    return None if text is None else read(text)


def compare(content: Path, known: Known, revision: str) -> list[Problem]:
    """What a change adds to the list since a git revision. The list may begin (the file did not exist), but never disappear."""
    base = at_revision(content, revision)
    if base is None:
        return []
    if not (content / PATH).exists():
        return [Problem(PATH, 1, 1, ERROR, "connus-disparu", "La liste des constats connus a été supprimée.", "Rétablissez le fichier ; une liste vide s’écrit « [] ».")]
    return known.grown_since(base)
