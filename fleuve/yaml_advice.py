"""Say in plain French what is wrong in a YAML that cannot be read, and how to mend it.

libyaml says where it stopped, which is often one or several lines after the mistake. The usual mistakes are looked for in
the lines themselves, from the one where it stopped to the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

Advice = tuple[int, int, str, str]

_TAB = re.compile(r"[ ]*\t")
_KEY = r"(?P<head>[ ]*(?:- +)*(?P<key>[^\W\d][\w-]*)[ ]?:)"
_VALUE = re.compile(_KEY + r"[ ]+(?P<value>\S.*)")
_NO_SPACE = re.compile(r"[ ]*(?:- +)*(?P<key>[^\W\d][\w-]*):(?P<value>[^\s:/].*)")
_NO_DASH_SPACE = re.compile(r"[ ]*-(?P<value>[^\s-].*)")
_ITEM = re.compile(r"(?P<indent>[ ]*)- ")
_BLOCK = re.compile(r"[|>][-+0-9]*[ ]*(?:#.*)?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"[ ]*(?:#.*)?|' r"'(?:[^']|'')*'[ ]*(?:#.*)?")


def advise(text: str, error: yaml.YAMLError | None) -> Advice:
    """Explain why a front matter cannot be read.

    Takes the YAML and what libyaml raised (None when it read something that is not a set of keys). Returns the line and the
    column (0-based, in the YAML), a message and a remedy, in French.
    """
    lines = text.split("\n")
    stop_line, stop_column = _stop(text, error)
    for number in _from_stop(lines, stop_line):
        for look in (_tab, _quote, _colon, _missing_space, _reserved, _list_indent, _key_indent):
            if advice := look(lines, number):
                return advice
    return _unknown(lines, stop_line, stop_column, error)


def _stop(text: str, error: yaml.YAMLError | None) -> tuple[int, int]:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return mark.line, mark.column
    position = getattr(error, "position", None)
    if isinstance(position, int) and position >= 0:
        before = text.encode("utf-8", "replace")[:position].decode("utf-8", "replace")
        return before.count("\n"), len(before) - before.rfind("\n") - 1
    return 0, 0


def _from_stop(lines: list[str], stop: int) -> Iterator[int]:
    """Numbers of the lines that hold keys: from where the reading stopped back to the first, then the following ones."""
    stop = min(stop, len(lines) - 1)
    held = set(_literal_lines(lines))
    order = [*range(stop, -1, -1), *range(stop + 1, len(lines))]
    return (n for n in order if n not in held and lines[n].strip() and not lines[n].lstrip().startswith("#"))


def _literal_lines(lines: list[str]) -> Iterator[int]:
    """Numbers of the lines inside « | » and « > » blocks, where anything may be written."""
    inside = None
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if inside is not None and line.strip() and indent <= inside:
            inside = None
        if inside is not None:
            yield number
        found = _VALUE.fullmatch(line)
        if inside is None and found and _BLOCK.fullmatch(found["value"]):
            inside = indent


def _tab(lines: list[str], number: int) -> Advice | None:
    if not _TAB.match(lines[number]):
        return None
    return (number, lines[number].index("\t"), "Le retrait de cette ligne est fait avec une tabulation.",
            "Remplacez la tabulation par deux espaces.")


def _quote(lines: list[str], number: int) -> Advice | None:
    found = _VALUE.fullmatch(lines[number])
    if not found or found["value"][0] not in "\"'" or _QUOTED.fullmatch(found["value"]):
        return None
    value, mark = found["value"], found["value"][0]
    column = found.start("value")
    other = "'" if mark == '"' else '"'
    if value.count(mark) == 1:
        return (number, column, f"Le guillemet {mark} ouvert dans « {found['key']} » n’est pas fermé.",
                f"Ajoutez {mark} à la fin de la ligne, ou enlevez celui du début.")
    return (number, column, f"La valeur de « {found['key']} » contient un guillemet {mark} qui la ferme trop tôt.",
            f"Entourez toute la valeur de {other}, ou employez les guillemets français « » à l’intérieur.")


def _colon(lines: list[str], number: int) -> Advice | None:
    found = _VALUE.fullmatch(lines[number])
    if not found or found["value"][0] in "\"'[{|>&*!":
        return None
    value = found["value"]
    colon = re.search(r":(?= |$)", value)
    if not colon:
        return None
    column = found.start("value") + colon.start()
    return (number, column,
            f"La valeur de « {found['key']} » contient un deux-points suivi d’une espace, que YAML prend pour une autre clé.",
            f"Mettez la valeur entre guillemets : {found['key']}: {_quoted(value)}")


def _quoted(value: str) -> str:
    return f'"{value}"' if '"' not in value else "'" + value.replace("'", "''") + "'"


def _missing_space(lines: list[str], number: int) -> Advice | None:
    line = lines[number]
    if found := _NO_SPACE.fullmatch(line):
        return (number, found.end("key"), f"Il manque une espace après le deux-points de « {found['key']} ».",
                f"Écrivez « {found['key']}: {found['value'].strip()} ».")
    if (found := _NO_DASH_SPACE.fullmatch(line)) and not line.startswith("--"):
        return (number, line.index("-"), "Il manque une espace après le tiret de la liste.",
                f"Écrivez « - {found['value'].strip()} ».")
    return None


def _reserved(lines: list[str], number: int) -> Advice | None:
    found = _VALUE.fullmatch(lines[number])
    if not found or found["value"][0] not in "@`%&*!{[]},?|>-":
        return None
    value, first = found["value"], found["value"][0]
    if _BLOCK.fullmatch(value) or (first in "?-" and value[1:2].strip()):
        return None
    if first in "[{":
        closing = "]" if first == "[" else "}"
        if value.rstrip().endswith(closing) and value.count(first) == value.count(closing):
            return None
        return (number, found.start("value"), f"La valeur de « {found['key']} » commence par « {first} », "
                f"que YAML prend pour le début d’une liste ou d’un groupe de clés, et ne finit pas par « {closing} ».",
                f"Fermez-la par « {closing} », ou mettez-la entre guillemets : {found['key']}: {_quoted(value)}")
    return (number, found.start("value"), f"La valeur de « {found['key']} » commence par le signe « {first} », réservé par YAML.",
            f"Mettez la valeur entre guillemets : {found['key']}: {_quoted(value)}")


def _list_indent(lines: list[str], number: int) -> Advice | None:
    """A list item that is not under the previous one, or that stands under a value."""
    item = _ITEM.match(lines[number])
    if not item or number == 0:
        return None
    before = next((n for n in range(number - 1, -1, -1) if lines[n].strip()), None)
    if before is None:
        return None
    previous = _ITEM.match(lines[before])
    if previous and previous["indent"] != item["indent"] and not _VALUE.match(lines[before]):
        return (number, len(item["indent"]), "Ce tiret n’est pas aligné sur ceux de la même liste.",
                "Alignez tous les tirets d’une même liste.")
    under = _VALUE.fullmatch(lines[before])
    if under and not previous and not _BLOCK.fullmatch(under["value"]):
        return (number, len(item["indent"]), f"Cette liste suit une valeur : « {under['key']} » en a déjà une sur sa ligne.",
                "Laissez la ligne de la clé vide après le deux-points et mettez chaque élément sur sa ligne, "
                "après « - ».")
    return None


def _key_indent(lines: list[str], number: int) -> Advice | None:
    """A key further to the right than the one above, which has a value and so cannot hold it; or the reverse."""
    found = re.match(_KEY, lines[number])
    before = next((n for n in range(number - 1, -1, -1) if lines[n].strip() and not lines[n].lstrip().startswith("#")), None)
    if not found or before is None or _ITEM.match(lines[number]):
        return None
    above = _VALUE.fullmatch(lines[before])
    if not above or _ITEM.match(lines[before]) or _BLOCK.fullmatch(above["value"]):
        return None
    indent, indent_above = found.start("key"), above.start("key")
    if indent > indent_above:
        return (number, indent, f"La clé « {found['key']} » est en retrait sous « {above['key']} », qui a déjà une valeur.",
                "Alignez-la sur celle du dessus, ou mettez la valeur du dessus entre guillemets si elle continue ici.")
    if indent < indent_above and not any(re.match(_KEY, line) and not _VALUE.fullmatch(line) for line in lines[:before]):
        return (before, indent_above, f"La clé « {above['key']} » est en retrait sans être sous une autre clé.",
                "Enlevez les espaces du début de la ligne.")
    return None


def _unknown(lines: list[str], line: int, column: int, error: yaml.YAMLError | None) -> Advice:
    if isinstance(error, yaml.reader.ReaderError):
        return (line, column, "Cette ligne contient un caractère de contrôle, invisible.",
                "Effacez le caractère et retapez le mot.")
    for number, text in enumerate(lines):
        stripped = text.strip()
        if stripped and stripped[0] not in "#-" and ":" not in stripped and not text.startswith(" "):
            return (number, 0, "Cette ligne n’est pas de la forme « clé: valeur ».",
                    "Si c’est le texte de la page, fermez l’en-tête avant elle par une ligne « --- » ; "
                    "si c’est la suite de la ligne du dessus, mettez-la en retrait de deux espaces.")
    first = next((n for n, text in enumerate(lines) if text.strip()), 0)
    if error is None:
        return (first, 0, "L’en-tête est une liste ou un texte, et non des clés.",
                "Chaque ligne doit être de la forme « clé: valeur », par exemple « title: Mon titre ».")
    return (min(line, len(lines) - 1), column, "L’en-tête n’est pas du YAML valide à cet endroit.",
            "Vérifiez le retrait des lignes (les clés d’un même groupe commencent à la même colonne) "
            "et les guillemets de la ligne du dessus.")
