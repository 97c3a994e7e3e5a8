"""The search: what it keeps of each page. The index is made of it by fleuve/search/indexing.py."""

from __future__ import annotations

from typing import Any

from fleuve.search import FOLDERS, STAGE, wanted
from fleuve.stages.stage import Stage


class Search(Stage):
    """Keeps the words of pages; `recherche: false` in site.yml leaves the search out."""

    name = STAGE

    def extract(self, record: Any, settings: dict) -> Any | None:
        if record.lang not in FOLDERS or not wanted(settings):
            return None
        from fleuve.search.entry import entry  # with its libraries: a twentieth of a second, for which a build that makes nothing has no use

        return entry(record)

    def gather(self, extracts: list[Any]) -> bytes:
        from fleuve.search.entry import pack

        return pack(extracts)
