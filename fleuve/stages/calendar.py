"""calendrier.json: the coming instants at which the site changes by itself, so that a scheduler knows when to build next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from fleuve.search import best_bet
from fleuve.stages import search_advice
from fleuve.stages.stage import OutputFile, Stage


class Calendar(Stage):
    """Writes the instants after `now`, in order: {instant, raison, document}."""

    name = "calendrier"
    clock = True

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        zone = ZoneInfo(site.settings.get("fuseau") or "America/Montreal")
        now = site.now.timestamp()
        ends = ((epoch, "vedette", best_bet.PATH) for epoch in search_advice.ends(site))
        coming = sorted({(epoch, code, path) for epoch, code, path in (*site.instants, *ends) if epoch > now})
        secret = {path for _, code, path in coming if _begins(code)}
        entries = sorted({(epoch, code, "" if path in secret else path) for epoch, code, path in coming})
        instants = [_entry(epoch, code, path, zone) for epoch, code, path in entries]
        calendar = {"prochain": instants[0]["instant"] if instants else None, "instants": instants}
        yield "calendrier.json", orjson.dumps(calendar, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _begins(code: str) -> bool:
    """Whether a document is not public before the instant. It is not named then: this file is published with the rest."""
    return code in ("embargo", "debut") or code.startswith(("embargo-", "debut-"))


def _entry(epoch: float, code: str, path: str, zone: tzinfo) -> dict:
    entry = {"instant": datetime.fromtimestamp(epoch, zone).isoformat(), "raison": code}
    return {**entry, "document": path} if path else entry
