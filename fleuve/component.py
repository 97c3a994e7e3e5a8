"""Components: blocks that an author opens with `::: nom`, each one template of the theme that says what it takes.

The template begins with a Jinja comment that holds YAML: the one source of what the pipeline checks, of the editors' guide
(docs/guide/composants.md) and of the site's « Composants » page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml

from fleuve.sort_key import sort_key

_HEAD = re.compile(r"\s*\{#-?(.*?)-?#\}", re.DOTALL)
# Possessive quantifiers: the time stays linear whatever was typed.
_ATTRIBUTES = re.compile(r"""\{((?:\s*+[a-z_]++=(?:"[^"]*+"|“[^”]*+”|[^\s}"]++))+)\s*+\}\s*+$""")
_ATTRIBUTE = re.compile(r"""([a-z_]++)=(?:"([^"]*+)"|“([^”]*+)”|([^\s}"]++))""")
KEYS = frozenset(("nom", "groupe", "description", "titre", "attributs", "parent", "exemple", "etats", "contenu", "un_parmi", "a_faire", "a_eviter", "accessibilite"))
PRESENCES = ("obligatoire", "facultatif", "interdit")


class State(NamedTuple):
    """A state of a component: its name, what it looks like or does, and Markdown that gives it when Markdown can."""

    name: str
    text: str
    example: str = ""


@dataclass(frozen=True)
class Component:
    """name; template (path in the theme); label: its name for people; description and example; title and attributes: « obligatoire »,
    « facultatif » or « interdit »; help: what each attribute takes; parent: the component in which alone it may stand; states; do and
    avoid: sentences; content: what must be written in it, « » when it may be empty; one_of: attributes of which it needs one; keyboard and reader: what the keyboard does, what the browser hands
    to a screen reader; group: the page of the design system that shows it, « » for that of all components."""

    name: str
    template: str
    description: str
    title: str = "facultatif"
    attributes: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    example: str = ""
    label: str = ""
    help: dict[str, str] = field(default_factory=dict)
    states: tuple[State, ...] = ()
    do: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    keyboard: str = ""
    reader: str = ""
    content: str = ""
    one_of: tuple[str, ...] = ()
    group: str = ""


def load(theme: Path) -> dict[str, Component]:
    """All components of a theme, by name. Raises ValueError for a template without a head that can be read."""
    return {path.stem: _read(path) for path in sorted((theme / "composants").glob("*.html"))}


def _read(path: Path) -> Component:
    match = _HEAD.match(path.read_text("utf-8"))
    head = yaml.load(match[1], yaml.CSafeLoader) if match else None
    if not isinstance(head, dict):
        raise ValueError(f"{path}: the template must begin with a Jinja comment that holds YAML (description, titre, attributs…)")
    return describe(path.stem, f"composants/{path.name}", head)


def describe(name: str, template: str, head: dict) -> Component:
    """The component that a head describes. Raises ValueError for a key or a value that is not known."""
    if unknown := head.keys() - KEYS:
        raise ValueError(f"{template}: unknown keys {', '.join(sorted(unknown))}; known: {', '.join(sorted(KEYS))}")
    attributes = {key: value if isinstance(value, dict) else {"presence": value} for key, value in (head.get("attributs") or {}).items()}
    if unknown := {inner for value in attributes.values() for inner in value} - {"presence", "aide"}:
        raise ValueError(f"{template}: unknown keys {', '.join(sorted(unknown))} in attributs; known: aide, presence")
    for what, presence in (("titre", head.get("titre", "facultatif")), *((key, value.get("presence")) for key, value in attributes.items())):
        if presence not in PRESENCES:
            raise ValueError(f"{template}: {what}: {presence!r} is none of {', '.join(PRESENCES)}")
    access = head.get("accessibilite") or {}
    return Component(
        name, template, head.get("description", ""), head.get("titre", "facultatif"),
        {key: value["presence"] for key, value in attributes.items()}, head.get("parent"), head.get("exemple", ""),
        head.get("nom", name), {key: value.get("aide", "") for key, value in attributes.items()},
        tuple(State(one["nom"], one["texte"], one.get("exemple", "")) for one in head.get("etats") or ()),
        tuple(head.get("a_faire") or ()), tuple(head.get("a_eviter") or ()), access.get("clavier", ""), access.get("lecteur", ""),
        head.get("contenu", ""), tuple(head.get("un_parmi") or ()), head.get("groupe", ""),
    )


def families(components: dict[str, Component]) -> list[Component]:
    """Components in the order of a page about them: by name for people, each followed by those that stand only in it."""
    roots = sorted((one for one in components.values() if not one.parent), key=lambda one: sort_key(one.label))
    return [one for root in roots for one in (root, *(child for child in components.values() if child.parent == root.name))]


def parse_opening(text: str) -> tuple[str, str, dict[str, str]]:
    """(name, title, attributes) of what follows « ::: »: `appel-action Renouveler {lien="permis.md"}`."""
    name, _, rest = text.strip().partition(" ")
    attributes: dict[str, str] = {}
    if match := _ATTRIBUTES.search(rest):
        attributes = {m[1]: next(v for v in m.groups()[1:] if v is not None) for m in _ATTRIBUTE.finditer(match[1])}
        rest = rest[: match.start()]
    return name, rest.strip(), attributes


if __name__ == "__main__":  # python -m fleuve.component > docs/guide/composants.md
    from fleuve.component_reference import render
    from fleuve.settings import ROOT

    print(render(load(ROOT / "themes" / "fleuve")), end="")
