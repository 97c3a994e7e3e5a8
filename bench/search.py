"""The benchmark of the search, in one command: `.venv/bin/python bench/search.py`. See bench/search.md, which it writes."""

from __future__ import annotations

import argparse
import datetime
import json
import random
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

import engine
import finders
import machine
import process
import queries
import relevance
import scenarios
import search_browser
import search_report
from corpus import Corpus
from finders import FleuveSearch, Finder, MkDocsSearch, PrebuiltMkDocsSearch, WithoutSearch
from search_pages import Pages

BENCH = Path(__file__).parent
REEL = BENCH.parent / ".reel"
PARTS = ("relevance", "cost", "browser")
OF_A_PART = ("edit",)
"""Part of « cost », of the sites that --keep left."""
# A word that no page has, so that one edit is told from another by searching for it.
MARKERS = ("zorvakel", "brimulon", "quastiver", "fleudrane", "montaguil", "crapilone", "vestragor", "ploumadec", "tarnivole")


class Trial(scenarios.Trial):
    """One number of generated pages: what the index costs to each search, and what a browser sees of it."""

    def __init__(self, size: int, peers: list[Finder], options: argparse.Namespace, say) -> None:
        ours = [FleuveSearch(options.searches), WithoutSearch(options.searches)]
        super().__init__(size, ours, options.runs, options.work, say)
        self.ours, self.options = ours[0], options
        self.peers = [peer for peer in peers if size <= peer.largest]
        self.index_sizes: dict[str, dict] = {}
        self.browser: dict[str, dict] = {}

    def run(self) -> None:
        """Build, edit, index, ask; corpora are put back as they were."""
        for each in self.contestants:
            each.install()
        self._prepare()
        try:
            if "cost" in self.options.parts:
                self._scenario("cold", self.contestants, self._cold)
                self._scenario("edit", [each for each in self.contestants if not self._failed(each)], self._edit)
            elif "edit" in self.options.parts:  # of the sites that --keep left
                for each in self.contestants:
                    self._build(each, 0)
                self._scenario("edit", self.contestants, self._edit)
            elif not (self.ours.out / "index.html").exists():
                self._build(self.ours, 1)
            self._peers()
        finally:
            for edited in self.edited.values():
                edited.undo()
        self.index_sizes[self.ours.name] = self.ours.sizes()
        if "browser" in self.options.parts:
            self._browse()

    def _edit(self, contestant: FleuveSearch, number: int) -> process.Measure:
        """Add a paragraph to one page; with the search, a word of that paragraph must then find that page."""
        edited = self.edited[contestant.layout]
        marker = MARKERS[number % len(MARKERS)]
        edited.body(number)
        edited.file.write_text(f"{edited.file.read_text('utf-8')}\nMot de la correction\u00a0: {marker}.\n", "utf-8")
        measure = self._build(contestant, number)
        self._expect(contestant, marker, edited.path)
        if contestant is self.ours and contestant.searchable():
            url = f"/{edited.path.removesuffix('.md')}/"
            if contestant.answers([marker])[0][:1] != [url]:
                raise scenarios.WrongOutput(f"{contestant.title}: « {marker} » does not find {url}")
        return measure

    def _peers(self) -> None:
        pages = Pages(self.ours.out, self.content["fleuve"])
        for peer in self.peers:
            self.say(f"{self.size} pages, written for {peer.title}")
            peer.prepare(pages)
        # Only what browsers are to read is made when costs are not asked for.
        wanted = self.peers if "cost" in self.options.parts else [peer for peer in self.peers if peer.name == "pagefind" and "browser" in self.options.parts]
        runs = self.runs if "cost" in self.options.parts else 1
        results = {peer.name: scenarios.Result(peer.name, "cold", scenarios.shown(peer.command(peer.input), self.work)) for peer in wanted}
        for number in range(1, runs + 1):
            for peer in wanted:
                self.say(f"{self.size} pages, index, run {number} of {runs}: {peer.title}")
                try:
                    results[peer.name].measures.append(peer.index().figures())
                except scenarios.FAILURES as failure:
                    results[peer.name].failure = str(failure)
        self.results += results.values()
        for peer in wanted:
            if results[peer.name].measures:
                self.index_sizes[peer.name] = peer.sizes() | loaded(peer)

    def _browse(self) -> None:
        asked = two_words(self.size, self.options.queries)
        for each, root in ((self.ours, self.ours.out), *((peer, peer.input) for peer in self.peers if peer.name == "pagefind")):
            if each is self.ours and not each.searchable():
                self.say("no index in the site: its search is not measured in the browser")
                continue
            self.say(f"{self.size} pages, browser: {each.title}")
            with search_browser.Served(root, each.work) as served, search_browser.open_browser() as browser:
                search_browser.cold(served, browser, each.START, asked[:2], "typed")  # the first pages of a browser pay for its start
                self.browser[each.name] = {
                    "paused": search_browser.cold(served, browser, each.START, asked, "paused", each.PAUSE, each.AHEAD),
                    "typed": search_browser.cold(served, browser, each.START, asked, "typed"),
                    "once": search_browser.cold(served, browser, each.START, asked, "once"),
                    "keys": search_browser.warm(served, browser, each.START, asked),
                }


