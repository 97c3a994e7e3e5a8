"""Twins that would not be published at the same time: told while there is time, since the one that comes first gives the other away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.address import split_language
from fleuve.problem import WARNING
from fleuve.stages.stage import OutputFile, Stage


class TwinInstants(Stage):
    """Compares the instant at which each document will be published with that of its twin. Writes nothing."""

    name = "jumelles"
    clock = True

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile] | Iterable[OutputFile]:
        coming = {path: epoch for epoch, reason, path in site.instants if reason == "embargo"}
        for path, epoch in sorted(coming.items()):
            for twin in site.index.twin_paths(path, split_language(path, site.languages, next(iter(site.languages)))[2]):
                other = coming.get(twin)
                if other == epoch or other is not None and other < epoch:
                    continue  # told once, at the one that is published first
                if other is not None or site.index.card(twin) is not None:
                    _tell(site, path if other is not None else twin, twin if other is not None else path)
        return ()


def _tell(site: Any, first: str, last: str) -> None:
    site.problem(first, 1, WARNING, "jumelles-decalees", f"Cette page paraît avant {last}, qui dit la même chose dans l’autre langue.",
                 "Écrivez la même « date » et le même « embargo » dans les deux fichiers.")
