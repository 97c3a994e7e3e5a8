"""The evidence: what was really checked, when, with what, and what was found. `contenu/_accessibilite/preuves.json`, in git.

`build.py check --record` writes it; the accessibility page of the site is made from it, and from nothing else. So it holds no judgment:
counts, versions, rules, pages. What it does not hold was not checked.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from fleuve.audit import nu, pa11y
from fleuve.audit.built_page import BuiltPage
from fleuve.audit.finding import CERTAIN, Finding
from fleuve.audit.rule import Rule
from fleuve.git import GitMissing, commit_of, git
from fleuve.settings import Settings

PATH = "_accessibilite/preuves.json"
FORMAT = 1
STATIC, BROWSER, HTML = "statique", "navigateur", "validateur"


def record(
    settings: Settings, now: datetime, checked: dict, pages: Sequence[BuiltPage], rules: Iterable[Rule], findings: Collection[Finding],
    browser: tuple[pa11y.Result, str] | None = None, validator: nu.Result | None = None,
) -> Path:
    """Write the evidence of a check that has just been made.

    Takes the settings of the site, the instant, what `revision` gave before the site was built, its pages, the rules of the static checker and all that it found (the known findings
    included); what pa11y-ci found, with the mode in which its pages were chosen; what the validator found. Returns the file written.
    """
    evidence = {
        "format": FORMAT, "date": now.isoformat(timespec="minutes"), "contenu": checked,
        "site": {
            "adresse": settings.site_url, "pages": len(pages), "langues": _counts(page.lang for page in pages), "types": _counts(page.kind for page in pages),
        },
        "verifications": [
            _static(len(pages), rules, findings),
            *((_browser(run, *browser) for run in browser[0].runs) if browser else ()),
            *((_validator(validator),) if validator else ()),
        ],
    }
    file = settings.content / PATH
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(evidence, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return file


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _by_rule(findings: Collection[Finding]) -> tuple[Counter, Counter]:
    """How many findings of each rule are certain, and how many a person must judge."""
    return Counter(one.rule for one in findings if one.is_certain), Counter(one.rule for one in findings if not one.is_certain)


def _static(pages: int, rules: Iterable[Rule], findings: Collection[Finding]) -> dict:
    sure, unsure = _by_rule(findings)
    return {
        "methode": STATIC, "outil": "Fleuve", "version": importlib.metadata.version("fleuve"), "pages": pages,
        "constats": sum(sure.values()), "a_verifier": sum(unsure.values()),
        "regles": [{
            "id": rule.id, "titre": rule.title, "act": rule.act_rule, "criteres": list(rule.criteria), "certitude": rule.certainty,
            "constats": sure[rule.id], "a_verifier": unsure[rule.id],
        } for rule in sorted(rules, key=lambda rule: rule.id)],
    }


def _browser(run: pa11y.Run, result: pa11y.Result, mode: str) -> dict:
    sure, unsure = _by_rule(run.findings)
    tool, _, version = result.tool.rpartition(" ")
    return {
        "methode": BROWSER, "outil": tool, "version": version, "moteur": run.title, "version_moteur": run.version, "norme": pa11y.STANDARD,
        "ajouts": list(run.added), "navigateur": result.browser, "choix": mode, "pages": len(run.pages), "constats": sum(sure.values()), "a_verifier": sum(unsure.values()),
        # Of a sample, which pages: anyone can look at the same ones.
        "adresses": [] if mode == "all" else sorted(run.pages),
        "regles": [{
            "id": name, "titre": pa11y.axe_words().get(name, name), "act": act, "criteres": list(criteria), "certitude": CERTAIN,
            "constats": sure[f"{run.runner}:{name}"], "a_verifier": unsure[f"{run.runner}:{name}"],
        } for name, (criteria, act) in sorted(run.rules.items())],
        "autres": sum(count for name, count in sure.items() if name.partition(":")[2] not in run.rules),
    }


def _validator(result: nu.Result) -> dict:
    return {"methode": HTML, "outil": "Nu Html Checker", "version": result.version, "pages": result.pages, "constats": len(result.findings), "regles": []}


def revision(content: Path) -> dict:
    """The commit of the content, and whether files that git follows differ from it; empty where there is no git."""
    try:
        head = commit_of(content, "HEAD")
    except GitMissing:
        head = None
    if head is None:
        return {"revision": "", "modifie": False}
    prefix = (git(content, "rev-parse", "--show-prefix") or "").strip()  # of the content folder in its repository, « / » at its end
    changed = git(content, "status", "--porcelain", "--untracked-files=no", "--", ":/", f":(exclude,top){prefix}{PATH}")
    return {"revision": head, "modifie": bool(changed)}


# Reading it back: claims never exceed it, so it is not believed without a look.

_COUNT = {"type": "integer", "minimum": 0}
_SOME = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string"}
_NAME = {"type": "string", "minLength": 1}


def _object(**properties: Any) -> dict:
    optional = {"choix", "adresses", "autres", "moteur", "version_moteur", "norme", "ajouts", "navigateur", "a_verifier"}
    return {"type": "object", "properties": properties, "required": [name for name in properties if name not in optional], "additionalProperties": False}


_RULE = _object(id=_NAME, titre=_NAME, act=_TEXT, criteres={"type": "array", "items": _NAME}, certitude=_NAME, constats=_COUNT, a_verifier=_COUNT)
SCHEMA = _object(
    format={"const": FORMAT}, date={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}"},
    contenu=_object(revision=_TEXT, modifie={"type": "boolean"}),
    site=_object(adresse=_NAME, pages=_SOME, langues={"type": "object", "additionalProperties": _SOME}, types={"type": "object", "additionalProperties": _SOME}),
    verifications={"type": "array", "minItems": 1, "items": _object(
        methode={"enum": [STATIC, BROWSER, HTML]}, outil=_NAME, version=_NAME, pages=_SOME, constats=_COUNT, a_verifier=_COUNT, moteur=_NAME, version_moteur=_NAME,
        norme=_NAME, ajouts={"type": "array", "items": _NAME}, navigateur=_NAME, choix={"enum": ["sample", "changed", "all"]}, adresses={"type": "array", "items": _NAME},
        regles={"type": "array", "items": _RULE}, autres=_COUNT)},
)


@cache
def _validator_of_schema() -> Any:
    return jsonschema_rs.validator_for(SCHEMA)


def read(text: str) -> tuple[dict | None, str]:
    """The evidence of the file's text, or None and why it proves nothing (« » when there is no file)."""
    if not text.strip():
        return None, ""
    try:
        evidence = json.loads(text)
    except ValueError:
        return None, "Ce fichier n’est pas du JSON."
    error = next(iter(_validator_of_schema().iter_errors(evidence)), None)
    if error is not None:
        return None, f"Ce fichier n’a pas la forme attendue ({'/'.join(map(str, error.instance_path)) or 'racine'})."
    return (None, reason) if (reason := _contradiction(evidence)) else (evidence, "")


def _contradiction(evidence: dict) -> str:
    """What the evidence says that cannot be, as when a hand has changed it; « » when all agrees."""
    site = evidence["site"]
    if site["pages"] != sum(site["langues"].values()) or site["pages"] != sum(site["types"].values()):
        return "Le nombre de pages ne correspond pas à celui des langues ou des types."
    for one in evidence["verifications"]:
        name = one.get("moteur") or one["outil"]
        if one["pages"] > site["pages"]:
            return f"{name} aurait vérifié plus de pages que le site n’en a."
        if one.get("choix") == "all" and one["pages"] != site["pages"]:
            return f"{name} aurait vérifié toutes les pages, mais leur nombre diffère de celui du site."
        if one["methode"] == BROWSER and one.get("choix") != "all" and len(one.get("adresses", ())) != one["pages"]:
            return f"{name} : le nombre de pages diffère de celui des adresses."
        if one["regles"] and one["constats"] != sum(rule["constats"] for rule in one["regles"]) + one.get("autres", 0):
            return f"{name} : le nombre de constats diffère de la somme des règles."
    return ""
