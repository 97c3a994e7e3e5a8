"""Benchmark of the redirects: the real lists of GOV.UK's transition are loaded, checked and written, and real servers are asked for every address.

    .venv/bin/python bench/migration_redirects.py                # about a minute; figures go to bench/results/migration-redirects.json
    .venv/bin/python bench/migration_redirects.py --apache 20000 # so many addresses, by chance but always the same, are asked of an Apache too

Time is processor time of one process, input and output included. The expected answer is taken from the line of the list itself; those that the
checks refused, or sent on to where a chain ends, are counted apart and named with --named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH.parent), str(BENCH.parent / "tests")]

import machine  # noqa: E402
import old_servers  # noqa: E402
from test_transition_data import DATA, NEW  # noqa: E402
from transition_questions import asked, same  # noqa: E402

from fleuve.redirect import Own  # noqa: E402
from migration import answers, decision, old_url, redirects, server_files  # noqa: E402
from migration.redirects import OldSite, Plan, plan  # noqa: E402
from migration.transition import load  # noqa: E402

RESULTS = BENCH / "results/migration-redirects.json"
LIMIT = 10.0  # Seconds of processor to load, validate and write.
NORMAL_MIN = 100_000  # Addresses a second.


def main() -> int:
    """Run everything and print the report; 1 if a target is missed or an answer is wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--apache", type=int, default=0, metavar="N", help="also ask N addresses of an Apache")
    options.add_argument("--named", action="store_true", help="name each line that is refused")
    said = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), said.apache, said.named)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(report(results))
    return 0 if results["seconds"]["total"] < LIMIT and not any(server["wrong"] for server in results["servers"]) else 1


def measure(folder: Path, apache: int, named: bool) -> dict[str, Any]:
    """Load, check, write and ask; return the figures."""
    folder.chmod(0o755)
    port = old_servers.free_port()
    out = folder / "out"
    seconds: dict[str, float] = {}
    sites, read = timed(seconds, "load", lambda: load(DATA))
    made = timed(seconds, "validate", lambda: plan(sites, Own.of(NEW)))
    files = timed(seconds, "write server files", lambda: server_files.write(out, sites, made, NEW, server_files.Place(str(out), f"127.0.0.1:{port}")))
    timed(seconds, "write content", lambda: redirects.write(folder / "contenu", sites, made))
    seconds["total"] = round(sum(seconds.values()), 3)
    others: dict[str, float] = {}
    data = timed(others, "write decisions", lambda: [decision.dump(site.decisions) for site in sites])
    timed(others, "read decisions", lambda: [decision.parse(one, "d.csv") for one in data])
    urls = [(f"http://{row.old}", site.recipe) for site in sites for row in site.decisions]
    timed(others, "normal", lambda: [old_url.normal(url, recipe) for url, recipe in urls])
    problems = read + made.problems
    if named:
        print(*[problem for problem in problems if problem.is_error], sep="\n")
    servers = [ask(folder, port, sites, made)] if old_servers.NGINX else []
    if apache and old_servers.APACHE and old_servers.APACHE_MODULES:
        server_files.write(out, sites, made, NEW, server_files.Place(str(out), str(port)))
        servers.append(ask(folder, port, sites, made, apache))
    return {
        "date": date.today().isoformat(), "machine": machine.describe(), "commit": commit(),
        "sites": len(sites), "decisions": len(urls), "lines": sum(row.file.startswith("mappings/") for site in sites for row in site.decisions),
        "rows": sum(map(len, made.rows.values())), "refused or said twice": made.refused, "files": files,
        "bytes": sum(file.stat().st_size for file in out.rglob("*") if file.is_file()),
        "problems": {f"{severity} {code}": count for (severity, code), count in sorted(Counter((one.severity, one.code) for one in problems).items())},
        "seconds": seconds, "of which kernel": SYSTEM, "others": others, "normal a second": round(len(urls) / others["normal"]), "servers": servers,
    }


SYSTEM: dict[str, float] = {}
"""Of each step, the seconds that the kernel took: to make files, which another disk does faster or slower."""


def timed(seconds: dict[str, float], name: str, what: Callable[[], Any]) -> Any:
    """Call, and note the processor time it took."""
    start, before = time.process_time(), os.times().system
    result = what()
    seconds[name] = round(time.process_time() - start, 3)
    SYSTEM[name] = round(os.times().system - before, 2)
    return result


def ask(folder: Path, port: int, sites: list[OldSite], made: Plan, sample: int = 0) -> dict[str, Any]:
    """Start a server, ask for every address (or a sample, of Apache), and count the answers."""
    questions = list(asked(sites, made))
    kind = "apache" if sample else "nginx"
    if sample:
        questions = random.Random(6).sample(questions, min(sample, len(questions)))
    place = folder / kind
    place.mkdir()
    place.chmod(0o755)
    start = time.perf_counter()
    with getattr(old_servers, kind)(folder / "out", place, port):
        started = time.perf_counter()
        other = list(answers.differences(("127.0.0.1", port), questions))
        ended = time.perf_counter()
    wrong = [str(one) for one in other if not same(one)]
    return {
        "server": kind, "asked": len(questions), "right": len(questions) - len(wrong), "wrong": len(wrong),
        "written otherwise": len(other) - len(wrong), "examples": wrong[:20],
        "statuses": dict(sorted(Counter(str(one.status) for one in questions).items())), "start": round(started - start, 2), "seconds": round(ended - started, 2),
    }


def commit() -> str:
    """The commit that is measured."""
    return subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=BENCH.parent, check=False).stdout.strip()


def report(results: dict[str, Any]) -> str:
    """The figures, as Markdown."""
    seconds, others = results["seconds"], results["others"]
    kernel = results["of which kernel"]
    whole = sum(kernel.get(step, 0) for step in seconds)
    met = lambda good: "yes" if good else "no"  # noqa: E731
    lines = [
        f"{results['date']}. {results['machine']['processor']}, {results['machine']['cores']} cores. Commit {results['commit']}.", "",
        f"{results['lines']:,} lines of {results['sites']} sites, and {results['decisions'] - results['lines']} rules for whole sites → {results['rows']:,} rows, "
        f"{results['files']:,} files, {results['bytes'] / 1e6:.0f} MB.", "",
        "| target | figure | met |", "| --- | ---: | --- |",
        f"| load, validate, write: < {LIMIT:g} s of processor | {seconds['total']:.2f} s | {met(seconds['total'] < LIMIT)} |",
        f"| canonical forms a second: ≥ {NORMAL_MIN:,} | {results['normal a second']:,} | {met(results['normal a second'] >= NORMAL_MIN)} |",
        *[f"| {one['server']} answers as decided: all of {one['asked']:,} | {one['right']:,} in {one['seconds']:g} s | {met(not one['wrong'])} |"
          for one in results["servers"]], "",
        "| step | seconds of processor | of which kernel |", "| --- | ---: | ---: |",
        *[f"| {name} | {value:.2f} | {kernel.get(name, whole):.2f} |" for name, value in (seconds | others).items()], "",
        "| told | times |", "| --- | ---: |", *[f"| {name} | {count:,} |" for name, count in results["problems"].items()],
    ]
    return "\n".join(lines + [""] + [example for one in results["servers"] for example in one["examples"]]).rstrip()


if __name__ == "__main__":
    sys.exit(main())
