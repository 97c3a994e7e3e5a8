"""The paths of the site's pages: which one somebody meant who wrote one that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import cached_property

NEAR = 100
"""Paths that are compared with one that does not exist: there are 100,000 on a large site, and two thousand may be wrong."""


class Paths:
    """The paths of the published pages. ask: gives them; called once somebody needs them."""

    def __init__(self, ask: Callable[[], Iterable[str]]) -> None:
        self._ask = ask

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        """The paths by file name, « nom.md », and by folder, « dossier/ »."""
        known: dict[str, list[str]] = {}
        for path in self._ask():
            folder, _, name = path.rpartition("/")
            known.setdefault(name, []).append(path)
            known.setdefault(folder + "/", []).append(path)
        return known

    def nearest(self, path: str) -> str:
        """The path that was probably meant, « » if none is near: an address, a missing « .md », another folder, a slip."""
        bare = path.strip("/").removeprefix("contenu/").removesuffix(".md")
        for meant in (f"{bare}.md", f"{bare}/index.md"):
            if meant in self._known.get(meant.rpartition("/")[0] + "/", ()):
                return meant
        folder, _, name = f"{bare}.md".rpartition("/")
        alike = self._known.get(name, ()) if name != "index.md" else ()
        if alike:
            return difflib.get_close_matches(path, alike[:NEAR], 1, 0)[0]
        beside = self._known.get(folder + "/", ())
        found = difflib.get_close_matches(f"{bare}.md", beside[:NEAR], 1, 0.75)
        return found[0] if found else ""
