"""`build.py migrate page`: one page by hand, or a folder of them, as an analyst tries a recipe."""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import orjson

from fleuve.executor import Executor
from fleuve.settings import SettingsError
from fleuve.typography import space
from migration.record import PAGE_MAX, Record

# Files a task: enough for the cost of a task to vanish, few enough for lines to come as they are made.
BATCH = 16
SUFFIXES = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")


def run(options: argparse.Namespace) -> int:
    """Print the page, or one line of JSON for each file of --batch. Returns 0, or 1 when a file could not be read."""
    if bool(options.file) == bool(options.batch):
        raise SettingsError("Donnez un fichier HTML, ou un dossier avec --batch (l’un des deux).")
    recipe = _recipe(options.recipe)
    if options.batch:
        return _print_batch(options.batch, recipe, options.jobs or os.cpu_count() or 1)
    found = page(options.file, options.url or "", recipe)
    if "error" in found:
        raise SettingsError(found["error"])
    if options.json:
        sys.stdout.write(orjson.dumps(found).decode() + "\n")
    else:
        sys.stdout.write(_readable(found))
    return 0


def page(file: Path, url: str = "", recipe: str | None = None) -> dict[str, object]:
    """Convert a file (.html, or .html.gz); return what `--json` prints: `error`, in French, when it cannot be read."""
    from migration.page import make

    try:
        body = read(file)
    except (OSError, EOFError, zlib.error) as error:
        return {"file": file.name, "error": space(f"{file} : illisible ({getattr(error, 'strerror', None) or 'archive endommagée'}).")}
    except ValueError as error:
        return {"file": file.name, "error": space(f"{file} : {error}")}
    return {"file": file.name, **make(Record(url, body=body), recipe=_loaded(recipe)).to_json()}


def read(file: Path) -> bytes:
    """Return the bytes of a page, unpacked if its name ends in .gz; raises OSError, EOFError, zlib.error, or ValueError above PAGE_MAX."""
    with gzip.open(file) if file.name.endswith(".gz") else file.open("rb") as stream:
        body = stream.read(PAGE_MAX + 1)
    if len(body) > PAGE_MAX:
        raise ValueError(f"plus de {PAGE_MAX // 1024 // 1024} Mo : ce n’est pas une page.")
    return body


def files(folder: Path) -> Iterator[Path]:
    """Give the pages of a folder, by name."""
    for file in sorted(folder.iterdir()):
        if file.name.lower().endswith(SUFFIXES) and file.is_file():
            yield file


def _print_batch(folder: Path, recipe: str | None, jobs: int) -> int:
    if not folder.is_dir():
        raise SettingsError(f"« {folder} » n’est pas un dossier : --batch en prend un, qui tient des fichiers .html ou .html.gz.")
    every = list(files(folder))
    if not every:
        raise SettingsError(f"Aucun fichier .html ni .html.gz dans « {folder} ».")
    failed = False
    for lines, wrong in _in_order(every, recipe, jobs):
        sys.stdout.write(lines)
        failed = failed or wrong
    return 1 if failed else 0


def _in_order(every: list[Path], recipe: str | None, jobs: int) -> Iterator[tuple[str, bool]]:
    """Lines of the files in their order, whichever process makes them; what waits for its turn is bounded by how far ahead tasks are given."""
    batches = [every[start : start + BATCH] for start in range(0, len(every), BATCH)]
    executor = Executor(jobs)
    waiting: dict[int, tuple[str, bool]] = {}
    turn = 0
    try:
        for number, lines, wrong in executor.map(_lines, ((number, batch, recipe) for number, batch in enumerate(batches)), len(batches), few=1):
            waiting[number] = lines, wrong
            while turn in waiting:
                yield waiting.pop(turn)
                turn += 1
    finally:
        executor.close()


def _lines(number: int, batch: list[Path], recipe: str | None) -> tuple[int, str, bool]:
    made = [page(file, "", recipe) for file in batch]
    return number, "".join(orjson.dumps(one).decode() + "\n" for one in made), any("error" in one for one in made)


_recipes: dict[str, object] = {}


def _loaded(recipe: str | None):
    """The recipe of a file, read once a process."""
    from migration import recipe as recipes

    if recipe is None:
        return None
    if recipe not in _recipes:
        _recipes[recipe] = recipes.load(Path(recipe))[0]
    return _recipes[recipe]


def _recipe(file: Path | None) -> str | None:
    from migration import recipe as recipes

    if file is None:
        return None
    problems = recipes.load(file)[1]
    if problems:
        raise SettingsError("La recette a des erreurs :\n" + "\n".join(str(problem) for problem in problems))
    return str(file)


def _readable(found: dict) -> str:
    """The page as a person reads it in a terminal: what is known of it, then its Markdown."""
    dates = found["dates"]
    lines = [
        ("Titre", found["title"]), ("Description", found["description"]), ("Publication", dates["published"]), ("Mise à jour", dates["modified"]),
        ("Langue", found["language"]), ("Fil d’Ariane", " › ".join(found["breadcrumb"])), ("Confiance", f"{found['confidence'] * 100:.0f} % ({found['method']})".replace(".", ",")),
        *(("À vérifier", remark) for remark in found["remarks"]), *(("Perte", loss) for loss in found["losses"]), *(("Formulaire", form) for form in found["forms"]),
    ]
    return space("".join(f"{name} : {value}\n" for name, value in lines if value)) + "\n" + found["markdown"].rstrip() + "\n"
