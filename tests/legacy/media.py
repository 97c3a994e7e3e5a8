"""Files that old sites have beside their pages: a photo with its EXIF, a drawing, a PDF, and a program that nobody should take over."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image

from legacy.site import Site


@cache
def photo() -> bytes:
    """A JPEG with the camera’s name, the author’s, a place, and an orientation (6: turned by 90 degrees)."""
    image = Image.radial_gradient("L").resize((96, 64)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x013B] = "Exemple", 6, "Prénom Nom"
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 48.0, 50.0), 3: "W", 4: (71.0, 12.0, 30.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@cache
def drawing() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(out, "PNG")
    return out.getvalue()


@cache
def spacer() -> bytes:
    """The transparent pixel that layouts were spaced with."""
    out = io.BytesIO()
    Image.new("P", (1, 1)).save(out, "GIF", transparency=0)
    return out.getvalue()


def pdf() -> bytes:
    """A PDF of one page without text."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 4\n0000000000 65535 f \n%strailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


def program() -> bytes:
    """The header of a Windows program, and nothing that runs."""
    return b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(64)


def add(site: Site) -> None:
    """Put the files where the pages of a site have them."""
    site.file("/medias/photo.jpg", photo(), "image/jpeg")
    site.file("/medias/schema.png", drawing(), "image/png")
    site.file("/medias/logo.png", drawing(), "image/png")
    site.file("/medias/spacer.gif", spacer(), "image/gif")
    site.file("/medias/guide.pdf", pdf(), "application/pdf")
    site.file("/medias/installer.exe", program(), "application/octet-stream")
    site.file("/medias/style.css", b"body { font-family: Arial; } .bandeau { background: url(/medias/logo.png); }", "text/css")
