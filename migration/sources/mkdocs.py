"""An existing MkDocs site: its mkdocs.yml and its Markdown files, which migration/mkdocs_page.py reads; other files as they are.

mkdocs.yml is read without running anything: tags of Python (« !!python/name:… »), of environment (« !ENV ») and includes mean nothing here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from mkdocs.config.base import ValidationError
from mkdocs.config.config_options import PathSpec

from fleuve import front_matter
from migration import media_type
from migration.export_page import described
from migration.recipe import Recipe
from migration.record import FILE_MAX, PAGE_MAX, Damaged, Record, SourceError

CONFIG = ("mkdocs.yml", "mkdocs.yaml")
_CONFIG_MAX = 1024 * 1024
_NAV_MAX = 50_000
_REDIRECTS_MAX = 10_000
_PATTERNS_MAX = 10_000  # characters
_DEPTH_MAX = 50
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
_HEADING = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\{[^}]*\})?[ \t]*$")
_UNDERLINE = re.compile(r"=+[ \t]*$")
# What is written around the words of a heading: emphasis, code, links, icons, attributes.
_MARKUP = re.compile(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)|!?\[([^\]]*)\](?:\([^()]*\))?|:[a-z]+-[a-z0-9-]+:|\{[^{}]*\}[ \t]*$")


def read(source: Path, recipe: Recipe) -> Iterator[Record | Damaged]:
    """Give the pages (kind text/markdown, body as it is, hints from its front matter and the nav) and other files of a site, in the order of their paths.

    Takes the folder of mkdocs.yml, or this file. Raises SourceError when it cannot be read or its docs_dir is not below it.
    """
    file = source if source.is_file() else next((source / name for name in CONFIG if (source / name).is_file()), source / CONFIG[0])
    config = _config(file)
    root = file.parent.resolve()
    docs = (root / _text(config.get("docs_dir"), "docs")).resolve()
    if not docs.is_dir() or not docs.is_relative_to(root):
        raise SourceError(f"« {file.name} » : le dossier « docs_dir » ({_text(config.get('docs_dir'), 'docs')}) n’est pas là, à côté de ce fichier.")
    base = _text(config.get("site_url"), f"https://{recipe.hosts[0]}/" if recipe.hosts else "")
    if not re.match(r"https?://[^/]+", base):
        raise SourceError(f"« {file.name} » : « site_url » manque. Écrivez-le, ou « hotes » dans la recette.")
    base = base.rstrip("/") + "/"
    pretty = _text(config.get("use_directory_urls"), "true").lower() not in ("false", "no", "off")
    theme = config.get("theme")
    lang = _text(theme.get("language") or theme.get("locale"), "") if isinstance(theme, dict) else ""
    places = _places(config.get("nav"))
    kept_back = _kept_back(config)
    for path in _files(docs):
        relative = path.relative_to(docs).as_posix()
        if why := kept_back(relative):
            yield Damaged(base + quote(address(relative, pretty)), why, left=True)
            continue
        if path.name == "README.md" and path.with_name("index.md").is_file():
            continue  # both would have one address: MkDocs takes the other
        yield _record(path, relative, base + quote(address(relative, pretty)), places.get(relative, ("", "")), lang)
    yield from _redirects(config.get("plugins"), base, pretty)


def address(relative: str, pretty: bool) -> str:
    """The address of a file of docs_dir on the site, as MkDocs makes it; `pretty` is use_directory_urls."""
    stem, extension = os.path.splitext(relative)
    if extension.lower() not in MARKDOWN:
        return relative
    folder, slash, name = stem.rpartition("/")
    if name in ("index", "README"):
        return folder + slash if pretty else f"{folder}{slash}index.html"
    return f"{stem}/" if pretty else f"{stem}.html"


def _config(file: Path) -> dict[str, Any]:
    try:
        with open(file, "rb") as stream:
            data = stream.read(_CONFIG_MAX + 1)
        if len(data) > _CONFIG_MAX:
            raise SourceError(f"« {file.name} » a plus de 1 Mo : ce n’est pas une configuration de MkDocs.")
        # The base loader makes texts, lists and mappings of everything, and does nothing for any tag.
        value = yaml.load(data, yaml.CBaseLoader)
    except OSError as error:
        raise SourceError(f"« {file.name} » ne peut pas être lu : {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        mark = getattr(error, "problem_mark", None)
        raise SourceError(f"« {file.name} », ligne {mark.line + 1 if mark else 1} : ce n’est pas du YAML.") from None
    if not isinstance(value, dict):
        raise SourceError(f"« {file.name} » : des lignes « clé: valeur » sont attendues.")
    return value


def _text(value: Any, default: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return default if text in ("", "~", "null") else text


def _places(nav: Any) -> dict[str, tuple[str, str]]:
    """By file of the nav: its breadcrumb (« A > B ») and its title there."""
    places: dict[str, tuple[str, str]] = {}
    # Aliases of YAML may make a few lines a tree without end: what is walked is bounded, not what is written.
    waiting: list[tuple[Any, tuple[str, ...]]] = [(nav, ())]
    for _ in range(_NAV_MAX):
        if not waiting:
            break
        node, trail = waiting.pop()
        if isinstance(node, list):
            waiting += [(one, trail) for one in reversed(node[:_NAV_MAX])]
        elif isinstance(node, str):
            places.setdefault(node, (" > ".join(trail), ""))
        elif isinstance(node, dict) and len(trail) < _DEPTH_MAX:
            for title, value in reversed(node.items()):
                if isinstance(value, str):
                    places.setdefault(value, (" > ".join(trail), str(title)))
                else:
                    waiting.append((value, (*trail, str(title).replace(">", "›"))))
    return places


def _files(docs: Path) -> Iterator[Path]:
    """Files below docs_dir, sorted; neither hidden ones, as MkDocs has it, nor links."""
    for folder, folders, names in os.walk(docs):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not os.path.islink(os.path.join(folder, name)))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _kept_back(config: dict[str, Any]) -> Callable[[str], str]:
    """What tells why a file of docs_dir is not published, "" when it is."""
    excluded = _patterns(config, "exclude_docs", "/templates/\n")  # which MkDocs never publishes
    drafts = _patterns(config, "draft_docs")

    def why(relative: str) -> str:
        if excluded.match_file(relative):
            return "exclu du site (« exclude_docs ») : non public, laissé de côté."
        return "brouillon (« draft_docs ») : non public, laissé de côté." if drafts.match_file(relative) else ""

    return why


def _patterns(config: dict[str, Any], name: str, always: str = "") -> Any:
    """What MkDocs makes of lines of patterns, as .gitignore has them. What cannot be read is refused: pages that were not public would come in."""
    lines = always + _text(config.get(name), "")
    try:
        if len(lines) <= _PATTERNS_MAX:
            return PathSpec().validate(lines)
    except ValidationError:
        pass
    raise SourceError(f"« {name} », dans la configuration de MkDocs, ne peut pas être lu : corrigez-le, ou retirez ces fichiers et cette clé.")


def _record(path: Path, relative: str, url: str, place: tuple[str, str], lang: str) -> Record | Damaged:
    markdown = path.suffix.lower() in MARKDOWN
    bound = PAGE_MAX if markdown else FILE_MAX
    try:
        with open(path, "rb") as stream:
            when = datetime.fromtimestamp(int(os.fstat(stream.fileno()).st_mtime), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            body = stream.read(bound + 1)
    except OSError as error:
        return Damaged(url, f"« {relative} » ne peut pas être lu : {error.strerror}.")
    if len(body) > bound:
        return Damaged(url, f"« {relative} » a plus de {bound // (1024 * 1024)} Mo.")
    if not markdown:
        return Record(url, 200, media_type.of_name(relative), "", body, when)
    text, values = _read(body, relative)
    if values.get("draft") is True:
        return Damaged(url, "brouillon (« draft ») : non public, laissé de côté.", left=True)
    return Record(url, 200, "text/markdown", "utf-8", body, when, hints={"source": relative, **_hints(text, values, place, lang)})


def _read(body: bytes, relative: str) -> tuple[str, dict[str, Any]]:
    """The Markdown of a page and its front matter; one that cannot be read says nothing."""
    document = front_matter.split(body, relative)
    if not document.readable or not document.text:
        return document.body, {}
    return document.body, front_matter.read_yaml(document.text, relative, document.first_line)[0]


def _hints(text: str, values: dict[str, Any], place: tuple[str, str], lang: str) -> dict[str, str]:
    """What the front matter, else the first heading, which people saw, else the nav say."""
    title = _scalar(values.get("title")) or _heading(text) or place[1]
    dates = values.get("date") if isinstance(values.get("date"), dict) else {"created": values.get("date")}
    return described(
        title=title, description=_scalar(values.get("description")), published=_scalar(dates.get("created")),
        modified=_scalar(values.get("updated") or values.get("modified") or dates.get("updated")),
        lang=_scalar(values.get("lang")) or lang, breadcrumb=place[0], author=_scalar(values.get("author")), tags=_listed(values.get("tags")))


def _scalar(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)[:2000] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _listed(value: Any) -> str:
    return ", ".join(text for one in value[:100] if (text := _scalar(one))) if isinstance(value, list) else _scalar(value)


def _heading(body: str) -> str:
    """The words of the first heading of level 1, when the page begins with it."""
    lines = [line for line in body.splitlines()[:50] if line.strip()][:2]
    if not lines:
        return ""
    match = _HEADING.match(lines[0])
    words = match[1] if match else lines[0] if len(lines) > 1 and _UNDERLINE.match(lines[1]) else ""
    return " ".join(_MARKUP.sub(lambda found: found[1] or "", words[:2000]).split())


def _redirects(plugins: Any, base: str, pretty: bool) -> Iterator[Record]:
    """Addresses of before that the plugin « redirects » answered for."""
    for one in plugins if isinstance(plugins, list) else [plugins]:
        options = one.get("redirects") if isinstance(one, dict) else None
        maps = options.get("redirect_maps") if isinstance(options, dict) else None
        for old, new in list(maps.items())[:_REDIRECTS_MAX] if isinstance(maps, dict) else ():
            if isinstance(new, str) and new:
                yield Record(base + quote(address(str(old), pretty)), 301, location=new if re.match(r"https?://", new) else _moved(new, base, pretty))


def _moved(new: str, base: str, pretty: bool) -> str:
    path, sign, fragment = new.partition("#")
    return base + quote(address(path, pretty)) + sign + fragment
