"""What is left of a page after HTML → Markdown → HTML: real pages, item by item, and the examples of CommonMark, exactly.

    python bench/migration_fidelity.py [--pages FOLDER] [--misses KIND] [--peers]

**Recall**: of all items of a kind in the HTML given (bodies of 265 pages of WCXB, https://github.com/murroughfoley/wcx, Murrough Foley, CC BY 4.0),
how many are found again in the HTML that Fleuve makes of the Markdown (renderer, languages, components, sanitizer), each at most as many times as it is there.
An item is what a reader gets: of a link, its absolute address and its words; of an image, its address and its alternative text; of a heading, a cell, an item
of a list, its words. The level of a heading is not counted: it changes on purpose.

What is not counted, because no page of a static site may have it: what scripts alone use (`template`, `hidden`), fields of forms and their labels, links to
`javascript:`, tables that say they are layout (role) or that have one row or column.

**Round trip**: of the examples of the specification without raw HTML, how many give the same HTML when this is turned into Markdown and back.
"""

from __future__ import annotations

import argparse
import gzip
import html as html_module
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, unquote, urljoin, urlsplit

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import turbohtml  # noqa: E402

from fleuve.component import load  # noqa: E402
from fleuve.markdown import commonmark, render  # noqa: E402
from migration.convert import convert, markdown_of  # noqa: E402
from migration.inline import clean  # noqa: E402
from plugins.components import MARK, OPEN  # noqa: E402
from plugins.components import mark as mark_components  # noqa: E402
from plugins.languages import Languages, mark as mark_languages  # noqa: E402
from plugins.sanitizer import sanitize  # noqa: E402

KINDS = ("links", "images", "items", "cells", "headings", "definitions", "abbreviations", "languages", "anchors", "captions", "scopes", "details", "footnotes")
TARGETS = dict(zip(KINDS, (0.995, 0.999, 0.98, 1.0, 0.98, 0.98, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95)))
_SPACE = re.compile(r"\s+")
_FACTS = re.compile(r"\((?:PDF|Word|Excel|PowerPoint|ODT|RTF|ODS|ODP|CSV|ZIP|7Z|RAR|GZ|TGZ|EPUB|KML|KMZ|GPX|SHP|GeoJSON|XSD|DWG|Access|ICS|MOBI)\)")  # what the conversion adds to the words of a file to download


def again(markdown: str) -> str:
    """The HTML of the body of a page of Fleuve, components written as their templates do: with their title, and their details."""
    known = load(ROOT / "themes" / "fleuve")
    doc = SimpleNamespace(session=SimpleNamespace(components=known, settings=SimpleNamespace(fleuve={"videos_externes": ["www.youtube.com", "youtu.be", "vimeo.com"]})),
                          components=[], problems=[], report=lambda *args, **kwargs: doc.problems.append(args))
    markdown = Languages().on_page_markdown(markdown, None) or markdown
    if ":::" in markdown:
        markdown = mark_components(markdown, doc)
    html = mark_languages(sanitize(render(markdown)), doc)
    opened: list[str] = []

    def component(match: re.Match) -> str:
        name, title, attributes = (lambda one: (one[0].name, html_module.escape(one[1]), one[2]))(doc.components[int(match[2])])
        if match[1] == OPEN:
            if name in ("accordeon", "onglet"):
                return f"<details><summary>{title}</summary>"
            if name == "video-externe":
                return f'<p><a href="{attributes.get("lien", "")}">{title}</a></p><div>'
            return f"<div><caption-of>{title}</caption-of>" if name == "tableau" else "<div>"
        return "</details>" if name in ("accordeon", "onglet") else "</div>"

    html = MARK.sub(component, html)
    html = re.sub(r"<caption-of>(.*?)</caption-of>\s*<table>", r"<table><caption>\1</caption>", html, flags=re.S)
    return html


# ---------------------------------------------------------------- items

def words(text: str) -> str:
    """Words as a reader sees them: what nobody sees is not counted."""
    return _FACTS.sub("", _SPACE.sub("", re.sub("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ue000-\ue002]", "", text)))


