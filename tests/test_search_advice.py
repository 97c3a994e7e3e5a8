"""Synonyms and best bets of the search: what editors write in contenu/_recherche/, what is told of it, and what browsers load."""

from __future__ import annotations

import json

import pytest
from conftest import NOW, Site

SYNONYMS, BETS = "_recherche/synonymes.yml", "_recherche/vedettes.yml"
FR, EN = "recherche/donnees/consignes.json", "en/search/donnees/consignes.json"
NOTHING = {"synonyms": {}, "best": []}


def page(title: str, header: str = "") -> str:
    return f"---\ntitle: {title}\ndescription: Tout sur « {title} ».\n{header}---\nTexte.\n"


def organism(title: str, short: str) -> str:
    return f"---\ntype: organisme\ntitle: {title}\nsigle: {short}\nnature: ministere\nstatut: actif\n---\nTexte.\n"


@pytest.fixture
def site(tmp_path) -> Site:
    """Pages in one or both languages, one under embargo, one retired."""
    site = Site(tmp_path)
    site.write("index.md", page("Accueil"))
    site.write("index.en.md", page("Home"))
    site.write("transports/permis.md", page("Renouveler le permis"))
    site.write("transports/permis.en.md", page("Renew a licence", "slug: licence\n"))
    site.write("transports/pneus.md", page("Pneus d’hiver"))
    site.write("transports/secret.md", page("Secret", "embargo: 2026-09-01\n"))
    site.write("transports/vieux.md", page("Vieux", "retire: {date: 2026-01-01}\n"))
    return site


def advice(site: Site, path: str = FR) -> dict:
    return json.loads(site.read(path))


def told(result) -> list[tuple]:
    """(file, line, column, code) of what is told of the search."""
    return [(p["file"], p["line"], p["column"], p["code"]) for p in sorted(result.problems(), key=lambda p: (p["file"], p["line"], p["column"])) if p["file"].startswith("_recherche/")]


# What is right


def test_a_group_goes_both_ways_and_a_one_way_entry_does_not(site):
    site.write(SYNONYMS, "fr:\n  - [auto, Voiture, automobile]\n  - {mot: RVQ, vers: [Revenu Québec, agence du revenu]}\nen:\n  - [car, automobile]\n")
    assert told(site.build()) == []
    assert advice(site)["synonyms"] == {
        "auto": ["voiture", "automobile"], "automobile": ["auto", "voiture"], "voiture": ["auto", "automobile"], "rvq": ["revenu quebec", "agence du revenu"]}
    assert advice(site, EN)["synonyms"] == {"automobile": ["car"], "car": ["automobile"]}


def test_words_are_folded_as_the_search_folds_them(site):
    site.write(SYNONYMS, "fr:\n  - [Œuvre d’Art, œuf-coque, '  L’ÎLE_Ærienne ', 811]\n")
    assert told(site.build()) == []
    assert list(advice(site)["synonyms"]) == ["811", "l ile aerienne", "oeuf coque", "oeuvre d art"]


def test_a_best_bet_has_the_title_and_the_description_of_its_page(site):
    site.write(BETS, "- recherches: [Permis de conduire, renouveler-permis]\n  page: transports/permis.md\n")
    assert told(site.build()) == []
    assert advice(site)["best"] == [{"queries": ["permis de conduire", "renouveler permis"], "url": "/transports/permis/", "title": "Renouveler le permis",
                                     "summary": "Tout sur «\u00a0Renouveler le permis\u00a0»."}]
    assert advice(site, EN)["best"] == []


@pytest.mark.parametrize("bet", ["page: transports/permis.md\n  lang: en", "page: transports/permis.en.md", "page: transports/permis.en.md\n  lang: en"])
def test_a_best_bet_in_english_shows_the_english_twin(site, bet):
    site.write(BETS, f"- recherches: [licence]\n  {bet}\n")
    assert told(site.build()) == []
    assert [(one["url"], one["title"]) for one in advice(site, EN)["best"]] == [("/en/transports/licence/", "Renew a licence")]
    assert advice(site)["best"] == []


def test_one_query_may_have_a_best_bet_in_each_language(site):
    site.write(BETS, "- {recherches: [permis], page: transports/permis.md}\n- {recherches: [permis], page: transports/permis.en.md}\n")
    assert told(site.build()) == []
    assert advice(site)["best"] and advice(site, EN)["best"]


