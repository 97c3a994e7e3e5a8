"""Where old pages go: rules, humans, names and words, and what is learned kept in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from migration import placed
from migration.classify import Classifier, Place, ToPlace
from migration.placed import Placed, folder_of
from migration.recipe import Rule

CONTENT = Path(__file__).resolve().parent.parent / "contenu"

_SUBJECTS = {
    "sante/trouver-des-soins": ("Trouver un médecin de famille", "clinique urgence médecin infirmière rendez-vous soins hôpital pharmacie"),
    "sante/assurance-maladie": ("Obtenir une carte d’assurance maladie", "carte soleil assurance régime remboursement assuré couverture médicaments"),
    "transports/permis-de-conduire": ("Renouveler un permis de conduire", "permis conduire véhicule examen route apprenti classe photo"),
    "transports/vehicules-et-routes": ("Immatriculer un véhicule", "plaque immatriculation véhicule route pneus hiver vignette"),
    "culture/arts-et-creation": ("Bourses pour les artistes", "artiste bourse création théâtre danse peinture littérature"),
}


def content() -> list[Placed]:
    """A small content folder: five folders of six pages that differ by a few words, each with its own page."""
    pages = []
    for folder, (title, words) in _SUBJECTS.items():
        pages.append(Placed(f"{folder}/index.md", folder.split("/")[1].replace("-", " ").capitalize(), words))
        every = words.split()
        for number in range(6):
            pages.append(Placed(f"{folder}/page-{number}.md", f"{title} {number}", " ".join(every[number % 3 :: 2]), " ".join(every[::-1] * 3)))
    return pages


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.learn(content())


def test_the_words_of_a_page_say_where_it_goes_and_which_words_did(classifier: Classifier) -> None:
    places = classifier.place("http://vieux.example/p.asp?id=3", "Examen de conduite", (), "Pour le permis de conduire, l’examen sur route dure une heure.")

    assert places[0].folder == "transports/permis-de-conduire"
    assert len(places) == 3 and places[0].confidence >= places[1].confidence >= places[2].confidence
    assert "«\u00a0permis\u00a0»" in places[0].why


def test_a_rule_of_the_recipe_wins_over_words_and_says_so(classifier: Classifier) -> None:
    rules = [Rule(to="culture/arts-et-creation", path="/arts/"), Rule(to="sante", title="^Vieux"), Rule(to="transports", path="/x", breadcrumb="Routes")]

    by_path = classifier.place("https://vieux.example/arts/permis.html", "Permis de conduire", (), "permis conduire route", rules=rules)
    by_title = classifier.place("https://vieux.example/p", "Vieux permis", (), "permis", rules=rules)
    half = classifier.place("https://vieux.example/x/1", "Bourse", ("Accueil",), "artiste bourse théâtre", rules=rules)
    both = classifier.place("https://vieux.example/x/1", "Bourse", ("Accueil", "ROUTES"), "artiste bourse théâtre", rules=rules)

    assert (by_path[0].folder, by_path[0].confidence) == ("culture/arts-et-creation", 0.98)
    assert by_path[0].why == "règle de la recette\u00a0: l’ancien chemin commence par « /arts/ »"
    assert by_path[1].folder == "transports/permis-de-conduire"
    assert by_title[0].folder == "sante"
    assert half[0].folder == "culture/arts-et-creation", "a rule asks for all that it names"
    assert both[0].folder == "transports"


def test_a_breadcrumb_that_names_folders_places_the_page_in_the_deepest(classifier: Classifier) -> None:
    named = classifier.place("http://vieux.example/p.asp", "Foire aux questions", ("Accueil", "Santé", "Trouver des soins"), "Questions et réponses.")
    path = classifier.place("http://vieux.example/fr/sante/assurance-maladie/faq.html", "Foire aux questions", (), "Questions et réponses.")

    assert named[0].folder == "sante/trouver-des-soins" and named[0].confidence >= 0.9
    assert named[0].why == "le fil d’Ariane nomme «\u00a0Trouver des soins\u00a0»"
    assert path[0].folder == "sante/assurance-maladie" and "l’ancien chemin" in path[0].why


def test_a_name_that_folders_of_several_themes_have_leaves_the_choice_to_words() -> None:
    pages = content() + [Placed(f"{theme}/publications/p{n}.md", f"Rapport {word} {n}", word) for theme, word in (("sante", "médecin soins"), ("transports", "route permis")) for n in range(4)]
    learned = Classifier.learn(pages)

    found = learned.place("http://v.example/p", "Rapport sur la route", ("Publications",), "route permis véhicule")
    below = learned.place("http://v.example/p", "Rapport", ("Santé", "Publications"), "")

    assert found[0].folder.startswith("transports/")
    assert below[0].folder == "sante/publications"


def test_news_are_known_by_where_sites_keep_them() -> None:
    learned = Classifier.learn(content() + [Placed(f"nouvelles/2025/0{n}/c{n}.md", f"Annonce {n}", "le ministre annonce aujourd’hui") for n in range(1, 8)])

    places = learned.place("https://v.example/salle-de-presse/communiques/2019/permis.html", "Nouveau permis de conduire", (), "permis de conduire")

    assert places[0].folder == "nouvelles" and places[0].confidence >= 0.9


@dataclass(frozen=True)
class Line:
    """A line of decisions."""

    old: str
    target: str
    reviewer: str = "A. Roy"


def test_what_a_human_corrects_is_learned_for_the_page_its_neighbours_and_its_words() -> None:
    pages = {f"v.example/velo/{n}": Placed("", f"Piste cyclable {n}", "", "vélo piste cyclable casque cycliste") for n in range(4)}
    lines = [Line(old, "transports/se-deplacer-autrement/") for old in pages] + [Line("v.example/velo/9", "culture/x.md"), Line("v.example/velo/1", "culture/", "")]
    learned = Classifier.learn([*content(), *placed.corrections(lines, pages.get)])

    same = learned.place("https://v.example/velo/2", "Piste", (), "")
    neighbour = learned.place("https://v.example/velo/77", "Bourse", (), "")
    elsewhere = learned.place("https://autre.example/p", "Le vélo en ville", (), "Un casque protège le cycliste sur la piste cyclable.")

    assert same[0] == Place("transports/se-deplacer-autrement", 1.0, "placée ici par une personne")
    assert neighbour[0].folder == "transports/se-deplacer-autrement" and neighbour[0].why.startswith("4 pages du même ancien dossier")
    assert elsewhere[0].folder == "transports/se-deplacer-autrement"


@pytest.mark.parametrize(("target", "folder"), [
    ("sante/soins/x.md", "sante/soins"), ("/sante/soins/page/", "sante/soins"), ("sante/soins/", "sante/soins"), ("sante/soins", "sante/soins"),
    ("nouvelles/2025/05/x.md", "nouvelles"), ("index.md", ""),
])
def test_the_folder_of_a_target(target: str, folder: str) -> None:
    assert folder_of(target) == folder


def test_targets_outside_the_content_teach_nothing() -> None:
    page = Placed("", "Titre")
    lines = [Line("a", "https://ailleurs.example/x"), Line("b", "//ailleurs.example/x"), Line("c", ""), Line("d", "x.md")]

    assert not list(placed.corrections(lines, lambda _: page))


def test_the_same_pages_in_any_order_give_the_same_bytes_and_a_saved_classifier_says_the_same(tmp_path: Path) -> None:
    pages = content()
    Classifier.learn(pages).save(tmp_path / "a")
    Classifier.learn(pages[::-1]).save(tmp_path / "b")
    asked = [ToPlace("http://v.example/p", "Permis", (), "permis conduire"), ToPlace("http://v.example/s", "Soins", ("Santé",), "clinique")]

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert Classifier.load(tmp_path / "a").place_all(asked) == Classifier.learn(pages).place_all(asked)


@pytest.mark.parametrize("data", [b"", b"\x05\0\0\0\0\0\0\0hello", b"\x02\0\0\0\0\0\0\0{}", b"\xff" * 40])
def test_a_file_that_is_none_is_refused_in_french(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(ValueError, match="n’est pas un classement appris par Fleuve"):
        Classifier.load(tmp_path / "x")


def test_a_truncated_file_is_refused(tmp_path: Path, classifier: Classifier) -> None:
    classifier.save(tmp_path / "x")
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:-10])

    with pytest.raises(ValueError, match="apprenez-le à nouveau"):
        Classifier.load(tmp_path / "x")


def test_nothing_to_choose_from_is_said_in_french() -> None:
    with pytest.raises(ValueError, match="deux dossiers entre lesquels choisir"):
        Classifier.learn([Placed("sante/x.md", "Un")])


def test_a_page_without_a_word_is_placed_without_certainty(classifier: Classifier) -> None:
    places = classifier.place("", "", (), "")

    assert len(places) == 3 and places[0].confidence < 0.8
    assert places[0].why == "aucun mot de la page n’est propre à un dossier"


def test_hostile_texts_are_answered(classifier: Classifier) -> None:
    for text in ("<" * 100_000, "](" * 50_000, "\0\ud800é" * 1000, "a" * 1_000_000, "{[[" * 30_000):
        assert len(classifier.place("http://[::1/" + text[:50], text[:2000], (text[:100],), text)) == 3


def test_the_sample_is_placed_mostly_right_when_it_is_left_out() -> None:
    pages = list(placed.read(CONTENT))
    # One page of five, with its translation; the folders' own pages are known.
    name = lambda page: page.path.split(".")[0]  # noqa: E731
    stems = sorted({name(page) for page in pages if not page.is_index})
    apart = set(stems[::5])
    classifier = Classifier.learn(page for page in pages if name(page) not in apart)
    asked = [page for page in pages if name(page) in apart]
    found = classifier.place_all([ToPlace("", page.title, (), page.text, page.lang, page.description) for page in asked])

    right = [places[0].folder == page.folder for page, places in zip(asked, found, strict=True)]
    near = [page.folder in {place.folder for place in places} for page, places in zip(asked, found, strict=True)]
    sure = [one for one, places in zip(right, found, strict=True) if places[0].confidence >= 0.9]
    assert len(pages) > 600 and sum(right) / len(right) > 0.68 and sum(near) / len(near) > 0.83
    assert sum(sure) / len(sure) > 0.88, "what is said with 0.9 is right nine times in ten"
