"""The accessibility page and the statements of organisms: they can claim nothing that the evidence does not hold."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
import yaml
from conftest import ROOT, Site

from fleuve.audit import evidence, human_check
from fleuve.audit.built_page import BuiltPage
from fleuve.audit.criterion import all_criteria
from fleuve.audit.finding import CERTAIN, TO_VERIFY, Finding
from fleuve.audit.pa11y import Result, Run
from fleuve.audit.rules import all_rules
from fleuve.stages.accessibility import MEASURES, signs, standard_of

DATE = datetime(2026, 6, 1, 9, 30, tzinfo=timezone.utc)
PAGES = [BuiltPage("/", "index.html", "page", "fr", 1), BuiltPage("/en/", "en/index.html", "page", "en", 1), BuiltPage("/services/", "services/index.html", "site", "fr", 1)]
NBSP = "\u00a0"


def text_of(html: str) -> str:
    """The words of the main part of a page."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace(NBSP, " ")


def finding(rule: str, certainty: str = CERTAIN) -> Finding:
    """One finding of a rule."""
    return Finding("index.html", 1, rule, "", ("1.1.1",), certainty, "Message.", "", "")


def axe_run(pages: list[str], findings: list[Finding] = ()) -> Run:
    """A run of axe in which every rule that the page may speak of ran."""
    names = {name.partition(":")[2] for rules in MEASURES.values() for name in rules if name.startswith("axe:")}
    return Run("axe", "axe", "4.11.4", ("target-size",), pages, list(findings), {name: (("1.4.3",) if "contrast" in name else (), "") for name in names})


@pytest.fixture
def verified(site: Site, monkeypatch):
    """verified(findings, browser findings, mode): the site with evidence recorded as the command records it."""
    monkeypatch.setattr(evidence.pa11y, "axe_words", lambda: {"image-alt": "Les images doivent avoir une alternative textuelle."})
    site.write("index.md", "---\ntitle: Accueil\ndate: 2026-05-01\n---\nBonjour.")
    site.write("index.en.md", "---\ntitle: Home\ndate: 2020-05-01\n---\nHello.")

    def record(findings=(), browser=(), mode="all") -> dict:
        pages = [page.address for page in (PAGES if mode == "all" else PAGES[:2])]
        result = Result("pa11y-ci 4.1.1", "Chromium 130.0", [axe_run(pages, browser), Run("htmlcs", "HTML CodeSniffer", "2.6.0", (), pages)])
        settings = SimpleNamespace(content=site.content, site_url="https://essai.exemple.quebec/")
        file = evidence.record(settings, DATE, evidence.revision(site.content), PAGES, all_rules(), list(findings), (result, mode), evidence.nu.Result("26.9", 3))
        return json.loads(file.read_text("utf-8"))

    return record


# Nothing recorded, nothing claimed.


def unverified(site: Site) -> None:
    """The pages say that nothing was verified, in both languages, and machines read the same."""
    french, english = text_of(site.read("accessibilite/index.html")), text_of(site.read("en/accessibility/index.html"))
    assert "Rien n’a encore été vérifié." in french and "Nothing has been verified yet." in english
    assert "Aucune mesure ne peut être affirmée" in french and "Aucune vérification n’est enregistrée." in french
    for word in ("pa11y", "Chromium 1", "Aucun défaut certain", "Dernière vérification enregistrée", "À la dernière vérification"):
        assert word not in french, word
    labels = yaml.safe_load((ROOT / "themes/fleuve/langues/fr.yml").read_text("utf-8"))["accessibilite"]
    assert not [text for text in labels["mesure"].values() if text.replace(NBSP, " ") in french]
    graph = json.loads(site.read("accessibilite/earl.jsonld"))["@graph"]
    outcomes = [node["result"]["outcome"] for node in graph if node["@type"] == "Assertion"]
    assert outcomes == ["earl:untested"] * len(all_criteria())
    assert json.loads(site.read("accessibilite/preuves.json"))["preuves"] is None


