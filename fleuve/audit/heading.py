"""The headings of a page, in order, with their levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from turbohtml import Element

    from fleuve.audit.html_page import HtmlPage

_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}


class Heading(NamedTuple):
    """A heading that assistive technologies get, and its level from 1."""

    element: Element
    level: int


def headings(page: HtmlPage) -> list[Heading]:
    """The headings of the page: h1 to h6 and role=heading, in document order, the hidden ones left out. Made once a page."""
    return page.remember("headings", _read)


def _read(page: HtmlPage) -> list[Heading]:
    hidden = page.hidden
    found = [Heading(element, _level(element)) for element in page.with_role("heading") if element not in hidden]
    return sorted(found, key=lambda heading: (heading.element.source_line or 0, heading.element.source_col or 0))


def _level(element: Element) -> int:
    """aria-level when it is a number, else that of the tag; 2 for a role=heading that says none (ARIA 1.2, « heading »)."""
    said = element.attr("aria-level")
    level = said.strip() if said else ""
    return int(level) if level.isdigit() and level != "0" else _LEVELS.get(element.tag, 2)
