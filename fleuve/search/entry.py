"""What the search keeps of one page, and of the pages of a shard: made with them, by the process that makes them.

Of a page: what is shown of it, the values of its facets, its words. Of a shard: for each language, the terms of its pages with their **impacts**, their
pairs of terms, and their words. It does not depend on any other page, which is what lets one page change alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import orjson

from fleuve import content_type
from fleuve.search import term
from fleuve.search.layout import FACETS
from fleuve.search.term import _WORD, words

WEIGHTS = {"title": 14, "names": 12, "keywords": 8, "headings": 4, "description": 5, "body": 1}
"""What a word counts for in each field, as so many words of the body."""

SATURATION = 18.0
"""BM25's k1, in words of the body: from there on, more of the same says little."""

LENGTH = 0.35
"""BM25's b: how much a long text dilutes its words."""

USUAL = 300.0
"""Words of a page of ordinary length, stop words left out. A constant, where BM25 has the mean of all pages: one more page changes no other."""

TOP = 127
"""The greatest impact: one byte in the index."""

NEWS, RETIRED = 0.8, 0.4
"""What the impacts of news and of retired pages are multiplied by: who searches without saying more looks for what holds now."""

MAX_HEADINGS, MAX_SUMMARY = 40, 300
"""Headings kept of a page, and letters of what is shown of it: the files of pages stay small, whatever a page holds."""

_EPOCH = date(1970, 1, 1).toordinal()

class Entry(NamedTuple):
    """One page. shown: JSON list of what is shown, see `shown`; facets: the values of each of FACETS; fields: its words by field;
    factor: of its impacts."""

    path: str
    lang: str
    shown: bytes
    facets: list[str]
    fields: list[list[str]]
    factor: float


def entry(record: Any) -> Entry:
    """The entry of a page record."""
    factor = (NEWS if content_type.is_news(record.type) else 1.0) * (RETIRED if record.retired else 1.0)
    texts = (record.title, _names(record.meta), "\n".join(record.keywords), "\n".join(heading["text"] for heading in record.headings), record.description, record.text)
    return Entry(record.path, record.lang, orjson.dumps(shown(record)), _facets(record), [_raw_words(text) for text in texts], factor)


def _names(meta: dict) -> str:
    """What else the page is called: its short title, the acronym of an organism, the number of a form."""
    return "\n".join(str(meta[name]) for name in ("titre_court", "sigle", "numero") if meta.get(name))


def shown(record: Any) -> list:
    """Address, title, summary, breadcrumb, title and id of the responsible organism, day, type, retired or not, headings ([text, id] in turn)."""
    headings: list[str] = []
    for heading in record.headings[:MAX_HEADINGS]:
        headings += heading["text"][:120], heading["id"]
    responsible = record.responsible
    trail = [place["title"] for place in record.breadcrumb[1:]]
    return [record.url, record.title, _shortened(record.description or " ".join(record.text[:1000].split())), trail, responsible.title if responsible else "",
            record.organisms[0] if record.organisms else "", _day(record), record.type, int(record.retired), headings]


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SUMMARY else text[:MAX_SUMMARY].rpartition(" ")[0] + "…"


def _day(record: Any) -> str:
    return str(record.updated or record.date or "")[:10]


def _facets(record: Any) -> list[str]:
    day = _day(record)
    try:
        number = str(date.fromisoformat(day).toordinal() - _EPOCH)
    except ValueError:
        number = ""
    return [*(" ".join(values) for values in (record.themes, record.organisms, [record.type], record.audiences, record.regions)), number]


def _raw_words(text: str) -> list[str]:
    return words(text) if not text.isascii() else _WORD.findall(text.lower())


class Vocabulary(dict):
    """Numbers for the words of a language, in the order in which they are met: {word: number}. What is known of each word is worked out once a process."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang
        self.words: list[str] = []
        self._keys: list[int] = []
        self._others: list[int] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        known = term.term(word[: term.LONGEST], self._lang)
        self.words.append(word)
        self._keys.append(known.key)
        self._others.append(known.other)
        return number

    def keys_of(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(keys, other keys) of words by their numbers; 0 for none."""
        return np.array(self._keys, np.uint32)[numbers], np.array(self._others, np.uint32)[numbers]


_vocabularies: dict[str, Vocabulary] = {}
MAX_WORDS = 1 << 20
"""Words that a process keeps what it knows of: more are no language."""


def vocabulary(lang: str) -> Vocabulary:
    """That of this process."""
    if lang not in _vocabularies or len(_vocabularies[lang]) > MAX_WORDS:
        _vocabularies[lang] = Vocabulary(lang)
    return _vocabularies[lang]


class Harvest(NamedTuple):
    """The pages of a shard in one language, by their number in it. shown, facets: of each page; terms, pairs: see below; words: {word: pages that have it}."""

    paths: list[str]
    shown: list[str]
    facets: list[list[str]]
    term_pages: np.ndarray
    """uint16: for each (page, term), the page…"""
    term_keys: np.ndarray
    """uint32: …the key of the term…"""
    impacts: np.ndarray
    """uint8: …and its impact, 1 to TOP."""
    pair_pages: np.ndarray
    pair_keys: np.ndarray
    words: dict[str, int]


