"""Brings the index of the search up to date: after the pages, of which it keeps the words, and without looking at any that has not changed.

Shards → blocks → files. A block is made again when a page of its shards has changed; a file, when a fragment of it has. What is made is kept in the
tables `search` (blocks, groups of files) and `search_fragments` of the cache: the index after a change has the same bytes as one made anew.
"""

from __future__ import annotations

import functools
import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from fleuve import cache
from fleuve.made import Made, made
from fleuve.posting import varint
from fleuve.publish import Publisher
from fleuve.search import FOLDERS, STAGE, lexicon, script
from fleuve.search.layout import FACETS, FILES, GROUP, LEXICON, best, block_count, block_of
from fleuve.settings import Settings

VERSION = 1
"""Of the format. The browser reads no other."""

GROUPS_IN_TASK = 16
BATCH = 64  # files of the lexicon made in one task
STATE = "recherche"


class Step(NamedTuple):
    """What bringing it up to date did: outputs that are not of the site any more, and how many files were written."""

    gone: set[str]
    written: int


class Places(NamedTuple):
    """Where workers read and write."""

    db: str
    out: str
    first: bool


class Indexed(NamedTuple):
    """What a worker made of a block. fragments: (language, family, group, bytes); words: JSON {language: {word: pages}}; pages: {language: number}."""

    block: int
    made: Made
    fragments: list[tuple[str, str, int, bytes]]
    words: bytes
    pages: dict[str, int]
    written: int


class Written(NamedTuple):
    """What a worker made of a part of the files."""

    lang: str
    part: str
    made: Made
    written: int


def bring_up_to_date(db: Any, settings: Settings, executor: Any, places: Places, fingerprint: str, begin: Callable[[], None], few: int, tick=None) -> Step:
    """Make the files of the index that what has changed makes other than they were.

    begin(): called before anything is written. few: tasks that are not worth other processes. tick(done, total).
    Raises OSError when the output folder cannot be written.
    """
    return _Indexing(db, settings, executor, places, begin, few, tick).run(fingerprint)


