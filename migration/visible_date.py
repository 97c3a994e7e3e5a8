"""Dates as people write them, in French, in English and in figures."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    **dict(zip("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(), range(1, 13))),
    **dict(zip("janv févr mars avr mai juin juil août sept oct nov déc".split(), range(1, 13))), "fevrier": 2, "fevr": 2, "fév": 2, "aout": 8, "decembre": 12, "dec": 12,
    **dict(zip("january february march april may june july august september october november december".split(), range(1, 13))),
    **dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13))), "sept": 9,
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"(?P<y1>\d{{4}})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?!\d)"
    rf"|(?<!\d)(?P<d2>\d{{1,2}})(?:er|st|nd|rd|th)?\.?\s+(?:de\s+)?(?P<n2>{_NAMES})\.?,?\s+(?P<y2>\d{{4}})"
    rf"|(?P<n3>{_NAMES})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})"
    r"|(?<!\d)(?P<d4>\d{1,2})[-/.](?P<m4>\d{1,2})[-/.](?P<y4>\d{4})(?!\d)", re.IGNORECASE)
_MODIFIED = re.compile(
    r"(?:derni[èe]res?\s+(?:mise|modification|r[ée]vision)s?(?:\s+[àa]\s+jour)?|mise?s?\s+[àa]\s+jour|modifi[ée]e?s?|r[ée]vis[ée]e?s?|date\s+(?:de\s+)?modifi\w+|actualis[ée]e?"
    r"|last\s+(?:updated|modified|revised|reviewed|update)|updated|modified|date\s+modified|revised)\b[^\n]{0,30}?(?:le|du|on|:|\s)\s*", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:publi[ée]e?s?|mise?\s+en\s+ligne|diffus[ée]e?|[ée]mis|date\s+de\s+publication|posted|published|issued|date)\b[^\n]{0,20}?(?:le|du|on|:|\s)\s*", re.IGNORECASE)
FIRST = date(1990, 1, 1)
"""Before the Web, a date is that of what the page speaks of."""
NEAR = 40


def first(text: str) -> str:
    """Return the first date of a text in ISO 8601, "" when it has none."""
    return next((found for match in _DATE.finditer(text) if (found := _iso(match))), "")


def labelled(text: str) -> tuple[str, str]:
    """Return the dates that a text says are those of its publication and of its last change, "" for what it does not say."""
    return _after(_PUBLISHED, text), _after(_MODIFIED, text)


def _after(label: re.Pattern[str], text: str) -> str:
    for match in label.finditer(text):
        found = _DATE.search(text, match.end(), match.end() + NEAR)
        if found and found.start() - match.end() < 12 and (iso := _iso(found)):
            return iso
    return ""


def _iso(match: re.Match[str]) -> str:
    said = match.groupdict()
    year = next(said[name] for name in ("y1", "y2", "y3", "y4") if said[name])
    if said["n2"] or said["n3"]:
        month = _MONTHS[(said["n2"] or said["n3"]).lower()]
    else:
        month = int(said["m1"] or said["m4"])
    day = int(next(said[name] for name in ("d1", "d2", "d3", "d4") if said[name]))
    return valid(f"{year}-{month:02}-{day:02}")


def valid(said: str) -> str:
    """Return the day of an ISO date or instant, "" when there is no such day, or it cannot be that of a page."""
    try:
        day = date.fromisoformat(said[:10])
    except ValueError:
        return ""
    return day.isoformat() if FIRST <= day <= date(2100, 1, 1) else ""
