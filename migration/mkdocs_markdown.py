"""The Markdown of MkDocs sites as HTML: Python-Markdown with its own extensions, and what such sites add from pymdownx (details, tabs, fences anywhere, marks).

Nothing of the old site runs: macros, snippets and generated documentation are named as losses, in French.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote, urlsplit

import markdown
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from migration.sources.mkdocs import MARKDOWN, address

MAX_CHARACTERS = 500_000
"""Of a page: the largest of documentation sites have a fifth of that, and Python-Markdown takes a second for it."""
# What a paragraph and a page may cost, the length of each paragraph by the signs in it: the end of each sign is looked for to the end of its paragraph.
# A million is a quarter of a second; paragraphs that people write stay under a hundred thousand.
_PARAGRAPH_MAX, _PAGE_MAX = 4_000_000, 40_000_000
_NOTES_MAX = 2000
_NAMED_MAX = 50
_SHOWN_MAX = 100
_EXTENSIONS = ("abbr", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc")

_TAG = re.compile(r"<[^<>]{0,1000}>")

Losses = dict[str, None]


def html(text: str, url: str, source: str, losses: Losses) -> str:
    """Return the HTML of the Markdown of a page, without its front matter.

    Takes its text, its address, the path of its file in docs_dir, and where to name what could not be kept. Admonitions are div.admonition, details and
    tabs div.mkdocs-details and div.mkdocs-tab. Never raises for what the text is.
    """
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS]
        losses["La page dépasse 500\u00a0000 caractères\u00a0; la suite n’a pas été gardée."] = None
    text = text.translate(_NONE)
    links = Links.of(url, source)
    found = _rendered(text, _EXTENSIONS, links, losses)
    # Of elements with Markdown in them that nobody closed, Python-Markdown drops what they hold: those are then read as plain HTML.
    if "markdown" in text and 2 * _words(found) < _words(_TAG.sub("", text)):
        plain = _rendered(text, tuple(name for name in _EXTENSIONS if name != "md_in_html"), links, losses)
        found = max(found, plain, key=_words)
    return found.translate(_SHOWN)


def _rendered(text: str, extensions: tuple[str, ...], links: Links, losses: Losses) -> str:
    try:
        return markdown.Markdown(extensions=[*extensions, _Dialect(links, losses)]).convert(text)
    except Exception:  # noqa: BLE001 - a library that was made for what its own authors write, given anything
        losses["Le Markdown de cette page n’a pas pu être lu\u00a0: son texte est gardé tel quel."] = None
        return f"<pre>{escape(text)}</pre>"


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def short(text: object) -> str:
    """Return one line of what a loss names."""
    line = " ".join(str(text).split())
    return line if len(line) <= _SHOWN_MAX else line[:_SHOWN_MAX] + "…"


class _Dialect(Extension):
    """What documentation sites write beyond Python-Markdown's own extensions."""

    def __init__(self, links: Links, losses: Losses) -> None:
        super().__init__()
        self.links, self.losses = links, losses

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        # Code is apart before anything is looked for; raw HTML is read after (20).
        md.preprocessors.register(_Fences(md, self.losses), "fences", 25)
        md.preprocessors.register(_Programs(md, self.losses), "programs", 24)
        md.preprocessors.register(_Bounds(md, self.losses), "bounds", 23)
        for number, box in enumerate((AdmonitionProcessor, _Details, _Tab)):
            md.parser.blockprocessors.register(box(md.parser), f"box{number}", 105 + number)
        for number, (pattern, tag) in enumerate(_MARKS):
            md.inlinePatterns.register(SimpleTagInlineProcessor(pattern, tag), f"mark{number}", 65 - number / 10)
        md.inlinePatterns.register(_Keys(_KEYS, md), "keys", 66)
        md.inlinePatterns.register(_Icons(md, self.losses), "icons", 67)
        md.treeprocessors.register(_LinkProcessor(md, self.links), "links", -1)


# ---------------------------------------------------------------- links


@dataclass(frozen=True)
class Links:
    """Where links of one page lead. base: the address of docs_dir; source: the page's path in it; pretty: use_directory_urls."""

    base: str = ""
    source: str = ""
    pretty: bool = True

    @classmethod
    def of(cls, url: str, source: str) -> Links:
        """From the address of the page, which ends as MkDocs makes that of its file."""
        for pretty in (False, True):
            end = quote(address(source, pretty))
            if source and url.endswith(end):
                return cls(url.removesuffix(end), source, pretty)
        return cls()

    def absolute(self, written: str, raw: bool = False) -> str:
        """Return the address that a link leads to, by the path of its file as MkDocs has it; as written when it names no file.

        In raw HTML (`raw`) MkDocs changes nothing, and links are seen from the page; but those to Markdown are meant as the others are.
        """
        if not self.base or not written or written[0] in "#?\\" or AMP_SUBSTITUTE in written:
            return written
        try:
            parts = urlsplit(written)
        except ValueError:
            return written
        path = unquote(parts.path)
        extension = posixpath.splitext(path)[1].lower()
        if parts.scheme or parts.netloc or not extension or (raw or path.startswith("/")) and extension not in MARKDOWN:
            return written
        target = posixpath.normpath(posixpath.join(posixpath.dirname(self.source), path).lstrip("/"))
        if target.startswith(".."):
            return written
        return self.base + quote(address(target, self.pretty)) + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


