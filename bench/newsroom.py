"""The benchmark of the newsroom, in one command: `.venv/bin/python bench/newsroom.py`. See bench/newsroom.md, which it writes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

import contestants
import engine
import news_corpus
import process
import report
import scenarios
from news_corpus import NewsCorpus

BENCH = Path(__file__).parent
SCENARIOS = {"cold": "cold: no cache, no output", "new": "one new item", "correction": "one correction in an item ten years old"}

HEAD = """# Benchmark of the newsroom

    .venv/bin/python bench/newsroom.py                            # 2,000, 10,000 and 100,000 items
    .venv/bin/python bench/newsroom.py --sizes 100000 --peers hugo
    .venv/bin/python bench/newsroom.py --quick                    # 2,000 items, one run

This file is written by that command from `bench/results/`. How time and memory are measured, and how engines take turns: bench/README.md.
100,000 items with three runs of two engines take about 25 GB of disk, of three 35.

## What is measured

- **Corpus** (`bench/news_corpus.py`, seeded): N items over twenty years, of 800 organisms of which a few publish much, with one or two organisms
  and themes, up to two regions, a minister, a place; 250 to 400 words with a list, a quotation, two links to older items. Every engine reads the same
  bodies. Besides: the organisms, themes, ministers, offices and mandates that the items name.
- **Parts that all write**: the page of each item (header with the main navigation, breadcrumb, kind, title, lead, organisms, text, media contact,
  minister, themes, regions, opinion form, JSON-LD, Open Graph, footer), listings by 40 with the card of each item, for all news and by organism, theme,
  region, minister, type, year and month; an Atom and an RSS feed of 20 items for each of these lists but those of dates; a sitemap. The peers'
  templates (`bench/peers/pelican`, `bench/peers/hugo-news`) copy the HTML of `themes/fleuve/`.
- **What Fleuve does besides**: validates front matter and references, says the minister's office on that day, and writes JSON feeds, calendars, digests,
  oEmbed, fragments for other sites, the index of the combined filters, pages of organisms, ministers and themes, reports. « Fleuve, French only » leaves out
  its JSON API and the English lists, which no peer has; « Fleuve, the whole site.yml » has them.
- **Stock Pelican** has no incremental build, one process, and looks for each item in the list of each tag and author: its time grows as the
  square of the items. It is given {largest:,} items at most. Its themes, regions and ministers are tags.
- An added item counts only if its page, the first page of its organism's list and that list's feed show it; a correction, if the page does.
"""


class FrenchFleuve(contestants.Fleuve):
    """The engine of this repository, without what no peer writes: its JSON API and its English lists."""

    title = "Fleuve, French only"

    def install(self) -> None:
        super().install()
        config = self.work / "site.yml"
        config.write_text("".join(line for line in config.read_text("utf-8").splitlines(True) if not line.startswith("      en: { nom:")), "utf-8")


class WholeFleuve(contestants.FleuveWithApi):
    """The same with the repository's own site.yml."""

    name = "fleuve-all"
    title = "Fleuve, the whole site.yml"
    daily = True


class StockPelican(contestants.PythonPeer):
    """Pelican by its own command, with its Markdown reader and templates that write the same parts."""

    name = "pelican"
    title = "Pelican, same theme"
    layout = "pelican"
    largest = 10_000
    daily = True
    requirements = contestants.PEERS / "pelican/requirements.txt"
    environment = "venv-pelican"

    def command(self, content: Path) -> list[str]:
        return [str(self._environment / "bin/pelican"), "--settings", str(contestants.PEERS / "pelican/pelicanconf.py"), "--output", str(self.out), "--quiet"]

    def env(self, content: Path) -> dict:
        return {**os.environ, "BENCH_CONTENT": str(content)}

    def version(self) -> str:
        return self._package_version("pelican")


class NewsHugo(contestants.Hugo):
    """Hugo with the templates of a newsroom."""

    source = contestants.PEERS / "hugo-news"


ALL = {engine.name: engine for engine in (FrenchFleuve, WholeFleuve, StockPelican, NewsHugo)}


