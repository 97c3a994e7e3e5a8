"""From what came in to what is published: proposals, decisions, pages in the content, redirects. All sites together, since they link to one another."""

from __future__ import annotations

import pickle
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from fleuve.executor import Executor, collect_rarely
from fleuve.problem import Problem
from fleuve.publish import WORKSHOP
from fleuve.settings import Settings
from migration import decision as decisions
from migration.convert import rewrite
from migration.decision import KEEP, Conflict, Decision
from migration.delivery import Delivery, document, fingerprint
from migration.delivery import Conflict as PageConflict
from migration.destination import FILES, Destinations, documents
from migration.judgement import NEWS, judge, judgements
from migration.ledger import Ledger
from migration.old_links import OldLinks
from migration.proposal import Proposals, standing, stored
from migration.recipe import Recipe

BATCH = 64  # pages delivered in one task


@dataclass
class Settled:
    """What became of one site."""

    recipe: Recipe
    decided: Counter[str] = field(default_factory=Counter)
    """How many addresses have each decision. The decisions themselves are in their file: those of all sites would not fit in memory."""
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


@dataclass
class _Delivered:
    """What is known of a site while its pages are written. `left`: tasks that are not done; `whole`: whether all were handed out."""

    after: dict[str, str] = field(default_factory=dict)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    left: int = 0
    whole: bool = True


