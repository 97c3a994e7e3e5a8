"""A build: inventory → shards → press → records → site stages and their parts → publish. Each step does only what the last build did not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from pathlib import Path

import orjson

from fleuve import cache, content_type, darkroom, publish, search, settings as settings_module
from fleuve.executor import FEW, Executor, collect_rarely
from fleuve.inventory import Inventory
from fleuve.made import STORED, Made, made, manifest
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.publish import STAMP, WORKSHOP, Publisher
from fleuve.refusal import reason
from fleuve.settings import Settings, SettingsError
from fleuve.site_index import PUBLIC_MEDIA, SiteIndex

IN_PROGRESS = "en cours\n"
DEFAULT_CACHE = ".fleuve"
"""Name of the cache folder, beside site.yml."""
TEMPLATES = "gabarits-"
"""Beginning of the name of the folder of compiled templates, beside the cache file; the fingerprint follows."""
NOTHING = orjson.dumps({})
PARTS = 32  # parts of a stage made in one task: about a tenth of a second of work


@dataclass(frozen=True)
class Order:
    """What a worker needs to press a shard. opening: another one than last time means another cache file; build: another one, that
    the content may have changed. first: the output folder was empty, see Publisher."""

    config: str
    content: str
    out: str
    db: str
    fingerprint: str
    opening: str
    build: str
    first: bool


@dataclass
class Pressed:
    """What pressing a shard gave, ready to be stored."""

    shard: str
    made: Made
    extracts: dict[str, bytes]
    pages: int
    written: int


@dataclass
class Report:
    """What a build did. seconds: by phase. pages: on the site; written, removed: files that changed in the output folder."""

    out: str = ""
    now: str = ""
    pages: int = 0
    documents: int = 0
    shards: int = 0
    pressed: int = 0
    written: int = 0
    removed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """Problems that make the build fail (exit code 1)."""
        return [problem for problem in self.problems if problem.is_error]

    @property
    def warnings(self) -> list[Problem]:
        """Problems that do not, unless --strict."""
        return [problem for problem in self.problems if not problem.is_error]

    def to_json(self) -> dict:
        """The object that --json prints."""
        counts = {key: getattr(self, key) for key in ("out", "now", "pages", "documents", "shards", "pressed", "written", "removed")}
        return {
            **counts, "seconds": {phase: round(value, 3) for phase, value in self.seconds.items()},
            "errors": [problem.to_json() for problem in self.errors], "warnings": [problem.to_json() for problem in self.warnings],
        }


# The presses of this process: kept from one shard, and in `serve` from one build, to the next.
_house = None
_house_key: tuple = ()
_house_build = ""


def _house_for(order: Order):
    global _house, _house_key, _house_build
    key = (order.config, order.content, order.out, order.db, order.fingerprint, order.opening)
    if _house is None or _house_key != key:
        from jinja2 import FileSystemBytecodeCache

        from fleuve.presses.house import House
        from fleuve.presses.session import Session

        settings = settings_module.load(Path(order.config), Path(order.content), Path(order.out))
        index = SiteIndex(partial(cache.open_for_reading, Path(order.db)), settings)
        _house, _house_key = House(Session(settings, index, Publisher(settings.out))), key
        # Templates are compiled once for all processes and builds: the engine and the theme are in the fingerprint.
        folder = Path(order.db).parent / (TEMPLATES + order.fingerprint)
        folder.mkdir(exist_ok=True)
        _house.environment().bytecode_cache = FileSystemBytecodeCache(str(folder))
    elif _house_build != order.build:
        _house.session.refresh()
    _house_build = order.build
    _house.session.publisher.first = order.first
    return _house


def open_house(order: Order, news: bool) -> None:
    """Make the presses ready (in a worker), while the inventory that they will read is still being brought up to date. news: whether
    the site has any."""
    global _house_build
    house = _house_for(order)
    house.open(news)
    _house_build = ""
    if search.wanted(house.session.settings.fleuve):
        import fleuve.search.block  # noqa: F401 - with its libraries, a tenth of a second


def press_shard(order: Order, shard: str, known: dict[str, str]) -> Pressed:
    """Make all pages of a shard (in a worker). known: {output: sha256} that can be trusted to be on disk."""
    from fleuve.page import PAGE_COLUMNS, PageRow

    house = _house_for(order)
    session = house.session
    session.publisher.begin(known)
    with collect_rarely(), session.index.at_once():
        house.press([PageRow(*row) for row in session.index.rows(PAGE_COLUMNS, shard)])
    publisher = session.publisher
    extracts = {name: _stored(_gather(name, items)) for name, items in session.extracts.items() if items}
    return Pressed(shard, made(publisher.outputs, session.index.reads, session.problems), extracts, len(session.records), publisher.written)


@dataclass
class Reduced:
    """What a site stage, or one of its parts, gave, ready to be stored."""

    stage: str
    part: str
    made: Made
    written: int
    notes: dict[str, str] = field(default_factory=dict)


def reduce_stage(order: Order, settings: Settings, name: str, now: datetime, known: dict[str, str]) -> Reduced:
    """Make the files that a stage makes of the whole site (in a worker, or here). known: {output: sha256} that can be trusted to be on disk."""
    from fleuve.site import Site

    stage = _stage(name)
    db = cache.open_for_reading(Path(order.db))
    try:
        site = Site(settings, SiteIndex(db, settings), now, lambda: _session_for(order))
        publisher = Publisher(settings.out, order.first)
        publisher.begin(known)
        for path, data in stage.reduce(_extracts(db, name), site):
            publisher.write(path, data)
        return Reduced(name, "", made(publisher.outputs, site.index.reads, site.problems), publisher.written, _notes(site))
    finally:
        db.close()


def _notes(site) -> dict[str, str]:
    return {name: orjson.dumps(value).decode() for name, value in site.notes.items()}


def make_parts(order: Order, settings: Settings, name: str, known: dict[str, dict[str, str]]) -> list[Reduced]:
    """Make some parts of a stage (in a worker, or here). known: of each part, as for reduce_stage."""
    from fleuve.site import Site

    stage, session = _stage(name), _session_for(order)
    publisher, reduced = Publisher(settings.out, order.first), []
    with collect_rarely(), session.index.at_once():
        for part, outputs in known.items():
            session.index.start_recording()
            site = Site(settings, session.index, None, lambda: session)
            publisher.begin(outputs)
            for path, data in stage.make(part, site):
                publisher.write(path, data)
            reduced.append(Reduced(name, part, made(publisher.outputs, session.index.reads, site.problems), publisher.written))
    return reduced


def _stage(name: str):
    from fleuve.stages import STAGES

    return next(stage for stage in STAGES if stage.name == name)


def _session_for(order: Order):
    """The session of this process, its theme ready."""
    return _house_for(order).session


def _gather(name: str, items: list):
    """What is kept of the pages of a shard for a stage. items: (path, extract) of each."""
    gathered = _stage(name).gather([extract for _, extract in sorted(items, key=itemgetter(0))])
    return items if gathered is None else gathered


def _stored(gathered) -> bytes:
    return gathered if isinstance(gathered, bytes) else orjson.dumps(gathered)


def _gathers(name: str) -> bool:
    from fleuve.stages import Stage

    return type(_stage(name)).gather is not Stage.gather


def _extracts(db: sqlite3.Connection, name: str) -> Iterator:
    shards = (orjson.loads(blob) for (blob,) in db.execute("SELECT extract FROM extracts WHERE stage=? ORDER BY shard", (name,)))
    return shards if _gathers(name) else iter([extract for _, extract in sorted(chain.from_iterable(shards), key=itemgetter(0))])


class Build:
    """Builds of one site, one after the other (`serve` keeps it alive between them)."""

    def __init__(self, settings: Settings, folder: Path, executor: Executor, clean: bool = False) -> None:
        self.executor = executor
        self._folder = folder
        self.db: sqlite3.Connection | None = None
        self.adopt(settings, clean)

    def adopt(self, settings: Settings, clean: bool = False) -> None:
        """Build with these settings from now on: in `serve`, site.yml was saved. Raises SettingsError, OSError, sqlite3.Error."""
        self.settings = settings
        self.path = cache.locate(self._folder, settings.config, settings.content, settings.out)
        with publish.sole_writer(settings.out):
            self._open(clean)

    def _open(self, clean: bool = False) -> None:
        self.close()
        self.db = cache.open_for_writing(self.path, clean)
        self.inventory = Inventory(self.db, self.settings)
        self._file, self._opening = self._identity(), uuid.uuid4().hex

    def _identity(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def run(self, now: datetime, progress=None, only=None) -> Report:
        """Bring the output folder up to date with the content at the instant `now`.

        progress: see fleuve.progress. only: paths that may have changed, when a watcher knows. Raises what fleuve.refusal explains.
        """
        with publish.sole_writer(self.settings.out):
            if self._identity() != self._file:  # removed, or made anew by another build, since this one opened it
                self._open()
            try:
                return self._run(now, progress, only)
            except sqlite3.DatabaseError as error:
                if type(error) is not sqlite3.DatabaseError:
                    raise
                self._open(clean=True)  # the cache is damaged: nothing in it that cannot be made again
                return self._run(now, progress)
            finally:
                if self.db.in_transaction:
                    self.db.rollback()

    def _run(self, now: datetime, progress=None, only=None) -> Report:
        self._gone: set[str] = set()
        self._unread: list[Problem] = []
        self._progress = progress
        self._few = FEW
        self.report = Report(out=str(self.settings.out), now=now.isoformat())
        fingerprint = self.settings.fingerprint()
        self._claim_output()
        places = map(str, (self.settings.config, self.settings.content, self.settings.out, self.path))
        order = Order(*places, fingerprint, self._opening, uuid.uuid4().hex, self._empty)
        for folder in self.path.parent.glob(TEMPLATES + "*"):
            if folder.name != TEMPLATES + fingerprint:
                shutil.rmtree(folder, ignore_errors=True)
        with self._phase("inventaire"), collect_rarely():
            foresee = partial(self._foresee, order) if only is None else None  # while a watcher looks on, this process has the presses at hand
            self.inventory.update(int(now.timestamp()), self.executor, fingerprint, only, self._tick("inventaire"), foresee)
        with self._phase("images"):
            self._develop()
        with self._phase("parties"):
            self._list_parts(now)
        with self._shared(order, "shards") as shared, self._phase("pages"):
            self._press_shards(shared)
        with self._phase("recherche"):
            self._index(order)
        with self._phase("site"):
            self._copy_files()
            self._run_stages(order, now)
        with self._shared(order, "parts") as shared, self._phase("parties"):  # last: they read what stages have left
            self._make_parts(shared)
        with self._phase("publication"):
            self._finish()
        with self._phase("bilan"):
            self._collect()
        return self.report

    def _foresee(self, order: Order, news: bool) -> None:
        """Something has changed: processes make the presses ready meanwhile, and are worth it then for the fewest shards."""
        self.executor.foresee(open_house, order, news)
        self._few = 0

    def close(self) -> None:
        """Let go of the cache."""
        if self.db is not None:
            self.db.close()

    # The output folder.

    def _claim_output(self) -> None:
        """Make sure that the output folder is ours, and is the one that the cache knows."""
        out = self.settings.out
        stamp = out / STAMP
        if out.is_dir() and not stamp.exists() and any(name.name != WORKSHOP for name in out.iterdir()):
            raise SettingsError(f"Le dossier {out} contient des fichiers qui ne viennent pas de Fleuve ; rien n’y a été touché. Videz-le, ou choisissez-en un autre avec --out.")
        self._empty = not stamp.exists()
        known = cache.get_state(self.db, "manifest")
        found = stamp.read_text("utf-8") if stamp.exists() else None
        self._interrupted = cache.get_state(self.db, "building") == "1"
        if found is None or found != known:
            self.db.execute("UPDATE shards SET stale=1, trusted=0")
            self.db.execute("UPDATE stages SET stale=1, trusted=0")
            self.db.execute("UPDATE parts SET stale=1, trusted=0")
            self.db.execute("UPDATE renditions SET trusted=0")
            self.db.execute("UPDATE search SET stale=1, trusted=0")
            cache.set_state(self.db, darkroom.STATE, "")
            cache.set_state(self.db, "manifest", IN_PROGRESS)
            self._interrupted = True
            out.mkdir(parents=True, exist_ok=True)
            stamp.write_text(IN_PROGRESS, "utf-8")
        self._writing = False

    def _begin_writing(self) -> None:
        """From here on files change: should the build die, the next one trusts none of those being made."""
        if not self._writing:
            self._writing = True
            (self.settings.out / WORKSHOP).mkdir(exist_ok=True)
            cache.set_state(self.db, "building", "1")

    # Shards.

    @contextmanager
    def _shared(self, order: Order, table: str) -> Iterator[Order]:
        """The order as workers can follow it: those of a cluster read a snapshot of the cache. table: of what there may be to make."""
        if not self.executor.url or not self.db.execute(f"SELECT 1 FROM {table} WHERE stale=1 LIMIT 1").fetchone():
            yield order
            return
        with cache.snapshot(self.db, self.path, f"{order.build}-{table}") as copy:
            yield replace(order, db=str(copy))

    def _press_shards(self, order: Order) -> None:
        stale = self.db.execute("SELECT shard, trusted, outputs FROM shards WHERE stale=1 ORDER BY shard").fetchall()
        if not stale:
            return
        self._begin_writing()
        self.db.execute("UPDATE shards SET trusted=0 WHERE stale=1")
        tasks = ((order, shard, orjson.loads(outputs) if trusted and outputs else {}) for shard, trusted, outputs in stale)
        before = {shard: outputs for shard, _, outputs in stale}
        tick, done = self._tick("pages"), 0
        with self._saving() as save:
            for pressed in self.executor.map(press_shard, tasks, len(stale), self._few):
                self._store(pressed, before[pressed.shard])
                done += 1
                if tick:
                    tick(done, len(stale))
                save()
        self.report.pressed = len(stale)

    @contextmanager
    def _saving(self) -> Iterator[Callable[[], None]]:
        """A transaction around what workers give back, ended and begun again by save(), about each second: a build that dies keeps
        what it had made."""
        last = time.monotonic()

        def save() -> None:
            nonlocal last
            if time.monotonic() - last > 1:
                self.db.execute("COMMIT")
                self.db.execute("BEGIN")
                last = time.monotonic()

        self.db.execute("BEGIN")
        yield save
        self.db.execute("COMMIT")

    def _store(self, pressed: Pressed, before: bytes | None) -> None:
        shard = pressed.shard
        self._let_go(before, pressed.made)
        self.report.written += pressed.written
        for stage in self._stage_names:
            extract = pressed.extracts.get(stage)
            if extract is None:
                self.db.execute("DELETE FROM extracts WHERE stage=? AND shard=?", (stage, shard))
            else:
                self.db.execute("INSERT OR REPLACE INTO extracts VALUES (?, ?, ?, ?)", (stage, shard, blake2b(extract, digest_size=16).digest(), extract))
        if pressed.made.outputs == NOTHING:
            self.db.execute("DELETE FROM shards WHERE shard=?", (shard,))
        else:
            self.db.execute(f"UPDATE shards SET {STORED}, pages=? WHERE shard=?", (*pressed.made, pressed.pages, shard))

    def _let_go(self, before: bytes | None, now: Made) -> None:
        """Note the files that something no longer makes. before: what it made last time, as stored."""
        if before and before != now.outputs:
            self._gone |= orjson.loads(before).keys() - orjson.loads(now.outputs).keys()

    # Images.

    def _develop(self) -> None:
        step = darkroom.develop(self.db, self.settings, self.executor, self._folder / darkroom.STORE, self._begin_writing, self._tick("images"))
        self._gone |= step.gone
        self.report.written += step.written

    # The search.

    def _index(self, order: Order) -> None:
        from fleuve.search import indexing

        places = indexing.Places(str(self.path), str(self.settings.out), self._empty)
        step = indexing.bring_up_to_date(self.db, self.settings, self.executor, places, order.fingerprint, self._begin_writing, self._few, self._tick("recherche"))
        self._gone |= step.gone
        self.report.written += step.written

    # Parts of site stages.

    def _list_parts(self, now: datetime) -> None:
        """Ask the stages which parts there are, where that may have changed. What vanishes is removed at the end."""
        from fleuve.stages import STAGES

        names = orjson.dumps(self._stage_names).decode()
        listed = {row[0] for row in self.db.execute("SELECT stage FROM parts WHERE part='' AND stale=0 AND stage IN (SELECT value FROM json_each(?))", (names,))}
        for (stage,) in self.db.execute("SELECT DISTINCT stage FROM parts WHERE stage NOT IN (SELECT value FROM json_each(?))", (names,)).fetchall():
            for (outputs,) in self.db.execute("SELECT outputs FROM parts WHERE stage=?", (stage,)):
                self._gone.update(orjson.loads(outputs or b"{}"))
            self.db.execute("DELETE FROM parts WHERE stage=?", (stage,))
        for stage in STAGES:
            if stage.name not in listed:
                self._list_parts_of(stage, now)

    def _list_parts_of(self, stage, now: datetime) -> None:
        from fleuve.site import Site

        def no_session():
            raise TypeError("what parts a stage has does not depend on the theme")

        site = Site(self.settings, SiteIndex(self.db, self.settings), now, no_session)
        wanted = set(stage.parts(site))
        known = {row[0] for row in self.db.execute("SELECT part FROM parts WHERE stage=? AND part<>''", (stage.name,))}
        if known - wanted:
            self._begin_writing()
        self.db.execute("BEGIN")
        for part in known - wanted:
            (outputs,) = self.db.execute("SELECT outputs FROM parts WHERE stage=? AND part=?", (stage.name, part)).fetchone()
            self._gone.update(orjson.loads(outputs or b"{}"))
            self.db.execute("DELETE FROM parts WHERE stage=? AND part=?", (stage.name, part))
        self.db.executemany("INSERT INTO parts (stage, part) VALUES (?, ?)", ((stage.name, part) for part in sorted(wanted - known)))
        self.db.execute("INSERT OR REPLACE INTO parts (stage, part) VALUES (?, '')", (stage.name,))
        self.db.execute(f"UPDATE parts SET {STORED} WHERE stage=? AND part=''", (*made({}, site.index.reads, site.problems), stage.name))
        self.db.execute("COMMIT")

    def _make_parts(self, order: Order) -> None:
        from fleuve.stages import STAGES

        stale = self.db.execute("SELECT stage, part, trusted, outputs FROM parts WHERE stale=1 AND part<>'' ORDER BY stage, part").fetchall()
        if not stale:
            return
        self._begin_writing()
        self.db.execute("UPDATE parts SET trusted=0 WHERE stale=1")
        lane_of = {stage.name: stage.lane for stage in STAGES}
        tasks: dict[tuple[str, str], list[dict]] = defaultdict(lambda: [{}])
        for stage, part, trusted, outputs in stale:
            batches = tasks[lane_of[stage](part), stage]
            if len(batches[-1]) == PARTS:
                batches.append({})
            batches[-1][part] = orjson.loads(outputs) if trusted and outputs else {}
        before = {(stage, part): outputs for stage, part, _, outputs in stale}
        lanes: dict[str, list[tuple]] = defaultdict(list)
        for (lane, stage), batches in tasks.items():
            lanes[lane] += [(order, self.settings, stage, batch) for batch in batches]
        tick, done = self._tick("parties"), 0
        with self._saving() as save:
            for batch in self.executor.map_lanes(make_parts, lanes, len(stale) // PARTS + self.report.pressed, self._few):
                for reduced in batch:
                    self._store_part(reduced, before[reduced.stage, reduced.part])
                done += len(batch)
                if tick:
                    tick(done, len(stale))
                save()

    def _store_part(self, reduced: Reduced, before: bytes | None) -> None:
        self._let_go(before, reduced.made)
        self.report.written += reduced.written
        self.db.execute(f"UPDATE parts SET {STORED} WHERE stage=? AND part=?", (*reduced.made, reduced.stage, reduced.part))

    # Files that are copied as they are.

    def _copy_files(self) -> None:
        """The theme's files and the content's media; those whose size and time are the same as last time are left alone."""
        known = orjson.loads(cache.get_state(self.db, "copies") or b"{}")
        trusted = {} if self._interrupted else known
        wanted = {path: [str(file), *_size_and_time(file)] for path, file in theme_files(self.settings.theme)}
        for path, size, mtime in self.db.execute(f"SELECT path, size, mtime FROM files WHERE {PUBLIC_MEDIA}"):
            wanted[path] = [str(self.settings.content / path), size, mtime]
        self._gone |= known.keys() - wanted.keys()
        self._copies = {path: trusted[path] for path, value in wanted.items() if trusted.get(path, [None])[:-1] == value}
        publisher = Publisher(self.settings.out)
        publisher.begin({path: copy[-1] for path, copy in trusted.items()})
        for path in sorted(wanted.keys() - self._copies.keys()):
            self._begin_writing()
            try:
                publisher.copy(path, Path(wanted[path][0]))
            except (PermissionError, FileNotFoundError) as error:
                if error.filename != wanted[path][0]:
                    raise
                self._unread.append(Problem(path, 1, 1, ERROR, "fichier-illisible", f"Fichier illisible ({reason(error)}).", "Vérifiez qu’il existe encore et ses droits d’accès."))
                continue
            self._copies[path] = [*wanted[path], publisher.outputs[path]]
        self.report.written += publisher.written
        if self._copies != known:
            cache.set_state(self.db, "copies", orjson.dumps(self._copies).decode())

    # Site stages.

    @property
    def _stage_names(self) -> list[str]:
        from fleuve.stages import STAGES

        return [stage.name for stage in STAGES]

    def _run_stages(self, order: Order, now: datetime) -> None:
        from fleuve.stages import STAGES

        stale = {}
        for stage in STAGES:
            digest = self._stage_digest(stage.name)
            row = self.db.execute("SELECT stale, trusted, digest, outputs FROM stages WHERE stage=?", (stage.name,)).fetchone()
            if row is None or row[0] or row[2] != digest or stage.clock:
                before = row[3] if row else None
                stale[stage.name] = digest, before, orjson.loads(before) if before and row[1] else {}
        if not stale:
            return
        self._begin_writing()
        self.db.executemany("INSERT INTO stages (stage) VALUES (?) ON CONFLICT (stage) DO UPDATE SET stale=1, trusted=0", ((name,) for name in stale))
        # Processes that have just made pages have the theme at hand; those of a cluster have not this cache.
        spread = self.executor.url is None and self.report.pressed > self._few
        run = self.executor.map if spread else lambda function, tasks, *_: (function(*task) for task in tasks)
        tasks = ((order, self.settings, name, now, trusted) for name, (_, _, trusted) in stale.items())
        for reduced in run(reduce_stage, tasks, len(stale), self._few):
            digest, before, _ = stale[reduced.stage]
            self._store_stage(reduced, digest, before)

    def _stage_digest(self, name: str) -> bytes:
        total = blake2b(digest_size=16)
        for shard, digest in self.db.execute("SELECT shard, digest FROM extracts WHERE stage=? ORDER BY shard", (name,)):
            total.update(shard.encode() + digest)
        return total.digest()

    def _store_stage(self, reduced: Reduced, digest: bytes, before: bytes | None) -> None:
        self._let_go(before, reduced.made)
        self.report.written += reduced.written
        self.db.execute("BEGIN")
        changed = cache.set_notes(self.db, reduced.stage, reduced.notes)
        if changed:
            self.inventory.mark_parts(reduced.stage, {f"note:{reduced.stage}:{name}" for name in changed})
        self.db.execute(f"UPDATE stages SET {STORED}, digest=? WHERE stage=?", (*reduced.made, digest, reduced.stage))
        self.db.execute("COMMIT")

    # The end.

    def _outputs(self) -> set[str]:
        current = set(self._copies)
        for outputs in cache.outputs(self.db):
            current.update(outputs)  # « |= » with keys makes a new set each time
        return current

    def _finish(self) -> None:
        """Remove what the site no longer has, then write the stamp, last: it says that the folder is whole."""
        out = self.settings.out
        if self._interrupted and not self._empty:
            self.report.removed = publish.sweep(out, self._outputs())
        elif self._gone:
            self.report.removed = publish.remove(out, self._gone - self._outputs())
        if not self._writing:
            return
        total = blake2b(manifest({path: copy[-1] for path, copy in self._copies.items()}), digest_size=16)
        for table, name in (("shards", "shard"), ("stages", "stage"), ("parts", "stage || '/' || part"), ("search", "lang || '/' || kind || '/' || part")):
            for key, files in self.db.execute(f"SELECT {name}, manifest FROM {table} ORDER BY 1"):
                total.update(key.encode() + b"\0" + (files or b""))
        for key, problems in self.db.execute("SELECT key, problems FROM renditions ORDER BY key"):  # a key says all of the files
            total.update(f"{key}{problems}".encode())
        stamp = total.hexdigest() + "\n"
        self._publish_stamp(stamp)
        cache.set_state(self.db, "manifest", stamp)
        cache.set_state(self.db, "building", "0")
        publish.close_workshop(out)

    def _publish_stamp(self, stamp: str) -> None:
        draft = self.settings.out / WORKSHOP / STAMP
        draft.write_text(stamp, "utf-8")
        os.replace(draft, self.settings.out / STAMP)

    def _collect(self) -> None:
        report = self.report
        report.documents = self.db.execute("SELECT count(*) FROM files WHERE kind='document'").fetchone()[0]
        report.shards, report.pages = self.db.execute("SELECT count(*), coalesce(sum(pages), 0) FROM shards").fetchone()
        problems = {*self.inventory.problems(), *self._unread}
        for table in cache.MADE:
            for (text,) in self.db.execute(f"SELECT problems FROM {table} WHERE problems<>''"):
                problems |= {Problem(**item) for item in orjson.loads(text)}
        count, first = self.inventory.orphans()
        if count:
            problems.add(Problem(first, 1, 1, WARNING, "sans-organisme", f"{count} page{'s' if count > 1 else ''} sans organisme responsable, dont celle-ci.", "Ajoutez « organismes: [identifiant] » à leur en-tête."))
        report.problems = sorted(problems)

    @contextmanager
    def _phase(self, name: str):
        started = time.perf_counter()
        try:
            yield
        finally:
            self.report.seconds[name] = self.report.seconds.get(name, 0.0) + time.perf_counter() - started

    def _tick(self, phase: str):
        return (lambda done, total: self._progress(phase, done, total)) if self._progress else None


def theme_files(theme: Path) -> Iterator[tuple[str, Path]]:
    """(output path, file) of what a theme has besides templates, labels and documentation (`_…`): style sheets, images, scripts."""
    for file in sorted(theme.rglob("*")):
        path = file.relative_to(theme).as_posix()
        if file.is_file() and file.suffix not in (".html", ".yml", ".md") and not any(part[0] in "._" for part in path.split("/")):
            yield path, file


def _size_and_time(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns


# Under `mkdocs build`: the same inventory, presses and stages, in one process and without a cache.


def open_session(config: Path, content: Path, out: Path, folder: Path):
    """The session of a whole site but its news, for MkDocs' own build command. folder: where its temporary cache goes."""
    from fleuve.instant import parse_now
    from fleuve.page import PAGE_COLUMNS, PageRow
    from fleuve.presses.session import Session

    settings = settings_module.load(config, content, out)
    now = parse_now(os.environ.get("FLEUVE_NOW"))
    path = folder / "site.sqlite"
    db = cache.open_for_writing(path)
    inventory = Inventory(db, settings)
    inventory.update(int(now.timestamp()), Executor(1), settings.fingerprint())
    # What build.py has made of images is taken as it is: bytes are the same.
    darkroom.develop(db, settings, Executor(1), config.parent / DEFAULT_CACHE / darkroom.STORE, lambda: None)
    publisher = Publisher(settings.out)
    session = Session(settings, SiteIndex(db, settings), publisher)
    session.begin([row for row in map(PageRow._make, session.index.rows(PAGE_COLUMNS)) if not content_type.is_news(row.type)])
    session.standalone, session.now, session.keep_notes = True, now, partial(cache.set_notes, db)
    session.index_search = partial(_index_standalone, db, settings, path)
    return session


