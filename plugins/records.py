"""Records: what is known of each page once it is made, for the site stages (sitemap, API, reports…)."""

from __future__ import annotations

from mkdocs.plugins import BasePlugin

from fleuve.record import Record


class Records(BasePlugin):
    """Runs last on a page, and changes nothing of it."""

    def on_post_page(self, output: str, page, config) -> str:
        doc = getattr(page, "doc", None)
        if doc is not None:
            doc.session.keep(doc, Record(doc, page.content))
        return output
