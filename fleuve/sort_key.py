"""Order of titles as a French dictionary has it: without accents, capitals or punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]+")
_SEPARATORS = re.compile(r"[^\w]|_")


@lru_cache(65536)
def sort_key(title: str) -> str:
    """The key that sorts « Éducation » between « Eau » and « Emploi ». Accents decide only between equal words."""
    if title.isascii():
        folded = title.lower()
    else:
        decomposed = unicodedata.normalize("NFD", title.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
        folded = _ACCENTS.sub("", decomposed).lower()
        if not folded.replace("’", "").isascii():  # few titles: other alphabets, other marks
            folded = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return _SEPARATORS.sub(" ", folded) + "\0" + title
