"""ASP.NET 2: Fiche.aspx?no=12&lang=fr&session=abc, where `no` and `lang` are the page and `session` is not; capitals as one likes; windows-1252
bytes that the server calls ISO-8859-1."""

from __future__ import annotations

from html import escape

from legacy.broken import broken
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "registre-justice", "www.registre-justice.exemple.quebec", "Registre de la justice et des impôts", "ministere-justice",
    ("justice-etat-civil", "finances-impots"), news=4, offset=5, dated=False,
    charset="iso-8859-1", encoding="cp1252", parameters=("no", "lang"), case=False, shared=("immigration/s-installer-au-quebec/premieres-demarches.md",))


def address(source: Source, number: int) -> str:
    return f"/Fiche.aspx?no={number}&lang={source.lang}"


def build(site: Site, pages: list[Known]) -> None:
    for number, page in enumerate(pages, 1):
        path = site.path(page.url)
        site.page(path, _page(site, pages, page.title, broken(page.html, number), page, number))
        for other in (f"{path}&session=abc", f"/FICHE.ASPX?no={number}&lang=fr", f"/Fiche.aspx?lang=fr&no={number}"):
            site.variants[site.url(other)] = page.url
            site.answers[other] = site.answers[path]
    rows = "".join(
        f'<tr class="{"pair" if number % 2 else "impair"}"><td>{number}</td><td><a href="{_link(page, site, number)}">{escape(page.title)}</a></td></tr>'
        for number, page in enumerate(pages, 1))
    listing = f'<table id="ctl00_Contenu_Grille" cellspacing="0" rules="all" border="1"><tr><th>No</th><th>Fiche</th></tr>{rows}</table>'
    site.page("/Default.aspx", _page(site, pages, "Liste des fiches", listing, None, 0))
    site.moved("/", "/Default.aspx", 302)
    site.moved("/Vieux.asp?id=3", site.path(pages[2].url))


def _link(page: Known, site: Site, number: int) -> str:
    """Most links are plain; those of some pages only have a session, or capitals."""
    path = site.path(page.url)
    if number % 9 == 0:
        path += "&session=abc"
    return escape(path if number % 10 else path.replace("Fiche.aspx", "FICHE.ASPX"))


def _page(site: Site, pages: list[Known], title: str, content: str, page: Known | None, number: int) -> str:
    menu = "".join(
        f'<td class="Menu_{at}"><a class="Menu_1" href="{_link(one, site, at * 5 + 1)}">{escape(one.title[:28])}</a></td>'
        for at, one in enumerate(pages[::5]))
    stamp = f'<span id="ctl00_lblDate">Dernière mise à jour : {page.modified}</span>' if page else ""
    trail = (f'<span id="ctl00_SiteMapPath1"><a href="#ctl00_SiteMapPath1_SkipLink"></a><span><a href="/Default.aspx">Accueil</a></span><span> &gt; </span>'
        f'<span>{page.breadcrumb[-1]}</span></span>') if page else ""
    near = f'<a href="{escape(page.url)}&amp;session=abc">Cette fiche</a>' if page and number % 4 == 2 else ""
    old = '<a href="/Vieux.asp?id=3">Ancienne fiche</a>' if number % 4 == 1 else ""
    broken = "<b><i>Service en ligne</b></i>" if number % 3 else "<b>Service en ligne"
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head id="ctl00_Head1"><title>
	{escape(title)} - {site.spec.title}
</title><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1" /><meta name="description" content="{escape(page.description if page else "")}" />
</head>
<body><form name="aspnetForm" method="post" action="Fiche.aspx" id="aspnetForm"><div>
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUKMTY1NDU2MTA1MmRk{"q" * 200}" /></div>
<table width="760" align="center"><tr><td colspan="2"><img src="/medias/logo.png" alt="" /><font size="+2">{site.spec.title}</font></td></tr>
<tr><td colspan="2"><table id="ctl00_Menu1" class="Menu"><tr>{menu}</tr></table></td></tr><tr><td colspan="2">{trail}</td></tr>
<tr><td width="150" valign="top" class="gauche">{broken}<br><a href="/Default.aspx">Liste des fiches</a><br>{old}{near}</td>
<td valign="top"><div id="ctl00_Contenu_pnlFiche"><span id="ctl00_Contenu_lblTitre" class="TitreFiche"><h1>{escape(title, quote=False)}</h1></span>
<span id="ctl00_Contenu_lblTexte">{content}</span></div></td></tr>
<tr><td colspan="2" align="center" class="pied">{stamp}<br>© Gouvernement - <a href="/default.aspx">Accueil</a></td></tr></table></form></body></html>"""
