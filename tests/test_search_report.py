"""The editors' report, with a reader that finds what it is told to find."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType

import pytest

from fleuve.search.report import FIRST, SHOWN, Row, report


@dataclass
class Question:
    """As that of fleuve.search.reader."""

    query: str
    count: int = 10
    exact: bool = False


@dataclass
class Reader:
    """Finds these addresses for each title."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def search(self, question) -> dict:
        self.asked.append(question.query)
        return {"results": [{"url": url} for url in self.answers.get(question.query, [])][: question.count]}


@pytest.fixture(autouse=True)
def _reader(monkeypatch):
    """The engine is not needed to report what it finds."""
    module = ModuleType("fleuve.search.reader")
    module.Question = Question
    monkeypatch.setitem(sys.modules, "fleuve.search.reader", module)


def row(path: str, title: str, keywords: tuple = (), lang: str = "fr", organism: str = "") -> Row:
    return Row(path, "/" + path.removesuffix(".md") + "/", lang, title, list(keywords), organism)


def test_a_page_that_its_title_does_not_find_is_named():
    rows = [row("a.md", "Pneus d’hiver"), row("b.md", "Permis"), row("c.md", "Carte soleil")]
    reader = Reader({"Pneus d’hiver": ["/x/", "/a/"], "Permis": [f"/{n}/" for n in range(FIRST)] + ["/b/"], "Carte soleil": ["/c/#ou"]})
    found = report(rows, reader)
    assert [one.row.path for one in found.lost] == ["b.md"]
    assert found.pages == 3 and found.by_rank == {2: 1, 0: 1, 1: 1}
    assert "b.md\u00a0: «\u00a0Permis\u00a0»" in found.text()
    assert found.to_json()["not_found"] == [{"file": "b.md", "url": "/b/", "lang": "fr", "title": "Permis", "organism": ""}]
    assert found.to_json()["ranks"] == {"1": 1, "2": 1}


def test_each_language_has_its_reader():
    rows = [row("a.md", "Permis"), row("a.en.md", "Licence", lang="en"), row("a.es.md", "Licencia", lang="es")]
    french, english = Reader(), Reader()
    assert report(rows, {"fr": french, "en": english}).pages == 2
    assert (french.asked, english.asked) == (["Permis"], ["Licence"])


def test_two_titles_are_the_same_when_people_cannot_tell_them_apart():
    rows = [row("c.md", "MÉDECIN de famille", organism="sante"), row("a.md", "Médecin de famille"), row("b.en.md", "Médecin de famille", lang="en"), row("d.md", "Autre")]
    found = report(rows, Reader())
    assert [(one.row.path, one.others) for one in found.twice] == [("a.md", ["c.md"])]
    assert "aussi c.md" in found.text()


def test_keywords_are_missing_where_each_word_of_the_title_is_in_many_others():
    many = [row(f"d{n:02}.md", f"Demande de permis {n}", ("x",)) for n in range(20)]
    rows = [*many, row("a.md", "Demande de permis"), row("b.md", "Demande de permis de pêche"), row("c.md", "Demande de permis", ("pêche",)), row("e/index.md", "Permis")]
    assert [one.row.path for one in report(rows, Reader()).bare] == ["a.md"]


def test_a_small_site_has_no_common_words():
    assert report([row(f"{n}.md", "Permis") for n in range(4)], Reader()).bare == []


def test_people_read_the_first_and_scripts_all():
    found = report([row(f"{n:03}.md", f"Page{n}") for n in range(SHOWN + 2)], Reader())
    assert len(found.to_json()["not_found"]) == SHOWN + 2
    assert "et 2 autres" in found.text() and f"{SHOWN:03}.md" not in found.text()


def test_nothing_to_mend():
    found = report([row("a.md", "Permis", ("licence",))], Reader({"Permis": ["/a/"]}))
    assert "Rien à corriger." in found.text() and "100,0\u00a0%" in found.text()
    assert report([], Reader()).text().startswith("0 page")
