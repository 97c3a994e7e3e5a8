"""The editors' report: which pages the search does not find by their own title, and what of their titles and keywords would help."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fleuve import word
from fleuve.address import split_language
from fleuve.search.sheet import fold
from fleuve.typography import counted, space

FIRST = 10
"""Results in which a page is looked for: those of the first page of results."""
COMMON = 0.02
"""Part of the titles of a language from which on a word says too little: 20 titles of 1,000."""
FEW = 5
"""Titles that may share a word in any case: on a small site, one in fifty is nothing."""
SHOWN = 50
"""Pages of a list that people read; JSON has all."""


class Row(NamedTuple):
    """What the report needs to know of one published page. organism: id of its responsible organism, « » if none."""

    path: str
    url: str
    lang: str
    title: str
    keywords: list[str]
    organism: str


@dataclass
class Finding:
    """A page to look at. rank: where its title finds it, 0 when not among the first; others: the paths of the pages that the finding is also about."""

    row: Row
    rank: int = 0
    others: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The finding with its page, as --json prints it."""
        row = self.row
        found = {"file": row.path, "url": row.url, "lang": row.lang, "title": row.title, "organism": row.organism}
        return {**found, "others": self.others} if self.others else found


@dataclass
class Report:
    """What was found, in the order of the paths. pages: how many were looked at; by_rank: how many pages their title finds at each rank, 0 for not found."""

    pages: int = 0
    by_rank: dict[int, int] = field(default_factory=dict)
    lost: list[Finding] = field(default_factory=list)
    bare: list[Finding] = field(default_factory=list)
    twice: list[Finding] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The object that --json prints."""
        ranks = {str(rank): count for rank, count in sorted(self.by_rank.items()) if rank}
        return {"pages": self.pages, "ranks": ranks, "not_found": [one.to_json() for one in self.lost], "missing_keywords": [one.to_json() for one in self.bare],
                "same_title": [one.to_json() for one in self.twice]}

    def text(self) -> str:
        """The report for people, in French: what to do first comes first."""
        first = self.by_rank.get(1, 0)
        parts = [f"{counted(self.pages, 'page')} {'cherchées' if self.pages > 1 else 'cherchée'} par leur titre ; {_percent(first, self.pages)} en premier, "
                 f"{_percent(self.pages - len(self.lost), self.pages)} parmi les {FIRST} premiers résultats."]
        parts += _section("Introuvables par leur titre", self.lost, "Rendez le titre plus précis, ou ajoutez à « mots_cles » les mots que les gens emploient.")
        parts += _section("Titres en double", self.twice, "Dans une liste de résultats, personne ne les distingue : dites dans le titre ce que la page a de propre.")
        parts += _section("Sans mots-clés, avec un titre de mots très répandus", self.bare, "Ajoutez à « mots_cles » deux ou trois mots que les gens emploient pour cette page.")
        if len(parts) == 1:
            parts.append("Rien à corriger.")
        return space("\n".join(parts)) + "\n"


def report(rows: Iterable[Row | tuple], readers: Any) -> Report:
    """Look for each page by its title, and compare titles.

    rows: (path, url, lang, title, keywords, organism) of the published pages. readers: the reader of the index of each language, {lang: reader}, or one
    reader for all. Pages of a language without a reader are not looked for.
    """
    known = sorted((Row._make(row) for row in rows), key=lambda row: row.path)
    found = Report(pages=0, twice=_twice(known), bare=_bare(known))
    ranks: Counter[int] = Counter()
    for row in known:
        reader = readers.get(row.lang) if isinstance(readers, Mapping) else readers
        if reader is None or not fold(row.title):
            continue
        rank = _rank(row, reader)
        ranks[rank] += 1
        if not rank:
            found.lost.append(Finding(row))
    found.pages, found.by_rank = ranks.total(), dict(ranks)
    return found


def _rank(row: Row, reader: Any) -> int:
    """Where the title of a page finds it, from 1; 0 when it is not among the first results."""
    from fleuve.search.reader import Question

    answer = reader.search(Question(row.title, count=FIRST, exact=True))
    urls = [result["url"].partition("#")[0] for result in answer["results"]]
    return urls.index(row.url) + 1 if row.url in urls[:FIRST] else 0


def _twice(rows: list[Row]) -> list[Finding]:
    """The first of the pages of a language that have one title, with the others."""
    same: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if title := fold(row.title):
            same[row.lang, title].append(row)
    return [Finding(first, others=[row.path for row in others]) for first, *others in same.values() if others]


def _bare(rows: list[Row]) -> list[Finding]:
    """Pages without keywords of which each word of the title is in the titles of many others."""
    titles = {row.path: set(word.words(row.title)) - word.EMPTY for row in rows}
    pages = Counter(row.lang for row in rows)
    shared = Counter((row.lang, one) for row in rows for one in titles[row.path])
    # The page of a folder says what is below it, by which it is found.
    return [Finding(row) for row in rows if not row.keywords and titles[row.path] and not _is_index(row)
            and all(shared[row.lang, one] > max(FEW, COMMON * pages[row.lang]) for one in titles[row.path])]


def _is_index(row: Row) -> bool:
    return split_language(row.path, (row.lang,), "")[1] == "index"


def _section(title: str, findings: list[Finding], remedy: str) -> list[str]:
    if not findings:
        return []
    lines = ["", f"{title} ({len(findings)}). {remedy}"]
    for one in findings[:SHOWN]:
        others = f" ; aussi {', '.join(one.others[:3])}{'…' if len(one.others) > 3 else ''}" if one.others else ""
        owner = f" [{one.row.organism}]" if one.row.organism else ""
        lines.append(f"  {one.row.path} : « {one.row.title} »{owner}{others}")
    if len(findings) > SHOWN:
        lines.append(f"  … et {counted(len(findings) - SHOWN, 'autre')} (--json les donne toutes).")
    return lines


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}".replace(".", ",") + " %" if total else "0 %"
