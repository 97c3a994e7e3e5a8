"""What the page's own style gives to each element: <style> sheets and style attributes, cascaded, with the shorthands that rules need.

https://www.w3.org/TR/css-cascade-4/#cascade-sort: importance, then the style attribute, then specificity, then order. Sheets in other files are
never fetched, @media and other at-rules are left out, and only what a rule of the checker asks for is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from turbohtml import Element
from turbohtml.cssom import StyleDeclaration

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_INHERITED = frozenset(
    "color font-size font-weight font-family line-height letter-spacing word-spacing text-shadow text-transform visibility white-space text-align".split()
)
_SPECIFIC = (re.compile(r"#[\w-]+"), re.compile(r"\.[\w-]+|\[[^\]]*\]|:(?!:)[\w-]+"), re.compile(r"(?:^|[\s>+~])[a-zA-Z][\w-]*"))
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|pt|pc|in|cm|mm|q|rem|em|ex|ch|%|vw|vh|lh)?\Z", re.IGNORECASE)
_PIXELS = {"px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6}
_SIZES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32, "xxx-large": 48}
# What browsers give by themselves: https://html.spec.whatwg.org/multipage/rendering.html#sections-and-headings
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 1 / 1.2, "big": 1.2, "sub": 1 / 1.2, "sup": 1 / 1.2}
_BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_MEDIUM = 16.0
_FONT_SIZE = re.compile(r"(?:^|\s)((?:\d+\.?\d*|\.\d+)(?:px|pt|pc|in|cm|mm|rem|em|ex|%)|(?:xx?-)?(?:small|large)|medium|smaller|larger)(?:/(\S+))?(?=\s)")


class Declared(NamedTuple):
    """A declaration that won: its value, whether it is important and whether the style attribute made it."""

    value: str
    important: bool
    inline: bool


class PageStyle:
    """The declarations that win on each element of a page."""

    def __init__(self, page: HtmlPage) -> None:
        self._page = page
        self._matched: dict[Element, list[tuple[tuple, StyleDeclaration]]] = {}
        self._won: dict[Element, dict[str, Declared]] = {}
        order = 0
        for sheet in page.sheets:
            for rule in sheet.rules:
                order += 1
                for selector in _parts(rule.selector_text):
                    key = (_specificity(selector), order)
                    for element in page.select(selector):
                        self._matched.setdefault(element, []).append((key, rule.style))

    def declared(self, element: Element) -> dict[str, Declared]:
        """Every property that the page gives to the element itself, by its longhand name."""
        won = self._won.get(element)
        if won is None:
            won = self._won[element] = self._cascade(element)
        return won

    def _cascade(self, element: Element) -> dict[str, Declared]:
        won: dict[str, Declared] = {}
        for _, style in sorted(self._matched.get(element, ()), key=lambda match: match[0]):
            _apply(won, style, inline=False)
        if value := element.attr("style"):
            _apply(won, StyleDeclaration.parse(value), inline=True)
        return won

    def value(self, element: Element, name: str) -> str:
        """The value of a property on the element, from the nearest element that declares it when it is inherited; "" when the page says nothing."""
        for place in (element, *element.ancestors):
            if not isinstance(place, Element):
                break
            found = self.declared(place).get(name)
            if found is not None and found.value not in ("inherit", "unset", "revert", ""):
                return found.value
            if name not in _INHERITED and (found is None or found.value != "inherit"):
                break
        return ""

    def font_size(self, element: Element) -> float | None:
        """The size of the element's text in pixels, None when it depends on something unknown."""
        chain = [element, *(place for place in element.ancestors if isinstance(place, Element))]
        size: float | None = _MEDIUM
        for place in reversed(chain):
            found = self.declared(place).get("font-size")
            if found is not None and found.value not in ("inherit", "unset"):
                size = _font_size(found.value, size)
            elif place.tag in _HEADINGS and size is not None:
                size *= _HEADINGS[place.tag]
            if size is None:
                return None
        return size

    def bold(self, element: Element) -> bool:
        """True when the element's text is bold (700 or more)."""
        for place in (element, *element.ancestors):
            if not isinstance(place, Element):
                break
            found = self.declared(place).get("font-weight")
            if found is not None and found.value not in ("inherit", "unset"):
                return found.value in ("bold", "bolder") or (found.value.isdecimal() and int(found.value[:4]) >= 700)
            if place.tag in _BOLD:
                return True
        return False

    def length(self, value: str, font_size: float, whole: float | None = None) -> float | None:
        """A CSS length in pixels, None when it is none or depends on something unknown; `whole` is what 100 % stands for."""
        found = _LENGTH.match(value.strip())
        if not found:
            return None
        number, unit = float(found.group(1)), (found.group(2) or "").lower()
        if unit in _PIXELS:
            return number * _PIXELS[unit]
        if unit in ("em", "rem"):
            return number * (font_size if unit == "em" else _MEDIUM)
        if unit == "%":
            return number * whole / 100 if whole is not None else None
        return 0.0 if not number else None


def _apply(won: dict[str, Declared], style: StyleDeclaration, *, inline: bool) -> None:
    for name in style:
        value, important = (style.get(name) or "").strip(), style.important(name)
        for longhand, part in _longhands(name.lower(), value):
            if important or not (longhand in won and won[longhand].important):
                won[longhand] = Declared(part.strip().lower() if longhand != "font-family" else part.strip(), important, inline)


def _longhands(name: str, value: str):
    yield name, value
    if name == "overflow":
        parts = value.split() or [""]
        yield "overflow-x", parts[0]
        yield "overflow-y", parts[-1]
    elif name == "font":
        found = _FONT_SIZE.search(value + " ")
        if found:
            yield "font-size", found.group(1)
            yield "line-height", found.group(2) or "normal"
            yield "font-weight", "bold" if re.search(r"\b(?:bold|[789]00)\b", value[: found.start(1)]) else "normal"


def _font_size(value: str, around: float | None) -> float | None:
    if value in _SIZES:
        return float(_SIZES[value])
    if value in ("initial",):
        return _MEDIUM
    found = _LENGTH.match(value)
    if not found:
        return around * (1.2 if value == "larger" else 1 / 1.2) if around and value in ("larger", "smaller") else None
    number, unit = float(found.group(1)), (found.group(2) or "").lower()
    if unit in _PIXELS:
        return number * _PIXELS[unit]
    if unit == "rem":
        return number * _MEDIUM
    if around is None:
        return None
    return number * around if unit == "em" else number * around / 100 if unit == "%" else None


def _parts(selectors: str) -> list[str]:
    """The selectors of a list, split at commas that are not inside parentheses or brackets."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(selectors):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            parts.append(selectors[start:place])
            start = place + 1
    return [part.strip() for part in (*parts, selectors[start:]) if part.strip()]


def _specificity(selector: str) -> tuple[int, int, int]:
    return tuple(len(pattern.findall(selector)) for pattern in _SPECIFIC)
