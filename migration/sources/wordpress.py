"""A WordPress export (WXR: Tools → Export): published pages and posts, and the addresses of attachments.

The file is read twice, one item in memory at a time: first what items say of each other (parents, attachments of galleries), then the items.
Content is what the editor's box held: shortcodes and blocks are made HTML, paragraphs are marked as WordPress does when it shows a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from migration import media_type, wordpress_markup
from migration.export_page import described, page
from migration.record import PAGE_MAX, Damaged, Record, SourceError

# What items may say of each other is kept in memory, some 300 bytes an item.
_ITEMS_MAX = 500_000
_ANCESTORS_MAX = 20
_HEAD = 1 << 20
_STATES = {
    "draft": "brouillon", "auto-draft": "brouillon automatique", "pending": "en attente de relecture", "private": "privé", "trash": "dans la corbeille",
    "future": "publication à venir", "inherit": "version antérieure",
}
# Types of WordPress itself that are no pages.
_MACHINERY = frozenset((
    "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache", "wp_global_styles", "wp_navigation", "wp_template", "wp_template_part"))
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)")


@dataclass(slots=True)
class _Item:
    """What other items may need of one."""

    title: str
    parent: str
    url: str = ""  # of an attachment's file
    caption: str = ""


@dataclass(slots=True)
class _Site:
    lang: str = ""
    authors: dict[str, str] = field(default_factory=dict)
    items: dict[str, _Item] = field(default_factory=dict)


def is_export(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a WordPress export."""
    return b"<rss" in head and b"wordpress.org/export/" in head


def read(file: Path) -> Iterator[Record | Damaged]:
    """Give pages, posts and attachments of an export, in its order, then how many items and comments are not migrated and why.

    Attachments are records without body, whose kind is their name's. Items that are not public are told as set aside. Raises SourceError when
    the file is no export, or has a document type (an export has none; entities could make it endless).
    """
    _check(file)
    site = _Site()
    for element in _elements(file, []):
        _note(element, site)
    aside: Counter[str] = Counter()
    damaged: list[Damaged] = []
    for element in _elements(file, damaged):
        if _local(element.tag) == "item":
            yield from _item(element, site, aside)
    yield from damaged
    for reason, count in sorted(aside.items()):
        yield Damaged(file.name, f"{reason} : {count}.", left=True)


