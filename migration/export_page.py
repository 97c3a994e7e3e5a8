"""An HTML page around a content that an export gives bare, so that it goes the way of all pages."""

from __future__ import annotations

from html import escape


def page(title: str, content: str, lang: str = "fr") -> bytes:
    """Return the bytes (UTF-8) of a page with `title` (plain text), `content` (HTML) in its main part and the language `lang` (« » for unknown)."""
    attribute = f' lang="{escape(lang)}"' if lang else ""
    name = escape(title, quote=False)
    return (
        f'<!DOCTYPE html>\n<html{attribute}>\n<head><meta charset="utf-8"><title>{name}</title></head>\n'
        f"<body><main>\n<h1>{name}</h1>\n{content}\n</main></body>\n</html>\n").encode("utf-8", "replace")


def described(**values: str) -> dict[str, str]:
    """Return the hints that are not empty, on one line each."""
    return {name: text for name, value in values.items() if (text := " ".join(value.split()))}
