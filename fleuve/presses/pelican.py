"""The Pelican press: real Pelican (settings, plugins, readers, articles, generator, writer, signals), a shard of news at a time.

This is the only module of the engine that touches Pelican. The body of a document goes through the same pipeline of plugins as in the MkDocs
press; Pelican then makes of it an article, lets its own plugins see it, and writes it with the theme's templates.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fleuve import instant, news_item
from fleuve.page import Page
from fleuve.presses.mkdocs import DocumentPage, MkDocsPress, Pages
from fleuve.settings import Settings, SettingsError


def _import_pelican() -> None:
    """Import Pelican without what it does to the logging of the whole process: every logger made after it would drop a message that it has
    told before, and a page that is made again would lose its warnings."""
    kind, root = logging.getLoggerClass(), logging.getLogger()
    shape = type(root)
    import pelican  # noqa: F401

    logging.setLoggerClass(kind)
    root.__class__ = shape
    for logger in logging.root.manager.loggerDict.values():
        if hasattr(logger, "disable_filter"):
            logger.disable_filter()


_import_pelican()

from blinker import ANY, Signal  # noqa: E402
from pelican import Pelican  # noqa: E402
from pelican.contents import Article, Author, Category, Tag  # noqa: E402
from pelican.generators import ArticlesGenerator  # noqa: E402
from pelican.plugins import signals  # noqa: E402
from pelican.readers import BaseReader  # noqa: E402
from pelican.settings import DEFAULT_CONFIG, read_settings  # noqa: E402
from pelican.utils import sanitised_join  # noqa: E402
from pelican.writers import Writer  # noqa: E402

_MONTH = re.compile(r"(?:^|/)([0-9]{4})/([0-9]{2})/")
# What each shard makes anew in the generator, and in the context that all its templates share.
_LISTS = ("articles", "translations", "hidden_articles", "hidden_translations", "drafts", "drafts_translations", "related_posts")
_SOURCES = ("generated_content", "static_content", "static_links")


class DocumentReader(BaseReader):
    """Reads a document of the shard: its HTML as the pipeline has made it, and its front matter, validated by the inventory."""

    enabled = True
    file_extensions = ["md"]

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """The HTML and the metadata of the document at an absolute path. Raises KeyError for one that is not of the shard."""
        page = self.settings["FLEUVE_PAGES"][source_path]
        return page.content, self._metadata(page)

    def _metadata(self, page: DocumentPage) -> dict[str, Any]:
        doc = page.doc
        known = {
            "title": doc.title, "slug": doc.id, "lang": doc.lang, "date": _date(doc), "summary": doc.description, "status": "published",
            "category": self._wrapped(Category, doc.type), "tags": [self._wrapped(Tag, theme) for theme in doc.meta.get("themes") or ()],
            "template": page.meta["template"].removesuffix(".html"), "url": doc.url[1:], "save_as": doc.output, "twin": f"{doc.folder}/{doc.id}", "page": page,
        }
        if organisms := doc.meta.get("organismes"):
            known["authors"] = [self._wrapped(Author, ident) for ident in organisms]
        if changes := doc.meta.get("modifications"):
            known["modified"] = instant.moment(max(str(change["date"]) for change in changes))
        return known

    def _wrapped(self, kind: type, name: str) -> Any:
        """A category, tag or author, one object for all the articles of this process."""
        names = self.settings["FLEUVE_NAMES"]
        if (kind, name) not in names:
            names[kind, name] = kind(name, self.settings)
        return names[kind, name]


def _date(doc: Page) -> datetime:
    """When a document is published; the first day of its folder when its front matter does not say it in a right way."""
    written = news_item.published(doc.meta)
    if written:
        return instant.moment(written)
    month = _MONTH.search(doc.path)
    return instant.moment(f"{month[1]}-{month[2]}-01" if month and "01" <= month[2] <= "12" else "1970-01-01")


class ShardGenerator(ArticlesGenerator):
    """Pelican's generator of articles, made once in a process: `take` gives it the documents of a shard, `clear` lets go of them."""

    def take(self, pages: Iterator[DocumentPage]) -> None:
        """Make articles of these pages."""
        self._pages = pages
        self.generate_context()
        signals.all_generators_finalized.send([self])
        self.refresh_metadata_intersite_links()

    def get_files(self, paths, exclude=None, extensions=None) -> Iterator[str]:
        """The documents of the shard, in order; Pelican would look for them in folders."""
        return (page.file.src_uri for page in self._pages)

    def get_cached_data(self, path: str, default: Any = None) -> Any:
        """Nothing: Fleuve has a cache of its own. Pelican would ask the system for the time of each file, to keep it nowhere."""
        return default

    def cache_data(self, filename: str, data: Any) -> None:
        """Nothing: see get_cached_data."""

    def add_static_links(self, content: Article) -> None:
        """Nothing: files are linked by their relative path, which the pipeline has resolved, and copied by the build."""

    def generate_output(self, writer: Writer) -> None:
        """Write the articles, and nothing of a whole site: lists and feeds are made by stages, from all shards."""
        self.generate_articles(writer.write_file)
        signals.article_writer_finalized.send(self, writer=writer)

    @property
    def everything(self) -> list[Article]:
        """The articles that have a page, in the order in which they are written."""
        return [*self.translations, *self.articles, *self.hidden_translations, *self.hidden_articles]

    def clear(self) -> None:
        """Forget the shard, what refers to one another in circles undone (see presses/mkdocs.py)."""
        for article in self.everything:
            article.translations = []
        Article.get_content.cache.clear()  # Pelican remembers the text of every article for the life of the process, 22 KB each
        for name in _LISTS:
            setattr(self, name, [])
        for name in ("tags", "categories", "authors", "period_archives"):
            getattr(self, name).clear()
            setattr(self, name, type(self.tags)(list))
        self.dates = []
        for name in ("articles", "drafts", "hidden_articles", "dates", "tags", "categories", "authors", "related_posts", "period_archives"):
            self.context[name] = []
        for name in _SOURCES:
            self.context[name].clear()


