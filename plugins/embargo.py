"""Embargo: what is not published at the instant of the build (embargo to come, expiry past) is left out of it."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files


class Embargo(BasePlugin):
    """The instant was applied by the inventory, once for the whole site; nothing here looks at a clock."""

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        for file in list(files):
            row = getattr(file.page, "row", None)
            if row is not None and not row.visible:
                files.remove(file)
        return files
