"""The edits whose builds are timed: the body or the title of one page, different each time, undone at the end."""

from __future__ import annotations

import re
from pathlib import Path

from corpus import Corpus, Place


class Edited:
    """One page of a corpus, edited again and again.

    `corpus` is given so that an edit left by an interrupted run is undone first.
    """

    def __init__(self, corpus: Corpus, root: Path):
        # In the middle of the corpus, and never the index of a section.
        middle = corpus.size // 2
        place = next(place for place in map(Place.of, range(middle, corpus.size)) if 0 < place.rank < 20)
        corpus.organism(place.organism, root)
        self.path = place.path
        self.index_path = f"{place.folder}/index.md"
        self.sibling_path = Place.of(place.index + 1).path
        self.file = root / corpus.path(place.path)
        self._original = self.file.read_text(encoding="utf-8")

    def body(self, number: int) -> str:
        """Add a paragraph and return a text that the page must then show."""
        marker = f"Correction numéro {number} du corps."
        self.file.write_text(f"{self._original}\n{marker}\n", encoding="utf-8")
        return marker

    def title(self, number: int) -> str:
        """Change the title and return it; the section's index and the other pages of the section must then show it."""
        title = f"Titre corrigé {number}"
        self.file.write_text(re.sub(r'^title: .*$', f'title: "{title}"', self._original, count=1, flags=re.M), encoding="utf-8")
        return title

    def undo(self) -> None:
        """Give the page its first text back."""
        self.file.write_text(self._original, encoding="utf-8")
