"""Writes bench/search.md from the results of the last runs of the search's benchmark."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import report
from queries import KINDS
from relevance import VARIANTS

# Milliseconds and bytes of the issue that asked for the search; the rest of the targets are differences.
LIMITS = {"bytes": 120_000, "milliseconds": 150, "key": 50, "build": 60, "memory": 1.5e9, "edit": 1, "mrr": 0.10, "success": 0.9, "loss": 0.05, "faster": 5, "memory share": 0.2}
LABELS = {"query": "as written", "plain": "without accents", "typo": "one typing error", "plain_typo": "both"}

HEAD = """# Benchmark of the search

    .venv/bin/python bench/search.py                                  # everything: about two hours on two idle cores, 30 GB of disk
    .venv/bin/python bench/search.py --quick                          # 1,000 pages, Pagefind only: a few minutes; figures go to .bench/quick/
    .venv/bin/python bench/search.py --parts relevance                # also: cost, browser
    .venv/bin/python bench/search.py --sizes 10000 --peers pagefind --parts cost,browser

This file is written by that command from `bench/results/search-*.json`. The relevance needs the real corpus: `make reel`, which converts 7,591 sheets of a
real government site; the browser needs nginx and Chromium. How time and memory are measured, and how engines take turns: bench/README.md.

## What is measured

- **Same pages for all**: the site is built once by Fleuve; each search is given its French pages that come from a Markdown file. Pagefind gets the HTML, the `<article>` of
  each page marked `data-pagefind-body`, as its guide advises (to mark the title, the lead and the text only was tried on the queries for tuning, and answers worse: MRR@10 of 0.562 and
  not 0.625, for it loses the numbers of forms); its ranking is its own default. MkDocs gets the same parts: the index is made by the class of its own plugin, without the rest of MkDocs (`lang: fr`), and
  queries are answered by its own worker, run in Node; sections of one page count once, where the first of them stands.
- **Relevance**: {queries}. MRR@10 is the mean of 1/rank of the first right page, 0 beyond the tenth; success@10 is the share of the queries that have a right page in the first
  ten. How queries are made, what is left out, and which of their words stand in the pages: `bench/queries.py`. Only the half « reported » counts; settings are tuned on the other half.
- **Cost of the index**: of the peers, the whole process, pages already written. Of Fleuve, whose index is made within the build, the difference between two builds, with and without
  `recherche: false`, in turns. « Edit »: a paragraph is added to one page and the site built again; the page must then be found by a word of that paragraph.
- **Browser**: Chromium with an empty cache and an engine that is not loaded, nginx on the loopback with gzip, HTTP/1.1; {browser}. Bytes are those that the server sent,
  headers included, from nothing to the first results; the page around the search is not counted for either. **Typed, a question after the page’s own pause**: the engine comes while the words are typed, the question when no key has been pressed for as long
  as the page waits (Fleuve 110 ms, Pagefind’s own page 300 ms), which is counted; time from the last letter to the results. **A question at each letter**: ten letters a second, without any pause. **At once**: from the start of the engine to the results of the whole query, as when a shared address is opened. **While
  typing, warm**: each letter of all queries but the first in one tab, one question after the other. Results are the first ten of Fleuve (one answer of its worker) and the first five of Pagefind (its own page of results).
