"""Measures the search of duplicates: synthetic pages of 300 words over 800 sites, of which one in ten has two exact copies and a near one.

    .venv/bin/python bench/migration_duplicates.py --pages 200000

Prints processor time and the largest memory of the process, and checks that every group is found whole.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from migration.duplicates import Signatures

WORDS = [f"mot{number}" for number in range(8000)]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns 1 when a group is missing."""
    root = argparse.ArgumentParser(description="Measures the search of duplicates of the migration.")
    root.add_argument("--pages", type=int, default=200_000)
    options = root.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Signatures(Path(folder)) as signatures:
        begin = time.process_time()
        for url, text in pages(options.pages):
            signatures.add(url, text)
        adding = time.process_time() - begin
        begin = time.process_time()
        sizes = [len(group.copies) for group in signatures.groups()]
        grouping = time.process_time() - begin
        disk = sum(file.stat().st_size for file in Path(folder).iterdir())
    print(json.dumps({
        "pages": options.pages, "adding_s": round(adding, 1), "grouping_s": round(grouping, 1), "groups": len(sizes), "copies": sum(sizes),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "disk_mb": round(disk / 1e6),
    }))
    return int(len(sizes) != options.pages // 10 or sum(sizes) != 3 * (options.pages // 10))


def pages(count: int) -> Iterator[tuple[str, str]]:
    """(address, text): of each ten, the first has two exact copies and one with two other words; the others are alone."""
    draw, base = random.Random(1), []
    for number in range(count):
        place = number % 10
        if place == 0:
            base = draw.choices(WORDS, k=300)
        words = list(base) if place < 4 else draw.choices(WORDS, k=300)
        if place == 3:
            words[10], words[100] = "autre", "encore"
        yield f"https://www.site{number % 800}.example/page/{number}.html", " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
