"""The main content of old pages, and what they say of themselves; `build.py migrate page`."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, strategies as st

from migration import visible_date
from migration.extract import extract
from migration.language import identify
from migration.page import make
from migration.recipe import Recipe, Selectors
from migration.record import Record
from migration.template import Template, learn

DATA = Path(__import__("os").environ.get("FLEUVE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "wcxb-dev-subset.tar.xz"
MENU = "<div class='haut'><a href='/'>Accueil</a> <a href='/plan'>Plan du site</a> <a href='/joindre'>Nous joindre</a></div>"
FOOT = "<div class='bas'>© Gouvernement du Québec, tous droits réservés</div>"


WORDS = "pont route hiver pneu permis école fleuve forêt récolte musée santé logement budget emploi train vélo phare port quai neige".split()


def old_page(number: int) -> str:
    """A page of a site of layout tables, without a class that means something. Each has its own words."""
    mine = [WORDS[(number * step + step) % len(WORDS)] + WORDS[(number + step) % len(WORDS)] for step in (1, 3, 7, 9)]
    text = "".join(f"<p>Le paragraphe {word} dit ce que l’on doit savoir du sujet {own} dans la ville et pour {own}s.</p>" for word, own in zip(("un", "deux", "trois", "quatre"), mine))
    return (f"<html><head><title>Sujet {number} | Ministère des Routes</title></head><body><table><tr><td>{MENU}</td></tr><tr><td><b>Voir aussi</b><br><a href='/x'>Menu</a></td>"
            f"<td><h1>Sujet {number}</h1>{text}<p>Dernière mise à jour : {number % 27 + 1} mars 2004</p></td></tr></table>{FOOT}</body></html>")


@pytest.fixture(scope="module")
def template() -> Template:
    """What is learned of twenty pages."""
    return learn((f"http://a/{number}", old_page(number)) for number in range(20))


def test_what_repeats_is_left_out_and_what_varies_kept(template):
    found = extract(old_page(42), "http://a/42", template)
    assert found.method == "gabarit" and found.text.count("\n") == 3
    assert not any(word in found.text for word in ("Accueil", "Menu", "droits", "mise à jour"))
    assert (found.title, found.modified, found.lang) == ("Sujet 42", "2004-03-16", "fr")


def test_addresses_start_where_the_page_says():
    """<base>, in the head, is outside the main content: links, images and the twin follow it all the same."""
    words = "<p>Une phrase assez longue pour qu’on la garde, qui dit ce qu’il faut savoir du permis et de la route.</p>" * 4
    html = (f"<html lang=fr><head><base target=_top><BASE HREF='../dossier/'><title>Permis</title></head><body><a href='permis_en.html'>English</a>"
            f"<div id=contenu><h1>Permis</h1>{words}<p>Voir le <a href='guide.html'>guide</a>, <a href='/aide'>l’aide</a> et <img src='carte.png' alt='la carte'>.</p></div></body></html>")
    page = make(Record("http://a.example/x/y.html", body=html.encode()))
    for address in ("[guide](http://a.example/dossier/guide.html)", "[l’aide](http://a.example/aide)", "![la carte](http://a.example/dossier/carte.png)"):
        assert address in page.converted.markdown
    assert page.extracted.twin == "http://a.example/dossier/permis_en.html"


def test_a_template_is_the_same_once_written_and_read(template):
    assert Template.from_json(json.loads(json.dumps(template.to_json()))) == template


def test_two_pages_teach_nothing():
    assert learn((f"http://a/{number}", old_page(number)) for number in range(2)) == Template()


def test_the_recipe_comes_first(template, tmp_path):
    recipe = Recipe("a", hosts=("a",), select=Selectors(content=("td + td",), drop=("p:first-of-type",), title=("title",)))
    found = extract(old_page(3), "http://a/3", template, recipe)
    assert found.method == "recette" and "paragraphe deux" in found.text and "paragraphe un " not in found.text and found.title.startswith("Sujet 3 |")


def test_a_hook_changes_the_page_and_one_that_fails_is_told(tmp_path):
    (tmp_path / "crochet.py").write_text("def page(soup, url):\n    soup.h1.string = 'Un autre titre'\n", "utf-8")
    (tmp_path / "faux.py").write_text("def page(soup, url):\n    return soup.nothing.string\n", "utf-8")
    assert extract(old_page(3), "http://a/3", None, Recipe("a", hosts=("a",), hook="crochet.py", folder=tmp_path)).title == "Un autre titre"
    found = extract(old_page(3), "http://a/3", None, Recipe("a", hosts=("a",), hook="faux.py", folder=tmp_path))
    assert found.text and any("faux.py" in remark for remark in found.remarks)


@pytest.mark.parametrize("html", ["", "<", "\0" * 5000, "<div>" * 50_000 + "x", "<frameset><frame src=a><frame src=b></frameset>", "%PDF-1.4 \x00\x01", "<table>" * 3000, "é" * 100_000, "<a href='x'>" * 5000])
def test_whatever_it_is_given_it_answers(html):
    found = extract(html, "http://a/x.html")
    assert 0 <= found.confidence <= 1 and isinstance(found.text, str)


def test_of_a_page_too_deep_what_is_not_read_is_told():
    found = extract("<p>" + "Une phrase qui se lit. " * 20 + "</p>" + "<div>" * 2000 + "au fond", "http://a/x.html")
    assert "se lit" in found.text and "au fond" not in found.text
    assert any("niveaux" in remark for remark in found.remarks)


@given(st.text(max_size=300))
def test_any_text_is_answered(text):
    extract(f"<html><body><p>{text}</p></body></html>", "http://a/")


@pytest.mark.parametrize(("said", "day"), [
    ("Dernière mise à jour : 3 mars 2019", "2019-03-03"), ("Last updated: March 3, 2019", "2019-03-03"), ("Date modified: 2019-03-03", "2019-03-03"),
    ("Mise à jour le 1er août 2004", "2004-08-01"), ("modifiée le 14/07/2009", "2009-07-14"), ("Mise à jour : 31 février 2010", ""), ("mis à jour en l’an 1804-01-01", ""),
])
def test_dates_as_people_write_them(said, day):
    assert visible_date.labelled(f"Un texte. {said} Un autre texte.")[1] == day


@pytest.mark.parametrize(("text", "declared", "lang"), [
    ("Le ministère vous informe que les routes de la région sont fermées, et qu’il faut prendre un détour dans la ville.", "en", "fr"),
    ("The department would like you to know that this road is closed, and that you must use the other one.", "fr", "en"),
    ("Formulaire 12", "fr-CA", "fr-CA"), ("12", "", ""),
])
def test_the_language_is_that_of_the_text(text, declared, lang):
    assert identify(text, declared) == lang


def page(*options: str | Path) -> subprocess.CompletedProcess:
    """Run `migrate page`."""
    return subprocess.run([sys.executable, ROOT / "build.py", "migrate", "page", *options], capture_output=True, text=True, check=False)


def test_a_page_by_hand_in_json_and_for_people(tmp_path):
    (tmp_path / "a.html").write_text(old_page(7), "utf-8")
    said = json.loads(page(tmp_path / "a.html", "--url", "http://www.a.quebec/a.html", "--json").stdout)
    assert said["title"] == "Sujet 7" and "paragraphe trois" in said["markdown"] and "paragraphe trois" in said["text"]
    assert said["language"] == "fr" and set(said["dates"]) == {"published", "modified"} and 0 < said["confidence"] <= 1
    assert "Titre\u00a0: Sujet 7" in page(tmp_path / "a.html").stdout


def test_a_folder_gives_one_line_a_file_in_order_and_tells_what_is_damaged(tmp_path):
    for number in range(40):
        (tmp_path / f"{number:02}.html.gz").write_bytes(gzip.compress(old_page(number).encode()))
    (tmp_path / "50.html.gz").write_bytes(b"\x1f\x8b nothing")
    done = page("--batch", tmp_path, "--jobs", "2")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1 and [line["file"] for line in lines] == [f"{number:02}.html.gz" for number in (*range(40), 50)]
    assert "illisible" in lines[-1]["error"] and lines[7]["title"] == "Sujet 7"
    assert page("--batch", tmp_path, "--jobs", "1").stdout == done.stdout


@pytest.mark.parametrize("options", [(), ("rien.html",), ("--batch", "rien")])
def test_what_is_missing_is_said_in_french(options, tmp_path):
    done = page(*options)
    assert done.returncode == 2 and done.stderr.startswith("build.py") and "Traceback" not in done.stderr


@pytest.mark.skipif(not DATA.is_file(), reason="les pages de WCXB ne sont pas là (../shared/data/wcxb-dev-subset.tar.xz)")
def test_real_pages_are_extracted_as_well_as_was_measured():
    sys.path.insert(0, str(ROOT / "bench"))
    from migration_model import f1

    scores = []
    with tarfile.open(DATA) as archive:
        members = {member.name.removeprefix("./"): member for member in archive}
        for name in sorted(name for name in members if name.endswith(".json"))[::8]:
            html = gzip.decompress(archive.extractfile(members[name.replace("ground-truth", "html").replace(".json", ".html.gz")]).read()).decode("utf-8", "replace")
            true = json.load(io.BytesIO(archive.extractfile(members[name]).read()))["ground_truth"]["main_content"] or ""
            scores.append(f1(extract(html).text, true))
    assert len(scores) > 30 and sum(scores) / len(scores) > 0.875
