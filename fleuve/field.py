"""One field of a content type: what it holds, how it is labelled, and its JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fleuve.front_matter import read_plain

MAX_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Field:
    """A key that a document may have.

    key: as written in the front matter. label, help: French. form: name of its form in `_commun.yml`, '' for a choice or a
    group. expected: French phrase that says what is expected. schema: JSON Schema of one value. is_list: several values.
    choices: id → label. fields: the keys of a group; with a form as well, a value of that form may stand for the group.
    markdown: 'bloc', 'ligne' or ''. reference: what an id refers to, or ''.
    """

    key: str
    label: str
    help: str
    example: Any
    form: str
    expected: str
    schema: dict[str, Any]
    is_list: bool
    required: bool
    markdown: str
    reference: str
    choices: dict[str, str]
    fields: dict[str, Field]

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the value of the key, list included."""
        one = object_schema(self.fields) if self.fields else self.schema
        if self.fields and self.schema:  # a group, or the id of a document that says the same
            one = {"if": {"type": "object"}, "then": one, "else": self.schema}
        if not self.is_list:
            return one
        return {"type": "array", "items": one, "minItems": 1 if self.required else 0, "maxItems": MAX_ITEMS}

    @property
    def shown(self) -> list[Field]:
        """The keys of a group that an example of it shows: those that `exemple` names, else all."""
        return [inner for key, inner in self.fields.items() if not self.example or key in self.example]

    @property
    def has_references(self) -> bool:
        """True when the field, or a field inside it, names another document, an organism, a file…"""
        return bool(self.reference) or any(inner.has_references for inner in self.fields.values())


def object_schema(fields: dict[str, Field]) -> dict[str, Any]:
    """Return the JSON Schema of a group of keys; unknown keys are errors."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: inner.json_schema() for key, inner in fields.items()},
        "additionalProperties": False,
    }
    required = [key for key, inner in fields.items() if inner.required]
    if required:
        schema["required"] = required
    return schema


def build(key: str, spec: dict[str, Any], forms: dict[str, dict[str, Any]]) -> Field:
    """Make a field from its entry in a type file.

    Takes the key, the entry and the forms of `_commun.yml`. Raises ValueError, in French, when the entry is not understood.
    """
    unknown = set(spec) - {"libelle", "aide", "exemple", "forme", "schema", "liste", "requis", "markdown", "reference", "choix",
                           "champs"}
    if unknown or "libelle" not in spec:
        raise ValueError(f"champ « {key} » : " + (f"clé inconnue « {min(unknown)} »" if unknown else "il manque « libelle »"))
    form = forms.get(spec.get("forme", ""), {})
    choices = spec.get("choix", {})
    if not (form or choices or "champs" in spec):
        raise ValueError(f"champ « {key} » : il faut « forme », « choix » ou « champs »")
    schema = {**form.get("schema", {}), **spec.get("schema", {})}
    if choices:
        schema = {"type": "string", "enum": list(choices)}
    return Field(
        key=key, label=spec["libelle"], help=spec.get("aide", ""), example=spec.get("exemple"), form=spec.get("forme", ""),
        expected=form.get("attendu", "une des valeurs permises" if choices else "un groupe de clés"), schema=schema,
        is_list=spec.get("liste", False), required=spec.get("requis", False), markdown=spec.get("markdown", ""),
        reference=spec.get("reference", ""), choices=choices,
        fields={name: build(name, inner, forms) for name, inner in spec.get("champs", {}).items()},
    )


def write_scalar(value: Any) -> str:
    """Return a scalar as it is written in a front matter, with quotes only when YAML needs them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if read_plain(f"k: {value}\n") == {"k": value}:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
