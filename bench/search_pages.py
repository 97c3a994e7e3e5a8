"""The pages that other searches are given: those of a built site that come from a Markdown file, marked or cut as each asks for."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

# What is left out of a page’s article: Pagefind leaves it out by itself.
BESIDE = ("nav", "footer", "form", "script", "style", "svg", "noscript", "template", "label", "iframe")


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
    """Return the page with its content marked for Pagefind: its article, or all of `<main>` if it has none."""
    head, main, rest = html.partition("<main")
    article, found = re.subn(r"<article(?=[ >])", "<article data-pagefind-body", rest, count=1)
    return head + main + (article if found else f" data-pagefind-body{rest}")


def cut(url: str, html: str) -> dict[str, str]:
    """Return the page as MkDocs has it: its title apart from its content."""
    tree = LexborHTMLParser(html)
    content = tree.css_first("main article") or tree.css_first("main")
    title = content.css_first("h1")
    words = title.text() if title else ""
    for node in [*([title] if title else []), *content.css(", ".join(BESIDE))]:
        node.decompose()
    return {"url": url, "title": " ".join(words.split()), "html": content.html or ""}
