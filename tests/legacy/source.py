"""The real pages of this repository that the old sites are made of: titles, paragraphs, lists and tables as people wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fleuve.markdown import render

CONTENT = Path(__file__).resolve().parents[2] / "contenu"
_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_INCLUDE = re.compile(r"^\[\[.*\]\]$|^:::.*$", re.MULTILINE)
# A Liquid-like or attribute syntax of Fleuve’s own; no old site had it.
_OWN = re.compile(r"\{\{.*?\}\}|\{[.#:][^}]*\}")
_SECTIONS = {
    "fr": {"avant_de_commencer": "Avant de commencer", "admissibilite": "Qui peut faire une demande",
        "documents_requis": "Documents requis", "cout": "Coût", "delai": "Délai"},
    "en": {"avant_de_commencer": "Before you start", "admissibilite": "Who can apply",
        "documents_requis": "Required documents", "cout": "Cost", "delai": "Processing time"},
}
_CONTACT = {
    "fr": ("Nous joindre", "Téléphone", "Heures", "Du lundi au vendredi, de 8 h 30 à 16 h 30"),
    "en": ("Contact us", "Telephone", "Hours", "Monday to Friday, 8:30 a.m. to 4:30 p.m.")}


@dataclass(frozen=True)
class Source:
    """A Markdown page. `path` is from the content’s folder; `html` is what it says below its title, links still to Markdown files."""

    path: str
    lang: str
    title: str
    description: str
    published: str
    modified: str
    html: str

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def topic(self) -> str:
        return self.path.partition("/")[0]

    @property
    def slug(self) -> str:
        return self.path.rpartition("/")[2].partition(".")[0]


@cache
def sources() -> dict[str, Source]:
    """All the pages that are neither sections’ indexes nor shared parts, by their path."""
    found = {}
    for file in sorted(CONTENT.rglob("*.md")):
        path = file.relative_to(CONTENT).as_posix()
        if not path.startswith("_") and "/_" not in path and not file.name.startswith(("index.", "formulaire")):
            source = _read(file, path)
            if source:
                found[path] = source
    return found


def _read(file: Path, path: str) -> Source | None:
    match = _FRONT.match(file.read_text(encoding="utf-8"))
    if not match:
        return None
    front = yaml.load(match[1], Loader=yaml.CSafeLoader)
    lang = "en" if path.endswith(".en.md") else "fr"
    markdown = _INCLUDE.sub("", _OWN.sub("", _markdown(front, match[2], lang)))
    if len(markdown) < 300:
        return None
    published = str(front.get("date", "2014-03-18"))[:10]
    modified = str(front.get("mise_a_jour", published))[:10]
    # Pages come out of real years of such sites: twelve years before the pages they are made of.
    return Source(path, lang, str(front["title"]), str(front.get("description", "")), _older(published), _older(modified), render(markdown, lang))


def _older(date: str) -> str:
    # The 28th at most: 29 February is not in every year.
    return f"{int(date[:4]) - 12}-{date[5:8]}{min(int(date[8:10]), 28):02}"


def _markdown(front: dict[str, Any], body: str, lang: str) -> str:
    parts = [str(front.get("introduction", "") or "")]
    for key, title in _SECTIONS[lang].items():
        value = front.get(key)
        if isinstance(value, list):
            value = "\n".join(f"- {one}" for one in value if isinstance(one, str))
        if isinstance(value, str) and value.strip():
            parts.append(f"## {title}\n\n{value.strip()}")
    parts.append(body.strip())
    contact = front.get("contact")
    if isinstance(contact, dict) and contact.get("telephone"):
        title, telephone, hours, when = _CONTACT[lang]
        parts.append(f"## {title}\n\n{telephone}\n: {contact['telephone']}\n\n{hours}\n: {when}")
    return "\n\n".join(part for part in parts if part.strip())
