"""The page that names every feed, calendar and fragment of the newsroom, and the same list for programs (`listes.json` beside it)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from fleuve import newsroom
from fleuve.sort_key import sort_key
from fleuve.stages.feeds import CALENDAR, CALENDARS, EMBEDDED, MANIFEST, Desk, lists
from fleuve.stages.listing import has_newsroom, listing_of, newsroom_home, write
from fleuve.stages.stage import OutputFile, Stage

NAME = "fils"
LISTS = "listes.json"


class FeedPage(Stage):
    """Writes the page in each language: one part, which knows the lists and not their items."""

    name = "page-des-fils"

    def parts(self, site: Any) -> Iterable[str]:
        return [NAME] if has_newsroom(site) else []

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        found = {lang: list(_entries(site, lang)) for lang in newsroom.languages(site.languages)}
        listings = listing_of(NAME, site.settings)
        yield from write(listings, "site/fils.html", site, lambda lang: {
            "everything": found[lang][0], "groups": _groups(found[lang]), "above": newsroom_home(site, lang), "listed": site.base + listings[lang].path + LISTS})
        for lang, listing in listings.items():
            yield listing.path + LISTS, orjson.dumps(found[lang], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _entries(site: Any, lang: str) -> Iterator[dict]:
    """What there is of each list: absolute addresses."""
    desk = Desk(site, lang)
    for facet, value in (one[1:] for one in lists(site) if one[0] == lang):
        folder = newsroom.listing_url(lang, facet, value)
        yield {
            "facette": facet, "id": value, "nom": desk.name(facet, value), "page": desk.absolute(folder),
            **{kind: desk.absolute(newsroom.feed_url(lang, facet, value, kind)) for kind in newsroom.FEEDS},
            **({"ics": desk.absolute(folder + CALENDAR)} if facet in CALENDARS else {}),
            "fragment": desk.absolute(EMBEDDED + folder), "courriel": desk.absolute(folder + MANIFEST)}


def _groups(entries: list[dict]) -> list[dict]:
    """[{facet, entries}], in the order of newsroom.CHOSEN, each by name."""
    groups = [{"facet": facet, "entries": [one for one in entries if one["facette"] == facet]} for facet in newsroom.CHOSEN]
    for group in groups:
        group["entries"].sort(key=lambda one: (sort_key(one["nom"]), one["id"]))
    return [group for group in groups if group["entries"]]