def finish_standalone(session, config) -> None:
    """Make the news, then the site stages, after MkDocs has made the other pages. config: MkDocs' own."""
    from fleuve.site import Site
    from fleuve.stages import STAGES

    (session.settings.out / WORKSHOP).mkdir(parents=True, exist_ok=True)
    session.ask_stages()
    _press_news(session, config)
    site = Site(session.settings, session.index, session.now, lambda: session)
    for stage in STAGES:
        for path, data in stage.reduce(_all_extracts(stage.name, session), site):
            session.publisher.write(path, data)
        session.keep_notes(stage.name, _notes(site))
        site.notes = {}
        for part in stage.parts(site):
            for path, data in stage.make(part, site):
                session.publisher.write(path, data)
    session.index_search(session)
    publish.close_workshop(session.settings.out)
    for problem in sorted({*session.problems, *site.problems}):
        print(problem)


def _index_standalone(db: sqlite3.Connection, settings: Settings, path: Path, session) -> None:
    """Make the index of the search as a build with a cache does, of the pages that a session has made."""
    from fleuve.search import STAGE, indexing

    for shard, items in _by_shard(STAGE, session).items():
        extract = _stored(_gather(STAGE, items))
        db.execute("INSERT INTO extracts VALUES (?, ?, ?, ?)", (STAGE, shard, blake2b(extract, digest_size=16).digest(), extract))
    places = indexing.Places(str(path), str(settings.out), False)
    indexing.bring_up_to_date(db, settings, Executor(1), places, settings.fingerprint(), lambda: None, FEW)


