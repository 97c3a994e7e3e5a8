"""Stems of words, the same as those of lunr.js: what the browser looks for must be what was indexed. tests/test_search_words.py holds one to the other.

French: Snowball's algorithm, which lunr-languages has in its version of 2010 and PyStemmer in a later one; they differ on ë and ï only. English: Porter's
algorithm with the departures of lunr.js 2.3.9 (https://github.com/olivernn/lunr.js, MIT; https://tartarus.org/martin/PorterStemmer/), whose expressions these are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import Stemmer

_VOWELS = frozenset("aeiouyâàëéêèïîôûù")
# Vowels to the algorithm of 2010, that of 2021 has a rule of its own for them; « ô » and « ê » are vowels to both, and in no suffix.
_ORDINARY = str.maketrans("ïë", "ôê")


@cache
def stemmer(lang: str) -> Callable[[str], str]:
    """The function that gives the stem of a word in lower case, accents kept. lang: « fr » or « en »."""
    return {"fr": _french(), "en": english}[lang]


def _french() -> Callable[[str], str]:
    snowball = Stemmer.Stemmer("french", 0)  # without its own cache: each word is asked once
    stem = snowball.stemWord

    def french(word: str) -> str:
        if "ï" not in word and "ë" not in word:
            return stem(word)
        letters = list(stem(word.translate(_ORDINARY)))
        for at, letter in enumerate(word[: len(letters)]):
            if letter in "ïë" and letters[at] in "ôê":
                letters[at] = letter
        found = "".join(letters)
        # Snowball 2010, residual suffix: « ë » after « gu », both in the region RV.
        return found[:-1] if word.endswith(("guë", "guës")) and found.endswith("guë") and len(found) - 3 >= _region(word) else found

    return french


def _region(word: str) -> int:
    """Where RV begins (https://snowballstem.org/algorithms/french/stemmer.html)."""
    vowels = _vowels(word)
    if vowels[:2] == [True, True] or word.startswith(("par", "col", "tap")):
        return 3
    return next((at + 1 for at, vowel in enumerate(vowels) if at and vowel), len(word))


def _vowels(word: str) -> list[bool]:
    """Which letters count as vowels, by the prelude of the algorithm: not u or i between two vowels, nor y beside one, nor u after q; each pair is looked at once."""
    vowels = [letter in _VOWELS for letter in word] + [False, False]
    letters, at = word + "  ", 0
    while at < len(word):
        if vowels[at] and letters[at + 1] in "ui" and vowels[at + 2]:
            vowels[at + 1], at = False, at + 3
        elif vowels[at] and letters[at + 1] == "y":
            vowels[at + 1], at = False, at + 2
        elif letters[at] == "y" and vowels[at + 1]:
            vowels[at], at = False, at + 2
        elif letters[at : at + 2] == "qu":
            vowels[at + 1], at = False, at + 2
        else:
            at += 1
    return vowels[: len(word)]


_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous",
    "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive",
    "biliti": "ble", "logi": "log"}
_STEP_3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_C = "[^aeiou][^aeiouy]*"  # a sequence of consonants
_V = "[aeiouy][aeiou]*"  # of vowels
_M_OVER_0 = re.compile(f"({_C})?{_V}[^aeiou]")
_M_OVER_1 = re.compile(f"({_C})?{_V}{_C}{_V}[^aeiou]")
_M_IS_1 = re.compile(f"({_C})?{_V}{_C}({_V})?$")
_VOWEL_IN_STEM = re.compile(f"({_C})?[aeiouy]")
_SS = re.compile(r"(.+?)(ss|i)es$")
_S = re.compile(r"(.+?)([^s])s$")
_EED = re.compile(r"(.+?)eed$")
_ED = re.compile(r"(.+?)(ed|ing)$")
_AT = re.compile(r"(at|bl|iz)$")
_DOUBLE = re.compile(r"([^aeiouylsz])\1$")
_SHORT = re.compile(f"{_C}[aeiouy][^aeiouwxy]$")
_Y = re.compile(r"(.+?[^aeiou])y$")
_SUFFIX_2 = re.compile(f"(.+?)({'|'.join(_STEP_2)})$")
_SUFFIX_3 = re.compile(f"(.+?)({'|'.join(_STEP_3)})$")
_SUFFIX_4 = re.compile(r"(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$")
_ION = re.compile(r"(.+?)(s|t)(ion)$")


def english(word: str) -> str:
    """Porter's stem of an English word in lower case, as lunr.js gives it."""
    if len(word) < 3:
        return word
    first = word[0]
    w = "Y" + word[1:] if first == "y" else word
    w = _past(_plural(w))
    if found := _Y.match(w):
        w = found[1] + "i"
    if (found := _SUFFIX_2.match(w)) and _M_OVER_0.match(found[1]):
        w = found[1] + _STEP_2[found[2]]
    if (found := _SUFFIX_3.match(w)) and _M_OVER_0.match(found[1]):
        w = found[1] + _STEP_3[found[2]]
    w = _final_e(_suffix_4(w))
    return "y" + w[1:] if first == "y" else w


def _plural(w: str) -> str:
    found = _SS.match(w) or _S.match(w)
    return found[1] + found[2] if found else w


def _past(w: str) -> str:
    if found := _EED.match(w):
        return w[:-1] if _M_OVER_0.match(found[1]) else w
    found = _ED.match(w)
    if not found or not _VOWEL_IN_STEM.match(found[1]):
        return w
    w = found[1]
    if _AT.search(w):
        return w + "e"
    if _DOUBLE.search(w):
        return w[:-1]
    return w + "e" if _SHORT.match(w) else w


def _suffix_4(w: str) -> str:
    if found := _SUFFIX_4.match(w):
        return found[1] if _M_OVER_1.match(found[1]) else w
    if found := _ION.match(w):
        stem = found[1] + found[2]
        return stem if _M_OVER_1.match(stem) else w
    return w


def _final_e(w: str) -> str:
    if w.endswith("e") and len(w) > 1:
        stem = w[:-1]
        if _M_OVER_1.match(stem) or _M_IS_1.match(stem) and not _SHORT.match(stem):
            w = stem
    return w[:-1] if w.endswith("ll") and _M_OVER_1.match(w) else w