def address(written: str, url: str) -> str:
    """An address as a server gets it."""
    try:
        absolute = urljoin(url, re.sub(r"[\t\r\n]", "", written.strip()))
    except ValueError:
        return ""
    if absolute.partition("#")[0] == url.partition("#")[0] and "#" in absolute:
        absolute = "#" + absolute.partition("#")[2]
    return quote(unquote(absolute), safe="/:?#@!$&'()*+,;=%-._~")


def text_of(element) -> str:
    """The words of an element, without those of scripts and fields."""
    return words("".join(one.data for one in element.descendants if type(one) is turbohtml.Text and one.parent.tag not in _SILENT))


_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡↑^↩⤴])[\])]?[\ufe0e\ufe0f]?")
_CALL = re.compile(r"[\[(]?\d{1,3}[\])]?")
_SILENT = frozenset("script style template noscript option textarea button select svg title".split())


def pruned(html: str) -> turbohtml.Element:
    """The body of a page without what cannot be in a static one."""
    body = turbohtml.parse(html, positions=False, allow_declarative_shadow_roots=False).find("body")
    for base in body.select("base"):
        base.decompose()
    body.remove("script, style, template, noscript, svg, canvas, select, textarea, input, option, datalist, [hidden], dialog, math")
    for form in body.select("form"):
        for one in form.select("label, legend, button"):
            if one.find("a", href=True) is None:
                one.decompose()
    for one in body.select('[class*="material-icons"], [class*="material-symbols"]'):
        one.decompose()
    for link in body.select("a[href]"):  # what has no words has a name
        if not text_of(link) and link.find("img") is None and not _is_permalink(link, "") and (name := link.attr("aria-label") or link.attr("title")):
            link.text = name
    for one in body.select("button"):
        if not any(getattr(up, "tag", "") == "a" for up in one.ancestors) and not one.attr("aria-controls") and not one.attr("data-bs-target") and not one.attr("data-target"):
            one.decompose()
    return body


def _source(image) -> str:
    """The address of an image, also when a script loads it late."""
    values = [image.attr(name) or "" for name in ("data-src", "data-lazy-src", "data-original", "data-lazy", "src")]
    values += [(image.attr(name) or "").strip().partition(" ")[0].rstrip(",") for name in ("srcset", "data-srcset")]
    values = [value for at, value in enumerate(values) if at == 4 or " " not in value.strip()]
    return next((value for value in values if value and not value.startswith("data:")), "")


def is_data(table) -> bool:
    """Whether a table is one of data, by what it says of itself and its shape, not by how it was converted."""
    rows = [row for row in table.select("tr") if _table_of(row) is table]
    cells = [[cell for cell in row.children if getattr(cell, "tag", "") in ("td", "th")] for row in rows]
    if (table.attr("role") or "").lower() in ("presentation", "none") or table.find("table") is not None:
        return False
    return len([row for row in cells if row]) > 1 and max(map(len, cells), default=0) > 1


def _table_of(element):
    return next((up for up in element.ancestors if getattr(up, "tag", "") == "table"), None)


