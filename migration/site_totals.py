"""What the pages of a site, or of all sites, add up to."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from migration.page_report import DECISIONS, SURE, UNDECIDED, PageReport, SiteReport

# The edges of the classes of confidence that the report shows.
CLASSES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)
# Losses are named by what they have in common; beyond this many kinds the rest is told together.
KINDS_MAX = 2000
REST = "autres pertes"
# Quoted names, addresses and numbers change from page to page; the loss is the same.
_OWN = re.compile(r"«[^»]*»|“[^”]*”|https?://\S+|\b\d[\d\u00a0\u202f.,]*")


@dataclass(slots=True)
class Totals:
    """Sums over pages; `add` counts one, `join` those of another site."""

    sites: int = 0
    pages: int = 0
    decided: int = 0
    reviewed: int = 0
    to_look_at: int = 0
    hits: int = 0
    hits_decided: int = 0
    errors: int = 0
    conflicts: int = 0
    with_losses: int = 0
    unreached: int = 0
    decisions: Counter[str] = field(default_factory=Counter)
    decision_hits: Counter[str] = field(default_factory=Counter)
    confidences: list[int] = field(default_factory=lambda: [0] * len(CLASSES))
    entered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    losses: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    finding_pages: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, site: SiteReport) -> Totals:
        """The totals of a site before its pages are read: addresses that logs ask for and no source has are its own, not decided."""
        return cls(sites=1, unreached=site.unreached, hits=site.unreached_hits, errors=len(site.errors))

    def add(self, page: PageReport) -> None:
        """Count a page."""
        decision = page.decision if page.decision in DECISIONS else UNDECIDED
        self.pages += 1
        self.decided += page.is_decided
        self.reviewed += bool(page.reviewer)
        self.to_look_at += page.needs_a_look
        self.hits += page.hits
        self.hits_decided += page.hits if page.is_decided else 0
        self.errors += bool(page.error)
        self.conflicts += bool(page.conflict)
        self.with_losses += bool(page.losses)
        self.decisions[decision] += 1
        self.decision_hits[decision] += page.hits
        self.confidences[_class_of(page.confidence)] += 1
        for kind, (entered, left) in page.counts.items():
            self.entered[kind] += entered
            self.left[kind] += left
        for loss in page.losses:
            self._lose(_OWN.sub("…", loss)[:300], 1)
        self.findings.update(page.findings)
        self.finding_pages.update(page.findings.keys())
        if page.method:
            self.methods[page.method] += 1

    def join(self, other: Totals) -> None:
        """Count what another site counted."""
        for name in ("sites", "pages", "decided", "reviewed", "to_look_at", "hits", "hits_decided", "errors", "conflicts", "with_losses", "unreached"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("decisions", "decision_hits", "entered", "left", "findings", "finding_pages", "methods"):
            getattr(self, name).update(getattr(other, name))
        self.confidences = [mine + yours for mine, yours in zip(self.confidences, other.confidences, strict=True)]
        for loss, times in sorted(other.losses.items()):
            self._lose(loss, times)

    def _lose(self, loss: str, times: int) -> None:
        self.losses[loss if loss in self.losses or len(self.losses) < KINDS_MAX else REST] += times

    @property
    def addresses(self) -> int:
        """Every address that has to be decided: pages, and those that only logs know."""
        return self.pages + self.unreached

    @property
    def decided_share(self) -> float:
        """The part of addresses whose fate is known, 1 when there is none."""
        return self.decided / self.addresses if self.addresses else 1.0

    @property
    def hits_share(self) -> float:
        """The same, each counted as many times as it was asked for."""
        return self.hits_decided / self.hits if self.hits else 1.0

    @property
    def can_close(self) -> bool:
        """Whether every request that people made of the old site has an answer in the new one."""
        return 0 < self.addresses == self.decided and self.hits_decided == self.hits and not self.errors

    def to_json(self) -> dict[str, Any]:
        """The totals, ready for JSON, with French keys."""
        return {
            "sites": self.sites, "pages": self.pages, "decidees": self.decided, "relues": self.reviewed, "a_regarder": self.to_look_at, "demandes": self.hits,
            "demandes_decidees": self.hits_decided, "part_decidee": down(self.decided_share),
            "part_des_demandes_decidee": down(self.hits_share), "fermable": self.can_close,
            "erreurs": self.errors, "conflits": self.conflicts, "pages_avec_pertes": self.with_losses, "adresses_non_trouvees": self.unreached,
            "decisions": {decision: {"pages": self.decisions[decision], "demandes": self.decision_hits[decision]} for decision in DECISIONS},
            "confiance": [{"de": low, "pages": count} for low, count in zip(CLASSES, self.confidences, strict=True)],
            "comptes": {kind: {"entree": self.entered[kind], "sortie": self.left[kind]} for kind in sorted(self.entered)},
            "pertes": dict(ranked(self.losses)), "accessibilite": {rule: {"fois": times, "pages": self.finding_pages[rule]} for rule, times in ranked(self.findings)},
            "methodes": dict(ranked(self.methods)), "seuil_de_confiance": SURE,
        }


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first, then in the order of their names."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def down(share: float, digits: int = 4) -> float:
    """A share rounded down: 100 % must mean that nothing is left."""
    return math.floor(share * 10**digits + 1e-9) / 10**digits


def _class_of(confidence: float) -> int:
    return max(at for at, low in enumerate(CLASSES) if at == 0 or confidence >= low)
