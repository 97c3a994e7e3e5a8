"""The listings of the newsroom: all news, and those of an organism, a theme, a region, a minister, a type, a file, a year, a month.

The pages of a list are numbered from the oldest, so that none but the first changes when news are added: the first shows the newest items,
those of the slice that is not full yet and of the full one before it; page N, once the first has moved on, shows slice N and never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from fleuve import vocabulary
from fleuve.filters import MONTHS
from fleuve.newsroom import ALL, CHOSEN, FED, FEEDS, INDEXED, SLICE, index_url, languages, listing_url, search_url
from fleuve.sort_key import sort_key
from fleuve.stages.listing import newsroom_home
from fleuve.stages.stage import OutputFile, Stage

PAGES = 16
"""Full pages of a list made as one part: a tenth of the rows that a part for each page would take in the cache."""

FIRST = "premiere"

# Where the documents are that give their names to lists.
_NAMED_BY = {"organisme": "organisme", "theme": "theme", "ministre": "personne", "dossier": "dossier"}


class Name(NamedTuple):
    """What a list is about. url: root-relative address of the page about it, « » if there is none."""

    text: str
    url: str = ""


class Newsroom(Stage):
    """Writes the listing pages and the index of each facet, in each language."""

    name = "nouvelles"

    def parts(self, site: Any) -> Iterator[str]:
        for lang in languages(site.languages):
            lists = site.index.news_lists(lang)
            if not lists and not newsroom_home(site, lang):
                continue
            for facet, value, count in lists or [(*ALL, 0)]:
                yield f"{lang}:{facet}:{value}:{FIRST}"
                yield from (f"{lang}:{facet}:{value}:{group}" for group in range(-(-max(0, count // SLICE - 1) // PAGES)))
            yield from (f"{lang}:{facet}" for facet in sorted({facet for facet, _, _ in lists} & set(INDEXED)))

    def lane(self, part: str) -> str:
        return part.partition(":")[0]  # the cards of the items, rendered once in each process that makes lists of a language

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        lang, facet, *rest = part.split(":")
        if not rest:
            yield from _index(site, lang, facet)
            return
        value, group = rest
        name = name_of(site, lang, facet, value)
        if group == FIRST:
            yield _first(site, lang, facet, value, name)
            return
        first = int(group) * PAGES + 1
        for number in range(first, first + PAGES):
            if not has_page(site.index, lang, facet, value, number):
                return
            yield _page(site, lang, facet, value, name, number)


def has_page(index: Any, lang: str, facet: str, value: str, number: int) -> bool:
    """Whether a list has the numbered page: whether the slice after it is full too, for the first page shows the last full one."""
    return index.news_filled(lang, facet, value, number)


def name_of(site: Any, lang: str, facet: str, value: str) -> Name:
    """What the list (facet, value) is about, in the words of readers of a language; the id where no document says better."""
    if facet in _NAMED_BY:
        card = site.index.of_id(_NAMED_BY[facet], value, lang)
        return Name(card.title, card.url or "") if card else Name(value)
    if facet == "region":
        entry = site.index.vocabulary("regions").get(value)
        return Name(vocabulary.title(entry, lang)) if entry else Name(value)
    if facet == "type":
        return Name(site.label(lang)["groupes"].get(value, value))
    if facet == "mois":
        return Name(month_name(value, lang))
    return Name(value)


def month_name(month: str, lang: str) -> str:
    """« mars 2025 » from 2025-03."""
    return f"{MONTHS[lang][int(month[5:]) - 1]}\u00a0{month[:4]}"


def capital(text: str) -> str:
    """The text as a heading begins."""
    return text[:1].upper() + text[1:]


def _first(site: Any, lang: str, facet: str, value: str, name: Name) -> OutputFile:
    index = site.index
    count = index.news_count(lang, facet, value)
    full = count // SLICE
    cards = index.news_slice(lang, facet, value, full)[::-1]
    if full:
        cards += index.news_slice(lang, facet, value, full - 1)[::-1]
    older = listing_url(lang, facet, value, full - 1) if full > 1 else ""
    others = {other: listing_url(other, facet, value) for other in languages(site.languages) if other != lang and (not facet or index.news_count(other, facet, value))}
    return _render(site, lang, facet, value, name, 0, cards, others, {
        "count": count, "older": older and site.base + older, "newer": "", "years": _years(site, lang, facet, value), "months": _months(site, lang, facet, value)})


def _page(site: Any, lang: str, facet: str, value: str, name: Name, number: int) -> OutputFile:
    index = site.index
    cards = index.news_slice(lang, facet, value, number - 1)[::-1]
    newer = listing_url(lang, facet, value, number + 1 if has_page(index, lang, facet, value, number + 1) else 0)
    older = listing_url(lang, facet, value, number - 1) if number > 1 else ""
    others = {other: listing_url(other, facet, value, number) for other in languages(site.languages)
              if other != lang and has_page(index, other, facet, value, number)}
    return _render(site, lang, facet, value, name, number, cards, others, {
        "count": None, "older": older and site.base + older, "newer": site.base + newer, "years": [], "months": []})


def _render(site: Any, lang: str, facet: str, value: str, name: Name, number: int, cards: list, others: dict[str, str], context: dict) -> OutputFile:
    words = site.label(lang)["nouvelles"]
    path = listing_url(lang, facet, value, number)
    title = words["titre_liste"] % name.text if facet else words["toutes"]
    if number:
        title = words["titre_page"] % (title, number)
    fed = [{"url": site.base + listing_url(lang, facet, value) + file, "media_type": kind, "name": key} for key, (file, kind) in FEEDS.items()] if facet in FED else []
    above = newsroom_home(site, lang)
    if facet in INDEXED:
        above.append({"title": words["index"][facet], "url": site.base + index_url(lang, facet)})
    if facet == "mois":
        above.append({"title": value[:4], "url": site.base + listing_url(lang, "annee", value[:4])})
    if number:
        above.append({"title": name.text if facet else words["toutes"], "url": site.base + listing_url(lang, facet, value)})
    page = site.render(
        "site/nouvelles.html", lang, site.base + path, title, twin=_twin(site, others), alternates=_alternates(site, lang, path, others),
        kind="nouvelles", above=above, description=words["description"] % name.text if facet else words["description_toutes"],
        facet=facet, value=value, name=name, number=number, groups=_by_month(site, cards, lang, facet), feeds=fed, first=site.base + listing_url(lang, facet, value),
        search=site.base + search_url(lang) + (f"?{facet}={value}" if facet in CHOSEN else ""), **context)
    return path + "index.html", page.encode()


def _twin(site: Any, others: dict[str, str]) -> dict | None:
    return next(({"url": site.base + path, "lang": lang} for lang, path in others.items()), None)


def _alternates(site: Any, lang: str, path: str, others: dict[str, str]) -> list[dict]:
    known = {lang: path, **others}
    return [{"lang": code, "url": site.site_url + known[code]} for code in languages(site.languages) if code in known] if others else []


def _by_month(site: Any, cards: Iterable[Any], lang: str, facet: str) -> list[dict]:
    """[{month, title, cards}], in the order of the cards, which are HTML."""
    made = (site.news_card(card, lang, facet != "organisme") for card in cards)
    return [{"month": month, "title": capital(month_name(month, lang)), "cards": [html for _, html in found]}
            for month, found in groupby(made, lambda one: one[0])]


def _years(site: Any, lang: str, facet: str, value: str) -> list[dict]:
    """Links to all years, on the pages where readers go through time."""
    if facet not in ("", "annee", "mois"):
        return []
    years = site.index.news_names(lang, "annee")[::-1]
    return [{"title": year, "url": site.base + listing_url(lang, "annee", year), "here": facet == "annee" and year == value} for year in years]


def _months(site: Any, lang: str, facet: str, value: str) -> list[dict]:
    """Links to the months of the year that a page is about."""
    if facet not in ("annee", "mois"):
        return []
    return [{"title": capital(MONTHS[lang][int(month[5:]) - 1]), "url": site.base + listing_url(lang, "mois", month), "here": month == value}
            for month in site.index.news_names(lang, "mois", value[:4])]


def _index(site: Any, lang: str, facet: str) -> Iterator[OutputFile]:
    """The page that names all lists of a facet, each with how many items it has."""
    words = site.label(lang)["nouvelles"]
    entries = []
    for value, count in site.index.news_values(lang, facet):
        name = name_of(site, lang, facet, value)
        entries.append({"title": name.text, "url": site.base + listing_url(lang, facet, value), "count": count})
    entries.sort(key=lambda entry: (sort_key(entry["title"]), entry["url"]))
    others = {other: index_url(other, facet) for other in languages(site.languages) if other != lang and site.index.news_values(other, facet)}
    path = index_url(lang, facet)
    page = site.render("site/nouvelles-index.html", lang, site.base + path, words["index_titre"][facet], twin=_twin(site, others),
                       alternates=_alternates(site, lang, path, others), kind="nouvelles", above=newsroom_home(site, lang), entries=entries, facet=facet,
                       search=site.base + search_url(lang), everything=site.base + listing_url(lang))
    yield path + "index.html", page.encode()
