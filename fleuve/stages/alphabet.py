"""Listings from A to Z: services, and organisms with the former ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.sort_key import sort_key
from fleuve.stages.listing import show
from fleuve.stages.stage import OutputFile, Stage

OTHER = "0-9"
"""Where titles that begin with no Latin letter are found, first in the list."""


class Alphabet(Stage):
    """Writes the A–Z of one content type, in each language, from the cards of the site index."""

    def __init__(self, name: str, listing: str, kind: str, template: str):
        self.name, self._listing, self._kind, self._template = name, listing, kind, template

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        def context(lang: str) -> dict:
            cards = [card for card in site.index.of_type(self._kind, lang) if card.url and not card.retired]
            return {"letters": by_letter(cards)}

        yield from show(self._listing, self._template, site, context)


def by_letter(cards: Iterable[Any]) -> list[dict]:
    """Cards in dictionary order, under their letter: [{letter, cards}], only the letters that have some."""
    groups: dict[str, list] = {}
    for card in sorted(cards, key=lambda card: (sort_key(card.title.lstrip(" «“\"'")), card.path)):
        groups.setdefault(letter_of(card.title), []).append(card)
    return [{"letter": letter, "cards": groups[letter]} for letter in sorted(groups)]


def letter_of(title: str) -> str:
    """The letter under which a title is sought: É is E, Œ is O, anything that is not a Latin letter is « 0-9 »."""
    for char in title:
        if char.isalnum():
            base = unicodedata.normalize("NFD", "O" if char in "œŒ" else "A" if char in "æÆ" else char)[0].upper()
            return base if "A" <= base <= "Z" else OTHER
    return OTHER