def items(body, url: str, source: bool) -> dict[str, Counter]:
    """The items of a page by kind. source: whether it is the HTML given."""
    found: dict[str, Counter] = {kind: Counter() for kind in KINDS}
    for link in body.select("a[href]"):
        href = (link.attr("href") or "").strip()
        if href in ("", "#"):
            continue
        target = address(href, url)
        text = text_of(link)
        if source and _is_permalink(link, text):
            continue
        shown = [image for image in link.select("img") if _source(image)]
        if not shown:
            text = text or words("".join(image.attr("alt") or "" for image in link.select("img"))) or words(link.attr("aria-label") or link.attr("title") or "")
        if not target or urlsplit(target).scheme.lower() not in ("", "http", "https", "mailto", "tel") or not (text or shown):
            continue
        if target.startswith("#") and _NOTE.fullmatch(clean(link.text).strip()):
            continue  # a footnote, counted apart
        found["links"][target, text] += 1
    for image in body.select("img"):
        written = _source(image)
        if source and image.attr("aria-hidden") == "true" and not image.attr("alt"):
            continue  # an icon
        if written and not (image.attr("width") in ("0", "1") and image.attr("height") in ("0", "1")):
            found["images"][address(written, url), words(image.attr("alt") or "")] += 1
    for item in body.select("li"):
        found["items"][text_of(item)] += 1
    for table in body.select("table"):
        if source and not is_data(table):
            continue
        for cell in table.select("td, th"):
            found["cells"][text_of(cell)] += 1
            if cell.tag == "th" and cell.attr("scope"):
                found["scopes"][text_of(cell), cell.attr("scope").lower()] += 1
            elif not source and cell.tag == "th" and _table_of(cell).find("thead") is not None:
                found["scopes"][text_of(cell), "col"] += 1
    for heading in body.select("h1, h2, h3, h4, h5, h6"):
        found["headings"][text_of(heading).strip("¶#§")] += 1
    for entry in body.select("dt, dd"):
        found["definitions"][entry.tag, text_of(entry)] += 1
    for one in body.select("abbr[title], acronym[title]"):
        found["abbreviations"][words(one.attr("title")), text_of(one)] += 1
    for one in body.select("[lang]"):
        code = (one.attr("lang") or "").lower()[:2]
        if code and not (source and code == LANG[0]):
            found["languages"][code, text_of(one)] += 1
    ids = {ident for one in body.select("[id]") if (ident := one.attr("id"))} | {name for one in body.select("a[name]") if (name := one.attr("name"))}
    found["footnotes"][""] += len(body.select("sup.footnote-reference")) if not source else sum(
        bool(_CALL.fullmatch(clean(link.text).strip())) and address(link.attr("href"), url)[1:] in ids for link in body.select('sup a[href*="#"]'))
    used = {unquote(target[1:]) for target, _ in found["links"] if target.startswith("#")}
    found["anchors"].update((used & ids) if source else ids | {f for f in used})
    if not source:
        found["anchors"] = Counter(ids)
    for one in body.select("caption, figcaption"):
        if one.tag == "figcaption" and source and not one.parent.select("img, table, pre, blockquote, video, audio, iframe, p"):
            continue
        found["captions"][text_of(one)] += 1
    for one in body.select("details > summary"):
        found["details"][text_of(one)] += 1
    for kind in ("items", "cells", "headings", "captions", "details"):
        found[kind].pop("", None)
    found["definitions"] = Counter({key: count for key, count in found["definitions"].items() if key[1]})
    found["languages"] = Counter({key: count for key, count in found["languages"].items() if key[1]})
    return found


def _is_permalink(link, text: str) -> bool:
    return clean(text) in ("", "¶", "#", "§", "🔗", "∞") and link.find("img") is None and any(getattr(up, "tag", "") in ("h1", "h2", "h3", "h4", "h5", "h6") for up in link.ancestors)


LANG = ["en"]


# ---------------------------------------------------------------- runs

def pages(folder: Path):
    """(id, URL, HTML) of each page."""
    urls = dict((line.split("\t")[0], line.rstrip("\n").split("\t")[3]) for line in (folder / "ids.tsv").read_text("utf-8").splitlines())
    for path in sorted((folder / "html").glob("*.html.gz")):
        ident = path.name.split(".")[0]
        yield ident, urls[ident], gzip.decompress(path.read_bytes()).decode("utf-8", "replace")