class PageWriter(Writer):
    """Writes through the publisher of the session: only what has changed, each file whole or not at all.

    contexts: what the templates of the articles to come see, by the path of their page.
    """

    def __init__(self, press: MkDocsPress, settings: dict) -> None:
        super().__init__(settings["OUTPUT_PATH"], settings)
        self._press = press
        self.contexts: dict[str, dict] = {}
        self._made: list[tuple[DocumentPage, str, dict]] = []

    def write_file(self, name, template, context, relative_urls=False, paginated=None, template_name=None, override_output=False, url=None, **kwargs) -> None:
        """Render a template. An article waits for `finish`; what else a plugin writes goes to the site at once."""
        if not name:
            return
        local = {**context, **kwargs, "output_file": name, **self.contexts.get(name, {})}
        page = getattr(kwargs.get("article"), "page", None)
        if page is None:
            self._publish(name, template.render(local).encode("utf-8"), local)
            return
        self._press.notices.path = page.file.src_uri
        page.active = True
        self._made.append((page, template.render(local), local))
        page.active = False

    def write_feed(self, elements, context, path=None, url=None, feed_type="atom", override_output=False, feed_title=None):
        """A feed of Pelican, for a plugin that asks for one. Returns it; writes it when there is a path."""
        feed = super().write_feed(elements, context, None, url or path, feed_type, override_output, feed_title)
        if path:
            self._publish(path, feed.writeString("utf-8").encode("utf-8"), context)
            signals.feed_written.send(path, context=context, feed=feed)
        return feed

    def _publish(self, name: str, data: bytes, context: dict) -> None:
        target = sanitised_join(self.output_path, name)
        self._press.session.publisher.write(name, data)
        signals.content_written.send(target, context=context)

    def finish(self) -> None:
        """The articles are rendered: the last event of the pipeline, then their files."""
        made, self._made = self._made, []
        written = self._press.publish([page for page, _, _ in made], [output for _, output, _ in made])
        for page, _, local in made:
            if page.file.dest_uri in written:
                signals.content_written.send(f"{self.output_path}/{page.file.dest_uri}", context=local)
        self.contexts = {}


class Newsroom(Pelican):
    """Pelican as this site sets it up: its plugins registered, one generator of its own, a writer that goes through our publisher."""

    def init_path(self) -> None:
        """Nothing: a folder in which a build is started has no say in what is imported."""


