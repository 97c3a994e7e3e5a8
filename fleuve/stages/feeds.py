"""What each list of news is taken up by: its feeds, its calendar, its fragment for other sites, its messages. One part a list.

All stand at the address of the list's page (see docs/guide/fils-et-reprises.md), but for the fragment, which stands below `integrer/`: the
one folder that other sites may show in a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from markupsafe import Markup

from fleuve import content_type, digest, event_calendar, feed, instant, newsroom, policy
from fleuve.filters import date as in_words
from fleuve.newsroom import SLICE
from fleuve.stages.listing import has_newsroom
from fleuve.stages.newsroom import name_of
from fleuve.stages.stage import OutputFile, Stage

EMBEDDED = "integrer/"
"""Folder of the fragments, below the base of the site."""

CALENDAR = "evenements.ics"
CALENDARS = ("", "organisme")
"""Facets of which the lists have a calendar."""

SHOWN = 5
"""Items of a fragment: it stands in a column of somebody else's page."""

MESSAGES = "courriel/"
MANIFEST = MESSAGES + "envois.json"


class Feeds(Stage):
    """Writes, for each list of newsroom.FED in each language: three feeds, a fragment, messages and their manifest; a calendar too for
    those of CALENDARS."""

    name = "fils"

    def parts(self, site: Any) -> Iterable[str]:
        return [f"{lang}:{facet}:{value}" for lang, facet, value in lists(site)]

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        lang, facet, value = part.split(":", 2)
        desk = Desk(site, lang)
        title = desk.title(facet, value)
        folder = newsroom.listing_url(lang, facet, value)
        cards = site.index.news(lang, facet, value)
        yield from _feeds(desk, title, facet, value, cards)
        if facet in CALENDARS:
            events = desk.events(facet, value)
            yield folder + CALENDAR, event_calendar.write(events, desk.publisher, desk.title(facet, value, "agenda"), desk.absolute(folder + CALENDAR), lang)
        yield f"{EMBEDDED}{folder}index.html", _fragment(desk, title, folder, cards[:SHOWN])
        yield from _messages(desk, title, folder, digest.find(site.index, lang, facet, value))


def lists(site: Any) -> Iterator[tuple[str, str, str]]:
    """(language, facet, value) of every list that has feeds: all news first, from the day when there is a newsroom; the others once they
    have an item."""
    newsroom_is_there = has_newsroom(site)
    for lang in newsroom.languages(site.languages):
        found = {one for one in site.index.news_listed(lang) if one[0] in newsroom.FED}
        yield from ((lang, *one) for one in sorted(found | {newsroom.ALL} if found or newsroom_is_there else ()))


class Desk:
    """What is said of items and lists in one language: titles, names, absolute addresses. site: see fleuve/site.py."""

    def __init__(self, site: Any, lang: str) -> None:
        self.site, self.lang, self.index = site, lang, site.index
        self.labels = site.label(lang)
        self.words = self.labels["fils"]
        self._origin = site.site_url.removesuffix(site.base)
        self.host = urlsplit(site.site_url).hostname or ""
        self.publisher: str = (site.settings.get("nom") or {}).get(lang) or self.host

    def absolute(self, path: str) -> str:
        """Absolute address of a path relative to the base of the site."""
        return self.site.site_url + path

    def address(self, url: str) -> str:
        """Absolute address of a URL that begins with « / »."""
        return self._origin + url

    def name(self, facet: str, value: str) -> str:
        """What a list is about: « Santé », « Ministère de la Santé », « Communiqués »… """
        return name_of(self.site, self.lang, facet, value).text if facet else self.words["toutes_listes"]

    def title(self, facet: str, value: str, kind: str = "titre") -> str:
        """What a list is called, « Nouvelles : Ministère de la Santé »; or its calendar (kind: « agenda »), or what says what it is (« presentation »)."""
        return self.words[f"{kind}_de"] % self.name(facet, value) if facet else self.words[kind]

    def issuer(self, card: Any) -> Any | None:
        """The card of the organism that issued an item."""
        return self.index.of_id("organisme", card.organisms[0], self.lang) if card.organisms else None

    def headline(self, card: Any) -> str:
        """The title of an item, which says so when it has been withdrawn."""
        return self.words["retire"] % card.title if card.retired else card.title

    def entry(self, card: Any) -> feed.Entry:
        """An item, for a feed."""
        published = datetime.fromisoformat(card.extra["moment"])
        issuer = self.issuer(card)
        return feed.Entry(
            self.address(card.url), self.headline(card), card.description, card.lang, published, changed(card), issuer.title if issuer else "",
            self.address(issuer.url) if issuer and issuer.url else "", self.categories(card), self._picture(card.extra.get("image")))

    def categories(self, card: Any) -> tuple[str, ...]:
        """Kind, themes and regions of an item, in words."""
        found = [self.labels["types"].get(card.type) or card.type]
        found += [self.name("theme", ident) for ident in card.extra.get("themes") or ()]
        found += [self.name("region", ident) for ident in card.extra.get("regions") or ()]
        return tuple(dict.fromkeys(found))

    def _picture(self, image: dict | None) -> feed.Picture | None:
        media = self.index.media(image["src"]) if image else None
        kind = feed.IMAGE_TYPES.get(media["format"].lower()) if media else None
        return feed.Picture(self.address(media["url"]), media["bytes"], kind, image["alt"]) if kind else None

    def events(self, facet: str, value: str) -> list[event_calendar.Event]:
        """Events and broadcasts of a list, and the consultations of the organism, or of all of them."""
        cards = [card for source in (("type", "avis-aux-medias"), ("type", "direct")) for card in self._latest(*source)] if not facet else self._latest(facet, value)
        found = [event for card in cards if (event := event_of(card, self)) is not None]
        consultations = self.index.of_type("consultation", self.lang)
        return found + [self._consultation(card) for card in consultations if card.url and "ouverture" in card.extra and (not facet or value in card.organisms)]

    def _latest(self, facet: str, value: str) -> list:
        """The items of the last two slices of a list: from 41 to 80, once it has that many."""
        last = (self.index.news_count(self.lang, facet, value) - 1) // SLICE
        return [card for number in range(max(last - 1, 0), last + 1) for card in self.index.news_slice(self.lang, facet, value, number)]

    def _consultation(self, card: Any) -> event_calendar.Event:
        known = card.extra
        dated = instant.moment(card.updated or known["ouverture"])
        return event_calendar.Event(
            f"{card.path}@{self.host}", self.address(card.url), self.headline(card), card.description, known["ouverture"], known.get("fermeture") or "",
            categories=(self.labels["types"]["consultation"],), lang=card.lang, changed=dated, cancelled=card.retired, free=True)


