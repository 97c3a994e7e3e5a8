"""Links: `page.md#ancre` becomes the page's address, checked; a link to nowhere is told, and never left for a citizen to click."""

from __future__ import annotations

import html as html_module
import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from mkdocs.plugins import BasePlugin

from fleuve import media_item, picture
from fleuve.page import Page
from fleuve.problem import ERROR, WARNING

# Only <a> and <img> have these: the renderer writes no other, the sanitizer lets no other through. A pattern that begins with a
# literal is found twenty times faster than one that begins with the tag; and `="` is rarer than a space.
_ADDRESS = re.compile(r'="(?:(?<= href=")|(?<= src="))([^"]*)"')
_TAKEN_OUT = "\x00"
_REMOVED = re.compile(r" (?:href|src)\x00")
_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r' src="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_USUAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=[/?#]|\Z)", re.ASCII)
_HIDDEN = re.compile(r"[\x00-\x20]+")
OUTSIDE = ' class="externe"'
SCHEMES = ("http:", "https:", "mailto:", "tel:")


class Link(NamedTuple):
    """A resolved address. href: what the page shows, « » when there is nothing to link to; kind: page, media, internal, external,
    contact, anchor, or « » for what is no link at all; target: path of the document or file, or URL, « » when it does not exist;
    media: path of a file of the content."""

    href: str
    kind: str
    target: str = ""
    fragment: str = ""
    media: str = ""
    written: str = ""


class Links(BasePlugin):
    """Addresses of links and images, in what authors wrote; components resolve those of their attributes themselves."""

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None:
            return None
        return link(html, doc)


def link(html: str, doc: Page) -> str:
    """The HTML with every address resolved, and doc.links and doc.images filled."""
    known = doc.session.links
    folder = doc.folder

    def address(match: re.Match) -> str:
        start, written = match.start(), match[1]
        if html[start - 7 : start] != "<a href":
            tag = html.rfind("<", 0, start)
            if html.rfind(">", 0, start) > tag:
                return match[0]  # words, not an address: code that shows a link
        if "&" in written:
            written = html_module.unescape(written)
        found = known.get((folder, written))
        if found is None:
            found = resolve(written, doc)
            if found.href and found.kind != "anchor":  # the others are told of, or are true, for one page only
                known[folder, written] = found
        if found.kind:
            doc.links.setdefault(found.href or written, found)
        if not found.href:
            return _TAKEN_OUT
        href = html_module.escape(found.href)
        if found.kind == "external" and html[start - 1] == "f" and " class=" not in html[html.rfind("<", 0, start) : html.find(">", match.end())]:
            return f'="{href}"{OUTSIDE}'
        return f'="{href}"'

    html = _ADDRESS.sub(address, html)
    if _TAKEN_OUT in html:
        html = _REMOVED.sub("", html)
    return _IMAGE.sub(lambda match: _picture(match[0], doc), html) if "<img" in html else html


def _picture(tag: str, doc: Page) -> str:
    """An image of the content with its better formats and its size; one that cannot be shown gives place to the words that stand for it."""
    alt = _ALT.search(tag)
    source = _SOURCE.search(tag)
    link = doc.links.get(html_module.unescape(source[1])) if source else None
    if link is not None and link.media:
        media = doc.index.media(link.media)
        words = html_module.unescape(alt[1]) if alt else ""
        if media_item.is_file_name(words, link.media):
            doc.report(WARNING, *media_item.named_by_file(words), find=f"![{words}")
        if media and "src" in media:
            return picture.dress(tag, media)
        source = None if media and "fault" in media else source
    return tag if source else alt[1] if alt else ""


def resolve(written: str, doc: Page, find: str | None = None) -> Link:
    """What an address means on this page. Problems are reported on the page; find: text at which to place them."""
    href = _HIDDEN.sub("", written)
    if href.startswith("#"):
        return Link(href, "anchor", doc.path, unquote(href[1:]), written=written)
    if scheme := _SCHEME.match(href):
        return _absolute(href, scheme[0].lower(), doc, written, find)
    if href.startswith("//"):
        return Link("https:" + href, "external", "https:" + href, written=written)
    if href.startswith("/"):
        base = doc.session.settings.base
        target = href if href.startswith(base) else base + href[1:]
        return Link(target, "internal", target.partition("#")[0], href.partition("#")[2], written=written)
    return _relative(href, doc, written, find)


def _absolute(href: str, scheme: str, doc: Page, written: str, find: str | None) -> Link:
    if scheme not in SCHEMES:
        doc.report(ERROR, "adresse-interdite", f"Une adresse « {scheme} » n’est pas permise ; le lien a été retiré.", "Utilisez https:, mailto:, tel: ou un chemin vers un fichier .md.", find=find or written[:40])
        return Link("", "")
    if scheme in ("http:", "https:") and not _USUAL.match(href):
        try:
            host = urlsplit(href).hostname
        except ValueError:
            host = None
        if not host:
            doc.report(WARNING, "lien-brise", f"L’adresse « {written} » est mal écrite.", "Vérifiez-la : https://exemple.quebec/page.", find=find or written)
            return Link("", "")
    return Link(written.strip(), "external" if scheme.startswith("http") else "contact", href, written=written)


def _join(folder: str, path: str) -> str:
    """A relative path from a folder of the content, « » when it leaves the content."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def _relative(href: str, doc: Page, written: str, find: str | None) -> Link:
    path, _, fragment = href.partition("#")
    path = unquote(path.partition("?")[0])
    if not path:
        return Link("", "")
    joined = _join(doc.folder, path)
    suffix = "#" + quote(unquote(fragment)) if fragment else ""
    candidates = () if not joined else (joined,) if joined.endswith(".md") else (f"{joined}/index.md", f"{joined}.md")
    if joined:
        for candidate in candidates:
            if url := doc.index.url_of(candidate):
                return Link(url + suffix, "page", candidate, unquote(fragment), written=written)
        if not joined.endswith(".md") and (media := doc.index.media(joined)):
            return Link(media["url"] + suffix, "media", joined, media=joined, written=written)
    kind, what = ("page", "ce document n’existe pas, ou n’est pas publié") if joined.endswith(".md") else ("media", "ce fichier n’existe pas")
    doc.report(WARNING, "lien-brise", f"Lien vers « {written} » : {what}.", "Corrigez le chemin (il part du dossier de cette page), ou retirez le lien.", find=find or written)
    if any(doc.index.is_held(candidate) for candidate in candidates):
        return Link("", "")  # the link report is public: it must not name what is not published yet
    return Link("", kind, fragment=unquote(fragment), written=written)
