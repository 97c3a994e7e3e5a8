"""What the lines of GOV.UK's transition lists ask of a server, taken from the lines themselves and not from what the migration made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from migration.answers import Difference, Question
from migration.redirects import PENDING, OldSite, Plan


def asked(sites: Iterable[OldSite], made: Plan) -> Iterator[Question]:
    """Each line of the lists as a question, its answer taken from the line itself, but for those that the plan says it changed or refused."""
    told = {(problem.file, problem.line) for problem in made.problems if problem.is_error or problem.code == "redirection-en-chaine"}
    for site in sites:
        served = {(row.file, row.line): row for row in made.rows[site.recipe.name]}
        for row in site.decisions:
            if row.old.endswith("/*") or ((row.file, row.line) in told and (row.file, row.line) not in served):
                continue
            host, slash, rest = row.old.partition("/")
            status = {"rediriger": 301, "archiver": 410, "a-decider": PENDING}[row.decision]
            target = row.target if status == 301 else ""
            if (row.file, row.line) in told:
                status, target = served[row.file, row.line].status, served[row.file, row.line].target
            yield Question(host, slash + rest, status, target)


def same(difference: Difference) -> bool:
    """Whether an answer differs from the line by nothing but its writing: a percent-encoding, a slash after the host."""
    plain = lambda url: unquote(url if url.count("/") > 2 else url + "/").lower()  # noqa: E731
    return difference.status == difference.question.status and plain(difference.location) == plain(difference.question.location)
