"""Pages that say the same thing, over all sites: exact copies, near ones, and the versions of one page.

Every page becomes a record of fixed size in a file: hashes of its text, a MinHash of its passages of three words, and what decides
which copy is the reference. Groups are then found by sorting columns of that file, which takes a few dozen bytes of memory a page: no
table of all pages is ever held. The order in which pages came in changes nothing.

MinHash: Broder, « On the resemblance and containment of documents », 1997; bands: Leskovec, Rajaraman and Ullman, « Mining of Massive
Datasets », chapter 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import rensa

from migration import version_mark

PERMUTATIONS = 128
# 21 bands of 6: two pages at .8 meet in one with a probability of .998, at .5 of .28 (and are then compared, and refused).
BANDS, ROWS = 21, 6
SEED = 42
THRESHOLD = 0.8
# Two pages with the words of one template and little else are near, and yet no copies: under this, only exact copies count.
WORDS_MIN = 25
PASSAGE = 3
# In a crowd of pages with a band in common, each is compared with this many that follow it: all pairs of 100,000 would be 5 milliards.
NEIGHBOURS = 24
# A page longer than this is told by its beginning.
WORDS_MAX = 200_000

RECORD = np.dtype([
    ("key", "<u8"), ("exact", "<u8"), ("exact2", "<u8"), ("stem", "<u8"), ("title", "<u8"), ("at", "<u8"), ("length", "<u4"),
    ("words", "<u4"), ("hits", "<u4"), ("day", "<u4"), ("version", "<u4"), ("year", "<u2"), ("state", "i1"), ("secondary", "u1"), ("labels", "u1"), ("near", "u1"),
    ("sign", "<u4", (PERMUTATIONS,)),
])
_CHUNK = 1 << 14
# Pages read here and there from the file each show 4 KB of it: 32 MB at once for this many pairs.
_PAIRS = 1 << 12
_BANDS_AT_ONCE = 7
_WORD = re.compile(r"\w+")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Copy:
    """A page of a group. `likeness` is that with the reference: 1 for an exact copy, else an estimate (± 0.04).

    `same_title` tells whether their titles have the same words: a near copy with another title is often a page of its own (« Passeport : en cas
    de vol », « en cas de perte »).
    """

    url: str
    likeness: float
    exact: bool
    same_title: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that say the same; `reference` is the one to keep, and `why`, in French, what made it so."""

    reference: str
    copies: tuple[Copy, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The versions of one page, from the oldest to the newest: (address, what its address says of it). `editions`: told apart by years, each stays."""

    members: tuple[tuple[str, str], ...]
    editions: bool

    @property
    def newest(self) -> str:
        """The address of the last version."""
        return self.members[-1][0]


def signed(url: str, text: str, *, title: str = "", modified: str = "", hits: int = 0, files: Iterable[str] = ()) -> bytes:
    """Return what is kept of a page, to give to `Signatures.put`: this part can be done in any process.

    `text` is its main content in plain text, `title` without the name of the site, `modified` an ISO date or « », `hits` how many times it was asked for, `files`
    the addresses of what it gives to download or shows: pages with the same words for other files are no copies.
    """
    words = _WORD.findall(text.lower())[:WORDS_MAX]
    mark, address = version_mark.read(url), url.encode("utf-8", "surrogatepass")
    record = np.zeros(1, RECORD)
    record["key"] = _hash(address)
    record["exact"], record["exact2"] = _exact(words, files)
    record["stem"] = _hash(mark.stem.encode("utf-8", "surrogatepass"))
    record["title"] = _hash(" ".join(sorted(_WORD.findall(title.lower()))).encode("utf-8", "surrogatepass"))
    record["length"], record["words"], record["hits"] = len(address), len(words), min(max(hits, 0), 0xFFFFFFFF)
    record["day"] = int("".join(found.groups())) if (found := _DAY.match(modified)) else 0
    record["version"], record["year"], record["state"] = mark.version, mark.year, mark.state
    record["secondary"] = 2 * mark.trial + mark.printed + 4 * (mark.state < 0)
    record["labels"] = min(url.split("://")[-1].split("/")[0].removeprefix("www.").count(".") + 1, 255)
    record["near"] = len(words) >= WORDS_MIN
    if words and record["near"][0]:
        minhash = rensa.RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        minhash.update([" ".join(passage) for passage in zip(*(words[at:] for at in range(PASSAGE)), strict=False)])
        record["sign"] = minhash.digest()
    return record.tobytes() + address


@dataclass(frozen=True, slots=True)
class Relation:
    """What a page is to another: a copy of `reference`, or an older version of `newer` (« » for what it is not)."""

    url: str
    reference: str = ""
    likeness: float = 0.0
    same_title: bool = True
    newer: str = ""
    editions: bool = False


class Signatures:
    """The records of all pages, in two files of a folder (`signatures`, `adresses`) to which pages are added at any time."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, made when it is not there. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._records, self._urls = folder / "signatures", folder / "adresses"
        self._write_records, self._write_urls = self._records.open("ab"), self._urls.open("ab")
        self._mend()

    def __enter__(self) -> Signatures:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files, everything written."""
        self._write_urls.close()
        self._write_records.close()

    def __len__(self) -> int:
        """How many records there are."""
        self._flush()
        return self._records.stat().st_size // RECORD.itemsize

    def add(self, url: str, text: str, *, title: str = "", modified: str = "", hits: int = 0, files: Iterable[str] = ()) -> bytes:
        """Keep a page; see `signed`. Returns what was kept."""
        kept = signed(url, text, title=title, modified=modified, hits=hits, files=files)
        self.put(kept)
        return kept

    def put(self, kept: bytes) -> None:
        """Keep what `signed` returned."""
        record = np.frombuffer(bytearray(kept[:RECORD.itemsize]), RECORD)
        record["at"] = self._end
        self._write_urls.write(kept[RECORD.itemsize:])
        self._write_records.write(record.tobytes())
        self._end += len(kept) - RECORD.itemsize

    def groups(self, threshold: float = THRESHOLD) -> Iterator[Group]:
        """Yield the groups of exact and near copies, always in the same order, whatever that in which pages were added.

        Each copy is at least `threshold` like the reference itself: likeness that passes from page to page makes no group. Two editions
        (addresses that differ by the year) are never copies of one another, however alike.
        """
        table = self._table()
        if not len(table):
            return
        exact = _same(table["exact"], table["exact2"], np.where(table["words"] > 0, 0, table["key"]))
        first = np.unique(exact, return_index=True)[1]
        merged = _components(len(table), np.concatenate([self._near(table, first, threshold), _chained(exact)]))
        for members in _runs(merged):
            yield from self._split(table, members, threshold)

    def chains(self) -> Iterator[Chain]:
        """Yield the versions of pages whose addresses differ only by a year, a number of version, « ancien », « copie »…"""
        table = self._table()
        for members in _runs(table["stem"]):
            rows = table[members]
            marks = {(int(row["state"]), int(row["year"]), int(row["version"])) for row in rows}
            if len(marks) < 2:
                continue
            read = [(url, version_mark.read(url)) for url in map(self._url, rows)]
            read = sorted((pair for pair in read if not pair[1].printed), key=lambda pair: (pair[1].age, pair[0]))
            if len({mark.age for _, mark in read}) > 1:
                years = {mark.year for _, mark in read if mark.year}
                yield Chain(tuple((url, mark.label) for url, mark in read), len(years) > 1)

    def relations(self, threshold: float = THRESHOLD) -> Iterator[Relation]:
        """Yield the same page by page, for those that have a relation; a page that is both a copy and an old version comes twice."""
        for group in self.groups(threshold):
            yield from (Relation(copy.url, group.reference, copy.likeness, copy.same_title) for copy in group.copies)
        for chain in self.chains():
            yield from (Relation(url, newer=chain.newest, editions=chain.editions) for url, _ in chain.members[:-1])

    # The files.

    def _mend(self) -> None:
        """Forget what an interruption left half-written: a record without its end, an address without its record."""
        count = self._records.stat().st_size // RECORD.itemsize
        self._end = 0
        if count:
            last = self._rows(count - 1, 1)[0]
            self._end = int(last["at"]) + int(last["length"])
        if self._urls.stat().st_size < self._end:
            count, self._end = 0, 0  # addresses lost: nothing can be named, everything is to be added again
        self._write_records.truncate(count * RECORD.itemsize)
        self._write_urls.truncate(self._end)

    def _flush(self) -> None:
        if not self._write_urls.closed:
            self._write_urls.flush()
            self._write_records.flush()

    def _rows(self, begin: int, count: int) -> np.ndarray:
        return np.fromfile(self._records, RECORD, count, offset=begin * RECORD.itemsize)

    def _chunks(self) -> Iterator[np.ndarray]:
        for begin in range(0, len(self), _CHUNK):
            yield self._rows(begin, _CHUNK)

    def _table(self) -> np.ndarray:
        """All records but their MinHash, in the order of the hash of their address (that of no arrival), each address once."""
        fields = [(name, RECORD[name]) for name in RECORD.names if name != "sign"]
        table = np.empty(len(self), [*fields, ("row", "<u8")])
        begin = 0
        for chunk in self._chunks():
            part = table[begin : begin + len(chunk)]
            for name, _ in fields:
                part[name] = chunk[name]
            part["row"] = np.arange(begin, begin + len(chunk))
            begin += len(chunk)
        order = np.lexsort((table["exact2"], table["exact"], table["key"]))
        table = table[order]
        return table[np.concatenate([[True], table["key"][1:] != table["key"][:-1]])] if len(table) else table

    def _url(self, row: np.void) -> str:
        with self._urls.open("rb") as stream:
            stream.seek(int(row["at"]))
            return stream.read(int(row["length"])).decode("utf-8", "surrogatepass")

    def _signs(self, table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """The MinHash of some rows of the table."""
        # Mapped for the time of one reading: what a map has shown counts as memory until it is closed.
        return np.memmap(self._records, RECORD, "r")["sign"][table["row"][wanted]]

    # Near copies.

    def _near(self, table: np.ndarray, first: np.ndarray, threshold: float) -> np.ndarray:
        """Pairs (n, 2) of rows of the table that tie together those at least `threshold` alike, among `first` (one of each set of exact copies).

        Two that other pairs tie together already are not compared: crowds of pages of one template would be, in each of their bands.
        """
        candidates = first[table["near"][first] > 0]
        tied = np.arange(len(table))
        for bands in (range(at, min(at + _BANDS_AT_ONCE, BANDS)) for at in range(0, BANDS, _BANDS_AT_ONCE)):
            for hashes in self._band_hashes(table, candidates, bands):
                for pairs in _neighbours(hashes):
                    pairs = candidates[pairs]
                    apart = pairs[tied[pairs[:, 0]] != tied[pairs[:, 1]]]
                    for at in range(0, len(apart), _PAIRS):
                        if len(alike := self._alike(table, apart[at : at + _PAIRS], threshold)):
                            tied = _components(len(table), tied[alike])[tied]
        return np.stack([np.arange(len(table)), np.unique(tied, return_index=True)[1][tied]], axis=1)

    def _band_hashes(self, table: np.ndarray, candidates: np.ndarray, bands: range) -> np.ndarray:
        out = np.empty((len(bands), len(candidates)), np.uint64)
        place = np.full(len(self), -1, np.int64)
        place[table["row"][candidates]] = np.arange(len(candidates))
        # In the order of the file, so that it is read once from end to end.
        for number, chunk in enumerate(self._chunks()):
            at = place[number * _CHUNK : number * _CHUNK + len(chunk)]
            signs = chunk["sign"][at >= 0].astype(np.uint64)
            for row, band in enumerate(bands):
                out[row, at[at >= 0]] = _mixed(signs[:, band * ROWS : band * ROWS + ROWS])
        return out

    def _alike(self, table: np.ndarray, pairs: np.ndarray, threshold: float) -> np.ndarray:
        if not len(pairs):
            return pairs
        one, other = self._signs(table, pairs[:, 0]), self._signs(table, pairs[:, 1])
        return pairs[((one == other).mean(axis=1) >= threshold) & ~_editions(table[pairs[:, 0]], table[pairs[:, 1]])]

    # Groups.

    def _split(self, table: np.ndarray, members: np.ndarray, threshold: float) -> Iterator[Group]:
        """Yield a group around the best of the members, then another around the best of those that are not like it, until none is left."""
        left = members
        while len(left) > 1:
            rows = table[left]
            best, why = self._reference(rows)
            likeness = self._likeness(table, left, best)
            likeness[_editions(rows, np.repeat(rows[best : best + 1], len(rows)))] = 0
            kept = likeness >= threshold
            kept[best] = False
            if kept.any():
                same = (rows["exact"] == rows["exact"][best]) & (rows["exact2"] == rows["exact2"][best])
                titled = rows["title"] == rows["title"][best]
                copies = [Copy(self._url(rows[at]), round(float(likeness[at]), 2), bool(same[at]), bool(titled[at])) for at in np.flatnonzero(kept)]
                yield Group(self._url(rows[best]), tuple(sorted(copies, key=lambda copy: (-copy.likeness, copy.url))), why)
            kept[best] = True
            left = left[~kept]

    def _likeness(self, table: np.ndarray, members: np.ndarray, best: int) -> np.ndarray:
        rows = table[members]
        out = np.zeros(len(members))
        if rows["near"][best]:
            mine = self._signs(table, members[best : best + 1])
            for begin in range(0, len(members), _PAIRS):
                out[begin : begin + _PAIRS] = (self._signs(table, members[begin : begin + _PAIRS]) == mine).mean(axis=1)
            out[rows["near"] == 0] = 0
            # Words in another order, or for other files, are no exact copy, however their passages agree.
            out = np.minimum(out, 0.99)
        out[(rows["exact"] == rows["exact"][best]) & (rows["exact2"] == rows["exact2"][best])] = 1
        return out

    def _reference(self, rows: np.ndarray) -> tuple[int, str]:
        """The place of the reference among the rows, and why, in French: see CRITERIA."""
        left = np.arange(len(rows))
        why = "adresse la plus courte"
        for name, sign, reason in CRITERIA:
            values = rows[name][left].astype(np.int64) * sign
            best = left[values == values.max()]
            if len(best) < len(left):
                left, why = best, reason if len(best) == 1 or len(left) == len(rows) else why
            if len(left) == 1:
                return int(left[0]), why
        return int(min(left, key=lambda at: self._url(rows[at]))), why


# Which of several copies is the reference: the first of these that tells them apart, then the alphabet.
CRITERIA = (
    ("secondary", -1, "ni version à imprimer, ni copie, ni site d’essai"),
    ("day", 1, "la plus récente"),
    ("hits", 1, "la plus demandée"),
    ("words", 1, "la plus complète"),
    ("labels", 1, "sur le site le plus spécialisé"),
    ("length", -1, "adresse la plus courte"),
)


def _hash(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def _mixed(columns: np.ndarray) -> np.ndarray:
    """One hash for each row of a band (FNV-1a, with a shift so that low bits count)."""
    mixed = np.full(len(columns), np.uint64(0x9E3779B97F4A7C15))
    for column in columns.T:
        mixed = (mixed ^ column) * np.uint64(0x100000001B3)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _exact(words: list[str], files: Iterable[str]) -> tuple[int, int]:
    text = " ".join(words) + "\n" + "\n".join(sorted(set(files)))
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def _same(*columns: np.ndarray) -> np.ndarray:
    """A number for each row, the same for rows that are equal in all columns."""
    order = np.lexsort(columns)
    new = np.zeros(len(order), bool)
    for column in columns:
        new[1:] |= column[order][1:] != column[order][:-1]
    out = np.empty(len(order), np.int64)
    out[order] = np.cumsum(new)
    return out


def _runs(values: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the rows of each value that several have, in the order of their first row."""
    order = np.argsort(values, kind="stable")
    edges = np.flatnonzero(np.concatenate([[True], values[order][1:] != values[order][:-1], [True]])) if len(values) else np.empty(0, np.int64)
    several = np.flatnonzero(np.diff(edges) > 1)
    for at in several[np.argsort(order[edges[several]], kind="stable")]:
        yield order[edges[at] : edges[at + 1]]


def _neighbours(values: np.ndarray) -> Iterator[np.ndarray]:
    """Pairs (n, 2) of rows with equal values: each with the one that follows it, then with the one after, up to NEIGHBOURS."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    for step in range(1, NEIGHBOURS + 1):
        equal = np.flatnonzero(ranked[step:] == ranked[:-step]) if step < len(ranked) else np.empty(0, np.int64)
        if not len(equal):
            break
        yield np.stack([order[equal], order[equal + step]], axis=1)


def _chained(values: np.ndarray) -> np.ndarray:
    """Pairs (n, 2) that tie together the rows of each value."""
    order = np.argsort(values, kind="stable")
    equal = np.flatnonzero(values[order][1:] == values[order][:-1])
    return np.stack([order[equal], order[equal + 1]], axis=1)


def _components(count: int, pairs: np.ndarray) -> np.ndarray:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), (count, count))
    return connected_components(graph, directed=False)[1]


def _editions(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether pages are editions of one another: the same address but for the year."""
    return (one["stem"] == other["stem"]) & (one["year"] != other["year"]) & (one["year"] > 0) & (other["year"] > 0)
