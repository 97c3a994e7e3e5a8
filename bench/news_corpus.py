"""The newsroom's corpus: N items of news over twenty years, of 800 organisms, the same on every machine.

    bench/news_corpus.py 10000 DIR [--layout fleuve|pelican|hugo] [--seed 1]

An item has 250 to 400 words: paragraphs, a list, a quotation, two links to older items and one to another site; one or two organisms, themes
and regions, a minister who holds an office on that day, a place, a media contact. Beside these N items come what they name: organisms, themes,
regions, ministers with their offices and mandates, media contacts. Item number i depends on the seed, i and N only.

Three layouts hold the same bodies: `fleuve`; `pelican`, for which themes, regions and ministers are tags and organisms authors; `hugo`, with a
taxonomy for each.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import corpus
from corpus import THEMES, front_matter
from prose import Prose

LAYOUTS = ("fleuve", "pelican", "hugo")
ORGANISMS, OFFICES, TERM = 800, 30, 4  # a term of office lasts so many years
FIRST, YEARS = datetime(2006, 11, 20, 8), 20
REGIONS = [f"region-{number:02d}" for number in range(1, 18)]
# Shares of the kinds of news; those that need more keys than the others (events, live announcements) are left out for want of equal templates.
KINDS = {"communique": 78, "discours": 6, "nomination": 6, "alerte": 4, "billet": 6}
KIND_NAMES = {"communique": "Communiqués", "discours": "Discours", "nomination": "Nominations", "alerte": "Alertes", "billet": "Billets"}
TOWNS = ("Québec", "Montréal", "Gatineau", "Sherbrooke", "Saguenay", "Rimouski")


@dataclass(frozen=True)
class Item:
    """What is known of item number `index` before its text is written."""

    index: int
    kind: str
    moment: datetime
    organisms: tuple[str, ...]
    themes: tuple[str, ...]
    regions: tuple[str, ...]
    minister: str
    town: str

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.index:06d}"

    @property
    def folder(self) -> str:
        return f"nouvelles/{self.moment:%Y/%m}"

    @property
    def path(self) -> str:
        """Its path in all layouts."""
        return f"{self.folder}/{self.name}.md"


class NewsCorpus:
    """Writes items; each depends on the seed, its number and the size of the corpus."""

    def __init__(self, size: int, layout: str, seed: int):
        self.size, self.layout, self.seed = size, layout, seed
        self.prose = Prose(seed)
        self.organisms = [f"org-{number:04d}" for number in range(1, min(ORGANISMS, max(8, size // 10)) + 1)]

    @cached_property
    def _weights(self) -> list[float]:
        # A few ministries publish much, most agencies little.
        return [1 / (rank + 3) for rank in range(len(self.organisms))]

    def item(self, index: int) -> Item:
        """Return item number `index`; number `size` and after are those that a run adds, in the last month."""
        rng = random.Random(f"{self.seed}-news-{index}")
        moment = FIRST + timedelta(days=365.25 * YEARS) / self.size * min(index, self.size - 1) + timedelta(minutes=max(0, index - self.size + 1))
        organisms = tuple(dict.fromkeys(rng.choices(self.organisms, self._weights, k=rng.choice((1, 1, 1, 2)))))
        return Item(index, rng.choices([*KINDS], [*KINDS.values()])[0], moment.replace(second=0, microsecond=0), organisms,
                    tuple(rng.sample([*THEMES], rng.choice((1, 1, 2)))), tuple(rng.sample(REGIONS, rng.choice((0, 1, 1, 2)))),
                    f"ministre-{rng.randrange(OFFICES):02d}-{moment.year // TERM}", rng.choice(TOWNS))

    def title(self, index: int) -> str:
        """Return the title of item number `index`."""
        text = random.Random(f"{self.seed}-title-{index}").choice(self.prose.clauses)
        return text[0].upper() + text[1:]

    def text(self, index: int, extra: str = "") -> str:
        """Return the file of item number `index`, with a paragraph added at its end."""
        item = self.item(index)
        rng = random.Random(f"{self.seed}-body-{index}")
        lead = self.prose.sentence(rng)
        return self._head(item, self.title(index), lead) + self._body(item, rng) + (f"\n{extra}\n" if extra else "")

    def write(self, index: int, root: Path, extra: str = "") -> Path:
        """Write item number `index`; return its file."""
        target = root / self.item(index).path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.text(index, extra), "utf-8")
        return target

    def _body(self, item: Item, rng: random.Random) -> str:
        parts = [self.prose.paragraph(rng, rng.randint(3, 4))]
        if item.index:
            parts[0] += f" Voir aussi {self._link(item, max(0, item.index - rng.randint(1, 50)))}."
        parts.append(f"> {self.prose.paragraph(rng, 2)}")
        parts.append("## " + (lambda text: text[0].upper() + text[1:])(self.prose.action(rng)))
        parts.append(self.prose.paragraph(rng, rng.randint(3, 5)))
        parts.append("\n".join(f"- {self.prose.sentence(rng)}" for _ in range(rng.randint(3, 4))))
        parts.append(corpus.emphasize(self.prose.paragraph(rng, rng.randint(3, 5)), rng))
        closing = f"[{self.prose.phrase(rng)}](https://www.exemple.quebec/{self.prose.keyword(rng)}/{rng.randrange(10_000)})"
        parts.append(f"{self.prose.paragraph(rng, 2)} Source : {closing}" + (f" et {self._link(item, rng.randrange(item.index))}." if item.index else "."))
        text = "\n\n".join(parts) + "\n"
        return text.replace("’", "'") if item.index % 2 else text

    def _link(self, item: Item, target: int) -> str:
        path = corpus.relative(item.folder, self.item(target).path)
        return f"[{self.title(target)}]({'{filename}' if self.layout == 'pelican' else ''}{path})"

    def _head(self, item: Item, title: str, lead: str) -> str:
        contacts = [f"medias-{ident}" for ident in item.organisms]
        if self.layout == "pelican":
            keys = {
                "Title": title, "Date": f"{item.moment:%Y-%m-%d %H:%M}", "Category": item.kind, "Slug": item.name, "Summary": lead, "Lieu": item.town,
                "Authors": "; ".join(item.organisms), "Tags": "; ".join((*item.themes, *item.regions, item.minister)), "Themes": " ".join(item.themes),
                "Regions": " ".join(item.regions), "Ministre": item.minister,
            }
            return "".join(f"{key}: {value}\n" for key, value in keys.items()) + "\n"
        if self.layout == "hugo":
            return front_matter({
                "title": title, "description": lead, "date": f"{item.moment:%Y-%m-%dT%H:%M}:00-05:00", "kinds": [item.kind], "organismes": [*item.organisms],
                "themes": [*item.themes], "regions": [*item.regions], "ministres": [item.minister], "lieu": item.town,
            })
        return front_matter({
            "type": item.kind, "title": title, "description": lead, "date": f"{item.moment:%Y-%m-%d %H:%M}", "organismes": [*item.organisms],
            "themes": [*item.themes], "regions": [*item.regions], "ministres": [item.minister], "lieu": item.town, "contacts_presse": contacts,
            **self._own(item, title),
        })

    @staticmethod
    def _own(item: Item, title: str) -> dict:
        """The keys that only a kind of news asks for."""
        return {
            "discours": {"orateur": item.minister}, "nomination": {"nomme": "Camille Tremblay", "poste": title},
            "alerte": {"niveau": "information", "debut": f"{item.moment:%Y-%m-%d %H:%M}", "fin": f"{item.moment + timedelta(days=2):%Y-%m-%d %H:%M}"},
            "billet": {"auteurs": [item.minister]},
        }.get(item.kind, {})

    # What the items name.

    def frame(self, root: Path) -> None:
        """Write what the items name, in the words of the layout."""
        if self.layout == "fleuve":
            self._fleuve(root)
        elif self.layout == "pelican":
            _put(root, "names.json", json.dumps(self.names(), ensure_ascii=False))
        else:
            for taxonomy, names in self.names().items():
                for ident, name in names.items():
                    _put(root, f"{taxonomy}/{ident}/_index.md", front_matter({"title": name, "slug": ident}))
            for folder in {"nouvelles", *(f"nouvelles/{2006 + year}" for year in range(YEARS + 1))}:
                _put(root, f"{folder}/_index.md", front_matter({"title": folder.rpartition("/")[2].capitalize()}))
            for month in range(12 * (YEARS + 1)):
                year, number = 2006 + month // 12, month % 12 + 1
                _put(root, f"nouvelles/{year}/{number:02d}/_index.md", front_matter({"title": f"{lexicon_months()[number - 1]} {year}"}))

    def names(self) -> dict[str, dict[str, str]]:
        """{taxonomy: {id: title}} of what has a list, as the peers' templates name it."""
        ministers = {f"ministre-{office:02d}-{term}": f"Dominique Roy {office}-{term}" for office in range(OFFICES) for term in self._terms()}
        return {
            "organismes": {ident: f"Organisme numéro {ident[4:]}" for ident in self.organisms}, "themes": THEMES, "ministres": ministers,
            "regions": {ident: f"Région {ident[7:]}" for ident in REGIONS}, "kinds": KIND_NAMES,
        }

    @staticmethod
    def _terms() -> range:
        return range(FIRST.year // TERM, (FIRST.year + YEARS) // TERM + 1)

    def _fleuve(self, root: Path) -> None:
        names = self.names()
        _put(root, "index.md", front_matter({"title": "Accueil"}))
        _put(root, "nouvelles/index.md", front_matter({"type": "salle-de-presse", "title": "Nouvelles"}))
        for order, (folder, title) in enumerate(THEMES.items(), 1):
            _put(root, f"{folder}/index.md", front_matter({"type": "theme", "title": title, "ordre": order}))
        _put(root, "_vocabulaires/regions.yml", "".join(f"- {{id: {ident}, fr: {name}, en: {name}}}\n" for ident, name in names["regions"].items()))
        for ident, name in names["organismes"].items():
            keys = {"type": "organisme", "title": name, "sigle": ident.upper(), "nature": "ministere", "statut": "actif", "mission": "Servir."}
            _put(root, f"organismes/{ident}.md", front_matter(keys))
            contact = {"type": "contact-presse", "title": f"Relations avec les médias de l’{name.lower()}", "organisme": ident, "telephone": "418 555-0100"}
            _put(root, f"_contacts_presse/medias-{ident}.md", front_matter(contact))
        for office in range(OFFICES):
            _put(root, f"gouvernement/fonctions/fonction-{office:02d}.md", front_matter({"type": "fonction", "title": f"Ministre du domaine {office}", "organisme": self.organisms[office % len(self.organisms)]}))
            for term in self._terms():
                ident = f"ministre-{office:02d}-{term}"
                _put(root, f"gouvernement/personnes/{ident}.md", front_matter({"type": "personne", "title": names["ministres"][ident]}))
                mandate = {"type": "mandat", "title": ident, "personne": ident, "fonction": f"fonction-{office:02d}", "debut": f"{term * TERM}-01-01", "fin": f"{term * TERM + TERM - 1}-12-31"}
                _put(root, f"_mandats/{ident}.md", front_matter(mandate))


def lexicon_months() -> list[str]:
    """Names of the months."""
    return ["Janvier", "Février", "Mars", "Avril", "Mai", "Juin", "Juillet", "Août", "Septembre", "Octobre", "Novembre", "Décembre"]


def _put(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def _write_items(size: int, layout: str, seed: int, root: Path, numbers: range) -> None:
    made = NewsCorpus(size, layout, seed)
    for number in numbers:
        made.write(number, root)


def cached(size: int, layout: str, seed: int, folder: Path, workers: int | None = None) -> Path:
    """Return the folder of that corpus inside `folder`, written first if it is not there yet."""
    version = corpus.digest(sys.modules[__name__])
    return corpus.kept(folder, f"news-{layout}-{size}-{seed}", version, lambda root: generate(size, layout, seed, root, workers))


def generate(size: int, layout: str, seed: int, root: Path, workers: int | None = None) -> None:
    """Write a corpus of `size` items in `root`, which is created."""
    workers = workers or multiprocessing.cpu_count()
    root.mkdir(parents=True, exist_ok=True)
    NewsCorpus(size, layout, seed).frame(root)
    with multiprocessing.Pool(workers) as pool:
        pool.starmap(_write_items, [(size, layout, seed, root, range(first, size, workers)) for first in range(workers)])


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
