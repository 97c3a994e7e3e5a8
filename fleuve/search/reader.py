"""Answers questions from the built index, as the browser does: themes/fleuve/js/recherche-moteur.js is this file in JavaScript, and tests/test_search_browser.py
holds one to the other. docs/search-index.md says how pages are ranked, and why so.

All that is added and compared is a whole number below 2^53: both languages find the same order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from fleuve.posting import read_varint
from fleuve.search import lexicon
from fleuve.search.layout import FACETS, IN_CHUNK, PAIR_BITS, PREFIX, SLOT_BITS
from fleuve.search.term import NONE, Term, fold, pair_key, term, words

LONGEST_QUESTION = 200
"""Letters of a question that are read; and MOST_WORDS of its words."""
MOST_WORDS = 12
FULL = 16
"""What a word counts for as it was typed; less for what stands for it."""
SYNONYM, NEAR, BEGUN = 13, 12, 13
PAIR = 100
"""What two words that follow one another add, as an impact."""
HALF = 2
"""Of what the best page has of a question of three words or more, another must have a half to be found; of one or two words, all."""
RARE = 3
"""Pages that have a word, up to which it may be a mistake for a frequent one; LEVELS: how much more frequent, in doublings."""
LEVELS = 5
COMPLETIONS, CORRECTIONS = 4, 3
SPLIT = re.compile(r"[«\"“”»]")
_WORD = re.compile(r"[^\W_]+")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass
class Question:
    """What is asked. facets: {facet: values}, of each of which a page must have one; since, until: days ISO 8601, both included, « » for none; sort:
    « relevance » or « date »; start, count: which results; typing: the last word may be only begun; exact: typing errors are not corrected;
    counts: whether the values of facets are counted."""

    query: str
    facets: dict[str, list[str]] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    sort: str = "relevance"
    start: int = 0
    count: int = 10
    typing: bool = False
    exact: bool = False
    counts: bool = False


@dataclass
class Alternative:
    """What may stand for a word of the question: one term, or several of which a page must have each. weight: of FULL."""

    terms: list[Term]
    weight: int


@dataclass
class Group:
    """A word of the question, and what may stand for it. quoted: number of the expression between quotes that it is of, 0 for none."""

    word: str
    term: Term
    quoted: int
    alternatives: list[Alternative]
    corrected: str = ""


class Reader:
    """The index of a language. folder: that of `index.json`, on disk; files are read once each. Raises FileNotFoundError when there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, bytes | None] = {}
        self._postings: dict[int, tuple[int, dict[int, int]]] = {}
        self._columns: dict[str, dict[int, list[str]]] = {}
        self._others: dict[str, Reader] = {}
        data = self._read("index.json")
        if data is None:
            raise FileNotFoundError(f"Aucun index de recherche dans {folder}. Construisez d’abord le site : build.py build.")
        head = orjson.loads(data)
        self.lang: str = head["langue"]
        self.pages: int = head["pages"]
        self._bits = 33 - head["fichiers"].bit_length()  # of a key, those that do not choose its file
        self._lexicon_files: int = head["lexique"]
        self._kept: int = head["gardees"]
        self._folders: dict[str, str] = head["langues"]

    def _read(self, name: str) -> bytes | None:
        if name not in self._files:
            try:
                self._files[name] = (self._folder / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                self._files[name] = None  # no page has any of the terms of that file
        return self._files[name]

    @cached_property
    def _advice(self) -> dict:
        data = self._read("consignes.json")
        return orjson.loads(data) if data else {"synonyms": {}, "best": []}

    # What is in the files.

    def _fragments(self, name: str) -> Iterator[tuple[int, bytes]]:
        data, at = self._read(name) or b"", 0
        while at < len(data):
            block, at = read_varint(data, at)
            size, at = read_varint(data, at)
            yield block, data[at : at + size]
            at += size

    def postings(self, key: int) -> tuple[int, dict[int, int]]:
        """(how many pages have a term, {page: impact} of those that are kept). A page is its block and its slot in one number."""
        if key not in self._postings:
            total, found = 0, {}
            for block, data in self._fragments(f"termes/{key >> self._bits}.bin"):
                pages, impacts = _of_term(data, key & (1 << self._bits) - 1, self._kept)
                total += pages
                found.update((block << SLOT_BITS | slot, impact) for slot, impact in impacts)
            self._postings[key] = total, found
        return self._postings[key]

    def _pair(self, one: int, other: int) -> set[int]:
        """Pages in which a term follows another."""
        key, bits = pair_key(one, other), self._bits
        rest = (key & (1 << bits) - 1) >> bits - PAIR_BITS
        found = set()
        for block, data in self._fragments(f"paires/{key >> bits}.bin"):
            number = at = 0
            while at < len(data):
                gap, at = read_varint(data, at)
                number += gap
                if number >> SLOT_BITS == rest:
                    found.add(block << SLOT_BITS | number & (1 << SLOT_BITS) - 1)
        return found

    def _column(self, facet: str) -> dict[int, list[str]]:
        """The values of a facet, by page."""
        if facet in self._columns:
            return self._columns[facet]
        found: dict[int, list[str]] = {}
        for block, data in self._fragments(f"facettes/{facet}.bin"):
            size, at = read_varint(data, 0)
            count, at = read_varint(data, at)
            values = []
            for _ in range(count):
                length, at = read_varint(data, at)
                values.append(data[at : at + length].decode().split())
                at += length
            bits = max(1, (count - 1).bit_length())
            numbers = int.from_bytes(data[at:], "little")
            for slot in range(size):
                if value := values[numbers >> slot * bits & (1 << bits) - 1]:
                    found[block << SLOT_BITS | slot] = value
        self._columns[facet] = found
        return found

    def _shown(self, page: int) -> list | None:
        block, slot = page >> SLOT_BITS, page & (1 << SLOT_BITS) - 1
        data = self._read(f"pages/{block}-{slot // IN_CHUNK}.json")
        return orjson.loads(data).get(str(slot % IN_CHUNK)) if data else None

    # What is asked.

    def search(self, question: Question) -> dict[str, Any]:
        """The answer, of the same shape as that of the browser's worker (docs/search-index.md). Pages of other languages come after those of this one."""
        wanted = question.facets.get("langue") or [self.lang]
        known = sorted(self._folders, key=lambda lang: (lang != self.lang, lang))
        chosen = [lang for lang in known if lang in wanted]
        start, left, answers = question.start, question.count, {}
        for lang in known if question.counts else chosen:
            asked = replace(question, start=start, count=left) if lang in chosen else replace(question, count=0, counts=False)
            answer = answers[lang] = self._reader(lang)._answer(asked)
            if lang in chosen:
                start, left = max(0, start - answer["total"]), left - len(answer["results"])
        totals = [[lang, answers[lang]["total"]] for lang in known if lang in answers and answers[lang]["total"]]
        merged = _merged([answers[lang] for lang in chosen] or [self._answer(replace(question, query=""))])
        if merged["facets"] is not None:
            merged["facets"]["langue"] = totals
        return merged

    def _reader(self, lang: str) -> Reader:
        if lang == self.lang:
            return self
        if lang not in self._others:
            self._others[lang] = Reader(self._folder / self._folders[lang])
        return self._others[lang]

    def _answer(self, question: Question) -> dict[str, Any]:
        groups, pairs = self._groups(question)
        values = [self._values(group) for group in groups]
        found, at_least = self._ranked(groups, pairs, values)
        kept = self._filtered(found, question, "")
        if question.sort == "date":
            days = self._column("jour")
            kept = sorted(kept, key=lambda hit: (-int(days.get(hit[1], ["0"])[0]), hit[0], hit[1]))
        keys = [{key for alternative in group.alternatives for one in alternative.terms for key in one if key} for group in groups]
        shown = ((page, self._shown(page)) for _, page in kept[question.start : question.start + question.count])
        return {
            "total": len(kept), "atLeast": at_least, "words": [group.word for group in groups],
            "results": [self._result(fields, keys) for _, fields in shown if fields], "best": self._best_bets(question.query),
            "correction": self._correction(question.query, groups), "facets": self._counts(found, question) if question.counts else None, "partial": False,
        }

    def _idf(self, key: int) -> int:
        """How much a term says, from the number of pages that have it: 16 for each halving, as a whole number."""
        pages = self.postings(key)[0]
        return round_half_up(16 * math.log2(1 + self.pages / pages)) if pages else 0

    def _groups(self, question: Question) -> tuple[list[Group], list[tuple[int, int]]]:
        groups, pairs = parse(question.query, self.lang)
        self._add_synonyms(question.query, groups)
        for group in groups:
            if question.typing and group is groups[-1] and question.query[-1:].strip() and not group.quoted:
                self._complete(group)
            elif not question.exact:
                self._correct(group)
        return groups, pairs

    def _frequency(self, known: Term) -> int:
        return max(self.postings(key)[0] if key else 0 for key in known)

    def _complete(self, group: Group) -> None:
        """The word may be only begun: the most frequent words that begin so stand for it too."""
        begun = fold(group.word)
        if len(begun) < PREFIX:
            return
        name = f"lexique/debuts-{lexicon.begin_file(begun, self._lexicon_files)}.bin"
        known = sorted((-level, len(word), word) for word, level in lexicon.unpack(self._read(name) or b"") if fold(word).startswith(begun))
        if not any(word == group.word or term(word, self.lang) == group.term for _, _, word in known):
            group.alternatives.clear()  # no word yet, nothing to fetch
        self._stand_for(group, [word for _, _, word in known[:COMPLETIONS]], BEGUN)

    def _stand_for(self, group: Group, candidates: Sequence[str], weight: int) -> None:
        seen = {group.term} if group.alternatives else set()
        for word in candidates:
            known = term(word, self.lang)
            if known not in seen and known != NONE:
                seen.add(known)
                group.alternatives.append(Alternative([known], weight))

    def _correct(self, group: Group) -> None:
        """A word that no page has is a mistake, and one that a few have may be: the nearest words of the site stand for it too."""
        pages = self._frequency(group.term)
        if pages > RARE or len(group.word) < PREFIX or len(group.alternatives) > 1 and pages:
            return
        candidates = self._near(group.word)
        if pages:
            candidates = [one for one in candidates if one[0] == 1 and one[1] >= pages.bit_length() + LEVELS]
        if candidates:
            best = candidates[0]
            group.corrected = best[3]
            chosen = [word for distance, _, cost, word in candidates[:CORRECTIONS] if cost <= best[2] + 8]
            self._stand_for(group, chosen, FULL if not pages else NEAR)

    def _near(self, word: str) -> list[tuple[int, int, int, str]]:
        """(typing errors, level, cost, word) of the words of the site that are near, or that begin so, the likeliest first."""
        folded = fold(word)
        most = 1 if len(folded) < 6 else 2
        known = {pair for name in lexicon.names(folded, self._lexicon_files) for pair in lexicon.unpack(self._read(name) or b"")}
        found = []
        for other, level in known:
            there = fold(other)
            if there == folded:
                continue
            distance = typing_errors(folded, there, most)
            if distance > most and len(folded) > PREFIX and there.startswith(folded):
                distance = 2
            if distance <= most or there.startswith(folded) and len(folded) > PREFIX:
                cost = 12 * distance - 2 * level + (3 if there[0] != folded[0] else 0)
                found.append((distance, level, cost, other))
        return sorted(found, key=lambda one: (one[2], one[3]))

    def _add_synonyms(self, query: str, groups: list[Group]) -> None:
        synonyms = self._advice["synonyms"]
        if not synonyms:
            return
        typed = [fold(word) for word in words(query[:LONGEST_QUESTION])]
        for first in range(len(typed)):
            for last in range(first + 1, min(first + 5, len(typed) + 1)):
                for expression in synonyms.get(" ".join(typed[first:last]), ()):
                    terms = [known for word in words(expression) if (known := term(word, self.lang)) != NONE]
                    for group in groups:
                        if terms and fold(group.word) in typed[first:last]:
                            group.alternatives.append(Alternative(terms, SYNONYM))

    # How pages are ranked.

    def _values(self, group: Group) -> dict[int, int]:
        """What the word is worth in each page that has it, or what stands for it."""
        found: dict[int, int] = {}
        for alternative in group.alternatives:
            each = [self._word_values(known) for known in alternative.terms]
            pages = min(each, key=len) if each else {}
            for page in pages:
                if all(page in other for other in each):
                    value = alternative.weight * min(other[page] for other in each)
                    if value > found.get(page, 0):
                        found[page] = value
        return found

    def _word_values(self, known: Term) -> dict[int, int]:
        found: dict[int, int] = {}
        for key in known:
            if key:
                weight = self._idf(key)
                for page, impact in self.postings(key)[1].items():
                    if weight * impact > found.get(page, 0):
                        found[page] = weight * impact
        return found

    def _weight(self, group: Group) -> int:
        """What the word says of a page: as the likeliest of what stands for it."""
        return max((self._idf(key) for alternative in group.alternatives for known in alternative.terms[:1] for key in known[:1]), default=0)

    def _ranked(self, groups: list[Group], pairs: list[tuple[int, int]], values: list[dict[int, int]]) -> tuple[list[tuple[int, int]], bool]:
        """([(-score, page)], whether there may be more pages than these)."""
        mass: Counter[int] = Counter()
        score: Counter[int] = Counter()
        for group, found in zip(groups, values):
            weight = self._weight(group)
            for page, value in found.items():
                mass[page] += weight
                score[page] += value
        followed = self._add_pairs(groups, pairs, score)
        if any(group.quoted for group in groups):
            for page in [page for page in score if not self._has_expressions(page, groups, followed)]:
                del score[page]
        most = max((mass[page] for page in score), default=0)
        share = HALF if len(groups) > 2 else 1
        found = [(-score[page] * mass[page], page) for page in score if share * mass[page] >= most]
        cut = any(self.postings(key)[0] > len(self.postings(key)[1]) for group in groups for one in group.alternatives for known in one.terms for key in known if key)
        return sorted(found), cut

    def _add_pairs(self, groups: list[Group], pairs: list[tuple[int, int]], score: Counter[int]) -> dict[tuple[int, int], set[int]]:
        """Add to the score of the pages in which words follow one another as in the question. Returns these pages, by pair."""
        followed = {}
        for first, second in pairs:
            one, other = groups[first], groups[second]
            followed[first, second] = pages = self._pair(self._main(one), self._main(other))
            value = FULL * PAIR * min(self._weight(one), self._weight(other))
            for page in pages:
                if page in score:
                    score[page] += value
        return followed

    def _main(self, group: Group) -> int:
        """The key of the word, or of what stands for it when no page has it."""
        stand = [alternative.terms[0].key for alternative in group.alternatives if alternative.terms[0] != group.term]
        return stand[0] if stand and not self._has_own(group) else group.term.key

    def _has_own(self, group: Group) -> bool:
        """Whether the word itself is looked for, and pages have it."""
        return any(alternative.terms == [group.term] for alternative in group.alternatives) and self.postings(group.term.key)[0] > 0

    def _has_expressions(self, page: int, groups: list[Group], followed: dict[tuple[int, int], set[int]]) -> bool:
        if any(group.quoted and page not in self.postings(self._main(group))[1] for group in groups):
            return False
        return all(page in pages for (first, _), pages in followed.items() if groups[first].quoted)

    # Facets.

    def _filtered(self, found: list[tuple[int, int]], question: Question, left_out: str) -> list[tuple[int, int]]:
        for facet, chosen in sorted(question.facets.items()):
            if chosen and facet in FACETS and facet != left_out:
                column = self._column(facet)
                found = [hit for hit in found if not set(chosen).isdisjoint(column.get(hit[1], ()))]
        if (question.since or question.until) and left_out != "jour":
            column = self._column("jour")
            first, last = _day(question.since, 0), _day(question.until, 1 << 30)
            found = [hit for hit in found if hit[1] in column and first <= int(column[hit[1]][0]) <= last]
        return found

    def _counts(self, found: list[tuple[int, int]], question: Question) -> dict[str, list[list]]:
        """{facet: [[value, pages]]}, the most frequent first; for a facet by which is chosen, what each of its other values would give."""
        counts = {}
        for facet in FACETS[:-1]:
            hits = self._filtered(found, question, "jour" if facet == "annee" else facet)
            column = self._column(facet)
            tally: Counter[str] = Counter()
            for _, page in hits:
                tally.update(column.get(page, ()))
            counts[facet] = ordered(facet, tally)
        return counts

    # What is shown.

    def _result(self, fields: list, keys: list[set[int]]) -> dict[str, Any]:
        url, title, summary, trail, organism, organism_id, day, kind, retired, headings = fields
        every = set().union(*keys) if keys else set()
        return {
            "url": url, "title": marked(title, every, self.lang), "summary": marked(summary, every, self.lang), "section": self._section(title, headings, keys, every), "trail": trail,
            "organism": organism, "organismId": organism_id, "date": day, "type": kind, "lang": self.lang, "retired": bool(retired),
        }

    def _section(self, title: str, headings: list[str], keys: list[set[int]], every: set[int]) -> dict | None:
        """The heading of the page that has most of the words that its title has not."""
        missing = [group for group, there in zip(keys, self._has(title, keys)) if not there]
        best, most = None, 0
        for text, ident in zip(headings[::2], headings[1::2]):
            count = sum(self._has(text, missing))
            if count > most:
                best, most = {"text": marked(text, every, self.lang), "id": ident}, count
        return best

    def _has(self, text: str, keys: list[set[int]]) -> list[bool]:
        there = {key for word in words(text) for key in term(word, self.lang)}
        return [not group.isdisjoint(there) for group in keys]

    def _best_bets(self, query: str) -> list[dict]:
        asked = _signature(query, self.lang)
        return [{name: bet[name] for name in ("url", "title", "summary")} for bet in self._advice["best"] if asked and any(_signature(one, self.lang) == asked for one in bet["queries"])]

    def _correction(self, query: str, groups: list[Group]) -> dict | None:
        changed = {group.word: group.corrected for group in groups if group.corrected}
        if not changed:
            return None
        applied = any(not self._frequency(group.term) for group in groups if group.corrected)
        text = _WORD.sub(lambda found: changed.get(found[0].lower(), found[0]), query[:LONGEST_QUESTION])
        return {"text": text, "applied": applied}


def _merged(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """One answer of those of several languages: words, best bets and correction are of the first."""
    first, *others = answers
    for other in others:
        first["total"] += other["total"]
        first["atLeast"] |= other["atLeast"]
        first["results"] += other["results"]
        for facet, counts in (other["facets"] or {}).items():
            tally = Counter(dict(first["facets"][facet]))
            tally.update(dict(counts))
            first["facets"][facet] = ordered(facet, tally)
    return first


def ordered(facet: str, tally: Counter[str]) -> list[list]:
    """[[value, pages]]: the latest years first, of other facets the most frequent values."""
    return [[value, pages] for value, pages in sorted(tally.items(), key=lambda item: item[0] if facet == "annee" else (-item[1], item[0]), reverse=facet == "annee")]


def round_half_up(value: float) -> int:
    """As Math.round: Python rounds halves to the even number."""
    return math.floor(value + 0.5)


def parse(query: str, lang: str) -> tuple[list[Group], list[tuple[int, int]]]:
    """The words of a question that say something, each once, with what is between quotes; and which of them follow one another, by their places in that list."""
    groups: list[Group] = []
    known: dict[tuple[Term, int], int] = {}
    pairs: dict[tuple[int, int], None] = {}
    for number, piece in enumerate(SPLIT.split(query[:LONGEST_QUESTION])):
        before = None
        for word in words(piece):
            name = term(word, lang), number if number % 2 else 0
            if name[0] == NONE:
                continue
            if name not in known:
                if len(groups) == MOST_WORDS:
                    break
                known[name] = len(groups)
                groups.append(Group(word, *name, [Alternative([name[0]], FULL)]))
            at = known[name]
            if before is not None and before != at:
                pairs[before, at] = None
            before = at
    return groups, list(pairs)


def _signature(query: str, lang: str) -> tuple[int, ...]:
    return tuple(sorted(known.key for word in words(query) if (known := term(word, lang)) != NONE))


def _day(text: str, default: int) -> int:
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        return default


def _of_term(data: bytes, wanted: int, most: int) -> tuple[int, list[tuple[int, int]]]:
    """(pages, [(slot, impact)]) of a term in a fragment. most: pages that a fragment keeps of a term."""
    rest = at = 0
    while at < len(data):
        gap, at = read_varint(data, at)
        rest += gap
        pages, at = read_varint(data, at)
        kept = min(pages, most)
        if rest > wanted:
            break
        if rest < wanted:
            for _ in range(2 * kept):
                _, at = read_varint(data, at)
            continue
        slots, slot = [], 0
        for _ in range(kept):
            gap, at = read_varint(data, at)
            slot += gap
            slots.append(slot)
        return pages, list(zip(slots, data[at : at + kept]))
    return 0, []


def typing_errors(one: str, other: str, most: int) -> int:
    """Letters missing, added, replaced, or two of them exchanged, between two words (optimal string alignment); most + 1 when there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = [], list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, there in enumerate(other, 1):
            value = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != there))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == there:
                value = min(value, before[column - 2] + 1)
            line.append(value)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)


def marked(text: str, keys: Iterable[int], lang: str) -> list[list]:
    """A text in pieces, [text, 1 when it is a word that was looked for]."""
    pieces: list[list] = []

    def add(piece: str, sought: int) -> None:
        if piece and pieces and pieces[-1][1] == sought:
            pieces[-1][0] += piece
        elif piece:
            pieces.append([piece, sought])

    at = 0
    for found in _WORD.finditer(text):
        known = term(found[0].lower(), lang)
        if known.key in keys and known.key or known.other in keys and known.other:
            add(text[at : found.start()], 0)
            add(found[0], 1)
            at = found.end()
    add(text[at:], 0)
    return pieces
