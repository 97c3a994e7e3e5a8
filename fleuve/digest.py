"""Messages that a mailer can send: what a list of news had on its last day with news, and in its last week.

Which day and which week follow from the list alone, as it is published: nothing asks the clock. The HTML is that of the theme
(`site/courriel.html`); the text is written here, with lines of at most 72 signs (RFC 5322, 2.1.1, wants fewer than 78).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from fleuve.newsroom import RECENT, SLICE

WIDTH = 72
UNSUBSCRIBE = "__DESABONNEMENT__"
"""Stands for the address where one unsubscribes, which only the mailer knows; it is a valid relative address until then."""

MAX_SLICES = 4
"""Slices that a week of the busiest list is sought in: 121 items at least. The message says where the others are."""

DAY, WEEK = "jour", "semaine"


class Digest(NamedTuple):
    """One message. period: DAY or WEEK. start, end: days, both included. cards: the newest first."""

    period: str
    start: date
    end: date
    cards: list


def day_of(card: Any) -> date:
    """The day on which an item was published, in Québec."""
    return datetime.fromisoformat(card.extra["moment"]).date()


def find(index: Any, lang: str, facet: str, value: str) -> list[Digest]:
    """The message of the last day and that of the last week (ISO 8601: Monday to Sunday) with news; none for an empty list."""
    cards = index.news(lang, facet, value)
    if not cards:
        return []
    last = day_of(cards[0])
    monday = last - timedelta(days=last.weekday())
    if len(cards) == RECENT and day_of(cards[-1]) >= monday:
        cards = _since(index, lang, facet, value, monday)
    week = [card for card in cards if day_of(card) >= monday]
    return [Digest(DAY, last, last, [card for card in week if day_of(card) == last]), Digest(WEEK, monday, monday + timedelta(days=6), week)]


def _since(index: Any, lang: str, facet: str, value: str, first: date) -> list:
    """The items of a list from a day on, newest first."""
    number = (index.news_count(lang, facet, value) - 1) // SLICE
    found: list = []
    for slice_number in range(number, max(number - MAX_SLICES, -1), -1):
        found += reversed(index.news_slice(lang, facet, value, slice_number))
        if day_of(found[-1]) < first:
            break
    return found


def text(paragraphs: Iterable[str]) -> bytes:
    """A message in plain text: paragraphs folded at WIDTH, addresses left whole, a blank line between them. A line break stays one."""
    folded = ("\n".join(_fold(line) for line in paragraph.split("\n")) for paragraph in paragraphs)
    return ("\n\n".join(folded) + "\n").encode()


def _fold(line: str) -> str:
    # The spaces that French typography keeps together are no place to fold at: `textwrap` folds at ASCII blanks alone.
    return textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
