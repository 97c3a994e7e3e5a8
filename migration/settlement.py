"""From what came in to what is published: proposals, decisions, pages in the content, redirects. All sites together, since they link to one another."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import orjson

from fleuve.executor import Executor
from fleuve.problem import Problem
from fleuve.settings import Settings
from migration import decision as decisions
from migration.convert import rewrite
from migration.decision import KEEP, Conflict, Decision
from migration.delivery import Delivery, document, fingerprint
from migration.delivery import Conflict as PageConflict
from migration.destination import FILES, Destinations, documents
from migration.judgement import NEWS, judge
from migration.ledger import Ledger
from migration.old_links import OldLinks
from migration.proposal import Proposals, stored
from migration.recipe import Recipe

BATCH = 64  # pages delivered in one task


@dataclass
class Settled:
    """What became of one site."""

    recipe: Recipe
    decisions: list[Decision] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    page_conflicts: list[PageConflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    written: int = 0
    same: int = 0
    kept: int = 0

    @property
    def held(self) -> bool:
        """Whether the file of decisions has errors: nothing of the site is delivered before they are mended."""
        return any(problem.is_error for problem in self.problems)


class Settlement:
    """Settles all sites of a content folder. `ledgers`: the file of each; `store`: where files are kept; `aside`: where conflicts are shown."""

    def __init__(self, settings: Settings, recipes: Mapping[str, Recipe], ledgers: Mapping[str, Path], store: Path, aside: Path, executor: Executor, today: date, tick: Callable[[str, int, int], None] | None = None) -> None:
        self.settings, self.recipes, self.ledgers, self.store, self.aside, self.executor, self.today, self.tick = settings, recipes, ledgers, store, aside, executor, today, tick
        self.content = settings.content
        self.languages = tuple(settings.languages)

    def run(self, names: Iterable[str]) -> dict[str, Settled]:
        """Propose, merge with what people decided, deliver. Returns what became of each site of `names`."""
        settled = {name: Settled(self.recipes[name]) for name in sorted(names)}
        earlier = {name: self._earlier(one) for name, one in settled.items()}
        settled_now = [one for one in settled.values() if not one.held]
        judged = judge(self.content, {name: self.ledgers[name] for name in self.recipes if self.ledgers[name].exists()}, self.recipes, earlier, self.executor, self.today, self.tick)
        taken = Destinations(documents(self.content), self.languages[0])
        for rows in earlier.values():
            for row in rows.values():
                if row.target.endswith(".md"):
                    taken.take(row.target)
        links = OldLinks(self.recipes, self.ledgers)
        proposed = {one.recipe.name: self._propose(one, judged, taken, earlier[one.recipe.name], links) for one in settled_now}
        links.close()
        # Redirects of the old sites are followed once all pages are decided.
        links = OldLinks(self.recipes, self.ledgers)
        for one in settled_now:
            self._decide(one, proposed[one.recipe.name], earlier[one.recipe.name], links)
        links.close()
        for one in settled_now:
            self._deliver(one)
        return settled

    def file(self, name: str) -> Path:
        """The decisions of a site."""
        return self.recipes[name].folder / decisions.FILE

    def _earlier(self, one: Settled) -> dict[str, Decision]:
        rows, one.problems = decisions.read(self.file(one.recipe.name), f"_migration/{one.recipe.name}/{decisions.FILE}")
        return {row.old: row for row in rows}

    def _propose(self, one: Settled, judged: Mapping, taken: Destinations, earlier: Mapping[str, Decision], links: OldLinks) -> list[Decision]:
        name = one.recipe.name
        with Ledger(self.ledgers[name]) as ledger:
            proposals = Proposals(one.recipe, ledger, taken, judged[name], earlier, links, self.languages)
            found = list(proposals.pages())
            used = self._used(ledger, {row.old for row in self._standing(found, earlier) if row.decision == KEEP}, links, name)
            found += proposals.files(used)
            _note(ledger, self._standing(found, earlier))
        return found

    @staticmethod
    def _standing(proposed: Iterable[Decision], earlier: Mapping[str, Decision]) -> list[Decision]:
        """Proposals, or what a person signed in their place."""
        return [kept if (kept := earlier.get(row.old)) and kept.reviewer else row for row in proposed]

    def _used(self, ledger: Ledger, kept: set[str], links: OldLinks, name: str) -> set[str]:
        """Keys of the files of this site that a kept page of it shows or offers."""
        used = set()
        for entry in ledger.pages():
            if entry.key in kept:
                for url in (*entry.data["media"], *entry.data["downloads"]):
                    site, key = links.holder(url)
                    if site == name:
                        used.add(key)
        return used

    def _decide(self, one: Settled, proposed: list[Decision], earlier: Mapping[str, Decision], links: OldLinks) -> None:
        """Merge the proposals with the file that people edit, and write it."""
        with Ledger(self.ledgers[one.recipe.name]) as ledger:
            proposals = Proposals(one.recipe, ledger, Destinations(()), {}, earlier, links, self.languages)
            proposed = proposed + list(proposals.others({row.old for row in proposed}))
            base = [Decision(key, choice, target, before=before) for key, choice, target, before in ledger.db.execute("SELECT key, decision, target, before FROM proposed ORDER BY key")]
            one.decisions, one.conflicts = decisions.merge(earlier.values(), proposed, base or None)
            ledger.db.execute("DELETE FROM proposed")
            ledger.db.executemany("INSERT OR REPLACE INTO proposed VALUES(?,?,?,?)", ((row.old, row.decision, row.target, row.before) for row in proposed))
            _note(ledger, one.decisions)
        decisions.write(self.file(one.recipe.name), one.decisions)

    def _deliver(self, one: Settled) -> None:
        """Write the pages and the files of a site, and the fingerprints of what was written."""
        name = one.recipe.name
        wanted = [row for row in one.decisions if row.decision == KEEP and row.target.endswith(".md")]
        batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
        tasks = ((self.settings, dict(self.recipes), dict(self.ledgers), str(self.store), str(self.aside), name, batch) for batch in batches)
        after: dict[str, str] = {}
        texts: list[tuple[str, str, str]] = []
        for done, (delivery, made, written) in enumerate(self.executor.map(deliver, tasks, len(batches)), 1):
            one.written, one.same, one.kept = one.written + delivery.written, one.same + delivery.same, one.kept + delivery.kept
            one.page_conflicts += delivery.conflicts
            after |= made
            texts += written
            if self.tick:
                self.tick(f"Pages : {name}", done, len(batches))
        one.written += self._copy(one.decisions)
        one.page_conflicts.sort(key=lambda conflict: conflict.path)
        with Ledger(self.ledgers[name]) as ledger:
            ledger.db.executemany("INSERT OR REPLACE INTO delivered VALUES(?,?,?)", texts)
            self._withdraw(one, ledger, {row.target for row in wanted})
        one.decisions = [replace(row, after=after[row.old]) if row.old in after else row for row in one.decisions]
        decisions.write(self.file(name), one.decisions)

    def _copy(self, rows: Iterable[Decision]) -> int:
        """Put in the content the files that are kept though no page leads to them. Returns how many were not there."""
        delivery = Delivery(self.content, self.aside)
        for row in rows:
            name = posixpath.basename(row.target)
            if row.decision == KEEP and row.target.startswith(f"/{FILES}/") and row.target == f"/{stored(name)}" and (file := self.store / name).is_file():
                delivery.copy(file, stored(name))
        return delivery.written

    def _withdraw(self, one: Settled, ledger: Ledger, wanted: set[str]) -> None:
        """Take away the pages that were delivered and are decided otherwise since."""
        delivery = Delivery(self.content, self.aside)
        for path, text in ledger.db.execute("SELECT path, text FROM delivered ORDER BY path").fetchall():
            if path not in wanted:
                delivery.remove(path, fingerprint(text))
                ledger.db.execute("DELETE FROM delivered WHERE path=?", (path,))
        one.page_conflicts += delivery.conflicts


def _note(ledger: Ledger, rows: Iterable[Decision]) -> None:
    """Keep decisions where links look them up."""
    ledger.db.execute("DELETE FROM decided")
    ledger.db.executemany("INSERT OR REPLACE INTO decided VALUES(?,?,?,?)", ((row.old, row.decision, row.target, row.after) for row in rows))


def deliver(settings: Settings, recipes: Mapping[str, Recipe], ledgers: Mapping[str, Path], store: str, aside: str, name: str, rows: list[Decision]) -> tuple[Delivery, dict[str, str], list[tuple[str, str, str]]]:
    """In a process: write the pages of some decisions, with the files that they use.

    Returns the delivery, the fingerprint of what was written for each key, and (path, key, text) for the next comparison.
    """
    links = OldLinks(recipes, ledgers)
    delivery = Delivery(settings.content, Path(aside))
    after, texts = {}, []
    ledger = links.ledger(name)
    for row in rows:
        found = ledger.execute("SELECT data FROM pages WHERE key=?", (row.old,)).fetchone()
        if found is None:
            continue  # no longer in the sources: what was delivered stays
        text = _document(orjson.loads(found[0]), row, recipes[name], links, settings)
        base = ledger.execute("SELECT text FROM delivered WHERE path=?", (row.target,)).fetchone()
        try:
            mark = delivery.put(row.target, text, row.after, base[0] if base else "")
        except ValueError as error:
            delivery.conflicts.append(PageConflict(row.target, str(error)))
            continue
        after[row.old] = mark
        if mark == fingerprint(text):
            texts.append((row.target, row.old, text))
    for name_in_store in sorted(links.files_used):
        if (file := Path(store) / name_in_store).exists():
            delivery.copy(file, stored(name_in_store))
    links.close()
    return delivery, after, texts


def _document(data: dict, row: Decision, recipe: Recipe, links: OldLinks, settings: Settings) -> str:
    body = rewrite(data["markdown"], lambda url: links.written(url, row.target))
    lang = data["language"].partition("-")[0]
    named = posixpath.basename(row.target).split(".")[1:-1]
    own = lang if lang and not named and lang != settings.default_language else ""
    kind = "communique" if row.target.startswith(f"{NEWS}/") and recipe.organism and any(data["dates"].values()) else ""
    return document(data, body, organism=recipe.organism, lang=own, kind=kind)
