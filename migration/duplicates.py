"""Pages that say the same, over all sites: signatures of their texts (MinHash), and the groups that they form.

A signature is 64 numbers of 32 bits; two texts share about as many of them as their runs of four words have in common (A. Broder, « On the
resemblance and containment of documents », 1997). Pages that share a band of four numbers are compared, so that no page is compared with all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from rensa import RMinHash

from fleuve.word import words

NUMBERS = 64
BANDS = 16  # of 4 numbers: two texts alike by 0.8 share at least one 999 times in 1,000; by 0.3, 12 times in 100
RUN = 4  # words
NEAR = 0.8
"""From this resemblance on, two pages are one, but for words that changed (chosen on the legacy sites of the tests: docs/adr/0019-migration.md)."""
SEED = 42
WORDS = 20_000  # of a text that count: beyond, the beginning says enough

SIGNATURE = np.dtype([("exact", "S16"), ("numbers", "<u4", (NUMBERS,))])


def signature(text: str) -> bytes:
    """Return the signature of a text: the hash of its words, without case, accents or punctuation, and its 64 numbers. 272 bytes."""
    said = words(text)[:WORDS]
    sketch = RMinHash(NUMBERS, SEED)
    sketch.update([" ".join(said[at : at + RUN]) for at in range(max(1, len(said) - RUN + 1))])
    exact = hashlib.blake2b(" ".join(said).encode(), digest_size=16).digest()
    return exact + np.asarray(sketch.digest(), "<u4").tobytes()


@dataclass(frozen=True)
class Alike:
    """A group of pages, by their numbers in the order given, from two on; and how much each looks like the first (1: the same words)."""

    members: tuple[int, ...]
    resemblance: tuple[float, ...]


def groups(signatures: Iterable[bytes]) -> Iterator[Alike]:
    """Give the groups of pages that say the same.

    Takes the signatures, of which it keeps 272 bytes each: a million pages take 272 MB. The groups do not depend on the order of the pages but
    for the numbers, which are theirs.
    """
    table = np.frombuffer(b"".join(signatures), SIGNATURE)
    parents = np.arange(len(table))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for first, second in _pairs(table):
        one, other = sorted((root(first), root(second)))
        parents[other] = one
    members: dict[int, list[int]] = {}
    for number in np.flatnonzero(parents != np.arange(len(table))).tolist():
        members.setdefault(root(number), []).append(number)
    for first in sorted(members):
        every = (first, *members[first])
        yield Alike(every, tuple(_resemblance(table, first, number) for number in every))


def _pairs(table: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of pages to join: equal texts, and texts that share a band and resemble one another enough."""
    rows = NUMBERS // BANDS
    yield from _equal(table["exact"])
    bands = np.ascontiguousarray(table["numbers"]).view(f"V{4 * rows}").reshape(len(table), BANDS)
    for band in range(BANDS):
        for first, second in _equal(bands[:, band]):
            if _resemblance(table, first, second) >= NEAR:
                yield first, second


def _equal(column: np.ndarray) -> Iterator[tuple[int, int]]:
    """Each page with the one before it that has the same value, in order of numbers."""
    order = np.argsort(column, kind="stable")
    same = np.flatnonzero(column[order[1:]] == column[order[:-1]])
    yield from zip(order[same].tolist(), order[same + 1].tolist())


def _resemblance(table: np.ndarray, first: int, second: int) -> float:
    if table["exact"][first] == table["exact"][second]:
        return 1.0
    return float(np.mean(table["numbers"][first] == table["numbers"][second]))


def resemblance(one: bytes, other: bytes) -> float:
    """Return how much two texts look like one another, by their signatures: 0 to 1."""
    table = np.frombuffer(one + other, SIGNATURE)
    return _resemblance(table, 0, 1)