@pytest.mark.parametrize("text", [None, "", "# rien\n", "fr:\nen: []\n"])
def test_no_synonyms_is_fine(site, text):
    if text is not None:
        site.write(SYNONYMS, text)
    assert told(site.build()) == []
    assert advice(site) == NOTHING and advice(site, EN) == NOTHING


@pytest.mark.parametrize("text", ["", "# rien\n", "[]\n"])
def test_no_best_bets_is_fine(site, text):
    site.write(BETS, text)
    assert told(site.build()) == []
    assert advice(site) == NOTHING


# Organisms


def test_the_abbreviation_of_an_organism_leads_to_its_title_in_each_language(site):
    site.write("organismes/sante.md", organism("Ministère de la Santé", "MSSS"))
    site.write("organismes/sante.en.md", organism("Department of Health (Santé)", "MSSS"))
    site.write("organismes/justice.md", organism("Ministère de la Justice", "MJ"))
    site.build()
    assert advice(site)["synonyms"] == {"mj": ["ministere de la justice"], "msss": ["ministere de la sante"]}
    assert advice(site, EN)["synonyms"] == {"mj": ["ministere de la justice"], "msss": ["department of health"]}  # without a page in English, its own name


def test_what_the_secretariat_says_of_an_abbreviation_goes_first(site):
    site.write("organismes/sante.md", organism("Ministère de la Santé", "MSSS"))
    site.write("organismes/transports.md", organism("Ministère des Transports", "MT"))
    site.write("organismes/solidarite.md", organism("Ministère de la Solidarité", "MES"))
    site.write(SYNONYMS, "fr:\n  - {mot: msss, vers: [santé]}\n  - {mot: MT, vers: []}\n")
    assert told(site.build()) == []
    assert advice(site)["synonyms"] == {"msss": ["sante"]}  # « mes » is a word of every text


def test_a_new_abbreviation_is_found_at_the_next_build(site):
    site.write("organismes/sante.md", organism("Ministère de la Santé", "MSSS"))
    site.build()
    site.write("organismes/sante.md", organism("Ministère de la Santé", "MSA"))
    site.build()
    assert list(advice(site)["synonyms"]) == ["msa"]
    assert site.tree() == site.clean_build()


# What is wrong

WRONG_SYNONYMS = [
    # text, place, code, words of what is said
    ("- [auto, voiture]\n", (1, 1), "donnees-invalides", "rangés par langue"),
    ("fr:\n  - [auto, voiture]\nfrançais:\n  - [a1, b1]\n", (3, 1), "cle-inconnue", "français"),
    ("fr: auto\n", (1, 1), "valeur-du-mauvais-genre", "liste de groupes"),
    ("fr:\n  - auto\n", (2, 5), "valeur-du-mauvais-genre", "[auto, voiture, automobile]"),
    ("fr:\n  - [auto]\n", (2, 5), "synonyme-seul", "deux mots"),
    ("fr:\n  - []\n", (2, 5), "synonyme-seul", "deux mots"),
    ("fr:\n  - [auto, ' ', char]\n", (2, 12), "valeur-vide", "vide"),
    ("fr:\n  - [auto, ~, char]\n", (2, 12), "valeur-vide", "vide"),
    ("fr:\n  - [auto, '?!', char]\n", (2, 12), "valeur-vide", "ni lettre ni chiffre"),
    ("fr:\n  - [auto, true, char]\n", (2, 12), "valeur-du-mauvais-genre", '"true"'),
    ("fr:\n  - [auto, [bus], char]\n", (2, 12), "valeur-du-mauvais-genre", "expression"),
    ("fr:\n  - [auto, de la, char]\n", (2, 12), "valeur-invalide", "tous les textes"),
    (f"fr:\n  - [auto, {'x' * 61}, char]\n", (2, 12), "valeur-trop-longue", "60"),
    ("fr:\n  - [auto, char, Auto]\n", (2, 18), "synonyme-en-double", "« auto »"),
    ("fr:\n  - [auto, char]\n  - [camion, pick-up, Auto]\n", (3, 23), "synonyme-en-double", "réunissez les deux groupes"),
    ("fr:\n  - [auto, char]\n  - {mot: auto, vers: [véhicule]}\n", (3, 6), "synonyme-en-double", "« auto »"),
    ("fr:\n  - {mot: rvq, vers: [rvq, revenu]}\n", (2, 23), "synonyme-en-double", "« rvq »"),
    ("fr:\n  - {mot: rvq}\n", (2, 5), "cle-manquante", "« vers »"),
    ("fr:\n  - {mots: rvq, vers: [revenu]}\n", (2, 6), "cle-inconnue", "« mot »"),
    ("fr:\n  - {mot: rvq, vers: revenu}\n", (2, 16), "valeur-du-mauvais-genre", "vers: [revenu québec]"),
    ("fr:\n  - &a [auto, char]\n  - *a\n", (2, 5), "yaml-ancre", "ancres"),
    ("fr:\n  - [auto, char\n", (3, 1), "yaml-invalide", ""),
    ("fr:\n  - [auto, char]\nfr:\n  - [bus, autobus]\n", (3, 1), "cle-en-double", "« fr »"),
]


