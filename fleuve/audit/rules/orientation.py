"""The page turns with the screen.

ACT b33eff, WCAG 1.3.4: https://www.w3.org/WAI/standards-guidelines/act/rules/b33eff/
"""

import math
import re

from turbohtml.cssom import StyleSheet

from fleuve.audit.rule import ACT, Rule

_MEDIA = re.compile(r"@media[^{]*\(\s*orientation\s*:\s*(portrait|landscape)\s*\)[^{]*\{", re.IGNORECASE)
_TURN = re.compile(r"(rotate3d|rotatez|rotate|matrix3d|matrix)\(([^)]*)\)")
_ANGLE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(deg|grad|rad|turn)?")
_DEGREES = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0, "": 1.0}
_OTHER = {"portrait": "landscape", "landscape": "portrait"}


class OrientationLocked(Rule):
    """A page that a style turns back when the screen is turned."""

    id = "orientation-imposee"
    act_rule = "b33eff"
    criteria = ("1.3.4",)
    title = "Orientation de l’écran imposée"
    source = ACT + "b33eff/"

    def check(self, page):
        for style in page.tagged("style"):
            text = style.text
            if "orientation" not in text.lower():
                continue
            turned = _turns(text)
            for orientation, turns in turned.items():
                for selector, angle in turns.items():
                    other = turned[_OTHER[orientation]].get(selector, _base(text, selector))
                    if round(abs(angle - other)) % 180 == 90 and any(element not in page.unrendered for element in page.select(selector)):
                        yield self.finding(
                            page, style, f"Un style tourne « {selector} » d’un quart de tour quand l’écran est en orientation « {orientation} » : la page reste couchée.",
                            "Retirez cette rotation : la page doit suivre l’écran.",
                        )


def _turns(text: str) -> dict[str, dict[str, float]]:
    """For each orientation, the angle in degrees that each selector is turned by."""
    found: dict[str, dict[str, float]] = {"portrait": {}, "landscape": {}}
    for media in _MEDIA.finditer(text):
        for rule in StyleSheet(_block(text, media.end())).rules:
            angle = _angle(rule.style)
            if angle is not None:
                found[media.group(1).lower()][rule.selector_text.strip()] = angle
    return found


def _base(text: str, selector: str) -> float:
    """The angle that the sheet gives the same selector whatever the orientation."""
    angles = [_angle(rule.style) for rule in StyleSheet(text).rules if rule.selector_text.strip() == selector]
    return next((angle for angle in reversed(angles) if angle is not None), 0.0)


def _block(text: str, start: int) -> str:
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return text[start:place]
    return text[start:]


def _angle(style) -> float | None:
    rotate = (style.get("rotate") or "").lower()
    found = _ANGLE.search(rotate.rpartition(" ")[2]) if rotate else None
    total = _degrees(found) if found else None
    for name, values in _TURN.findall((style.get("transform") or "").lower()):
        part = _part(name, [value.strip() for value in values.split(",")])
        total = total if part is None else (total or 0.0) + part
    return total


def _part(name: str, values: list[str]) -> float | None:
    try:
        if name.startswith("matrix"):
            return math.degrees(math.atan2(float(values[1]), float(values[0])))
        if name == "rotate3d":
            return _degrees(_ANGLE.match(values[3])) * float(values[2]) if float(values[2]) else None
        return _degrees(_ANGLE.match(values[-1])) if len(values) == 1 else None
    except (ValueError, IndexError, AttributeError):
        return None


def _degrees(found) -> float:
    return float(found.group(1)) * _DEGREES[found.group(2) or ""]
