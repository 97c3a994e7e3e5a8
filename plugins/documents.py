"""Documents: the inventory's pages take the place of MkDocs' own, with their address, validated front matter and body."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files

from fleuve.presses.mkdocs import DocumentPage, compose
from fleuve.presses.session import Session


class Documents(BasePlugin):
    """Under build.py, the press hands over the session of its shard. Under `mkdocs build`, this plugin takes the inventory of the
    whole content folder itself, and then everything goes the same way."""

    session: Session | None = None
    _folder: tempfile.TemporaryDirectory | None = None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        # Our stages write these; MkDocs' own sitemap template would be overwritten anyway.
        config.theme.static_templates.clear()
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        if self.session is None:
            self.session = self._whole_site(config)
            self.session.compose = partial(compose, config=config)
            # MkDocs makes its environment after it has read the pages; components are rendered while it does.
            self.session.prepare(config.theme.get_env())
            for row in self.session.rows.values():
                if row.virtual:
                    files.append(File.generated(config, row.path, content=""))
        for file in list(files):
            if not file.is_documentation_page():
                # The theme's labels and notes are for the build, not for the site; so are data files of the content.
                if file.src_uri.startswith(("langues/", "_")) or self._is_early(file, config):
                    files.remove(file)
                continue
            row = self.session.rows.get(file.src_uri)
            if row is None or row.output is None:
                files.remove(file)
                continue
            file.dest_uri = row.output
            file.page = DocumentPage(file, config, row, self.session)
        return files

    def _is_early(self, file: File, config: MkDocsConfig) -> bool:
        """Whether this is a file of the content that goes with documents which are not published; under build.py, others copy them."""
        return self.session.standalone and file.src_dir == config.docs_dir and self.session.index.media(file.src_uri) is None

    def on_env(self, env, config: MkDocsConfig, files: Files):
        self.session.prepare(env)
        return env

    def _whole_site(self, config: MkDocsConfig) -> Session:
        from fleuve.build import open_session

        self._folder = tempfile.TemporaryDirectory(prefix="fleuve-")
        return open_session(Path(config.config_file_path), Path(config.docs_dir), Path(config.site_dir), Path(self._folder.name))
