"""The report of the migration: what it says, that anyone can read it, and that nothing of an old site can act in it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from served import serving

from fleuve.audit.checker import check_folder
from migration import came_in, comparison
from migration.dashboard import GROUPS, write
from migration.page_report import DECISIONS, PageReport, SiteReport

pytest_plugins = ["browser"]

BEFORE = """<h1 id="haut">Permis de pêche</h1><p onclick="x()" style="background:url(http://espion.example/p.gif)">Pour pêcher, il faut un <a href="http://vieux.example/p.asp">permis</a>.</p>
<script src="http://espion.example/x.js">alert(1)</script><img src="http://espion.example/y.gif" alt="Un pêcheur"><img src="//espion.example/z.gif"><iframe src="http://espion.example/"></iframe>
<table><thead><tr><td>Espèce<td>Prix</tr></thead><tr><th scope="nord">Saumon<td colspan="9999999">12 $</tr></table><h4></h4><h5>Où l’acheter</h5><ul><li>En ligne<li></ul>
<a href="javascript:alert(1)"></a><svg><script>alert(2)</script></svg><form action="http://espion.example/"><input name="nom"><button>Envoyer</button></form><base href="http://espion.example/"><link rel="stylesheet" href="http://espion.example/c.css">
<p id="haut">Le 1<sup>er</sup> mai</p></div></main></body>"""
AFTER = '<h2 id="ou">Où l’acheter</h2><p>Pour pêcher, il faut un <a href="/permis/">permis</a>. <em>Nouveau</em></p><ul><li>En ligne</li></ul><p>Le 1<sup>er</sup> mai</p>'


def page(number: int, **values) -> PageReport:
    """A page of an old site, decided and sure unless told otherwise."""
    known = {
        "title": f"Page {number}", "decision": "garder", "target": f"sante/page-{number}.md", "reason": "contenu propre à cette page", "confidence": 0.95, "method": "gabarit",
        "counts": {"words": (100, 99), "links": (4, 4), "images": (0, 0)}, "hits": 10, "lang": "fr",
    }
    return PageReport(f"https://www.vieux.example/p.asp?id={number}", **{**known, **values})


def pages() -> list[PageReport]:
    """One page in each group, and some more."""
    return [
        page(1, before=BEFORE, after=AFTER), page(2, decision="fusionner"), page(3, decision="rediriger"), page(4, decision="archiver", target=""),
        page(5, decision="a-decider", confidence=0.4, hits=300), page(6, losses=("formulaire « Demande » : nommé, non converti",), findings={"image-sans-nom": 2}),
        page(7, losses=("formulaire « Plainte » : nommé, non converti",), findings={"image-sans-nom": 1, "lien-texte-vague": 4}), page(8, confidence=0.6),
        page(9, conflict="la cible choisie par A. Roy n’existe plus"), page(10, error="fichier illisible", decision="garder"),
        page(11, confidence=0.3, reviewer="A. Roy", date="2026-11-02"), page(12, lang="en", before="<p>Fishing</p>", after=""),
        page(13, title="=HYPERLINK(\"http://espion.example\")", reason="<script>alert(3)</script>", losses=("\"><img src=x onerror=alert(4)>",)),
    ]


def sites() -> list[SiteReport]:
    """Three sites: one under way, one that can be closed, one without anything."""
    return [
        SiteReport("vieux", "Vieux ministère", ("www.vieux.example",), "ministere", pages(), ("archive « a.warc.gz » : coupée",), unreached=2, unreached_hits=50),
        SiteReport("musee", "Musée <b>", ("musee.example",), "", [page(1)]), SiteReport("vide", "Rien encore"),
    ]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rapport")
    write(out, sites())
    return out


def read(file: Path) -> str:
    """The text of a page, spaces collapsed."""
    return " ".join(re.sub(r"<[^>]*>", " ", file.read_text("utf-8")).split())


def test_the_checker_finds_no_barrier_in_any_page_of_the_report(report: Path) -> None:
    findings = list(check_folder(report))

    assert len(list(report.rglob("*.html"))) > 12
    assert not [finding for finding in findings if finding.is_certain]
    assert {finding.rule for finding in findings} <= {"tableau-sans-entetes"}, "old tables have no headers that anyone checked"


def test_the_index_tells_how_far_each_site_is(report: Path) -> None:
    text = read(report / "index.html")

    assert "3 sites, 14 pages." in text
    assert "Vieux ministère" in text and "Musée &lt;b&gt;" in text
    assert re.search(r"Musée &lt;b&gt; musee\.example 1 100 % 100 % 0 Peut être fermé", text)
    assert "Rien encore 0 aucune page sans journaux 0 En cours" in text
    assert "Adresses décidées 75 % 12 sur 16" in text, "11 pages of 13, 1 of 1, and two addresses that only logs know"
    assert "Demandes couvertes 25 % 120 sur 480" in text
    assert "2 erreurs, 1 conflit" in text


def test_losses_are_named_by_what_they_have_in_common_and_findings_by_their_rule(report: Path) -> None:
    text = read(report / "vieux" / "index.html")

    assert "formulaire … : nommé, non converti 2" in text
    assert re.search(r"Lien dont le texte ne dit rien 4 1 ", text) and re.search(r"Image sans texte de remplacement 3 2 ", text)
    assert "Mots 1 300 1 287 99 %" in text
    assert "2 adresses que les journaux demandent" in text


def test_each_page_is_in_one_group_and_what_needs_a_look_comes_first(report: Path) -> None:
    found = {group.id: re.findall(r"p\.asp\?id=(\d+)", (report / "vieux" / f"{group.id}-1.html").read_text("utf-8")) for group in GROUPS}

    assert found == {
        "erreurs": ["10"], "conflits": ["9"], "a-decider": ["5"], "pertes": ["13", "6", "7"], "confiance": ["8"], "garder": ["1", "12", "11"], "fusionner": ["2"], "rediriger": ["3"],
        "archiver": ["4"],
    }
    first = re.findall(r"p\.asp\?id=(\d+)", (report / "vieux" / "index.html").read_text("utf-8"))
    assert first[:3] == ["10", "9", "5"]


class Active(HTMLParser):
    """Collects what could act or ask for something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        values = dict(attrs)
        if tag in ("script", "iframe", "object", "embed", "form", "img", "base", "style", "audio", "video", "input", "button") or any(name.startswith("on") or name in ("style", "src", "srcset", "srcdoc", "action") for name in values):
            self.found.append((tag, attrs))
        if tag in ("a", "link") and re.match(r"[a-z]+:|//", values.get("href", "")):
            self.found.append((tag, attrs))


