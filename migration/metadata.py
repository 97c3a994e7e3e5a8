"""What a page says of itself: title, description, dates, language, breadcrumb, twin, organism. From its head, its JSON-LD, then what it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from turbohtml import Element

from migration import visible_date
from migration.target import join
from migration.template import Template

MAX_JSON = 200_000
_SEPARATOR = re.compile(r"\s+[|«»‹›•·:–—-]+\s+")
_CRUMBS = re.compile(r"\s*(?:[›»>→▸/|]|&gt;|::)\s*")
_OTHER = re.compile(r"\s*(?:english|anglais|fran[cç]ais|french)\s*(?:version)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Metadata:
    """What a page says of itself; "" for what it does not say. `lang` is declared, `twin` absolute."""

    title: str = ""
    description: str = ""
    published: str = ""
    modified: str = ""
    lang: str = ""
    breadcrumb: tuple[str, ...] = ()
    twin: str = ""
    organism: str = ""
    base: str = ""
    """Where its relative addresses start (<base>)."""


def read(tree: Element, url: str, template: Template | None, hints: Mapping[str, str]) -> Metadata:
    """Read what a page says of itself. Takes its tree, whole; its address; its site's template; what its source knows, which is believed first.

    Scripts and styles are taken out of the tree: once read, they say nothing more, and many pages end with more of them than their text is long.
    """
    meta = _meta(tree)
    things = list(_json_ld(tree))
    tree.remove("script, style, template")
    heading = tree.select_one("h1")
    title = hints.get("title") or _title(tree, heading, meta, template, things)
    published, modified = _dates(tree, meta, things)
    root, based = tree.find("html"), tree.find("base", href=True)
    base = (based.attr("href") or "").strip() if based is not None else ""
    lang = hints.get("lang") or (root.attr("lang") or root.attr("xml:lang") if root is not None else "") or meta.get("content-language", "") or meta.get("dc.language", "")
    return Metadata(
        title, _line(hints.get("description") or meta.get("description") or meta.get("og:description") or meta.get("dc.description") or ""),
        visible_date.valid(hints.get("published", "")) or published, visible_date.valid(hints.get("modified", "")) or modified, (lang or "").strip(), _breadcrumb(tree, things, hints), _twin(tree, url, join(url, base) if base else url, hints),
        _line(meta.get("dc.creator") or meta.get("dcterms.creator") or meta.get("og:site_name") or _organism(things)), base)


def _line(text: object) -> str:
    return " ".join(str(text or "").split())[:2000]


def _meta(tree: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in tree.select("meta[content]"):
        name = (one.attr("name") or one.attr("property") or one.attr("http-equiv") or one.attr("itemprop") or "").lower()
        if name and one.attr("content").strip():
            found.setdefault(name, one.attr("content").strip())
    return found


def _json_ld(tree: Element) -> Iterator[dict]:
    for script in tree.select("script[type='application/ld+json']"):
        text = script.text
        if len(text) > MAX_JSON:
            continue
        try:
            stack = [json.loads(text)]
        except (ValueError, RecursionError):
            continue
        for _ in range(500):
            if not stack:
                break
            one = stack.pop()
            if isinstance(one, list):
                stack += one
            elif isinstance(one, dict):
                yield one
                stack += [value for key, value in one.items() if key in ("@graph", "mainEntity", "mainEntityOfPage", "breadcrumb") and isinstance(value, (list, dict))]


def _title(tree: Element, heading: Element | None, meta: Mapping[str, str], template: Template | None, things: list[dict]) -> str:
    """The title without what its site adds: the heading, when <title> has it too; else <title> cut at its separators."""
    shown = _line(heading.text) if heading is not None else ""
    node = tree.select_one("title")
    whole = _line(node.text) if node is not None else ""
    if template is not None:
        whole = whole.removeprefix(template.before.strip()).removesuffix(template.after.rstrip()).strip(" |:–—-")
    if shown and (shown.lower() in whole.lower() or not whole):
        return shown
    told = _line(meta.get("og:title") or meta.get("dc.title") or next((one["headline"] for one in things if isinstance(one.get("headline"), str)), ""))
    if told and (told.lower() in whole.lower() or not whole):
        return told if len(told) <= len(whole) or not whole else whole
    if shown and len(tree.select("h1")) == 1:
        return shown
    parts = _SEPARATOR.split(whole)
    return max(parts, key=len) if len(parts) > 1 and template is None else whole or told or shown


def _dates(tree: Element, meta: Mapping[str, str], things: list[dict]) -> tuple[str, str]:
    """Publication and last change: what is told to machines, then what is written for people."""
    published = next((day for name in ("article:published_time", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "datepublished", "date", "dc.date", "pubdate") if (day := _day(meta.get(name)))), "")
    modified = next((day for name in ("article:modified_time", "dcterms.modified", "dc.date.modified", "datemodified", "last-modified", "revised", "og:updated_time") if (day := _day(meta.get(name)))), "")
    for one in things:
        published = published or _day(one.get("datePublished"))
        modified = modified or _day(one.get("dateModified"))
    for node in tree.select("time[datetime], [itemprop=datePublished], [itemprop=dateModified]"):
        day = _day(node.attr("datetime") or node.attr("content")) or visible_date.first(node.text[:100])
        said = f"{node.attr('itemprop') or ''} {node.attr('property') or ''} {node.attr('class') or ''} {node.parent.text[:80] if isinstance(node.parent, Element) else ''}".lower()
        if day and re.search(r"modif|updat|jour|revis", said):
            modified = modified or day
        elif day:
            published = published or day
    if not published or not modified:
        text = tree.text
        first, last = visible_date.labelled(text[:3000] + "\n" + text[-4000:] if len(text) > 7000 else text)
        published, modified = published or first, modified or last
    return published, modified


def _day(said: object) -> str:
    if not isinstance(said, str) or not said:
        return ""
    return visible_date.valid(said.strip()) or visible_date.first(said[:60])


def _breadcrumb(tree: Element, things: list[dict], hints: Mapping[str, str]) -> tuple[str, ...]:
    if hints.get("breadcrumb"):
        return tuple(part.strip() for part in _CRUMBS.split(hints["breadcrumb"]) if part.strip())
    for one in things:
        if one.get("@type") == "BreadcrumbList" and isinstance(one.get("itemListElement"), list):
            names = [entry.get("name") or (entry.get("item") or {}).get("name") if isinstance(entry.get("item"), dict) else entry.get("name") for entry in one["itemListElement"] if isinstance(entry, dict)]
            if found := tuple(_line(name) for name in names if name):
                return found
    node = tree.select_one("[aria-label*=breadcrumb i], [aria-label*=Ariane], #wb-bc, [class*=breadcrumb i], [id*=breadcrumb i], [class*=ariane i], [id*=ariane i]")
    if node is None:
        return ()
    return crumbs(node)


def crumbs(node: Element) -> tuple[str, ...]:
    """Return the names of a breadcrumb, from the element that shows it."""
    by_sign = parts(_line(node.text))
    return by_sign if len(by_sign) > 1 else _named(_line(one.text) for one in node.select("li, a, span") if one.select_one("li, a, span") is None)


def parts(text: str) -> tuple[str, ...]:
    """Return the names of a breadcrumb written on a line: « Vous êtes ici : Accueil > Santé »."""
    return _named(part.strip() for part in _CRUMBS.split(text))


def _named(found: Iterable[str]) -> tuple[str, ...]:
    found = [re.sub(r"^(?:vous [êe]tes ici|you are here)\s*:?\s*", "", part, flags=re.IGNORECASE) for part in found]
    return tuple(part for part in dict.fromkeys(found) if part and len(part) < 200)[:10]


def _twin(tree: Element, url: str, start: str, hints: Mapping[str, str]) -> str:
    """The same page in the other language: told to machines, or a link that says so. `start`: where relative addresses do."""
    if hints.get("twin"):
        return hints["twin"]
    root = tree.select_one("html")
    own = ((root.attr("lang") or "") if root is not None else "").lower()[:2]
    for link in tree.select("link[rel=alternate][hreflang][href]"):
        if (other := link.attr("hreflang").lower()[:2]) in ("fr", "en") and other != own:
            return join(start, link.attr("href"))
    for link in tree.select("a[href]"):
        if _OTHER.fullmatch(link.text) or link.attr("hreflang") in ("en", "fr") and len(link.text) < 12:
            address = join(start, link.attr("href"))
            if address.split("#")[0] != url and address.startswith("http"):
                return address
    return ""


def _organism(things: list[dict]) -> str:
    for one in things:
        for name in ("publisher", "author"):
            said = one.get(name)
            if isinstance(said, dict) and isinstance(said.get("name"), str):
                return said["name"]
    return ""
