"""Words of a page as inline Markdown: what is read back is what was there, and no more is escaped than must be."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from migration import dialect, target
from migration.target import Targets
from migration.tree import Node, says

# White space of HTML; no-break and other wide spaces are words like others.
_SPACES = re.compile(" {2,}")
# Never text: soft hyphens, zero-width spaces, byte-order marks, controls, and the private characters with which components are marked
# (plugins/components.py). Joiners and direction marks stay: Arabic, Persian and Indian languages need them.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\ue002\ud800-\udfff]")
_SEPARATORS = re.compile("[\f\u0085\u2028\u2029]")
_SPECIAL = re.compile(r"[\\`\[~]|\*(?!(?<= \*) )|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?]|\Z)|&(?=#?\w+;|\Z|#\Z|#?\w+\Z)")
_SPECIAL_HERE = re.compile(r"[\\`\[\]~|]|\*(?!(?<= \*) )|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?]|\Z)|&(?=#?\w+;|\Z|#\Z|#?\w+\Z)")
_SAFE = re.compile(r"[^\\`\[\]~|*_<&\n\r\t\f]*")
_LINE_START = re.compile(
    r"(?P<number>\d{1,9})(?P<stop>[.)])(?=[ \t]|$)"
    r"|(?P<mark>[+-](?=[ \t]|$)|-(?=[- \t]*$)|=(?==*[ \t]*$)|[>|:]|#{1,6}(?=[ \t]|$)|-(?=[-|: ]*$))"
)
_FILE_WORDS = re.compile(r"\b(?:pdf|docx?|word|xlsx?|excel|pptx?|powerpoint|zip|csv|od[tsp]|rtf|epub|[kmg]o|[kmg]b)\b", re.I)
_NAMED_SIZE = re.compile(r"^[^\w(\[]{0,4}[(\[]?[^()\[\]]{0,40}", re.I)
BREAK = "\\\n"
_EDGES = " \u00a0"


class Link(NamedTuple):
    """A link of the page. url: absolute; text: its words."""

    url: str
    text: str


@dataclass
class Found:
    """What was met while a page was written, and what could not be kept."""

    links: list[Link] = field(default_factory=list)
    media: dict[str, None] = field(default_factory=dict)
    downloads: dict[str, None] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)
    anchors: dict[str, None] = field(default_factory=dict)
    losses: Counter[str] = field(default_factory=Counter)


class Place(NamedTuple):
    """Where words are written. pipe: in a table cell; bracket: between brackets; line: on one line; link: in a link; edge: whether what
    is before and after them is a mark of emphasis."""

    pipe: bool = False
    bracket: bool = False
    line: bool = False
    link: bool = False
    edge: bool = False
    emphasis: str = ""


@cache
def _in_link(place: Place) -> Place:
    return Place(place.pipe, True, True, True, False, place.emphasis)


@cache
def _in_emphasis(place: Place, kind: str) -> Place:
    return Place(place.pipe, place.bracket, place.line, place.link, True, f"{place.emphasis} {kind}")


PLAIN = Place()
CELL = Place(pipe=True, line=True)
TITLE = Place(line=True)


def clean(text: str) -> str:
    """Text as a browser shows it: each run of white space is one space, and what nobody sees is gone."""
    if not text.isprintable():
        text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
        if not text.replace("\u00a0", " ").isprintable():
            text = _INVISIBLE.sub("", _SEPARATORS.sub(" ", text))
    return _SPACES.sub(" ", text) if "  " in text else text


def escaped(text: str, here: bool = False) -> str:
    """Clean text so that Markdown shows it as it is. here: in a table or between brackets."""
    if _SAFE.fullmatch(text):
        return text
    return (_SPECIAL_HERE if here else _SPECIAL).sub(_escape, text)


def _escape(match: re.Match) -> str:
    # « \<script> » would be safe too, but checkers of a text (plugins/sanitizer.py) do not read backslashes.
    sign = match[0]
    return "&amp;" if sign == "&" else "&lt;" if sign == "<" else "\\" + sign


def guarded(lines: str) -> str:
    """A paragraph whose lines open no block."""
    if "\n" in lines:
        return "\n".join(_guard(line.strip(" ")) for line in lines.split("\n"))
    return _guard(lines)


def _guard(line: str) -> str:
    found = None if line[:1].isalpha() else _LINE_START.match(line)
    if found is None:
        return line
    if found["number"]:
        return f"{found['number']}\\{line[found.end('number'):]}"
    return "\\" + line


class Inline:
    """Writes the words of one page. found: what it meets; targets: its addresses; size: gives the octets of a file by its address, None
    when they are not known; lang: the language of the page; exact: keep what says nothing, to compare with other renderers;
    anchors: ids that the page will have."""

    def __init__(self, found: Found, targets: Targets, lang: str, size: Callable[[str], int | None] | None = None, exact: bool = False) -> None:
        self.found = found
        self.targets = targets
        self.lang = lang
        self.size = size
        self.exact = exact
        self.anchors: Container[str] = ()

    def write(self, children: list, place: Place = PLAIN) -> str:
        """The Markdown of children none of which is a block, without spaces at its ends."""
        if len(children) == 1 and type(children[0]) is str:
            return escaped(clean(children[0]).strip(_EDGES), place.pipe or place.bracket)
        return self._joined(self.pieces(children, place), place)

    def paragraph(self, children: list) -> str:
        """The same, as a paragraph of its own."""
        return guarded(self.write(children))

    # ---------------------------------------------------------------- pieces

    def pieces(self, children: list, place: Place) -> list[tuple[str, str]]:
        """(kind, Markdown) of each child: text, raw, link, break, or the name of an emphasis."""
        here = place.pipe or place.bracket
        if len(children) == 1 and type(children[0]) is str:
            return [("text", escaped(clean(children[0]), here))] if children[0] else []
        if not self.exact and len(children) > 1:
            children = _welded(children) if _touch(children) else children
        out: list[tuple[str, str]] = []
        for at, child in enumerate(children):
            if type(child) is str:
                if out and out[-1][0] == "text":
                    out[-1] = ("text", out[-1][1] + child)
                else:
                    out.append(("text", child))
            elif handler := _HANDLERS.get(child.name):
                handler(self, child, place, out, children[at + 1 : at + 3] if child.name == "a" else ())
            elif child.block:
                out += [("text", " "), *self.pieces(child.children, place), ("text", " ")]
            else:
                out += self.pieces(child.children, place)
        return [(kind, escaped(clean(text), here)) if kind == "text" else (kind, text) for kind, text in (_merged(out) if len(out) > 1 else out) if text]

    def _joined(self, pieces: list[tuple[str, str]], place: Place) -> str:
        if len(pieces) == 1 and pieces[0][0] in ("text", "link", "raw"):
            return pieces[0][1].strip(_EDGES)
        out: list[str] = []
        before = ""
        last: int | None = None
        end = len(pieces) - 1
        for at, (kind, markdown) in enumerate(pieces):
            after = pieces[at + 1] if at < end else ("", "")
            if kind in _MARKS:
                start = before if out or not place.edge else "*"
                stop = "*" if after[0] in ("strong", "em") else after[1][:1] if after[0] else "*" if place.edge else ""
                markdown = _emphasised(kind, markdown, start, stop)
            elif kind == "text":
                if not out or before in " \n":
                    markdown = markdown.lstrip(" ")
                if after[0] == "break" or at == end:
                    markdown = markdown.rstrip(" ")
                    if markdown.endswith("\\") and not markdown.endswith("\\\\"):
                        markdown += "\\"
                elif markdown.endswith("!") and after[0] == "link":
                    markdown = markdown[:-1] + "\\!"
            elif kind == "break":
                while out and out[-1].endswith(" "):
                    out[-1] = out[-1].rstrip(" ")
                    if not out[-1]:
                        out.pop()
                if last is None:
                    last = max((at for at, (_, text) in enumerate(pieces) if text.strip(" \\\n")), default=-1)
                if not out or at > last:
                    continue
            if markdown:
                out.append(markdown)
                before = markdown[-1]
        return "".join(out).strip(_EDGES)

    # ---------------------------------------------------------------- elements

    def _break(self, node: Node, place: Place, out: list, rest: list) -> None:
        if place.line:
            out.append(("break", "<br>") if place.pipe else ("text", " "))
        else:
            out.append(("break", BREAK))

    def _emphasis(self, node: Node, place: Place, out: list, rest: list) -> None:
        kind = node.name
        if kind in place.emphasis and not self.exact:
            out += self.pieces(node.children, place)
            return
        inner = _in_emphasis(place, kind)
        self._around(node, inner, out, lambda words: (kind, words))

    def _tagged(self, node: Node, place: Place, out: list, rest: list) -> None:
        """An element that Markdown has no mark for: its tag, around Markdown."""
        attributes = ""
        name = node.name
        if name == "abbr" or name == "dfn":
            title = clean(node.attr("title")).strip()
            if not title and name == "abbr":
                out += self.pieces(node.children, place)
                return
            attributes = f' title="{attribute(title, place.pipe)}"' if title else ""
        elif name in ("ins", "mark") and not says(node.children):
            return
        inner = Place(place.pipe, place.bracket, place.line, place.link, False, place.emphasis)
        self._around(node, inner, out, lambda words: ("raw", f"<{name}{attributes}>{words}</{name}>"))

    def _language(self, node: Node, place: Place, out: list, rest: list) -> None:
        """`[words]{lang=xx}` where that can be read back (plugins/languages.py), else the element."""
        parts = node.value.split("-")
        lang = "-".join([parts[0], *(part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in parts[1:])])
        if not place.bracket and not place.line and _is_short(node.children):
            inner = Place(place.pipe, True, True, place.link, False, place.emphasis)
            self._around(node, inner, out, lambda words: ("link", f"[{words}]{{lang={lang}}}"))
            return
        inner = Place(place.pipe, place.bracket, place.line, place.link, False, place.emphasis)
        self._around(node, inner, out, lambda words: ("raw", f'<span lang="{lang}">{words}</span>'))

    def _around(self, node: Node, inner: Place, out: list, make: Callable[[str], tuple[str, str]]) -> None:
        """Add what `make` gives of the words of a node; spaces at its ends go outside."""
        pieces = self.pieces(node.children, inner)
        markdown = self._joined(pieces, inner)
        if not markdown:
            if any(text for _, text in pieces):
                out.append(("text", " "))
            return
        if pieces[0][1].startswith(" "):
            out.append(("text", " "))
        out.append(make(markdown))
        if pieces[-1][1].endswith(" ") or pieces[-1][0] == "break":
            out.append(("text", " ") if pieces[-1][0] != "break" else pieces[-1])

    def _code(self, node: Node, place: Place, out: list, rest: list) -> None:
        if any(type(child) is Node and child.name not in ("strong", "em", "br", "code", "lang", "var", "anchor") for child in node.children):
            self._tagged(node, place, out, rest)
            return
        text = node.text()
        if not text.isprintable():
            text = _INVISIBLE.sub("", text.replace("\n", " ").replace("\r", " ").replace("\t", " "))
        if text:
            out.append(("raw", code_span(text, place.pipe)))

    def _anchor(self, node: Node, place: Place, out: list, rest: list) -> None:
        self.found.anchors[node.value] = None
        out.append(("raw", f'<span id="{attribute(node.value, place.pipe)}"></span>'))

    def _ref(self, node: Node, place: Place, out: list, rest: list) -> None:
        out.append(("link", f"[^{node.attr('label')}]"))

    def _image(self, node: Node, place: Place, out: list, rest: list) -> None:
        url = self.image(node)
        alt = clean(node.attr("alt")).strip()
        if not url and not self.exact:  # in a link without words, its text is the words of the link
            if alt and not place.link and not _is_pixel(node):
                self.found.losses[f"Une image sans adresse n’a pas été gardée\u00a0: «\u00a0{_short(alt)}\u00a0»"] += 1
            return
        title = clean(node.attr("title")).strip()
        out.append(("link", "!" + _target(escaped(alt, True), url, title if title != alt else "", place.pipe)))

    def image(self, node: Node) -> str:
        """The address of an image, "" when it has none that can be kept."""
        for name in ("data-src", "data-lazy-src", "data-original", "data-lazy", "src"):
            written = node.attr(name)
            if written and not (name != "src" and " " in written.strip()) and (url := self.address(written, "L’image", node, quiet=name != "src")):
                break
        else:
            sets = (node.attr(name).strip().partition(" ")[0].rstrip(",") for name in ("srcset", "data-srcset", *_late(node)))
            url = next((url for written in sets if (url := self.address(written, "L’image", node, quiet=True))), "")
        if not url or _is_pixel(node):
            return ""
        self.found.media[url] = None
        return url

    def _link(self, node: Node, place: Place, out: list, rest: list) -> None:
        written = node.attr("href").strip()
        url = self.address(written, "Le lien", node) if written not in ("", "#") else ""
        if place.link or not url and not self.exact:
            out += self.pieces(node.children, place)
            return
        inner = _in_link(place)
        pieces = self.pieces(node.children, inner)
        markdown = self._joined(pieces, inner)
        if not markdown or not says(node.children) and not any(type(one) is Node and one.name == "anchor" for one in node.children):
            markdown = escaped(name_of(node), True)
            if not markdown and not self.exact:
                self.found.losses[f"Un lien sans texte n’a pas été gardé\u00a0: {_short(url)}"] += 1
                return
            pieces = pieces or [("text", markdown)]
        text = clean(node.text()).strip()
        self.found.links.append(Link(url, text))
        markdown += self._file(url, text, rest, place)
        title = node.attr("title")
        title = clean(title).strip() if title else ""
        if pieces[0][1].startswith(" "):
            out.append(("text", " "))
        out.append(("link", _target(markdown, self.href(url), title if title and (title != text or self.exact) else "", place.pipe)))
        if pieces[-1][1].endswith(" "):
            out.append(("text", " "))

    def href(self, url: str) -> str:
        """What a link says: « #… » for a place of this page that is kept, the absolute address for all else."""
        fragment = self.targets.fragment(url) if self.anchors else ""
        return "#" + fragment if fragment and (fragment in self.anchors or unquote(fragment) in self.anchors) else url

    def _file(self, url: str, text: str, rest: list, place: Place) -> str:
        """« (PDF, 340 Ko) » after the words of a file to download, when they do not say it, nor what follows."""
        kind = target.kind_of_file(url)
        if not kind:
            return ""
        self.found.downloads[url] = None
        after = "".join(child if type(child) is str else child.text() for child in rest)
        if not text or _FILE_WORDS.search(text) or _FILE_WORDS.search(_NAMED_SIZE.match(clean(after)[:60])[0]):
            return ""
        octets = self.size(url) if self.size else None
        facts = f"{kind}, {target.size(octets, self.lang)}" if octets else kind
        return f" ({facts})"

    def _outside(self, node: Node, place: Place, out: list, rest: list) -> None:
        """A video, a recording or a page of another site, in the middle of words."""
        name, url = self.outside(node)
        if url:
            if not place.link:
                self.found.links.append(Link(url, name))
            out += [("text", " "), ("link", _target(escaped(name, True), url, "", place.pipe)) if not place.link else ("text", name), ("text", " ")]

    def outside(self, node: Node) -> tuple[str, str]:
        """(name, address) of what an iframe, a video, a recording or an embed shows; the address is "" when there is none."""
        source = node.attr("src") or node.attr("data-src") or node.attr("data")
        if not source and node.source is not None and (child := node.source.find("source")) is not None:
            source = child.attr("src") or ""
        url = watched(self.address(source, "Le cadre", node)) if source else ""
        if node.name in ("video", "audio") and url:
            self.found.media[url] = None
        default = {"video": "Vidéo", "audio": "Enregistrement sonore"}.get(node.name, "Contenu d’un autre site") if self.lang.startswith("fr") else \
            {"video": "Video", "audio": "Recording"}.get(node.name, "Content of another site")
        name = clean(node.attr("title") or node.attr("aria-label")).strip() or default
        return name, url

    def _area(self, node: Node, place: Place, out: list, rest: list) -> None:
        url, alt = self.address(node.attr("href"), "Le lien", node), clean(node.attr("alt")).strip()
        if url and alt:
            self.found.links.append(Link(url, alt))
            out += [("text", " "), ("link", _target(escaped(alt, True), url, "", place.pipe)), ("text", " ")]

    def _math(self, node: Node, place: Place, out: list, rest: list) -> None:
        self.found.losses["Une formule mathématique est devenue du texte."] += 1
        out.append(("text", node.attr("alttext") or node.text()))

    def address(self, written: str, what: str, node: Node, quiet: bool = False) -> str:
        """The absolute address of a link or an image, "" when it leads nowhere or may not be kept; that is told unless `quiet`."""
        if not written:
            return ""
        url = self.targets.absolute(written)
        if url and self.targets.is_allowed(url):
            return url
        if quiet or not written.strip() or written.strip().rstrip(";").lower() in ("javascript:", "javascript:void(0)", "javascript://", "about:blank"):
            return ""
        kind = target.scheme(url)
        words = clean(node.text()).strip() or clean(node.attr("alt") or node.attr("title")).strip()
        name = f"«\u00a0{_short(words)}\u00a0»" if words else "sans texte"
        if kind in target.CODE:
            self.found.losses[f"{what} {name} n’a pas été gardé\u00a0: une adresse «\u00a0{kind}:\u00a0» n’est pas permise."] += 1
        else:
            self.found.losses[f"{what} {name} n’a pas été gardé\u00a0: l’adresse «\u00a0{_short(clean(written))}\u00a0» ne peut pas être suivie ici."] += 1
        return ""