def test_nothing_of_an_old_page_can_act_in_the_report(report: Path) -> None:
    for file in report.rglob("*.html"):
        parser, html = Active(), file.read_text("utf-8")
        parser.feed(html)
        assert not parser.found, file
        assert "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;self&#39;" in html
    everything = "".join(file.read_text("utf-8") for file in report.rglob("*.html"))
    assert everything.count("espion.example") == everything.count("HYPERLINK")


def test_before_and_after_are_side_by_side_with_the_words_that_differ(report: Path) -> None:
    (file,) = [file for file in report.glob("vieux/comparaisons/*/*.html") if "id=1<" in file.read_text("utf-8")]
    html, text = file.read_text("utf-8"), read(file)

    assert html.index('id="avant"') < html.index("Permis de pêche") < html.index('id="apres"')
    assert "Image\u00a0: Un pêcheur" in html and "Image sans texte" in html
    assert "qu’avant : permis , de , pêche , espèce , prix , saumon , 12 . Mots qui ne sont qu’après : nouveau ." in text
    (english,) = [file for file in report.glob("vieux/comparaisons/*/*.html") if "id=12<" in file.read_text("utf-8")]
    assert '<div class="contenu" lang="en"><p>Fishing</p>' in english.read_text("utf-8") and "Cette page n’est pas reprise." in read(english)


def test_links_between_pages_of_the_report_lead_somewhere(report: Path) -> None:
    for file in report.rglob("*.html"):
        for target in re.findall(r'<(?:a|link)[^>]* href="([^"#]+)"', file.read_text("utf-8")):
            assert (file.parent / target).resolve().is_file(), f"{file}: {target}"


def test_sheets_open_in_a_spreadsheet_and_hold_no_formula(report: Path) -> None:
    data = (report / "vieux" / "pages.csv").read_bytes()
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines(), delimiter=";"))

    assert data.startswith(b"\xef\xbb\xbf") and len(rows) == 13
    assert [row["ancienne"] for row in rows] == sorted(row["ancienne"] for row in rows)
    assert rows[0]["confiance"] == "0,95"
    assert next(row for row in rows if "id=13" in row["ancienne"])["titre"].startswith("'=HYPERLINK")
    assert [row["fermable"] for row in csv.DictReader((report / "sites.csv").read_text("utf-8-sig").splitlines(), delimiter=";")] == ["oui", "non", "non"]


