"""The engines that the benchmark compares: how each is installed, cleaned, run and told apart."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BENCH = Path(__file__).parent
REPOSITORY = BENCH.parent
PEERS = BENCH / "peers"


class InstallFailed(Exception):
    """A peer could not be installed; the message is what its installer wrote."""


def install(command: list[str], cwd: Path | None = None) -> None:
    """Run an installer, silent unless it fails. Raises InstallFailed."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise InstallFailed(f"{' '.join(command)}\n{done.stdout[-3000:]}")


class Contestant:
    """One engine. `largest`: the most pages that it is given; `daily`: whether edits are timed too, and not only cold builds."""

    name = ""
    title = ""
    layout = "fleuve"
    largest: int | None = None
    daily = False
    # Exit codes of a build that published its pages.
    accepted = (0,)

    def __init__(self, work: Path):
        self.work = work / self.name
        self.work.mkdir(parents=True, exist_ok=True)
        self.out = self.work / "out"
        self.cache = self.work / "cache"

    def install(self) -> None:
        """Install what the engine needs, unless it is there already."""

    def clear(self) -> None:
        """Put the output and the caches aside: the next build is cold. They are removed by `empty`, once all is timed and written down.

        For one to six minutes after files are removed, ext4 does not give their inodes to others, and goes through all of them for each
        new file (fs/ext4/ialloc.c, `recently_deleted`): one file took 600 µs where it takes 60.
        """
        aside = self.work / "aside"
        aside.mkdir(exist_ok=True)
        for folder in (self.out, self.cache):
            if folder.exists():
                folder.rename(aside / f"{folder.name}-{time.time_ns()}")

    def empty(self) -> None:
        """Remove all that the runs have left."""
        for folder in (self.work / "aside", self.out, self.cache):
            shutil.rmtree(folder, ignore_errors=True)

    def command(self, content: Path) -> list[str]:
        """Return the command that builds that folder of content into `self.out`."""
        raise NotImplementedError

    def cwd(self) -> Path:
        """Return the folder in which the command runs."""
        return self.work

    def env(self, content: Path) -> dict | None:
        """Return the environment of the command; None: the one of the benchmark."""
        return None

    def version(self) -> str:
        """Return the engine's version."""
        raise NotImplementedError

    def page(self, path: str) -> Path:
        """Return the file written for a page, named by its path in the layout `fleuve`."""
        stem = path[: -len("index.md")] if path.endswith("index.md") else path[: -len(".md")]
        return self.out / stem / "index.html"


