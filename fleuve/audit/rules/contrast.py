"""Text stands out from what is behind it, where the page itself gives both colours.

- ACT afw4f7, WCAG 1.4.3: https://www.w3.org/WAI/standards-guidelines/act/rules/afw4f7/
- ACT 09o5cg, WCAG 1.4.6: https://www.w3.org/WAI/standards-guidelines/act/rules/09o5cg/

« Certain » needs everything to be known: the colours and the size of the text come from the page's own style, behind it are plain colours or
gradients of opaque ones, nothing is positioned, shadowed, filtered or an image, and no style sheet in another file may change it.
"""

import re
import unicodedata

from turbohtml import Element, Text

from fleuve.audit.css_color import Color
from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.focus import disabled
from fleuve.audit.rule import ACT, Rule

_WIDGETS = frozenset(
    "button checkbox combobox gridcell link listbox menuitem menuitemcheckbox menuitemradio option progressbar radio scrollbar searchbox slider spinbutton "
    "switch tab textbox treeitem grid menu menubar radiogroup tablist tree treegrid".split()
)
_WHITE = Color(255, 255, 255)
_BLACK = Color(0, 0, 0)
_COLOR = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]{3,}\b")
_GRADIENT = re.compile(r"(?:repeating-)?(?:linear|radial|conic)-gradient\((.*)\)", re.DOTALL)
_NOT_COLORS = frozenset("repeat none fixed local scroll center top left right bottom cover contain auto space round border box padding content".split())
# Anything of these on the way up, and what is behind the text is no longer known.
_UNKNOWN = ("filter", "backdrop-filter", "mix-blend-mode", "clip-path", "mask", "transform", "float", "margin-top", "margin-left")
_OFFSETS = ("absolute", "fixed", "sticky", "relative")


class _Contrast(Rule):
    """What both rules share: their thresholds for usual and for large text."""

    usual = 0.0
    large = 0.0
    advice = ""

    def check(self, page):
        for element, ratio, size, is_large, sure in page.remember("contrasts", _measure):
            least = self.large if is_large else self.usual
            if ratio < least - 0.005:
                yield self.finding(
                    page, element, f"Le texte « {page.text(element)[:60]} » a un contraste de {_french(ratio)} avec son fond ; il en faut au moins {_french(least)}.",
                    self.advice, certainty=self.certainty if sure else TO_VERIFY,
                )


class LowContrast(_Contrast):
    """Text that many people cannot read."""

    id = "contraste-insuffisant"
    act_rule = "afw4f7"
    criteria = ("1.4.3",)
    certainty = CERTAIN
    title = "Contraste du texte insuffisant"
    source = ACT + "afw4f7/"
    usual = 4.5
    large = 3.0
    advice = "Foncez le texte ou éclaircissez le fond (ou l’inverse)."


class LessThanEnhancedContrast(_Contrast):
    """Text below the contrast of level AAA, which Fleuve keeps."""

    id = "contraste-aaa-insuffisant"
    act_rule = "09o5cg"
    criteria = ("1.4.6",)
    certainty = CERTAIN
    title = "Contraste du texte sous le niveau AAA"
    source = ACT + "09o5cg/"
    usual = 7.0
    large = 4.5
    advice = "Pour le niveau AAA, foncez le texte ou éclaircissez le fond (ou l’inverse)."


def _measure(page) -> list[tuple[Element, float, float, bool, bool]]:
    """Every element with text of its own whose colours the page gives: contrast, size, whether it is large text, whether all is known."""
    roots = page.styled("color", "background", "background-color", "background-image", "opacity")
    if not roots:
        return []
    sure = not any("stylesheet" in (link.attr("rel") or "").lower() for link in page.tagged("link"))
    measured = {}
    for root in roots:
        for element in root.iter_elements(include_self=True):
            if element not in measured and element not in page.unrendered and _has_words(element) and not _exempt(page, element):
                measured[element] = _contrast(page, element)
    return [(element, *found, sure) for element, found in measured.items() if found is not None]


