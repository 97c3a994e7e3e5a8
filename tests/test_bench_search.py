"""The measures of the search's benchmark: a wrong measure would be believed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

import queries  # noqa: E402 - needs the path above
import relevance  # noqa: E402
import search_pages  # noqa: E402


def edits(one: str, two: str) -> int:
    """Return the number of letters missing, added, changed or exchanged with the next one between two words."""
    rows = [list(range(len(two) + 1))]
    for i, left in enumerate(one, 1):
        rows.append([i])
        for j, right in enumerate(two, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


@pytest.mark.parametrize("query", ["Malus automobile", "aide de l'État", "œuvre à l'étranger", "PER 2074 aaaa"])
def test_one_typing_error_and_always_the_same(query: str) -> None:
    wrong = queries.mistyped(query)
    assert edits(query, wrong) == 1
    assert wrong == queries.mistyped(query)


def test_short_words_and_numbers_keep_their_letters() -> None:
    assert queries.mistyped("S 5141 bis") == "S 5141 bis"


def test_what_a_keyboard_writes() -> None:
    assert queries.typed("Carte d’identité\u00a0: que faire\u00a0? (perte, vol)") == "Carte d'identité que faire perte vol"
    assert queries.typed("demi-tarif - l’Apa") == "demi-tarif l'Apa"


def test_two_spellings_are_in_one_half() -> None:
    assert queries.half("Aide à l'élève") == queries.half("aide a l eleve")


@pytest.mark.parametrize(("short_title", "body", "query", "where"), [
    ("carte volee", " ", "carte volée", "titre_court"),
    ("", " le malus automobile en bref ", "malus automobile", "body"),
    ("", " malus pour une automobile ", "malus automobile", "words"),
    ("", " malus ", "malus automobile", "part"),
])
def test_where_the_words_stand(short_title: str, body: str, query: str, where: str) -> None:
    assert queries.Page("", short_title, set(), body).holds(queries.fold(query)) == where


def test_rank_is_that_of_the_first_right_page_within_ten() -> None:
    assert relevance.rank_of(["/b/", "/c/"], ["/a/", "/c/#partie", "/b/"]) == 2
    assert relevance.rank_of(["/b/"], [f"/{number}/" for number in range(10)] + ["/b/"]) == 0
    assert relevance.scores([1, 2, 0, 0]) == {"queries": 4, "mrr": 0.375, "success": 0.5, "first": 0.25}


def test_every_variant_is_asked_and_counted_apart() -> None:
    asked = {"query": "élève", "plain": "eleve", "typo": "élèev", "plain_typo": "eleev", "kind": "title", "pages": ["/a/"]}
    found = relevance.measure(lambda words: [["/a/"] if word in ("élève", "eleve") else ["/b/"] for word in words], {"reported": [asked]})
    assert {variant: kinds["title"]["mrr"] for variant, kinds in found["reported"].items()} == {"query": 1, "plain": 1, "typo": 0, "plain_typo": 0}


def test_other_searches_get_the_article_without_what_is_beside() -> None:
    html = ('<html lang="fr"><body><nav>menu</nav><main id="zone-contenu"><article><header class="tete-page"><h1>Titre</h1><p>Chapeau</p></header>'
            '<div class="texte"><p>Texte</p></div><footer>Renseignements</footer></article></main></body></html>')
    assert search_pages.marked(html).count("<article data-pagefind-body>") == 1
    page = search_pages.cut("/a/", html)
    assert page["title"] == "Titre"
    assert "Chapeau" in page["html"] and "Texte" in page["html"] and "Renseignements" not in page["html"] and "Titre" not in page["html"]


def test_a_page_without_an_article_is_given_whole() -> None:
    html = '<html lang="fr"><main id="zone-contenu"><h1>Accueil</h1><p>Mission</p></main></html>'
    assert search_pages.marked(html).startswith('<html lang="fr"><main data-pagefind-body id=')
    assert "Mission" in search_pages.cut("/", html)["html"]
