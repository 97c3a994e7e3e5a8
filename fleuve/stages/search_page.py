"""The page of results of the whole site's search, and what tells browsers of it (OpenSearch).

The page answers in the browser (js/recherche.js); docs/adr/0017-search-page.md says why its addresses are what they are. The index, in
`donnees/` below it, is another stage's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

from fleuve import vocabulary
from fleuve.search import wanted
from fleuve.stages.alphabet import by_letter
from fleuve.stages.listing import SEARCH, languages, search_url, write
from fleuve.stages.stage import OutputFile, Stage

FACETS = ("theme", "organisme", "type", "public", "region", "langue")
"""Those by which readers narrow a search, in the order in which the page shows them; the period comes after."""

DESCRIPTION = "opensearch.xml"

_OPENSEARCH = """\
<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{short}</ShortName>
<Description>{description}</Description>
<Language>{lang}</Language>
<InputEncoding>UTF-8</InputEncoding>
<OutputEncoding>UTF-8</OutputEncoding>
<Image width="16" height="16" type="image/svg+xml">{icon}</Image>
<Url type="text/html" template={results}/>
<Url type="application/opensearchdescription+xml" rel="self" template={itself}/>
</OpenSearchDescription>
"""

# Browsers show no more of a name (OpenSearch 1.1, « ShortName » and « Description »).
_SHORT, _LONG = 16, 1024


class SearchPage(Stage):
    """Writes the page of results and the OpenSearch description, in each language; `recherche: false` in site.yml leaves them out."""

    name = "page-recherche"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        if not wanted(site.settings):
            return
        known = languages(site.settings)
        yield from write({lang: SEARCH[lang] for lang in known}, "site/recherche.html", site, lambda lang: context(lang, site))
        for lang in known:
            yield search_url(lang) + DESCRIPTION, opensearch(lang, site).encode()


def context(lang: str, site: Any) -> dict:
    """What the template of the page needs: the choices of each facet, and what leads on without a script or before a question."""
    services = [card for card in site.index.of_type("service", lang) if card.url and not card.retired]
    return {
        "facets": [{"name": name, "values": values} for name in FACETS if (values := choices(name, lang, site))],
        "letters": [group["letter"] for group in by_letter(services)],
        "asked": most_asked(lang, site),
    }


def choices(facet: str, lang: str, site: Any) -> list[dict]:
    """The values that a facet may have, as the index names them: {value, title, lang}, in the order in which the page shows them."""
    if facet == "theme":
        return [_choice(folder, card.short_title, lang) for folder, card in themes(lang, site)]
    if facet == "organisme":
        return [_choice(card.id, card.title, card.lang) for card in organisms(lang, site)]
    if facet == "type":
        return [_choice(value, title, lang) for value, title in site.label(lang)["types"].items()]
    if facet == "langue":
        known = site.settings.get("langues") or {}
        return [_choice(code, (known[code] or {}).get("nom") or code, code) for code in known] if len(known) > 1 else []
    entries = site.index.vocabulary({"public": "publics", "region": "regions"}[facet])
    return [_choice(value, vocabulary.title(entry, lang), lang) for value, entry in entries.items()]


def _choice(value: str, title: str, lang: str) -> dict:
    return {"value": value, "title": title, "lang": lang}


def themes(lang: str, site: Any) -> list[tuple[str, Any]]:
    """(folder, card) of each folder at the root that is a theme; those that the main menu leaves out come last."""
    left_out = (site.settings.get("menu") or {}).get("sans") or ()
    found = [(card.path.partition("/")[0], card) for card in site.index.children("", lang) if card.type == "theme"]
    return sorted(found, key=lambda one: one[0] in left_out)


def organisms(lang: str, site: Any) -> list[Any]:
    """The card of each organism, in the language of the reader where there is one: pages in another language are found too."""
    own = [card for card in site.index.of_type("organisme", lang) if card.url]
    known = {card.id for card in own}
    return own + [card for other in languages(site.settings) if other != lang for card in site.index.of_type("organisme", other) if card.url and card.id not in known]


def most_asked(lang: str, site: Any) -> list[Any]:
    """Cards of what the home page puts first."""
    row = site.index.document(site.index.index_path("", lang), "meta")
    meta = orjson.loads(row[0]) if row else {}
    cards = [_in_language(path, lang, site) for path in meta.get("mis_en_vedette") or meta.get("voir_aussi") or ()]
    return [card for card in cards if card and card.url and card.lang == lang and not card.retired]


def _in_language(path: str, lang: str, site: Any) -> Any:
    translated = f"{path.removesuffix('.md')}.{lang}.md"
    return site.index.card(path) if path.endswith(f".{lang}.md") else site.index.card(translated) or site.index.card(path)


def opensearch(lang: str, site: Any) -> str:
    """The OpenSearch 1.1 description of the search. The words come after « # »: the browser tells them to the page and not to the host."""
    page = site.site_url + search_url(lang)
    name = site.settings["nom"][lang] if lang in (site.settings.get("nom") or {}) else SEARCH[lang].title
    return _OPENSEARCH.format(
        short=escape(name if len(name) <= _SHORT else name[: _SHORT - 1] + "…"), description=escape(f"{SEARCH[lang].title} – {name}"[:_LONG]), lang=lang, icon=escape(site.site_url + "images/favicon.svg"),
        results=quoteattr(page + "#q={searchTerms}"), itself=quoteattr(page + DESCRIPTION))