def _contrast(page, element) -> tuple[float, float, bool] | None:
    styles = page.styles
    size = styles.font_size(element)
    declared = styles.value(element, "color")
    color = Color.parse(declared) if declared else _BLACK
    if size is None or color is None or styles.value(element, "text-shadow") not in ("", "none") or page.off_screen(element):
        return None
    backgrounds, opacity = _behind(page, element)
    if not backgrounds or color.alpha == 0:
        return None
    color = color.faded(opacity)
    ratio = max(color.over(background).contrast(background) for background in backgrounds)
    large = size >= 24 or (size >= 18.66 and styles.bold(element))
    # Text of the colour of what is behind is not seen by anybody: it is no presentation of text (assumption of the ACT rule).
    return None if ratio < 1.02 else (ratio, size, large)


def _behind(page, element) -> tuple[list[Color], float]:
    """The colours that may be behind the text, [] when they are not known, and the opacity of the text over them."""
    opacity, layers = 1.0, []
    for place in (element, *element.ancestors):
        if not isinstance(place, Element):
            break
        declared = page.styles.declared(place)
        if any(declared[name].value not in ("none", "normal", "0", "auto", "static") for name in _UNKNOWN if name in declared):
            return [], 1.0
        if "position" in declared and declared["position"].value in _OFFSETS:
            return [], 1.0
        colors = _painted(declared)
        if colors is None:
            return [], 1.0
        faded = _opacity(declared)
        if faded < 1 and (colors or layers):
            return [], 1.0  # a group that fades with its own background
        opacity *= faded
        if colors:
            if all(color.alpha == 1 for color in colors):
                return _stack(layers, colors), opacity
            if len(colors) > 1:
                return [], 1.0
            layers.append(colors[0])
    return _stack(layers, [_WHITE]), opacity


def _stack(layers: list[Color], colors: list[Color]) -> list[Color]:
    for layer in reversed(layers):
        colors = [layer.over(color) for color in colors]
    return colors


def _painted(declared) -> list[Color] | None:
    """The colours that an element paints behind its text: [] when none, None when they are not known."""
    image = declared["background-image"].value if "background-image" in declared else ""
    shorthand = declared["background"].value if "background" in declared else ""
    plain = declared["background-color"].value if "background-color" in declared else ""
    if "url(" in image + shorthand or "var(" in image + shorthand + plain or "image-set" in image + shorthand:
        return None
    gradient = _GRADIENT.search(image) or _GRADIENT.search(shorthand)
    if gradient:
        stops = _colors(gradient.group(1))
        return stops if stops and all(stop.alpha == 1 for stop in stops) else None
    if plain:
        color = Color.parse(plain)
        return None if color is None and plain not in ("initial", "unset", "inherit") else [color] if color and color.alpha else []
    colors = _colors(shorthand)
    return [color for color in colors[:1] if color.alpha]


def _colors(text: str) -> list[Color]:
    words = (word for word in _COLOR.findall(text) if word not in _NOT_COLORS)
    return [color for word in words if (color := Color.parse(word)) is not None]


def _opacity(declared) -> float:
    value = declared["opacity"].value if "opacity" in declared else "1"
    try:
        return min(max(float(value[:-1]) / 100 if value.endswith("%") else float(value), 0.0), 1.0)
    except ValueError:
        return 1.0


def _has_words(element) -> bool:
    """True when the element has text of its own, made of letters: signs alone are not a language."""
    return element.namespace.value == "html" and element.tag not in ("script", "style", "option", "textarea", "noscript") and any(
        isinstance(child, Text) and any(unicodedata.category(sign)[0] in "LN" for sign in child.data) for child in element
    )


def _exempt(page, element) -> bool:
    """True inside a control (the browser or another rule sees to it) and for the label of one that is disabled."""
    for place in (element, *element.ancestors):
        if not isinstance(place, Element):
            return False
        if page.role(place) in _WIDGETS or (page.role(place) == "group" and (place.attr("disabled") is not None or place.attr("aria-disabled") == "true")):
            return True
        if place in page.remember("disabled labels", _disabled_labels):
            return True
    return False


def _disabled_labels(page) -> set[Element]:
    found = {label for control, labels in page.labels.items() if disabled(control) or control.attr("aria-disabled") == "true" for label in labels}
    for control in page.having("aria-labelledby"):
        if disabled(control) or control.attr("aria-disabled") == "true":
            found.update(target for identifier in (control.attr("aria-labelledby") or "").split() if (target := page.by_id(identifier)) is not None)
    return found


def _french(number: float) -> str:
    """A ratio, rounded down: 4.49 must not read as 4.5."""
    return f"{int(number * 10) / 10:.1f}".replace(".", ",").removesuffix(",0")
