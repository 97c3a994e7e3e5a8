"""In which language a text is, by the small words that each has for itself; what the page declares decides where the text is too short to tell."""

from __future__ import annotations

import re
from collections import Counter

from fleuve.audit.rules.text_language import SMALL

FEW = 4
"""Known words below which a text says too little of its language."""
LENGTH = 3000
"""Characters of a text that are looked at: the language of 500 words is beyond doubt."""

_KNOWN = {word: lang for lang, words in SMALL.items() for word in words if sum(word in others for others in SMALL.values()) == 1}
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (("iu", re.compile("[\u1400-\u167f]")), ("ar", re.compile("[\u0600-\u06ff]")), ("zh", re.compile("[\u4e00-\u9fff]")), ("ru", re.compile("[\u0400-\u04ff]")), ("ja", re.compile("[\u3040-\u30ff]")))
_OTHER = re.compile("[\u0400-\u1fff\u3040-\u9fff]")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def identify(text: str, declared: str = "", default: str = "") -> str:
    """Return the language of a text: two letters, or the declared tag when it agrees (`fr-CA`).

    `declared` is what the page says, `default` what its site says; they are believed only of a text that is too short to tell.
    """
    declared = declared.replace("_", "-") if _TAG.fullmatch(declared) else ""
    found = _by_words(text[:LENGTH])
    if not found:
        return declared or default
    return declared if declared.lower().partition("-")[0] == found else found


def _by_words(text: str) -> str:
    letters = len(text) or 1
    for lang, script in _SCRIPTS if _OTHER.search(text) else ():
        if len(script.findall(text)) > 0.3 * letters:
            return lang
    counts = Counter(lang for word in _WORD.findall(text.lower()) if (lang := _KNOWN.get(word)))
    if not counts:
        return ""
    (lang, most), *others = counts.most_common(2)
    return lang if most >= FEW and most > 1.5 * (others[0][1] if others else 0) else ""
