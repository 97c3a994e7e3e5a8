"""What is proposed of all pages of all sites: their copies found, their worth told, their place chosen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from fleuve.executor import Executor, collect_rarely
from fleuve.publish import WORKSHOP
from migration import placed, worth
from migration.classify import Classifier, ToPlace
from migration.decision import KEEP, UNDECIDED, Decision
from migration.duplicates import Signatures
from migration.ledger import Ledger
from migration.placed import Placed
from migration.recipe import Recipe
from migration.worth import Facts

BATCH = 256  # pages judged in one task
NEWS, ORGANISMS = "nouvelles", "organismes"
SURE = 0.5
"""A page of which the extraction is less sure than this is for a person: of the benchmark's pages, three in four of these are badly read."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is proposed of a page. `target`: key of the page that stands for it; `folder`: where it goes when it is kept."""

    decision: str
    reason: str
    confidence: float
    target: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Repeated:
    """What other pages say of the same: the page to keep in its place, and how like it is; the newer version of it; whether it is one of several editions."""

    reference: str = ""
    likeness: float = 0.0
    same_title: bool = True
    newer: str = ""
    editions: bool = False


def judge(content: Path, ledgers: Mapping[str, Path], recipes: Mapping[str, Recipe], earlier: Callable[[str], Mapping[str, Decision]], executor: Executor, today: date,
          tick: Callable[[str, int, int], None] | None = None) -> None:
    """Judge every page of the ledgers, and keep what is found in them (`judgements`).

    `earlier` gives the decisions of a site that stand: pages that a person placed teach the classifier, and what migration itself placed does not.
    """
    names = sorted(ledgers)
    if not names:
        return
    left = {name: _tasks(ledgers[name]) for name in names}
    count = sum(left.values())
    opened: dict[str, Ledger] = {}
    # Beside the ledgers, where the workers of a cluster see it too.
    with TemporaryDirectory(dir=ledgers[names[0]].parent / WORKSHOP) as folder, Copies(Path(folder) / "copies") as copies:
        _compare(ledgers, recipes, copies)
        model = _learned(content, ledgers, earlier, Path(folder))
        arguments = ((str(ledgers[name]), name, keys, recipes[name], _organism(content, recipes[name]), model, copies.of(name, keys), today.isoformat()) for name in names for keys in _batches(ledgers[name]))
        for done, (name, rows) in enumerate(executor.map(judge_pages, arguments, count), 1):
            if name not in opened:
                opened[name] = Ledger(ledgers[name])
                opened[name].db.execute("DELETE FROM judged")
            opened[name].db.executemany("INSERT INTO judged VALUES(?,?,?,?,?,?)", ((key, one.decision, one.reason, one.confidence, one.target, one.folder) for key, one in rows.items()))
            left[name] -= 1
            if not left[name]:
                with opened.pop(name):
                    pass
            if tick:
                tick("Classement", done, count)


def judgements(ledger: Ledger) -> dict[str, Judgement]:
    """Return what was found of each page of a site, by key."""
    return {key: Judgement(*rest) for key, *rest in ledger.db.execute("SELECT key, decision, reason, confidence, target, folder FROM judged")}


