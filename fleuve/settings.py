"""The one configuration (site.yml), as the engine reads it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import sys
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from fleuve import policy, typography

ROOT = Path(__file__).resolve().parent.parent
# What decides the bytes of a page, beyond its own text: a new version of one of these rebuilds everything.
ENGINE_PACKAGES = ("mkdocs", "pelican", "pyromark", "markdown", "nh3", "jinja2", "pyyaml", "orjson", "jsonschema-rs", "pymdown-extensions", "pygments", "pillow", "feedgenerator", "icalendar")


class SettingsError(Exception):
    """The configuration or the command is wrong; the message is French and says how to mend it."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML, plus the `!ENV` tag that MkDocs configurations may hold."""


def _env(loader: yaml.Loader, node: yaml.Node):
    if isinstance(node, yaml.SequenceNode):
        *names, default = loader.construct_sequence(node)
        return next((os.environ[n] for n in names if n in os.environ), default)
    return os.environ.get(loader.construct_scalar(node))


_Loader.add_constructor("!ENV", _env)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)


@dataclass(frozen=True)
class Settings:
    """site.yml and the options of the command that change what is built.

    config: path of site.yml. content, out, theme: absolute folders. site_url: absolute URL of the home page, ending in « / ».
    base: its path (« / » or « /sous-dossier/ »). languages: language → URL prefix, the default language first. fleuve: the
    mapping under `extra.fleuve`, with `base` added for templates and stages. plugins: names of the pipeline in order.
    """

    config: Path
    content: Path
    out: Path
    theme: Path
    site_url: str
    base: str
    languages: dict[str, str]
    fleuve: dict
    plugins: tuple[str, ...] = ()
    raw: dict = field(default_factory=dict, repr=False)

    @property
    def default_language(self) -> str:
        """The language of file names without a suffix."""
        return next(iter(self.languages))

    def engine(self, name: str) -> str:
        """Markdown engine of the document at path `name`: « commonmark » or « python-markdown »."""
        for subtree, engine in (self.fleuve.get("moteurs") or {}).items():
            if name.startswith(subtree.rstrip("/") + "/"):
                return engine
        return "commonmark"

    @property
    def third_party(self) -> bool:
        """Whether the pipeline has plugins that are not ours."""
        return any(not name.startswith("fleuve-") for name in self.plugins)

    @property
    def pelican(self) -> dict:
        """Settings of Pelican that the site chooses (extra.fleuve.pelican), its plugins among them."""
        return self.fleuve.get("pelican") or {}

    def _watched(self) -> list[Path]:
        """What third-party plugins are, or read besides content: MkDocs' keys `watch` and `hooks`, Python modules beside site.yml, and
        the folders in which Pelican finds its plugins."""
        root = self.config.parent
        named = [root / str(name) for key in ("watch", "hooks") for name in self.raw.get(key) or ()]
        named += [root / str(name) for name in self.pelican.get("PLUGIN_PATHS") or ()]
        return named + (sorted(root.glob("*.py")) if self.third_party else [])

    def fingerprint(self) -> str:
        """Hash of everything but the content that decides the bytes of a page: code, theme, configuration, versions."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(f"{sys.version_info[:2]} {self.base} {self.site_url}".encode())
        for name in ENGINE_PACKAGES:
            digest.update(f"{name}={_version(name)};".encode())
        for name in self.plugins:
            if not name.startswith("fleuve-"):
                digest.update(f"{name}={_plugin_version(name)};".encode())
        if self.pelican.get("PLUGINS"):
            digest.update(_pelican_plugins().encode())
        digest.update(self.config.read_bytes())
        digest.update(repr(self.raw).encode())  # `!ENV` takes values from outside the file
        for folder in (Path(__file__).parent, ROOT / "plugins", self.theme, *self._watched()):
            for path in sorted(_files(folder)):
                digest.update(path.encode() + b"\0")
                with open(path, "rb") as source:
                    digest.update(source.read())
        return digest.hexdigest()


@lru_cache(1)
def engine_digest() -> str:
    """Hash of the engine, the plugins and the versions of what they stand on, as this process found them when first asked."""
    digest = hashlib.blake2b(str(sys.version_info[:2]).encode(), digest_size=16)
    for name in ENGINE_PACKAGES:
        digest.update(f"{name}={_version(name)};".encode())
    for folder in (Path(__file__).parent, ROOT / "plugins"):
        for path in sorted(_files(folder)):
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def load(config: Path, content: Path | None = None, out: Path | None = None) -> Settings:
    """Read site.yml.

    Takes the path of site.yml and the folders that --content and --out put in place of its own. Raises SettingsError.
    """
    try:
        raw = yaml.load(config.read_text("utf-8"), _Loader) or {}
    except FileNotFoundError:
        raise SettingsError(f"Configuration introuvable : {config}. Indiquez-la avec --config.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Configuration illisible : {config} ({error}).") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise SettingsError(f"{config}{where} : YAML invalide. Corrigez cette ligne (retrait, deux-points, guillemets).") from None
    if not isinstance(raw, dict):
        raise SettingsError(f"{config} : le fichier doit contenir des clés (site_name, site_url, plugins…).")
    return _checked(config.resolve(), raw, content, out)


def _checked(config: Path, raw: dict, content: Path | None, out: Path | None) -> Settings:
    _check_shapes(config, raw)
    root = config.parent
    fleuve = (raw.get("extra") or {}).get("fleuve") or {}
    content = (content or root / raw.get("docs_dir", "contenu")).resolve()
    out = (out or root / raw.get("site_dir", "public")).resolve()
    if not content.is_dir():
        raise SettingsError(f"Dossier de contenu introuvable : {content}. Indiquez-le avec --content.")
    if out == content or content in out.parents or out in content.parents:
        raise SettingsError(f"Le dossier de sortie ({out}) et le contenu ({content}) ne peuvent pas être l’un dans l’autre.")
    if out.exists() and not out.is_dir():
        raise SettingsError(f"La sortie {out} existe et n’est pas un dossier. Choisissez-en un autre avec --out.")
    site_url = str(raw.get("site_url") or "https://exemple.invalid/").rstrip("/") + "/"
    if urlsplit(site_url).scheme not in ("http", "https"):
        raise SettingsError(f"{config} : site_url doit commencer par https:// (« {site_url} »).")
    theme = root / ((raw.get("theme") or {}).get("custom_dir") or "themes/fleuve")
    if not theme.is_dir():
        raise SettingsError(f"Thème introuvable : {theme} (theme.custom_dir dans {config.name}).")
    languages = {code: (spec or {}).get("prefixe") or "" for code, spec in (fleuve.get("langues") or {"fr": {}}).items()}
    plugins = tuple(p if isinstance(p, str) else next(iter(p)) for p in raw.get("plugins") or ())
    return Settings(config, content, out, theme.resolve(), site_url, urlsplit(site_url).path, languages, {**typography.settings(fleuve), "base": urlsplit(site_url).path}, plugins, raw)


_SHAPES = {
    str: ("un texte", ("docs_dir", "site_dir", "theme.custom_dir", "extra.fleuve.fuseau", "extra.fleuve.menu.sans.*", "extra.fleuve.pied.*", "extra.fleuve.pelican.PLUGINS.*", "extra.fleuve.pelican.PLUGIN_PATHS.*")),
    dict: ("des clés", ("theme", "extra", "extra.fleuve", "extra.fleuve.langues", "extra.fleuve.langues.*", "extra.fleuve.moteurs", "extra.fleuve.menu", "extra.fleuve.pelican")),
    list: ("une liste", ("extra.fleuve.videos_externes", "extra.fleuve.menu.sans", "extra.fleuve.pied", "extra.fleuve.pelican.PLUGINS", "extra.fleuve.pelican.PLUGIN_PATHS")),
    (list, dict): ("une liste", ("plugins",)),
}


def _check_shapes(config: Path, raw: dict) -> None:
    """Refuse a configuration in which a key that the engine reads holds a value of another kind. Outer keys come first."""
    wanted = [(key, kinds, name) for kinds, (name, keys) in _SHAPES.items() for key in keys]
    for key, kinds, name in sorted(wanted, key=lambda item: item[0].count(".")):
        for value in _values(raw, key.split(".")):
            if value is not None and not isinstance(value, kinds):
                raise SettingsError(f"{config} : « {key.removesuffix('.*')} » doit contenir {name}, et non « {value} ».")
    for mistake in policy.mistakes((raw.get("extra") or {}).get("fleuve") or {}):
        raise SettingsError(f"{config} : {mistake}")
    hub = next(_values(raw, ["extra", "fleuve", "websub"]), None)
    if hub is not None and not _HUB.fullmatch(str(hub)):
        raise SettingsError(f"{config} : « extra.fleuve.websub » doit être l’adresse https://… d’un carrefour WebSub, et non « {hub} ».")
    zone = next(_values(raw, ["extra", "fleuve", "fuseau"]), None)
    try:
        zoneinfo.ZoneInfo(zone or "America/Montreal")
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a LookupError
        raise SettingsError(f"{config} : le fuseau horaire « {zone} » (extra.fleuve.fuseau) n’existe pas ; écrivez par exemple America/Montreal.") from None


_HUB = re.compile(r"https://[^\s/?#\"'<>\\]+[^\s\"'<>\\]*")


def _values(tree: Any, keys: list[str]) -> Iterator[Any]:
    if not keys:
        yield tree
    elif keys[0] == "*" and isinstance(tree, (dict, list)):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _values(value, keys[1:])
    elif isinstance(tree, dict) and keys[0] in tree:
        yield from _values(tree[keys[0]], keys[1:])


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _plugin_version(name: str) -> str:
    for entry in importlib.metadata.entry_points(group="mkdocs.plugins", name=name):
        return f"{entry.dist.name} {entry.dist.version}" if entry.dist else ""
    return ""


def _pelican_plugins() -> str:
    """Name and version of every package whose name says that it is a plugin of Pelican."""
    known = ((dist.metadata["Name"] or "", dist.version) for dist in importlib.metadata.distributions())
    return repr(sorted(item for item in known if item[0].lower().startswith("pelican")))


def _files(folder: Path):
    if folder.is_file():
        yield str(folder)
    for here, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if f != "__pycache__"]
        for name in names:
            if not name.endswith((".pyc", "~")):
                yield os.path.join(here, name)
