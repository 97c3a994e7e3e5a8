"""What an old page is worth: kept, merged, redirected, archived, or left to people. The order of the rules is that of this file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from migration.decision import ARCHIVE, KEEP, MERGE, REDIRECT, UNDECIDED

FEW_WORDS = 20
"""A page with fewer words, and neither table, file, image nor form, says nothing."""
LINKS = 0.8
"""A page of which this part of the words are links is a list of links: the new site makes its own lists."""
OLD = 8
"""Years without a change, and without one request, after which a page is proposed for the archive."""
SURE = 0.5
"""An extraction less sure than this is for people to look at (docs/adr/0019-migration.md says how often it is right)."""

_MISSING = re.compile(r"\b(?:page (?:introuvable|non trouv[ée]e)|page not found|erreur 404|404 error|not found)\b", re.IGNORECASE)
_BUILDING = re.compile(r"\b(?:en construction|under construction|à venir sous peu|coming soon)\b", re.IGNORECASE)
_SEARCH = re.compile(r"(?:^|/)(?:recherche|search|rechercher|resultats?|search-results)(?:[./]|$)|[?&](?:q|s|query|recherche|motcle)=", re.IGNORECASE)
_LISTING = re.compile(r"(?:^|/)(?:tag|tags|etiquette|category|categorie|categories|author|auteur|archives?|feed|page)/[^/]*/?$|[?&](?:paged?|month|mois|date|tag)=", re.IGNORECASE)
_PRINT = re.compile(r"(?:^|[/?&_.-])(?:print|imprim(?:er|able)?|impression|version-imprimable|type=98|pf=1|format=print)(?:[/=&_.-]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Worth:
    """What the rules look at. `words`, `links` (words in links), `holds` (tables, files, images, forms); `older`: years since the last change,
    None when no date is known; `hits`: None when the site has no access log; `same`, `near`: the page that this one repeats."""

    title: str
    url: str
    words: int
    link_words: int = 0
    holds: int = 0
    confidence: float = 1.0
    older: float | None = None
    hits: int | None = None
    same: str = ""
    near: str = ""
    resemblance: float = 0.0
    edition: str = ""
    """Another edition of the same text, of another year: both are kept."""


@dataclass(frozen=True)
class Judgement:
    """What is proposed of a page. `target`: key of the page that stands for it; `folder`: where it goes when it is kept."""

    decision: str
    reason: str
    confidence: float
    target: str = ""
    folder: str = ""
    place_confidence: float = 1.0


def judge(page: Worth) -> Judgement:
    """Return what is proposed of a page, by the first rule that knows."""
    if page.same:
        what = "version imprimable de" if _PRINT.search(page.url) else "même texte que"
        return Judgement(REDIRECT, f"{what} {page.same}", 0.98, page.same)
    if page.near:
        if _PRINT.search(page.url):
            return Judgement(REDIRECT, f"version imprimable de {page.near}", 0.95, page.near)
        return Judgement(MERGE, f"presque le même texte que {page.near} ({page.resemblance * 100:.0f} %)", round(page.resemblance * 0.9, 2), page.near)
    if _MISSING.search(page.title) and page.words < 150:
        return Judgement(ARCHIVE, "page d’erreur", 0.95)
    if _SEARCH.search(page.url):
        return Judgement(ARCHIVE, "résultats de recherche", 0.9)
    if page.words < FEW_WORDS and not page.holds:
        return Judgement(ARCHIVE, f"sans contenu ({page.words} mots)", 0.9)
    if page.words < 100 and _BUILDING.search(page.title):
        return Judgement(ARCHIVE, "page en construction", 0.85)
    if _LISTING.search(page.url):
        return Judgement(ARCHIVE, "liste que le nouveau site produit lui-même", 0.8)
    if page.link_words > LINKS * page.words and page.words >= FEW_WORDS and not page.holds:
        return Judgement(UNDECIDED, "liste de liens : redirigez vers la page du thème, ou gardez-la", 0.5)
    if page.hits == 0 and page.older is not None and page.older >= OLD:
        return Judgement(ARCHIVE, f"sans changement depuis {page.older:.0f} ans, et personne ne la demande", 0.7)
    if page.confidence < SURE:
        return Judgement(UNDECIDED, f"contenu principal incertain ({page.confidence * 100:.0f} %) : vérifiez la page convertie", round(page.confidence, 2))
    return Judgement(KEEP, f"édition d’une autre année que {page.edition}" if page.edition else "contenu propre à cette page", 0.9)
