"""The search in a real browser: its worker gives the answers of the Python reader, to the letter and in the same order."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import orjson
import pytest

from fleuve.search import FOLDERS
from fleuve.search.reader import Question, Reader
from fleuve.search.term import words

pytest_plugins = ["browser"]

ASK = """async ([folder, questions]) => {
  const worker = new Worker("/js/recherche-moteur.js");
  const answers = [];
  worker.onmessage = ({ data }) => (answers[data.id] = data);
  await new Promise((done) => {
    worker.addEventListener("message", () => answers.filter(Boolean).length === questions.length && done());
    questions.forEach((question, id) => worker.postMessage({ id, folder, ...question }));
  });
  worker.terminate();
  return answers;
}"""
QUESTIONS = 500


def mistyped(word: str, rng: random.Random) -> str:
    """A word with one typing error."""
    at = rng.randrange(len(word))
    return rng.choice([word[:at] + word[at + 1 :], word[:at] + rng.choice("aeinrst") + word[at:], word[:at] + rng.choice("aeinrst") + word[at + 1 :],
                       word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]])


def ask_as_people_do(folder: Path, lang: str, rng: random.Random) -> dict:
    """A question made of the words of a page: whole, without accents, begun, mistyped, between quotes, by facets, by date."""
    texts = _texts(folder, lang)
    text = rng.choice(texts)
    typed = words(text)
    first = rng.randrange(len(typed))
    chosen = typed[first : first + rng.randint(1, 5)]
    kind = rng.choice(["whole", "plain", "begun", "mistyped", "quoted", "facets", "date", "exact", "odd", "langs"])
    if kind == "mistyped":
        at = rng.randrange(len(chosen))
        chosen[at] = mistyped(chosen[at], rng)
    query = " ".join(chosen)
    if kind == "plain":
        query = unicodedata.normalize("NFKD", query).encode("ascii", "ignore").decode()
    if kind == "quoted":
        query = rng.choice(["« {} »", "\"{}\"", "{} « garde »", "l’{}"]).format(query)
    if kind == "begun":
        query = query[: rng.randint(1, len(query))]
    if kind == "odd":
        query = rng.choice(["", " ", "le la les", "«", "x" * 300, query * 30, "T4 8e année", "œuvre ŒUVRE oeuvre", "<b>" + query, query + "\u00ad", "été", "日本 " + query, "🙂", "I\u0307stanbul"])
    question: dict = {"query": query, "typing": kind == "begun", "exact": kind == "exact", "counts": rng.random() < 0.2, "count": rng.choice([3, 10, 25]), "start": rng.choice([0, 0, 10])}
    if kind == "facets":
        question |= {"facets": {"type": rng.choice([["service"], ["page", "communique"], ["inconnu"]]), "theme": rng.choice([[], ["sante", "emploi"]])}, "counts": True}
    if kind == "langs":
        question |= {"facets": {"langue": rng.choice([["en"], ["fr", "en"], ["es"], []])}, "counts": rng.random() < 0.5}
    if kind == "date":
        question |= {"sort": "date", "from": rng.choice(["", "2024-06-01"]), "to": rng.choice(["", "2026-01-31"])}
    return question


def _texts(folder: Path, lang: str) -> list[str]:
    entries = orjson.loads((folder / "api/contenu/index.json").read_bytes())["contenus"]
    return [entry["title"] for entry in entries if entry["lang"] == lang and words(entry["title"])]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_browser_answers_as_python_does(sample, visit, lang):
    rng = random.Random(11)
    questions = [ask_as_people_do(sample.folder, lang, rng) for _ in range(QUESTIONS)]
    page = visit(sample.url + "/404.html")
    answers = page.evaluate(ASK, ["/" + FOLDERS[lang], questions])
    reader = Reader(sample.folder / FOLDERS[lang])
    found = 0
    for question, answer in zip(questions, answers):
        del answer["id"]
        known = {("since" if name == "from" else "until" if name == "to" else name): value for name, value in question.items()}
        expected = orjson.loads(orjson.dumps(reader.search(Question(**known))))
        assert answer == expected, question
        found += bool(answer["results"])
    assert found > QUESTIONS * 0.5


@pytest.mark.parametrize(("address", "asked", "first"), [("/recherche/", "renouveler carte soleil", "carte d’assurance maladie"), ("/en/search/", "health insurance card", "Health insurance card")])
def test_the_page_of_results_shows_what_the_engine_finds(sample, visit, address, asked, first):
    page = visit(f"{sample.url}{address}#q={asked}")
    page.wait_for_selector("main ol li a")
    lang = page.get_attribute("html", "lang")[:2]
    expected = Reader(sample.folder / FOLDERS[lang]).search(Question(asked))
    shown = page.eval_on_selector_all("main ol.resultats h3 a", "links => links.map((link) => new URL(link.href).pathname)")
    assert shown[: len(expected["results"])] == [result["url"] for result in expected["results"]] and shown
    assert first.lower() in page.inner_text("main").lower()


def test_the_box_of_any_page_offers_pages_while_words_are_typed(sample, visit):
    page = visit(sample.url + "/sante/")
    box = page.locator("input[role=combobox]:visible, input[name=q]:visible").first
    box.click()
    page.keyboard.type("garderi")
    page.wait_for_selector("[role=option]")
    assert "garde" in page.inner_text("[role=listbox]").lower()
    assert page.get_attribute("input[role=combobox]:visible", "aria-expanded") == "true"
