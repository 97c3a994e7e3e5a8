"""Pages that already have a place in the content: what a classifier learns from."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fleuve import front_matter
from migration.destination import documents

# A correction by a human counts as this many pages: it says what the folders alone did not tell.
CORRECTION = 5.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A page and where it is. `path` is that of its document below the content folder, `description` holds its search words too.

    `url` is its old address, when it has one; `weight` how many pages it counts for.
    """

    path: str
    title: str
    description: str = ""
    text: str = ""
    lang: str = "fr"
    url: str = ""
    weight: float = 1.0

    @property
    def folder(self) -> str:
        """The folder it is in: that of years and months of the news stands for none."""
        return folder_of(self.path)

    @property
    def is_index(self) -> bool:
        """Whether it is the page of its folder."""
        return self.path.rsplit("/", 1)[-1].partition(".")[0] == "index"


class Decided(Protocol):
    """What is asked of a line of decisions."""

    old: str
    target: str
    reviewer: str


def folder_of(path: str) -> str:
    """Return the folder of a document (`sante/soins/page.md`), of an address (`/sante/soins/page/`) or of a folder (`sante/soins/`)."""
    pieces = path.strip("/").split("/")
    if path.endswith(".md") or path.startswith("/"):
        pieces = pieces[:-1]
    while pieces and pieces[-1].isdigit():
        pieces.pop()
    return "/".join(pieces)


def read(content: Path, but: Container[str] = (), text_max: int = 6000) -> Iterator[Placed]:
    """Yield the documents of a content folder that have a place in the architecture, `but` those of these paths, in an order that is always the same.

    Folders that begin with `_` hold data; documents without a title, or that cannot be read, teach nothing. Of the body, the first
    `text_max` characters are kept.
    """
    for path in documents(content):
        if "/" not in path or path in but:
            continue
        try:
            cut = front_matter.split((content / path).read_bytes(), path)
        except OSError:
            continue
        values = front_matter.parse(cut.text, path)[0] if cut.readable else {}
        if isinstance(values, dict) and isinstance(values.get("title"), str):
            words = values.get("mots_cles") if isinstance(values.get("mots_cles"), list) else []
            description = " ".join([str(values.get("description") or ""), *map(str, words)])
            lang = path.rsplit(".", 2)[-2] if path.count(".") > 1 else str(values.get("lang") or "fr")
            yield Placed(path, values["title"], description, cut.body[:text_max], lang)


def corrections(decisions: Iterable[Decided], page: Callable[[str], Placed | None]) -> Iterator[Placed]:
    """Yield what humans decided, to be learned with the rest.

    `decisions` are lines of a site; those without a reviewer or a target below the content are passed over. `page` gives the old page of an
    address (with any path), or None when it is not known any more.
    """
    for line in decisions:
        inside = line.target and "://" not in line.target and not line.target.startswith("//")
        if line.reviewer.strip() and inside and folder_of(line.target) and (known := page(line.old)):
            yield Placed(f"{folder_of(line.target)}/x.md", known.title, known.description, known.text, known.lang, line.old, CORRECTION)
