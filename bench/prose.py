"""French sentences made from the lexicon, without end and always the same for one seed.

Sentences are assembled from banks of clauses made once, because drawing each word would make a corpus of 100,000 pages
take minutes. Two clauses of 20,000 and an opening and a closing make practically every sentence of a corpus unique.
"""

from __future__ import annotations

import random

from lexicon import (ADJECTIVES, ADVERBS, CLOSINGS, FEMININE_NOUNS, MASCULINE_NOUNS, OPENINGS, PLACES, Verb, elides, feminine,
                     plural, verbs)

BANK_SIZE = 20_000
# Words are drawn by rank with this power, so that a few are frequent and most are rare, as in real text.
SKEW = 1.6


class Prose:
    """Makes phrases, sentences and paragraphs; its banks depend on the seed only."""

    def __init__(self, seed: int):
        rng = random.Random(f"banks-{seed}")
        self._nouns = [(noun, False) for noun in MASCULINE_NOUNS] + [(noun, True) for noun in FEMININE_NOUNS]
        self._adjectives = list(ADJECTIVES)
        self._verbs = verbs()
        for words in (self._nouns, self._adjectives, self._verbs):
            rng.shuffle(words)
        self.phrases = [self._phrase(rng)[0] for _ in range(BANK_SIZE)]
        self.clauses = [self._clause(rng) for _ in range(BANK_SIZE)]
        self.actions = [self._action(rng) for _ in range(BANK_SIZE)]

    def sentence(self, rng: random.Random) -> str:
        """Return one sentence of 6 to 40 words, capital and full stop included."""
        shape = rng.random()
        clause = rng.choice(self.clauses)
        if shape < 0.35:
            body = clause
        elif shape < 0.5:
            body = f"{clause} et {rng.choice(self.clauses)}"
        elif shape < 0.62:
            body = f"si {clause}, {rng.choice(self.clauses)}"
        elif shape < 0.74:
            body = f"il faut {rng.choice(self.actions)}, puis {rng.choice(self.actions)}"
        elif shape < 0.86:
            body = f"vous pouvez {rng.choice(self.actions)}"
        else:
            body = f"on peut {rng.choice(self.actions)} avant que {clause}" if not elides(clause) else clause
        words = [part for part in (rng.choice(OPENINGS), body, rng.choice(CLOSINGS)) if part]
        text = " ".join(words)
        return text[0].upper() + text[1:] + "."

    def paragraph(self, rng: random.Random, sentences: int) -> str:
        """Return that many sentences as one paragraph."""
        return " ".join(self.sentence(rng) for _ in range(sentences))

    def action(self, rng: random.Random) -> str:
        """Return an infinitive and its object: « déposer une demande annuelle »."""
        return rng.choice(self.actions)

    def phrase(self, rng: random.Random) -> str:
        """Return a noun phrase: « les programmes fiscaux »."""
        return rng.choice(self.phrases)

    def keyword(self, rng: random.Random) -> str:
        """Return a single noun."""
        return self._pick(rng, self._nouns)[0]

    @staticmethod
    def place(rng: random.Random) -> str:
        """Return the name of a town."""
        return rng.choice(PLACES)

    @staticmethod
    def _pick(rng: random.Random, words: list):
        return words[int(len(words) * rng.random() ** SKEW)]

    def _phrase(self, rng: random.Random) -> tuple[str, bool]:
        """Return a noun phrase and whether it is plural."""
        noun, is_feminine = self._pick(rng, self._nouns)
        many = rng.random() < 0.35
        text = plural(noun) if many else noun
        if many:
            article = rng.choice(("les ", "des ", "ces ", "vos ", "plusieurs ", "les ", "certaines " if is_feminine else "certains "))
        elif rng.random() < 0.6:
            article = "l’" if elides(noun) else ("la " if is_feminine else "le ")
        else:
            article = rng.choice(("une ", "une ", "chaque ") if is_feminine else ("un ", "un ", "chaque "))
        phrase = article + text
        if rng.random() < 0.6:
            phrase += " " + self._agree(self._pick(rng, self._adjectives), is_feminine, many)
        if rng.random() < 0.2:
            other = self._pick(rng, self._nouns)[0]
            phrase += (" d’" if elides(other) else " de ") + other
        return phrase, many

    @staticmethod
    def _agree(adjective: str, is_feminine: bool, many: bool) -> str:
        if is_feminine:
            return feminine(adjective) + ("s" if many else "")
        return plural(adjective) if many else adjective

    def _clause(self, rng: random.Random) -> str:
        subject, many = self._phrase(rng)
        verb: Verb = self._pick(rng, self._verbs)
        form = rng.random()
        if form < 0.5:
            predicate = verb.presents if many else verb.present
        elif form < 0.75:
            predicate = verb.futures if many else verb.future
        elif form < 0.9:
            predicate = ("peuvent " if many else "peut ") + verb.infinitive
        else:
            predicate = ("ont " if many else "a ") + verb.participle
        if rng.random() < 0.15:
            predicate += " " + rng.choice(ADVERBS)
        clause = f"{subject} {predicate} {self._phrase(rng)[0]}"
        if rng.random() < 0.12:
            clause += f" à {rng.choice(PLACES)}"
        if rng.random() < 0.12:
            clause += f" en {self._pick(rng, self._verbs).gerund} {self._phrase(rng)[0]}"
        return clause

    def _action(self, rng: random.Random) -> str:
        return f"{self._pick(rng, self._verbs).infinitive} {self._phrase(rng)[0]}"
