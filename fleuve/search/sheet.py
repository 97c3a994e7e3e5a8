"""A sheet of `contenu/_recherche/`: YAML that the secretariat writes for the search, read strictly, and what is wrong with it, each fault at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleuve import data_file, front_matter, word
from fleuve.problem import ERROR, Problem
from fleuve.type_advice import nearest_key

LONGEST = 60
"""Characters of a word or an expression: nobody types a longer one."""
MOST = 20
"""Words of one entry. A group of n words is n·(n-1) pairs in what browsers load."""
ENTRIES = 2000
"""Entries of a list: what is asked most often is a few hundred expressions."""
TOLD = 200
"""Faults that are told of a sheet; nobody reads more at once."""


class Sheet:
    """One file: its path, what it holds (`value`, None when there is nothing to read), and the faults told of it so far."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._text = text
        self._told: list[tuple[front_matter.Pointer, str, str, str, str]] = []
        self.value, self._problems = front_matter.read_value(text, path, 1)

    def tell(self, pointer: front_matter.Pointer, code: str, message: str, remedy: str, severity: str = ERROR) -> None:
        """Tell what is wrong with a key or an item, given by its path in the values: ("fr", 3, 0)."""
        self._told.append((pointer, severity, code, message, remedy))

    def problems(self) -> list[Problem]:
        """All that is wrong, in the order of the file. Places are looked for once, and only if there is something to say."""
        told, more = self._told[:TOLD], len(self._told) - TOLD
        places = front_matter.positions(self._text, [fault[0] for fault in told], 1) if told else []
        problems = [*self._problems, *(Problem(self.path, *place, *fault[1:]) for place, fault in zip(places, told, strict=True))]
        if more > 0:
            problems.append(Problem(self.path, 1, 1, ERROR, "trop-de-fautes", f"Ce fichier a d’autres fautes, qui ne sont pas montrées ({more}).", "Corrigez d’abord celles qui suivent."))
        return sorted(problems)

    # What entries are made of. Each gives what is right and tells what is not.

    def entries(self, pointer: front_matter.Pointer, value: Any, what: str) -> list[tuple[front_matter.Pointer, Any]]:
        """The items of a list of entries, each with its place. what: « groupes », « vedettes »."""
        if len(value) > ENTRIES:
            self.tell((*pointer, ENTRIES), "trop-de-consignes", f"Il y a plus de {ENTRIES} {what} ; les suivants ne servent pas.", "Retirez ceux que personne ne cherche.")
        return [((*pointer, number), item) for number, item in enumerate(value[:ENTRIES])]

    def keys(self, pointer: front_matter.Pointer, value: dict, allowed: tuple[str, ...]) -> None:
        """Tell the keys that are not allowed, and what was probably meant."""
        for key in value:
            if key not in allowed:
                near = nearest_key({}, key, allowed)
                meant = f" ; vouliez-vous dire « {near} » ?" if near else "."
                self.tell((*pointer, key), "cle-inconnue", f"« {key[:LONGEST]} » : clé inconnue{meant}", f"Les clés permises sont {', '.join(allowed)}.")

    def expression(self, pointer: front_matter.Pointer, value: Any) -> str:
        """A word or an expression as the search compares it, « » when it is wrong."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # 811 is asked for as it is
        if value is None or (isinstance(value, str) and not value.strip()):
            self.tell(pointer, "valeur-vide", "Ce mot est vide.", "Écrivez-le, ou retirez cet élément.")
            return ""
        if not isinstance(value, str):
            self.tell(pointer, "valeur-du-mauvais-genre", f"« {_shown(value)} » n’est ni un mot ni une expression.", f"Écrivez-le entre guillemets : \"{_shown(value)}\"."
                      if isinstance(value, (bool, float)) else "Écrivez un mot ou une expression, comme « permis de conduire ».")
            return ""
        if len(value) > LONGEST:
            self.tell(pointer, "valeur-trop-longue", f"Cette expression compte {len(value)} caractères ; la limite est de {LONGEST}.", "Gardez les mots que les gens tapent.")
            return ""
        folded = fold(value)
        if not folded:
            self.tell(pointer, "valeur-vide", f"« {value} » n’a ni lettre ni chiffre.", "Écrivez un mot, ou retirez cet élément.")
        elif word.EMPTY.issuperset(folded.split(" ")):
            self.tell(pointer, "valeur-invalide", f"« {value} » est dans tous les textes ; la recherche n’en tient pas compte.", "Écrivez un mot plus précis, ou retirez cet élément.")
            return ""
        return folded

    def expressions(self, pointer: front_matter.Pointer, value: list) -> list[tuple[front_matter.Pointer, str]]:
        """The right ones of a list of words and expressions, each with its place; at most MOST."""
        if len(value) > MOST:
            self.tell((*pointer, MOST), "trop-de-consignes", f"Il y a plus de {MOST} mots ici ; les suivants ne servent pas.", "Gardez ceux que les gens emploient le plus.")
        found = (((*pointer, number), self.expression((*pointer, number), item)) for number, item in enumerate(value[:MOST]))
        return [one for one in found if one[1]]


def fold(text: str) -> str:
    """A word or an expression as the search compares it: lower case, without accents, its words apart by one space."""
    return " ".join(word.words(text))


def read(content: Path, path: str) -> tuple[Sheet | None, list[Problem]]:
    """A sheet of the content folder; None, and what is wrong, when its text cannot be had."""
    text, problems = data_file.text(content, path)
    return (None, problems) if problems else (Sheet(path, text), [])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "une liste" if isinstance(value, list) else "des clés" if isinstance(value, dict) else str(value)
