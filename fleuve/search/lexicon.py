"""The **lexicon**: the words of the site as they are written, by which what is typed is completed or corrected. docs/search-index.md is the format.

A word is in two files: one chosen by its first three letters, where what begins like it and what differs further on are found; and one chosen by all
letters but the first three (two for a word of four letters, whose third is in neither), where it is found by who has mistyped one of these. Accents do not count in either.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleuve.posting import read_varint, varint
from fleuve.posting_file import fnv, shared_length, utf8
from fleuve.search.layout import PREFIX, SHORT
from fleuve.search.term import fold, mix

def begin_file(word: str, count: int) -> int:
    """The file, of `count`, of a word (folded) by its first letters."""
    return mix(fnv(word[:PREFIX])) % count


def tail_file(tail: str, count: int) -> int:
    """The file, of `count`, of the words (folded) that end in this after their first letters."""
    return mix(fnv(tail)) % count


def places(word: str, count: int) -> tuple[int, int | None]:
    """The two files of a word as it is written; the second is None for a short one."""
    folded = fold(word)
    return begin_file(folded, count), tail_file(folded[PREFIX:] if len(folded) > SHORT else folded[2:], count) if len(folded) >= SHORT else None


def names(word: str, count: int) -> list[str]:
    """The files in which the words are that a word (folded), mistyped once, may stand for: begun like it; or ending like it, its first letters being one less, as
    many, one more, or the last of them exchanged with the next."""
    tails = [word[PREFIX - 1 :], word[PREFIX:], word[PREFIX + 1 :], word[PREFIX - 1 : PREFIX] + word[PREFIX + 1 :]]
    return list(dict.fromkeys([f"lexique/debuts-{begin_file(word, count)}.bin", *(f"lexique/fins-{tail_file(tail, count)}.bin" for tail in tails if len(tail) >= 2)]))


def pack(words: Mapping[str, int]) -> bytes:
    """A file. words: {word: pages that have it}. Of the pages only the order of magnitude is kept, which seldom changes: the number of bits."""
    out, last = [], b""
    for name, pages in sorted((utf8(word), pages) for word, pages in words.items()):
        shared = shared_length(last, name)
        out += varint(shared), varint(len(name) - shared), name[shared:], varint(pages.bit_length())
        last = name
    return b"".join(out)


def unpack(data: bytes) -> list[tuple[str, int]]:
    """(word, level) of each word of a file. Raises IndexError when it is cut short."""
    found, name, at = [], b"", 0
    while at < len(data):
        shared, at = read_varint(data, at)
        added, at = read_varint(data, at)
        name = name[:shared] + data[at : at + added]
        level, at = read_varint(data, at + added)
        found.append((name.decode("utf-8", "surrogateescape"), level))
    return found
