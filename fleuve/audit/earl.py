"""The evidence in EARL 1.0 (https://www.w3.org/TR/EARL10-Schema/), as JSON-LD: what any tool that reads accessibility reports understands.

A rule that ran and found nothing has passed; a criterion never has, for no tool sees all of a criterion: it failed, or nobody can tell yet,
or it was not tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleuve.audit import evidence
from fleuve.audit.criterion import all_criteria
from fleuve.audit.human_check import HumanCheck

CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#", "dct": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "Assertion": "earl:Assertion", "Assertor": "earl:Assertor", "Software": "earl:Software", "TestSubject": "earl:TestSubject", "TestResult": "earl:TestResult",
    "TestCase": "earl:TestCase", "TestRequirement": "earl:TestRequirement",
    "assertedBy": {"@id": "earl:assertedBy", "@type": "@id"}, "subject": {"@id": "earl:subject", "@type": "@id"}, "test": {"@id": "earl:test", "@type": "@id"},
    "mode": {"@id": "earl:mode", "@type": "@id"}, "outcome": {"@id": "earl:outcome", "@type": "@id"}, "result": "earl:result", "info": "earl:info",
    "title": "dct:title", "version": "dct:hasVersion", "date": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "hasPart": {"@id": "dct:hasPart", "@type": "@id"}, "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
}
_WHOLE = "#site"


def report(site_url: str, proof: dict | None, checks: Sequence[HumanCheck]) -> dict:
    """The report. Takes the address of the home page, the evidence (None when there is none), and the checks made by people."""
    graph: list[dict] = [{"@id": _WHOLE, "@type": "TestSubject", "title": site_url}]
    failed: dict[str, bool] = {}
    for run in proof["verifications"] if proof else ():
        graph += _run(run, proof["date"], site_url, failed)
    graph += _criteria(failed, proof["date"] if proof else "")
    for number, check in enumerate(checks, 1):
        graph += _check(number, check, site_url)
    return {"@context": CONTEXT, "@graph": graph}


def _run(run: dict, date: str, site_url: str, failed: dict[str, bool]) -> Iterator[dict]:
    """The nodes of one tool. failed: filled with {criterion: whether a rule of it failed}."""
    tool = "axe" if run.get("moteur") == "axe" else "htmlcs" if run.get("moteur") else "nu" if run["methode"] == evidence.HTML else "fleuve"
    name = f"{run['outil']} ({run['moteur']} {run['version_moteur']}, {run['navigateur']})" if run.get("moteur") else run["outil"]
    yield {"@id": f"#{tool}", "@type": ["Assertor", "Software"], "title": name, "version": run["version"]}
    subject = _WHOLE
    if run.get("adresses"):
        subject = f"#{tool}-pages"
        yield {"@id": subject, "@type": "TestSubject", "title": f"{run['pages']} pages", "hasPart": [_absolute(site_url, path) for path in run["adresses"]], "isPartOf": _WHOLE}
    for rule in run["regles"]:
        test = {"@id": f"#{tool}-{rule['id']}", "@type": "TestCase", "title": rule["titre"]}
        if requirements := [f"#{number}" for number in rule["criteres"]]:
            test["isPartOf"] = requirements
        yield test
        yield _assertion(f"#{tool}", subject, test["@id"], "earl:automatic", _outcome(rule["constats"], rule["a_verifier"]), date, f"{rule['constats']}")
        for number in rule["criteres"]:
            failed[number] = failed.get(number, False) or rule["constats"] > 0
    if not run["regles"]:
        yield {"@id": f"#{tool}-tout", "@type": "TestCase", "title": f"{name} : {run.get('norme', 'HTML')}"}
        yield _assertion(f"#{tool}", subject, f"#{tool}-tout", "earl:automatic", _outcome(run["constats"], 0), date, f"{run['constats']}")
        if run["methode"] == evidence.HTML:
            failed["4.1.1"] = failed.get("4.1.1", False) or run["constats"] > 0


def _outcome(findings: int, unsure: int) -> str:
    return "earl:failed" if findings else "earl:cantTell" if unsure else "earl:passed"


def _criteria(failed: dict[str, bool], date: str) -> Iterator[dict]:
    yield {"@id": "#ensemble", "@type": ["Assertor", "Software"], "title": "Fleuve"}
    for one in all_criteria():
        yield {"@id": f"#{one.number}", "@type": "TestRequirement", "title": f"{one.number} {one.names['fr']} ({one.level})", "isPartOf": one.url}
        tested = one.number in failed
        outcome = "earl:untested" if not tested else "earl:failed" if failed[one.number] else "earl:cantTell"
        yield _assertion("#ensemble", _WHOLE, f"#{one.number}", "earl:automatic" if tested else "earl:unknownMode", outcome, date)


def _check(number: int, check: HumanCheck, site_url: str) -> Iterator[dict]:
    yield {"@id": f"#personne-{number}", "@type": "Assertor", "title": check.by}
    yield {"@id": f"#personne-{number}-pages", "@type": "TestSubject", "title": f"{len(check.pages)} pages", "hasPart": [_absolute(site_url, path) for path in check.pages], "isPartOf": _WHOLE}
    yield {"@id": f"#personne-{number}-essai", "@type": "TestCase", "title": f"{check.tool} {check.version}, {check.browser}"}
    outcome = "earl:passed" if check.result == "réussi" else "earl:failed"
    yield _assertion(f"#personne-{number}", f"#personne-{number}-pages", f"#personne-{number}-essai", "earl:manual", outcome, f"{check.date}T00:00", check.note)


def _assertion(by: str, subject: str, test: str, mode: str, outcome: str, date: str, info: str = "") -> dict:
    result = {"@type": "TestResult", "outcome": outcome}
    if date:
        result["date"] = date
    if info:
        result["info"] = info
    return {"@type": "Assertion", "assertedBy": by, "subject": subject, "test": test, "mode": mode, "result": result}


def _absolute(site_url: str, path: str) -> str:
    return site_url.rstrip("/") + path