def loaded(peer: Finder) -> dict:
    """Return what a browser has to load before the first query, for the searches that load all of it."""
    if not isinstance(peer, MkDocsSearch):
        return {}
    return {"loaded": peer.loaded(), "readable": not isinstance(peer, PrebuiltMkDocsSearch) or peer.readable()}


def two_words(size: int, count: int) -> list[str]:
    """Return queries of two words, each of one title of the corpus, drawn with a seed."""
    rng = random.Random(f"{scenarios.SEED}-two-words")
    corpus = Corpus(size, "fleuve", scenarios.SEED)
    return search_browser.two_words([corpus.title(rng.randrange(size)) for _ in range(2 * count)])[:count]


def real(peers: list[Finder], options: argparse.Namespace, say) -> dict:
    """Build the real corpus, index it with each search, ask all queries; return the results."""
    halves = queries.cached(next(options.reel.glob("*.tgz")), options.reel / "contenu", options.work / "queries")
    asked = {half: sample(found, options.sample) for half, found in halves.items()}
    ours = FleuveSearch(options.searches / "reel")
    ours.install()
    say("real corpus: build")
    built = process.run(ours.command(options.reel / "contenu"), ours.work / "log", ours.cwd(), None, (0, 1))
    pages = Pages(ours.out, options.reel / "contenu")
    results, scores, sizes = [scenarios.Result("fleuve", "build", scenarios.shown(ours.command(options.reel / "contenu"), options.work, options.reel / "contenu"), [built.figures()])], {}, {}
    for peer in (peer for peer in peers if not isinstance(peer, PrebuiltMkDocsSearch)):
        say(f"real corpus, index: {peer.title}")
        count = peer.prepare(pages)
        results.append(scenarios.Result(peer.name, "cold", scenarios.shown(peer.command(peer.input), options.work), [peer.index().figures()]))
        sizes[peer.name] = {"pages": count, **peer.sizes(), **loaded(peer)}
        say(f"real corpus, queries: {peer.title}")
        scores[peer.name] = relevance.measure(peer.answers, asked, ("query",))  # nobody tunes a peer, and lunr takes 0.3 s a query
    if ours.searchable():
        say("real corpus, queries: Fleuve")
        scores[ours.name], sizes[ours.name] = relevance.measure(ours.answers, asked), ours.sizes()
    return {"results": [asdict(result) for result in results], "relevance": scores, "index_sizes": sizes, "documents": sum(1 for _ in (options.reel / "contenu").rglob("*.md")),
            "queries": {half: {"count": len(found), "table": queries.summary(found)} for half, found in asked.items()}, "sampled": options.sample is not None}


def sample(found: list[dict], count: int | None) -> list[dict]:
    """Return all queries, or some drawn with a seed."""
    return found if count is None or count >= len(found) else random.Random(scenarios.SEED).sample(found, count)


