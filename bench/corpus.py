"""The benchmark's corpus: N French pages of about 800 words over 800 organisms, the same on every machine.

    bench/corpus.py 10000 DIR [--layout fleuve|hugo] [--seed 1]

An organism has a folder of 125 pages: `org-0001/index.md` and five sections of an index and 23 or 24 pages. Smaller corpora
have fewer organisms (N / 125). Beside these N pages come the home page, the 15 themes of the main navigation and one
document of type « organisme » per organism. Page number i depends on the seed and i only.

Two layouts hold the same bodies: `fleuve`, which Fleuve, MkDocs and Eleventy read, and `hugo`, where an index file is named
`_index.md`, the documents of organisms are the pages of the terms of a taxonomy, and front matter has Hugo's names for dates
and keywords.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import lexicon
import prose
from prose import Prose

LAYOUTS = ("fleuve", "hugo")
PER_ORGANISM = 125
PER_SECTION = 25
THEMES = {
    "agriculture-environnement-ressources": "Agriculture, environnement et ressources naturelles",
    "culture": "Culture",
    "education": "Éducation",
    "emploi": "Emploi",
    "entreprises": "Entreprises et travailleurs autonomes",
    "famille-et-personnes": "Famille et soutien aux personnes",
    "finances-impots": "Finances, impôts et taxes",
    "habitation-territoire": "Habitation et territoire",
    "immigration": "Immigration",
    "justice-etat-civil": "Justice et état civil",
    "sante": "Santé",
    "securite-urgence": "Sécurité et situations d’urgence",
    "tourisme-loisirs-sport": "Tourisme, loisirs et sport",
    "transports": "Transports",
    "gouvernement": "Gouvernement",
}
NATURES = {"ministere": "Ministère", "office": "Office", "regie": "Régie", "commission": "Commission", "conseil": "Conseil",
           "agence": "Agence", "bureau": "Bureau", "secretariat": "Secrétariat"}


@dataclass(frozen=True)
class Place:
    """Where page number `index` stands: its organism (from 1), section (0: none) and rank in it (0: the section's index)."""

    index: int
    organism: int
    section: int
    rank: int

    @classmethod
    def of(cls, index: int) -> Place:
        organism, within = divmod(index, PER_ORGANISM)
        if within == 0:
            return cls(index, organism + 1, 0, 0)
        section, rank = divmod(within - 1, PER_SECTION)
        return cls(index, organism + 1, section + 1, rank)

    @property
    def folder(self) -> str:
        folder = f"org-{self.organism:04d}"
        return f"{folder}/section-{self.section}" if self.section else folder

    @property
    def path(self) -> str:
        """The page's path in the layout `fleuve`."""
        return f"{self.folder}/index.md" if self.rank == 0 else f"{self.folder}/page-{self.rank:02d}.md"


class Corpus:
    """Writes pages; each depends on the seed, its number and the size of the corpus (which bounds its links)."""

    def __init__(self, size: int, layout: str, seed: int):
        self.size = size
        self.layout = layout
        self.seed = seed
        self.prose = Prose(seed)
        self.organisms = -(-size // PER_ORGANISM)

    def path(self, path: str) -> str:
        """Turn a path of the layout `fleuve` into this layout's."""
        if self.layout == "fleuve":
            return path
        if path.startswith("organismes/org-"):
            return path[: -len(".md")] + "/_index.md"
        return path[: -len("index.md")] + "_index.md" if path.endswith("index.md") else path

    def organism(self, number: int, root: Path) -> None:
        """Write the folder of an organism and its document."""
        first = (number - 1) * PER_ORGANISM
        for index in range(first, min(first + PER_ORGANISM, self.size)):
            place = Place.of(index)
            self._write(root, place.path, self._page(place))
        self._write(root, f"organismes/org-{number:04d}.md", self._organism_document(number))

    def frame(self, root: Path) -> None:
        """Write the home page, the themes and the page that lists the organisms."""
        self._write(root, "index.md", self._plain("Accueil", "Le point d’entrée des services publics.", "home", {}))
        for order, (folder, title) in enumerate(THEMES.items(), 1):
            keys = {"type": "theme", "ordre": order} if self.layout == "fleuve" else {"weight": order, "theme": True}
            self._write(root, f"{folder}/index.md", self._plain(title, f"Tout sur le thème {title.lower()}.", folder, keys))

    def title(self, index: int) -> str:
        """Return the title of page number `index`."""
        rng = random.Random(f"{self.seed}-title-{index}")
        place = Place.of(index)
        text = self.prose.action(rng) if place.rank else self.prose.phrase(rng)
        text = f"Services : {text}" if place.section == 0 else text
        return text[0].upper() + text[1:]

    def _write(self, root: Path, path: str, text: str) -> None:
        target = root / self.path(path)
        try:
            target.write_text(text, encoding="utf-8")
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def _page(self, place: Place) -> str:
        rng = random.Random(f"{self.seed}-page-{place.index}")
        year, month, day = rng.randint(2018, 2024), rng.randint(1, 12), rng.randint(1, 28)
        updated = f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        keys = {
            "title": self.title(place.index),
            "description": self.prose.sentence(rng),
            "date": f"{year}-{month:02d}-{day:02d}",
            ("mise_a_jour" if self.layout == "fleuve" else "lastmod"): updated,
            "organismes": [f"org-{place.organism:04d}"],
            ("mots_cles" if self.layout == "fleuve" else "keywords"): [self.prose.keyword(rng) for _ in range(4)],
        }
        return front_matter(keys) + self._body(place, rng)

    def _body(self, place: Place, rng: random.Random) -> str:
        """Return about 800 words: paragraphs under headings of two levels, two lists, a table, seven links, emphasis."""
        links = self._links(place, rng)
        parts = [self._paragraph(rng, rng.randint(2, 3), links)]
        sections = rng.randint(4, 6)
        table_at, list_at, steps_at = (rng.randrange(sections) for _ in range(3))
        for number in range(sections):
            parts.append("## " + self._heading(rng))
            parts.append(self._paragraph(rng, rng.randint(3, 5), links))
            if number == list_at:
                parts.append("\n".join(f"- {self.prose.sentence(rng)}" for _ in range(rng.randint(4, 7))))
            if rng.random() < 0.5:
                parts.append("### " + self._heading(rng))
                parts.append(self._paragraph(rng, rng.randint(2, 4), links))
            if number == steps_at:
                parts.append("\n".join(f"{n}. {self.prose.sentence(rng)}" for n in range(1, rng.randint(4, 6))))
            if number == table_at:
                parts.append(self._table(rng))
        # A paragraph takes a link half of the time: the last ones, if any are left, close the page.
        parts += [self._with_link(self.prose.sentence(rng), link) for link in links]
        text = "\n\n".join(parts) + "\n"
        # Half of the editors type the apostrophe of the keyboard.
        return text.replace("’", "'") if place.index % 2 else text

    def _heading(self, rng: random.Random) -> str:
        text = self.prose.action(rng) if rng.random() < 0.5 else self.prose.phrase(rng)
        return text[0].upper() + text[1:]

    def _paragraph(self, rng: random.Random, sentences: int, links: list[str]) -> str:
        text = self.prose.paragraph(rng, sentences)
        if rng.random() < 0.4:
            text = emphasize(text, rng)
        if links and rng.random() < 0.7:
            text = self._with_link(text, links.pop())
        return text

    @staticmethod
    def _with_link(text: str, link: str) -> str:
        return f"{text} Voir aussi {link}."

    def _links(self, place: Place, rng: random.Random) -> list[str]:
        """Return five internal links (four near, one far) and two external ones, shuffled."""
        first = place.index - place.rank
        near = [min(first + rng.randrange(PER_SECTION), self.size - 1) for _ in range(3)]
        organism = place.index - place.index % PER_ORGANISM
        near.append(min(organism + rng.randrange(PER_ORGANISM), self.size - 1))
        links = [self._link(place, target) for target in (*near, rng.randrange(self.size))]
        links += [f"[{self.prose.phrase(rng)}](https://www.exemple.quebec/{self.prose.keyword(rng)}/{rng.randrange(10_000)})"
                  for _ in range(2)]
        rng.shuffle(links)
        return links

    def _link(self, place: Place, target: int) -> str:
        return f"[{self.title(target)}]({relative(place.folder, self.path(Place.of(target).path))})"

    def _table(self, rng: random.Random) -> str:
        rows = ["| Situation | Montant | Délai |", "| --- | ---: | --- |"]
        for _ in range(rng.randint(4, 7)):
            rows.append(f"| {self.prose.phrase(rng)} | {rng.randrange(20, 9000)} $ | {rng.randrange(2, 90)} jours |")
        return "\n".join(rows)

    def _organism_document(self, number: int) -> str:
        rng = random.Random(f"{self.seed}-organism-{number}")
        nature = rng.choice(list(NATURES))
        town = self.prose.place(rng)
        keys = {
            "title": f"{NATURES[nature]} {number:04d} de {town}",
            "description": self.prose.sentence(rng),
            "sigle": f"{NATURES[nature][0]}{number:04d}",
            "nature": nature,
            "statut": "actif",
            "mission": self.prose.paragraph(rng, 2),
            "coordonnees": {"adresse": f"{rng.randrange(1, 999)}, rue Principale, {town}",
                            "telephone": f"418 555-01{number % 100:02d}",
                            "courriel": f"info@org{number:04d}.gouv.exemple.quebec"},
        }
        if self.layout == "fleuve":
            keys = {"type": "organisme", **keys}
        return front_matter(keys) + self.prose.paragraph(rng, 4) + "\n"

    def _plain(self, title: str, description: str, name: str, keys: dict) -> str:
        rng = random.Random(f"{self.seed}-frame-{name}")
        return front_matter({**keys, "title": title, "description": description}) + self.prose.paragraph(rng, 3) + "\n"


def emphasize(text: str, rng: random.Random) -> str:
    """Put a span of two words in bold or in italics."""
    words = text.split(" ")
    at = rng.randrange(1, max(2, len(words) - 3))
    mark = rng.choice(("**", "*"))
    span = words[at:at + 2]
    # Emphasis does not close after punctuation when a letter follows, nor open inside an elision.
    if len(span) < 2 or any(not c.isalpha() for c in (span[0][0], span[1][-1])):
        return text
    words[at:at + 2] = [f"{mark}{span[0]}", f"{span[1]}{mark}"]
    return " ".join(words)


def relative(folder: str, path: str) -> str:
    """Return the path of a file as it is written in a link from a page of that folder."""
    here, there = folder.split("/"), path.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "../" * (len(here) - shared) + "/".join(there[shared:])


def front_matter(keys: dict) -> str:
    """Return the keys as a YAML front matter block; JSON strings are YAML strings."""
    lines = []
    for key, value in keys.items():
        if isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {name}: {json.dumps(item, ensure_ascii=False)}" for name, item in value.items()]
        elif isinstance(value, str) and key in ("date", "mise_a_jour", "lastmod", "type", "nature", "statut", "sigle"):
            lines.append(f"{key}: {value}")
        else:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def _write_organisms(size: int, layout: str, seed: int, root: Path, numbers: range) -> None:
    corpus = Corpus(size, layout, seed)
    for number in numbers:
        corpus.organism(number, root)


def digest(*more) -> str:
    """Return a short hash of what the text of a corpus depends on: these modules, and `more`."""
    sources = (Path(module.__file__).read_bytes() for module in (*more, sys.modules[__name__], prose, lexicon))
    return hashlib.sha256(b"".join(sources)).hexdigest()[:8]


def cached(size: int, layout: str, seed: int, folder: Path, workers: int | None = None) -> Path:
    """Return the folder of that corpus inside `folder`, written first if it is not there yet."""
    return kept(folder, f"{layout}-{size}-{seed}", digest(), lambda root: generate(size, layout, seed, root, workers))


def kept(folder: Path, name: str, version: str, write: Callable[[Path], None]) -> Path:
    """Return the folder of a corpus inside `folder`, made by write(root) if this version of it is not there yet; others of its name go."""
    target = folder / f"{name}-{version}"
    if not target.exists():
        for outdated in folder.glob(f"{name}-*"):
            shutil.rmtree(outdated)
        part = folder / f"{target.name}.part"
        write(part)
        part.rename(target)
    return target


def generate(size: int, layout: str, seed: int, root: Path, workers: int | None = None) -> None:
    """Write a corpus of `size` pages in `root`, which is created."""
    workers = workers or multiprocessing.cpu_count()
    root.mkdir(parents=True, exist_ok=True)
    Corpus(size, layout, seed).frame(root)
    organisms = -(-size // PER_ORGANISM)
    tasks = [(size, layout, seed, root, range(first + 1, organisms + 1, workers)) for first in range(workers)]
    with multiprocessing.Pool(workers) as pool:
        pool.starmap(_write_organisms, tasks)


def main() -> None:
    """Write one corpus from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layout", choices=LAYOUTS, default="fleuve")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.size, options.layout, options.seed, options.folder)


if __name__ == "__main__":
    main()
