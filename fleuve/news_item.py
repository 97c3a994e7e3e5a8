"""What the front matter of an item of news says of it, wherever it is asked: on its page, in lists, in feeds, to machines."""

from __future__ import annotations

from typing import Any


def published(meta: dict[str, Any]) -> str:
    """When an item is published, as written: its embargo, else its date; « » when it has neither."""
    return meta.get("embargo") or meta.get("date") or ""


def changes(meta: dict[str, Any]) -> list[str]:
    """When it changed in a way that matters to readers, as written: corrections, then major modifications."""
    corrected = [one["date"] for one in meta.get("corrections") or ()]
    return corrected + [one["date"] for one in meta.get("modifications") or () if one.get("portee") == "majeure"]


def main_picture(meta: dict[str, Any]) -> dict[str, Any] | None:
    """The first image of its `medias`, which lists and networks show, or None."""
    return next((one for one in meta.get("medias") or () if "image" in one), None)
