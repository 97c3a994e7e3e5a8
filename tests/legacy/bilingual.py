"""Twins /fra/ and /eng/, in the manner of Canada.ca: details, captions, footnotes, a date of modification, content that is well marked."""

from __future__ import annotations

import re
from html import escape

from legacy.known import slug
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "service-immigration", "www.service-immigration.exemple.quebec", "Service d’immigration et d’affaires", "ministere-immigration",
    ("immigration", "entreprises"), english=True, notes=True,
    shared=("tourisme-loisirs-sport/plein-air-et-parcs/securite-en-plein-air.md",))
_FOLDER = {"fr": "fra", "en": "eng"}
_WORDS = {
    "fr": ("Passer au contenu principal", "Date de modification :", "English", "À propos de ce site", "Signaler un problème sur cette page", "Accueil", "Rechercher"),
    "en": ("Skip to main content", "Date modified:", "Français", "About this site", "Report a problem on this page", "Home", "Search")}


def address(source: Source, number: int) -> str:
    return f"/{_FOLDER[source.lang]}/{slug(source.slug, 70)}.html"


def build(site: Site, pages: list[Known]) -> None:
    for number, page in enumerate(pages, 1):
        site.page(site.path(page.url), _page(site, pages, page.title, _marked(page, number), page, page.lang))
        if number % 3 == 0:
            site.moved(site.path(page.url).replace(".html", ".asp"), site.path(page.url))
    for lang, folder in _FOLDER.items():
        links = "".join(
            f'<li><h3><a href="{site.path(page.url)}">{escape(page.title)}</a></h3><p>{escape(page.description)}</p></li>'
            for page in pages if page.lang == lang)
        old = "".join(f'<li><a href="{path}">{path[5:-4]}</a></li>' for path in site.answers if path.startswith(f"/{folder}/") and path.endswith(".asp"))
        site.page(f"/{folder}/index.html", _page(site, pages, site.spec.title, f"<ul>{links}{old}</ul>", None, lang))
        site.moved(f"/{folder}/", f"/{folder}/index.html")
    site.page("/", (f'<!DOCTYPE html><html><head><title>{site.spec.title}</title></head><body class="splash">'
        f'<a href="/fra/" lang="fr">Français</a> <a href="/eng/index.html" lang="en">English</a></body></html>'))


def _marked(page: Known, number: int) -> str:
    """The content with the classes of its toolkit; one page of four folds its last section in <details>."""
    html = page.html.replace("<table>", '<div class="table-responsive"><table class="table table-striped">').replace("</table>", "</table></div>")
    html = html.replace('<div class="encadre">', '<div class="alert alert-warning">')
    cut = html.rfind("<h2>")
    if number % 4 == 0 and cut > 0 and "<section" not in html and "<aside" not in html:
        html = html[:cut] + re.sub(r"^<h2>(.*?)</h2>(.*)$", r"<details><summary><h2>\1</h2></summary>\2</details>", html[cut:], flags=re.DOTALL)
    return html


def _page(site: Site, pages: list[Known], title: str, content: str, page: Known | None, lang: str) -> str:
    words, folder = _WORDS[lang], _FOLDER[lang]
    menu = "".join(f'<li><a href="{site.path(one.url)}">{escape(one.title[:36])}</a></li>' for one in [one for one in pages if one.lang == lang][::4])
    twin = site.path(page.twin) if page and page.twin else f"/{'eng' if lang == 'fr' else 'fra'}/index.html"
    other = "en" if lang == "fr" else "fr"
    heads = (f'<meta name="description" content="{escape(page.description)}"><meta name="dcterms.modified" title="W3CDTF" content="{page.modified}">'
        f'<meta name="dcterms.issued" content="{page.published}"><meta name="dcterms.language" content="{"fra" if lang == "fr" else "eng"}">') if page else ""
    alternate = f'<link rel="alternate" hreflang="{other}" href="{page.twin}">' if page and page.twin else ""
    trail = (f'<nav id="wb-bc" property="breadcrumb"><h2 class="wb-inv">Vous êtes ici :</h2><ol class="breadcrumb"><li><a href="/{folder}/index.html">{words[5]}</a>'
        f'</li><li><a href="/{folder}/index.html">{page.breadcrumb[-1]}</a></li></ol></nav>') if page else ""
    stamp = f'<dl id="wb-dtmd"><dt>{words[1]}</dt><dd><time property="dateModified">{page.modified}</time></dd></dl>' if page else ""
    return f"""<!DOCTYPE html>
<html class="no-js" lang="{lang}" dir="ltr"><head><meta charset="utf-8">
<title>{escape(title)} - {site.spec.title}</title>{heads}{alternate}<link rel="stylesheet" href="/medias/style.css"></head>
<body vocab="http://schema.org/" typeof="WebPage"><nav><ul id="wb-tphp"><li class="wb-slc"><a class="wb-sl" href="#wb-cont">{words[0]}</a></li></ul></nav>
<header><div id="wb-bnr" class="container"><section id="wb-lng"><h2 class="wb-inv">Langue / Language</h2><ul class="list-inline"><li>
<a lang="{other}" href="{twin}">{words[2]}</a></li></ul></section>
<a href="/{folder}/index.html"><img src="/medias/logo.png" alt="{site.spec.title}"></a><section id="wb-srch"><form action="/{folder}/recherche" method="get">
<input type="search" name="q" aria-label="{words[6]}"></form></section></div>
<nav class="gcweb-menu" typeof="SiteNavigationElement"><ul role="menu">{menu}</ul></nav>{trail}</header>
<main property="mainContentOfPage" resource="#wb-main" typeof="WebPageElement" class="container"><h1 property="name" id="wb-cont">{escape(title, quote=False)}</h1>
{content}
<div class="pagedetails"><details class="brdr-0"><summary class="btn btn-default">{words[4]}</summary><form><button>{words[4]}</button></form></details>{stamp}</div>
</main>
<footer id="wb-info"><nav><h2>{words[3]}</h2><ul><li><a href="/{folder}/index.html">{words[5]}</a></li></ul></nav></footer></body></html>"""
