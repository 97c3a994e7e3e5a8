"""Where a page goes in the information architecture: by rules first, then by what is already placed.

A linear classifier (support vectors, one against the rest) over words and pairs of words, without accents; how often it is right for such a
margin, which is its confidence, is measured by cross-validation on what it learned from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import numpy as np

from fleuve.slug import slugify
from migration.recipe import Rule

DEPTH = 2
"""Levels of folders that are told apart: theme and sub-theme. Below, people arrange."""
LEAST = 3
"""Pages that a folder must have to be learned; those of a smaller one count for its theme."""
FOLDS = 3
TEXT = 3000  # characters of a text that count
RULE, NAME = 0.99, 0.9
"""Confidence in a rule of the recipe, and in a breadcrumb or a path that has the very name of a folder."""
CORRECTED = 4  # times that a page which a person placed counts


@dataclass(frozen=True)
class Placed:
    """A page whose folder is known. `corrected`: a person put it there, against what was proposed."""

    path: str
    title: str
    description: str = ""
    text: str = ""
    lang: str = "fr"
    corrected: bool = False


@dataclass(frozen=True)
class Asked:
    """A page to place."""

    url: str
    title: str
    description: str = ""
    breadcrumb: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Place:
    """A folder of the content, how sure it is (0 to 1), and why (French)."""

    folder: str
    confidence: float
    why: str


def folder_of(path: str) -> str:
    """Return the folder, of at most DEPTH levels, that a document stands for: a month of news is the newsroom."""
    parts = path.split("/")[:-1][:DEPTH]
    return parts[0] if parts and parts[0] in ("nouvelles", "organismes") else "/".join(parts)


@dataclass
class Classifier:
    """Places pages. `names`: folders by the slug of their name or title."""

    folders: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    _words: object = None
    _lines: object = None
    _right: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def learn(cls, placed: Iterable[Placed]) -> Classifier:
        """Learn from what is placed; with fewer than two folders, there is nothing to tell apart and only rules place pages."""
        every = [one for one in placed if folder_of(one.path)]
        sizes = Counter(folder_of(one.path) for one in every)
        labels = [_label(folder_of(one.path), sizes) for one in every]
        found = cls(tuple(sorted(set(labels))), _names(every))
        if len(found.folders) > 1:
            found._fit([words(one.title, one.description, one.text) for one in every], np.array(labels), np.array([CORRECTED if one.corrected else 1 for one in every]))
        return found

    def _fit(self, texts: list[str], labels: np.ndarray, weights: np.ndarray) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import KFold
        from sklearn.svm import LinearSVC

        self._words = TfidfVectorizer(strip_accents="unicode", ngram_range=(1, 2), sublinear_tf=True, min_df=2 if len(texts) > 50 else 1, max_features=120_000, dtype=np.float32)
        matrix = self._words.fit_transform(texts)
        margins, right = [], []
        for kept, left in KFold(FOLDS, shuffle=True, random_state=0).split(labels) if len(labels) >= 10 * FOLDS else ():
            if len(set(labels[kept])) < 2:
                continue
            model = LinearSVC(C=0.5, random_state=0).fit(matrix[kept], labels[kept], sample_weight=weights[kept])
            scores = _scores(model, matrix[left])
            best = np.argsort(-scores, axis=1)
            margins += _margins(scores, best)
            right += (model.classes_[best[:, 0]] == labels[left]).tolist()
        self._lines = LinearSVC(C=0.5, random_state=0).fit(matrix, labels, sample_weight=weights)
        if len(set(right)) == 2:
            told = LogisticRegression().fit(np.array(margins), right)
            self._right = (float(told.intercept_[0]), *map(float, told.coef_[0]))
        else:
            self._right = (-1.0, 1.5, 3.0)  # too few pages to measure: modest

    def place(self, asked: Asked, rules: Sequence[Rule] = ()) -> tuple[Place, ...]:
        """Return the three best places of a page, the best first."""
        return self.place_all([asked], rules)[0]

    def place_all(self, asked: Sequence[Asked], rules: Sequence[Rule] = ()) -> list[tuple[Place, ...]]:
        """Return the three best places of each page."""
        learned = self._learned(asked) if self._lines is not None and asked else [()] * len(asked)
        return [_best((*self._told(one, rules), *places)) for one, places in zip(asked, learned)]

    def _told(self, asked: Asked, rules: Sequence[Rule]) -> list[Place]:
        for rule in rules:
            if _matches(rule, asked):
                return [Place(rule.to, RULE, f"règle de la recette : {rule.path or rule.breadcrumb or rule.title}")]
        for said in reversed(asked.breadcrumb):
            if folder := self.names.get(slugify(said)):
                return [Place(folder, NAME, f"fil d’Ariane : « {said} »")]
        for part in reversed([unquote(part) for part in urlsplit(asked.url).path.split("/")[1:-1]]):
            if folder := self.names.get(slugify(part)):
                return [Place(folder, NAME * 0.9, f"dossier de l’ancienne adresse : « {part} »")]
        return []

    def _learned(self, asked: Sequence[Asked]) -> list[tuple[Place, ...]]:
        matrix = self._words.transform([words(one.title, f"{one.description} {' '.join(one.breadcrumb)}", one.text) for one in asked])
        scores = _scores(self._lines, matrix)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :3]
        base, top, gap = self._right
        found = []
        for row, (first, margin) in enumerate(_margins(scores, np.argsort(-scores, axis=1, kind="stable"))):
            sure = float(1 / (1 + np.exp(-(base + top * first + gap * margin))))
            rest = np.exp(2 * scores[row][best[row][1:]])
            shares = (1 - sure) * rest / (rest.sum() + 1e-9) * 0.8
            found.append(tuple(Place(str(self._lines.classes_[number]), round(float(share), 3), "ressemble à ce qui y est déjà") for number, share in zip(best[row], (sure, *shares))))
        return found


def words(title: str, description: str, text: str) -> str:
    """Return what is read of a page: its title counts three times."""
    return f"{title} {title} {title} {description} {text[:TEXT]}"


def _label(folder: str, sizes: Counter) -> str:
    return folder if sizes[folder] >= LEAST else folder.split("/")[0]


def _names(placed: Iterable[Placed]) -> dict[str, str]:
    """Folders by the slug of their own name and of the titles of their index; a name that two folders have says nothing."""
    found: dict[str, set[str]] = {}
    for one in placed:
        parts = one.path.split("/")
        if parts[-1].split(".")[0] == "index" and 1 < len(parts) <= DEPTH + 1 and parts[0] not in ("nouvelles", "organismes"):
            for name in (parts[-2], slugify(one.title)):
                found.setdefault(name, set()).add("/".join(parts[:-1]))
    return {name: next(iter(folders)) for name, folders in sorted(found.items()) if name and len(folders) == 1}


def _matches(rule: Rule, asked: Asked) -> bool:
    path = urlsplit(asked.url).path
    return (not rule.path or path.startswith(rule.path)) and (not rule.breadcrumb or any(rule.breadcrumb.lower() in said.lower() for said in asked.breadcrumb)) and (
        not rule.title or re.search(rule.title, asked.title, re.IGNORECASE) is not None)


def _best(places: Iterable[Place]) -> tuple[Place, ...]:
    kept: dict[str, Place] = {}
    for place in places:
        if place.folder not in kept:
            kept[place.folder] = place
    return tuple(sorted(kept.values(), key=lambda place: -place.confidence)[:3])


def _scores(model: object, matrix: object) -> np.ndarray:
    scores = model.decision_function(matrix)
    return np.column_stack((-scores, scores)) if scores.ndim == 1 else scores


def _margins(scores: np.ndarray, best: np.ndarray) -> list[tuple[float, float]]:
    rows = np.arange(len(scores))
    first = scores[rows, best[:, 0]]
    return list(zip(first.tolist(), (first - scores[rows, best[:, 1]]).tolist()))
