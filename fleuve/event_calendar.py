"""Calendars of events and live broadcasts (iCalendar, RFC 5545), written by the library `icalendar`: folding, escaping, types.

Instants are written in UTC (3.3.5, form 2): every event happens once, so no VTIMEZONE is needed, and a calendar of any country shows its
own hour. A date without an hour is a whole day. There is no METHOD: DTSTAMP is then when the event last changed (3.8.7.2), and nothing
asks the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from fleuve.feed import plain
from fleuve.instant import to_epoch

MEDIA_TYPE = "text/calendar"
ANNOUNCING = {"avis-aux-medias": "evenement", "direct": ""}
"""Types of which the items announce an event, each with the key that holds it, « » when it is the item itself."""

# How often an agenda that is subscribed asks again: a press briefing may be moved on the very day.
_EVERY = timedelta(hours=1)


class Event(NamedTuple):
    """One event. uid: the same for ever. url: absolute. start, end: as in a front matter. changed: when it last changed. sequence: how
    many times it did."""

    uid: str
    url: str
    title: str
    summary: str
    start: str
    end: str = ""
    place: str = ""
    link: str = ""
    categories: tuple[str, ...] = ()
    lang: str = "fr"
    changed: datetime = datetime(2000, 1, 1, tzinfo=timezone.utc)
    sequence: int = 0
    cancelled: bool = False
    free: bool = False


def announces(kind: str) -> bool:
    """Whether the items of a type are invitations to something that begins at an hour."""
    return kind in ANNOUNCING


def event_of(kind: str, known: dict, **more) -> Event | None:
    """The event that an item of news announces, or None.

    kind: its type. known: its front matter, or the `extra` of its card. more: the other fields of Event.
    """
    what = known.get(ANNOUNCING[kind]) if ANNOUNCING.get(kind) else known
    if kind not in ANNOUNCING or not what or not what.get("debut"):
        return None
    place = ", ".join(plain(part) for part in (what.get("lieu"), what.get("adresse")) if part)
    return Event(start=str(what["debut"]), end=str(what.get("fin") or ""), place=place, link=what.get("lien") or "", **more)


def write(events: Iterable[Event], product: str, title: str = "", address: str = "", lang: str = "") -> bytes:
    """A calendar of these events. product: who makes it. title, address, lang: of a calendar that is subscribed to, not of one event."""
    # It takes a tenth of a second to load, and most builds write no calendar.
    from icalendar import Calendar, vText

    calendar = Calendar()
    calendar.add("prodid", f"-//{plain(product)}//Fleuve//{(lang or 'fr').upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if title:
        # X-WR-CALNAME is no standard, but what agendas show; the other three are those of RFC 7986, 5.
        calendar.add("x-wr-calname", vText(plain(title)))
        calendar.add("name", vText(plain(title)), {"language": lang})
        calendar.add("source", address, {"value": "URI"})
        calendar.add("refresh-interval", _EVERY, {"value": "DURATION"})
    for event in sorted(events, key=lambda event: (to_epoch(event.start), event.uid)):
        calendar.add_component(_component(event))
    return calendar.to_ical()


def _component(event: Event):
    from icalendar import Event as Component

    component = Component()
    changed = event.changed.astimezone(timezone.utc)
    component.add("uid", event.uid)
    component.add("dtstamp", changed)
    component.add("last-modified", changed)
    component.add("sequence", event.sequence)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("summary", plain(event.title), {"language": event.lang})
    component.add("dtstart", _when(event.start))
    if event.end:
        end = _when(event.end, last=True)
        if type(end) is type(_when(event.start)) and end > _when(event.start):  # 3.8.2.2: of the same type, and later
            component.add("dtend", end)
    description = "\n\n".join(part for part in (plain(event.summary), event.link, event.url) if part)
    component.add("description", description, {"language": event.lang})
    if event.place:
        component.add("location", event.place, {"language": event.lang})
    component.add("url", event.url)
    if event.categories:
        component.add("categories", [plain(category) for category in event.categories])
    if event.free:
        component.add("transp", "TRANSPARENT")  # a consultation that lasts a month takes nobody's time
    return component


def _when(text: str, last: bool = False) -> datetime | date:
    """An instant in UTC, or a day; the end of a period in days is the day after its last one (3.6.1)."""
    if len(text) > 10:
        return datetime.fromtimestamp(to_epoch(text), timezone.utc)
    day = date.fromisoformat(text)
    return day + timedelta(days=1) if last else day
