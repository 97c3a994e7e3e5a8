"""A **term**: what a word is indexed by. Words are cut, left out and stemmed as lunr does; accents are then optional.

« L’Impôt » is cut into l and impôt; l is a stop word of lunr; impôt has the stem « impôt », indexed as « impot », which is also what a reader finds who
types « impot ». A stem that depends on accents (« déclarée » → déclar, « declaree » → declare) gives two terms, both of them indexed and looked for.
themes/fleuve/js/recherche-moteur.js does the same; docs/search-index.md says it in full.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from fleuve.posting_file import fnv
from fleuve.search.stemmer import stemmer

LONGEST = 40
"""Letters of a word that count: no word of a dictionary has more, and what is longer is an address or a mistake."""

_WORD = re.compile(r"\w+")
_MARKS = re.compile("[\u0300-\u036f]+")
_HYPHEN = "\u00ad"
_OPENED = str.maketrans({"œ": "oe", "æ": "ae"})


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case with their accents: all runs of letters and digits, hence cut at apostrophes and hyphens."""
    return [word[:LONGEST] for word in raw_words(text)]


def raw_words(text: str) -> list[str]:
    """The same, however long they are."""
    if not text.isascii():
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        if _HYPHEN in text:
            text = text.replace(_HYPHEN, "")
    if "_" in text:
        text = text.replace("_", " ")
    return _WORD.findall(text.lower())


@lru_cache(1 << 17)
def fold(word: str) -> str:
    """A word without accents, its ligatures opened."""
    return word if word.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", word)).translate(_OPENED)


def mix(value: int) -> int:
    """The finalizer of MurmurHash3 (https://github.com/aappleby/smhasher, public domain): each bit of a 32-bit hash depends on all of them."""
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def key(term: str) -> int:
    """The 32 bits by which the index knows a term. Never 0, which says « none »."""
    return mix(fnv(term)) or 1


def pair_key(one: int, other: int) -> int:
    """The key of two terms that follow one another, from theirs."""
    return mix((one * 0x9E3779B1 + other) & 0xFFFFFFFF)


class Term(NamedTuple):
    """What a word is indexed by. key: of its stem without accents; other: of the stem of the word without accents, 0 when it is the same."""

    key: int
    other: int


NONE = Term(0, 0)


@lru_cache(1 << 17)
def term(word: str, lang: str) -> Term:
    """The term of a word (lower case, as `words` gives it); NONE for a stop word."""
    if word in stop_words(lang):
        return NONE
    stem = stemmer(lang)
    unaccented = stem(fold(word))
    accented = fold(stem(word))
    return Term(key(unaccented), 0 if accented == unaccented else key(accented))


@cache
def stop_words(lang: str) -> frozenset[str]:
    """The words that lunr neither indexes nor looks for, read from the files that MkDocs ships."""
    if lang == "fr":
        listed = re.search(r"generateStopWordFilter\('([^']*)'", lunr("lunr-language/lunr.fr.js"))[1].split(" ")
    else:
        listed = json.loads(re.search(r"stopWordFilter = lunr\.generateStopWordFilter\((\[.*?\])\)", lunr("templates/search/lunr.js"), re.DOTALL)[1].replace("'", '"'))
    return frozenset(filter(None, listed))


def lunr(path: str) -> str:
    """Text of a file of the search plugin of MkDocs, which ships lunr and its languages."""
    # Not of the plugin’s own package: to import it takes as long as to index a page does.
    return files("mkdocs.contrib").joinpath("search", path).read_text("utf-8")
