"""TYPO3 4: index.php?id=12&L=0, English by L=1, a print version by type=98, numbered content elements."""

from __future__ import annotations

from html import escape

from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "agence-territoire", "www.agence-territoire.exemple.quebec", "Agence du territoire", "ministere-environnement",
    ("agriculture-environnement-ressources", "habitation-territoire"),
    news=4, offset=3, dated=False, parameters=("id", "L"), english=True)

_WORDS = {
    "fr": ("Dernière mise à jour :", "Version imprimable", "Nouvelles de l’Agence", "Abonnez-vous à notre infolettre mensuelle."),
    "en": ("Last updated:", "Printer version", "Agency news", "Subscribe to our monthly newsletter.")}


def address(source: Source, number: int) -> str:
    """The French and English pages of one subject have the same id; the English one comes just after."""
    english = source.lang == "en"
    return f"/index.php?id={10 + 3 * (number - english)}&L={int(english)}"


def build(site: Site, pages: list[Known]) -> None:
    for number, page in enumerate(pages, 1):
        path = site.path(page.url)
        site.page(path, _page(site, pages, page.title, _elements(page, number), page, number))
        site.page(f"{path}&type=98", (f'<html lang="{page.lang}"><head><title>{escape(page.title)}</title><meta name="robots" content="noindex"></head>'
            f'<body onload="window.print()"><p>{site.spec.title}</p><h1>{escape(page.title)}</h1>{page.html}</body></html>'))
        site.variants[f"{page.url}&type=98"] = page.url
        if page.lang == "fr":
            site.moved(path.partition("&")[0], path)
    for lang in ("fr", "en"):
        links = "".join(f'<li><a href="{escape(site.path(page.url))}">{escape(page.title)}</a></li>' for page in pages if page.lang == lang)
        menu = f'<div class="csc-menu csc-menu-2"><ul>{links}</ul></div>'
        site.page(f"/index.php?id=1&L={int(lang == 'en')}", _page(site, pages, site.spec.title, menu, None, 0, lang))
    site.moved("/", "/index.php?id=1&L=0", 302)


def _elements(page: Known, number: int) -> str:
    """The content, cut at its headings into the elements of the editor; some of them are not closed."""
    first, *others = page.html.split("<h2>")
    parts = [f'<div id="c{number}" class="csc-default"><div class="csc-text">{first}</div></div>']
    for at, part in enumerate(others, 1):
        heading, _, rest = part.partition("</h2>")
        parts.append((f'<div id="c{number}{at:02}" class="csc-default"><div class="csc-header csc-header-n{at}"><h2>{heading}</h2></div>'
            f'<div class="csc-text">{rest.replace("<table>", chr(60) + "table class=contenttable summary>")}</div></div>'))
    return "".join(parts).replace("</p>", "", 2 if number % 3 == 0 else 0)


def _page(site: Site, pages: list[Known], title: str, content: str, page: Known | None, number: int, lang: str = "fr") -> str:
    lang = page.lang if page else lang
    home = f"/index.php?id=1&amp;L={int(lang == 'en')}"
    same = [one for one in pages if one.lang == lang]
    menu = "".join(f'<li class="no"><a href="{escape(site.path(one.url))}" onfocus="blurLink(this);">{escape(one.title[:34])}</a></li>' for one in same[::3])
    there = escape(site.path(page.twin)) if page and page.twin else f"/index.php?id=1&amp;L={int(lang == 'fr')}"
    other = f'<a href="{there}" hreflang="{"fr" if lang == "en" else "en"}">{"Français" if lang == "en" else "English"}</a>'
    trail = f'<div id="rootline"><a href="{home}">{page.breadcrumb[0]}</a>&nbsp;&gt;&nbsp;{page.breadcrumb[-1]}</div>' if page else ""
    words = _WORDS[lang]
    tools = f'<div class="tools"><a href="{escape(site.path(page.url))}&amp;type=98" rel="nofollow" target="_blank">{words[1]}</a></div>' if page and number % 2 else ""
    stamp = f'<p class="maj">{words[0]} {page.modified[8:]}.{page.modified[5:7]}.{page.modified[:4]}</p>' if page else ""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xml:lang="{lang}" lang="{lang}" xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<!-- This website is powered by TYPO3 - inspiring people to share! --><title>{site.spec.title}: {escape(title)}</title>
<meta name="generator" content="TYPO3 4.5 CMS" />
<meta name="description" content="{escape(page.description if page else "")}" /><link rel="stylesheet" href="/medias/style.css" /></head>
<body><div id="wrap"><div id="header"><a href="{home}"><img src="/medias/logo.png" width="48" height="32" alt="" border="0" /></a><div id="lang">{other}</div></div>
<div id="nav"><ul>{menu}</ul></div>{trail}<div id="main"><!--TYPO3SEARCH_begin-->
<h1>{escape(title, quote=False)}</h1>{content}<!--TYPO3SEARCH_end-->{tools}{stamp}</div>
<div id="right"><h3>{words[2]}</h3><p>{words[3]}</p></div><div id="footer">© Gouvernement | <a href="{home}">{site.spec.title}</a></div></div></body></html>"""
