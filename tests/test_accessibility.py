"""Accessibility of the built site: pa11y-ci (axe and HTML CodeSniffer) and axe itself in Chromium, W3C's validator on every page.

pa11y-ci is driven by fleuve/audit/pa11y.py, as in `build.py check --pa11y`; its traps have their tests here. By default a browser looks at
one page of each kind and a sample; `make preuves` takes every page, and so does FLEUVE_PA11Y=all.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from served import Served, few_twins, found, npm_tool

from fleuve.audit import built_page, nu, pa11y, tool
from fleuve.audit.built_page import BuiltPage

pytest_plugins = ["browser"]

MODE = "all" if os.environ.get("FLEUVE_PA11Y") == "all" else "sample"
AXE, HTMLCS = pa11y.RUNNERS


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    """All that these tests drive is installed, or they are skipped."""
    found(pa11y.require)
    found(nu.require)


def explain(findings: list) -> str:
    """The first findings, for people."""
    return "\n".join(f"{one.file}:{one.line}: {one.rule} {one.message} {one.excerpt}" for one in findings[:30])


def page_of(folder: Path, name: str = "page.html", html: str = pa11y.FAULTY) -> BuiltPage:
    """A page of a folder, written there."""
    (folder / name).write_text(html, "utf-8")
    return BuiltPage(f"/{name}", name, "", "", len(html))


# pa11y-ci, by the wrapper.


def test_pa11y_finds_no_error(sample: Served, showcase: Served) -> None:
    for site in (sample, showcase):
        pages = built_page.select(site.built, MODE, number=8)
        pages = pages if MODE == "all" else few_twins(pages)
        assert len(pages) >= 20, "too few pages were chosen"
        result = pa11y.run(site.folder, pages)
        assert [run.runner for run in result.runs] == ["axe", "htmlcs"]
        assert all(len(run.pages) == len(pages) for run in result.runs)
        # The showcase has a table wider than its region, of which axe cannot see every cell: that is left to a person, and told as such.
        wrong = [finding for finding in result.findings if site is sample or finding.is_certain]
        assert not wrong, explain(wrong)


def test_pa11y_tells_the_faults_of_a_page_in_french_with_their_line(tmp_path: Path) -> None:
    """heading-order and region are « moderate »: pa11y by itself leaves them out."""
    progress = []
    result = pa11y.run(tmp_path, [page_of(tmp_path)], progress=lambda done, total: progress.append((done, total)))
    found = {finding.rule: finding for finding in result.findings}
    assert {"axe:image-alt", "axe:target-size", "axe:heading-order", "axe:region", "htmlcs:1_1_1.H37"} <= found.keys()
    image = found["axe:image-alt"]
    assert (image.file, image.line, image.criteria, image.act_rule, image.certainty) == ("page.html", 2, ("1.1.1",), "23a2a8", "certain")
    assert "alternative textuelle" in image.message and image.excerpt.startswith('<img src="a.png"')
    assert progress == [(1, 2), (2, 2)]
    assert result.tool.startswith("pa11y-ci ") and result.browser.startswith("Chromium ")
    assert [run["errors"] > 0 for run in result.to_json()["runs"]] == [True, True]


def test_what_axe_leaves_to_a_person_is_to_be_verified(tmp_path: Path) -> None:
    style = "<style>p { background: linear-gradient(#fff, #eee); color: #767676 }</style>"
    page = page_of(tmp_path, html=f"<!doctype html><html lang=fr><title>Titre</title>{style}<main><h1>Un</h1><p>Sur un dégradé.</p></main>")
    result = pa11y.run(tmp_path, [page])
    assert [(one.rule, one.certainty) for one in result.findings if one.rule.startswith("axe")] == [("axe:color-contrast", "à vérifier")]
    assert result.to_json()["runs"][0]["errors"] == 0 and result.to_json()["runs"][0]["to_verify"] == 1


MERGED = """<!doctype html><html lang="fr"><head><title>Titre</title><style>body { background: #fff; color: #222 } tr:nth-child(even) { background: #eee }
a { color: #036; line-height: 2 } .pale { color: #767676 } .image { background: linear-gradient(#fff, #eee) }</style></head><body><main><h1>Un</h1><table><tbody>
<tr><th scope="row" rowspan="3" class="{}">Un texte<br>sur<br>plusieurs<br><a href="https://exemple.quebec/">lignes</a><br>de sa<br>cellule</th><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>
</tbody></table></main></body></html>"""


@pytest.mark.parametrize(("style", "told"), [
    ("", []), ("pale", ["axe:color-contrast à vérifier", "htmlcs:1_4_3.G18.Fail certain"]), ("image", ["axe:color-contrast à vérifier"]),
])
def test_the_contrast_of_a_cell_over_several_rows_is_decided_by_the_checker_that_measures_it(monkeypatch, tmp_path: Path, style: str, told: list[str]) -> None:
    decide, left = pa11y._decide, []
    monkeypatch.setattr(pa11y, "_decide", lambda found, *rest: (left.extend(error["code"] for errors in found.values() for error in errors), decide(found, *rest))[1])
    html = MERGED.replace("{}", style)
    if style == "pale":  # on its own row, which is grey: 4.54 on white, 3.9 there
        html = html.replace("tr:nth-child(even)", "tr:nth-child(odd)")
    page = page_of(tmp_path, html=html)
    assert sorted({f"{one.rule} {one.certainty}" for one in pa11y.run(tmp_path, [page]).findings}) == told
    assert "color-contrast" in left, "axe decides it now: _decide can go"


def test_a_page_that_does_not_answer_200_voids_the_check(tmp_path: Path) -> None:
    page = replace(page_of(tmp_path), address="/absente.html")
    with pytest.raises(tool.ToolFault, match="répond 404 au lieu de 200"):
        pa11y.run(tmp_path, [page])


def test_a_checker_that_cannot_run_voids_the_check(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pa11y, "RUNNERS", (replace(HTMLCS, rules=AXE.rules),))  # the trap: pa11y-ci says « 0 errors »
    with pytest.raises(tool.ToolFault, match="n’a pas pu s’exécuter"):
        pa11y.run(tmp_path, [page_of(tmp_path)])


def test_a_checker_that_misses_the_faults_of_the_control_voids_the_check(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pa11y, "_pa11y", lambda urls, runner: {url: [] for url in urls})
    with pytest.raises(tool.ToolFault, match="n’a pas vu les fautes de la page témoin"):
        pa11y.run(tmp_path, [page_of(tmp_path)])


def test_fewer_results_than_pages_void_the_check(monkeypatch) -> None:
    def silent(command, folder, seconds):
        (folder / "bilan.json").write_text(json.dumps({"results": {"http://127.0.0.1/a": []}}), "utf-8")
        return ""

    monkeypatch.setattr(pa11y, "_call", silent)
    with pytest.raises(tool.ToolFault, match="n’a pas regardé chaque page \\(/b\\)"):
        pa11y._pa11y(["http://127.0.0.1/a", "http://127.0.0.1/b"], AXE)


def test_a_page_on_which_a_checker_fails_is_tried_once_more(monkeypatch) -> None:
    answers = [{"u": [{"message": "délai"}], "v": []}, {"u": []}]
    asked = []
    monkeypatch.setattr(pa11y, "_pa11y", lambda urls, runner: (asked.append(list(urls)), answers.pop(0))[1])
    assert pa11y.look(["u", "v"], AXE) == {"u": [], "v": []} and asked == [["u", "v"], ["u"]]


@pytest.mark.parametrize(("absent", "said"), [("node", "Node.js n’est pas installé"), ("chromium", "Chromium n’est pas installé"), ("package", "make tools")])
def test_what_is_missing_is_said_in_french(absent, said, monkeypatch, tmp_path) -> None:
    if absent == "package":
        monkeypatch.setattr(tool, "PACKAGES", tmp_path)
    else:
        which = tool.shutil.which
        monkeypatch.setattr(tool.shutil, "which", lambda name: None if absent in name or (absent == "chromium" and name == "google-chrome") else which(name))
        monkeypatch.delenv("FLEUVE_CHROMIUM", raising=False)
    with pytest.raises(tool.ToolMissing, match=said):
        pa11y.require()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_no_browser_outlives_a_check_that_takes_too_long(tmp_path: Path) -> None:
    # A browser detaches itself from the process that started it, as this one does.
    script = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{tmp_path}'], start_new_session=True); time.sleep(60)"
    started = time.monotonic()
    with pytest.raises(tool.ToolFault, match="n’avait pas fini"):
        pa11y._call([sys.executable, "-c", script], tmp_path, 1)
    assert time.monotonic() - started < 30 and not list(pa11y._processes(str(tmp_path)))


def test_the_sample_has_each_kind_of_page_and_is_the_same_each_time(sample: Served) -> None:
    chosen = built_page.select(sample.built, "sample")
    assert {(page.kind, page.lang) for page in chosen} == {(page.kind, page.lang) for page in sample.built}
    assert {"/", "/en/", "/404.html", "/accessibilite/", "/services/"} <= {page.address for page in chosen}
    assert chosen == built_page.select(list(reversed(sample.built)), "sample") and len(chosen) < len(sample.built) / 3
    other = next(page for page in sample.built if page not in chosen)
    assert other in built_page.select(sample.built, "changed", {other.file})
    assert built_page.select(sample.built, "none") == [] and built_page.select(sample.built, "all") == sample.built


# axe itself, newer than pa11y's, with what pa11y leaves out: WCAG 2.2, contrast of 7:1, a phone, the dark palette.

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The contrast of level AA (4.5:1, and 3:1 for large text) is left to that of level AAA (7:1 and 4.5:1), which asks more: it takes as long again.
AAA = {"color-contrast-enhanced": {"enabled": True}, "identical-links-same-purpose": {"enabled": True}, "color-contrast": {"enabled": False}}
EVERYTHING = {"runOnly": TAGS, "rules": AAA, "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced", "link-in-text-block"]}, "resultTypes": ["violations"]}
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
LIGHT = ((DESKTOP, "light", EVERYTHING), (PHONE, "light", EVERYTHING))
# The dark palette changes colours only: one page on a phone, the next on a desk.
DARK = ((PHONE, "dark", COLOURS), (DESKTOP, "dark", COLOURS))


def axe_errors(tab, options: dict) -> list[str]:
    """What axe finds on the open page. It is evaluated, not inserted: the site's content policy lets no script in."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(npm_tool("axe-core/axe.min.js").read_text("utf-8"))
    violations = tab.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:300]}" for one in violations for node in one["nodes"][:2]]