def _by_shard(name: str, session) -> dict[str, list]:
    """The (path, extract) of the pages that a session has made, by shard."""
    shard_of, shards = dict(session.index.rows("path, shard")), defaultdict(list)
    for path, extract in sorted(session.extracts[name], key=itemgetter(0)):
        shards[shard_of[path]].append((path, extract))
    return shards


def _all_extracts(name: str, session) -> Iterator:
    """What a build with a cache reads from it, of the pages that a session has made."""
    items = sorted(session.extracts[name], key=itemgetter(0))
    if not _gathers(name):
        return (orjson.loads(orjson.dumps(extract)) for _, extract in items)
    shards = _by_shard(name, session)
    return (orjson.loads(orjson.dumps(_gather(name, shards[shard]))) for shard in sorted(shards))


def _press_news(session, config) -> None:
    """Make the news a shard at a time, beside what the session has of the other pages."""
    from fleuve.page import PAGE_COLUMNS, PageRow
    from fleuve.presses.house import House

    house, extracts, problems = House(session, config), session.extracts, session.problems
    for shard in sorted({shard for (shard,) in session.index.rows("shard")}):
        if news := [row for row in map(PageRow._make, session.index.rows(PAGE_COLUMNS, shard)) if content_type.is_news(row.type)]:
            house.press(news)
            extracts = {name: items + session.extracts[name] for name, items in extracts.items()}
            problems = problems + session.problems
    session.extracts, session.problems = extracts, problems
