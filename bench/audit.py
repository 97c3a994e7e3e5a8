"""The static checker measured: what it finds and flags on the examples of each rule, and how fast it is on a built site.

    .venv/bin/python bench/audit.py                 # the examples alone
    .venv/bin/python bench/audit.py public          # and pages a second on one core, over every page of a built site

Prints a report in Markdown and writes it to bench/audit.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH.parent), str(BENCH.parent / "tests")]

from audit_examples import Example, examples, flagged, page  # noqa: E402 - needs the path above

from fleuve.audit.checker import check_page, html_files  # noqa: E402
from fleuve.audit.rules import all_rules  # noqa: E402

FIXTURES = BENCH.parent / "node_modules/govuk-frontend/dist/govuk/components"
HEAD = """# Static checker: figures

Written by `.venv/bin/python bench/audit.py [built site]`.

Examples are in `tests/audit/`, written from the descriptions of the ACT rules and of WCAG's techniques, not copied from them. **Recall**: bad
examples in which the rule finds something, over bad examples. **False flags**: good examples, or examples that the rule does not concern, in
which it finds something. The rules were written and mended with these examples at hand: the figures tell that nothing got worse, not how the
checker does on pages that nobody has seen.
"""


def main() -> int:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", nargs="?", type=Path, help="folder of a built site")
    parser.add_argument("--out", type=Path, default=BENCH / "audit.md")
    options = parser.parse_args()
    parts = [HEAD, of_examples(examples()), of_fixtures()]
    if options.site:
        parts.append(of_site(options.site))
    report = "\n".join(part for part in parts if part)
    print(report)
    options.out.write_text(report, "utf-8")
    return 0


def of_examples(all_examples: list[Example]) -> str:
    """The table of the rules."""
    by_rule = defaultdict(list)
    for example in all_examples:
        by_rule[example.rule].append((example.expected == "échec", bool(flagged(example))))
    lines = ["| rule | ACT | bad | found | recall | good or not concerned | false flags |", "| --- | --- | --: | --: | --: | --: | --: |"]
    acts = {rule.id: rule.act_rule for rule in all_rules()}
    totals: Counter[str] = Counter()
    for rule, results in sorted(by_rule.items()):
        counts = Counter({"bad": sum(bad for bad, _ in results), "found": sum(bad and hit for bad, hit in results),
                          "good": sum(not bad for bad, _ in results), "false": sum(hit and not bad for bad, hit in results)})
        totals += counts
        lines.append(_row(rule, acts.get(rule, ""), counts))
    lines.append(_row("**all**", "", totals))
    return f"## Examples: {len(all_examples)}, of {len(by_rule)} rules\n\n" + "\n".join(lines) + "\n"


def _row(rule: str, act: str, counts: Counter) -> str:
    recall = f"{100 * counts['found'] / counts['bad']:.0f} %" if counts["bad"] else ""
    return f"| {rule} | {act} | {counts['bad']} | {counts['found']} | {recall} | {counts['good']} | {counts['false']} |"


def of_fixtures() -> str:
    """What is found on the components of govuk-frontend, "" when the package is not installed."""
    fixtures = [(file.parent.name, each) for file in sorted(FIXTURES.glob("*/fixtures.json")) for each in json.loads(file.read_text("utf-8"))["fixtures"]]
    if not fixtures:
        return ""
    found: Counter[tuple[str, str]] = Counter()
    for component, fixture in fixtures:
        found.update({(finding.certainty, finding.rule) for finding in check_page(page(fixture["html"], "en"), component)})
    version = json.loads((FIXTURES.parents[2] / "package.json").read_text("utf-8"))["version"]
    lines = [f"## govuk-frontend {version}: {len(fixtures)} fixtures\n", "Each in a page of its own; fixtures in which the rule finds something.\n", "| rule | certainty | fixtures |", "| --- | --- | --: |"]
    lines += [f"| {rule} | {certainty} | {number} |" for (certainty, rule), number in sorted(found.items())]
    return "\n".join(lines) + "\nThose that are certain are named, with the reason why they are right, in `tests/test_audit_examples.py`.\n"


def of_site(folder: Path) -> str:
    """Pages a second of one process, reading included, over all pages of a folder; best and median of five rounds."""
    files = html_files(folder)
    rates, findings = [], 0
    for _ in range(5):
        start = time.process_time()
        findings = sum(len(check_page((folder / file).read_bytes(), file)) for file in files)
        rates.append(len(files) / (time.process_time() - start))
    size = sum((folder / file).stat().st_size for file in files) / len(files) / 1024
    rates.sort()
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    machine = f"{platform.machine()}, Python {platform.python_version()}, {datetime.date.today().isoformat()}, {load}"
    return (
        f"## Speed\n\n{len(files):,} pages of {size:.0f} kB on average, {findings:,} findings, one process, processor time, {machine}: "
        f"**{rates[-1]:,.0f} pages a second** at best of five rounds, {rates[2]:,.0f} median. A load above one says that other processes slowed it down.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
