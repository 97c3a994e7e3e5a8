"""The examples by which the static checker is judged: tests/audit/*.yml.

Each file holds one YAML document a rule: `règle`, `act` (its ACT rule, "" when there is none), `certitude` (when the rule always gives the
same), and `exemples`: `titre`, `attendu` (échec, succès, or « sans objet » when the rule does not concern the example), `html`: a whole
page, or what stands in the main part of one that is right in everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from fleuve.audit.checker import check_page
from fleuve.audit.finding import Finding

FOLDER = Path(__file__).resolve().parent / "audit"


@dataclass(frozen=True)
class Example:
    """One page with what a rule must say of it. certainty: "" when both are right."""

    rule: str
    number: int
    title: str
    expected: str
    certainty: str
    html: str


def examples() -> list[Example]:
    """All examples, by file, rule and place."""
    return [example for file in sorted(FOLDER.glob("*.yml")) for rule in yaml.safe_load_all(file.read_text("utf-8")) for example in _of_rule(rule)]


def _of_rule(rule: dict) -> list[Example]:
    default = rule.get("certitude", "")
    return [
        Example(rule["règle"], number, each["titre"], each["attendu"], each.get("certitude", default), page(each.get("html") or ""))
        for number, each in enumerate(rule["exemples"], 1)
    ]


def page(html: str, lang: str = "fr") -> str:
    """A fragment in a page that has nothing wrong; a whole page as it is."""
    if html.lstrip().lower().startswith(("<!doctype", "<html")):
        return html
    title = {"fr": "Permis de pêche", "en": "Fishing permit"}[lang]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return f'<!doctype html>\n<html lang="{lang}"><head>{head}</head><body><main><h1>{title}</h1>\n{html}</main></body></html>'


def flagged(example: Example) -> list[Finding]:
    """What the rule of the example says of it."""
    return [finding for finding in check_page(example.html, "exemple.html") if finding.rule == example.rule]
