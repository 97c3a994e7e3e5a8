"""The static checker on good and bad examples of each rule, and on the known-good fixtures of govuk-frontend."""

from __future__ import annotations

import json

import pytest
from audit_examples import Example, examples, flagged, page
from served import npm_tool

from fleuve.audit.checker import check_page
from fleuve.audit.finding import CERTAIN
from fleuve.audit.rules import all_rules

EXAMPLES = examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}-{example.number}")
def test_example(example: Example) -> None:
    """A bad example is found with the certainty that it says; a good one, or one that the rule does not concern, is left alone."""
    found = flagged(example)
    if example.expected == "échec":
        assert found, f"« {example.title} » n’est pas signalé."
        if example.certainty:
            assert example.certainty in {finding.certainty for finding in found}, example.title
    else:
        assert not found, f"« {example.title} » est signalé à tort : {found[0].message} {found[0].excerpt}"


def test_every_rule_has_good_and_bad_examples() -> None:
    """No rule is trusted without one example that fails it and one that does not; and no example names a rule that is not there."""
    bad = {example.rule for example in EXAMPLES if example.expected == "échec"}
    good = {example.rule for example in EXAMPLES} - {rule for rule in bad if all(e.expected == "échec" for e in EXAMPLES if e.rule == rule)}
    rules = {rule.id for rule in all_rules()}
    assert rules - bad == set()
    assert rules - good == set()
    assert {example.rule for example in EXAMPLES} - rules == set()


# Findings « certain » on the fixtures of govuk-frontend that are right, with the reason.
RIGHT = {
    # Made to try the `attributes` option: the link shows « Skip link » and is named « Skip to content » (WCAG 2.5.3).
    ("skip-link", "attributes", "libelle-absent-du-nom"),
}


def test_govuk_fixtures_have_no_wrong_certain_finding() -> None:
    """The components of govuk-frontend are known good: what is said certain of them must be right."""
    folder = npm_tool("govuk-frontend/dist/govuk/components")
    certain, count = set(), 0
    for file in sorted(folder.glob("*/fixtures.json")):
        for fixture in json.loads(file.read_text("utf-8"))["fixtures"]:
            count += 1
            found = check_page(page(fixture["html"], "en"), file.parent.name)
            certain |= {(file.parent.name, fixture["name"], finding.rule) for finding in found if finding.certainty == CERTAIN}
    assert count > 700
    assert certain == RIGHT
