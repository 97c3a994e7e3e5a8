"""What the head of a page must say, and must not do.

- ACT 2779a5 (title), WCAG 2.4.2: https://www.w3.org/WAI/standards-guidelines/act/rules/2779a5/
- ACT bc659a (refresh), WCAG 2.2.1: https://www.w3.org/WAI/standards-guidelines/act/rules/bc659a/
- ACT bisz58 (refresh, no exception), WCAG 2.2.4 and 3.2.5 (AAA): https://www.w3.org/WAI/standards-guidelines/act/rules/bisz58/
- ACT b4f0c3 (viewport), WCAG 1.4.4: https://www.w3.org/WAI/standards-guidelines/act/rules/b4f0c3/
"""

import re
from functools import lru_cache

from fleuve.audit.rule import ACT, Rule

# HTML, « shared declarative refresh steps »: digits, then anything made of digits and dots, then a separator or the end.
_REFRESH = re.compile(r"\s*(\d+|(?=\.))[\d.]*(?:\Z|[\s;,])")
_VIEWPORT = re.compile(r"([a-z-]+)\s*=\s*([^\s,;=]+)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
# Twenty hours: WCAG 2.2.1 excepts longer limits.
_TWENTY_HOURS = 72_000


class PageWithoutTitle(Rule):
    """A page without name in tabs, histories and search results."""

    id = "page-sans-titre"
    act_rule = "2779a5"
    criteria = ("2.4.2",)
    title = "Page sans titre"
    source = ACT + "2779a5/"

    def check(self, page):
        if not page.whole:
            return
        titles = page.tagged("title")
        if not titles or not titles[0].text.strip():
            yield self.finding(
                page, titles[0] if titles else page.root, "La page n’a pas de titre (<title>) : rien ne la nomme dans un onglet ou un historique.",
                "Écrivez dans <title> le sujet de la page, puis le nom du site.",
            )


class RefreshAfterDelay(Rule):
    """A page that goes away while it is read."""

    id = "page-qui-se-recharge"
    act_rule = "bc659a"
    criteria = ("2.2.1",)
    title = "Page qui se recharge ou change d’adresse toute seule"
    source = ACT + "bc659a/"

    def check(self, page):
        found = _refresh(page)
        if found and 0 < found[1] < _TWENTY_HOURS:
            yield self.finding(
                page, found[0], f"La page se recharge ou change d’adresse toute seule après {found[1]} s : on peut la perdre pendant qu’on la lit.",
                "Mettez un délai de 0 pour une redirection, ou retirez cette balise et proposez un lien.",
            )


class RefreshWithoutException(Rule):
    """The same, which AAA forbids whatever the delay."""

    id = "page-qui-se-recharge-aaa"
    act_rule = "bisz58"
    criteria = ("2.2.4", "3.2.5")
    title = "Page qui se recharge toute seule, quel que soit le délai"
    source = ACT + "bisz58/"

    def check(self, page):
        found = _refresh(page)
        if found and found[1] > 0:
            yield self.finding(
                page, found[0], f"La page se recharge ou change d’adresse toute seule après {found[1]} s.",
                "Mettez un délai de 0 pour une redirection, ou retirez cette balise et proposez un lien.",
            )


class ZoomForbidden(Rule):
    """A page that cannot be enlarged on a phone."""

    id = "agrandissement-interdit"
    act_rule = "b4f0c3"
    criteria = ("1.4.4",)
    title = "Agrandissement empêché sur téléphone"
    source = ACT + "b4f0c3/"

    def check(self, page):
        for meta in page.tagged("meta"):
            if (meta.attr("name") or "").lower() != "viewport":
                continue
            if setting := _forbidding(meta.attr("content") or ""):
                yield self.finding(
                    page, meta, f"« {setting} » empêche d’agrandir la page à 200 % sur un téléphone.", "Écrivez content=\"width=device-width, initial-scale=1\", sans plus.",
                )


def _refresh(page):
    """The first refresh that browsers obey, with its delay in seconds, or None."""
    for meta in page.having("http-equiv"):
        if meta.tag == "meta" and (meta.attr("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match(meta.attr("content") or "")
            if found:
                return meta, int((found.group(1) or "0")[:9])
    return None


def _number(value: str) -> float | None:
    found = _NUMBER.match(value)
    return float(found.group()) if found else None


@lru_cache(64)  # the same on all pages of a site
def _forbidding(viewport: str) -> str:
    """The setting of a viewport that forbids to enlarge, "" when there is none."""
    values = {name.lower(): value.lower() for name, value in _VIEWPORT.findall(viewport)}
    if _forbids_scaling(values.get("user-scalable", "yes")):
        return f"user-scalable={values['user-scalable']}"
    return f"maximum-scale={values['maximum-scale']}" if 0 <= _scale(values.get("maximum-scale", "10")) < 2 else ""


def _forbids_scaling(value: str) -> bool:
    """CSS Device Adaptation, https://www.w3.org/TR/css-device-adapt-1/#user-scalable: « no » and numbers between -1 and 1 forbid."""
    number = _number(value)
    return value == "no" or (number is not None and -1 < number < 1)


def _scale(value: str) -> float:
    """The greatest scale, by the same text: yes is 1, device-width is 10, unknown words are 0.1; negative numbers are ignored."""
    number = _number(value)
    if number is not None:
        return number
    return 1 if value == "yes" else 10 if value.startswith("device-") else 0.1
