"""What comes in: the sources of a site, read once to learn its template and once to make its pages, over processes."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson

from fleuve.executor import Executor, collect_rarely
from migration import ledger as ledgers, media, model
from migration.decision import put
from migration.duplicates import signed
from migration.encoding import decode
from migration.ledger import Ledger
from migration.old_url import normal
from migration.page import make
from migration.passage import NAMES
from migration.recipe import Recipe
from migration.record import PAGES, Damaged, Hits, Record, SourceError
from migration.sources import open_source
from migration.template import Template, learn

# Pages from which a template is learned: what repeats over a site shows in a hundred (docs/adr/0019-migration.md).
SAMPLE = 100
# What the pages of a sample may weigh together, in bytes.
SAMPLE_BYTES = 64 * 1024 * 1024
# Records a task, and their bytes: large enough for what a task costs to vanish, small enough for memory to stay flat.
BATCH = 32
BATCH_BYTES = 8 * 1024 * 1024
# Tasks between two savings: what an interruption costs is the work of a second or two.
SAVE_AFTER = 20


class Intake:
    """Reads the sources of one site into its ledger. `store`: where files are kept, by the hash of their content."""

    def __init__(self, recipe: Recipe, ledger: Ledger, store: Path, executor: Executor, tick: Callable[[str, int, int], None] | None = None) -> None:
        self.recipe, self.ledger, self.store, self.executor, self.tick = recipe, ledger, store, executor, tick
        self.errors: list[str] = []
        self.made = 0
        self.read = 0

    def run(self) -> None:
        """Read everything. A source that cannot be read is told in `errors`, and what the ledger has of the site stays."""
        self.store.mkdir(parents=True, exist_ok=True)
        self.ledger.begin()
        template = self._template()
        way = self._way(template)
        tasks = self._tasks(way)
        for number, (pages, files, damaged) in enumerate(self.executor.map(take_in, ((batch, self.recipe, template, str(self.store)) for batch in tasks), 1 << 30), 1):
            for key, url, source, captured, data, text, before, made in pages:
                self.ledger.put_page(key, url, source, way, captured, data, text, before, made)
            for row in files:
                self.ledger.put_file(*row)
            for key, url, reason in damaged:
                self.ledger.put_damaged(url, reason)
                self.ledger.put_other(key, url, 0, "")  # people decide what becomes of its address
            self.made += len(pages)
            self._tell()
            if number % SAVE_AFTER == 0:
                self.ledger.save()
        if not self.errors:
            self.ledger.end()
        self.ledger.save()

    def _way(self, template: Template) -> bytes:
        """Hash of all that decides how a page is made from its record."""
        digest = hashlib.blake2b(f"{ledgers.VERSION} {replace(self.recipe, folder=Path())!r}".encode(), digest_size=16)
        digest.update(orjson.dumps(template.to_json(), option=orjson.OPT_SORT_KEYS))
        for file in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(file.read_bytes())
        if self.recipe.hook and (hook := self.recipe.folder / self.recipe.hook).is_file():
            digest.update(hook.read_bytes())
        return digest.digest()

    def records(self, logs: bool = True) -> Iterator[Record | Damaged | Hits]:
        """Give what all sources have, one at a time; without access logs where only pages matter."""
        for source in self.recipe.sources:
            try:
                yield from open_source(source, self.recipe, self.recipe.folder, logs)
            except SourceError as error:
                self.errors.append(str(error))

    def _template(self) -> Template:
        """Learn from the pages whose addresses have the least hashes: the same ones whatever the order of the sources."""
        kept: list[tuple[int, str, bytes, str]] = []
        keys: set[str] = set()
        weight = 0
        for record in self.records(logs=False):
            if not isinstance(record, Record) or not record.is_page or record.is_markdown or not (key := normal(record.url, self.recipe)):
                continue
            rank = -int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())
            if key not in keys and (len(kept) < SAMPLE or rank > kept[0][0]):
                heapq.heappush(kept, (rank, key, record.body, record.charset))
                keys.add(key)
                weight += len(record.body)
            while len(kept) > SAMPLE or weight > SAMPLE_BYTES and len(kept) > 1:
                _, key, body, _ = heapq.heappop(kept)
                keys.discard(key)
                weight -= len(body)
        self.errors.clear()  # told by the second reading
        return learn((key, decode(body, charset)[0]) for _, key, body, charset in sorted(kept, reverse=True))

    def _tasks(self, way: bytes) -> Iterator[list[tuple[str, bytes, Record]]]:
        """Give batches of what must be made; what has not changed since last time is only noted."""
        batch: list[tuple[str, bytes, Record]] = []
        weight = 0
        for record in self.records():
            self.read += 1
            if isinstance(record, Damaged):
                self.ledger.put_damaged(record.url, record.reason, record.left)
                continue
            key = normal(record.url, self.recipe)
            if not key:
                continue
            if isinstance(record, Hits):
                self.ledger.add_hits(key, record.url, record.count)
                continue
            if record.status != 200 or not record.body:
                self._put_other(key, record)
                continue
            source = _fingerprint(record)
            if record.is_page and self.ledger.made_of(key) == (source, way):
                self.ledger.seen(key)
                continue
            batch.append((key, source, record))
            weight += len(record.body)
            if len(batch) >= BATCH or weight >= BATCH_BYTES:
                yield batch
                batch, weight = [], 0
        if batch:
            yield batch

    def _put_other(self, key: str, record: Record) -> None:
        """Note an address that gives no content. One whose content another address has, or no source at all, is known by its name only (0)."""
        same = record.same if normal(record.same, self.recipe) != key else ""
        named = record.status == 200 and (record.same or record.kind not in PAGES)
        self.ledger.put_other(key, record.url, 0 if named else record.status, record.location or (same if named else ""))

    def _tell(self) -> None:
        if self.tick:
            self.tick(f"Lecture : {self.recipe.name}", self.made, self.read)


def _fingerprint(record: Record) -> bytes:
    digest = hashlib.blake2b(record.body, digest_size=16)
    digest.update(orjson.dumps([record.charset, dict(record.hints)], option=orjson.OPT_SORT_KEYS))
    return digest.digest()


def ready() -> None:
    """In a process that begins: read what is asked of every page."""
    model.sure(np.zeros((1, len(NAMES)), np.float32))


def take_in_site(recipe: Recipe, ledger: Path, store: Path, executor: Executor, tick: Callable[[str, int, int], None] | None = None) -> tuple[list[str], int]:
    """Read the sources of a site into its ledger. Returns what could not be read (French), and how many pages were made."""
    with Ledger(ledger) as opened:
        intake = Intake(recipe, opened, store, executor, tick)
        intake.run()
    return intake.errors, intake.made


def take_in_alone(recipe: Recipe, ledger: Path, store: Path) -> tuple[str, list[str], int]:
    """In a process: `take_in_site`, with the name of the site."""
    return recipe.name, *take_in_site(recipe, ledger, store, Executor(1))


def take_in(batch: list[tuple[str, bytes, Record]], recipe: Recipe, template: Template, store: str) -> tuple[list[tuple], list[tuple], list[tuple[str, str, str]]]:
    """In a process: make the pages of a batch, keep its files in the store.

    Returns the rows of both for the ledger, and (key, URL, reason in French) of the records that failed: none stops the others.
    """
    pages, files, damaged = [], [], []
    with collect_rarely():  # trees refer to themselves
        for key, source, record in batch:
            try:
                if record.is_page:
                    pages.append(_page(key, source, record, recipe, template))
                else:
                    files.append(_file(key, record, Path(store)))
            except OSError:
                raise  # of the store: a full disk is no fault of the page
            except Exception as error:  # noqa: BLE001 - whatever an old page makes a library raise, the others are read
                damaged.append((key, record.url, f"erreur interne à sa conversion ({type(error).__name__} : {error})"[:500]))
    return pages, files, damaged


def _page(key: str, source: bytes, record: Record, recipe: Recipe, template: Template) -> tuple:
    page = make(record, template, recipe)
    data = page.to_json()
    text = data.pop("text")
    signature = signed(key, text, title=data["title"], modified=data["dates"]["modified"], files=(*data["downloads"], *data["media"]))
    return key, record.url, source, record.when, orjson.dumps(data), text, page.extracted.html, signature


def _file(key: str, record: Record, store: Path) -> tuple:
    kept = media.keep(record.body, record.kind, record.url)
    if isinstance(kept, media.Refused):
        return key, record.url, "", len(record.body), kept.reason
    put(store / kept.name, kept.body)
    return key, record.url, kept.name, len(kept.body), ""
