"""Turn a title or a file name into the part of an address that stands for it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans({
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ẞ": "ss", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d",
    "ł": "l", "Ł": "l", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i", "ŋ": "n", "Ŋ": "n",
})
_OTHERS = re.compile(r"[^a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_READY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@lru_cache(maxsize=16384)
def slugify(text: str) -> str:
    """Return `text` in lower-case ASCII words joined by hyphens; "" when it has no letter or digit.

    Accents are folded (é → e), ligatures opened (œ → oe), and an apostrophe separates words
    (« l’eau » → l-eau), so that the address reads like the title.
    """
    if _READY.fullmatch(text):
        return text
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.replace("’", "'")))
    if not folded.isascii():  # few titles: letters without decomposition, other alphabets, other marks
        folded = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_LETTERS)) if not unicodedata.combining(c))
    return _OTHERS.sub("-", folded.lower()).strip("-")
