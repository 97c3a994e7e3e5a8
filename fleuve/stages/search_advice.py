"""consignes.json of each language: the synonyms and the best bets of the search, as the secretariat wants them at this instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from fleuve.search import best_bet, editorial
from fleuve.stages.listing import languages
from fleuve.stages.stage import OutputFile, Stage

FOLDERS = {"fr": "recherche/donnees/", "en": "en/search/donnees/"}
"""Where what the search of a language reads is: below its result page."""


class SearchAdvice(Stage):
    """Reads and checks contenu/_recherche/, and writes what browsers load of it; `recherche: false` in site.yml leaves it out."""

    name = "consignes-de-recherche"
    clock = True

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        if not _is_on(site):
            return
        advice, problems = editorial.load(site.content, site.index, languages(site.settings), site.now)
        for problem in problems:
            site.problem(problem.file, problem.line, problem.severity, problem.code, problem.message, problem.remedy, column=problem.column)
        for lang in languages(site.settings):
            yield FOLDERS[lang] + "consignes.json", orjson.dumps(advice.to_json(lang), option=orjson.OPT_APPEND_NEWLINE)


def ends(site: Any) -> list[int]:
    """The instants (UTC seconds) at which a best bet ends."""
    there = _is_on(site) and best_bet.PATH in site.index.data_files(editorial.FOLDER)
    return best_bet.ends(site.content, languages(site.settings)) if there else []


def _is_on(site: Any) -> bool:
    return site.settings.get("recherche") is not False
