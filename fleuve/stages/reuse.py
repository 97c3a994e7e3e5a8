"""What is taken up of one item of news, beside its page: `oembed.json`, and `evenement.ics` when it announces an event or a broadcast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from fleuve import content_type, event_calendar
from fleuve.feed import plain
from fleuve.stages.feeds import event_of
from fleuve.stages.stage import OutputFile, Stage

OEMBED = "oembed.json"
EVENT = "evenement.ics"


class Reuse(Stage):
    """Writes both with the shard of the item: they change when it does."""

    name = "reprises"

    def files(self, record: Any, settings: dict) -> Iterable[OutputFile]:
        return _files(record, settings) if content_type.is_news(record.type) else ()


def _files(record: Any, settings: dict) -> Iterator[OutputFile]:
    folder = unquote(record.url[len(settings["base"]):])
    origin = record.canonical[:-len(record.url)]
    publisher = plain((settings.get("nom") or {}).get(record.lang, ""))
    yield folder + OEMBED, orjson.dumps(oembed(record, origin, publisher, origin + settings["base"]))
    if event_calendar.announces(record.type):
        # What the card says of the item, from the same front matter: the event is the same in the calendars of the lists.
        card = SimpleNamespace(
            type=record.type, lang=record.lang, url=record.url, path=record.path, title=record.title, description=record.description,
            retired=record.retired, extra=content_type.load()[record.type].card_extra(record.meta))
        desk = SimpleNamespace(host=urlsplit(origin).hostname or "", address=origin.__add__)
        event = event_of(card, desk)
        if event is not None:
            yield folder + EVENT, event_calendar.write([event], publisher, lang=record.lang)


def oembed(record: Any, origin: str, provider: str, home: str) -> dict:
    """The item as oEmbed 1.0 (oembed.com, 2.3.4): a link, which every consumer may show in its own way."""
    found = {"version": "1.0", "type": "link", "title": plain(record.title), "provider_name": provider, "provider_url": home}
    if issuer := record.responsible:
        found |= {"author_name": plain(issuer.title), "author_url": origin + issuer.url}
    return found
