"""The accessibility page, one statement for each organism, and the same for machines: all of it from the evidence, and nothing else.

The evidence (`contenu/_accessibilite/preuves.json`), the known findings and the checks made by people are recorded reads. Where there is
no evidence, or it contradicts itself, the page says that nothing was verified.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from fleuve.audit import evidence, human_check, known
from fleuve.audit.criterion import all_criteria
from fleuve.audit.earl import report
from fleuve.problem import WARNING
from fleuve.stages.listing import Listing, listing_of, statement_of, statements_of, write
from fleuve.stages.stage import OutputFile, Stage

NAME = "accessibilite"
TAKEN = "pris"
"""Name of the note of addresses that documents take."""

FRAGMENT = "declaration-accessibilite"
STYLES = "css/fleuve.css"

# SGQRI 008 3.0 is in force since this day for new content and significant changes; 2.0 governs the rest.
# https://www.quebec.ca/gouvernement/ministere/cybersecurite-numerique/publications/standard-accessibilite-sites-web
STANDARD_3 = "2024-04-29"
STANDARDS = ("3.0", "2.0", "")

# Files that people download instead of reading a page, to which the standard applies too.
DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".rtf", ".epub")

MEASURES = {
    "alternatives": ("axe:image-alt", "axe:svg-img-alt", "axe:role-img-alt"),
    "noms": ("axe:link-name", "axe:button-name", "axe:label", "axe:select-name"),
    "titres": ("axe:document-title", "axe:page-has-heading-one", "axe:heading-order", "axe:empty-heading"),
    "reperes": ("axe:bypass", "axe:landmark-one-main", "axe:region"),
    "langue": ("axe:html-has-lang", "axe:html-lang-valid", "axe:valid-lang"),
    "contraste": ("axe:color-contrast",),
    "liens": ("axe:link-in-text-block",),
    "cibles": ("axe:target-size",),
    "agrandir": ("axe:meta-viewport",),
    "tableaux": ("axe:td-headers-attr", "axe:th-has-data-cells", "axe:scrollable-region-focusable"),
    "immobile": ("axe:blink", "axe:marquee", "axe:meta-refresh"),
    "html": ("nu",),
}
"""What the page may say of the site, each with the rules that must have run, and found nothing, for it to be said."""

_CONTENT = re.compile(r'(?<![\w-])content:\s*"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


@dataclass
class Survey:
    """The documents of the site, counted: by version of the standard that governs them, whole and by organism and language. taken:
    addresses of those that stand where a statement would."""

    standards: Counter = field(default_factory=Counter)
    organisms: dict[tuple[str, str], Counter] = field(default_factory=dict)
    documents: int = 0
    taken: set[str] = field(default_factory=set)

    def add(self, lang: str, standard: str, organism: str, pages: int, documents: int) -> None:
        """Take in some pages, and the files that they offer."""
        self.standards[standard] += pages
        self.documents += documents
        if organism:
            self.organisms.setdefault((organism, lang), Counter())[standard] += pages


class Accessibility(Stage):
    """Writes the page in each language, `accessibilite/preuves.json` and `accessibilite/earl.jsonld`, and the statements of organisms."""

    name = NAME

    def extract(self, record: Any, settings: dict) -> list:
        files = [str(link["target"]) for link in record.links if link["kind"] == "media"]
        files += [str(one.get("fichier")) for one in record.meta.get("pieces_jointes") or () if isinstance(one, dict)]
        documents = len({name.rpartition("/")[2] for name in files if name.lower().endswith(DOCUMENTS)})
        own = record.url if record.url.endswith(("/accessibilite/", "/accessibility/")) else ""
        return [record.lang, standard_of(record), (record.organisms or [""])[0], documents, own]

    def gather(self, extracts: list[list]) -> list[list]:
        """Counts of pages and of files by language, version of the standard and organism; addresses."""
        counts: dict[tuple[str, str, str], list[int]] = {}
        for lang, standard, organism, documents, _ in extracts:
            known = counts.setdefault((lang, standard, organism), [0, 0])
            known[0], known[1] = known[0] + 1, known[1] + documents
        return [[[*key, *numbers] for key, numbers in counts.items()], [url for *_, url in extracts if url]]

    def reduce(self, extracts: Iterable[list], site: Any) -> Iterator[OutputFile]:
        survey = Survey()
        for counts, urls in extracts:
            survey.taken.update(urls)
            for count in counts:
                survey.add(*count)
        for (organism, lang), standards in survey.organisms.items():
            site.note(f"{organism}:{lang}", dict(sorted(standards.items())))
        site.note(TAKEN, sorted(survey.taken))
        proof, checks, entries = _read(site)
        verified = Verified(proof)
        listings = {lang: listing for lang, listing in listing_of(NAME, site.settings).items() if site.base + listing.path not in survey.taken}
        yield from write(listings, "site/accessibilite.html", site, lambda lang: _context(lang, site, survey, verified, checks, entries, listings[lang]))
        yield from _machine_readable(site, proof, checks, entries)

    def parts(self, site: Any) -> Iterable[str]:
        return list(statements_of(site))

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        taken = site.index.noted(NAME, TAKEN) or []
        free = {lang: one for lang, one in statement_of(site, part).items() if site.base + one.path not in taken}
        verified = _verified(site.index.data_text(evidence.PATH))
        yield from write(free, "site/accessibilite-organisme.html", site, lambda lang: _organism(lang, site, verified, part))


@lru_cache(1)
def _verified(text: str) -> Verified:
    """What the evidence says, read once for the statements of many organisms."""
    return Verified(evidence.read(text)[0])


def standard_of(record: Any) -> str:
    """The version of SGQRI 008 that governs a page: « 3.0 » for new content and significant changes since it is in force, « 2.0 » for the
    rest, « » when the page has no date. A change of which nothing is said counts as significant: the stricter reading."""
    changes = record.meta.get("modifications") or ()
    dates = [change["date"] for change in changes if isinstance(change, dict) and change.get("portee") == "majeure" and change.get("date")]
    dates += [value for value in (record.date, None if changes else record.updated) if value]
    return "" if not dates else "3.0" if max(str(day)[:10] for day in dates) >= STANDARD_3 else "2.0"


def _read(site: Any) -> tuple[dict | None, list[human_check.HumanCheck], list[known.Entry]]:
    proof, reason = evidence.read(site.index.data_text(evidence.PATH))
    if reason:
        site.problem(evidence.PATH, 1, WARNING, "preuves-nulles", f"{reason} La page sur l’accessibilité dit que rien n’a été vérifié.", "Relancez « make preuves ».")
    checks, problems = human_check.read(site.index.data_text(human_check.PATH))
    for problem in problems:
        site.problem(problem.file, problem.line, problem.severity, problem.code, problem.message, problem.remedy, column=problem.column)
    return proof, checks, known.read(site.index.data_text(known.PATH)).entries


class Verified:
    """What the evidence allows to be said. Without evidence: nothing."""

    def __init__(self, proof: dict | None) -> None:
        self.proof = proof
        self.runs: list[dict] = proof["verifications"] if proof else []
        self._rules: dict[str, int] = {}
        self._by_criterion: dict[str, list[tuple[int, int]]] = {}
        for run in self.runs:
            prefix = "axe:" if run.get("moteur") == "axe" else ""
            for rule in run["regles"]:
                self._rules[prefix + rule["id"]] = rule["constats"] + rule["a_verifier"]  # what nobody could decide is not claimed either
                for number in rule["criteres"]:
                    self._by_criterion.setdefault(number, []).append((rule["constats"], rule["a_verifier"]))
            if run["methode"] == evidence.HTML:
                self._rules["nu"] = run["constats"]
                self._by_criterion.setdefault("4.1.1", []).append((run["constats"], 0))

    @property
    def findings(self) -> int:
        """How many certain findings all tools made."""
        return sum(run["constats"] for run in self.runs)

    def measures(self) -> list[str]:
        """Keys of MEASURES of which every rule ran and found nothing."""
        return [name for name, rules in MEASURES.items() if all(self._rules.get(rule) == 0 for rule in rules)]

    def criteria(self, lang: str) -> list[dict]:
        """Each criterion with how many rules look at it, and what they found."""
        rows = []
        for one in all_criteria():
            found = self._by_criterion.get(one.number, [])
            rows.append({"number": one.number, "level": one.level, "name": one.names[lang], "url": one.url, "rules": len(found),
                         "findings": sum(sure for sure, _ in found), "unsure": sum(unsure for _, unsure in found)})
        return rows


def _context(lang: str, site: Any, survey: Survey, verified: Verified, checks: list, entries: list, listing: Listing) -> dict:
    words = site.label(lang)[NAME]
    fragment = site.index.fragment(FRAGMENT, lang)
    criteria = verified.criteria(lang)
    return {
        "description": words["description"], "verified": verified, "proof": verified.proof, "runs": [_run(run, words) for run in verified.runs],
        "standards": {version: survey.standards[version] for version in STANDARDS}, "documents": survey.documents, "criteria": criteria,
        "untested": [row for row in criteria if not row["rules"]], "entries": entries, "checks": checks, "signs": signs(site.theme),
        "presentation": site.compose(fragment[1], lang, site.base + listing.path, lambda index: index).body if fragment else "",
        "machine": {"earl": f"{site.base}accessibilite/earl.jsonld", "json": f"{site.base}accessibilite/preuves.json"},
    }


def _run(run: dict, words: dict) -> dict:
    """A verification in the words of the page. rules: those that found something first."""
    rules = sorted(run["regles"], key=lambda rule: (-rule["constats"], -rule["a_verifier"], rule["id"]))
    return {**run, "key": "axe" if run.get("moteur") == "axe" else "htmlcs" if run.get("moteur") else run["methode"], "rules": rules}


def _organism(lang: str, site: Any, verified: Verified, ident: str) -> dict:
    counts = Counter(site.index.noted(NAME, f"{ident}:{lang}") or {})
    page = listing_of(NAME, site.settings)[lang]
    card = site.index.of_id("organisme", ident, lang)
    home = next((one for one in site.index.of_type("theme", lang) if one.url == card.url.rsplit("/", 2)[0] + "/"), None)
    return {
        "description": site.label(lang)[NAME]["organisme_description"], "kind": "declaration", "card": card, "pages": sum(counts.values()),
        "standards": {version: counts[version] for version in STANDARDS}, "proof": verified.proof, "verified": verified,
        "above": [*([{"title": home.short_title, "url": home.url}] if home else []), {"title": card.title, "url": card.url}],
        "whole": {"title": page.title, "url": site.base + page.path},
    }


def signs(theme: Any) -> list[str]:
    """Signs that the style sheet adds to the text (an arrow after a link to another site), in order; words and blanks are no signs."""
    file = theme / STYLES
    text = file.read_text("utf-8") if file.is_file() else ""
    found = {}
    for content in _CONTENT.findall(text):
        for char in _ESCAPE.sub(lambda match: chr(int(match[1], 16)), content):
            if ord(char) > 0x2000 and not char.isspace() and not 0xFE00 <= ord(char) <= 0xFE0F:
                found[char] = None
    return list(found)


def _machine_readable(site: Any, proof: dict | None, checks: list, entries: list) -> Iterator[OutputFile]:
    whole = {"preuves": proof, "verifications_humaines": [check.to_json() for check in checks], "constats_connus": [entry.to_json() for entry in entries]}
    yield "accessibilite/preuves.json", orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    yield "accessibilite/earl.jsonld", orjson.dumps(report(site.site_url, proof, checks), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
