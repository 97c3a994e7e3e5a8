"""Checks one page or every page of a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from fleuve.audit.finding import TO_VERIFY, Finding
from fleuve.audit.html_page import HtmlPage
from fleuve.audit.rule import Rule
from fleuve.audit.rules import all_rules

SUFFIXES = (".html", ".htm", ".xhtml")
# A page of more than 20 MB is no page that a person reads; the parser needs about fifteen times its size in memory.
MAX_BYTES = 20_000_000
# Of one rule on one page: nobody reads more, and a page made to weary the checker does not.
MAX_FINDINGS = 500
_LOT = 64


class UncheckedFile(Rule):
    """Not a rule of accessibility: says which files were not looked at, so that nobody believes they were."""

    id = "page-non-verifiee"
    certainty = TO_VERIFY
    title = "Page qui n’a pas pu être vérifiée"

    def refuse(self, file: str, message: str, remedy: str) -> Finding:
        """The finding that names a file and why it was not looked at."""
        return self.finding(HtmlPage("", file), None, message, remedy)


def check_page(html: bytes | str, file: str) -> list[Finding]:
    """Return what the rules find on one page, at most MAX_FINDINGS of each, sorted by line. `file` is what findings quote.

    Never raises for what the page holds.
    """
    if len(html) > MAX_BYTES:
        return [UncheckedFile().refuse(file, f"Ce fichier dépasse {MAX_BYTES // 1_000_000} Mo : il n’a pas été vérifié.", "Divisez-le en plusieurs pages.")]
    page = HtmlPage(html, file)
    return sorted(finding for rule in all_rules() for finding in islice(rule.check(page), MAX_FINDINGS))


def html_files(folder: Path) -> list[str]:
    """Every *.html, *.htm and *.xhtml file below `folder`, as paths relative to it, sorted; links that leave the folder are not followed."""
    root = folder.resolve()
    found = []
    for directory, folders, files in os.walk(root):
        folders.sort()
        for name in files:
            path = Path(directory, name)
            if name.lower().endswith(SUFFIXES) and (not path.is_symlink() or path.resolve().is_relative_to(root)):
                found.append(path.relative_to(root).as_posix())
    return sorted(found)


def check_folder(folder: Path, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> Iterator[Finding]:
    """Yield the findings of every page of `folder`, file by file in the order of their paths, whatever `jobs` is.

    `progress(done, total)` is called as files are done. Raises NotADirectoryError when `folder` is none.
    """
    if not folder.is_dir():
        raise NotADirectoryError(str(folder))
    yield from check_files(folder, html_files(folder), jobs, progress)


def check_files(folder: Path, files: list[str], jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> Iterator[Finding]:
    """The same for these files of `folder`, as `html_files` gives them."""
    lots = [(str(folder), files[start:start + _LOT]) for start in range(0, len(files), _LOT)]
    done = 0
    for (_, names), findings in zip(lots, _results(lots, jobs), strict=True):
        done += len(names)
        if progress:
            progress(done, len(files))
        yield from findings


def _results(lots: list, jobs: int) -> Iterator[list[Finding]]:
    if jobs <= 1 or len(lots) < 2:
        yield from map(_check_lot, lots)
        return
    with ProcessPoolExecutor(max_workers=min(jobs, len(lots))) as pool:
        yield from pool.map(_check_lot, lots)


def _check_lot(lot: tuple[str, list[str]]) -> list[Finding]:
    folder, files = lot
    return [finding for file in files for finding in _check_file(os.path.join(folder, file), file)]


def _check_file(path: str, file: str) -> list[Finding]:
    try:
        with open(path, "rb") as stream:
            html = stream.read(min(os.fstat(stream.fileno()).st_size, MAX_BYTES) + 1)  # memory for 20 MB takes longer than most files
    except OSError as error:
        return [UncheckedFile().refuse(file, f"Ce fichier n’a pas pu être lu ({error.strerror}) : il n’a pas été vérifié.", "Vérifiez ses droits de lecture.")]
    return check_page(html, file)
