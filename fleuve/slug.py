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
_READY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@lru_cache(maxsize=16384)
def slugify(text: str) -> str:
    """Return `text` in lower-case ASCII words joined by hyphens; "" when it has no letter or digit.

    Accents are folded (é → e), ligatures opened (œ → oe), and an apostrophe separates words
    (« l’eau » → l-eau), so that the address reads like the title.
    """
    if _READY.fullmatch(text):
        return text
    folded = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    ascii_text = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    return _OTHERS.sub("-", ascii_text).strip("-")
