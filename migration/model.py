"""Which blocks of a page are its main content: trees learned from pages whose content is known (bench/migration_model.py)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from migration.passage import NAMES

FILE = Path(__file__).with_name("content_model.json")


@lru_cache(1)
def _trees() -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Columns and borders that the trees ask, a row a level; the leaves of each tree; scale and bias."""
    told = json.loads(FILE.read_text("utf-8"))
    if tuple(told["names"]) != NAMES:
        raise RuntimeError(f"{FILE.name} was learned from other columns than those of passage.py: train it again (bench/migration_model.py).")
    columns, borders, leaves = (np.array([tree[at] for tree in told["trees"]], kind) for at, kind in ((0, np.int64), (1, np.float32), (2, np.float32)))
    return columns.T.copy(), borders.T.copy(), leaves, told["scale"], told["bias"]


def sure(table: np.ndarray) -> np.ndarray:
    """Return how sure it is that each block is content, from 0 to 1. Takes the table of its blocks (`migration.passage`)."""
    columns, borders, leaves, scale, bias = _trees()
    if not len(table):
        return np.zeros(0)
    asked = np.ascontiguousarray(table.T)  # what a tree asks lies together
    reached = np.zeros((len(leaves), len(table)), np.uint8)
    for level, (some, border) in enumerate(zip(columns, borders)):
        reached |= (asked.take(some, axis=0) > border[:, None]).view(np.uint8) << np.uint8(level)
    first = np.arange(0, leaves.size, leaves.shape[1])[:, None]
    return 1 / (1 + np.exp(-(scale * leaves.take(first + reached).sum(axis=0) + bias)))


def chosen(sure: np.ndarray, words: np.ndarray) -> tuple[np.ndarray, float]:
    """Return which blocks make the best content, and the word F1 that is to be expected of it.

    Takes how sure each block is, and its words. Of the blocks from the surest down, those for which 2·TP / (chosen + true) is the most, where true
    words are those to be expected: the F1 that extraction is measured by.
    """
    if not len(sure):
        return np.zeros(0, bool), 0.0
    order = np.argsort(-sure, kind="stable")
    right, some = np.cumsum(sure[order] * words[order]), np.cumsum(words[order])
    expected = 2 * right / (some + (sure * words).sum() + 1e-9)
    best = int(np.argmax(expected))
    kept = np.zeros(len(sure), bool)
    kept[order[: best + 1]] = True
    return kept, float(expected[best])
