"""Pages that say the same, versions of one page, and what each page is worth: the table that an editor can read and discuss."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from migration import version_mark
from migration.duplicates import Chain, Group, Relation, Signatures, signed
from migration.worth import Facts, propose

_WORDS = [f"mot{number}" for number in range(4000)]


def text(seed: int, count: int = 300) -> str:
    """Words that no other seed gives."""
    return " ".join(random.Random(seed).choices(_WORDS, k=count))


def changed(base: str, *places: int) -> str:
    """The same text with other words at these places."""
    words = base.split()
    for place in places:
        words[place] = f"autre{place}"
    return " ".join(words)


def grouped(folder: Path, pages: list[tuple], **options) -> list[Group]:
    """The groups of pages: (url, text, {more})."""
    with Signatures(folder) as signatures:
        for url, words, *more in pages:
            signatures.add(url, words, **(more[0] if more else {}))
        return list(signatures.groups(**options))


def test_exact_and_near_copies_are_grouped_around_their_reference_over_sites(tmp_path: Path) -> None:
    base = text(1)
    groups = grouped(tmp_path, [
        ("https://www.a.example/programme", base, {"modified": "2020-05-01"}),
        ("https://www.b.example/aide/programme.html", base.upper().replace(" ", "\n  "), {"modified": "2024-05-01"}),
        ("https://c.example/p?id=3", changed(base, 10, 150), {"modified": "2019-01-01"}),
        ("https://c.example/autre", text(2)), ("https://c.example/loin", changed(base, *range(0, 300, 8))),
    ])

    assert [group.reference for group in groups] == ["https://www.b.example/aide/programme.html"]
    exact, near = groups[0].copies
    assert (exact.url, exact.exact, exact.likeness) == ("https://www.a.example/programme", True, 1)
    assert near.url == "https://c.example/p?id=3" and not near.exact and 0.9 <= near.likeness < 1
    assert groups[0].why == "la plus récente"


@pytest.mark.parametrize(("one", "other", "why"), [
    (("https://a.ca/x", {"modified": "2024-01-02"}), ("https://b.ca/x", {"modified": "2024-01-01", "hits": 900}), "la plus récente"),
    (("https://a.ca/x", {"hits": 12}), ("https://b.ca/x", {"hits": 11}), "la plus demandée"),
    (("https://habitation.gouv.ca/x", {}), ("https://www.gouv.ca/x", {}), "sur le site le plus spécialisé"),
    (("https://a.ca/x", {}), ("https://a.ca/xyz", {}), "adresse la plus courte"),
    (("https://a.ca/programme", {"modified": "2010-01-01"}), ("https://a.ca/programme/imprimer", {"modified": "2024-01-01"}), "ni version à imprimer, ni copie, ni site d’essai"),
    (("https://a.ca/programme", {}), ("https://dev.a.ca/p", {"hits": 5}), "ni version à imprimer, ni copie, ni site d’essai"),
])
def test_which_copy_is_the_reference(tmp_path: Path, one: tuple, other: tuple, why: str) -> None:
    for order, name in (((one, other), "a"), ((other, one), "b")):
        (group,) = grouped(tmp_path / name, [(url, text(1), more) for url, more in order])
        assert (group.reference, group.why) == (one[0], why)


def test_the_most_complete_of_near_copies_is_the_reference(tmp_path: Path) -> None:
    (group,) = grouped(tmp_path, [("https://a.ca/court", text(1)), ("https://a.ca/complet-et-long", text(1) + " et trois mots")])

    assert (group.reference, group.why) == ("https://a.ca/complet-et-long", "la plus complète")


def test_groups_do_not_depend_on_the_order_of_pages_nor_on_interruptions(tmp_path: Path) -> None:
    pages = []
    for number in range(60):
        base = text(number, 200)
        pages += [(f"https://s{number % 7}.ca/{number}", base), (f"https://t.ca/{number}", base), (f"https://u.ca/{number}", changed(base, 5, 90))]
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(pages)
        folder = tmp_path / str(seed)
        with Signatures(folder) as signatures:
            for url, words in pages[:70]:
                signatures.add(url, words)
        # An interruption in the middle of a record, then the rest.
        with (folder / "signatures").open("ab") as stream:
            stream.write(b"half")
        with (folder / "adresses").open("ab") as stream:
            stream.write(b"https://half")
        with Signatures(folder) as signatures:
            for url, words in pages[70:]:
                signatures.put(signed(url, words))
            found.append(list(signatures.groups()))

    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 60 and all(len(group.copies) == 2 for group in found[0])


def test_a_near_copy_with_another_title_says_so(tmp_path: Path) -> None:
    base = text(1)
    (group,) = grouped(tmp_path, [
        ("https://a.ca/x", base, {"title": "Passeport : en cas de perte", "hits": 9}), ("https://a.ca/1", changed(base, 3), {"title": "Passeport : en cas de vol"}),
        ("https://a.ca/2", changed(base, 4), {"title": "EN CAS DE PERTE, passeport"}),
    ])

    assert {copy.url: copy.same_title for copy in group.copies} == {"https://a.ca/1": False, "https://a.ca/2": True}


def test_a_page_added_twice_is_no_copy_of_itself(tmp_path: Path) -> None:
    assert not grouped(tmp_path, [("https://a.ca/x", text(1)), ("https://a.ca/x", text(1))])


def test_pages_without_words_and_short_pages_of_one_template_are_no_near_copies(tmp_path: Path) -> None:
    short = "Ministère des Transports bureau de {} ouvert de 8 h à 16 h du lundi au vendredi"
    pages = [("https://a.ca/1", ""), ("https://a.ca/2", ""), ("https://a.ca/3", short.format("Gaspé")), ("https://a.ca/4", short.format("Laval"))]

    assert not grouped(tmp_path, pages)
    assert len(grouped(tmp_path / "b", [*pages, ("https://a.ca/5", short.format("Laval"))])) == 1


def test_the_same_words_for_other_files_are_no_exact_copy(tmp_path: Path) -> None:
    (group,) = grouped(tmp_path, [("https://a.ca/a", text(1), {"files": ["a.pdf"]}), ("https://a.ca/bb", text(1), {"files": ["b.pdf"]})])

    assert not group.copies[0].exact and group.copies[0].likeness == 0.99


def test_editions_are_not_copies_however_alike(tmp_path: Path) -> None:
    base = text(1)
    pages = [(f"https://a.ca/rapport-annuel-{year}.html", base) for year in range(2015, 2021)]
    with Signatures(tmp_path) as signatures:
        for url, words in pages:
            signatures.add(url, words)
        groups, chains = list(signatures.groups()), list(signatures.chains())

    assert not groups
    assert chains == [Chain(tuple((url, url[-9:-5]) for url, _ in pages), True)]
    assert chains[0].newest == "https://a.ca/rapport-annuel-2020.html"


def test_relations_tell_each_page_what_it_is_to_another(tmp_path: Path) -> None:
    with Signatures(tmp_path) as signatures:
        signatures.add("https://a.ca/aide", text(1), hits=5)
        signatures.add("https://b.ca/aide", text(1))
        signatures.add("https://a.ca/rapport-2019", text(2))
        signatures.add("https://a.ca/rapport-2020", text(3))

        assert sorted(signatures.relations(), key=lambda one: one.url) == [
            Relation("https://a.ca/rapport-2019", newer="https://a.ca/rapport-2020", editions=True), Relation("https://b.ca/aide", "https://a.ca/aide", 1.0),
        ]


def test_versions_of_a_page_are_put_in_order(tmp_path: Path) -> None:
    urls = ["https://a.ca/guide.html", "https://a.ca/guide-v2.html", "https://a.ca/ancien/guide.html", "https://a.ca/guide-v10.htm", "https://a.ca/autre.html", "https://b.ca/guide-v3.html"]
    with Signatures(tmp_path) as signatures:
        for number, url in enumerate(urls):
            signatures.add(url, text(number))
        (chain,) = signatures.chains()

    assert chain.members == ((urls[2], "mise de côté"), (urls[0], "sans marque"), (urls[1], "version 2"), (urls[3], "version 10")) and not chain.editions


def test_a_programme_without_a_year_is_newer_than_that_of_2018(tmp_path: Path) -> None:
    with Signatures(tmp_path) as signatures:
        signatures.add("https://a.ca/programme", text(1))
        signatures.add("https://a.ca/programme-2018", text(2))
        (chain,) = signatures.chains()

    assert chain.newest == "https://a.ca/programme" and not chain.editions


@pytest.mark.parametrize(("url", "stem", "year", "printed"), [
    ("https://A.ca/Rapport_Annuel_2018-2019.aspx?lang=fr", "a.ca/rapport_annuel?lang=fr", 2018, False),
    ("http://a.ca/nouvelles/2018/05/12/titre", "a.ca/nouvelles/05/12/titre", 2018, False),
    ("http://a.ca/page.php?id=3&print=1", "a.ca/page?id=3", 0, True),
    ("http://a.ca/page.php?view=1&id=3", "a.ca/page?view=1&id=3", 0, False), ("http://a.ca/page?imprimer", "a.ca/page", 0, True),
    ("http://a.ca/page?print=1&id=3", "a.ca/page?id=3", 0, True),
    ("http://a.ca/anciens-combattants/", "a.ca/anciens-combattants", 0, False),
    ("http://a.ca/loi-20180", "a.ca/loi-20180", 0, False),
    ("http://a.ca", "a.ca", 0, False),
])
def test_what_an_address_says_of_its_version(url: str, stem: str, year: int, printed: bool) -> None:
    mark = version_mark.read(url)

    assert (mark.stem, mark.year, mark.printed) == (stem, year, printed)


def test_hostile_addresses_and_texts_are_answered(tmp_path: Path) -> None:
    urls = ["", "%ff%00", "http://" + "a-" * 5000, "x/" * 5000 + "2018", "http://a.ca/\ud800", "v" * 100 + "-v9999.999", "-" * 20_000]
    with Signatures(tmp_path) as signatures:
        for url in urls:
            signatures.add(url, "\ud800 mot " * 60, modified="9999-99-99x", hits=10**30)
        assert len(list(signatures.groups())) == 1
        list(signatures.chains())


# What each page is worth, as an editor reads it. What is known of the page → decision, part of the reason.
TODAY = "2026-12-01"
TABLE = [
    # a page of use
    ({"words": 400}, "garder", "contenu propre"),
    ({"words": 12, "downloads": 1}, "garder", "contenu propre"),
    ({"words": 8, "forms": 1}, "garder", "contenu propre"),
    ({"words": 5, "tables": 1}, "garder", "contenu propre"),
    ({"words": 15, "items": 6}, "garder", "contenu propre"),
    # copies
    ({"words": 400, "reference": "a.ca/x", "likeness": 1.0}, "rediriger", "copie exacte"),
    ({"words": 400, "reference": "a.ca/x", "likeness": 0.97}, "fusionner", "ressemblance 97\u00a0%"),
    ({"words": 400, "reference": "a.ca/x", "likeness": 0.81}, "a-decider", "fusionner\u00a0?"),
    ({"words": 400, "reference": "a.ca/x", "likeness": 0.95, "same_title": False}, "a-decider", "sous un autre titre"),
    ({"url": "https://a.ca/x/imprimer", "words": 400, "reference": "a.ca/x", "likeness": 0.9}, "rediriger", "version à imprimer"),
    # versions
    ({"words": 400, "newer": "a.ca/guide-v3"}, "rediriger", "version plus récente"),
    ({"words": 400, "newer": "a.ca/rapport-2020", "editions": True}, "garder", "édition d’une série"),
    # trivial
    ({"words": 0}, "archiver", "aucun mot"),
    ({"words": 1}, "archiver", "(1 mot)"),
    ({"words": 12, "hits": 3000}, "a-decider", "archiver\u00a0? page sans contenu"),
    ({"words": 10, "text": "Cette page est en construction."}, "archiver", "en construction"),
    ({"words": 900, "text": "Le pont est en construction depuis mai."}, "garder", "contenu propre"),
    ({"words": 40, "text": "Aucun résultat ne correspond à votre recherche."}, "archiver", "recherche vide"),
    ({"words": 30, "title": "Erreur 404", "text": "La page demandée n’existe pas."}, "archiver", "page d’erreur"),
    ({"url": "https://a.ca/recherche?q=permis", "words": 300, "links": 20}, "archiver", "page de recherche"),
    ({"url": "https://a.ca/user/login", "words": 20, "forms": 1}, "archiver", "technique"),
    ({"url": "https://a.ca/calendrier?mois=2014-05", "words": 90, "links": 31}, "archiver", "calendrier"),
    ({"words": 100, "linked_words": 90, "links": 30, "after_removal": "a.ca/sante/"}, "rediriger", "liste de liens"),
    ({"words": 100, "linked_words": 90, "links": 30}, "a-decider", "liste de liens"),
    ({"words": 300, "linked_words": 90, "links": 30}, "garder", "contenu propre"),
    # outdated
    ({"words": 200, "event_end": "2019-05-01"}, "archiver", "événement passé depuis le 2019-05-01"),
    ({"words": 200, "event_end": "2027-05-01"}, "garder", "contenu propre"),
    ({"words": 200, "modified": "2015-05-01"}, "a-decider", "pas modifiée depuis 11 ans\u00a0; sans journaux"),
    ({"words": 200, "modified": "2015-05-01", "hits": 0}, "archiver", "personne ne la demande"),
    ({"words": 200, "modified": "2015-05-01", "hits": 20}, "a-decider", "20 fois seulement"),
    ({"words": 200, "modified": "2015-05-01", "hits": 5000}, "garder", "à réviser"),
    ({"words": 200, "modified": "2015-05-01", "hits": 0, "url": "https://a.ca/communiques/x"}, "garder", "une nouvelle garde sa date"),
    ({"words": 200, "modified": "pas une date", "hits": 0}, "garder", "contenu propre"),
    # what was badly read is not judged
    ({"words": 3, "confidence": 0.4}, "a-decider", "page sans contenu"),
]


@pytest.mark.parametrize(("facts", "decision", "reason"), TABLE, ids=[f"{number}-{row[1]}" for number, row in enumerate(TABLE, 1)])
def test_what_a_page_is_worth(facts: dict, decision: str, reason: str) -> None:
    proposal = propose(Facts(**{"url": "https://a.ca/x", "today": TODAY, **facts}))

    assert (proposal.decision, reason in proposal.reason) == (decision, True), proposal
    assert 0 < proposal.confidence <= 0.97
    if decision in ("rediriger", "fusionner"):
        assert proposal.target
