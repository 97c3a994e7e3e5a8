"""Includes: a line `[[inclure: nom]]` takes in the shared fragment contenu/_fragments/nom.md, in the language of the page."""

from __future__ import annotations

import re

from mkdocs.plugins import BasePlugin

from fleuve.page import Page
from fleuve.problem import ERROR

_LINE = re.compile(r"^\[\[inclure[^\S\n]*+:([^\]\n]*+)\]\][^\S\n]*+$", re.MULTILINE)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_DEPTH = 5
# A hundred lines that each take in a hundred lines, five times over: no page may become gigabytes. Each inclusion counts for
# COST characters at least, so that their number is bounded too.
MAX_LENGTH = 2_000_000
COST = 100


class Includes(BasePlugin):
    """Runs before anything else reads the text, so that a fragment can hold all that a page can."""

    def on_page_markdown(self, markdown: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or "[[" not in markdown or "[[inclure" not in markdown:  # two signs are ruled out five times faster than a word
            return None
        return include(markdown, doc)


class _TooLong(Exception):
    """The page and its fragments are over MAX_LENGTH."""


def include(markdown: str, doc: Page) -> str:
    """The text with its fragments taken in."""
    try:
        return _include(markdown, doc, (), [MAX_LENGTH])
    except _TooLong:
        doc.report(ERROR, "inclusions-trop-longues", "Avec ses fragments, cette page dépasse 2 millions de caractères ; aucun n’y a été inclus.",
                   "Retirez des inclusions, de la page ou des fragments eux-mêmes.", find="[[inclure")
        return _LINE.sub("", markdown)


def _include(markdown: str, doc: Page, within: tuple[str, ...], left: list[int]) -> str:
    # within: names of the fragments that are being included, to refuse loops. left: characters that may still be taken in.

    def fragment(match: re.Match) -> str:
        name, asked = match[1].strip(), match[0].strip()
        if not _NAME.fullmatch(name):
            doc.report(ERROR, "inclusion-invalide", f"« {asked} » : le nom d’un fragment n’a que des lettres minuscules, des chiffres et des tirets.",
                       "Écrivez par exemple [[inclure: joindre-services]].", find=asked)
            return ""
        if name in within or len(within) >= MAX_DEPTH:
            path = " → ".join((*within, name))
            doc.report(ERROR, "boucle-d-inclusions", f"Des fragments s’incluent en boucle ou trop profondément : {path}.",
                       f"Retirez une inclusion de contenu/_fragments/{within[-1]}.md.", find=f"[[inclure: {within[0]}]]")
            return ""
        found = doc.index.fragment(name, doc.lang)
        if found is None:
            doc.report(ERROR, "fragment-introuvable", f"Le fragment « {name} » n’existe pas.",
                       f"Créez _fragments/{name}.md, ou corrigez le nom.", find=asked)
            return ""
        left[0] -= len(found[1]) + COST
        if left[0] < 0:
            raise _TooLong
        return _include(found[1].strip("\n"), doc, (*within, name), left)

    return _LINE.sub(fragment, markdown)
