"""SharePoint 2010: /Pages/X.aspx, a form around everything, __VIEWSTATE, web parts, tables in tables, content in a rich text field."""

from __future__ import annotations

import base64
from html import escape

from legacy.broken import broken
from legacy.known import said, slug
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "regie-sante", "www.regie-sante.exemple.quebec", "Régie de la santé", "regie-assurance-sante", ("sante", "famille-et-personnes"), news=8, offset=1, dated=False,
    select={"contenu": "div[id$=PageContent__ControlWrapper_RichHtmlField]", "titre": "h1.titrePage", "date": "span.dateMaj"})


def address(source: Source, number: int) -> str:
    return f"/Pages/{slug(source.slug, 70)}.aspx"


def build(site: Site, pages: list[Known]) -> None:
    listing = "".join(f'<div class="item link-item"><a href="{site.path(page.url)}" onclick="ViewItem(this)">{escape(page.title)}</a></div>' for page in pages)
    site.page("/Pages/default.aspx", _page(site, pages, "Accueil", f'<div class="slm-layout-main groupmarker">{listing}</div>', "2013-01-07", 0, "Accueil"))
    site.moved("/", "/Pages/default.aspx", 302)
    site.moved("/Documents/ancien.aspx", site.path(pages[1].url))
    for number, page in enumerate(pages):
        body = broken(page.html, number).replace("<h2>", '<h2 class="ms-rteElement-H2">')
        body = body.replace("<table>", '<table class="ms-rteTable-default" cellspacing="0" width="100%">')
        body = body.replace("<p>", '<p class="ms-rteElement-P">\u200b', 1) if number % 2 else body.replace("</strong>", "</strong><span></span>")
        site.page(site.path(page.url), _page(site, pages, page.title, body, page.modified, number, page.breadcrumb[-1], page.description))


def _page(site: Site, pages: list[Known], title: str, content: str, modified: str, number: int, section: str, description: str = "") -> str:
    state = base64.b64encode((title * 40).encode()).decode()
    menu = "".join((f'<li class="static"><a class="static menu-item" href="{site.path(page.url)}"><span class="menu-item-text">{escape(page.title[:30])}</span></a>'
        f'</li>') for page in pages[::4])
    near = "".join(f'<li><a href="{site.path(page.url)}">{escape(page.title)}</a></li>' for page in pages[number + 1 : number + 4])
    old = '<a href="/Documents/ancien.aspx">Ancienne page</a>' if number % 5 == 0 else ""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html dir="ltr" lang="fr-CA"><head><meta name="GENERATOR" content="Microsoft SharePoint" /><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta name="description" content="{escape(description)}" /><title>
	{escape(title)}
</title><link rel="stylesheet" type="text/css" href="/medias/style.css" /><script type="text/javascript">var _spBodyOnLoadWrapper; //<![CDATA[
document.write('<scr' + 'ipt></scr' + 'ipt>'); //]]></script></head>
<body scroll="no" onload="if (typeof(_spBodyOnLoadWrapper) != 'undefined') _spBodyOnLoadWrapper();">
<form name="aspnetForm" method="post" action="" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{state}" />
<input type="hidden" name="__EVENTVALIDATION" value="{state[:80]}" />
<div id="s4-ribbonrow" style="visibility:hidden">Actions du site</div>
<div id="s4-workspace"><div id="s4-bodyContainer"><div class="s4-title"><a href="/"><img src="/medias/logo.png" alt="{site.spec.title}" /></a>
<h2>{site.spec.title}</h2></div>
<div id="s4-topheader2"><ul class="root static">{menu}</ul></div>
<div class="breadcrumb"><span><a href="/">Accueil</a></span><span> &gt; </span><span><a href="/Pages/default.aspx">{section}</a></span><span> &gt; </span>
<span>{escape(title)}</span></div>
<table width="100%" class="ms-core"><tr><td valign="top"><div class="ms-webpart-zone"><div class="ms-webpartzone-cell"><table class="s4-wpTopTable"><tr><td>
<h1 class="titrePage">{escape(title, quote=False)}</h1>
<div id="ctl00_PlaceHolderMain_ctl01_PageContent__ControlWrapper_RichHtmlField" class="ms-rtestate-field" style="display:inline">{content}</div>
</td></tr></table></div></div></td><td valign="top" width="200"><div class="ms-WPHeader"><h3 class="ms-WPTitle">Liens rapides</h3></div>
<ul class="dfwp-list">{near}</ul>
<div class="ms-WPBody">Abonnez-vous au fil RSS {old}</div></td></tr></table>
<div id="pied">
<span class="dateMaj">Dernière mise à jour : {said(modified)}</span> <a href="/">Accessibilité</a> <a href="/Pages/default.aspx">Plan du site</a> © Gouvernement</div>
</div></div>
</form></body></html>"""