def save(path: Path, engines: list, data: dict) -> None:
    """Write one file of results, with what a reader needs to repeat them; what an earlier run measured and this one did not is kept."""
    before = json.loads(path.read_text("utf-8")) if path.exists() else {}
    head = {"date": datetime.date.today().isoformat(), "machine": machine.describe(), "versions": before.get("versions", {}) | {each.name: each.version() for each in engines},
            "titles": before.get("titles", {}) | {each.name: each.title for each in engines}}
    for key in ("browser", "index_sizes", "relevance"):
        if key in data:
            data[key] = before.get(key, {}) | data[key]
    again = {(result["engine"], result["scenario"]) for result in data["results"]}
    data["results"] = [result for result in before.get("results", []) if (result["engine"], result["scenario"]) not in again] + data["results"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(head | data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main() -> int:
    """Run what is asked for, write the results and the report; return the exit code."""
    options = arguments()
    console = Console(stderr=True)
    process.raise_file_limit()
    options.searches.mkdir(parents=True, exist_ok=True)
    peers = [finders.PEERS_BY_NAME[name](options.work) for name in options.peers]
    for peer in peers:
        peer.install()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    failures = []
    if "relevance" in options.parts:
        save(options.results / "search-real.json", [FleuveSearch(options.searches), *peers], real(peers, options, say))
    if {"cost", "edit", "browser"} & set(options.parts):
        for size in options.sizes:
            trial = Trial(size, peers, options, say)
            trial.run()
            save(options.results / f"search-{size}.json", [*trial.contestants, *trial.peers],
                 {"size": size, "index_sizes": trial.index_sizes, "browser": trial.browser, "results": [asdict(result) for result in trial.results]})
            failures += [f"{size} pages, {result.scenario}, {result.engine}: {result.failure}" for result in trial.results if result.failure]
    search_report.write(options.results, options.out)
    console.print(f"{options.out} written")
    if not options.keep:
        for each in (*peers, FleuveSearch(options.searches), WithoutSearch(options.searches), FleuveSearch(options.searches / "reel")):
            each.empty()
    for failure in failures:
        console.print(failure, style="bold red", markup=False, highlight=False)
    return 1 if failures else 0


def arguments() -> argparse.Namespace:
    """Return the options of the command line, checked."""
    parser = argparse.ArgumentParser(description="Measures Fleuve's search and its peers': relevance, cost of the index, bytes and times in a browser; writes the report.")
    parser.add_argument("--sizes", type=engine.numbers, default=[10_000, 100_000], metavar="N,N", help="numbers of generated pages")
    parser.add_argument("--runs", type=int, default=3, help="runs of each build, of which the median is kept")
    parser.add_argument("--peers", default=",".join(finders.PEERS_BY_NAME), metavar="NAME,NAME", help="peers, or « none »; each has a largest size above which it is left out")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="NAME,NAME", help=f"what is measured: {', '.join(PARTS)}; « edit » alone, of the sites that --keep left")
    parser.add_argument("--queries", type=int, default=60, metavar="N", help="queries of two words in the browser")
    parser.add_argument("--sample", type=int, metavar="N", help="so many queries of each half, not all, for the relevance")
    parser.add_argument("--quick", action="store_true", help="1,000 pages, one run, ten queries in the browser, a hundred of each half for the relevance, Pagefind only; figures go to .bench/")
    parser.add_argument("--reel", type=Path, default=REEL, help="the real corpus (`make reel`)")
    parser.add_argument("--out", type=Path, help="the report (bench/search.md)")
    parser.add_argument("--results", type=Path, help="folder of the results (bench/results)")
    parser.add_argument("--work", type=Path, default=BENCH.parent / ".bench", help="folder of corpora, outputs and installed peers")
    parser.add_argument("--keep", action="store_true", help="leave the built sites and indexes in place")
    options = parser.parse_args()
    options.work, options.reel = options.work.resolve(), options.reel.resolve()
    if options.quick:
        options.sizes, options.runs, options.queries, options.sample, options.peers = [1_000], 1, 10, 100, "pagefind"
    # Figures of a quick run must not stand beside those of a whole one.
    target = options.work / "quick" if options.quick else None
    options.out = options.out or (target / "search.md" if target else BENCH / "search.md")
    options.results = options.results or (target or engine.RESULTS)
    options.searches = options.work / "search"
    options.peers = [] if options.peers == "none" else options.peers.split(",")
    options.parts = options.parts.split(",")
    for asked, known in ((options.peers, finders.PEERS_BY_NAME), (options.parts, (*PARTS, *OF_A_PART))):
        if unknown := set(asked) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    if "relevance" in options.parts and not next(options.reel.glob("*.tgz"), None):
        parser.error(f"the real corpus is not in {options.reel}: « make reel » makes it, or leave the relevance out with --parts cost,browser")
    return options


if __name__ == "__main__":
    sys.exit(main())
