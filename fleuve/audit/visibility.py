"""Which elements nobody sees, and which ones assistive technologies do not get, as far as the page alone tells.

HTML « rendering » (hidden, dialog, template, head…), CSS display and visibility from style attributes and from the page's own
<style> (turbohtml resolves the cascade; sheets in other files are never fetched), WAI-ARIA « hidden from all » and HTML `inert`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turbohtml import Element

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

# https://html.spec.whatwg.org/multipage/rendering.html#hidden-elements
_NEVER = ("head", "template", "datalist", "rp")
_NEVER_EMPTY = ("script", "style", "noembed", "noframes", "param", "title", "link", "meta", "base")  # they hold no element
_INVISIBLE = ("hidden", "collapse")


def unrendered_elements(page: HtmlPage) -> set[Element]:
    """Every element that is not shown."""
    found: set[Element] = set()
    for root in page.tagged(*_NEVER):
        _add(found, root)
    found.update(page.tagged(*_NEVER_EMPTY))
    for root in page.having("hidden"):
        if not _shown_by_style(page, root):
            _add(found, root)
    for field in page.tagged("input"):
        if (field.attr("type") or "").strip().lower() == "hidden":
            found.add(field)
    _add_closed(page, found)
    if page.having("style") or page.tagged("style"):
        _add_styled(page, found)
    return found


def inert_elements(page: HtmlPage) -> set[Element]:
    """Every element that is not shown, or is inert."""
    return _with_subtrees(page.unrendered, page.having("inert"))


def hidden_elements(page: HtmlPage) -> set[Element]:
    """Every element that is not in the accessibility tree because it, or something around it, is not shown, aria-hidden or inert."""
    return _with_subtrees(page.unreachable, [e for e in page.having("aria-hidden") if (e.attr("aria-hidden") or "").strip().lower() == "true"])


def _with_subtrees(found: set[Element], roots: list[Element]) -> set[Element]:
    if not roots:
        return found
    found = set(found)
    for root in roots:
        _add(found, root)
    return found


def _add(found: set[Element], root: Element) -> None:
    found.update(root.iter_elements(include_self=True))


def _add_closed(page: HtmlPage, found: set[Element]) -> None:
    """Closed dialogs. What closed details hold is checked as if shown: whoever reads the page opens them, without any script."""
    for dialog in page.tagged("dialog"):
        if dialog.attr("open") is None:
            _add(found, dialog)


def _shown_by_style(page: HtmlPage, element: Element) -> bool:
    """True when the page's own style shows an element in spite of its hidden attribute: `inline` is what an element without style has."""
    if not (element.attr("style") or page.sheets):
        return False
    return page.style(element).get("display") not in (None, "none", "inline")


def _add_styled(page: HtmlPage, found: set[Element]) -> None:
    for element in page.styled("display", "visibility", "content-visibility"):
        if element in found:
            continue
        style = page.style(element)
        if style.get("display") == "none":
            _add(found, element)
        elif style.get("visibility") in _INVISIBLE:
            found.add(element)
            found.update(inner for inner in element.iter_elements() if page.style(inner).get("visibility") in _INVISIBLE)


def is_off_screen(page: HtmlPage, element: Element) -> bool:
    """True when the element, or something around it, is moved at least 900 px up or left: nobody sees it."""
    for place in (element, *element.ancestors):
        if not isinstance(place, Element):
            break
        declared = page.styles.declared(place)
        moved = ["margin-left", "margin-top", "text-indent"]
        if "position" in declared and declared["position"].value in ("absolute", "fixed", "relative"):
            moved += ["top", "left"]
        if any((page.styles.length(declared[name].value, 16.0) or 0) <= -900 for name in moved if name in declared):
            return True
    return False
