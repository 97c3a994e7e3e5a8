"""What can receive focus, and what Tab reaches, as far as a static page tells.

https://html.spec.whatwg.org/multipage/interaction.html#focusable-area and #sequential-focus-navigation
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turbohtml import Element, Namespace

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_DISABLEABLE = frozenset(("button", "input", "select", "textarea"))
_INTEGER = re.compile(r"\s*([+-]?\d+)")
# The tags that can be focused by themselves.
_CANDIDATES = ("a", "area", "button", "input", "select", "textarea", "iframe", "summary", "audio", "video")


def tabindex(element: Element) -> int | None:
    """The value of tabindex, None when absent or not a number (HTML « rules for parsing integers »: what follows the digits is ignored)."""
    value = element.attr("tabindex")
    found = _INTEGER.match(value) if value else None
    return int(found.group(1)[:9]) if found else None


def disabled(element: Element) -> bool:
    """True for a control that is disabled, itself or by a fieldset around it (but not in the fieldset's first legend)."""
    if element.tag not in _DISABLEABLE:
        return False
    if element.attr("disabled") is not None:
        return True
    inside: Element = element
    for ancestor in element.ancestors:
        if not isinstance(ancestor, Element):
            break
        if ancestor.tag == "fieldset" and ancestor.attr("disabled") is not None:
            legend = next((child for child in ancestor if isinstance(child, Element) and child.tag == "legend"), None)
            if inside is not legend:
                return True
        inside = ancestor
    return False


def focusable(page: HtmlPage, element: Element) -> bool:
    """True when the element can receive focus, by keyboard, mouse or script."""
    if not (natively_focusable(element) or tabindex(element) is not None or _editable(element)):
        return False
    return not disabled(element) and element not in page.unreachable


def tabbable(page: HtmlPage, element: Element) -> bool:
    """True when the Tab key reaches the element."""
    order = tabindex(element)
    return (order is None or order >= 0) and focusable(page, element)


def natively_focusable(element: Element) -> bool:
    """True for elements that can be focused without a tabindex."""
    tag = element.tag
    if tag in ("a", "area"):
        return element.attr("href") is not None or element.attr("xlink:href") is not None
    if tag in ("button", "select", "textarea", "iframe"):
        return True
    if tag == "input":
        return (element.attr("type") or "").strip().lower() != "hidden"
    if tag in ("audio", "video"):
        return element.attr("controls") is not None
    return tag == "summary" and is_summary(element)


def is_summary(element: Element) -> bool:
    """True for the first summary of its details: the one that opens it."""
    parent = element.parent
    if not isinstance(parent, Element) or parent.tag != "details":
        return False
    return next((child for child in parent if isinstance(child, Element) and child.tag == "summary"), None) is element


def _editable(element: Element) -> bool:
    return (element.attr("contenteditable") or "false").lower() in ("", "true", "plaintext-only") and element.attr("contenteditable") is not None


def focusable_inside(page: HtmlPage, root: Element, include_self: bool = True) -> Element | None:
    """The first element in `root` that the Tab key reaches, those that HTML makes focusable before those that an attribute does."""
    if root.namespace is Namespace.HTML or page.tagged("svg:a"):
        for element in root.iter_elements(_CANDIDATES, include_self=include_self):
            if tabbable(page, element):
                return element
    found = page.remember("tabbable by attribute", _by_attribute).get(root)
    return next((element for element in found or () if include_self or element is not root), None)


def _by_attribute(page: HtmlPage) -> dict[Element, list[Element]]:
    """The elements that an attribute makes tabbable, for each element around them."""
    found: dict[Element, list[Element]] = {}
    for element in dict.fromkeys((*page.having("tabindex"), *page.having("contenteditable"))):
        if tabbable(page, element):
            for around in (element, *element.ancestors):
                found.setdefault(around, []).append(element)
    return found
