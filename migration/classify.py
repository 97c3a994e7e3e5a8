"""Where a page goes in the information architecture: rules first, then what is learned from pages that have their place.

Of several reasons the first wins: a rule of the recipe, a human who placed the page or its neighbours, a name that the breadcrumb or the old path
gives, the words of the page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson

from fleuve.slug import slugify
from migration import folder_name, page_words
from migration.folder_model import FolderModel
from migration.folder_name import FolderNames
from migration.placed import Placed
from migration.recipe import Rule

PLACES = 3
# A folder with fewer pages teaches too little: they teach its parent.
PAGES_MIN = 3
LEVELS = 3
FORMAT = "fleuve-classement-1"
# By rule of a recipe; by a human. A rule may be too wide, a human is asked last.
RULE, HUMAN = 0.98, 1.0
# Words alone are never certain.
LEARNED_MAX = 0.97
# This many corrections of one old folder that all agree tell where the rest of it goes.
SAME_FOLDER = 3
_WORD = re.compile(r"\w+")
_HOST_AND_PATH = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of the content, how sure it is (0 to 1), and why, in French."""

    folder: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class ToPlace:
    """A page to place. `breadcrumb` is that of the old site, from its home page down; `text` the plain text of its main content."""

    url: str
    title: str
    breadcrumb: tuple[str, ...] = ()
    text: str = ""
    lang: str = "fr"
    description: str = ""


