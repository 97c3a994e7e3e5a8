"""One page in several themes, side by side: Fleuve, Material for MkDocs, MkDocs' own theme, GOV.UK Frontend and USWDS.

    make bench-theme
    .venv/bin/python bench/theme.py --only fleuve govuk     # some of them, told on the terminal; bench/theme.md is not written

The peers install themselves in a temporary folder (PyPI: bench/peers/theme/requirements.txt; npm: package-lock.json there). Each is used as
its documentation says, with its own markup. Writes bench/theme.md and bench/results/theme.json.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import jinja2
import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from fleuve.audit import pa11y, tool
from fleuve.audit.loopback import served
from fleuve.command import main as fleuve
from fleuve.markdown import inline
from fleuve.slug import slugify

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
PEERS = BENCH / "peers" / "theme"
ADDRESS = "/justice-et-etat-civil/etat-civil/certificat/"
RUNS = 5
# A phone of the middle range on a slow 4G line: the profile of Lighthouse's « simulated mobile » as DevTools applies it.
SLOW = {"offline": False, "latency": 562.5, "downloadThroughput": 1.6e6 * 0.9 / 8, "uploadThroughput": 750e3 * 0.9 / 8}
CPU = 4
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "fr-CA"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


# The page, in each theme.


def load() -> dict:
    """The page: its texts and blocks."""
    page = yaml.safe_load((PEERS / "page.yml").read_text("utf-8"))
    for key in ("themes", "siblings"):
        page[key] = [{"text": text, "slug": slugify(text)} for text in page[key]]
    return page


def blocks(page: dict) -> dict:
    """The page with what kits of components take: HTML of texts, cells of tables."""
    done = []
    for block in page["blocks"]:
        if "p" in block:
            block = {"p": inline(block["p"])}
        elif "ul" in block:
            block = {"ul": [inline(item) for item in block["ul"]]}
        elif "table" in block:
            rows = [[{"text": cell, "format": "numeric" if block.get("numeric") and rank else ""} for rank, cell in enumerate(row)] for row in block["table"]]
            block = {"table": True, "head": rows[0], "rows": rows[1:]}
        elif "accordion" in block:
            block = {**block, "items": [{"heading": {"text": one["title"]}, "content": {"text": one["text"]}} for one in block["accordion"]]}
        done.append(block)
    return {**page, "blocks": done}


def markdown(page: dict, accordion: Callable[[dict], str], button: Callable[[dict], str], note: Callable[[str], str], form: str = "") -> str:
    """The body of the page in Markdown, with the theme's own way of making what Markdown has not."""
    parts = []
    for block in page["blocks"]:
        if "p" in block:
            parts.append(block["p"])
        elif "h2" in block:
            parts.append(f"## {block['h2']}")
        elif "ul" in block:
            parts.append("\n".join(f"- {item}" for item in block["ul"]))
        elif "table" in block:
            head, *rows = block["table"]
            line = " | ".join("---:" if block.get("numeric") and rank else "---" for rank in range(len(head)))
            parts.append("\n".join(f"| {' | '.join(cells)} |" for cells in (head, [line], *rows)))
        elif "accordion" in block:
            parts.append("\n\n".join(accordion(one) for one in block["accordion"]))
        elif "button" in block:
            parts.append(button(block))
        else:
            parts.append(note(block["note"]))
    return "\n\n".join([*parts, form]) + "\n"


def make_fleuve(page: dict, work: Path) -> Path:
    """The page as a document of this project, in a site with the same themes and neighbours."""
    content = work / "contenu"
    body = markdown(
        page, lambda one: f"::: accordeon {one['title']}\n{one['text']}\n:::",
        lambda block: f'::: appel-action {block["button"]} {{lien="{block["href"]}"}}\n:::', lambda text: f"> [!NOTE]\n> {text}",
    )
    _document(content / "index.md", page["site"])
    for theme in page["themes"]:
        _document(content / theme["slug"] / "index.md", theme["text"], "type: theme\n")
    folder = content / slugify(page["theme"]) / slugify(page["section"])
    _document(folder / "index.md", page["section"], "type: theme\n")
    for sibling in page["siblings"]:
        _document(folder / f"{sibling['slug']}.md", sibling["text"])
    _document(folder / "certificat.md", page["title"], f"titre_court: {page['short']}\n", page["description"], body)
    out = work / "public"
    code = fleuve(["build", "--content", str(content), "--out", str(out), "--cache", str(work / "memoire"), "--jobs", "1", "--json"])
    if code > 1:  # 1: the content has errors, and the page is there
        raise RuntimeError("Fleuve could not build the page")
    return out