class Settlement:
    """Settles all sites of a content folder. `ledgers`: the file of each; `store`: where files are kept; `aside`: where conflicts are shown."""

    def __init__(self, settings: Settings, recipes: Mapping[str, Recipe], ledgers: Mapping[str, Path], store: Path, aside: Path, executor: Executor, today: date, tick: Callable[[str, int, int], None] | None = None) -> None:
        self.settings, self.recipes, self.ledgers, self.store, self.aside, self.executor, self.today, self.tick = settings, recipes, ledgers, store, aside, executor, today, tick
        self.content = settings.content
        self.workshop = store.parent / WORKSHOP  # which the workers of a cluster see too
        self.languages = tuple(settings.languages)

    def run(self, names: Iterable[str]) -> dict[str, Settled]:
        """Propose, merge with what people decided, deliver. Returns what became of each site of `names`. One site at a time is in memory."""
        settled = {name: Settled(self.recipes[name]) for name in sorted(names)}
        taken = Destinations(documents(self.content), self.languages[0])
        for name, one in settled.items():
            rows, one.problems = decisions.read(self.file(name), f"_migration/{name}/{decisions.FILE}")
            for row in rows:
                if row.target.endswith(".md"):
                    taken.take(row.target)
        judge(self.content, self.ledgers, self.recipes, self._earlier, self.executor, self.today, self.tick)
        settled_now = [one for one in settled.values() if not one.held]
        self._each(settled_now, "Propositions", lambda one, links: self._propose(one, taken, links))
        # Redirects of the old sites are followed once all pages are decided.
        self._each(settled_now, "Décisions", self._decide)
        self._deliver({one.recipe.name: one for one in settled_now})
        return settled

    def _each(self, sites: list[Settled], name: str, do: Callable[[Settled, OldLinks], None]) -> None:
        links = OldLinks(self.recipes, self.ledgers)
        for done, one in enumerate(sites, 1):
            do(one, links)
            if self.tick:
                self.tick(name, done, len(sites))
        links.close()

    def file(self, name: str) -> Path:
        """The decisions of a site."""
        return self.recipes[name].folder / decisions.FILE

    def _earlier(self, name: str) -> dict[str, Decision]:
        """The decisions that stand, by address."""
        return {row.old: row for row in decisions.read(self.file(name))[0]}

    def _propose(self, one: Settled, taken: Destinations, links: OldLinks) -> None:
        name = one.recipe.name
        earlier = self._earlier(name)
        with Ledger(self.ledgers[name]) as ledger:
            proposals = Proposals(one.recipe, ledger, taken, judgements(ledger), earlier, links, self.languages)
            found = [*proposals.pages(), *proposals.files()]
            ledger.db.execute("DELETE FROM proposals")
            ledger.db.executemany("INSERT OR REPLACE INTO proposals VALUES(?,?,?,?,?,?,?)", ((row.old, row.decision, row.target, row.reason, row.confidence, row.before, row.after) for row in found))
            _note(ledger, (standing(row, earlier) for row in found))

    def _decide(self, one: Settled, links: OldLinks) -> None:
        """Merge the proposals with the file that people edit, and write it."""
        earlier = self._earlier(one.recipe.name)
        with Ledger(self.ledgers[one.recipe.name]) as ledger:
            proposed = [Decision(*row) for row in ledger.db.execute("SELECT key, decision, target, reason, confidence, before, after FROM proposals ORDER BY key")]
            proposals = Proposals(one.recipe, ledger, Destinations(()), {}, earlier, links, self.languages)
            proposed += proposals.others({row.old for row in proposed})
            base = [Decision(key, choice, target, before=before) for key, choice, target, before in ledger.db.execute("SELECT key, decision, target, before FROM proposed ORDER BY key")]
            merged, one.conflicts = decisions.merge(earlier.values(), proposed, base or None)
            ledger.db.execute("DELETE FROM proposed")
            ledger.db.executemany("INSERT OR REPLACE INTO proposed VALUES(?,?,?,?)", ((row.old, row.decision, row.target, row.before) for row in proposed))
            _note(ledger, merged)
        one.decided = Counter(row.decision for row in merged)
        decisions.write(self.file(one.recipe.name), merged)

    def _deliver(self, settled: Mapping[str, Settled]) -> None:
        """Write the pages and the files of all sites, and the fingerprints of what was written."""
        waiting: dict[str, _Delivered] = {}
        with TemporaryDirectory(dir=self.workshop) as folder:
            sites = Path(folder) / "sites"
            sites.write_bytes(pickle.dumps((dict(self.recipes), dict(self.ledgers))))
            tasks = ((self.settings, str(sites), str(self.store), str(self.aside), name, batch) for name, batch in self._batches(settled, waiting))
            count = sum(one.decided[KEEP] for one in settled.values()) // BATCH + len(settled)
            for done, (name, delivery, after, texts) in enumerate(self.executor.map(deliver, tasks, count), 1):
                one, its = settled[name], waiting[name]
                one.written, one.same, one.kept = one.written + delivery.written, one.same + delivery.same, one.kept + delivery.kept
                one.page_conflicts += delivery.conflicts
                its.after |= after
                its.texts += texts
                its.left -= 1
                if self.tick:
                    self.tick("Pages", min(done, count), count)
                if not its.left and its.whole:
                    self._end(one, waiting.pop(name))
        for name in list(waiting):
            self._end(settled[name], waiting.pop(name))

    def _batches(self, settled: Mapping[str, Settled], waiting: dict[str, _Delivered]) -> Iterator[tuple[str, list[Decision]]]:
        for name in settled:
            wanted = [row for row in self._earlier(name).values() if row.decision == KEEP and row.target.endswith(".md")]
            its = waiting[name] = _Delivered()
            for start in range(0, len(wanted), BATCH):
                its.left += 1
                its.whole = start + BATCH >= len(wanted)
                yield name, wanted[start : start + BATCH]

    def _end(self, one: Settled, its: _Delivered) -> None:
        """Once the pages of a site are written: its other files, what is withdrawn, and the fingerprints."""
        name = one.recipe.name
        rows = list(self._earlier(name).values())
        one.written += self._copy(rows)
        with Ledger(self.ledgers[name]) as ledger:
            ledger.db.executemany("INSERT OR REPLACE INTO delivered VALUES(?,?,?)", its.texts)
            self._withdraw(one, ledger, {row.target for row in rows if row.decision == KEEP})
        one.page_conflicts.sort(key=lambda conflict: conflict.path)
        if its.after:
            decisions.write(self.file(name), [replace(row, after=its.after.get(row.old, row.after)) for row in rows])

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


@lru_cache(1)
def _sites(file: str) -> tuple[dict[str, Recipe], dict[str, Path]]:
    """The recipes and the ledgers of all sites, as `_deliver` wrote them: read once a process, where each task would carry those of 800 sites."""
    return pickle.loads(Path(file).read_bytes())


def deliver(settings: Settings, sites: str, store: str, aside: str, name: str, rows: list[Decision]) -> tuple[str, Delivery, dict[str, str], list[tuple[str, str, str]]]:
    """In a process: write the pages of some decisions of a site, with the files that they use. `sites`: the file of all recipes and ledgers.

    Returns its name, the delivery, the fingerprint of what was written for each key, and (path, key, text) for the next comparison.
    """
    with collect_rarely():
        return name, *_delivered(settings, *_sites(sites), store, aside, name, rows)


def _delivered(settings: Settings, recipes: Mapping[str, Recipe], ledgers: Mapping[str, Path], store: str, aside: str, name: str, rows: list[Decision]) -> tuple[Delivery, dict[str, str], list[tuple[str, str, str]]]:
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
