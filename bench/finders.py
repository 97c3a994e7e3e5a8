"""The searches that the benchmark compares: how each is installed, makes its index, is asked, and what a browser loads of it."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import contestants
import process
from contestants import PEERS
from search_browser import Served, open_browser
from search_pages import Pages

sys.path.insert(0, str(contestants.REPOSITORY))

# Results that count: the first page of each search has about as many.
FIRST = 10
# What V8 can hold in one string: a larger index cannot be read by Chromium or Node.
LONGEST_STRING = 2**29 - 24


class Finder(contestants.Contestant):
    """A search beside Fleuve's. `prepare` is not measured: it only writes, as each wants them, pages that are built already."""

    layout = "fleuve"

    def __init__(self, work: Path):
        super().__init__(work)
        self.input = self.work / "pages"

    def prepare(self, pages: Pages) -> int:
        """Write what the index is made from; return the number of pages."""
        raise NotImplementedError

    def index(self) -> process.Measure:
        """Make the index from nothing."""
        self.clear()
        return process.run(self.command(self.input), self.work / "log", self.cwd(), self.env(self.input), self.accepted)

    def answers(self, queries: list[str]) -> list[list[str]]:
        """Return the addresses of the first pages found for each query."""
        raise NotImplementedError

    def empty(self) -> None:
        super().empty()
        shutil.rmtree(self.input, ignore_errors=True)
        self.input.unlink(missing_ok=True)

    def sizes(self) -> dict[str, int]:
        """Return the files and bytes of the index."""
        files = [file for file in self.out.rglob("*") if file.is_file()]
        return {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}


class Pagefind(Finder):
    """Pagefind by its binary and its JavaScript, as they come, with their own ranking."""

    name = "pagefind"
    title = "Pagefind"
    largest = 10_000

    def __init__(self, work: Path):
        super().__init__(work)
        self.out = self.input / "pagefind"

    def install(self) -> None:
        for file in ("package.json", "package-lock.json"):
            shutil.copy(PEERS / self.name / file, self.work / file)
        if not (self.work / "node_modules").exists():
            contestants.install(["npm", "ci", "--no-audit", "--no-fund"], self.work)

    def prepare(self, pages: Pages) -> int:
        return pages.mark(self.input)

    def command(self, content: Path) -> list[str]:
        # The npm launcher would add the start of Node.
        return [str(next(self.work.glob("node_modules/@pagefind/*/bin/pagefind_extended"))), "--site", str(content), "--output-path", str(self.out), "--quiet"]

    def answers(self, queries: list[str]) -> list[list[str]]:
        with Served(self.input, self.work) as served, open_browser() as browser:
            tab = browser.new_page()
            tab.goto(served.url + "/essai.html")
            tab.evaluate(self.START)
            return [tab.evaluate(f"(words) => ask(words, {FIRST})", words) for words in queries]

    # Its default page of results has five, each with its own file.
    # Milliseconds without a key after which its own page asks (`debounceTimeoutMs`).
    PAUSE = 300
    AHEAD = False
    START = """async () => {
      window.pagefind = await import("/pagefind/pagefind.js");
      window.ask = async (words, count = 5) => {
        const { results } = await pagefind.search(words);
        return (await Promise.all(results.slice(0, count).map((result) => result.data()))).map((page) => page.url);
      };
    }"""

    def version(self) -> str:
        return json.loads((self.work / "node_modules/pagefind/package.json").read_text())["version"]


class MkDocsSearch(Finder, contestants.PythonPeer):
    """The search of MkDocs: its plugin's index, its worker, lunr.js and its French."""

    name = "mkdocs-search"
    title = "MkDocs’ search (lunr)"
    largest = 10_000
    prebuild = "false"

    def __init__(self, work: Path):
        super().__init__(work)
        self.input = self.work / "pages.jsonl"

    def prepare(self, pages: Pages) -> int:
        return pages.cut(self.input)

    def command(self, content: Path) -> list[str]:
        return [str(self._environment / "bin/python"), str(PEERS / "lunr/index.py"), str(content), str(self.out), self.prebuild]

    def answers(self, queries: list[str]) -> list[list[str]]:
        asked, found = self.work / "queries.json", self.work / "answers.json"
        asked.write_text(json.dumps(queries), "utf-8")
        subprocess.run(["node", "--max-old-space-size=12000", str(PEERS / "lunr/answer.cjs"), str(self.out), str(asked), str(found)], check=True)
        return json.loads(found.read_text("utf-8"))["found"]

    def loaded(self) -> int:
        """Return the bytes, compressed, that a browser loads before the first query: the index, lunr and its French, the worker."""
        return sum(len(gzip.compress(file.read_bytes(), 6)) for file in self.out.iterdir())

    def version(self) -> str:
        return f"MkDocs {self._package_version('mkdocs')}"


class PrebuiltMkDocsSearch(MkDocsSearch):
    """The same with its option `prebuild_index: node`. Its answers are those of the other: only its cost is measured."""

    name = "mkdocs-search-prebuilt"
    title = "MkDocs’ search, index made beforehand"

    prebuild = "node"

    def readable(self) -> bool:
        """Say whether a browser can read the index at all."""
        return (self.out / "search_index.json").stat().st_size <= LONGEST_STRING


PEERS_BY_NAME = {finder.name: finder for finder in (Pagefind, MkDocsSearch, PrebuiltMkDocsSearch)}


class FleuveSearch(contestants.Fleuve):
    """The engine of this repository, its index made within the build."""

    name = "fleuve"
    title = "Fleuve"
    search = True
    folder = "recherche/donnees"

    def answers(self, queries: list[str]) -> list[list[str]]:
        """Return the addresses of the first pages found for each query, by the reader in Python: the same engine as in the browser."""
        ask = self._reader()
        return [[result["url"] for result in ask(words)["results"]] for words in queries]

    def _reader(self) -> Callable[[str], dict]:
        from fleuve.search.reader import Question, Reader

        reader = Reader(self.out / self.folder)
        return lambda words: reader.search(Question(words, count=FIRST))

    def searchable(self) -> bool:
        """Say whether the site has an index and this repository its reader."""
        try:
            import fleuve.search.reader  # noqa: F401
        except ImportError:
            return False
        return (self.out / self.folder).is_dir()

    def sizes(self) -> dict[str, int]:
        """Return the files and bytes of the index, in both languages."""
        files = [file for folder in (self.folder, "en/search/donnees") for file in (self.out / folder).rglob("*") if file.is_file()]
        return {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}

    # Milliseconds without a key after which the box asks (WAIT of recherche.js).
    PAUSE = 110
    # It asks ahead for a word that is whole, without pages, and for the words that three letters begin; and for as many pages as it shows.
    AHEAD = True
    START = """async () => {
      const worker = new Worker("/js/recherche-moteur.js"), waiting = new Map();
      worker.onmessage = ({ data }) => { waiting.get(data.id)?.(data); waiting.delete(data.id); };
      let last = 0;
      const asked = { folder: "/recherche/donnees/", typing: true, facets: {}, from: "", to: "", sort: "relevance", start: 0, counts: false, exact: false };
      window.begin = (query) => worker.postMessage({ ...asked, id: ++last, query, begun: true });
      window.ask = (words, count = 6) => new Promise((done) => {
        waiting.set(++last, ({ results }) => done(results.map((result) => result.url)));
        worker.postMessage({ ...asked, id: last, query: words, count });
      });
    }"""


class WithoutSearch(FleuveSearch):
    """The same without its search: what the index costs is the difference."""

    name = "fleuve-without"
    title = "Fleuve without search"
    search = False
