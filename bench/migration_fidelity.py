"""What is kept of real pages once they are Markdown, and HTML again: recall by kind of thing; and the examples of the CommonMark specification there and back.

    .venv/bin/python bench/migration_fidelity.py [--data FOLDER]        # wcxb-dev-subset, unpacked
    npm pack commonmark-spec && tar xf commonmark-spec-*.tgz && .venv/bin/python bench/migration_fidelity.py --spec package/spec.txt

Recall: of the things of a kind in what is converted, those found again with the same words (and target). Layout tables are meant to go: cells are
those of tables that are data (migration/old_table.py says which). Markdown is rendered as Fleuve does, its components made.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import turbohtml  # noqa: E402
from turbohtml import Element  # noqa: E402

from fleuve.markdown import commonmark, render  # noqa: E402
from migration import footnote, old_table  # noqa: E402
from migration.convert import LANGUAGE, convert  # noqa: E402
from migration.encoding import decode  # noqa: E402

WANTED = {"links": 0.995, "images": 0.999, "items": 0.98, "cells": 1.0, "headings": 0.98, "definitions": 0.98, "abbreviations": 0.95, "languages": 0.95, "anchors": 0.95,
          "captions": 0.95, "scope": 0.95, "details": 0.95}
_CONTAINER = re.compile(r"^([ >]*)::: (accordeon|video|onglets?) ?(.*?)(?: \{lien=\"([^\"]*)\"\})?$|^([ >]*):::$", re.M)


def rendered(markdown: str) -> str:
    """Return the HTML of a page's Markdown, its components in the elements that their templates write."""
    opened: list[str] = []

    def part(found: re.Match[str]) -> str:
        margin, kind, title, target, closing = found.groups()
        if kind is None:
            margin, kind = closing, opened.pop() if opened else ""
            lines = ["", "</details>", ""] if kind == "accordeon" else [""]
        else:
            opened.append(kind)
            lines = {"accordeon": ["", "<details>", f"<summary>{escape(title)}</summary>", ""], "video": ["", f'<a href="{target}">{title}</a>', ""]}.get(kind, ["", f"**{title}**" if title else "", ""])
        return "\n".join(f"{margin}{line}" if line else margin.rstrip(" ") for line in lines)

    return re.sub(r"<thead>.*?</thead>", lambda found: re.sub(r"<th>", '<th scope="col">', found[0]), render(_CONTAINER.sub(part, markdown), "fr"), flags=re.S)  # as plugins/tables.py


def words(text: str) -> str:
    """Return a text as it is compared: its letters and digits, since white space between blocks is for those who lay them out."""
    return "".join(re.findall(r"[^\W_]+", text))


def things(html: str, url: str, data_only: bool, anchors: set[str] | None = None) -> dict[str, Counter]:
    """Return what a page has, by kind. data_only: cells of layout tables do not count."""
    tree = turbohtml.parse(html)
    for gone in tree.select("script, style, template, noscript, svg, head, select, button, textarea, option, math"):
        gone.decompose()
    found = {kind: Counter() for kind in WANTED}
    body = tree.select_one("body")
    anchors = used_anchors(body) if anchors is None else anchors
    for link in body.select("a[href]"):
        href = link.attr("href").strip()
        said = words(link.text) or words(" ".join(image.attr("alt") or "" for image in link.select("img")))
        if said and not href.lower().startswith(("javascript:", "data:")) and href:
            found["links"][words(unquote(urljoin(url, href))), said] += 1
    for image in body.select("img[alt]"):
        source = image.attr("src") or ""
        if image.attr("alt").strip() and source and not source.startswith("data:"):
            found["images"][words(unquote(urljoin(url, source))), words(image.attr("alt"))] += 1
    for item in body.select("li"):
        own = words("".join(_own_text(item)))
        if own:
            found["items"][own] += 1
    for table in body.select("table"):
        if data_only and old_table.is_layout(table, old_table.rows_of(table)):
            continue
        for row in old_table.rows_of(table):
            for cell in row.cells:
                if words(cell.text):
                    found["cells"][words(cell.text)] += 1
                if cell.attr("scope") and words(cell.text):
                    found["scope"][cell.attr("scope").lower(), words(cell.text)] += 1
    for heading in body.select("h1, h2, h3, h4, h5, h6"):
        if words(heading.text):
            found["headings"][words(heading.text)] += 1
    for part in body.select("dt, dd"):
        if words(part.text):
            found["definitions"][part.tag, words(part.text)] += 1
    for short in body.select("abbr[title], acronym[title]"):
        found["abbreviations"][words(short.text), words(short.attr("title"))] += 1
    for other in body.select("[lang]"):
        if other.tag not in ("html", "body") and words(other.text) and LANGUAGE.fullmatch(other.attr("lang")):
            found["languages"][other.attr("lang").lower(), words(other.text)] += 1
    for name in sorted(anchors):
        if name and body.select_one(f'[id="{_quoted(name)}"], a[name="{_quoted(name)}"]') is not None:
            found["anchors"][name] += 1
    for caption in body.select("caption, figure figcaption"):
        if words(caption.text):
            found["captions"][words(caption.text)] += 1
    for details in body.select("details > summary"):
        found["details"][words(details.text)] += 1
    return found


