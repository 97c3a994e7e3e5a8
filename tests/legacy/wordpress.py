"""WordPress 4: a theme with widgets, archives of categories and tags, comments, ?p= addresses, and its WXR export."""

from __future__ import annotations

from html import escape

from legacy.broken import broken
from legacy.known import said, slug
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "office-tourisme", "www.office-tourisme.exemple.quebec", "Office du tourisme et de la culture", "office-tourisme", ("tourisme-loisirs-sport", "culture"),
    news=14, offset=4, parameters=("p", "page_id"), shared=("agriculture-environnement-ressources/environnement-et-nature/animal-sauvage-blesse.md",))


def address(source: Source, number: int) -> str:
    name = slug(source.title, 90)
    return f"/{source.published[:4]}/{source.published[5:7]}/{name}/" if source.topic == "nouvelles" else f"/{slug(source.topic, 12)}/{name}/"


def build(site: Site, pages: list[Known]) -> None:
    for number, page in enumerate(pages, 1):
        site.page(site.path(page.url), _page(site, pages, page.title, _entry(page, number), page))
        site.moved(f"/?p={number}", site.path(page.url))
        site.moved(site.path(page.url).rstrip("/"), site.path(page.url))
    for kind, names in (("category", sorted({page.breadcrumb[-1] for page in pages})), ("tag", ["Été", "Hiver"])):
        for at, name in enumerate(names):
            held = [page for page in pages if page.breadcrumb[-1] == name] if kind == "category" else pages[at::5]
            site.page(f"/{kind}/{slug(name)}/", _page(site, pages, f"Archives : {name}", _listing(site, held), None))
    site.page("/", _page(site, pages, "Accueil", _listing(site, pages), None))
    site.exports["wordpress.xml"] = _wxr(site, pages)


def _listing(site: Site, pages: list[Known]) -> str:
    return "".join(
        f'<article class="post hentry"><h2 class="entry-title"><a href="{page.url}" rel="bookmark">{escape(page.title)}</a></h2><div class="entry-summary">'
        f'<p>{escape(page.description)}'
        f'<a class="more-link" href="{page.url}">Lire la suite</a></p></div></article>' for page in pages)


def _entry(page: Known, number: int) -> str:
    share = ('<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Partager :</h3><ul><li>'
        '<a href="https://social.example/partage">Cliquez pour partager</a></li></ul></div>')
    comments = ""
    if number % 3 == 0:
        comments = ('<div id="comments" class="comments-area"><h2 class="comments-title">2 réflexions</h2><ol class="comment-list"><li class="comment">'
            '<p>Merci pour ces renseignements, très utiles pour nos vacances en famille !</p></li><li class="comment">'
            '<p>Est-ce que les chiens sont permis ? Je n’ai pas trouvé.</p></li></ol></div>')
    category = f'<a href="/category/{slug(page.breadcrumb[-1])}/" rel="category tag">{page.breadcrumb[-1]}</a>'
    return f"""<article id="post-{number}" class="post-{number} post type-post status-publish hentry">
<header class="entry-header"><h1 class="entry-title">{escape(page.title, quote=False)}</h1><div class="entry-meta"><span class="posted-on">Publié le
<time class="entry-date published" datetime="{page.published}T08:00:00-05:00">{said(page.published)}</time>
<time class="updated" datetime="{page.modified}T08:00:00-05:00">Dernière mise à jour : {said(page.modified)}</time></span></div></header>
<div class="entry-content">
{broken(page.html, number)}{share}</div><footer class="entry-footer"><span class="cat-links">{category}</span></footer></article>{comments}"""