def test_axe_finds_nothing_at_wcag_22_and_contrast_aaa(sample: Served, showcase: Served, chromium) -> None:
    tab = chromium.new_context(reduced_motion="reduce").new_page()
    wrong = {}
    for number, page in enumerate([*sample.one_of_each(), *showcase.pages.values()]):
        tab.goto(page.url)
        # What is folded away must be right too.
        tab.evaluate("document.querySelectorAll('details').forEach(one => { if (!one.name) one.open = true })")
        # An English page has the template of its twin, and the same colours.
        for viewport, scheme, options in LIGHT[1:] if page.lang == "en" else (*LIGHT, DARK[number % 2]):
            tab.set_viewport_size(viewport)
            tab.emulate_media(color_scheme=scheme)
            if errors := axe_errors(tab, options):
                wrong[f"{page.url} {viewport['width']} {scheme}"] = errors
    tab.context.close()
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


def test_axe_sees_the_faults_of_a_faulty_page(chromium) -> None:
    tab = chromium.new_context().new_page()
    tab.set_content(pa11y.FAULTY)
    errors = " ".join(axe_errors(tab, EVERYTHING)), " ".join(axe_errors(tab, COLOURS))
    tab.context.close()
    assert all(rule in errors[0] for rule in ("image-alt", "html-has-lang", "target-size", "color-contrast-enhanced", "heading-order"))
    assert "color-contrast-enhanced" in errors[1]


