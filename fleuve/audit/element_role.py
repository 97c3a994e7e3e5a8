"""The role of an element: its role attribute (WAI-ARIA 1.2), or what HTML gives it (HTML-AAM 1.0).

https://www.w3.org/TR/html-aam-1.0/#html-element-role-mappings and https://www.w3.org/TR/wai-aria-1.2/#conflict_resolution_presentation_none
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turbohtml import Element, Namespace

from fleuve.audit.aria import DEPRECATED_GLOBAL, GLOBAL, explicit_role
from fleuve.audit.focus import focusable

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_IMPLICIT = {
    "address": "group", "article": "article", "blockquote": "blockquote", "button": "button", "caption": "caption", "code": "code",
    "datalist": "listbox", "del": "deletion", "details": "group", "dfn": "term", "dialog": "dialog", "em": "emphasis", "fieldset": "group",
    "figure": "figure", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading", "hgroup": "group",
    "hr": "separator", "html": "document", "ins": "insertion", "main": "main", "math": "math", "menu": "list", "meter": "meter", "nav": "navigation",
    "ol": "list", "optgroup": "group", "option": "option", "output": "status", "p": "paragraph", "progress": "progressbar", "s": "deletion",
    "search": "search", "strong": "strong", "sub": "subscript", "sup": "superscript", "table": "table", "tbody": "rowgroup", "textarea": "textbox",
    "tfoot": "rowgroup", "thead": "rowgroup", "time": "time", "tr": "row", "ul": "list", "mark": "mark",
}
_INPUTS = {
    "button": "button", "submit": "button", "reset": "button", "image": "button", "checkbox": "checkbox", "radio": "radio", "range": "slider",
    "number": "spinbutton", "search": "searchbox", "email": "textbox", "tel": "textbox", "text": "textbox", "url": "textbox",
}
# Input types that HTML knows and HTML-AAM gives no role; any other value of `type` is `text`.
_NO_ROLE_INPUTS = frozenset(("color", "date", "datetime-local", "file", "hidden", "month", "password", "time", "week"))
_SECTIONING = frozenset(("article", "aside", "main", "nav", "section"))
_NAMES = ("aria-label", "aria-labelledby", "title")
# The attributes for which an element is exposed whatever its role.
EXPOSING = (GLOBAL | DEPRECATED_GLOBAL) - {"aria-hidden"}


def input_type(element: Element) -> str:
    """The type of an input as browsers understand it: unknown types are `text`."""
    kind = (element.attr("type") or "text").strip().lower()
    return kind if kind in _INPUTS or kind in _NO_ROLE_INPUTS else "text"


def role_of(page: HtmlPage, element: Element) -> str:
    """The semantic role, "" when there is none (or it is generic)."""
    value = element.attr("role")
    explicit = explicit_role(value) if value else ""
    if explicit == "none":
        return implicit_role(page, element) if conflicting(page, element) else "none"
    if explicit:
        return explicit
    implicit = implicit_role(page, element)
    if implicit == "img" and element.tag == "img" and element.attr("alt") == "" and not conflicting(page, element):
        return "none"
    return implicit


def conflicting(page: HtmlPage, element: Element) -> bool:
    """True when an element marked as decorative is exposed all the same: it can be focused, or has a global ARIA attribute."""
    return not EXPOSING.isdisjoint(element.attrs) or focusable(page, element)


def implicit_role(page: HtmlPage, element: Element) -> str:
    """The role that HTML or SVG gives the element by itself, "" for generic elements."""
    tag = element.tag
    if element.namespace is not Namespace.HTML:
        return _foreign_role(element, tag)
    if tag in ("a", "area"):
        return "link" if element.attr("href") is not None else ""
    role = _IMPLICIT.get(tag)
    if role:
        return role
    special = _SPECIAL.get(tag)
    return special(page, element) if special else ""


def _foreign_role(element: Element, tag: str) -> str:
    if tag == "svg":
        return "graphics-document"
    if tag == "a":
        return "link" if element.attr("href") is not None or element.attr("xlink:href") is not None else ""
    return {"math": "math", "image": "img"}.get(tag, "")


def _input(page: HtmlPage, element: Element) -> str:
    kind = input_type(element)
    if element.attr("list") is not None and kind in ("text", "search", "tel", "url", "email"):
        return "combobox"
    return _INPUTS.get(kind, "")


def _select(page: HtmlPage, element: Element) -> str:
    size = (element.attr("size") or "").strip()
    return "listbox" if element.attr("multiple") is not None or (size.isdecimal() and int(size[:9]) > 1) else "combobox"


def _landmark(role: str):
    def of(page: HtmlPage, element: Element) -> str:
        return "" if any(isinstance(a, Element) and (a.tag in _SECTIONING) for a in element.ancestors) else role
    return of


def _named(role: str):
    def of(page: HtmlPage, element: Element) -> str:
        return role if any((element.attr(name) or "").strip() for name in _NAMES) else ""
    return of


def _aside(page: HtmlPage, element: Element) -> str:
    if any(isinstance(a, Element) and a.tag in ("article", "aside", "nav", "section") for a in element.ancestors):
        return _named("complementary")(page, element)
    return "complementary"


def _list_item(page: HtmlPage, element: Element) -> str:
    parent = element.parent
    return "listitem" if isinstance(parent, Element) and parent.tag in ("ul", "ol", "menu") else ""


def _table_role(element: Element) -> str:
    for ancestor in element.ancestors:
        if isinstance(ancestor, Element) and ancestor.tag == "table":
            return explicit_role(ancestor.attr("role"))
    return ""


def _cell(page: HtmlPage, element: Element) -> str:
    return "gridcell" if "table" in page.said_tags and _table_role(element) in ("grid", "treegrid") else "cell"


def _header_cell(page: HtmlPage, element: Element) -> str:
    scope = (element.attr("scope") or "").lower()
    if scope in ("row", "rowgroup"):
        return "rowheader"
    if scope in ("col", "colgroup"):
        return "columnheader"
    # HTML 4.9.12 « auto »: a header of its row when the row also has data cells and the cell is not in the table head.
    row = element.parent
    if isinstance(row, Element) and next(row.iter_elements("td"), None) is not None:
        return "rowheader"
    return "columnheader"


def _image(page: HtmlPage, element: Element) -> str:
    return "img"


_SPECIAL = {
    "input": _input, "select": _select, "header": _landmark("banner"), "footer": _landmark("contentinfo"), "section": _named("region"),
    "form": _named("form"), "aside": _aside, "li": _list_item, "td": _cell, "th": _header_cell, "img": _image,
}

# The tags that may have a role without saying so: where to look for it.
TAGS: dict[str, list[str]] = {}
for _tag, _role in [
    *_IMPLICIT.items(), ("a", "link"), ("area", "link"), ("svg:a", "link"), ("img", "img"), ("svg:image", "img"), ("svg:svg", "graphics-document"),
    *(("input", role) for role in sorted({*_INPUTS.values(), "combobox"})), ("select", "combobox"), ("select", "listbox"), ("header", "banner"),
    ("footer", "contentinfo"), ("section", "region"), ("form", "form"), ("aside", "complementary"), ("li", "listitem"), ("td", "cell"), ("td", "gridcell"),
    ("th", "columnheader"), ("th", "rowheader"),
]:
    TAGS.setdefault(_role, []).append(_tag)


def _condition(tag: str, role: str) -> str | None:
    """What makes every element of this tag, without role attribute, have this role: "" for nothing more, or an attribute; None when it depends."""
    if _IMPLICIT.get(tag) == role:
        return ""
    return "href" if tag in ("a", "area") else None


# The same tags, each with what it takes.
PLAYERS = {role: [(tag, _condition(tag, role)) for tag in tags] for role, tags in TAGS.items()}
