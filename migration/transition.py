"""The lists of GOV.UK's transition (alphagov/transition-config): `sites/SITE.yml` and `mappings/SITE.csv`, read as recipes and decisions, and written.

A mapping has the columns Old Url, New Url, Status and sometimes Suggested Link and Archive Link. Status 301 is a redirect, 410 a page archived, and
418 one that nobody had decided yet, whose New Url is a suggestion. A site has `host`, `aliases`, `options: --query-string a:b` (significant
parameters), and `global: =410` or `=301 URL` for all that no mapping names (with `global_redirect_append_path`, the rest of the address follows).
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import yaml

from fleuve.problem import ERROR, WARNING, Problem
from migration import decision
from migration.collector import without_collector
from migration.decision import ARCHIVE, MOVED, REDIRECT, UNDECIDED, Decision
from migration.recipe import Addresses, Recipe
from migration.record import SourceError
from migration.redirects import OldSite

HEADER = ("Old Url", "New Url", "Status", "Suggested Link", "Archive Link")
MAX_SITE = 256 * 1024
MAX_TOTAL = 1024 * 1024 * 1024  # Forty times the lists of May 2013, unpacked: a bomb is larger.
ARCHIVE_URL = "https://webarchive.nationalarchives.gov.uk/{stamp}/{{url}}"

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_STATUSES = {"301": REDIRECT, "410": ARCHIVE, "418": UNDECIDED, "": UNDECIDED}
_STATUS_OF = {ARCHIVE: "410", UNDECIDED: "418", **dict.fromkeys(MOVED, "301")}
_QUERY = re.compile(r"--query-string\s+(\S+)")
_GLOBAL = re.compile(r"=\s*(301|410)(?:\s+(\S+))?\s*")
_NAME = re.compile(r"[^a-z0-9]+")
_SUGGESTED, _ARCHIVED = "lien proposé : ", "archive : "


@dataclass
class _Site:
    recipe: Recipe
    decisions: list[Decision]


def load(source: Path) -> tuple[list[OldSite], list[Problem]]:
    """Read a folder or a tar archive of transition lists.

    Returns the old sites by name, with their decisions by address, and all that is wrong, file and line named. A mapping goes to the site whose host
    it names, whichever file it is in. Raises SourceError if the source cannot be read.
    """
    with without_collector():
        return _load(source)


def _load(source: Path) -> tuple[list[OldSite], list[Problem]]:
    problems: list[Problem] = []
    sites: dict[str, _Site] = {}
    hosts: dict[str, _Site] = {}
    mappings: list[tuple[str, bytes]] = []
    for name, data in _files(source):
        if name.endswith(".csv"):
            mappings.append((name, data))
            continue
        recipe, rules, found = read_site(data, name)
        problems += found
        if recipe.hosts:
            sites[recipe.name] = site = _Site(recipe, rules)
            for host in recipe.hosts:
                other = hosts.setdefault(host, site)
                if other is not site:
                    problems.append(_error(name, 1, "hote-en-double", f"« {host} » est aussi un hôte de « {other.recipe.name} »."))
    for name, data in sorted(mappings):
        for row in read_mappings(data, name, problems):
            host = row.old.partition("/")[0].partition("?")[0]
            site = hosts.get(host) or hosts.get(host.lower().partition(":")[0])
            if site is None:
                problems.append(_error(name, row.line, "hote-inconnu", f"Aucun site n’a l’hôte « {host} »."))
            else:
                site.decisions.append(row)
    return [_complete(sites[name], problems) for name in sorted(sites)], problems


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the lists of a folder or an archive, sites first, with names like `sites/dh.yml`."""
    if source.is_dir():
        for folder, end, most in (("sites", ".yml", MAX_SITE), ("mappings", ".csv", decision.MAX_BYTES)):
            for file in sorted((source / folder).glob(f"*{end}")):
                if file.stat().st_size > most:
                    raise SourceError(f"« {folder}/{file.name} » dépasse {most // 1024} Ko.")
                yield f"{folder}/{file.name}", file.read_bytes()
        return
    found, total = [], 0
    try:
        with tarfile.open(source, "r|*") as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                kind = (path.parent.name, path.suffix)
                if not member.isfile() or kind not in (("sites", ".yml"), ("mappings", ".csv")):
                    continue
                total += member.size
                if total > MAX_TOTAL or member.size > (MAX_SITE if path.suffix == ".yml" else decision.MAX_BYTES):
                    raise SourceError(f"« {member.name} » est trop gros pour une liste de redirections.")
                found.append((f"{path.parent.name}/{path.name}", archive.extractfile(member).read()))
    except (OSError, tarfile.TarError, EOFError) as error:
        raise SourceError(f"« {source.name} » ne se lit pas comme une archive tar ({error}).") from error
    yield from sorted(found, key=lambda one: (one[0].startswith("mappings/"), one[0]))


