"""The check of a built site: every page goes through the rules once, and again only when it, or what it was made from, has changed."""

from __future__ import annotations

import importlib.metadata
import sqlite3
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import astuple, dataclass, field
from pathlib import Path

import orjson

from fleuve import cache, settings as settings_module
from fleuve.audit.checker import SUFFIXES, check_page
from fleuve.audit.finding import Finding
from fleuve.audit.origin import Origin, Seen, merge
from fleuve.executor import Executor, collect_rarely
from fleuve.settings import Settings

BATCH = 64  # pages of one task: about as many milliseconds of work
# What decides the findings of a page beyond the page and the engine: another version of one of these checks everything again.
PACKAGES = ("turbohtml",)
SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (output TEXT PRIMARY KEY, sha TEXT, context TEXT, sources TEXT, seen BLOB, browser TEXT) WITHOUT ROWID;
PRAGMA user_version=1;
"""


@dataclass(frozen=True)
class Order:
    """What a worker needs to check pages of a site. run: another one, that the content may have changed."""

    config: str
    content: str
    out: str
    db: str
    run: str


@dataclass
class Audited:
    """What a check found. pages: HTML files of the site; checked: those that had to be; changed: those that no browser has seen as they are."""

    pages: int = 0
    checked: int = 0
    changed: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0


# The origin of this process: kept from one batch to the next of a run.
_origin: Origin | None = None
_order: Order | None = None


def origin_for(order: Order) -> Origin:
    """What finds where findings come from, opened once a run in each process."""
    global _origin, _order
    if _order != order:
        settings = settings_module.load(Path(order.config), Path(order.content), Path(order.out))
        _origin, _order = Origin(settings, cache.open_for_reading(Path(order.db))), order
    return _origin


def check_batch(order: Order, pages: list[tuple[str, str]]) -> list[tuple[str, list[str], list[list]]]:
    """Check pages (in a worker): (output, document or « ») each. Returns (output, files of the content that were needed, what was seen)."""
    with collect_rarely():
        return [_check(order, output, path) for output, path in pages]


def _check(order: Order, output: str, path: str) -> tuple[str, list[str], list[list]]:
    try:
        html = Path(order.out, output).read_bytes()
    except FileNotFoundError:  # another build has removed it
        return output, [], []
    findings = check_page(html, output)
    return (output, *place(order, output, path, html, findings))


def place(order: Order, output: str, path: str, html: bytes, findings: list[Finding]) -> tuple[list[str], list[list]]:
    """(files of the content that were needed, what was seen) of the findings of a page, in a form that the cache and processes can pass on."""
    if not findings:
        return [], []
    origin = origin_for(order)
    seen = origin.place(output, path, html.decode("utf-8", "replace"), findings)
    return sorted(origin.consulted), [[key, *astuple(finding)] for key, finding in seen]


class Audit:
    """Checks of one site, one after the other, remembered beside the build's cache."""

    def __init__(self, settings: Settings, db: Path, executor: Executor) -> None:
        self.settings = settings
        self._path = db
        self._executor = executor
        self._build = cache.open_for_reading(db)
        self._memory = sqlite3.connect(db.with_name("verification.sqlite"), isolation_level=None, timeout=30)
        self._memory.execute("PRAGMA journal_mode=WAL")
        self._memory.execute("PRAGMA synchronous=NORMAL")
        self._memory.executescript(SCHEMA)
        self._order = Order(*map(str, (settings.config, settings.content, settings.out, db)), uuid.uuid4().hex)

    def close(self) -> None:
        """Let go of the files."""
        self._build.close()
        self._memory.close()

    def run(self, progress: Callable[[str, int, int], None] | None = None, only: Collection[str] | None = None) -> Audited:
        """Check what has changed, and tell everything that is wrong.

        progress: see fleuve.progress. only: outputs to which the check is limited (`serve` asks for those that it has just made).
        """
        started = time.perf_counter()
        pages = self.pages()
        if only is not None:
            pages = {output: page for output, page in pages.items() if output in only}
        context, hashes = self._context(), self._hashes()
        stale, changed = self._stale(pages, context, hashes)
        self._check({output: pages[output] for output in stale}, context, hashes, progress)
        if only is None:
            self._forget(pages)
        audited = Audited(len(pages), len(stale), changed, list(merge(self._seen(pages, only))))
        audited.seconds = time.perf_counter() - started
        return audited

    def looked_at(self, outputs: Iterable[str]) -> None:
        """A browser has seen these pages as they are now."""
        self._memory.executemany("UPDATE pages SET browser=sha WHERE output=?", ((output,) for output in outputs))

    def seen(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings of other tools, whose `file` is a page of the site, with the file and line to mend, merged."""
        pages, by_page = self.pages(), {}
        for finding in findings:
            by_page.setdefault(finding.file, []).append(finding)
        seen: list[Seen] = []
        for output, found in by_page.items():
            html = (self.settings.out / output).read_bytes()
            seen += map(_seen, place(self._order, output, pages.get(output, ("", ""))[1], html, found)[1])
        return list(merge(seen))

    def pages(self) -> dict[str, tuple[str, str]]:
        """{HTML file: (sha256, its document or « »)} of the built site."""
        documents = dict(self._build.execute("SELECT output, path FROM documents WHERE output IS NOT NULL AND clash IS NULL AND virtual=0"))
        found = {}
        for made in cache.outputs(self._build):
            found |= {output: (sha, documents.get(output, "")) for output, sha in made.items() if output.endswith(SUFFIXES)}
        copies = orjson.loads(cache.get_state(self._build, "copies") or b"{}")
        return found | {output: (copy[-1], "") for output, copy in copies.items() if output.endswith(SUFFIXES)}

    # What is up to date.

    def _stale(self, pages: dict[str, tuple[str, str]], context: str, hashes: dict[str, str]) -> tuple[list[str], set[str]]:
        """(pages to check, pages that no browser has seen as they are), in order."""
        known = {row[0]: row[1:] for row in self._memory.execute("SELECT output, sha, context, sources, browser FROM pages")}
        stale, changed = [], set()
        for output, (sha, _) in sorted(pages.items()):
            row = known.get(output)
            if row is None or row[0] != sha or row[1] != context or any(hashes.get(path) != digest for path, digest in orjson.loads(row[2]).items()):
                stale.append(output)
            if row is None or row[3] != sha:
                changed.add(output)
        return stale, changed

    def _context(self) -> str:
        versions = " ".join(f"{name}={importlib.metadata.version(name)}" for name in PACKAGES)
        return f"{cache.get_state(self._build, 'fingerprint')} {versions}"

    def _hashes(self) -> dict[str, str]:
        """Hash of every document and data file: findings name their lines, which move without the page changing."""
        rows = [*self._build.execute("SELECT path, hash FROM documents WHERE virtual=0"), *self._build.execute("SELECT path, hash FROM files WHERE kind='data'")]
        return {path: digest.hex() for path, digest in rows if digest}

    def _check(self, pages: dict[str, tuple[str, str]], context: str, hashes: dict[str, str], progress) -> None:
        stale = [(output, path) for output, (_, path) in pages.items()]
        batches = [stale[at : at + BATCH] for at in range(0, len(stale), BATCH)]
        done = 0
        for results in self._executor.map(check_batch, ((self._order, batch) for batch in batches), len(batches)):
            rows = (
                (output, pages[output][0], context, orjson.dumps({path: hashes.get(path) for path in needed}).decode(), orjson.dumps(seen) if seen else None)
                for output, needed, seen in results
            )
            self._memory.execute("BEGIN")
            self._memory.executemany(
                "INSERT INTO pages (output, sha, context, sources, seen) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (output) DO UPDATE SET sha=excluded.sha, context=excluded.context, sources=excluded.sources, seen=excluded.seen", rows)
            self._memory.execute("COMMIT")
            done += len(results)
            if progress:
                progress("verification", done, len(stale))

    def _forget(self, pages: dict[str, tuple[str, str]]) -> None:
        gone = [(output,) for (output,) in self._memory.execute("SELECT output FROM pages").fetchall() if output not in pages]
        self._memory.executemany("DELETE FROM pages WHERE output=?", gone)

    def _seen(self, pages: dict, only: Collection[str] | None) -> Iterator[Seen]:
        for output, blob in self._memory.execute("SELECT output, seen FROM pages WHERE seen IS NOT NULL"):
            if only is None or output in pages:
                yield from map(_seen, orjson.loads(blob))


def _seen(row: list) -> Seen:
    key, file, line, rule, act_rule, criteria, *others = row
    return Seen(key, Finding(file, line, rule, act_rule, tuple(criteria), *others))
