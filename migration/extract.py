"""The main content of an old page, and what the page says of itself.

In order: the recipe of the site, when a person wrote one; the template of the site, when it was learned; else a model of what content looks like, and,
where it is in doubt, what trafilatura and resiliparse find too (docs/adr/0019-migration.md has the figures).
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import turbohtml
from turbohtml import Element

from migration import language, metadata, model, passage
from migration.passage import Block, Blocks
from migration.recipe import Recipe
from migration.template import Template, mark

MAX_HTML = 20_000_000  # characters: as record.PAGE_MAX, decoded
DOUBT = 0.5
"""Word F1 to be expected below which the other extractors are asked. Of the benchmark's 265 pages, each asked of a model that has not seen it, that is
one or two, and 0.001 of F1; at 0.6 it is eight, which they make worse by as much (docs/adr/0019-migration.md)."""
TEMPLATE, RECIPE = 0.97, 1.0
FEW = 15  # words of a content that a template leaves, below which the model is asked too

_ASIDE = re.compile(r"(?:^|[-_\s])(?:comments?|commentaires?|respond|share|partage\w*|social|sharing|breadcrumbs?|ariane|fil-ariane|filariane|pager|pagination|related|printlink|addtoany|sharedaddy|tagcloud)(?:$|[-_\s])", re.IGNORECASE)
_DATED = re.compile(r"(?:derni[èe]re\s+(?:mise|modification)|mis(?:e)?\s+[àa]\s+jour|date\s+(?:de\s+)?(?:modif|publi)|last\s+(?:updated|modified)|date\s+modified|modifi[ée]e? le|publi[ée]e? le)\b.{0,40}\d", re.IGNORECASE)
_HERE = re.compile(r"(?:vous [êe]tes ici|you are here)\b", re.IGNORECASE)
_TAGGED = re.compile(r"(?:mots?[- ]cl[ée]s?|cat[ée]gories?|[ée]tiquettes?|class[ée] (?:dans|sous)|tags?|keywords?|filed under|posted in|partager|share)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W_]+")
_WORD = re.compile(r"\w+")
_GONE = "script, style, noscript, template, nav, footer, head, svg.icon, link, meta"


@dataclass(frozen=True, slots=True)
class Extracted:
    """The main content of a page, and what is known of it. `base`: where its relative addresses start, when not at its own. `confidence` is the word F1 to be expected; `remarks` say in French why it is low."""

    html: str = ""
    text: str = ""
    title: str = ""
    description: str = ""
    published: str = ""
    modified: str = ""
    lang: str = ""
    declared_lang: str = ""
    breadcrumb: tuple[str, ...] = ()
    twin: str = ""
    organism: str = ""
    base: str = ""
    confidence: float = 0.0
    method: str = "règles"
    remarks: tuple[str, ...] = ()


def extract(html: str, url: str = "", template: Template | None = None, recipe: Recipe | None = None, hints: Mapping[str, str] | None = None) -> Extracted:
    """Find the main content of a page.

    Takes its HTML, its absolute address, the template and the recipe of its site if there are, and what its source knows (title, published…).
    Never raises for what the HTML is: what could not be understood has a low confidence, and remarks.
    """
    hints = hints or {}
    remarks: list[str] = []
    html = html[:MAX_HTML]
    if recipe is not None and recipe.hook:
        html = _hooked(html, url, recipe, remarks)
    tree = turbohtml.parse(html)
    told = metadata.read(tree, url, template, hints)
    body = tree.select_one("body")
    if body is None:
        return _extracted(told, url, "", "", 0.0, "règles", ("aucun contenu : la page n’a pas de corps (cadres ?)",), recipe)
    if recipe is not None:
        told = _by_recipe(tree, told, recipe)
        for selector in recipe.select.drop:
            for node in _select(tree, selector, remarks):
                node.decompose()
    holder = next((node for selector in (recipe.select.content if recipe is not None else ()) for node in _select(tree, selector, remarks)[:1]), None)
    if holder is not None:
        inner, text = _kept(holder, None)
        return _extracted(told, url, inner, text, RECIPE if text else 0.2, "recette", tuple(remarks), recipe)
    if template is not None and template.blocks and (found := _by_template(body, template, told)):
        told, *kept = found
        return _extracted(told, url, *kept, "gabarit", tuple(remarks), recipe)
    found = passage.read(body)
    if found.cut:
        remarks.append(f"la page a plus de {passage.MAX_BLOCKS} passages, ou plus de {passage.MAX_DEPTH} niveaux : le reste n’a pas été lu")
    inner, text, confidence, method = _by_model(body, found, html)
    if confidence < DOUBT:
        remarks.append("le contenu ressemble à ce qui l’entoure : vérifiez qu’il est entier, et seul")
    if not text:
        remarks.append("aucun texte trouvé : la page est peut-être faite de cadres, d’images ou de scripts")
    return _extracted(told, url, inner, text, confidence, method, tuple(remarks), recipe)


def _title_of(text: str, url: str) -> str:
    """A title for a page that has none: its first words, or the name of its file."""
    first = text.partition("\n")[0][:80].rpartition(" ")[0] if len(text.partition("\n")[0]) > 80 else text.partition("\n")[0]
    name = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]).partition(".")[0]
    return first or name.replace("-", " ").replace("_", " ").strip().capitalize() or urlsplit(url).hostname or "Sans titre"


def _extracted(told: metadata.Metadata, url: str, html: str, text: str, confidence: float, method: str, remarks: tuple[str, ...], recipe: Recipe | None) -> Extracted:
    lang = language.identify(f"{told.title} {text}", told.lang, recipe.lang if recipe is not None else "")
    if told.lang and lang.partition("-")[0] != told.lang.lower().replace("_", "-").partition("-")[0]:
        remarks = (*remarks, f"la page se dit en « {told.lang} », son texte est en « {lang} »")
    return Extracted(html, text, told.title or _title_of(text, url), told.description or _summary(text, told.title), told.published, told.modified, lang, told.lang, told.breadcrumb, told.twin, told.organism, told.base, round(confidence, 3), method, remarks)


def _summary(text: str, title: str) -> str:
    """The first sentences of a text, for a page that has no description."""
    for line in text.split("\n"):
        if len(line) > 60 and line.strip().lower() != title.lower():
            return line if len(line) <= 300 else line[:300].rpartition(" ")[0] + "…"
    return ""


# With the template of the site


def _by_template(body: Element, template: Template, told: metadata.Metadata) -> tuple[metadata.Metadata, str, str, float] | None:
    """The blocks that do not repeat, of the element that holds the content on this site. None when that leaves nothing."""
    holder = next((node for selector in template.holders if (node := body.select_one(selector) if selector != "body" else body) is not None), None)
    found = passage.read(holder if holder is not None else body)
    if not found.blocks:
        return None
    # In the element that holds the content, what some pages share is content too, unless it is a menu.
    repeats = template.everywhere if holder is not None else template.blocks
    repeated = [(number := mark(one.text)) in repeats or 2 * one.linked >= one.words and number in template.blocks for one in found.blocks]
    if not told.breadcrumb and (way := next((one.text for one in found.blocks if len(one.text) < 300 and _HERE.match(one.text)), "")):
        told = replace(told, breadcrumb=metadata.parts(way))
    named = _Named(told.title, told.breadcrumb)
    kept = np.array([not again and not _is_notice(one) and not named.holds(one.text) for one, again in zip(found.blocks, repeated)])
    before = [0, *accumulate(repeated)]
    linked = [0, *accumulate(one.linked >= one.words or again for one, again in zip(found.blocks, repeated))]
    for element, begin, end in found.spans:
        if element is holder or element is body:
            continue
        # « À lire aussi », on all pages, above links that are those of each.
        if _is_aside(element.attr("class") or "", element.attr("id") or "") or end - begin > 1 and before[end] > before[begin] and linked[end] - linked[begin] == end - begin:
            kept[begin:end] = False
    confidence = TEMPLATE
    if holder is None:
        sure = model.sure(found.table)
        kept &= sure > 0.3
        confidence = 0.8
    if sum(one.words for one, keep in zip(found.blocks, kept) if keep) < FEW and holder is None:
        return None
    inner, text = _kept(holder if holder is not None else body, (found, kept))
    return (told, inner, text, confidence if text else 0.3)


def _is_notice(block: Block) -> bool:
    """Whether a block says when the page was changed, where it stands or how it is filed, and nothing else."""
    text = block.text
    return len(text) < 120 and bool(_HERE.match(text) or block.linked and _TAGGED.match(text) or _FIGURE.search(text) and _DATED.search(text))


@lru_cache(8192)
def _is_aside(classes: str, name: str) -> bool:
    return bool((classes or name) and _ASIDE.search(f"{classes} {name}"))


class _Named:
    """What a page says of itself elsewhere: its title, and the way to it."""

    def __init__(self, title: str, breadcrumb: tuple[str, ...]) -> None:
        self.title, self.crumbs = _letters(title), _letters("".join(breadcrumb))

    def holds(self, text: str) -> bool:
        """Whether a block is nothing else."""
        if len(text) > 300:
            return False
        letters = _letters(text)
        return letters == self.title or len(letters) > 3 and (letters in (self.crumbs, self.crumbs + self.title) or letters.startswith(self.crumbs) and len(self.crumbs) > 5 and ">" in text)


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text.lower()))


# Without


def _by_model(body: Element, found: Blocks, html: str) -> tuple[str, str, float, str]:
    words = np.array([one.words for one in found.blocks], float)
    sure = model.sure(found.table)
    kept, expected = model.chosen(sure, words)
    method = "règles"
    if expected < DOUBT and not found.cut:  # resiliparse takes the square of the depth
        others = [other for other in (_resiliparse(html), _trafilatura(html)) if other]
        if others:
            agreed = _shared(found, others)
            kept, expected = model.chosen((sure + agreed) / 2, words)
            method = "consensus"
            if not len(found.blocks):
                return "".join(f"<p>{line}</p>" for line in map(_escaped, others[0].split("\n")) if line.strip()), others[0], 0.3, method
    inner, text = _kept(body, (found, kept))
    return inner, text, expected, method


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _shared(found: Blocks, others: list[str]) -> np.ndarray:
    """The part of the runs of three words of each block that other extractors have found too, on average."""
    runs = [{size: set(_runs(words, size)) for size in (1, 2, 3)} for words in (_WORD.findall(other.lower()) for other in others)]
    shares = np.zeros(len(found.blocks))
    for at, one in enumerate(found.blocks):
        own = _WORD.findall(one.text.lower())
        size = min(3, len(own))
        mine = list(_runs(own, size))
        shares[at] = sum(sum(map(theirs[size].__contains__, mine)) for theirs in runs) / (len(mine) * len(runs))
    return shares


def _runs(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(size)))


def _trafilatura(html: str) -> str:
    try:
        from trafilatura import extract as trafilatura_extract

        return trafilatura_extract(html, include_comments=False, include_tables=True, favor_recall=True, fast=True) or ""
    except Exception:  # noqa: BLE001 - a library of others, given anything: it is asked, not relied on
        return ""


def _resiliparse(html: str) -> str:
    try:
        from resiliparse.extract.html2text import extract_plain_text

        return extract_plain_text(html, main_content=True, alt_texts=False)
    except Exception:  # noqa: BLE001 - idem
        return ""


# What is kept of a tree


def _kept(holder: Element, chosen: tuple[Blocks, np.ndarray] | None) -> tuple[str, str]:
    """The HTML and the text of what is kept of an element. The tree is cut."""
    if chosen is None:
        found = passage.read(holder)
        kept = np.ones(len(found.blocks), bool)
    else:
        found, kept = chosen
    text = "\n".join(one.text for one, keep in zip(found.blocks, kept) if keep)
    if not text:
        return "", ""
    root = holder
    places = np.flatnonzero(kept)
    first, last = int(places[0]), int(places[-1])
    before = np.concatenate(([0], np.cumsum(kept)))
    for element, begin, end in found.spans:  # the smallest that holds all: spans go from the leaves up
        if begin <= first and end > last:
            root = element
            break
    empty = [element for element, begin, end in found.spans if before[end] == before[begin]]
    for element in reversed(empty):
        if element is not root:
            element.decompose()
    for one, keep in zip(found.blocks, kept):
        if not keep:
            for node in one.nodes:
                node.extract()
    for node in root.select(_GONE):
        node.decompose()
    return root.html if root.tag not in ("body", "html") else root.inner_html, text


# With the recipe


def _select(tree: Element, selector: str, remarks: list[str]) -> list[Element]:
    try:
        return tree.select(selector)
    except (turbohtml.SelectorSyntaxError, ValueError):
        remarks.append(f"recette : « {selector} » n’est pas un sélecteur CSS")
        return []


def _by_recipe(tree: Element, told: metadata.Metadata, recipe: Recipe) -> metadata.Metadata:
    from migration import visible_date

    def first(selectors: tuple[str, ...]) -> Element | None:
        return next((node for selector in selectors for node in _select(tree, selector, [])[:1]), None)

    changes: dict[str, object] = {}
    if (node := first(recipe.select.title)) is not None and node.text.strip():
        changes["title"] = " ".join(node.text.split())
    if (node := first(recipe.select.date)) is not None and (day := visible_date.first(f"{node.attr('datetime') or ''} {node.text}")):
        changes["modified"] = day
    if (node := first(recipe.select.breadcrumb)) is not None:
        changes["breadcrumb"] = metadata.crumbs(node)
    return replace(told, **changes) if changes else told


def _hooked(html: str, url: str, recipe: Recipe, remarks: list[str]) -> str:
    """The HTML as the hook of the recipe leaves it. The hook is code of the repository, reviewed as such; one that fails is told."""
    try:
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(html, "html.parser")
        page = _hook(recipe.folder / recipe.hook)
        return str(page(soup, url) or soup)
    except Exception as error:  # noqa: BLE001 - whatever an analyst's code raises is told, and the page is read without it
        remarks.append(f"crochet « {recipe.hook} » : {type(error).__name__} : {error}")
        return html


@lru_cache(64)
def _hook(file: Path):
    spec = importlib.util.spec_from_file_location(f"recette_{file.parent.name}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.page
