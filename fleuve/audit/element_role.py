"""The role of an element: its role attribute (WAI-ARIA 1.2), or what HTML gives it (HTML-AAM 1.0).

https://www.w3.org/TR/html-aam-1.0/#html-element-role-mappings and https://www.w3.org/TR/wai-aria-1.2/#conflict_resolution_presentation_none
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turbohtml import Element

    from fleuve.audit.html_page import HtmlPage

_IMPLICIT = {"img": "img", "button": "button", "main": "main", "nav": "navigation", "h1": "heading"}


def role_of(page: HtmlPage, element: Element) -> str:
    """The role that assistive technologies get, "" when there is none."""
    explicit = (element.attr("role") or "").split()
    if explicit:
        return explicit[0].lower()
    if element.tag == "img" and element.attr("alt") == "":
        return "presentation"
    if element.tag in ("a", "area"):
        return "link" if element.attr("href") is not None else ""
    return _IMPLICIT.get(element.tag, "")
