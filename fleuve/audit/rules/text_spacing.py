"""A style attribute never prevents people from spacing text as they need.

WCAG 1.4.12: https://www.w3.org/WAI/standards-guidelines/act/rules/24afc2/ (letters), https://www.w3.org/WAI/standards-guidelines/act/rules/9e45ec/
(words), https://www.w3.org/WAI/standards-guidelines/act/rules/78fd32/ (lines)
"""

from fleuve.audit.rule import ACT, Rule

_UNSET = ("inherit", "unset", "revert", "revert-layer")
# What a browser window is wide where the page does not say, and how wide a letter is beside its height: to tell whether a text surely wraps.
_WINDOW = 1280.0
_LETTER = 0.45


class _Spacing(Rule):
    """What the three rules share; each gives the property, its threshold in sizes of the text and the words of its message."""

    criteria = ("1.4.12",)
    property = ""
    least = 0.0
    what = ""

    def check(self, page):
        for element in page.having("style"):
            value = element.attr("style") or ""
            if self.property not in value.lower() or "important" not in value.lower():
                continue
            found = page.styles.declared(element).get(self.property)
            if found is None or not (found.important and found.inline) or found.value in _UNSET or element.namespace.value != "html":
                continue
            size = page.styles.font_size(element)
            if size is None or element in page.unrendered or not page.text(element) or page.off_screen(element) or not self._concerned(page, element, size):
                continue
            spacing = self._measured(page, found.value, size)
            if spacing is not None and spacing < self.least * size - 0.01:
                yield self.finding(
                    page, element, f"« {self.property}: {found.value} !important » empêche {self.what}.",
                    f"Retirez !important, ou mettez au moins {str(self.least).replace('.', ',')} fois la taille du texte ; mieux, mettez ce style dans la feuille de style.",
                )

    def _concerned(self, page, element, size: float) -> bool:
        return True

    def _measured(self, page, value: str, size: float) -> float | None:
        return 0.0 if value in ("normal", "initial") else page.styles.length(value, size, size)


class LetterSpacing(_Spacing):
    """Letters that cannot be moved apart."""

    id = "espacement-des-lettres-fige"
    act_rule = "24afc2"
    title = "Espacement des lettres imposé"
    source = ACT + "24afc2/"
    property = "letter-spacing"
    least = 0.12
    what = "d’espacer davantage les lettres"


class WordSpacing(_Spacing):
    """Words that cannot be moved apart."""

    id = "espacement-des-mots-fige"
    act_rule = "9e45ec"
    title = "Espacement des mots imposé"
    source = ACT + "9e45ec/"
    property = "word-spacing"
    least = 0.16
    what = "d’espacer davantage les mots"


class LineHeight(_Spacing):
    """Lines that cannot be moved apart."""

    id = "interligne-fige"
    act_rule = "78fd32"
    title = "Interligne imposé"
    source = ACT + "78fd32/"
    property = "line-height"
    least = 1.5
    what = "d’espacer davantage les lignes"

    def _concerned(self, page, element, size: float) -> bool:
        """Only text of several lines is concerned: that which is surely wider than its place."""
        if page.styles.value(element, "white-space") in ("nowrap", "pre"):
            return False
        width = _WINDOW
        for place in (element, *element.ancestors):
            declared = page.styles.declared(place) if hasattr(place, "tag") else {}
            known = [page.styles.length(declared[name].value, size) for name in ("width", "max-width") if name in declared]
            width = min([width, *(value for value in known if value)])
        return len(page.text(element)) * _LETTER * size > width

    def _measured(self, page, value: str, size: float) -> float | None:
        if value in ("normal", "initial"):
            return 1.2 * size
        try:
            return float(value) * size  # a number alone is a factor
        except ValueError:
            return page.styles.length(value, size, size)
