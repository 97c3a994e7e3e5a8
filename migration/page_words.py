"""The words by which a page is placed: what a classifier counts, in any language written with letters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

# The first words say what a page is about: of the sample, 60 place .734 of pages right, 200 .741, 600 .748.
WORDS_MAX = 300
CHARACTERS_MAX = WORDS_MAX * 12
_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[a-z]{2,}|\d{4}|[^\W\d_a-z]{2,}")
_SYNTAX = re.compile(r"\]\([^)\n]*\)|^:::.*$|\{[^}\n]*\}|\[\[[^\]\n]*\]\]|<[^>\n]*>|https?://\S+", re.M)
# A word is known by its beginning: singular and plural, masculine and feminine, the forms of a verb, in French as in English.
STEM, PAIR, NGRAM = 7, 6, 4


def words(text: str) -> list[str]:
    """Return the words of a text without case or accents, in order, as many as matter."""
    text = text[: 2 * CHARACTERS_MAX]
    if "](" in text or ":::" in text or "<" in text or "://" in text:
        text = _SYNTAX.sub(" ", text)
    text = text[:CHARACTERS_MAX].lower()
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).replace("œ", "oe").replace("æ", "ae")
    return _WORD.findall(text)[:WORDS_MAX]


def counted(title: str, description: str, text: str) -> Counter[str]:
    """Count what a page says: stems (title and description twice), pairs of words, and pieces of the words of its title.

    Each kind has a mark of its own: « #cli » for a piece, « a b » for a pair.
    """
    heading, summary = words(title), words(description)
    found = [word[:STEM] for word in (*heading, *heading, *summary, *summary, *words(text))]
    for part in (heading, summary):
        found += [f"{one[:PAIR]} {next_one[:PAIR]}" for one, next_one in zip(part, part[1:], strict=False)]
    for word in heading:
        edged = f" {word} "
        found += ["#" + edged[at : at + NGRAM] for at in range(len(edged) - NGRAM + 1)]
    return Counter(found)