def test_without_evidence_the_page_says_that_nothing_was_verified(site):
    site.write("index.md", "Bonjour.")
    site.write("index.en.md", "Hello.")
    assert site.build().code == 0
    unverified(site)


@pytest.mark.parametrize("change", [
    lambda proof: proof["site"].update(pages=4),
    lambda proof: proof["site"]["types"].update(service=2),
    lambda proof: proof["verifications"][0].update(pages=9),
    lambda proof: proof["verifications"][1].update(pages=2),
    lambda proof: proof["verifications"][1].update(constats=5),
    lambda proof: proof["verifications"][1]["regles"][0].update(constats=1),
    lambda proof: proof["verifications"][1].update(choix="sample"),
    lambda proof: proof["verifications"].clear(),
    lambda proof: proof.pop("date"),
    lambda proof: proof.update(format=2),
    lambda proof: proof.update(conforme=True),
])
def test_evidence_that_contradicts_itself_is_no_evidence(change, site, verified):
    proof = verified()
    change(proof)
    site.write(evidence.PATH, json.dumps(proof))
    result = site.build()
    assert "preuves-nulles" in result.codes() and result.code == 0
    unverified(site)


@pytest.mark.parametrize("text", ["{", "[]", "null", '"conforme"', "\0"])
def test_evidence_that_cannot_be_read_is_no_evidence(text, site):
    site.write("index.md", "Bonjour.")
    site.write("index.en.md", "Hello.")
    site.write(evidence.PATH, text)
    assert "preuves-nulles" in site.build().codes()
    unverified(site)


# What is recorded is said, no more.


def test_what_was_verified_is_said_with_tools_versions_pages_and_date(site, verified):
    verified()
    assert site.build().code == 0
    page = text_of(site.read("accessibilite/index.html"))
    assert "Dernière vérification enregistrée : 1er juin 2026" in page and "Le site comptait alors 3 pages." in page
    assert "version 4.11.4, par pa11y-ci, version 4.1.1, avec Chromium 130.0" in page and "3, soit toutes" in page
    assert f"Règles appliquées : {len(all_rules())} (Règles de Fleuve, sur le code de chaque page)" in page
    assert "Les outils automatiques n’ont signalé aucun défaut certain dans les pages qu’ils ont vérifiées." in page
    assert "Nous n’affirmons pas que le site est entièrement conforme au standard." in page
    assert "Le tableau officiel des critères du standard n’était pas disponible" in page
    assert "1 800 555-0100" in page
    assert page.count("conforme") == 1
    english = text_of(site.read("en/accessibility/index.html"))
    assert "Last recorded verification: June 1, 2026" in english and "3, which is all of them" in english


def test_a_measure_is_claimed_only_when_all_its_rules_ran_and_found_nothing(site, verified):
    labels = yaml.safe_load((ROOT / "themes/fleuve/langues/fr.yml").read_text("utf-8"))["accessibilite"]["mesure"]
    assert labels.keys() == MEASURES.keys()
    verified(browser=[finding("axe:color-contrast")])
    site.build()
    page = text_of(site.read("accessibilite/index.html"))
    assert labels["contraste"] not in page and labels["cibles"] in page and labels["html"] in page
    proof = verified()
    proof["verifications"][1]["regles"] = [rule for rule in proof["verifications"][1]["regles"] if rule["id"] != "region"]
    proof["verifications"].pop()  # the validator
    site.write(evidence.PATH, json.dumps(proof))
    site.build()
    page = text_of(site.read("accessibilite/index.html"))
    assert labels["reperes"] not in page and labels["html"] not in page and labels["contraste"] in page


def test_findings_and_samples_are_said(site, verified):
    verified([finding("image-sans-nom"), finding("image-sans-nom", TO_VERIFY)], [finding("axe:color-contrast"), finding("axe:color-contrast")], "sample")
    site.build()
    page = text_of(site.read("accessibilite/index.html"))
    assert "Les outils automatiques ont signalé 3 défauts certains" in page
    assert "2, choisies : une de chaque genre, et d’autres au hasard" in page and "une partie seulement des pages a été vérifiée" in page
    assert "1 point à vérifier par une personne" in page


