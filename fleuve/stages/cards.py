"""Pictures of the news for networks: one card for each organism and language.

Not one for each item: at 100,000 items that would be 100,000 drawings and as many files, for a title that every network writes beside
the picture anyway. An item with a photo shows its photo; the others, the card of their issuer, which changes with its name only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fleuve.news_card import FONT, SITE, card_path, draw
from fleuve.newsroom import languages
from fleuve.stages.stage import OutputFile, Stage


class Cards(Stage):
    """Draws the cards of the organisms that have news."""

    name = "cartes"

    def parts(self, site: Any) -> Iterable[str]:
        found = {ident for lang in languages(site.languages) for ident in site.index.news_names(lang, "organisme")}
        return [SITE, *sorted(found)] if found else ()

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        names = site.settings.get("nom") or {}
        for lang in languages(site.languages):
            owner = names.get(lang, "") if isinstance(names, dict) else names
            issuer = site.index.of_id("organisme", part, lang) if part != SITE else None
            if issuer is not None and issuer.lang != lang:
                continue  # without a page in this language, its card is that of the other
            if issuer is not None or part == SITE:
                yield card_path(part, lang), draw(str(Path(site.theme) / FONT), issuer.title if issuer else site.label(lang)["fils"]["titre"], owner)
