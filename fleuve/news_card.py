"""The card that networks show beside a link to an item of news without a photo (Open Graph): who says it, on the colours of the site."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

# The size that networks ask for, 1.91:1 (https://developers.facebook.com/docs/sharing/webmasters/images).
WIDTH, HEIGHT = 1200, 630
FOLDER = "medias/cartes/"
SITE = "site"
"""The name of the card of news without an issuer."""

FONT = "polices/atkinson-hyperlegible-next.woff2"
"""The font of the theme, which Pillow reads as it is."""

_MARGIN = 80
_TEXT_WIDTH = 730
_SIZES = (84, 72, 60, 50)
_MAX_LINES = 4
# Shades are drawn, and colours come last: index 0 is --profond, 128 --courant, 254 white, 255 --ambre (css/fleuve.css). A picture of 256 colours
# is then written as it is, without a search for the best ones.
_GROUND, _STREAM, _WHITE, _AMBER = (6, 52, 63), (70, 179, 181), (255, 255, 255), (255, 201, 77)
_LINES = ((-45, 46, 2), (-36, 56, 2), (-27, 66, 3), (-18, 80, 3), (-9, 96, 4), (0, 150, 6), (9, 96, 4), (18, 80, 3), (27, 66, 3), (36, 56, 2), (45, 46, 2))


def card_path(ident: str, lang: str) -> str:
    """Path of a card relative to the base of the site. ident: id of an organism, « » for none; lang: that of its page."""
    return f"{FOLDER}{ident or SITE}.{lang}.png"


def draw(font: str, title: str, owner: str) -> bytes:
    """A card as PNG: who says it, in large letters, and the name of the site. font: path of the variable font of the theme."""
    from PIL import ImageDraw

    picture = _ground().copy()
    pen = ImageDraw.Draw(picture)
    size, lines = _fit(font, title)
    bold = _font(font, size, 700)
    top = (HEIGHT - len(lines) * size * 1.16) / 2 - 12
    for number, line in enumerate(lines):
        pen.text((_MARGIN, top + number * size * 1.16), line, font=bold, fill=254)
    pen.text((_MARGIN, HEIGHT - _MARGIN - 40), owner, font=_font(font, 36, 600), fill=215)
    return _png(picture)


def _fit(font: str, title: str) -> tuple[int, list[str]]:
    """The largest size at which a title fits, and its lines; at the smallest, what is too long is cut."""
    for size in _SIZES:
        lines = _wrap(font, size, title)
        if len(lines) <= _MAX_LINES:
            return size, lines
    return size, [*lines[: _MAX_LINES - 1], lines[_MAX_LINES - 1] + "…"]


def _wrap(font: str, size: int, text: str) -> list[str]:
    lines: list[str] = []
    width = 0.0
    for word in text.split():
        own = _length(font, size, word)
        longer = width + _length(font, size, " ") + own
        if lines and longer <= _TEXT_WIDTH:
            lines[-1], width = f"{lines[-1]} {word}", longer
        else:
            lines.append(word)
            width = own
    return lines


@lru_cache(4096)  # names of organisms have words in common: measured each time, they are half of the work
def _length(font: str, size: int, word: str) -> float:
    return _font(font, size, 700).getlength(word)


@lru_cache(16)
def _font(path: str, size: int, weight: int) -> Any:
    from PIL import ImageFont

    # Basic layout: the same bytes where the library of complex scripts is missing.
    font = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(1)
def _ground() -> Any:
    """What all cards share: the ground, the river on the right, the short line of the news."""
    from PIL import Image, ImageDraw

    large = Image.new("L", (WIDTH * 2, HEIGHT * 2), 0)
    pen = ImageDraw.Draw(large)
    for shift, shade, width in _LINES:
        pen.line([(x + shift * (2.2 + y / 700), y) for x, y in _river()], fill=shade, width=width * 2, joint="curve")
    picture = large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    ImageDraw.Draw(picture).rectangle((_MARGIN, _MARGIN, _MARGIN + 120, _MARGIN + 9), fill=255)
    return picture


def _river() -> list[tuple[float, float]]:
    """Points of the middle line of the river, on a picture twice as large."""
    points: list[tuple[float, float]] = []
    for start, one, two, end in (((2090, -40), (2030, 260), (1760, 300), (1800, 640)), ((1800, 640), (1840, 960), (2240, 980), (2150, 1320))):
        for step in range(61):
            t = step / 60
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append((a * start[0] + b * one[0] + c * two[0] + d * end[0], a * start[1] + b * one[1] + c * two[1] + d * end[1]))
    return points


@lru_cache(1)
def _palette() -> list[int]:
    shades = [_mix(_GROUND, _STREAM, n / 128) if n <= 128 else _mix(_STREAM, _WHITE, (n - 128) / 126) for n in range(255)]
    return [part for shade in (*shades, _AMBER) for part in shade]


def _mix(one: tuple, other: tuple, share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _png(picture: Any) -> bytes:
    picture.putpalette(_palette())
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)  # 40 kB in 2.2 ms; at level 6, 34 kB in 3.9 ms
    return out.getvalue()