class _LinkProcessor(Treeprocessor):
    def __init__(self, md: markdown.Markdown, links: Links) -> None:
        super().__init__(md)
        self.links = links

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            for name in ("href", "src"):
                if (written := element.get(name)) is not None:
                    element.set(name, self.links.absolute(written))


# ---------------------------------------------------------------- words

_MARKS = (
    (r"(~~)(?=\S)([^~]+)(?<=\S)~~", "del"), (r"(==)(?=\S)([^=]+)(?<=\S)==", "mark"), (r"(\^\^)(?=\S)([^^]+)(?<=\S)\^\^", "ins"),
    (r"(~)([^\s~]{1,100})~", "sub"), (r"(\^)([^\s^\[\]]{1,100})\^", "sup"))
_KEYS = r"\+\+([\w\"'-]{1,40}(?:\+[\w\"'-]{1,40}){0,5})\+\+"


class _Keys(InlineProcessor):
    def handleMatch(self, match: re.Match, data: str) -> tuple[etree.Element, int, int]:
        keys = etree.Element("span")
        for name in match[1].split("+"):
            key = etree.SubElement(keys, "kbd")
            key.text, key.tail = name.strip("\"'"), "+"
        key.tail = ""
        return keys, match.start(0), match.end(0)


class _Icons(InlineProcessor):
    """Drawings of the theme: most only decorate, and some are all that a cell says."""

    def __init__(self, md: markdown.Markdown, losses: Losses) -> None:
        super().__init__(r":(?:material|fontawesome|octicons|simple)-[a-z0-9-]{1,80}:(?:\{[^{}\n]{0,200}\})?", md)
        self.losses = losses

    def handleMatch(self, match: re.Match, data: str) -> tuple[str, int, int]:
        _tell(self.losses, f"L’icône «\u00a0{match[0].partition('{')[0]}\u00a0» n’a pas été gardée\u00a0: écrivez ce qu’elle disait, s’il y a lieu.")
        return "", match.start(0), match.end(0)


# ---------------------------------------------------------------- boxes


class _Details(AdmonitionProcessor):
    CLASSNAME = "mkdocs-details"
    CLASSNAME_TITLE = "mkdocs-title"
    RE = re.compile(r'(?:^|\n)\?\?\?\+?(?: ?([\w\-]+(?: +[\w\-]+)*))?(?: +"(.*?)")? *(?:\n|$)')

    def get_class_and_title(self, match: re.Match) -> tuple[str, str]:
        kind = (match[1] or "note").lower()
        return kind, match[2] or kind.partition(" ")[0].capitalize()


class _Tab(AdmonitionProcessor):
    CLASSNAME = "mkdocs-tab"
    CLASSNAME_TITLE = "mkdocs-title"
    RE = re.compile(r'(?:^|\n)===[+!]{0,2} +"(.*?)" *(?:\n|$)')

    def get_class_and_title(self, match: re.Match) -> tuple[str, str]:
        return "", match[1] or "…"


# ---------------------------------------------------------------- lines, before they are read


class _Lines(Preprocessor):
    """Reads the lines of a page, and names what is lost."""

    def __init__(self, md: markdown.Markdown, losses: Losses) -> None:
        super().__init__(md)
        self.losses = losses


def _tell(losses: Losses, loss: str) -> None:
    if len(losses) < _NAMED_MAX:
        losses[loss] = None


class _Fences(_Lines):
    """Fenced code wherever it stands: in lists, admonitions and tabs too. One that nobody closed ends with what it is in."""

    OPENING = re.compile(r"([ >]*)(`{3,}|~{3,})[ ]*([^`]*)")

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        at = 0
        while at < len(lines):
            opening = self.OPENING.fullmatch(lines[at])
            at += 1
            if opening is None:
                out.append(lines[at - 1])
                continue
            before, fence, said = opening.groups()
            code, at = _code(lines, at, before, fence)
            out += [before.rstrip(), before + self.md.htmlStash.store(self._html(code, said)), before.rstrip()]
        return out

    def _html(self, code: list[str], said: str) -> str:
        title = re.search(r'\btitle="([^"]{1,200})"', said)
        language = re.match(r"\{?\s*\.?([\w+#.-]{1,20})(?!\s*=)", said)
        name = language[1] if language else ""
        if name == "mermaid":
            _tell(self.losses, "Un diagramme «\u00a0mermaid\u00a0» est gardé sous forme de texte.")
        kind = f' class="language-{name}"' if name else ""
        text = escape("\n".join(code), quote=False)
        return (f"<p><strong>{escape(title[1])}</strong></p>" if title else "") + f"<pre><code{kind}>{text}\n</code></pre>"