def _document(file: Path, title: str, keys: str = "", description: str = "Une page du banc d’essai.", body: str = "Du texte.\n") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\ndescription: {json.dumps(description, ensure_ascii=False)}\n{keys}---\n{body}", "utf-8")


def make_mkdocs(page: dict, work: Path, python: Path, theme: str) -> Path:
    """The page in a MkDocs site. theme: « material » or « mkdocs »."""
    docs, section = work / "docs", f"{slugify(page['theme'])}/{slugify(page['section'])}"
    # A list of definitions and a form are plain HTML: neither theme has a component for them.
    form = ('<form action="/avis" method="post"><fieldset><legend>' + page["feedback"] + '</legend><label><input type="radio" name="utile" value="oui"> Oui</label> '
            '<label><input type="radio" name="utile" value="non"> Non</label></fieldset><button type="submit"' + (' class="md-button"' if theme == "material" else ' class="btn btn-primary"') + ">Envoyer</button></form>")
    if theme == "material":
        body = markdown(page, lambda one: f'??? question "{one["title"]}"\n    {one["text"]}', lambda block: f"[{block['button']}]({block['href']}){{ .md-button .md-button--primary }}",
                        lambda text: f'!!! note "Note"\n    {text}', form)
    else:
        body = markdown(page, lambda one: f"<details><summary>{one['title']}</summary><p>{one['text']}</p></details>",
                        lambda block: f'<a class="btn btn-primary" href="{block["href"]}">{block["button"]}</a>', lambda text: f'!!! note "Note"\n    {text}', form)
    _plain(docs / "index.md", page["site"])
    for one in page["themes"]:
        _plain(docs / one["slug"] / "index.md", one["text"])
    for one in page["siblings"]:
        _plain(docs / section / f"{one['slug']}.md", one["text"])
    _plain(docs / section / "certificat.md", page["title"], f"{page['description']}\n\n{body}")
    inside = [{page["section"]: [{page["short"]: f"{section}/certificat.md"}, *({one["text"]: f"{section}/{one['slug']}.md"} for one in page["siblings"])]}]
    nav = [{"Accueil": "index.md"}, *({one["text"]: [f"{one['slug']}/index.md", *inside] if one["text"] == page["theme"] else f"{one['slug']}/index.md"} for one in page["themes"])]
    material = {
        "name": "material", "language": "fr", "features": ["navigation.indexes", "navigation.path"],
        # « Automatic light / dark mode », as documented.
        "palette": [{"media": "(prefers-color-scheme: light)", "scheme": "default", "toggle": {"icon": "material/brightness-7", "name": "Passer au mode sombre"}},
                    {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "toggle": {"icon": "material/brightness-4", "name": "Passer au mode clair"}}],
    }
    config = {
        "site_name": page["site"], "site_url": "http://127.0.0.1/", "docs_dir": "docs", "site_dir": "public", "nav": nav,
        "theme": material if theme == "material" else {"name": "mkdocs", "locale": "fr", "color_mode": "auto"},
        "markdown_extensions": ["attr_list", "admonition", "tables"] + (["pymdownx.details", "md_in_html"] if theme == "material" else ["md_in_html"]),
        "copyright": f"{page['telephone']}, {page['heures']}",
    }
    (work / "mkdocs.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    _run([str(python), "-m", "mkdocs", "build", "-q", "-f", str(work / "mkdocs.yml")])
    return work / "public"


def _plain(file: Path, title: str, body: str = "Du texte.") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# {title}\n\n{body}\n", "utf-8")


def make_govuk(page: dict, work: Path, packages: Path) -> Path:
    """The page with GOV.UK Frontend's Nunjucks template and macros, its compiled style sheet, script and assets."""
    out, kit = work / "public", packages / "govuk-frontend" / "dist" / "govuk"
    shutil.copytree(kit / "assets", out / "assets")
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
        shutil.copy(kit / name, out / name)
    footer = [{"href": f"/{one['slug']}/", "text": one["text"]} for one in page["themes"]]
    done = subprocess.run(["node", PEERS / "govuk.cjs", packages, PEERS], input=json.dumps({"page": blocks(page), "footer": footer}), capture_output=True, text=True, check=True)
    return _single(out, done.stdout)


def make_uswds(page: dict, work: Path, packages: Path) -> Path:
    """The page with USWDS's documented markup, its compiled style sheet, scripts, fonts and images."""
    out = work / "public"
    shutil.copytree(packages / "@uswds" / "uswds" / "dist", out, ignore=shutil.ignore_patterns("scss", "theme", "components"))
    template = jinja2.Environment(loader=jinja2.FileSystemLoader(PEERS), autoescape=True).get_template("uswds.html")
    return _single(out, template.render(page=blocks(page)))


def _single(out: Path, html: str) -> Path:
    file = out / ADDRESS.strip("/") / "index.html"
    file.parent.mkdir(parents=True)
    file.write_text(html, "utf-8")
    return out


# What is asked of each.


class Handler(SimpleHTTPRequestHandler):
    """Static files as a real host serves them: text compressed with gzip, the page at its folder's address."""

    protocol_version = "HTTP/1.1"
    packed: dict[str, bytes] = {}
    # (kind, bytes) of each answer, which the server knows better than a browser that is about to close.
    sent: list[tuple[str, int]] = []

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        """Answer with the file, compressed if it is text."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            return self.send_error(404)
        text = file.suffix in (".html", ".css", ".js", ".mjs", ".svg", ".json", ".xml")
        data = self.packed.setdefault(str(file), gzip.compress(file.read_bytes(), 6, mtime=0) if text else file.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)
        self.sent.append((KINDS.get(file.suffix, "other"), len(data)))


def measure(browser: Browser, url: str, folder: Path) -> dict:
    """All figures of one theme."""
    return {
        **{f"pa11y {runner.name}": [error["code"] for error in pa11y.look([url], runner)[url]] for runner in pa11y.RUNNERS},
        **axe(browser, url), "nu": nu(folder), **weight(browser, url), **uses(browser, url), **paint(browser, url),
    }


@contextmanager
def tab(browser: Browser, **options) -> Iterator[Page]:
    """A tab of its own context, which never waits for another host: those requests are refused at once."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "fr-CA", "service_workers": "block", "bypass_csp": True, **options})
    page = context.new_page()
    page.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
    yield page
    context.close()


def axe(browser: Browser, url: str) -> dict:
    """Elements in violation of WCAG 2.2 A and AA, and of the contrast of 7:1, in the light palette and in the dark one, everything unfolded.

    The rule of 7:1 leaves what is under 4.5:1 to the other rule: both are asked.
    """
    found = {}
    for palette in ("light", "dark"):
        with tab(browser, color_scheme=palette, reduced_motion="reduce") as page:
            page.goto(url, wait_until="networkidle")
            page.evaluate("() => document.querySelectorAll('details').forEach(one => { if (!one.name) one.open = true })")
            page.add_script_tag(path=tool.package("axe-core/axe.min.js"))
            for name, options in (("axe WCAG 2.2 AA", {"runOnly": WCAG}), ("contrast under 7:1", {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}})):
                violations = page.evaluate("async options => (await axe.run(document, options)).violations.map(one => [one.id, one.nodes.length])", options)
                found[f"{name}, {palette}"] = {rule: count for rule, count in violations}
    return found


