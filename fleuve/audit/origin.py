"""From what a page shows to what a person can mend: a finding of HTML becomes one of a Markdown file, or of a template.

The words, the addresses and the alternatives of the element are looked for in the document of the page, in the fragments that it
includes, in the documents that it links to (whose titles it shows), in the emergency notices, the settings and the labels; else it is
the work of a template. What one template, or one fragment, shows on many pages is told once, with the number of pages.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import orjson

from fleuve import front_matter, rendition
from fleuve.audit.finding import Finding
from fleuve.audit.sighting import AROUND, CONTENT, HEAD, SeenPage, Sighting, attributes_of
from fleuve.audit.source_text import SourceText, phrase, words
from fleuve.audit.theme_source import ENOUGH, Place, ThemeSource
from fleuve.image import Facts
from fleuve.settings import Settings

_INCLUSION = re.compile(r"^\[\[inclure\s*:([^\]\n]*)\]\]\s*$", re.MULTILINE)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# What is around the words of authors; templates make most of it.
_FRAME = frozenset("nav header footer section article aside div form fieldset button input select textarea label ul ol dl svg details iframe".split())
_WHOLE_PAGE = frozenset(("html", "head", "body", "main"))
_SECOND = re.compile(r"^#.*-([1-9]\d?)$")
_VERSION = re.compile(r"\?v=[0-9a-f]+")
# What Markdown writes for an element, when it is not HTML.
_SIGNS = {
    "th": r"\|", "td": r"\|", "a": r"\[", "img": r"!\[", "em": r"[*_]", "strong": r"[*_]", "code": "`", "blockquote": r"^\s*>",
    **dict.fromkeys(("li", "ul", "ol"), r"^\s*(?:>\s*)*(?:[-*+]|\d+[.)])(?:\s|$)"), **dict.fromkeys(_HEADINGS, r"^\s*#"),
}
# Words around an element that are enough to find its place: on both sides, or on one.
_BESIDE, _ONE_SIDE = 3, 5
# Below this, words that are found in a document may be there by chance.
_SURE = 3


class Seen(NamedTuple):
    """A finding of one page where it is to be mended. key: the same for all pages that show it."""

    key: str
    finding: Finding


class Origin:
    """Finds who wrote what is wrong, for the pages of one built site. Reads the build's cache, the content and the theme."""

    def __init__(self, settings: Settings, db: sqlite3.Connection) -> None:
        self._settings = settings
        self._db = db
        self._theme = ThemeSource(settings.theme, settings.config.parent)
        self._sources: dict[str, SourceText | None] = {}
        self.consulted: set[str] = set()

    def place(self, output: str, path: str, html: str, findings: Iterable[Finding]) -> list[Seen]:
        """Findings of a page with the file and the line to mend. path: its document, or « » when a stage made the page.

        `consulted` then holds the paths of the content that had to be read: while they and the page are the same, so is the answer.
        """
        self.consulted = {path} - {""}
        seen_page, counts, placed = SeenPage(html), {}, []
        for finding in findings:
            sighting = seen_page.sight(finding.rule, finding.line, finding.excerpt)
            place = self._origin(sighting, output, path)
            mended = replace(finding, file=place.file, line=place.line, page=self._address(output))
            key = _key(mended, sighting, made_by_template=place.score > 0)
            counts[key] = counts.get(key, 0) + 1
            placed.append(Seen(f"{key}\0{counts[key] if place.score == 0 else 1}", mended))
        return placed

    def _address(self, output: str) -> str:
        return self._settings.base + output.removesuffix("index.html")

    # Where an element may come from. A score of 0 marks a place that an author wrote; templates have one.

    def _origin(self, sighting: Sighting, output: str, path: str) -> Place:
        document = self._document(path) if path else None
        lang, kind = (document[1], document[2]) if document else (self._language(output), "")
        templates = self._templates(kind, output)
        whole, inside = sighting.tag in _WHOLE_PAGE, bool(path) and sighting.zone == CONTENT
        # What the document writes itself at that place is its own, though a template of the theme may have the same.
        own = self._in_body(sighting, path, lang) if inside and sighting.tag and not whole else None
        return (
            (self._in_template(sighting, templates, lang, ENOUGH) if sighting.tag in _FRAME and not own else None)
            or (self._in_document(sighting, path, lang) if path and sighting.zone != AROUND and not whole else None)
            or own
            or (self._in_neighbour(sighting, path) if not whole else None)
            or self._in_template(sighting, templates, lang, ENOUGH)
            or self._theme.label(sighting.words, lang)
            or self._in_settings(sighting)
            or (self._by_context(sighting, path, lang) if inside else None)
            or self._theme.written(sighting.words)
            or self._in_template(sighting, templates, lang, 0)
            or self._last_resort(path if inside else "", templates)
        )

    def _in_document(self, sighting: Sighting, path: str, lang: str) -> Place | None:
        best: tuple[int, str, list[int]] = (_SURE - 1, "", [])
        targets = self._targets(sighting, path)
        for file in self._with_fragments(path, lang):
            source = self._source(file)
            scores: dict[int, int] = {}
            found = source.find(sighting.words) + source.holding(*targets) if source else []
            for line in found:
                scores[line] = scores.get(line) or _certainty(source, line, sighting, targets)
            top = max(scores.values(), default=0)
            if top > best[0]:
                best = (top, file, [line for line in found if scores[line] == top])
        if not best[1]:
            return None
        self.consulted.add(best[1])
        lines = sorted(set(best[2]))
        # « #titre-2 » leads to the second heading of that name.
        numbered = _SECOND.search(sighting.attributes.get("href", ""))
        nth = int(numbered[1]) - 1 if numbered else sighting.nth
        return Place(best[1], lines[min(nth, len(lines) - 1)], 0)

    def _in_body(self, sighting: Sighting, path: str, lang: str) -> Place | None:
        """An element that the document writes, in HTML or in Markdown, between the words that are around it on the page."""
        sign = _SIGNS.get(sighting.tag)
        written = re.compile(rf"<{re.escape(sighting.tag)}(?![\w-])" + (f"|{sign}" if sign else ""), re.IGNORECASE)
        texts = [sighting.words]
        if any(phrase(value) == sighting.words for value in sighting.attributes.values()):
            texts.append([])  # words of an attribute, which stand nowhere between the others
        for text in texts:
            for before, after in ((sighting.before[-_BESIDE:], sighting.after[:_BESIDE]), (sighting.before[-_ONE_SIDE:], []), ([], sighting.after[:_ONE_SIDE])):
                if not (before or text) or len(before) + len(text) + len(after) < _ONE_SIDE:
                    continue
                for file in self._with_fragments(path, lang):
                    source = self._source(file)
                    lines = [line for first, last in source.around(before, text, after) if first >= source.body and (line := _line_of(source, written, first, last, bool(text)))] if source else []
                    if lines:
                        self.consulted.add(file)
                        return Place(file, lines[min(sighting.nth, len(lines) - 1)], 0)
        return None

    def _in_neighbour(self, sighting: Sighting, path: str) -> Place | None:
        """A page shows the titles and descriptions of those that it links to, and the text of the emergency notices."""
        if not sighting.words:
            return None
        own = [sighting.attributes["href"]] if sighting.attributes.get("href") else []
        paths = [self._paths.get(href.partition("#")[0].partition("?")[0]) for href in own or sighting.neighbours]
        for other in dict.fromkeys([*paths, *(self._notices if sighting.zone == AROUND else ())]):
            source = self._source(other) if other and other != path else None
            if source is None:
                continue
            piece = not sighting.tag and len(sighting.words) > 1  # of a title or a description
            line = next((line for line in source.find(sighting.words) if piece or source.is_alone(line, sighting.words)), 0) or next(iter(source.titles(sighting.words)), 0)
            if line:
                self.consulted.add(other)
                return Place(other, line, 0)
        return self._in_glossary(sighting) if sighting.tag == "abbr" else None

    def _in_glossary(self, sighting: Sighting) -> Place | None:
        meaning = words(sighting.attributes.get("title", ""))
        for (path,) in self._db.execute("SELECT path FROM files WHERE kind='data' AND path >= '_glossaire/' AND path < '_glossaire0' ORDER BY path"):
            source = self._source(path)
            for line in source.find(meaning) if source else ():
                self.consulted.add(path)
                return Place(path, line, 0)
        return None

    def _in_template(self, sighting: Sighting, templates: tuple[str, ...], lang: str, enough: int) -> Place | None:
        place = self._theme.find(sighting, templates, lang)
        if place is None or place.score < enough:
            return None
        # An element that has nothing of its own is believed of the templates that surely made the page only.
        sure = place.score >= ENOUGH or sighting.zone == AROUND or place.file in map(self._theme.name, templates)
        return place._replace(score=max(place.score, 1)) if sure else None

    def _in_settings(self, sighting: Sighting) -> Place | None:
        source = self._configuration
        line = next((line for line in source.find(sighting.words) if source.is_alone(line, sighting.words)), 0)
        return Place(self._settings.config.name, line, 1) if line else None

    def _by_context(self, sighting: Sighting, path: str, lang: str) -> Place | None:
        """An element without words of its own (or with too few) stands after those that come before it."""
        for file in self._with_fragments(path, lang):
            source = self._source(file)
            for length in (8, 5, 3) if source else ():
                if len(sighting.before) >= length and (lines := source.after(sighting.before[-length:])):
                    self.consulted.add(file)
                    line = lines[0]
                    return Place(file, line if sighting.tag in ("a", "em", "strong", "span", "code") else source.below(line), 0)
                if len(sighting.after) >= length and (lines := source.find(sighting.after[:length])):
                    self.consulted.add(file)
                    return Place(file, lines[0], 0)
        return None

    def _last_resort(self, path: str, templates: tuple[str, ...]) -> Place:
        if path and self._source(path):
            return Place(path, 1, 0)
        return Place(templates[0] if templates[0].startswith("fleuve/") else self._theme.name(templates[0]), 1, 1)

    # What is known of the site.

    def _document(self, path: str) -> tuple | None:
        return self._db.execute("SELECT path, lang, type FROM documents WHERE path=?", (path,)).fetchone()

    @cached_property
    def _paths(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT url, path FROM documents WHERE visible=1 AND url IS NOT NULL AND virtual=0"))

    @cached_property
    def _images(self) -> dict[str, list[str]]:
        """The files whose renditions are at an address, its width left out: authors write the file, pages show the renditions."""
        images: dict[str, list[str]] = {}
        for path, facts in self._db.execute("SELECT path, facts FROM looks WHERE rendered=1 ORDER BY path"):
            images.setdefault(f"{rendition.FOLDER}/{rendition.key(Facts(*orjson.loads(facts)))}", []).append(path)
        return images

    @cached_property
    def _notices(self) -> list[str]:
        return [path for (path,) in self._db.execute("SELECT path FROM documents WHERE type='urgence' AND visible=1 AND active=1 ORDER BY path")]

    @cached_property
    def _configuration(self) -> SourceText:
        return SourceText(self._settings.config.read_text("utf-8"))

    def _language(self, output: str) -> str:
        for lang, prefix in self._settings.languages.items():
            if prefix and output.startswith(prefix + "/"):
                return lang
        return self._settings.default_language

    def _templates(self, kind: str, output: str) -> tuple[str, ...]:
        """Templates that can have made a page, the one that is named first."""
        if kind:
            home = output in ("index.html", *(f"{prefix}/index.html" for prefix in self._settings.languages.values() if prefix))
            return ("types/accueil.html" if home else f"types/{kind}.html", "base.html")
        return (self._stage_files.get(output, "base.html"), "base.html")

    @cached_property
    def _stage_files(self) -> dict[str, str]:
        """Output of a stage → the template that the stage names, else the stage's own file."""
        import inspect
        import json

        from fleuve.stages import STAGES

        found = {}
        outputs: dict[str, list[str]] = {}
        for table in ("stages", "parts"):
            for stage, made in self._db.execute(f"SELECT stage, outputs FROM {table} WHERE outputs IS NOT NULL"):
                outputs.setdefault(stage, []).extend(json.loads(made))
        for stage in STAGES:
            source = Path(inspect.getsourcefile(type(stage)))
            named = [value for value in vars(stage).values() if isinstance(value, str) and value.endswith(".html")]
            template = next(iter(named or re.findall(r'"(site/[\w/-]+\.html)"', source.read_text("utf-8"))), f"fleuve/stages/{source.name}")
            found |= dict.fromkeys(outputs.get(stage.name, ()), template)
        return found

    def _with_fragments(self, path: str, lang: str) -> list[str]:
        """A document and the fragments that it takes in, in the order in which it does."""
        files, queue = [path], [path]
        while queue:
            source = self._source(queue.pop(0))
            for name in _INCLUSION.findall("\n".join(source.lines)) if source else ():
                fragment = next((file for suffix in (f".{lang}", "") if self._source(file := f"_fragments/{name.strip()}{suffix}.md")), None)
                if fragment and fragment not in files:
                    files.append(fragment)
                    queue.append(fragment)
        return files

    def _source(self, path: str) -> SourceText | None:
        if path not in self._sources:
            if len(self._sources) > 500:  # a shard's worth: memory stays the same whatever the site
                self._sources.clear()
            try:
                with open(self._settings.content / path, "rb") as file:
                    data = file.read(front_matter.MAX_DOCUMENT)
                self._sources[path] = SourceText(data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n"))
            except OSError:
                self._sources[path] = None
        return self._sources[path]

    def _targets(self, sighting: Sighting, path: str) -> list[str]:
        """How an author may have written the address of an element: as it is, or as a path from the document or from contenu/."""
        written = sighting.attributes.get("href") or sighting.attributes.get("src") or ""
        address, _, anchor = written.partition("#")
        address = _VERSION.sub("", address)
        if not address or "://" in address or address.startswith(("mailto:", "tel:")):
            return [written] if address else []  # an anchor is made from the words of its heading, which are looked for
        file = self._paths.get(address) or unquote(address).removeprefix(self._settings.base)
        relative = posixpath.relpath(file, posixpath.dirname(path) or ".") if file else ""
        if anchor and relative:
            return [f"{relative}#{anchor}"]
        named = [relative, file, posixpath.basename(file)]
        for image in self._images.get(file.rpartition("-")[0], ()):
            named += [posixpath.relpath(image, posixpath.dirname(path) or "."), image, posixpath.basename(image)]
        return [target for target in named if len(target) > 3]


def _line_of(source: SourceText, written: re.Pattern, first: int, last: int, has_words: bool) -> int:
    """The line on which an element begins, between the words before it and its own (or those after it); 0 when none writes it."""
    lines = [*range(first + 1, last + 1)]
    return next((line for line in (*(reversed(lines) if has_words else lines), first) if written.search(source.raw(line))), 0)


def _certainty(source: SourceText, line: int, sighting: Sighting, targets: list[str]) -> int:
    """How sure it is that an element was written on a line: its address is worth most, a word that is anywhere nothing."""
    raw, text = source.raw(line), sighting.words
    score = 4 if any(target in raw for target in targets) else 0
    if text and line in source.find(text):
        score += 3 if len(text) > 3 else 2 if len(text) > 1 else 1
        score += 2 if source.is_alone(line, text) else 0
    elif text and score and text[0] not in words(raw):
        score -= 2  # the address alone: the text is the title of what it leads to
    if sighting.tag in _HEADINGS or sighting.zone == HEAD or sighting.attributes.get("href", "").startswith("#"):
        score += 2 if re.match(r"\s*(?:#|:::|[\w-]+:|-\s|<h)", raw) else -3
    if sighting.tag in ("a", "img"):
        score += 2 if "[" in raw and score else 0
        score -= 2 if targets and not any(target in raw for target in targets) else 0
    return score


def _key(finding: Finding, sighting: Sighting, made_by_template: bool) -> str:
    """What is the same for all pages that show a finding: its place and its element, without what is each page's own in a template."""
    return "\0".join((finding.file, str(finding.line), finding.rule, element(finding.excerpt, made_by_template)))


def element(excerpt: str, made_by_template: bool = False) -> str:
    """An element without what changes from a build to the next; from a template, without what changes from a page to the next."""
    excerpt = " ".join(_VERSION.sub("", excerpt).split())
    if not made_by_template or not excerpt.startswith("<"):
        return excerpt
    name = re.match(r"<[\w-]*", excerpt)[0]
    kept = (f'{key}="{value}"' if key in ("class", "role", "type") else key for key, value in sorted(attributes_of(excerpt).items()))
    return " ".join((name, *kept))


def fingerprint(finding: Finding) -> str:
    """By which a known finding is known again: its element, wherever its file and line have moved to."""
    by_template = finding.file.endswith((".html", ".py", ".yml")) and not finding.file.startswith("_")
    return hashlib.blake2b(f"{finding.rule}\0{element(finding.excerpt, by_template)}".encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()


def merge(seen: Iterable[Seen]) -> Iterator[Finding]:
    """Each finding once, with the number of pages that show it and the first of them; in order of files, lines and rules.

    Nothing is lost: the numbers of pages sum up to the number of different (key, page) that were given.
    """
    pages: dict[str, set[str]] = {}
    first: dict[str, Finding] = {}
    for key, finding in seen:
        pages.setdefault(key, set()).add(finding.page)
        known = first.get(key)
        if known is None or (finding.page, finding.line, finding.excerpt) < (known.page, known.line, known.excerpt):
            first[key] = finding
    return iter(sorted(replace(finding, pages=len(pages[key])) for key, finding in first.items()))