def used_anchors(body: Element) -> set[str]:
    """Ids that a link of the page leads to; those of forms, and of notes (which get other ids), left out."""
    notes = {one.attr("id") for holder in footnote.find(turbohtml.parse(body.html).select_one("body")).nodes for one in (holder, *holder.select("[id]"))}
    fields = {one.attr("id") for one in body.select("input, select, textarea, button")}
    return {unquote(link.attr("href")[1:]) for link in body.select("a[href^='#']")} - notes - fields - {""}


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _own_text(item: Element):
    for child in item.children:
        if isinstance(child, Element):
            if child.tag not in ("ul", "ol"):
                yield " " + child.text + " " if child.select_one("ul, ol") is None else "".join(_own_text(child))
        elif hasattr(child, "data") and type(child).__name__ == "Text":
            yield child.data


def recall(folder: Path, shown: int) -> None:
    """Convert the body of every page, count what is found again, print it."""
    had, kept, taken, count = Counter(), Counter(), 0.0, 0
    missing: dict[str, list] = {kind: [] for kind in WANTED}
    for file in sorted((folder / "html").glob("*.html.gz")):
        url = json.loads((folder / "ground-truth" / f"{file.name[:-8]}.json").read_text("utf-8")).get("url", "https://exemple.org/")
        text = decode(gzip.decompress(file.read_bytes()), "")[0]
        body = turbohtml.parse(text).select_one("body")
        if body is None:
            continue
        html = body.html
        begun = time.process_time()
        markdown = convert(html, url, lang="").markdown
        taken += time.process_time() - begun
        count += 1
        before, after = things(html, url, True), things(rendered(markdown), url, False, used_anchors(turbohtml.parse(html).select_one("body")))
        for kind in WANTED:
            had[kind] += before[kind].total()
            both = before[kind] & after[kind]
            kept[kind] += both.total()
            missing[kind] += [(file.name[:-8], thing) for thing in (before[kind] - both)]
    for kind, wanted in WANTED.items():
        print(f"{kind:14} {kept[kind]:6} of {had[kind]:6}  {kept[kind] / max(had[kind], 1):.4f}  (wanted {wanted})")
        for page, thing in missing[kind][:shown]:
            print("      ", page, str(thing)[:150])
    print(f"{count} pages, {1000 * taken / count:.2f} ms of processor each")


class _Normal(HTMLParser):
    """HTML as the normalizer of the CommonMark specification compares it: attributes sorted, white space of blocks left out."""

    BLOCKS = frozenset("blockquote p h1 h2 h3 h4 h5 h6 ul ol li hr pre div table thead tbody tr th td".split())

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.pre = False

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS and self.out:
            self.out[-1] = self.out[-1].rstrip() if not self.pre else self.out[-1]
        if tag == "pre":
            self.pre = True
        self.out.append("<" + tag + "".join(f' {key}="{value or ""}"' for key, value in sorted(attrs)) + ">")

    def handle_endtag(self, tag):
        if tag in self.BLOCKS and self.out and not self.pre:
            self.out[-1] = self.out[-1].rstrip()
        if tag == "pre":
            self.pre = False
        self.out.append(f"</{tag}>")

    def handle_data(self, data):
        if not self.pre:
            data = re.sub(r"\s+", " ", data)
            if self.out and re.match(r"</?(?:%s)\b|<br" % "|".join(self.BLOCKS), self.out[-1]):
                data = data.lstrip()
        if data:
            self.out.append(data)


def normal(html: str) -> str:
    """Return HTML as it is compared."""
    parser = _Normal()
    parser.feed(html)
    return "".join(parser.out).strip()


def _has_raw_html(source: str, html: str) -> bool:
    """Whether a tag, a comment or the like of the source stands as it is in the HTML."""
    return any(tag in html for tag in re.findall(r"<!--|<\?|<![A-Z[]|</?[A-Za-z][^<>:@]*>?", source) if len(tag) > 2)


def round_trip(spec: Path, shown: int) -> None:
    """Convert the HTML of each example without raw HTML, render it, compare."""
    text = spec.read_text("utf-8").replace("→", "\t")
    examples = re.findall(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", text, re.M | re.S)
    exact = whole = 0
    for number, (source, _) in enumerate(examples, 1):
        html = commonmark(source)
        if _has_raw_html(source, html):
            continue
        whole += 1
        again = commonmark(convert(html, "", "fr", top=0).markdown)
        if normal(again) == normal(html):
            exact += 1
        elif shown > 0:
            shown -= 1
            print(f"--- example {number}\n{html}>>>\n{convert(html, '', 'fr', top=0).markdown}>>>\n{again}")
    print(f"{exact} of {whole} examples without raw HTML are exactly the same (of {len(examples)} in all)")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path)
    options.add_argument("--spec", type=Path)
    options.add_argument("--shown", type=int, default=0, help="things that are missing, of each kind")
    given = options.parse_args()
    if given.data:
        recall(given.data, given.shown)
    if given.spec:
        round_trip(given.spec, given.shown)