def test_criteria_without_a_rule_are_said_not_to_be_verified(site, verified):
    proof = verified()
    site.build()
    covered = {number for run in proof["verifications"] for rule in run["regles"] for number in rule["criteres"]} | {"4.1.1"}
    untested = site.read("accessibilite/index.html").partition("Aucune règle automatique ne voit ces critères")[2].partition("</ul>")[0]
    said = set(re.findall(r">(\d\.\d\.\d+) ", untested))
    assert said == {one.number for one in all_criteria()} - covered and "2.4.11" in said


def test_there_are_62_criteria_each_once():
    numbers = [one.number for one in all_criteria()]
    assert len(set(numbers)) == len(numbers) == 62
    levels = [one.level for one in all_criteria()]
    assert (levels.count("A"), levels.count("AA"), levels.count("AAA")) == (32, 24, 6)


# People.

CHECK = """
- date: 2026-05-20
  outil: NVDA
  version: "2026.1"
  navigateur: Firefox 140
  pages: [/, /services/]
  resultat: obstacles
  par: personne aveugle qui utilise un lecteur d’écran chaque jour
  note: Le menu est long.
"""


def test_no_human_check_is_invented():
    assert human_check.read((ROOT / "contenu" / human_check.PATH).read_text("utf-8")) == ([], [])


def test_human_checks_are_shown_with_tool_and_version(site):
    site.write("index.md", "Bonjour.")
    site.build()
    assert "Aucune vérification faite par une personne n’est enregistrée" in text_of(site.read("accessibilite/index.html"))
    site.write(human_check.PATH, CHECK)
    assert site.build().code == 0
    page = text_of(site.read("accessibilite/index.html"))
    assert "NVDA 2026.1, Firefox 140" in page and "Obstacles trouvés" in page and "Le menu est long." in page
    assert "Aucune vérification faite par une personne" not in page and "Aucun essai avec des personnes" not in page
    graph = json.loads(site.read("accessibilite/earl.jsonld"))["@graph"]
    manual = [node for node in graph if node.get("mode") == "earl:manual"]
    assert [node["result"]["outcome"] for node in manual] == ["earl:failed"]


@pytest.mark.parametrize(("old", "new", "line", "said"), [
    ("2026-05-20", "hier", 2, "n’est pas une date"), ("NVDA", "[NVDA]", 3, "doit être un texte"), ("[/, /services/]", "accueil", 6, "liste d’adresses"),
    ("obstacles", "parfait", 7, "« réussi » ou « obstacles »"), ("personne aveugle", "Marie Tremblay", 8, "jamais son nom"),
    ("personne aveugle", "a@b.ca, personne", 8, "jamais son nom"), ("  note:", "  conforme:", 9, "clé inconnue"), ('  version: "2026.1"\n', "", 2, "Il manque « version »"),
])
def test_a_mistake_in_a_human_check_is_told_with_its_line(old, new, line, said, site):
    site.write("index.md", "Bonjour.")
    site.write(human_check.PATH, CHECK.replace(old, new))
    problems = [problem for problem in site.build().problems() if problem["code"] == "verification-invalide"]
    assert [(one["line"], said in one["message"].replace(NBSP, " ")) for one in problems] == [(line, True)], problems
    assert "Aucune vérification faite par une personne n’est enregistrée" in text_of(site.read("accessibilite/index.html"))


def test_known_findings_are_shown(site):
    site.write("index.md", "Bonjour.")
    site.write("_accessibilite/connus.yml", "- {regle: image-sans-nom, fichier: index.md, empreinte: 5f0c3a9d21be, nombre: 1, raison: Le graphique sera décrit., date: 2026-06-01}\n")
    site.build()
    page = text_of(site.read("accessibilite/index.html"))
    assert "Le graphique sera décrit." in page and "Aucun défaut connu" not in page


# The standard, icons, organisms.


