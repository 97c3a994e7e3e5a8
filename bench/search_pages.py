"""The pages that other searches are given: those of a built site that come from a Markdown file, marked or cut as each asks for."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

# What an editor wrote: title, lead and text. Lists of pages below, details of the organism and forms are left out, as the guide of Pagefind advises.
WRITTEN = ("header.tete-page", "div.texte")
# A page that has no text of its own, like that of an organism, is taken whole.
WHOLE = ("article", "main")
# The same, as the tags that are marked.
MARKED = ((re.compile(r'<header(?= class="tete-page)'), re.compile(r'<div(?= class="texte[ "])')), (re.compile(r"<article(?=[ >])"),))


class Pages:
    """The documents of a folder of content, in the site built from it."""

    def __init__(self, out: Path, content: Path) -> None:
        self.out, self.content = out, content

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Give the address and the HTML of each page that may be found."""
        for file in sorted(self.content.rglob("*.md")):
            path = file.relative_to(self.content)
            if any(part.startswith("_") for part in path.parts):
                continue
            folder = path.parent if path.name == "index.md" else path.with_suffix("")
            page = self.out / folder / "index.html"
            if page.is_file() and '<meta name="robots" content="noindex">' not in (html := page.read_text("utf-8")):
                yield "/" if folder == Path() else f"/{folder.as_posix()}/", html

    def mark(self, folder: Path) -> int:
        """Write the pages in `folder`, their content marked `data-pagefind-body`; return their number."""
        shutil.rmtree(folder, ignore_errors=True)
        count = 0
        for url, html in self:
            target = folder / url.strip("/") / "index.html"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(marked(html), "utf-8")
            count += 1
        return count

    def cut(self, file: Path) -> int:
        """Write the title and the content of the French pages in `file`, one page a line; return their number."""
        file.parent.mkdir(parents=True, exist_ok=True)
        count = 0
        with file.open("w", encoding="utf-8") as lines:
            for url, html in self:
                if '<html lang="fr">' in html:
                    lines.write(json.dumps(cut(url, html), ensure_ascii=False) + "\n")
                    count += 1
        return count


def marked(html: str) -> str:
    """Return the page with its content marked for Pagefind."""
    head, main, rest = html.partition("<main")
    for tags in MARKED:
        if all(tag.search(rest) for tag in tags):
            for tag in tags:
                rest = tag.sub(lambda match: f"{match[0]} data-pagefind-body", rest)
            return head + main + rest
    return f"{head}{main} data-pagefind-body{rest}"


def cut(url: str, html: str) -> dict[str, str]:
    """Return the page as MkDocs has it: its title apart from its content."""
    tree = LexborHTMLParser(html)
    title = tree.css_first("main h1")
    parts = [node for selector in WRITTEN for node in tree.css(f"main {selector}")] if tree.css_first("main div.texte") else []
    nodes = parts or next(([node] for selector in WHOLE if (node := tree.css_first(selector))), [])
    words = unescape(title.text()) if title else ""
    if title:
        title.decompose()
    return {"url": url, "title": " ".join(words.split()), "html": "\n".join(node.html or "" for node in nodes)}
