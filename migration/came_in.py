"""What barriers came in: the checker's rules on the main content of an old page, before it is converted.

Only the rules that speak of content: the language, the title and the landmarks of a page are the template's, and the new site has its own.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from fleuve.audit.html_page import HtmlPage
from fleuve.audit.rule import Rule
from fleuve.audit.rules import all_rules

# Longer contents are judged by their beginning: what repeats in it shows there.
CHARACTERS_MAX = 400_000
OF_ONE_RULE = 200
# What an editor has to mend, or the conversion mends. Colours, spacings and the marks of scripts stay with the old style; forms are named in the report.
RULES = frozenset((
    "image-sans-nom", "image-nom-de-fichier", "image-nom-vague", "image-nom-superflu", "image-nom-long", "svg-sans-nom", "objet-sans-nom",
    "lien-sans-nom", "lien-texte-vague", "lien-adresse-nue", "lien-document", "lien-nouvelle-fenetre",
    "titre-vide", "titre-niveau-saute", "faux-titre", "fausse-liste", "identifiant-double", "cadre-sans-nom", "champ-sans-nom",
    "tableau-sans-entetes", "tableau-sans-legende", "tableau-portee-absente", "tableau-portee-invalide", "tableau-entete-sans-cellule", "tableau-entete-vide",
    "tableau-headers-sans-cible", "tableau-de-mise-en-page", "video-sans-sous-titres", "video-sans-transcription", "audio-sans-transcription", "lecture-automatique",
    "element-de-presentation",
))


def findings(html: str) -> dict[str, int]:
    """Return {rule: times} of what a person would meet in this HTML (a fragment of a page), by rule, in the order of their names.

    Never raises for what it holds.
    """
    page = HtmlPage(f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>.</title></head><body><main>{html[:CHARACTERS_MAX]}</main></body></html>', "")
    counts: Counter[str] = Counter()
    for rule in content_rules():
        for at, _ in enumerate(rule.check(page), 1):
            counts[rule.id] = at
            if at >= OF_ONE_RULE:
                break
    return dict(sorted(counts.items()))


@cache
def content_rules() -> tuple[Rule, ...]:
    """The rules of RULES."""
    return tuple(rule for rule in all_rules() if rule.id in RULES)


@cache
def titles() -> dict[str, str]:
    """{rule: what it is about, in French}."""
    return {rule.id: rule.title for rule in content_rules()}
