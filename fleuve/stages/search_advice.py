"""consignes.json of each language: the synonyms and the best bets of the search, as the secretariat wants them at this instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from fleuve.search import FOLDERS, best_bet, editorial, wanted
from fleuve.stages.listing import languages
from fleuve.stages.stage import OutputFile, Stage


class SearchAdvice(Stage):
    """Reads and checks contenu/_recherche/, and writes what browsers load of it; `recherche: false` in site.yml leaves it out."""

    name = "consignes-de-recherche"
    clock = True

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        if not wanted(site.settings):
            return
        advice, problems = editorial.load(site.content, site.index, languages(site.settings), site.now)
        for problem in problems:
            site.problem(problem.file, problem.line, problem.severity, problem.code, problem.message, problem.remedy, column=problem.column)
        for lang in languages(site.settings):
            yield FOLDERS[lang] + "consignes.json", orjson.dumps(advice.to_json(lang), option=orjson.OPT_APPEND_NEWLINE)


def ends(site: Any) -> list[int]:
    """The instants (UTC seconds) at which a best bet ends."""
    there = wanted(site.settings) and best_bet.PATH in site.index.data_files(editorial.FOLDER)
    return best_bet.ends(site.content, languages(site.settings)) if there else []
