"""Titles of pages that do not say what the page is about.

ACT c4a8a4 (HTML page title is descriptive), WCAG 2.4.2 (A), failure F25, which lists file names, « Untitled », words of the authoring tool and
placeholders: https://www.w3.org/WAI/WCAG22/Techniques/failures/F25
"""

from __future__ import annotations

import re
import unicodedata

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import ACT, Rule

_USELESS = re.compile(
    r"(?:document |page )?sans titre\s*\d*|untitled(?: document| page)?\s*[-_]?\d*|document\s*\d*|titre(?: de la page| du document)?|(?:page |document )?title|page\s*\d*"
    r"|no title|sans nom|nouvelle page\s*\d*|nouveau document\s*\d*|new (?:page|document)\s*\d*|lorem ipsum.*|test\s*\d*|todo|vite app|react app|next\.js app"
    r"|create next app|my site|mon site|insert title here|title here|html5? template|bootstrap template|wordpress|localhost.*|https?://localhost\S*"
    r"|microsoft word\s*-.*|\S+\.(?:html?|xhtml|php|aspx?|jsp|docx?|pdf|odt|indd|pptx?|xlsx?)",
    re.IGNORECASE,
)
_VAGUE = frozenset(("accueil", "home", "homepage", "home page", "page d’accueil", "bienvenue", "welcome", "index", "contact", "menu", "site", "site web", "website"))
_WORD = re.compile(r"[a-z]{4,}")


def page_title(page):
    """The title element of the page, None when it has none."""
    return next(iter(page.tagged("title")), None)


class UselessTitle(Rule):
    """What tools write when nobody did."""

    id = "titre-de-page-inutile"
    act_rule = "c4a8a4"
    criteria = ("2.4.2",)
    title = "Titre de page qui ne dit rien"
    source = ACT + "c4a8a4/"

    def check(self, page):
        title = page_title(page)
        text = " ".join(title.text.split()) if title is not None else ""
        if text and _USELESS.fullmatch(text):
            yield self.finding(
                page, title, f"Le titre de la page, « {text} », ne dit pas de quoi elle parle.", "Mettez dans title le sujet de la page, puis le nom du site.",
            )


class VagueTitle(Rule):
    """A title that is that of many pages, or of another one."""

    id = "titre-de-page-vague"
    act_rule = "c4a8a4"
    criteria = ("2.4.2",)
    certainty = TO_VERIFY
    title = "Titre de page trop vague, ou d’une autre page"
    source = ACT + "c4a8a4/"

    def check(self, page):
        title = page_title(page)
        text = " ".join(title.text.split()) if title is not None else ""
        if text.casefold().replace("'", "’") in _VAGUE:
            yield self.finding(page, title, f"Le titre de la page, « {text} », est celui de bien d’autres pages.", "Ajoutez le nom du site ou du service.")
            return
        main = [heading.element for heading in headings(page) if heading.level == 1]
        if any(text.casefold().startswith(page.name(each).casefold()) for each in main):
            return  # it is that of the page, or there is nothing to compare
        words = [self._stems(page.name(each)) for each in main]
        if text and words and all(words) and self._stems(text) and not any(self._stems(text) & each for each in words):
            yield self.finding(
                page, title, f"Le titre de la page, « {text[:80]} », n’a aucun mot de son titre principal, « {page.name(main[0])[:80]} ».",
                "Vérifiez qu’il est bien celui de cette page, et donnez-leur les mêmes mots.",
            )

    def _stems(self, text: str) -> set[str]:
        """Words of four letters or more, without accents, cut so that « permis » meets « permission », « événement », « évènements »."""
        plain = unicodedata.normalize("NFD", text.casefold()).encode("ascii", "ignore").decode()
        return {word[:4] for word in _WORD.findall(plain)}
