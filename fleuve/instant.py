"""Dates of the content and the instant of the build, in the time of Québec.

Editors write `2026-05-04` or `2026-05-04 09:30` and mean the clock on their wall. Comparisons are made on epoch
seconds, so that a period is a plain pair of integers.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Montreal")

_DATE = r"([1-2][0-9]{3})-([0-9]{2})-([0-9]{2})"
_CLOCK = r"(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?(Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?)?"
_INSTANT = re.compile(_DATE + _CLOCK)
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre")
_IN_WORDS = re.compile(r"(?:le )?([0-9]{1,2})(?:er)? ([a-zéû]+) ([0-9]{4})", re.IGNORECASE)
_LOOSE = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")

EXAMPLE = "2026-05-04 ou 2026-05-04 09:30"


def days_in(year: int, month: int) -> int:
    """Return the number of days of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _suggestion(text: str) -> str:
    """Return the date that the author probably meant, in the right form, or ""."""
    if found := _IN_WORDS.fullmatch(text):
        month = found[2].lower()
        parts = (int(found[3]), _MONTHS.index(month) + 1, int(found[1])) if month in _MONTHS else None
    elif found := _LOOSE.fullmatch(text):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _DAY_FIRST.fullmatch(text):
        parts = (int(found[3]), int(found[2]), int(found[1]))
    else:
        return ""
    try:
        return date(*parts).isoformat() if parts else ""
    except ValueError:
        return ""


def _shape_message(text: str) -> str:
    meant = _suggestion(text.strip())
    if meant:
        return f"« {text} » n’est pas une date que le site sait lire ; écrivez {meant}"
    return f"« {text} » n’est pas une date ; écrivez-la comme {EXAMPLE}"


def _calendar_message(text: str, year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return f"« {text} » : il n’y a pas de mois {month:02d} ; l’ordre est année-mois-jour"
    if day == 0:
        return f"« {text} » : le jour 00 n’existe pas"
    name = _MONTHS[month - 1]
    return f"« {text} » n’existe pas : {name} {year} compte {days_in(year, month)} jours"


def _read(text: str) -> tuple[datetime, bool]:
    """Return the aware datetime that `text` says and whether it named a time of day; raise ValueError in French."""
    found = _INSTANT.fullmatch(text)
    if not found:
        raise ValueError(_shape_message(text))
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= days_in(year, month)):
        raise ValueError(_calendar_message(text, year, month, day))
    if found[4] is None:
        return datetime(year, month, day, tzinfo=ZONE), False
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"« {text} » : l’heure doit être entre 00:00 et 23:59")
    if found[7] is None:
        return datetime(year, month, day, hour, minute, second, tzinfo=ZONE), True
    return datetime.fromisoformat(f"{text[:10]}T{hour:02d}:{minute:02d}:{second:02d}{found[7]}"), True


@lru_cache(maxsize=65536)
def to_epoch(text: str, end_of_day: bool = False) -> int:
    """Return the epoch seconds of a date or instant written in a document.

    A date alone is that day's midnight in America/Montreal; with `end_of_day`, the midnight that ends it, so that
    « jusqu’au 4 mai » includes the 4th. A time that the spring change skips is read as if winter time went on
    (02:30 becomes 03:30); one that the autumn change repeats is the first of the two. An offset, if written, wins.
    Raises ValueError, with a French message, when `text` is not such a date or the day does not exist.
    """
    moment, has_clock = _read(text)
    if end_of_day and not has_clock:
        moment += timedelta(days=1)
    return int(moment.timestamp())


def moment(text: str) -> datetime:
    """Return a date or instant of a document as an aware datetime, in Québec. Raises ValueError, with a French message, when `text` is not one."""
    return datetime.fromtimestamp(to_epoch(text), ZONE)


def to_iso(text: str) -> str:
    """Return the same as ISO 8601 with the offset of Québec that day: « 2026-05-04T09:30:00-04:00 »."""
    return moment(text).isoformat()


def is_instant(text: object) -> bool:
    """Tell whether `text` is a date or an instant of the real calendar."""
    try:
        to_epoch(text)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return False
    return True


def span(start: str | None, end: str | None) -> tuple[int | None, int | None]:
    """Return a period as epoch seconds [start, end[, None where it is open; an end date includes its whole day."""
    return (to_epoch(start) if start else None, to_epoch(end, True) if end else None)


def within(period: tuple[int | None, int | None], now: float) -> bool:
    """Tell whether `now` (epoch seconds) falls in a period returned by `span`."""
    start, end = period
    return (start is None or start <= now) and (end is None or now < end)


def parse_now(text: str | None) -> datetime:
    """Return the instant of the build as an aware datetime of America/Montreal.

    `text` is ISO 8601 (`2026-05-04`, `2026-05-04T09:30`, with or without an offset); None means the present.
    Raises ValueError with a French message when it is not.
    """
    if text is None:
        return datetime.now(ZONE).replace(microsecond=0)
    try:
        return _read(text.strip())[0].astimezone(ZONE)
    except ValueError as error:
        raise ValueError(f"--now : {error}") from None
