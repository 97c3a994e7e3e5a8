"""robots.txt: where the sitemap is, and what is not for search engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.stages.stage import OutputFile, Stage


class Robots(Stage):
    """Lets search engines in, except in the editors' reports; `indexation: false` in site.yml (a preview) keeps them out."""

    name = "robots"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        if site.settings.get("indexation", True):
            closed = "".join(f"Disallow: {site.base}{folder}/\n" for folder in ("rapports", "redirections"))
            text = f"User-agent: *\n{closed}\nSitemap: {site.site_url}sitemap.xml\n"
        else:
            text = "User-agent: *\nDisallow: /\n"
        yield "robots.txt", text.encode()
