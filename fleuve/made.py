"""What is kept of making something of the site, be it a shard, a stage or a part: its files, what it has read of the index, what is wrong."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

import orjson

from fleuve.problem import Problem

STORED = "stale=0, trusted=1, outputs=?, manifest=?, asked=?, reads=?, problems=?"
"""How the cache takes a Made, by its columns."""


class Made(NamedTuple):
    """As the cache stores it: where it was made, it is put into a form that is quick to send. outputs: JSON {path: sha256}; manifest: one hash
    for these; asked: the marks of the keys that were read (see `mark`); reads: JSON {key: hash of the value}; problems: JSON, « » for none."""

    outputs: bytes
    manifest: bytes
    asked: bytes
    reads: bytes
    problems: str


def made(outputs: dict[str, str], reads: dict[str, str], problems: Iterable[Problem]) -> Made:
    """What is to be kept. outputs: {path: sha256} of the files; reads: see SiteIndex."""
    told = [problem.to_json() for problem in problems]
    return Made(orjson.dumps(outputs), manifest(outputs), array("I", map(mark, reads)).tobytes(), orjson.dumps(reads), orjson.dumps(told).decode() if told else "")


def manifest(outputs: dict[str, str]) -> bytes:
    """One hash for a set of files and their contents."""
    return blake2b(orjson.dumps(outputs, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def mark(key: str) -> int:
    """A checksum of a key of the index: of ten thousand readers, it tells in a few bytes which cannot have read it."""
    return zlib.crc32(key.encode("utf-8", "surrogateescape"))


def may_have_read(asked: bytes, marks: set[int]) -> bool:
    """Whether what was made with these keys may have read one of those that have these marks."""
    return not marks.isdisjoint(memoryview(asked).cast("I"))