@pytest.mark.parametrize(("meta", "version"), [
    ({"date": "2024-04-28"}, "2.0"), ({"date": "2024-04-29"}, "3.0"), ({}, ""), ({"date": "2019-01-01", "mise_a_jour": "2025-01-01"}, "3.0"),
    ({"date": "2019-01-01", "mise_a_jour": "2025-01-01", "modifications": [{"date": "2025-01-01", "portee": "mineure"}]}, "2.0"),
    ({"date": "2019-01-01", "modifications": [{"date": "2025-01-01", "portee": "majeure"}]}, "3.0"),
])
def test_the_version_of_the_standard_follows_the_dates_of_a_document(meta, version):
    record = SimpleNamespace(meta=meta, date=meta.get("date"), updated=meta.get("mise_a_jour") or meta.get("date"))
    assert standard_of(record) == version


def test_pages_are_counted_by_version_of_the_standard(site, verified):
    verified()
    site.build()
    page = text_of(site.read("accessibilite/index.html"))
    assert "3.0 : depuis le 29 avril 2024 1" in page and "2.0 : avant cette date 1" in page


def test_every_icon_of_the_theme_is_shown_with_its_meaning(site):
    site.write("index.md", "Bonjour.")
    site.write("index.en.md", "Hello.")
    site.build()
    macros = (ROOT / "themes/fleuve/macros/icones.html").read_text("utf-8")
    names = re.findall(r"^  '([\w-]+)': '<", macros, re.MULTILINE)
    assert len(names) > 30
    for lang, path in (("fr", "accessibilite/index.html"), ("en", "en/accessibility/index.html")):
        labels = yaml.safe_load((ROOT / f"themes/fleuve/langues/{lang}.yml").read_text("utf-8"))
        listed = re.findall(r"<li>.*?</svg><span>(.*?)</span></li>", site.read(path).partition('<ul class="icones">')[2].partition("</ul>")[0])
        assert listed == [str(labels["icones"][name]) for name in names] and all(listed)
        assert set(labels["accessibilite"]["signes"]) == set(signs(ROOT / "themes/fleuve")) != set()


ORGANISM = "---\ntype: organisme\ntitle: Office des fleuves\nsigle: OF\nnature: office\nstatut: {}\n---\n"


def test_each_organism_in_activity_has_its_statement(site, verified):
    verified()
    site.write("organismes/office-fleuves.md", ORGANISM.format("actif"))
    site.write("organismes/office-fleuves.en.md", ORGANISM.format("actif").replace("Office des fleuves", "Rivers Office"))
    site.write("organismes/office-etangs.md", ORGANISM.format("aboli"))
    site.write("page.md", "---\ntitle: Page\ndate: 2020-01-01\norganismes: [office-fleuves]\n---\n")
    assert site.build().code == 0
    french, english = site.read("organismes/office-fleuves/accessibilite/index.html"), site.read("en/organismes/office-fleuves/accessibility/index.html")
    page = text_of(french)
    assert "Accessibilité : Office des fleuves" in page and "2.0 : avant cette date 1" in page and "1er juin 2026" in page
    assert 'href="/accessibilite/"' in french and 'href="/organismes/office-fleuves/"' in french and 'href="/en/organismes/office-fleuves/accessibility/"' in french
    assert "Accessibility: Rivers Office" in text_of(english) and "No page of this website" in text_of(english)
    assert not (site.out / "organismes/office-etangs/accessibilite").exists()
    assert 'href="/organismes/office-fleuves/accessibilite/"' in site.read("organismes/office-fleuves/index.html")
    assert "accessibilite/" not in site.read("organismes/office-etangs/index.html").partition("<main")[2].partition("</main>")[0]
    assert "/organismes/office-fleuves/accessibilite/</loc>" in site.read("sitemap.xml")


def test_the_statement_of_an_organism_claims_nothing_without_evidence(site):
    site.write("organismes/office-fleuves.md", ORGANISM.format("actif"))
    site.build()
    assert "Rien n’a encore été vérifié." in text_of(site.read("organismes/office-fleuves/accessibilite/index.html"))


def test_a_document_at_the_same_address_is_the_page(site):
    site.write("accessibilite.md", "---\ntitle: La nôtre\n---\nNotre texte.")
    assert site.build().code == 0
    assert "Notre texte." in site.read("accessibilite/index.html") and (site.out / "accessibilite/earl.jsonld").exists()


