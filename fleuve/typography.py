"""French typography: insecable spaces and curly apostrophes, so that editors can type on any keyboard.

Insecable spaces before « : ; ? ! » » and units, after « (Office québécois de la langue française, « Espacement »), in hours
(8 h 30), in amounts and in telephone numbers (1 800 555-0123), so that no line ends in the middle of them.
"""

from __future__ import annotations

import re

NBSP = "\u00a0"
_SPACED = tuple((sign, " " + sign) for sign in ":;?!»%$€")
# It begins with a digit: there are fewer of these than spaces.
_NUMBER = re.compile(r"[0-9] (?:h\b(?: (?=[0-9]))?|(?=[0-9]{3}(?![0-9])))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
# Keys of front matter that hold plain words, not Markdown (which the pipeline sees to).
_TITLES = ("title", "titre_court", "description")


def space(text: str) -> str:
    """A French text, or HTML without code, with insecable spaces where they belong."""
    for sign, spaced in _SPACED:
        if sign in text:  # one rare character is found much faster than a space and that character
            text = text.replace(spaced, NBSP + sign)
    if "«" in text:
        text = text.replace("« ", "«" + NBSP)
    return _NUMBER.sub(_insecable, text)


def _insecable(match: re.Match) -> str:
    return match[0].replace(" ", NBSP)


def apostrophes(text: str) -> str:
    """Plain words with curly apostrophes."""
    return _APOSTROPHE.sub("’", text) if "'" in text else text


def words(text: str) -> str:
    """A French title or sentence in plain words, its apostrophes and spaces set."""
    return space(apostrophes(text))


def front_matter(meta: dict) -> dict:
    """The front matter of a French document with its titles set: those of the document, and those (`titre`) of what it lists."""
    changes = {key: words(meta[key]) for key in _TITLES if isinstance(meta.get(key), str)}
    for key, value in meta.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "titre" in value[0]:
            changes[key] = [{**item, "titre": words(item["titre"])} if isinstance(item.get("titre"), str) else item for item in value]
    return {**meta, **changes}
