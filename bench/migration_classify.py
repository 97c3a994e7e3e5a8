"""Measures how well the migration places pages, and how quickly: pages of a content folder are left out, learned from the others, and placed.

    .venv/bin/python bench/migration_classify.py
    .venv/bin/python bench/migration_classify.py --content FOLDER --under particuliers professionnels associations --theme-level 2

Twins are left out together. Pages of folders (index) are never left out: an editor writes them before anything is placed there, and in
each fold they are learned from. Neither the address nor the breadcrumb of a page is given: this measures the words alone. Times are of the processor.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from migration import placed
from migration.classify import LEVELS, PAGES_MIN, Classifier, Place, ToPlace
from migration.placed import Placed

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 5
BINS = (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0001)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    root = argparse.ArgumentParser(description="Measures the classification of the migration.")
    root.add_argument("--content", type=Path, default=ROOT / "contenu")
    root.add_argument("--under", nargs="*", default=[], help="first folders to which the measure is limited")
    root.add_argument("--without", nargs="*", default=[], help="first folders left out")
    root.add_argument("--theme-level", type=int, default=1, help="depth of what is called a theme")
    root.add_argument("--learn", type=int, default=10_000, help="pages learned for the measure of speed (repeated when there are fewer)")
    root.add_argument("--json", action="store_true")
    options = root.parse_args(arguments)
    pages = [page for page in placed.read(options.content) if _wanted(page, options)]
    figures = {"pages": len(pages), **quality(pages, options.theme_level), **speed(pages, options.learn)}
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0


def _wanted(page: Placed, options: argparse.Namespace) -> bool:
    first = page.path.split("/")[0]
    return (not options.under or first in options.under) and first not in options.without


def quality(pages: list[Placed], theme_level: int) -> dict:
    """Accuracy and reliability over FOLDS folds."""
    results = []
    for known, apart in folds(pages):
        classifier = Classifier.learn(known)
        learned = set(classifier.folders)
        places = classifier.place_all([_to_place(page) for page in apart])
        results += [(_target(page, learned), place) for page, place in zip(apart, places, strict=True)]
    theme = lambda folder: "/".join(folder.split("/")[:theme_level])  # noqa: E731
    return {
        "folders": len({folder for folder, _ in results}), "placed": len(results),
        "theme_top1": _share(results, lambda folder, places: theme(places[0].folder) == theme(folder)),
        "theme_top3": _share(results, lambda folder, places: theme(folder) in {theme(place.folder) for place in places}),
        "top1": _share(results, lambda folder, places: places[0].folder == folder),
        "top3": _share(results, lambda folder, places: folder in {place.folder for place in places}),
        "reliability": reliability(results),
    }


def folds(pages: list[Placed]) -> Iterator[tuple[list[Placed], list[Placed]]]:
    """(pages to learn, pages to place), FOLDS times; folders with too few pages to be told apart are only learned."""
    stems = sorted({_stem(page) for page in pages if not page.is_index})
    order = np.random.default_rng(0).permutation(len(stems))
    fold_of = {stem: int(place) % FOLDS for stem, place in zip(stems, order, strict=True)}
    for fold in range(FOLDS):
        apart = [page for page in pages if not page.is_index and fold_of[_stem(page)] == fold]
        yield [page for page in pages if page.is_index or fold_of[_stem(page)] != fold], apart


def _stem(page: Placed) -> str:
    folder, _, name = page.path.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}"


def _to_place(page: Placed) -> ToPlace:
    return ToPlace("", page.title, (), page.text, page.lang, page.description)


def _target(page: Placed, learned: set[str]) -> str:
    """The folder that can be found: its own, or that which stands for it when it has too few pages."""
    folder = "/".join(page.folder.split("/")[:LEVELS])
    while folder not in learned and "/" in folder:
        folder = folder.rpartition("/")[0]
    return folder


def _share(results: list[tuple[str, tuple[Place, ...]]], right: Callable[[str, tuple[Place, ...]], bool]) -> float:
    return round(sum(right(folder, places) for folder, places in results) / len(results), 4)


def reliability(results: list[tuple[str, tuple[Place, ...]]]) -> dict:
    """How often it is right, by what it says; `error` is the mean difference, weighted (expected calibration error)."""
    said = np.array([places[0].confidence for _, places in results])
    right = np.array([places[0].folder == folder for folder, places in results])
    bins, error = {}, 0.0
    for low, high in zip(BINS, BINS[1:], strict=False):
        inside = (said >= low) & (said < high)
        if inside.any():
            error += abs(said[inside].mean() - right[inside].mean()) * inside.sum() / len(said)
            bins[f"{low:g}-{min(high, 1):g}"] = {"pages": int(inside.sum()), "said": round(float(said[inside].mean()), 3), "right": round(float(right[inside].mean()), 3)}
    sure = said >= 0.9
    trusted = {"pages": round(float(sure.mean()), 3), "right": round(float(right[sure].mean()), 3) if sure.any() else None}
    return {"bins": bins, "error": round(float(error), 4), "at_least_0.9": trusted}


def speed(pages: list[Placed], count: int) -> dict:
    """Processor seconds to learn `count` pages, and pages placed in a second of it, in batches and one by one."""
    many = [pages[at % len(pages)] for at in range(count)]
    begin = time.process_time()
    classifier = Classifier.learn(many)
    learning = time.process_time() - begin
    asked = [_to_place(page) for page in many[:4000]]
    begin = time.process_time()
    for at in range(0, len(asked), 1000):
        classifier.place_all(asked[at : at + 1000])
    batch = time.process_time() - begin
    begin = time.process_time()
    for page in asked[:300]:
        classifier.place(page.url, page.title, page.breadcrumb, page.text, page.lang, (), page.description)
    single = time.process_time() - begin
    with tempfile.TemporaryDirectory() as folder:
        classifier.save(Path(folder, "classement"))
        size = Path(folder, "classement").stat().st_size
    return {"learned": count, "learning_s": round(learning, 2), "folders_learned": len(classifier.folders), "placed_per_s": round(len(asked) / batch),
            "placed_per_s_one_by_one": round(min(300, len(asked)) / single), "file_mb": round(size / 1e6, 1), "pages_min": PAGES_MIN}


if __name__ == "__main__":
    sys.exit(main())
