"""Order of titles as a French dictionary has it: without accents, capitals or punctuation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(65536)
def sort_key(title: str) -> str:
    """The key that sorts « Éducation » between « Eau » and « Emploi ». Accents decide only between equal words."""
    if title.isascii():
        folded = title.lower()
    else:
        decomposed = unicodedata.normalize("NFD", title.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
        folded = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return "".join(c if c.isalnum() else " " for c in folded) + "\0" + title