class Classifier:
    """What is learned. Made by `learn` or `load`; the same pages in any order give the same one."""

    def __init__(self, model: FolderModel, names: FolderNames, humans: dict[str, str]) -> None:
        self._model, self._names, self._humans = model, names, humans
        self._directories = _agreed(humans)

    @property
    def folders(self) -> list[str]:
        """The folders that are told apart, sorted."""
        return self._model.folders

    @classmethod
    def learn(cls, placed: Iterable[Placed], levels: int = LEVELS) -> Classifier:
        """Learn from pages that have their place; `levels` bounds how deep folders are told apart.

        Raises ValueError, in French, when there are not two folders to choose from.
        """
        pages = sorted(placed, key=lambda page: (page.path, page.url, page.title, page.description, page.text))
        folders = _folders(pages, levels)
        if len(set(folders)) < 2:
            raise ValueError("Le contenu n’a pas deux dossiers entre lesquels choisir\u00a0: placez d’abord quelques pages dans chacun des thèmes.")
        counts = [page_words.counted(page.title, page.description, page.text) for page in pages]
        model = FolderModel.learn(counts, folders, [page.weight for page in pages], [_twins(page) for page in pages])
        return cls(model, FolderNames.of(pages), {_address(page.url): page.folder for page in pages if page.url and page.weight > 1})

    # Placing.

    def place(self, url: str, title: str, breadcrumb: Sequence[str] = (), text: str = "", lang: str = "fr", rules: Sequence[Rule] = (),
              description: str = "") -> tuple[Place, ...]:
        """Return the best places of a page, the best first, at most PLACES."""
        return self.place_all([ToPlace(url, title, tuple(breadcrumb), text, lang, description)], rules)[0]

    def place_all(self, pages: Sequence[ToPlace], rules: Sequence[Rule] = ()) -> list[tuple[Place, ...]]:
        """Return the same for many pages of one site, several times faster than one by one. Give some thousands at a time: memory is by page."""
        counts = [page_words.counted(page.title, page.description, page.text) for page in pages]
        probabilities = self._model.probabilities(counts)
        return [self._places(page, count, row, rules) for page, count, row in zip(pages, counts, probabilities, strict=True)]

    def _places(self, page: ToPlace, count: Counter[str], row: np.ndarray, rules: Sequence[Rule]) -> tuple[Place, ...]:
        best = np.argsort(-row, kind="stable")[:PLACES]
        learned = {self.folders[at]: min(float(row[at]), LEARNED_MAX) for at in best}
        first = self._ruled(page, rules) or self._corrected(page) or self._named(page, row)
        places = [first] if first else []
        for at, (folder, confidence) in zip(best, learned.items(), strict=True):
            if len(places) < PLACES and all(place.folder != folder for place in places):
                why = "second choix" if places else self._resemblance(page, count, at)
                left = min(confidence, 1 - first.confidence) if first else confidence
                places.append(Place(folder, round(left, 3), why))
        return tuple(sorted(places, key=lambda place: -place.confidence))

    def _ruled(self, page: ToPlace, rules: Sequence[Rule]) -> Place | None:
        path = "/" + _address(page.url).partition("/")[2]
        pieces = {slugify(piece) for piece in page.breadcrumb}
        for rule in rules:
            whys = []
            if rule.path:
                whys.append(f"l’ancien chemin commence par « {rule.path} »" if path.startswith("/" + rule.path.lstrip("/")) else "")
            if rule.breadcrumb:
                whys.append(f"le fil d’Ariane contient « {rule.breadcrumb} »" if slugify(rule.breadcrumb) in pieces else "")
            if rule.title:
                whys.append(f"le titre correspond à « {rule.title} »" if re.search(rule.title, page.title[:500]) else "")
            if whys and all(whys):
                return Place(rule.to.strip("/"), RULE, "règle de la recette\u00a0: " + " et ".join(whys))
        return None

    def _corrected(self, page: ToPlace) -> Place | None:
        address = _address(page.url)
        if folder := self._humans.get(address):
            return Place(folder, HUMAN, "placée ici par une personne")
        directory = address.rsplit("/", 1)[0]
        if directory in self._directories:
            folder, times = self._directories[directory]
            return Place(folder, round(1 - 1 / (times + 2), 3), f"{times} pages du même ancien dossier ont été placées ici par une personne")
        return None

    def _named(self, page: ToPlace, row: np.ndarray) -> Place | None:
        found = self._names.find(page.breadcrumb, _address(page.url).partition("/")[2])
        if not found:
            return None
        odds = {folder: float(sum(row[at] for at, known in enumerate(self.folders) if (known + "/").startswith(folder + "/"))) for folder in found.folders}
        folder = max(found.folders, key=lambda one: (odds[one], one))
        if len(found.folders) > 1 and odds[folder] < folder_name.DOUBT:
            return None  # « publications » names a folder of many themes: the words of the page do not say which
        inside = max((at for at, known in enumerate(self.folders) if (known + "/").startswith(folder + "/")), key=lambda at: row[at], default=None)
        confidence = 1 - (1 - found.confidence) * (1 - odds[folder])
        if inside is not None and self.folders[inside] != folder and row[inside] > odds[folder] / 2:
            return Place(self.folders[inside], round(confidence * float(row[inside]) / odds[folder], 3), f"{found.why}, et ressemble aux pages de ce sous-dossier")
        return Place(folder, round(confidence, 3), found.why)

    def _resemblance(self, page: ToPlace, count: Counter[str], at: int) -> str:
        """Why the classifier says so: the words of the page that speak most for the folder."""
        stems = self._model.telling(count, at)
        if not stems:
            return "aucun mot de la page n’est propre à un dossier"
        said = _as_written(stems, page.title, page.description, page.text)
        return "ressemble aux pages de ce dossier\u00a0: " + ", ".join(f"«\u00a0{word}\u00a0»" for word in said)

    # Kept in a file.

    def save(self, file: Path) -> None:
        """Write what is learned: the same pages give the same bytes. Raises OSError."""
        values, data = self._model.state()
        head = orjson.dumps({"format": FORMAT, "model": values, "names": self._names.to_json(), "humans": self._humans}, option=orjson.OPT_SORT_KEYS)
        file.write_bytes(len(head).to_bytes(8, "little") + head + data)

    @classmethod
    def load(cls, file: Path) -> Classifier:
        """Read what `save` wrote. Raises OSError, and ValueError, in French, when the file is something else."""
        data = file.read_bytes()
        end = 8 + int.from_bytes(data[:8], "little")
        try:
            head = orjson.loads(data[8:end])
            if head["format"] != FORMAT:
                raise ValueError(head["format"])
            return cls(FolderModel.restore(head["model"], data[end:]), FolderNames.from_json(head["names"]), dict(head["humans"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"«\u00a0{file}\u00a0» n’est pas un classement appris par Fleuve\u00a0: apprenez-le à nouveau.") from error


def _address(url: str) -> str:
    return _HOST_AND_PATH.sub("", url)


def _agreed(humans: dict[str, str]) -> dict[str, tuple[str, int]]:
    """{old folder: (new folder, times)} where all the corrections of an old folder agree."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for address, folder in humans.items():
        seen[address.rsplit("/", 1)[0]][folder] += 1
    return {old: found.most_common(1)[0] for old, found in seen.items() if len(found) == 1 and found.total() >= SAME_FOLDER}


def _folders(pages: list[Placed], levels: int) -> list[str]:
    """The folder that each page teaches: its own, or the nearest above that has enough pages."""
    folders = ["/".join(page.folder.split("/")[:levels]) for page in pages]
    while True:
        counts = Counter(folders)
        few = {folder for folder, count in counts.items() if count < PAGES_MIN and "/" in folder}
        if not few:
            return folders
        deepest = max(folder.count("/") for folder in few)
        folders = [folder.rpartition("/")[0] if folder in few and folder.count("/") == deepest else folder for folder in folders]


def _twins(page: Placed) -> str:
    """What a page and its translations have in common."""
    folder, _, name = page.path.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}" if not page.url else page.url


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return "".join(page_words.words(word)[:1])[: page_words.STEM]


def _as_written(stems: list[str], *texts: str) -> list[str]:
    """The first word of the texts for each stem, with its accents."""
    found: dict[str, str] = {}
    for word in (match[0] for text in texts for match in _WORD.finditer(text, 0, page_words.CHARACTERS_MAX)):
        if len(found) == len(stems):
            break
        if (stem := _stem(word)) in stems:
            found.setdefault(stem, word.lower())
    return [found.get(stem, stem) for stem in stems]
