"""Files of old sites: known by their content, cleaned of what should not be published, refused when they could harm.

What a file is, its first bytes say, and not its name nor its server (WHATWG MIME Sniffing). The name by which it is kept is made of its old name
and of the hash of its content, so that the same file of two sites is one.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from fleuve.slug import slugify
from migration.record import FILE_MAX

WIDEST = 2400
"""Pixels: the widest rendition that a page shows is 1,200 wide, twice that on a dense screen; more is weight that nobody sees."""
PIXELS_MAX = 120_000_000  # as Pillow's own bound against decompression bombs (89 million), for maps and posters too
MEMBERS_MAX = 5000

_SIGNS = (
    (b"%PDF-", ".pdf"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF87a", ".gif"), (b"GIF89a", ".gif"), (b"PK\x03\x04", ".zip"), (b"PK\x05\x06", ".zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".ole"), (b"{\\rtf", ".rtf"), (b"ID3", ".mp3"), (b"OggS", ".ogg"), (b"BM", ".bmp"), (b"II*\x00", ".tif"), (b"MM\x00*", ".tif"), (b"\x1f\x8b", ".gz"),
    (b"7z\xbc\xaf'\x1c", ".7z"), (b"\x00\x00\x01\x00", ".ico"),
)
_PROGRAMS = ((b"MZ", "programme Windows"), (b"\x7fELF", "programme Linux"), (b"\xca\xfe\xba\xbe", "programme Java"), (b"\xfe\xed\xfa", "programme macOS"), (b"#!", "script"), (b"CWS", "animation Flash"), (b"FWS", "animation Flash"), (b"ZWS", "animation Flash"))
_IMAGES = {".png": "PNG", ".jpg": "JPEG", ".gif": "GIF", ".webp": "WEBP", ".bmp": "BMP", ".tif": "TIFF"}
_OLE = {".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".msg", ".vsd", ".mpp", ".pub"}
_ZIPPED = {".docx", ".xlsx", ".pptx", ".dotx", ".xltx", ".ppsx", ".odt", ".ods", ".odp", ".odg", ".epub", ".zip", ".kmz"}
_PLAIN = {".txt", ".csv", ".ics", ".vcf", ".xml", ".json", ".geojson", ".kml", ".vtt", ".srt", ".md", ".tsv"}
_MACROS = {".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".ppsm", ".xlam", ".ppam"}
_HARMFUL = re.compile(r"\.(?:exe|dll|com|scr|pif|msi|bat|cmd|ps1|vbs?|vbe|jse?|wsf|wsh|hta|jar|class|swf|sh|php\d?|aspx?|jsp|cgi|pl|py|reg|lnk|apk|dmg|iso|cab|chm|hlp)$", re.IGNORECASE)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|iframe|frameset)\b", re.IGNORECASE | re.S)
_ACTIVE_SVG = re.compile(rb"<\s*(?:script|foreignObject|iframe|embed|object|handler)\b|\son[a-z]+\s*=|javascript:|<!ENTITY|(?:xlink:)?href\s*=\s*[\"'](?!#|data:image/(?:png|jpeg|gif|webp))", re.IGNORECASE)
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: its name in the store, its content, its extension's kind."""

    name: str
    body: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not kept, and why, in French."""

    reason: str


def keep(body: bytes, kind: str, url: str) -> Kept | Refused:
    """Decide of a file.

    Takes its bytes, the media type that its server said, its address. Images lose their metadata (where and by whom a picture was taken), stand the
    way they are shown, and are no wider than WIDEST.
    """
    name = unquote(posixpath.basename(urlsplit(url).path))
    suffix = posixpath.splitext(name)[1].lower()
    if len(body) > FILE_MAX:
        return Refused(f"plus de {FILE_MAX // 1024 // 1024} Mo")
    if _HARMFUL.search(name) or suffix in _MACROS:
        return Refused(f"fichier « {suffix} » : il pourrait exécuter du code")
    for sign, what in _PROGRAMS:
        if body.startswith(sign):
            return Refused(f"{what}, quel que soit son nom")
    real = _real(body, suffix, kind)
    if isinstance(real, Refused):
        return real
    if real in _IMAGES:
        cleaned = _picture(body, real)
        if isinstance(cleaned, Refused):
            return cleaned
        body, real = cleaned
    return Kept(_name(name, body, real), body, real)


def _real(body: bytes, suffix: str, kind: str) -> str | Refused:
    """The extension that the content deserves."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return ".webp"
    if body[4:8] == b"ftyp":
        return ".avif" if body[8:12] in (b"avif", b"avis") else suffix if suffix in (".mp4", ".m4a", ".m4v", ".mov") else ".mp4"
    found = next((real for sign, real in _SIGNS if body.startswith(sign)), "")
    if found == ".zip":
        return _zipped(body, suffix)
    if found == ".ole":
        return Refused("document avec des macros") if b"V\x00B\x00A\x00" in body or b"_VBA_PROJECT" in body else suffix if suffix in _OLE else ".doc"
    if found == ".pdf":
        return Refused("PDF qui lance un programme ou un script") if _PDF_ACTIVE.search(body) and re.search(rb"/(?:Launch|JavaScript|JS)\b", body) else found
    if found:
        return found
    if _is_svg(body):
        return Refused("dessin SVG avec du code ou des adresses") if _ACTIVE_SVG.search(body) else ".svg"
    if _HTML.match(body[:4096]):
        return Refused("page HTML sous un autre nom")
    if body[:2] == b"\xff\xfb" or suffix == ".mp3" and body[:1] == b"\xff":
        return ".mp3"
    if suffix in _PLAIN and b"\0" not in body[:4096]:
        return suffix
    if kind.startswith("text/css") or suffix in (".css", ".js", ".mjs", ".map", ".woff", ".woff2", ".ttf", ".eot", ".otf"):
        return Refused("habillage de l’ancien site")
    return Refused(f"type inconnu (« {suffix or kind} »)")