class _Indexing:
    def __init__(self, db, settings: Settings, executor, places: Places, begin, few: int, tick) -> None:
        self.db, self.settings, self.executor, self.places, self.begin, self.few, self.tick = db, settings, executor, places, begin, few, tick
        self.gone: set[str] = set()
        self.written = 0

    def run(self, fingerprint: str) -> Step:
        shards = self.db.execute("SELECT shard, digest, rowid FROM extracts WHERE stage=? ORDER BY shard", (STAGE,)).fetchall()
        self.count = block_count(sum(self._pages(row) for _, _, row in shards)) if shards else 0
        self._start_again(f"{fingerprint} {self.count}")
        members: dict[int, list[str]] = defaultdict(list)
        digests: dict[int, Any] = defaultdict(functools.partial(blake2b, digest_size=16))
        for shard, digest, _ in shards:
            number = block_of(shard, self.count)
            members[number].append(shard)
            digests[number].update(shard.encode() + digest)
        self._make_blocks(members, {number: total.digest() for number, total in digests.items()})
        self._make_groups()
        self._make_lexicon()
        if self.db.execute("SELECT 1 FROM search WHERE kind='tout' AND (stale=1 OR trusted=0)").fetchone():
            self._make_heads()
        return Step(self.gone, self.written)

    def _pages(self, row: int) -> int:
        # SQL's substr() would read all of what a shard has: 180 MB of 100,000 pages.
        with self.db.blobopen("extracts", "extract", row, readonly=True) as extract:
            return int.from_bytes(extract.read(4), "little")

    def _start_again(self, state: str) -> None:
        """Another engine, or another number of blocks: everything moves."""
        if cache.get_state(self.db, STATE) == state:
            return
        for (outputs,) in self.db.execute("SELECT outputs FROM search WHERE outputs IS NOT NULL"):
            self.gone.update(orjson.loads(outputs))
        self.db.execute("BEGIN")
        self.db.execute("DELETE FROM search")
        self.db.execute("DELETE FROM search_fragments")
        cache.set_state(self.db, STATE, state)
        self.db.execute("COMMIT")

    def _map(self, function: Callable, tasks: Iterable[tuple], count: int) -> Iterator[Any]:
        # Those of a cluster have not this cache: the index is made here.
        return (function(*task) for task in tasks) if self.executor.url else self.executor.map(function, tasks, count, self.few)

    # Blocks.

    def _make_blocks(self, members: dict[int, list[str]], digests: dict[int, bytes]) -> None:
        known = {int(part): (digest, trusted, outputs) for part, digest, trusted, outputs in self._rows("bloc", "digest, trusted, outputs")}
        stale = sorted(number for number, digest in digests.items() if number not in known or known[number][0] != digest or not known[number][1])
        vanished = sorted(known.keys() - digests.keys())
        if not stale and not vanished:
            return
        self.begin()
        for number in vanished:
            self._store_block(Indexed(number, made({}, {}, ()), [], b"{}", {}, 0), None)
            self.db.execute("DELETE FROM search WHERE kind='bloc' AND part=?", (number,))
        self.db.executemany("UPDATE search SET trusted=0 WHERE kind='bloc' AND part=?", ((number,) for number in stale))
        tasks = ((self.places, number, members[number], self.count, self._trusted(known.get(number))) for number in stale)
        for done, indexed in enumerate(self._map(make_block, tasks, len(stale)), 1):
            self._store_block(indexed, digests[indexed.block])
            if self.tick:
                self.tick(done, len(stale))

    @staticmethod
    def _trusted(row: tuple | None) -> dict[str, str]:
        return orjson.loads(row[2]) if row and row[1] and row[2] else {}

    def _rows(self, kind: str, columns: str) -> list[tuple]:
        return self.db.execute(f"SELECT part, {columns} FROM search WHERE kind=? ORDER BY lang, part", (kind,)).fetchall()

    def _store_block(self, indexed: Indexed, digest: bytes | None) -> None:
        """Keep a block; mark the files of which it changes a fragment, in the same transaction: a build that dies here forgets none of them."""
        number = indexed.block
        self.db.execute("BEGIN")
        before = {(lang, family, group): digest for lang, family, group, digest in
                  self.db.execute("SELECT lang, family, part, digest FROM search_fragments WHERE block=?", (number,))}
        now = {(lang, family, group): (blake2b(data, digest_size=16).digest(), data) for lang, family, group, data in indexed.fragments}
        changed = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key, (None,))[0]}
        for lang, family, group in sorted(changed):
            if (lang, family, group) in now:
                self.db.execute("INSERT OR REPLACE INTO search_fragments VALUES (?, ?, ?, ?, ?, ?)", (lang, family, group, number, *now[lang, family, group]))
            else:
                self.db.execute("DELETE FROM search_fragments WHERE lang=? AND family=? AND part=? AND block=?", (lang, family, group, number))
        self._mark("groupe", {(lang, f"{family}:{group}") for lang, family, group in changed})
        self.db.execute("UPDATE search SET stale=1 WHERE kind='tout'")
        self._mark("tout", {(lang, "") for lang in indexed.pages})
        row = self.db.execute("SELECT outputs, data FROM search WHERE kind='bloc' AND part=?", (number,)).fetchone()
        self._change_words(orjson.loads(row[1]) if row and row[1] else {}, orjson.loads(indexed.words))
        self._keep("", "bloc", number, indexed.made, indexed.written, row[0] if row else None, digest=digest, data=indexed.words, pages=orjson.dumps(indexed.pages))
        self.db.execute("COMMIT")

    def _change_words(self, before: dict[str, dict], now: dict[str, dict]) -> None:
        """Count the words of a block in the lexicon in place of those that it had."""
        count = LEXICON * self.count
        for lang in before.keys() | now.keys():
            difference = Counter(now.get(lang, {}))
            difference.subtract(before.get(lang, {}))
            by_file: dict[str, Counter[str]] = defaultdict(Counter)
            for word, more in difference.items():
                if more:
                    first, last = lexicon.places(word, count)
                    by_file[f"debuts:{first}"][word] = more
                    if last is not None:
                        by_file[f"fins:{last}"][word] = more
            for part, changes in by_file.items():
                row = self.db.execute("SELECT data FROM search WHERE lang=? AND kind='lexique' AND part=?", (lang, part)).fetchone()
                words = Counter(orjson.loads(row[0]) if row and row[0] else {})
                words.update(changes)
                self._mark("lexique", {(lang, part)})
                data = orjson.dumps({word: pages for word, pages in words.items() if pages > 0})
                self.db.execute("UPDATE search SET data=? WHERE lang=? AND kind='lexique' AND part=?", (data, lang, part))

    def _mark(self, kind: str, parts: set[tuple[str, Any]]) -> None:
        self.db.executemany("INSERT INTO search (lang, kind, part) VALUES (?, ?, ?) ON CONFLICT (lang, kind, part) DO UPDATE SET stale=1",
                            ((lang, kind, part) for lang, part in sorted(parts)))

    def _keep(self, lang: str, kind: str, part: Any, result: Made, written: int, before: bytes | None, **more: Any) -> None:
        if before and before != result.outputs:
            self.gone |= orjson.loads(before).keys() - orjson.loads(result.outputs).keys()
        self.written += written
        columns = "".join(f", {name}" for name in more)
        update = "".join(f", {name}=excluded.{name}" for name in more)
        self.db.execute(
            f"INSERT INTO search (lang, kind, part, stale, trusted, outputs, manifest{columns}) VALUES (?, ?, ?, 0, 1, ?, ?{', ?' * len(more)}) ON CONFLICT (lang, kind, part) "
            f"DO UPDATE SET stale=0, trusted=1, outputs=excluded.outputs, manifest=excluded.manifest{update}",
            (lang, kind, part, result.outputs, result.manifest, *more.values()))

    # Files.

    def _make_groups(self) -> None:
        stale = self.db.execute("SELECT lang, part, trusted, outputs FROM search WHERE kind='groupe' AND stale=1 ORDER BY lang, part").fetchall()
        self._make_files(write_groups, stale, "groupe", GROUPS_IN_TASK)

    def _make_lexicon(self) -> None:
        stale = self.db.execute("SELECT lang, part, trusted, outputs FROM search WHERE kind='lexique' AND stale=1 ORDER BY lang, part").fetchall()
        self._make_files(write_lexicon, stale, "lexique", BATCH)

    def _make_files(self, function: Callable, stale: list[tuple], kind: str, size: int) -> None:
        if not stale:
            return
        self.begin()
        before = {(lang, part): outputs for lang, part, _, outputs in stale}
        self.db.executemany(f"UPDATE search SET trusted=0 WHERE kind='{kind}' AND lang=? AND part=?", before)
        known = {(lang, part): orjson.loads(outputs) if trusted and outputs else {} for lang, part, trusted, outputs in stale}
        batches = [dict(list(known.items())[at : at + size]) for at in range(0, len(known), size)]
        self.db.execute("BEGIN")
        for results in self._map(function, ((self.places, batch) for batch in batches), len(batches)):
            for result in results:
                self._keep(result.lang, kind, result.part, result.made, result.written, before[result.lang, result.part])
        self.db.execute("DELETE FROM search WHERE kind=? AND outputs=?", (kind, b"{}"))
        self.db.execute("COMMIT")

    def _make_heads(self) -> None:
        """The first file that a browser reads, which says what the index is; and the stemmer of the language."""
        pages: Counter[str] = Counter()
        for _, data in self._rows("bloc", "pages"):
            pages.update(orjson.loads(data))
        publisher = Publisher(self.settings.out, self.places.first)
        for lang in FOLDERS:
            known = self.db.execute("SELECT trusted, outputs FROM search WHERE kind='tout' AND lang=?", (lang,)).fetchone()
            if not known and not pages[lang]:
                continue
            self.begin()
            publisher.begin(orjson.loads(known[1]) if known and known[0] else {})
            for path, data in self._head(lang, pages) if pages[lang] else ():
                publisher.write(path, data)
            self._keep(lang, "tout", "", made(publisher.outputs, {}, ()), publisher.written, known[1] if known else None)
        self.db.execute("DELETE FROM search WHERE kind='tout' AND outputs=?", (b"{}",))

    def _head(self, lang: str, pages: Counter[str]) -> Iterator[tuple[str, bytes]]:
        folders = {other: posixpath.relpath(FOLDERS[other], FOLDERS[lang]) + "/" for other in FOLDERS if pages[other]}
        head = {"version": VERSION, "langue": lang, "langues": folders, "pages": pages[lang], "blocs": self.count, "fichiers": FILES * self.count, "lexique": LEXICON * self.count, "gardees": best(self.count)}
        yield FOLDERS[lang] + "index.json", orjson.dumps(head)
        yield FOLDERS[lang] + "racines.js", script.stemmers(lang).encode()