def _check(file: Path) -> None:
    try:
        with open(file, "rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise SourceError(f"« {file.name} » ne peut pas être lu : {error.strerror}.") from None
    if b"\0" in head:
        raise SourceError(f"« {file.name} » est en UTF-16 : enregistrez-le en UTF-8, comme WordPress le fait.")
    before, root, _ = head.partition(b"<rss")
    if not root or b"<!DOCTYPE" in before.upper() or b"<!ENTITY" in before.upper():
        raise SourceError(f"« {file.name} » n’est pas un export de WordPress : il commence par « <rss » sans DOCTYPE. Refaites l’export (Outils, Exporter).")


def _elements(file: Path, damaged: list[Damaged]) -> Iterator[etree._Element]:
    """Items, authors and the channel's own elements, each forgotten after use. No entity, no network, no text above 10 MB (libxml2's bound)."""
    parser = etree.iterparse(
        str(file), events=("end",), recover=True, huge_tree=False, resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        for _, element in parser:
            parent = element.getparent()
            if parent is None or _local(parent.tag) != "channel":
                continue
            yield element
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        damaged.append(Damaged(file.name, f"ligne {error.lineno or 1} : le XML est endommagé ou coupé, la suite n’est pas lue. Refaites l’export."))
        return
    # Recovered errors: the items around them are read, perhaps without a part of their text.
    errors = [error for error in parser.error_log if error.level_name in ("ERROR", "FATAL")]
    if errors:
        damaged.append(Damaged(file.name, f"ligne {errors[0].line} : le XML est endommagé ({len(errors)} endroits) ; ce qui précède et suit est lu, à vérifier."))


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _texts(element: etree._Element) -> dict[str, str]:
    """The text of each child by its name; « content » for content:encoded, « excerpt » for excerpt:encoded. Of several, the first."""
    texts: dict[str, str] = {}
    for child in element:
        name = _local(child.tag)
        if name == "encoded":
            name = "excerpt" if "excerpt" in child.tag else "content"
        if name not in ("category", "comment", "postmeta"):
            texts.setdefault(name, (child.text or "").strip())
    return texts


def _note(element: etree._Element, site: _Site) -> None:
    """Keep what a later item may need."""
    name = _local(element.tag)
    if name == "language":
        site.lang = (element.text or "").strip()
    elif name == "author":
        texts = _texts(element)
        site.authors[texts.get("author_login", "")] = texts.get("author_display_name", "")
    elif name == "item":
        texts = _texts(element)
        if len(site.items) < _ITEMS_MAX and (texts.get("post_type") == "attachment" or texts.get("post_type") == "page"):
            site.items[texts.get("post_id", "")] = _Item(
                texts.get("title", "")[:300], texts.get("post_parent", ""), texts.get("attachment_url", ""), texts.get("excerpt", "")[:1000])


def _item(element: etree._Element, site: _Site, aside: Counter[str]) -> Iterator[Record | Damaged]:
    texts = _texts(element)
    kind, state, url = texts.get("post_type", ""), texts.get("status", ""), texts.get("link", "")
    comments = sum(_local(child.tag) == "comment" for child in element)
    if comments:
        aside["commentaires de lecteurs, non migrés"] += comments
    if kind == "attachment":
        file = texts.get("attachment_url", "")
        if _is_web(file):
            hints = described(title=texts.get("title", ""), description=texts.get("excerpt", ""))
            yield Record(file, 200, media_type.of_name(file), "", b"", _instant(texts, "post_date"), hints=hints)
        return
    if kind not in ("page", "post") and not texts.get("content"):
        aside[f"éléments de type « {kind[:40]} », sans contenu"] += 1
        return
    if kind in _MACHINERY:
        aside[f"éléments de type « {kind[:40]} », qui ne sont pas des pages"] += 1
        return
    if not _is_web(url):
        yield Damaged(url or texts.get("title", "") or "sans adresse", "l’export ne donne pas l’adresse de cette page (« link »).")
    elif not state:
        yield Damaged(url, f"l’export ne dit pas si cette page est publiée ({texts.get('title', '')[:100]}) : est-il coupé ?")
    elif state != "publish":
        yield Damaged(url, f"{_STATES.get(state, state[:40])} ({texts.get('title', '')[:100]}) : non public, laissé de côté.", left=True)
    elif texts.get("post_password"):
        yield Damaged(url, f"protégé par un mot de passe ({texts.get('title', '')[:100]}) : non public, laissé de côté.", left=True)
    else:
        yield _page(element, texts, site)


def _page(element: etree._Element, texts: dict[str, str], site: _Site) -> Record | Damaged:
    url = texts["link"]
    content = wordpress_markup.html(texts.get("content", ""), {number: (item.url, item.caption or "", item.title) for number, item in _gallery(texts, site)})
    terms: dict[str, list[str]] = {"category": [], "post_tag": []}
    for child in element:
        if _local(child.tag) == "category" and child.get("domain") in terms and child.text:
            terms[child.get("domain")].append(child.text.strip())
    title = texts.get("title", "")
    body = page(title, content, site.lang)
    if len(body) > PAGE_MAX:
        return Damaged(url, f"plus de {PAGE_MAX // (1024 * 1024)} Mo")
    hints = described(
        title=title, description=re.sub(r"<[^>]{0,1000}>", "", texts.get("excerpt", "")),
        published=_instant(texts, "post_date"), modified=_instant(texts, "post_modified"),
        lang=site.lang, author=site.authors.get(texts.get("creator", ""), texts.get("creator", "")), kind={"post": "article"}.get(texts.get("post_type", ""), texts.get("post_type", "")),
        breadcrumb=" > ".join(_ancestors(texts.get("post_parent", ""), site)), categories=", ".join(terms["category"]), tags=", ".join(terms["post_tag"]))
    return Record(url, 200, "text/html", "utf-8", body, hints.get("modified") or hints.get("published", ""), hints=hints)


def _gallery(texts: dict[str, str], site: _Site) -> Iterator[tuple[str, _Item]]:
    """The attachments that the shortcodes of a page name."""
    numbers = re.findall(r"\[(?:gallery|playlist)\b[^\[\]]{0,2000}?\b(?:ids|include)\s*=\s*[\"']?([\d,\s]{1,2000})", texts.get("content", ""))
    for number in re.findall(r"\d+", " ".join(numbers)):
        if number in site.items:
            yield number, site.items[number]


def _ancestors(number: str, site: _Site) -> list[str]:
    """Titles from the top of the site to the parent."""
    titles: list[str] = []
    seen: set[str] = set()
    while number in site.items and number not in seen and len(titles) < _ANCESTORS_MAX:
        seen.add(number)
        titles.append(site.items[number].title.replace(">", "›"))
        number = site.items[number].parent
    return titles[::-1]


def _instant(texts: dict[str, str], name: str) -> str:
    """A date of the export in ISO 8601: the UTC one, else the local one without zone."""
    for key, zone in ((name + "_gmt", "Z"), (name, "")):
        match = _DATE.fullmatch(texts.get(key, ""))
        if match and match[1] != "0000":
            return f"{match[1]}-{match[2]}-{match[3]}T{match[4]}{zone}"
    return ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