def nu(folder: Path) -> list[str]:
    """Errors of the Nu validator on the page."""
    done = subprocess.run([tool.java(), "-jar", str(tool.package("vnu-jar/build/dist/vnu.jar")), "--format", "json", "--stdout", str(folder / ADDRESS.strip("/") / "index.html")],
                          capture_output=True, text=True, timeout=120)
    return [one["message"] for one in json.loads(done.stdout)["messages"] if one["type"] == "error"]


KINDS = {
    ".html": "HTML", ".css": "CSS", ".js": "JavaScript", ".mjs": "JavaScript", ".woff2": "fonts", ".woff": "fonts", ".ttf": "fonts",
    ".svg": "images", ".png": "images", ".ico": "images", ".jpg": "images", ".webp": "images",
}


def weight(browser: Browser, url: str) -> dict:
    """Requests of the first visit and bytes sent, compressed, by kind. What other hosts would have sent is not counted, being refused."""
    asked: list[str] = []
    Handler.sent.clear()
    with tab(browser, **PHONE) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url, wait_until="networkidle")
    sizes: dict[str, int] = {}
    for kind, size in Handler.sent:
        sizes[kind] = sizes.get(kind, 0) + size
    elsewhere = sorted({one.split("/")[2] for one in asked if "127.0.0.1" not in one and one.startswith("http")})
    return {"bytes": sizes, "requests": len(Handler.sent), "third party": elsewhere}


