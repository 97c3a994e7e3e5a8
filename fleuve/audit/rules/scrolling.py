"""What scrolls can be scrolled by keyboard.

ACT 0ssw9k, WCAG 2.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/0ssw9k/. Whether something scrolls depends on layout, which a static
page does not give: only blocks whose own style fixes their size, and whose text is surely too long for it, are told.
"""

from fleuve.audit.focus import focusable_inside
from fleuve.audit.rule import ACT, Rule

_SCROLLS = ("auto", "scroll")
_LETTER = 0.45
_LINE = 1.15
# An estimate must exceed the place by a quarter before it is taken for certain.
_SURELY = 1.25
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class ScrollableWithoutKeyboard(Rule):
    """A block that only a mouse scrolls."""

    id = "defilement-sans-clavier"
    act_rule = "0ssw9k"
    criteria = ("2.1.1",)
    title = "Zone qui défile sans clavier"
    source = ACT + "0ssw9k/"

    def check(self, page):
        for element in page.styled("overflow", "overflow-x", "overflow-y"):
            if element in page.unrendered or element.namespace.value != "html" or element.tag in ("html", "body", "textarea", "iframe", "select"):
                continue
            if self._scrolls(page, element) and focusable_inside(page, element) is None:
                yield self.finding(
                    page, element, "Cette zone défile, mais on ne peut pas y entrer au clavier pour la faire défiler.",
                    "Ajoutez tabindex=\"0\", role=\"region\" et un attribut aria-label qui dit ce qu’elle contient.",
                )

    @staticmethod
    def _scrolls(page, element) -> bool:
        styles, declared = page.styles, page.styles.declared(element)
        size = styles.font_size(element)
        along, down = (declared[name].value if name in declared else "visible" for name in ("overflow-x", "overflow-y"))
        if size is None or not (along in _SCROLLS or down in _SCROLLS):
            return False
        width, height = (styles.length(declared[name].value, size) if name in declared else None for name in ("width", "height"))
        if height is None and "max-height" in declared:
            height = styles.length(declared["max-height"].value, size)
        text = len(page.text(element)) * _LETTER * size
        if styles.value(element, "white-space") in ("nowrap", "pre"):
            images = sum(_width(styles, image, size) for image in element.iter_elements("img"))
            return along != "hidden" and width is not None and (text > _SURELY * width or images > 1.2 * width)
        # A heading takes at least two lines more than its text: it is bigger and has margins.
        lines = text / width + 2 * sum(1 for _ in element.iter_elements(_HEADINGS)) if width else 0
        return down != "hidden" and height is not None and width is not None and lines * _LINE * size > _SURELY * height


def _width(styles, image, size: float) -> float:
    declared = styles.declared(image).get("width")
    if declared is not None:
        return styles.length(declared.value, size) or 0.0
    value = (image.attr("width") or "").strip()
    return float(value[:6]) if value.isdecimal() and value.isascii() else 0.0
