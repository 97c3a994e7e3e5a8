"""The layout of the index: how many blocks and files there are, and which of them has what. docs/search-index.md is the format."""

from __future__ import annotations

from fleuve.posting_file import fnv
from fleuve.search.term import mix

FACETS = ("theme", "organisme", "type", "public", "region", "annee", "jour")
"""What a reader can choose by; « annee » and « jour » are those of the last change, the day in days since 1970-01-01."""

PAGES = 2048
"""Pages that a block is meant to have: a change makes as many again (0.2 s), and a query reads a fragment of each block."""

HOMES = 2 * PAGES
"""Slots that paths choose from: at half of them taken, few pages find theirs taken by another."""

SLOT_BITS = 14
"""Bits of a slot. Blocks are uneven, as shards are: one may have three times the pages that it is meant to have."""

MOST = 1 << SLOT_BITS

FILES = 128
"""Files of terms, and of pairs, for each block of the index: as it grows, files grow in number and not in size."""

GROUP = 32
"""Files of which the fragments of a block are kept together in the cache."""

KEPT = 4096
"""Pages of the index that a term keeps, those of its greatest impacts: about 9 KB. Shared out among blocks, MOST_KEPT for one at most: only a term that an eighth of all
pages have loses any, 4,096 pages beyond 32,000 in all."""
MOST_KEPT = 256

PAIR_BITS = 8
"""Bits of a pair's key, besides those that choose its file, that are compared. Of the pages that have both terms, one in thousands is taken wrongly for one that has
them side by side."""

IN_CHUNK = 8
"""Slots of a file of pages, thus some four pages: ten results are seldom neighbours, and small files bring few pages that nobody sees."""


LEXICON = 16
"""Files of the lexicon, of each of its two kinds, for each block of the index: some 4 KB each."""

PREFIX = 3
"""Letters that choose the first file of a word; with fewer, nothing is completed."""

SHORT = 4
"""Letters of the shortest word that is found by its end: that is two letters then, or those after PREFIX for longer words."""


def best(blocks: int) -> int:
    """Pages of a block that a term keeps, in an index of that many blocks."""
    return max(16, min(MOST_KEPT, KEPT // blocks))


def block_of(shard: str, count: int) -> int:
    """The block, of `count`, to which a shard belongs."""
    return mix(fnv(shard)) % count


def block_count(pages: int) -> int:
    """How many blocks that many pages have: a power of two, so that it seldom changes while the site grows."""
    count = 1
    while count * PAGES < pages:
        count *= 2
    return count
