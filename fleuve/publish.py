"""Writing the site: only what has changed, each file whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleuve.refusal import BUSY
from fleuve.settings import SettingsError

# Beside the files, not among the pages: what a killed build leaves half-written here is swept by the next one.
WORKSHOP = ".fleuve-en-cours"
STAMP = ".fleuve"
# Seconds that a build waits for another one of the same site to end.
PATIENCE = 10


def digest(data: bytes) -> str:
    """The hash by which the manifest knows the bytes of a file (SHA-256, hexadecimal)."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def sole_writer(out: Path) -> Iterator[None]:
    """Hold the output folder: only one build at a time writes there. The system lets go of it when a build dies.

    Waits for another build PATIENCE seconds, then raises SettingsError. Raises OSError when the folder cannot be made.
    """
    out.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(out, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        # Processes that this build has started share the descriptor: closing it here would not be enough.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise SettingsError(BUSY) from None
            time.sleep(0.05)


class Publisher:
    """Writes files into the output folder.

    A file whose bytes are the ones the manifest knows is left alone; another is written beside and renamed into place, so that
    a reader sees the old or the new one, never a part. first: into a folder that was empty, whose site nobody can be reading yet, files are
    written where they go.
    """

    def __init__(self, out: Path, first: bool = False) -> None:
        self.out = str(out)
        self.first = first
        self.outputs: dict[str, str] = {}
        self.written = 0
        self._known: dict[str, str] = {}
        self._folders: set[str] = set()
        # A folder for each process: in one for all, they wait for one another at each file (12 µs of 50).
        self._draft = os.path.join(self.out, WORKSHOP, f"{platform.node()}-{os.getpid()}", "brouillon")

    def begin(self, known: dict[str, str]) -> None:
        """Start a shard or a stage. known: {path: sha256} of what it wrote last time, as far as it can be trusted."""
        self.outputs = {}
        self.written = 0
        self._known = known

    def write(self, path: str, data: bytes) -> None:
        """Put a file into the site. Raises OSError (disk full, read-only folder)."""
        sha = digest(data)
        self.outputs[path] = sha
        if self._known.get(path) == sha:
            return
        target = f"{self.out}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in self._folders:
            try:
                os.mkdir(folder)
            except OSError:  # it exists, or so does not what is above it
                os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        try:
            self._put(data, target)
        except FileNotFoundError:  # another build, or a hand, removed the folder meanwhile
            os.makedirs(os.path.dirname(self._draft), exist_ok=True)
            os.makedirs(folder, exist_ok=True)
            self._put(data, target)
        self.written += 1

    def copy(self, path: str, source: Path) -> None:
        """Put a file of any size into the site as it is. Raises OSError."""
        target = f"{self.out}/{path}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.makedirs(os.path.dirname(self._draft), exist_ok=True)
        total = hashlib.sha256()
        with open(str(source), "rb") as original, open(self._draft, "wb") as draft:
            while block := original.read(1 << 20):
                total.update(block)
                draft.write(block)
        sha = self.outputs[path] = total.hexdigest()
        if self._known.get(path) == sha:  # another time, the same bytes
            os.unlink(self._draft)
            return
        os.replace(self._draft, target)
        self.written += 1

    def _put(self, data: bytes, target: str) -> None:
        if self.first and self._put_at_once(data, target):
            return
        _fill(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), data)
        os.replace(self._draft, target)

    def _put_at_once(self, data: bytes, target: str) -> bool:
        """Write a file that is not there yet; False when it is. Nothing is left of one that could not be written whole."""
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return False
        try:
            _fill(descriptor, data)
        except BaseException:
            os.unlink(target)
            raise
        return True


def _fill(descriptor: int, data: bytes) -> None:
    """Write all of the data into an open file, and close it."""
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)


def close_workshop(out: Path) -> None:
    """All files are in place: remove the folder of drafts. Raises OSError."""
    shutil.rmtree(out / WORKSHOP)


def remove(out: Path, paths) -> int:
    """Remove files that the site no longer has, and the folders that this leaves empty. Returns how many."""
    count = 0
    folders = set()
    for path in paths:
        try:
            os.unlink(out / path)
            count += 1
        except FileNotFoundError:
            pass
        folders.add((out / path).parent)
    for folder in sorted(folders, key=lambda f: len(f.parts), reverse=True):
        while folder != out and out in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                break
            folder = folder.parent
    return count


def sweep(out: Path, expected: set[str]) -> int:
    """After a build that died: remove every file of the output folder that the manifest does not name. Returns how many."""
    stray = []
    for here, folders, names in os.walk(out):
        if WORKSHOP in folders:
            folders.remove(WORKSHOP)
        prefix = os.path.relpath(here, out)
        for name in names:
            path = name if prefix == "." else f"{prefix}/{name}".replace(os.sep, "/")
            if path not in expected and path != STAMP:
                stray.append(path)
    return remove(out, stray)
