"""The inventory: what documents there are, what is published at an instant, and what a change makes stale.

`update` brings it up to date with the content folder. In one transaction it stores what has changed and marks the shards and
stages that this makes stale, so that a build killed at any moment loses nothing: the next one finds the same marks.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import orjson

from fleuve import address, cache, darkroom, data_file, document, media, news, reference, shard
from fleuve.executor import FEW, Executor
from fleuve.made import mark, may_have_read
from fleuve.problem import ERROR, Problem
from fleuve.scan import is_transcript, kind_of, scan
from fleuve.settings import Settings
from fleuve.site_index import CARD_COLUMNS, Card, SiteIndex, keys_of

BATCH = 400  # documents read in one task: about 40 ms of work
FILES = 20  # images hashed in one task: the same, for files of 2 MB
DOCUMENT_COLUMNS = document.Row._fields[:-1]
INSERT = f"INSERT OR REPLACE INTO documents ({', '.join(DOCUMENT_COLUMNS)}) VALUES ({', '.join('?' * len(DOCUMENT_COLUMNS))})"
# What is visible, active and retired at an instant :now, as a pure function of the row.
PUBLISHED = "(held=0 AND (published_from IS NULL OR published_from<=:now) AND (published_to IS NULL OR published_to>:now))"
VISIBLE = f"({PUBLISHED} AND clash IS NULL)"
# active: 1 within the period, 2 before it, 0 after it or when there is none.
ACTIVE = "(CASE WHEN active_from>:now THEN 2 WHEN coalesce(active_from, active_to) IS NULL OR active_to<=:now THEN 0 ELSE 1 END)"
RETIRED = "(retired_at IS NOT NULL AND retired_at<=:now)"
# Racy times: a file written in the same tick as it was read may change again without a new time. It is read again next time.
RACY_NS = 2_000_000_000


@dataclass
class Delta:
    """What one update changed. `all`: everything is to be made again. `paths`: documents; `keys`: see site_index.keys_of. `addresses`: any
    address may be another one; `moved`: only those of these news may, and `outputs` may be free again."""

    all: bool = False
    paths: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    addresses: bool = False
    moved: set[str] = field(default_factory=set)
    outputs: set[str] = field(default_factory=set)


class Inventory:
    """The documents of one site, in its cache."""

    def __init__(self, db, settings: Settings) -> None:
        self.db = db
        self.settings = settings
        self.scan_problems: list[Problem] = []
        # Of the last update: the folders as they were listed, None when a watcher told what changed; and the files that must be read again.
        self._folders: dict[str, bytes] | None = None
        self._unsure: set[str] = set()

    def update(self, now: int, executor: Executor, fingerprint: str, only: Iterable[str] | None = None, tick=None, foresee=None) -> Delta:
        """Bring the inventory up to date with the files, at the instant `now` (UTC seconds).

        fingerprint: see Settings.fingerprint; another one than last time makes everything stale. only: paths that may have
        changed, when a watcher knows them (else the folder is scanned). tick(done, total): called as documents are read. foresee(news): called
        as soon as some file is seen to have changed since the last build, or the documents of a large first one are read. news: whether the
        site has any.
        """
        started = time.time_ns()
        self._unsure = set()
        delta = Delta(all=cache.get_state(self.db, "fingerprint") != fingerprint)
        changed, removed = self._compare(only, delta.all)
        if foresee and not delta.all and (changed or removed):
            foresee(self._has_news())
        self.db.execute("BEGIN IMMEDIATE")
        try:
            before = {} if delta.all else self._keys(self._documents(changed, removed))
            self._store_files(changed, removed, started, delta)
            self._look_into(changed, removed, executor)
            self._store_documents(changed, removed, executor, delta, tick)
            self._store_folders(changed, removed)
            if foresee and delta.all and len(changed) > BATCH * FEW:
                foresee(self._has_news())
            self._place(delta, before)
            self._at(now, delta, before)
            self._touch(delta, before)
            self._list(delta, before)
            self._mark(delta)
            cache.set_state(self.db, "fingerprint", fingerprint)
            cache.set_state(self.db, "now", str(now))
            self.db.execute("COMMIT")
            cache.settle(self.db)
        except BaseException:
            if self.db.in_transaction:  # a full disk has ended it already
                self.db.rollback()
            raise
        return delta

    def _has_news(self) -> bool:
        return self.db.execute(f"SELECT 1 FROM documents WHERE type IN {news.sql_types()} LIMIT 1").fetchone() is not None

    # Which files have changed.

    def _compare(self, only, everything: bool) -> tuple[dict, set[str]]:
        if only is None or everything:
            known = dict(self.db.execute("SELECT path, digest FROM folders"))
            found = scan(self.settings.content, {} if everything else known)
            self.scan_problems, self._folders = found.problems, found.folders
            if everything:
                stored = {row[0]: () for row in self.db.execute("SELECT path FROM files")}
            else:
                stored = self._stored(folder for folder in known.keys() | found.folders.keys() if not found.folders.get(folder) or found.folders[folder] != known.get(folder))
            changed = {path: value for path, value in found.files.items() if stored.get(path) != value}
            return changed, stored.keys() - found.files.keys()
        self._folders = None
        found = scan(self.settings.content).files if any(self._is_folder(p) for p in only) else self._stat(only)
        known = {p for p in only if self.db.execute("SELECT 1 FROM files WHERE path=?", (p,)).fetchone()}
        return {p: v for p, v in found.items() if p in set(only)}, known - found.keys()

    def _stored(self, folders: Iterable[str]) -> dict[str, tuple]:
        """What is stored of the files that stand in these folders themselves."""
        query = "SELECT path, kind, size, mtime FROM files WHERE path>=? AND path<? AND instr(substr(path, ?), '/')=0"
        return {row[0]: row[1:] for folder in folders
                for row in self.db.execute(query, (folder, f"{folder[:-1]}0" if folder else "\U0010ffff", len(folder) + 1))}

    def _store_folders(self, changed: dict, removed: set[str]) -> None:
        """Remember the folders as they were listed; not those that hold a file to be read again, or told by a watcher: they are looked into."""
        known = dict(self.db.execute("SELECT path, digest FROM folders"))
        listed = dict.fromkeys(map(_folder_of, (*changed, *removed) if self._folders is None else self._unsure), b"")
        if self._folders is not None:
            listed = self._folders | listed
            self.db.executemany("DELETE FROM folders WHERE path=?", ((folder,) for folder in known.keys() - listed.keys()))
        self.db.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?)", (one for one in listed.items() if known.get(one[0]) != one[1]))

    def _is_folder(self, path: str) -> bool:
        return (Path(self.settings.content) / path).is_dir()

    def _stat(self, paths: Iterable[str]) -> dict:
        found = {}
        for path in paths:
            full = Path(self.settings.content) / path
            if full.is_file() and not full.is_symlink():
                stat = full.stat()
                found[path] = (kind_of(path), stat.st_size, stat.st_mtime_ns)
        return found

    def _documents(self, changed: dict, removed: set[str]) -> list[str]:
        return [path for path in (*changed, *removed) if path.endswith(".md")]

    # What is known of them.

    def _store_files(self, changed: dict, removed: set[str], started: int, delta: Delta) -> None:
        for path in removed:
            self.db.execute("DELETE FROM files WHERE path=?", (path,))
        rows = []
        for path, (kind, size, mtime) in changed.items():
            digest = None
            if kind == "data":
                digest = data_file.digest(Path(self.settings.content) / path)
            if started - mtime < RACY_NS or digest == b"":
                self._unsure.add(path)
            rows.append((path, kind, size, -1 if path in self._unsure else mtime, digest))
        self.db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)
        for path in (*changed, *removed):
            if not path.endswith(".md") or path.startswith("_") or is_transcript(path):
                folder = path.partition("/")[0]
                delta.keys |= {f"media:{path}", f"donnees:{path}", f"dossier:{folder}"}

    def _look_into(self, changed: dict, removed: set[str], executor: Executor) -> None:
        """What pages and editors need to know of images and captions, read from their bytes once."""
        self.db.executemany("DELETE FROM looks WHERE path=?", ((path,) for path in removed))
        paths = sorted(path for path, value in changed.items() if value[0] == "media" and media.is_looked_into(path))
        batches = [paths[i : i + FILES] for i in range(0, len(paths), FILES)]
        for looks in executor.map(media.look_batch, ((str(self.settings.content), batch) for batch in batches), len(batches)):
            self.db.executemany("INSERT OR REPLACE INTO looks VALUES (?, ?, ?, ?)", looks)

    def _store_documents(self, changed: dict, removed: set[str], executor: Executor, delta: Delta, tick) -> None:
        gone = [path for path in removed if path.endswith(".md")]
        for path in gone:
            self._stale_shard_of(path)
            if row := self.db.execute("SELECT output, type FROM documents WHERE path=? AND virtual=0", (path,)).fetchone():
                self.db.execute("DELETE FROM documents WHERE path=? AND virtual=0", (path,))
                self._readdress(path, delta, *row)
        if gone:
            self._forget(gone)
        paths = sorted(path for path, value in changed.items() if value[0] == "document")
        known = {} if delta.all else {
            path: row for path in paths
            if (row := self.db.execute("SELECT hash, slug, lang, has_page, held, output, type FROM documents WHERE path=? AND virtual=0", (path,)).fetchone())
        }
        if delta.all:
            delta.addresses = True
            self.db.execute("DELETE FROM refs")
            self.db.execute("DELETE FROM instants")
        batches = [paths[i : i + BATCH] for i in range(0, len(paths), BATCH)]
        languages = list(self.settings.languages)
        done = 0
        for rows in executor.map(document.read_batch, ((str(self.settings.content), batch, languages) for batch in batches), len(batches)):
            fresh = [row for row in rows if delta.all or row.path not in known or known[row.path][0] != row.hash]
            for row in fresh:
                old = known.get(row.path)
                if old is None or old[1:5] != (row.slug, row.lang, row.has_page, row.held) or old[6] != row.type:
                    self._readdress(row.path, delta, *(old[5:] if old else (None,)), row.type)
            self._insert(fresh, delta, known)
            # What could not be read is tried again: rights change without a new time.
            unread = [row.path for row in rows if not row.hash]
            self._unsure.update(unread)
            self.db.executemany("UPDATE files SET mtime=-1 WHERE path=?", ((path,) for path in unread))
            done += len(rows)
            if tick:
                tick(done, len(paths))

    def _insert(self, rows: list[document.Row], delta: Delta, known: dict) -> None:
        if delta.all or not known:
            self.db.executemany(INSERT, (row[:-1] for row in rows))
        else:  # an update keeps what `_place` and `_at` have found out
            keep = ", ".join(f"{c}=excluded.{c}" for c in DOCUMENT_COLUMNS[1:])
            self.db.executemany(f"{INSERT.replace('OR REPLACE ', '')} ON CONFLICT (path) DO UPDATE SET {keep}", (row[:-1] for row in rows))
        if again := [row.path for row in rows if row.path in known]:
            self._forget(again)
        self.db.executemany("INSERT OR IGNORE INTO refs VALUES (?, ?, ?, ?, ?)", chain.from_iterable(row.refs for row in rows))
        instants = ((row.path, instant) for row in rows for instant in row.instants if instant is not None)
        self.db.executemany("INSERT OR IGNORE INTO instants VALUES (?, ?)", instants)
        delta.paths |= {row.path for row in rows} if not delta.all else set()

    def _forget(self, paths: list[str]) -> None:
        """What other tables hold of documents that go or are stored again."""
        for table in ("refs", "instants"):  # once for all: references are not in the order of documents
            self.db.execute(f"DELETE FROM {table} WHERE path IN (SELECT value FROM json_each(?))", (orjson.dumps(paths).decode(),))

    # Addresses and shards: functions of the set of documents.

    def _readdress(self, path: str, delta: Delta, output: str | None, *types: str) -> None:
        """A document came, went or changed its address. News of a month, in no other document's way, change that of none but themselves."""
        if shard.month_of(path) and not path.rpartition("/")[2].startswith("index.") and news.types().issuperset(types):
            delta.moved.add(path)
            delta.outputs |= {output} - {None}
        else:
            delta.addresses = True

    def _place_month(self, month: str, delta: Delta, before: dict) -> None:
        """Addresses and shards of the news of one month: they depend on its documents, and on the indexes of the folders above."""
        columns = "path, lang, slug, has_page, rowid, url, output, shard"
        rows = self.db.execute(f"SELECT {columns} FROM documents WHERE path>=? AND path<?", (month + "/", month + "0")).fetchall()
        pages = [row for row in rows if row[3]]
        folders = ["/".join(month.split("/")[:depth]) for depth in (1, 2)]
        indexes = [f"{folder}/index{suffix}.md" for folder in folders for suffix in ("", *(f".{lang}" for lang in self.settings.languages))]
        above = self.db.execute(f"SELECT path, lang, slug FROM documents WHERE has_page=1 AND path IN ({', '.join('?' * len(indexes))})", indexes).fetchall()
        addresses = address.resolve([*above, *(row[:3] for row in pages)], self.settings)
        shards = shard.group(row[0] for row in pages)
        for path, _, _, has_page, row, *old in rows:
            new = [*addresses[path], shards[path]] if has_page else [None, None, None]
            if path in delta.moved:
                delta.outputs |= {old[1], new[1]} - {None}
            if new != old:
                self._remember(before, [path])
                self._stale_shard_of(path)
                delta.paths.add(path)
                self.db.execute("UPDATE documents SET url=?, output=?, shard=? WHERE rowid=?", (*new, row))

    def _settle_rivals(self, delta: Delta, before: dict) -> None:
        """Which of the documents that have one of these outputs have it together."""
        for output in delta.outputs:
            rows = self.db.execute("SELECT path, held, rival FROM documents WHERE output=?", (output,)).fetchall()
            several = sum(not held for _, held, _ in rows) > 1
            for path, held, rival in rows:
                if rival != int(several and not held):
                    self._remember(before, [path])
                    self._stale_shard_of(path)
                    delta.paths.add(path)
                    self.db.execute("UPDATE documents SET rival=? WHERE path=?", (int(several and not held), path))

    def _place(self, delta: Delta, before: dict) -> None:
        if not delta.addresses:
            for month in sorted({shard.month_of(path) for path in delta.moved}):
                self._place_month(month, delta, before)
            self._settle_rivals(delta, before)
            return
        if delta.all:
            self.db.execute("DELETE FROM documents WHERE path NOT IN (SELECT path FROM files) AND virtual=0")
        self._list_folders(delta, before)
        rows = self.db.execute("SELECT path, lang, slug, has_page, held, rowid, url, output, shard, rival FROM documents ORDER BY path").fetchall()
        pages = [row for row in rows if row[3]]
        addresses = address.resolve(((row[0], row[1], row[2]) for row in pages), self.settings)
        shards = shard.group(row[0] for row in pages)
        claims = Counter(addresses[row[0]].output for row in pages if not row[4])
        moved, updates = [], []
        for path, _, _, _, held, row, *old in rows:
            where = addresses.get(path)
            new = [where.url, where.output, shards[path], int(not held and claims[where.output] > 1)] if where else [None, None, None, 0]
            if new != old:
                updates.append((*new, row))
                moved.append(path)
        if not delta.all:
            self._remember(before, moved)
            # The shard that a document leaves is stale too.
            for path in moved:
                self._stale_shard_of(path)
                delta.paths.add(path)
        self.db.executemany("UPDATE documents SET url=?, output=?, shard=?, rival=? WHERE rowid=?", updates)
        if delta.all:
            cache.index(self.db)  # once the columns that it has are filled

    def _list_folders(self, delta: Delta, before: dict) -> None:
        """A folder with pages and no index gets a listing of its own, so that no address is a dead end."""
        default = self.settings.default_language
        # News have listings by year and month of their own.
        query = f"SELECT path FROM documents WHERE virtual=0 AND has_page=1 AND lang=? AND type NOT IN {news.sql_types()}"
        paths = [row[0] for row in self.db.execute(query, (default,))]
        known = set(paths)
        folders = {""} if paths else set()
        for path in paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        wanted = {p for p in (f"{f}/index.md" if f else "index.md" for f in folders) if p not in known}
        present = {row[0] for row in self.db.execute("SELECT path FROM documents WHERE virtual=1")}
        gone, new = present - wanted - known, wanted - present
        self._remember(before, gone | new)
        for path in gone:
            self._stale_shard_of(path)
            self.db.execute("DELETE FROM documents WHERE path=? AND virtual=1", (path,))
        rows = []
        for path in sorted(new):
            folder = path.rpartition("/")[0]
            title = folder.rpartition("/")[2].replace("-", " ").replace("_", " ") or self.settings.fleuve.get("nom", {}).get(default) or "Accueil"
            rows.append(document.folder_listing(folder, title[:1].upper() + title[1:])._replace(lang=default)[:-1])
        self.db.executemany(INSERT, rows)
        if not delta.all:
            delta.paths |= gone | new

    def _at(self, now: int, delta: Delta, before: dict) -> None:
        """What the instant `now` changes: embargoes that end, pages that expire, notices that begin."""
        self._settle(now, delta, before)
        apply = f"UPDATE documents SET visible={VISIBLE}, active={ACTIVE}, retired={RETIRED}"
        if delta.all:
            self.db.execute(apply, {"now": now})
            return
        differs = f"(visible<>{VISIBLE} OR active<>{ACTIVE} OR retired<>{RETIRED})"
        # Nothing else has changed since the last build than that it is another instant, be it an earlier one.
        start, end = sorted((now, int(cache.get_state(self.db, "now") or now)))
        query = f"SELECT path FROM documents WHERE path IN (SELECT path FROM instants WHERE instant>:start AND instant<=:end) AND {differs}"
        flipped = {row[0] for row in self.db.execute(query, {"start": start, "end": end, "now": now})}
        self._remember(before, flipped)
        delta.paths |= flipped
        self.db.executemany(f"{apply} WHERE path=:path", ({"now": now, "path": path} for path in delta.paths))

    def _settle(self, now: int, delta: Delta, before: dict) -> None:
        """Documents with one address may follow one another; of those published at the same instant, the first by path has it."""
        taken: dict[str, str] = {}
        changed = {}
        query = f"SELECT path, output, clash, {PUBLISHED} AND rival=1 FROM documents WHERE rival=1 OR clash IS NOT NULL ORDER BY path"
        for path, output, old, published in self.db.execute(query, {"now": now}):
            clash = taken.setdefault(output, path) if published else path
            if (clash if clash != path else None) != old:
                changed[path] = clash if clash != path else None
        if not delta.all:
            self._remember(before, changed)
            delta.paths |= changed.keys()
        self.db.executemany("UPDATE documents SET clash=? WHERE path=?", ((clash, path) for path, clash in changed.items()))

    # What that makes stale.

    def _keys(self, paths: Iterable[str]) -> dict[str, dict[str, str]]:
        return {path: self._keys_of(path) for path in paths}

    def _keys_of(self, path: str) -> dict[str, str]:
        row = self.db.execute(f"SELECT {CARD_COLUMNS}, hash, visible FROM documents WHERE path=?", (path,)).fetchone()
        if row is None:
            return {}
        # Whether a document is published decides whether its files are: see SiteIndex.media.
        keys: dict[str, str] = {}
        for file, pointer in self.db.execute("SELECT id, pointer FROM refs WHERE kind='media' AND path=? ORDER BY id, pointer", (path,)):
            keys[f"media:{file}"] = f"{keys.get(f'media:{file}', row[-1])} {pointer}"
        return keys | ({**keys_of(Card(row[:-2])), f"texte:{path}": row[-2]} if row[-1] else {f"tenu:{path}": "1"})

    def _remember(self, before: dict, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in before:
                before[path] = self._keys_of(path)

    def _touch(self, delta: Delta, before: dict) -> None:
        if delta.all:
            return
        for path, old in before.items():
            new = self._keys_of(path)
            if new != old:
                delta.keys |= {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}

    def _list(self, delta: Delta, before: dict) -> None:
        """The lists of news."""
        lists = news.Lists(self.db, self.settings)
        if delta.all:
            lists.rebuild()
        else:
            delta.keys |= lists.update(delta.paths | before.keys(), delta.keys)

    def _stale_shard_of(self, path: str) -> None:
        # A shard of which no page was published has no row: the first embargo that ends gives it one.
        self.db.execute("INSERT INTO shards (shard) SELECT shard FROM documents WHERE path=? AND shard IS NOT NULL ON CONFLICT (shard) DO UPDATE SET stale=1", (path,))

    def _mark(self, delta: Delta) -> None:
        if delta.all or any(key.startswith("media:") for key in delta.keys):
            cache.set_state(self.db, darkroom.STATE, "")
        if delta.all:
            self.db.execute("UPDATE shards SET stale=1")
            self.db.execute("UPDATE stages SET stale=1")
            self.db.execute("UPDATE parts SET stale=1")
        for path in delta.paths:
            self._stale_shard_of(path)
        if delta.keys and not delta.all:
            for table in ("shards", "stages", "parts"):
                self._mark_readers(table, delta.keys)
        if delta.addresses or delta.moved:
            self.db.execute("INSERT OR IGNORE INTO shards (shard) SELECT DISTINCT shard FROM documents WHERE shard IS NOT NULL")

    def mark_parts(self, stage: str, keys: set[str]) -> None:
        """These keys of the index may give other values: make stale the parts of a stage that have read others."""
        self._mark_readers("parts", keys, stage)

    def _mark_readers(self, table: str, keys: set[str], stage: str | None = None) -> None:
        """Make stale every reader of one of these keys to which it gives another value than the recorded one. stage: whose parts, when
        no others have read them."""
        index, marks = SiteIndex(self.db, self.settings), {mark(key) for key in keys}
        where, given = ("", ()) if stage is None else (" AND stage=?", (stage,))
        for reader, asked in self.db.execute(f"SELECT rowid, asked FROM {table} WHERE stale=0 AND asked IS NOT NULL{where}", given).fetchall():
            if may_have_read(asked, marks):
                reads = orjson.loads(self.db.execute(f"SELECT reads FROM {table} WHERE rowid=?", (reader,)).fetchone()[0])
                if any(index.value_hash(key) != reads[key] for key in keys & reads.keys()):
                    self.db.execute(f"UPDATE {table} SET stale=1 WHERE rowid=?", (reader,))

    # What is wrong.

    def problems(self) -> list[Problem]:
        """Everything that is wrong with documents themselves: front matter, addresses, references."""
        found = list(self.scan_problems)
        for (text,) in self.db.execute("SELECT problems FROM documents WHERE problems<>''"):
            found += [Problem(**item) for item in orjson.loads(text)]
        for (text,) in self.db.execute("SELECT problems FROM looks WHERE problems<>''"):
            found += [Problem(**item) for item in orjson.loads(text)]
        for path, other, url in self.db.execute("SELECT path, clash, url FROM documents WHERE clash IS NOT NULL"):
            found.append(_clash(path, other, url))
        for (path,) in self.db.execute("SELECT path FROM files WHERE kind='data' AND path GLOB '_[vgf]*'"):
            found += data_file.check(self.settings.content, path)
        return found + self._unknown_references()

    def orphans(self) -> tuple[int, str]:
        """How many published pages name no responsible organism, and the first of them."""
        count, first = self.db.execute("SELECT count(*), min(path) FROM documents WHERE orphan=1 AND visible=1").fetchone()
        return count, first or ""

    def _unknown_references(self) -> list[Problem]:
        # What a text uses and is not there is told by the page itself, as a broken link.
        kinds = [row[0] for row in self.db.execute(_leaps("kind", "refs", "1"))]
        used = [(kind, row[0]) for kind in kinds for row in self.db.execute(_leaps("id", "refs", "kind=? AND pointer<>?"), (kind, media.POINTER) * 2)]
        known = self._known_ids({kind for kind, _ in used})
        found = []
        for kind, ident in used:
            if not self._exists(kind, ident, known):
                for path, pointer in self.db.execute("SELECT path, pointer FROM refs WHERE kind=? AND id=? AND pointer<>?", (kind, ident, media.POINTER)):
                    found.append(reference.unknown(Path(self.settings.content), path, kind, ident, pointer, known.get(kind, ())))
        return found

    def _known_ids(self, kinds: set[str]) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {}
        for kind, ident in self.db.execute("SELECT DISTINCT type, id FROM documents WHERE type IN (SELECT value FROM json_each(?))", (orjson.dumps(sorted(kinds)).decode(),)):
            known.setdefault(kind, set()).add(ident)
        index = SiteIndex(self.db, self.settings)
        known["region"] = set(index.vocabulary("regions"))
        known["public"] = set(index.vocabulary("publics"))
        return known

    def _exists(self, kind: str, ident: str, known: dict[str, set[str]]) -> bool:
        if kind == "document":
            return bool(self.db.execute("SELECT 1 FROM documents WHERE path=? AND virtual=0", (ident,)).fetchone())
        if kind == "media":
            # A file is named from the document's folder; a link, from the content folder: then the end of the path is its name.
            return bool(self.db.execute("SELECT 1 FROM files WHERE path=? AND kind='media'", (ident,)).fetchone())
        if kind == "transcription":
            return bool(self.db.execute("SELECT 1 FROM files WHERE path=? AND kind='data'", (ident,)).fetchone())
        return ident in known.get(kind, ())


def _leaps(column: str, table: str, where: str) -> str:
    """SQL for the values of a column of an index, each once, in order: DISTINCT would go through all rows. The parameters of `where` are
    given twice. https://wiki.postgresql.org/wiki/Loose_indexscan"""
    next_one = f"SELECT {column} FROM {table} WHERE {where} {{}} ORDER BY {column} LIMIT 1"
    return (f"WITH RECURSIVE leap(value) AS (SELECT ({next_one.format('')}) UNION ALL SELECT ({next_one.format(f'AND {column}>leap.value')}) FROM leap "
            "WHERE value IS NOT NULL) SELECT value FROM leap WHERE value IS NOT NULL")


def _folder_of(path: str) -> str:
    """The folder of a file as a listing names it: « » or « sante/ »."""
    return path[: path.rfind("/") + 1]


def _clash(path: str, other: str, url: str) -> Problem:
    return Problem(path, 1, 1, ERROR, "adresse-en-double", f"Deux documents ont la même adresse {url} : celui-ci et {other}. Seul {other} est publié.",
                   "Donnez à l’un des deux un autre « slug » ou un autre nom de fichier.")
