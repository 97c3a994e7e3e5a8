"""The reference page of the editors' guide: every type, its keys, what they take, with examples."""

from __future__ import annotations

from collections.abc import Iterable

from fleuve.content_type import ContentType
from fleuve.field import Field, write_scalar

_INTRODUCTION = """\
# Les types de documents et leurs clés

<!-- Cette page est produite à partir de fleuve/types/ : python -m fleuve.content_type > docs/reference-types.md -->

Chaque document de `contenu/` commence par un en-tête, entre deux lignes `---`, fait de lignes « clé: valeur » :

```yaml
---
type: page
title: Renouveler son permis de conduire
description: Qui doit renouveler son permis, quand le faire et comment payer.
organismes: [ministere-transports]
date: 2026-05-04
---
```

- La clé `type` dit le genre de document ; sans elle, c’est une `page`.
- La seule clé toujours obligatoire est `title`.
- Une clé qui n’est pas dans cette page est une erreur : le site dit laquelle, à quelle ligne, et laquelle vous vouliez sans doute écrire.
- Mettez une valeur entre guillemets droits quand elle contient un deux-points suivi d’une espace, ou quand elle commence par un signe comme `[`, `*` ou `@`.
- Une date s’écrit `2026-05-04`, ou `2026-05-04 09:30` avec l’heure du Québec. Une date de fin comprend toute la journée.
- Les mots « oui » et « non » sont du texte ; une clé vraie ou fausse prend `true` ou `false`.
- L’identifiant d’un document est le nom de son fichier sans `.md`, ou celui de son dossier pour un `index.md`.
- Pour commencer un document : `python build.py new TYPE "Titre"`.

Une page dont le titre manque, ou dont une clé qui décide de sa publication (`embargo`, `expiration`, `retire`, `lang`, `slug`) est fausse, n’est pas publiée. Dans les autres cas, la valeur fausse est laissée de côté et la page paraît.
"""

_REFERENCES = {
    "organisme": "l’identifiant d’un organisme", "theme": "l’identifiant d’un thème", "public": "l’identifiant d’un public",
    "region": "l’identifiant d’une région", "personne": "l’identifiant d’une personne",
    "fonction": "l’identifiant d’une fonction", "formulaire-lien": "l’identifiant d’un formulaire",
    "dossier": "l’identifiant d’un dossier de presse", "contact-presse": "l’identifiant d’un contact pour les médias",
}


def render(types: dict[str, ContentType]) -> str:
    """Return the reference page, in Markdown."""
    parts = [_INTRODUCTION, _summary(types), _common(types), _news(types)]
    parts += [_type(kind) for kind in types.values()]
    return "\n".join(parts)


def _summary(types: dict[str, ContentType]) -> str:
    rows = [f"| [`{kind.name}`](#type-{kind.name}) | {kind.label()} | {'oui' if kind.has_page else 'non'} "
            f"| {_cell(kind.description)} |" for kind in types.values()]
    return "\n".join(["## Tous les types", "", "| Type | Nom | A sa page | Ce que c’est |", "| --- | --- | --- | --- |", *rows, ""])


def _common(types: dict[str, ContentType]) -> str:
    kind = types["page"]
    fields = [field for key, field in kind.fields.items() if key not in kind.own]
    return "\n".join(["## Clés de tous les types {#cles-communes}", "", *_table(fields), ""])


def _news(types: dict[str, ContentType]) -> str:
    news = [kind for kind in types.values() if kind.is_news]
    if not news:
        return ""
    listed = ", ".join(f"[`{kind.name}`](#type-{kind.name})" for kind in news)
    return "\n".join([
        "## Clés des nouvelles {#cles-des-nouvelles}", "",
        f"Les types de la salle de presse ({listed}) prennent aussi ces clés. Celles qui sont déjà plus haut ont ici le sens que voici.", "",
        *_table(news[0].shared.values()), "", "Exemple :", "", "```yaml", *(line for field in news[0].shared.values() for line in _example(field)), "```", ""])


def _type(kind: ContentType) -> str:
    lines = [f"## {kind.label()} : `{kind.name}` {{#type-{kind.name}}}", "", kind.description, ""]
    if kind.folder:
        lines += [f"Dossier habituel : `contenu/{kind.folder}/`.", ""]
    if kind.is_index:
        lines += ["Le document est le fichier `index.md` d’un dossier à lui.", ""]
    for keys in kind.one_of:
        lines += ["Il faut au moins une de ces clés : " + " ou ".join(f"`{key}`" for key in keys) + ".", ""]
    if kind.is_news:
        lines += ["Ce type prend aussi les [clés des nouvelles](#cles-des-nouvelles).", ""]
    if kind.own:
        lines += [*_table(kind.own.values()), "", "Exemple des clés propres à ce type :", "", "```yaml",
                  *(line for field in kind.own.values() for line in _example(field)), "```", ""]
    elif not kind.is_news:
        lines += ["Ce type n’a pas de clé à lui ; il prend les [clés de tous les types](#cles-communes).", ""]
    return "\n".join(lines)


def _table(fields: Iterable[Field]) -> list[str]:
    lines = ["| Clé | Nom | Obligatoire | Valeur | Aide |", "| --- | --- | --- | --- | --- |"]
    for field in fields:
        lines += _rows(field, field.key)
    return lines


def _rows(field: Field, name: str) -> list[str]:
    shown = f"{name}[]" if field.is_list else name
    rows = [f"| `{shown}` | {_cell(field.label)} | {'**oui**' if field.required else ''} | {_cell(_value(field))} "
            f"| {_cell(field.help)} |"]
    for inner in field.fields.values():
        rows += _rows(inner, f"{shown}.{inner.key}")
    return rows


def _value(field: Field) -> str:
    if field.fields:
        or_id = f", ou {_REFERENCES[field.reference]}" if field.schema else ""
        return ("une liste de groupes de clés" if field.is_list else "un groupe de clés") + or_id
    if field.choices:
        return "une de ces valeurs : " + ", ".join(f"`{choice}` ({label})" for choice, label in field.choices.items())
    expected = _REFERENCES.get(field.reference, field.expected) if field.form == "identifiant" else field.expected
    text = f"une liste ; chaque élément est {expected}" if field.is_list else expected
    if field.markdown:
        text += ", en Markdown" + (" sur une ligne" if field.markdown == "ligne" else "")
    if field.form in ("ligne", "texte") and "maxLength" in field.schema:
        text += f", au plus {field.schema['maxLength']} caractères"
    return text


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _example(field: Field) -> list[str]:
    if field.fields:
        inner = [line for one in field.shown for line in _example(one)]
        if field.is_list:
            return [f"{field.key}:", f"  - {inner[0]}", *(f"    {line}" for line in inner[1:])]
        return [f"{field.key}:", *(f"  {line}" for line in inner)]
    if field.is_list:
        values = field.example if isinstance(field.example, list) else [field.example]
        return [f"{field.key}: [{', '.join(write_scalar(value) for value in values)}]"]
    return [f"{field.key}: {write_scalar(field.example)}"]
