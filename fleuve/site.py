"""The whole site, as the site stages see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fleuve.page import PAGE_COLUMNS, Page, PageRow
from fleuve.problem import Problem
from fleuve.settings import Settings
from fleuve.site_index import SiteIndex

if TYPE_CHECKING:  # with the theme's engine: a tenth of a second, for which a build that makes nothing has no use
    from fleuve.presses.session import Session

_REASONS = ("embargo", "expiration", "debut", "fin", "retrait")


class Site:
    """Settings, addresses and the recorded index; `render` makes a page of the theme; problems are collected.

    now: aware datetime of the build, for the calendar alone. session(): the press's session, its theme ready; called the first
    time that something is rendered, for it takes longer than all the rest when nothing has changed.
    """

    def __init__(self, settings: Settings, index: SiteIndex, now: datetime, session: Callable[[], Session]) -> None:
        self._open = session
        self.settings = settings.fleuve
        self.site_url = settings.site_url
        self.base = settings.base
        self.languages = settings.languages
        self.content = settings.content
        self.theme = settings.theme
        self._third_party = settings.third_party
        self.index = index
        self.now = now
        self.problems: list[Problem] = []
        self.notes: dict[str, Any] = {}

    @cached_property
    def _session(self) -> Session:
        return self._open()

    @property
    def instants(self) -> Iterator[tuple[int, str, str]]:
        """(UTC seconds, reason, document) of every instant after `now` at which a document changes what is published."""
        now = int(self.now.timestamp())
        for path, *epochs in self.index.instants(now):
            yield from ((epoch, reason, path) for epoch, reason in zip(epochs, _REASONS) if epoch is not None and epoch > now)

    @property
    def plugin_files(self) -> Iterable[tuple[str, bytes]]:
        """(path, content) of what third-party plugins add to the site; the session is not needed where there are none."""
        return self._session.plugin_files() if self._third_party else ()

    def label(self, lang: str) -> dict:
        """Labels of the theme in a language."""
        return self._session.label(lang)

    def asset(self, path: str) -> str:
        """URL of a file of the theme, with the hash of its content."""
        return self._session.asset(path)

    def note(self, name: str, value: Any) -> None:
        """From `reduce`, leave a value (JSON-able) to the parts of the same stage: `index.noted` gives it, and is a recorded read."""
        self.notes[name] = value

    def problem(self, file: str, line: int, severity: str, code: str, message: str, remedy: str, column: int = 1) -> None:
        """Tell a problem of the content that only the whole site shows."""
        self.problems.append(Problem(file, line, column, severity, code, message, remedy))

    def compose(self, text: str, lang: str, url: str, index: Callable[[SiteIndex], Any]) -> Page:
        """A text in Markdown, taken through the whole pipeline as the body of a page at `url`; its HTML is in `body`.

        index: makes of the recorded index the one in which the pipeline finds what the text names.
        """
        row = PageRow(f"_documentation/{lang}.md", "page", lang, "", "", url, "", "", "{}", 1, 1, 1, 0, 0, "")
        return self._compose(text, row, index(self._session.index))

    def recompose(self, path: str) -> Page | None:
        """A published document taken through the whole pipeline once more, to be shown elsewhere than on its page: its HTML is in `body`.
        None when it is not published. What is wrong with it is told of its page."""
        found = self.index.document(path, PAGE_COLUMNS)
        if found is None:
            return None
        row = PageRow(*found)
        return self._compose(self._session.text(row), row, self._session.index)

    def _compose(self, text: str, row: PageRow, index: Any) -> Page:
        session = copy(self._session)
        session.start_rendering(self.index.reads)
        session.index, session.links, session._terms, session.rows = index, {}, {}, {row.path: row}
        return session.compose(text, row, session)

    def news_card(self, card: Any, lang: str, qui: bool) -> tuple[str, str]:
        """(month, HTML) of an item of news in a listing; see Session.news_card."""
        session = self._session
        session.index.reads = self.index.reads
        return session.news_card(card, lang, qui)

    def fill(self, template: str, lang: str, **context) -> str:
        """Text of a template that stands alone (a fragment for other sites, a message): nothing of the site is shown around it."""
        session = self._session
        return session.env.get_template(template).render(**{**session.common(lang), **context})

    def render(self, template: str, lang: str, url: str, title: str, **context) -> str:
        """HTML of a page that belongs to no document (listing, site map, 404). url: root-relative; canonical: that of the page that says
        the same, when there is another; twin: {url, lang} if any;
        above: {title, url} of the pages between the home page and this one; kind: what base.html calls its type."""
        session = self._session
        session.start_rendering(self.index.reads)  # what the theme reads, the stage has read
        home = session.index.card(session.index.index_path("", lang))
        above = context.pop("above", ())
        ancestors = [*([home] if home else []), *above]
        doc = SimpleNamespace(
            title=title, lang=lang, url=url, canonical=self.site_url.rstrip("/") + "/" + context.pop("canonical", url).removeprefix(self.base), ancestors=ancestors,
            twin=context.pop("twin", None), type=context.pop("kind", "site"), description=context.pop("description", ""), alternates=context.pop("alternates", []), retired=False,
        )
        chrome = session.chrome(lang)
        fil = session.fragment("fragments/fil.html", (lang, "\0site", home is None, *(place["url"] for place in above)), lambda: {**chrome, "ancestors": doc.ancestors})
        return session.env.get_template(template).render(**{**chrome, "doc": doc, "header": session.header(doc, doc.twin), "breadcrumb": fil, "section_nav": "", "jsonld": "", **context})