# W3C's validator (4.1.1: valid, unique ids).


def test_every_page_is_valid_html(sample: Served, showcase: Served) -> None:
    for site in (sample, showcase):
        findings = nu.run(site.folder, len(site.built)).findings
        assert not findings, explain(findings)


def test_the_validator_tells_a_fault_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "sous").mkdir()
    page_of(tmp_path, "sous/page.html", nu.FAULTY)
    findings = nu.run(tmp_path, 1).findings
    assert any("Duplicate ID" in one.message and one.file == "sous/page.html" and one.criteria == ("4.1.1",) for one in findings)


def test_a_validator_that_reads_too_few_pages_voids_the_check(tmp_path: Path) -> None:
    page_of(tmp_path, html="<!doctype html><html lang=fr><title>Titre</title><p>Texte.")
    with pytest.raises(tool.ToolFault, match="1 pages sur 2"):
        nu.run(tmp_path, 2)


def test_a_validator_that_misses_the_control_voids_the_check(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(nu, "_validate", lambda *paths: ([], set(paths)))
    with pytest.raises(tool.ToolFault, match="page témoin"):
        nu.run(tmp_path, 0)


def test_every_page_has_a_language_one_title_one_main_and_no_skipped_heading(sample: Served, showcase: Served) -> None:
    wrong = []
    for page in (*sample.pages.values(), *showcase.pages.values()):
        main = page.html.partition("<main")[2].partition("</main>")[0]
        levels = [int(level) for level in re.findall(r"<h([1-6])[\s>]", main)]
        if page.lang not in ("fr", "en") or len(re.findall(r"<h1[\s>]", page.html)) != 1 or page.html.count("<main") != 1:
            wrong.append(f"{page.address}: lang, h1 or main")
        if levels[0] != 1 or any(after > before + 1 for before, after in zip(levels, levels[1:])):
            wrong.append(f"{page.address}: headings {levels}")
    assert not wrong


def test_titles_of_pages_are_distinct(sample: Served) -> None:
    seen: dict[tuple[str, str], list[str]] = {}
    for page in sample.pages.values():
        seen.setdefault((page.lang, page.html.partition("<title>")[2].partition("</title>")[0]), []).append(page.address)
    assert not {title: pages for title, pages in seen.items() if len(pages) > 1}
