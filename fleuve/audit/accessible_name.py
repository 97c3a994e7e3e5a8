"""The accessible name of an element, as far as a static page tells (accname-1.2 and HTML-AAM 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turbohtml import Element

    from fleuve.audit.html_page import HtmlPage


def name_of(page: HtmlPage, element: Element) -> str:
    """The name, spaces collapsed."""
    for identifier in (element.attr("aria-labelledby") or "").split():
        if target := page.by_id(identifier):
            return " ".join(target.text.split())
    for attribute in ("aria-label", "alt", "title"):
        if value := " ".join((element.attr(attribute) or "").split()):
            return value
    return " ".join(element.text.split())
