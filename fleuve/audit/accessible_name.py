"""The accessible name of an element, as far as a static page tells.

https://www.w3.org/TR/accname-1.2/#computation-steps (the letters in comments are its steps) and, for what HTML and SVG add,
https://www.w3.org/TR/html-aam-1.0/#accessible-name-and-description-computation and https://www.w3.org/TR/svg-aam-1.0/#mapping_additional_nd.
Text made by style sheets (::before) is not known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from turbohtml import Element, Text

from fleuve.audit.aria import EMPTY, ROLES
from fleuve.audit.element_role import input_type

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

# Elements that flow in a line: no space between their text and what is around it.
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var "
    "tspan text wbr".split()
)
LABELABLE = frozenset(("button", "input", "meter", "output", "progress", "select", "textarea"))
_DEFAULT_VALUES = {"submit": "Submit", "reset": "Reset"}
_CAPTIONS = {"table": "caption", "fieldset": "legend", "figure": "figcaption"}
_MEDIA = frozenset(("img", "area"))
_PLACEHOLDERS = frozenset(("text", "search", "tel", "url", "email", "password", "number"))
# The attributes that may give an element another name than its text.
NAMING_ATTRIBUTES = ("aria-labelledby", "aria-label", "title", "role")
_FROM_TEXT = frozenset(("a", "button", "summary", "h1", "h2", "h3", "h4", "h5", "h6"))
_PLAIN = frozenset("abbr b br cite code div em i li mark p s samp small span strong sub sup time u ul var wbr".split())
_RUNNING = _PLAIN & _INLINE
_DEPTH = 60


def name_of(page: HtmlPage, element: Element) -> str:
    """The name, spaces collapsed, "" when there is none."""
    if element not in page.spoken_for:
        labels = page.labels.get(element)
        if labels:
            if all(label not in page.hidden and label not in page.spoken_for and _holds_text(page, label) for label in labels):
                if name := squeezed(" ".join(label.text for label in labels)):
                    return name
        elif element.tag in _FROM_TEXT:
            if _holds_text(page, element):
                return squeezed(element.text)
            parts: list[str] = []
            if _read_plain(page, element, parts):
                return " ".join("".join(parts).split())
    return _Computation(page).start(element)


def _holds_text(page: HtmlPage, element: Element) -> bool:
    """True when all that is inside flows in the line and says its text; a link without words says nothing, not even a space."""
    for inner in element.iter_elements():
        tag = inner.tag
        if tag not in _RUNNING and (tag != "a" or inner.text.isspace()) or inner in page.hidden or inner in page.spoken_for:
            return False
    return True


def _read_plain(page: HtmlPage, element: Element, parts: list[str]) -> bool:
    """Put in `parts` what the element says, when it holds but text, plain elements and hidden ones; False when it takes the whole computation."""
    for child in element:
        if type(child) is Text:
            parts.append(child.data)
        elif type(child) is Element and child not in page.hidden:
            tag = child.tag
            if tag not in _PLAIN or child in page.spoken_for:
                return False
            edge = "" if tag in _INLINE else " "
            parts.append(edge)
            if not _read_plain(page, child, parts):
                return False
            parts.append(edge)
    return True


@lru_cache(8192)  # most links of a page are those of every page
def squeezed(text: str) -> str:
    """A text, its spaces collapsed."""
    return " ".join(text.split())


class _Computation:
    """One computation: it follows each element once, so that references in a circle end."""

    def __init__(self, page: HtmlPage) -> None:
        self.page = page
        self.visited: set[Element] = set()

    def start(self, element: Element) -> str:
        return " ".join(self._of(element, root=True).split())

    def _of(
        self, element: Element, *, root: bool = False, referenced: bool = False, content: bool = False, revealed: bool = False, depth: int = 0,
    ) -> str:
        """Text alternative of one element: `referenced` by aria-labelledby, reached through `content`, inside a hidden element that was `revealed`."""
        if depth > _DEPTH or (element in self.visited and not root):
            return ""
        if not root and not referenced and not revealed and element in self.page.hidden:
            return ""  # A
        self.visited.add(element)
        if content and element.tag in _PLAIN and element not in self.page.spoken_for:
            return self._content(element, depth, revealed)  # nothing else can give it a name
        if not referenced:  # B
            name = self._labelledby(element, depth)
            if name:
                return name
        if content:  # C
            value = self._embedded_value(element)
            if value is not None:
                return value
        label = (element.attr("aria-label") or "").strip()  # D
        if label:
            return label
        role = self.page.role(element)
        native = "" if role == "none" else self._native(element, role, depth)  # E
        if native.strip():
            return native
        if content or referenced or ROLES.get(role, EMPTY).from_content or (element.tag == "summary"):  # F
            if not (content and element.tag in ("select", "textarea", "iframe", "object", "audio", "video", "datalist")):
                text = self._content(element, depth, revealed)
                if text.strip():
                    return text
        return "" if role == "none" else (element.attr("title") or "")  # I

    def _labelledby(self, element: Element, depth: int) -> str:
        value = element.attr("aria-labelledby")
        if not value:
            return ""
        targets = [target for identifier in value.split() if (target := self.page.by_id(identifier)) is not None]
        return " ".join(self._referenced(target, element, depth) for target in targets).strip()

    def _referenced(self, target: Element, origin: Element, depth: int) -> str:
        """An element that a label refers to: hidden or not, it speaks; each reference starts afresh, save for where it came from."""
        inner = _Computation(self.page)
        inner.visited = {origin} if target is not origin else set()
        return inner._of(target, referenced=True, revealed=target in self.page.hidden, depth=depth + 1)

    def _embedded_value(self, element: Element) -> str | None:
        """The value of a field inside a label: « Répéter [2] fois »."""
        tag = element.tag
        if tag == "input" and input_type(element) in ("text", "search", "tel", "url", "email", "number", "range") and element.attr("role") is None:
            return element.attr("value") or ""
        role = self.page.role(element)
        if role in ("slider", "spinbutton", "scrollbar", "meter", "progressbar"):
            return element.attr("aria-valuetext") or element.attr("aria-valuenow") or element.attr("value") or ""
        if tag == "textarea" or role in ("textbox", "searchbox"):
            return element.text
        if tag == "select":
            options = [option for option in element.iter_elements("option")]
            chosen = [option for option in options if option.attr("selected") is not None] or options[:1]
            return " ".join(option.text for option in chosen)
        return None

    def _native(self, element: Element, role: str, depth: int) -> str:
        tag = element.tag
        if tag in _MEDIA:
            return element.attr("alt") or ""
        if tag in LABELABLE:
            return self._control(element, tag, depth)
        if tag in ("svg", "g", "symbol", "use", "path", "circle", "rect", "text", "image") or (tag == "a" and element.namespace.value == "svg"):
            title = next((child for child in element if isinstance(child, Element) and child.tag == "title"), None)
            return title.text if title is not None else ""
        if tag in _CAPTIONS:
            caption = next((child for child in element if isinstance(child, Element) and child.tag == _CAPTIONS[tag]), None)
            return self._of(caption, content=True, depth=depth + 1) if caption is not None else ""
        if tag in ("optgroup", "track"):
            return element.attr("label") or ""
        return ""

    def _control(self, element: Element, tag: str, depth: int) -> str:
        kind = input_type(element) if tag == "input" else ""
        if kind == "image":
            return self._labels(element, depth) or element.attr("alt") or ""
        labels = self._labels(element, depth)
        if labels:
            return labels
        if kind in ("button", "submit", "reset"):
            return element.attr("value") or ("" if element.attr("title") else _DEFAULT_VALUES.get(kind, ""))
        if kind in _PLACEHOLDERS or tag == "textarea":
            return element.attr("title") or element.attr("placeholder") or ""
        return ""

    def _labels(self, element: Element, depth: int) -> str:
        return " ".join(self._referenced(label, element, depth) for label in self.page.labels.get(element, ())).strip()

    def _content(self, element: Element, depth: int, revealed: bool) -> str:
        parts: list[str] = []
        for child in element:
            if isinstance(child, Text):
                parts.append(child.data)
            elif isinstance(child, Element):
                text = self._of(child, content=True, revealed=revealed and child.tag not in ("script", "style", "template"), depth=depth + 1)
                parts.append(text if child.tag in _INLINE else f" {text} ")
        return "".join(parts)


def labels_of(page: HtmlPage) -> dict[Element, list[Element]]:
    """The labels of every control: by their `for`, or because they hold it. https://html.spec.whatwg.org/multipage/forms.html#labeled-control"""
    found: dict[Element, list[Element]] = {}
    for label in page.tagged("label"):
        target = label.attr("for")
        if target is not None:
            control = page.by_id(target)
        else:
            control = next((e for e in label.iter_elements() if e.tag in LABELABLE and (e.tag != "input" or input_type(e) != "hidden")), None)
        if control is not None and control.tag in LABELABLE:
            found.setdefault(control, []).append(label)
    return found
