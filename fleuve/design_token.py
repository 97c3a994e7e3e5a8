"""Design tokens: the custom properties of `:root` in the theme's style sheet, light and dark, and the contrast of its colours."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;}]+)")
_VAR = re.compile(r"var\(--([\w-]+)\)")
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LENGTH = re.compile(r"(-?[\d.]+)(rem|px|vw)")
_DARK = re.compile(r"prefers-color-scheme:\s*dark")

Tokens = dict[str, str]


def read(css: str) -> tuple[Tokens, Tokens]:
    """(light, dark): the value of each token in either palette, references to other tokens resolved. Dark holds all of them too."""
    light: Tokens = {}
    dark: Tokens = {}
    for head, body in _rules(_COMMENT.sub("", css)):
        if head == ":root":
            light.update(_tokens(body))
        elif head.startswith("@media") and _DARK.search(head):
            for inner, declarations in _rules(body):
                if inner == ":root":
                    dark.update(_tokens(declarations))
    return _resolved(light), _resolved({**light, **dark})


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """(prelude, body) of the rules at the top level of a piece of style sheet."""
    start = depth = 0
    head = ""
    for match in re.finditer(r"[{};]", css):
        if match[0] == "{":
            if depth == 0:
                head, start = css[start : match.start()].strip(), match.end()
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start : match.start()]
                start = match.end()
        elif depth == 0:
            start = match.end()


def _tokens(declarations: str) -> Tokens:
    return {name: value.strip() for name, value in _TOKEN.findall(declarations)}


def _resolved(tokens: Tokens) -> Tokens:
    return {name: _VAR.sub(lambda match: tokens.get(match[1], match[0]), value) for name, value in tokens.items()}


def rgb(value: str) -> tuple[int, int, int] | None:
    """Red, green and blue of « #fff » or « #0c1b20 »; None for what is not an opaque colour written so."""
    match = _HEX.fullmatch(value)
    if not match:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: str, other: str) -> float | None:
    """Contrast ratio of two colours, as WCAG 2.2 defines it; None when either is not an opaque colour."""
    first, second = rgb(one), rgb(other)
    if first is None or second is None:
        return None
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pixels(value: str, width: int) -> float | None:
    """A length in CSS pixels on a screen of that width, 16 pixels to the rem; None for what is not a length, a sum or a clamp()."""
    match = re.fullmatch(r"clamp\((.*)\)", value)
    lengths = [_sum(part, width) for part in (match[1] if match else value).split(",")]
    if None in lengths or len(lengths) not in (1, 3):
        return None
    return lengths[0] if len(lengths) == 1 else min(max(lengths[0], lengths[1]), lengths[2])


def _sum(text: str, width: int) -> float | None:
    terms = [_LENGTH.fullmatch(term.strip()) for term in text.split(" + ")]
    units = {"rem": 16, "px": 1, "vw": width / 100}
    return sum(float(term[1]) * units[term[2]] for term in terms) if all(terms) else None
