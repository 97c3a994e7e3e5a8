"""lunr's stemmers and stop words for the browser, taken out of the files that MkDocs ships: the same functions, without the index of lunr."""

from __future__ import annotations

import re

from fleuve.search.term import lunr, stop_words

_SHIM = "(() => {\nconst lunr = (self.lunr = { Pipeline: { registerFunction() {} }, generateStopWordFilter() {} });\n"


def stemmers(lang: str) -> str:
    """A script that gives `self.racines[lang]`: {stem(word), stops (a Set)}."""
    stops = " ".join(sorted(stop_words(lang)))
    known = f";(self.racines ??= {{}}).{lang} = {{ stem: (word) => %s, stops: new Set(\"{stops}\".split(\" \")) }};\n}})();\n"
    if lang == "fr":
        return _SHIM + _lean(lunr("lunr-language/lunr.stemmer.support.js")) + _lean(lunr("lunr-language/lunr.fr.js")) + known % "lunr.fr.stemmer(word)"
    source = lunr("templates/search/lunr.js")
    stemmer = re.search(r"/\*!\n \* lunr\.stemmer\n.*?\*/", source, re.DOTALL)[0] + re.search(r"\nlunr\.stemmer = \(function\(\)\{.*?\n\}\)\(\);?\n", source, re.DOTALL)[0]
    return _SHIM + _lean(stemmer) + known % "lunr.stemmer({ update: (change) => change(word) })"


def _lean(source: str) -> str:
    """The script without indentation nor comments of its own, those that name its authors aside."""
    source = re.sub(r"/\*(?!!).*?\*/", "", source, flags=re.DOTALL)
    lines = (line.strip() for line in source.splitlines())
    return "".join(line + "\n" for line in lines if line and not line.startswith("//"))
