"""What is recovered of the eight legacy sites of the tests, whose content is known: word F1 of the text, titles, dates, languages, places, decisions, redirects.

    .venv/bin/python bench/migration_legacy.py [--shown 3]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from legacy import fixture  # noqa: E402
from migration_model import f1  # noqa: E402

from migration import decision, recipe as recipes  # noqa: E402
from migration.ledger import Ledger  # noqa: E402
from migration.old_url import normal  # noqa: E402


def main(shown: int) -> None:
    """Crawl, migrate, compare, print."""
    with tempfile.TemporaryDirectory(prefix="fleuve-") as name:
        folder = Path(name)
        archives = fixture.archives(folder / "archives")
        content = folder / "contenu"
        shutil.copytree(ROOT / "contenu", content)
        fixture.write_recipes(content, archives)
        subprocess.run([sys.executable, ROOT / "build.py", "migrate", "site", "--content", content, "--work", folder / "work", "--now", "2013-04-01", "--json"], check=False, stdout=subprocess.DEVNULL)
        totals: dict[str, list[float]] = defaultdict(list)
        for site in sorted(archives):
            compare(site, content, folder / "work", totals, shown)
        print("all sites", {kind: f"{sum(some) / len(some):.4f} of {len(some)}" for kind, some in totals.items()})


def compare(site: str, content: Path, work: Path, totals: dict[str, list[float]], shown: int) -> None:
    """Print what was recovered of one site."""
    recipe = recipes.load(content / "_migration" / site / recipes.FILE)[0]
    rows = {row.old: row for row in decision.read(content / "_migration" / site / decision.FILE)[0]}
    with Ledger(work / f"{site}.db") as ledger:
        entries = {entry.key: entry for entry in ledger.pages()}
    mine: dict[str, list[float]] = defaultdict(list)
    methods: Counter[str] = Counter()
    worst = []
    for url, known in fixture.truth(site).items():
        key = normal(url, recipe)
        entry = entries.get(key)
        mine["found"].append(entry is not None)
        if entry is None:
            print("   not found:", url, key)
            continue
        data, row = entry.data, rows[key]
        methods[data["method"]] += 1
        score = f1(entry.text, known.text)
        worst.append((score, url))
        mine["F1"].append(score)
        mine["title"].append(data["title"] == known.title)
        mine["lang"].append(data["language"][:2] == known.lang)
        if known.modified:
            mine["modified"].append(data["dates"]["modified"] == known.modified)
        if known.published:
            mine["published"].append(data["dates"]["published"] == known.published)
        mine["decision"].append(row.decision == known.decision)
        if row.decision == "garder":
            mine["theme"].append(row.target.split("/")[0] == known.folder.split("/")[0])
            mine["folder"].append(row.target.rpartition("/")[0].startswith(known.folder) or known.folder.startswith(row.target.rpartition("/")[0]))
        if shown and data["title"] != known.title:
            print("   title:", url, repr(data["title"]), "≠", repr(known.title))
    for kind, some in mine.items():
        totals[kind] += some
    print(f"{site:22}", {kind: round(sum(some) / len(some), 3) for kind, some in mine.items()}, dict(methods))
    for score, url in sorted(worst)[:shown]:
        print(f"   {score:.3f} {url}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shown", type=int, default=0)
    main(options.parse_args().shown)
