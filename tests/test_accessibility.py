"""Accessibility of the built site: pa11y-ci (axe and HTML CodeSniffer) and axe itself in Chromium, W3C's validator on every page.

pa11y-ci is not to be taken at its word, so each of its traps is closed here:
- a page that answers 404 passes: every address must answer 200 first;
- a page on which a checker could not run is neither a pass nor an error, and the exit code is 0: every result is looked at,
  and there must be as many as pages asked for;
- `rules: [target-size]` (2.5.8, which pa11y's list of WCAG 2.1 tags leaves out) is known to axe only, and makes the other
  checker fail on every page: each has its own run;
- a checker that finds nothing anywhere may be broken: a page with known faults must fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import pytest
from served import ARGUMENTS, Served, chromium_path, missing, npm_tool, serve

pytest_plugins = ["browser"]

# With FLEUVE_PA11Y=all, every page of the sample goes through pa11y-ci; without, one of each type and a sample.
EVERY_PAGE = os.environ.get("FLEUVE_PA11Y") == "all"
SAMPLED = 24
CHECKERS = {"axe": ["target-size"], "htmlcs": []}
FAULTY = """<!doctype html><html><head><title></title><style>a { font-size: 8px; color: #ccc; background: #fff }</style></head>
<body><img src="a.png"><p><a href="#b">x</a><a href="#c">y</a></p><p style="color: #666">Un texte assez pâle.</p><label>Nom</label><input></body></html>"""

Findings = dict[str, list[dict]]


def pa11y(urls: list[str], checker: str, folder: Path) -> Findings:
    """What one of pa11y's checkers finds on each page: {url: errors}, an error for a page on which it could not run."""
    report, config = folder / f"{checker}.json", folder / "pa11yci.json"
    config.write_text(json.dumps({
        "defaults": {
            "standard": "WCAG2AA", "runners": [checker], "rules": CHECKERS[checker], "concurrency": 4, "timeout": 60_000,
            "useIncognitoBrowserContext": False, "reporters": [["json", {"fileName": str(report)}]],
            "chromeLaunchConfig": {"executablePath": chromium_path(), "args": ARGUMENTS},
        },
        "urls": urls,
    }))
    done = subprocess.run(["node", npm_tool(".bin/pa11y-ci"), "--config", config], capture_output=True, text=True, timeout=1500)
    assert report.is_file(), f"pa11y-ci gave no report: {done.stderr[-2000:]}"
    results = json.loads(report.read_text("utf-8"))["results"]
    assert sorted(results) == sorted(urls), "pa11y-ci has not looked at every page"
    return {url: [error for error in errors if error.get("type", "error") == "error"] for url, errors in results.items()}


def explain(findings: Findings) -> str:
    """The first errors of each page, for people."""
    return "\n".join(
        f"{url}: {error.get('code')} {error.get('selector')} {error.get('message', '')[:200]}"
        for url, errors in findings.items() for error in errors[:3]
    )


def statuses(urls: Iterable[str]) -> dict[str, int]:
    """The status with which each address answers."""
    found = {}
    for url in urls:
        try:
            with urllib.request.urlopen(url) as answer:
                found[url] = answer.status
        except urllib.error.HTTPError as error:
            found[url] = error.code
    return found


@pytest.fixture(scope="module")
def checked(sample: Served, showcase: Served) -> list[str]:
    """The addresses that pa11y-ci looks at, all of which answer 200."""
    pages = list(sample.pages.values()) if EVERY_PAGE else dict.fromkeys([*sample.one_of_each(), *sample.some(SAMPLED)])
    urls = [page.url for page in (*pages, *showcase.pages.values())]
    urls += [f"{sample.url}/404.html", f"{sample.url}/en/404.html"]
    wrong = {url: status for url, status in statuses(urls).items() if status != 200}
    assert not wrong
    return urls


@pytest.mark.parametrize("checker", CHECKERS)
def test_pa11y_finds_no_error(checker: str, checked: list[str], tmp_path: Path) -> None:
    findings = {url: errors for url, errors in pa11y(checked, checker, tmp_path).items() if errors}
    assert not findings, explain(findings)


@pytest.mark.parametrize("checker", CHECKERS)
def test_pa11y_sees_the_faults_of_a_faulty_page(checker: str, tmp_path: Path) -> None:
    (tmp_path / "fautes.html").write_text(FAULTY, "utf-8")
    server = serve(tmp_path)
    url = f"http://127.0.0.1:{server.server_port}/fautes.html"
    codes = {str(error.get("code")) for error in pa11y([url], checker, tmp_path)[url]}
    server.shutdown()
    wanted = {"axe": {"image-alt", "html-has-lang", "target-size"}, "htmlcs": {"WCAG2AA.Principle1.Guideline1_1.1_1_1.H37", "WCAG2AA.Principle3.Guideline3_1.3_1_1.H57.2"}}
    assert wanted[checker] <= codes


# axe itself, newer than pa11y's, with what pa11y leaves out: WCAG 2.2, contrast of 7:1, a phone, the dark palette.

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AAA = {"color-contrast-enhanced": {"enabled": True}, "identical-links-same-purpose": {"enabled": True}}
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "dark phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


def axe_errors(tab, options: dict) -> list[str]:
    """What axe finds on the open page."""
    tab.add_script_tag(path=npm_tool("axe-core/axe.min.js"))
    violations = tab.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:300]}" for one in violations for node in one["nodes"][:2]]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_at_wcag_22_and_contrast_aaa(look: str, sample: Served, showcase: Served, chromium) -> None:
    options = {"runOnly": TAGS, "rules": AAA, "resultTypes": ["violations"]}
    context = chromium.new_context(**LOOKS[look])
    tab = context.new_page()
    found = {}
    for page in [*sample.one_of_each(), *showcase.pages.values()]:
        tab.goto(page.url)
        # What is folded away must be right too.
        tab.evaluate("document.querySelectorAll('details').forEach(one => { if (!one.name) one.open = true })")
        if errors := axe_errors(tab, options):
            found[page.url] = errors
    context.close()
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def test_axe_sees_the_faults_of_a_faulty_page(chromium) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    tab.set_content(FAULTY)
    found = " ".join(axe_errors(tab, {"runOnly": TAGS, "rules": AAA}))
    context.close()
    assert all(rule in found for rule in ("image-alt", "html-has-lang", "target-size", "color-contrast-enhanced"))


