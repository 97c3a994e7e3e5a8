"""In `serve`: the pages that a save has changed are checked in a process of their own, while the browser shows them already."""

from __future__ import annotations

import multiprocessing
import signal
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
        # The pages as they are now, and not when the process will be ready: what is saved meanwhile counts as changed.
        process = _SPAWN.Process(target=_watch, args=(other, _pages(settings, db), *where), daemon=True)
        # Ctrl+C is for serve alone: blocked from the first instant of the process, which inherits the mask.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        other.close()
        threading.Thread(target=self._listen, daemon=True).start()

    def built(self) -> None:
        """The site was built again. Returns at once; saves that come while a check runs are looked at together, after it."""
        self._say(True)

    def close(self) -> None:
        """Its process ends, once a check that runs is done."""
        self._say(False)

    def _say(self, going: bool) -> None:
        try:
            self._line.send(going)
        except OSError:
            pass  # its process was stopped; pages are served all the same

    def _listen(self) -> None:
        try:
            while True:
                pages, found, fault = self._line.recv()
                self._tell(pages, [Finding(*values) for values in found], fault)
        except (EOFError, OSError):
            return


def _watch(line: Connection, shown: dict[str, str], config: str, content: str, out: str, db: str) -> None:
    """The process of the lookout: after each build, checks the pages that are not as they were shown."""
    end_with_parent()
    settings = settings_module.load(Path(config), Path(content), Path(out))
    while True:
        try:
            going = line.recv()
            while line.poll():
                going = line.recv() and going
        except EOFError:  # serve has ended
            return
        if not going:
            return
        try:
            pages = _pages(settings, Path(db))
            changed = {output for output, sha in pages.items() if shown.get(output) != sha}
            findings, fault, shown = _look(settings, Path(db), changed), "", pages
        except Exception as error:  # a page was removed, the cache made anew, a rule has a fault: the next save looks again
            changed, findings, fault = set(), [], explain(error) or repr(error)
        if changed or fault:
            line.send((len(changed), [astuple(finding) for finding in findings], fault))


def _pages(settings: Settings, db: Path) -> dict[str, str]:
    """{page: sha256} of the site as it is."""
    audit = Audit(settings, db, Executor(1))
    try:
        return {output: sha for output, (sha, _) in audit.pages().items()}
    finally:
        audit.close()


def _look(settings: Settings, db: Path, changed: set[str]) -> list[Finding]:
    """Findings on these pages that are not known."""
    audit = Audit(settings, db, Executor(1))
    try:
        return known.load(settings.content).judge(audit.run(only=changed).findings if changed else ()).new
    finally:
        audit.close()
