"""A **posting**: the items, by their position in a block, that have one value or one word. docs/postings.md is the format.

Positions are small, sorted, and only ever added at the end, so that a posting is either the gaps between them (one byte each when they are near)
or a bitmap, whichever is shorter. themes/fleuve/js/nouvelles.js reads the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import sub

GAPS = 0
BITMAP = 1


@lru_cache(1 << 14)
def varint(number: int) -> bytes:
    """A number ≥ 0 in LEB128: seven bits a byte, the least significant first, the high bit set on all bytes but the last."""
    if number < 128:
        return bytes((number,))
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """(number, where the next one is). Raises IndexError when the data end too early."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7


def encode(positions: Sequence[int]) -> tuple[int, bytes]:
    """(GAPS or BITMAP, bytes) of positions in increasing order, each once.

    The bitmap ends with the byte of its last position: it does not change when the block gets an item that is not in it.
    """
    if not positions:
        return GAPS, b""
    if len(positions) > positions[-1] // 8 + 1:
        return BITMAP, _bitmap(positions)
    gaps = [positions[0], *map(sub, positions[1:], positions)]
    if max(gaps) < 128:
        return GAPS, bytes(gaps)
    coded = b"".join(map(varint, gaps))
    bitmap_size = positions[-1] // 8 + 1
    return (GAPS, coded) if len(coded) <= bitmap_size else (BITMAP, _bitmap(positions))


def _bitmap(positions: Sequence[int]) -> bytes:
    bits = bytearray(positions[-1] // 8 + 1)
    for position in positions:
        bits[position >> 3] |= 1 << (position & 7)
    return bytes(bits)


def decode(kind: int, data: bytes) -> list[int]:
    """The positions of a posting, in increasing order. Raises ValueError for a kind that is not known."""
    if kind == BITMAP:
        return [at * 8 + bit for at, byte in enumerate(data) if byte for bit in range(8) if byte >> bit & 1]
    if kind != GAPS:
        raise ValueError(f"unknown kind of posting: {kind}")
    positions, last, at = [], 0, 0
    while at < len(data):
        gap, at = read_varint(data, at)
        last += gap
        positions.append(last)
    return positions
