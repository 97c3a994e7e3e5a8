"""One entry of a controlled list (`_vocabulaires/*.yml`: {id, fr, en…}): what it is called, and the part of an address that stands for it."""

from __future__ import annotations

from fleuve.slug import slugify


def title(entry: dict, lang: str) -> str:
    """The name of an entry in a language; in French, or its id, when it has none in that language."""
    return entry.get(lang) or entry.get("fr") or entry["id"]


def part(entry: dict, lang: str) -> str:
    """The part of an address: the id in French, else the name in the language."""
    return entry["id"] if lang == "fr" else slugify(title(entry, lang)) or entry["id"]
