"""Components: blocks that an author opens with `::: nom`, each one template of the theme that says what it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

_HEAD = re.compile(r"\s*\{#-?(.*?)-?#\}", re.DOTALL)
# Possessive quantifiers: the time stays linear whatever was typed.
_ATTRIBUTES = re.compile(r"""\{((?:\s*+[a-z_]++=(?:"[^"]*+"|“[^”]*+”|[^\s}"]++))++)\s*+\}\s*+$""")
_ATTRIBUTE = re.compile(r"""([a-z_]++)=(?:"([^"]*+)"|“([^”]*+)”|([^\s}"]++))""")


@dataclass(frozen=True)
class Component:
    """name; template (path in the theme); description and example for the guide; title and attributes: « obligatoire »,
    « facultatif » or « interdit »; parent: the component in which alone it may stand."""

    name: str
    template: str
    description: str
    title: str = "facultatif"
    attributes: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    example: str = ""


def load(theme: Path) -> dict[str, Component]:
    """All components of a theme, by name. Raises ValueError for a template without a head that can be read."""
    return {path.stem: _read(path) for path in sorted((theme / "composants").glob("*.html"))}


def _read(path: Path) -> Component:
    match = _HEAD.match(path.read_text("utf-8"))
    head = yaml.safe_load(match[1]) if match else None
    if not isinstance(head, dict):
        raise ValueError(f"{path}: the template must begin with a Jinja comment that holds YAML (description, titre, attributs…)")
    return Component(
        path.stem, f"composants/{path.name}", head.get("description", ""), head.get("titre", "facultatif"),
        head.get("attributs") or {}, head.get("parent"), head.get("exemple", ""),
    )


def parse_opening(text: str) -> tuple[str, str, dict[str, str]]:
    """(name, title, attributes) of what follows « ::: »: `appel-action Renouveler {lien="permis.md"}`."""
    name, _, rest = text.strip().partition(" ")
    attributes: dict[str, str] = {}
    if match := _ATTRIBUTES.search(rest):
        attributes = {m[1]: next(v for v in m.groups()[1:] if v is not None) for m in _ATTRIBUTE.finditer(match[1])}
        rest = rest[: match.start()]
    return name, rest.strip(), attributes