@pytest.mark.parametrize(("text", "place", "code", "words"), WRONG_SYNONYMS, ids=[f"{case[2]}-{number}" for number, case in enumerate(WRONG_SYNONYMS)])
def test_a_mistake_in_synonyms_is_told_with_its_place_and_its_remedy(site, text, place, code, words):
    site.write(SYNONYMS, text)
    result = site.build()
    assert result.code == 1
    assert (SYNONYMS, *place, code) in told(result)
    problem = next(p for p in result.report["errors"] if p["code"] == code)
    assert words in f"{problem['message']} {problem['remedy']}".replace("\u00a0", " ") and problem["remedy"]


WRONG_BETS = [
    ("permis: transports/permis.md\n", (1, 1), "donnees-invalides", "un tiret par vedette"),
    ("- transports/permis.md\n", (1, 3), "valeur-du-mauvais-genre", "clés"),
    ("- {page: transports/permis.md}\n", (1, 3), "cle-manquante", "« recherches »"),
    ("- {recherches: [], page: transports/permis.md}\n", (1, 4), "cle-manquante", "« recherches »"),
    ("- {recherches: permis, page: transports/permis.md}\n", (1, 4), "valeur-du-mauvais-genre", "liste"),
    ("- {recherches: [permis]}\n", (1, 3), "cle-manquante", "« page »"),
    ("- {recherches: [permis], page: [a]}\n", (1, 26), "valeur-du-mauvais-genre", "chemin"),
    ("- {recherches: [permis], page: transports/permis.md, jusquau: 2026-12-31}\n", (1, 54), "cle-inconnue", "« jusqu_au »"),
    ("- {recherches: [permis], page: transports/permis.md, jusqu_au: 31 décembre 2026}\n", (1, 54), "date-invalide", "2026-12-31"),
    ("- {recherches: [permis], page: transports/permis.md, jusqu_au: 2026-02-30}\n", (1, 54), "date-invalide", "28 jours"),
    ("- {recherches: [permis], page: transports/permis.md, jusqu_au: [2026]}\n", (1, 54), "date-invalide", "date"),
    ("- {recherches: [permis], page: transports/permis.md, lang: es}\n", (1, 54), "valeur-non-permise", "fr, en"),
    ("- {recherches: ['...'], page: transports/permis.md}\n", (1, 17), "valeur-vide", "ni lettre"),
    ("- {recherches: [permis, Permis], page: transports/permis.md}\n", (1, 25), "vedette-en-double", "« permis »"),
    ("- {recherches: [permis], page: transports/permis.md}\n- {recherches: [PERMIS], page: transports/pneus.md}\n", (2, 17), "vedette-en-double", "une vedette"),
    ("- {recherches: [permis], page: transport/permis.md}\n", (1, 26), "reference-inconnue", "« transports/permis.md »"),
    ("- {recherches: [permis], page: /transports/permis/}\n", (1, 26), "reference-inconnue", "« transports/permis.md »"),
    ("- {recherches: [permis], page: contenu/transports/permis.md}\n", (1, 26), "reference-inconnue", "« transports/permis.md »"),
    ("- {recherches: [permis], page: transports/permi.md}\n", (1, 26), "reference-inconnue", "« transports/permis.md »"),
    ("- {recherches: [permis], page: ailleurs/xyz.md}\n", (1, 26), "reference-inconnue", "à partir de contenu/"),
    ("- {recherches: [permis], page: transports/secret.md}\n", (1, 26), "vedette-non-publiee", "pas publiée"),
    ("- {recherches: [permis], page: transports/pneus.md, lang: en}\n", (1, 26), "vedette-sans-traduction", "anglais"),
]


