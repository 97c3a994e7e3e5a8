"""What is inside a ZIP or an OLE file, without ever unpacking it: its kind, and what would make it dangerous.

OOXML: ECMA-376 part 2 (the package), MS-OFFMACRO2 (vbaProject.bin); ODF: OASIS ODF 1.3 part 2; OLE: MS-CFB.
"""

from __future__ import annotations

import io
import zipfile

MAX_ENTRIES = 20_000
MAX_RATIO = 200
MAX_UNPACKED = 2 * 1024**3
"""Beyond both, a ZIP is a bomb: documents are compressed ten times, tables of text fifty times."""

EXECUTABLE = frozenset(
    "exe dll com scr msi msp bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta jar apk app dmg pkg deb rpm run sh bash lnk reg inf cpl pif gadget chm xll xlam ppam dotm xlsm docm pptm "
    "xltm potm ppsm xlsb sldm php phtml phar asp aspx jsp cgi pl py rb swf class dex so dylib htm html xhtml shtml mht mhtml svgz".split()
)
"""Ends of names of what a machine or a browser would run."""
_IN_ZIP_ALLOWED = frozenset("htm html xhtml js py so".split())  # in an archive of a site, of data or of sources, these are only files
_OLE_KINDS = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"), ("VisioDocument", "vsd"))
_OLE_MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros", "VBA")
_OOXML = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"), ("visio/", "vsdx"))
_ODF = {
    "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods", "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg", "application/epub+zip": "epub",
}


class Dangerous(Exception):
    """Why a file may not be published (French, the end of a sentence)."""


def zip_kind(body: bytes) -> str:
    """The extension of a ZIP: docx, xlsx, odt, epub, kmz, zip… Raises Dangerous for macros, programs, bombs and what cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            mimetype = archive.read("mimetype") if any(entry.filename == "mimetype" and entry.file_size < 200 for entry in entries[:3]) else b""
            types = _types(archive, entries)
    except Dangerous:
        raise
    except Exception as error:  # noqa: BLE001 - untrusted bytes: zipfile raises anything
        raise Dangerous("l’archive est abîmée") from error
    if len(entries) > MAX_ENTRIES:
        raise Dangerous(f"l’archive contient plus de {MAX_ENTRIES} fichiers")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED and unpacked > MAX_RATIO * len(body):
        raise Dangerous("l’archive, une fois ouverte, serait démesurée")
    names = [entry.filename.replace("\\", "/") for entry in entries]
    if any(name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" for name in names):
        raise Dangerous("l’archive écrirait hors de son dossier")
    return _kind(names, mimetype.decode("ascii", "replace").strip(), types)


def _types(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bytes:
    entry = next((one for one in entries if one.filename == "[Content_Types].xml"), None)
    if entry is None:
        return b""
    if entry.file_size > 5_000_000:
        raise Dangerous("sa table des types est démesurée")
    return archive.read(entry)


def _kind(names: list[str], mimetype: str, types: bytes) -> str:
    low = [name.lower() for name in names]
    if types:
        if any("vbaproject" in name or "/activex/" in name or "/macrosheets/" in name for name in low) or b"macroEnabled" in types or b"vbaProject" in types:
            raise Dangerous("le document contient des macros")
        if any(name.endswith((".exe", ".dll", ".js", ".vbs")) or "/embeddings/oleobject" in name and name.endswith(".exe") for name in low):
            raise Dangerous("le document contient un programme")
        return next((kind for folder, kind in _OOXML if any(name.startswith(folder) for name in low)), "zip")
    if mimetype in _ODF:
        if any(name.startswith(("basic/", "scripts/")) and not name.endswith("/") for name in low):
            raise Dangerous("le document contient des macros")
        return _ODF[mimetype]
    if any(name in ("meta-inf/manifest.mf", "androidmanifest.xml", "classes.dex") for name in low):
        raise Dangerous("c’est un programme (Java ou Android)")
    bad = next((name for name in names if name.rpartition(".")[2].lower() in EXECUTABLE - _IN_ZIP_ALLOWED and "." in name), "")
    if bad:
        raise Dangerous(f"l’archive contient un programme ou un document à macros ({bad.rpartition('/')[2][:60]})")
    return "kmz" if any(name.endswith(".kml") for name in low) and len(names) < 500 else "zip"


def ole_kind(body: bytes) -> str:
    """The extension of an OLE file: doc, xls, ppt, vsd. Raises Dangerous for macros, installers, and what cannot be looked into."""
    def has(name: str) -> bool:
        return (name + "\0").encode("utf-16-le") in body  # a name of the directory ends with a zero (MS-CFB 2.6.1)

    if has("EncryptedPackage"):
        raise Dangerous("le document est chiffré\u00a0: on ne peut pas y chercher de macros")
    if any(has(name) for name in _OLE_MACROS):
        raise Dangerous("le document contient des macros")
    kind = next((kind for name, kind in _OLE_KINDS if has(name)), "")
    if not kind:
        raise Dangerous("ce n’est ni un document Word, ni Excel, ni PowerPoint (un programme d’installation, peut-être)")
    return kind
