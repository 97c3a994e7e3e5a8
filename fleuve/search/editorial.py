"""What the secretariat says of the search: synonyms and best bets, as the site that is being built has them.

`contenu/_recherche/synonymes.yml` and `vedettes.yml` are read as other data files are, within bounds; what is right is used even if the rest is
wrong. Titles and summaries come from the pages. An organism is found by its abbreviation without anybody saying so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fleuve import address, word
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.search import best_bet, sheet, synonym
from fleuve.search.best_bet import Bet
from fleuve.search.page_path import Paths
from fleuve.search.sheet import Sheet, fold

FOLDER = "_recherche"
LANGUAGES = {"fr": "français", "en": "anglais"}


@dataclass
class Best:
    """A best bet to show. queries: folded."""

    queries: list[str]
    url: str
    title: str
    summary: str


@dataclass
class Editorial:
    """Synonyms ({folded word: [folded]}) and best bets of each language of the site."""

    synonyms: dict[str, synonym.Synonyms] = field(default_factory=dict)
    best: dict[str, list[Best]] = field(default_factory=dict)

    def to_json(self, lang: str) -> dict[str, Any]:
        """What browsers load for a language (consignes.json)."""
        synonyms = {one: others for one, others in sorted(self.synonyms.get(lang, {}).items()) if others}
        best = [{"queries": one.queries, "url": one.url, "title": one.title, "summary": one.summary} for one in self.best.get(lang, [])]
        return {"synonyms": synonyms, "best": best}


def load(content: Path, index: Any, languages: Iterable[str] = ("fr", "en"), now: datetime | None = None) -> tuple[Editorial, list[Problem]]:
    """What there is to use, and everything that is wrong, in the order of the files.

    index: recorded; asked for the data files, for the pages of best bets and for organisms. languages: of the site, the default one first.
    now: bets whose last day is over are left out; None: there are none.
    """
    languages = tuple(languages)
    sheets, problems = _sheets(content, index)
    editorial = Editorial({lang: {} for lang in languages}, {lang: [] for lang in languages})
    if synonyms := sheets.get(synonym.PATH):
        editorial.synonyms |= synonym.synonyms_of(synonyms, languages)
    for lang in languages:
        for one, others in _abbreviations(index, lang, languages):
            editorial.synonyms[lang].setdefault(one, others)
    if bets := sheets.get(best_bet.PATH):
        written = best_bet.bets_of(bets, languages)
        current = [bet for bet in written if bet.end is None or now is None or now.timestamp() < bet.end]
        _Pages(bets, index, languages).add(current, editorial)
    for one in sheets.values():
        problems += one.problems()
    return editorial, sorted(problems)


def _sheets(content: Path, index: Any) -> tuple[dict[str, Sheet], list[Problem]]:
    """The sheets that there are. The index records which files these are, with their hashes."""
    sheets, problems = {}, []
    for path in index.data_files(FOLDER):
        if path not in (synonym.PATH, best_bet.PATH):
            problems.append(Problem(path, 1, 1, WARNING, "fichier-inutile", "La recherche ne lit pas ce fichier.",
                                    "Les fichiers de ce dossier se nomment synonymes.yml et vedettes.yml ; renommez celui-ci, ou retirez-le."))
            continue
        read, found = sheet.read(content, path)
        problems += found
        if read:
            sheets[path] = read
    return sheets, problems


def _abbreviations(index: Any, lang: str, languages: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """(abbreviation, titles) of the organisms, in a language or, of those that have no page in it, in another."""
    organisms: dict[str, Any] = {}
    for other in (lang, *(other for other in languages if other != lang)):
        for card in index.of_type("organisme", other):
            organisms.setdefault(card.id, card)
    titles: dict[str, list[str]] = {}
    for card in sorted(organisms.values(), key=lambda card: card.path):
        short = fold(str(card.extra.get("sigle") or ""))
        # « Ministère de la Santé (Health) »: what follows is for those who read the list, and is in no text.
        title = fold(card.title.partition(" (")[0])
        # « MES » is also a word of every text.
        if short and title and title != short and not word.EMPTY.issuperset(short.split(" ")):
            known = titles.setdefault(short, [])
            if title not in known:
                known.append(title)
    return iter(titles.items())


class _Pages:
    """The pages of best bets: found, or told to be missing."""

    def __init__(self, bets: Sheet, index: Any, languages: tuple[str, ...]) -> None:
        self._sheet, self._index, self._languages = bets, index, languages
        self._paths = Paths(index.paths)
        self._asked: dict[str, set[str]] = {lang: set() for lang in languages}

    def add(self, bets: Iterable[Bet], editorial: Editorial) -> None:
        """Add to the editorial the bets that have a page, each query once a language."""
        for bet in bets:
            card = self._card(bet)
            lang = card.lang if card else bet.lang or self._language_of(bet.page)
            queries = [query for place, query in bet.queries if self._is_new(place, query, lang)]
            if card and queries:
                editorial.best[lang].append(Best(queries, card.url, card.title, card.description))

    def _is_new(self, place: tuple, query: str, lang: str) -> bool:
        asked = self._asked[lang]
        if query in asked:
            self._sheet.tell(place, "vedette-en-double", f"« {query} » a déjà une vedette dans cette langue.", "Gardez-la à un seul endroit : une recherche n’a qu’une vedette.")
            return False
        asked.add(query)
        return True

    def _card(self, bet: Bet) -> Any:
        """The card of the page to show; None, and what is wrong is told, when there is none."""
        card = self._index.card(bet.page)
        if card is None or not card.url or card.lang not in self._languages:
            return self._missing(bet)
        if bet.lang and card.lang != bet.lang:
            card = self._twin(card, bet.lang)
            if card is None:
                language = LANGUAGES.get(bet.lang, bet.lang)
                return self._tell(bet, "vedette-sans-traduction", f"« {bet.page} » n’a pas de version en {language}.",
                                  f"Nommez une page en {language}, ou changez « lang ».")
        if card.retired:
            return self._tell(bet, "vedette-retiree", f"« {card.path} » est retirée : la recherche ne la montre pas en premier.", "Nommez la page qui la remplace, ou retirez la vedette.", WARNING)
        return card

    def _twin(self, card: Any, lang: str) -> Any:
        twins = (self._index.card(path) for path in self._index.twin_paths(card.path, card.lang))
        return next((twin for twin in twins if twin is not None and twin.lang == lang and twin.url), None)

    def _missing(self, bet: Bet) -> None:
        if self._index.is_held(bet.page):
            return self._tell(bet, "vedette-non-publiee", f"« {bet.page} » n’est pas publiée en ce moment.", "Corrigez la page, attendez sa publication, ou retirez la vedette.")
        near = self._paths.nearest(bet.page)
        remedy = f"Vouliez-vous dire « {near} » ?" if near else "Corrigez le chemin, à partir de contenu/, ou retirez la vedette."
        return self._tell(bet, "reference-inconnue", f"La page « {bet.page} » n’existe pas.", remedy)

    def _tell(self, bet: Bet, code: str, message: str, remedy: str, severity: str = ERROR) -> None:
        self._sheet.tell((*bet.place, "page"), code, message, remedy, severity)

    def _language_of(self, path: str) -> str:
        return address.split_language(path if path.endswith(".md") else path + ".md", self._languages, self._languages[0])[2]
