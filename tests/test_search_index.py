"""The index of the search: what a change of a page changes in it, and what it answers. Through the public commands."""

from __future__ import annotations

import random
import shutil

import numpy as np
import orjson
import pytest
from conftest import Site, run
from hypothesis import given
from hypothesis import strategies as st

from fleuve.search import FOLDERS, block, layout
from fleuve.search.entry import TOP, Harvest
from fleuve.search.reader import Question, Reader, _of_term
from fleuve.search.term import key, pair_key, stop_words, term

INDEX = FOLDERS["fr"]
SUBJECTS = ("permis de conduire", "carte d’assurance maladie", "déclaration de revenus", "place en garderie", "aide au logement", "certificat de naissance", "bourse d’études", "permis de chasse")
ACTS = ("Obtenir", "Renouveler", "Remplacer", "Contester", "Payer")


@pytest.fixture
def many(site, monkeypatch) -> Site:
    """A site of 100 pages in eight folders, in blocks of some ten pages."""
    monkeypatch.setattr(layout, "PAGES", 8)
    rng = random.Random(3)
    site.write("index.md", "---\ntitle: Accueil\n---\nBienvenue.")
    for number in range(100):
        act, subject = ACTS[number % 5], SUBJECTS[number // 5 % 8]
        write(site, number, f"{act} {subject}", " ".join(rng.choices("le formulaire est à remplir avant la date limite et le délai de réponse varie selon la région".split(), k=60)))
    return site


def write(site: Site, number: int, title: str, body: str, extra: str = "") -> None:
    """One page of the site."""
    site.write(f"theme-{number % 8}/page-{number}.md", f"---\ntitle: {title}\ndescription: Page {number}.\n{extra}---\n{body}\n\n## Délais de la page {number}\n\nMot{number}.\n")


def build(site: Site) -> dict[str, str]:
    """The files of the site after a build in one process, which the patched layout holds for."""
    result = site.build("--jobs", "1")
    assert result.code == 0, result.report
    return site.tree()


def titles(site: Site, query: str, **more) -> list[str]:
    """Titles of the results of a question."""
    answer = Reader(site.out / INDEX).search(Question(query, **more))
    return ["".join(text for text, _ in result["title"]) for result in answer["results"]]


def urls(site: Site, query: str, **more) -> list[str]:
    """Addresses of the results."""
    return [result["url"] for result in Reader(site.out / INDEX).search(Question(query, **more))["results"]]


# One page among many.


def test_a_change_of_one_page_changes_few_files_and_gives_the_index_of_a_clean_build(many):
    before = build(many)
    assert orjson.loads((many.out / INDEX / "index.json").read_bytes())["blocs"] == 16
    write(many, 42, "Remplacer permis de chasse", "Le formulaire bleu est arrivé.")
    after = build(many)
    changed = {path for path in after if after[path] != before.get(path) and path.startswith(INDEX)}
    assert 0 < len(changed) < 150 < len([path for path in after if path.startswith(INDEX)])
    assert titles(many, "formulaire bleu") == ["Remplacer permis de chasse"]
    assert after == many.clean_build("--jobs", "1")


@pytest.mark.parametrize("edit", ["add", "remove", "retitle", "move", "retire", "keywords"])
def test_whatever_is_done_to_a_page_the_index_is_that_of_a_clean_build(many, edit):
    build(many)
    page = many.content / "theme-3/page-43.md"
    if edit == "add":
        write(many, 500, "Adopter un raton laveur", "C’est interdit.")
    elif edit == "remove":
        page.unlink()
    elif edit == "retitle":
        write(many, 43, "Un tout autre titre", "Texte.")
    elif edit == "move":
        page.rename(many.content / "theme-4/ailleurs.md")
    elif edit == "retire":
        write(many, 43, "Contester permis de chasse", "Texte.", "retire: {date: 2026-01-01, raison: Fusion}\n")
    else:
        write(many, 43, "Contester permis de chasse", "Texte.", "mots_cles: [gibier]\n")
    assert build(many) == many.clean_build("--jobs", "1")
    if edit == "add":
        assert titles(many, "raton") == ["Adopter un raton laveur"]
    if edit == "remove":
        assert "/theme-3/page-43/" not in urls(many, "mot43")
    if edit == "keywords":
        assert urls(many, "gibier") == ["/theme-3/page-43/"]


def test_a_site_that_grows_into_more_blocks_has_the_index_of_a_clean_build(many):
    build(many)
    for number in range(200, 260):
        write(many, number, f"Payer bourse d’études {number}", "Texte.")
    after = build(many)
    assert orjson.loads((many.out / INDEX / "index.json").read_bytes())["blocs"] == 32
    assert after == many.clean_build("--jobs", "1")


def test_processes_make_no_difference(site):
    for number in range(40):
        write(site, number, f"{ACTS[number % 5]} {SUBJECTS[number % 8]}", "Texte.")
    site.build("--jobs", "1")
    one = site.tree()
    assert site.clean_build("--jobs", "2") == one


def test_nothing_changed_writes_nothing(many):
    build(many)
    assert many.build("--jobs", "1").report["written"] == 0


def test_files_that_vanish_come_back(many):
    before = build(many)
    shutil.rmtree(many.out)
    assert build(many) == before


def test_without_search_there_is_no_index_and_it_goes_when_it_is_switched_off(many):
    build(many)
    text = many.config.read_text("utf-8")
    many.config.write_text(text.replace("extra:\n  fleuve:\n", "extra:\n  fleuve:\n    recherche: false\n"), "utf-8")
    after = build(many)
    assert not [path for path in after if "donnees" in path]
    assert run("search", "permis", "--config", str(many.config), "--out", str(many.out)).code == 2


def test_a_site_without_pages_has_no_index(site):
    assert site.build().code == 0
    assert not (site.out / INDEX / "index.json").exists()


# What it answers, in a table that an editor can read: a site, what is typed, the title that must come first.

PAGES = {
    "transports/permis-de-conduire.md": ("Obtenir un permis de conduire", "", "Prenez rendez-vous au centre. Apportez deux pièces d’identité.\n\n## Examen théorique\n\nLe code de la route."),
    "transports/immatriculer.md": ("Immatriculer un véhicule", "mots_cles: [plaque, char]\n", "Le permis de conduire est demandé."),
    "sante/carte-soleil.md": ("Carte d’assurance maladie", "titre_court: Carte soleil\n", "Renouvelez votre carte tous les quatre ans."),
    "sante/garderies.md": ("Services de garde éducatifs", "mots_cles: [garderie, CPE]\n", "Trouver une place à l’école ou en milieu familial."),
    "emploi/assurance-emploi.md": ("Assurance-emploi", "", "Des prestations pour les travailleuses et travailleurs."),
    "education/8e.md": ("Programme de la 8e année", "", "Mathématiques et œuvres littéraires."),
    "fiscalite/t4.md": ("Feuillet T4", "", "Feuillet de l’impôt sur le revenu, à conserver six ans."),
    "eau/ile.md": ("Qualité de l’eau à L’Île-d’Orléans", "", "Hôpitaux, écoles et aînés d’abord. Jusqu’à deux avis par an."),
}
ASKED = """
    permis de conduire           | Obtenir un permis de conduire
    PERMIS  CONDUIRE             | Obtenir un permis de conduire
    permis                       | Obtenir un permis de conduire
    plaques                      | Immatriculer un véhicule
    carte soleil                 | Carte d’assurance maladie
    l'assurance maladie          | Carte d’assurance maladie
    assurance emploi             | Assurance-emploi
    assurance‑emploi             | Assurance-emploi
    travailleur                  | Assurance-emploi
    garderies                    | Services de garde éducatifs
    cpe                          | Services de garde éducatifs
    ecole                        | Services de garde éducatifs
    8e annee                     | Programme de la 8e année
    oeuvre                       | Programme de la 8e année
    T4                           | Feuillet T4
    impot                        | Feuillet T4
    l’impôt sur le revenu        | Feuillet T4
    hopital                      | Qualité de l’eau à L’Île-d’Orléans
    ile d'orleans                | Qualité de l’eau à L’Île-d’Orléans
    aînée                        | Qualité de l’eau à L’Île-d’Orléans
    permi de condiure            | Obtenir un permis de conduire
    asurance maladie             | Carte d’assurance maladie
    veihcule                     | Immatriculer un véhicule
    grade educatifs              | Services de garde éducatifs
    « code de la route »         | Obtenir un permis de conduire
    "examen théorique"           | Obtenir un permis de conduire
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The small site of the table, built."""
    site = Site(tmp_path_factory.mktemp("petit"))
    for path, (title, extra, body) in PAGES.items():
        site.write(path, f"---\ntitle: {title}\ndate: 2026-01-0{len(path) % 9 + 1}\n{extra}---\n{body}\n")
    site.write("transports/licence.en.md", "---\ntitle: Get a driver’s licence\n---\nBooking an appointment. The studies of driving.\n")
    assert site.build().code == 0
    return site


@pytest.mark.parametrize("line", [line.strip() for line in ASKED.strip().splitlines()])
def test_what_people_type_finds_the_page(answers, line):
    typed, title = (part.strip() for part in line.split("|"))
    assert titles(answers, typed)[:1] == [title]


def test_a_word_that_comes_twice_in_an_expression_is_no_obstacle(answers):
    assert titles(answers, "« prenez rendez-vous au centre apportez deux pièces »")[:1] == ["Obtenir un permis de conduire"]
    assert titles(answers, "« code de la route code »") == []


@pytest.mark.parametrize(("typed", "title"), [("permi", "Obtenir un permis de conduire"), ("assurance mal", "Carte d’assurance maladie"), ("gard", "Services de garde éducatifs")])
def test_a_word_that_is_being_typed_finds_what_it_begins(answers, typed, title):
    assert titles(answers, typed, typing=True)[:1] == [title]


@pytest.mark.parametrize("typed", ["", "   ", "le la les", "zzzzzz", "« route du code »", "«»", "🙂", "x" * 5000])
def test_what_finds_nothing_says_so(answers, typed):
    answer = Reader(answers.out / INDEX).search(Question(typed))
    assert (answer["total"], answer["results"], answer["partial"]) == (0, [], False)


def test_a_mistake_is_told_and_can_be_insisted_on(answers):
    reader = Reader(answers.out / INDEX)
    assert reader.search(Question("prmis de condiure"))["correction"] == {"text": "permis de conduire", "applied": True}
    assert reader.search(Question("prmis de condiure", exact=True))["total"] == 0


def test_words_that_were_looked_for_are_marked_and_the_section_is_named(answers):
    result = Reader(answers.out / INDEX).search(Question("examens permis"))["results"][0]
    assert result["title"] == [["Obtenir un ", 0], ["permis", 1], [" de conduire", 0]]
    assert result["section"] == {"text": [["Examen", 1], [" théorique", 0]], "id": "examen-theorique"}


def test_each_language_has_its_index(answers):
    english = Reader(answers.out / FOLDERS["en"])
    assert [result["url"] for result in english.search(Question("appointments study"))["results"]] == ["/en/transports/licence/"]
    assert titles(answers, "appointments") == []


def test_facets_choose_and_count(answers):
    reader = Reader(answers.out / INDEX)
    answer = reader.search(Question("permis", {"theme": ["transports"]}, counts=True))
    assert {result["url"] for result in answer["results"]} == {"/transports/permis-de-conduire/", "/transports/immatriculer/"}
    assert answer["facets"]["theme"] == [["transports", 2]] and answer["facets"]["annee"] == [["2026", 2]] and answer["facets"]["langue"] == [["fr", 2]]
    assert reader.search(Question("permis", {"theme": ["sante"]}))["total"] == 0
    assert reader.search(Question("permis", since="2027-01-01"))["total"] == 0


def test_results_are_sorted_by_date_on_demand(answers):
    dates = [result["date"] for result in Reader(answers.out / INDEX).search(Question("permis carte école", sort="date"))["results"]]
    assert dates == sorted(dates, reverse=True) and len(set(dates)) > 1


# The command.


def ask(site: Site, *arguments: str):
    """build.py search on a site."""
    return run("search", *arguments, "--config", str(site.config), "--out", str(site.out), "--cache", str(site.cache))


def test_the_command_prints_the_answer_as_json(answers):
    result = ask(answers, "permis de conduire", "--json")
    assert result.code == 0 and result.report["results"][0]["url"] == "/transports/permis-de-conduire/"
    assert result.report == Reader(answers.out / INDEX).search(Question("permis de conduire", counts=True))


def test_the_command_takes_a_language_and_facets(answers):
    assert ask(answers, "driver", "--lang", "en", "--json").report["total"] == 1
    assert ask(answers, "permis", "--facette", "theme=sante", "--json").report["total"] == 0


@pytest.mark.parametrize(("arguments", "said"), [
    (["permis", "--lang", "es"], "Pas de recherche en « es »"), (["permis", "--facette", "couleur=bleu"], "écrivez nom=valeur"), ([], "Dites ce que vous cherchez"), (["permis", "--nombre", "0"], "nombre entier"),
])
def test_what_the_command_cannot_do_it_says(answers, arguments, said):
    result = ask(answers, *arguments)
    assert result.code == 2 and said in result.said.replace("\u00a0", " ")


def test_a_site_that_is_not_built_is_told(site):
    result = ask(site, "permis")
    assert result.code == 2 and "build.py build" in result.said


# The formats.

entries = st.dictionaries(st.tuples(st.integers(1, (1 << 32) - 1), st.integers(0, layout.MOST - 1)), st.integers(1, TOP), max_size=200)


@given(entries, st.sampled_from([1, 4, 64]))
def test_fragments_give_back_terms_and_pairs(postings, count):
    files = layout.FILES * count
    ordered = sorted(postings)
    keys, slots = (np.array([one[at] for one in ordered], np.uint64) for at in (0, 1))
    impacts = np.array([postings[one] for one in ordered], np.uint64)
    data, begins = block._terms(slots, keys, impacts, files, 256)
    bits = 33 - files.bit_length()
    for wanted in {one for one, _ in ordered}:
        fragment = data[begins[wanted >> bits] : begins[(wanted >> bits) + 1]]
        expected = sorted((slot, postings[one, slot]) for one, slot in ordered if one == wanted)
        assert _of_term(fragment, wanted & (1 << bits) - 1, 256) == (len(expected), expected)
    assert begins[-1] == len(data)


def test_a_term_that_too_many_pages_have_keeps_the_best_of_them():
    slots, impacts = np.arange(1000, dtype=np.uint64), np.array([n % 100 + 1 for n in range(1000)], np.uint64)
    data, begins = block._terms(slots, np.full(1000, key("permis"), np.uint64), impacts, layout.FILES, 256)
    at = int(np.flatnonzero(np.diff(begins))[0])
    pages, kept = _of_term(data[begins[at] : begins[at + 1]], key("permis") & (1 << 25) - 1, 256)
    assert pages == 1000 and len(kept) == 256 and min(impact for _, impact in kept) >= 74


@given(st.sets(st.text(min_size=1, max_size=20), max_size=60))
def test_slots_do_not_depend_on_who_came_first_and_are_each_taken_once(paths):
    found = block.slots(paths)
    assert found == block.slots(sorted(paths, reverse=True)) and len(set(found.values())) == len(paths)


def test_keys_of_real_words_seldom_meet():
    words = {word for lang in ("fr", "en") for word in stop_words(lang)} | {f"{one}{other}" for one in "abcdefgh" for other in range(2000)}
    keys = [key(word) for word in words]
    assert len(set(keys)) >= len(keys) - 1
    assert pair_key(keys[0], keys[1]) != pair_key(keys[1], keys[0]) and 0 not in {term(word, "fr").key for word in words if word not in stop_words("fr")}


def test_an_empty_block_is_empty():
    empty = Harvest([], [], [], *(np.zeros(0, kind) for kind in (np.uint16, np.uint32, np.uint8, np.uint16, np.uint32)), {})
    made = block.make([empty], 1)
    assert (made.terms[0], made.pairs[0], made.chunks, made.pages) == (b"", b"", {}, 0)
