"""`build.py review BASE..HEAD`: what a request changes, for the secretariat."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from fleuve.audit.summary import Summary
from fleuve.git import git
from fleuve.instant import parse_now
from fleuve.progress import Progress
from fleuve.review import revision
from fleuve.review.review import Move, Review, compare
from fleuve.review.revision import Document
from fleuve.settings import Settings, SettingsError

_RANGE = re.compile(r"(?P<base>.+?)(?P<dots>\.\.\.?)(?P<head>.*)")
SHOWN = 30  # lines of one part of the report: --json has the rest


def run(options: argparse.Namespace) -> int:
    """Build both revisions, compare, tell. Returns 1 when something is to be corrected. Raises what fleuve.refusal explains."""
    try:
        now = parse_now(options.now)
    except ValueError as error:
        raise SettingsError(f"--now : {error}") from None
    repository = revision.toplevel(options.config.resolve().parent)
    names = _names(options.range, repository)
    with Progress(quiet=options.json) as progress:
        review = _review(options, repository, names, now, progress)
    if options.json:
        print(json.dumps(review.to_json(), ensure_ascii=False))
    else:
        _tell(review, Summary())
    return int(review.blocks)


def _names(asked: str, repository: Path) -> list[tuple[str, str]]:
    """[(name, commit)] of both revisions; « ... » begins where they part, as in git."""
    match = _RANGE.fullmatch(asked)
    if match is None:
        raise SettingsError(f"« {asked} » ne nomme pas deux révisions. Écrivez par exemple origin/main...HEAD.")
    base, head = match["base"], match["head"] or "HEAD"
    commits = [revision.resolve(repository, base), revision.resolve(repository, head)]
    if match["dots"] == "...":
        common = git(repository, "merge-base", *commits)
        if common is None:
            raise SettingsError(f"« {base} » et « {head} » n’ont pas d’histoire commune.")
        commits[0] = common.strip()
    return [(base, commits[0]), (head, commits[1])]


def _review(options: argparse.Namespace, repository: Path, names: list[tuple[str, str]], now: datetime, progress: Progress) -> Review:
    folder = (options.cache or options.config.resolve().parent / ".fleuve").resolve() / "revue"
    config = options.config.resolve().relative_to(repository)
    content = _inside(options.content, repository) if options.content else None
    built = []
    for side, (name, commit) in zip(("base", "tete"), names, strict=True):
        source = folder / side
        revision.extract(repository, commit, source)
        built.append(revision.build(name, commit, source, config, content, options.jobs, now, progress))
    return compare(*built, *_differences(repository, names, built[1].settings, folder / "tete"))


def _inside(path: Path, repository: Path) -> Path:
    try:
        return path.resolve().relative_to(repository)
    except ValueError:
        raise SettingsError(f"--content : {path} n’est pas dans le dépôt git {repository}.") from None


def _differences(repository: Path, names: list[tuple[str, str]], settings: Settings, source: Path) -> tuple[list[str], dict[str, str]]:
    """(paths that differ, {old: new} of content files that were renamed), as `compare` takes them."""
    content = settings.content.relative_to(source).as_posix() + "/"
    parts = iter((git(repository, "diff", "--name-status", "--find-renames", "-z", names[0][1], names[1][1]) or "").split("\0"))
    files, renames = [], {}
    for status in parts:
        if not status:
            continue
        paths = [next(parts)] + ([next(parts)] if status[0] in "RC" else [])
        inside = [path.removeprefix(content) for path in paths if path.startswith(content)]
        files += inside or [f"../{path}" for path in paths if _shapes_pages(path, settings, source)]
        if status[0] == "R" and len(inside) == 2 and inside[1].endswith(".md"):
            renames[inside[0]] = inside[1]
    return files, renames


def _shapes_pages(path: str, settings: Settings, source: Path) -> bool:
    """Whether a file outside the content decides how pages look: the theme and the configuration."""
    file = source / path
    return settings.theme in file.parents or file == settings.config


# For people.


def _tell(review: Review, summary: Summary) -> None:
    summary.say(f"De {review.base.name} ({review.base.commit[:10]}) à {review.head.name} ({review.head.commit[:10]})", "bold")
    _part(summary, "Ce que le public verra", [
        *(f"ajoutée : {_doc(doc)}" for doc in review.added), *(f"modifiée : {_doc(doc)}" for doc in review.changed),
        *(f"déplacée : {_move(move)}" for move in review.moved), *(f"retirée : {_move(move)}" for move in review.removed),
        *(f"donnée : {doc.path} ({doc.title})" for doc in review.data),
        *(f"partagé : {file.removeprefix('../')}" for file in review.shared),
        *((f"{review.affected} autre{'s' if review.affected > 1 else ''} page{'s' if review.affected > 1 else ''} change{'nt' if review.affected > 1 else ''} par contrecoup (menus, listes, fragments, gabarits).",) if review.affected else ()),
    ], "Rien ne change.")
    _part(summary, "Ce qui casse", [
        *(f"adresse perdue : {move.before.url} ({move.before.path}). Ajoutez une redirection dans contenu/_redirections/." for move in review.lost),
        *(f"{problem.severity} : {problem}" for problem in sorted(review.problems, key=lambda problem: (not problem.is_error, problem))),
        *(f"lien brisé : {problem}" for problem in review.links),
    ], "Rien.")
    summary.say("Accessibilité", "bold")
    if review.findings:
        summary.lines(review.findings)
    else:
        summary.say("  Aucun constat nouveau.")
    _part(summary, "Qui doit donner son accord", [
        *(f"{review.title(ident)} ({ident}) : {', '.join(files[:5])}{f' et {len(files) - 5} autres' if len(files) > 5 else ''}" for ident, files in review.organisms.items()),
        *(("le secrétariat : fichiers partagés du contenu, listés plus haut",) if any(not file.startswith("../") for file in review.shared) else ()),
        *(("l’équipe technique : thème ou configuration, listés plus haut",) if any(file.startswith("../") for file in review.shared) else ()),
    ], "Personne : aucun organisme n’est nommé.")
    if review.blocks:
        summary.say("À corriger avant d’accepter.", "bold red")
    else:
        summary.say("Rien n’empêche d’accepter ; lisez encore le texte.", "green")


def _part(summary: Summary, title: str, lines: Iterable[str], nothing: str) -> None:
    lines = list(lines)
    summary.say(title, "bold")
    for line in lines[:SHOWN] or [nothing]:
        summary.say(f"  {line}")
    if len(lines) > SHOWN:
        summary.say(f"  et {len(lines) - SHOWN} autres lignes, que --json donne.")


def _doc(doc: Document) -> str:
    return f"{doc.title} ({doc.path}) → {doc.url}"


def _move(move: Move) -> str:
    where = f" → {move.after.path} {move.after.url}" if move.after and move.after.path != move.before.path else f" → {move.after.url}" if move.after else ""
    return f"{move.before.title} ({move.before.path}) {move.before.url}{where}{'' if move.redirected else ', sans redirection'}"
