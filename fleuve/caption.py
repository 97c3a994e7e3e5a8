"""Captions (WebVTT): read as browsers do, and what is wrong told with its line. https://www.w3.org/TR/webvtt1/"""

from __future__ import annotations

import os
import re

from fleuve.front_matter import not_utf8
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.refusal import reason

# Two hours of speech are about 200 KB.
MAX_BYTES = 2 * 1024 * 1024
MAX_TOLD = 20
_STAMP = r"(?:(\d{2,9}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_STAMP}[ \t]++-->[ \t]++{_STAMP}(?:[ \t]++(.*))?")
_SETTING = re.compile(r"(?:vertical|line|position|size|align|region):[^\s]++")
_FIX = "Écrivez-la comme « 00:00:01.000 --> 00:00:04.500 », avec un point avant les millièmes."


def check(content: str, path: str) -> list[Problem]:
    """What is wrong with the captions at `path` of the content folder. Never raises for what is in the file."""
    try:
        with open(os.path.join(content, path), "rb") as source:
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        return [Problem(path, 1, 1, ERROR, "fichier-illisible", f"Fichier illisible ({reason(error)}).", "Vérifiez qu’il existe encore et ses droits d’accès.")]
    if len(data) > MAX_BYTES:
        return [_wrong(path, 1, "Ce fichier de sous-titres dépasse 2 Mo.", "Vérifiez que c’est bien un fichier .vtt ; il ne contient que du texte.")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column, code, message, remedy = not_utf8(data, error)
        return [Problem(path, line, column, ERROR, code, message, remedy)]
    return _cues(path, text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _cues(path: str, lines: list[str]) -> list[Problem]:
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        return [_wrong(path, 1, "Un fichier de sous-titres commence par une ligne « WEBVTT ».", "Ajoutez cette ligne, puis une ligne vide ; un fichier .srt se convertit en .vtt.")]
    found: list[Problem] = []
    cues, last, at = 0, 0, 1
    for number, line in enumerate(lines[1:], 2):
        if "-->" not in line or len(found) >= MAX_TOLD:
            continue
        times = _TIMING.fullmatch(line.strip())
        if times is None:
            found.append(_wrong(path, number, "Cette ligne de temps est mal écrite.", _FIX))
            continue
        start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:8])
        if end <= start:
            found.append(_wrong(path, number, "Ce sous-titre finit avant de commencer.", "Corrigez le temps de fin."))
        elif start < last:
            found.append(Problem(path, number, 1, WARNING, "sous-titres-desordre", f"Ce sous-titre commence avant celui de la ligne {at}.", "Mettez-les dans l’ordre où ils paraissent."))
        if any(not _SETTING.fullmatch(word) for word in (times[9] or "").split()):
            found.append(Problem(path, number, 1, WARNING, "sous-titres-reglage", "Ce qui suit le temps de fin n’est pas un réglage de WebVTT ; les navigateurs n’en tiennent pas compte.", "Retirez-le, ou écrivez par exemple « align:start »."))
        if number >= len(lines) or not lines[number].strip():
            found.append(_wrong(path, number, "Ce sous-titre n’a pas de texte.", "Écrivez-le sous la ligne de temps, sans ligne vide entre les deux."))
        cues, last, at = cues + 1, start, number
    if not cues and not found:
        found.append(_wrong(path, 1, "Ce fichier n’a aucun sous-titre.", _FIX))
    return found


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _wrong(path: str, line: int, message: str, remedy: str) -> Problem:
    return Problem(path, line, 1, ERROR, "sous-titres-invalides", message, remedy)
