"""What the decisions of all the old sites make each old address answer: one 301 or 410, or nothing yet.

Rows are those of fleuve/redirect.py, which checks them against the pages of the site and against one another. Between old sites, chains are
followed to their end: a person makes one hop. A loop is refused. An address « a-decider » has a row of status 404, so that no rule above it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote_from_bytes

from fleuve import redirect
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.redirect import Existing, Own, Place, Redirect, Refused, Table
from migration import decision, old_url
from migration.collector import without_collector
from migration.decision import ARCHIVE, MOVED, Decision
from migration.recipe import FILE as RECIPE
from migration.recipe import FOLDER as RECIPES
from migration.recipe import Recipe
from migration.recipe import load as recipe_load
from migration.recipe import named as recipe_named

FOLDER = "_redirections"
PENDING = 404
"""The status of an address that is not decided."""

# What needs no second look: no part of the path is empty or begins with a dot, nothing needs encoding.
_PLAIN_TARGET = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/(?:[A-Za-z0-9_~-][A-Za-z0-9._~!&()+,;=:@-]*(?:/|(?=[?#])|\Z))*(?:[?#][A-Za-z0-9/._~!&()+,;=:@?-]*)?").fullmatch
# As fleuve/redirect.py, once encoded: C0, DEL, and the line and paragraph separators.
_CONTROL = re.compile(r"%(?:[01][0-9A-F]|7F|E2%80%A[89])")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*").fullmatch
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~!$&'()+,;=:@-]*").fullmatch
_MARK = "# Écrit par la migration d’après contenu/_migration/{site}/decisions.csv : ne pas modifier à la main.\n"
_URL_HOST = re.compile(rb"//([A-Za-z0-9._-]+)")
_HEAD = "# Écrit par la migration".encode()


@dataclass(frozen=True)
class OldSite:
    """One old site: its recipe and its decisions. A site that stays alive may be the target of its own pages."""

    recipe: Recipe
    decisions: list[Decision]
    alive: bool = False


@dataclass(frozen=True)
class Plan:
    """What each old address answers, by site, and all that is wrong with the decisions."""

    rows: Mapping[str, list[Redirect]]
    """By name of the site, sorted: statuses 301, 410, and PENDING; targets root-relative for a page of the new site."""
    problems: list[Problem]
    spelled: Mapping[str, list[str]] = field(default_factory=dict)
    """By key of a place: its queries as decisions write them, when encoded. No server can decode a query, and there are many ways to encode one."""
    refused: int = 0
    """How many decisions have no row: refused, or said twice."""


def load(content: Path, names: Collection[str] | None = None) -> tuple[list[OldSite], list[Problem]]:
    """Read the recipes and decisions of a content folder (`_migration/SITE/`), those of some sites or of all; problems name files relative to it."""
    sites, problems = [], []
    for name, file in recipe_named(content).items():
        if names is not None and name not in names:
            continue
        recipe, told = recipe_load(file)
        decisions, found = decision.read(file.with_name(decision.FILE), f"{RECIPES}/{name}/{decision.FILE}")
        problems += [replace(one, file=f"{RECIPES}/{name}/{RECIPE}") for one in told] + found
        sites.append(OldSite(recipe, decisions))
    return sites, problems


def together(content: Path) -> list[list[str]]:
    """Return the names of the sites that are to be planned at once, in groups: those that share a host, or lead to one another.

    The decisions of all 800 sites need not be in memory at once: of most sites, none leads to another old site.
    """
    found = recipe_named(content)
    hosts = {name: {host.partition(":")[0] for host in recipe_load(file)[0].hosts} for name, file in found.items()}
    owners: dict[str, str] = {}
    first: dict[str, str] = {name: name for name in found}

    def group(name: str) -> str:
        while first[name] != name:
            first[name] = first[first[name]]
            name = first[name]
        return name

    for name, its in hosts.items():
        for host in its:
            first[group(name)] = group(owners.setdefault(host, name))
    for name, file in found.items():
        for host in _named_hosts(file.with_name(decision.FILE)):
            if host in owners:
                first[group(name)] = group(owners[host])
    groups: dict[str, list[str]] = {}
    for name in found:
        groups.setdefault(group(name), []).append(name)
    return list(groups.values())


def _named_hosts(file: Path) -> set[str]:
    """The hosts of all URLs in a file of decisions."""
    try:
        data = file.read_bytes()
    except OSError:
        return set()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    return {match[1].decode("ascii", "replace").lower() for match in _URL_HOST.finditer(data)}


def plan(sites: Iterable[OldSite], own: Own, pages: Existing | None = None, address: Callable[[str], str] = lambda page: "") -> Plan:
    """Turn decisions into rows that can be served.

    Takes the old sites, the new site's own address, its pages (None: targets are not looked for) and the address of a page of the content
    (`sante/vaccin.md` → `/sante/vaccin/`, "" if there is none). Raises nothing: what is wrong is in the plan, with file and line.
    """
    with without_collector():
        return _Planner(list(sites), own, pages, address).plan()


class _Planner:
    def __init__(self, sites: list[OldSite], own: Own, pages: Existing | None, address: Callable[[str], str]) -> None:
        self.sites, self.own, self.pages, self.address = sites, own, pages, address
        self.by_host: dict[str, OldSite] = {}
        self.problems: list[Problem] = []
        self.spelled: dict[str, list[str]] = {}
        self.target = lru_cache(65536)(self._target)
        self.here = f"https://{own.host}/"

    def plan(self) -> Plan:
        for site in self.sites:
            self._know(site)
        written = [row for site in self.sites if _NAME(site.recipe.name) and hosts_of(site.recipe) for row in self._rows(site)]
        decided = [row for row in written if row.status != PENDING]
        if self.pages is None:
            kept = list(redirect.distinct(decided, self.problems))
        else:
            kept, found = redirect.validate(decided, self.pages)
            self.problems += found
        kept, found = redirect.resolve(kept, self._where)
        self.problems += [replace(one, severity=WARNING) if one.code == "redirection-en-chaine" else one for one in found]
        table = Table(kept)
        kept += self._pending(written, table)
        kept = [row for row in kept if row.status != 301 or self._may_lead(row, table)]
        by_site = self._by_site(kept)
        for rows in by_site.values():
            self._tell_plain_http(rows)
        return Plan(by_site, sorted(self.problems), self.spelled, sum(len(site.decisions) for site in self.sites) - len(kept))

    def _know(self, site: OldSite) -> None:
        file = str(site.recipe.folder / RECIPE)
        if not _NAME(site.recipe.name) or not hosts_of(site.recipe):
            self.problems.append(Problem(file, 1, 1, ERROR, "recette", f"Le site « {site.recipe.name} » n’a pas de nom ou pas d’hôte correct : rien n’en est servi.",
                                         "Corrigez sa recette."))
        for host in hosts_of(site.recipe):
            other = self.by_host.setdefault(host, site)
            if other is not site:
                self.problems.append(Problem(file, 1, 1, ERROR, "hote-en-double", f"« {host} » est aussi un hôte de « {other.recipe.name} ».",
                                             "Laissez-le à un seul des deux sites."))

    # One row

    def _rows(self, site: OldSite) -> Iterator[Redirect]:
        recipe, own = site.recipe, self.own.host
        normal = old_url.Reader(recipe.hosts, recipe.addresses).normal
        for row in site.decisions:
            form, prefix = old_url.rule(row.old, recipe) if row.old[-1:] == "*" else (normal(row.old), False)
            if not form:
                self._tell(row, "adresse-etrangere", f"« {row.old} » n’est pas une adresse de ce site.",
                           f"Les hôtes de la recette sont : {', '.join(recipe.hosts)}.")
                continue
            if "%" in form and _CONTROL.search(form):
                self._tell(row, "caractere-de-controle", f"« {row.old} » contient un caractère de contrôle, qu’aucune personne ne tape.", "Retirez cette ligne.")
                continue
            place = old_url.place(form)
            if place.query and ("%" in row.old or "+" in row.old):
                self.spelled.setdefault(place.key, []).append(row.old.partition("?")[2])
            if place.host == own:
                place = place._replace(host="")
            if prefix and place.path.endswith("/"):
                place = place._replace(path=place.path.rstrip("/"))
            if row.decision == ARCHIVE:
                yield Redirect(place, prefix, "", False, 410, row.file, row.line)
            elif row.decision not in MOVED:
                yield Redirect(place, prefix, "", False, PENDING, row.file, row.line)
            else:
                try:
                    plain = _PLAIN_TARGET(row.target) and not row.target.startswith(self.here)
                    target, carries = (row.target, False) if plain else self.target(row.target, prefix)
                except Refused as refused:
                    self._tell(row, refused.code, refused.message, refused.remedy)
                    continue
                yield Redirect(place, prefix, target, carries, 301, row.file, row.line)

    def _target(self, text: str, prefix: bool) -> tuple[str, bool]:
        if text.endswith(".md") and "://" not in text and not text.startswith("/"):
            found = self.address(text)
            if not found:
                raise Refused("cible-introuvable", f"La page « {text} » n’existe pas dans le contenu.", "Corrigez son nom, ou écrivez « archiver ».")
            text = found
        return redirect.read_target(text, 301, prefix, self.own)

    def _tell_plain_http(self, rows: list[Redirect]) -> None:
        found = [row for row in rows if row.target[:5] == "http:"]
        if found:
            first = min(found, key=lambda row: (row.file, row.line))
            much = f"{len(found)} destinations commencent" if len(found) > 1 else "Une destination commence"
            self._tell(first, "cible-http", f"{much} par « http:// » ; la première : « {first.target} ».", "Écrivez « https:// » si le site visé l’accepte.", WARNING)

    def _tell(self, row: Decision | Redirect, code: str, message: str, remedy: str, severity: str = ERROR) -> None:
        self.problems.append(Problem(row.file, row.line, 1, severity, code, message, remedy))

    # All the rows together

    def _where(self, target: str, hosts: Iterable[str]) -> Place | None:
        """The place of a target; on an old site, by the rules of its own addresses."""
        if target[:1] == "/":
            return redirect.locate(target, hosts)
        host = target.split("/", 3)[2].partition(":")[0]
        site = self.by_host.get(host)
        if site is None:
            return None if host not in hosts else redirect.locate(target, hosts)
        form = old_url.normal(target, site.recipe)
        place = old_url.place(form) if form else None
        return place._replace(host="") if place and place.host == self.own.host else place

    def _pending(self, written: list[Redirect], table: Table) -> Iterator[Redirect]:
        """Yield the rows that are not decided, and put them in the table."""
        for row in written:
            if row.status == PENDING:
                other = (table.prefixes if row.prefix else table.exact).setdefault(row.place.key, row)
                if other is row:
                    yield row
                else:
                    self._tell(row, "decision-en-double", f"« {row.source} » est aussi décidée à {other.where}.", "Retirez cette ligne.", WARNING)

    def _may_lead(self, row: Redirect, table: Table) -> bool:
        """Whether a row may lead where it does: not to a page of an old site that nothing answers for."""
        if row.target[:1] == "/" or (site := self.by_host.get(row.target.split("/", 3)[2].partition(":")[0])) is None or site.alive:
            return True
        place = self._where(row.target, ())
        source = self.by_host.get(row.place.host)
        found = table.find(place) if place else None
        if found is not None and found.status == PENDING:
            self._tell(row, "cible-a-decider", f"« {row.target} » est une ancienne adresse qui reste à décider ({found.where}).", "Décidez-la d’abord.", WARNING)
        elif source is site and found is None:
            self._tell(row, "cible-ancien-site", f"La destination « {row.target} » est sur l’ancien site lui-même, et rien n’y est décidé.",
                       "Donnez l’adresse de la page qui la remplace, ou décidez aussi cette adresse.")
            return False
        elif found is None:
            self._tell(row, "cible-ancien-site", f"La destination « {row.target} » est sur un autre ancien site (« {site.recipe.name} ») et rien n’y est décidé.",
                       "Quand cet autre site fermera, cette adresse ne répondra plus : décidez-la là aussi.", WARNING)
        return True

    def _by_site(self, rows: list[Redirect]) -> dict[str, list[Redirect]]:
        found: dict[str, list[Redirect]] = {site.recipe.name: [] for site in self.sites}
        for row in rows:
            site = self.by_host[row.place.host or self.own.host]
            found[site.recipe.name].append(row)
        for some in found.values():
            some.sort(key=order)
        return found


def hosts_of(recipe: Recipe) -> list[str]:
    """The hosts of a recipe that are names of hosts, without port, the main one first; they go into the configuration of servers."""
    return list(dict.fromkeys(host for one in recipe.hosts if _HOST(host := one.partition(":")[0])))


def order(row: Redirect) -> tuple[int, Place]:
    """The order of rows in files: prefixes first, the deepest first, as a server tries them."""
    return (-row.place.path.count("/") if row.prefix else 1, row.place)


# The files of the content


def table_of(site: OldSite, rows: list[Redirect], problems: list[Problem]) -> bytes:
    """Return the file of `contenu/_redirections/` for one site, which the build reads again: 301 and 410, and the aliases of its hosts.

    The build's own comparison has no capitals and no final slash: where they make two addresses, the first one is kept and it is told.
    """
    recipe = site.recipe
    lines = [_MARK.format(site=recipe.name), ",".join(redirect.HEADER) + "\n"]
    seen: dict[tuple[bool, str], Redirect] = {}
    fine = recipe.addresses.case or recipe.addresses.slash
    for row in rows:
        if row.status == PENDING:
            continue
        place = row.place
        if fine and (first := seen.setdefault((row.prefix, place.host + redirect.canonical(place.path.replace("%", "%25")) + "?" + place.query.lower()), row)) is not row:
            if first.target != row.target:
                problems.append(Problem(row.file, row.line, 1, WARNING, "majuscules", f"« {row.source} » et « {first.source} » ({first.where}) ne diffèrent que par les "
                                        "majuscules ou la barre finale : la construction du site ne garde que la seconde.",
                                        "Les fichiers de serveur de l’ancien site les distinguent."))
            continue
        tail = "/*" if row.prefix else "" if place.path else "/"
        tail += f"?{place.query}" if place.query and not row.prefix else ""
        for path in spelled(place.path):
            lines.append(f"{place.host},{_cell(path + tail)},{_cell(row.target + '*' * row.carries)},{row.status}\n")
    hosts = hosts_of(recipe)
    if all(row.place.host for row in rows):  # Not of the new site's own pages.
        lines += [f"{host},,{hosts[0]},alias\n" for host in hosts[1:]]
    return "".join(lines).encode()


def spelled(path: str) -> list[str]:
    """The spellings of a decoded path, percent-encoded where a file of redirects could misread it."""
    if _PLAIN_PATH(path):
        return [path]
    return [quote_from_bytes(way, safe="/:@!$&'()+,;=~-._") for way in old_url.spellings(path.replace("%", "%25"))]


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def write(content: Path, sites: Iterable[OldSite], plan: Plan) -> list[Problem]:
    """Write `_redirections/SITE.csv` of each site in the folder of the content; return what is wrong. Raises OSError.

    A file that people wrote is never replaced.
    """
    problems: list[Problem] = []
    for site in sites:
        name = f"{FOLDER}/{site.recipe.name}.csv"
        file = content / name
        there = file.exists()
        if not there and not plan.rows[site.recipe.name]:
            continue
        if there and not file.read_bytes().startswith(_HEAD):
            problems.append(Problem(name, 1, 1, ERROR, "fichier-de-main", "Ce fichier a été écrit à la main : la migration ne le remplace pas.",
                                    "Renommez-le, ou donnez un autre nom au site."))
            continue
        decision.put(file, table_of(site, plan.rows[site.recipe.name], problems))
    return problems
