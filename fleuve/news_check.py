"""What is told of an item of news beyond its keys: its folder, its period, and who held office on its date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fleuve import filters, instant, mandate, reference
from fleuve.front_matter import position
from fleuve.problem import WARNING, Problem

if TYPE_CHECKING:
    from fleuve.content_type import ContentType
    from fleuve.page import Page
    from fleuve.site_index import Card


def of_document(kind: ContentType, meta: dict, path: str, text: str, first_line: int) -> list[Problem]:
    """What the front matter of an item tells by itself. Takes its type, its valid values, its path, its YAML and where that begins."""
    return [Problem(path, *position(text, pointer, first_line), WARNING, code, message, remedy)
            for pointer, code, message, remedy in (*_folder(kind, meta, path), *_period(kind, meta), *_retired(meta))]


def _folder(kind: ContentType, meta: dict, path: str) -> Iterator[tuple[str, str, str, str]]:
    if "date" not in meta:
        return
    year, month = instant.to_iso(meta["date"])[:7].split("-")
    folder, _, name = path.rpartition("/")
    right = f"{kind.folder}/{year}/{month}"
    if folder != right:
        yield ("/date", "dossier-du-mois", f"Une nouvelle du {filters.date(meta['date'])} va dans le dossier {right}/, et non dans {folder or 'contenu'}/.",
               f"Déplacez le fichier : contenu/{right}/{name}. Ou corrigez « date ».")


def _period(kind: ContentType, meta: dict) -> Iterator[tuple[str, str, str, str]]:
    start, end = kind.interval(meta)
    if start is not None and end is not None and end <= start:
        place = "/evenement/fin" if "evenement" in meta else "/fin"
        yield place, "periode-inversee", "La fin précède le début.", "Corrigez « debut » ou « fin »."


def _retired(meta: dict) -> Iterator[tuple[str, str, str, str]]:
    if "retire" in meta and not meta["retire"].get("raison"):
        yield ("/retire", "retrait-sans-raison", "La nouvelle est retirée sans que l’on dise pourquoi.",
               "Ajoutez « raison: » sous « retire », en une phrase que tout le monde comprend.")


def of_page(doc: Page) -> None:
    """Tell which ministers held no office on the date of the item. What decides it is read through the site index, and so recorded."""
    for number, ident in enumerate(doc.meta.get("ministres") or ()):
        if doc.day and not doc.index.held_on(ident, doc.day):
            person = doc.index.of_id("personne", ident, doc.lang)
            if person is not None:  # an id that does not exist is told by the inventory
                _tell_unheld(doc, number, person)


def _tell_unheld(doc: Page, number: int, person: Card) -> None:
    mandates = sorted(doc.index.linked("personne", person.id), key=lambda card: card.extra.get("debut", ""))
    known = " ; ".join(dict.fromkeys(_said(doc, card, person) for card in mandates if "debut" in card.extra))
    line, _ = reference.place(Path(doc.session.settings.content) / doc.path, f"/ministres/{number}")
    doc.report(WARNING, "mandat-absent", f"{person.title} n’avait aucune charge inscrite le {filters.date(doc.day)}.",
               (f"Ses mandats : {known}. " if known else "Aucun mandat n’est inscrit à son nom. ")
               + "Corrigez « ministres » ou « date », ou inscrivez le mandat dans contenu/_mandats/.", line=line)


def _said(doc: Page, held: Card, person: Card) -> str:
    office = doc.index.of_id("fonction", held.extra.get("fonction", ""), "fr")
    start, end = filters.date(held.extra["debut"]), held.extra.get("fin")
    return f"{mandate.office_title(office, person.extra.get('accord')) if office else held.title}, " + (f"du {start} au {filters.date(end)}" if end else f"depuis le {start}")