@pytest.mark.parametrize(("text", "place", "code", "words"), WRONG_BETS, ids=[f"{case[2]}-{number}" for number, case in enumerate(WRONG_BETS)])
def test_a_mistake_in_best_bets_is_told_with_its_place_and_its_remedy(site, text, place, code, words):
    site.write(BETS, text)
    result = site.build()
    assert result.code == 1
    assert (BETS, *place, code) in told(result)
    problem = next(p for p in result.report["errors"] if p["code"] == code)
    assert words in f"{problem['message']} {problem['remedy']}".replace("\u00a0", " ") and problem["remedy"]


def test_a_retired_page_is_not_shown_first(site):
    site.write(BETS, "- {recherches: [vieux], page: transports/vieux.md}\n- {recherches: [permis], page: transports/permis.md}\n")
    result = site.build()
    assert (result.code, told(result)) == (0, [(BETS, 1, 25, "vedette-retiree")])
    assert [one["queries"] for one in advice(site)["best"]] == [["permis"]]


def test_all_mistakes_are_told_at_once_and_what_is_right_is_used(site):
    site.write(SYNONYMS, "fr:\n  - [auto, voiture, '']\n  - [seul]\n  - {mot: rvq, vers: [revenu, 'de la']}\nes:\n  - [coche, auto]\nen:\n  - [car, automobile]\n")
    site.write(BETS, "- recherches: [permis, '', renouveler]\n  page: transports/permis.md\n  note: a\n- recherches: [a1]\n  page: nulle/part.md\n- recherches: [pneus, permis]\n  page: transports/pneus.md\n")
    assert told(site.build()) == [
        (SYNONYMS, 2, 21, "valeur-vide"), (SYNONYMS, 3, 5, "synonyme-seul"), (SYNONYMS, 4, 31, "valeur-invalide"), (SYNONYMS, 5, 1, "cle-inconnue"),
        (BETS, 1, 24, "valeur-vide"), (BETS, 3, 3, "cle-inconnue"), (BETS, 5, 3, "reference-inconnue"), (BETS, 6, 23, "vedette-en-double")]
    assert advice(site)["synonyms"] == {"auto": ["voiture"], "voiture": ["auto"], "rvq": ["revenu"]}
    assert [(one["queries"], one["url"]) for one in advice(site)["best"]] == [(["permis", "renouveler"], "/transports/permis/"), (["pneus"], "/transports/pneus/")]
    assert advice(site, EN)["synonyms"] == {"automobile": ["car"], "car": ["automobile"]}


def test_a_file_of_another_name_is_told(site):
    site.write("_recherche/synonyme.yml", "fr:\n  - [auto, voiture]\n")
    assert told(site.build()) == [("_recherche/synonyme.yml", 1, 1, "fichier-inutile")]
    assert advice(site) == NOTHING


@pytest.mark.parametrize(("path", "data", "code"), [
    (SYNONYMS, b"# x\n" * 300_000, "fichier-trop-gros"), (BETS, "- {recherches: [été], page: index.md}".encode("windows-1252"), "encodage"),
    (SYNONYMS, b"fr: " + b"[" * 500 + b"]" * 500, "yaml-profondeur"), (BETS, b"- !!python/object:os.system {}\n", "yaml-etiquette"),
])
def test_hostile_files_are_refused(site, path, data, code):
    site.write(path, data)
    result = site.build()
    assert [one[3] for one in told(result)] == [code]
    assert advice(site) == NOTHING


def test_lists_have_limits(site):
    site.write(SYNONYMS, "fr:\n" + "".join(f"  - [auto{n}, voiture{n}]\n" for n in range(2001)) + f"en:\n  - [{', '.join(f'car{n}' for n in range(21))}]\n")
    site.write(BETS, "".join(f"- {{recherches: [permis {n}], page: transports/permis.md}}\n" for n in range(2001)))
    assert told(site.build()) == [(SYNONYMS, 2002, 5, "trop-de-consignes"), (SYNONYMS, 2004, 1 + len("  - [" + ", ".join(f"car{n}" for n in range(20)) + ", "), "trop-de-consignes"),
                                  (BETS, 2001, 3, "trop-de-consignes")]
    assert len(advice(site)["synonyms"]) == 4000 and len(advice(site)["best"]) == 2000 and len(advice(site, EN)["synonyms"]) == 20


