"""French typography: insecable spaces and curly apostrophes, so that editors can type on any keyboard.

Insecable spaces before « : ; ? ! » » and units, after « (Office québécois de la langue française, « Espacement »), in hours
(8 h 30), in amounts and in telephone numbers (1 800 555-0123), so that no line ends in the middle of them.
"""

from __future__ import annotations

import re

NBSP = "\u00a0"
# The space before a sign, that of « 8 h », of « h 30 » and of « 1 800 ». One pattern, which begins with its literal, then with what
# most spaces of a text fail: twice as fast as a replacement for each sign and a pattern for numbers.
_SPACE = re.compile(r" (?=[0-9h:;?!»%$€])(?:(?=[^0-9h])|(?=h\b)(?<=[0-9] )|(?=[0-9]{3}(?![0-9]))(?<=[0-9] )|(?=[0-9])(?<=[0-9][ \u00a0]h ))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
# Keys of front matter that hold plain words, not Markdown (which the pipeline sees to).
_TITLES = ("title", "titre_court", "description")
_PARTS = frozenset(("titre", "note", "heures", "raison"))


def space(text: str) -> str:
    """A French text, or HTML without code, with insecable spaces where they belong."""
    text = _SPACE.sub(NBSP, text)
    return text.replace("« ", "«" + NBSP) if "«" in text else text


def apostrophes(text: str) -> str:
    """Plain words with curly apostrophes."""
    return _APOSTROPHE.sub("’", text) if "'" in text else text


def words(text: str) -> str:
    """A French title or sentence in plain words, its apostrophes and spaces set."""
    return space(apostrophes(text))


def counted(number: int, noun: str) -> str:
    """« 1 page », « 7 591 pages »: a number, its thousands apart, with a noun whose plural takes an s."""
    return f"{number:,} {noun}{'s' if number > 1 else ''}".replace(",", "\u202f")


def front_matter(meta: dict) -> dict:
    """The front matter of a French document with its plain words set: its titles, and those of what it holds."""
    changes = {key: words(meta[key]) for key in _TITLES if isinstance(meta.get(key), str)}
    for key, value in meta.items():
        if isinstance(value, dict):
            changes[key] = _part(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            changes[key] = [_part(item) if isinstance(item, dict) else item for item in value]
    return {**meta, **changes}


def _part(part: dict) -> dict:
    return {key: words(value) if key in _PARTS and isinstance(value, str) else value for key, value in part.items()}


def settings(fleuve: dict) -> dict:
    """What site.yml says in French, set: `{fr: …, en: …}` and the telephone."""
    changes = {key: {**value, "fr": words(value["fr"])} for key, value in fleuve.items() if isinstance(value, dict) and isinstance(value.get("fr"), str)}
    if isinstance(fleuve.get("telephone"), str):
        changes["telephone"] = words(fleuve["telephone"])
    return {**fleuve, **changes}