SHOWN = """() => [...document.querySelectorAll('a')].filter(one => one.textContent.trim() === 'Transports' && !one.closest('footer') && one.checkVisibility({visibilityProperty: true}))
  .some(one => { const box = one.getBoundingClientRect(); return box.right > 0 && box.left < innerWidth && box.width > 0 })"""
MENUS = "nav.principale summary, .md-header label[for=__drawer], .navbar-toggler, .govuk-service-navigation__toggle, .usa-menu-btn, .usa-nav__link"
FOLDED = "Un document perdu dans la poste est remplacé"
DARK = """() => { for (const one of [document.querySelector('main'), document.body, document.documentElement]) {
  for (let at = one; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor.match(/[\\d.]+/g); if (c && (c.length < 4 || +c[3] > 0)) return c.slice(0, 3).reduce((a, b) => a + +b, 0) < 200 } } return false }"""
BORDERED = """() => [...document.querySelectorAll('main a, main button, [role=main] a')].filter(one => /^(Commander.*|Envoyer)$/.test(one.textContent.trim())).map(one => {
  const s = getComputedStyle(one); return one.tagName === 'BUTTON' && s.appearance === 'auto' || s.borderTopStyle !== 'none' && parseFloat(s.borderTopWidth) >= 1 || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1 }).every(Boolean)"""
OUTLINED = "() => { const s = getComputedStyle(document.activeElement); return document.activeElement === document.body || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1 }"


def uses(browser: Browser, url: str) -> dict:
    """What a person can do: without JavaScript, on 320 pixels, in the dark, with forced colours."""
    found = {}
    with tab(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(url)
        found["menu without JavaScript"] = _menu(page)
        page.goto(url)
        found["folded text without JavaScript"] = _folded(page)
    with tab(browser, viewport={"width": 320, "height": 640}) as page:
        page.goto(url)
        found["too wide at 320"] = page.evaluate("() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth")
    with tab(browser, color_scheme="dark") as page:
        page.goto(url)
        found["dark palette"] = page.evaluate(DARK)
    with tab(browser, forced_colors="active", reduced_motion="reduce") as page:
        page.goto(url)
        found["forced colours: buttons keep an edge"] = page.evaluate(BORDERED)
        stops = []
        for _ in range(20):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(OUTLINED))
        found["forced colours: focus is outlined"] = all(stops)
    return found


def _menu(page: Page) -> bool:
    """Whether the link to a theme is seen, or comes when the controls of the menu are used in turn."""
    for control in [None, *page.locator(MENUS).all()]:
        if control is not None and control.is_visible():
            control.click(timeout=2000)
        if page.evaluate(SHOWN):
            return True
    return False


def _folded(page: Page) -> bool:
    """Whether the text of the accordion is seen, at once or after its title is used."""
    text = page.get_by_text(FOLDED).first
    if not text.is_visible():
        page.get_by_text("Et si le document se perd dans la poste").first.click(timeout=2000)
    return text.is_visible()


def paint(browser: Browser, url: str) -> dict:
    """First contentful paint in milliseconds on a slow phone, nothing in the cache: each run, and the median."""
    times = []
    for _ in range(RUNS):
        with tab(browser, **PHONE) as page:
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
            session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
            page.goto(url, timeout=60_000)
            times.append(page.evaluate("""() => new Promise(done => new PerformanceObserver(list => {
                const first = list.getEntriesByName('first-contentful-paint')[0]; if (first) done(first.startTime) }).observe({type: 'paint', buffered: true}))"""))
    return {"first paint": round(statistics.median(times)), "first paint, runs": [round(time) for time in times]}


# The report.