- **100,000 pages** are for Fleuve alone.{alone}
"""


def write(results: Path, target: Path) -> None:
    """Write the report from the JSON files of a folder."""
    sizes = sorted((json.loads(path.read_text("utf-8")) for path in results.glob("search-[0-9]*.json")), key=lambda data: data["size"])
    file = results / "search-real.json"
    real = json.loads(file.read_text("utf-8")) if file.exists() else None
    count = next((len(browsed["typed"]) for data in sizes for browsed in data["browser"].values()), 0)
    told = ", ".join(f"{found['count']:,} queries for {half}" for half, found in real["queries"].items()) if real else "queries made of the sheets of the real corpus"
    head = HEAD.format(queries=told.replace("for reported", "reported"), browser=f"{count} queries of two words, each pair of one title, drawn with a seed" if count else "queries of two words of a title", alone=alone(sizes))
    parts = [head, targets(real, {data["size"]: data for data in sizes})]
    parts += [relevance(real)] if real else []
    parts += [section(data) for data in sizes]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(parts), encoding="utf-8")


def alone(sizes: list[dict]) -> str:
    """Say what the peers needed for the largest corpus that they were given."""
    peers = [(data["size"], data["titles"][row["engine"]], report.median(row, "peak") / 1e9) for data in sizes for row in data["results"]
             if not row["engine"].startswith("fleuve") and row["measures"]]
    largest = max((size for size, _, _ in peers), default=0)
    told = [f"{title} takes {peak:.1f} GB for {size:,} pages, of which ten times as much is {10 * peak:.0f} GB" for size, title, peak in peers if size == largest == 10_000]
    return f" {'; '.join(told)}." if told else ""


# -------------------------------------------------------------------- relevance

def relevance(data: dict) -> str:
    """Return the tables of the real corpus."""
    lines = [f"## Relevance: real corpus, {data['documents']:,} Markdown files", "", report.context(data), ""]
    if data["sampled"]:
        lines += ["**A sample of the queries only: these figures are not those to be reported.**", ""]
    for half in ("reported", "tuning"):
        lines += [f"### {half.capitalize()}: {data['queries'][half]['count']:,} queries", "", "| search | variant | MRR@10 | success@10 | success@1 |", "| --- | --- | ---: | ---: | ---: |"]
        for name, halves in data["relevance"].items():
            label = data["titles"][name]
            for variant in (variant for variant in VARIANTS if variant in halves[half]):
                score = halves[half][variant]["all"]
                lines.append(f"| {label} | {LABELS[variant]} | {score['mrr']:.3f} | {score['success']:.3f} | {score['first']:.3f} |")
                label = ""
        lines += ["", *by_kind(data, half), ""]
    lines += ["### Where the words of the reported queries stand", "", data["queries"]["reported"]["table"], "", *index_table(data), "", "Commands:", "", *report.commands(data), ""]
    return "\n".join(lines)


def by_kind(data: dict, half: str) -> list[str]:
    """Return MRR@10 and success@10 of the queries as they are written, by kind."""
    names = list(data["relevance"])
    lines = ["| kind | queries | " + " | ".join(f"{data['titles'][name]}, MRR@10 | success@10" for name in names) + " |", "| --- | ---: |" + " ---: | ---: |" * len(names)]
    for kind in KINDS:
        scores = [data["relevance"][name][half]["query"].get(kind) for name in names]
        if all(scores):
            lines.append(f"| `{kind}` | {scores[0]['queries']} | " + " | ".join(f"{score['mrr']:.3f} | {score['success']:.3f}" for score in scores) + " |")
    return lines


# -------------------------------------------------------------------- generated pages

def section(data: dict) -> str:
    """Return the tables of one size."""
    lines = [f"## {data['size']:,} generated pages", "", report.context(data), "", *index_table(data), "", *browser(data), "Commands:", "", *report.commands(data), ""]
    return "\n".join(lines)


def index_table(data: dict) -> list[str]:
    """Return what each index costs, and its size."""
    lines = ["| what | search | wall | processor | peak memory | runs | index, files | index, bytes | loaded before the first query, compressed |", "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for row in data["results"]:
        if row["failure"] or not row["measures"]:
            lines.append(f"| {row['scenario']} | {data['titles'][row['engine']]} | failed | | | | | | |")
            continue
        size = data["index_sizes"].get(row["engine"], {}) if row["scenario"] in ("cold", "build") else {}
        loaded = f"{size['loaded'] / 1e6:,.1f} MB" + ("" if size["readable"] else ", more than a browser can read") if "loaded" in size else ""
        lines.append(f"| {row['scenario']} | {data['titles'][row['engine']]} | {report.median(row, 'wall'):.2f} s | {report.median(row, 'cpu'):.2f} s | {report.median(row, 'peak') / 2**20:,.0f} MiB | {len(row['measures'])} | "
                     + (f"{size['files']:,} | {size['bytes'] / 1e6:,.1f} MB | " if size else "| | ") + f"{loaded} |")
    for scenario in ("cold", "edit"):
        if cost := index_cost(data, scenario):
            lines.append(f"| {scenario} | **Fleuve, its index alone** (difference) | {cost['wall']:.2f} s | {cost['cpu']:.2f} s | {cost['peak'] / 2**20:,.0f} MiB | | | | |")
    return lines


def index_cost(data: dict, scenario: str) -> dict | None:
    """Return the difference that the search makes to a build: seconds, seconds of processor, bytes of peak memory."""
    rows = {row["engine"]: row for row in data["results"] if row["scenario"] == scenario and row["measures"] and not row["failure"]}
    if not {"fleuve", "fleuve-without"} <= set(rows):
        return None
    return {key: report.median(rows["fleuve"], key) - report.median(rows["fleuve-without"], key) for key in ("wall", "cpu", "peak")}


def browser(data: dict) -> list[str]:
    """Return what browsers received and how long they took."""
    if not data["browser"]:
        return []
    lines = ["| search | empty cache | median | 95th percentile | bytes, median | largest | requests, median | without result |", "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, browsed in data["browser"].items():
        label = data["titles"][name]
        for key, told in (("paused", "typed, a question after the page’s own pause"), ("typed", "typed, a question at each letter"), ("once", "at once, engine included")):
            found = browsed.get(key)
            if not found:  # a run of before there was this way to ask
                continue
            times, sizes = [one["milliseconds"] for one in found], [one["bytes"] for one in found]
            lines.append(f"| {label} | {told} | {statistics.median(times):.0f} ms | {late(times):.0f} ms | {statistics.median(sizes) / 1000:,.1f} kB | {max(sizes) / 1000:,.1f} kB | "
                         f"{statistics.median(one['requests'] for one in found):.0f} | {sum(not one['found'] for one in found)} of {len(found)} |")
            label = ""
        lines.append(f"| | while typing, warm | {statistics.median(browsed['keys']):.0f} ms | {late(browsed['keys']):.0f} ms | | | | {len(browsed['keys']):,} letters |")
    return [*lines, ""]


def late(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


# -------------------------------------------------------------------- targets

def targets(real: dict | None, sizes: dict[int, dict]) -> str:
    """Return the targets that these results can answer, each with its figure."""
    lines = ["## Targets", "", "| target | figure | met |", "| --- | ---: | --- |"]
    for label, figure, form, met in [*_relevance_targets(real), *_cost_targets(sizes), *_browser_targets(sizes)]:
        lines.append(f"| {label} | {form.format(figure)} | {'yes' if met else '**no**'} |")
    return "\n".join([*lines, ""]) if len(lines) > 4 else "## Targets\n\nNo result yet of Fleuve’s own search.\n"


def _relevance_targets(data: dict | None):
    if not data or "fleuve" not in data["relevance"] or data["sampled"]:
        return
    scores = {name: halves["reported"] for name, halves in data["relevance"].items()}
    ours = scores["fleuve"]
    for name in scores:
        if name != "fleuve":
            ahead = ours["query"]["all"]["mrr"] - scores[name]["query"]["all"]["mrr"]
            yield f"MRR@10: at least {LIMITS['mrr']:.2f} above {data['titles'][name]}", ahead, "{:+.3f}", ahead >= LIMITS["mrr"]
    yield f"success@10: at least {LIMITS['success']}", ours["query"]["all"]["success"], "{:.3f}", ours["query"]["all"]["success"] >= LIMITS["success"]
    for variant in VARIANTS[1:]:
        for key, label in (("mrr", "MRR@10"), ("success", "success@10")):
            loss = ours["query"]["all"][key] - ours[variant]["all"][key]
            yield f"{label}, {LABELS[variant]}: at most {LIMITS['loss']} lower", loss, "{:.3f}", loss <= LIMITS["loss"]


def _cost_targets(sizes: dict[int, dict]):
    data = sizes.get(10_000)
    cost, peer = data and index_cost(data, "cold"), data and next((row for row in data["results"] if row["engine"] == "pagefind" and row["measures"]), None)
    if cost and peer:
        faster, share = report.median(peer, "wall") / max(cost["wall"], 1e-3), max(cost["peak"], 0) / report.median(peer, "peak")
        yield f"10,000 pages: index at least {LIMITS['faster']} times faster than Pagefind", faster, "{:.1f} times", faster >= LIMITS["faster"]
        yield "10,000 pages: at most a fifth of its memory (what the index adds to the build)", share, "{:.2f}", share <= LIMITS["memory share"]
    data = sizes.get(100_000)
    if data and (cost := index_cost(data, "cold")):
        whole = next(report.median(row, "peak") for row in data["results"] if row["engine"] == "fleuve" and row["scenario"] == "cold")
        yield f"100,000 pages: index under {LIMITS['build']} s", cost["wall"], "{:.1f} s", cost["wall"] < LIMITS["build"]
        yield "100,000 pages: whole build under 1.5 GB", whole / 1e9, "{:.2f} GB", whole < LIMITS["memory"]
    if data and (cost := index_cost(data, "edit")):
        yield f"100,000 pages, one changed: under {LIMITS['edit']} s more", cost["wall"], "{:.2f} s", cost["wall"] < LIMITS["edit"]


def _browser_targets(sizes: dict[int, dict]):
    browsed = sizes.get(100_000, {}).get("browser", {}).get("fleuve")
    if not browsed:
        return
    most, late_time, key = max(one["bytes"] for one in browsed["paused"]), late([one["milliseconds"] for one in browsed["paused"]]), late(browsed["keys"])
    yield "100,000 pages, empty cache, typed: at most 120 kB (the largest query)", most / 1000, "{:.1f} kB", most <= LIMITS["bytes"]
    yield "the same: within 150 ms of the last letter (95th percentile)", late_time, "{:.0f} ms", late_time <= LIMITS["milliseconds"]
    yield "100,000 pages, while typing, warm: under 50 ms (95th percentile)", key, "{:.0f} ms", key < LIMITS["key"]
