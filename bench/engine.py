"""The benchmark of the engine, in one command: `.venv/bin/python bench/engine.py`. See bench/README.md, which it writes."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

import contestants
import machine
import process
import report
import scenarios

BENCH = Path(__file__).parent
RESULTS = BENCH / "results"


def main() -> int:
    """Run what is asked for, write the results and the report; return the exit code."""
    options = arguments()
    console = Console(stderr=True)
    process.raise_file_limit()
    options.work.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    engines = [contestants.ALL[name](options.work) for name in options.engines]
    with console.status("installing the peers") as status:
        say = status.update if console.is_terminal else lambda text: print(text, file=sys.stderr, flush=True)
        for engine in engines:
            engine.install()
        if options.reel:
            trial_real(engines[0], options, say)
        else:
            for size in options.sizes:
                failures += trial_size(size, engines, options, say)
    report.write(options.results, options.out)
    console.print(f"{options.out} written")
    for engine in engines:
        engine.empty()
    for failure in failures:
        console.print(failure, style="bold red", markup=False, highlight=False)
    return 1 if failures else 0


def arguments() -> argparse.Namespace:
    """Return the options of the command line, checked."""
    parser = argparse.ArgumentParser(description="Times Fleuve and its peers on the same pages, in turns, and writes the report.")
    parser.add_argument("--sizes", type=numbers, default=[1_000, 10_000, 100_000], metavar="N,N", help="numbers of pages")
    parser.add_argument("--runs", type=int, default=3, help="runs of each scenario, of which the median is kept")
    parser.add_argument("--peers", default="fleuve-api,hugo,mkdocs,material,material-pruned,eleventy", metavar="NAME,NAME",
                        help="peers, or « none »; each has a largest size above which it is left out")
    parser.add_argument("--without-fleuve", action="store_true", help="peers only")
    parser.add_argument("--quick", action="store_true", help="1,000 pages, one run, Hugo only")
    parser.add_argument("--reel", type=Path, metavar="DIR", help="time a real folder of content instead of generated ones")
    parser.add_argument("--out", type=Path, default=BENCH / "README.md", help="the report")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the results, one JSON file a size")
    parser.add_argument("--work", type=Path, default=BENCH.parent / ".bench", help="folder of corpora, outputs and installed peers")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.runs, options.peers = [1_000], 1, "hugo"
    peers = [] if options.reel or options.peers == "none" else options.peers.split(",")
    unknown = set(peers) - set(contestants.ALL)
    if unknown:
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}; known: {', '.join(contestants.ALL)}")
    options.engines = ([] if options.without_fleuve else ["fleuve"]) + peers
    options.work = options.work.resolve()
    if options.reel:
        options.reel = options.reel.resolve()
    return options


def numbers(text: str) -> list[int]:
    """Return the whole numbers of a list with commas."""
    return [int(part) for part in text.split(",")]


def trial_size(size: int, engines: list, options: argparse.Namespace, say) -> list[str]:
    """Run every scenario on one size, write its results, and return what failed."""
    trial = scenarios.Trial(size, engines, options.runs, options.work, say)
    trial.run()
    save(options.results / f"engine-{size}.json", trial.contestants, trial.results,
         {"size": size, "page_sizes": trial.page_sizes, "output_sizes": trial.output_sizes})
    return [f"{size} pages, {result.scenario}, {result.engine}: {result.failure}" for result in trial.results if result.failure]


def trial_real(engine, options: argparse.Namespace, say) -> None:
    """Time the real folder of content and write its results."""
    results = scenarios.real_corpus(engine, options.reel, options.runs, options.work, say)
    documents = sum(1 for _ in options.reel.rglob("*.md"))
    save(options.results / "real.json", [engine], results, {"documents": documents})


def save(path: Path, engines: list, results: list, more: dict) -> None:
    """Write one file of results, with what a reader needs to repeat them."""
    data = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "versions": {engine.name: engine.version() for engine in engines},
        "titles": {engine.name: engine.title for engine in engines},
        **more,
        "results": [asdict(result) for result in results],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
