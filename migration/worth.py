"""What a page is worth keeping for: the decision proposed for each, why, and how sure.

Redundant, outdated, trivial: the three questions of a content audit. Nothing here decides: an editor reads the line and signs it, and what is
not sure says so (« a-decider »). The rules come in the order of RULES, the first that speaks decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from migration import version_mark

KEEP, MERGE, ARCHIVE, REDIRECT, UNDECIDED = "garder", "fusionner", "archiver", "rediriger", "a-decider"

# Fewer words and nothing else (a table, a file, a form): a sentence or two, that no one needs a page for. A choice, not a measure.
WORDS_MIN = 25
# Of a page that only lists links: nearly all its words are in them.
LINKED_SHARE = 0.8
LINKS_MIN = 3
# Under these the reason is told, but a person decides.
SURE = 0.7
# A page nobody has changed for so long is looked at. A choice, not a measure.
OLD_YEARS = 5
# Asked for less than once a week of a year of logs.
RARE_HITS = 52
_NEWS = re.compile(r"/(?:nouvelles|communiques?|actualites?|news|press|salle-de-presse|newsroom)(?:/|-)")

_CONSTRUCTION = re.compile(
    r"\b(?:page|site|section|rubrique|contenu)\b[^.\n]{0,40}\b(?:en (?:cours de )?construction|en cours de r[ée]daction|en pr[ée]paration)\b"
    r"|\b(?:bient[ôo]t disponible|contenu [àa] venir|under construction|coming soon|lorem ipsum)\b", re.I)
_NO_RESULT = re.compile(
    r"\b(?:aucun r[ée]sultat|0 r[ée]sultat|no results? (?:found|were found)|your search (?:did not match|returned no)|aucun document ne correspond)\b", re.I)
_ERROR = re.compile(
    r"^(?:erreur\s*)?(?:404|403|500)\b"
    r"|\b(?:page (?:introuvable|non trouv[ée]e|not found)|acc[èe]s (?:refus[ée]|interdit)|access denied|internal server error|session expir[ée]e)\b", re.I)
_SEARCH_ADDRESS = re.compile(r"[/?&](?:recherche|resultats?|search|results?|rechercher)(?:\.[a-z]+)?(?:[/?&=]|$)")
_CALENDAR_ADDRESS = re.compile(r"[/?&](?:calendrier|calendar|agenda|ical)\b.*(?:\d{4}[-/]\d{1,2}|(?:mois|month|date|jour|day|annee|year)=)", re.I)
_LISTING_ADDRESS = re.compile(
    r"(?:[?&](?:page|p|paged|start|offset|debut)=\d+|/page/\d+|/(?:tags?|mots?-cles?|categor(?:y|ie)s?|archives?|auteurs?|author)/)(?:/|&|$|[^/]+/?$)", re.I)
_TECHNICAL_ADDRESS = re.compile(
    r"[/?&](?:login|connexion|logout|deconnexion|panier|cart|wp-login|user/register|mot-de-passe|lost-password|xmlrpc|feed|rss)(?:\.[a-z]+)?(?:[/?&=]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an old page.

    `words` counts those of the main content, `linked_words` those inside its links; `today` is the day for which the question is asked, ISO, as are
    `modified`, `published` and `event_end` (« » when not known). `hits` is None without logs. `reference` is the page of which it is a copy
    (migration/duplicates.py), with its `likeness` (1: exact) and whether their titles are the same, `newer`
    the next version of it. `after_removal` is where its readers could go (its parent's address or « »).
    """

    url: str
    title: str = ""
    text: str = ""
    words: int = 0
    linked_words: int = 0
    links: int = 0
    items: int = 0
    tables: int = 0
    images: int = 0
    downloads: int = 0
    forms: int = 0
    media: int = 0
    published: str = ""
    modified: str = ""
    event_end: str = ""
    today: str = ""
    hits: int | None = None
    reference: str = ""
    likeness: float = 0.0
    same_title: bool = True
    newer: str = ""
    editions: bool = False
    after_removal: str = ""
    confidence: float = 1.0
    """How sure the extraction was: what was badly read is not judged."""

    @property
    def has_more_than_words(self) -> bool:
        """Whether something else than words is of use: a table, a file, a form, a video."""
        return bool(self.tables or self.downloads or self.forms or self.media)

    @property
    def age(self) -> float | None:
        """Years since it was last changed, None when no date is known."""
        return _years(self.modified or self.published, self.today)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: a decision, where readers go (an old address, or « »), why in French, how sure (0 to 1). `rule` names what spoke."""

    decision: str
    target: str
    reason: str
    confidence: float
    rule: str


def propose(facts: Facts) -> Proposal:
    """Return the decision proposed for a page. What is under SURE becomes « a-decider », its reason saying what was thought of it."""
    for rule in RULES:
        found = rule(facts)
        if found:
            confidence = round(found.confidence * (facts.confidence if found.rule in _READS_TEXT else 1), 3)
            if confidence < SURE and found.decision != KEEP:
                return Proposal(UNDECIDED, found.target, f"{_NAMES[found.decision]}\u00a0? {found.reason}", confidence, found.rule)
            return Proposal(found.decision, found.target, found.reason, confidence, found.rule)
    return Proposal(KEEP, "", "contenu propre à cette page", round(min(0.95, 0.5 + facts.confidence / 2), 3), "contenu")


_NAMES = {MERGE: "fusionner", ARCHIVE: "archiver", REDIRECT: "rediriger"}


def _error(facts: Facts) -> Proposal | None:
    if facts.words < 200 and (_ERROR.search(facts.title) or (facts.words < 60 and _ERROR.search(facts.text))):
        return Proposal(ARCHIVE, "", "page d’erreur servie comme une page", 0.95, "erreur")
    return None


def _technical(facts: Facts) -> Proposal | None:
    if _TECHNICAL_ADDRESS.search(_path(facts.url)) and facts.words < 200:
        return Proposal(ARCHIVE, "", "page technique de l’ancien site (connexion, panier, fil)", 0.85, "technique")
    return None


def _no_result(facts: Facts) -> Proposal | None:
    if facts.words < 150 and _NO_RESULT.search(facts.text):
        return Proposal(ARCHIVE, "", "résultat de recherche vide", 0.95, "recherche-vide")
    return None


def _construction(facts: Facts) -> Proposal | None:
    if facts.words < 80 and not facts.has_more_than_words and _CONSTRUCTION.search(f"{facts.title}. {facts.text}"):
        return Proposal(ARCHIVE, facts.after_removal, "page en construction, jamais terminée", 0.9, "en-construction")
    return None


def _print(facts: Facts) -> Proposal | None:
    mark = version_mark.read(facts.url)
    if mark.printed and facts.reference:
        return Proposal(REDIRECT, facts.reference, "version à imprimer d’une autre page", 0.97, "impression")
    if mark.printed and facts.newer:
        return Proposal(REDIRECT, facts.newer, "version à imprimer d’une autre page", 0.8, "impression")
    return None


def _exact(facts: Facts) -> Proposal | None:
    if facts.reference and facts.likeness >= 1:
        return Proposal(REDIRECT, facts.reference, "copie exacte d’une autre page", 0.97, "copie-exacte")
    return None


def _near(facts: Facts) -> Proposal | None:
    if facts.reference and facts.likeness > 0:
        # Of the 61 near pairs among the 7,591 sheets of DILA's open data, 5 have the same title; the others are other cases (« salarié », « fonctionnaire »).
        alike = f"ressemblance {_percent(facts.likeness)}"
        if not facts.same_title:
            return Proposal(MERGE, facts.reference, f"le texte d’une autre page sous un autre titre ({alike})\u00a0: est-ce un autre cas", 0.5, "quasi-copie")
        # From 0.80 alike (a paragraph differs) to 0.95 (a word or two).
        confidence = min(0.92, 0.62 + (facts.likeness - 0.8) * 1.6)
        return Proposal(MERGE, facts.reference, f"presque la même page ({alike})\u00a0: vérifiez ce qui diffère", confidence, "quasi-copie")
    return None


def _search(facts: Facts) -> Proposal | None:
    if _SEARCH_ADDRESS.search(_path(facts.url)) and (facts.links >= LINKS_MIN or facts.words < WORDS_MIN or facts.forms):
        return Proposal(ARCHIVE, "", "page de recherche de l’ancien site\u00a0: la recherche du nouveau la remplace", 0.85, "recherche")
    return None


def _calendar(facts: Facts) -> Proposal | None:
    if _CALENDAR_ADDRESS.search(facts.url) and facts.words < 400:
        return Proposal(ARCHIVE, facts.after_removal, "page de calendrier, engendrée pour chaque date", 0.9, "calendrier")
    return None


def _event(facts: Facts) -> Proposal | None:
    late = _years(facts.event_end, facts.today)
    if late is not None and late > 0:
        sure = 0.85 if late > 1 else 0.72
        return Proposal(ARCHIVE, facts.after_removal, f"événement passé depuis le {facts.event_end[:10]}", sure, "evenement-passe")
    return None


def _listing(facts: Facts) -> Proposal | None:
    if facts.has_more_than_words or facts.links < LINKS_MIN or not facts.words:
        return None
    own = facts.words - facts.linked_words
    if facts.linked_words / facts.words >= LINKED_SHARE or (_LISTING_ADDRESS.search(facts.url) and own < 100):
        if not facts.after_removal:
            return Proposal(ARCHIVE, "", "liste de liens seulement\u00a0: le nouveau site engendre ses listes", 0.66, "liste")
        return Proposal(REDIRECT, facts.after_removal, "liste de liens seulement\u00a0: le nouveau site engendre ses listes", 0.8, "liste")
    return None


def _empty(facts: Facts) -> Proposal | None:
    if facts.words >= WORDS_MIN or facts.has_more_than_words or facts.items >= 3 or facts.images:
        return None
    if facts.links and facts.words:
        return Proposal(ARCHIVE, facts.after_removal, f"moins de {WORDS_MIN} mots, avec des liens\u00a0: est-ce un aiguillage utile", 0.6, "vide")
    what = "aucun mot" if not facts.words else f"{facts.words} mot{'s' if facts.words > 1 else ''}"
    # Often what could not be read: a frame, a page made by a script.
    return Proposal(ARCHIVE, facts.after_removal, f"page sans contenu ({what})", 0.8 if facts.hits in (None, 0) else 0.6, "vide")


def _version(facts: Facts) -> Proposal | None:
    if facts.editions and facts.newer:
        return Proposal(KEEP, "", "édition d’une série annuelle\u00a0: chaque année se garde", 0.85, "edition")
    if facts.newer:
        return Proposal(REDIRECT, facts.newer, "une version plus récente porte la même adresse, à la marque près", 0.72 if facts.likeness == 0 else 0.9, "version")
    return None


def _outdated(facts: Facts) -> Proposal | None:
    age = facts.age
    if age is None or age < OLD_YEARS:
        return None
    since = f"pas modifiée depuis {int(age)} ans"
    if _NEWS.search(facts.url):
        return Proposal(KEEP, "", f"{since}, mais une nouvelle garde sa date", 0.75, "nouvelle-ancienne")
    if facts.hits is None:
        # Without logs an old page may be a law that nobody needed to change.
        return Proposal(ARCHIVE, "", f"{since}\u00a0; sans journaux, rien ne dit si elle sert", min(0.6, 0.3 + age / 50), "ancienne")
    if facts.hits == 0:
        return Proposal(ARCHIVE, "", f"{since}, et personne ne la demande", min(0.9, 0.7 + age / 100), "ancienne")
    if facts.hits < RARE_HITS:
        return Proposal(ARCHIVE, "", f"{since}, demandée {facts.hits} fois seulement", 0.55, "ancienne")
    return Proposal(KEEP, "", f"{since}, mais demandée {facts.hits} fois\u00a0: à réviser", 0.75, "ancienne")


RULES: tuple[Callable[[Facts], Proposal | None], ...] = (
    _error, _technical, _no_result, _print, _exact, _construction, _calendar, _event, _search, _listing, _empty, _near, _version, _outdated,
)
# Their conclusion is worth what the reading of the page is worth.
_READS_TEXT = frozenset(("vide", "liste", "en-construction", "quasi-copie"))


def _path(url: str) -> str:
    return "/" + url.split("://")[-1].partition("/")[2].lower()


def _years(day: str, today: str) -> float | None:
    try:
        return (date.fromisoformat(today[:10]) - date.fromisoformat(day[:10])).days / 365.25
    except ValueError:
        return None


def _percent(value: float) -> str:
    return f"{int(value * 100 + 1e-9)}\u00a0%"
