"""Filters of the newsroom measured in Chromium: generated items over twenty years, real HTTP with gzip, empty browser cache.

    .venv/bin/python bench/newsroom_filter.py                 # 100,000 items
    .venv/bin/python bench/newsroom_filter.py --items 5000 --out /tmp/essai.md

The items are made as the inventory would list them, without their pages: the filter's stage makes its files from them, nginx serves these. Prints
a report in Markdown and writes it to bench/newsroom_filter.md. Needs nginx and Chromium.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import orjson

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH.parent), str(BENCH.parent / "tests"), str(BENCH)]

from conftest import Site as SmallSite  # noqa: E402 - needs the path above
from machine import describe  # noqa: E402
from prose import Prose  # noqa: E402
from reload import free_port  # noqa: E402

from fleuve import newsroom  # noqa: E402
from fleuve.audit import tool  # noqa: E402
from fleuve.build import open_session  # noqa: E402
from fleuve.news import facets_of  # noqa: E402
from fleuve.presses.mkdocs import MkDocsPress  # noqa: E402
from fleuve.publish import Publisher  # noqa: E402
from fleuve.site import Site  # noqa: E402
from fleuve.site_index import Card, SiteIndex  # noqa: E402
from fleuve.stages.newsroom_filter import BLOCK, NewsroomFilter  # noqa: E402

ORGANISMS = [f"organisme-{number}" for number in range(800)]
THEMES = [f"theme-{number}" for number in range(15)]
REGIONS = [f"region-{number}" for number in range(17)]
TYPES = {"communique": 70, "avis-aux-medias": 15, "discours": 4, "nomination": 4, "billet": 3, "alerte": 2, "direct": 1, "dossier": 1}
FIRST, YEARS = datetime(2006, 11, 20, 6), 20
LIMITS = {"first": 300, "later": 100, "bytes": 150_000}

HEAD = """# Filters of the newsroom: figures

Written by `.venv/bin/python bench/newsroom_filter.py`.

{items:,} generated items over {years} years, {organisms} organisms, {themes} themes, {regions} regions, {types} types, {ministers} ministers; titles and leads are
drawn from the lexicon of the other benches. nginx on the loopback, gzip on, HTTP/1.1 (six connections at a time). Bytes are those that Chromium counts, response
headers included. **First answer**: from `domInteractive` of a page opened with the filters in its address, with an empty cache, to the results shown. **Later**: from
the click, or from the end of the pause of 150 ms after the last letter, to the results shown, the files that it needs being fetched. Machine: {machine}; load average while it was measured: {load:.1f}.
"""


class Generated(SiteIndex):
    """The index of a site whose news are made here; all else is that of a small real site."""

    def __init__(self, index: SiteIndex, count: int) -> None:
        self.__dict__.update(index.__dict__)
        self.rows = list(rows(count))
        self.counts: dict[str, Counter] = defaultdict(Counter)
        for row in self.rows:
            card = orjson.loads(row[6])
            for facet, value in facets_of(row[1], card):
                self.counts[facet][value] += 1

    def news_count(self, lang: str, facet: str = "", value: str = "") -> int:
        return self.counts[facet][value]

    def news_slice(self, lang: str, facet: str, value: str, number: int) -> list[Card]:
        return [Card(row) for row in self.rows[number * newsroom.SLICE : (number + 1) * newsroom.SLICE]]

    def news_values(self, lang: str, facet: str) -> list[tuple[str, int]]:
        return sorted(self.counts[facet].items())

    def of_type(self, kind: str, lang: str) -> list[Card]:
        return []

    def of_id(self, kind: str, ident: str, lang: str) -> Card | None:
        title = {"organisme": "Ministère ou organisme numéro", "theme": "Thème numéro", "personne": "Prénom Nom"}.get(kind)
        return title and Card(("", kind, lang, ident, "/", "", orjson.dumps(_card(f"{title} {ident}", "", [], {})), 1, 0, 0))


def _card(title: str, description: str, organisms: list[str], extra: dict) -> dict:
    return {"title": title, "short_title": title, "description": description, "organisms": organisms, "updated": None, "extra": extra}


def rows(count: int) -> list[tuple]:
    """Items as the inventory stores them, the oldest first."""
    rng, prose = random.Random(4), Prose(4)
    step = timedelta(days=365.25 * YEARS) / count
    weights = [1 / (rank + 3) for rank in range(len(ORGANISMS))]
    for number in range(count):
        moment = FIRST + step * number
        term = int(number / count * YEARS // 3)
        extra = {
            "moment": moment.strftime("%Y-%m-%dT%H:%M:00-05:00"), "date": moment.strftime("%Y-%m-%d %H:%M"), "lieu": rng.choice(["Québec", "Montréal", prose.place(rng)]),
            "themes": rng.sample(THEMES, rng.choice((1, 1, 2))), "ministres": [f"ministre-{term}-{rng.randrange(30)}"] if rng.random() < 0.7 else [],
            "regions": rng.sample(REGIONS, rng.choice((0, 0, 1, 1, 2))),
        }
        issuers = list(dict.fromkeys(rng.choices(ORGANISMS, weights, k=rng.choice((1, 1, 1, 2)))))
        title = f"{rng.choice(prose.clauses)} {moment.year if rng.random() < .2 else ''}".strip()
        card = _card(title[0].upper() + title[1:], prose.paragraph(rng, 2), issuers, extra)
        kind = rng.choices([*TYPES], [*TYPES.values()])[0]
        path = f"nouvelles/{moment:%Y/%m}/{kind}-{number}.md"
        yield path, kind, "fr", f"{kind}-{number}", f"/nouvelles/{moment:%Y/%m}/{kind}-{number}/", "", orjson.dumps(card), 1, 0, 0


def build(folder: Path, count: int) -> tuple[Path, Site, dict]:
    """A small site with the filter's files of the generated items. Returns its folder, the site, and seconds by sort of part."""
    small = SmallSite(folder)
    small.write("index.md", "---\ntitle: Accueil\n---\n")
    small.build()
    session = open_session(small.config, small.content, small.out, folder)
    MkDocsPress(session).environment()
    site = Site(session.settings, Generated(session.index, count), None, lambda: session)
    seconds: dict[str, list[float]] = defaultdict(list)
    publisher, stage = Publisher(small.out), NewsroomFilter()
    for part in stage.parts(site):
        if ":en" in part:
            continue
        publisher.begin({})
        begun = time.perf_counter()
        for path, data in stage.make(part, site):
            publisher.write(path, data)
        seconds[part.split(":")[0]].append(time.perf_counter() - begun)
    return small.out, site, {**seconds, "files": _sizes(small.out / newsroom.search_url("fr") / "donnees")}


