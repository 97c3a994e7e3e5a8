"""What an image of the content is, told by its first bytes: format, size in pixels, and why it cannot be shown when it cannot.

Pillow reads the header of photographs and lets go of the rest; a drawing (SVG) says its size in its first tag. Nothing here decodes
pixels: see fleuve/rendition.py.
"""

from __future__ import annotations

import hashlib
import html
import io
import os
import re
import warnings
from typing import NamedTuple

from fleuve.problem import ERROR, WARNING, Problem
from fleuve.refusal import reason

SUFFIXES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".avif": "AVIF", ".gif": "GIF", ".svg": "SVG"}
"""Names that images may end with, and the format that each promises."""

RENDERED = frozenset(("JPEG", "PNG", "WEBP", "AVIF"))
"""Formats of which renditions are made; an animation and a drawing stay as they are."""

# Full-frame cameras of the press give 24 to 50 million pixels. Decoded, a pixel takes four bytes: 200 MB for each process.
MAX_PIXELS = 50_000_000
MAX_BYTES = 60 * 1024 * 1024
MAX_DRAWING = 5 * 1024 * 1024
# A progressive JPEG of a few bytes may ask to go over all its pixels ten thousand times; encoders write about ten scans.
MAX_SCANS = 100
_SCAN = b"\xff\xda"  # the marker of each (ITU T.81, B.1.1.2); those of thumbnails count too, which does no harm
# An MPO (several JPEG pictures in one file) is opened by the JPEG plugin, and has no name of its own there.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
_ORIENTATION, _GPS = 0x0112, 0x8825  # tags of Exif 2.32
_SVG = re.compile(rb"<svg\b[^>]*+>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s(viewBox|width|height)\s*+=\s*+["']([^"']*+)["']""")
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?")
_LENGTH = re.compile(r"\s*+(\d++(?:\.\d++)?)\s*+(?:px)?\s*+")
_ACTIVE = re.compile(rb"<\s*(?:script|foreignObject)\b|\son[a-z]+\s*=|javascript\s*:", re.IGNORECASE)


class Facts(NamedTuple):
    """format: « JPEG », « PNG », « WEBP », « AVIF », « GIF », « SVG », « » for what is no image that can be shown. width, height: in
    pixels, as seen (turned as the camera says), 0 when not known. still: not an animation. hash: SHA-256 of the bytes, hexadecimal."""

    format: str = ""
    width: int = 0
    height: int = 0
    still: bool = True
    hash: str = ""

    @property
    def rendered(self) -> bool:
        """Whether renditions are made of it."""
        return self.format in RENDERED and self.still


def look(content: str, path: str) -> tuple[Facts, list[Problem]]:
    """The facts of the image at `path` of the content folder, and what is wrong with it. Never raises for what is in the file."""
    file = os.path.join(content, path)
    try:
        size = os.stat(file).st_size
        if path.lower().endswith(".svg"):
            return _drawing(file, path, size)
        if size > MAX_BYTES:
            return Facts(), [_refused(path, "image-trop-lourde", f"L’image pèse plus de {MAX_BYTES // 1048576} Mo ; elle n’est pas montrée.",
                                      "Enregistrez-la en JPEG ou réduisez-la ; offrez l’originale aux médias avec la clé « original ».")]
        with open(file, "rb") as source:
            data = source.read(MAX_BYTES)
        return _photograph(data, path)
    except OSError as error:
        return Facts(), [Problem(path, 1, 1, ERROR, "fichier-illisible", f"Fichier illisible ({reason(error)}).", "Vérifiez qu’il existe encore et ses droits d’accès.")]


def open_bounded(file: str | io.BytesIO):
    """The image of a file, or of its bytes, opened by Pillow, its pixels not decoded yet. Raises TooLarge for what would take too much memory or time,
    and whatever Pillow raises for what is no image."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            opened = Image.open(file, formats=_FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooLarge(0, 0) from None
    if opened.width * opened.height > MAX_PIXELS:
        opened.close()
        raise TooLarge(opened.width, opened.height)
    return opened


class TooLarge(Exception):
    """An image of more than MAX_PIXELS. width, height: 0 when Pillow did not say."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.width, self.height = width, height


