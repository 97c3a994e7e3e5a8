"""Create a new document, ready to fill in: what `build.py new` does."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from fleuve import instant
from fleuve.content_type import ContentType, load
from fleuve.field import Field, write_scalar
from fleuve.slug import slugify

MAX_STEM = 80
DEFAULT_LANGUAGE = "fr"
# Keys that the editor will nearly always want; the others are listed after them.
_FIRST = ("description", "organismes", "publics", "themes", "regions", "mots_cles", "revision", "contact", "voir_aussi")
_RARE = frozenset({"type", "title", "date", "lang", "titre_court", "slug", "tags", "mise_a_jour", "modifications", "retire"})


class ScaffoldError(Exception):
    """The document cannot be created; the message is French and says what to do."""


def create(content: Path, type_name: str, title: str, folder: str | None = None, lang: str = DEFAULT_LANGUAGE) -> Path:
    """Create a document of a type with a title, and return its path.

    Takes the content folder, the id of the type, the title, the folder inside the content folder (the type's own when None)
    and the language. Every required key is there, with help in comments. Raises ScaffoldError, in French, when the type or the
    folder is wrong, when a file is already there, or when it cannot be written; nothing is ever overwritten.
    """
    kind = _type(type_name)
    title = "".join(character for character in " ".join(title.split()) if character.isprintable())
    stem = _stem(title)
    if not content.is_dir():
        raise ScaffoldError(f"Le dossier de contenu {content} n’existe pas.")
    place = _folder(content, kind, folder)
    suffix = "" if lang == DEFAULT_LANGUAGE else f".{lang}"
    path = place / stem / f"index{suffix}.md" if kind.is_index else place / f"{stem}{suffix}.md"
    _refuse_existing(content, path, stem, suffix)
    text = document(kind, title)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ScaffoldError(f"{_shown(content, path)} ne peut pas être écrit : {error.strerror}.") from error
    return path


def default_folder(type_name: str, today: date | None = None) -> str | None:
    """Return the folder where documents of a type go, '' for the content folder itself, None when the editor must choose.

    News go in the folder of the month; today: the day, in Québec, when it is not the present one.
    """
    kind = _type(type_name)
    if kind.is_news:
        return f"{kind.folder}/{today or instant.parse_now(None).date():%Y/%m}"
    if kind.folder:
        return kind.folder
    return "" if kind.name == "theme" else None


def folders(content: Path) -> list[str]:
    """Return the folders of the content folder that may hold pages, two levels deep, for a choice."""
    found = [path for pattern in ("*/", "*/*/") for path in content.glob(pattern) if path.is_dir()]
    names = [path.relative_to(content).as_posix() for path in found]
    return sorted(name for name in names if not any(part[0] in "._" for part in name.split("/")))


def _type(name: str) -> ContentType:
    types = load()
    if name in types:
        return types[name]
    labels = {slugify(kind.label()): kind.name for kind in types.values()}
    folded = slugify(name)
    if folded in labels:
        return types[labels[folded]]
    close = difflib.get_close_matches(folded, types, n=1, cutoff=0.6)
    meant = f" Vouliez-vous dire « {close[0]} » ?" if close else ""
    raise ScaffoldError(f"Le type « {name} » n’existe pas.{meant} Types permis : {', '.join(types)}.")


def _stem(title: str) -> str:
    stem = slugify(title)
    if not stem:
        raise ScaffoldError("Le titre doit contenir au moins une lettre ou un chiffre.")
    if len(title) > 200:
        raise ScaffoldError(f"Le titre compte {len(title)} caractères ; la limite est de 200.")
    if len(stem) > MAX_STEM:
        stem = stem[:MAX_STEM + 1].rpartition("-")[0] or stem[:MAX_STEM]
    return f"page-{stem}" if stem == "index" else stem


# --- Where -----------------------------------------------------------------------------------------------------------------


def _folder(content: Path, kind: ContentType, folder: str | None) -> Path:
    if folder is None:
        folder = default_folder(kind.name)
    if folder is None:
        known = ", ".join(name for name in folders(content) if "/" not in name)
        raise ScaffoldError(
            f"Un document de type « {kind.name} » va dans le dossier de son thème : dites lequel, par exemple "
            f"« sante/vaccination »." + (f" Dossiers de contenu/ : {known}." if known else ""))
    parts = [part for part in folder.replace("\\", "/").split("/") if part not in ("", ".")]
    if folder.startswith("/") or ".." in parts:
        raise ScaffoldError(f"Le dossier « {folder} » sort de contenu/ : écrivez son chemin à partir de contenu/.")
    if kind.has_page and any(part.startswith("_") for part in parts):
        raise ScaffoldError(f"Le dossier « {folder} » ne contient pas de pages, car son nom commence par « _ ».")
    if parts and not (content / parts[0]).is_dir():
        _refuse_misspelled(content, parts[0])
    place = content.joinpath(*parts)
    if not place.resolve().is_relative_to(content.resolve()):
        raise ScaffoldError(f"Le dossier « {folder} » mène hors de contenu/ par un lien symbolique.")
    return place


def _refuse_misspelled(content: Path, name: str) -> None:
    known = [path.name for path in content.iterdir() if path.is_dir()]
    close = difflib.get_close_matches(slugify(name) or name, known, n=1, cutoff=0.75)
    if close:
        raise ScaffoldError(f"Le dossier « {name} » n’existe pas dans contenu/. Vouliez-vous dire « {close[0]} » ?")


def _shown(content: Path, path: Path) -> str:
    return f"{content.name}/{path.relative_to(content).as_posix()}"


def _exists(content: Path, path: Path) -> str:
    return f"{_shown(content, path)} existe déjà ; donnez un autre titre, ou modifiez ce fichier."


def _refuse_existing(content: Path, path: Path, stem: str, suffix: str) -> None:
    """Refuse what exists, and what would have the same address (« x.md » and « x/index.md »)."""
    if path.name.startswith("index."):
        same_address = path.parent.parent / f"{stem}{suffix}.md"
    else:
        same_address = path.parent / stem / f"index{suffix}.md"
    for other in (path, same_address):
        if other.exists() or other.is_symlink():
            raise ScaffoldError(_exists(content, other))


# --- What ------------------------------------------------------------------------------------------------------------------


def document(kind: ContentType, title: str, today: date | None = None) -> str:
    """Return the text of a new document of a type."""
    today = today or instant.parse_now(None).date()
    one_of = {key for keys in kind.one_of for key in keys}
    own = [*kind.own.values(), *(field for key, field in kind.shared.items() if key != "date")]
    lines = ["---", f"type: {kind.name}", *_help(kind.fields["title"]), f"title: {write_scalar(title)}"]
    for field in own:
        if field.required:
            lines += ["", *_help(field), *_entry(field)]
    for keys in kind.one_of:
        lines += ["", f"# Gardez au moins l’un des blocs {' et '.join(f'« {key} »' for key in keys)}."]
        for key in keys:
            lines += ["", *_help(kind.fields[key]), *_entry(kind.fields[key])]
    if kind.has_page:
        lines += ["", *_help(kind.fields["date"]), f"date: {today.isoformat()}"]
    lines += ["", "# Ce qui suit est facultatif : enlevez « # » au début d’une ligne pour vous en servir."]
    optional = [field for field in own if not field.required and field.key not in one_of]
    optional += [kind.fields[key] for key in (_FIRST if kind.has_page else ("description",)) if key not in kind.shared]
    optional += [field for key, field in kind.fields.items()
                 if key not in kind.own and key not in kind.shared and key not in _FIRST and key not in _RARE and kind.has_page]
    for field in _once(optional):
        lines += ["", *_help(field), *(f"# {line}" for line in _entry(field, example=True))]
    return "\n".join([*lines, "---", "", kind.body.rstrip("\n")]).rstrip("\n") + "\n"


def _once(fields: list[Field]) -> Iterator[Field]:
    seen = set()
    for field in fields:
        if field.key not in seen:
            seen.add(field.key)
            yield field


def _help(field: Field) -> list[str]:
    required = " (obligatoire)" if field.required else ""
    help_text = f" : {field.help}" if field.help else ""
    lines = [f"# {field.label}{required}{help_text}"]
    if field.choices:
        lines.append("# Valeurs permises : " + ", ".join(field.choices))
    return lines


def _entry(field: Field, example: bool = False) -> list[str]:
    """The lines of a key and its value; only text is marked « À écrire », since other values must stay valid."""
    if field.fields:
        inner = [line for one in field.shown for line in _inner(one, example)]
        first = next(n for n, line in enumerate(inner) if not line.startswith("#"))
        inner = [inner[first], *inner[:first], *inner[first + 1:]]
        if field.is_list:
            return [f"{field.key}:", f"  - {inner[0]}", *(f"    {line}" for line in inner[1:])]
        return [f"{field.key}:", *(f"  {line}" for line in inner)]
    values = field.example if isinstance(field.example, list) else [field.example]
    if not example:
        values = [_to_write(field, value) for value in values]
    if field.is_list:
        return [f"{field.key}:", *(f"  - {write_scalar(value)}" for value in values)]
    return [f"{field.key}: {write_scalar(values[0])}"]


def _inner(field: Field, example: bool) -> list[str]:
    lines = _entry(field, example)
    return lines if field.required or example else [f"# {line}" for line in lines]


def _to_write(field: Field, value: object) -> object:
    marked = f"À écrire, par exemple : {value}"
    if field.form in ("texte", "ligne") and len(marked) <= field.schema.get("maxLength", 200):
        return marked
    return value
