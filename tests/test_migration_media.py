"""Files of legacy sites: real small files, made here; each is known by its bytes, made safe or refused with a reason."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from PIL import Image

from migration.media import LONGEST, Kept, Refused, keep

WHERE = "https://www.mern.gouv.exemple.quebec/images/Été%20à%20la%20pêche.JPG?v=3"


def picture(kind: str, size=(40, 30), **options) -> bytes:
    image = Image.new("RGB", size, (200, 30, 60))
    image.putpixel((0, 0), (0, 255, 0))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "Appareil de Marie"
    data.get_ifd(0x8825)[1] = "N"
    return data


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def stream(name: str) -> bytes:
    return (name + "\0").encode("utf-16-le").ljust(64, b"\0")


@pytest.mark.parametrize("kind, extension", [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif"), ("AVIF", "avif")])
def test_an_image_is_named_by_its_address_its_content_and_its_real_type(kind, extension):
    found = keep(picture(kind), "text/plain", WHERE)
    assert isinstance(found, Kept)
    stem, _, hashed = found.name.rpartition("-")
    assert stem == "ete-a-la-peche" and len(hashed.partition(".")[0]) == 8 and hashed.endswith(f".{extension}")
    assert (found.width, found.height) == (40, 30)
    assert keep(picture(kind), "", WHERE) == found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_metadata_goes_and_pixels_stay(kind):
    found = keep(picture(kind, exif=exif(), **({"lossless": True} if kind == "WEBP" else {})), "", WHERE)
    assert b"Marie" not in found.body and found.changes
    with Image.open(io.BytesIO(found.body)) as image:
        assert not image.getexif()
        image.load()
    if kind != "JPEG":
        assert image.convert("RGB").getpixel((0, 0)) == (0, 255, 0)


def test_an_image_is_turned_as_its_camera_says():
    found = keep(picture("JPEG", exif=exif(6)), "image/jpeg", WHERE)
    assert (found.width, found.height) == (30, 40) and b"Marie" not in found.body


def test_an_oversized_image_is_reduced():
    found = keep(picture("PNG", (LONGEST + 160, 100)), "image/png", WHERE)
    assert found.width == LONGEST and "réduite" in found.changes[0]


def test_an_image_of_too_many_pixels_is_refused():
    found = keep(picture("PNG", (9000, 9000)), "image/png", WHERE)
    assert isinstance(found, Refused) and found.code == "image-trop-grande"


def test_a_damaged_image_is_refused():
    assert keep(picture("JPEG")[:200], "", WHERE).code == "image-illisible"


@pytest.mark.parametrize("kind", ["BMP", "TIFF"])
def test_an_old_format_becomes_png(kind):
    found = keep(picture(kind), "", "https://x.exemple.quebec/carte.bmp")
    assert found.kind == "image/png" and found.name.startswith("carte-")


def test_a_drawing_loses_what_would_run():
    svg = b"""<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" onload="alert(1)"><script>alert(2)</script><title>Fleuve &amp; rive</title>
    <style>@import url(https://mechant.exemple/x.css);</style><a href="javascript:alert(3)"><rect width="10" height="10" fill="url(#g)" style="fill:red"/></a>
    <image href="https://mechant.exemple/pixel.png"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject><use href="#a"/></svg>"""
    found = keep(svg, "image/svg+xml", "https://x.exemple.quebec/logo.svg")
    assert isinstance(found, Kept) and found.changes
    text = found.body.decode()
    for danger in ("script", "alert", "onload", "mechant", "foreignObject", "javascript"):
        assert danger not in text
    assert "Fleuve &amp; rive" in text and 'viewBox="0 0 10 10"' in text and 'fill="url(#g)"' in text
    assert keep(gzip.compress(svg), "", "https://x.exemple.quebec/logo.svgz").body == found.body


@pytest.mark.parametrize("svg", [b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', b"<svg><g></svg>"])
def test_a_drawing_that_cannot_be_read_safely_is_refused(svg):
    assert keep(svg, "", "https://x.exemple.quebec/a.svg").code == "media-svg"


@pytest.mark.parametrize("body", [b"MZ\x90\x00" + bytes(60), b"\x7fELF" + bytes(60), b"#!/bin/sh\nrm -rf /\n", b"<?php system($_GET['c']); ?>"])
def test_a_program_under_the_name_of_a_pdf_is_refused(body):
    found = keep(body, "application/pdf", "https://x.exemple.quebec/rapport.pdf")
    assert found.code == "media-dangereux" and ".pdf" in found.reason


def test_a_page_under_the_name_of_a_pdf_is_refused():
    assert keep(b"\n<!DOCTYPE html><html><title>404</title>", "application/pdf", "https://x.exemple.quebec/a.pdf").code == "media-html"


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def test_documents_are_known_by_what_is_in_them():
    assert keep(zipped(WORD), "application/zip", "https://x.exemple.quebec/a.doc").name.endswith(".docx")
    assert keep(zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}), "", "https://x.exemple.quebec/a").name.endswith(".odt")
    assert keep(OLE + stream("WordDocument"), "", "https://x.exemple.quebec/a.doc").kind == "application/msword"
    assert keep(b"%PDF-1.4\n%%EOF", "", "https://x.exemple.quebec/telecharger?id=3").name.endswith(".pdf")
    assert keep("nom;âge\nÉve;3\n".encode("latin-1"), "", "https://x.exemple.quebec/a.csv").kind == "text/csv"


@pytest.mark.parametrize("body", [
    zipped({**WORD, "word/vbaProject.bin": b"x"}), zipped({**WORD, "[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}),
    zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/Module1.xml": b"x"}), OLE + stream("WordDocument") + stream("_VBA_PROJECT"),
    OLE + stream("EncryptedPackage"), OLE, zipped({"guide.txt": b"x", "installer.exe": b"x"}), zipped({"../../etc/passwd": b"x"}), zipped({"META-INF/MANIFEST.MF": b"x"}),
    b"{\\rtf1 {\\object\\objemb{\\*\\objdata 0105}}}", b"%PDF-1.4 << /S /Launch /F (cmd.exe) >>", b"PK\x03\x04 no zip",
], ids=["docm", "type", "odt", "ole", "chiffré", "msi", "exe", "chemin", "jar", "rtf", "pdf", "abîmé"])
def test_what_could_run_is_refused(body):
    assert keep(body, "", "https://x.exemple.quebec/a.bin").code == "media-dangereux"


def test_a_bomb_is_refused_without_being_unpacked(monkeypatch):
    from migration import archive_content

    monkeypatch.setattr(archive_content, "MAX_UNPACKED", 1_000_000)
    assert keep(zipped({"zeros.txt": bytes(5_000_000)}), "", "https://x.exemple.quebec/a.zip").code == "media-dangereux"


def test_sounds_and_videos_are_kept():
    for head, extension in ((b"ID3\x04", "mp3"), (b"\0\0\0\x20ftypisom", "mp4"), (b"OggS\0", "ogg"), (b"\x1aE\xdf\xa3", "webm")):
        assert keep(head + bytes(20) + b"x", "", "https://x.exemple.quebec/a").name.endswith(f".{extension}")


def test_the_empty_and_the_unknown_are_refused():
    assert keep(b"", "", WHERE).code == "media-vide"
    assert keep(b"\x01\x02\x03rien", "application/x-inconnu", "https://x.exemple.quebec/a.xyz").code == "media-inconnu"
    assert keep(b"alert(1)", "", "https://x.exemple.quebec/a.js").code == "media-dangereux"


def test_a_strange_address_gives_a_plain_name():
    name = keep(b"%PDF-1.4\n%%EOF", "", "https://[x/../../..%2f..%2fetc/passwd").name
    assert "/" not in name and ".." not in name