_MARKS = {"strong": ("**", "__"), "em": ("*", "_"), "del": ("~~", "")}


def _touch(children: list) -> bool:
    """Whether two emphases of the same kind follow each other."""
    before = ""
    for child in children:
        name = "" if type(child) is str else child.name
        if name == before and name in _MARKS:
            return True
        before = name
    return False


def _welded(children: list) -> list:
    """Children with emphases that touch as one: word processors cut bold words in three."""
    out: list = []
    welded = False
    for child in children:
        last = out[-1] if out else None
        if type(child) is Node and child.name in _MARKS and type(last) is Node and last.name == child.name:
            if not welded:
                out[-1] = last = Node(child.name, last.source, [*last.children])
            last.children += child.children
            welded = True
            continue
        welded = False
        out.append(child)
    return out


def _merged(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pieces with text that touches as one."""
    out: list[tuple[str, str]] = []
    for piece in pieces:
        if out and out[-1][0] == piece[0] == "text":
            out[-1] = (piece[0], out[-1][1] + piece[1])
        elif piece[1]:
            out.append(piece)
    return out


def _emphasised(kind: str, inner: str, before: str, after: str) -> str:
    """Words emphasised with a mark that CommonMark reads so between these two characters, or with the element."""
    star, under = _MARKS[kind]
    if dialect.opens(before, inner[0]) and dialect.opens(after, inner[-1]):
        sign = star[0]
        if before != sign and after != sign and inner[0] != sign and (inner[-1] != sign or inner.endswith("\\" + sign)):
            return f"{star}{inner}{star}"
        apart = (not before or not before.isalnum()) and (not after or not after.isalnum()) and before != "_" and after != "_"
        if under and apart and inner[0] != "_" and inner[-1] != "_":
            return f"{under}{inner}{under}"
    return f"<{kind}>{inner}</{kind}>"


def _target(words: str, url: str, title: str, pipe: bool) -> str:
    url = target.in_link(url)
    if title:
        title = escaped(title, True).replace('"', '\\"')
        return f'[{words}]({url} "{title}")'
    return f"[{words}]({url})"


def attribute(text: str, pipe: bool = False) -> str:
    """Text between the quotes of an attribute; nothing in it is Markdown, but a bar ends a cell."""
    text = html.escape(text)
    return text.replace("|", "&#124;") if pipe else text


def code_span(text: str, pipe: bool = False) -> str:
    """Text as a code span: as many backquotes as it needs."""
    if not text.strip(" "):
        return "<code>\u00a0</code>" if pipe else f"`{text}`"
    if pipe:
        text = text.replace("|", "\\|")
    if "`" not in text:
        return f"` {text} `" if text[0] == text[-1] == " " else f"`{text}`"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    runs = {len(run) for run in re.findall("`+", text)}
    fence = "`" * next(size for size in range(1, longest + 2) if size not in runs)
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == " " and text[-1] == " ") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


_YOUTUBE = re.compile(r"https?://(?:www\.)?(?:youtube(?:-nocookie)?\.com/(?:embed|v|shorts)/|youtu\.be/)([\w-]{6,20})")
_VIMEO = re.compile(r"https?://player\.vimeo\.com/video/(\d+)(?:\?(?:[^#]*&)?h=(\w+))?")
_DAILYMOTION = re.compile(r"https?://(?:www\.)?dailymotion\.com/embed/video/(\w+)")


def watched(url: str) -> str:
    """The page of a video, for the address that shows it in a frame."""
    if found := _YOUTUBE.match(url):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.match(url):
        return f"https://vimeo.com/{found[1]}" + (f"/{found[2]}" if found[2] else "")
    if found := _DAILYMOTION.match(url):
        return f"https://www.dailymotion.com/video/{found[1]}"
    return url


def _is_short(children: list) -> bool:
    """Whether children are a few words without brackets."""
    if not all(type(child) is str for child in children):
        return False
    text = "".join(children)
    return len(text) < 200 and not set("[]{}") & set(text)


def _late(node: Node) -> list[str]:
    """Attributes in which scripts that load images late may keep their address."""
    return [name for name in node.source.attrs if "src" in name] if node.source is not None else []


def _is_pixel(node: Node) -> bool:
    """Whether an image is one pixel, by which readers are counted."""
    return node.attr("width") in ("0", "1") and node.attr("height") in ("0", "1")


def name_of(node: Node) -> str:
    """The name of a link without words: what it says it is, or the text of its images."""
    found = node.attr("aria-label") or " ".join(child.attr("alt") for child in node.children if type(child) is Node and child.name == "img") or node.attr("title")
    return clean(found).strip()


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


_HANDLERS: dict[str, Callable] = {
    "br": Inline._break, "strong": Inline._emphasis, "em": Inline._emphasis, "del": Inline._emphasis, "code": Inline._code, "a": Inline._link,
    "img": Inline._image, "anchor": Inline._anchor, "lang": Inline._language, "ref": Inline._ref, "area": Inline._area, "math": Inline._math,
    **dict.fromkeys(("iframe", "frame", "video", "audio", "embed"), Inline._outside),
    **dict.fromkeys(("kbd", "samp", "var", "sub", "sup", "q", "cite", "dfn", "abbr", "ins", "mark"), Inline._tagged),
}
