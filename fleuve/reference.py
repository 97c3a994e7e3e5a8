"""References of a document to ids that do not exist: said with the place, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from fleuve import front_matter
from fleuve.problem import ERROR, Problem

NAMES = {
    "organisme": "L’organisme", "theme": "Le thème", "region": "La région", "public": "Le public", "personne": "La personne", "fonction": "La fonction",
    "formulaire-lien": "Le formulaire", "dossier": "Le dossier de presse", "contact-presse": "Le contact pour les médias", "document": "Le document", "media": "Le fichier", "transcription": "Le fichier",
}
PLACES = {"region": "_vocabulaires/regions.yml", "public": "_vocabulaires/publics.yml", "organisme": "organismes/", "contact-presse": "_contacts_presse/"}
SHOWN = 8


def unknown(content: Path, path: str, kind: str, ident: str, pointer: str, known: Iterable[str]) -> Problem:
    """The problem of a reference to nothing. known: the ids that exist, from which the nearest is proposed."""
    line, column = place(content / path, pointer)
    name = NAMES.get(kind, "L’élément")
    known = sorted(known)
    near = difflib.get_close_matches(ident, known, 1)
    if near:
        remedy = f"Vouliez-vous dire « {near[0]} » ?"
    elif kind in ("document", "media", "transcription"):
        remedy = "Corrigez le chemin, ou retirez cette ligne."
    elif known:
        remedy = f"Choisissez par exemple : {', '.join(known[:SHOWN])}{'…' if len(known) > SHOWN else '.'}"
    else:
        remedy = f"Ajoutez-le dans {PLACES.get(kind, 'le contenu')}, ou retirez cette ligne."
    return Problem(path, line, column, ERROR, "reference-inconnue", f"{name} « {ident} » n’existe pas.", remedy)


def place(file: Path, pointer: str) -> tuple[int, int]:
    """(line, column) of a key of the front matter of a file, given by its JSON pointer."""
    try:
        parts = front_matter.split(file.read_bytes(), file.name)
        return front_matter.position(parts.text, pointer, parts.first_line)
    except OSError:
        return 1, 1
