"""What is proposed of all pages of all sites: their duplicates found, their worth told, their place chosen."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import orjson

from fleuve.executor import Executor
from fleuve.front_matter import parse, split
from migration import worth
from migration.classify import Asked, Classifier, Placed
from migration.decision import KEEP, Decision
from migration.destination import documents
from migration.duplicates import groups, signature
from migration.ledger import Ledger
from migration.recipe import Recipe
from migration.worth import Judgement, Worth

BATCH = 256  # pages judged in one task
_NUMBERS = re.compile(r"\d+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def judge(content: Path, ledgers: Mapping[str, Path], recipes: Mapping[str, Recipe], earlier: Mapping[str, Mapping[str, Decision]], executor: Executor, today: date,
          tick: Callable[[str, int, int], None] | None = None) -> dict[str, dict[str, Judgement]]:
    """Judge every page of the ledgers.

    `earlier` are the decisions that stand: pages that a person placed teach the classifier. Returns judgements by site and key.
    """
    names = sorted(ledgers)
    repeated = _repeated({name: ledgers[name] for name in names})
    classifier = _classifier(content, ledgers, earlier)
    found: dict[str, dict[str, Judgement]] = {name: {} for name in names}
    tasks = [(str(ledgers[name]), name, keys) for name in names for keys in _batches(ledgers[name])]
    arguments = ((*task, recipes[task[1]], classifier, {key: repeated[task[1], key] for key in task[2] if (task[1], key) in repeated}, today) for task in tasks)
    for done, (name, rows) in enumerate(executor.map(judge_pages, arguments, len(tasks)), 1):
        found[name].update(rows)
        if tick:
            tick("Classement", done, len(tasks))
    return found


def _batches(file: Path) -> Iterator[list[str]]:
    with Ledger(file) as ledger:
        keys = [key for (key,) in ledger.db.execute("SELECT key FROM pages ORDER BY key")]
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


# Duplicates


def _repeated(ledgers: Mapping[str, Path]) -> dict[tuple[str, str], tuple[str, str, float, str]]:
    """For each page that another stands for: (key of the same text, key of nearly the same, resemblance, key of another edition)."""
    pages: list[tuple[str, str, tuple]] = []
    signatures = []
    for name, file in ledgers.items():
        with Ledger(file) as ledger:
            hits = ledger.hits()
            for key, title, modified, length, made in ledger.db.execute(
                    "SELECT key, json_extract(data,'$.title'), coalesce(json_extract(data,'$.dates.modified'), ''), length(text), signature FROM pages ORDER BY key"):
                pages.append((name, key, (title, hits.get(key, 0), modified, length)))
                signatures.append(made)
    found = {}
    for group in groups(signatures):
        members = [pages[number] for number in group.members]
        best = min(range(len(members)), key=lambda at: _rank(members[at]))
        for at, (name, key, (title, *_)) in enumerate(members):
            if at != best:
                found[name, key] = _stands_for(members[best], key, title, signatures[group.members[at]], signatures[group.members[best]])
    return found


def _rank(page: tuple[str, str, tuple]) -> tuple:
    """Which page of a group stands for the others: the most asked for, then the most recent, the longest, the shortest address."""
    name, key, (_, hits, modified, length) = page
    return -hits, _backwards(modified), -length, len(key), name, key


def _backwards(text: str) -> tuple[int, ...]:
    return tuple(-ord(character) for character in text) or (0,)


def _stands_for(best: tuple, key: str, title: str, mine: bytes, its: bytes) -> tuple[str, str, float, str]:
    from migration.duplicates import resemblance

    if mine[:16] == its[:16]:
        return best[1], "", 1.0, ""
    if editions(title, best[2][0]) or editions(key, best[1]):
        return "", "", 0.0, best[1]
    return "", best[1], resemblance(mine, its), ""


def editions(one: str, other: str) -> bool:
    """Whether two titles or addresses differ by a year and by nothing else: editions of a yearly text."""
    return one != other and _YEAR.search(one) is not None and _NUMBERS.sub("#", one) == _NUMBERS.sub("#", other) and _YEAR.findall(one) != _YEAR.findall(other)


# Places


def _classifier(content: Path, ledgers: Mapping[str, Path], earlier: Mapping[str, Mapping[str, Decision]]) -> Classifier:
    """Learned from the content, but for what migration itself put there; and from what people decided."""
    own = {row.target for rows in earlier.values() for row in rows.values() if row.target and not row.reviewer}
    placed = [one for path in documents(content) if path not in own and (one := _placed(content, path))]
    return Classifier.learn([*placed, *_corrections(ledgers, earlier)])


def _placed(content: Path, path: str) -> Placed | None:
    try:
        found = split((content / path).read_bytes(), path)
    except OSError:
        return None
    meta, _ = parse(found.text, path)
    said = [str(word) for word in meta.get("mots_cles") or ()]
    return Placed(path, str(meta.get("title", "")), " ".join((str(meta.get("description", "")), *said)), found.body)


def _corrections(ledgers: Mapping[str, Path], earlier: Mapping[str, Mapping[str, Decision]]) -> Iterator[Placed]:
    for name in sorted(ledgers):
        signed = {row.old: row for row in earlier.get(name, {}).values() if row.reviewer and row.decision == KEEP and row.target.endswith(".md")}
        if not signed:
            continue
        with Ledger(ledgers[name]) as ledger:
            for entry in ledger.pages():
                if entry.key in signed:
                    yield Placed(signed[entry.key].target, entry.data["title"], entry.data["description"], entry.text, entry.data["language"], corrected=True)


# In a process


def judge_pages(file: str, name: str, keys: list[str], recipe: Recipe, classifier: Classifier, repeated: Mapping[str, tuple[str, str, float, str]], today: date) -> tuple[str, dict[str, Judgement]]:
    """Judge some pages of a site. Returns its name, and the judgements by key."""
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    logged = db.execute("SELECT 1 FROM hits LIMIT 1").fetchone() is not None
    asked, facts = [], []
    for key in keys:
        url, data, text = db.execute("SELECT url, data, text FROM pages WHERE key=?", (key,)).fetchone()
        data = orjson.loads(data)
        hits = (db.execute("SELECT count FROM hits WHERE key=?", (key,)).fetchone() or (0,))[0] if logged else None
        asked.append(Asked(url, data["title"], data["description"], tuple(data["breadcrumb"]), text))
        facts.append(_facts(key, data, text, hits, repeated.get(key, ("", "", 0.0, "")), today))
    db.close()
    places = classifier.place_all(asked, recipe.rules)
    return name, {key: _with_place(worth.judge(page), three, recipe) for key, page, three in zip(keys, facts, places)}


def _facts(key: str, data: dict, text: str, hits: int | None, repeated: tuple[str, str, float, str], today: date) -> Worth:
    same, near, resemblance, edition = repeated
    return Worth(
        data["title"], f"https://{key}", len(text.split()), sum(len(link["text"].split()) for link in data["links"]),
        len(data["media"]) + len(data["downloads"]) + len(data["forms"]) + data["counts"].get("tables", [0])[0], data["confidence"], _years(data["dates"], today), hits, same, near, resemblance, edition)


def _years(dates: Mapping[str, str], today: date) -> float | None:
    told = dates["modified"] or dates["published"]
    try:
        return (today - date.fromisoformat(told[:10])).days / 365.25
    except ValueError:
        return None


def _with_place(judgement: Judgement, places: Iterable, recipe: Recipe) -> Judgement:
    places = tuple(places)
    if not places:
        return Judgement(judgement.decision, judgement.reason, judgement.confidence, judgement.target, _organism_folder(recipe), 0.3)
    folder = places[0].folder
    if folder == "organismes":
        folder = _organism_folder(recipe)
    others = " ; ".join(f"{place.folder} {place.confidence * 100:.0f} %" for place in places[1:])
    reason = judgement.reason
    if judgement.decision == KEEP:
        reason = f"{places[0].why}, {places[0].confidence * 100:.0f} %" + (f" ; sinon {others}" if others else "")
    return Judgement(judgement.decision, reason, judgement.confidence, judgement.target, folder, places[0].confidence)


def _organism_folder(recipe: Recipe) -> str:
    return f"organismes/{recipe.organism}" if recipe.organism else "organismes"
