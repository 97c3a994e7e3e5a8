"""Fixtures of the tests that look at built pages: the sample site and a showcase, served over HTTP, and Debian's Chromium.

The showcase is a small site with what the sample may not have on a given day: every component of the theme, three emergency
notices at once, a retired page, a service that is interrupted.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import random
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site, run

from fleuve.component import load

# `make test` installs everything, and then nothing may be skipped.
REQUIRED = os.environ.get("FLEUVE_TOOLS") == "required"
# A day on which the sample has an emergency notice.
DAY = "2026-10-15T12:00"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
MEDIA = {"guide-eleve.pdf": b"%PDF-1.4\n", "formulaire.mp4": b"\0" * 2048, "formulaire.vtt": b"WEBVTT\n"}


def missing(reason: str) -> None:
    """A tool is not there: the test is skipped, unless everything was to be installed."""
    if REQUIRED:
        pytest.fail(f"{reason} `make test` installs it.")
    pytest.skip(f"{reason} `make test` installs it.")


def chromium_path() -> str:
    """Debian's Chromium, or another that is installed. Skips the test when there is none."""
    names = (os.environ.get("FLEUVE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    return found or missing("Chromium is not installed.")


def npm_tool(path: str) -> Path:
    """A file of node_modules/. Skips the test when it is not there."""
    file = ROOT / "node_modules" / path
    return file if file.exists() else missing(f"The npm package of {path} is not installed.")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files as a real host serves them: the site's own 404 page, nothing said on the terminal."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the page of the site, in the language of the address."""
        page = Path(self.directory) / ("en/404.html" if self.path.startswith("/en/") else "404.html")
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@dataclass(frozen=True)
class Page:
    """A page of a served site. kind: its content type, « site » for a generated one. html: its text."""

    url: str
    address: str
    kind: str
    lang: str
    html: str

    @property
    def soup(self) -> BeautifulSoup:
        """The page, parsed."""
        return BeautifulSoup(self.html, "html.parser")


class Served:
    """A built site at `url` (without a final slash); `pages`: all of them by address, redirects left out."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.pages = {page.address: page for page in self._read()}

    def _read(self) -> Iterator[Page]:
        for file in sorted(self.folder.rglob("index.html")):
            html = file.read_text("utf-8")
            parts = file.relative_to(self.folder).parent.as_posix()
            address = "/" if parts == "." else f"/{parts}/"
            kind = html.partition('<body class="type-')[2].partition('"')[0]
            if kind:
                yield Page(self.url + address, address, kind, html.partition('<html lang="')[2][:2], html)

    def of_kind(self, kind: str) -> list[Page]:
        """All pages of a type."""
        return [page for page in self.pages.values() if page.kind == kind]

    def one_of_each(self) -> list[Page]:
        """One page of each type in each language, the richest, and the home pages."""
        best: dict[tuple[str, str], Page] = {}
        for page in self.pages.values():
            key = (page.kind, page.lang)
            if key not in best or len(page.html) > len(best[key].html):
                best[key] = page
        homes = [page for page in self.pages.values() if page.address in ("/", "/en/")]
        return list(dict.fromkeys([*homes, *best.values()]))

    def some(self, number: int, seed: int = 2) -> list[Page]:
        """Pages taken at random, the same at each run."""
        pages = list(self.pages.values())
        return random.Random(seed).sample(pages, min(number, len(pages)))


def _serve(folder: Path) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample site of this project, built and served."""
    folder = tmp_path_factory.mktemp("exemple")
    result = run("build", "--out", str(folder / "public"), "--cache", str(folder / "memoire"), "--now", DAY, "--json")
    assert result.code == 0, json.dumps(result.problems()[:10], ensure_ascii=False, indent=1) + result.said
    server = _serve(folder / "public")
    yield Served(folder / "public", f"http://127.0.0.1:{server.server_port}")
    server.shutdown()


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Every component and every state of a page that needs a notice, built and served."""
    site = Site(tmp_path_factory.mktemp("vitrine"))
    _write_showcase(site)
    result = site.build(now=DAY)
    assert result.code == 0, json.dumps(result.problems(), ensure_ascii=False, indent=1) + result.said
    server = _serve(site.out)
    yield Served(site.out, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()


def _write_showcase(site: Site) -> None:
    examples = "\n\n".join(f"## {name.capitalize()}\n\n{one.description}\n\n{one.example}" for name, one in load(ROOT / "themes" / "fleuve").items())
    for name, data in MEDIA.items():
        site.write(f"vitrine/{name}", data)
    for name in ("vaccination", "vitrine/don-organes", "vitrine/guide-eleve", "sante"):
        site.write(f"{name}.md", f"---\ntitle: Page {name.rpartition('/')[2]}\ndescription: Une page où mènent les exemples.\n---\nDu texte.\n")
    for path, text in SHOWCASE.items():
        site.write(path, text.replace("EXEMPLES", examples))


SHOWCASE = {
    "index.md": "---\ntitle: Vitrine\ndescription: Tous les composants et tous les avis.\n---\n",
    "vitrine/index.md": "---\ntype: theme\ntitle: Composants\ndescription: Tous, sur une page.\n---\n",
    "vitrine/composants.md": """---
title: Tous les composants
description: Chacun avec son exemple.
date: 2026-05-04
mise_a_jour: 2026-06-01
organismes: [secretariat]
modifications:
  - {date: 2026-06-01, note: Nouveaux exemples., portee: majeure}
contact: {organisme: secretariat, telephone: 418 555-0123, courriel: info@services.gouv.exemple.quebec}
voir_aussi: [sante.md]
---
EXEMPLES

## Le texte courant

Le mot [open data]{lang=en}, une note[^1], du ~~texte barré~~ et un `code`.

Terme
: Sa définition.

> Une citation.

> [!NOTE]
> Une remarque.

> [!TIP]
> Un conseil.

> [!IMPORTANT]
> Un point important.

> [!WARNING]
> Un avertissement.

> [!CAUTION]
> Un danger.

| Région | Délai |
| --- | ---: |
| Estrie | 10 jours |

1. Un
2. Deux
   - et demi

### Un sous-titre

[^1]: Le texte de la note.
""",
    "vitrine/retiree.md": """---
title: Page retirée
description: Elle n’est plus à jour.
retire: {date: 2026-01-01, raison: Le programme a pris fin., remplace_par: sante.md}
---
Du texte.
""",
    "vitrine/service.md": """---
type: service
title: Service interrompu
description: Fermé pour entretien.
organismes: [secretariat]
introduction: Demandez votre carte.
lien_service: {url: "https://services.gouv.exemple.quebec/carte", texte: Demander la carte}
interruption: {debut: 2026-10-14, fin: 2026-10-16, message: Le service est fermé pour entretien.}
autres_facons:
  - {mode: telephone, texte: "Appelez au 418 555-0123."}
  - {mode: comptoir, texte: "92, 2e Rue Ouest, à Rimouski."}
  - {mode: poste, texte: "Case postale 12, Québec."}
  - {mode: courriel, texte: "info@services.gouv.exemple.quebec"}
  - {mode: telecopieur, texte: "418 555-0124"}
---
""",
    "organismes/secretariat.md": """---
type: organisme
title: Secrétariat d’essai
description: Il sert aux essais.
sigle: SE
nature: secretariat
statut: actif
---
""",
    **{
        f"_urgences/{level}.md": f"---\ntype: urgence\ntitle: Avis de niveau {level}\nniveau: {level}\nmessage: Suivez les **consignes**.\ndebut: 2026-10-01\nlien: sante.md\n---\n"
        for level in ("information", "avertissement", "danger")
    },
}


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Iterator:
    """visit(url, **options of a browser context): a new tab on a page, alone in its context; Playwright's Page."""
    contexts = []

    def opened(url: str, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "fr-CA", **options})
        contexts.append(context)
        tab = context.new_page()
        tab.goto(url)
        return tab

    yield opened
    for context in contexts:
        context.close()