def _sizes(folder: Path) -> list[int]:
    return [file.stat().st_size for file in folder.rglob("*") if file.is_file()]


NGINX = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 128; }}
http {{
  include /etc/nginx/mime.types; access_log off; sendfile on; keepalive_requests 100000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  gzip on; gzip_min_length 256; gzip_comp_level 6; gzip_types text/css application/javascript application/json application/octet-stream image/svg+xml;
  include {out}/redirections/nginx-entetes.conf;
  server {{ listen 127.0.0.1:{port}; root {out}; index index.html; include {out}/redirections/nginx-entetes-serveur.conf; }}
}}
"""

# When the results of each question are shown: the page writes how many there are on its section.
WATCH = """
document.addEventListener("readystatechange", () => {
  const section = document.querySelector("[data-resultats]");
  if (document.readyState !== "interactive" || !section) return;
  window.ready = performance.now();
  window.shown = [];
  new MutationObserver(() => window.shown.push(performance.now())).observe(section, { attributes: true, attributeFilter: ["data-nombre"] });
});
"""
NEXT = "() => new Promise((done) => { const number = shown.length; const look = () => shown.length > number ? done(shown[number]) : requestAnimationFrame(look); %s; look(); })"


class Browser:
    """Chromium, alone with an empty cache at each visit; counts what it receives."""

    def __init__(self, browser, url: str) -> None:
        self.browser, self.url = browser, url

    def visit(self, query: str):
        """Open the page with a query. Returns the tab, milliseconds to the first answer, and the bytes and requests of the page and of the data."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-CA", service_workers="block")
        tab = context.new_page()
        tab.add_init_script(WATCH)
        tab.received = received = Counter()
        sizes: dict[str, str] = {}
        wire = context.new_cdp_session(tab)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", lambda event: sizes.__setitem__(event["requestId"], event["response"]["url"]))

        def finished(event: dict) -> None:
            kind = "data" if "/donnees/" in sizes.get(event["requestId"], "") else "page"
            received[kind] += event["encodedDataLength"]
            received[f"{kind} requests"] += 1

        wire.on("Network.loadingFinished", finished)
        tab.goto(f"{self.url}{newsroom.search_url('fr')}?{query}")
        tab.wait_for_selector("[data-resultats][data-nombre]")
        first = tab.evaluate("shown[0] - ready")
        tab.wait_for_timeout(100)
        return tab, first


def queries(rng: random.Random, count: int) -> list[list[tuple[str, str]]]:
    """Questions of three filters, of sorts that people ask; the first sort is the one that the limit of bytes is about."""
    found = []
    for _ in range(count):
        organism, theme, region = ORGANISMS[int(800 * rng.random() ** 3)], rng.choice(THEMES), rng.choice(REGIONS)
        year = rng.randrange(2008, 2025)
        found += [
            [("organisme", organism), ("theme", theme), ("region", region)],
            [("organisme", organism), ("theme", theme), ("du", f"{year}-03-01"), ("au", f"{year + 1}-02-28")],
            [("theme", theme), ("region", region), ("type", "communique")],
            [("mots", rng.choice(("vaccination", "logement abordable", "aide financière aux entreprises"))), ("theme", theme), ("region", region)],
        ]
    return found


SORTS = ("organism × theme × region", "organism × theme × two years", "theme × region × type", "words × theme × region")


