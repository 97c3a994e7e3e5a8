"""Read one sheet of « Vos droits et démarches »: a JSON tree of the official XML of Service-Public.fr.

A node is a dict: `{"type": "element", "name", "attributes", "children"}` or `{"type": "text", "text"}`. Nodes stay dicts:
there are 1.9 million of them, and objects would double the time of the whole conversion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from migration.dialect import tidy

Node = dict

AUDIENCES = {"Particuliers": "particuliers", "Professionnels": "professionnels", "Associations": "associations"}
MEMBER = re.compile(r"data/(?P<group>particuliers|professionnels|associations)/(?P<name>[FNR][0-9]{1,9})\.json")
_ID = re.compile(r"[FNR][0-9]{1,9}")
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
# The deepest sheet of 2020 has 27 levels.
DEPTH_MAX = 100


class FicheError(ValueError):
    """A sheet cannot be read; the message, in French, is the reason that the report gives."""


def attribute(node: Node, name: str) -> str:
    """Return an attribute as text, "" when it is absent."""
    attributes = node.get("attributes")
    value = attributes.get(name, "") if attributes else ""
    return value if isinstance(value, str) else str(value)


def elements(node: Node) -> Iterator[Node]:
    """Give the children of `node` that are elements, in order."""
    for child in node.get("children") or ():
        if child["type"] == "element":
            yield child


def named(node: Node, name: str) -> Iterator[Node]:
    """Give the children of `node` that have this element name, in order."""
    for child in node.get("children") or ():
        if child.get("name") == name:
            yield child


def first(node: Node, name: str) -> Node | None:
    """Return the first child of this element name, or None."""
    return next(named(node, name), None)


def text(node: Node | None) -> str:
    """Return all the text of `node`, tidied and stripped."""
    if node is None:
        return ""
    parts: list[str] = []
    _collect(node, parts)
    return tidy("".join(parts)).strip()


def _collect(node: Node, parts: list[str]) -> None:
    if node["type"] == "text":
        parts.append(node["text"])
        return
    for child in node.get("children") or ():
        _collect(child, parts)
        if child.get("name") in ("Paragraphe", "Titre", "Item", "Liste"):
            parts.append(" ")


@dataclass(frozen=True)
class Fiche:
    """One sheet: its id, the audience folder it comes from, and the root of its tree."""

    id: str
    audience: str
    root: Node

    @property
    def kind(self) -> str:
        """The type that the source gives: « Fiche d'information », « Formulaire », « Dossier »…"""
        return attribute(self.root, "type")

    @property
    def is_service(self) -> bool:
        """Whether the sheet is an online service, a form or a model, and not a page."""
        return self.root["name"] == "ServiceComplementaire"

    @property
    def levels(self) -> list[Node]:
        """The levels of the breadcrumb, home first; the last one is the sheet."""
        trail = first(self.root, "FilDAriane")
        return list(named(trail, "Niveau")) if trail else []

    @property
    def title(self) -> str:
        """The title: that of the breadcrumb, which does not repeat « Formulaire 12345*01 : », else `dc:title`."""
        levels = self.levels
        return (text(levels[-1]) if levels else "") or text(first(self.root, "dc:title"))

    @property
    def modified(self) -> str:
        """The date of the last change (AAAA-MM-JJ), "" when the source gives none."""
        found = _DATE.search(text(first(self.root, "dc:date")))
        return found[0] if found else ""

    @property
    def important_change(self) -> str:
        """The date of the last important change (AAAA-MM-JJ), or ""."""
        found = _DATE.match(attribute(self.root, "dateDerniereModificationImportante"))
        return found[0] if found else ""


def parse(data: bytes, name: str, audience: str, *, checked: bool = False) -> Fiche:
    """Return the sheet in `data`, whose file is named `name`; raises FicheError.

    `checked` says that the shape of this tree was verified before (the second of two readings).
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FicheError(f"JSON illisible, ligne {error.lineno}") from error
    roots = document.get("children") if isinstance(document, dict) else None
    if not isinstance(roots, list) or len(roots) != 1:
        raise FicheError("la fiche n’a pas exactement une racine")
    root = roots[0]
    if not checked:
        _check(root)
    if root.get("name") not in ("Publication", "ServiceComplementaire"):
        raise FicheError(f"racine inconnue : {str(root.get('name'))[:60]}")
    if attribute(root, "ID") != name or not _ID.fullmatch(name):
        raise FicheError("l’identifiant de la fiche n’est pas celui du fichier")
    fiche = Fiche(name, audience, root)
    if not fiche.title:
        raise FicheError("la fiche n’a pas de titre")
    return fiche


def _check(root: object) -> None:
    """Refuse a tree that is too deep or whose nodes do not have the documented shape."""
    level = [root]
    for _ in range(DEPTH_MAX):
        below: list[object] = []
        for node in level:
            if not isinstance(node, dict):
                raise FicheError("un nœud n’est pas un objet JSON")
            if node.get("type") == "text":
                if not isinstance(node.get("text"), str):
                    raise FicheError("un nœud de texte n’a pas de texte")
                continue
            if node.get("type") != "element" or not isinstance(node.get("name"), str):
                raise FicheError("un nœud n’est ni un élément ni du texte")
            if not isinstance(node.get("attributes") or {}, dict):
                raise FicheError("les attributs d’un élément ne sont pas un objet JSON")
            children = node.get("children")
            if isinstance(children, list):
                below += children
            elif children is not None:
                raise FicheError("les enfants d’un élément ne sont pas une liste")
        if not below:
            return
        level = below
    raise FicheError(f"plus de {DEPTH_MAX} niveaux imbriqués")
