"""The plugin pipeline on one text at a time: what an editor types, and the HTML of the page's body that comes out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from conftest import NOW, Site
from mkdocs.structure.files import File, Files

from fleuve.build import open_session
from fleuve.page import Page
from fleuve.presses.mkdocs import DocumentPage, MkDocsPress


@dataclass
class Rendered:
    """html: the body as the page's template gets it. doc: what the plugins know of the page, its problems included."""

    html: str
    doc: Page

    @property
    def codes(self) -> list[str]:
        """Codes of the problems told, in order."""
        return [problem.code for problem in self.doc.problems]


class Pipeline:
    """Real MkDocs with the plugins of site.yml, over the documents of a site. A text takes the place of the body of a page."""

    def __init__(self, site: Site) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fleuve-essai-")
        self.session = open_session(site.config, site.content, site.out, Path(self._folder.name))
        self.press = MkDocsPress(self.session)
        self.press.environment()
        self.rows = dict(self.session.rows)

    def render(self, text: str, path: str = "page.md") -> Rendered:
        """The HTML of a text, as the body of the document at `path`."""
        row = self.rows[path]
        self.session.begin([row])
        self.session.body = lambda _: text
        config, plugins = self.press.config, self.press.plugins
        page = DocumentPage(File(path, config.docs_dir, config.site_dir, True), config, row, self.session)
        files = Files([page.file])
        page.read_source(config)
        page.markdown = plugins.on_page_markdown(page.markdown, page=page, config=config, files=files)
        page.render(config, files)
        return Rendered(plugins.on_page_content(page.content, page=page, config=config, files=files), page.doc)


__all__ = ["NOW", "Pipeline", "Rendered"]
