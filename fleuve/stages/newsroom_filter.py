"""The filters of the newsroom: the page where readers combine them, and what it reads. docs/newsroom-filter.md is the format.

Items have a **position**, counted from the oldest. Files are of two sorts, both of positions that never move when an item is added:
**blocks** of 10,000 items with their postings and their days, and **chunks** of 10 items as they are shown. A new item makes the last of each
again, a correction the one that has the item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

import orjson

from fleuve import newsroom, word
from fleuve.filters import thousands
from fleuve.news import facets_of
from fleuve.posting import varint
from fleuve.posting_file import PREFIX, pack, spread
from fleuve.sort_key import sort_key
from fleuve.stages.listing import newsroom_home
from fleuve.stages.newsroom import name_of
from fleuve.stages.stage import OutputFile, Stage
from fleuve.word import EMPTY, LONGEST

BLOCK = 250 * newsroom.SLICE
"""Items of a block, 10,000: what is read again when one of them changes, against the requests of a query, one for each block and each of its terms."""

CHUNK = 10
"""Items of a file of cards. Twenty results are seldom neighbours: small files bring few cards that nobody sees."""

BATCH = 25 * newsroom.SLICE
"""Items of which one part makes the cards: whole slices, as in a block."""

IN_WORD_FILE = 16
"""Items of a block for each file of words, which is thus some 2 KB: a full block has 512 of them, and a quarter of that for facets."""

FOLDER = "donnees/"

_EPOCH = date(1970, 1, 1).toordinal()


class NewsroomFilter(Stage):
    """Writes the page of filters, the postings and the cards, in each language of the newsroom."""

    name = "filtres-nouvelles"

    def parts(self, site: Any) -> Iterator[str]:
        for lang in newsroom.languages(site.languages):
            total = site.index.news_count(lang)
            if not total and not newsroom_home(site, lang):
                continue
            yield f"page:{lang}"
            yield from (f"bloc:{lang}:{n}" for n in range(-(-total // BLOCK)))
            yield from (f"fiches:{lang}:{n}" for n in range(-(-total // BATCH)))

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        kind, lang, *number = part.split(":")
        if kind == "page":
            yield newsroom.search_url(lang) + "index.html", page(lang, site).encode()
            return
        folder = newsroom.search_url(lang) + FOLDER
        if kind == "bloc":
            n = int(number[0])
            for name, data in block_files(items(site.index, lang, n * BLOCK, BLOCK)):
                yield f"{folder}{n}/{name}", data
        else:
            first = int(number[0]) * BATCH
            cards = [shown(card, lang) for card in items(site.index, lang, first, BATCH)]
            for at in range(0, len(cards), CHUNK):
                yield f"{folder}fiches/{(first + at) // CHUNK}.json", orjson.dumps(cards[at : at + CHUNK])


def items(index: Any, lang: str, first: int, count: int) -> list[Any]:
    """Cards of the items from position `first` on, at most `count`. Both are whole slices."""
    found: list[Any] = []
    for n in range(first // newsroom.SLICE, (first + count) // newsroom.SLICE):
        cards = index.news_slice(lang, "", "", n)
        found += cards
        if len(cards) < newsroom.SLICE:
            break
    return found


def shown(card: Any, lang: str) -> list[str]:
    """What the page shows of an item: address, title, type, day, responsible organism, place, lead, state, and its language where it is not the reader's."""
    return [card.url, card.title, card.type, card.extra["moment"][:10], card.organisms[0] if card.organisms else "", card.extra.get("lieu") or "", card.description,
            state(card), "" if card.lang == lang else card.lang]


def state(card: Any) -> str:
    """What the lists of news say of an item that is not over, or is no longer what it was: the name of a label."""
    if card.retired:
        return "retiree"
    if card.extra.get("corrige"):
        return "corrigee"
    if card.active and card.type in ("direct", "alerte"):
        return "en_cours" if card.type == "direct" else "en_vigueur"
    return "a_venir" if card.coming and card.type == "direct" else ""


