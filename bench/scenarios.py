"""The situations in which engines are timed, and what each run must have produced to count."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import process
import reload
from contestants import Contestant
from corpus import Corpus, Place
from edits import Edited

SEED = 1
# Seconds. An engine that takes longer for an edit makes its whole site again, as its three cold runs show: it is timed once.
LONG = 30
SAVES = 5
# Content pages whose size is measured; indexes differ more from engine to engine than pages do.
SIZED_PAGES = 400


class WrongOutput(Exception):
    """A build ended well but its pages are not those that it had to write."""


# What ends an engine's part in a scenario, and is reported, without ending the benchmark.
FAILURES = (WrongOutput, process.CommandFailed, reload.ServerFailed, OSError)


@dataclass
class Result:
    """The runs of one engine in one scenario."""

    engine: str
    scenario: str
    command: str
    measures: list[dict] = field(default_factory=list)
    failure: str = ""

    def median(self, key: str) -> float:
        """Return the median of one figure over the runs."""
        return statistics.median(measure[key] for measure in self.measures)


class Trial:
    """One size of corpus, given in turn to each engine: A B C, A B C, …"""

    def __init__(self, size: int, contestants: list[Contestant], runs: int, work: Path, say: Callable[[str], None]):
        self.size = size
        self.contestants = [c for c in contestants if c.largest is None or size <= c.largest]
        self.runs = runs
        self.work = work
        self.say = say
        self.results: list[Result] = []
        self.page_sizes: dict[str, float] = {}
        self.output_sizes: dict[str, dict] = {}

    def run(self) -> None:
        """Prepare the corpora, run every scenario. Outputs stay: see Contestant.empty."""
        self._prepare()
        try:
            self._scenario("cold", self.contestants, self._cold)
            built = [contestant for contestant in self.contestants if not self._failed(contestant)]
            for contestant in built:
                self._sizes(contestant)
            daily = [contestant for contestant in built if contestant.daily]
            for contestant in set(self.contestants) - set(daily):
                contestant.clear()
            for name, build in (("nothing", self._build), ("body", self._body), ("title", self._title)):
                self._scenario(name, daily, build)
            for contestant in daily:
                self._serve(contestant)
        finally:
            for edited in self.edited.values():
                edited.undo()

    def _prepare(self) -> None:
        self.content, self.edited = {}, {}
        folder = self.work / "corpus"
        folder.mkdir(parents=True, exist_ok=True)
        for layout in {contestant.layout for contestant in self.contestants}:
            self.say(f"corpus of {self.size} pages, layout {layout}")
            self.content[layout] = corpus.cached(self.size, layout, SEED, folder)
            self.edited[layout] = Edited(Corpus(self.size, layout, SEED), self.content[layout])

    def _scenario(self, name: str, contestants: list[Contestant], build: Callable) -> None:
        results = {c.name: Result(c.name, name, shown(c.command(self.content[c.layout]), self.work)) for c in contestants}
        for number in range(1, self.runs + 1):
            for contestant in contestants:
                result = results[contestant.name]
                if result.failure or (name != "cold" and result.measures and result.measures[0]["wall"] > LONG):
                    continue
                self.say(f"{self.size} pages, {name}, run {number} of {self.runs}: {contestant.title}")
                try:
                    result.measures.append(build(contestant, number).figures())
                except FAILURES as failure:
                    result.failure = str(failure)
        self.results += results.values()

    def _failed(self, contestant: Contestant) -> bool:
        return any(result.failure for result in self.results if result.engine == contestant.name)

    def _build(self, contestant: Contestant, number: int) -> process.Measure:
        content = self.content[contestant.layout]
        return process.run(contestant.command(content), contestant.work / "log", contestant.cwd(), contestant.env(content),
                           contestant.accepted)

    def _cold(self, contestant: Contestant, number: int) -> process.Measure:
        contestant.clear()
        _read(self.content[contestant.layout])
        measure = self._build(contestant, number)
        missing = [path for path in self._paths() if not contestant.page(path).is_file()]
        if missing:
            raise WrongOutput(f"{contestant.title}: {len(missing)} pages of {self.size} were not written, first {missing[0]}")
        return measure

    def _paths(self) -> Iterable[str]:
        """The pages that every engine has to write, by their paths in the layout `fleuve`."""
        return (Place.of(number).path for number in range(self.size))

    def _sized(self) -> list[str]:
        """The pages whose size is measured."""
        step = max(1, self.size // SIZED_PAGES)
        return [place.path for place in map(Place.of, range(2, self.size, step)) if place.rank]

    def _body(self, contestant: Contestant, number: int) -> process.Measure:
        edited = self.edited[contestant.layout]
        marker = edited.body(number)
        measure = self._build(contestant, number)
        self._expect(contestant, marker, edited.path)
        return measure

    def _title(self, contestant: Contestant, number: int) -> process.Measure:
        edited = self.edited[contestant.layout]
        title = edited.title(number)
        measure = self._build(contestant, number)
        self._expect(contestant, title, edited.path, edited.index_path, edited.sibling_path)
        return measure

    @staticmethod
    def _expect(contestant: Contestant, text: str, *paths: str) -> None:
        for path in paths:
            if text not in contestant.page(path).read_text(encoding="utf-8"):
                raise WrongOutput(f"{contestant.title}: « {text} » is not in {path}")

    def _serve(self, contestant: Contestant) -> None:
        """Time a few saves while the engine's server runs: by its event for Fleuve, by polling for others."""
        content, edited = self.content[contestant.layout], self.edited[contestant.layout]
        wait = reload.by_event if contestant.name == "fleuve" else reload.by_polling
        port = reload.free_port()
        command = contestant.serve(content, port)
        url = "/" + edited.path[: -len(".md")] + "/"
        result = Result(contestant.name, "serve", shown(command, self.work).replace(str(port), "PORT"))
        try:
            with reload.Server(command, port, contestant.cwd(), contestant.work / "serve.log") as server:
                for number in range(1, SAVES + 1):
                    self.say(f"{self.size} pages, save {number} of {SAVES} in serve: {contestant.title}")
                    result.measures.append({"wall": wait(server, url, lambda n=number: edited.body(100 + n))})
        except FAILURES as failure:
            result.failure = str(failure)
        self.results.append(result)

    def _sizes(self, contestant: Contestant) -> None:
        self.page_sizes[contestant.name] = statistics.mean(contestant.page(path).stat().st_size for path in self._sized())
        files = total = 0
        for folder, _, names in os.walk(contestant.out):
            files += len(names)
            total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
        self.output_sizes[contestant.name] = {"files": files, "bytes": total}


