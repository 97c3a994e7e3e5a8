"""The page that a server shows for an address that does not exist, in each language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.stages.listing import languages
from fleuve.stages.stage import OutputFile, Stage

TITLES = {"fr": "Page introuvable", "en": "Page not found"}
PATHS = {"fr": "404.html", "en": "en/404.html"}


class NotFound(Stage):
    """Writes /404.html, and /en/404.html for servers that can tell which to show."""

    name = "introuvable"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        known = languages(site.settings)
        for lang in known:
            other = next((code for code in known if code != lang), None)
            twin = other and {"url": site.base + PATHS[other], "title": TITLES[other], "lang": other}
            page = site.render("site/404.html", lang, site.base + PATHS[lang], TITLES[lang], twin=twin)
            yield PATHS[lang], page.encode()