class Fleuve(Contestant):
    """The engine of this repository, by its own command. Its site.yml without the JSON API, a second file for each page, nor the search: the same
    parts for all (bench/search.py measures the search)."""

    name = "fleuve"
    title = "Fleuve"
    daily = True
    search = False

    def install(self) -> None:
        text = (REPOSITORY / "site.yml").read_text("utf-8")
        text = text.replace("    api: true\n", "    api: false\n").replace("custom_dir: themes/", f"custom_dir: {REPOSITORY}/themes/")
        if not self.search:
            text = text.replace("  fleuve:\n", "  fleuve:\n    recherche: false\n", 1)
        (self.work / "contenu").mkdir(exist_ok=True)
        (self.work / "site.yml").write_text(text, "utf-8")

    def _options(self, content: Path) -> list[str]:
        return ["--config", str(self.work / "site.yml"), "--content", str(content), "--out", str(self.out), "--cache", str(self.cache)]

    def command(self, content: Path) -> list[str]:
        return [sys.executable, str(REPOSITORY / "build.py"), "build", *self._options(content), "--json"]

    def serve(self, content: Path, port: int) -> list[str]:
        """Return the command that serves that folder and reloads on a save."""
        return [sys.executable, str(REPOSITORY / "build.py"), "serve", *self._options(content), "--port", str(port)]

    def cwd(self) -> Path:
        return REPOSITORY

    def version(self) -> str:
        commit = subprocess.run(["git", "-C", REPOSITORY, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        return f"commit {commit}, Python {sys.version.split()[0]}"


class FleuveWithApi(Fleuve):
    """The same with site.yml as it is: a JSON file beside each page."""

    name = "fleuve-api"
    title = "Fleuve with its JSON API and search"
    daily = False

    def install(self) -> None:
        """Nothing: the repository's own configuration."""

    def _options(self, content: Path) -> list[str]:
        return ["--content", str(content), "--out", str(self.out), "--cache", str(self.cache)]


class PythonPeer(Contestant):
    """A peer that comes from PyPI, in an environment of the benchmark: that of bench/requirements.txt, or one of its own."""

    requirements = BENCH / "requirements.txt"
    environment = "venv"

    @property
    def _environment(self) -> Path:
        return self.work.parent / self.environment

    def install(self) -> None:
        stamp = self._environment / f"installed-{hashlib.sha256(self.requirements.read_bytes()).hexdigest()[:12]}"
        if stamp.exists():
            return
        shutil.rmtree(self._environment, ignore_errors=True)
        install([sys.executable, "-m", "venv", str(self._environment)])
        install([str(self._environment / "bin/pip"), "install", "--disable-pip-version-check", "-r", str(self.requirements)])
        stamp.touch()

    def _package_version(self, package: str) -> str:
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return subprocess.run([self._environment / "bin/python", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


class Hugo(PythonPeer):
    """Hugo, by its binary: the Python launcher of the package would add 0.1 s to each run."""

    name = "hugo"
    title = "Hugo"
    layout = "hugo"
    daily = True
    source = PEERS / "hugo"

    @property
    def _binary(self) -> Path:
        return next(self._environment.glob("lib/python3*/site-packages/hugo/binaries/hugo"))

    def command(self, content: Path) -> list[str]:
        return [str(self._binary), "--source", str(self.source), "--contentDir", str(content), "--destination", str(self.out),
                "--cacheDir", str(self.cache), "--noBuildLock", "--quiet"]

    def serve(self, content: Path, port: int) -> list[str]:
        """Return the command that serves that folder, pages in memory, and rebuilds on a save."""
        return [str(self._binary), "server", "--source", str(self.source), "--contentDir", str(content),
                "--cacheDir", str(self.cache), "--noBuildLock", "--renderToMemory", "--port", str(port)]

    def version(self) -> str:
        return self._package_version("hugo")


class MkDocs(PythonPeer):
    """MkDocs with a bare theme that writes the same parts."""

    name = "mkdocs"
    title = "MkDocs, same theme"
    largest = 10_000

    def command(self, content: Path) -> list[str]:
        return [str(self._environment / "bin/mkdocs"), "build", "--quiet", "--config-file", str(PEERS / self.name / "mkdocs.yml"),
                "--site-dir", str(self.out)]

    def env(self, content: Path) -> dict:
        return {**os.environ, "BENCH_CONTENT": str(content), "NO_MKDOCS_2_WARNING": "1"}

    def version(self) -> str:
        return self._package_version("mkdocs")


class Material(MkDocs):
    """Material for MkDocs, its own theme and its defaults."""

    name = "material"
    title = "MkDocs with Material"
    largest = 1_000

    def version(self) -> str:
        return f"{self._package_version('mkdocs-material')} on MkDocs {super().version()}"


class MaterialPruned(Material):
    """Material without search and with pruned navigation, its remedy for large sites."""

    name = "material-pruned"
    title = "MkDocs with Material, no search, pruned navigation"


class Eleventy(Contestant):
    """Eleventy with JavaScript layouts that write the same parts."""

    name = "eleventy"
    title = "Eleventy"
    largest = 10_000

    def install(self) -> None:
        sources = [file for file in (PEERS / "eleventy").iterdir() if file.is_file()]
        for file in sources:
            shutil.copy(file, self.work / file.name)
        stamp = self.work / f"installed-{hashlib.sha256((self.work / 'package-lock.json').read_bytes()).hexdigest()[:12]}"
        if not stamp.exists():
            install(["npm", "ci", "--no-audit", "--no-fund"], self.work)
            stamp.touch()

    def command(self, content: Path) -> list[str]:
        # Eleventy wants its input below its project.
        link = self.work / "content"
        link.unlink(missing_ok=True)
        link.symlink_to(content)
        return ["node", "node_modules/@11ty/eleventy/cmd.cjs", "--input=content", "--output=out", "--quiet"]

    def version(self) -> str:
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        package = (self.work / "node_modules/@11ty/eleventy/package.json").read_text()
        return package.split('"version": "')[1].split('"')[0] + f", Node {node}"


ALL = {contestant.name: contestant for contestant in (Fleuve, FleuveWithApi, Hugo, MkDocs, Material, MaterialPruned, Eleventy)}
