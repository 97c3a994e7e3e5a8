"""Links whose words say nothing: « cliquez ici », bare addresses.

ACT 5effbb (link in context is descriptive), WCAG 2.4.4 (A), whose context is the sentence, paragraph, list item, or cell with its headers;
failures F63 (context only in content that is not related) and F84 (« click here » without context): https://www.w3.org/WAI/WCAG22/Techniques/failures/F63
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.heading import headings
from fleuve.audit.rule import ACT, Rule

if TYPE_CHECKING:
    from turbohtml import Element

    from fleuve.audit.html_page import HtmlPage

# Say nothing at all, whatever stands before the link…
_NOTHING = frozenset((
    "cliquez ici", "cliquer ici", "clique ici", "ici", "cliquez", "cliquez sur ce lien", "ce lien", "lien", "suivez ce lien", "cliquez là", "là",
    "click here", "click", "here", "this link", "link", "this", "click this link", "clic aquí", "haga clic aquí", "aquí",
))
# …and words that a title or a sentence beside them can complete.
_VAGUE = _NOTHING | frozenset((
    "en savoir plus", "plus", "plus d’information", "plus d’informations", "plus d’infos", "plus de détails", "lire plus", "lire la suite", "la suite",
    "suite", "voir plus", "voir", "voir la suite", "voir ici", "détails", "détail", "consulter", "télécharger", "cette page", "cette adresse",
    "pour en savoir plus", "en apprendre plus", "en apprendre davantage", "davantage", "en savoir davantage", "continuer la lecture", "info", "infos",
    "read more", "more", "learn more", "more info", "more information", "find out more", "see more", "view more", "details", "continue reading",
    "this page", "view", "download", "go", "info", "más información", "leer más",
))
# In capitals, a short word may be an acronym (PLUS is a kind of French housing loan), but for those that are often shouted.
_SHOUTED = frozenset(("ICI", "CLIQUEZ ICI", ">> CLIQUEZ ICI <<", "EN SAVOIR PLUS", "LIRE LA SUITE", "LIEN", "HERE", "CLICK HERE", "READ MORE", "LEARN MORE"))
_EDGES = " \t\n\u00a0.…:;,!?»«“”\"'’()[]<>→›»➜►▶-–—|*"
_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)\S+", re.IGNORECASE)
_CONTEXT = "p, li, dd, dt, td, th, figcaption, blockquote, label, h1, h2, h3, h4, h5, h6"


def _vague(name: str) -> str:
    """The words of a name that says nothing, without case and signs; "" for one that says something."""
    words = name.lower().replace("'", "’").strip(_EDGES) if len(name) <= 40 else ""
    return words if words in _VAGUE else ""


@lru_cache(8192)  # most links of a page are those of every page
def _is_suspect(name: str) -> bool:
    return bool(_vague(name)) or name[:4].lower() in ("http", "www.", "ftp:")


def _suspects(page: HtmlPage) -> list[tuple[Element, str]]:
    """The links whose name a rule of this module may have something to say about. Made once a page."""
    return page.remember("suspect links", _read)


def _read(page: HtmlPage) -> list[tuple[Element, str]]:
    return [(link, name) for link, name in page.links if _is_suspect(name)] if any(map(_is_suspect, page.link_names)) else []


class VagueLinkText(Rule):
    """A link that people who list the links of a page, or who see one at a time, cannot tell from the others."""

    id = "lien-texte-vague"
    act_rule = "5effbb"
    criteria = ("2.4.4",)
    certainty = TO_VERIFY
    title = "Lien dont le texte ne dit rien"
    source = ACT + "5effbb/"

    def check(self, page):
        for link, name in _suspects(page):
            words = _vague(name)
            if words:
                if self._names_its_part(page, link, name) or (name.isupper() and name not in _SHOUTED):
                    continue
                lost = words in _NOTHING and self._has_no_context(page, link, name)
                yield self.finding(
                    page, link, f"Le texte de ce lien, « {name} », ne dit pas où il mène" + (", et rien autour non plus." if lost else "."),
                    "Faites un lien des mots qui nomment la page d’arrivée : « renouveler votre permis » plutôt que « cliquez ici ».",
                    certainty=CERTAIN if lost else TO_VERIFY,
                )

    def _names_its_part(self, page, link, name: str) -> bool:
        """True in a table of contents: « Pour en savoir plus » is what the part that it leads to is called."""
        href = link.attr("href") or ""
        target = page.by_id(href[1:]) if href[:1] == "#" and len(href) > 1 else None
        return target is not None and page.text(target).casefold().startswith(name.casefold())

    def _has_no_context(self, page, link, name: str) -> bool:
        """True when no word that 2.4.4 counts as context, nor any heading but that of the page, goes with the link."""
        if link.attr("title") or link.attr("aria-describedby") or link.closest("li, table, nav, figure, dl, label, svg") is not None:
            return False
        if any(heading.level > 1 for heading in headings(page)):
            return False
        block = link.closest(_CONTEXT) or link.parent
        return page.text(block).strip(_EDGES).casefold() == name.strip(_EDGES).casefold()


class BareAddress(Rule):
    """An address that a screen reader spells."""

    id = "lien-adresse-nue"
    act_rule = "5effbb"
    criteria = ("2.4.4",)
    certainty = TO_VERIFY
    title = "Adresse Web comme texte d’un lien"
    source = ACT + "5effbb/"

    def check(self, page):
        for link, name in _suspects(page):
            if _ADDRESS.fullmatch(name) and self._has_path(name):
                yield self.finding(
                    page, link, f"Ce lien a pour texte une adresse, qu’un lecteur d’écran épelle : « {name[:80]} ».",
                    "Donnez pour texte au lien le titre de la page d’arrivée.",
                )

    def _has_path(self, text: str) -> bool:
        """A domain alone (www.exemple.ca) is the name of a site, and can be heard."""
        rest = text.partition("://")[2] or text
        return len(rest.rstrip("/").partition("/")[2]) > 0 or "?" in rest