def unpacked(folder: Path | None) -> Path:
    if folder:
        return folder
    import tarfile

    archive = Path(os.environ.get("FLEUVE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "wcxb-dev-subset.tar.xz"
    out = Path(tempfile.mkdtemp(prefix="wcxb-"))
    with tarfile.open(archive) as packed:
        packed.extractall(out, filter="data")
    return out


def recall(folder: Path, misses: str, convert_one) -> dict[str, tuple[int, int]]:
    """Items found again and items given, by kind, over all pages; and what a page costs, in processor time."""
    total: dict[str, list[int]] = {kind: [0, 0] for kind in KINDS}
    cpu: list[float] = []
    for ident, url, html in pages(folder):
        document = turbohtml.parse(html, positions=False)
        root = document.find("html")
        LANG[0] = ((root.attr("lang") if root is not None else "") or "en").lower()[:2]
        base = document.find("base")
        given_url = urljoin(url, base.attr("href") or "") if base is not None else url
        body = document.find("body")
        given = (f'<base href="{html_module.escape(base.attr("href") or "")}">' if base is not None else "") + body.serialize(inner=True)
        start = time.process_time()
        markdown = convert_one(given, url)
        cpu.append(time.process_time() - start)
        before = items(pruned(given), given_url, True)
        after = items(turbohtml.parse(again(markdown), positions=False).find("body"), url, False)
        after["headings"] += after["details"]  # the title of an accordion was a heading
        names = {text for text in after["details"]}  # that of a tab or of an accordion was a link
        for (target, text), count in list(before["links"].items()):
            if target.startswith("#") and text in names:
                del before["links"][target, text]
                before["anchors"].pop(unquote(target[1:]), None)
        for kind in KINDS:
            kept = before[kind] & after[kind]
            total[kind][0] += kept.total()
            total[kind][1] += before[kind].total()
            if misses == kind:
                for item, count in (before[kind] - after[kind]).items():
                    print(ident, count, repr(item)[:300])
    cpu.sort()
    print(f"whole bodies: {sum(cpu) / len(cpu) * 1e3:.2f} ms of processor a page on average, {cpu[len(cpu) // 2] * 1e3:.2f} ms the median")
    return {kind: (kept, given) for kind, (kept, given) in total.items()}


def mains(folder: Path) -> list[tuple[str, str]]:
    """(URL, HTML) of the main content of each page, as turbohtml finds it."""
    out = []
    for _, url, html in pages(folder):
        main = turbohtml.parse(html, positions=False).main_content()
        if main is not None:
            out.append((url, main.serialize()))
    return out


def speed(folder: Path) -> None:
    """What the main content of a page costs."""
    contents = mains(folder)
    best = [min(_timed(html, url) for _ in range(3)) for url, html in contents]
    octets = sorted(len(html) for _, html in contents)
    print(f"main contents ({octets[len(octets) // 2] / 1024:.1f} KB the median, {sum(octets) / len(octets) / 1024:.1f} KB on average): "
          f"{sum(best) / len(best) * 1e3:.2f} ms of processor a page on average, {sorted(best)[len(best) // 2] * 1e3:.2f} ms the median")


def _timed(html: str, url: str) -> float:
    start = time.process_time()
    convert(html, url, "en")
    return time.process_time() - start


def round_trip(show: bool = False) -> tuple[int, int]:
    """Examples of the specification that come back as they were, of those without raw HTML."""
    from test_commonmark import EXAMPLES, normal

    reader = re.compile(r"<(?!/?(?:p|h[1-6]|em|strong|a|img|code|pre|ul|ol|li|blockquote|hr|br)\b)")
    kept = [example for example in EXAMPLES.values() if not reader.search(example.html)]
    good = 0
    for example in kept:
        markdown = markdown_of(example.html)
        if normal(commonmark(markdown)) == normal(example.html):
            good += 1
        elif show:
            print(example.number, example.section, repr(example.html), repr(markdown), repr(commonmark(markdown)), sep="\n   ")
    return good, len(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="folder where wcxb-dev-subset.tar.xz was unpacked")
    parser.add_argument("--misses", default="", help="kind of items of which those not found again are listed, or « spec »")
    parser.add_argument("--peers", action="store_true", help="also measure turbohtml's own Markdown")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    good, examples = round_trip(arguments.misses == "spec")
    print(f"round trip: {good} of {examples} examples of CommonMark 0.31.2 without raw HTML")
    if arguments.misses == "spec":
        return
    folder = unpacked(arguments.pages)
    found = recall(folder, arguments.misses, lambda html, url: convert(html, url, LANG[0]).markdown)
    print(json.dumps(found)) if arguments.json else _print(found)
    speed(folder)
    if arguments.peers:
        print("turbohtml:")
        _print(recall(folder, "", lambda html, url: turbohtml.parse_fragment(html).to_markdown()))


def _print(found: dict[str, tuple[int, int]]) -> None:
    for kind, (kept, given) in found.items():
        rate = kept / given if given else 1.0
        print(f"{kind:14} {kept:6} of {given:6}  {rate:.4f}  {'' if rate >= TARGETS[kind] else f'under {TARGETS[kind]}'}")


if __name__ == "__main__":
    main()