def _complete(site: _Site, problems: list[Problem]) -> OldSite:
    """The site with every parameter that its mappings use: what they name was a page of its own, whether or not its options say so."""
    declared = set(site.recipe.addresses.parameters)
    used = {pair.partition("=")[0].lower() for row in site.decisions if "?" in row.old for pair in row.old.partition("?")[2].split("&")}
    missing = sorted(name for name in used - declared if name)
    if missing:
        first = next(row for row in site.decisions if "?" in row.old and f"{missing[0]}=" in row.old.lower() + "=")
        problems.append(Problem(first.file, first.line, 1, WARNING, "parametre", f"Paramètres employés sans être déclarés par le site : {', '.join(missing[:20])}.",
                                "Ils sont ajoutés à ceux qui comptent."))
        parameters = tuple(sorted(declared | set(missing)))
        site.recipe = replace(site.recipe, addresses=replace(site.recipe.addresses, parameters=parameters))
    return OldSite(site.recipe, site.decisions)


def read_site(data: bytes, name: str) -> tuple[Recipe, list[Decision], list[Problem]]:
    """Read `sites/SITE.yml`: the recipe, the decision of its global rule (« host/* »), the problems."""
    stem = PurePosixPath(name).stem
    said = _yaml(data)
    if said is None:
        return Recipe(stem), [], [_error(name, 1, "yaml", "Ce fichier n’est pas une liste YAML de clés.")]
    problems: list[Problem] = []
    hosts: list[str] = []
    aliases = said.get("aliases")
    for host in [said.get("host"), *(aliases if isinstance(aliases, list) else [])]:
        host = str(host or "").strip().lower()
        if not _HOST.fullmatch(host):
            problems.append(_error(name, 1, "hote", f"« {host} » n’est pas un nom d’hôte."))
        elif host in hosts:
            problems.append(Problem(name, 1, 1, WARNING, "hote-en-double", f"« {host} » est nommé deux fois.", "Retirez-le une fois."))
        else:
            hosts.append(host)
    options = _QUERY.search(str(said.get("options") or ""))
    stamp = str(said.get("tna_timestamp") or "")
    recipe = Recipe(
        _NAME.sub("-", stem.lower()).strip("-"), title=str(said.get("homepage_title") or said.get("title") or ""), organism=str(said.get("whitehall_slug") or ""),
        hosts=tuple(hosts), lang="en", addresses=Addresses(parameters=tuple(options[1].lower().split(":")) if options else (), indexes=()),
        archive=ARCHIVE_URL.format(stamp=stamp) if stamp.isdigit() else "", closed=str(said.get("redirection_date") or ""))
    rules = []
    if hosts and (text := said.get("global")) is not None:
        rule = _GLOBAL.fullmatch(str(text))
        if rule is None or (rule[1] == "301") != bool(rule[2]):
            problems.append(_error(name, 1, "regle-globale", f"La règle « global: {text} » ne se lit pas."))
        else:
            target = (rule[2] or "").rstrip("/") + "/*" if said.get("global_redirect_append_path") is True and rule[2] else rule[2] or ""
            line = 1 + data[:data.find(b"\nglobal:") + 1].count(b"\n")
            rules.append(Decision(f"{hosts[0]}/*", _STATUSES[rule[1]], target, "règle globale du site", 1.0, file=name, line=line))
    return recipe, rules, problems


