"""The main content of an old page, from HTML to Fleuve's Markdown.

A serializer of its own on turbohtml's tree. What Markdown has no sign for stays as the HTML that pages may keep (plugins/sanitizer.py), or becomes a
component; what cannot be kept is told. Links and images are written with their absolute old addresses: `rewrite` changes them once they are decided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

import turbohtml
from turbohtml import Element, Node, Text

from fleuve.slug import slugify
from migration import footnote, old_table
from migration.dialect import join, plain_title
from migration.inline import Inline, destination, html_attribute, paragraph
from migration.dialect import escape

MAX_DEPTH = 100
DOWNLOADS = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|csv|zip|epub|txt)$", re.IGNORECASE)
_VIDEO = re.compile(r"^https?://(?:www\.|player\.)?(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|dailymotion\.com)/", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-–—]\s|[•▪◦‣●○■➢➤·*]\s*)")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ANCHOR = re.compile(r"[^\s{}\"'<>`]{1,100}")

BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li "
    "main menu nav noframes ol p pre section summary table tbody td tfoot th thead tr ul video audio object".split())
_LEFT = frozenset("script style template noscript svg math head title meta link input select textarea button option map area canvas embed applet param".split())
_INNER = frozenset(("ul", "ol", "menu", "dir", "dl", "table", "blockquote", "figure"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page: absolute address, and its words."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Converted:
    """The Markdown of a page, and what it uses; see docs/migration-markdown.md. `counts`: by kind, how many came in and how many are written."""

    markdown: str = ""
    links: tuple[Link, ...] = ()
    media: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)


def convert(html: str, url: str = "", lang: str = "fr", title: str = "", *, top: int = 2, size: Callable[[str], int] | None = None) -> Converted:
    """Convert HTML to Markdown.

    Takes the main content, the absolute address of its page, its language and its title (a first h1 that repeats it is left out). `top` is the
    level of the highest heading; 0 leaves levels as they are. `size` gives the bytes of a file by its address, for the words of links to files.
    Never raises for what the HTML is.
    """
    return _Writer(url, lang, title, top, size).convert(html)


class _Writer:
    def __init__(self, url: str, lang: str, title: str, top: int, size: Callable[[str], int] | None) -> None:
        self.url, self.lang, self.title, self.top, self.size = url, lang, title, top, size
        self.links: list[Link] = []
        self.media: dict[str, None] = {}
        self.downloads: dict[str, None] = {}
        self.forms: list[str] = []
        self.losses: Counter[str] = Counter()
        self.kept: dict[str, None] = {}
        self.counts: Counter[str] = Counter()
        self.levels: list[int] = []
        self.ended = False
        self.inner = 0  # lists, tables and quotations that we are in

    def convert(self, html: str) -> Converted:
        tree = turbohtml.parse(html)
        base = tree.select_one("base[href]")
        if base is not None and self.url:
            self.url = urljoin(self.url, base.attr("href"))
        body = tree.select_one("body") or tree.root
        every = body.select("[href^='#'], [href*='#']")
        self.anchors = {unquote(found) for node in every if (found := self._own_anchor(node.attr("href") or ""))}
        self.around = _around_blocks(body)
        self.notes = footnote.find(body)
        self.inline = Inline(self._address, self._image, self._other, self.anchors, self.lang)
        self.cell = Inline(self._address, self._image, self._other, self.anchors, self.lang, pipe=True)
        came = {"words": len(body.text.split()), "links": len(body.select("a[href]")), "images": len(body.select("img")), "tables": len(body.select("table")),
                "headings": len(body.select("h1, h2, h3, h4, h5, h6")), "items": len(body.select("li"))}
        blocks = self.blocks(body.children, 0)
        blocks += [f"[^{note.name}]: " + "\n    ".join(join(self.blocks(note.nodes, 1)).split("\n")) for note in self.notes.definitions if note.called]
        markdown = join(blocks)
        markdown = markdown + "\n" if markdown else ""
        words = len(re.sub(r"[\\*_`#>|\[\]]|\]\([^)]*\)|<[^>]*>|^:::.*$", " ", markdown, flags=re.M).split())
        wrote = {**{name: self.counts[name] for name in came}, "words": words, "links": len(self.links)}
        return Converted(markdown, tuple(self.links), tuple(self.media), tuple(self.downloads), tuple(self.forms), tuple(self.kept),
                         tuple(f"{text} ({count})" if count > 1 else text for text, count in sorted(self.losses.items())), {name: (came[name], wrote[name]) for name in came})

    def _own_anchor(self, href: str) -> str:
        address, sharp, anchor = href.partition("#")
        return anchor if sharp and anchor and (not address or urljoin(self.url, address).split("#")[0] == self.url.split("#")[0]) else ""

    # Blocks

    def blocks(self, nodes: list[Node], depth: int) -> list[str]:
        """Return the Markdown blocks of sibling nodes: runs of text between blocks are paragraphs."""
        out: list[str] = []
        run: list[Node] = []
        for node in nodes:
            if type(node) is Text or not isinstance(node, Element):
                run.append(node)
                continue
            tag = node.tag
            if tag in _LEFT:
                self._tell_left(node)
            elif tag not in BLOCKS and node not in self.around:
                run.append(node)
            else:
                self._flush(run, out)
                run = []
                out += self._block(node, depth)
        self._flush(run, out)
        return out

    def _flush(self, run: list[Node], out: list[str]) -> None:
        if run and (text := paragraph(self.inline.line(run))):
            out.append(text)

    def _block(self, node: Element, depth: int) -> list[str]:
        if depth > MAX_DEPTH:
            self.losses["mise en forme trop imbriquée"] += 1
            return [text] if (text := paragraph(escape(" ".join(node.text.split())))) else []
        if node in self.notes.nodes:
            return []
        made = self._made(node, depth)
        if made and (lang := self._foreign(node)):
            made = _in_language(made, lang)
        return _anchored(self.anchor(node), made) if node.tag not in _HEADINGS else made

    def _made(self, node: Element, depth: int) -> list[str]:
        if (known := _BLOCK.get(node.tag)) is not None:
            self.inner += node.tag in _INNER
            made = known(self, node, depth)
            self.inner -= node.tag in _INNER
            return made
        if (made := self._component(node, depth)) is not None:
            return made
        if node.tag == "a":
            return self._block_link(node, depth)
        return self._typed(self.blocks(node.children, depth + 1))

    def _foreign(self, node: Element) -> str:
        """The language of an element, when it is valid and not that of the page."""
        lang = node.attr("lang") or node.attr("xml:lang") or ""
        own = lang.partition("-")[0].lower() == self.lang.partition("-")[0].lower() if self.lang else False
        return lang if lang and not own and LANGUAGE.fullmatch(lang) else ""

    def anchor(self, node: Element) -> list[str]:
        """Return the id of an element that links lead to, as a block or before words; nothing when none does."""
        name = node.attr("id") or ""
        if not name or name not in self.anchors or not _ANCHOR.fullmatch(name):
            return []
        self.kept[name] = None
        return [f'<span id="{html_attribute(name)}"></span>']

    def _paragraph(self, node: Element, depth: int) -> list[str]:
        if node in self.around:
            return self.blocks(node.children, depth + 1)
        text = paragraph(self.inline.line(node.children))
        return [text] if text else []

    @staticmethod
    def _typed(blocks: list[str]) -> list[str]:
        """Paragraphs that begin with a typed bullet, two or more in a row, are a list."""
        out: list[str] = []
        run: list[str] = []
        for block in [*blocks, ""]:
            bare = block.lstrip("\\")
            found = _BULLET.match(bare)
            if found and "\n" not in block and not block.startswith(("- ", "* ", "**")) and bare[found.end() :].strip():
                run.append(bare[found.end() :])
                continue
            if len(run) > 1:
                out.append("\n".join(f"- {text}" for text in run))
            else:
                out += [blocks[len(out)]] if run else []
            run = []
            if block:
                out.append(block)
        return out

    def _heading(self, node: Element, depth: int) -> list[str]:
        text = " ".join(self.inline.line(node.children).replace("\\\n", " ").split(" ")).replace("\n", " ").strip()
        source = int(node.tag[1])
        if not text:
            return [] if self.top else ["#" * source]
        if source == 1 and self.top and not self.ended and _same(node.text, self.title):
            self.ended = True
            return []
        level = self._level(source)
        name = node.attr("id") or next((one.attr("id") or one.attr("name") or "" for one in node.select("a[name], [id]")), "")
        self.counts["headings"] += 1
        closing = re.sub(r"(?:(?<=\s)|^)#+$", lambda found: "\\" + found[0], text)
        if closing.endswith("}"):
            closing = closing[:-1] + "&#125;"
        kept = name if name and _ANCHOR.fullmatch(name) and (name in self.anchors or name != slugify(node.text)) and self.top else ""
        if kept:
            self.kept[kept] = None
            closing = closing.replace(f'<span id="{html_attribute(kept)}"></span>', "")
        return [f"{'#' * level} {closing}" + (f" {{#{kept}}}" if kept else "")]

    def _level(self, source: int) -> int:
        """Levels as they follow: one below that of the heading above which has a higher level, so that none is skipped."""
        if not self.top:
            return source
        while self.levels and self.levels[-1] >= source:
            self.levels.pop()
        self.levels.append(source)
        return min(self.top + len(self.levels) - 1, 6)

    def _list(self, node: Element, depth: int) -> list[str]:
        items: list[list[str]] = []
        loose = False
        for child in node.children:
            if isinstance(child, Element) and child in self.notes.nodes:
                continue
            if isinstance(child, Element) and child.tag == "li":
                loose = loose or any(isinstance(one, Element) and one.tag == "p" for one in child.children)
                found = self.blocks(child.children, depth + 1)
                items.append(_anchored(self.anchor(child), _in_language(found, lang) if (lang := self._foreign(child)) else found))
                self.counts["items"] += 1
            elif isinstance(child, Element) and child.tag in ("ul", "ol", "menu", "dir") and items:
                items[-1] += self._list(child, depth + 1)
            elif found := self.blocks([child], depth + 1):
                items.append(found)
        items = [item or [""] for item in items]
        if not items or self.top and not any(any(item) for item in items):
            return []
        start = node.attr("start") or ""
        first = int(start) if start.isdigit() and len(start) < 10 else 1
        return [_listed(items, first if node.tag == "ol" else None, loose)]

    def _quotation(self, node: Element, depth: int) -> list[str]:
        blocks = self.blocks(node.children, depth + 1)
        return ["\n".join(f"> {line}" if line else ">" for line in join(blocks).split("\n"))] if blocks or not self.top else []

    def _code(self, node: Element, depth: int) -> list[str]:
        if node.select_one("a[href]") is not None:
            return [f"<pre>{self._listing(node.children)}</pre>"]
        inner = node.select_one("code")
        text = node.text.replace("\r\n", "\n")
        said = " ".join(filter(None, (inner.attr("class") if inner is not None else "", node.attr("class"))))
        language = re.search(r"(?:^|\s)(?:language-|lang-|brush:\s*)([^\s;`]+)", said)
        longest = max((len(run) for run in re.findall(r"^ {0,3}(`{3,})", text, re.M)), default=2)
        fence = "`" * (longest + 1)
        if text.startswith("\n"):
            text = text[1:] if inner is None and self.top else text
        return [f"{fence}{language[1] if language else ''}\n{text if text.endswith(chr(10)) or not text else text + chr(10)}{fence}"] if text.strip() or not self.top else []

    def _listing(self, nodes: list[Node]) -> str:
        """Text laid out by its own spaces, in which there are links: a block of code would lose them. Blank lines would end it."""
        out = []
        for node in nodes:
            if type(node) is Text:
                out.append(re.sub(r"\n(?=[ \t]*\n)", "\n&#8203;", node.data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")))
            elif isinstance(node, Element):
                words = self._listing(node.children)
                target = self._address(node.attr("href"), node.text) if node.tag == "a" and node.attr("href") else None
                out.append(f'<a href="{html_attribute(target)}">{words}</a>' if target else words)
        return "".join(out)

    def _rule(self, node: Element, depth: int) -> list[str]:
        return ["---"]

    def _definitions(self, node: Element, depth: int) -> list[str]:
        return old_table.definitions(self, node, depth)

    def _table(self, node: Element, depth: int) -> list[str]:
        return old_table.table(self, node, depth)

    def _details(self, node: Element, depth: int) -> list[str]:
        summary = next((child for child in node.children if isinstance(child, Element) and child.tag == "summary"), None)
        rest = [child for child in node.children if child is not summary]
        if summary is not None and summary.select_one("a[href], h1, h2, h3, h4, h5, h6, img") is not None:
            return ["<details>", "<summary>", *self.blocks(summary.children, depth + 1), "</summary>", *self.blocks(rest, depth + 1), "</details>"]
        return self._accordion(summary.text if summary is not None else "", self.blocks(rest, depth + 1))

    def _accordion(self, title: str, blocks: list[str]) -> list[str]:
        title = plain_title(title) or ("Details" if self.lang.startswith("en") else "Détails")
        if self.inner:  # components begin at the left margin: within a list or a table, the element stays
            return [f"<details>\n<summary>{html_attribute(title)}</summary>", *blocks, "</details>"]
        return [f"::: accordeon {title}\n{join(blocks)}\n:::"]

    def _figure(self, node: Element, depth: int) -> list[str]:
        caption = next((one for one in node.select("figcaption") if one.closest("figure") is node), None)
        if caption is None or not caption.text.strip():
            return self.blocks(node.children, depth + 1)
        words = self.blocks(caption.children, depth + 1)
        link = caption.closest("a[href]")
        if link is not None and node in link.ancestors and len(words) == 1 and (target := self._address(link.attr("href"), caption.text)):
            words = [f"[{words[0]}]({destination(target)})"]
        caption.decompose()
        return ["\n\n".join(["<figure>", *self.blocks(node.children, depth + 1), "<figcaption>", *words, "</figcaption>", "</figure>"])]

    def _frame(self, node: Element, depth: int) -> list[str]:
        source = self._absolute(node.attr("src") or node.attr("data-src") or node.attr("data") or "")
        if not source or not source.startswith(("http://", "https://")):
            return self.blocks(node.children, depth + 1) if node.tag == "object" else []
        said = (node.attr("title") or "").strip() or ("Video" if self.lang.startswith("en") else "Vidéo")
        if _VIDEO.match(source) and not self.inner:
            return [f"::: video {plain_title(said)} {{lien=\"{html_attribute(_watch(source))}\"}}\n:::"]
        self.losses["cadre d’un autre document, devenu un lien"] += 1
        self.links.append(Link(source, said))
        return [f"[{escape((node.attr('title') or '').strip() or source)}]({destination(source)})"]

    def _recording(self, node: Element, depth: int) -> list[str]:
        source = node.attr("src") or next((one.attr("src") for one in node.select("source[src]")), "")
        address = self._absolute(source or "")
        if not address:
            return []
        self.media[address] = None
        said = (node.attr("title") or node.attr("aria-label") or "").strip() or unquote(urlsplit(address).path.rpartition("/")[2])
        self.links.append(Link(address, said))
        return [f"[{escape(said)}]({destination(address)})"]

    def _form(self, node: Element, depth: int) -> list[str]:
        fields = [one.attr("name") or one.tag for one in node.select("input, select, textarea") if (one.attr("type") or "").lower() not in ("hidden", "submit", "button", "image", "reset")]
        if fields:
            self.forms.append(f"{(node.attr('method') or 'get').upper()} {self._absolute(node.attr('action') or '') or self.url} : {len(fields)} champs ({', '.join(fields[:8])})")
            self.losses["formulaire"] += 1
        return self.blocks(node.children, depth + 1)

    def _block_link(self, node: Element, depth: int) -> list[str]:
        """A link around blocks (a card): one line of words, or an element around them when a heading, a list or a figure is among them."""
        heading = node.select_one("h1, h2, h3, h4, h5, h6, figure, table, ul, ol")
        href = node.attr("href") or ""
        if not href:
            return self.blocks(node.children, depth + 1)
        if heading is None:
            flat = self.inline.line(_leaves(node, self.around))
            target = self._address(href, flat)
            return [paragraph(f"[{flat}]({destination(target)})")] if target and flat else self.blocks(node.children, depth + 1)
        target = self._address(href, node.text)
        blocks = self.blocks(node.children, depth + 1)
        return ["\n\n".join([f'<a href="{html_attribute(target)}">', *blocks, "</a>"])] if target and blocks else blocks

    def _component(self, node: Element, depth: int) -> list[str] | None:
        """Accordions and tabs of the usual kits, known by their classes: Bootstrap, jQuery UI, WET-BOEW, Drupal."""
        said = node.attr("class") or ""
        if not said:
            return None
        if re.search(r"(?:^|\s)(?:accordion-item|panel-default|panel)(?:\s|$)", said) and "panel-group" not in said:
            head, body = node.select_one(".accordion-header, .panel-heading, .accordion-button"), node.select_one(".accordion-body, .panel-body, .panel-collapse, .accordion-collapse")
            if head is not None and body is not None and "collapse" in (node.html or ""):
                return self._accordion(head.text, self.blocks(body.children, depth + 1))
        if re.search(r"(?:^|\s)(?:ui-accordion|accordion|accordeon)(?:\s|$)", said):
            return self._pairs(node, depth)
        if re.search(r"(?:^|\s)(?:nav-tabs|ui-tabs-nav)(?:\s|$)", said):
            return None
        if re.search(r"(?:^|\s)(?:ui-tabs|tabs|tabbable|wb-tabs|onglets)(?:\s|$)", said):
            return self._tabs(node, depth)
        return None

    def _pairs(self, node: Element, depth: int) -> list[str] | None:
        """An accordion that is headings and their blocks by turns."""
        children = [child for child in node.children if isinstance(child, Element) and child.tag not in _LEFT]
        if len(children) < 2 or len(children) % 2 or any(child.tag not in _HEADINGS | {"dt", "button"} for child in children[::2]):
            return None
        out = []
        for head, body in zip(children[::2], children[1::2]):
            out += self._accordion(head.text, self.blocks(body.children, depth + 1))
        return out

    def _tabs(self, node: Element, depth: int) -> list[str] | None:
        tabs = []
        for link in node.select("ul a[href*='#'], [role=tab]"):
            name = (link.attr("href") or "").partition("#")[2] or (link.attr("aria-controls") or "")
            panel = next((one for one in node.select("[id]") if one.attr("id") == name), None) if name else None
            if panel is not None and panel.tag not in ("a", "li"):
                tabs.append((link.text, panel))
        if len(tabs) < 2:
            return None
        if self.inner:
            return [block for title, panel in tabs for block in (f"**{escape(' '.join(title.split()))}**", *self.blocks(panel.children, depth + 1))]
        parts = [f"::: onglet {plain_title(title)}\n{join(self.blocks(panel.children, depth + 1))}\n:::" for title, panel in tabs]
        return ["::: onglets\n" + "\n".join(parts) + "\n:::"]

    def _tell_left(self, node: Element) -> None:
        if node.tag in ("applet", "embed", "canvas"):
            self.losses[f"« {node.tag} » sans équivalent"] += 1
        elif node.tag == "math":
            self.losses["formule mathématique"] += 1
        elif node.tag in ("svg",) and node.text.strip():
            self.losses["dessin SVG dans la page"] += 1

    # Within a line

    def _absolute(self, address: str) -> str:
        address = address.strip()
        if not address:
            return ""
        try:
            return urljoin(self.url, address) if self.url else address
        except ValueError:
            return ""

    def _address(self, href: str, said: str) -> str | None:
        href = "".join(href.split()) if "\n" in href or "\t" in href else href.strip()
        scheme = _SCHEME.match(href)
        if scheme and scheme[0].lower() not in ("http:", "https:", "mailto:", "tel:"):
            self.losses[f"lien « {scheme[0].lower()} »"] += 1
            return None
        own = self._own_anchor(href)
        target = f"#{own}" if own else self._absolute(href) if href else self.url
        if not target and href:
            return None
        words = re.sub(r"!?\[|\]\([^)]*\)|[\\*]|<[^>]*>", "", said).strip()
        self.links.append(Link(target, words))
        if DOWNLOADS.search(urlsplit(target).path if "://" in target else target):
            self.downloads[target] = None
        return target

    def _image(self, node: Element) -> str:
        source = node.attr("src") or ""
        if not source or source.startswith("data:"):
            lazy = next((found for name in ("data-src", "data-lazy-src", "data-original", "data-srcset", "srcset") if (found := node.attr(name))), "")
            if source.startswith("data:") and not lazy:
                self.losses["image écrite dans la page (data:)"] += 1
                return ""
            source = lazy.split(",")[0].split(" ")[0] if lazy else ""
        address = self._absolute(source)
        scheme = _SCHEME.match(address)
        if not address or scheme and scheme[0].lower() not in ("http:", "https:"):
            alt = (node.attr("alt") or "").strip()
            return escape(alt) if alt else ""
        if _invisible(node):
            return ""
        self.media[address] = None
        self.counts["images"] += 1
        title = node.attr("title")
        more = f' "{html_title(title)}"' if title and title.strip() and title.strip() != (node.attr("alt") or "").strip() else ""
        return f"![{escape(' '.join((node.attr('alt') or '').split()), pipe=True)}]({destination(address)}{more})"

    def _other(self, node: Element) -> str | None:
        """What is neither text nor link within a line: a call of a footnote."""
        return self.notes.call(node)


def html_title(text: str) -> str:
    """Return the title of an image, between its quotes."""
    from migration.inline import link_title

    return link_title(text)


_BLOCK: dict[str, Callable[[_Writer, Element, int], list[str]]] = {
    **dict.fromkeys(_HEADINGS, _Writer._heading), **dict.fromkeys(("ul", "ol", "menu", "dir"), _Writer._list), "p": _Writer._paragraph, "blockquote": _Writer._quotation, "pre": _Writer._code,
    "hr": _Writer._rule, "dl": _Writer._definitions, "table": _Writer._table, "details": _Writer._details, "figure": _Writer._figure, "iframe": _Writer._frame, "object": _Writer._frame,
    "video": _Writer._recording, "audio": _Writer._recording, "form": _Writer._form,
}


_INTERRUPTS = re.compile(r"[-*] \S|1[.)] \S|```|> |#{1,6} |---$|\*\*\*$")
"""Blocks that begin without a blank line before them, in an item of a list that has no paragraphs."""


def _listed(items: list[list[str]], first: int | None, loose: bool) -> str:
    """Return a list; without paragraphs in its items it is tight."""
    loose = loose or any(not _INTERRUPTS.match(block) for item in items for block in item[1:])
    lines = []
    for number, item in enumerate(items):
        mark = "- " if first is None else f"{first + number}. "
        body = ("\n\n" if loose else "\n").join(_apart(item))
        pad = " " * len(mark)
        if re.fullmatch(r"---|\*\*\*", body.split("\n")[0]) and first is None:
            body = body.replace("---", "***", 1)  # « - --- » would be one rule
        lines.append((mark + "\n".join(pad + line if line and at else line for at, line in enumerate(body.split("\n")))).rstrip(" "))
    return ("\n\n" if loose else "\n").join(lines)


def _apart(blocks: list[str]) -> list[str]:
    """Two lists in a row get different marks, or they would be one."""
    out: list[str] = []
    for block in blocks:
        if out and re.match(r"- ", out[-1]) and block.startswith("- "):
            block = re.sub(r"^- ", "* ", block, flags=re.M)
        out.append(block)
    return out


def _in_language(blocks: list[str], lang: str) -> list[str]:
    """Blocks in another language than the page: in a <span> when they are one line, in a <div> when not."""
    if len(blocks) == 1 and (found := re.fullmatch(r"((?:#+ )?)([^\n<|>:-][^\n]*?)((?: \{#[^}]*\})?)", blocks[0])) and not re.match(r"(?:[-*]|\d+[.)]) ", blocks[0]):
        return [f'{found[1]}<span lang="{lang}">{found[2]}</span>{found[3]}']
    return [f'<div lang="{lang}">', *blocks, "</div>"]


def _anchored(anchor: list[str], blocks: list[str]) -> list[str]:
    """Blocks with their anchor before the first words."""
    if not anchor:
        return blocks
    if blocks and re.match(r"[\w«“\"\[(\\]", blocks[0]) and not re.match(r"\d+[.)] ", blocks[0]):
        return [anchor[0] + blocks[0], *blocks[1:]]
    return [*anchor, *blocks]


def _around_blocks(body: Element) -> set[Element]:
    """The elements that hold a block: found once, from the blocks up."""
    found: set[Element] = set()
    for node in body.iter_elements():
        if node.tag in BLOCKS:
            parent = node.parent
            while isinstance(parent, Element) and parent not in found:
                found.add(parent)
                parent = parent.parent
    return found


def _leaves(node: Element, around: set[Element]) -> list[Node]:
    """Inline nodes of an element whose blocks are read as one line."""
    out: list[Node] = []
    stack = list(reversed(node.children))
    while stack:
        one = stack.pop()
        if isinstance(one, Element) and (one.tag in BLOCKS or one in around):
            stack.append(Text(" "))
            stack += reversed(one.children)
            stack.append(Text(" "))
        else:
            out.append(one)
    return out


def _same(one: str, other: str) -> bool:
    return bool(other) and slugify(one) == slugify(other)


def _invisible(node: Element) -> bool:
    """Whether an image is a spacer or a counter: 1 pixel, without words."""
    return (node.attr("width") or "") in ("0", "1") and (node.attr("height") or "") in ("0", "1") and not (node.attr("alt") or "").strip()


def _watch(url: str) -> str:
    """The page of a video, from the address of its player."""
    if found := re.search(r"youtube(?:-nocookie)?\.com/embed/([\w-]+)", url):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := re.search(r"player\.vimeo\.com/video/(\d+)", url):
        return f"https://vimeo.com/{found[1]}"
    return url


# Links written, then decided

_TARGET = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?<!\\)\](?P<open>\()(?P<link><[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)(?=[\s)])"
    r"|(?<=[\s<])(?P<name>href|src|lien|fichier)=\"(?P<value>[^\"<>]*)\"", re.S)


def rewrite(markdown: str, target: Callable[[str], str]) -> str:
    """Return the Markdown with each target of a link, an image or kept HTML replaced by what `target` says of it; code is left alone.

    Takes a function from a target as it is written (without `<…>`) to another; a target for which it returns the same stays exactly as it was.
    """
    from fleuve.markdown import fenced

    def change(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        if found["name"]:
            old = found["value"].replace("&amp;", "&")
            new = target(old)
            return found[0] if new == old else f'{found["name"]}="{html_attribute(new)}"'
        old = found["link"]
        bare = old[1:-1] if old.startswith("<") else old
        if not bare:
            return found[0]
        new = target(bare)
        return found[0] if new == bare else f"]({destination(new)}"

    out: list[str] = []
    prose: list[str] = []
    for line, is_code in fenced(markdown):
        if is_code:
            if prose:
                out.append(_TARGET.sub(change, "\n".join(prose)))
                prose = []
            out.append(line)
        else:
            prose.append(line)
    if prose:
        out.append(_TARGET.sub(change, "\n".join(prose)))
    return "\n".join(out)