def _photograph(data: bytes, path: str) -> tuple[Facts, list[Problem]]:
    try:
        with open_bounded(io.BytesIO(data)) as opened:
            kind = "JPEG" if opened.format == "MPO" else opened.format
            exif = opened.getexif() if "exif" in opened.info else {}
            turned = exif.get(_ORIENTATION) in (5, 6, 7, 8)
            located = bool(exif and exif.get_ifd(_GPS))
            width, height = (opened.height, opened.width) if turned else opened.size
            still = kind == "GIF" or not getattr(opened, "is_animated", False)
    except TooLarge as error:
        return Facts(), [too_large(path, error)]
    except Exception:  # noqa: BLE001 - untrusted bytes: decoders raise anything
        return Facts(), [corrupt(path)]
    if kind == "JPEG" and data.count(_SCAN) > MAX_SCANS:
        return Facts(), [_refused(path, "image-illisible", f"L’image est codée en plus de {MAX_SCANS} passes ; elle n’est pas montrée.", "Ouvrez-la dans un logiciel d’images et enregistrez-la de nouveau.")]
    problems = []
    promised = SUFFIXES.get(os.path.splitext(path)[1].lower())
    if promised != kind:
        suffix = next(suffix for suffix, name in SUFFIXES.items() if name == kind)
        problems.append(Problem(path, 1, 1, WARNING, "image-mal-nommee", f"Le nom de ce fichier annonce une image {promised}, mais c’est une image {kind}.",
                                f"Renommez-le pour qu’il finisse par « {suffix} », et corrigez les documents qui le nomment."))
    if located:
        problems.append(Problem(path, 1, 1, WARNING, "position-gps", "La photo dit où elle a été prise (position GPS). Elle est retirée des versions montrées, mais reste dans le fichier à télécharger.",
                                "Retirez la position avec un logiciel d’images, si le lieu ne doit pas être connu."))
    return Facts(kind, width, height, still, hashlib.sha256(data).hexdigest()), problems


def _drawing(file: str, path: str, size: int) -> tuple[Facts, list[Problem]]:
    if size > MAX_DRAWING:
        return Facts(), [_refused(path, "image-trop-lourde", f"Le dessin pèse plus de {MAX_DRAWING // 1048576} Mo ; il n’est pas montré.", "Simplifiez-le, ou enregistrez-le en PNG.")]
    with open(file, "rb") as source:
        data = source.read(MAX_DRAWING)
    tag = _SVG.search(data)
    if tag is None:
        return Facts(), [corrupt(path)]
    if _ACTIVE.search(data):
        return Facts(), [_refused(path, "dessin-actif", "Ce dessin SVG contient du code (script, gestionnaire d’événement ou HTML) ; il n’est pas montré.", "Enregistrez-le de nouveau en « SVG simple » dans votre logiciel de dessin.")]
    width, height = _size(dict(_ATTRIBUTE.findall(html.unescape(tag[0].decode("utf-8", "replace")))))
    problems = []
    if not width:
        problems.append(Problem(path, 1, 1, WARNING, "dessin-sans-dimensions", "Ce dessin SVG ne dit pas ses dimensions : la page bougera quand il paraîtra.",
                                "Ajoutez « viewBox=\"0 0 largeur hauteur\" » à sa balise <svg>."))
    return Facts("SVG", width, height, True, hashlib.sha256(data).hexdigest()), problems


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    """Width and height of a drawing: those it says in pixels, else those of its viewBox (SVG 2, 8.2)."""
    lengths = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    if all(lengths):
        numbers = [float(length[1]) for length in lengths]
    else:
        numbers = [float(number) for number in _NUMBER.findall(attributes.get("viewBox", ""))][2:4]
    if len(numbers) != 2 or not all(0 < number < 100_000 for number in numbers):
        return 0, 0
    return max(1, round(numbers[0])), max(1, round(numbers[1]))


def too_large(path: str, error: TooLarge) -> Problem:
    """The problem of an image that would take too much memory."""
    shown = f"L’image a {error.width} × {error.height} pixels" if error.width else "L’image a trop de pixels"
    return _refused(path, "image-trop-grande", f"{shown} ; la limite est de {MAX_PIXELS // 1_000_000} millions. Elle n’est pas montrée.",
                    "Réduisez-la, par exemple à 6 000 pixels de large.")


def corrupt(path: str) -> Problem:
    """The problem of a file that is no image, or one of which a part is missing."""
    return _refused(path, "image-illisible", "Ce fichier n’est pas une image lisible, ou il est incomplet ; il n’est pas montré.",
                    "Ouvrez l’original dans un logiciel d’images, enregistrez-le de nouveau en JPEG, PNG, WebP ou AVIF, et remplacez ce fichier.")


def _refused(path: str, code: str, message: str, remedy: str) -> Problem:
    return Problem(path, 1, 1, ERROR, code, message, remedy)
