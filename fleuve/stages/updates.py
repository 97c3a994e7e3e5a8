"""What is new: publications, consultations, and pages that changed in a way that matters to citizens, the latest first."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.stages.listing import show
from fleuve.stages.stage import OutputFile, Stage

MAX_SHOWN = 60
"""Five a month for a year: nobody reads further, and the calendar of changes to a page is on the page itself."""

_ANNOUNCED = ("publication", "consultation")


class Updates(Stage):
    """Writes the page of what is new, in each language. A page is there once, for its latest change."""

    name = "nouveautes"

    def extract(self, record: Any, settings: dict) -> list | None:
        if record.retired:
            return None
        changes = [[record.date, ""]] if record.type in _ANNOUNCED and record.date else []
        changes += [[one["date"], one["note"]] for one in record.meta.get("modifications") or () if one.get("portee") == "majeure"]
        return [record.lang, *max(changes), record.path, record.url, record.title, record.type] if changes else None

    def reduce(self, extracts: Iterable[list], site: Any) -> Iterator[OutputFile]:
        found = defaultdict(list)
        for lang, *change in extracts:
            found[lang].append(change)
        yield from show("nouveautes", "site/nouveautes.html", site, lambda lang: {"changes": [
            {"date": date, "note": note, "url": url, "title": title, "type": kind}
            for date, note, _, url, title, kind in heapq.nlargest(MAX_SHOWN, found[lang])]})
