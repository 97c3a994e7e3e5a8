"""Learns which words speak for which folder: TF-IDF and one linear machine a folder, with confidences that mean what they say.

The machines are liblinear's (Fan et al., 2008). A confidence of 0.9 is to be right nine times in ten: pages left out of the learning set the scale
of the margins and the part of what is frequent (Guo et al., « On Calibration of Modern Neural Networks », 2017; Platt, 1999).
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

FEATURES_MAX = 200_000
# Weight of a page: (mean pages of a folder / pages of its own) to this power. At 0 the news, ten times any theme, take what is doubtful.
BALANCE = 0.5
# Pages left out to set confidences: a fifth at a time, each in its turn, and only the first where there are so many that one tells enough.
FOLDS, LARGE = 5, 3000
# Passes over the pages: with 12, the real sheets are placed as well (.702) as with a thousand (.702), in three quarters of the time.
ITERATIONS = 12
_SCALES = np.geomspace(1, 30, 30)
_PRIORS = np.linspace(0, 1.5, 7)
_ABSENT = -5.0


@dataclass(frozen=True)
class Scale:
    """How margins become confidences: softmax(scale × margin + prior × log(pages of the folder)), then the best one corrected by a logistic curve."""

    scale: float = 1.0
    prior: float = 0.0
    slope: float = 1.0
    shift: float = 0.0


class FolderModel:
    """What is learned, as arrays. `folders` are the columns of `weights`, features of the vocabulary its rows."""

    def __init__(self, folders: list[str], vocabulary: list[str], weights: np.ndarray, bias: np.ndarray, rarity: np.ndarray, sizes: list[int], scale: Scale) -> None:
        self.folders = folders
        self._vocabulary = {feature: at for at, feature in enumerate(vocabulary)}
        # In rows: scipy would copy all of it at each product otherwise.
        self._weights, self._bias, self._rarity = np.ascontiguousarray(weights, np.float32), bias.astype(np.float32), rarity.astype(np.float32)
        self._squares = self._rarity ** 2
        self._sizes, self._scale = sizes, scale

    @classmethod
    def learn(cls, counts: list[Counter[str]], folders: list[str], weights: list[float], twins: list[str]) -> FolderModel:
        """Learn from the features of pages, their folders (two at least) and weights; pages with the same `twins` are never on both sides when confidences are set."""
        classes = sorted(set(folders))
        vocabulary, rarity = _vocabulary(counts)
        index = {feature: at for at, feature in enumerate(vocabulary)}
        table = _normal(_matrix(counts, index) @ _diagonal(rarity))
        targets, worth = np.searchsorted(classes, folders), np.array(weights)
        sizes = np.bincount(targets, minlength=len(classes))
        scale = _scale(table, targets, worth, sizes, twins)
        coefficients, bias = _fit(table, targets, worth, len(classes))
        # Half precision is what is kept in the file: a model that was saved must say what the first one said.
        return cls(classes, vocabulary, (coefficients * rarity[:, None]).astype(np.float16), bias, rarity, sizes.tolist(), scale)

    def probabilities(self, counts: list[Counter[str]]) -> np.ndarray:
        """Return (pages, folders): how sure each is."""
        table = _matrix(counts, self._vocabulary)
        # The rarity of a word is in the weights; what remains is to divide by the length that the page has with it.
        lengths = np.sqrt(np.asarray(table.multiply(table) @ self._squares).ravel())
        margins = np.asarray(table @ self._weights) / np.maximum(lengths, 1e-9)[:, None] + self._bias
        return _corrected(_confidences(margins, np.array(self._sizes), self._scale), self._scale)

    def telling(self, count: Counter[str], folder: int, most: int = 3) -> list[str]:
        """Return the stems of a page that speak most for a folder (its column), the strongest first."""
        column = self._weights[:, folder]
        known = [(float(column[at]) * times, stem) for stem, times in count.items()
                 if len(stem) > 3 and stem[0] != "#" and (at := self._vocabulary.get(stem)) is not None and " " not in stem]
        return [stem for worth, stem in sorted(known, key=lambda pair: (-pair[0], pair[1]))[:most] if worth > 0]

    def state(self) -> tuple[dict[str, Any], bytes]:
        """Return what `restore` takes: values ready for JSON, and the arrays."""
        scale = self._scale
        values = {"folders": self.folders, "vocabulary": list(self._vocabulary), "sizes": self._sizes, "scale": [scale.scale, scale.prior, scale.slope, scale.shift]}
        arrays = (self._weights.astype("<f2"), self._bias.astype("<f4"), self._rarity.astype("<f4"))
        return values, b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)

    @classmethod
    def restore(cls, values: dict[str, Any], data: bytes) -> FolderModel:
        """Make the model again. Raises ValueError, KeyError or TypeError when they are something else."""
        folders, vocabulary = values["folders"], values["vocabulary"]
        shape = (len(vocabulary), len(folders))
        if len(data) != 2 * shape[0] * shape[1] + 4 * (shape[0] + shape[1]) or len(values["sizes"]) != len(folders):
            raise ValueError("size")
        weights = np.frombuffer(data, "<f2", shape[0] * shape[1]).reshape(shape)
        bias = np.frombuffer(data, "<f4", shape[1], weights.nbytes)
        rarity = np.frombuffer(data, "<f4", shape[0], weights.nbytes + bias.nbytes)
        return cls(folders, vocabulary, weights, bias, rarity, values["sizes"], Scale(*values["scale"]))


def _vocabulary(counts: list[Counter[str]]) -> tuple[list[str], np.ndarray]:
    """What two pages have at least, and how rare each is."""
    documents: Counter[str] = Counter()
    for count in counts:
        documents.update(count.keys())
    kept = sorted((feature for feature, pages in documents.items() if pages > 1), key=lambda feature: (-documents[feature], feature))[:FEATURES_MAX]
    frequencies = np.array([documents[feature] for feature in kept], np.float64)
    return kept, (np.log((1 + len(counts)) / (1 + frequencies)) + 1).astype(np.float32)


def _matrix(counts: list[Counter[str]], vocabulary: dict[str, int]):
    from scipy.sparse import csr_matrix

    columns, values, ends = [], [], [0]
    known = vocabulary.get
    for count in counts:
        found = [(at, times) for feature, times in count.items() if (at := known(feature)) is not None]
        columns += [at for at, _ in found]
        values += [times for _, times in found]
        ends.append(len(columns))
    return csr_matrix((1 + np.log(np.array(values, np.float32)), np.array(columns, np.int32), np.array(ends)), (len(counts), len(vocabulary)), np.float32)


def _diagonal(values: np.ndarray):
    from scipy.sparse import diags

    return diags(values)


def _normal(table):
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (_diagonal(1 / np.maximum(lengths, 1e-9)) @ table).tocsr().astype(np.float32)


def _fit(table, targets: np.ndarray, weights: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features, classes) and bias of one machine a class; classes without a page are never chosen."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    present, counts = np.unique(targets, return_counts=True)
    balance = (len(targets) / len(present) / counts) ** BALANCE
    model = LinearSVC(C=1, dual=True, random_state=0, max_iter=ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(table, targets, sample_weight=weights * balance[np.searchsorted(present, targets)])
    coefficients, bias = np.zeros((classes, table.shape[1]), np.float32), np.full(classes, _ABSENT, np.float32)
    if len(present) == 2:
        coefficients[present], bias[present] = np.stack([-model.coef_[0], model.coef_[0]]), [-model.intercept_[0], model.intercept_[0]]
    else:
        coefficients[present], bias[present] = model.coef_, model.intercept_
    return coefficients.T, bias


def _scale(table, targets: np.ndarray, weights: np.ndarray, sizes: np.ndarray, twins: list[str]) -> Scale:
    """What makes confidences true, from pages left out of the learning with their twins: an editor does not have the translation of a page to place."""
    numbers: dict[str, int] = {}
    part = np.array([numbers.setdefault(name, len(numbers)) % FOLDS for name in twins])
    margins, truth = [np.empty((0, len(sizes)))], [np.empty(0, np.int64)]
    for fold in range(FOLDS if len(targets) < LARGE else 1):
        apart = part == fold
        if apart.any() and len(np.unique(targets[~apart])) > 1:
            coefficients, bias = _fit(table[~apart], targets[~apart], weights[~apart], len(sizes))
            apart &= np.isin(targets, np.unique(targets[~apart]))
            margins.append(table[apart] @ coefficients + bias)
            truth.append(targets[apart])
    found, right = np.concatenate(margins), np.concatenate(truth)
    if not len(right):
        return Scale()
    best = min((Scale(float(scale), float(prior)) for prior in _PRIORS for scale in _SCALES), key=lambda one: _loss(_confidences(found, sizes, one), right))
    confidences = _confidences(found, sizes, best)
    slope, shift = _logistic(_logit(confidences.max(axis=1)), confidences.argmax(axis=1) == right)
    return Scale(best.scale, best.prior, slope, shift)


def _confidences(margins: np.ndarray, sizes: np.ndarray, scale: Scale) -> np.ndarray:
    scores = margins * scale.scale + scale.prior * np.log(np.maximum(sizes, 1))
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _corrected(confidences: np.ndarray, scale: Scale) -> np.ndarray:
    """The confidence of the best of each page corrected; the others share what is left."""
    if not len(confidences):
        return confidences
    rows, best = np.arange(len(confidences)), confidences.argmax(axis=1)
    first = confidences[rows, best]
    better = 1 / (1 + np.exp(-(scale.slope * _logit(first) + scale.shift)))
    out = confidences * ((1 - better) / np.maximum(1 - first, 1e-9))[:, None]
    # The best stays the best, whatever is left to the others.
    out = np.minimum(out, better[:, None])
    out[rows, best] = better
    return out


def _loss(confidences: np.ndarray, truth: np.ndarray) -> float:
    return float(-np.log(np.maximum(confidences[np.arange(len(truth)), truth], 1e-9)).mean())


def _logit(values: np.ndarray) -> np.ndarray:
    clipped = np.clip(values, 1e-6, 1 - 1e-6)
    return np.log(clipped / (1 - clipped))


def _logistic(values: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """(slope, shift) of the curve that says how often it is right; a weak prior for (1, 0) holds it when there are few pages."""
    from scipy.optimize import minimize

    def loss(at: np.ndarray) -> float:
        margin = np.where(right, 1, -1) * (at[0] * values + at[1])
        return float(np.logaddexp(0, -margin).sum() + ((at - [1, 0]) ** 2).sum())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.05, 3), (-5, 5)]).x
    return float(slope), float(shift)