def _code(lines: list[str], at: int, before: str, fence: str) -> tuple[list[str], int]:
    """The lines of a fence that opens before `at`, without what stands before each; and where the rest begins."""
    code: list[str] = []
    while at < len(lines):
        line = lines[at]
        is_end = (sign := line.strip(" >")) and len(sign) >= len(fence) and not sign.strip(fence[0])
        if is_end:
            return code, at + 1
        if line.strip() in ("", before.strip()):
            code.append("")
        elif line.startswith(before):
            code.append(line[len(before):])
        else:
            break
        at += 1
    return code, at


class _Programs(_Lines):
    """What the old site computed when it was built: named, never run."""

    SNIPPET = re.compile(r"\s*-{1,5}8<-{1,5}\s*(.*)")
    INCLUDE = re.compile(r"\{!\s*(.{1,200}?)\s*!\}|\{%-?\s*include(?:-markdown)?\s+[\"'](.{1,200}?)[\"'].{0,200}?%\}")
    API = re.compile(r"::: ([A-Za-z_][\w.]{0,200})\s*")
    BLOCK = re.compile(r"\s*/{3,}(?:\s.*)?")
    MACRO = re.compile(r"\{\{.{1,300}?\}\}|\{%.{1,300}?%\}")
    CODE = re.compile(r"(`{1,5})[^`]{1,1000}\1")

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        inside = documented = False  # between two lines « --8<-- »; in the options of a documentation of code
        for line in lines:
            documented = documented and (not line.strip() or line.startswith("    "))
            if documented:
                continue
            if snippet := self.SNIPPET.fullmatch(line):
                inside = inside != (not snippet[1])
                self._left(snippet[1].strip("\"'"))
            elif inside:
                self._left(line.strip())
            elif self.API.fullmatch(line):
                _tell(self.losses, f"La documentation de code «\u00a0{short(line[4:])}\u00a0», faite par l’ancien site, n’a pas été reprise.")
                documented = True
            else:
                out.append(self._line(line))
        return out

    def _line(self, line: str) -> str:
        if "{!" in line or "{%" in line:
            line = self.INCLUDE.sub(lambda found: self._left(found[1] or found[2]), line)
        if "{{" in line or "{%" in line:
            for macro in self.MACRO.findall(self.CODE.sub("", line)):
                _tell(self.losses, f"La macro «\u00a0{short(macro)}\u00a0» n’est pas exécutée\u00a0: elle est gardée telle quelle, écrivez ce qu’elle donnait.")
        if "///" in line and self.BLOCK.fullmatch(line):
            _tell(self.losses, "Un bloc «\u00a0///\u00a0» de l’ancien site est gardé sous forme de texte.")
        return line

    def _left(self, file: str) -> str:
        if file:
            _tell(self.losses, f"Le morceau «\u00a0{short(file)}\u00a0», que l’ancien site insérait ici, n’a pas été repris\u00a0: recopiez-le.")
        return ""


_SIGNS = "[`*_<~=^!"
# Signs of paragraphs that are not to be read: letters of the private use area, until the page is HTML.
_HIDDEN = {ord(sign): 0xE200 + ord(sign) for sign in _SIGNS + ">"}
_SHOWN = {0xE200 + ord(sign): escape(sign) for sign in _SIGNS + ">"}
_NONE = dict.fromkeys(_SHOWN)


class _Bounds(_Lines):
    """Paragraphs whose signs would take minutes to be read have none."""

    SIGN = re.compile(f"[{re.escape(_SIGNS)}]")
    DEEP = re.compile(r"^[ >]{40,}", re.MULTILINE)
    PARTS = re.compile(r"\n(?=\s*(?:\||[-*+] |\d+[.)] |\n|$))")

    def run(self, lines: list[str]) -> list[str]:
        text = self.DEEP.sub(lambda found: found[0].translate(_HIDDEN), "\n".join(lines))
        if text.count("[^") > _NOTES_MAX:
            text = text.replace("[^", "[^".translate(_HIDDEN))
            _tell(self.losses, "Les notes de bas de page, démesurément nombreuses, sont gardées telles quelles.")
        if _cost(text) <= _PARAGRAPH_MAX:
            return text.split("\n")
        left = _PAGE_MAX
        parts = self.PARTS.split(text)
        for at, part in enumerate(parts):
            cost = _cost(part)
            left -= cost
            if cost > _PARAGRAPH_MAX or left < 0:
                parts[at] = part.translate(_HIDDEN)
                _tell(self.losses, "Des paragraphes démesurés sont gardés sans leur mise en forme.")
        return "\n".join(parts).split("\n")


def _cost(text: str) -> int:
    return len(text) * len(_Bounds.SIGN.findall(text))
