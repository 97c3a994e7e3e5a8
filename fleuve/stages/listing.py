"""The pages of the site that no document stands for: where they are and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fleuve import newsroom, search, vocabulary


class Listing(NamedTuple):
    """A generated page in one language. `path` is relative to the base of the site and ends in « / »."""

    path: str
    title: str
    lang: str


LISTINGS: dict[str, dict[str, Listing]] = {
    "services": {
        "fr": Listing("services/", "Services de A à Z", "fr"),
        "en": Listing("en/services/", "Services A to Z", "en"),
    },
    "organismes": {
        "fr": Listing("organismes/a-z/", "Ministères et organismes de A à Z", "fr"),
        "en": Listing("en/organizations/a-z/", "Departments and organizations A to Z", "en"),
    },
    "plan": {
        "fr": Listing("plan-du-site/", "Plan du site", "fr"),
        "en": Listing("en/site-map/", "Site map", "en"),
    },
    "accessibilite": {
        "fr": Listing("accessibilite/", "Accessibilité", "fr"),
        "en": Listing("en/accessibility/", "Accessibility", "en"),
    },
    "nouveautes": {
        "fr": Listing("nouveautes/", "Nouveautés", "fr"),
        "en": Listing("en/whats-new/", "What’s new", "en"),
    },
    "fils": {
        "fr": Listing("nouvelles/fils/", "Fils, calendriers et reprises", "fr"),
        "en": Listing("en/news/feeds/", "Feeds, calendars and reuse", "en"),
    },
    "publics": {
        "fr": Listing("publics/", "Publics", "fr"),
        "en": Listing("en/audiences/", "Audiences", "en"),
    },
    "regions": {
        "fr": Listing("regions/", "Régions", "fr"),
        "en": Listing("en/regions/", "Regions", "en"),
    },
}

SEARCH = {"fr": Listing("recherche/", "Rechercher dans le site", "fr"), "en": Listing("en/search/", "Search this site", "en")}
"""The page of the search's results: no listing, for it lists nothing by itself and the site map leaves it out."""

VOCABULARIES = ("publics", "regions")
"""Those of which each entry has a page of its own, below the listing of the same name."""


def languages(settings: dict) -> list[str]:
    """The languages of the site for which generated pages exist, the default one first."""
    return [lang for lang in (settings.get("langues") or {"fr": {}}) if lang in ("fr", "en")]


def listing_of(name: str, settings: dict) -> dict[str, Listing]:
    """The listing `name` in each language of the site."""
    return {lang: LISTINGS[name][lang] for lang in languages(settings)}


def entries_of(name: str, index: Any, settings: dict) -> dict[str, dict[str, Listing]]:
    """The page of each entry of a vocabulary, {id: {language: listing}}, as _vocabulaires/NAME.yml orders them."""
    above = listing_of(name, settings)
    return {
        ident: {lang: Listing(f"{listing.path}{vocabulary.part(entry, lang)}/", vocabulary.title(entry, lang), lang) for lang, listing in above.items()}
        for ident, entry in index.vocabulary(name).items()
    }


def search_url(lang: str) -> str:
    """Path of the page of results of the whole site's search, relative to the base of the site. Its index is in `donnees/` below."""
    return SEARCH[lang].path


_STATEMENTS = {"fr": ("accessibilite/", "Accessibilité\u00a0: {}"), "en": ("accessibility/", "Accessibility: {}")}


def statements_of(site: Any) -> dict[str, dict[str, Listing]]:
    """The accessibility statement of each organism in activity, {id: {language: listing}}, below its own page."""
    found: dict[str, dict[str, Listing]] = {}
    for lang in languages(site.settings):
        for card in site.index.of_type("organisme", lang):
            if _is_active(card):
                found.setdefault(card.id, {})[lang] = _statement(card, site)
    return found


def statement_of(site: Any, ident: str) -> dict[str, Listing]:
    """The same of one organism, {language: listing}: depends on no other."""
    cards = [card for lang in languages(site.settings) if (card := site.index.of_id("organisme", ident, lang)) and card.lang == lang]
    return {card.lang: _statement(card, site) for card in cards if _is_active(card)}


def _is_active(card: Any) -> bool:
    return bool(card.url) and not card.retired and card.extra.get("statut", "actif") == "actif"


def _statement(card: Any, site: Any) -> Listing:
    path, title = _STATEMENTS[card.lang]
    return Listing(card.url.removeprefix(site.base) + path, title.format(card.title), card.lang)


PRINTED = {"fr": "imprimer/", "en": "print/"}


def printed_url(guide: str, lang: str) -> str:
    """The address of the page that has all parts of a guide, below that of the guide."""
    return guide + PRINTED.get(lang, PRINTED["fr"])


def newsroom_home(site: Any, lang: str) -> list[dict]:
    """The {title, url} of the newsroom's home in a language: what stands between the home page and its other pages. Empty if there is none."""
    return [{"title": card.short_title, "url": card.url} for card in site.index.of_type("salle-de-presse", lang)[:1]]


def has_newsroom(site: Any) -> bool:
    """Whether the site has a newsroom, even one without news."""
    return any(newsroom_home(site, lang) for lang in languages(site.settings))


def generated(site: Any) -> Iterator[dict[str, Listing]]:
    """Every generated page of the site, in each language."""
    for name in LISTINGS:
        if name != "fils" or has_newsroom(site):
            yield listing_of(name, site.settings)
    for name in VOCABULARIES:
        yield from entries_of(name, site.index, site.settings).values()
    yield from statements_of(site).values()
    for paths in newsroom.listings(site.index, languages(site.settings)):
        yield {lang: Listing(path, "", lang) for lang, path in paths.items()}


def addresses(site: Any) -> Iterator[str]:
    """Paths of all generated pages, relative to the base of the site."""
    for listings in generated(site):
        for listing in listings.values():
            yield listing.path
    for lang in languages(site.settings):
        if search.wanted(site.settings):
            yield search_url(lang)
        yield from (printed_url(guide.url, lang).removeprefix(site.base) for guide in site.index.of_type("guide", lang))


def show(name: str, template: str, site: Any, context: Any) -> Iterator[tuple[str, bytes]]:
    """Render a listing in each language.

    Takes the listing's name, its template, the site, and a function from a language to the template's context.
    """
    yield from write(listing_of(name, site.settings), template, site, context)


def write(listings: dict[str, Listing], template: str, site: Any, context: Any) -> Iterator[tuple[str, bytes]]:
    """Render one generated page in each of its languages, as `show` does."""
    alternates = [{"lang": lang, "url": site.site_url + listing.path} for lang, listing in listings.items()] if len(listings) > 1 else []
    for lang, listing in listings.items():
        twin = next((other for other in listings.values() if other.lang != lang), None)
        page = site.render(template, lang, site.base + listing.path, listing.title,
                           twin=twin and {"url": site.base + twin.path, "title": twin.title, "lang": twin.lang},
                           alternates=alternates, **context(lang))
        yield listing.path + "index.html", page.encode()
