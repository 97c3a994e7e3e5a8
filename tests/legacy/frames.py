"""1998: three frames, layout tables, <font>, spacer.gif, ISO-8859-1, capitals, tags that nobody closed."""

from __future__ import annotations

import re
from html import escape

from legacy.known import slug
from legacy.site import Known, Site, Spec
from legacy.source import Source

SPEC = Spec(
    "ministere-routes", "www.ministere-routes.exemple.quebec", "Ministère des Routes", "ministere-transports",
    ("transports", "securite-urgence"), news=6, offset=0, dated=False,
    charset="iso-8859-1", encoding="iso-8859-1", earlier=8)
# Characters that the charset lacks: such sites wrote them plainly.
_PLAIN = str.maketrans({"’": "'", "œ": "oe", "–": "-", "—": "-", "…": "...", "\u202f": "\xa0", "\u2011": "-", "“": '"', "”": '"', "−": "-"})
_SPACER = '<IMG SRC="/medias/spacer.gif" WIDTH="10" HEIGHT="1" BORDER="0" ALT="">'


def address(source: Source, number: int) -> str:
    return f"/{source.topic[:8].rstrip('-')}/{slug(source.slug, 20).replace('-', '_')}{number}.htm"


def plain(text: str) -> str:
    """A text with the characters of ISO-8859-1 only, as far as it can."""
    return text.translate(_PLAIN)


def build(site: Site, pages: list[Known]) -> None:
    site.page("/", f'<HTML><HEAD><TITLE>{site.spec.title}</TITLE></HEAD>\n<FRAMESET ROWS="80,*" BORDER="0"><FRAME SRC="/haut.htm" NAME="haut" SCROLLING="no">'
              '<FRAMESET COLS="160,*"><FRAME SRC="/menu.htm" NAME="menu"><FRAME SRC="/accueil.htm" NAME="contenu"></FRAMESET>\n'
              f'<NOFRAMES><BODY>Votre navigateur ne lit pas les cadres. <A HREF="/accueil.htm">Accueil</A></BODY></NOFRAMES></FRAMESET></HTML>')
    site.page("/haut.htm", (f'<HTML><BODY BGCOLOR="#003399"><TABLE WIDTH="100%"><TR><TD>{_SPACER}<FONT COLOR="white" SIZE="5">{site.spec.title}</FONT></TABLE>'
        f'</BODY></HTML>'))
    items = "".join(f'<TR><TD>{_SPACER}<TD><FONT SIZE="1"><A HREF="{site.path(page.url)}" TARGET="contenu">{escape(plain(page.title))}</A></FONT>' for page in pages)
    site.page("/menu.htm", f'<HTML><BODY LINK="#003399"><TABLE BORDER="0" CELLPADDING="0">{items}</TABLE></BODY></HTML>')
    site.page("/accueil.htm", _page(site, "Bienvenue", ("<P>Choisissez un sujet au menu de gauche.<P>"
        "<A HREF='/plan.htm'>Plan du site</A> <A HREF='/routes/ancien.htm'>Routes</A>"), "2002-01-15"))
    items = "".join(f'<LI><A HREF="{site.path(page.url)}">{escape(plain(page.title))}</A>' for page in pages)
    site.page("/plan.htm", _page(site, "Plan du site", f"<UL>{items}</UL>", "2002-01-15"))
    for number, page in enumerate(pages):
        trail = f'<A HREF="/accueil.htm">Accueil</A> &gt; {escape(page.breadcrumb[-1])}'
        site.page(site.path(page.url), plain(_page(site, page.title, _aged(page.html, number), page.modified, trail, page.description)))
    site.moved("/routes/ancien.htm", site.path(pages[0].url))
    site.moved("/index.htm", "/")


def _aged(html: str, number: int) -> str:
    """The same content as a page editor of 1998 wrote it; one page of three loses ends of tags."""
    html = re.sub(r"<h2>(.*?)</h2>", r'<P><FONT FACE="Arial" SIZE="4" COLOR="#003399"><B>\1</B></FONT></P>', html)
    html = re.sub(r"<(/?)strong>", r"<\1B>", html).replace("<p>", '<P><FONT FACE="Arial" SIZE="2">').replace("</p>", "</FONT></P>")
    html = html.replace("<table>", '<TABLE BORDER="1" CELLPADDING="3">').replace("<td>", '<TD VALIGN="top">')
    return re.sub(r"</FONT></P>|</li>|</t[dr]>", "", html) if number % 3 == 0 else html


def _page(site: Site, title: str, content: str, modified: str, trail: str = "", description: str = "") -> str:
    year, month, day = modified.split("-")
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">
<HTML><HEAD><TITLE>{escape(title)}</TITLE><META NAME="description" CONTENT="{escape(description)}">
<META NAME="GENERATOR" CONTENT="Microsoft FrontPage 3.0"></HEAD>
<BODY BGCOLOR="#FFFFFF" TEXT="#000000">
<TABLE WIDTH="600" BORDER="0" CELLSPACING="0"><TR><TD COLSPAN="3"><FONT SIZE="1">{trail}</FONT></TD></TR>
<TR><TD WIDTH="10">{_SPACER}</TD><TD VALIGN="top">
<CENTER><FONT FACE="Arial" SIZE="5" COLOR="#003399"><B>{escape(title, quote=False)}</B></FONT></CENTER><BR>
{content}
</TD><TD WIDTH="120" BGCOLOR="#EEEEEE"><FONT SIZE="1"><B>À voir</B><BR><A HREF="/plan.htm">Plan du site</A><BR><A HREF="/menu.htm">Menu</A></FONT></TD></TR>
<TR><TD COLSPAN="3" ALIGN="center"><HR>
<FONT SIZE="1">[ <A HREF="/accueil.htm">Accueil</A> | <A HREF="/plan.htm">Plan</A> | <A HREF="mailto:webmestre@{site.spec.host}">Webmestre</A> ]<BR>
Dernière mise à jour : {day}/{month}/{year}<BR>&copy; Gouvernement</FONT></TD></TR></TABLE>
</BODY></HTML>"""
