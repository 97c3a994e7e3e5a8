"""Words, stems and stop words of the search: those of lunr, by lunr itself, over whole vocabularies and over words that no language has."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import orjson
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.contrib import search as mkdocs_search
from served import missing

from fleuve.search import term
from fleuve.search.lexicon import names, pack, places, unpack
from fleuve.search.reader import typing_errors
from fleuve.search.stemmer import stemmer

LUNR = Path(mkdocs_search.__file__).parent
# lunr with its tokenizer's separator set to all that is neither letter nor digit, as its documentation provides.
SCRIPT = """
const [path] = process.argv.slice(1);
const lunr = require(path + "/templates/search/lunr.js");
require(path + "/lunr-language/lunr.stemmer.support.js")(lunr);
require(path + "/lunr-language/lunr.fr.js")(lunr);
lunr.tokenizer.separator = /[^\\p{L}\\p{N}]+/u;
const { words, texts } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const token = (word) => new lunr.Token(word, {});
const stem = { fr: (word) => lunr.fr.stemmer(token(word)), en: (word) => lunr.stemmer(token(word)) };
const stop = { fr: lunr.fr.stopWordFilter, en: lunr.stopWordFilter };
const of = (lang) => ({ stems: words.map((word) => String(stem[lang](word))), stops: words.filter((word) => !stop[lang](token(word))) });
console.log(JSON.stringify({ fr: of("fr"), en: of("en"), tokens: texts.map((text) => lunr.tokenizer(text).map(String).filter(Boolean)) }));
"""
LETTERS = "aeiouyâàëéêèïîôûùçœbcdfghjklmnpqrstvwxz"
ENDINGS = ["guë", "guës", "ïque", "ïté", "ït", "ement", "ations", "issantes", "eux", "ed", "ing", "ational", "iveness", "y", "ies", "ication", "ë", "eed", "ll", "tionné", "e", "s"]


def vocabulary() -> list[str]:
    """All words of the content, the stop words, and words made of pieces of these."""
    known = set(term.stop_words("fr") | term.stop_words("en"))
    for file in (ROOT / "contenu").rglob("*.md"):
        known.update(term.words(file.read_text("utf-8")))
    reel = ROOT / ".reel" / "contenu"
    for file in sorted(reel.rglob("*.md"))[:2000] if reel.is_dir() else ():
        known.update(term.words(file.read_text("utf-8")))
    rng, words = random.Random(5), sorted(known)
    for _ in range(40_000):
        word = rng.choice(words)
        at = rng.randrange(len(word))
        known.add(rng.choice([word[:at] + rng.choice(LETTERS) + word[at + 1 :], word[:6] + rng.choice(ENDINGS), word + rng.choice(ENDINGS), "".join(rng.choices(LETTERS, k=rng.randint(1, 9)))]))
    return sorted(known)


@pytest.fixture(scope="module")
def lunr():
    """What lunr makes of the vocabulary: {lang: {stems, stops}}, with `words`, and its tokens of some texts."""
    words = vocabulary()
    texts = [file.read_text("utf-8") for file in sorted((ROOT / "contenu" / "sante").rglob("*.md"))]
    try:
        ran = subprocess.run(["node", "-e", SCRIPT, str(LUNR)], input=orjson.dumps({"words": words, "texts": texts}), capture_output=True, check=True)
    except FileNotFoundError:
        missing("Node is not installed.")
    return {**orjson.loads(ran.stdout), "words": words, "texts": texts}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_stems_are_those_of_lunr(lunr, lang):
    stem = stemmer(lang)
    assert [(word, expected, stem(word)) for word, expected in zip(lunr["words"], lunr[lang]["stems"]) if stem(word) != expected] == []
    assert len(lunr["words"]) > 30_000


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_stop_words_are_those_of_lunr(lunr, lang):
    assert set(lunr[lang]["stops"]) == term.stop_words(lang)


def test_words_are_the_tokens_of_lunr(lunr):
    for text, tokens in zip(lunr["texts"], lunr["tokens"]):
        assert term.words(text) == [token[: term.LONGEST] for token in tokens]


SAME = """
    impôt | impot
    impôts | l’impôt
    l'île | ILE
    Œuvres | oeuvre
    école | d’écoles
    jusqu’aujourd’hui | aujourd'hui
    assurance-emploi | assurance emploi
    étudiante | etudiant
    aînés | ainée
    général | generale
    qualité | qualites
    déclarations | declaration
    cœur | coeur
    8e année | 8e annee
    T4 | t4
"""


@pytest.mark.parametrize("line", [line.strip() for line in SAME.strip().splitlines()])
def test_words_as_people_type_them_are_one_term(line):
    found = [[{key for key in term.term(word, "fr") if key} for word in term.words(text) if term.term(word, "fr") != term.NONE] for text in line.split(" | ")]
    one, other = found
    assert one and len(one) >= len(other) and all(any(keys & there for there in one) for keys in other), found


@given(st.text(max_size=60))
def test_no_text_makes_a_word_that_has_no_term_or_is_too_long(text):
    for word in term.words(text):
        assert len(word) <= term.LONGEST and re.fullmatch(r"[^\W_]+", word)
        assert term.term(word, "fr").key or word in term.stop_words("fr")


@pytest.mark.parametrize(("one", "other", "errors"), [
    ("permis", "permis", 0), ("permi", "permis", 1), ("premis", "permis", 1), ("persmis", "permis", 1), ("pernis", "permis", 1), ("asurence", "assurance", 2), ("chat", "chien", 3),
])
def test_typing_errors(one, other, errors):
    assert typing_errors(one, other, 2) == typing_errors(other, one, 2) == errors


words_of_letters = st.text("abcdeéilmnorst", min_size=4, max_size=12)


@given(st.dictionaries(st.text("abcdeéœ1", min_size=2, max_size=12), st.integers(1, 100_000), max_size=30))
def test_a_file_of_the_lexicon_gives_back_its_words(words):
    assert dict(unpack(pack(words))) == {word: pages.bit_length() for word, pages in words.items()}


@given(words_of_letters, st.integers(0, 11), st.sampled_from("delete insert replace exchange".split()), st.sampled_from("aeilnorst"))
def test_a_word_mistyped_once_leads_to_a_file_that_has_it(word, at, kind, letter):
    at = min(at, len(word) - 1)
    typed = {"delete": word[:at] + word[at + 1 :], "insert": word[:at] + letter + word[at:], "replace": word[:at] + letter + word[at + 1 :],
             "exchange": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]}[kind]
    first, last = places(word, 64)
    there = {f"lexique/debuts-{first}.bin", f"lexique/fins-{last}.bin"}
    out_of_reach = len(word) == 4 and (kind, at) in {("replace", 2), ("exchange", 1), ("exchange", 2)}  # the third letter of four
    if len(typed) >= 4 and not out_of_reach:
        assert there & set(names(term.fold(typed), 64)), typed
