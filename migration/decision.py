"""What becomes of each old address: one CSV a site, `contenu/_migration/SITE/decisions.csv`, which people edit and Fleuve applies.

A row with a reviewer is a human's: no new proposal ever replaces it. Spreadsheets may change the file as they do (byte order mark, « ; »,
CRLF, quotes, Windows encoding, decimal commas, French dates): it is read back all the same.
"""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from fleuve.problem import ERROR, WARNING, Problem
from migration.collector import without_collector

FILE = "decisions.csv"
HEADER = ("ancienne_adresse", "decision", "destination", "raison", "confiance", "empreinte_avant", "empreinte_apres", "relecteur", "date")
KEEP, MERGE, ARCHIVE, REDIRECT, UNDECIDED = DECISIONS = ("garder", "fusionner", "archiver", "rediriger", "a-decider")
MOVED = (KEEP, MERGE, REDIRECT)
"""The decisions that lead to another address (301)."""

MAX_BYTES = 64 * 1024 * 1024  # As fleuve/redirect.py: about 400,000 rows, four times the largest site of GOV.UK's transition.
MAX_ROW = 16384  # An address and a target of 8 KB at most each.
MAX_LINES = 20  # A cell of a spreadsheet may hold line breaks; more than this is a quote that nobody closed.

# A spreadsheet would run such a cell as a formula (OWASP, « CSV Injection »): an apostrophe in front makes it text.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_BLANKS = re.compile(r"[\r\n\t\x00-\x1f\x7f\u2028\u2029]+")
_SCHEME = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00)?")
_FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NUMBER_LIKE = re.compile(r"\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_BY_NAME = {**{name: name for name in DECISIONS}, "": UNDECIDED, "a decider": UNDECIDED, "410": ARCHIVE, "301": REDIRECT}
_USUAL = {"": 0.0, "1": 1.0} | {f"{part / 100:g}": part / 100 for part in range(1, 100)}
_REQUIRED = ("ancienne_adresse", "decision")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one old address, or of all below it when it ends in « /* ».

    `target` is a root-relative address, a page of the content (`sante/vaccin.md`) or an absolute URL; "" when archived. `before` and `after`
    are fingerprints of the old page and of what it became. `reviewer` is the person who decided, "" for a proposal; `date` is ISO 8601.
    `file` and `line` say where it was read; they are no part of what it is.
    """

    old: str
    decision: str = UNDECIDED
    target: str = ""
    reason: str = ""
    confidence: float = 0.0
    before: str = ""
    after: str = ""
    reviewer: str = ""
    date: str = ""
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    @property
    def choice(self) -> tuple[str, str]:
        """What is decided: two rows with the same choice say the same."""
        return self.decision, self.target


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that people hold to and that is now proposed otherwise. `kept` stands; `proposed` is None when its page is no longer found."""

    old: str
    kept: Decision
    proposed: Decision | None
    why: str

    def __str__(self) -> str:
        where = f"{self.kept.file}:{self.kept.line} : " if self.kept.line else ""
        return f"{where}« {self.old} » : {self.why}"


# Reading


def read(file: Path, name: str = "") -> tuple[list[Decision], list[Problem]]:
    """Read a file of decisions.

    Returns the rows that can be understood, in order, and all the problems, under `name` (the file's own if ""). A file with errors must not be
    written again before they are mended: a row that could not be understood would be lost. A file that does not exist holds nothing.
    """
    name = name or str(file)
    try:
        if file.stat().st_size > MAX_BYTES:
            return [], [_error(name, 1, "fichier-trop-gros", f"Ce fichier dépasse {MAX_BYTES // 1048576} Mo.", "Séparez le site en plusieurs.")]
        data = file.read_bytes()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [_error(name, 1, "fichier-illisible", f"Fichier illisible ({error.strerror}).", "Vérifiez ses droits d’accès.")]
    return parse(data, name)


def parse(data: bytes, name: str) -> tuple[list[Decision], list[Problem]]:
    """Read the bytes of a file of decisions; see `read`."""
    problems: list[Problem] = []
    rows: dict[str, Decision] = {}
    with without_collector():
        for number, values in table(_text(data, name, problems), HEADER, _REQUIRED, name, problems):
            row = _row(values, name, number, problems)
            if row is None:
                continue
            first = rows.setdefault(row.old, row)
            if first is not row:
                problems.append(_error(name, number, "decision-en-double", f"« {row.old} » est déjà décidée à la ligne {first.line}.",
                                       "Gardez une seule des deux lignes."))
    return list(rows.values()), problems


def table(text: str, header: tuple[str, ...], required: tuple[str, ...], name: str,
          problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV text that a person or a spreadsheet wrote: line number, and values in the order of `header`.

    Columns may be in any order, and those that are not there are empty; the delimiter is that of the first line.
    What cannot be read is told in `problems`, and the rest is read.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter, columns, index = ",", [], 0
    width, order = len(header), None
    while index < len(lines):
        line, number = lines[index], index + 1
        index += 1
        if not line or line[0] == "#" or (line[0] in ',;\t" ' and not line.strip(',;\t" ')):
            continue
        if not columns:
            delimiter, columns = _columns(line, header, required, name, number, problems)
            if not columns:
                return
            if tuple(columns) != header:
                order = [columns.index(one) if one in columns else -1 for one in header]
            continue
        if '"' in line:
            fields, index = _quoted(lines, index, delimiter, name, problems)
            if fields is None:
                continue
            length = sum(map(len, fields))
        else:
            fields, length = line.split(delimiter), len(line)
        if length > MAX_ROW:
            problems.append(_error(name, number, "ligne-trop-longue", f"Cette ligne dépasse {MAX_ROW} caractères.", "Raccourcissez l’adresse ou la raison."))
        elif len(fields) > len(columns) and any(fields[len(columns):]):
            problems.append(_error(name, number, "colonnes", f"Cette ligne a {len(fields)} colonnes ; l’en-tête en a {len(columns)}.",
                                   f"Encadrez de guillemets le champ qui contient « {delimiter} »."))
        elif order is not None:
            yield number, [fields[place] if 0 <= place < len(fields) else "" for place in order]
        else:
            yield number, fields[:width] if len(fields) >= width else fields + [""] * (width - len(fields))


def _text(data: bytes, name: str, problems: list[Problem]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # « Texte Unicode » of Excel.
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(Problem(name, line, 1, WARNING, "encodage", "Ce fichier n’est pas en UTF-8 ; il a été lu comme du Windows-1252.",
                                "Dans votre tableur, enregistrez-le au format « CSV UTF-8 »."))
        return data.decode("cp1252", "replace")


def _columns(line: str, header: tuple[str, ...], required: tuple[str, ...], name: str, number: int, problems: list[Problem]) -> tuple[str, list[str]]:
    for delimiter in (",", ";", "\t"):
        names = [one.strip().strip('"').strip().lower() for one in line.split(delimiter)]
        if set(required) <= set(names):
            break
    else:
        problems.append(_error(name, number, "entete", "La première ligne doit nommer les colonnes.", f"Écrivez en tête : « {','.join(header)} »."))
        return ",", []
    for one in names:
        if one and (one not in header or names.count(one) > 1):
            problems.append(_error(name, number, "entete", f"Colonne inconnue ou répétée : « {one} ».", f"Les colonnes sont : {', '.join(header)}."))
    return delimiter, names


def _quoted(lines: list[str], index: int, delimiter: str, name: str, problems: list[Problem]) -> tuple[list[str] | None, int]:
    """Return the fields of the record whose first line is before `index`, with the index after its last; None if no quote closes it."""
    first, text, end = index, lines[index - 1], index
    while text.count('"') % 2 and end < len(lines) and end - first < MAX_LINES:
        text += "\n" + lines[end]
        end += 1
    if text.count('"') % 2 == 0:
        try:
            return next(csv.reader([text], delimiter=delimiter, strict=True)), end
        except (csv.Error, StopIteration):
            pass
    problems.append(_error(name, first, "guillemets", "Les guillemets de cette ligne ne sont pas refermés.",
                           "Encadrez tout le champ de « \" » et doublez les guillemets qu’il contient."))
    return None, first


def _row(values: list[str], name: str, line: int, problems: list[Problem]) -> Decision | None:
    told = len(problems)
    old, said, target, reason, sure, before, after, reviewer, when = values
    old, target, reviewer = old.strip(), target and _plain(target), reviewer and _plain(reviewer)
    decision = _BY_NAME.get(said) or _BY_NAME.get(_bare(said), said)
    if not old:
        problems.append(_error(name, line, "adresse-absente", "L’ancienne adresse manque.", "Remplissez « ancienne_adresse », ou retirez la ligne."))
    if old[:1] == "'" or _SCHEME.match(old):
        old = _SCHEME.sub("", _plain(old), count=1)
    if decision not in DECISIONS:
        problems.append(_error(name, line, "decision", f"La décision « {decision.strip()} » n’existe pas.", f"Écrivez : {', '.join(DECISIONS)}."))
    elif decision in MOVED and not target:
        problems.append(_error(name, line, "destination-absente", f"« {decision} » demande une destination.",
                               "Remplissez « destination », ou écrivez « archiver » si rien ne remplace la page, « a-decider » si vous ne savez pas encore."))
    elif decision == ARCHIVE and target:
        problems.append(_error(name, line, "destination-inutile", "Une page archivée (410) n’a pas de destination.",
                               "Videz « destination », ou écrivez « rediriger » si une autre page la remplace."))
    confidence = _USUAL[sure] if sure in _USUAL else _confidence(sure, name, line, problems)
    date = when and _date(when, name, line, problems)
    before = before and _fingerprint(before, "empreinte_avant", name, line, problems)
    after = after and _fingerprint(after, "empreinte_apres", name, line, problems)
    if len(problems) > told and any(problem.is_error for problem in problems[told:]):
        return None
    return Decision(old, decision, target, reason and _plain(reason), confidence, before, after, reviewer, date, name, line)


def _bare(text: str) -> str:
    text = unicodedata.normalize("NFD", text.strip().lower().replace("-", " "))
    text = "".join(char for char in text if not unicodedata.combining(char))
    return text if text in _BY_NAME else text.replace(" ", "-")


def _plain(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    if text[0] == "'" and _GUARDED.match(text):
        text = text[1:]
    return _BLANKS.sub(" ", text) if not text.isprintable() else text


def _confidence(text: str, name: str, line: int, problems: list[Problem]) -> float:
    text = text.strip()
    try:
        value = float(text.replace(",", ".").rstrip("% \u00a0")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = 0.0 if not text else -1.0
    if 0 <= value <= 1:
        return value
    problems.append(_error(name, line, "confiance", f"La confiance « {text} » n’est pas un nombre de 0 à 1.", "Écrivez par exemple 0.85, ou rien."))
    return 0.0


def _date(text: str, name: str, line: int, problems: list[Problem]) -> str:
    text = text.strip()
    if not text:
        return ""
    if french := _FRENCH.fullmatch(text):
        text = f"{french[3]}-{int(french[2]):02}-{int(french[1]):02}"
    if (iso := _ISO.fullmatch(text)) and 1 <= int(iso[2]) <= 12 and 1 <= int(iso[3]) <= 31:
        return text[:10] if _MIDNIGHT.fullmatch(text[10:]) else text
    problems.append(_error(name, line, "date", f"La date « {text} » ne se lit pas.", "Écrivez l’année, le mois et le jour : 2026-05-04."))
    return ""


def _fingerprint(text: str, column: str, name: str, line: int, problems: list[Problem]) -> str:
    text = text.strip()
    if text and ("," in text or "." in text or "+" in text):
        if _NUMBER_LIKE.fullmatch(text):
            problems.append(Problem(name, line, 1, WARNING, "empreinte", f"Le tableur a changé « {column} » en nombre ({text}) ; elle est oubliée.",
                                    "Donnez à cette colonne le format « Texte » avant d’ouvrir le fichier."))
            return ""
    return text


def _error(file: str, line: int, code: str, message: str, remedy: str) -> Problem:
    return Problem(file, line, 1, ERROR, code, message, remedy)


# Writing


def dump(decisions: Iterable[Decision]) -> bytes:
    """Return the bytes of a file of decisions, sorted by address: the same decisions give the same bytes."""
    lines = [",".join(HEADER)]
    lines += [",".join([
        _cell(row.old), row.decision, _cell(row.target), _cell(row.reason), f"{row.confidence:.3g}" if row.confidence else "",
        _cell(row.before), _cell(row.after), _cell(row.reviewer), _cell(row.date)]) for row in sorted(decisions, key=lambda row: row.old)]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def write(file: Path, decisions: Iterable[Decision]) -> None:
    """Write a file of decisions, sorted, in one step: a reader sees the old file or the new one. Raises OSError."""
    data = dump(decisions)
    if len(data) > MAX_BYTES:
        raise OSError(f"« {file} » dépasserait {MAX_BYTES // 1048576} Mo.")
    put(file, data)


def put(file: Path, data: bytes) -> bool:
    """Write a file in one step, its folders with it; return False, and leave it alone, if it holds these bytes already. Raises OSError."""
    try:
        if file.stat().st_size == len(data) and file.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    draft = file.with_name(f"{_DRAFT}{os.getpid()}-{file.name}")
    try:
        try:
            draft.write_bytes(data)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
        os.replace(draft, file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return True


def sweep(folder: Path) -> None:
    """Take away the drafts that a run which was killed left below a folder. Nothing else may be writing there."""
    for draft in folder.rglob(f"{_DRAFT}*"):
        draft.unlink(missing_ok=True)


_DRAFT = ".fleuve-"
_BARE_CELL = re.compile(r"[A-Za-z0-9/._:?&%~!$()*#][A-Za-z0-9/._:?&=%~!$()*+@#-]*").fullmatch


def _cell(text: str) -> str:
    if not text or _BARE_CELL(text):
        return f'"{text}"' if text[:1] == "#" else text
    text = _BLANKS.sub(" ", text).strip()  # As it is read back; and « ␣=1+1 » is a formula too.
    if _FORMULA.match(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',;"\t#') else text


# Merging


def merge(current: Iterable[Decision], proposed: Iterable[Decision], base: Iterable[Decision] | None = None,
          key: Callable[[str], str] = lambda old: old) -> tuple[list[Decision], list[Conflict]]:
    """Merge what stands in the file (`current`) with what a new run proposes; `base` is what the last run proposed, if it is known.

    A row with a reviewer stands as it is. So does one that a person changed without signing it, which `base` shows. What a person holds to and is
    now proposed otherwise is a conflict, told once when `base` is given. No address is lost: one no longer proposed stays, and one whose row
    was deleted comes back « a-decider ». `key` says which addresses are one (see migration/old_url.py). Returns the rows, sorted, and the conflicts.
    """
    known = None if base is None else {key(row.old): row for row in base}
    mine = {key(row.old): row for row in current}
    merged: list[Decision] = []
    conflicts: list[Conflict] = []
    new = {key(row.old): row for row in proposed}
    for name, row in new.items():
        earlier = None if known is None else known.get(name)
        if name not in mine:
            merged.append(_deleted(row, conflicts) if earlier is not None else row)
        elif _held(mine[name], earlier):
            merged.append(_kept(mine[name], row, earlier, conflicts))
        else:
            merged.append(row)
    for name, row in mine.items():
        if name not in new:
            merged.append(row)
            if row.reviewer and (known is None or name in known):
                conflicts.append(Conflict(row.old, row, None, "la source ne contient plus cette page ; la décision signée est gardée."))
    return sorted(merged, key=lambda row: row.old), sorted(conflicts, key=lambda one: one.old)


def _held(row: Decision, earlier: Decision | None) -> bool:
    return bool(row.reviewer) or (earlier is not None and row.choice != earlier.choice)


def _kept(row: Decision, new: Decision, earlier: Decision | None, conflicts: list[Conflict]) -> Decision:
    unchanged = earlier is not None and earlier.choice == new.choice and earlier.before == new.before
    if not unchanged and new.choice != row.choice:
        who = f"{row.reviewer} a décidé" if row.reviewer else "le fichier dit"
        conflicts.append(Conflict(row.old, row, new, f"{who} « {_said(row)} » ; il est maintenant proposé « {_said(new)} »."
                                                     " La ligne est gardée telle quelle."))
    elif not unchanged and row.reviewer and row.before and new.before and row.before != new.before:
        conflicts.append(Conflict(row.old, row, new, f"l’ancienne page a changé depuis que {row.reviewer} l’a relue. La ligne est gardée telle quelle."))
    return row


def _deleted(row: Decision, conflicts: list[Conflict]) -> Decision:
    back = replace(row, decision=UNDECIDED, target="", reason="Ligne retirée du fichier : dites ce que devient cette adresse.", confidence=0.0)
    conflicts.append(Conflict(row.old, back, row, "sa ligne a été retirée du fichier ; elle revient « a-decider », car chaque ancienne adresse doit répondre."))
    return back


def _said(row: Decision) -> str:
    return f"{row.decision} → {row.target}" if row.target else row.decision


def update(file: Path, proposed: Iterable[Decision], base: Iterable[Decision] | None = None,
           key: Callable[[str], str] = lambda old: old) -> tuple[list[Decision], list[Conflict], list[Problem]]:
    """Merge proposals into a file. With errors in it, it is left as it is and only the problems are returned. Raises OSError."""
    current, problems = read(file)
    if any(problem.is_error for problem in problems):
        return current, [], problems
    merged, conflicts = merge(current, proposed, base, key)
    write(file, merged)
    return merged, conflicts, problems