def make_block(places: Places, number: int, shards: list[str], count: int, known: dict[str, str]) -> Indexed:
    """Make a block (in a worker, or here), and write its pages. known: {output: sha256} that can be trusted to be on disk."""
    from fleuve.search import block as blocks  # with their libraries: a tenth of a second, for which a build that changes nothing has no use
    from fleuve.search.entry import unpack

    db = cache.open_for_reading(Path(places.db))
    harvests = defaultdict(list)
    for shard in shards:
        (data,) = db.execute("SELECT extract FROM extracts WHERE stage=? AND shard=?", (STAGE, shard)).fetchone()
        for lang, harvest in unpack(data):
            if lang in FOLDERS:
                harvests[lang].append(harvest)
    db.close()
    publisher = Publisher(Path(places.out), places.first)
    publisher.begin(known)
    fragments: list[tuple[str, str, int, bytes]] = []
    words, pages = {}, {}
    for lang in sorted(harvests):
        block = blocks.make(harvests[lang], count)
        words[lang], pages[lang] = block.words, block.pages
        fragments += ((lang, *fragment) for fragment in _fragments(block))
        for chunk, data in block.chunks.items():
            publisher.write(f"{FOLDERS[lang]}pages/{number}-{chunk}.json", data)
    return Indexed(number, made(publisher.outputs, {}, ()), fragments, orjson.dumps(words), pages, publisher.written)


