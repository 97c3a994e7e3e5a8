"""Measures a migration as large as the government's: the archives of the eight legacy sites of the tests, repeated with changes over hundreds of sites.

    .venv/bin/python bench/migration_scale.py --sites 804 --copies 16 --out FOLDER [--jobs 1 2] [--dask]

Each of `--sites` old sites has `--copies` copies of one legacy archive (78 records on average), every copy in a folder of its own, with other
words in a third of its passages: 804 × 16 is a million records. What is measured is the command that an analyst types, `build.py migrate site`, whole
process, with its children: seconds, and the most memory that they held together, sampled each second, in quarters of the run. `--dask` runs it again on a
real scheduler with two workers. Two numbers of `--sites` show whether time is in proportion.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

NOW = "2026-12-01T12:00"
PASSAGE = re.compile(rb">[^<>]{20,}<")
ADDRESS = re.compile(rb"((?:href|src|action)\s*=\s*[\"']?)/(?!/)", re.IGNORECASE)
# Consonants that change places, otherwise in each copy: words that no other copy has, of the same lengths.
LETTERS = b"bcdfglmnprstv"


def main() -> int:
    """Write the archives, run, print; returns 1 when a run failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sites", type=int, nargs="+", default=[80])
    options.add_argument("--copies", type=int, default=26)
    options.add_argument("--jobs", type=int, nargs="+", default=[2])
    options.add_argument("--dask", action="store_true")
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    failed = False
    for number in given.sites:
        for jobs in given.jobs:
            failed |= run(number, given.copies, given.out, ["--jobs", str(jobs)], f"{jobs} processes")
        if given.dask:
            with cluster() as url:
                failed |= run(number, given.copies, given.out, ["--executor", url], "2 Dask workers")
    return int(failed)


def run(sites: int, copies: int, out: Path | None, how: list[str], name: str) -> bool:
    """Migrate, from nothing, and print what it took. Returns whether it failed."""
    with tempfile.TemporaryDirectory(prefix="fleuve-", dir=out) as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "contenu", work / "contenu")
        records = write(work, sites, copies)
        command = [sys.executable, str(ROOT / "build.py"), "migrate", "site", "--content", work / "contenu", "--work", work / "travail", "--now", NOW, "--json", *how]
        begun = time.perf_counter()
        with open(work / "bilan.json", "wb") as told:
            process = subprocess.Popen([str(one) for one in command], stdout=told, stderr=subprocess.PIPE)
            memory = list(held(process))
        seconds = time.perf_counter() - begun
        said = process.stderr.read().decode()[-2000:]
        if process.returncode not in (0, 1):
            print(said)
            return True
        told = json.loads((work / "bilan.json").read_text("utf-8"))["sites"]
        quarter = max(1, len(memory) // 4)
        print(json.dumps({
            "how": name, "sites": sites, "records": records, "seconds": round(seconds, 1), "records_a_second": round(records / seconds), "pages": sum(one["pages"] for one in told.values()),
            "written": sum(one["written"] for one in told.values()), "memory_mb": [max(memory[at : at + quarter]) for at in range(0, len(memory), quarter)][:5],
        }), flush=True)
    return False


def held(process: subprocess.Popen) -> Iterator[int]:
    """Give the memory of a process and its children together (MB; what they share is counted once: PSS), each second until it ends."""
    own = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            yield sum(one.memory_full_info().pss for one in (own, *own.children(recursive=True))) >> 20
        except psutil.Error:
            pass
        time.sleep(1)


# What is migrated


def write(work: Path, sites: int, copies: int) -> int:
    """Write the archives and recipes of some sites. Returns how many records they have."""
    from legacy import fixture
    from migration.sources import warc

    archives = fixture.archives(ROOT / ".bench" / "migration" / "archives")
    legacy = [(name, [record for record in warc.read(file) if hasattr(record, "body")]) for name, file in sorted(archives.items())]
    fixture.write_recipes(work / "modeles", archives)
    count = 0
    for number in range(sites):
        name, records = legacy[number % len(legacy)]
        folder = work / "contenu" / "_migration" / f"site-{number:04}"
        folder.mkdir(parents=True)
        host = re.search(r"hotes: \[(.+)\]", (recipe := (work / "modeles" / "_migration" / name / "recette.yml").read_text("utf-8")))[1]
        own = f"s{number:04}.{host}"
        recipe = re.sub(r"sources:\n(?:  - .*\n)+", "sources:\n  - archive.warc.gz\n", recipe.replace(host, own))
        (folder / "recette.yml").write_text(recipe, "utf-8")
        with open(folder / "archive.warc.gz", "wb") as archive:
            for copy in range(copies):
                for record in records:
                    archive.write(member(record, host, own, number * copies + copy, copy))
                    count += 1
    return count


def member(record, host: str, own: str, seed: int, copy: int) -> bytes:
    """A record of a WARC, compressed by itself as they are: the page under another folder, with other words in a third of its passages."""
    def moved(url: str) -> str:
        return url.replace(f"//{host}/", f"//{own}/c{copy}/")

    body = record.body
    if record.is_page:
        other = bytes.maketrans(LETTERS, bytes(random.Random(seed).sample(LETTERS, len(LETTERS))))
        body = PASSAGE.sub(lambda match: match[0].translate(other) if (zlib.crc32(match[0]) + seed) % 3 == 0 else match[0], body)
        body = ADDRESS.sub(rb"\1/c%d/" % copy, body.replace(f"//{host}/".encode(), f"//{own}/c{copy}/".encode()))
    elif body:
        body += b"\0" * (seed % 7)  # files of other bytes, of which there are seven
    head = f"HTTP/1.1 {record.status} X\r\nContent-Type: {record.kind}{f'; charset={record.charset}' if record.charset else ''}\r\n"
    head += f"Location: {moved(record.location)}\r\n" if record.location else ""
    block = head.encode() + b"\r\n" + body
    told = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {moved(record.url)}\r\nWARC-Date: {record.when or '2013-04-01T00:00:00Z'}\r\n"
        f"WARC-Record-ID: <urn:x:{seed}-{zlib.crc32(record.url.encode())}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n")
    return gzip.compress(told.encode() + block + b"\r\n\r\n", 1, mtime=0)


class cluster:
    """A Dask scheduler with two workers of one thread, on this machine."""

    def __enter__(self) -> str:
        from distributed import LocalCluster

        self.made = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50)
        return self.made.scheduler_address

    def __exit__(self, *_) -> None:
        self.made.close()


if __name__ == "__main__":
    sys.exit(main())