class PelicanPress:
    """Real Pelican, loaded once in a process; `make` takes some news after others. Its pages come from the pipeline of the MkDocs press."""

    def __init__(self, mkdocs: MkDocsPress) -> None:
        self.mkdocs = mkdocs
        self.session = mkdocs.session
        mkdocs.notices.listen("pelican")
        _forget_plugins()
        self.settings = _settings(self.session.settings)
        self.pelican = Newsroom(self.settings)
        if told := mkdocs.notices.take():
            raise SettingsError(f"{self.session.settings.config.name} : extra.fleuve.pelican : {' ; '.join(notice.message for notice in told)}")
        self.generator = self._generator()
        self.writer = PageWriter(mkdocs, self.settings)

    def _generator(self) -> ShardGenerator:
        settings = self.settings
        context = {**settings, "generated_content": {}, "static_links": set(), "static_content": {}, "localsiteurl": settings["SITEURL"]}
        generator = ShardGenerator(context=context, settings=settings, path=settings["PATH"], theme=settings["THEME"], output_path=settings["OUTPUT_PATH"])
        # The theme is rendered in one environment, whatever the press: what Pelican and its plugins have added to theirs goes there.
        env, own = self.mkdocs.environment(), generator.env
        for ours, theirs in ((env.filters, own.filters), (env.tests, own.tests), (env.globals, own.globals)):
            for name, value in theirs.items():
                ours.setdefault(name, value)
        generator.env = env
        return generator

    def make(self, rows: list) -> None:
        """Make the pages of some news of the session's shard: their files go to its publisher, their records to session.records."""
        batch = self.mkdocs.open(rows)
        generator, sources = self.generator, self.settings["FLEUVE_PAGES"]
        sources.update({f"{self.settings['PATH']}/{page.file.src_uri}": page for page in batch.pages})
        try:
            generator.take(self.mkdocs.each(batch.pages))
            self._write(batch)
        finally:  # `serve` keeps the press after a build that failed
            sources.clear()
            generator.clear()
        self.mkdocs.close(batch)

    def _write(self, batch: Pages) -> None:
        """The pages of the articles, with the body that Pelican's plugins have left to each."""
        pages = []
        for article in self.generator.everything:
            article.page.content = article.content
            pages.append(article.page)
        contexts = self.mkdocs.contexts(batch._replace(pages=pages))
        self.writer.contexts = {page.row.output: context for page, context in zip(pages, contexts)}
        self.generator.generate_output(self.writer)
        self.writer.finish()


def _settings(site: Settings) -> dict[str, Any]:
    """Pelican's settings: those of site.yml (extra.fleuve.pelican), then ours, which leave out all that concerns a whole site."""
    theme, root = str(site.theme), site.config.parent
    chosen = {key: value for key, value in site.pelican.items() if key.isupper()}
    feeds = {key: None for key in DEFAULT_CONFIG if "FEED_ATOM" in key or "FEED_RSS" in key or "ALL_ATOM" in key}
    return read_settings(override={
        "PLUGINS": [], **chosen, **feeds,
        "PLUGIN_PATHS": [str(root / path) for path in chosen.get("PLUGIN_PATHS") or ()],
        "PATH": str(site.content), "OUTPUT_PATH": str(site.out), "THEME": theme, "THEME_TEMPLATES_OVERRIDES": [theme],
        "SITEURL": site.site_url.removesuffix("/"), "SITENAME": str(site.raw.get("site_name") or ""), "DEFAULT_LANG": site.default_language,
        "TIMEZONE": instant.ZONE.key, "LOCALE": ["C.UTF-8", "C"], "WITH_FUTURE_DATES": True, "RELATIVE_URLS": False,
        "READERS": {"md": DocumentReader, **dict.fromkeys(("markdown", "mkd", "mdown", "rst", "html", "htm"))},
        "ARTICLE_TRANSLATION_ID": "twin", "USE_FOLDER_AS_CATEGORY": False, "CATEGORY_SAVE_AS": "", "FILENAME_METADATA": "", "FORMATTED_FIELDS": [],
        "CACHE_CONTENT": False, "LOAD_CONTENT_CACHE": False, "FLEUVE_PAGES": {}, "FLEUVE_NAMES": {},
    })


def _forget_plugins() -> None:
    """Disconnect the plugins of another site, or of another site.yml, which this process has loaded before: signals are global."""
    for signal in vars(signals).values():
        for receiver in list(signal.receivers_for(ANY)) if isinstance(signal, Signal) else ():
            signal.disconnect(receiver)