def measure(browser: Browser, rounds: int) -> tuple[dict, dict]:
    """First answers by sort of question, and later ones by act: milliseconds, bytes, requests."""
    first: dict[str, list] = defaultdict(list)
    later: dict[str, list] = defaultdict(list)
    rng = random.Random(5)
    for number, query in enumerate(queries(rng, rounds)):
        tab, took = browser.visit(urlencode(query))
        first[SORTS[number % len(SORTS)]].append((took, tab.received["data"], tab.received["data requests"], tab.received["page"]))
        tab.evaluate("document.querySelectorAll('form details').forEach((list) => (list.open = true))")
        tab.wait_for_timeout(100)
        for name, act in acts(rng):
            before = Counter(tab.received)
            begun = tab.evaluate("() => performance.now()")
            shown = tab.evaluate(NEXT % f"window.begun = performance.now(); {act}")
            begun = tab.evaluate("begun")
            pause = 150 if name.startswith("words") else 0
            tab.wait_for_timeout(60)
            later[name].append((shown - begun - pause, tab.received["data"] - before["data"], tab.received["data requests"] - before["data requests"]))
        tab.context.close()
    return first, later


def acts(rng: random.Random) -> list[tuple[str, str]]:
    """What a reader does next: (name, JavaScript)."""
    tick = "(([box]) => box.click())([...document.querySelectorAll('input[name=%s]')].filter((box) => box.value === '%s'))"
    word = rng.choice(("école", "programme de soutien", "hôpital", "transports en commun"))
    write = "(() => { const field = document.querySelector('input[name=mots]'); field.value = '%s'; field.dispatchEvent(new Event('input', { bubbles: true })); })()"
    return [
        ("clear all", "document.querySelector('[data-effacer]').click()"),
        ("tick a theme", tick % ("theme", rng.choice(THEMES))),
        ("tick a second organism", tick % ("organisme", rng.choice(ORGANISMS[:40]))),
        ("words", write % word),
        ("tick a type", tick % ("type", "communique")),
        ("words changed", write % (word + " région")),
    ]


def line(name: str, values: list[tuple]) -> str:
    """A row of the report: median and 95th percentile of the times, median and maximum of the bytes."""
    times = sorted(value[0] for value in values)
    late = times[min(len(times) - 1, int(len(times) * 0.95))]
    sizes = [value[1] for value in values]
    return f"| {name} | {statistics.median(times):.0f} | {late:.0f} | {statistics.median(sizes) / 1000:.1f} | {max(sizes) / 1000:.1f} | {statistics.median(value[2] for value in values):.0f} |"


def report(count: int, made: dict, first: dict, later: dict, site: Site) -> str:
    machine = describe()
    head = HEAD.format(items=count, years=YEARS, organisms=len(ORGANISMS), themes=len(THEMES), regions=len(REGIONS), types=len(TYPES),
                       ministers=len(site.index.counts["ministre"]), machine=f"{machine['processor']}, {machine['cores']} cores, {machine['system']}", load=os.getloadavg()[0])
    columns = "| | median, ms | 95th percentile, ms | median, kB | largest, kB | requests |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    pages = [value[3] for values in first.values() for value in values]
    every_first, every_later = [v for values in first.values() for v in values], [v for values in later.values() for v in values]
    sizes = made["files"]
    return "\n".join([
        head, "## First answer\n", columns, *(line(name, values) for name, values in first.items()), line("**all**", every_first),
        f"\nThe page itself, its style sheet, font and scripts: {statistics.median(pages) / 1000:.1f} kB.\n",
        "## Later answers\n", columns, *(line(name, values) for name, values in later.items()), line("**all**", every_later),
        f"\nLimits: {LIMITS['first']} ms, {LIMITS['later']} ms, {LIMITS['bytes'] / 1000:.0f} kB.\n",
        "## Making the files\n",
        "One process, one language, items already at hand (the real inventory adds the reading of its rows).\n",
        "| part | parts | median, s | all, s |\n| --- | ---: | ---: | ---: |\n" + "\n".join(
            f"| {label} | {len(made[key])} | {statistics.median(made[key]):.3f} | {sum(made[key]):.2f} |"
            for key, label in (("bloc", f"block of {BLOCK:,} items"), ("fiches", "cards of 1,000 items"), ("page", "the page"))),
        f"\n{len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB in all, median {statistics.median(sizes):.0f} bytes, largest {max(sizes):,} bytes. A new item makes one of each part again.\n",
    ])


def main() -> int:
    """Generate, serve, measure, print and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10, help="questions of each sort")
    parser.add_argument("--out", type=Path, default=BENCH / "newsroom_filter.md")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="filtres-"))
    server = None
    try:
        out, site, made = build(folder / "site", options.items)
        port = free_port()
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=folder, out=out, port=port))
        folder.chmod(0o755)
        server = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(conf), "-p", str(folder)])
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=tool.chromium(), args=list(tool.BROWSER_ARGUMENTS))
            browser = Browser(chromium, f"http://127.0.0.1:{port}/")
            browser.visit("")[0].context.close()  # the first page of a browser pays for its start
            first, later = measure(browser, options.rounds)
            chromium.close()
        text = report(options.items, made, first, later, site)
    finally:
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(folder)
    print(text)
    options.out.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
