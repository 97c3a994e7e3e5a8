"""Pictures of the site for people to look at: some pages, on a phone and on a large screen, in the light palette, the dark one and forced
colours. Builds the sample unless it is given the address of a site; writes PNG files and a contact sheet.

    make ecrans
    .venv/bin/python bench/screens.py --out ecrans --pages / /sante/ --url http://127.0.0.1:8000
"""

from __future__ import annotations

import argparse
import html
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

from fleuve.audit.loopback import served
from fleuve.command import main as fleuve
from fleuve.slug import slugify
from fleuve.typography import space

ROOT = Path(__file__).resolve().parent.parent
# A day on which the sample has an emergency notice; the same day gives the same pictures.
DAY = "2026-10-15T12:00"
PAGES = {
    "accueil": "/",
    "theme": "/sante/",
    "service": "/justice-etat-civil/etat-civil/certificat-de-naissance/",
    "page": "/justice-etat-civil/etat-civil/declarer-une-naissance/",
    "partie-de-guide": "/justice-etat-civil/separation-et-divorce/la-mediation-familiale/",
    "etapes": "/evenements-de-vie/preparer-sa-retraite/",
    "organisme": "/organismes/ministere-sante/",
    "publication": "/gouvernement/publications/politique-logement/",
    "formulaire": "/gouvernement/participer-et-s-informer/ecrire-une-demande-d-acces/",
    "de-a-a-z": "/en/services/",
    "composants": "/systeme-de-design/composants/",
    "introuvable": "/404.html",
}
DEVICES = {"telephone": (360, 800), "ordinateur": (1280, 900)}
PALETTES = {
    "clair": {"color_scheme": "light"},
    "sombre": {"color_scheme": "dark"},
    "force": {"color_scheme": "light", "forced_colors": "active"},
}
LABELS = {"telephone": "téléphone, 360 pixels", "ordinateur": "ordinateur, 1280 pixels", "clair": "palette claire", "sombre": "palette sombre", "force": "couleurs forcées"}
# Chromium draws no taller picture in one piece; what is below is not shown.
TALLEST = 12_000
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


def main(arguments: list[str] | None = None) -> int:
    """Make the pictures. Returns 0, or 2 when a page or Chromium is not there."""
    options = parser().parse_args(arguments)
    path = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if path is None:
        return _fail("Chromium n’est pas installé (apt-get install chromium).")
    pages = {_name(address): address for address in options.pages} if options.pages else PAGES
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with site(options.url) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            pictures = list(shoot(browser, url, pages, options.out))
            browser.close()
    except (Error, OSError) as error:
        return _fail(str(error).splitlines()[0])
    (options.out / "index.html").write_text(contact_sheet(pages, pictures), "utf-8")
    print(space(f"{len(pictures)} images : {options.out / 'index.html'}"))
    return 0


def parser() -> argparse.ArgumentParser:
    """The options, in French."""
    root = argparse.ArgumentParser(prog="bench/screens.py", usage=argparse.SUPPRESS, description="Photographie des pages du site, pour qu’on les regarde.", add_help=False)
    root.add_argument("-h", "--help", action="help", help="affiche cette aide")
    root.add_argument("--out", type=Path, default=ROOT / ".bench" / "ecrans", metavar="DOSSIER", help="dossier des images (.bench/ecrans/)")
    root.add_argument("--pages", nargs="+", metavar="ADRESSE", help="adresses des pages, depuis la racine du site (douze pages de l’exemple)")
    root.add_argument("--url", metavar="URL", help="site déjà servi, au lieu de construire l’exemple")
    root._optionals.title = "options"
    return root


@contextmanager
def site(url: str | None) -> Iterator[str]:
    """The address of the site, without its last slash: the one given, or the sample, built and served."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="fleuve-ecrans-") as folder:
        out = Path(folder) / "public"
        code = fleuve(["build", "--out", str(out), "--cache", str(Path(folder) / "memoire"), "--now", DAY])
        if code:
            raise OSError("Le site d’exemple n’a pas pu être construit sans erreur.")
        with served(out) as home:
            yield home.rstrip("/")


def shoot(browser: Browser, url: str, pages: dict[str, str], out: Path) -> Iterator[tuple[str, str, str, str]]:
    """Write the pictures; gives (page, device, palette, file) of each. Raises OSError for a page that is not there."""
    for device, (width, height) in DEVICES.items():
        for palette, media in PALETTES.items():
            # No service worker: what one picture keeps must not show in the next.
            context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-CA", reduced_motion="reduce", service_workers="block", **media)
            tab = context.new_page()
            for name, address in pages.items():
                answer = tab.goto(url + address)
                if answer is None or answer.status >= 400:
                    raise OSError(f"La page {address} n’existe pas.")
                file = f"{name}-{device}-{palette}.png"
                _shoot(tab, out / file, width)
                yield name, device, palette, file
            context.close()


def _shoot(tab: Page, file: Path, width: int) -> None:
    tab.evaluate("() => document.fonts.ready")
    tall = tab.evaluate("() => document.documentElement.scrollHeight")
    tab.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(tall, TALLEST)})


def _name(address: str) -> str:
    return slugify(address.strip("/").replace("/", " ")) or "accueil"


def contact_sheet(pages: dict[str, str], pictures: list[tuple[str, str, str, str]]) -> str:
    """One HTML page with all pictures, by page."""
    parts = []
    for name, address in pages.items():
        figures = "".join(
            f'<figure><a href="{file}"><img src="{file}" alt="{name}, {LABELS[device]}, {LABELS[palette]}" loading="lazy"></a>'
            f"<figcaption>{LABELS[device]}, {LABELS[palette]}</figcaption></figure>\n"
            for page, device, palette, file in pictures if page == name
        )
        parts.append(f'<section><h2>{html.escape(name)} <small>{html.escape(address)}</small></h2>\n<div>{figures}</div></section>\n')
    return _SHEET.replace("PAGES", "".join(parts)).replace("NOMBRE", str(len(pictures)))


_SHEET = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Écrans du site</title>
<style>
body { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; background: #fff; color: #12262d; }
section > div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }
figure { margin: 0; }
img { display: block; width: auto; height: 36rem; max-width: 30rem; object-fit: cover; object-position: top; border: 1px solid #5c757c; }
small { font-weight: 400; font-size: 1rem; }
</style></head><body>
<h1>Écrans du site</h1>
<p>NOMBRE images. Chacune mène à l’image entière.</p>
PAGES</body></html>
"""


def _fail(message: str) -> int:
    print(space(f"bench/screens.py : {message}"), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
