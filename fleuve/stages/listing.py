"""The pages of the site that no document stands for: where they are and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


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
}


def languages(settings: dict) -> list[str]:
    """The languages of the site for which generated pages exist, the default one first."""
    return [lang for lang in (settings.get("langues") or {"fr": {}}) if lang in ("fr", "en")]


def listing_of(name: str, settings: dict) -> dict[str, Listing]:
    """The listing `name` in each language of the site."""
    return {lang: LISTINGS[name][lang] for lang in languages(settings)}


def addresses(settings: dict) -> Iterator[str]:
    """Paths of all generated pages, relative to the base of the site."""
    for name in LISTINGS:
        for listing in listing_of(name, settings).values():
            yield listing.path


def show(name: str, template: str, site: Any, context: Any) -> Iterator[tuple[str, bytes]]:
    """Render a listing in each language.

    Takes the listing's name, its template, the site, and a function from a language to the template's context.
    """
    listings = listing_of(name, site.settings)
    alternates = [{"lang": lang, "url": site.site_url + listing.path} for lang, listing in listings.items()] if len(listings) > 1 else []
    for lang, listing in listings.items():
        twin = next((other for other in listings.values() if other.lang != lang), None)
        page = site.render(template, lang, site.base + listing.path, listing.title,
                           twin=twin and {"url": site.base + twin.path, "title": twin.title, "lang": twin.lang},
                           alternates=alternates, **context(lang))
        yield listing.path + "index.html", page.encode()