def _is_svg(body: bytes) -> bool:
    return re.search(rb"<svg[\s>]", body[:2048]) is not None


def _zipped(body: bytes, suffix: str) -> str | Refused:
    """Office documents are archives; a program inside one is a program."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = [entry.filename.lower() for entry in archive.infolist()[: MEMBERS_MAX + 1]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return Refused("archive endommagée")
    if len(names) > MEMBERS_MAX:
        return Refused(f"archive de plus de {MEMBERS_MAX} fichiers")
    if any(name.endswith("vbaproject.bin") for name in names):
        return Refused("document avec des macros")
    for folder, real in (("word/", ".docx"), ("xl/", ".xlsx"), ("ppt/", ".pptx")):
        if "[content_types].xml" in names and any(name.startswith(folder) for name in names):
            return real
    if any(_HARMFUL.search(name) for name in names):
        return Refused("archive qui contient un programme ou un script")
    return suffix if suffix in _ZIPPED else ".zip"


def _picture(body: bytes, real: str) -> tuple[bytes, str] | Refused:
    """An image without its metadata, upright, no wider than is shown."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(body)) as image:
            if image.width * image.height > PIXELS_MAX:
                return Refused(f"image de {image.width} × {image.height} points")
            if getattr(image, "is_animated", False):
                return body, real
            image.load()
            upright = ImageOps.exif_transpose(image)
            saved = _IMAGES[real] if real not in (".bmp", ".tif") else "PNG"
            told = bool(image.getexif()) or "exif" in image.info or "xmp" in image.info or "comment" in image.info or "photoshop" in image.info
            if upright.width <= WIDEST and not told and saved == image.format:
                return body, real
            if upright.width > WIDEST:
                upright = upright.resize((WIDEST, max(1, round(upright.height * WIDEST / upright.width))), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            options = {"quality": 88, "optimize": True} if saved == "JPEG" else {}
            if saved == "JPEG" and upright.mode not in ("RGB", "L"):
                upright = upright.convert("RGB")
            for name in ("exif", "xmp", "comment", "photoshop", "XML:com.adobe.xmp"):
                upright.info.pop(name, None)
            upright.save(out, saved, icc_profile=image.info.get("icc_profile"), **options)
            return out.getvalue(), {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}[saved]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError):
        return Refused("image illisible")


def _name(name: str, body: bytes, real: str) -> str:
    stem = slugify(posixpath.splitext(name)[0])[:60].strip("-") or "fichier"
    return f"{stem}-{hashlib.blake2b(body, digest_size=4).hexdigest()}{real}"
