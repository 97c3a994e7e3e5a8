"""The names that folders of the content go by, so that « Accueil > Santé > Trouver des soins » or /sante/trouver-des-soins/ says where a page goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fleuve.slug import slugify
from migration.placed import Placed

# Under this, what the words of a page say of a folder does not choose between several of the same name.
DOUBT = 0.3
# A breadcrumb is written for people; a path may be older than the site.
BREADCRUMB, PATH, NEWS = 0.9, 0.75, 0.9
# Where sites keep their news, in French and English.
NEWS_FOLDER = "nouvelles"
NEWS_NAMES = frozenset((
    "nouvelles", "communiques", "communiques-de-presse", "actualites", "actualite", "salle-de-presse", "salle-de-nouvelles", "news", "newsroom", "press-releases",
    "news-releases", "press-room", "media-room", "medias", "fil-de-presse", "avis-aux-medias", "media-advisories", "discours", "speeches",
))
# They name a place on every site, not a subject.
EVERYWHERE = frozenset((
    "accueil", "home", "fr", "en", "francais", "english", "index", "page", "pages", "site", "content", "contenu", "node", "default", "documents", "a-propos", "about",
))
_NAME_MIN = 4


@dataclass(frozen=True, slots=True)
class Named:
    """What a name leads to: the folders that go by it, how sure it is when there is but one, and why, in French."""

    folders: tuple[str, ...]
    confidence: float
    why: str


class FolderNames:
    """{name as a slug: folders}, from the folders of the content and the titles of their pages in every language."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self._names = names

    @classmethod
    def of(cls, pages: Iterable[Placed]) -> FolderNames:
        """Learn the names; the order of pages does not matter."""
        names: dict[str, set[str]] = {}
        for page in pages:
            pieces = page.folder.split("/")
            found = [(slugify(piece), "/".join(pieces[: depth + 1])) for depth, piece in enumerate(pieces)]
            if page.is_index:
                found.append((slugify(page.title), page.folder))
            for name, folder in found:
                if len(name) >= _NAME_MIN and name not in EVERYWHERE:
                    names.setdefault(name, set()).add(folder)
        return cls({name: sorted(folders) for name, folders in sorted(names.items())})

    def find(self, breadcrumb: Sequence[str], path: str) -> Named | None:
        """Return what the breadcrumb, else the path, of an old page names, the deepest name first."""
        pieces = [piece for piece in path.partition("?")[0].split("/") if piece]
        for names, confidence, what in ((breadcrumb, BREADCRUMB, "le fil d’Ariane"), (pieces[:-1], PATH, "l’ancien chemin")):
            if found := self._deepest(names, confidence, what):
                return found
        return None

    def _deepest(self, names: Sequence[str], confidence: float, what: str) -> Named | None:
        slugs = [slugify(name[:200]) for name in names]
        above: set[str] = set()
        found = None
        for name, slug in zip(names, slugs, strict=True):
            folders = self._names.get(slug, [])
            # « Santé > Publications »: the folder of that name below the one that was named before.
            inside = [folder for folder in folders if any(folder.startswith(parent + "/") for parent in above)]
            if slug in NEWS_NAMES and NEWS_FOLDER in {folder for some in self._names.values() for folder in some}:
                return Named((NEWS_FOLDER,), NEWS, f"{what} passe par «\u00a0{name}\u00a0»")
            if inside or folders:
                above = set(inside or folders)
                found = Named(tuple(inside or folders), confidence, f"{what} nomme «\u00a0{name}\u00a0»")
        return found

    def to_json(self) -> dict[str, Any]:
        """The names, ready for JSON."""
        return self._names

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FolderNames:
        """Read what `to_json` gave. Raises ValueError when it is something else."""
        if not isinstance(data, dict) or not all(isinstance(folders, list) for folders in data.values()):
            raise ValueError("names")
        return cls({str(name): [str(folder) for folder in folders] for name, folders in data.items()})
