"""`build.py migrate`: sources of old content, each converted into a folder of Markdown."""

from __future__ import annotations

import argparse
import json
import sys

from fleuve.progress import Progress
from fleuve.settings import SettingsError


def run(options: argparse.Namespace) -> int:
    """Run a command of `migrate`. Returns the exit code: 0 done, 1 something is for people to mend, which is told."""
    from migration import one_page

    return {"fiches": _fiches, "page": one_page.run, "site": _site, "crawl": _crawl, "close": _close, "import": _import, "export": _export}[options.source](options)


def _opened(options: argparse.Namespace, tick=None):
    """The migration that the options ask for; its executor is to be closed."""
    from fleuve import settings as settings_module
    from fleuve.executor import Executor
    from fleuve.instant import parse_now
    from migration.site import Migration

    try:
        today = parse_now(options.now).date()
    except ValueError as error:
        raise SettingsError(f"--now : {error}") from None
    settings = settings_module.load(options.config, options.content)
    migration = Migration(settings, options.work or settings.config.parent / ".fleuve" / "migration", Executor(options.jobs, options.executor), today, tick)
    unknown = [name for name in getattr(options, "names", None) or () if name not in migration.recipes]
    if unknown:
        known = ", ".join(sorted(migration.recipes)) or "aucun"
        told = "".join(f"\n{problem}" for problem in migration.outcome.problems)
        raise SettingsError(f"Site inconnu, ou recette à corriger : {', '.join(unknown)}. Les sites de {settings.content}/_migration/ sont : {known}.{told}")
    return migration


def _site(options: argparse.Namespace) -> int:
    from migration.site import dumped

    with Progress(quiet=options.json) as progress:
        migration = _opened(options, progress)
        if not migration.recipes and not migration.outcome.problems:
            raise SettingsError(f"Aucun ancien site dans {migration.content}/_migration/ : écrivez-y SITE/recette.yml (docs/guide/migrer-un-site.md).")
        try:
            outcome = migration.run(options.names, options.report, options.servers)
        finally:
            migration.executor.close()
    if options.json:
        print(dumped(outcome))
    else:
        _tell(outcome, options)
    return 1 if outcome.failed else 0


def _tell(outcome, options: argparse.Namespace) -> None:
    """What was done, for people: problems, then a line a site, then where to look."""
    from fleuve.typography import counted, space

    for problem in outcome.problems:
        print(space(f"{problem.severity} : {problem}"))
    for name, errors in sorted(outcome.errors.items()):
        for error in errors:
            print(space(f"erreur : {name} : {error}"))
    for name, one in sorted(outcome.settled.items()):
        for conflict in (*one.conflicts, *one.page_conflicts):
            shown = getattr(conflict, "shown", None)
            print(space(f"conflit : {getattr(conflict, 'path', '') or conflict.old} : {getattr(conflict, 'reason', '') or conflict.why}{f' Les deux versions : {shown}' if shown else ''}"))
        covered = outcome.coverages.get(name)
        if one.held:
            print(space(f"{name} : rien n’est livré tant que decisions.csv a des erreurs."))
            continue
        print(space(f"{name} : {counted(covered.pages, 'page')}, {one.written} écrites, {one.same} inchangées, {one.kept} gardées telles que modifiées ici ; {one.decided['a-decider']} adresses à décider ; "
                    f"{covered.by_pages * 100:.0f} % des pages et {covered.by_hits * 100:.0f} % des demandes sont décidées."))
    if options.report:
        print(space(f"Rapport : {options.report / 'index.html'}"))


def _crawl(options: argparse.Namespace) -> int:
    from fleuve.typography import space
    from migration.sources import live

    migration = _opened(options)
    (name,) = options.names
    recipe = migration.recipes[name]
    urls = [source for source in recipe.sources if source.startswith(("http://", "https://"))] or [f"https://{recipe.hosts[0]}/"]
    done = live.crawl(recipe, recipe.folder / f"{name}.warc.gz", urls, contact=options.contact or "")
    print(space(f"{done.answers} réponses dans {recipe.folder / f'{name}.warc.gz'}" + ("." if done.finished else f" ; {done.left} adresses restent : relancez la commande, elle reprend.")))
    return 0 if done.finished else 1


def _close(options: argparse.Namespace) -> int:
    from fleuve.typography import space
    from migration import coverage

    migration = _opened(options)
    (name,) = options.names
    try:
        found = migration.close(name)
    except coverage.NotClosable as error:
        print(space(str(error)))
        return 1
    print(space(coverage.explain(found)))
    return 0


def _import(options: argparse.Namespace) -> int:
    """Mappings of GOV.UK's transition become recipes and decisions."""
    from fleuve.typography import space
    from migration import decision, transition

    sites, problems = transition.load(options.lists)
    for problem in problems:
        print(space(f"{problem.severity} : {problem}"))
    for site in sites:
        decision.write(options.content / "_migration" / site.recipe.name / decision.FILE, site.decisions)
        decision.put(options.content / "_migration" / site.recipe.name / "recette.yml", transition.recipe_text(site.recipe))
    print(space(f"{len(sites)} sites et {sum(len(site.decisions) for site in sites)} décisions dans {options.content / '_migration'}."))
    return 1 if any(problem.is_error for problem in problems) else 0


def _export(options: argparse.Namespace) -> int:
    """Decisions become mappings of GOV.UK's transition."""
    from fleuve.typography import space
    from migration import decision, redirects, transition

    sites, problems = redirects.load(options.content)
    for problem in problems:
        print(space(f"{problem.severity} : {problem}"))
    for site in sites:
        decision.put(options.lists / "mappings" / f"{site.recipe.name}.csv", transition.export(site.decisions, site.recipe))
        decision.put(options.lists / "sites" / f"{site.recipe.name}.yml", transition.export_site(site.recipe, site.decisions))
    print(space(f"{len(sites)} sites dans {options.lists}."))
    return 1 if any(problem.is_error for problem in problems) else 0


def _fiches(options: argparse.Namespace) -> int:
    import os

    if bool(options.base) != bool(options.site):
        raise SettingsError("--base et --site vont ensemble : le contenu auquel joindre les fiches, et le dossier neuf où les réunir.")

    from migration.sources.fiches_vdd import SourceError, convert

    try:
        with Progress(quiet=options.json) as progress:
            report = convert(options.package, options.out, options.jobs or os.cpu_count() or 1, progress)
    except SourceError as error:
        raise SettingsError(str(error)) from None
    if options.report:
        report.write(options.report)
    if options.json:
        json.dump(report.data(each=False), sys.stdout, ensure_ascii=False)
        print()
    else:
        print(report.summary())
    if options.site:
        _lay(options)
    return 1 if report.failed else 0


def _lay(options: argparse.Namespace) -> None:
    """Make one content folder of the site's own and the converted one; what both have is told, on standard error with --json."""
    from migration.overlay import lay

    out = sys.stderr if options.json else sys.stdout
    try:
        done = lay(options.base, options.out, options.site)
    except FileExistsError as error:
        raise SettingsError(str(error)) from None
    for path in done.kept:
        print(f"{path} : les deux dossiers l’ont ; celui de {options.base} est gardé.", file=out)
    for acronym in done.acronyms:
        print(f"_glossaire : {acronym} est défini deux fois ; la définition de {options.base} est gardée.", file=out)
    print(f"{done.base} fichiers de {options.base} et {done.laid} de {options.out} sont dans {options.site}.", file=out)
