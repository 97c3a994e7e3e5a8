"""A page of a MkDocs site, as its own site showed it: its content as HTML, which goes the way of all pages, and what its front matter says."""

from __future__ import annotations

import re
from dataclasses import replace

import turbohtml
from turbohtml import Element, Text

from fleuve import front_matter
from migration import mkdocs_markdown
from migration.encoding import decode
from migration.extract import Extracted, extract
from migration.mkdocs_markdown import Links, Losses
from migration.recipe import Recipe, Selectors
from migration.record import Record

METHOD = "source"
# Keys of a front matter that are kept, and those that only steer the old theme.
_KEPT = frozenset(("title", "description", "date", "updated", "modified", "lang", "tags"))
_THEME = frozenset(("template", "hide", "icon", "search", "social", "comments", "toc_depth", "render_macros"))
_KEYS_MAX = 30
_ALERTS = {
    **dict.fromkeys(("tip", "hint", "important", "success", "check", "done"), "TIP"),
    **dict.fromkeys(("warning", "caution", "attention"), "WARNING"),
    **dict.fromkeys(("danger", "error", "failure", "fail", "missing", "bug"), "CAUTION"),
}
"""Kinds of admonitions by what they say; all others are notes."""
# The call of a footnote, which is no word of its sentence.
_CALL = re.compile(r'<sup id="fnref[^>]{0,200}><a [^>]{0,500}>[^<]{0,20}</a></sup>')
_TASK = re.compile(r"\s*\[([ xX])\]\s+")


def extracted(record: Record, recipe: Recipe | None) -> tuple[Extracted, str, tuple[str, ...]]:
    """Return the content of a record that `is_markdown`, with what is known of it; its encoding; and what could not be kept, in French.

    Never raises for what the page holds.
    """
    losses: Losses = {}
    source = record.hints.get("source", "")
    text, encoding = _body(record, source, losses)
    main = boxed(mkdocs_markdown.html(text, record.url, source, losses), Links.of(record.url, source))
    if recipe is not None:
        _drop(main, recipe)
    inner = main.inner_html
    # The content is all of it: what finds it in other pages only says the rest.
    selectors = replace(recipe.select if recipe is not None else Selectors(), content=("main",))
    mine = replace(recipe, select=selectors, hook="") if recipe is not None else Recipe("", select=selectors)
    found = extract(f"<!DOCTYPE html><html><body><main>{_CALL.sub('', inner)}</main></body></html>", record.url, None, mine, record.hints)
    return replace(found, html=inner, confidence=1.0, method=METHOD), encoding, tuple(losses)


def _drop(main: Element, recipe: Recipe) -> None:
    for selector in recipe.select.drop:
        try:
            for node in main.select(selector):
                node.decompose()
        except (turbohtml.SelectorSyntaxError, ValueError):
            continue  # told by extract


def _body(record: Record, source: str, losses: Losses) -> tuple[str, str]:
    """The Markdown of a page and its encoding. What its front matter said that has no place in the new page is named."""
    found, encoding = front_matter.split(record.body, source), "utf-8"
    if not found.readable:
        text, encoding = decode(record.body, "")  # what a file holds, whatever its site said
        found = front_matter.split(text.encode("utf-8", "replace"), source)
        if not found.readable:
            return text, encoding
    values, problems = front_matter.read_yaml(found.text, source, found.first_line) if found.text else ({}, [])
    if any(problem.is_error for problem in problems):
        losses["L’en-tête de la page n’est pas du YAML correct\u00a0: vérifiez ce qui en a été repris."] = None
    for key, value in list(values.items())[:_KEYS_MAX]:
        if str(key) not in _KEPT | _THEME and value not in (None, "", []):
            said = ", ".join(map(str, value)) if isinstance(value, list) else value
            losses[f"L’en-tête disait aussi «\u00a0{mkdocs_markdown.short(f'{key}: {said}')}\u00a0»."] = None
    return found.body, encoding


# What the converter knows by other names


def boxed(rendered: str, links: Links) -> Element:
    """Return the content of a page (<main>) with its alerts, details, tabs and tasks as migration/kit.py names those of other sites."""
    main = turbohtml.parse(f"<main>{rendered}</main>").select_one("main")
    for contents in main.select("div.toc"):
        contents.decompose()  # the site makes its own
    for box in main.select("div.admonition"):
        _alert(box)
    for box in main.select("div.mkdocs-details"):
        box.tag = "details"
        if (title := _title(box)) is not None:
            title.tag = "summary"
            del title.attrs["class"]
    for box in main.select("div.mkdocs-tab"):
        if box.parent is not None and box.parent.tag != "fleuve-tabs":
            _tabs(box)
    for item in main.select("li"):
        _task(item)
    for link in main.select("a[href]"):
        link.attrs["href"] = links.absolute(link.attr("href") or "", raw=True)
    return main


def _title(box: Element) -> Element | None:
    """The title of a box, its first element."""
    first = next((one for one in box.children if type(one) is Element), None)
    return first if first is not None and first.attr("class") in ("mkdocs-title", "admonition-title") else None


def _alert(box: Element) -> None:
    kind = next((name for name in (box.attr("class") or "").split() if name != "admonition"), "note")
    title = _title(box)
    if title is not None:
        del title.attrs["class"]
        if title.text.strip().casefold() in (kind, ""):
            title.decompose()  # the site writes it
        else:
            title.set_inner_html(f"<strong>{title.inner_html}</strong>")
    del box.attrs["class"]
    if kind in ("quote", "cite"):
        box.tag = "blockquote"
    else:
        box.tag = "fleuve-alert"
        box.attrs["kind"] = _ALERTS.get(kind, "NOTE")


def _tabs(first: Element) -> None:
    """Tabs that follow each other, in one group."""
    boxes = [first]
    for one in first.next_siblings:
        if type(one) is Element:
            if not one.has_class("mkdocs-tab"):
                break
            boxes.append(one)
        elif getattr(one, "data", "").strip():
            break
    first.insert_before(Element("fleuve-tabs"))
    tabs = first.previous_sibling
    for box in boxes:
        title = _title(box)
        box.tag = "fleuve-tab"
        box.attrs["title"] = " ".join(title.text.split()) if title is not None else ""
        if title is not None:
            title.decompose()
        tabs.append(box)


def _task(item: Element) -> None:
    """An item to tick, with a sign that everyone can read."""
    words = next((node for node in item.descendants if type(node) is Text and node.data.strip()), None)
    if words is not None and (found := _TASK.match(words.data)):
        words.data = ("☐ " if found[1] == " " else "☑ ") + words.data[found.end():]
