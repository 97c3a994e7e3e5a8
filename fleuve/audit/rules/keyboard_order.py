"""What changes the keyboard's path: positive tabindex, one access key for two elements.

WCAG 2.4.3 (A), failure F44 (when the order does not keep the meaning, which a person must see); HTML `accesskey`.
https://www.w3.org/WAI/WCAG22/Techniques/failures/F44
"""

from __future__ import annotations

import re

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import Rule

_POSITIVE = re.compile(r"\s*\+?0*[1-9]\d*")


class PositiveTabindex(Rule):
    """An element that is reached before all others, wherever it stands."""

    id = "tabindex-positif"
    criteria = ("2.4.3",)
    certainty = TO_VERIFY
    title = "Ordre de tabulation forcé"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/failures/F44"

    def check(self, page):
        for element in page.having("tabindex"):
            if _POSITIVE.match(element.attr("tabindex") or ""):
                yield self.finding(
                    page, element, f"tabindex=\"{(element.attr('tabindex') or '').strip()}\" fait passer cet élément avant tous ceux qui n’en ont pas.",
                    "Retirez tabindex et placez l’élément, dans le code, là où on doit l’atteindre.",
                )


class SharedAccessKey(Rule):
    """One key for two places."""

    id = "touche-en-double"
    criteria = ("2.1.1",)
    certainty = TO_VERIFY
    title = "Touche d’accès donnée à deux éléments"
    source = "https://html.spec.whatwg.org/multipage/interaction.html#the-accesskey-attribute"

    def check(self, page):
        keys = set()
        for element in page.having("accesskey"):
            for key in set((element.attr("accesskey") or "").lower().split()):
                if key in keys:
                    yield self.finding(page, element, f"La touche d’accès « {key} » est déjà celle d’un autre élément.", "Donnez-lui une autre touche, ou retirez accesskey.")
                keys.add(key)
