"""pa11y-ci, by subprocess: axe and HTML CodeSniffer in Chromium, on the pages of a built site.

pa11y-ci is not to be taken at its word. Each of its traps was met, and is closed here:

- a page that answers 404 passes, with « 0 errors »: every address must answer 200 first;
- a page on which a checker could not run is neither a pass nor an error, and the exit code may be 0: such pages are tried once more,
  and then the whole check is void;
- there must be as many results as pages asked for;
- `rules: [target-size]` (2.5.8, which is not among the tags that pa11y asks of axe) is known to axe only; HTML CodeSniffer then fails on
  every page: each checker has its own run;
- pa11y calls « warning » the violations that axe finds moderate (headings that skip a level, content out of landmarks…), « notice » the
  minor ones, and leaves both out: they are asked for, and every violation counts;
- what axe could not decide pa11y calls an error: it is told, as « à vérifier »;
- axe can never decide the contrast in a cell that goes on over several rows, for it sees the backgrounds of all of them, when browsers paint but
  that of the row in which the cell begins: HTML CodeSniffer, which reads the computed styles of the cell and of what holds it, decides;
- a checker that finds nothing may be broken: each pa11y-ci also looks at a page with known faults, which must fail, otherwise all is void.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from fleuve.audit import tool
from fleuve.audit.built_page import BuiltPage
from fleuve.audit.finding import CERTAIN, TO_VERIFY, Finding
from fleuve.audit.html_page import HtmlPage
from fleuve.audit.loopback import served

STANDARD = "WCAG2AA"
BATCH = 60
"""Pages given to one pa11y-ci: what is lost when a browser dies, and how often progress is told."""

PAGE_SECONDS = 60
_AXE = "pa11y/node_modules/axe-core" if (tool.PACKAGES / "pa11y/node_modules/axe-core").is_dir() else "axe-core"

FAULTY = """<!doctype html><html><head><title></title><style>a { font-size: 8px; color: #ccc; background: #fff }</style></head>
<body><img src="a.png"><p><a href="#b">x</a><a href="#c">y</a></p><p style="color: #666">Un texte assez pâle.</p><label>Nom</label><input>
<h1>Un</h1><h4>Quatre</h4></body></html>
"""
"""The control: a page without language, with an image without alternative, links too small and pale, a heading that skips levels."""


@dataclass(frozen=True)
class Runner:
    """A checker that pa11y drives. package: its folder in node_modules/. rules: what is asked of it beyond the standard. control: codes
    that it must find on the faulty page. doubts: whether what it calls a warning or a notice is asked for too."""

    name: str
    title: str
    package: str
    rules: tuple[str, ...]
    control: frozenset[str]
    doubts: bool = False


# axe's moderate and minor violations are « warnings » and « notices »; HTML CodeSniffer's are questions to a person.
RUNNERS = (
    Runner("axe", "axe", _AXE, ("target-size",), frozenset({"image-alt", "html-has-lang", "target-size", "color-contrast", "heading-order"}), doubts=True),
    Runner("htmlcs", "HTML CodeSniffer", "@pa11y/html_codesniffer", (), frozenset({
        "WCAG2AA.Principle1.Guideline1_1.1_1_1.H37", "WCAG2AA.Principle3.Guideline3_1.3_1_1.H57.2", "WCAG2AA.Principle1.Guideline1_4.1_4_3.G18.Fail"})),
)

Progress = Callable[[int, int], None]
Errors = dict[str, list[dict]]


@dataclass
class Run:
    """What one checker did: its version, the pages that it looked at, what it found. rules: {id: (criteria, ACT rule)} of the rules that
    ran, where the checker names them."""

    runner: str
    title: str
    version: str
    added: tuple[str, ...]
    pages: list[str]
    findings: list[Finding] = field(default_factory=list)
    rules: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)

    def to_json(self) -> dict:
        """Counts and findings."""
        return {"runner": self.runner, "version": self.version, "standard": STANDARD, "pages": len(self.pages), "errors": sum(finding.is_certain for finding in self.findings),
                "to_verify": sum(not finding.is_certain for finding in self.findings)}


@dataclass
class Result:
    """One run for each checker. tool, browser: name and version."""

    tool: str
    browser: str
    runs: list[Run] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """What all checkers found, in order of file."""
        return sorted(finding for run in self.runs for finding in run.findings)

    def to_json(self) -> dict:
        """What `check --json` says of it."""
        return {"tool": self.tool, "browser": self.browser, "runs": [run.to_json() for run in self.runs]}


def run(folder: Path, pages: Sequence[BuiltPage], base: str = "/", progress: Progress | None = None) -> Result:
    """Look at pages of a built site with each checker.

    Takes the folder, the pages chosen by `built_page.select`, the base path of the site, and a function told of the pages done.
    Raises ToolMissing when something is not installed, ToolFault when the result would prove nothing.
    """
    result = Result(f"pa11y-ci {require()}", tool.browser_version())
    if not pages:
        return result
    with served(folder, base) as home, _control() as control:
        urls = {home + page.address[1:]: page for page in pages}
        _check_answers(urls)
        total, done = len(urls) * len(RUNNERS), 0
        for runner in RUNNERS:
            run = Run(runner.name, runner.title, tool.package_version(runner.package), runner.rules, [page.address for page in pages])
            run.rules = axe_rules() if runner.name == "axe" else {}
            for batch in _batches(list(urls)):
                found = look([*batch, control], runner)
                _check_control(found.pop(control), runner)
                if runner.name == "axe":
                    found = _decide(found, {url: (folder / page.file).read_bytes() for url, page in urls.items() if found.get(url)}, control)
                for url, errors in found.items():
                    run.findings += [_finding(error, runner, urls[url], folder) for error in errors]
                done += len(batch)
                if progress:
                    progress(done, total)
            run.findings.sort()
            result.runs.append(run)
    return result


def require() -> str:
    """Version of pa11y-ci. Raises ToolMissing when it, Node or Chromium is not installed: told before a site is built for nothing."""
    tool.node(), tool.chromium(), tool.package("pa11y-ci/bin/pa11y-ci.js")
    return tool.package_version("pa11y-ci")


def look(urls: Sequence[str], runner: Runner) -> Errors:
    """What a checker finds at each address: {url: errors}. Pages on which it could not run are tried once more; then ToolFault."""
    found = _pa11y(urls, runner)
    failed = [url for url, errors in found.items() if any("code" not in error for error in errors)]
    if failed:
        found |= _pa11y(failed, runner)
    for url in failed:
        if reasons := [str(error.get("message", "")) for error in found[url] if "code" not in error]:
            raise tool.ToolFault(f"{runner.title} n’a pas pu s’exécuter sur {_path(url)} ({reasons[0][:200]}) : la vérification est nulle. Relancez.")
    return {url: [error for error in errors if _counts(error)] for url, errors in found.items()}


def _counts(error: dict) -> bool:
    """What is told: errors, and all violations of axe. What axe leaves to a person is told only when pa11y calls it an error."""
    return error["type"] == "error" or (error.get("runner") == "axe" and not _undecided(error))


def _undecided(error: dict) -> bool:
    """Whether axe says that a person must judge."""
    return bool(error.get("runnerExtras", {}).get("needsFurtherReview"))


_MEASURER = replace(next(runner for runner in RUNNERS if runner.name == "htmlcs"), doubts=True)


def _decide(found: Errors, pages: dict[str, bytes], control: str) -> Errors:
    """What axe found, without the contrasts of cells over several rows that HTML CodeSniffer measures and finds sufficient: it says nothing
    of them, not even that it doubts (an image or a transparent colour behind, a position of its own)."""
    undecided = {url: [error for error in errors if _undecided(error) and error.get("code") == "color-contrast"] for url, errors in found.items()}
    undecided = {url: merged for url, errors in undecided.items() if errors and (merged := _in_merged_cells(errors, pages[url]))}
    if not undecided:
        return found
    measured = _pa11y([*undecided, control], _MEASURER)
    _check_control(measured.pop(control), _MEASURER)
    decided = dict(found)
    for url, errors in undecided.items():
        said = measured[url]
        if said and all("code" in one for one in said):
            doubtful = {one.get("selector") for one in said if ".1_4_3." in one["code"]}
            decided[url] = [error for error in found[url] if error not in errors or error.get("selector") in doubtful]
    return decided


def _in_merged_cells(errors: list[dict], html: bytes) -> list[dict]:
    """Those that are about a cell that spans several rows, or about something in one."""
    page = HtmlPage(html)

    def merged(error: dict) -> bool:
        elements = page.select(str(error.get("selector", "")))
        return len(elements) == 1 and elements[0].closest("td[rowspan], th[rowspan]") is not None

    return [error for error in errors if merged(error)]


def _batches(urls: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(urls), BATCH):
        yield urls[start:start + BATCH]


def _check_answers(urls: dict[str, BuiltPage]) -> None:
    """Every address answers 200: pa11y-ci would take the page of a 404 for the one that it was asked."""
    import urllib.error  # here: a build that looks for nothing in a browser starts without them
    import urllib.request

    for url, page in urls.items():
        try:
            with urllib.request.urlopen(url, timeout=PAGE_SECONDS) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        if status != 200:
            raise tool.ToolFault(f"L’adresse {page.address} répond {status} au lieu de 200 : la vérification est nulle. Reconstruisez le site, puis relancez.")


@contextmanager
def _control() -> Iterator[str]:
    """The address of the faulty page, while the block runs."""
    with tempfile.TemporaryDirectory(prefix="fleuve-temoin-") as folder:
        (Path(folder) / "temoin.html").write_text(FAULTY, "utf-8")
        with served(Path(folder)) as home:
            yield f"{home}temoin.html"


def _check_control(errors: list[dict], runner: Runner) -> None:
    """The faulty page fails, for the reasons known: a checker that finds nothing there finds nothing anywhere."""
    missed = runner.control - {str(error.get("code")) for error in errors}
    if missed:
        raise tool.ToolFault(f"{runner.title} n’a pas vu les fautes de la page témoin ({', '.join(sorted(missed))}) : la vérification est nulle. "
                             "Réinstallez les outils (make clean, puis make tools).")


# pa11y-ci itself.


def _pa11y(urls: Sequence[str], runner: Runner) -> Errors:
    with tempfile.TemporaryDirectory(prefix="fleuve-pa11y-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        report, config = folder / "bilan.json", folder / "pa11yci.json"
        config.write_text(json.dumps(_config(urls, runner, folder, report)), "utf-8")
        said = _call([tool.node(), str(tool.package("pa11y-ci/bin/pa11y-ci.js")), "--config", str(config)], folder, 60 + PAGE_SECONDS * len(urls) // 4)
        if not report.is_file():
            raise tool.ToolFault(f"pa11y-ci n’a pas donné de bilan : {said.strip()[-300:]}")
        results = json.loads(report.read_text("utf-8"))["results"]
    if sorted(results) != sorted(urls):
        strangers = sorted(set(urls) ^ set(results))
        raise tool.ToolFault(f"pa11y-ci n’a pas regardé chaque page ({_path(strangers[0])}) : la vérification est nulle. Relancez.")
    return results


def _config(urls: Sequence[str], runner: Runner, folder: Path, report: Path) -> dict:
    return {
        "defaults": {
            "standard": STANDARD, "runners": [runner.name], "rules": list(runner.rules), "timeout": PAGE_SECONDS * 1000,
            "includeWarnings": runner.doubts, "includeNotices": runner.doubts,
            # A page waits half a second for the network to be still: more pages at once than processors.
            "concurrency": max(4, min(8, 3 * (os.cpu_count() or 1))),
            # A context of its own for each page hangs now and then, and nothing is kept between pages but files of the theme.
            "useIncognitoBrowserContext": False,
            "reporters": [["json", {"fileName": str(report)}]],
            "chromeLaunchConfig": {
                "executablePath": tool.chromium(), "userDataDir": str(folder / "profil"),
                # Nothing but this machine can be reached: what is proved does not depend on the network.
                "args": [*tool.BROWSER_ARGUMENTS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            },
        },
        "urls": list(urls),
    }


def _call(command: list[str], folder: Path, seconds: int) -> str:
    """Run a command for at most `seconds`; what it said on standard error. No browser outlives it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        return process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        raise tool.ToolFault(f"pa11y-ci n’avait pas fini après {seconds} s. Relancez ; s’il recommence, une page bloque le navigateur.") from None
    finally:
        _end(process)
        _end_browsers(folder)


def _end(process: subprocess.Popen) -> None:
    """Stop pa11y-ci: asked first, for it then closes its browser."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_browsers(folder: Path) -> None:
    """Stop the browsers that a pa11y-ci which died left behind: those whose profile is in its folder, and no other."""
    for _ in range(20):
        left = list(_processes(str(folder)))
        for number in left:
            try:
                os.kill(number, signal.SIGKILL)
            except OSError:
                pass  # it has just ended by itself
        if not left:
            return
        time.sleep(0.05)


def _processes(word: str) -> Iterator[int]:
    """Processes of this machine whose command holds a word; none where there is no /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if word.encode() in command and (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z":
                yield int(entry.name)
        except OSError:
            continue


# What it found.


def _finding(error: dict, runner: Runner, page: BuiltPage, folder: Path) -> Finding:
    code = str(error.get("code", ""))
    excerpt = str(error.get("context") or error.get("selector") or "")[:160]
    line = _line((folder / page.file).read_text("utf-8", "replace"), excerpt)
    if runner.name == "axe":
        criteria, act = axe_rules().get(code, ((), ""))
        message = axe_words().get(code) or str(error.get("message", ""))
        rule, remedy = f"axe:{code}", f"Voyez https://dequeuniversity.com/rules/axe/{'.'.join(tool.package_version(_AXE).split('.')[:2])}/{code}?lang=fr"
    else:
        criterion, _, technique = code.removeprefix(f"{STANDARD}.").rpartition("Guideline")[2].partition(".")[2].partition(".")
        criteria, act, rule = (criterion.replace("_", "."),), "", f"htmlcs:{criterion}.{technique}".rstrip(".")
        message = f"HTML CodeSniffer dit, en anglais : « {str(error.get('message', '')).rstrip('.')} »."
        remedy = f"Voyez le critère {criteria[0]} des WCAG et la technique {technique}."
    return Finding(page.file, line, rule, act, criteria, TO_VERIFY if _undecided(error) else CERTAIN, f"{message} ({error.get('selector', '')})", remedy, excerpt)


def _line(html: str, excerpt: str) -> int:
    """The line of the element in the page, by its start tag; 1 when the browser has written it otherwise."""
    tag = excerpt[: excerpt.find(">") + 1] or excerpt
    position = html.find(tag) if tag else -1
    return html.count("\n", 0, position) + 1 if position >= 0 else 1


_TAGS = ("wcag2a", "wcag21a", "wcag2aa", "wcag21aa", "best-practice")
"""What pa11y asks of axe for WCAG2AA (pa11y/lib/runners/axe.js)."""

_NUMBER = re.compile(r"wcag(\d)(\d)(\d+)")


@lru_cache(1)
def axe_rules() -> dict[str, tuple[tuple[str, ...], str]]:
    """{rule: (criteria, ACT rule)} of the axe rules that pa11y runs, as this axe itself lists them."""
    script = f"process.stdout.write(JSON.stringify(require({json.dumps(str(tool.package(_AXE)))}).getRules()))"
    rules = json.loads(tool.say([tool.node(), "-e", script]))
    added = {name for runner in RUNNERS if runner.name == "axe" for name in runner.rules}
    return {
        rule["ruleId"]: (tuple(sorted(".".join(match.groups()) for tag in rule["tags"] if (match := _NUMBER.fullmatch(tag)))), (rule.get("actIds") or [""])[0])
        for rule in rules if "experimental" not in rule["tags"] and "deprecated" not in rule["tags"] and (rule["ruleId"] in added or set(rule["tags"]) & set(_TAGS))
    }


@lru_cache(1)
def axe_words() -> dict[str, str]:
    """{rule: what it asks}, in French, as axe itself says."""
    words = json.loads(tool.package(f"{_AXE}/locales/fr.json").read_text("utf-8"))
    return {name: f"{rule['help']}." for name, rule in words["rules"].items()}


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]