def rows(results: dict[str, dict]) -> list[tuple[str, list[str]]]:
    """(what, a cell for each theme) of the table."""
    def each(cell: Callable[[dict], object]) -> list[str]:
        return [str(cell(one)) for one in results.values()]

    def yes(key: str) -> list[str]:
        return each(lambda one: "yes" if one[key] else "**no**")

    def kilobytes(number: int) -> str:
        return f"{number / 1000:.1f}"

    return [
        ("pa11y, axe: errors", each(lambda one: len(one["pa11y axe"]))),
        ("pa11y, HTML CodeSniffer: errors", each(lambda one: len(one["pa11y htmlcs"]))),
        *((f"axe, WCAG 2.2 A and AA, {palette}: elements in violation", each(lambda one, palette=palette: sum(one[f"axe WCAG 2.2 AA, {palette}"].values()))) for palette in ("light", "dark")),
        *((f"text under 7:1, {palette}: elements", each(lambda one, palette=palette: sum(one[f"contrast under 7:1, {palette}"].values()))) for palette in ("light", "dark")),
        ("Nu validator: errors", each(lambda one: len(one["nu"]))),
        *((f"{kind}, kB", each(lambda one, kind=kind: kilobytes(one["bytes"].get(kind, 0)))) for kind in [*dict.fromkeys(KINDS.values()), "other"]),
        ("all, kB", each(lambda one: kilobytes(sum(one["bytes"].values())))),
        ("HTML + CSS + JavaScript, kB", each(lambda one: kilobytes(sum(one["bytes"].get(kind, 0) for kind in ("HTML", "CSS", "JavaScript"))))),
        ("requests to the site", each(lambda one: one["requests"])),
        ("other hosts asked", each(lambda one: ", ".join(one["third party"]) or "none")),
        ("first paint on a slow phone, ms", each(lambda one: one["first paint"])),
        ("menu opens without JavaScript (360 px)", yes("menu without JavaScript")),
        ("folded text can be read without JavaScript", yes("folded text without JavaScript")),
        ("wider than the screen at 320 px, px", each(lambda one: one["too wide at 320"])),
        ("dark palette by preference", yes("dark palette")),
        ("forced colours: buttons keep an edge", yes("forced colours: buttons keep an edge")),
        ("forced colours: first 20 stops are outlined", yes("forced colours: focus is outlined")),
    ]


def report(results: dict[str, dict], versions: dict[str, str], load_average: float) -> str:
    """bench/theme.md."""
    names = list(results)
    table = ["| | " + " | ".join(TITLES[name] for name in names) + " |", "| --- |" + " ---: |" * len(names)]
    table += [f"| {what} | {' | '.join(cells)} |" for what, cells in rows(results)]
    faults = []
    for name, one in results.items():
        rules = {key: dict(Counter(found)) if isinstance(found, list) else found for key in one if key.startswith(("pa11y", "axe", "contrast")) and (found := one[key])}
        if rules or one["nu"]:
            told = "; ".join(f"{key}: " + ", ".join(f"{rule} ({count})" for rule, count in found.items()) for key, found in rules.items())
            faults.append(f"- **{TITLES[name]}**: {told or 'axe: nothing'}" + "".join(f"\n  - Nu: {message}" for message in dict.fromkeys(one["nu"])))
    busy = f" The machine was busy with other work (load average {load_average:.1f} when the run began): times are to be taken again on an idle one." if load_average > 1 else ""
    return HEAD.format(
        date=datetime.date.today().isoformat(), machine=f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}", busy=busy,
        versions="\n".join(f"- {name}: {version}" for name, version in versions.items()), table="\n".join(table), faults="\n".join(faults) or "Nothing was found.",
        runs="\n".join(f"- {TITLES[name]}: {', '.join(map(str, one['first paint, runs']))}" for name, one in results.items()),
    )


HEAD = """# One page in several themes

    make bench-theme        # .venv/bin/python bench/theme.py

Written by that command on {date}, on {machine}.{busy}

One and the same page (a service page of the sample: `bench/peers/theme/page.yml`; text, 14 themes in the menu, section menu, breadcrumb,
two tables, accordion, a form of two radio buttons, footer) in each theme. Peers are installed at exact versions (`bench/peers/theme/`) and used as
their documentation says: GOV.UK Frontend by its own Nunjucks template and macros, USWDS by the markup of its documentation, Material with its
automatic light and dark palettes, MkDocs' own theme with `color_mode: auto`. Fleuve's page has what every page of Fleuve has, which the others
have not: search, language toggle, share links, JSON-LD.

## Figures

{table}

## How they are measured

- **pa11y**: pa11y-ci, standard WCAG2AA, each checker alone; axe with `target-size` and what it calls moderate and minor too. pa11y also
  counts as errors the contrasts that axe leaves to a person (text on a gradient or an image), hence more of them than in the lines of axe itself.
- **axe**: axe-core in Chromium at 1,280 px, everything unfolded, tags {tags}; for 7:1 (4.5:1
  for large text), the rules `color-contrast` and `color-contrast-enhanced` together. Text on a gradient or an image is not counted: axe cannot tell.
- **Bytes**: bodies sent on a first visit at 360 px, text compressed with gzip (level 6), other files as they are. Requests to other hosts are
  refused at once, so what they would have sent is not counted, and no theme waits for them.
- **First paint**: first contentful paint, median of {count}, nothing in the cache; {cpu} times slower processor, {latency} ms and 1.44 Mbit/s a request
  (Lighthouse's mobile profile as DevTools applies it). It depends on the machine: compare columns, not runs.
- **Without JavaScript**: Chromium with scripts off, 360 px; the controls of the menu are used in turn until a link to a theme shows.
- **Forced colours**: Chromium's emulation; an edge is a border or an outline of 1 px or more.

All runs of first paint, in ms:

{runs}

## Versions

{versions}

## What was found

{faults}
""".replace("{tags}", ", ".join(WCAG)).replace("{count}", str(RUNS)).replace("{cpu}", str(CPU)).replace("{latency}", str(SLOW["latency"]))

