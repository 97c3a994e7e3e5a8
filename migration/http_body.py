"""The body of an HTTP answer, as it was archived, to the bytes of the file: chunked, gzip, deflate, br, zstd, each with a bound.

Archiving tools disagree on what they write: some keep what was on the wire, others decode and leave the headers. So a header is believed only
when the bytes look like what it says.
"""

from __future__ import annotations

import io
import re
import zlib

from fastwarc.stream_io import BrotliReader, ZstdReader

# A chain of encodings is one or two long in practice; RFC 9110 sets no bound, and each costs a pass.
CODINGS_MAX = 4

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class BodyError(ValueError):
    """A body that cannot be decoded, or is larger than the bound; the message, in French, says which."""


def decoded(body: bytes, transfer: str, content: str, limit: int) -> bytes:
    """Undo the transfer and content codings of an answer.

    Takes the bytes archived, the headers Transfer-Encoding and Content-Encoding (« » when there is none) and the most bytes wanted.
    Raises BodyError: cut short, damaged, unknown coding, or more than `limit` bytes (no more than that is ever in memory).
    """
    if transfer and "chunked" in transfer.lower():
        body = _dechunked(body)
    codings = [coding.strip().lower() for coding in content.split(",")] if content else []
    if len(codings) > CODINGS_MAX:
        raise BodyError(f"plus de {CODINGS_MAX} compressions l’une dans l’autre")
    for coding in reversed(codings):
        body = _undone(body, coding, limit)
    if len(body) > limit:
        raise too_large(limit)
    return body


def too_large(limit: int) -> BodyError:
    """The error of what exceeds `limit` bytes."""
    return BodyError(f"plus de {limit // (1024 * 1024)} Mo une fois décompressé" if limit >= 1024 * 1024 else f"plus de {limit} octets une fois décompressé")


def inflated(body: bytes, limit: int) -> bytes:
    """What a gzip, zlib or raw deflate body holds, members one after the other; raises BodyError."""
    window = 47 if body[:2] == _GZIP or _is_zlib(body) else -15  # 32 + 15: gzip or zlib by its header; -15: deflate without header
    parts: list[bytes] = []
    size = 0
    while True:
        engine = zlib.decompressobj(window)
        try:
            part = engine.decompress(body, limit - size + 1)
        except zlib.error:
            raise BodyError("compression gzip ou deflate endommagée") from None
        parts.append(part)
        size += len(part)
        if size > limit:
            raise too_large(limit)
        if not engine.eof:
            raise BodyError("compression gzip ou deflate coupée avant sa fin")
        body = engine.unused_data
        # What follows a member and is no member is padding, as gzip(1) has it; an empty member only would let a file loop for long.
        if window < 0 or body[:2] != _GZIP or not part:
            return b"".join(parts) if len(parts) > 1 else parts[0]


def _undone(body: bytes, coding: str, limit: int) -> bytes:
    if coding in ("", "identity", "none", "utf-8") or not body:
        return body
    if coding in ("gzip", "x-gzip"):
        return inflated(body, limit) if body[:2] == _GZIP else body
    if coding == "deflate":
        return body if body.lstrip()[:1] == b"<" else inflated(body, limit)
    if coding == "br":
        return body if body.lstrip()[:1] == b"<" else _streamed(BrotliReader, body, limit)
    if coding == "zstd":
        return _streamed(ZstdReader, body, limit) if body[:4] == _ZSTD else body
    raise BodyError(f"compression inconnue « {coding[:40]} »")


def _streamed(reader: type, body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        stream = reader(io.BytesIO(body))
        while part := stream.read(min(1 << 20, limit - size + 1)):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise too_large(limit)
    except OSError:
        raise BodyError("compression endommagée ou coupée avant sa fin") from None
    return b"".join(parts)


def _dechunked(body: bytes) -> bytes:
    """The chunks joined; the body itself when it does not begin by a chunk (it was archived decoded)."""
    match = _CHUNK.match(body)
    if not match or not _ends_as_chunk(body, match):
        return body
    parts = []
    position = 0
    while match := _CHUNK.match(body, position):
        size = int(match[1], 16)
        position = match.end()
        if not size:
            return b"".join(parts)
        if position + size > len(body):
            raise BodyError("réponse coupée avant sa fin")
        parts.append(body[position : position + size])
        position += size
        position += 2 if body[position : position + 2] == b"\r\n" else body[position : position + 1] == b"\n"
    if position < len(body):
        raise BodyError("découpage « chunked » endommagé")
    raise BodyError("réponse coupée avant sa fin")


def _ends_as_chunk(body: bytes, match: re.Match[bytes]) -> bool:
    """Whether what begins like a chunk is one: a line end follows it, or it is the last and cut. A page may begin by « 12 »."""
    end = match.end() + int(match[1], 16)
    return end >= len(body) or body[end : end + 1] in (b"\r", b"\n") or match.end() == end


def _is_zlib(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