def _fragments(block: Any) -> Iterator[tuple[str, int, bytes]]:
    """(family, group, bytes): the fragments of GROUP files one after the other, each after its length."""
    for family, (data, begins) in (("termes", block.terms), ("paires", block.pairs)):
        begins = begins.tolist()
        for group in range(0, len(begins) - 1, GROUP):
            if begins[group] < begins[group + GROUP]:
                sizes = b"".join((end - begin).to_bytes(4, "little") for begin, end in zip(begins[group : group + GROUP], begins[group + 1 : group + GROUP + 1]))
                yield family, group // GROUP, sizes + data[begins[group] : begins[group + GROUP]]
    for name in FACETS:
        yield name, 0, len(block.columns[name]).to_bytes(4, "little") + block.columns[name]


def write_groups(places: Places, known: dict[tuple[str, str], dict[str, str]]) -> list[Written]:
    """Make the files of some groups (in a worker, or here). known: of each, {output: sha256} that can be trusted."""
    db = cache.open_for_reading(Path(places.db))
    publisher, found = Publisher(Path(places.out), places.first), []
    for (lang, part), outputs in known.items():
        family, _, group = part.partition(":")
        publisher.begin(outputs)
        size = 1 if family in FACETS else GROUP
        files: list[list[bytes]] = [[] for _ in range(size)]
        for block, data in db.execute("SELECT block, data FROM search_fragments WHERE lang=? AND family=? AND part=? ORDER BY block", (lang, family, int(group))):
            at = 4 * size
            for file in range(size):
                end = at + int.from_bytes(data[4 * file : 4 * file + 4], "little")
                if at < end:
                    files[file] += varint(block), varint(end - at), data[at:end]
                at = end
        for file, pieces in enumerate(files):
            if pieces:
                name = f"facettes/{family}.bin" if family in FACETS else f"{family}/{int(group) * GROUP + file}.bin"
                publisher.write(FOLDERS[lang] + name, b"".join(pieces))
        found.append(Written(lang, part, made(publisher.outputs, {}, ()), publisher.written))
    db.close()
    return found


def write_lexicon(places: Places, known: dict[tuple[str, str], dict[str, str]]) -> list[Written]:
    """Make some files of the lexicon (in a worker, or here). known: as for write_groups."""
    db = cache.open_for_reading(Path(places.db))
    publisher, found = Publisher(Path(places.out), places.first), []
    for (lang, part), outputs in known.items():
        kind, _, number = part.partition(":")
        publisher.begin(outputs)
        (data,) = db.execute("SELECT data FROM search WHERE lang=? AND kind='lexique' AND part=?", (lang, part)).fetchone()
        if words := orjson.loads(data):
            publisher.write(f"{FOLDERS[lang]}lexique/{kind}-{number}.bin", lexicon.pack(words))
        found.append(Written(lang, part, made(publisher.outputs, {}, ()), publisher.written))
    db.close()
    return found
