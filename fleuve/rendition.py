"""Renditions: the smaller copies of an image that pages show, in the formats that browsers know, without what cameras write in files.

A pure function of the bytes of the image and of the recipe below. Their address holds the hash of both, so that browsers may keep them
for ever. What has been made is kept in the cache folder, one file an image, for all the sites and builds that share it.
"""

from __future__ import annotations

import io
import os
import time
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import orjson

from fleuve import image
from fleuve.image import Facts
from fleuve.problem import Problem

FOLDER = "medias"
"""Where they are published, relative to the base of the site."""

# 320: a phone's column, or a card; 640 and 960: the same at two and three pixels a point, and the column of text (42 rem = 672 points);
# 1440: that column at two pixels a point, with room. None is larger than the image.
WIDTHS = (320, 640, 960, 1440)
# The one of the format that every browser reads: for those of before 2020, and for whoever saves the image.
FALLBACK = 960
# Measured on a photograph of 1,600 × 1,067: AVIF at speed 8 is a quarter heavier than at speed 6 and takes a quarter of its time.
# Drawings have edges, which halved colours would blur: PNG keeps them whole (4:4:4). One thread, so that bytes never depend on the machine.
_AVIF = {"speed": 8, "max_threads": 1}
_SAVE = {
    "JPEG": {"avif": {"quality": 50, **_AVIF}, "webp": {"quality": 75, "method": 4}, "jpg": {"quality": 80, "progressive": True, "optimize": True}},
    "PNG": {"avif": {"quality": 60, "subsampling": "4:4:4", **_AVIF}, "webp": {"quality": 85, "method": 4}, "png": {"optimize": True}},
    "WEBP": {"avif": {"quality": 50, **_AVIF}, "webp": {"quality": 75, "method": 4}},
    "AVIF": {"avif": {"quality": 50, **_AVIF}, "webp": {"quality": 75, "method": 4}},
}
BETTER = ("avif", "webp")
_FORMATS = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG", "png": "PNG"}
_RECIPE = "1"
_KEPT_DAYS = 90


class Rendition(NamedTuple):
    """One file to make: its name, its format (the end of its name) and its size in pixels."""

    name: str
    suffix: str
    width: int
    height: int


@cache
def _recipe() -> str:
    """Everything but the image that decides the bytes."""
    from importlib.metadata import version

    return f"{_RECIPE} {WIDTHS} {FALLBACK} {_SAVE} pillow {version('pillow')}"


def key(facts: Facts) -> str:
    """The name that all renditions of an image begin with: a hash of its bytes and of the recipe."""
    return blake2b(f"{facts.hash} {_recipe()}".encode(), digest_size=10).hexdigest()


def _widths(facts: Facts) -> list[int]:
    """In ascending order; one that is nearly that of the image is left out."""
    top = min(facts.width, WIDTHS[-1])
    return [width for width in WIDTHS if width < .85 * top] + [top]


def _fallback(facts: Facts) -> tuple[str, int]:
    """Format and width of the one file for browsers that know neither of the better formats."""
    widths = _widths(facts)
    return list(_SAVE[facts.format])[-1], next((width for width in widths if width >= FALLBACK), widths[-1])


def renditions(facts: Facts) -> list[Rendition]:
    """What is made of an image."""
    if not facts.rendered:
        return []
    wanted = dict.fromkeys([(suffix, width) for suffix in BETTER for width in _widths(facts)] + [_fallback(facts)])
    name, ratio = key(facts), facts.height / facts.width
    return [Rendition(f"{name}-{width}.{suffix}", suffix, width, max(1, round(width * ratio))) for suffix, width in wanted]


def sources(facts: Facts, base: str) -> tuple[str, list[dict]]:
    """(address of the fallback, [{type, srcset}] of the better formats) of an image. base: that of the site."""
    suffix, width = _fallback(facts)
    name = f"{base}{FOLDER}/{key(facts)}"
    better = [{"type": f"image/{kind}", "srcset": ", ".join(f"{name}-{wide}.{kind} {wide}w" for wide in _widths(facts))} for kind in BETTER]
    return f"{name}-{width}.{suffix}", better


def make(content: str, path: str, facts: Facts, store: str) -> tuple[dict[str, bytes], list[Problem]]:
    """The files of an image, {name: bytes}, taken from the store or made and kept there; and what is wrong with it.

    content: the content folder. path: of the image in it. Never raises for what is in the file. Raises OSError when the store
    cannot be written.
    """
    kept = Path(store) / f"{key(facts)}.pack"
    files = _unpack(kept)
    if files is None:
        try:
            files = _render(os.path.join(content, path), facts)
        except image.TooLarge as error:
            return {}, [image.too_large(path, error)]
        except Exception:  # noqa: BLE001 - untrusted bytes: decoders raise anything
            return {}, [image.corrupt(path)]
        _pack(kept, files)
    return files, []


def _render(file: str, facts: Facts) -> dict[str, bytes]:
    from PIL import Image

    with image.open_bounded(file) as opened:
        picture = _upright(opened)
    files, sized = {}, {}
    for one in renditions(facts):
        if one.width not in sized:
            sized[one.width] = picture if one.width == picture.width else picture.resize((one.width, one.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        out = io.BytesIO()
        # A new image has nothing of what the camera wrote: no position, no name, no thumbnail.
        sized[one.width].save(out, _FORMATS[one.suffix], **_SAVE[facts.format][one.suffix])
        files[one.name] = out.getvalue()
    return files


def _upright(opened):
    """The pixels, turned as the camera says, in the colours of the Web (sRGB), with transparency only where there is some."""
    from PIL import Image, ImageOps

    opened.draft(opened.mode, (WIDTHS[-1] * 2, WIDTHS[-1] * 2))  # JPEG decodes to a half, a quarter or an eighth by itself
    opened.load()
    clear = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
    picture = ImageOps.exif_transpose(opened)
    profile = opened.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        picture = _in_srgb(picture, profile)
    picture = picture.convert("RGBA" if clear else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _in_srgb(picture, profile: bytes):
    """The picture with the colours of its own profile; one that is wrong is left out, as browsers do."""
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


# The store. One file an image: a line of JSON that says names and sizes, then the bytes of each.


def _unpack(kept: Path) -> dict[str, bytes] | None:
    """What the store has of an image, None for nothing. What is there is whole: see `_pack`."""
    try:
        with open(kept, "rb") as pack:
            sizes = orjson.loads(pack.readline())
            files = {name: pack.read(size) for name, size in sizes}
        os.utime(kept)
    except (FileNotFoundError, ValueError):
        return None
    return files if all(len(files[name]) == size for name, size in sizes) else None


def _pack(kept: Path, files: dict[str, bytes]) -> None:
    """Keep files, all or none: they are on the disk before they have their name, for nobody looks at them again."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    with open(draft, "wb") as pack:
        pack.write(orjson.dumps([(name, len(data)) for name, data in files.items()]) + b"\n")
        pack.writelines(files.values())
        pack.flush()
        os.fsync(pack.fileno())
    os.replace(draft, kept)


def forget(store: Path) -> int:
    """Remove from the store what no build has taken for a season; returns how many images. The clock decides nothing of what is published."""
    oldest, count = time.time() - _KEPT_DAYS * 86400, 0
    for kept in os.scandir(store) if store.is_dir() else ():
        if kept.stat().st_mtime < oldest:
            os.unlink(kept.path)
            count += 1
    return count