def values(card: Any) -> Iterator[str]:
    """The keys of an item's facets, « theme:sante »: those of its lists by which readers choose."""
    for facet, value in facets_of(card.type, {"organisms": card.organisms, "extra": card.extra}):
        if facet in newsroom.CHOSEN:
            yield f"{facet}:{value}"


def text(card: Any) -> str:
    """What the words of a query are looked for in."""
    return f"{card.title} {card.description} {card.extra.get('lieu') or ''}"


def file_counts(count: int) -> tuple[int, int]:
    """How many files of words and of facets a block of `count` items has: powers of two, so that they seldom change while it grows."""
    of_words = 1 << max(1, count // IN_WORD_FILE).bit_length() - 1
    return of_words, max(1, of_words // 4)


def block_files(cards: list[Any]) -> Iterator[OutputFile]:
    """Names and contents of the files of a block. cards: its items, the oldest first."""
    found: dict[str, list[int]] = defaultdict(list)
    for position, card in enumerate(cards):
        for key in values(card):
            found[key].append(position)
    of_words, of_facets = file_counts(len(cards))
    for name, postings, count, letters in (("facettes", found, of_facets, None), ("mots", word.positions(map(text, cards)), of_words, PREFIX)):
        for n, keys in enumerate(spread(postings, count, letters)):
            yield f"{name}-{n}.bin", pack(keys, postings)
    yield "jours.bin", days(cards)


def day(card: Any) -> int:
    """The day of publication in the zone of the site, counted from 1970-01-01."""
    return date.fromisoformat(card.extra["moment"][:10]).toordinal() - _EPOCH


def days(cards: Iterable[Any]) -> bytes:
    """For each day of a block that has items: how many days after the one before, and how many items."""
    coded, last = [], 0
    for number, group in groupby(cards, day):
        coded += varint(number - last), varint(sum(1 for _ in group))
        last = number
    return b"".join(coded)


def page(lang: str, site: Any) -> str:
    """HTML of the page of filters. It holds what a query needs to begin: how many items there are, and the first day of each block."""
    total = site.index.news_count(lang)
    starts = [day(site.index.news_slice(lang, "", "", first // newsroom.SLICE)[0]) for first in range(0, total, BLOCK)]
    known = newsroom.languages(site.languages)
    addresses = {other: newsroom.search_url(other) for other in known if other == lang or site.index.news_count(other) or newsroom_home(site, other)}
    twin = next((other for other in addresses if other != lang), None)
    return site.render(
        "site/nouvelles-recherche.html", lang, site.base + addresses[lang], heading(lang, site), kind="nouvelles",
        twin=twin and {"url": site.base + addresses[twin], "title": heading(twin, site), "lang": twin},
        alternates=[{"lang": other, "url": site.site_url + path} for other, path in addresses.items()] if twin else [],
        above=newsroom_home(site, lang),
        facets=[{"name": facet, "values": choices(facet, lang, site)} for facet in (*newsroom.CHOSEN, "annee")], everything=site.base + newsroom.listing_url(lang),
        index_of={"total": total, "debuts": " ".join(map(str, starts)), "bloc": BLOCK, "lot": CHUNK, "prefixe": PREFIX, "longueur": LONGEST,
                  "mots": IN_WORD_FILE, "vides": " ".join(sorted(EMPTY)), "dossier": site.base + addresses[lang] + FOLDER})


def heading(lang: str, site: Any) -> str:
    """What the page is called."""
    return site.label(lang)["nouvelles_filtres"]["titre"]


def choices(facet: str, lang: str, site: Any) -> list[dict]:
    """Values of a facet that have items: {value, title, count, url}, by title; years, the latest first."""
    known = [{"value": value, "title": title(facet, value, lang, site), "count": thousands(count, lang), "url": site.base + newsroom.listing_url(lang, facet, value)}
             for value, count in site.index.news_values(lang, facet)]
    if facet == "annee":
        return known[::-1]
    return sorted(known, key=lambda one: (sort_key(one["title"]), one["value"]))


def title(facet: str, value: str, lang: str, site: Any) -> str:
    """What a value of a facet is called. A type is named as on a card, in the singular."""
    return site.label(lang)["types"].get(value, value) if facet == "type" else name_of(site, lang, facet, value).text
