"""What the report says of an old page, and of an old site: the shapes that the migration fills and the dashboard shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fleuve.typography import space

DECISIONS = ("garder", "fusionner", "rediriger", "archiver", "a-decider")
UNDECIDED = "a-decider"
LABELS = {"garder": "Garder", "fusionner": "Fusionner", "rediriger": "Rediriger", "archiver": "Archiver", "a-decider": "À décider"}
COUNTS = {
    "words": "Mots", "links": "Liens", "images": "Images", "tables": "Tableaux", "cells": "Cellules de tableaux", "headings": "Titres", "items": "Éléments de listes",
    "definitions": "Définitions", "abbreviations": "Abréviations",
}
# Under this a person looks at the page before it is published.
SURE = 0.8
_NAMED = re.compile(r" \(.*\)(?=\s*[:\u00a0])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageReport:
    """An old page and what became of it.

    `counts` gives for each kind (words, links, images, tables, headings, items…) how many came in and how many went out; `losses` and `remarks` are
    French sentences; `findings` counts the accessibility findings of what came in, by rule. `hits` is how many times logs say it was asked
    for. `before` is the HTML of its main content as it was found (it is sanitized before it is shown), `after` that of the new page; both may be
    « » when there is nothing to compare. `conflict` says, in French, why a human's decision or edit and what is proposed do not agree.
    """

    old: str
    title: str = ""
    decision: str = UNDECIDED
    target: str = ""
    reason: str = ""
    confidence: float = 0.0
    method: str = ""
    reviewer: str = ""
    date: str = ""
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    losses: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)
    hits: int = 0
    lang: str = ""
    conflict: str = ""
    error: str = ""
    before: str = ""
    after: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether what becomes of its address is known."""
        return self.decision != UNDECIDED and not self.error

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should read it before anything else."""
        return bool(self.error or self.conflict or not self.is_decided or ((self.losses or self.confidence < SURE) and not self.reviewer))

    @property
    def urgency(self) -> tuple:
        """Sorts pages by what needs a look first: errors, conflicts, what is not decided, losses, low confidences, what many people read."""
        return (not self.error, not self.conflict, self.is_decided, bool(self.reviewer), not self.losses, self.confidence, -self.hits, self.old)

    def to_json(self) -> dict[str, Any]:
        """The page, without its before and after, ready for JSON, with French keys."""
        return {
            "ancienne": self.old, "titre": self.title, "decision": self.decision, "cible": self.target, "raison": self.reason, "confiance": round(self.confidence, 3),
            "methode": self.method, "relu_par": self.reviewer, "date": self.date, "comptes": {kind: list(pair) for kind, pair in self.counts.items()},
            "pertes": list(self.losses), "remarques": list(self.remarks), "accessibilite": dict(self.findings), "demandes": self.hits, "langue": self.lang,
            "conflit": self.conflict, "erreur": self.error,
        }


@dataclass(slots=True)
class SiteReport:
    """An old site. `pages` is read once, in any order, and may be a generator: a million pages are never held together.

    `unreached` counts addresses that logs ask for and no source has, `unreached_hits` how many times; both count among what is not decided.
    `aside` is what its sources set aside on purpose (drafts, private pages): addresses, and why; no error.
    """

    name: str
    title: str = ""
    hosts: tuple[str, ...] = ()
    organism: str = ""
    pages: Iterable[PageReport] = ()
    errors: tuple[str, ...] = ()
    unreached: int = 0
    unreached_hits: int = 0
    closed: str = ""
    aside: tuple[tuple[str, str], ...] = ()

    @property
    def aside_by_reason(self) -> list[dict[str, Any]]:
        """What was set aside, counted by reason; in brackets, reasons name the page."""
        found: dict[str, list[str]] = {}
        for address, reason in self.aside:
            found.setdefault(space(_NAMED.sub("", reason)), []).append(address)
        return [{"raison": reason, "nombre": len(addresses), "adresses": addresses} for reason, addresses in sorted(found.items())]

    def to_json(self) -> dict[str, Any]:
        """The site without its pages, ready for JSON."""
        return {
            "site": self.name, "titre": self.title, "hotes": list(self.hosts), "organisme": self.organism, "erreurs": list(self.errors),
            "adresses_non_trouvees": self.unreached, "demandes_non_trouvees": self.unreached_hits, "fermeture": self.closed,
            "mis_de_cote": self.aside_by_reason,
        }
