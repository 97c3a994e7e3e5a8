"""Measures how fast old pages become Markdown, on one core: single pages beside the extractors that know no site, and pages of sites whose template is learned.

    .venv/bin/python bench/migration_speed.py --pages FOLDER [--runs 5]       # wcxb-dev-subset, unpacked

Processor time, median of the runs, the collector off as it is in the processes of a migration. Ours is all that `migrate page` does of a page: encoding,
main content, title, dates, languages, Markdown, what was lost. The peers give the main text alone, from text that is decoded already. Peers and ours take turns
in each run. The learned sites are the eight legacy sites of the tests, from the records of their archives; the whole migration of such sites, with files,
copies, places and redirects, is bench/migration_scale.py's.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import trafilatura  # noqa: E402
from resiliparse.extract.html2text import extract_plain_text  # noqa: E402

from migration import recipe as recipes  # noqa: E402
from migration.encoding import decode  # noqa: E402
from migration.page import make  # noqa: E402
from migration.record import Record  # noqa: E402
from migration.sources import warc  # noqa: E402
from migration.template import learn  # noqa: E402


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path, required=True)
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    gc.disable()
    records = [Record(url, body=gzip.decompress((given.pages / f"html/{name}.html.gz").read_bytes()))
               for name, _, _, url in (line.split("\t") for line in (given.pages / "ids.tsv").read_text("utf-8").splitlines())]
    texts = [decode(record.body, "")[0] for record in records]
    contestants: dict[str, Callable[[], object]] = {
        "ours": lambda: [make(record).to_json() for record in records],
        f"trafilatura {version('trafilatura')}": lambda: [trafilatura.extract(text) for text in texts],
        f"resiliparse {version('resiliparse')}": lambda: [extract_plain_text(text, main_content=True) for text in texts],
    }
    compared(f"{len(records)} single pages of {sum(map(len, texts)) // len(texts) // 1000} kB", contestants, given.runs, len(records))
    sites = learned()
    compared(f"{sum(len(some) for some, *_ in sites)} pages of {len(sites)} learned sites", {"ours": lambda: [make(record, template, recipe).to_json() for some, template, recipe in sites for record in some]},
             given.runs, sum(len(some) for some, *_ in sites))


def compared(title: str, contestants: dict[str, Callable[[], object]], runs: int, count: int) -> None:
    """Run each in turn, several times; print the median of each."""
    print(title)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(runs + 1):
        for name, run in contestants.items():
            begun = time.process_time()
            run()
            times[name].append(time.process_time() - begun)
            gc.collect()
    for name, some in times.items():
        seconds = statistics.median(some[1:])  # the first one reads models and fills caches
        print(f"    {name:22} {1000 * seconds / count:6.2f} ms a page, {count / seconds:6.0f} pages a second a core (first run {count / some[0]:.0f})")


def learned() -> list[tuple[list[Record], object, recipes.Recipe]]:
    """Give the pages, the template and the recipe of each legacy site."""
    from legacy import fixture

    archives = fixture.archives(ROOT / ".bench" / "migration" / "archives")
    with tempfile.TemporaryDirectory(prefix="fleuve-") as folder:
        fixture.write_recipes(Path(folder), archives)
        return [(pages, learn((record.url, decode(record.body, record.charset)[0]) for record in pages), recipes.load(Path(folder) / "_migration" / name / recipes.FILE)[0])
                for name, file in sorted(archives.items()) for pages in [paged(warc.read(file))]]


def paged(records: Iterable) -> list[Record]:
    """The pages among records."""
    return [record for record in records if isinstance(record, Record) and record.is_page]


if __name__ == "__main__":
    main()
