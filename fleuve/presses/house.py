"""The house: the presses of one process. Each makes the pages of the documents whose type names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.config.defaults import MkDocsConfig

from fleuve import content_type
from fleuve.page import PageRow
from fleuve.presses.mkdocs import MkDocsPress
from fleuve.presses.session import Session

if TYPE_CHECKING:
    from fleuve.presses.pelican import PelicanPress


class House:
    """Opened once in a process, for one site; `press` makes one shard after the other."""

    def __init__(self, session: Session, config: MkDocsConfig | None = None) -> None:
        """config: see MkDocsPress. Raises SettingsError."""
        self.session = session
        self.mkdocs = MkDocsPress(session, config)
        self._pelican: PelicanPress | None = None

    def open(self, news: bool) -> None:
        """Set up what the first shard would: the theme and, for news, Pelican."""
        self.environment()
        if news:
            self.pelican  # noqa: B018 - a property that is set up when it is first asked for

    def press(self, rows: list[PageRow]) -> None:
        """Make the pages of a shard: their files go to the session's publisher, their records to session.records."""
        self.session.begin(rows)
        news = [row for row in rows if content_type.is_news(row.type)]
        others = [row for row in rows if not content_type.is_news(row.type)]
        if others:
            self.mkdocs.make(others)
        if news:
            self.pelican.make(news)
        self.session.ask_stages()

    @property
    def pelican(self) -> PelicanPress:
        """The press of news, set up when the first ones come: a site without any does not load Pelican."""
        if self._pelican is None:
            from fleuve.presses.pelican import PelicanPress

            self._pelican = PelicanPress(self.mkdocs)
        return self._pelican

    def environment(self):
        """The theme's Jinja2 environment, for pages of the site stages."""
        return self.mkdocs.environment()