def _page(site: Site, pages: list[Known], title: str, content: str, page: Known | None) -> str:
    items = "".join(f'<li class="menu-item menu-item-type-post_type"><a href="{one.url}">{escape(one.title[:36])}</a></li>' for one in pages[::5])
    recent = "".join(f'<li><a href="{site.path(one.url)}">{escape(one.title)}</a></li>' for one in pages[-5:])
    categories = "".join(f'<li class="cat-item"><a href="/category/{slug(name)}/">{name}</a></li>' for name in sorted({one.breadcrumb[-1] for one in pages}))
    heads = (f'<link rel="canonical" href="{page.url}" /><link rel="shortlink" href="{site.url(f"/?p={pages.index(page) + 1}")}" />'
        f'<meta property="og:title" content="{escape(page.title)}" /><meta property="og:description" content="{escape(page.description)}" />'
        f'<meta property="article:published_time" content="{page.published}T08:00:00-05:00" />'
        f'<meta property="article:modified_time" content="{page.modified}T08:00:00-05:00" />') if page else ""
    trail = (
        f'<div class="breadcrumbs" typeof="BreadcrumbList"><a href="/">Accueil</a> &rsaquo; <a href="/category/{slug(page.breadcrumb[-1])}/">'
        f'{page.breadcrumb[-1]}</a> &rsaquo; <span>{escape(title)}</span></div>') if page else ""
    old = f'<a href="/?p={pages.index(page) % 5 + 1}">Lien court</a>' if page else ""
    return f"""<!DOCTYPE html>
<html lang="fr-FR" class="no-js"><head><meta charset="UTF-8"><meta name="generator" content="WordPress 4.9.8" />
<title>{escape(title)} &#8211; {site.spec.title}</title>{heads}
<link rel='stylesheet' href='/medias/style.css?ver=4.9.8' type='text/css' /><style>img.wp-smiley {{ border: none }}</style></head>
<body class="{"single single-post" if page else "archive"}"><div id="page" class="site"><a class="skip-link screen-reader-text" href="#content">Aller au contenu</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/" rel="home"><img src="/medias/logo.png" alt="">{site.spec.title}</a></p>
<nav id="site-navigation" class="main-navigation"><ul class="primary-menu">{items}</ul></nav></header>
{trail}
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main" role="main">{content}</main></div>
<aside id="secondary" class="sidebar widget-area"><section class="widget widget_search"><form role="search" method="get" action="/"><input type="search" name="s" />
</form></section>
<section class="widget widget_recent_entries"><h2 class="widget-title">Articles récents</h2><ul>{recent}</ul></section><section class="widget widget_categories">
<h2>Catégories</h2><ul>{categories}</ul></section>
<section class="widget widget_tag_cloud"><div class="tagcloud">
<a href="/tag/ete/" style="font-size: 22pt;">Été</a> <a href="/tag/hiver/" style="font-size: 8pt;">Hiver</a></div></section></aside></div>
<footer id="colophon" class="site-footer"><div class="site-info">{old} © Gouvernement. Fièrement propulsé par WordPress</div></footer></div></body></html>"""


def _wxr(site: Site, pages: list[Known]) -> bytes:
    """The export, as Tools → Export writes it; a draft and an attachment come with it."""
    items = [
        _item(page.title, page.url, page.html, page.description, number, "publish", "post" if "Nouvelles" in page.breadcrumb else "page", page)
        for number, page in enumerate(pages, 1)]
    items.append(_item("Brouillon", site.url("/?p=990"), "<p>À finir.</p>", "", 990, "draft", "post", pages[0]))
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>{site.spec.title}</title><link>{site.url("")}</link><language>fr-FR</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{site.url("")}</wp:base_site_url>
{"".join(items)}</channel></rss>
""".encode()


def _item(title: str, link: str, html: str, excerpt: str, number: int, status: str, kind: str, page: Known) -> str:
    return f"""<item><title>{escape(title, quote=False)}</title><link>{link}</link><dc:creator><![CDATA[redaction]]></dc:creator>
<content:encoded><![CDATA[{html}]]></content:encoded><excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date><![CDATA[{page.published} 08:00:00]]></wp:post_date><wp:post_date_gmt><![CDATA[{page.published} 13:00:00]]></wp:post_date_gmt>
<wp:post_modified_gmt><![CDATA[{page.modified} 13:00:00]]></wp:post_modified_gmt><wp:status><![CDATA[{status}]]></wp:status><wp:post_parent>0</wp:post_parent>
<wp:post_type><![CDATA[{kind}]]></wp:post_type><category domain="category" nicename="{slug(page.breadcrumb[-1])}"><![CDATA[{page.breadcrumb[-1]}]]></category></item>
"""