TITLES = {"fleuve": "Fleuve", "material": "Material for MkDocs", "mkdocs": "MkDocs", "govuk": "GOV.UK Frontend", "uswds": "USWDS"}


# Installing and running.


def _run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-3000:]}")


def install(work: Path, names: list[str]) -> tuple[Path, Path]:
    """(Python with the MkDocs themes, folder of the npm packages), in the working folder; only what the names need."""
    python, packages = work / "venv" / "bin" / "python", work / "npm" / "node_modules"
    if {"material", "mkdocs"} & set(names) and not python.exists():
        _run([sys.executable, "-m", "venv", str(work / "venv")])
        _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(PEERS / "requirements.txt")])
    if {"govuk", "uswds"} & set(names) and not packages.exists():
        (work / "npm").mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PEERS / name, work / "npm" / name)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work / "npm")
    return python, packages


def main(arguments: list[str] | None = None) -> int:
    """Measure the themes; write the report unless only some are asked for."""
    parser = argparse.ArgumentParser(prog="bench/theme.py", usage=argparse.SUPPRESS, description="Compare le thème de Fleuve à d’autres, sur une même page.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="affiche cette aide")
    parser.add_argument("--only", nargs="+", choices=TITLES, metavar="THÈME", help=f"seulement ceux-ci, sans écrire le rapport : {', '.join(TITLES)}")
    parser.add_argument("--work", type=Path, metavar="DOSSIER", help="dossier de travail, gardé d’une fois à l’autre (sinon un dossier temporaire)")
    options = parser.parse_args(arguments)
    names = options.only or list(TITLES)
    load_average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="fleuve-theme-") as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        python, packages = install(work, names)
        makers = {"fleuve": make_fleuve, "material": partial(make_mkdocs, python=python, theme="material"), "mkdocs": partial(make_mkdocs, python=python, theme="mkdocs"),
                  "govuk": partial(make_govuk, packages=packages), "uswds": partial(make_uswds, packages=packages)}
        results = {}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=tool.chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"])
            for name in names:
                shutil.rmtree(work / name, ignore_errors=True)
                (work / name).mkdir()
                folder = makers[name](load(), work / name)
                with served(folder, handler=Handler) as home:
                    url = home + ADDRESS.lstrip("/")
                    results[name] = measure(browser, url, folder)
                print(f"{TITLES[name]}: {json.dumps(results[name], ensure_ascii=False)}", flush=True)
            browser.close()
    if options.only is None:
        (BENCH / "results").mkdir(exist_ok=True)
        (BENCH / "results" / "theme.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (BENCH / "theme.md").write_text(report(results, versions(), load_average), "utf-8")
        print(f"bench/theme.md : {BENCH / 'theme.md'}")
    return 0


def versions() -> dict[str, str]:
    """Exact versions of all that is compared and of the tools."""
    npm = json.loads((PEERS / "package.json").read_text("utf-8"))["dependencies"]
    pip = dict(line.split("==") for line in (PEERS / "requirements.txt").read_text("utf-8").split("\n") if "==" in line)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    tools = {name: tool.package_version(name) for name in ("pa11y-ci", "axe-core", "vnu-jar")}
    return {"Fleuve": f"commit {commit}" if commit else "this folder", **pip, **npm, **tools, "Chromium": tool.browser_version()}


if __name__ == "__main__":
    sys.exit(main())
