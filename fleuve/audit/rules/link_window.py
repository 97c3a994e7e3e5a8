"""Links that open a window without saying so.

WCAG 3.2.5 (AAA), technique H83; people who do not see that a window opened look for their « back » in vain.
https://www.w3.org/WAI/WCAG22/Techniques/html/H83
"""

from __future__ import annotations

import re

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import Rule

_SAME = ("", "_self", "_parent", "_top")
_SAID = re.compile(r"fenêtre|onglet|window|\btab\b|ventana|pestaña", re.IGNORECASE)


class UnannouncedWindow(Rule):
    """target=_blank that the link does not announce."""

    id = "lien-nouvelle-fenetre"
    criteria = ("3.2.5",)
    certainty = TO_VERIFY
    title = "Nouvelle fenêtre sans avertissement"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H83"

    def check(self, page):
        for link in page.having("target"):
            if link.tag not in ("a", "area") or link.attr("href") is None or (link.attr("target") or "").lower() in _SAME or not page.exposed(link):
                continue
            described = [page.by_id(each) for each in (link.attr("aria-describedby") or "").split()]
            said = " ".join([page.name(link), link.attr("title") or "", *(page.text(each) for each in described if each is not None)])
            if not _SAID.search(said):
                yield self.finding(
                    page, link, f"Le lien « {page.name(link)[:80]} » ouvre une nouvelle fenêtre sans le dire.",
                    "Retirez target, ou ajoutez au texte du lien « (nouvelle fenêtre) ».",
                )
