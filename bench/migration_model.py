"""Trains the model by which main content is told from what surrounds it (migration/model.py), and says how good it is on pages that it has not seen.

    pip install catboost==1.2.10            # in an environment of its own: only the training needs it
    .venv/bin/python bench/migration_model.py --blocks blocks.pickle --data FOLDER     # wcxb-dev-subset, unpacked
    ENVIRONMENT/bin/python bench/migration_model.py --train blocks.pickle --out migration/content_model.json

Labels: a block is content when half of its runs of four words stand in the true content. A block weighs the square root of its words, a page always
the same. Trees are oblivious (CatBoost), so that numpy reads all of them at once.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

_WORD = re.compile(r"\w+")
TREES, DEPTH, RATE = 300, 4, 0.06


def f1(said: str, true: str) -> float:
    """Word F1, as the benchmark has it (WCXB, evaluate.py)."""
    said, true = Counter(_WORD.findall(said.lower())), Counter(_WORD.findall(true.lower()))
    if not said or not true:
        return float(not said and not true)
    both = sum((said & true).values())
    precision, recall = both / sum(said.values()), both / sum(true.values())
    return 2 * precision * recall / (precision + recall) if both else 0.0


def labels(texts: list[str], true: str) -> np.ndarray:
    """The part of the runs of words of each block that stands in the true content."""
    words = _WORD.findall(true.lower())
    runs = {size: set(zip(*(words[at:] for at in range(size)))) for size in (1, 2, 3, 4)}
    found = []
    for text in texts:
        own = _WORD.findall(text.lower())
        size = min(4, len(own))
        mine = list(zip(*(own[at:] for at in range(size))))
        found.append(sum(run in runs[size] for run in mine) / len(mine))
    return np.array(found)


def write_blocks(data: Path, out: Path) -> None:
    """Cut all pages into blocks, and keep them with the truth."""
    import turbohtml

    from migration import passage
    from migration.encoding import decode

    pages = []
    for line in (data / "ids.tsv").read_text("utf-8").splitlines():
        name, kind, gov, _ = line.split("\t")
        true = json.loads((data / f"ground-truth/{name}.json").read_text("utf-8"))["ground_truth"]["main_content"] or ""
        body = turbohtml.parse(decode(gzip.decompress((data / f"html/{name}.html.gz").read_bytes()), "")[0]).select_one("body")
        found = passage.read(body) if body is not None else passage.Blocks()
        texts = [one.text for one in found.blocks]
        pages.append({"name": name, "names": list(passage.NAMES), "kind": kind, "gov": gov == "gov", "true": true, "texts": texts, "table": found.table, "labels": labels(texts, true), "words": np.array([one.words for one in found.blocks], float)})
    out.write_bytes(pickle.dumps(pages))


def fitted(pages: list[dict]):
    """Train on some pages."""
    from catboost import CatBoostClassifier

    some = [page for page in pages if len(page["texts"])]
    weights = np.concatenate([np.sqrt(page["words"]) / np.sqrt(page["words"]).sum() * 100 for page in some])
    model = CatBoostClassifier(iterations=TREES, depth=DEPTH, learning_rate=RATE, l2_leaf_reg=5, rsm=0.3, random_seed=0, verbose=False, allow_writing_files=False)
    return model.fit(np.vstack([page["table"] for page in some]), np.concatenate([page["labels"] for page in some]) >= 0.5, sample_weight=weights)


def chosen(sure: np.ndarray, words: np.ndarray) -> np.ndarray:
    """As migration/model.py chooses."""
    order = np.argsort(-sure, kind="stable")
    right, some = np.cumsum(sure[order] * words[order]), np.cumsum(words[order])
    kept = np.zeros(len(sure), bool)
    kept[order[: np.argmax(2 * right / (some + (sure * words).sum() + 1e-9)) + 1]] = True
    return kept


def validate(pages: list[dict], seed: int) -> None:
    """Five folds by page: each page is asked of a model that has not seen it."""
    folds = np.random.RandomState(seed).permutation(len(pages)) % 5
    scores = np.zeros(len(pages))
    for fold in range(5):
        model = fitted([page for page, its in zip(pages, folds) if its != fold])
        for at in np.flatnonzero(folds == fold):
            page = pages[at]
            kept = chosen(model.predict_proba(page["table"])[:, 1], page["words"]) if len(page["texts"]) else []
            scores[at] = f1("\n".join(text for text, keep in zip(page["texts"], kept) if keep), page["true"])
    for name, some in [("all", np.ones(len(pages), bool)), ("government", np.array([page["gov"] for page in pages])), *((kind, np.array([page["kind"] == kind for page in pages])) for kind in sorted({page["kind"] for page in pages}))]:
        print(f"seed {seed}: {name:14} {some.sum():4} pages, F1 {scores[some].mean():.4f}")


def export(model, names: list[str], out: Path) -> None:
    """Write the trees as numbers: for each tree its columns and borders, then its leaves."""
    file = out.with_suffix(".catboost.json")
    model.save_model(str(file), format="json")
    told = json.loads(file.read_text())
    file.unlink()
    indexes = [feature["flat_feature_index"] for feature in told["features_info"]["float_features"]]
    trees = [[[indexes[split["float_feature_index"]] for split in tree["splits"]], [round(split["border"], 6) for split in tree["splits"]], [round(value, 5) for value in tree["leaf_values"]]]
             for tree in told["oblivious_trees"] if len(tree["splits"]) == DEPTH]
    scale, bias = told["scale_and_bias"]
    out.write_text(json.dumps({"names": names, "scale": scale, "bias": bias[0] if isinstance(bias, list) else bias, "trees": trees}, separators=(",", ":")).replace("],[[", "],\n[[") + "\n")
    print(len(trees), "trees of", len(told["oblivious_trees"]))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--blocks", type=Path)
    options.add_argument("--data", type=Path)
    options.add_argument("--train", type=Path)
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    if given.blocks:
        write_blocks(given.data, given.blocks)
    if given.train:
        every = pickle.loads(given.train.read_bytes())
        for number in (0, 1):
            validate(every, number)
        if given.out:
            export(fitted(every), every[0]["names"], given.out)
