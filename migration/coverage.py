"""How much of an old site is decided, by pages and by hits, and whether it can be closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleuve.redirect import Redirect, Table
from fleuve.typography import space
from migration import old_url
from migration.recipe import Recipe
from migration.record import Hits
from migration.redirects import PENDING

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Missing:
    """An old address that nothing decides: its canonical form, how often it is asked for, and why it is missing (French)."""

    old: str
    hits: int
    why: str


@dataclass(frozen=True)
class Coverage:
    """What is decided of one old site. `undecided`: how many addresses nothing decides, of which `missing` has the SHOWN that are asked for most; `foreign` counts addresses that are not of the site."""

    site: str
    pages: int = 0
    pages_decided: int = 0
    hits: int = 0
    hits_decided: int = 0
    undecided: int = 0
    missing: tuple[Missing, ...] = ()
    foreign: int = 0

    @property
    def by_pages(self) -> float:
        """The part of the pages that is decided; 1 when there is none."""
        return self.pages_decided / self.pages if self.pages else 1.0

    @property
    def by_hits(self) -> float:
        """The part of the hits that is decided; 1 when there is none."""
        return self.hits_decided / self.hits if self.hits else 1.0

    @property
    def may_close(self) -> bool:
        """Whether the site can be closed: all that people ask for is decided; without access logs, all its pages; never without either."""
        return self.hits_decided == self.hits if self.hits else 0 < self.pages == self.pages_decided


class NotClosable(Exception):
    """A site that cannot be closed yet; the message, in French, says what is missing, most asked first."""


def measure(recipe: Recipe, rows: Iterable[Redirect], pages: Iterable[str] = (), hits: Iterable[Hits] = ()) -> Coverage:
    """Compare what is known of a site with what is decided.

    Takes the rows of its plan (migration/redirects.py), the old addresses of its pages and what its access logs say. An address that a rule « …/* »
    or its own path answers for is decided, as it is on the server.
    """
    table = Table(rows)
    foreign = 0
    known: dict[str, int] = {}
    own_pages: set[str] = set()
    for url in pages:
        if form := old_url.normal(url, recipe):
            own_pages.add(form)
        else:
            foreign += 1
    for hit in hits:
        if form := old_url.normal(hit.url, recipe):
            known[form] = known.get(form, 0) + max(hit.count, 0)
        else:
            foreign += 1
    missing = []
    for form in own_pages | known.keys():
        row = table.find(old_url.place(form))
        if row is None:
            missing.append(Missing(form, known.get(form, 0), "aucune ligne"))
        elif row.status == PENDING:
            missing.append(Missing(form, known.get(form, 0), f"à décider ({row.where})"))
    undecided = {one.old for one in missing}
    missing.sort(key=lambda one: (-one.hits, one.old))
    total = sum(known.values())
    return Coverage(recipe.name, len(own_pages), len(own_pages - undecided), total, total - sum(one.hits for one in missing), len(missing), tuple(missing[:SHOWN]), foreign)


def explain(coverage: Coverage) -> str:
    """Say in French what is decided and what is missing, most asked first."""
    lines = [f"Site « {coverage.site} » : {_part(coverage.pages_decided, coverage.pages)} pages décidées, "
             f"{_part(coverage.hits_decided, coverage.hits)} visites décidées."]
    if coverage.foreign:
        lines.append(f"{_number(coverage.foreign)} adresses ne sont pas de ce site et ne comptent pas." if coverage.foreign > 1
                     else "Une adresse n’est pas de ce site et ne compte pas.")
    if not coverage.hits:
        lines.append("Aucun journal d’accès : ce que les gens demandent n’est pas connu, alors toutes les pages comptent.")
    if coverage.undecided:
        lines.append(f"Il reste {_number(coverage.undecided)} adresses à décider. Les plus demandées :" if coverage.undecided > 1
                     else "Il reste une adresse à décider :")
        lines += [f"- {one.old} : {_number(one.hits)} visite{'s' if one.hits > 1 else ''}, {one.why}" for one in coverage.missing]
        if coverage.undecided > SHOWN:
            left = coverage.undecided - SHOWN
            lines.append(f"- et {_number(left)} autres." if left > 1 else "- et une autre.")
        lines.append(f"Ajoutez ou complétez ces lignes dans contenu/_migration/{coverage.site}/decisions.csv.")
    return space("\n".join(lines))


def close(coverage: Coverage) -> None:
    """Accept that a site be closed, or raise NotClosable with what is missing."""
    if not coverage.may_close:
        why = "rien n’est connu de ses pages ni de ses visites"
        if coverage.hits:
            why = "toutes les visites doivent mener quelque part"
        elif coverage.pages:
            why = "toutes les pages doivent être décidées"
        raise NotClosable(space(f"Le site « {coverage.site} » ne peut pas être fermé : {why}.\n") + explain(coverage))


def _part(some: int, whole: int) -> str:
    # Never « 100 % » for what is not whole.
    share = f"{(1000 * some // whole) / 10:g}".replace(".", ",") if whole else "100"
    return f"{_number(some)} sur {_number(whole)} ({share} %)"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
