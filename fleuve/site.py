"""The whole site, as the site stages see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace

from fleuve.presses.session import Session
from fleuve.problem import Problem

_REASONS = ("embargo", "expiration", "debut", "fin", "retrait")


class Site:
    """Settings, addresses and the recorded index; `render` makes a page of the theme; problems are collected.

    now: aware datetime of the build, for the calendar alone. environment(): makes the theme ready, the first time it is needed.
    """

    def __init__(self, session: Session, now: datetime, environment: Callable[[], object]) -> None:
        self._session = session
        self._environment = environment
        self.settings = session.settings.fleuve
        self.site_url = session.settings.site_url
        self.base = session.settings.base
        self.languages = session.settings.languages
        self.content = session.settings.content
        self.theme = session.settings.theme
        self.index = session.index
        self.now = now
        self.problems: list[Problem] = []

    @property
    def instants(self) -> Iterator[tuple[int, str, str]]:
        """(UTC seconds, reason, document) of every instant at which a document changes what is published."""
        for path, *epochs in self._session.index.instants():
            yield from ((epoch, reason, path) for epoch, reason in zip(epochs, _REASONS) if epoch is not None)

    def label(self, lang: str) -> dict:
        """Labels of the theme in a language."""
        return self._session.label(lang)

    def asset(self, path: str) -> str:
        """URL of a file of the theme, with the hash of its content."""
        return self._session.asset(path)

    def problem(self, file: str, line: int, severity: str, code: str, message: str, remedy: str, column: int = 1) -> None:
        """Tell a problem of the content that only the whole site shows."""
        self.problems.append(Problem(file, line, column, severity, code, message, remedy))

    def render(self, template: str, lang: str, url: str, title: str, **context) -> str:
        """HTML of a page that belongs to no document (listing, site map, 404). url: root-relative; twin: {url, lang} if any."""
        self._environment()
        session = self._session
        home = session.index.card(session.index.index_path("", lang))
        doc = SimpleNamespace(
            title=title, lang=lang, url=url, canonical=self.site_url.rstrip("/") + "/" + url.removeprefix(self.base), ancestors=[home] if home else [],
            twin=context.pop("twin", None), type="site", description=context.pop("description", ""), alternates=context.pop("alternates", []), retired=False,
        )
        chrome = session.chrome(lang)
        fil = session.fragment("fragments/fil.html", (lang, "\0site"), lambda: {**chrome, "ancestors": doc.ancestors})
        return session.env.get_template(template).render(**{**chrome, "doc": doc, "header": session.header(doc, doc.twin), "breadcrumb": fil, "section_nav": "", "jsonld": "", **context})
