"""What the search keeps of one page, and of the pages of a shard: made with them, by the process that makes them.

Of a page: what is shown of it, the values of its facets, its words. Of a shard: for each language, the terms of its pages with their **impacts**, their
pairs of terms, and their words. It does not depend on any other page, which is what lets one page change alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import orjson

from fleuve import content_type
from fleuve.search import term
from fleuve.search.layout import FACETS
from fleuve.search.term import raw_words

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
    """One page. shown: JSON list of what is shown, see `shown`; facets: the values of each of FACETS; fields: its words by field, as
    the numbers that `known` gives to words; factor: of its impacts."""

    path: str
    lang: str
    shown: bytes
    facets: list[str]
    fields: list[array]
    known: WordNumbers
    factor: float


def entry(record: Any) -> Entry:
    """The entry of a page record."""
    factor = (NEWS if content_type.is_news(record.type) else 1.0) * (RETIRED if record.retired else 1.0)
    texts = (record.title, _names(record.meta), "\n".join(record.keywords), "\n".join(heading["text"] for heading in record.headings), record.description, record.text)
    known = word_numbers(record.lang)
    return Entry(record.path, record.lang, orjson.dumps(shown(record)), _facets(record), [array("I", map(known.__getitem__, raw_words(text))) for text in texts], known, factor)


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
    return [*(" ".join(values) for values in (record.themes, record.organisms, [record.type], record.audiences, record.regions, [day[:4]] if number else [])), number]


class WordNumbers(dict):
    """Numbers for the words of a language, in the order in which they are met: {word: number}. What is known of each word is worked out once a process."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang
        self.words: list[str] = []
        self.offered: list[bool] = []
        self._keys = array("I")
        self._others = array("I")

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        known = term.term(word[: term.LONGEST], self._lang)
        self.words.append(word)
        self._keys.append(known.key)
        self._others.append(known.other)
        self.offered.append(known.key != 0 and 1 < len(word) < term.LONGEST and not word.isdigit())
        return number

    def keys_of(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(keys, other keys) of words by their numbers; 0 for none."""
        return np.array(self._keys, np.uint32)[numbers], np.array(self._others, np.uint32)[numbers]  # copied: an array that is looked at cannot grow


_numbers: dict[str, WordNumbers] = {}
MAX_WORDS = 1 << 20
"""Words that a process keeps what it knows of: more are no language."""


def word_numbers(lang: str) -> WordNumbers:
    """That of this process."""
    if lang not in _numbers:
        _numbers[lang] = WordNumbers(lang)
    return _numbers[lang]


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
    """What is kept of the pages of a shard, ordered by path; `unpack` reads it. The first four bytes are how many there are."""
    head, tail = {}, []
    for lang in sorted({one.lang for one in entries}):
        mine = [one for one in entries if one.lang == lang]
        known = mine[0].known
        numbers, pages, places = _flat(mine)
        page, number, count, in_text = _counted(numbers, pages, places)
        arrays = (*_terms(mine, page, number, count, in_text, known), *_pairs(known.keys_of(numbers)[0], pages, places))
        head[lang] = {"paths": [one.path for one in mine], "shown": [orjson.Fragment(one.shown) for one in mine], "facets": [one.facets for one in mine],
                      "words": _words(number, known), "sizes": [array.nbytes for array in arrays]}
        tail += [array.tobytes() for array in arrays]
        if len(known) > MAX_WORDS:
            _numbers.pop(lang, None)
    first = orjson.dumps(head)
    return b"".join((len(entries).to_bytes(4, "little"), len(first).to_bytes(4, "little"), first, *tail))


def unpack(data: bytes) -> Iterator[tuple[str, Harvest]]:
    """(language, harvest) of each language of a shard."""
    at = 8 + int.from_bytes(data[4:8], "little")
    for lang, head in orjson.loads(data[8:at]).items():
        arrays = []
        for dtype, length in zip((np.uint16, np.uint32, np.uint8, np.uint16, np.uint32), head["sizes"]):
            arrays.append(np.frombuffer(data[at : at + length], dtype))
            at += length
        yield lang, Harvest(head["paths"], head["shown"], head["facets"], *arrays, head["words"])


def _flat(entries: list[Entry]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of all words of all pages, in order: number of the word, page, and place (field of a page: words of two places are not neighbours)."""
    fields = [field for one in entries for field in one.fields]
    numbers = np.frombuffer(b"".join(field.tobytes() for field in fields), np.uint32).astype(np.int64)
    places = np.repeat(np.arange(len(fields), dtype=np.int64), [len(field) for field in fields])
    return numbers, places // len(WEIGHTS), places


def _counted(numbers: np.ndarray, pages: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each word of each page, ordered: page, number, what it counts for in all fields, and in the text alone."""
    weights = np.array(list(WEIGHTS.values()), np.int64)[places % len(WEIGHTS)]
    # One sort of whole numbers is many times faster than an order of them.
    ordered = np.sort(pages << 40 | numbers << 8 | weights)
    starts = _starts(ordered >> 8)
    weights, words = ordered & 0xFF, ordered[starts] >> 8
    if not len(starts):
        return words, words, words, words
    return words >> 32, words & 0xFFFFFFFF, np.add.reduceat(weights, starts), np.add.reduceat((weights == WEIGHTS["body"]).astype(np.int64), starts)


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Where each value begins in an ordered array."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ordered) else np.zeros(0, np.int64)


def unique(values: np.ndarray) -> np.ndarray:
    """The values, ordered, each once (numpy's own goes through a table, and takes ten times as long)."""
    ordered = np.sort(values)
    return ordered[_starts(ordered)]


def _terms(entries: list[Entry], page: np.ndarray, number: np.ndarray, count: np.ndarray, in_text: np.ndarray, known: WordNumbers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(page, key, impact) of each term of each page, ordered by page then key."""
    keys, others = known.keys_of(number)
    lengths = np.bincount(page[keys != 0], in_text[keys != 0], len(entries))
    twice = others != 0
    ordered = np.sort(np.concatenate((_packed(page, keys, count)[keys != 0], _packed(page[twice], others[twice], count[twice]))))
    starts = _starts(ordered >> np.uint64(_COUNT_BITS))
    counts = np.add.reduceat(ordered & np.uint64((1 << _COUNT_BITS) - 1), starts) if len(starts) else np.zeros(0)
    term_page, term_key = (ordered[starts] >> np.uint64(_COUNT_BITS + 32)).astype(np.int64), ordered[starts] >> np.uint64(_COUNT_BITS) & np.uint64(0xFFFFFFFF)
    # Lengths are taken in steps of an eighth of a doubling: a word more or less seldom changes what all others of the page count for.
    steps = np.exp2(np.round(np.log2(np.maximum(lengths, 1) / USUAL) * 8) / 8)
    limits = SATURATION * (1 - LENGTH + LENGTH * steps)
    factors = np.array([one.factor for one in entries])
    impacts = TOP * factors[term_page] * counts / (counts + limits[term_page])
    return term_page.astype(np.uint16), term_key.astype(np.uint32), np.clip(np.rint(impacts), 1, TOP).astype(np.uint8)


_COUNT_BITS = 20
"""Bits of what a word counts for in a page: beyond a million, more of the same says nothing."""


def _packed(page: np.ndarray, key: np.ndarray, count: np.ndarray) -> np.ndarray:
    return page.astype(np.uint64) << np.uint64(32 + _COUNT_BITS) | key.astype(np.uint64) << np.uint64(_COUNT_BITS) | np.minimum(count, (1 << _COUNT_BITS) - 1).astype(np.uint64)


def _pairs(keys: np.ndarray, pages: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(page, key) of each pair of words that follow one another in a page, stop words aside; ordered."""
    kept = keys != 0
    keys, pages, places = keys[kept].astype(np.uint64), pages[kept].astype(np.uint64), places[kept]
    together = places[1:] == places[:-1]
    found = unique(pages[:-1][together] << np.uint64(32) | pair_keys(keys[:-1][together], keys[1:][together]))
    return (found >> np.uint64(32)).astype(np.uint16), (found & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def pair_keys(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """term.pair_key of each of many (uint64)."""
    low = np.uint64(0xFFFFFFFF)
    value = (ones * np.uint64(0x9E3779B1) + others) & low
    value = (value ^ value >> np.uint64(16)) * np.uint64(0x85EBCA6B) & low
    value = (value ^ value >> np.uint64(13)) * np.uint64(0xC2B2AE35) & low
    return value ^ value >> np.uint64(16)


def _words(number: np.ndarray, known: WordNumbers) -> dict[str, int]:
    """{word: how many pages have it}, of those that can be offered to who types: two letters or more, of which one is no digit; not a stop word."""
    counts = np.bincount(number)
    found = {}
    for one in np.flatnonzero(counts).tolist():
        if known.offered[one]:
            found[known.words[one]] = int(counts[one])
    return found
