"""Take out of an image what its makers did not mean to publish (Exif: place, camera, owner; XMP; comments), its pixels untouched.

JPEG: ITU T.81 B.1.1, markers; PNG: W3C PNG 5.3, chunks; WebP: RFC 9649 2.7, chunks. What cannot be read is given back as it is.
"""

from __future__ import annotations

import struct

# Of JPEG's application segments: JFIF (APP0), colour profile and multi-picture index (APP2), Adobe's colour transform (APP14) say how to show it.
_JPEG_KEPT = (0xE0, 0xE2, 0xEE)
_PNG_DROPPED = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"dSIG")
_WEBP_DROPPED = (b"EXIF", b"XMP ")
_WEBP_FLAGS = 0b00001100  # of VP8X: there is Exif, there is XMP


def stripped(body: bytes, kind: str) -> bytes:
    """The image without its metadata. kind: « JPEG », « PNG » or « WEBP »; others are given back as they are."""
    strip = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}.get(kind)
    if strip is None:
        return body
    try:
        return strip(body)
    except (IndexError, struct.error):
        return body


def _jpeg(body: bytes) -> bytes:
    out, at = [body[:2]], 2
    while True:
        while body[at] == 0xFF and body[at + 1] == 0xFF:
            at += 1
        marker = body[at + 1]
        if body[at] != 0xFF or marker in (0xDA, 0xD9):  # the pixels begin, or it ends
            return b"".join([*out, body[at:]])
        size = struct.unpack_from(">H", body, at + 2)[0]
        is_application, is_comment = 0xE0 <= marker <= 0xEF, marker == 0xFE
        if not is_comment and (not is_application or marker in _JPEG_KEPT):
            out.append(body[at : at + 2 + size])
        at += 2 + size


def _png(body: bytes) -> bytes:
    out, at = [body[:8]], 8
    while at < len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        end = at + 12 + size
        if kind not in _PNG_DROPPED:
            out.append(body[at:end])
        if kind == b"IEND":
            break
        at = end
    return b"".join(out)


def _webp(body: bytes) -> bytes:
    out, at = [], 12
    while at < len(body):
        kind, size = struct.unpack_from("<4sI", body, at)
        end = at + 8 + size + size % 2
        if kind == b"VP8X":
            out.append(body[at : at + 8] + bytes([body[at + 8] & ~_WEBP_FLAGS]) + body[at + 9 : end])
        elif kind not in _WEBP_DROPPED:
            out.append(body[at:end])
        at = end
    content = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(content)) + content

