"""What people read on a control is in its name, so that they can call it by voice.

ACT 2ee8b8, WCAG 2.5.3: https://www.w3.org/WAI/standards-guidelines/act/rules/2ee8b8/ (its « label in name algorithm »: words without case,
accents of compatibility, punctuation or what is between parentheses; the words of the label follow one another in the name).
"""

import re
import unicodedata

from fleuve.audit.aria import CONTENT_WIDGETS
from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.rule import ACT, Rule

_BRACKETS = re.compile(r"\([^()]*\)")
_ICON_FONT = re.compile(r"icon|symbol|awesome|glyph|dingbat", re.IGNORECASE)
# Class names by which style sheets hide text from those who see: what is in them is not a visible label.
_UNSEEN = re.compile(r"\b(?:visually-?hidden|sr-only|screen-?reader(?:-only|-text)?|invisible|hors-ecran|off-?screen)\b", re.IGNORECASE)


class LabelNotInName(Rule):
    """A name that does not hold the words that are seen."""

    id = "libelle-absent-du-nom"
    act_rule = "2ee8b8"
    criteria = ("2.5.3",)
    title = "Libellé visible absent du nom"
    source = ACT + "2ee8b8/"

    def check(self, page):
        named = dict.fromkeys([*page.having("aria-label"), *page.having("aria-labelledby")])
        for element in named:
            if page.role(element) not in CONTENT_WIDGETS or not page.exposed(element):
                continue
            label = page.text(element)
            words, name = _words(label), page.name(element)
            if not name or not words or _is_symbol(label) or _drawn(page, element) or _follow(words, _words(name)):
                continue
            yield self.finding(
                page, element, f"On lit « {label[:80]} », mais le nom donné aux aides techniques est « {name[:80]} » : une commande vocale ne le trouvera pas.",
                "Commencez l’attribut aria-label par le texte visible, ou retirez cet attribut.",
                certainty=TO_VERIFY if _unseen(element) else CERTAIN,
            )


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKD", _BRACKETS.sub(" ", text).casefold())
    return "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text if unicodedata.category(c) != "Mn").split()


def _follow(words: list[str], name: list[str]) -> bool:
    size = len(words)
    return any(name[start:start + size] == words for start in range(len(name) - size + 1))


def _is_symbol(label: str) -> bool:
    """True for one letter that stands for a drawing, such as X for « close »."""
    return len(label.strip()) == 1


def _drawn(page, element) -> bool:
    """True when the page says that the text is set in a font of icons, by its own style or a library's class."""
    if page.sheets or page.having("style"):
        return bool(_ICON_FONT.search(page.style(element).get("font-family") or ""))
    return any(_ICON_FONT.search(inner.attr("class") or "") for inner in element.iter_elements(include_self=True))


def _unseen(element) -> bool:
    return any(_UNSEEN.search(inner.attr("class") or "") for inner in element.iter_elements(include_self=True))
