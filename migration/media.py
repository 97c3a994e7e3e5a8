"""Files of a legacy site (images, sounds, videos, documents): known by their bytes, made safe, named by their content.

What is dangerous or unknown is refused, with a reason that a person can act on; nothing is believed of a name or of a header.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from fleuve.image import TooLarge, open_bounded
from fleuve.slug import slugify
from migration import archive_content, drawing
from migration.archive_content import EXECUTABLE, Dangerous
from migration.image_metadata import stripped

MAX_BYTES = 200 * 1024 * 1024
"""Of a file: beyond, it is for a video host or an open data portal, not for a site kept in git."""
LONGEST = 3840
"""Pixels of the longest side: a 4K screen shows no more. Pages show renditions up to 1,440 (fleuve/rendition.py), and lead to the file itself."""
_SLUG_MAX = 60
_QUALITY = 85  # of a JPEG or a WebP written again: what photographers of the web use; differences are not seen

TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif", "gif": "image/gif", "svg": "image/svg+xml", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "vsdx": "application/vnd.ms-visio.drawing", "doc": "application/msword",
    "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint", "vsd": "application/vnd.visio", "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "odp": "application/vnd.oasis.opendocument.presentation", "odg": "application/vnd.oasis.opendocument.graphics",
    "epub": "application/epub+zip", "zip": "application/zip", "kmz": "application/vnd.google-earth.kmz", "rtf": "application/rtf", "csv": "text/csv", "txt": "text/plain",
    "json": "application/json", "geojson": "application/geo+json", "xml": "application/xml", "xsd": "application/xml", "kml": "application/vnd.google-earth.kml+xml", "gpx": "application/gpx+xml",
    "ics": "text/calendar", "vtt": "text/vtt", "srt": "application/x-subrip", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav", "flac": "audio/flac",
    "mp4": "video/mp4", "webm": "video/webm", "avi": "video/x-msvideo", "wmv": "video/x-ms-wmv", "mov": "video/quicktime", "gz": "application/gzip", "7z": "application/x-7z-compressed",
}
_TEXTS = frozenset("csv txt json geojson xml xsd kml gpx ics vtt srt".split())
_MAGIC = (
    (b"MZ", "un programme Windows"), (b"\x7fELF", "un programme Linux"), (b"\xca\xfe\xba\xbe", "un programme Java ou macOS"), (b"\xfe\xed\xfa", "un programme macOS"),
    (b"\xcf\xfa\xed\xfe", "un programme macOS"), (b"\xce\xfa\xed\xfe", "un programme macOS"), (b"dex\n", "un programme Android"), (b"#!", "un script"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "un raccourci Windows"), (b"FWS", "une animation Flash"), (b"CWS", "une animation Flash"), (b"ZWS", "une animation Flash"),
    (b"ITSF", "un fichier d’aide Windows"), (b"<?php", "un script PHP"), (b"<%", "un script de serveur"), (b"MSCF", "une archive d’installation Windows"), (b"!<arch>", "un paquet de programme"),
)
_HTML = re.compile(rb"(?:\s|\xef\xbb\xbf|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|script|iframe|meta|title|table|div|p|h1|center)\b", re.I | re.S)
_SVG = re.compile(rb"(?:\s|\xef\xbb\xbf|<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE\s+svg[^>\[]*(?:\[[^\]]*\]\s*)?>)*<(?:svg:)?svg\b", re.I | re.S)
_PDF_DANGER = re.compile(rb"/(?:Launch|EmbeddedFiles|RichMedia)\b")
_PDF_SCRIPT = re.compile(rb"/(?:JavaScript|JS)\b")
_RTF_DANGER = re.compile(rb"\\(?:objdata|objemb|objautlink|objupdate)\b")
_SLUG_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


class Kept(NamedTuple):
    """A file to keep. name: `slug-hash8.ext`; body: its bytes, made safe; kind: its media type, known from its bytes; width, height: in pixels, 0 for what
    is no image; changes: in French, what was changed, or should be looked at."""

    name: str
    body: bytes
    kind: str
    width: int = 0
    height: int = 0
    changes: tuple[str, ...] = ()


class Refused(NamedTuple):
    """A file that is not kept. code: a short name that does not change; reason: a French sentence that says why and what to do."""

    code: str
    reason: str


def keep(body: bytes, kind: str, url: str) -> Kept | Refused:
    """What becomes of a file.

    Takes its bytes, the media type that its server announced (only told when it lied) and its address (for its name). Raises nothing for what is in the file.
    """
    if not body.strip(b"\0 \t\r\n"):
        return Refused("media-vide", "Le fichier est vide. Demandez-le à l’organisme, ou retirez le lien.")
    if len(body) > MAX_BYTES:
        return Refused("media-trop-lourd", f"Le fichier pèse plus de {MAX_BYTES // 1024**2}\u00a0Mo. Déposez-le chez un hébergeur de vidéos ou au portail de données ouvertes, et faites-y un lien.")
    head = body[:2048]
    extension = _extension(url)
    try:
        return _kept(body, head, extension, kind, url)
    except Dangerous as error:
        return Refused("media-dangereux", f"Le fichier n’est pas gardé\u00a0: {error}. Demandez à l’organisme une version sans risque (un PDF, par exemple).")


def _kept(body: bytes, head: bytes, extension: str, kind: str, url: str) -> Kept | Refused:
    if what := next((what for magic, what in _MAGIC if head.startswith(magic)), ""):
        raise Dangerous(f"c’est {what}" + (f", sous le nom d’un fichier .{extension}" if extension and extension not in EXECUTABLE else ""))
    if head.startswith(b"\x1f\x8b") and extension in ("svgz", "svg"):
        body = _unpacked(body)
        head = body[:2048]
    if _SVG.match(head):
        return _drawing(body, url)
    if _HTML.match(head):
        return Refused("media-html", "Au lieu du fichier, le serveur a donné une page HTML (souvent une page d’erreur). Cherchez le fichier à la source, ou retirez le lien.")
    if (image := _image(body, head, url)) is not None:
        return image
    found, changes = _document(body, head, extension)
    if not found:
        announced = f", annoncé comme «\u00a0{kind[:60]}\u00a0»" if kind else ""
        return Refused("media-inconnu", f"Le type de ce fichier (.{extension or '?'}{announced}) n’est pas de ceux que le site publie. Convertissez-le (PDF, CSV, MP4…) ou retirez le lien.")
    if extension and extension != found and extension not in ("jpeg", "htm", "m4v", "oga", "ogv", "mpga", "jpe", "aspx", "php", "ashx"):
        changes += (f"le fichier se disait .{extension}\u00a0; c’est un .{found}",)
    return Kept(_name(url, body, found), body, TYPES[found], changes=changes)


def _extension(url: str) -> str:
    found = _SLUG_EXTENSION.search(_path(url))
    return found[0][1:].lower() if found else ""


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def _name(url: str, body: bytes, extension: str) -> str:
    stem = _SLUG_EXTENSION.sub("", _path(url).rstrip("/").rpartition("/")[2])
    slug = slugify(stem)[:_SLUG_MAX].strip("-") or "fichier"
    return f"{slug}-{hashlib.sha256(body).hexdigest()[:8]}.{extension}"


def _unpacked(body: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(body)) as packed:
            out = packed.read(drawing.MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Dangerous("le dessin compressé est abîmé") from error
    return out


def _drawing(body: bytes, url: str) -> Kept | Refused:
    cleaned = drawing.cleaned(body)
    if cleaned is None:
        return Refused("media-svg", "Ce dessin SVG ne peut pas être lu sans risque (trop lourd, mal formé, ou avec des entités). Enregistrez-le de nouveau, ou exportez-le en PNG.")
    body, taken = cleaned
    changes = (f"retiré du dessin\u00a0: {', '.join(taken)}",) if taken else ()
    return Kept(_name(url, body, "svg"), body, TYPES["svg"], changes=changes)


# ---------------------------------------------------------------- images

_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}
_OLD = (b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
_ORIENTATION = 0x0112


def _image(body: bytes, head: bytes, url: str) -> Kept | Refused | None:
    """An image made safe, None for what is no image."""
    is_photo = head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")) or head[:4] == b"RIFF" and head[8:12] == b"WEBP" or head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis")
    if not is_photo and not head.startswith(_OLD):
        return None
    try:
        return _photograph(body, url) if is_photo else _converted(body, url)
    except TooLarge:
        return Refused("image-trop-grande", "L’image a plus de 50\u00a0millions de pixels. Réduisez-la dans un logiciel d’images.")
    except Exception:  # noqa: BLE001 - untrusted bytes: decoders raise anything
        return Refused("image-illisible", "L’image est abîmée\u00a0: elle ne peut pas être décodée. Demandez-la à l’organisme.") if is_photo else None


def _photograph(body: bytes, url: str) -> Kept:
    with open_bounded(io.BytesIO(body)) as image:
        kind = "JPEG" if image.format == "MPO" else image.format
        animated = kind == "GIF" or getattr(image, "is_animated", False) and image.format != "MPO"
        exif = image.getexif()
        turned = exif.get(_ORIENTATION, 1) not in (0, 1)
        has_metadata = bool(exif) or bool({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"} & image.info.keys())
        changes: tuple[str, ...] = ()
        if animated:
            return Kept(_name(url, body, _EXTENSIONS[kind]), body, TYPES[_EXTENSIONS[kind]], *image.size)
        if max(image.size) > LONGEST or turned or kind == "AVIF" and has_metadata:
            before = image.size
            body, size = _again(image, kind)
            if max(before) > LONGEST:
                changes += (f"réduite de {before[0]}\u00a0×\u00a0{before[1]} à {size[0]}\u00a0×\u00a0{size[1]}\u00a0pixels",)
            if turned:
                changes += ("redressée comme l’appareil le disait",)
        else:
            image.load()  # what cannot be decoded is told now, not to citizens
            size = image.size
            body = stripped(body, kind)
        if has_metadata:
            changes += ("métadonnées retirées (lieu, appareil, auteur…)",)
    return Kept(_name(url, body, _EXTENSIONS[kind]), body, TYPES[_EXTENSIONS[kind]], *size, changes)


def _again(image, kind: str) -> tuple[bytes, tuple[int, int]]:
    """The image upright, no longer than LONGEST, without metadata but for its colours."""
    from PIL import Image, ImageOps

    profile = image.info.get("icc_profile")
    made = ImageOps.exif_transpose(image)
    made.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    options = {"quality": _QUALITY} if kind in ("JPEG", "WEBP", "AVIF") else {"optimize": False}
    if kind == "JPEG":
        options |= {"progressive": True}
        if made.mode not in ("L", "RGB", "CMYK"):
            made = made.convert("RGB")
    made.info.pop("exif", None)
    made.save(out, kind, icc_profile=profile, exif=b"", **options)
    return out.getvalue(), made.size


def _converted(body: bytes, url: str) -> Kept:
    """An image of a format that browsers do not all show (BMP, TIFF, ICO), as PNG."""
    from PIL import Image

    with Image.open(io.BytesIO(body), formats=("BMP", "TIFF", "ICO")) as image:
        if image.width * image.height > Image.MAX_IMAGE_PIXELS:
            raise TooLarge(*image.size)
        old = image.format
        made = image.convert("RGBA" if image.mode in ("P", "RGBA", "LA", "PA") else "L" if image.mode in ("1", "L", "I;16") else "RGB")
    made.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    made.save(out, "PNG")
    body = out.getvalue()
    return Kept(_name(url, body, "png"), body, TYPES["png"], *made.size, (f"convertie de {old} en PNG, que tous les navigateurs montrent",))


# ---------------------------------------------------------------- documents, sounds, videos

_FTYP = {b"M4A ": "m4a", b"M4B ": "m4a", b"qt  ": "mov"}


def _document(body: bytes, head: bytes, extension: str) -> tuple[str, tuple[str, ...]]:
    """(extension, remarks), ("", ()) for a type that is not published. Raises Dangerous."""
    if b"%PDF-" in head[:1024]:
        if _PDF_DANGER.search(body):
            raise Dangerous("ce PDF lance un programme ou contient des fichiers joints")
        return "pdf", ("ce PDF contient du JavaScript, que les navigateurs n’exécutent pas tous",) if _PDF_SCRIPT.search(body) else ()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return archive_content.zip_kind(body), ()
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return archive_content.ole_kind(body), ()
    if head.startswith(b"{\\rtf"):
        if _RTF_DANGER.search(body):
            raise Dangerous("ce document RTF contient un objet incorporé")
        return "rtf", ()
    if sound := _sound_or_video(head):
        return sound, ()
    if head.startswith(b"\x1f\x8b") or head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "gz" if head[0] == 0x1F else "7z", ("archive dont le contenu n’a pas pu être vérifié",)
    if extension in EXECUTABLE:
        raise Dangerous(f"un fichier .{extension} est un programme, un script ou un document à macros")
    return (extension, ()) if extension in _TEXTS and _is_text(body) else ("", ())


def _sound_or_video(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12], "mp4")
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12], "")
    if head.startswith(b"ID3") or head[:1] == b"\xff" and len(head) > 3 and head[1] & 0xE6 == 0xE2 and head[1] & 0xE0 == 0xE0:
        return "mp3"
    return next((kind for magic, kind in ((b"OggS", "ogg"), (b"\x1aE\xdf\xa3", "webm"), (b"fLaC", "flac"), (b"0&\xb2u\x8ef\xcf\x11", "wmv")) if head.startswith(magic)), "")


def _is_text(body: bytes) -> bool:
    return b"\0" not in body[:65536] and b"<script" not in body[:65536].lower()