def _tasks(file: Path) -> int:
    """How many batches a site makes."""
    with Ledger(file) as ledger:
        (pages,) = ledger.db.execute("SELECT count(*) FROM pages").fetchone()
    return -(-pages // BATCH)


def _batches(file: Path) -> Iterator[list[str]]:
    with Ledger(file) as ledger:
        keys = [key for (key,) in ledger.db.execute("SELECT key FROM pages ORDER BY key")]
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


# Copies


class Copies:
    """What is known of the pages that repeat another, by site and key; in a file, since they may be as many as there are pages."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE copies(site TEXT, key TEXT, reference TEXT, likeness REAL, same_title INTEGER, newer TEXT, editions INTEGER, PRIMARY KEY(site, key)) WITHOUT ROWID;")

    def __enter__(self) -> Copies:
        return self

    def __exit__(self, *_) -> None:
        self._db.close()

    def newer(self, site: str, key: str, newer: str, editions: bool) -> None:
        """Note that a page is one of several versions: the newest, "" when it is this one."""
        self._db.execute("INSERT INTO copies VALUES(?,?,'',0,1,?,?) ON CONFLICT DO UPDATE SET newer=excluded.newer, editions=excluded.editions", (site, key, newer, editions))

    def like(self, site: str, key: str, reference: str, likeness: float, same_title: bool) -> None:
        """Note that a page repeats another."""
        self._db.execute("INSERT INTO copies VALUES(?,?,?,?,?,'',0) ON CONFLICT DO UPDATE SET reference=excluded.reference, likeness=excluded.likeness, same_title=excluded.same_title", (site, key, reference, likeness, same_title))

    def of(self, site: str, keys: list[str]) -> dict[str, Repeated]:
        """Return what is known of some pages of a site, of those that repeat another."""
        rows = self._db.execute("SELECT key, reference, likeness, same_title, newer, editions FROM copies WHERE site=? AND key BETWEEN ? AND ?", (site, keys[0], keys[-1]))
        return {key: Repeated(reference, likeness, bool(same), newer, bool(editions)) for key, reference, likeness, same, newer, editions in rows}


def _compare(ledgers: Mapping[str, Path], recipes: Mapping[str, Recipe], copies: Copies) -> None:
    """Compare all pages of all sites."""
    by_host = {host.partition(":")[0]: name for name in sorted(ledgers, reverse=True) for host in recipes[name].hosts}
    with TemporaryDirectory(prefix="fleuve-") as folder, Signatures(Path(folder)) as signatures:
        for name in sorted(ledgers):
            with Ledger(ledgers[name]) as ledger:
                for (made,) in ledger.db.execute("SELECT signature FROM pages ORDER BY key"):
                    signatures.put(made)
        for chain in signatures.chains():
            for key, _ in chain.members:
                copies.newer(by_host[key.partition("/")[0]], key, "" if key == chain.newest else chain.newest, chain.editions)
        for group in signatures.groups():
            for copy in group.copies:
                if copy.url != group.reference:
                    copies.like(by_host[copy.url.partition("/")[0]], copy.url, group.reference, 1.0 if copy.exact else copy.likeness, copy.same_title)


# Places


def _learned(content: Path, ledgers: Mapping[str, Path], earlier: Callable[[str], Mapping[str, Decision]], folder: Path) -> str:
    """Learn from the content, but for what migration itself put there, and from what people decided. Returns the file of the model, "" without two folders."""
    own: set[str] = set()
    corrected: list[Placed] = []
    for name in sorted(ledgers):
        rows = earlier(name).values()
        own |= {row.target for row in rows if row.target.endswith(".md") and not row.reviewer}
        if any(row.reviewer for row in rows):
            with Ledger(ledgers[name]) as ledger:
                corrected += placed.corrections(rows, lambda old, ledger=ledger: _page(ledger, old))
    known = [*placed.read(content, own), *corrected]
    try:
        classifier = Classifier.learn(known)
    except ValueError:
        return ""
    file = folder / "modele"
    classifier.save(file)
    return str(file)


def _page(ledger: Ledger, key: str) -> Placed | None:
    row = ledger.db.execute("SELECT data, text FROM pages WHERE key=?", (key,)).fetchone()
    if row is None:
        return None
    data = orjson.loads(row[0])
    return Placed("", data["title"], data["description"], row[1], data["language"].partition("-")[0], key)


# In a process


@lru_cache(2)
def _model(file: str) -> Classifier:
    return Classifier.load(Path(file))


def judge_pages(file: str, name: str, keys: list[str], recipe: Recipe, organism: str, model: str, repeated: Mapping[str, Repeated], today: str) -> tuple[str, dict[str, Judgement]]:
    """Judge some pages of a site. Returns its name, and the judgements by key."""
    with collect_rarely():
        return name, _judged(file, keys, recipe, organism, model, repeated, today)


def _judged(file: str, keys: list[str], recipe: Recipe, organism: str, model: str, repeated: Mapping[str, Repeated], today: str) -> dict[str, Judgement]:
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    logged = db.execute("SELECT 1 FROM hits LIMIT 1").fetchone() is not None
    # The pages of a site that was closed were as old as on the day when it was.
    today = min(today, recipe.closed) if recipe.closed else today
    pages, facts = [], []
    for key in keys:
        url, data, text = db.execute("SELECT url, data, text FROM pages WHERE key=?", (key,)).fetchone()
        data = orjson.loads(data)
        hits = (db.execute("SELECT count FROM hits WHERE key=?", (key,)).fetchone() or (0,))[0] if logged else None
        pages.append(ToPlace(url, data["title"], tuple(data["breadcrumb"]), text, data["language"].partition("-")[0], data["description"]))
        facts.append(_facts(key, data, text, hits, repeated.get(key, Repeated()), today))
    db.close()
    places = _model(model).place_all(pages, recipe.rules) if model else [()] * len(pages)
    return {key: _judgement(worth.propose(page), page, three, organism) for key, page, three in zip(keys, facts, places)}


def _facts(key: str, data: dict, text: str, hits: int | None, said: Repeated, today: str) -> Facts:
    counts = data["counts"]
    return Facts(
        f"https://{key}", data["title"], text[:4000], len(text.split()), sum(len(link["text"].split()) for link in data["links"]), len(data["links"]), counts.get("items", [0])[0],
        counts.get("tables", [0])[0], counts.get("images", [0])[0], len(data["downloads"]), len(data["forms"]), len(data["media"]), data["dates"]["published"], data["dates"]["modified"], "", today, hits,
        f"https://{said.reference}" if said.reference else "", said.likeness, said.same_title, f"https://{said.newer}" if said.newer else "", said.editions, "", data["confidence"])


def _judgement(proposal: worth.Proposal, facts: Facts, places: tuple, organism: str) -> Judgement:
    if proposal.decision != KEEP:
        return Judgement(proposal.decision, proposal.reason, proposal.confidence, proposal.target.removeprefix("https://"))
    if facts.confidence < SURE:
        return Judgement(UNDECIDED, f"contenu principal incertain ({facts.confidence * 100:.0f} %) : vérifiez la page convertie, puis gardez-la ou corrigez la recette", facts.confidence)
    if not places:
        return Judgement(KEEP, proposal.reason, min(proposal.confidence, 0.3), folder=organism)
    best, *others = places
    folder = organism if best.folder.partition("/")[0] == ORGANISMS else best.folder
    more = " ; sinon " + ", ".join(f"{place.folder} ({place.confidence * 100:.0f} %)" for place in others) if others else ""
    return Judgement(KEEP, f"{best.why}{more}", round(min(proposal.confidence, best.confidence), 3), folder=folder)


def _organism(content: Path, recipe: Recipe) -> str:
    """The section of the site's organism, when it has a folder of its own."""
    own = f"{ORGANISMS}/{recipe.organism}"
    return own if recipe.organism and (content / own).is_dir() else ORGANISMS
