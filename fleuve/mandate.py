"""Mandates by month: who held which position on a day, told apart from who holds it now.

An old item of news says what the office of a minister was that day. It must not be made again because a minister changes office
today: what it reads is the month of the mandate, cut at the ends of that month, so that a mandate that goes on, ends or begins
in another month changes nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleuve.site_index import Card

# Months of a mandate without an end are counted up to this one; later days are read as if they were in it.
LAST_MONTH = "2100-12"

Held = tuple[str, str, str]
"""(id of the position, first day, last day), the days within one month."""


def office_title(office: Card, agreement: str | None) -> str:
    """The title of an office as its holder bears it: « Première ministre ». Takes the card of the office and `accord` of the person.

    Only titles in French agree: those of other languages are returned as they are.
    """
    return office.extra.get("feminin") or office.title if agreement == "feminin" and office.lang == "fr" else office.title


def month_of(day: str) -> str:
    """The month under which a day (AAAA-MM-JJ) is looked up."""
    return min(day[:7], LAST_MONTH)


def in_month(mandates: Iterable[dict], month: str) -> list[Held]:
    """What was held in a month, the first position first. mandates: {fonction, debut, fin} of the mandates of one person."""
    held = (_within(mandate, month) for mandate in mandates)
    return sorted({one for one in held if one[1] <= one[2]}, key=lambda one: (one[1], one[0]))


def keys(mandate: dict) -> dict[str, str]:
    """The keys under which a mandate is found (see site_index.keys_of), each with what a reader of that month sees of it."""
    return {f"mandats:{mandate['personne']}:{month}": repr(_within(mandate, month)) for month in _months(mandate)}


def _within(mandate: dict, month: str) -> Held:
    last = "9999-12-31" if month == LAST_MONTH else f"{month}-31"
    return mandate["fonction"], max(mandate["debut"][:10], f"{month}-01"), min((mandate.get("fin") or last)[:10], last)


def _months(mandate: dict) -> Iterator[str]:
    month, last = month_of(mandate["debut"]), month_of(mandate.get("fin") or LAST_MONTH)
    while month <= last:
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"