def test_json_tells_the_same(report: Path) -> None:
    lines = [json.loads(line) for line in (report / "vieux" / "pages.jsonl").read_text("utf-8").splitlines()]
    site = json.loads((report / "vieux" / "site.json").read_text("utf-8"))
    everything = json.loads((report / "sites.json").read_text("utf-8"))

    assert len(lines) == 13 and lines[0]["comptes"] == {"words": [100, 99], "links": [4, 4], "images": [0, 0]}
    assert site["totaux"]["decisions"]["a-decider"] == {"pages": 1, "demandes": 300}
    assert sum(site["totaux"]["decisions"][decision]["pages"] for decision in DECISIONS) == 13
    assert everything["totaux"]["pages"] == 14 and [site["site"] for site in everything["sites"]] == ["musee", "vide", "vieux"]
    assert not site["totaux"]["fermable"]


def test_100_percent_means_that_nothing_is_left(tmp_path: Path) -> None:
    many = [page(number) for number in range(2999)] + [page(2999, decision="a-decider")]
    totals = write(tmp_path, [SiteReport("x", pages=many)])

    assert not totals.can_close and "Adresses décidées 99,9 % 2 999 sur 3 000" in read(tmp_path / "index.html")


def test_the_same_reports_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a", sites())
    for _ in range(2):  # and again, in place of what was there
        shuffled = sites()
        shuffled[0].pages = iter(pages()[::-1])
        write(tmp_path / "b", shuffled[::-1])
    files = lambda out: {file.relative_to(out): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}  # noqa: E731

    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_large_site_is_cut_into_files_of_less_than_a_megabyte(tmp_path: Path) -> None:
    def many() -> Iterator[PageReport]:
        for number in range(1200):
            yield page(number, title="Titre très long " * 30, reason="raison " * 80, losses=tuple(f"perte {loss} {'x' * 300}" for loss in range(20)) if number % 2 else ())

    write(tmp_path, [SiteReport("grand", pages=many())])
    files = sorted((tmp_path / "grand").glob("*.html"))

    assert max(file.stat().st_size for file in files) < 1_000_000
    assert sum(file.read_text("utf-8").count("p.asp?id=") for file in files if file.name != "index.html") == 1200
    assert 'href="garder-2.html">Partie suivante' in (tmp_path / "grand" / "garder-1.html").read_text("utf-8")


def test_a_site_that_is_gone_leaves_the_report_and_other_folders_stay(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    write(tmp_path, [SiteReport("a"), SiteReport("b")])
    write(tmp_path, [SiteReport("b")])

    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["b", "css", "notes", "polices"]


def test_two_sites_of_one_name_are_refused_in_french(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Deux sites portent le nom"):
        write(tmp_path, [SiteReport("a"), SiteReport("A")])


def test_names_of_sites_cannot_leave_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "out", [SiteReport("../../mal"), SiteReport("…")])

    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_hostile_fragments_are_shown_without_harm() -> None:
    for html in ("<div>" * 100_000, "<" * 300_000, "<table>" * 20_000, "</h1>" * 1000, "<h1>" * 5000, "\0\x0b<p>\ud800".replace("\ud800", "\ufffd"), "<a href='" + "x" * 100_000):
        comparison.shown(html)
        comparison.difference(html, "<p>x</p>")
    assert comparison.shown("<p>" + "mot " * 200_000)[1]
    assert comparison.shown("<div>" * 5000 + "fond<script>x</script>" + "</div>" * 5000)[0].split() == ["fond", "x"]


def test_what_came_in_is_counted_by_rule() -> None:
    found = came_in.findings('<p><img src="a.gif"><img src="b.gif"></p><h3></h3><a href="x">cliquez ici</a><table><tr><td>a<td>b<tr><td>c<td>d</table>')

    assert found["image-sans-nom"] == 2 and found["titre-vide"] == 1 and found["lien-texte-vague"] == 1 and "tableau-sans-entetes" in found
    assert came_in.findings("<h2>Titre</h2><p>Du texte.</p>") == {}
    assert set(came_in.titles()) == set(came_in.RULES), "every rule named exists"
    assert all(came_in.titles().values())


def test_in_a_browser_the_report_is_styled_fits_320_pixels_and_asks_for_nothing_else(report: Path, visit) -> None:
    (compared,) = [file for file in report.glob("vieux/comparaisons/*/*.html") if "id=1<" in file.read_text("utf-8")]
    paths = ["index.html", "vieux/index.html", "vieux/pertes-1.html", compared.relative_to(report).as_posix()]
    with serving(report) as served:
        tab = visit("about:blank", viewport={"width": 320, "height": 640})
        asked, said = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        for path in paths:
            tab.goto(served.url + "/" + path)
            assert tab.evaluate("document.documentElement.scrollWidth") <= 320, path
            assert tab.evaluate("getComputedStyle(document.querySelector('.bandeau')).borderBottomWidth") == "4px", "the policy lets the style sheet in"
    assert not said and all(url.startswith(served.url) for url in asked)
