"""Words as people type them: without accents or capitals, cut at apostrophes and hyphens, in the singular or the plural.

What is indexed is the word as it is written, folded; what tolerates is the reading (`matches`). themes/fleuve/js/nouvelles.js does the same, and
tests/test_newsroom_filter.py holds one to the other.
"""

from __future__ import annotations

import re
import unicodedata

from fleuve.posting_file import PREFIX

# Articles, pronouns and prepositions, French and English, with what an elision leaves (l’, d’, qu’…): they are in every text.
EMPTY = frozenset(
    "a au aux avec c ce ces cette d dans de des du elle en es est et eu il ils j je jusqu l la le les leur leurs lorsqu m ma mes mon n ne nos notre nous on ou par pas "
    "pour puisqu qu que qui quoiqu s sa se ses si son sont sur t ta tes ton un une vos votre vous y "
    "an and are as at be by for from has have in is it its of or our that the their this to was we were will with you your".split())
"""Words that are neither indexed nor looked for. « est » is also a cardinal point, which is why regions are a facet."""

LONGEST = 40
"""Letters of a word that count; nothing that is read has longer ones."""

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def words(text: str) -> list[str]:
    """All words of a text in order, folded: « L’Île-d’Orléans » → l, ile, d, orleans."""
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower()
    if not folded.isascii():
        folded = "".join(c for c in folded if not unicodedata.category(c).startswith("M")).replace("œ", "oe").replace("æ", "ae")
    return [word[:LONGEST] for word in _WORD.findall(folded)]


def telling(text: str) -> set[str]:
    """The words of a text by which it can be found."""
    return set(words(text)) - EMPTY


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
