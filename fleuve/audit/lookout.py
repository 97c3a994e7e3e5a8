"""In `serve`: the pages that a save has changed are checked in a process of their own, while the browser shows them already."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import astuple
from multiprocessing.connection import Connection
from pathlib import Path

from fleuve import settings as settings_module
from fleuve.audit import known
from fleuve.audit.audit import Audit
from fleuve.audit.finding import Finding
from fleuve.executor import Executor, end_with_parent
from fleuve.refusal import explain
from fleuve.settings import Settings

# spawn: a process that is forked while threads of the server run may inherit a lock that nobody will release.
_SPAWN = multiprocessing.get_context("spawn")


class Lookout:
    """Checks behind the builds of `serve`. tell(pages, findings, fault): called from a thread of its own when pages have been checked:
    how many, what is wrong with them that is not known, and a sentence when the check could not be done."""

    def __init__(self, settings: Settings, db: Path, tell: Callable[[int, list[Finding], str], None]) -> None:
        self._tell = tell
        self._line, other = _SPAWN.Pipe()
        where = tuple(map(str, (settings.config, settings.content, settings.out, db)))
        _SPAWN.Process(target=_watch, args=(other, *where), daemon=True).start()
        other.close()
        threading.Thread(target=self._listen, daemon=True).start()

    def built(self) -> None:
        """The site was built again. Returns at once; saves that come while a check runs are looked at together, after it."""
        try:
            self._line.send(None)
        except OSError:
            pass  # its process was stopped; pages are served all the same

    def _listen(self) -> None:
        try:
            while True:
                pages, found, fault = self._line.recv()
                self._tell(pages, [Finding(*values) for values in found], fault)
        except (EOFError, OSError):
            return


def _watch(line: Connection, config: str, content: str, out: str, db: str) -> None:
    """The process of the lookout: remembers the pages as they are, then checks those that each build changes."""
    end_with_parent()
    settings = settings_module.load(Path(config), Path(content), Path(out))
    shown: dict[str, str] | None = None
    while True:
        try:
            shown, pages, findings = _look(settings, Path(db), shown)
            fault = ""
        except Exception as error:  # a page was removed, the cache made anew, a rule has a fault: the next save looks again
            pages, findings, fault = 0, [], explain(error) or repr(error)
        if pages or fault:
            line.send((pages, [astuple(finding) for finding in findings], fault))
        line.recv()
        while line.poll():
            line.recv()


def _look(settings: Settings, db: Path, shown: dict[str, str] | None) -> tuple[dict[str, str], int, list[Finding]]:
    """(pages as they are now, how many are not as `shown`, findings on these that are not known)."""
    audit = Audit(settings, db, Executor(1))
    try:
        pages = {output: sha for output, (sha, _) in audit.pages().items()}
        changed = {output for output, sha in pages.items() if shown is not None and shown.get(output) != sha}
        findings = audit.run(only=changed).findings if changed else []
    finally:
        audit.close()
    return pages, len(changed), known.load(settings.content).judge(findings).new
