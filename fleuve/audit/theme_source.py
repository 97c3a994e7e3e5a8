"""The templates of the theme, in which an element of a page is found again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import yaml

from fleuve.audit.sighting import Sighting, attributes_of
from fleuve.audit.source_text import SourceText, words

_START = re.compile(r"<[a-zA-Z][\w-]*(?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|'[^']*'|[^<>\"'])*>", re.DOTALL)
_NAME = re.compile(r"<([a-zA-Z][\w-]*)")
_CONDITIONAL = re.compile(r"\{%-?\s*if\b.*?\{%-?\s*endif\s*-?%\}", re.DOTALL)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LABEL = re.compile(r"\bt\.(\w+)")
# Templates that only some pages use.
_APART = ("composants/", "types/", "site/", "_")
# An element of a template that has nothing of its own (« <p> ») could have been written anywhere.
ENOUGH = 2
# Fewer words than this are in many files by chance.
_TELLING = 4


class Place(NamedTuple):
    """A line of a template, and how much of the element is found there."""

    file: str
    line: int
    score: int


@dataclass(frozen=True)
class _Tag:
    file: str
    line: int
    classes: frozenset[str]
    fixed: dict[str, str]
    varying: frozenset[str]
    optional: frozenset[str]
    labels: frozenset[str]


class ThemeSource:
    """Start tags and labels of a theme. root: the folder from which findings name its files."""

    def __init__(self, theme: Path, root: Path) -> None:
        self._theme = theme
        folder = theme.relative_to(root).as_posix() if theme.is_relative_to(root) else f"{theme.parent.name}/{theme.name}"
        self._prefix = f"{folder}/"

    def name(self, path: str) -> str:
        """A file of the theme as findings name it: themes/fleuve/base.html."""
        return self._prefix + path

    def find(self, sighting: Sighting, templates: tuple[str, ...], lang: str) -> Place | None:
        """The start tag of a template that is most like the element; of two equal ones, that of the first of `templates`. Its score is 0
        when nothing but the name tells that it is the one."""
        best = None
        for tag in self._tags.get(sighting.tag, ()):
            score = _likeness(tag, sighting)
            if score is not None:
                score += self._shared_labels(tag.labels, sighting.words, lang)
                rank = (-score, templates.index(tag.file) if tag.file in templates else len(templates) + tag.file.startswith(_APART), tag.file, tag.line)
                best = min(best or (rank, tag), (rank, tag), key=lambda item: item[0])
        return Place(self.name(best[1].file), best[1].line, max(-best[0][0], 0)) if best else None

    def _shared_labels(self, keys: frozenset[str], phrase: list[str], lang: str) -> int:
        """Whether the element shows one of the labels that stand in the template."""
        shown = f" {' '.join(phrase)} "
        texts = [text for key in keys for text in self._by_key.get(lang, {}).get(key, ()) if text]
        return 0 if not texts or not phrase else 2 if any(f" {text} " in shown for text in texts) else -1

    def label(self, phrase: list[str], lang: str) -> Place | None:
        """Where a text is a label of the theme: its line in langues/."""
        path = f"langues/{lang}.yml"
        text = self._texts.get(path)
        line = next((line for line in text.find(phrase) if text.is_alone(line, phrase)), None) if text else None
        return Place(self.name(path), line, ENOUGH) if line else None

    @cached_property
    def _texts(self) -> dict[str, SourceText]:
        return {f"langues/{path.name}": SourceText(path.read_text("utf-8")) for path in sorted((self._theme / "langues").glob("*.yml"))}

    def written(self, phrase: list[str]) -> Place | None:
        """Where a text stands in the theme itself: labels, examples of components, pages of its documentation."""
        if len(phrase) < _TELLING:
            return None
        for path, text in self._files.items():
            if lines := text.find(phrase):
                return Place(self.name(path), lines[0], 1)
        return None

    @cached_property
    def _files(self) -> dict[str, SourceText]:
        return {path.relative_to(self._theme).as_posix(): SourceText(path.read_text("utf-8")) for path in sorted(self._theme.rglob("*")) if path.suffix in (".html", ".md", ".yml")}

    @cached_property
    def _by_key(self) -> dict[str, dict[str, list[str]]]:
        """Language → key of a label → its texts, in words."""
        found: dict[str, dict[str, list[str]]] = {}
        for path in sorted((self._theme / "langues").glob("*.yml")):
            labels = found.setdefault(path.stem, {})
            for key, value in (yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {}).items():
                labels[key] = [" ".join(words(text)) for text in (value.values() if isinstance(value, dict) else (value,)) if isinstance(text, str)]
        return found

    @cached_property
    def _tags(self) -> dict[str, list[_Tag]]:
        found: dict[str, list[_Tag]] = {}
        for path in sorted(self._theme.rglob("*.html")):
            file, text = path.relative_to(self._theme).as_posix(), path.read_text("utf-8")
            for match in _START.finditer(text):
                name = _NAME.match(match[0])[1].lower()
                near = text[match.start() : match.end() + 300].partition(f"</{name}")[0]
                found.setdefault(name, []).append(_tag(file, text.count("\n", 0, match.start()) + 1, match[0], near))
        return found


def _tag(file: str, line: int, written: str, near: str) -> _Tag:
    always = attributes_of(_JINJA.sub("\0", _CONDITIONAL.sub("\0", written)).replace("\0>", ">"))
    every = attributes_of(_JINJA.sub("\0", written))
    fixed = {name: value for name, value in always.items() if "\0" not in name + value and name != "class"}
    varying = {name for name, value in always.items() if "\0" in value and "\0" not in name and name != "class"}
    classes = frozenset(part for part in always.get("class", "").split() if "\0" not in part)
    optional = {name for name in every if "\0" not in name} - always.keys()
    return _Tag(file, line, classes, fixed, frozenset(varying), frozenset(optional), frozenset(_LABEL.findall(near)))


def _likeness(tag: _Tag, sighting: Sighting) -> int | None:
    """How much of an element a start tag explains; None when it cannot be the one that made it."""
    attributes = sighting.attributes
    classes = frozenset(attributes.get("class", "").split())
    if not tag.classes <= classes or any(attributes.get(name) != value for name, value in tag.fixed.items()) or not tag.varying <= attributes.keys():
        return None
    unexplained = attributes.keys() - tag.fixed.keys() - tag.varying - tag.optional - {"class"}
    return 2 * len(tag.classes) + 2 * len(tag.fixed) + len(tag.varying) - len(unexplained) - len(classes - tag.classes)
