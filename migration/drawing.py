"""SVG drawings: what they draw is kept, what would run or be loaded from elsewhere is not.

A drawing is read as XML, and written again with only the elements and attributes of SVG 2 that draw.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

import turbohtml
from turbohtml import Element, Text

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 200
_ELEMENTS = frozenset(
    "svg g defs desc title symbol use switch path rect circle ellipse line polyline polygon text tspan textPath image marker pattern clipPath mask linearGradient radialGradient stop style a "
    "filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR "
    "feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence".split()
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.I)
_REMOTE = re.compile(r"""@import|expression\s*\(|behavior\s*:|-moz-binding|url\(\s*["']?(?!\s*["']?#)(?!["']?data:image/(?:png|jpeg|gif|webp);)|javascript\s*:|\\[0-9a-f]""", re.I)
_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.I)


def cleaned(body: bytes) -> tuple[bytes, tuple[str, ...]] | None:
    """(the drawing, what was taken out of it in French), or None for what is no SVG that can be read."""
    if len(body) > MAX_BYTES:
        return None
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "<!ENTITY" in text.upper():
        return None
    try:
        root = turbohtml.parse_xml(_DOCTYPE.sub("", text)).root
    except Exception:  # noqa: BLE001 - untrusted text: not well-formed, or too deep
        return None
    if not isinstance(root, Element) or root.tag.rpartition(":")[2] != "svg":
        return None
    taken: dict[str, None] = {}
    lines = _written(root, taken, 0)
    return "".join(lines).encode(), tuple(taken)


def _written(element: Element, taken: dict[str, None], depth: int) -> list[str]:
    name = element.tag.rpartition(":")[2]
    prefix = element.tag.rpartition(":")[0]
    if name not in _ELEMENTS or prefix not in ("", "svg") or depth > MAX_DEPTH:
        if name in ("script", "foreignObject", "handler", "iframe", "object", "embed", "animate", "set", "animateTransform", "animateMotion"):
            taken[f"élément «\u00a0{name}\u00a0»"] = None
        return []
    attributes = _attributes(element, taken, name)
    if depth == 0:
        attributes = [one for one in attributes if not one.startswith(" xmlns")]
        attributes[:0] = [' xmlns="http://www.w3.org/2000/svg"', ' xmlns:xlink="http://www.w3.org/1999/xlink"']
    inner: list[str] = []
    for child in element.children:
        if type(child) is Element:
            inner += _written(child, taken, depth + 1)
        elif type(child) is Text or type(child).__name__ == "CData":
            data = child.data
            if name == "style" and _REMOTE.search(data):
                taken["styles qui chargent ou exécutent"] = None
                return []
            inner.append(escape(data))
    return [f"<{name}", *attributes, ">", *inner, f"</{name}>"] if inner else [f"<{name}", *attributes, "/>"]


def _attributes(element: Element, taken: dict[str, None], name: str) -> list[str]:
    out = []
    for key, value in element.attrs.items():
        value = " ".join(value) if isinstance(value, list) else value or ""
        low = key.lower()
        if low.startswith("on"):
            taken[f"gestionnaire «\u00a0{low}\u00a0»"] = None
        elif low in ("href", "xlink:href"):
            if value.startswith("#") or name == "image" and _DATA.fullmatch(value) or name == "a" and value.startswith(("https://", "http://")):
                out.append(f" {'xlink:href' if ':' in key else 'href'}={quoteattr(value)}")
            else:
                taken["adresse extérieure"] = None
        elif _REMOTE.search(value) and low != "d":
            taken["adresse extérieure"] = None
        elif re.fullmatch(r"[A-Za-z_][\w.-]*|xml:(?:space|lang)|xlink:title", key) and low != "xmlns":
            out.append(f" {key}={quoteattr(value)}")
    return out
