"""What the tests share: a site in a temporary folder, built through the public command, and the order of the files.

`make test` spreads the files over processes (pytest-xdist, `--dist loadfile`): all tests of a file run in one process, one after the other, so
that what a module sets up is set up once. What several files look at is made once for all processes, by `made_once`.
"""

from __future__ import annotations

import fcntl
import base64
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fleuve.build import DEFAULT_CACHE
from fleuve.command import main
from fleuve.darkroom import STORE

ROOT = Path(__file__).resolve().parent.parent
NOW = "2026-06-15T12:00"
# One white pixel, the smallest PNG: what is no image is not shown.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==")

settings.register_profile("fleuve", deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.load_profile("fleuve")

# Minutes rather than seconds: begun first, so that no process is left alone with one at the end. Nothing else depends on the order.
LONGEST = ("test_accessibility", "test_browser", "test_incremental", "test_behaviour", "test_bad_input")

CONFIG = """\
site_name: Site d’essai
site_url: https://essai.exemple.quebec/
docs_dir: contenu
site_dir: public
exclude_docs: |
  /_*/
theme: {name: null, custom_dir: theme, locale: fr}
"""


@dataclass
class Result:
    """What a command gave: exit code, the JSON of --json (empty when there is none), and what it said on standard error."""

    code: int
    report: dict
    said: str

    def codes(self) -> set[str]:
        """The codes of all problems told."""
        return {problem["code"] for problem in self.problems()}

    def problems(self) -> list[dict]:
        """Errors, then warnings."""
        return self.report.get("errors", []) + self.report.get("warnings", [])


class Site:
    """A small site on disk: write documents, build, read what came out."""

    def __init__(self, root: Path, config: str = "", theme: bool = False) -> None:
        self.root = root
        self.content = root / "contenu"
        self.content.mkdir(parents=True, exist_ok=True)
        self.out = root / "public"
        self.cache = root / "memoire"
        pipeline = (ROOT / "site.yml").read_text("utf-8")
        text = CONFIG + pipeline[pipeline.index("# The pipeline") :]
        if theme:
            shutil.copytree(ROOT / "themes" / "fleuve", root / "theme")
        else:
            text = text.replace("custom_dir: theme,", f"custom_dir: {ROOT / 'themes' / 'fleuve'},")
        self.config = root / "site.yml"
        self.config.write_text(text + config, "utf-8")

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the content; a text without front matter gets a title."""
        file = self.content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            file.write_bytes(text)
            return file
        if path.endswith(".md") and not text.startswith("---") and not path.startswith("_fragments"):
            text = f"---\ntitle: {file.stem.capitalize()}\n---\n{text}"
        file.write_text(text, "utf-8")
        return file

    def build(self, *options: str, now: str = NOW, out: Path | None = None, cache: Path | None = None) -> Result:
        """Run `build.py build --json` in this process."""
        return run("build", "--config", str(self.config), "--out", str(out or self.out), "--cache", str(cache or self.cache), "--now", now, "--json", *options)

    def clean_build(self, *options: str, now: str = NOW) -> dict[str, str]:
        """The tree that a build from nothing gives."""
        folder = self.root / "net"
        shutil.rmtree(folder, ignore_errors=True)
        self.build(*options, now=now, out=folder / "public", cache=folder / "memoire")
        return tree(folder / "public")

    def read(self, path: str) -> str:
        """Text of a file of the built site."""
        return (self.out / path).read_text("utf-8")

    def tree(self) -> dict[str, str]:
        """Every file of the built site and the hash of its bytes."""
        return tree(self.out)


def run(*arguments: str) -> Result:
    """Run build.py in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = stop.code
    text = out.getvalue()
    return Result(code, json.loads(text) if text.startswith("{") else {}, err.getvalue())


def tree(folder: Path) -> dict[str, str]:
    """{path: sha256} of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they were."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: a gzip header holds the second in which it was made, and processes that name a test otherwise refuse to share it."""
    return argname if isinstance(val, bytes) else None


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that all processes of this run share: `make` fills it in the first that asks, while the others wait. Nobody changes it afterwards."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with open(f"{folder}.verrou", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".partiel")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder


def cache_with_images(folder: Path) -> Path:
    """A new cache for the sample in which its images are developed already, if `make check`, MkDocs or another test has: that is most of a build."""
    store = ROOT / DEFAULT_CACHE / STORE
    store.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True)
    (folder / STORE).symlink_to(store)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty site."""
    return Site(tmp_path)