def real_corpus(contestant: Contestant, content: Path, runs: int, work: Path, say: Callable[[str], None]) -> list[Result]:
    """Time a real folder of content, cold and unchanged, with one engine; return the results."""
    results = [Result(contestant.name, name, shown(contestant.command(content), work, content)) for name in ("cold", "nothing")]
    for number in range(1, runs + 1):
        for result in results:
            say(f"real corpus, {result.scenario}, run {number} of {runs}")
            if result.scenario == "cold":
                contestant.clear()
                _read(content)
            measure = process.run(contestant.command(content), contestant.work / "log", contestant.cwd(), None, (0, 1))
            result.measures.append(measure.figures())
    return results


def _read(root: Path) -> None:
    """Read every file of a corpus: the first engine to come would else be the one that waits for the disk."""
    for folder, _, names in os.walk(root):
        for name in names:
            Path(folder, name).read_bytes()


def shown(command: list[str], work: Path, content: Path | None = None) -> str:
    """Return a command as a reader can type it: no path of this machine in it."""
    text = " ".join(command)
    replacements = [(str(content), "DIR")] if content else []
    replacements += [(sys.executable, ".venv/bin/python"), (str(work), ".bench"), (str(Path(__file__).parents[1]) + "/", "")]
    for path, name in replacements:
        text = text.replace(path, name)
    return text