def test_text_of_the_editors_is_part_of_the_page(site):
    site.write("index.md", "Bonjour.")
    site.write("plainte.md", "Texte.")
    site.write("_fragments/declaration-accessibilite.md", "En **braille** sur demande.\n\n::: coordonnees Aide\nTéléphone : 1 800 555-0199\n:::\n\n[Porter plainte](../plainte.md)")
    assert site.build().code == 0
    page = site.read("accessibilite/index.html")
    assert "<strong>braille</strong>" in page and "1 800 555-0199".replace(" ", NBSP) in page and 'href="/plainte/"' in page


# Machines, bytes.


def test_earl_says_what_each_rule_gave_and_never_that_a_criterion_has_passed(site, verified):
    verified([finding("image-sans-nom")], [], "sample")
    site.build()
    report = json.loads(site.read("accessibilite/earl.jsonld"))
    assert report["@context"]["earl"] == "http://www.w3.org/ns/earl#"
    nodes = {node["@id"]: node for node in report["@graph"] if "@id" in node}
    assertions = [node for node in report["@graph"] if node["@type"] == "Assertion"]
    for one in assertions:
        assert all(one[key] in nodes for key in ("assertedBy", "subject", "test")) and one["mode"].startswith("earl:")
        assert one["result"]["outcome"] in ("earl:passed", "earl:failed", "earl:cantTell", "earl:untested")
    outcomes = {one["test"]: one["result"]["outcome"] for one in assertions}
    assert outcomes["#fleuve-image-sans-nom"] == "earl:failed" == outcomes["#1.1.1"] and outcomes["#axe-target-size"] == "earl:passed"
    criteria = {outcomes[f"#{one.number}"] for one in all_criteria()}
    assert "earl:passed" not in criteria and outcomes["#2.4.11"] == "earl:untested" and outcomes["#1.4.3"] == "earl:cantTell"
    sample = next(one for one in assertions if one["test"] == "#axe-target-size")
    assert nodes[sample["subject"]]["hasPart"] == ["https://essai.exemple.quebec/", "https://essai.exemple.quebec/en/"]


def test_evidence_is_written_the_same_for_the_same_check(site, verified):
    verified()
    first = (site.content / evidence.PATH).read_bytes()
    verified()
    assert (site.content / evidence.PATH).read_bytes() == first and evidence.read(first.decode())[1] == ""
    assert str(site.root).encode() not in first and b"127.0.0.1" not in first


def test_evidence_names_the_revision_of_the_content(site, verified):
    assert verified()["contenu"] == {"revision": "", "modifie": False}

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", site.root, "-c", "user.name=Essai", "-c", "user.email=essai@exemple.quebec", *arguments], check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("add", "contenu")
    git("commit", "-qm", "Contenu")
    assert verified([finding("image-sans-nom")])["contenu"] == {"revision": git("rev-parse", "HEAD"), "modifie": False}
    site.write("index.md", "Autre chose.")
    assert verified()["contenu"]["modifie"] is True


def test_the_page_follows_the_evidence_and_the_documents_like_a_clean_build(site, verified):
    verified()
    site.write("organismes/office-fleuves.md", ORGANISM.format("actif"))
    site.write("page.md", "---\ntitle: Page\ndate: 2020-01-01\norganismes: [office-fleuves]\n---\n")
    site.build()
    before = site.read("accessibilite/index.html")
    site.write("page.md", "---\ntitle: Page\ndate: 2020-01-01\norganismes: [office-fleuves]\n---\nUn texte.")
    site.build()
    assert site.read("accessibilite/index.html") == before
    for path, text in (("page.md", "---\ntitle: Page\ndate: 2026-01-01\n---\n"), (evidence.PATH, "{}"), (human_check.PATH, CHECK), ("organismes/office-fleuves.md", ORGANISM.format("aboli"))):
        site.write(path, text)
        site.build()
        assert site.tree() == site.clean_build()
    assert not (site.out / "organismes/office-fleuves/accessibilite").exists()
