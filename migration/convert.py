"""HTML of the main content of a legacy page → Markdown of Fleuve's dialect, with what it uses and what could not be kept.

    HTML ─► DOM (turbohtml) ─► components of known kits, footnotes ─► tree without layout ─► blocks ─► Markdown

Nothing here looks at a clock, a disk or the network; the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from turbohtml import Element

from migration import dialect, footnote, form, kit, reckoning
from migration.block import Blocks
from migration.inline import Found, Inline, Link
from migration.rewriting import rewrite
from migration.target import Targets
from migration.tree import Builder, parse

__all__ = ["Converted", "Link", "convert", "rewrite"]

MAX_CHARACTERS = 5_000_000
"""Of the HTML of one page: the largest of government sites (lists of laws) are under three million."""


@dataclass
class Converted:
    """A page in Markdown. markdown: its body, without front matter; links: each with its absolute address and its words; media: addresses
    of images, sounds and videos; downloads: addresses of files; forms: what each asks, in French; anchors: ids kept; losses: in French,
    what could not be kept; counts: by kind, how many in the HTML given and in the Markdown written."""

    markdown: str
    links: tuple[Link, ...] = ()
    media: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)


def convert(html: str, url: str = "", lang: str = "fr", title: str = "", size: Callable[[str], int | None] | None = None, base: str = "") -> Converted:
    """The main content of a page as Markdown.

    Takes its HTML, its address (to make links absolute; without it relative ones stay so), its language (BCP 47), its title (a level 1 heading that repeats it is
    left out), and maybe a function that gives the octets of a file by its address, and
    where relative addresses start if a <base> that is not in this HTML says so. Raises nothing for what is in the HTML.
    """
    losses = []
    if len(html) > MAX_CHARACTERS:
        html = html[:MAX_CHARACTERS]
        losses.append("La page dépasse 5 millions de caractères\u00a0; la suite n’a pas été gardée.")
    found, markdown, before = _written(html, url, lang, title, size, base)
    losses += [text if times == 1 else f"{text} ({times}\u00a0fois)" for text, times in found.losses.items()]
    return Converted(
        markdown, tuple(found.links), tuple(found.media), tuple(found.downloads), tuple(found.forms), tuple(found.anchors), tuple(losses),
        reckoning.both(before, reckoning.of_markdown(markdown)),
    )


def markdown_of(html: str) -> str:
    """The Markdown of HTML with the levels of its headings as they are, and what is empty: to compare renderers."""
    return _written(html, "", "en", "", None, "", exact=True)[1]


def _written(html: str, url: str, lang: str, title: str, size: Callable[[str], int | None] | None, base: str, exact: bool = False) -> tuple[Found, str, dict[str, int]]:
    body, own = parse(html)
    before = reckoning.of_dom(body)
    found = Found()
    targets = Targets(url, own or base)
    form.take_out(body, found, targets)
    kit.unfold(body)
    links = body.select(_TO_PLACES) if "#" in html else []
    if footnote.gather(body, links, html):
        links = body.select(_TO_PLACES)
    builder = Builder(_used(links, targets), lang)
    tree = builder.build(body)
    for name, times in builder.dropped.items():
        found.losses[_DROPPED[name]] += times
    inline = Inline(found, targets, lang, size, exact)
    inline.anchors = builder.anchors
    blocks = Blocks(inline, title)
    written = blocks.write(tree.children)
    notes = [text for _, text in blocks.notes]
    markdown = dialect.join([*written, *notes])
    return found, markdown + "\n" if markdown else "", before


_DROPPED = {
    "svg": "Un dessin SVG dans la page n’a pas été gardé.", "canvas": "Un dessin fait par un script n’a pas été gardé.",
    "select": "Un choix dans une liste, hors d’un formulaire, n’a pas été gardé.", "textarea": "Un champ de texte, hors d’un formulaire, n’a pas été gardé.",
    "button": "Un bouton qui dépend d’un script n’a pas été gardé.",
}


_TO_PLACES = 'a[href*="#"], area[href*="#"]'


def _used(links: list[Element], targets: Targets) -> set[str]:
    """Ids that these links of the page lead to."""
    used: set[str] = set()
    for link in links:
        href = (link.attr("href") or "").strip()
        fragment = href[1:] if href.startswith("#") else targets.fragment(targets.absolute(href))
        if fragment:
            used |= {fragment, unquote(fragment)}
    return used
