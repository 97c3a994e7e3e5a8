"""What a check says to people: by file, what is certain first, then counts and what to do. In colour where there is a terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from fleuve.audit.audit import Audited
from fleuve.audit.finding import Finding
from fleuve.audit.known import Entry, Verdict
from fleuve.audit.origin import fingerprint
from fleuve.typography import counted, space

# Of each rule that a person must verify, this many findings are shown: the first ones tell what the others are about.
SHOWN = 5
# After a save: more than a screen of findings is read by nobody.
MANY = 20
NOTHING = "Rien à signaler."


class Summary:
    """Writes on standard output."""

    def __init__(self) -> None:
        # soft_wrap: the terminal breaks long lines, so that a path stays one thing to click on.
        self._console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def say(self, text: str = "", style: str | None = None) -> None:
        """One line."""
        self._console.print(space(text), style=style)

    def findings(self, findings: Sequence[Finding], new: Iterable[Finding] = ()) -> None:
        """All that is certain, and of the rest the first ones of each rule, by file; those of `new` with their fingerprint."""
        fresh, told = set(new), Counter()
        for file, found in _by_file(findings):
            shown = []
            for finding in found:
                told[finding.rule] += not finding.is_certain
                if finding.is_certain or told[finding.rule] <= SHOWN:
                    shown.append(finding)
            if shown:
                self.say(file, "bold")
            for finding in shown:
                self._finding(finding, finding in fresh)
        for rule, count in sorted(told.items()):
            if count > SHOWN:
                self.say(f"{rule} : {counted(count - SHOWN, 'autre')} à vérifier, que --json donne.")

    def lines(self, findings: Sequence[Finding]) -> None:
        """A finding a line, as a build tells its problems: for a few, just after a save."""
        for finding in sorted(findings, key=lambda finding: not finding.is_certain)[:MANY]:
            where = f" ({counted(finding.pages, 'page')})" if finding.pages > 1 else ""
            self.say(f"{finding.certainty} : {finding.file}:{finding.line}: {finding.message} {finding.remedy}{where}", "red" if finding.is_certain else "yellow")
        if len(findings) > MANY:
            self.say(f"Et {counted(len(findings) - MANY, 'autre')} : « build.py check » les donne.")

    def _finding(self, finding: Finding, is_new: bool) -> None:
        style = "red" if finding.is_certain else "yellow"
        criteria = f", {', '.join(finding.criteria)}" if finding.criteria else ""
        mark = f"empreinte {fingerprint(finding)}" if is_new and finding.is_certain else ""
        known = "" if is_new or not finding.is_certain else " (connu)"
        self.say(f"  ligne {finding.line} : {finding.certainty}{known} : {finding.message} {finding.remedy} [{finding.rule}{criteria}]", style)
        where = f"{counted(finding.pages, 'page')}, dont {finding.page}" if finding.pages > 1 else finding.page
        self.say("    " + "  ".join(part for part in (" ".join(finding.excerpt.split()), where and f"→ {where}", mark) if part), "dim")

    def counts(self, pages: int, findings: Sequence[Finding], done: str = "", known: int = 0) -> None:
        """How many, and what to do. done: what of the pages had to be checked; known: how many certain findings are known."""
        certain = sum(finding.is_certain for finding in findings)
        accepted = f" ({known} connu{'s' if known > 1 else ''})" if known else ""
        self.say(f"{counted(pages, 'page')}{done} ; {_sure(certain)}{accepted}, {len(findings) - certain} à vérifier.")
        if certain > known:
            self.say(f"À corriger avant de publier : {_sure(certain - known)}.", "bold red")
        elif not findings:
            self.say(NOTHING, "green")
        else:
            self.say("Rien de nouveau à corriger." + (" Une personne doit encore juger de ce qui est à vérifier." if len(findings) > certain else ""), "green")

    def verdict(self, audited: Audited, verdict: Verdict) -> None:
        """Counts of a check of the site."""
        seconds = f"{audited.seconds:.1f} s".replace(".", ",")
        certain = sum(finding.is_certain for finding in audited.findings)
        new = sum(finding.is_certain for finding in verdict.new)
        self.counts(audited.pages, audited.findings, f", dont {counted(audited.checked, 'relue')}, en {seconds}", certain - new)

    def gone(self, gone: Iterable[tuple[Entry, int]], removed: bool) -> None:
        """Known findings that are no more, and whether the list was made smaller."""
        for entry, left in gone:
            what = "n’existe plus" if not left else f"n’existe plus qu’en {left} endroit{'s' if left > 1 else ''}"
            then = "Il a été retiré de la liste." if removed else "« build.py check --shrink » réduit la liste."
            self.say(f"{entry.file} : le constat connu {entry.rule} ({entry.fingerprint}) {what}. {then}", "green")


def _by_file(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Findings by file, what is certain first: files that have such, then the others; then by line."""
    files: dict[str, list[Finding]] = {}
    for finding in sorted(findings):
        files.setdefault(finding.file, []).append(finding)
    for file, found in sorted(files.items(), key=lambda item: (not any(finding.is_certain for finding in item[1]), item[0])):
        yield file, sorted(found, key=lambda finding: not finding.is_certain)


def _sure(number: int) -> str:
    return f"{counted(number, 'constat')} certain{'s' if number > 1 else ''}"
