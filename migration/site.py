"""`build.py migrate site`: old sites read, settled and delivered into the content, with their redirects and their report."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import orjson

from fleuve import front_matter
from fleuve.executor import Executor
from fleuve.markdown import render
from fleuve.problem import Problem
from fleuve.publish import WORKSHOP, sole_writer
from fleuve.redirect import Own
from fleuve.settings import Settings
from migration import came_in, coverage, dashboard, decision, recipe as recipes, redirects, server_files
from migration.decision import KEEP, UNDECIDED
from migration.intake import ready, take_in_alone, take_in_site
from migration.ledger import Ledger
from migration.page_report import PageReport, SiteReport
from migration.published import Published
from migration.recipe import Recipe
from migration.record import Hits
from migration.redirects import OldSite
from migration.settlement import Settled, Settlement
from migration.sources import weight

SIDE_BY_SIDE = 4
"""Sites a process from which each process reads whole sites: with fewer, one that is heavier than the others would keep one process alone at the end."""

Tick = Callable[[str, int, int], None]


@dataclass
class Outcome:
    """What a run did. `problems`: recipes, decisions, redirects; `errors`: sources that could not be read, by site."""

    settled: dict[str, Settled] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    coverages: dict[str, coverage.Coverage] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether something is for people to mend: then the exit code is 1."""
        return any(problem.is_error for problem in self.problems) or any(self.errors.values()) or any(one.conflicts or one.page_conflicts for one in self.settled.values())


class Migration:
    """All old sites of a content folder. `work`: where ledgers, files and conflicts are kept between runs."""

    def __init__(self, settings: Settings, work: Path, executor: Executor, today: date, tick: Tick | None = None) -> None:
        self.settings, self.work, self.executor, self.today, self.tick = settings, work, executor, today, tick
        self.content = settings.content
        self.store, self.aside = work / "fichiers", work / "conflits"
        self.outcome = Outcome()
        self.recipes = self._recipes()

    def _recipes(self) -> dict[str, Recipe]:
        found = {}
        for name, file in recipes.named(self.content).items():
            found[name], problems = recipes.load(file)
            self.outcome.problems += problems
            if any(problem.is_error for problem in problems):
                del found[name]  # what a recipe does not say right, nobody should guess
        return found

    def ledger(self, name: str) -> Path:
        """The ledger of a site."""
        return self.work / f"{name}.db"

    def run(self, names: Iterable[str] = (), report: Path | None = None, servers: Path | None = None) -> Outcome:
        """Migrate the sites of these names, all when there is none. Writes the report and the files of servers where they are asked for.

        Raises SettingsError when another migration is at work."""
        with sole_writer(self.work):
            self._sweep()
            return self._run(names, report, servers)

    def _sweep(self) -> None:
        """Take away what a migration that was killed left half-written."""
        shutil.rmtree(self.work / WORKSHOP, ignore_errors=True)
        (self.work / WORKSHOP).mkdir()
        for folder in (self.content, self.store, self.aside):
            decision.sweep(folder)

    def _run(self, names: Iterable[str], report: Path | None, servers: Path | None) -> Outcome:
        chosen = [name for name in (names or sorted(self.recipes)) if name in self.recipes]
        # Processes begin while no ledger is open: an SQLite connection must not be carried across a fork (https://www.sqlite.org/howtocorrupt.html, 2.6).
        self.executor.foresee(ready)
        self._take_in(chosen)
        known = {name: recipe for name, recipe in self.recipes.items() if self.ledger(name).exists()}
        settlement = Settlement(self.settings, known, {name: self.ledger(name) for name in known}, self.store, self.aside, self.executor, self.today, self.tick)
        self.outcome.settled = settlement.run([name for name in chosen if name in known])
        for one in self.outcome.settled.values():
            self.outcome.problems += one.problems
        self._redirect(servers)
        if report is not None:
            dashboard.write(report, (self._report(name) for name in sorted(known)))
        return self.outcome

    def _take_in(self, names: list[str]) -> None:
        """Read the sources of sites into their ledgers: many sites side by side, a process each, the heaviest first; a few, the pages of each side by side."""
        if len(names) < SIDE_BY_SIDE * self.executor.jobs:
            for name in names:
                self.outcome.errors[name], self.outcome.made[name] = take_in_site(self.recipes[name], self.ledger(name), self.store, self.executor, self.tick)
            return
        by_weight = sorted(names, key=lambda name: (-weight(self.recipes[name]), name))
        tasks = ((self.recipes[name], self.ledger(name), self.store) for name in by_weight)
        for done, (name, errors, made) in enumerate(self.executor.map(take_in_alone, tasks, len(names)), 1):
            self.outcome.errors[name], self.outcome.made[name] = errors, made
            if self.tick:
                self.tick("Lecture des sites", done, len(names))

    # Redirects

    def _redirect(self, servers: Path | None) -> None:
        """Write the redirects of all sites in the content, those of servers where they are asked for, and measure what is decided."""
        groups = self._redirected()
        if servers is not None:
            server_files.write_all(servers, groups, self.settings.site_url, server_files.Place(root=str(servers.resolve())))
        for _ in groups:
            pass
        self.outcome.problems.sort()

    def _redirected(self) -> Iterator[tuple[list[OldSite], redirects.Plan]]:
        for sites, plan, problems in planned(self.settings):
            self.outcome.problems += problems + plan.problems + redirects.write(self.content, sites, plan)
            for site in sites:
                self.outcome.coverages[site.recipe.name] = self._coverage(site, plan)
            yield sites, plan

    def _coverage(self, site: OldSite, plan: redirects.Plan) -> coverage.Coverage:
        name = site.recipe.name
        if not self.ledger(name).exists():
            return coverage.measure(site.recipe, plan.rows.get(name, ()))
        with Ledger(self.ledger(name)) as ledger:
            pages = [key for (key,) in ledger.db.execute("SELECT key FROM pages ORDER BY key")]
            hits = [Hits(key, count) for key, count in sorted(ledger.hits().items())]
        return coverage.measure(site.recipe, plan.rows.get(name, ()), pages, hits)

    def close(self, name: str) -> coverage.Coverage:
        """Return what is decided of a site; raises coverage.NotClosable, in French, when it cannot be closed."""
        self._redirect(None)
        found = self.outcome.coverages[name]
        coverage.close(found)
        return found

    # Report

    def _report(self, name: str) -> SiteReport:
        recipe = self.recipes[name]
        with Ledger(self.ledger(name)) as ledger:
            damaged, aside, hits = ledger.damaged(), ledger.damaged(aside=True), ledger.hits()
            reached = {key for table in ("pages", "files", "others") for (key,) in ledger.db.execute(f"SELECT key FROM {table}")}
        missing = {key: count for key, count in hits.items() if key not in reached}
        errors = (*self.outcome.errors.get(name, ()), *(f"{url} : {reason}" for url, reason in damaged))
        return SiteReport(name, recipe.title or name, recipe.hosts, recipe.organism, self._pages(name), errors, len(missing), sum(missing.values()), recipe.closed, tuple(aside))

    def _pages(self, name: str) -> Iterator[PageReport]:
        """The pages of a site, as the report shows them."""
        settled, recipe = self.outcome.settled.get(name), self.recipes[name]
        rows = {row.old: row for row in decision.read(recipe.folder / decision.FILE)[0]}
        conflicts = {conflict.old: conflict.why for conflict in (settled.conflicts if settled else ())}
        by_path = {conflict.path: conflict.reason for conflict in (settled.page_conflicts if settled else ())}
        with Ledger(self.ledger(name)) as ledger:
            hits = ledger.hits()
            for entry in ledger.pages():
                row = rows.get(entry.key)
                after = _rendered(self.content / row.target, entry.data["language"]) if row and row.decision == KEEP and row.target.endswith(".md") else ""
                yield PageReport(
                    entry.url, entry.data["title"], row.decision if row else UNDECIDED, row.target if row else "", row.reason if row else "", row.confidence if row else 0.0, entry.data["method"],
                    row.reviewer if row else "", row.date if row else "", {kind: tuple(pair) for kind, pair in entry.data["counts"].items()}, tuple(entry.data["losses"]),
                    (*entry.data["remarks"], *(f"formulaire : {form}" for form in entry.data["forms"])), came_in.findings(entry.before), hits.get(entry.key, 0), entry.data["language"],
                    conflicts.get(entry.key, "") or (by_path.get(row.target, "") if row else ""), "", entry.before, after)


