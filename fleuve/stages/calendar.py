"""calendrier.json: the coming instants at which the site changes by itself, so that a scheduler knows when to build next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from fleuve.stages.stage import OutputFile, Stage

# The document is named only when it is already public by then: an embargo, an emergency or a mandate to come is told by
# its instant alone, for this file is published with the rest.
PUBLIC = ("expiration", "retire", "retrait", "fin", "revision", "interruption")


class Calendar(Stage):
    """Writes the instants after `now`, in order: {instant, raison, document}."""

    name = "calendrier"
    clock = True

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        zone = ZoneInfo(site.settings.get("fuseau") or "America/Montreal")
        now = site.now.timestamp()
        coming = sorted({(epoch, code, path if _is_public(code) else "") for epoch, code, path in site.instants if epoch > now})
        instants = [_entry(epoch, code, path, zone) for epoch, code, path in coming]
        calendar = {"prochain": instants[0]["instant"] if instants else None, "instants": instants}
        yield "calendrier.json", orjson.dumps(calendar, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _is_public(code: str) -> bool:
    return code.split("-")[0] in PUBLIC or code.endswith("-fin")


def _entry(epoch: float, code: str, path: str, zone: tzinfo) -> dict:
    entry = {"instant": datetime.fromtimestamp(epoch, zone).isoformat(), "raison": code}
    return {**entry, "document": path} if path else entry
