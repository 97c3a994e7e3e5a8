"""Drupal 8: /node/12 moved to its alias, field wrappers, views with pagers, and a dump by JSON:API."""

from __future__ import annotations

import json
import uuid
from html import escape

from legacy.broken import broken
from legacy.known import slug
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "ministere-savoir", "www.ministere-savoir.exemple.quebec", "Ministère du Savoir", "ministere-education", ("education", "emploi"), news=10, offset=2,
    shared=("sante/trouver-des-soins/vaccination.md", "famille-et-personnes/aines-et-proches-aidants/soutien-proches-aidants.md"))
_VIEW = 10


def address(source: Source, number: int) -> str:
    return f"/{slug(source.topic, 20)}/{slug(source.title, 90)}"


def build(site: Site, pages: list[Known]) -> None:
    for number, page in enumerate(pages, 1):
        body = f'<div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden">{broken(page.html, number)}</div>'
        if number % 2:
            body += (f'<div class="field field--name-field-theme field--label-inline"><div class="field__label">Thème</div><div class="field__item">'
                f'<a href="/liste">{page.breadcrumb[-1]}</a></div></div>')
        site.page(site.path(page.url), _page(site, pages, page.title, f'<article class="node node--type-page node--view-mode-full">{body}</article>', page, number))
        site.moved(f"/node/{number}", site.path(page.url))
    for first in range(0, len(pages), _VIEW):
        rows = "".join(
            f'<div class="views-row"><span class="field-content"><a href="{f"/node/{first + at}" if at % 3 == 0 else site.path(page.url)}">{escape(page.title)}</a>'
                f'</span>'
            f'<div class="views-field-body">{escape(page.description)}</div></div>' for at, page in enumerate(pages[first : first + _VIEW], 1))
        pager = "".join(f'<li class="pager__item"><a href="/liste?page={at}">{at + 1}</a></li>' for at in range((len(pages) - 1) // _VIEW + 1))
        listing = f'<div class="views-element-container"><div class="view view-liste">{rows}<ul class="pager__items">{pager}</ul></div></div>'
        site.page(f"/liste?page={first // _VIEW}", _page(site, pages, "Tous les sujets", listing, None, 0))
        if not first:
            site.page("/liste", _page(site, pages, "Tous les sujets", listing, None, 0))
            site.page("/", _page(site, pages, "Accueil", listing, None, 0))
    site.exports["jsonapi.json"] = _dump(site, pages)


def _page(site: Site, pages: list[Known], title: str, content: str, page: Known | None, number: int) -> str:
    menu = "".join(
        f'<li class="menu-item"><a href="{site.path(one.url)}" data-drupal-link-system-path="node/{at}">{escape(one.title[:40])}</a></li>'
        for at, one in enumerate(pages[::6], 1))
    near = "".join(f'<li><a href="{site.path(one.url)}">{escape(one.title)}</a></li>' for one in pages[number : number + 3])
    heads = (f'<meta name="description" content="{escape(page.description)}" /><link rel="canonical" href="{page.url}" />'
        f'<link rel="shortlink" href="{site.url(f"/node/{number}")}" />'
        f'<meta property="article:published_time" content="{page.published}T09:00:00-0500" />') if page else ""
    when = f'<div class="field--name-changed">Dernière mise à jour : <time datetime="{page.modified}T12:00:00Z">{page.modified}</time></div>' if page else ""
    trail = (f'<nav class="breadcrumb" role="navigation" aria-labelledby="fil"><h2 id="fil" class="visually-hidden">Fil d’Ariane</h2><ol><li><a href="/">Accueil</a>'
        f'</li><li><a href="/liste">{page.breadcrumb[-1]}</a></li></ol></nav>') if page else ""
    return f"""<!DOCTYPE html>
<html lang="fr" dir="ltr" prefix="og: http://ogp.me/ns#"><head><meta charset="utf-8" /><meta name="Generator" content="Drupal 8 (https://www.drupal.org)" />{heads}
<title>{escape(title)} | {site.spec.title}</title><link rel="stylesheet" href="/medias/style.css" /></head>
<body class="path-node page-node-type-page"><a href="#main-content" class="visually-hidden focusable">Aller au contenu principal</a>
<div class="dialog-off-canvas-main-canvas"><div class="layout-container"><header role="banner"><div class="region region-header">
<div id="block-marque" class="block block-system-branding-block"><a href="/" rel="home"><img src="/medias/logo.png" alt="Accueil" /></a></div>
<nav role="navigation" class="block block-menu"><ul class="menu">{menu}</ul></nav></div></header>
<div class="region region-breadcrumb">{trail}</div>
<main role="main"><a id="main-content" tabindex="-1"></a><div class="layout-content"><div class="region region-content">
<div data-drupal-messages-fallback class="hidden"></div>
<div class="block block-core block-page-title-block"><h1 class="page-title"><span class="field field--name-title">{escape(title, quote=False)}</span></h1></div>
<div class="block block-system block-system-main-block">{content}{when}</div></div></div>
<aside class="layout-sidebar-second" role="complementary"><div class="block block-views"><h2>À lire aussi</h2><ul>{near}</ul></div></aside></main>
<footer role="contentinfo"><div class="region region-footer"><p>© Gouvernement</p><ul><li><a href="/liste">Plan du site</a></li></ul></div></footer></div></div>
</body></html>"""


def _dump(site: Site, pages: list[Known]) -> bytes:
    """The nodes as JSON:API gives them; one is not published."""
    nodes = []
    for number, page in enumerate(pages, 1):
        nodes.append({
            "type": "node--page", "id": str(uuid.UUID(int=number)), "links": {"self": {"href": site.url(f"/jsonapi/node/page/{uuid.UUID(int=number)}")}},
            "attributes": {
                "drupal_internal__nid": number, "langcode": "fr", "status": True, "title": page.title, "created": f"{page.published}T14:00:00+00:00",
                "changed": f"{page.modified}T12:00:00+00:00", "path": {"alias": site.path(page.url), "pid": number, "langcode": "fr"},
                "body": {"value": page.html, "format": "full_html", "processed": page.html, "summary": page.description}}})
    draft = json.loads(json.dumps(nodes[0]))
    draft["id"] = str(uuid.UUID(int=999))
    draft["attributes"] |= {"status": False, "title": "Brouillon", "drupal_internal__nid": 999, "path": {"alias": None}}
    return json.dumps({"jsonapi": {"version": "1.0"}, "data": [*nodes, draft]}, ensure_ascii=False, indent=1).encode()
