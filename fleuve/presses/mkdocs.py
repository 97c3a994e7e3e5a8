"""The MkDocs press: real MkDocs (configuration, plugin events, Files and Page classes, Jinja2 environment), a shard at a time.

This is the only module of the engine that touches MkDocs; content, types, theme and records know nothing of it.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import markdown as python_markdown
from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page as MkDocsPage

from fleuve.markdown import has_raw_html, render
from fleuve.page import Page, PageRow
from fleuve.presses.session import Session
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.settings import SettingsError

# Characters that the pipeline uses for its own marks; an author's text never holds them for a reason.
_PRIVATE = "\x00\ue000\ue001\ue002"


class DocumentPage(MkDocsPage):
    """A MkDocs page whose source is a document of the inventory. `doc` is what templates and our plugins know of it."""

    def __init__(self, file: File, config: MkDocsConfig, row: PageRow, session: Session) -> None:
        self._addresses = (session.origin + row.url, row.url)
        super().__init__(row.title, file, config)
        self.row = row
        self.session = session
        self.doc = Page(row, session)

    def _set_canonical_url(self, base: str | None) -> None:
        # What MkDocs works out with urljoin, known already.
        self.canonical_url, self.abs_url = self._addresses

    def read_source(self, config: MkDocsConfig) -> None:
        """The body of the document; its front matter was read and validated by the inventory."""
        source = config.plugins.on_page_read_source(page=self, config=config)
        doc = self.doc
        doc.body = self.session.body(doc.path) if source is None else source
        self.markdown = _without_private(doc.body)
        self.meta = {**doc.meta, "template": self.session.template(doc)}

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Markdown to HTML, by the engine of the document's subtree."""
        doc = self.doc
        text = self.markdown
        if self.session.settings.engine(doc.path) == "python-markdown":
            self.content = python_markdown.markdown(text, extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"] or {})
            doc.raw_html = True
        else:
            self.content = render(text, doc.lang, doc.curly)
            doc.raw_html = has_raw_html(text)


def compose(text: str, row: PageRow, session: Session, config: MkDocsConfig) -> Page:
    """A body that no file holds (examples of the design system), taken through the events of a page up to its HTML, which is left in
    `body` of the document returned."""
    file = File.generated(config, row.path, content="")
    page, files = DocumentPage(file, config, row, session), Files([file])
    page.doc.body = text
    page.markdown = config.plugins.on_page_markdown(_without_private(text), page=page, config=config, files=files)
    page.render(config, files)
    page.doc.body = config.plugins.on_page_content(page.content, page=page, config=config, files=files)
    return page.doc


def _without_private(text: str) -> str:
    for character in _PRIVATE:
        if character in text:
            text = text.replace(character, "")
    return text


class Pages(NamedTuple):
    """Pages that go through the pipeline together, and what MkDocs knows of them as its whole site."""

    pages: list[DocumentPage]
    files: Files
    nav: Navigation


class MkDocsPress:
    """Real MkDocs, loaded once in a process; `make` takes some documents after others. Its pipeline serves the Pelican press too."""

    def __init__(self, session: Session, config: MkDocsConfig | None = None) -> None:
        """config: that of MkDocs' own command, when it is what runs; else site.yml is loaded. Raises SettingsError."""
        self.session = session
        self.notices = Notices()
        self.config = config or self._load()
        self.plugins = self.config.plugins
        self._env = session.env if config else None

    def _load(self) -> MkDocsConfig:
        settings = self.session.settings
        self.session.plugin_files = self.plugin_files
        self.notices.listen("mkdocs")
        try:
            config = load_config(str(settings.config), docs_dir=str(settings.content), site_dir=str(settings.out))
        except (ConfigurationError, Abort) as error:
            told = " ; ".join(notice.message for notice in self.notices.take()) or error
            raise SettingsError(f"{settings.config.name} : {told}. Voyez https://www.mkdocs.org/user-guide/configuration/.") from None
        if "fleuve-documents" not in config.plugins:
            raise SettingsError(f"{settings.config.name} : le greffon « fleuve-documents » manque sous « plugins: ».")
        config.plugins["fleuve-documents"].session = self.session
        config.plugins.on_startup(command="build", dirty=False)
        config = config.plugins.on_config(config)
        config.plugins.on_pre_build(config=config)
        self.session.compose = partial(compose, config=config)
        return config

    def make(self, rows: list[PageRow]) -> None:
        """Make the pages of some documents of the session's shard: their files go to its publisher, their records to session.records."""
        batch = self.open(rows)
        env = self.environment()
        outputs = []
        contexts = self.contexts(batch)
        for page, context in zip(self.each(batch.pages), contexts):
            page.active = True
            outputs.append(env.get_template(page.meta.get("template", "main.html")).render(context))
            page.active = False
        self.publish(batch.pages, outputs)
        self.close(batch)

    def open(self, rows: list[PageRow]) -> Pages:
        """The pages of some documents, each with the HTML of its body in `content`."""
        config, plugins = self.config, self.plugins
        files = Files(self._file(row) for row in rows)
        files = plugins.on_files(files, config=config)
        # Our theme has menus of its own: only plugins that are not ours look at that of the shard.
        nav = get_navigation(files, config) if self.session.settings.third_party else Navigation([], [])
        nav = plugins.on_nav(nav, config=config, files=files)
        self._environment(files)
        pages = [file.page for file in files.documentation_pages()]
        self._populate(pages, files)
        return Pages(pages, files, nav)

    def close(self, batch: Pages) -> None:
        """The pages are made: tell what was logged meanwhile, and let go of them."""
        self.session.problems += self.notices.take()
        _untie(batch.pages)

    def environment(self):
        """The theme's Jinja2 environment, for pages of the site stages."""
        return self._environment(Files([]))

    def plugin_files(self) -> Iterator[tuple[str, bytes]]:
        """(path, content) of the files that third-party plugins add: those of MkDocs' list, and those they write once it is done."""
        config = self.config
        for file in self.plugins.on_files(Files([]), config=config):
            if not file.is_documentation_page():
                yield file.dest_uri, file.content_bytes
        site_dir = config.site_dir
        with tempfile.TemporaryDirectory(prefix="fleuve-") as folder:
            config.site_dir = folder
            try:
                self.plugins.on_post_build(config=config)
            finally:
                config.site_dir = site_dir
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    yield path.relative_to(folder).as_posix(), path.read_bytes()

    def _file(self, row: PageRow) -> File:
        if row.virtual:
            return File.generated(self.config, row.path, content="")
        return File(row.path, str(self.session.settings.content), self.config.site_dir, True)

    def _environment(self, files: Files):
        if self._env is None:
            self._env = self.plugins.on_env(self.config.theme.get_env(), config=self.config, files=files)
        return self._env

    # MkDocs takes one page through all plugins of all events, then the next one. Here one plugin takes all pages of the shard through one
    # event, then the next plugin does: a page sees the same events and plugins in the same order, and the same code stays warm in the processor.

    def _populate(self, pages: list[MkDocsPage], files: Files) -> None:
        """The events of mkdocs.commands.build._populate_page."""
        config = self.config
        for page in self.each(pages):
            self.plugins.on_pre_page(page, config=config, files=files)
            page.read_source(config)
        for page, markdown in zip(pages, self._event("page_markdown", pages, [page.markdown for page in pages], files=files)):
            page.markdown = markdown
        for page in self.each(pages):
            page.render(config, files)
        for page, content in zip(pages, self._event("page_content", pages, [page.content for page in pages], files=files)):
            page.content = content

    def contexts(self, batch: Pages) -> list[dict]:
        """What the template of each page sees, as mkdocs.commands.build._build_page makes it."""
        pages, nav = batch.pages, batch.nav
        shared = get_context(nav, batch.files.documentation_pages(), self.config)
        return self._event("page_context", pages, [self._context(page, shared, nav) for page in pages], nav=nav)

    def publish(self, pages: list[DocumentPage], outputs: list[str]) -> set[str]:
        """The last event of a page, then its file, written by our publisher. Returns the paths of the files."""
        written = set()
        for page, output in zip(pages, self._event("post_page", pages, outputs)):
            if output and not output.isspace():
                self.session.publisher.write(page.file.dest_uri, output.encode("utf-8", errors="xmlcharrefreplace"))
                written.add(page.file.dest_uri)
        return written

    def _event(self, name: str, pages: list[MkDocsPage], items: list, **shared) -> list:
        """What the plugins that have this event make of the items, one a page."""
        for method in self.plugins.events[name]:
            for place, page in enumerate(self.each(pages)):
                changed = method(items[place], page=page, config=self.config, **shared)
                if changed is not None:  # a plugin that returns nothing leaves the item as it is
                    items[place] = changed
        return items

    def each(self, pages: list[MkDocsPage]) -> Iterator[MkDocsPage]:
        """The pages one after the other, each made the current one for what plugins log."""
        for page in pages:
            self.config._current_page = page
            self.notices.path = page.file.src_uri
            yield page

    def _context(self, page: MkDocsPage, shared: dict, nav: Any) -> dict:
        """MkDocs' context of a page; what of it depends on the page is two values, unless the configuration adds style sheets."""
        if self.config.extra_css or self.config.extra_javascript or not page.url.endswith("/"):
            return get_context(nav, shared["pages"], self.config, page)
        return {**shared, "page": page, "base_url": "/".join([".."] * page.url.count("/"))}


def _untie(pages: list[MkDocsPage]) -> None:
    """Undo what refers to one another in circles, so that it is freed at once: the collector, which looks at everything, took 5 % of the time."""
    for page in pages:
        if page.parent is not None:
            page.parent.children.clear()
        page.file.page = page.parent = page.previous_page = page.next_page = None


class Notices(logging.Handler):
    """What MkDocs, Pelican and third-party plugins warn of becomes a warning of the page at hand; a page that Pelican cannot make, an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.path = "site.yml"
        self._problems: list[Problem] = []

    def listen(self, name: str) -> None:
        """Hear what a library logs, in place of whoever did."""
        logger = logging.getLogger(name)
        logger.handlers = [self]
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]  # Pelican tells that a page cannot be made, and not why
        message = f"{record.name} : {record.getMessage()}" + (f" ({type(error).__name__} : {error})" if error else "")
        severity = ERROR if record.levelno >= logging.ERROR and record.name.startswith("pelican") else WARNING
        self._problems.append(Problem(self.path, 1, 1, severity, "greffon", message, "Voyez la documentation de ce greffon."))

    def take(self) -> list[Problem]:
        problems, self._problems = self._problems, []
        return problems

