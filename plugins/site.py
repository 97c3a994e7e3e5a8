"""News and site stages under `mkdocs build`: the Pelican press, then listings, sitemap, redirects, API and reports, once MkDocs' pages are made.

Under build.py the driver runs them itself, from the records of all shards; this plugin then has nothing to do.
"""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin


class SiteStages(BasePlugin):
    """The last plugin of the pipeline."""

    def on_post_build(self, config: MkDocsConfig) -> None:
        session = config.plugins["fleuve-documents"].session
        if session is not None and session.standalone:
            from fleuve.build import finish_standalone

            finish_standalone(session, config)
