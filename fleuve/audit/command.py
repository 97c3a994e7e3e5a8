"""`build.py check`: the whole site, or any folder of HTML files."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fleuve.audit import known as known_module
from fleuve.audit.audit import Audit, Audited
from fleuve.audit.checker import check_files, html_files
from fleuve.audit.finding import Finding
from fleuve.audit.known import PATH, Known, Verdict
from fleuve.audit.origin import fingerprint
from fleuve.audit.summary import Summary
from fleuve.problem import Problem
from fleuve.progress import Progress
from fleuve.settings import Settings, SettingsError
from fleuve.typography import space


@dataclass
class Outcome:
    """All that a check of the site tells."""

    build: Any
    audited: Audited
    verdict: Verdict
    pa11y: dict
    problems: list[Problem] = field(default_factory=list)

    @property
    def new(self) -> list[Finding]:
        """Certain findings that are not known: they make the check fail."""
        return [finding for finding in self.verdict.new if finding.is_certain]

    def failed(self, strict: bool) -> bool:
        """Whether something is certainly wrong: a new finding, or an error of the content, for what could not be published was not checked."""
        return bool(self.new) or any(strict or problem.is_error for problem in self.problems)

    def to_json(self) -> dict:
        """The object that --json prints."""
        audited = self.audited
        return {
            "pages": audited.pages, "checked": audited.checked, "seconds": {**self.build.to_json()["seconds"], "verification": round(audited.seconds, 3)},
            "findings": [finding.to_json() for finding in audited.findings],
            "known": self.verdict.known,
            "new": [{**finding.to_json(), "fingerprint": fingerprint(finding)} for finding in self.new],
            "gone": [{**entry.to_json(), "reste": left} for entry, left in self.verdict.gone],
            "pa11y": self.pa11y, "out": self.build.out, "now": self.build.now,
            "errors": [problem.to_json() for problem in self.problems if problem.is_error],
            "warnings": [problem.to_json() for problem in self.problems if not problem.is_error],
        }


def run(options: argparse.Namespace) -> int:
    """Check, tell, and return the exit code. Raises what fleuve.refusal explains."""
    return _check_folder(options) if options.html else _check_site(options)


def _check_folder(options: argparse.Namespace) -> int:
    asked = [name for name in ("shrink", "base", "record", "strict") if getattr(options, name)] + (["pa11y"] if options.pa11y != "none" else [])
    if asked:
        raise SettingsError(f"--html vérifie un dossier de pages, et rien d’autre : retirez --{asked[0]}.")
    if not options.html.is_dir():
        raise SettingsError(f"--html : « {options.html} » n’est pas un dossier.")
    files = html_files(options.html)
    with Progress(quiet=options.json) as progress:
        findings = list(check_files(options.html, files, options.jobs or os.cpu_count() or 1, lambda done, total: progress("verification", done, total)))
    if options.json:
        print(json.dumps([finding.to_json() for finding in findings], ensure_ascii=False))
    else:
        summary = Summary()
        summary.findings(findings, [finding for finding in findings if finding.is_certain])
        summary.counts(len(files), findings)
    return int(any(finding.is_certain for finding in findings))


def _check_site(options: argparse.Namespace) -> int:
    from fleuve.command import opened_build

    if options.pa11y != "none":
        from fleuve.audit import pa11y

        pa11y.require()  # told now, and not after the site is built
    if options.record:
        from fleuve.audit import evidence, nu

        nu.require()
    with opened_build(options) as (build, now), Progress(quiet=options.json) as progress:
        checked = evidence.revision(build.settings.content) if options.record else {}
        report = build.run(now, progress)
        audit = Audit(build.settings, build.path, build.executor)
        try:
            audited = audit.run(progress)
            static = audited.findings
            browser, result = _look(options, audit, audited, progress)
        finally:
            audit.close()
        if options.record:
            _record(build.settings, now, checked, static, result and (result, options.pa11y))
            build.run(now, progress)  # the accessibility page says what has just been checked
    listed = known_module.load(build.settings.content)
    grown = known_module.compare(build.settings.content, listed, options.base) if options.base else []
    outcome = Outcome(report, audited, listed.judge(audited.findings, options.pa11y == "all"), browser, [*report.problems, *listed.problems, *grown])
    if options.shrink:
        _shrink(build.settings, listed, outcome.verdict)
    _tell(outcome, options)
    return int(outcome.failed(options.strict))


def _look(options: argparse.Namespace, audit: Audit, audited: Audited, progress: Progress) -> tuple[dict, Any]:
    """What browsers find, which is told with the rest: for --json, and as pa11y gives it (None when it did not look)."""
    mode = options.pa11y
    if mode == "none":
        return {"mode": mode, "pages": 0}, None
    from fleuve.audit import built_page, pa11y

    settings = audit.settings
    pages = built_page.select(built_page.read(settings.out), mode, audited.changed, options.sample)
    result = pa11y.run(settings.out, pages, settings.base, lambda done, total: progress("navigateur", done, total))
    audit.looked_at(page.file for page in pages)
    audited.findings = sorted([*audited.findings, *audit.seen(result.findings)])
    return {"mode": mode, "pages": len(pages), **result.to_json()}, result


def _record(settings: Settings, now: datetime, checked: dict, findings: list[Finding], browser: tuple | None) -> None:
    """Write the evidence: what the rules and browsers have just found, and W3C's validator on every page."""
    from fleuve.audit import built_page, evidence, nu
    from fleuve.audit.rules import all_rules

    pages = built_page.read(settings.out)
    evidence.record(settings, now, checked, pages, all_rules(), findings, browser, nu.run(settings.out, len(pages)))


def _shrink(settings: Settings, listed: Known, verdict: Verdict) -> None:
    if listed.problems:
        raise SettingsError(f"{PATH} est mal écrit ({listed.problems[0]}). Corrigez-le avant de le réduire.")
    if verdict.gone:
        (settings.content / PATH).write_text(listed.without(verdict.gone), "utf-8")


def _tell(outcome: Outcome, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(outcome.to_json(), ensure_ascii=False))
        return
    for problem in outcome.problems:
        print(space(f"{problem.severity} : {problem}"))
    summary = Summary()
    summary.findings(outcome.audited.findings, outcome.verdict.new)
    summary.gone(outcome.verdict.gone, options.shrink)
    summary.verdict(outcome.audited, outcome.verdict)