class Trial(scenarios.Trial):
    """One number of items, given in turn to each engine."""

    def run(self) -> None:
        """Prepare the corpora, run every scenario. Outputs stay: see Contestant.empty."""
        self._prepare()
        try:
            self._scenario("cold", self.contestants, self._cold)
            built = [contestant for contestant in self.contestants if not self._failed(contestant)]
            for contestant in built:
                self._sizes(contestant)
            for name, build in (("new", self._new), ("correction", self._correction)):
                self._scenario(name, built, build)
        finally:
            self._undo()

    def _prepare(self) -> None:
        self.content, self.made = {}, {}
        folder = self.work / "corpus"
        folder.mkdir(parents=True, exist_ok=True)
        for layout in {contestant.layout for contestant in self.contestants}:
            self.say(f"corpus of {self.size} items, layout {layout}")
            self.content[layout] = news_corpus.cached(self.size, layout, scenarios.SEED, folder)
            self.made[layout] = NewsCorpus(self.size, layout, scenarios.SEED)
        self._undo()

    def _undo(self) -> None:
        """Put the corpora back as they were made, edits left by an interrupted run undone."""
        for layout, made in self.made.items():
            made.write(self.size // 2, self.content[layout])
            for number in range(100):
                (self.content[layout] / made.item(self.size + number).path).unlink(missing_ok=True)

    def _paths(self) -> Iterable[str]:
        made = next(iter(self.made.values()))
        return (made.item(number).path for number in range(self.size))

    def _sized(self) -> list[str]:
        made = next(iter(self.made.values()))
        return [made.item(number).path for number in range(1, self.size, max(1, self.size // scenarios.SIZED_PAGES))]

    def _new(self, contestant: contestants.Contestant, number: int) -> process.Measure:
        made, item = self.made[contestant.layout], self.made[contestant.layout].item(self.size + number - 1)
        # Each run adds another one to those before, as a newsroom does; engines that share a layout share it.
        made.write(item.index, self.content[contestant.layout])
        measure = self._build(contestant, number)
        listing = contestant.out / "nouvelles/organismes" / item.organisms[0]
        for file in (contestant.page(item.path), listing / "index.html", listing / "fil.atom.xml"):
            if item.name not in file.read_text("utf-8"):
                raise scenarios.WrongOutput(f"{contestant.title}: {item.name} is not in {file.relative_to(contestant.out)}")
        return measure

    def _correction(self, contestant: contestants.Contestant, number: int) -> process.Measure:
        made, marker = self.made[contestant.layout], f"Correction numéro {number}."
        made.write(self.size // 2, self.content[contestant.layout], marker)
        measure = self._build(contestant, number)
        self._expect(contestant, marker, made.item(self.size // 2).path)
        return measure


def main() -> int:
    """Run what is asked for, write the results and the report; return the exit code."""
    options = arguments()
    console = Console(stderr=True)
    process.raise_file_limit()
    options.work.mkdir(parents=True, exist_ok=True)
    engines = [ALL[name](options.work) for name in ("fleuve", *options.peers)]
    failures = []
    for each in engines:
        each.install()
    for size in options.sizes:
        trial = Trial(size, engines, options.runs, options.work, lambda text: print(text, file=sys.stderr, flush=True))
        trial.run()
        engine.save(options.results / f"newsroom-{size}.json", trial.contestants, trial.results,
                    {"size": size, "page_sizes": trial.page_sizes, "output_sizes": trial.output_sizes})
        failures += [f"{size} items, {result.scenario}, {result.engine}: {result.failure}" for result in trial.results if result.failure]
    write(options.results, options.out)
    for each in engines:
        each.empty()
    for failure in failures:
        console.print(failure, style="bold red", markup=False, highlight=False)
    return 1 if failures else 0


def arguments() -> argparse.Namespace:
    """Return the options of the command line, checked."""
    parser = argparse.ArgumentParser(description="Times Fleuve and its peers on the same news, in turns, and writes the report.")
    parser.add_argument("--sizes", type=engine.numbers, default=[2_000, 10_000, 100_000], metavar="N,N", help="numbers of items")
    parser.add_argument("--runs", type=int, default=3, help="runs of each scenario, of which the median is kept")
    parser.add_argument("--peers", default="fleuve-all,pelican,hugo", metavar="NAME,NAME", help="peers, or « none »")
    parser.add_argument("--quick", action="store_true", help="2,000 items, one run")
    parser.add_argument("--out", type=Path, default=BENCH / "newsroom.md", help="the report")
    parser.add_argument("--results", type=Path, default=engine.RESULTS, help="folder of the results, one JSON file a size")
    parser.add_argument("--work", type=Path, default=BENCH.parent / ".bench", help="folder of corpora, outputs and installed peers")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.runs = [2_000], 1
    options.peers = [] if options.peers == "none" else options.peers.split(",")
    if unknown := set(options.peers) - set(ALL):
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}; known: {', '.join(ALL)}")
    options.work = options.work.resolve()
    return options


def write(results: Path, target: Path) -> None:
    """Write the report from the JSON files of a folder."""
    sizes = sorted((json.loads(path.read_text("utf-8")) for path in results.glob("newsroom-*.json")), key=lambda data: data["size"])
    parts = [HEAD.format(largest=StockPelican.largest), targets(sizes[-1])] if sizes else [HEAD.format(largest=StockPelican.largest)]
    target.write_text("\n".join([*parts, *map(section, sizes)]), encoding="utf-8")


def section(data: dict) -> str:
    """Return the tables of one size."""
    head = [f"## {data['size']:,} items", "", report.context(data), ""]
    return "\n".join([*head, *report.tables(data, SCENARIOS), "", "Commands:", "", *report.commands(data), ""])


def targets(data: dict) -> str:
    """Return the targets, which are for 100,000 items, with the figures of the largest size that was run."""
    wanted = (("cold", "wall", 90, 1, "cold: ≤ 90 s", "{:.1f} s"), ("cold", "peak", 1.5, 1e9, "cold, memory in all: < 1.5 GB", "{:.2f} GB"),
              ("new", "wall", 2, 1, "one new item: < 2 s", "{:.2f} s"), ("correction", "wall", 2, 1, "one correction: < 2 s", "{:.2f} s"))
    lines = ["## Targets", "", f"Set for 100,000 items; figures of {data['size']:,}, of « Fleuve, French only ».", "", "| target | figure | met |", "| --- | ---: | --- |"]
    for scenario, key, limit, unit, label, form in wanted:
        row = next((row for row in data["results"] if row["scenario"] == scenario and row["engine"] == "fleuve" and row["measures"]), None)
        if row:
            figure = report.median(row, key) / unit
            lines.append(f"| {label} | {form.format(figure)} | {('yes' if figure <= limit else '**no**') if data['size'] >= 100_000 else 'to be run at 100,000'} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
