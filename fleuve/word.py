"""Words as people type them: without accents or capitals, cut at apostrophes and hyphens, in the singular or the plural.

What is indexed is the word as it is written, folded; what tolerates is the reading (`matches`). themes/fleuve/js/nouvelles.js does the same, and
tests/test_newsroom_filter.py holds one to the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from fleuve.posting_file import PREFIX

# Articles, pronouns and prepositions, French and English, with what an elision leaves (l’, d’, qu’…): they are in every text.
EMPTY = frozenset(
    "a au aux avec c ce ces cette d dans de des du elle en es est et eu il ils j je jusqu l la le les leur leurs lorsqu m ma mes mon n ne nos notre nous on ou par pas "
    "pour puisqu qu que qui quoiqu s sa se ses si son sont sur t ta tes ton un une vos votre vous y "
    "an and are as at be by for from has have in is it its of or our that the their this to was we were will with you your".split())
"""Words that are neither indexed nor looked for. « est » is also a cardinal point, which is why regions are a facet."""

LONGEST = 40
"""Letters of a word that count; nothing that is read has longer ones."""

_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile("[\\w\u0300-\u036f]+")
_FOLDED = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """All words of a text in order, folded: « L’Île-d’Orléans » → l, ile, d, orleans."""
    return [word for written in _written(text) for word in _fold(written)]


def positions(texts: Iterable[str]) -> dict[str, list[int]]:
    """For each word by which a text can be found, the numbers of the texts that have it, in increasing order.

    Words are folded once each, not once a text: there are some thousands of them in ten thousand texts.
    """
    written: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for word in _written(text):
            numbers = written.get(word)
            if numbers is None:
                written[word] = [number]
            elif numbers[-1] != number:
                numbers.append(number)
    found: dict[str, list[int]] = {}
    for variant, numbers in written.items():
        for word in _fold(variant):
            if word not in EMPTY:
                found[word] = sorted({*found[word], *numbers}) if word in found else numbers
    return found


def _written(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def _fold(written: str) -> tuple[str, ...]:
    """A word without its accents, which rarely makes several."""
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", written)).replace("œ", "oe").replace("æ", "ae")
    return tuple(word[:LONGEST] for word in _FOLDED.findall(folded))


def forms(word: str) -> set[str]:
    """What a word may be another form of: the singular that its ending allows (-s, -x, -aux, English -ies), and itself."""
    known = {word}
    if len(word) > 3:
        if word[-1] in "sx":
            known.add(word[:-1])
        if word.endswith("aux"):
            known |= {word[:-3] + "al", word[:-3] + "ail"}
        if word.endswith("ies"):
            known.add(word[:-3] + "y")
    return known


def matches(asked: str, written: str, begun: bool = False) -> bool:
    """Whether a word that was asked for finds a word of a text. begun: it may be only the beginning of a word (the last one, from PREFIX letters on)."""
    if asked[:PREFIX] != written[:PREFIX]:
        return False
    return begun and len(asked) >= PREFIX and written.startswith(asked) or not forms(asked).isdisjoint(forms(written))
