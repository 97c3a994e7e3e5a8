"""A **block**: the pages of some shards, some 2,000, in one language; and its part of each file of the index. docs/search-index.md is the format.

A page has a **slot** in its block, which depends on its path and hardly on other pages. What a block has for a file of the index is a **fragment**;
a file is the fragments of all blocks, one after the other. When a page changes, its block is made again, and the files of which a fragment has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import orjson

from fleuve.posting import varint
from fleuve.posting_file import fnv
from fleuve.search.entry import Harvest, unique
from fleuve.search.layout import FACETS, FILES, HOMES, IN_CHUNK, MOST, PAIR_BITS, SLOT_BITS, best
from fleuve.search.term import mix


class Block(NamedTuple):
    """What is made of a block. terms, pairs: (bytes, where each file's fragment begins) of the files in order; chunks: {number: JSON};
    columns: of each facet, the fragment of its file; words: {word: pages that have it}; pages: how many."""

    terms: tuple[bytes, np.ndarray]
    pairs: tuple[bytes, np.ndarray]
    chunks: dict[int, bytes]
    columns: dict[str, bytes]
    words: dict[str, int]
    pages: int


def slots(paths: Iterable[str]) -> dict[str, int]:
    """The slot of each path: that of its hash, or the next that is free. In the order of the hashes, so that it does not depend on who came first.
    Paths beyond MOST slots, which a block of ordinary shards never has, have none."""
    found, following = {}, 0
    for home, path in sorted((mix(fnv(path)) % HOMES, path) for path in paths):
        following = max(home, following)
        if following < MOST:
            found[path] = following
        following += 1
    return found


def make(harvests: list[Harvest], count: int) -> Block:
    """The block of these pages. count: blocks of the index."""
    slot_of = slots(path for harvest in harvests for path in harvest.paths)
    harvests = [harvest for harvest in harvests if all(path in slot_of for path in harvest.paths)]
    places = [np.array([slot_of[path] for path in harvest.paths], np.uint64) for harvest in harvests]
    files = FILES * count
    words: Counter[str] = Counter()
    for harvest in harvests:
        words.update(harvest.words)
    return Block(
        _terms(_joined(places, harvests, "term_pages"), _column(harvests, "term_keys"), _column(harvests, "impacts"), files, best(count)),
        _pairs(_joined(places, harvests, "pair_pages"), _column(harvests, "pair_keys"), files),
        dict(_chunks(harvests, slot_of)), {name: _facet(harvests, slot_of, at) for at, name in enumerate(FACETS)}, dict(words), len(slot_of))


def _joined(places: list[np.ndarray], harvests: list[Harvest], name: str) -> np.ndarray:
    found = [place[getattr(harvest, name)] for place, harvest in zip(places, harvests)]
    return np.concatenate(found) if found else np.zeros(0, np.uint64)


def _column(harvests: list[Harvest], name: str) -> np.ndarray:
    found = [getattr(harvest, name) for harvest in harvests]
    return np.concatenate(found).astype(np.uint64) if found else np.zeros(0, np.uint64)


def _file_bits(files: int) -> int:
    return files.bit_length() - 1


def _terms(slot: np.ndarray, key: np.ndarray, impact: np.ndarray, files: int, most: int) -> tuple[bytes, np.ndarray]:
    """Of each term, in the order of keys: gap to the key before in the file, pages that have it, gaps between the slots kept (`most`), impacts."""
    order = np.argsort(key << np.uint64(SLOT_BITS) | slot)
    slot, key, impact = slot[order].astype(np.int64), key[order].astype(np.int64), impact[order].astype(np.int64)
    if not len(key):
        return b"", np.zeros(files + 1, np.int64)
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    sizes = np.diff(starts, append=len(key))
    kept = _best(impact, slot, starts, sizes, most)
    if kept is not None:
        slot, impact = slot[kept], impact[kept]
    shorter = np.minimum(sizes, most)
    begin = np.concatenate(([0], np.cumsum(shorter)[:-1]))
    terms = key[starts]
    file, rest = _split(terms, files)
    # Numbers of one term: two, then as many gaps as impacts.
    at = np.concatenate(([0], np.cumsum(2 + 2 * shorter)))
    numbers = np.empty(at[-1], np.int64)
    numbers[at[:-1]] = _gaps(rest, file)
    numbers[at[:-1] + 1] = sizes
    member = np.repeat(np.arange(len(terms)), shorter)
    rank = np.arange(len(slot)) - begin[member]
    gaps = np.diff(slot, prepend=0)
    gaps[begin] = slot[begin]
    numbers[at[member] + 2 + rank] = gaps
    numbers[at[member] + 2 + shorter[member] + rank] = impact
    return _encoded(numbers, at[:-1], file, files)


def _best(impact: np.ndarray, slot: np.ndarray, starts: np.ndarray, sizes: np.ndarray, most: int) -> np.ndarray | None:
    """Which entries are kept; None for all of them."""
    long = np.flatnonzero(sizes > most)
    if not len(long):
        return None
    kept = np.ones(len(impact), bool)
    for at in long:
        begin, end = starts[at], starts[at] + sizes[at]
        worst = np.lexsort((slot[begin:end], -impact[begin:end]))[most:]
        kept[begin + worst] = False
    return kept


def _pairs(slot: np.ndarray, key: np.ndarray, files: int) -> tuple[bytes, np.ndarray]:
    """Of each file, gaps between numbers made of PAIR_BITS of the key and of the slot."""
    file, rest = _split(key.astype(np.int64), files)
    number = rest >> (32 - _file_bits(files) - PAIR_BITS) << SLOT_BITS | slot.astype(np.int64)
    whole = unique(file << (PAIR_BITS + SLOT_BITS) | number)
    file, number = whole >> (PAIR_BITS + SLOT_BITS), whole & ((1 << PAIR_BITS + SLOT_BITS) - 1)
    if not len(file):
        return b"", np.zeros(files + 1, np.int64)
    return _encoded(_gaps(number, file), np.arange(len(file)), file, files)


def _split(key: np.ndarray, files: int) -> tuple[np.ndarray, np.ndarray]:
    """(file, what else there is of the key) of each key: its first bits choose the file."""
    bits = 32 - _file_bits(files)
    return key >> bits, key & ((1 << bits) - 1)


def _gaps(number: np.ndarray, file: np.ndarray) -> np.ndarray:
    """What each number adds to the one before it in the same file."""
    gaps = np.diff(number, prepend=0)
    first = np.flatnonzero(np.diff(file, prepend=-1))
    gaps[first] = number[first]
    return gaps


def _encoded(numbers: np.ndarray, begins: np.ndarray, file: np.ndarray, files: int) -> tuple[bytes, np.ndarray]:
    """(varints, where the fragment of each file begins, and at last the end). begins: where what belongs to `file` begins in the numbers."""
    lengths = 1 + (numbers >= 1 << 7) + (numbers >= 1 << 14) + (numbers >= 1 << 21) + (numbers >= 1 << 28)
    at = np.concatenate(([0], np.cumsum(lengths)))
    out = np.empty(at[-1], np.uint8)
    for byte in range(5):
        some = np.flatnonzero(lengths > byte)
        more = np.where(lengths[some] > byte + 1, 128, 0)
        out[at[some] + byte] = numbers[some] >> 7 * byte & 127 | more
    first = np.searchsorted(file, np.arange(files + 1))
    return out.tobytes(), np.append(at[begins], at[-1])[first]


def _chunks(harvests: list[Harvest], slot_of: dict[str, int]) -> Iterator[tuple[int, bytes]]:
    chunks: dict[int, dict[str, list]] = {}
    for harvest in harvests:
        for path, shown in zip(harvest.paths, harvest.shown):
            slot = slot_of[path]
            chunks.setdefault(slot // IN_CHUNK, {})[str(slot % IN_CHUNK)] = shown
    for number in sorted(chunks):
        yield number, orjson.dumps(dict(sorted(chunks[number].items(), key=lambda item: int(item[0]))))


def _facet(harvests: list[Harvest], slot_of: dict[str, int], at: int) -> bytes:
    """A facet of all slots of a block: how many slots there are, the values that there are, then for each slot the number of its value in as few bits as
    they need. A page that has several values has them all as one, with spaces; number 0 is none."""
    value_of = {slot_of[path]: facets[at] for harvest in harvests for path, facets in zip(harvest.paths, harvest.facets)}
    values = ["", *sorted({value for value in value_of.values() if value})]
    number_of = {value: number for number, value in enumerate(values)}
    size = max(value_of, default=-1) + 1
    numbers = np.zeros(size, np.int64)
    numbers[list(value_of)] = [number_of[value] for value in value_of.values()]
    bits = max(1, (len(values) - 1).bit_length())
    flags = (numbers[:, None] >> np.arange(bits) & 1).astype(np.uint8).ravel()
    named = b"".join(varint(len(data)) + data for data in (value.encode() for value in values))
    return b"".join((varint(size), varint(len(values)), named, np.packbits(flags, bitorder="little").tobytes()))
