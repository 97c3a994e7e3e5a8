"""A **posting file**: the postings of the keys (values of facets, words) that share a shard. docs/postings.md is the format.

Keys are spread over files by a hash of all of them, or of their first letters where the beginning of a word must be enough to find its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from fleuve import posting
from fleuve.posting import read_varint, varint

PREFIX = 3
"""Letters that say in which file a word is: what a reader types is looked for as the beginning of a word from this length on."""


@lru_cache(65536)
def fnv(text: str) -> int:
    """FNV-1a, 32 bits, of a text in UTF-8 (http://www.isthe.com/chongo/tech/comp/fnv/): short, the same in any language, spread enough."""
    value = 0x811C9DC5
    for byte in text.encode("utf-8", "surrogateescape"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def spread(keys: Iterable[str], count: int, letters: int | None = None) -> list[list[str]]:
    """The keys of each of `count` files, sorted by their UTF-8 bytes. letters: how many of each key decide; None: all."""
    files: list[list[str]] = [[] for _ in range(count)]
    for key in keys:
        files[fnv(key[:letters]) % count].append(key)
    for names in files:
        names.sort(key=utf8)
    return files


def utf8(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")


def pack(keys: Sequence[str], postings: Mapping[str, Sequence[int]]) -> bytes:
    """A file of these keys, which are sorted by their UTF-8 bytes. postings: positions of each, in increasing order."""
    head, tail, last = [varint(len(keys))], [], b""
    for key in keys:
        name = utf8(key)
        kind, data = posting.encode(postings[key])
        shared = shared_length(last, name)
        head += varint(shared), varint(len(name) - shared), name[shared:], varint(len(data) << 1 | kind)
        tail.append(data)
        last = name
    return b"".join(head + tail)


def shared_length(one: bytes, other: bytes) -> int:
    size = min(len(one), len(other))
    for at in range(size):
        if one[at] != other[at]:
            return at
    return size


def unpack(data: bytes) -> dict[str, list[int]]:
    """The positions of each key of a file. Raises IndexError when it is cut short, ValueError when it is not of this format."""
    count, at = read_varint(data, 0)
    heads, name = [], b""
    for _ in range(count):
        shared, at = read_varint(data, at)
        added, at = read_varint(data, at)
        name = name[:shared] + data[at : at + added]
        head, at = read_varint(data, at + added)
        heads.append((name.decode("utf-8", "surrogateescape"), head & 1, head >> 1))
    found = {}
    for key, kind, size in heads:
        found[key] = posting.decode(kind, data[at : at + size])
        at += size
    if at != len(data):
        raise ValueError(f"{len(data)} bytes where {at} were announced")
    return found
