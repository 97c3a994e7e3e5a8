"""The front matter of a document: split from the body, read as a strict YAML, and explained when it is wrong.

Nearly every document is written in a plain subset of YAML, which a few regular expressions read ten times faster than a
YAML parser does; everything else goes to libyaml. Both give the same values (a property test holds that).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from fleuve.problem import ERROR, WARNING, Problem
from fleuve.yaml_advice import advise

MAX_DOCUMENT = 2 * 1024 * 1024
MAX_FRONT_MATTER = 64 * 1024
MAX_DEPTH = 12

# Keys that decide whether, when and where a document is published: a doubt about one of them holds it back.
GOVERNING = frozenset({"title", "embargo", "expiration", "retire", "lang", "slug"})

Pointer = tuple[str | int, ...]


@dataclass(slots=True)
class FrontMatter:
    """A document cut in two.

    text: the YAML, without its delimiters ('' when there is none). body: the Markdown. body_line, first_line: 1-based lines of
    the file where the body and the YAML begin. crlf: the file had Windows line ends. readable: False when the file cannot be
    published at all; `problems` then says why.
    """

    text: str = ""
    body: str = ""
    body_line: int = 1
    first_line: int = 2
    crlf: bool = False
    readable: bool = True
    problems: list[Problem] = field(default_factory=list)


# --- Cutting a file in two -------------------------------------------------------------------------------------------------

_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)


def split(data: bytes, file: str, size: int | None = None) -> FrontMatter:
    """Cut the bytes of a document into its front matter and its body.

    Takes the whole file, its path for the messages, and its size when only the beginning of a file too large was read
    (MAX_DOCUMENT + 1 bytes are enough). Never raises: what is wrong is in `problems`, and `readable` is False
    when nothing can be published.
    """
    result = FrontMatter()
    if len(data) > MAX_DOCUMENT:
        return _refuse(result, file, 1, 1, "document-trop-gros", *_too_big("document", size or len(data), MAX_DOCUMENT))
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        result.problems.append(Problem(
            file, 1, 1, WARNING, "bom",
            "Le fichier commence par une marque invisible (BOM), que le site ignore.",
            "Enregistrez-le en « UTF-8 », et non en « UTF-8 avec BOM »."))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _refuse(result, file, *not_utf8(data, error))
    if "\r" in text:
        result.crlf = True
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        return _refuse(
            result, file, 1, 1, "fichier-vide", "Le fichier est vide.",
            "Écrivez-y un en-tête avec au moins une ligne « title », ou supprimez-le.")
    return _cut(result, text, file)


def _cut(result: FrontMatter, text: str, file: str) -> FrontMatter:
    start = 0
    if not text.startswith("---"):
        start = len(text) - len(text.lstrip())
        if not text.startswith("---", start) or text[start - 1] != "\n":
            result.body = text
            return result
    opening_end = text.find("\n", start)
    opening = text[start:] if opening_end < 0 else text[start:opening_end]
    if opening.rstrip() != "---":
        result.body = text
        return result
    result.first_line = 2 + (text.count("\n", 0, start) if start else 0)
    begin = opening_end + 1
    closing = _closing(text, begin) if opening_end >= 0 else None
    if not closing:
        return _refuse(
            result, file, result.first_line - 1, 1, "en-tete-non-ferme",
            "L’en-tête ouvert par « --- » n’est jamais fermé.",
            "Ajoutez une ligne « --- » après la dernière clé de l’en-tête, avant le texte de la page.")
    result.text = text[begin:closing[0]]
    result.body = text[closing[1]:]
    result.body_line = result.first_line + result.text.count("\n") + 1
    if len(result.text) * 4 > MAX_FRONT_MATTER:
        size = len(result.text.encode())
        if size > MAX_FRONT_MATTER:
            return _refuse(
                result, file, result.first_line, 1, "en-tete-trop-gros", *_too_big("en-tête", size, MAX_FRONT_MATTER))
    return result


def _closing(text: str, begin: int) -> tuple[int, int] | None:
    """Start and end of the line that closes the front matter; the usual form is found without a regular expression."""
    usual = text.find("\n---\n", begin - 1)
    if usual >= 0 and text.find("\n...", begin - 1, usual) < 0 and text.find("\n---", begin - 1, usual) < 0:
        return usual + 1, usual + 5
    found = _CLOSING.search(text, begin)
    return found.span() if found else None


def _refuse(result: FrontMatter, file: str, line: int, column: int, code: str, message: str, remedy: str) -> FrontMatter:
    result.text = result.body = ""
    result.readable = False
    result.problems.append(Problem(file, line, column, ERROR, code, message, remedy))
    return result


def _size(count: int) -> str:
    if count >= 1024 * 1024:
        return f"{count / (1024 * 1024):.1f}".replace(".", ",") + " Mo"
    return f"{count / 1024:.1f}".replace(".", ",") + " ko"


def _too_big(what: str, size: int, limit: int) -> tuple[str, str]:
    limit_text = _size(limit).replace(",0", "")
    if what == "document":
        remedy = "Coupez-le en plusieurs pages, ou déposez le contenu en pièce jointe."
    else:
        remedy = "Déplacez le texte sous l’en-tête, dans le corps de la page."
    shown = _size(size) if _size(size) != _size(limit) else f"plus de {limit_text}"
    return f"{what.capitalize()} de {shown} : la limite est de {limit_text}.", remedy


def not_utf8(data: bytes, error: UnicodeDecodeError) -> tuple[int, int, str, str, str]:
    """Say where the first bad byte is and what encoding the file was probably saved in."""
    before = data[:error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line_start = before.rfind(b"\n") + 1
    line, column = before.count(b"\n") + 1, len(before[line_start:].decode()) + 1
    byte = data[error.start]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return (1, 1, "encodage", "Le fichier est enregistré en UTF-16 ; le site lit l’UTF-8.",
                "Enregistrez-le de nouveau en choisissant l’encodage « UTF-8 ».")
    guess = bytes((byte,)).decode("windows-1252", "replace")
    looks = f" ; en Windows-1252, ce serait « {guess} »" if guess.isalpha() or guess in "’“”«»…–—€" else ""
    return (line, column, "encodage", f"L’octet 0x{byte:02X} n’est pas de l’UTF-8{looks}.",
            "Le fichier a sans doute été enregistré en Windows-1252 (ANSI) : "
            "enregistrez-le de nouveau en choisissant l’encodage « UTF-8 ».")


# --- Values ----------------------------------------------------------------------------------------------------------------

_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")


def plain(value: str) -> Any:
    """Return what an unquoted scalar means.

    Only true and false are booleans (« non », « no », « on » are words); dates, phone numbers, numbers with a leading zero or
    a plus sign stay text.
    """
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if number := _NUMBER.fullmatch(value):
        return float(value) if number[1] else int(value)
    return value


# --- The fast path ---------------------------------------------------------------------------------------------------------

# A plain scalar that begins with a letter or a digit: no « : », no « # » after a space, no space at the end. Possessive quantifiers keep
# the time linear whatever the text; on classes of characters only: on groups, Python before 3.11.5 matches wrongly, or for ever
# (https://github.com/python/cpython/issues/106052), and Debian 12 has 3.11.2.
_TAIL = r"[^:#\n]*+(?:(?::(?![ \n])|(?<!\ )\#)[^:#\n]*+)*(?<!\ )"
_WORDS = rf"[^\W\d_]{_TAIL}"
_DIGITS = rf"[0-9]{_TAIL}"
_FLOW_WORD = r"[^\W_][\w.’'/+()%$-]*+(?:\ [\w.’'/+()%$-]++)*"
_FLOW_ITEM = rf'(?:{_FLOW_WORD}|"[^"\\\n,]++")'
_FLOW = rf"\[(?:{_FLOW_ITEM}(?:,\ ?{_FLOW_ITEM})*)?\]"
_SCALARS = rf"""
    ({_WORDS})\n
  | ({_DIGITS})\n
  | "([^"\\\n]++)"\n
  | '([^'\n]++)'\n