def changed(card: Any) -> datetime:
    """When an item last changed in a way that matters: correction, major modification, withdrawal; else when it was published."""
    known = [card.extra["moment"], card.extra.get("modifie"), card.extra.get("retrait") if card.retired else None]
    return max(datetime.fromisoformat(moment) for moment in known if moment)


def event_of(card: Any, desk: Any) -> event_calendar.Event | None:
    """The event that an item announces. desk: a Desk, or what has its `host` and its `address`."""
    return event_calendar.event_of(
        card.type, card.extra, uid=f"{card.path}@{desk.host}", url=desk.address(card.url), title=card.title, summary=card.description, lang=card.lang,
        categories=(content_type.load()[card.type].label(card.lang),), changed=changed(card), sequence=card.extra.get("changements", 0) + card.retired, cancelled=card.retired)


def _feeds(desk: Desk, title: str, facet: str, value: str, cards: list) -> Iterator[OutputFile]:
    paths = {kind: newsroom.feed_url(desk.lang, facet, value, kind) for kind in newsroom.FEEDS}
    made = feed.Feed(
        f"{title} | {desk.publisher}", desk.title(facet, value, "presentation"), desk.lang,
        desk.absolute(newsroom.listing_url(desk.lang, facet, value)), {kind: desk.absolute(path) for kind, path in paths.items()}, desk.publisher,
        desk.absolute(""), desk.site.settings.get("websub") or "", [desk.entry(card) for card in cards])
    writers: dict[str, Callable[[feed.Feed], bytes]] = {"atom": feed.atom, "rss": feed.rss, "json": feed.json_feed}
    for kind, path in paths.items():
        yield path, writers[kind](made)


def _items(desk: Desk, cards: list) -> list[dict]:
    """Items as the templates of this file show them."""
    return [{
        "title": desk.headline(card), "url": desk.address(card.url), "lang": card.lang, "moment": _shown(card.extra["moment"]), "description": card.description,
        "kind": desk.labels["types"].get(card.type) or card.type, "issuer": issuer.title if (issuer := desk.issuer(card)) else "",
    } for card in cards]


def _shown(moment: str) -> str:
    """An instant without its hour when nobody gave one: midnight."""
    return moment[:10] if moment[11:16] == "00:00" else moment


def _fragment(desk: Desk, title: str, folder: str, cards: list) -> bytes:
    return desk.site.fill(
        "site/integrer.html", desk.lang, title=title, items=_items(desk, cards), home=desk.absolute(folder),
        policy=Markup(policy.embedded(head=True))).encode()


def _messages(desk: Desk, title: str, folder: str, digests: list[digest.Digest]) -> Iterator[OutputFile]:
    sent = []
    for one in digests:
        items = _items(desk, one.cards)
        subject = _subject(desk, title, one)
        path = f"{folder}{MESSAGES}{one.period}"
        yield f"{path}.html", desk.site.fill("site/courriel.html", desk.lang, title=subject, list_title=title, items=items, home=desk.absolute(folder),
                                             unsubscribe=digest.UNSUBSCRIBE, publisher=desk.publisher).encode()
        yield f"{path}.txt", digest.text(_paragraphs(desk, subject, items, desk.absolute(folder)))
        sent.append({
            "periode": one.period, "du": one.start.isoformat(), "au": one.end.isoformat(), "nombre": len(items),
            "objet": subject.replace("\u00a0", " "),  # a header is never folded where it shows: ordinary spaces, which every program knows
            "html": desk.absolute(f"{path}.html"), "texte": desk.absolute(f"{path}.txt")})
    manifest = {"liste": title, "langue": desk.lang, "adresse": desk.absolute(folder), "desabonnement": digest.UNSUBSCRIBE, "envois": sent}
    yield folder + MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _subject(desk: Desk, title: str, one: digest.Digest) -> str:
    when = desk.words["objet_jour" if one.period == digest.DAY else "objet_semaine"] % in_words(one.start.isoformat(), desk.lang)
    return feed.plain(f"{title}{desk.words['objet_lien']}{when}")


def _paragraphs(desk: Desk, subject: str, items: list[dict], home: str) -> Iterator[str]:
    yield subject
    for item in items:
        language = "" if item["lang"] == desk.lang else f" ({desk.words['en_langue'].get(item['lang'], item['lang'])})"
        about = " | ".join(part for part in (item["kind"], in_words(item["moment"], desk.lang), item["issuer"]) if part)
        yield "\n".join(feed.plain(line) for line in (item["title"] + language, about, item["description"], item["url"]) if line)
    yield f"{desk.words['toutes_texte']}\n{home}"
    yield f"{desk.words['desabonner_texte']}\n{digest.UNSUBSCRIBE}"
