"""The page that an old site shows where nothing replaces one of its own: in the name of the organism, in both languages, with a link to the archive.

It stands alone: no other file, no script, no third party. Its colours and measures are the tokens of the theme.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path

from migration.recipe import Recipe

THEME = Path(__file__).resolve().parent.parent / "themes/fleuve/css/fleuve.css"
# nginx and Apache both put there what was asked, escaped; the name is Apache's, and nginx has no capitals in its own.
ASKED = '<!--#echo encoding="entity" var="REQUEST_URI" -->'

_ROOT = re.compile(r":root \{(.*?)\}", re.DOTALL)
_TOKEN = re.compile(r"(--[a-z0-9-]+):\s*([^;]+);")
_WORDS = {
    410: {
        "fr": ("Cette page a été retirée", "Le site «\u00a0{name}\u00a0» a fermé. Cette page n’a pas été reprise, car rien ne la remplace.",
               "Lire cette page dans les archives", "Aller au nouveau site"),
        "en": ("This page has been removed", "The “{name}” website has closed. This page was not carried over, because nothing replaces it.",
               "Read this page in the archives", "Go to the new website"),
    },
    404: {
        "fr": ("Cette page n’est plus ici",
               "Le site «\u00a0{name}\u00a0» a fermé et ses pages sont en cours de déplacement. Nous n’avons pas de nouvelle adresse pour celle-ci.",
               "Chercher cette page dans les archives", "Aller au nouveau site"),
        "en": ("This page is no longer here", "The “{name}” website has closed and its pages are being moved. We have no new address for this one.",
               "Look for this page in the archives", "Go to the new website"),
    },
}
_STYLE = """\
*{box-sizing:border-box}
body{margin:0;background:var(--papier);color:var(--encre);font:var(--taille-2)/1.6 var(--police)}
header{background:var(--profond);color:var(--sur-profond);padding:var(--espace-5) var(--marge);font-weight:700}
main{max-width:var(--mesure);margin:0 auto;padding:var(--espace-6) var(--marge)}
section+section{margin-top:var(--espace-6);padding-top:var(--espace-5);border-top:1px solid var(--trait)}
h1,h2{margin:0 0 var(--espace-4);font-size:var(--taille-6);line-height:1.2}
h2{font-size:var(--taille-5)}
ul{padding:0;list-style:none}
a{display:inline-block;min-height:var(--cible);padding:var(--espace-2) 0;color:var(--lien)}
a:focus-visible{outline:3px solid var(--contour);outline-offset:2px;background:var(--halo)}"""
_PAGE = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title} – {name}</title>
<style>
{style}
</style>
</head>
<body>
<header>{name}</header>
<main>
{sections}
</main>
</body>
</html>
"""


def page(recipe: Recipe, status: int, site_url: str, asked: bool) -> bytes:
    """Return the page of one old site for a status, 410 or 404 (not decided yet).

    `site_url` is the new site's. With `asked`, the link to the archive names the page that was asked for, by a server-side include; without, it
    leads to the archive of the old site's home page. Without an archive in the recipe there is no such link.
    """
    first = "en" if recipe.lang.startswith("en") else "fr"
    languages = (first, "fr" if first == "en" else "en")
    name = recipe.title or recipe.organism or (recipe.hosts[0] if recipe.hosts else recipe.name)
    sections = "\n".join(_section(recipe, name, status, lang, "h1" if lang == first else "h2", site_url, asked) for lang in languages)
    return _PAGE.format(lang=first, title=escape(_WORDS[status][first][0]), name=escape(name), style=_style(), sections=sections).encode()


def _section(recipe: Recipe, name: str, status: int, lang: str, heading: str, site_url: str, asked: bool) -> str:
    title, text, archived, onward = _WORDS[status][lang]
    links = [f'<li><a href="{escape(site_url)}">{escape(onward)}</a></li>']
    if recipe.archive and recipe.hosts:
        links.insert(0, f'<li><a href="{_archived(recipe, asked)}" rel="nofollow">{escape(archived)}</a></li>')
    return (f'<section lang="{lang}">\n<{heading}>{escape(title)}</{heading}>\n<p>{escape(text.format(name=name))}</p>\n'
            f"<ul>\n{chr(10).join(links)}\n</ul>\n</section>")


def _archived(recipe: Recipe, asked: bool) -> str:
    before, _, after = recipe.archive.partition("{url}")
    return escape(f"{before}http://{recipe.hosts[0]}") + (ASKED if asked else "/") + escape(after)


@lru_cache(1)
def _style() -> str:
    """The style of the page, with those tokens of the theme that it uses, light and dark."""
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", _STYLE))
    blocks = _ROOT.findall(THEME.read_text(encoding="utf-8"))[:2]
    light, dark = ("".join(f"{name}:{value.strip()};" for name, value in _TOKEN.findall(block) if name in used) for block in blocks)
    return f":root{{color-scheme:light dark;{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{_STYLE}"