def pack(entries: list[Entry]) -> bytes:
    """What is kept of the pages of a shard, ordered by path; `unpack` reads it."""
    head, tail = {}, []
    for lang in sorted({one.lang for one in entries}):
        mine = [one for one in entries if one.lang == lang]
        numbers, pages, weights, places = _flat(mine, vocabulary(lang))
        arrays = (*_terms(mine, numbers, pages, weights, lang), *_pairs(numbers, pages, places, lang))
        head[lang] = {"paths": [one.path for one in mine], "shown": [orjson.Fragment(one.shown) for one in mine], "facets": [one.facets for one in mine],
                      "words": _words(numbers, pages, lang), "sizes": [array.nbytes for array in arrays]}
        tail += [array.tobytes() for array in arrays]
    first = orjson.dumps(head)
    return b"".join((len(first).to_bytes(4, "little"), first, *tail))


def unpack(data: bytes) -> Iterator[tuple[str, Harvest]]:
    """(language, harvest) of each language of a shard."""
    size = int.from_bytes(data[:4], "little")
    at = 4 + size
    for lang, head in orjson.loads(data[4:at]).items():
        arrays = []
        for dtype, length in zip((np.uint16, np.uint32, np.uint8, np.uint16, np.uint32), head["sizes"]):
            arrays.append(np.frombuffer(data[at : at + length], dtype))
            at += length
        yield lang, Harvest(head["paths"], head["shown"], head["facets"], *arrays, head["words"])


def _flat(entries: list[Entry], known: Vocabulary) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of all words of all pages, in order: number of the word, page, weight, and place (field of a page: words of two places are not neighbours)."""
    numbers, sizes = [], []
    number_of = known.__getitem__
    for one in entries:
        for field in one.fields:
            numbers += map(number_of, field)
            sizes.append(len(field))
    count = len(WEIGHTS)
    places = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    weights = np.array(list(WEIGHTS.values()), np.int64)[places % count]
    return np.array(numbers, np.int64), places // count, weights, places


def _terms(entries: list[Entry], numbers: np.ndarray, pages: np.ndarray, weights: np.ndarray, lang: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(page, key, impact) of each term of each page, ordered by page then key."""
    keys, others = vocabulary(lang).keys_of(numbers)
    lengths = np.bincount(pages[(keys != 0) & (weights == 1)], minlength=len(entries))
    twice = others != 0
    where = np.concatenate((pages << 32 | keys, pages[twice] << 32 | others[twice]))
    weight = np.concatenate((weights, weights[twice]))
    kept = (where & 0xFFFFFFFF) != 0
    unique, inverse = np.unique(where[kept], return_inverse=True)
    counts = np.bincount(inverse, weight[kept], len(unique)) if len(unique) else np.zeros(0)
    page = unique >> 32
    # Lengths are taken in steps of an eighth of a doubling: a word more or less seldom changes what all others of the page count for.
    steps = np.exp2(np.round(np.log2(np.maximum(lengths, 1) / USUAL) * 8) / 8)
    limits = SATURATION * (1 - LENGTH + LENGTH * steps)
    factors = np.array([one.factor for one in entries])
    impacts = TOP * factors[page] * counts / (counts + limits[page])
    return page.astype(np.uint16), (unique & 0xFFFFFFFF).astype(np.uint32), np.clip(np.rint(impacts), 1, TOP).astype(np.uint8)


def _pairs(numbers: np.ndarray, pages: np.ndarray, places: np.ndarray, lang: str) -> tuple[np.ndarray, np.ndarray]:
    """(page, key) of each pair of words that follow one another in a page, stop words aside; ordered."""
    keys, _ = vocabulary(lang).keys_of(numbers)
    kept = keys != 0
    keys, pages, places = keys[kept].astype(np.uint64), pages[kept], places[kept]
    together = places[1:] == places[:-1]
    unique = np.unique(pages[:-1][together].astype(np.uint64) << np.uint64(32) | pair_keys(keys[:-1][together], keys[1:][together]))
    return (unique >> np.uint64(32)).astype(np.uint16), (unique & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def pair_keys(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """term.pair_key of each of many (uint64)."""
    low = np.uint64(0xFFFFFFFF)
    value = (ones * np.uint64(0x9E3779B1) + others) & low
    value = (value ^ value >> np.uint64(16)) * np.uint64(0x85EBCA6B) & low
    value = (value ^ value >> np.uint64(13)) * np.uint64(0xC2B2AE35) & low
    return value ^ value >> np.uint64(16)


def _words(numbers: np.ndarray, pages: np.ndarray, lang: str) -> dict[str, int]:
    """{word: how many pages have it}, of those that can be offered to who types: two letters or more, of which one is no digit; not a stop word."""
    known = vocabulary(lang)
    unique, counts = np.unique(np.unique(numbers << 16 | pages) >> 16, return_counts=True)
    keys, _ = known.keys_of(unique)
    found = {}
    for number, has_term, count in zip(unique.tolist(), keys.tolist(), counts.tolist()):
        word = known.words[number]
        if has_term and 1 < len(word) < term.LONGEST and not word.isdigit():
            found[word] = count
    return dict(sorted(found.items()))
