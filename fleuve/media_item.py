"""The items of `medias` in a front matter: what each kind must have so that everybody gets what it says.

Rules: text for what is not text (WCAG 1.1.1), captions (1.2.2) and a transcript (1.2.1, 1.2.3), and the press's: a credit for each
photograph and recording. What is in the files is looked into elsewhere: fleuve/image.py, fleuve/caption.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from fleuve import front_matter
from fleuve.image import SUFFIXES
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.scan import is_transcript

PHOTOGRAPHS = tuple(suffix for suffix in SUFFIXES if suffix != ".svg")
FORMATS = {
    "image": tuple(SUFFIXES), "infographie": tuple(SUFFIXES), "affiche": PHOTOGRAPHS, "video": (".mp4", ".webm"), "audio": (".mp3", ".m4a", ".ogg", ".opus"),
    "sous_titres": (".vtt",),
}
"""Formats that browsers show without a plugin, by key."""

KINDS = {"image": "l’image", "video": "la vidéo", "audio": "l’enregistrement", "infographie": "l’infographie", "video_externe": "la vidéo"}
"""Keys of which an item has exactly one, with the words that name it."""

_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|webp|avif|gif|svg|tiff?|bmp|heic)|(?:img|dsc[fn]?|pxl|image|photo|capture)[ _-]?\d[\w-]*", re.IGNORECASE)
MAX_TOLD = 50

_ALT = "Écrivez en une phrase ce que l’image montre, pour qui ne la voit pas."
_MISSING = {
    "texte_de_remplacement": ("media-sans-texte", "Il manque le texte de remplacement de {}.", _ALT),
    "credit": ("media-sans-credit", "Il manque le crédit de {}.", "Ajoutez « credit: » : la personne ou l’organisme qui l’a faite."),
    "transcription": ("media-sans-transcription", "Il manque la transcription de {}.",
                      "Ajoutez « transcription: | », puis ce qui se dit et ce qui se voit ; ou le nom d’un fichier qui finit par « .transcription.md »."),
    "sous_titres": ("video-sans-sous-titres", "Il manque les sous-titres de {}.", "Ajoutez « sous_titres: fichier.vtt », ou « muet: true » si personne n’y parle."),
    "description_longue": ("infographie-sans-description", "Il manque la description longue de {}.", "Ajoutez « description_longue: | », puis tout ce que dit l’infographie, nombres compris."),
}
NEEDED = {
    "image": ("texte_de_remplacement", "credit"), "video": ("credit", "transcription", "sous_titres"), "audio": ("credit", "transcription"),
    "infographie": ("texte_de_remplacement", "description_longue"), "video_externe": (),
}

Told = tuple[front_matter.Pointer, str, str, str, str]


def check(medias: Any, file: str, text: str, first_line: int = 2) -> list[Problem]:
    """What is wrong with `medias`.

    Takes its value as written (its shape is judged by the type's schema), the path of the document, its front matter and the line where
    that begins. Never raises.
    """
    told = list(_judge(medias))[:MAX_TOLD] if isinstance(medias, list) else []
    places = front_matter.positions(text, [place for place, *_ in told], first_line) if told else []
    return [Problem(file, line, column, severity, code, message, remedy) for (line, column), (_, severity, code, message, remedy) in zip(places, told)]


def _judge(medias: list) -> Iterator[Told]:
    seen: dict[str, int] = {}
    for number, media in enumerate(medias):
        if not isinstance(media, dict):
            continue
        place = ("medias", number)
        kinds = [kind for kind in KINDS if media.get(kind)]
        if len(kinds) != 1:
            yield place, ERROR, "media-indecis", "Chaque élément de « medias » a une seule des clés image, video, audio, infographie ou video_externe.", \
                "Faites-en un élément par fichier." if kinds else "Ajoutez celle qui convient, avec le nom du fichier."
            continue
        yield from _needs(media, kinds[0], place)
        yield from _formats(media, place)
        path = str(media[kinds[0]])
        if seen.setdefault(path, number) != number:
            yield (*place, kinds[0]), WARNING, "media-en-double", f"« {path} » est déjà dans l’élément {seen[path] + 1} de « medias ».", "Gardez-en un seul."


def _needs(media: dict, kind: str, place: front_matter.Pointer) -> Iterator[Told]:
    for key in NEEDED[kind]:
        if not str(media.get(key) or "").strip() and not (key == "sous_titres" and media.get("muet") is True):
            code, message, remedy = _MISSING[key]
            yield (*place, kind), ERROR, code, message.format(KINDS[kind]), remedy
    alt = media.get("texte_de_remplacement")
    if isinstance(alt, str) and is_file_name(alt, str(media[kind])):
        yield (*place, "texte_de_remplacement"), ERROR, *named_by_file(alt)
    transcript = media.get("transcription")
    if isinstance(transcript, str) and transcript.strip().endswith(".md") and " " not in transcript.strip() and not is_transcript(transcript):
        yield (*place, "transcription"), ERROR, "transcription-nom", f"« {transcript} » serait une page du site.", \
            f"Renommez ce fichier « {transcript.strip()[:-3]}.transcription.md », ici aussi."


def _formats(media: dict, place: front_matter.Pointer) -> Iterator[Told]:
    for key, suffixes in FORMATS.items():
        path = media.get(key)
        if isinstance(path, str) and path and os.path.splitext(path)[1].lower() not in suffixes:
            yield (*place, key), ERROR, "media-format", f"« {path} » n’est pas d’un format que les navigateurs lisent ici.", f"Formats possibles : {', '.join(suffixes)}."


def is_file_name(alt: str, path: str = "") -> bool:
    """Whether words that should stand for an image are the name of a file (WCAG, failure F30)."""
    alt = alt.strip()
    stem = os.path.splitext(path.rpartition("/")[2])[0]
    return bool(alt) and (_FILE_NAME.fullmatch(alt) is not None or (alt == stem and ("-" in stem or "_" in stem or any(sign.isdigit() for sign in stem))))


def named_by_file(alt: str) -> tuple[str, str, str]:
    """(code, message, remedy) for such words."""
    return "texte-de-remplacement", f"« {alt} » est le nom d’un fichier, et ne dit pas ce que montre l’image.", _ALT


def is_allowed(address: str, hosts: Sequence[str]) -> bool:
    """Whether the address is that of one of these hosts (`videos_externes` of site.yml), over HTTPS."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and parts.hostname in hosts
    except ValueError:
        return False


def refused_host(address: str, hosts: Sequence[str]) -> tuple[str, str, str, str]:
    """(severity, code, message, remedy) for the address of a host that is not allowed."""
    known = f"Hôtes permis : {', '.join(hosts)}." if hosts else "Aucun hôte n’est permis pour le moment."
    return ERROR, "video-hote", f"Le site ne mène pas aux vidéos de « {address} » ; le lien n’est pas montré.", f"{known} La liste est « extra.fleuve.videos_externes » dans site.yml."
