"""Files that third-party MkDocs plugins add to the site besides pages: the style sheet of a gallery, the data of a map…"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fleuve.stages.stage import OutputFile, Stage


class PluginFiles(Stage):
    """Depends on the configuration alone: a plugin that wants all pages at once belongs among the stages, not among plugins."""

    name = "greffons"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        yield from site.plugin_files
