"""Synonyms of `contenu/_recherche/synonymes.yml`: per language, groups of words that mean the same, and one-way entries.

    fr:
      - [auto, voiture, automobile]
      - {mot: rvq, vers: [revenu québec]}

Who looks for one word of a group finds the others too; who looks for `mot` finds what `vers` says, and not the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fleuve.front_matter import Pointer
from fleuve.search.sheet import Sheet

PATH = "_recherche/synonymes.yml"
_KEYS = ("mot", "vers")
_FORM = "Écrivez « [auto, voiture, automobile] » ou « {mot: rvq, vers: [revenu québec]} »."

Synonyms = dict[str, list[str]]
"""{folded word: what it also means, folded}. An empty list says that a word means nothing else."""


def synonyms_of(sheet: Sheet, languages: Iterable[str]) -> dict[str, Synonyms]:
    """The synonyms of each language that the sheet has; what is wrong is told to it. languages: those of the site."""
    languages = tuple(languages)
    if sheet.value is None:
        return {}
    if not isinstance(sheet.value, dict):
        sheet.tell((), "donnees-invalides", "Les synonymes sont rangés par langue.", "Écrivez « fr: », puis une ligne par groupe, en retrait : « - [auto, voiture, automobile] ».")
        return {}
    sheet.keys((), sheet.value, languages)
    return {lang: _Language(sheet).read((lang,), sheet.value[lang]) for lang in languages if lang in sheet.value}


class _Language:
    """The synonyms of one language as they are read: a word is said once."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._known: Synonyms = {}

    def read(self, pointer: Pointer, value: Any) -> Synonyms:
        if value is None:
            return {}
        if not isinstance(value, list):
            self._sheet.tell(pointer, "valeur-du-mauvais-genre", f"« {pointer[0]} » doit contenir une liste de groupes.", "Écrivez une ligne par groupe : « - [auto, voiture, automobile] ».")
            return {}
        for place, item in self._sheet.entries(pointer, value, "groupes de synonymes"):
            if isinstance(item, list):
                self._group(place, item)
            elif isinstance(item, dict):
                self._one_way(place, item)
            else:
                self._sheet.tell(place, "valeur-du-mauvais-genre", "Ce n’est ni un groupe de mots ni un synonyme à sens unique.", _FORM)
        return self._known

    def _group(self, place: Pointer, item: list) -> None:
        if len(item) < 2:
            self._sheet.tell(place, "synonyme-seul", "Ce groupe n’a pas deux mots : il ne change rien à la recherche.", "Ajoutez un mot qui veut dire la même chose, ou retirez le groupe.")
            return
        words = self._once(self._sheet.expressions(place, item), self._known)
        if len(words) > 1:
            self._known.update({one: [other for other in words if other != one] for one in words})

    def _one_way(self, place: Pointer, item: dict) -> None:
        self._sheet.keys(place, item, _KEYS)
        missing = [key for key in _KEYS if key not in item]
        for key in missing:
            self._sheet.tell(place, "cle-manquante", f"Il manque « {key} ».", _FORM)
        if missing:
            return
        word = self._once([((*place, "mot"), folded)] if (folded := self._sheet.expression((*place, "mot"), item["mot"])) else [], self._known)
        if not isinstance(item["vers"], list):
            self._sheet.tell((*place, "vers"), "valeur-du-mauvais-genre", "« vers » doit être une liste.", "Écrivez « vers: [revenu québec] » ; une liste vide, « vers: [] », retire le synonyme d’un sigle.")
            return
        others = self._once(self._sheet.expressions((*place, "vers"), item["vers"]), word)
        if word and (others or not item["vers"]):
            self._known[word[0]] = others

    def _once(self, found: list[tuple[Pointer, str]], known: Iterable[str]) -> list[str]:
        """Words without those that are known already, or are there twice, which are told."""
        kept: list[str] = []
        for place, folded in found:
            if folded in known or folded in kept:
                self._sheet.tell(place, "synonyme-en-double", f"« {folded} » est donné deux fois (les accents, les majuscules et les traits d’union ne comptent pas).",
                                 "Gardez-le à un seul endroit ; réunissez les deux groupes s’ils veulent dire la même chose.")
            else:
                kept.append(folded)
        return kept
