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
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MODIFIED = re.compile(
    r"(?:derni[èe]res?\s+(?:mise|modification|r[ée]vision)s?|mise?s?\s+[àa]\s+jour|modifi[ée]e?s?|r[ée]vis[ée]e?s?|date\s+(?:de\s+)?modif\w*|actualis[ée]e?"
    r"|last\s+(?:updated|modified|revised|reviewed|update)|updated|modified|revised)\b[^\n.]*$", re.IGNORECASE)
_PUBLISHED = re.compile(r"\b(?:par|by|publi[ée]e?s?|mise?\s+en\s+ligne|diffus[ée]e?|[ée]mis|date\s+de\s+publication|posted|published|issued|date)\b[^\n.]*$", re.IGNORECASE)
FIRST = date(1990, 1, 1)
"""Before the Web, a date is that of what the page speaks of."""
NEAR = 45
"""Characters before a date in which words say what it is the date of."""


def first(text: str) -> str:
    """Return the first date of a text in ISO 8601, "" when it has none."""
    return next((found for match in _DATE.finditer(text) if (found := _iso(match))), "") if _YEAR.search(text) else ""


def labelled(text: str) -> tuple[str, str]:
    """Return the dates that a text says are those of its publication and of its last change, "" for what it does not say."""
    published = modified = ""
    for year in _YEAR.finditer(text):  # quick, where a date has many forms
        begun = max(0, year.start() - 24)
        match = _DATE.search(text, begun, year.end() + 6)
        if match is None:
            continue
        before = text[max(0, match.start() - NEAR) : match.start()]
        if not modified and _MODIFIED.search(before):
            modified = _iso(match)
        elif not published and _PUBLISHED.search(before):
            published = _iso(match)
    return published, modified


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
