"""Best bets of `contenu/_recherche/vedettes.yml`: the page that the secretariat shows first for what many people look for.

    - recherches: [permis de conduire, renouveler permis]
      page: transports/permis-de-conduire/renouveler-votre-permis.md
      lang: en              # the twin of the page in that language; without it, the page itself
      jusqu_au: 2026-12-31  # the last day, in the time of Québec; without it, for good
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from fleuve import instant
from fleuve.front_matter import Pointer
from fleuve.search.sheet import Sheet, read

LONGEST_PATH = 500
PATH = "_recherche/vedettes.yml"
_KEYS = ("recherches", "page", "lang", "jusqu_au")
_FORM = "Écrivez « - {recherches: [permis de conduire], page: transports/permis-de-conduire/index.md} »."


class Bet(NamedTuple):
    """A bet as it is written. queries: folded, each with its place. lang: « » for that of the page. end: UTC seconds, None without a last day."""

    place: Pointer
    queries: list[tuple[Pointer, str]]
    page: str
    lang: str
    end: int | None


def bets_of(sheet: Sheet, languages: Iterable[str]) -> list[Bet]:
    """The right bets of the sheet, in its order; what is wrong is told to it. Whether their pages exist is not looked at."""
    if sheet.value is None:
        return []
    if not isinstance(sheet.value, list):
        sheet.tell((), "donnees-invalides", "Les vedettes sont une liste, un tiret par vedette.", _FORM)
        return []
    languages = tuple(languages)
    found = (_bet(sheet, place, item, languages) for place, item in sheet.entries((), sheet.value, "vedettes"))
    return [bet for bet in found if bet]


def ends(content: Path, languages: Iterable[str]) -> list[int]:
    """The instants (UTC seconds) at which best bets end: the built site changes then."""
    sheet, _ = read(content, PATH)
    return sorted({bet.end for bet in bets_of(sheet, languages) if bet.end}) if sheet else []


def _bet(sheet: Sheet, place: Pointer, item: Any, languages: tuple[str, ...]) -> Bet | None:
    if not isinstance(item, dict):
        sheet.tell(place, "valeur-du-mauvais-genre", "Une vedette a des clés.", _FORM)
        return None
    sheet.keys(place, item, _KEYS)
    queries, page = _queries(sheet, place, item), _page(sheet, place, item)
    lang, end = _lang(sheet, place, item, languages), _end(sheet, place, item)
    # A doubt about the last day or the language: a page shown first where it should not be does more harm than none.
    return Bet(place, queries, page, lang, end or None) if queries and page and lang is not None and end is not None else None


def _queries(sheet: Sheet, place: Pointer, item: dict) -> list[tuple[Pointer, str]]:
    value = item.get("recherches")
    if value is None or value == []:
        sheet.tell((*place, "recherches"), "cle-manquante", "Il manque « recherches » : ce que les gens tapent.", _FORM)
        return []
    if not isinstance(value, list):
        sheet.tell((*place, "recherches"), "valeur-du-mauvais-genre", "« recherches » doit être une liste.", "Écrivez « recherches: [permis de conduire, renouveler permis] ».")
        return []
    return sheet.expressions((*place, "recherches"), value)


def _page(sheet: Sheet, place: Pointer, item: dict) -> str:
    value = item.get("page")
    if value is None or (isinstance(value, str) and not value.strip()):
        sheet.tell((*place, "page"), "cle-manquante", "Il manque « page » : la page à montrer en premier.", _FORM)
    elif not isinstance(value, str) or len(value) > LONGEST_PATH:
        sheet.tell((*place, "page"), "valeur-du-mauvais-genre", "« page » doit être le chemin d’une page dans contenu/.", _FORM)
    else:
        return value.strip()
    return ""


def _lang(sheet: Sheet, place: Pointer, item: dict, languages: tuple[str, ...]) -> str | None:
    value = item.get("lang", "")
    if value != "" and value not in languages:
        sheet.tell((*place, "lang"), "valeur-non-permise", "« lang » doit être une langue du site.", f"Choisissez parmi {', '.join(languages)}, ou retirez la ligne.")
        return None
    return value


def _end(sheet: Sheet, place: Pointer, item: dict) -> int | None:
    """The instant that ends the last day; 0 without one, None when it is wrong."""
    if "jusqu_au" not in item:
        return 0
    try:
        return instant.to_epoch(item["jusqu_au"], True)
    except (ValueError, TypeError) as error:
        said = str(error) if isinstance(error, ValueError) else "« jusqu_au » doit être une date"
        sheet.tell((*place, "jusqu_au"), "date-invalide", f"{said}.", "Écrivez le dernier jour, comme 2026-12-31, ou retirez la ligne.")
        return None