# W3C's validator (4.1.1: valid, unique ids).


def test_every_page_is_valid_html(sample: Served, showcase: Served) -> None:
    jar = npm_tool("vnu-jar/build/dist/vnu.jar")
    folders = [sample.folder, showcase.folder]
    try:
        done = subprocess.run(["java", "-Xss4m", "-jar", jar, "--format", "json", "--stdout", "--skip-non-html", *folders],
                              capture_output=True, text=True, timeout=600)
    except FileNotFoundError:
        missing("Java is not installed.")
    messages = [one for one in json.loads(done.stdout)["messages"] if one["type"] != "info" or one.get("subType") == "warning"]
    said = {f"{one['type']} {one['message']}": f"{one.get('url')} line {one.get('lastLine')}: {one.get('extract', '')[:200]}" for one in messages}
    assert not said, f"{len(messages)} messages:\n" + "\n".join(f"{what}\n    {where}" for what, where in list(said.items())[:30])


def test_the_validator_sees_a_fault(tmp_path: Path) -> None:
    (tmp_path / "fautes.html").write_text("<!doctype html><html lang=fr><title>x</title><p id=a><p id=a>", "utf-8")
    try:
        done = subprocess.run(["java", "-jar", npm_tool("vnu-jar/build/dist/vnu.jar"), "--format", "json", "--stdout", tmp_path / "fautes.html"],
                              capture_output=True, text=True, timeout=120)
    except FileNotFoundError:
        missing("Java is not installed.")
    assert any("Duplicate ID" in one["message"] for one in json.loads(done.stdout)["messages"])


def test_every_page_has_a_language_one_title_one_main_and_no_skipped_heading(sample: Served, showcase: Served) -> None:
    wrong = []
    for page in (*sample.pages.values(), *showcase.pages.values()):
        soup = page.soup
        levels = [int(one.name[1]) for one in soup.main.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
        if soup.html.get("lang") not in ("fr", "en") or len(soup.find_all("h1")) != 1 or len(soup.find_all("main")) != 1:
            wrong.append(f"{page.address}: lang, h1 or main")
        if levels[0] != 1 or any(after > before + 1 for before, after in zip(levels, levels[1:])):
            wrong.append(f"{page.address}: headings {levels}")
    assert not wrong


def test_titles_of_pages_are_distinct(sample: Served) -> None:
    seen: dict[tuple[str, str], list[str]] = {}
    for page in sample.pages.values():
        seen.setdefault((page.lang, page.soup.title.get_text()), []).append(page.address)
    assert not {title: pages for title, pages in seen.items() if len(pages) > 1}
