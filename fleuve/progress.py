"""Progress on a terminal; silence elsewhere (CI, pipes, --json)."""

from __future__ import annotations

import sys

NAMES = {"inventaire": "Lecture des documents", "images": "Images", "pages": "Mise en page", "recherche": "Index de recherche", "parties": "Listes de nouvelles", "site": "Listes, plan et rapports", "fiches": "Conversion des fiches",
         "verification": "Vérification des pages", "navigateur": "Pages dans le navigateur"}


class Progress:
    """Bars of rich on standard error, one a phase. Call it with (phase, done, total); use it as a context manager."""

    def __init__(self, quiet: bool = False) -> None:
        self._bars: dict[str, int] = {}
        self._rich = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, TextColumn, TimeElapsedColumn

            self._rich = Bars(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True)

    def __enter__(self) -> Progress:
        if self._rich:
            self._rich.start()
        return self

    def __exit__(self, *error) -> None:
        if self._rich:
            self._rich.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self._rich:
            if phase not in self._bars:
                self._bars[phase] = self._rich.add_task(NAMES.get(phase, phase), total=total)
            self._rich.update(self._bars[phase], completed=done, total=total)