def _rendered(file: Path, lang: str) -> str:
    """The HTML of a delivered page, for the report."""
    try:
        found = front_matter.split(file.read_bytes(), file.name)
    except OSError:
        return ""
    return render(found.body, "en" if lang.startswith("en") else "fr")


def planned(settings: Settings) -> Iterator[tuple[list[OldSite], redirects.Plan, list[Problem]]]:
    """Give the old sites of a content folder, what each of their addresses answers, and what is wrong in their recipes and decisions: one group of sites that lead to one another at a time."""
    own = Own.of(settings.site_url)
    with Published(settings) as published:
        for names in redirects.together(settings.content):
            sites, problems = redirects.load(settings.content, names)
            yield sites, redirects.plan(sites, own, published, published.url), problems


def summary(outcome: Outcome) -> dict[str, object]:
    """What a run did, as `--json` prints it."""
    sites = {}
    for name, one in sorted(outcome.settled.items()):
        covered = outcome.coverages.get(name)
        sites[name] = {
            "pages": covered.pages if covered else 0, "made": outcome.made.get(name, 0), "decisions": dict(sorted(one.decided.items())), "written": one.written, "same": one.same, "kept": one.kept,
            "conflicts": [{"path": conflict.path, "reason": conflict.reason, "shown": str(conflict.shown or "")} for conflict in one.page_conflicts]
            + [{"path": conflict.old, "reason": conflict.why, "shown": ""} for conflict in one.conflicts],
            "errors": outcome.errors.get(name, []), "pages_decided": round(covered.by_pages, 4) if covered else 0, "hits_decided": round(covered.by_hits, 4) if covered else 0,
        }
    return {"sites": sites, "problems": [problem.to_json() for problem in outcome.problems]}


def dumped(outcome: Outcome) -> str:
    """`summary` as one line of JSON."""
    return orjson.dumps(summary(outcome)).decode()
