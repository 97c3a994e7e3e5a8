"""What is proposed for each address of an old site: kept at a place of the content, merged with another, archived, redirected, or left to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import orjson

from migration import frames
from migration.decision import ARCHIVE, KEEP, MERGE, REDIRECT, UNDECIDED, Decision
from migration.destination import FILES, Destinations
from migration.frames import Shown
from migration.ledger import Entry, Ledger
from migration.old_links import OldLinks
from migration.recipe import Recipe
from migration.judgement import NEWS, Judgement


class Proposals:
    """Makes the proposals of one site. `judgements`: by key, what each page is worth; `taken`: the paths that are not free."""

    def __init__(self, recipe: Recipe, ledger: Ledger, taken: Destinations, judged: Mapping[str, Judgement], earlier: Mapping[str, Decision], links: OldLinks, languages: tuple[str, ...]) -> None:
        self.recipe, self.ledger, self.taken, self.judged, self.earlier, self.links, self.languages = recipe, ledger, taken, judged, earlier, links, languages
        self.paths: dict[str, str] = {}
        self.used: set[str] = set()
        """Keys of the files of this site that a kept page of it shows or offers."""

    def pages(self) -> Iterator[Decision]:
        """Give the proposals of the pages: those of the default language first, so that their twins find their place beside them."""
        found, later = [], []
        for entry in self.ledger.pages():
            if self._lang(entry) == self.languages[0]:
                found.append(self._proposed(entry))
            else:
                later.append(entry.key)
        found += [self._proposed(self.ledger.page(key)) for key in later]
        for row in found:
            # A page that stands for another may have found its place after it.
            place = self.paths.get(row.target.removeprefix("https://")) if row.decision in (MERGE, REDIRECT) else None
            yield replace(row, target=place) if place else row

    def _proposed(self, entry: Entry) -> Decision:
        row = self._page(entry)
        if standing(row, self.earlier).decision == KEEP:
            for url in (*entry.data["media"], *entry.data["downloads"]):
                site, key = self.links.holder(url)
                if site == self.recipe.name:
                    self.used.add(key)
        return row

    def _lang(self, entry: Entry) -> str:
        return entry.data["language"].partition("-")[0] or self.recipe.lang

    def _page(self, entry: Entry) -> Decision:
        before = entry.source.hex()[:16]
        judgement = self.judged[entry.key]
        if entry.data["frames"] and (content := frames.content(_shown(entry.key, entry.data, entry.text), self._framed)):
            whole = entry.data["frameset"]
            reason = "cadres\u00a0: l’adresse mène à la page qui a leur contenu" if whole else "la page ne fait que montrer celle-ci dans un cadre (iframe)"
            return Decision(entry.key, REDIRECT, self._target(content), reason, 0.9 if whole else 0.7, before)
        kept = self.earlier.get(entry.key)
        if judgement.decision in (MERGE, REDIRECT):
            return Decision(entry.key, judgement.decision, self._target(judgement.target), judgement.reason, judgement.confidence, before)
        if judgement.decision != KEEP:
            return Decision(entry.key, judgement.decision, "", judgement.reason, judgement.confidence, before)
        confidence = round(min(judgement.confidence, entry.data["confidence"]), 3)
        path = kept.target if kept and kept.decision == KEEP and kept.target.endswith(".md") else self._choose(entry, judgement)
        self.paths[entry.key] = path
        return Decision(entry.key, KEEP, path, judgement.reason, confidence, before, kept.after if kept else "")

    def _framed(self, url: str) -> Shown | None:
        """A page of this site, as it shows or is shown in frames."""
        site, key = self.links.holder(url)
        row = self.ledger.db.execute("SELECT data, text FROM pages WHERE key=?", (key,)).fetchone() if site == self.recipe.name else None
        return _shown(key, orjson.loads(row[0]), row[1]) if row else None

    def _choose(self, entry: Entry, judgement: Judgement) -> str:
        lang = self._lang(entry)
        twin = ""
        if entry.data["twin"]:
            site, key = self.links.place(entry.data["twin"])
            twin = self.paths.get(key, "") if site == self.recipe.name else ""
        folder = judgement.folder
        date = entry.data["dates"]["published"] or entry.data["dates"]["modified"]
        if folder == NEWS and date and self.recipe.organism:
            folder = f"{NEWS}/{date[:4]}/{date[5:7]}"
        return self.taken.choose(folder, entry.data["title"], entry.url, lang if lang in self.languages else self.languages[0], twin)

    def _target(self, key: str) -> str:
        """The page that stands for this one: by its path when it is of this site and placed, else by its old address, which its own decision answers."""
        return self.paths.get(key) or f"https://{key}"

    def files(self) -> Iterator[Decision]:
        """Give the proposals of the files, once those of the pages were given."""
        for key, url, name, _, refused in self.ledger.files():
            if refused:
                yield Decision(key, ARCHIVE, "", refused, 1.0)
            elif key in self.used or not is_decoration(name):
                yield Decision(key, KEEP, f"/{stored(name)}", "fichier d’une page gardée" if key in self.used else "document de l’ancien site", 1.0)
            else:
                yield Decision(key, ARCHIVE, "", "image qu’aucune page gardée ne montre", 0.9)

    def others(self, known: set[str]) -> Iterator[Decision]:
        """Give the proposals of what is neither a page nor a file: redirects of the old site, errors, and addresses that only people or links ask for."""
        hits = self.ledger.hits()
        told = set(known)
        for key, url, status, location in self.ledger.others():
            if key in told:
                continue
            told.add(key)
            if location and 300 <= status < 400:
                yield self._moved(key, url, location)
            elif not status:
                yield self._same(key, location)
            elif hits.get(key):
                yield Decision(key, UNDECIDED, "", f"l’ancien site répondait {status}\u00a0; demandée {hits[key]} fois")
            else:
                yield Decision(key, ARCHIVE, "", "l’ancien site répondait une page vide" if status == 200 else f"l’ancien site répondait {status}", 0.9)
        for key in sorted(hits.keys() - told):
            yield Decision(key, UNDECIDED, "", f"demandée {hits[key]} fois, absente de l’archive")

    def _moved(self, key: str, url: str, location: str) -> Decision:
        decision, target = self.links.final(location)
        if decision in (KEEP, MERGE, REDIRECT) and "://" not in target:
            return Decision(key, REDIRECT, target, "l’ancien site y menait", 0.95)
        if decision == ARCHIVE:
            return Decision(key, ARCHIVE, "", "l’ancien site menait à une page archivée", 0.9)
        if not decision and target.startswith("https://") and not self.links.place(target)[0]:
            return Decision(key, REDIRECT, target, "l’ancien site y menait, ailleurs", 0.8)
        return Decision(key, UNDECIDED, "", "l’ancien site menait à une adresse inconnue")

    def _same(self, key: str, same: str) -> Decision:
        """An address that a source only names: it follows the one that has its content, when one does."""
        if not same:
            return Decision(key, UNDECIDED, "", "les sources ont cette adresse, mais pas son contenu\u00a0: ajoutez une archive qui l’a, ou décidez")
        decision, target = self.links.final(same)
        elsewhere = not decision and target not in ("", same) and not self.links.place(target)[0]
        if elsewhere or decision in (KEEP, MERGE, REDIRECT) and "://" not in target:
            return Decision(key, REDIRECT, target, f"mêmes octets que «\u00a0{same}\u00a0»", 0.95)
        if decision == ARCHIVE:
            return Decision(key, ARCHIVE, "", f"mêmes octets que «\u00a0{same}\u00a0», archivée", 0.9)
        return Decision(key, UNDECIDED, "", f"mêmes octets que «\u00a0{same}\u00a0», dont rien n’est décidé")


def _shown(key: str, data: dict, text: str) -> Shown:
    return Shown(key, max(len(text) - sum(len(link["text"]) for link in data["links"]), 0), data["frameset"], tuple(map(tuple, data["frames"])))


def standing(proposed: Decision, earlier: Mapping[str, Decision]) -> Decision:
    """Return a proposal, or what a person signed in its place."""
    return kept if (kept := earlier.get(proposed.old)) and kept.reviewer else proposed


_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp", ".css", ".js", ".woff", ".woff2", ".ttf")


def is_decoration(name: str) -> bool:
    """Whether a file of that name is worth keeping only where a page shows it."""
    return Path(name).suffix.lower() in _IMAGES


def stored(name: str) -> str:
    """Return the path in the content of a file of the store: in folders by hash, so that none holds them all."""
    return f"{FILES}/{name.rpartition('-')[2][:2]}/{name}"
