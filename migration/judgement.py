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

from fleuve.executor import Executor
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


def judge(content: Path, ledgers: Mapping[str, Path], recipes: Mapping[str, Recipe], earlier: Mapping[str, Mapping[str, Decision]], executor: Executor, today: date,
          tick: Callable[[str, int, int], None] | None = None) -> dict[str, dict[str, Judgement]]:
    """Judge every page of the ledgers.

    `earlier` are the decisions that stand: pages that a person placed teach the classifier, and what migration itself placed does not. Returns
    judgements by site and key.
    """
    names = sorted(ledgers)
    repeated = _repeated([(name, ledgers[name]) for name in names])
    found: dict[str, dict[str, Judgement]] = {name: {} for name in names}
    tasks = [(name, keys) for name in names for keys in _batches(ledgers[name])]
    with TemporaryDirectory(prefix="fleuve-") as folder:
        model = _learned(content, ledgers, earlier, Path(folder))
        arguments = ((str(ledgers[name]), name, keys, recipes[name], _organism(content, recipes[name]), model, {key: repeated[name, key] for key in keys if (name, key) in repeated}, today.isoformat()) for name, keys in tasks)
        for done, (name, rows) in enumerate(executor.map(judge_pages, arguments, len(tasks)), 1):
            found[name].update(rows)
            if tick:
                tick("classement", done, len(tasks))
    return found


def _batches(file: Path) -> Iterator[list[str]]:
    with Ledger(file) as ledger:
        keys = [key for (key,) in ledger.db.execute("SELECT key FROM pages ORDER BY key")]
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


# Copies


def _repeated(ledgers: list[tuple[str, Path]]) -> dict[tuple[str, str], Repeated]:
    """Compare all pages of all sites; what is known of those that repeat another."""
    found: dict[tuple[str, str], Repeated] = {}
    with TemporaryDirectory(prefix="fleuve-") as folder, Signatures(Path(folder)) as signatures:
        for name, file in ledgers:
            with Ledger(file) as ledger:
                for (made,) in ledger.db.execute("SELECT signature FROM pages ORDER BY key"):
                    signatures.put(made)
        site = _Sites(ledgers)
        for chain in signatures.chains():
            for address, _ in chain.members:
                if (name := site.of(address)) is not None:
                    found[name, address] = Repeated(newer="" if address == chain.newest else chain.newest, editions=chain.editions)
        for group in signatures.groups():
            for copy in group.copies:
                if copy.url != group.reference and (name := site.of(copy.url)) is not None:
                    before = found.get((name, copy.url), Repeated())
                    found[name, copy.url] = Repeated(group.reference, 1.0 if copy.exact else copy.likeness, copy.same_title, before.newer, before.editions)
        site.close()
    return found


class _Sites:
    """Which site a key belongs to."""

    def __init__(self, ledgers: list[tuple[str, Path]]) -> None:
        self._open = [(name, sqlite3.connect(f"file:{file}?mode=ro", uri=True)) for name, file in ledgers]
        self.of = lru_cache(65536)(self._of)

    def _of(self, key: str) -> str | None:
        return next((name for name, db in self._open if db.execute("SELECT 1 FROM pages WHERE key=?", (key,)).fetchone()), None)

    def close(self) -> None:
        for _, db in self._open:
            db.close()


# Places


def _learned(content: Path, ledgers: Mapping[str, Path], earlier: Mapping[str, Mapping[str, Decision]], folder: Path) -> str:
    """Learn from the content, but for what migration itself put there, and from what people decided. Returns the file of the model, "" without two folders."""
    own = {row.target for rows in earlier.values() for row in rows.values() if row.target and not row.reviewer}
    known = [one for one in placed.read(content) if one.path not in own]
    for name in sorted(ledgers):
        with Ledger(ledgers[name]) as ledger:
            known += placed.corrections(earlier.get(name, {}).values(), lambda old, ledger=ledger: _page(ledger, old))
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
    return name, {key: _judgement(worth.propose(page), page, three, organism) for key, page, three in zip(keys, facts, places)}


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