def test_thousands_of_mistakes_are_not_all_told(site):
    site.write(SYNONYMS, "fr:\n" + "  - [seul]\n" * 1000)
    said = told(site.build())
    assert len(said) == 201 and said[0] == (SYNONYMS, 1, 1, "trop-de-fautes")


# Time


def test_a_best_bet_ends_with_its_last_day_in_the_time_of_the_site(site):
    site.write(BETS, "- {recherches: [pneus], page: transports/pneus.md, jusqu_au: 2026-07-01}\n- {recherches: [Pneus], page: transports/permis.md, jusqu_au: 2026-06-01}\n")
    for now, shown in (("2026-07-01T23:59", True), ("2026-07-02T00:00", False), ("2026-07-02T03:59+00:00", True), ("2026-07-02T04:00+00:00", False), (NOW, True)):
        assert told(site.build(now=now)) == []  # of two bets for one query, one was over
        assert bool(advice(site)["best"]) is shown
        assert site.tree() == site.clean_build(now=now)


def test_a_build_is_due_when_a_best_bet_ends(site):
    site.write(BETS, "- {recherches: [pneus], page: transports/pneus.md, jusqu_au: 2026-07-01}\n")
    site.build()
    assert {"instant": "2026-07-02T00:00:00-04:00", "raison": "vedette", "document": BETS} in json.loads(site.read("calendrier.json"))["instants"]
    site.build(now="2026-07-02")
    assert BETS not in site.read("calendrier.json")


def test_a_page_under_embargo_has_its_best_bet_when_it_is_published(site):
    site.write(BETS, "- {recherches: [secret], page: transports/secret.md}\n")
    assert told(site.build()) == [(BETS, 1, 26, "vedette-non-publiee")]
    assert "Secret" not in site.read(FR)
    assert told(site.build(now="2026-09-01")) == []
    assert [one["title"] for one in advice(site)["best"]] == ["Secret"]
    assert site.tree() == site.clean_build(now="2026-09-01")


def test_what_was_over_is_not_looked_at_again(site):
    site.write(BETS, "- {recherches: [budget], page: transports/disparue.md, jusqu_au: 2026-03-01}\n")
    assert told(site.build()) == []


# Builds


def test_a_change_of_synonyms_changes_the_advice_alone(site):
    site.write(SYNONYMS, "fr:\n  - [auto, voiture]\n")
    site.build()
    before = site.tree()
    site.write(SYNONYMS, "fr:\n  - [auto, voiture, automobile]\n")
    assert site.build().report["pressed"] == 0
    after = site.tree()
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} - {".fleuve"} == {FR}
    assert after == site.clean_build()


def test_a_title_that_changes_and_a_page_that_goes_change_their_best_bets(site):
    site.write(BETS, "- {recherches: [permis], page: transports/permis.md}\n")
    site.build()
    site.write("transports/permis.md", page("Permis"))
    site.build()
    assert [one["title"] for one in advice(site)["best"]] == ["Permis"]
    assert site.tree() == site.clean_build()
    (site.content / "transports/permis.md").unlink()
    assert [one[3] for one in told(site.build())] == ["reference-inconnue"]
    assert advice(site)["best"] == [] and site.tree() == site.clean_build()


def test_files_that_go_take_their_advice_along(site):
    site.write(SYNONYMS, "fr:\n  - [auto, voiture]\n")
    site.build()
    (site.content / SYNONYMS).unlink()
    site.build()
    assert advice(site) == NOTHING and site.tree() == site.clean_build()


def test_a_site_without_search_has_no_advice(tmp_path):
    site = Site(tmp_path, "    recherche: false\n")
    site.write("index.md", page("Accueil"))
    site.write(BETS, "- {recherches: [pneus], page: nulle/part.md, jusqu_au: 2026-07-01}\n")
    assert told(site.build()) == []
    assert not (site.out / FR).exists() and not (site.out / EN).exists() and BETS not in site.read("calendrier.json")
