"""The static checker on good and bad examples of each rule, and on the known-good fixtures of govuk-frontend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audit_examples import Example, examples, flagged
from conftest import ROOT
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