"""
_ENTRY = re.compile(rf"""
    ([a-z][a-z0-9_]{{0,40}}+):
    (?:
        \ ++(?:{_SCALARS} | ({_FLOW})\n)
      | \n((?:-\ [^\n]*+\n(?:\ \ [^\n]*+\n)*)+ | (?:\ \ [^\n]*+\n)+)?
      | \ \|\n(\ \ [^\ \n][^\n]*+\n(?:\ \ [^\n]*+\n|\n)*)
    )
  | \#[^\n]*+\n
  | \n
  | ([\s\S]++)
""", re.VERBOSE)
_ITEM = re.compile(rf"""
    -\ (?:{_SCALARS} | ([a-z][a-z0-9_]{{0,40}}+:[\ \n][^\n]*+\n?(?:\ \ [^\n]*+\n)*))
  | ([\s\S]++)
""", re.VERBOSE)
_FLOW_COMMA = re.compile(r",\ ?")


class _NotPlain(Exception):
    """The text is not in the plain subset: the YAML parser must read it."""


def read_plain(text: str) -> dict[str, Any] | None:
    """Read the plain subset of YAML: scalars, lists and mappings by two spaces, « | » blocks; None for anything else."""
    # A control character, a tab, a line separator… is for the YAML parser to judge. Insecable spaces are common and harmless.
    if not text.replace("\n", "").replace("\u00a0", "").replace("\u202f", "").isprintable():
        return None
    if text and text[-1] != "\n":
        text += "\n"
    try:
        return _mapping(text, 1)
    except _NotPlain:
        return None


def _mapping(text: str, depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise _NotPlain
    out: dict[str, Any] = {}
    count = 0
    for key, words, digits, double, single, flow, block, literal, other in _ENTRY.findall(text):
        if words:
            out[key] = _CONSTANTS.get(words, words)
        elif not key:
            if other:
                raise _NotPlain
            continue
        elif digits:
            out[key] = plain(digits)
        elif block:
            out[key] = _block(block, depth + 1)
        elif double or single:
            out[key] = double or single
        elif flow:
            out[key] = [item[1:-1] if item[0] == '"' else plain(item) for item in _FLOW_COMMA.split(flow[1:-1])] if flow != "[]" else []
        elif literal:
            out[key] = literal[2:].replace("\n  ", "\n").rstrip("\n") + "\n"
        else:
            out[key] = None
        count += 1
    if count != len(out) or "true" in out or "false" in out or "null" in out:
        raise _NotPlain
    return out


def _block(block: str, depth: int) -> Any:
    if block[0] != "-":
        block = block[2:].replace("\n  ", "\n")
    found = _sequence(block, depth) if block[0] == "-" else _mapping(block, depth)
    if not found:
        raise _NotPlain  # blanks or a comment alone: no value, and no mapping without keys
    return found


def _sequence(text: str, depth: int) -> list[Any]:
    if depth > MAX_DEPTH:
        raise _NotPlain
    items: list[Any] = []
    for words, digits, double, single, entries, other in _ITEM.findall(text):
        if words:
            items.append(_CONSTANTS.get(words, words))
        elif entries:
            items.append(_mapping(entries.replace("\n  ", "\n"), depth + 1))
        elif digits:
            items.append(plain(digits))
        elif other:
            raise _NotPlain
        else:
            items.append(double or single)
    return items


# --- The YAML parser -------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """YAML that the parser understands and that a document may not use."""

    def __init__(self, code: str, index: int, message: str, remedy: str):
        super().__init__(message)
        self.code, self.index, self.message, self.remedy = code, index, message, remedy


class _Reader:
    """Builds values from the events of libyaml, and remembers where each key and each item stands.

    Reading events, and not nodes, stops at the first anchor, tag or level too many: a YAML bomb costs nothing.
    """

    def __init__(self, text: str):
        self.loader = yaml.CSafeLoader(text)
        self.places: dict[Pointer, int] = {}
        self.refusals: list[_Refused] = []

    def read(self) -> Any:
        """Return the value of the only document of the text; raise _Refused or yaml.YAMLError."""
        try:
            self._next()
            if isinstance(self._next(), yaml.StreamEndEvent):
                return None
            value = self._value(self._next(), ())
            self._next()
            end = self._next()
            if not isinstance(end, yaml.StreamEndEvent):
                raise _Refused("yaml-invalide", end.start_mark.index, "L’en-tête contient deux documents YAML.",
                               "Gardez un seul bloc de clés entre les deux lignes « --- ».")
            return value
        finally:
            self.loader.dispose()

    def _next(self) -> Any:
        return self.loader.get_event()

    def _value(self, event: Any, pointer: Pointer) -> Any:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("yaml-ancre", event.start_mark.index,
                           "Les ancres et les renvois de YAML (« & » et « * ») ne sont pas permis.",
                           "Si la valeur commence vraiment par ce signe, mettez-la entre guillemets ; sinon, répétez la valeur.")
        if getattr(event, "tag", None):
            raise _Refused("yaml-etiquette", event.start_mark.index,
                           "Les étiquettes de YAML (« ! ») ne sont pas permises.",
                           "Si la valeur commence vraiment par « ! », mettez-la entre guillemets.")
        if isinstance(event, yaml.ScalarEvent):
            return plain(event.value) if event.implicit[0] else event.value
        if len(pointer) >= MAX_DEPTH:
            raise _Refused("yaml-profondeur", event.start_mark.index,
                           f"L’en-tête a plus de {MAX_DEPTH} niveaux imbriqués.",
                           "Vérifiez le retrait des lignes, et les crochets et accolades qui ne sont pas fermés.")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(pointer)
        return self._dict(pointer)

    def _list(self, pointer: Pointer) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            place = (*pointer, len(items))
            self.places[place] = event.start_mark.index
            items.append(self._value(event, place))
        return items

    def _dict(self, pointer: Pointer) -> dict[str, Any]:
        out: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            index = event.start_mark.index
            key = self._value(event, pointer) if isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)) else None
            if not isinstance(key, str):
                if not isinstance(event, yaml.ScalarEvent):
                    raise _bad_key(event, index)
                self.refusals.append(_bad_key(event, index))
                self._value(self._next(), (*pointer, event.value))
                continue
            place = (*pointer, key)
            known = place in self.places
            self.places.setdefault(place, index)
            value = self._value(self._next(), place)
            if known:
                # Which of two embargoes is the right one? Nothing is read of a document that leaves a doubt on its publication.
                grave = len(place) == 1 and key in GOVERNING
                twice = _Refused("cle-en-double", index, f"La clé « {key} » est écrite deux fois.", "Gardez-en une seule.")
                if grave:
                    raise twice
                self.refusals.append(twice)
            else:
                out[key] = value
        return out


def _bad_key(event: Any, index: int) -> _Refused:
    if not isinstance(event, yaml.ScalarEvent):
        return _Refused("cle-invalide", index, "Une clé doit être un mot, et non une liste ou un groupe de clés.",
                        "Écrivez « clé: valeur » ; si la valeur contient des crochets ou des accolades, "
                        "mettez-la entre guillemets.")
    shown = f"La clé « {event.value} » n’est pas un nom de clé." if event.value else "Il manque le nom de la clé avant « : »."
    return _Refused("cle-invalide", index, shown, "Une clé est un mot en minuscules, comme « title » ou « description ».")


# YAML takes these for line ends, editors do not see them.
_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")


def _place(text: str, index: int, first_line: int) -> tuple[int, int]:
    index = min(index, len(text))
    return text.count("\n", 0, index) + first_line, index - text.rfind("\n", 0, index)


def parse(text: str, file: str, first_line: int = 2) -> tuple[dict[str, Any], list[Problem]]:
    """Read the front matter of a document.

    Takes its YAML, the path of the document and the line of the file where the YAML begins. Returns the values and the
    problems; the values are empty when the YAML cannot be read at all. Never raises.
    """
    meta = read_plain(text)
    if meta is not None:
        return meta, []
    return read_yaml(text, file, first_line)


def read_yaml(text: str, file: str, first_line: int = 2) -> tuple[dict[str, Any], list[Problem]]:
    """What `parse` does, always by the YAML parser."""
    value, problems = read_value(text, file, first_line)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        text = text.translate(_LINE_ENDS)
        line, column, message, remedy = advise(text, None)
        problems.append(Problem(file, line + first_line, column + 1, ERROR, "yaml-invalide", message, remedy))
        value = {}
    return value, problems


def read_value(text: str, file: str, first_line: int = 1) -> tuple[Any, list[Problem]]:
    """Read any YAML as strictly as a front matter: what it holds (None when nothing, or nothing readable), and the problems."""
    text = text.translate(_LINE_ENDS)
    try:
        reader = _Reader(text)
        value = reader.read()
    except _Refused as refused:
        return None, [_refusal(refused, text, file, first_line)]
    except yaml.YAMLError as error:
        line, column, message, remedy = advise(text, error)
        return None, [Problem(file, line + first_line, column + 1, ERROR, "yaml-invalide", message, remedy)]
    return value, [_refusal(refused, text, file, first_line) for refused in reader.refusals]


def _refusal(refused: _Refused, text: str, file: str, first_line: int) -> Problem:
    line, column = _place(text, refused.index, first_line)
    return Problem(file, line, column, ERROR, refused.code, refused.message, refused.remedy)


def positions(text: str, pointers: Iterable[Pointer], first_line: int = 2) -> list[tuple[int, int]]:
    """Return the (line, column) in the file of keys or items of lists, each given by its path: ("organismes", 0).

    The nearest parent is given when there is no such place, the first line when there is none.
    """
    text = text.translate(_LINE_ENDS)
    reader = _Reader(text)
    try:
        reader.read()
    except (_Refused, yaml.YAMLError):
        pass  # The places read before the fault are good.
    found = []
    for wanted in pointers:
        while wanted and wanted not in reader.places:
            wanted = wanted[:-1]
        found.append(_place(text, reader.places[wanted], first_line) if wanted else (first_line, 1))
    return found


def position(text: str, pointer: Pointer | str, first_line: int = 2) -> tuple[int, int]:
    """Return the (line, column) of one key or item; `pointer` may also be a JSON pointer (« /organismes/0 »)."""
    return positions(text, [from_json_pointer(pointer) if isinstance(pointer, str) else tuple(pointer)], first_line)[0]


def from_json_pointer(pointer: str) -> Pointer:
    """Return the path that a JSON pointer says; a part made of digits is the number of an item."""
    return tuple(int(part) if part.isdigit() else part for part in pointer.split("/")[1:])
