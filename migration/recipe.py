"""The recipe of an old site: what a human knows of it, in `contenu/_migration/SITE/recette.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from fleuve.problem import ERROR, Problem

FOLDER = "_migration"
FILE = "recette.yml"
MAX_BYTES = 256 * 1024

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Selectors:
    """CSS selectors that take precedence over all that is learned; of each list, the first that finds something."""

    content: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    """Everything that these find is left out."""


@dataclass(frozen=True)
class Rule:
    """Pages whose old path begins with `path`, or whose breadcrumb holds `breadcrumb`, go to the folder `to` of the content."""

    to: str
    path: str = ""
    breadcrumb: str = ""
    title: str = ""
    """A regular expression that the title matches."""


@dataclass(frozen=True)
class Addresses:
    """How the old site's addresses are compared."""

    parameters: tuple[str, ...] = ()
    """Significant query parameters; the others do not change the page."""
    case: bool = False
    """Whether capitals make another address."""
    slash: bool = False
    """Whether a final slash makes another address."""
    indexes: tuple[str, ...] = ("index.html", "index.htm", "index.php", "default.asp", "default.aspx")
    """Names of a folder's own page."""


@dataclass(frozen=True)
class Recipe:
    """What is known of one old site. `hosts[0]` is the one its pages are named by."""

    name: str
    title: str = ""
    organism: str = ""
    hosts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Archives, mirrors, exports and logs, from the folder of the recipe; `https://…` for a site that is alive."""
    lang: str = "fr"
    select: Selectors = field(default_factory=Selectors)
    hook: str = ""
    """A Python file of the same folder, with `page(soup, url)`: it changes the page (a BeautifulSoup tree) before anything is read in it."""
    rules: tuple[Rule, ...] = ()
    addresses: Addresses = field(default_factory=Addresses)
    archive: str = ""
    """Where the old pages can still be read: `https://archive.example/{url}`."""
    closed: str = ""
    """The day when the old site was closed, ISO 8601."""
    folder: Path = Path()


@dataclass(frozen=True)
class _Key:
    """A key of the file: the attribute it becomes, and what it must be."""

    attribute: str
    kind: str  # « text », « texts », or the name of a group


_KEYS = {
    "nom": _Key("title", "text"),
    "organisme": _Key("organism", "text"),
    "hotes": _Key("hosts", "texts"),
    "sources": _Key("sources", "texts"),
    "langue": _Key("lang", "text"),
    "extraire": _Key("select", "extraire"),
    "crochet": _Key("hook", "text"),
    "classer": _Key("rules", "classer"),
    "adresses": _Key("addresses", "adresses"),
    "archive": _Key("archive", "text"),
    "fermeture": _Key("closed", "text"),
}
_EXTRACT = {"contenu": "content", "titre": "title", "date": "date", "fil_ariane": "breadcrumb", "retirer": "drop"}
_CLASSIFY = {"vers": "to", "chemin": "path", "fil_ariane": "breadcrumb", "titre": "title"}
_ADDRESSES = {"parametres": "parameters", "casse": "case", "barre_finale": "slash", "pages_de_dossier": "indexes"}


def load(file: Path) -> tuple[Recipe, list[Problem]]:
    """Read a recipe; its name is that of its folder.

    Returns it with all that is wrong in it, each problem with its line; what is right is kept. A file that cannot be read gives an empty recipe.
    """
    return _Reader(file).read()


def named(content: Path) -> Mapping[str, Path]:
    """Return the recipes of a content folder, by the name of their site, in order."""
    return {file.parent.name: file for file in sorted((content / FOLDER).glob(f"*/{FILE}"))}


class _Reader:
    """Reads one file, keeping what is wrong."""

    def __init__(self, file: Path) -> None:
        self.file, self.problems = file, []

    def read(self) -> tuple[Recipe, list[Problem]]:
        name = self.file.parent.name
        values = {"name": name, "folder": self.file.parent}
        if not _NAME.fullmatch(name):
            self._tell(1, f"le dossier « {name} » nomme le site : des minuscules sans accents, des chiffres et des traits d’union.")
        root = self._root()
        for key, node in self._pairs(root, _KEYS):
            known = _KEYS[key]
            values[known.attribute] = self._value(node, known.kind, key)
        recipe = Recipe(**{key: value for key, value in values.items() if value is not None})
        self._check(recipe, root)
        return recipe, self.problems

    def _root(self) -> yaml.Node | None:
        try:
            data = self.file.read_bytes()
            if len(data) > MAX_BYTES:
                self._tell(1, f"plus de {MAX_BYTES // 1024} Ko : une recette est plus courte.")
                return None
            # Aliases are refused: a few lines of them can stand for gigabytes.
            events = list(yaml.parse(data, Loader=yaml.CSafeLoader))
            if any(isinstance(event, yaml.AliasEvent) for event in events):
                self._tell(1, "les renvois YAML (« *nom ») ne sont pas permis : écrivez la valeur.")
                return None
            return yaml.compose(data, Loader=yaml.CSafeLoader)
        except OSError as error:
            self._tell(1, f"illisible : {error.strerror}.")
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            self._tell(mark.line + 1 if mark else 1, "ce n’est pas du YAML : vérifiez les deux-points, les guillemets et les retraits.")
        return None

    def _pairs(self, node: yaml.Node | None, known: Mapping[str, object]):
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self._tell(node.start_mark.line + 1, "des lignes « clé: valeur » sont attendues.")
            return
        for key, value in node.value:
            if key.value in known:
                yield key.value, value
            else:
                self._tell(key.start_mark.line + 1, f"clé inconnue « {key.value} » ; les clés sont : {', '.join(known)}.")

    def _value(self, node: yaml.Node, kind: str, key: str) -> object:
        if kind == "text":
            return self._text(node, key)
        if kind == "texts":
            return self._texts(node, key)
        return {"extraire": self._selectors, "classer": self._rules, "adresses": self._addresses}[kind](node)

    def _text(self, node: yaml.Node, key: str) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return node.value.strip()
        self._tell(node.start_mark.line + 1, f"« {key} » est un texte.")
        return None

    def _texts(self, node: yaml.Node, key: str) -> tuple[str, ...] | None:
        if isinstance(node, yaml.ScalarNode):
            return (node.value.strip(),) if node.value.strip() else ()
        if isinstance(node, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in node.value):
            return tuple(one.value.strip() for one in node.value)
        self._tell(node.start_mark.line + 1, f"« {key} » est un texte ou une liste de textes.")
        return None

    def _selectors(self, node: yaml.Node) -> Selectors:
        values = {_EXTRACT[key]: self._texts(value, key) or () for key, value in self._pairs(node, _EXTRACT)}
        return Selectors(**values)

    def _rules(self, node: yaml.Node) -> tuple[Rule, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self._tell(node.start_mark.line + 1, "« classer » est une liste de règles.")
            return ()
        return tuple(rule for one in node.value if (rule := self._rule(one)))

    def _rule(self, node: yaml.Node) -> Rule | None:
        values = {_CLASSIFY[key]: self._text(value, key) or "" for key, value in self._pairs(node, _CLASSIFY)}
        line = node.start_mark.line + 1
        if not values.get("to") or len(values) < 2:
            self._tell(line, "une règle a « vers » (un dossier du contenu) et au moins un de « chemin », « fil_ariane », « titre ».")
            return None
        if ".." in values["to"].split("/") or values["to"].startswith(("/", "_")):
            self._tell(line, f"« {values['to']} » n’est pas un dossier du contenu.")
            return None
        try:
            re.compile(values.get("title", ""))
        except re.error:
            self._tell(line, f"« {values['title']} » n’est pas une expression régulière.")
            return None
        return Rule(**values)

    def _addresses(self, node: yaml.Node) -> Addresses:
        values: dict[str, object] = {}
        for key, value in self._pairs(node, _ADDRESSES):
            if key in ("casse", "barre_finale"):
                text = self._text(value, key)
                if text in ("ignorer", "respecter"):
                    values[_ADDRESSES[key]] = text == "respecter"
                else:
                    self._tell(value.start_mark.line + 1, f"« {key} » est « ignorer » ou « respecter ».")
            else:
                values[_ADDRESSES[key]] = self._texts(value, key) or ()
        return Addresses(**values)

    def _check(self, recipe: Recipe, root: yaml.Node | None) -> None:
        if root is None:
            return
        if not recipe.hosts:
            self._tell(1, "« hotes » manque : les noms du site (www.exemple.gouv.qc.ca), le principal d’abord.")
        for host in recipe.hosts:
            if not _HOST.fullmatch(host):
                self._tell(1, f"« {host} » n’est pas un nom de site : ni « https:// », ni chemin, en minuscules.")
        if recipe.hook and not re.fullmatch(r"[A-Za-z0-9_-]+\.py", recipe.hook):
            self._tell(1, f"« crochet » nomme un fichier Python du dossier de la recette, pas « {recipe.hook} ».")
        if recipe.archive and not recipe.archive.startswith("https://"):
            self._tell(1, "« archive » est une adresse « https:// », avec {url} pour l’ancienne adresse.")

    def _tell(self, line: int, message: str) -> None:
        self.problems.append(Problem(str(self.file), line, 1, ERROR, "recette", message))
