"""Makes the index of MkDocs' search plugin, by the plugin's own class, from pages already made: index.py PAGES.jsonl OUT [false|node].

The pages are lines of JSON: url, title, html (what MkDocs calls the content of a page). Writes OUT/search_index.json and the scripts that its worker loads.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from html import unescape
from pathlib import Path

from mkdocs.contrib import search
from mkdocs.contrib.search.search_index import SearchIndex
from mkdocs.structure.toc import AnchorLink

HEADING = re.compile(r'<h([1-6])[^>]*? id="([^"]+)"[^>]*>(.*?)</h\1>', re.S)
SCRIPTS = ("lunr-language/lunr.stemmer.support.js", "lunr-language/lunr.fr.js", "templates/search/lunr.js", "templates/search/worker.js")


class Page:
    """What the plugin reads of a page of MkDocs."""

    def __init__(self, line: str) -> None:
        page = json.loads(line)
        self.url, self.title, self.content = page["url"].lstrip("/"), page["title"], page["html"]
        self.toc = [AnchorLink(unescape(re.sub(r"<[^>]+>", "", words)), ident, int(level)) for level, ident, words in HEADING.findall(self.content)]


def main() -> None:
    pages, out, prebuild = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "node"
    index = SearchIndex(lang=["fr"], separator=r"[\s\-]+", min_search_length=3, prebuild_index="node" if prebuild else False, indexing="full")
    with pages.open(encoding="utf-8") as lines:
        for line in lines:
            index.add_entry_from_context(Page(line))
    out.mkdir(parents=True, exist_ok=True)
    (out / "search_index.json").write_text(index.generate_search_index(), encoding="utf-8")
    for script in SCRIPTS:
        shutil.copy(Path(search.base_path) / script, out)


if __name__ == "__main__":
    main()
