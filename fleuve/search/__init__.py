"""The search: an index in small files that a browser reads without a server, and that changes a page at a time. docs/search-index.md is the format.

Words become terms (`term.py`), pages entries (`entry.py`), entries of shards blocks (`block.py`), blocks files (`indexing.py`); `reader.py` answers questions from
these files as themes/fleuve/js/recherche-moteur.js does in the browser.
"""

STAGE = "recherche"
"""The stage that keeps the words of pages, see fleuve/stages/search.py."""

FOLDERS = {"fr": "recherche/donnees/", "en": "en/search/donnees/"}
"""Where the index of a language is."""


def wanted(settings: dict) -> bool:
    """Whether the site has a search. settings: the mapping `extra: fleuve:` of site.yml."""
    return settings.get("recherche") is not False