def _yaml(data: bytes) -> dict | None:
    try:
        # A few lines of aliases can stand for gigabytes; a list of hosts has none.
        if b"*" in data and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=yaml.CSafeLoader)):
            return None
        said = yaml.load(data, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def read_mappings(data: bytes, name: str, problems: list[Problem]) -> Iterator[Decision]:
    """Yield the decisions of `mappings/SITE.csv`, each with its line; what cannot be read is told in `problems`."""
    text = data.decode("utf-8-sig", "replace")
    lower = tuple(column.lower() for column in HEADER)
    if not text.strip():
        problems.append(Problem(name, 1, 1, WARNING, "fichier-vide", "Ce fichier est vide.", ""))
        return
    for line, values in decision.table(text, lower, lower[:3], name, problems):
        old, target, status, suggested, archived = values
        if status not in _STATUSES and (status := status.strip()) not in _STATUSES:
            problems.append(_error(name, line, "statut", f"Le statut « {status} » n’est pas accepté : 301, 410 ou 418."))
            continue
        choice = _STATUSES[status]
        if choice == REDIRECT and not target:
            problems.append(_error(name, line, "destination-absente", "Une redirection (301) n’a pas de destination."))
            continue
        reason = ""
        if suggested or archived:
            reason = " ; ".join(said + link for said, link in ((_SUGGESTED, suggested), (_ARCHIVED, archived)) if link)
        # A star is a star there; here, one at the end would stand for all below.
        old = old.strip().replace("*", "%2A")
        old = old[7:] if old.startswith("http://") else old.removeprefix("https://")
        yield Decision(old, choice, "" if choice == ARCHIVE else target.strip(), reason, 0.0 if choice == UNDECIDED else 1.0, file=name, line=line)


def export(decisions: Iterable[Decision], recipe: Recipe) -> bytes:
    """Return decisions in the columns of GOV.UK's mappings, sorted. Rules (« …/* ») have no place there and are left out: `export_site` says them."""
    rows = []
    for row in decisions:
        if row.old.endswith("/*"):
            continue
        links = dict.fromkeys((_SUGGESTED, _ARCHIVED), "")
        for part in row.reason.split(" ; "):
            for said in links:
                if part.startswith(said):
                    links[said] = part[len(said):]
        old = "http://" + (row.old if "/" in row.old else row.old + "/").replace("%2A", "*")
        rows.append((old, row.target, _STATUS_OF[row.decision], links[_SUGGESTED], links[_ARCHIVED]))
    rows.sort()
    width = 5 if any(row[4] for row in rows) else 4 if any(row[3] for row in rows) else 3
    lines = [",".join(HEADER[:width])]
    for row in rows:
        line = ",".join(map(_cell, row[:width]))
        lines.append(line.removesuffix(",") if width == 4 else line)  # As the lists have it.
    return ("\n".join(lines) + "\n").encode()


def export_site(recipe: Recipe, decisions: Iterable[Decision]) -> bytes:
    """Return `sites/SITE.yml` for a recipe: its hosts, its parameters, and its rule for all the rest if it has one."""
    said: dict[str, object] = {"site": recipe.name, "host": recipe.hosts[0]}
    if recipe.organism:
        said["whitehall_slug"] = recipe.organism
    if recipe.hosts[1:]:
        said["aliases"] = list(recipe.hosts[1:])
    if recipe.addresses.parameters:
        said["options"] = "--query-string " + ":".join(recipe.addresses.parameters)
    for row in decisions:
        if row.old.partition("/")[2] == "*" and row.decision != UNDECIDED:
            said["global"] = f"={_STATUS_OF[row.decision]} {row.target.removesuffix('*')}".rstrip()
            if row.target.endswith("/*"):
                said["global_redirect_append_path"] = True
    return yaml.safe_dump(said, explicit_start=True, sort_keys=False, allow_unicode=True).encode()


def recipe_text(recipe: Recipe) -> bytes:
    """Return `recette.yml` for a recipe that `load` gave."""
    said: dict[str, object] = {"nom": recipe.title or recipe.name, "organisme": recipe.organism, "hotes": list(recipe.hosts), "langue": recipe.lang, "archive": recipe.archive, "fermeture": recipe.closed}
    said = {key: value for key, value in said.items() if value}
    if recipe.addresses.parameters:
        said["adresses"] = {"parametres": list(recipe.addresses.parameters)}
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True).encode()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\n\r') else text


def _error(file: str, line: int, code: str, message: str) -> Problem:
    return Problem(file, line, 1, ERROR, code, message, "Corrigez cette ligne.")
