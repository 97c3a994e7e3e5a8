"""A blog of the Web 2.0: dated permalinks, comments, a tag cloud, share widgets, jQuery accordions that hold the content."""

from __future__ import annotations

import re
from html import escape

from legacy.broken import broken
from legacy.known import said, slug
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "carrefour-vie", "blogue.carrefour-vie.exemple.quebec", "Le blogue du Carrefour", "secretariat-communication", ("evenements-de-vie",), news=20, offset=6,
    shared=("culture/patrimoine-et-lecture/retrouver-ses-ancetres.md", "sante/trouver-des-soins/vaccination.md"), charset="")
_COMMENTS = (("Lise", "Bravo pour ce billet ! Je l’ai envoyé à ma sœur."), ("Réal", "Et pour ceux qui n’ont pas Internet à la maison ?"))
_TAGS = ("aînés", "famille", "logement", "web")


def address(source: Source, number: int) -> str:
    return f"/{source.published.replace('-', '/')}/{slug(source.title, 90)}.html"


def build(site: Site, pages: list[Known]) -> None:
    for number, page in enumerate(pages, 1):
        site.page(site.path(page.url), _page(site, pages, page.title, _post(page, number), page))
        site.moved(f"/archives/{number:06}.php", site.path(page.url), 302 if number % 2 else 301)
    site.page("/", _page(site, pages, "Accueil", "".join((f'<div class="billet"><h2><a href="{site.path(page.url)}">{escape(page.title)}</a></h2>'
        f'<p>{escape(page.description)}</p></div>') for page in pages), None))
    for at, tag in enumerate(_TAGS):
        site.page(f"/tags/{slug(tag)}", _page(site, pages, f"Billets : {tag}", "<ul>" + "".join((f'<li><a href="/archives/{number:06}.php">{escape(page.title)}</a>'
            f'</li>') for number, page in enumerate(pages, 1) if number % 4 == at) + "</ul>", None))


def _post(page: Known, number: int) -> str:
    html = broken(page.html, number)
    if number % 2 == 0:
        panel = r'<h2 class="ui-accordion-header"><a href="#">\1</a></h2><div class="ui-accordion-content" style="display:none">\2</div>'
        # Each section in a panel that the script opens; closed ones are hidden by a style, and are content all the same.
        html = re.sub(r"<h2>(.*?)</h2>(.*?)(?=<h2>|$)", panel, html, flags=re.DOTALL)
        html = f'<div id="accordeon{number}" class="accordion">{html}</div><script>$(function() {{ $("#accordeon{number}").accordion(); }});</script>'
    comments = "".join(
        f'<li id="comment-{number}{at}" class="comment"><img src="/medias/logo.png" alt="avatar" class="avatar"><cite>{name}</cite> a écrit : <blockquote>'
        f'<p>{words}</p></blockquote></li>'
        for at, (name, words) in enumerate(_COMMENTS[: number % 3]))
    return f"""<div class="post"><h1 class="titre">{escape(page.title, quote=False)}</h1>
<div class="date">Par la rédaction, le {said(page.published)} | <a href="#comments">{number % 3} commentaires</a></div>
<div class="texte">{html}</div><div class="addthis_toolbox">
<a class="addthis_button_facebook" href="https://social.example/f">Partager</a> <a href="https://social.example/t">Gazouiller</a><g:plusone></g:plusone></div>
<p class="tags">Mots-clés : <a href="/tags/{slug(_TAGS[number % 4])}" rel="tag">{_TAGS[number % 4]}</a></p><p class="maj">Dernière mise à jour : {page.modified}</p>
</div>
<div id="comments"><h3>Commentaires</h3><ol class="commentlist">{comments}</ol><form action="/commenter" method="post"><p><label>Votre nom <input name="nom"></label>
</p><textarea name="texte"></textarea><input type="submit"></form></div>"""


def _page(site: Site, pages: list[Known], title: str, content: str, page: Known | None) -> str:
    cloud = " ".join(f'<a href="/tags/{slug(tag)}" style="font-size: {90 + 30 * at}%">{tag}</a>' for at, tag in enumerate(_TAGS))
    recent = "".join(f'<li><a href="{site.path(one.url)}">{escape(one.title)}</a></li>' for one in pages[:6])
    trail = f'<div class="fil">Vous êtes ici : <a href="/">{page.breadcrumb[0]}</a> » <a href="/">{page.breadcrumb[-1]}</a></div>' if page else ""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"><title>{escape(title)} « {site.spec.title}</title>
<link rel="alternate" type="application/rss+xml" href="/fil.xml">
<meta name="description" content="{escape(page.description if page else "")}"><link rel="stylesheet" href="/medias/style.css"></head><body>
<div id="conteneur"><div id="entete" class="bandeau"><h1><a href="/">{site.spec.title}</a></h1><p>Toute l’actualité de vos services</p></div><ul id="onglets"><li>
<a href="/">Accueil</a></li><li><a href="/tags/famille">Famille</a></li><li><a href="/tags/logement">Logement</a></li></ul>
{trail}<div id="colonne">{content}</div>
<div id="barre"><h3>Nuage</h3><div class="nuage">{cloud}</div><h3>Billets récents</h3><ul>{recent}</ul><h3>Suivez-nous</h3><p>
<a href="https://social.example/nous">Notre page</a></p></div>
<div id="pied"><p>© Gouvernement. Ce blogue est modéré du lundi au vendredi.</p></div></div></body></html>"""
