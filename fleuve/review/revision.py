"""One git revision of the site, built and checked beside the working files, which it never touches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import orjson

from fleuve import cache, settings as settings_module
from fleuve.audit import known
from fleuve.audit.audit import Audit
from fleuve.audit.finding import Finding
from fleuve.audit.known import Known
from fleuve.build import Build
from fleuve.executor import Executor
from fleuve.git import commit_of, git
from fleuve.problem import Problem
from fleuve.redirect import Own, canonical, parse
from fleuve.settings import Settings, SettingsError


@dataclass(frozen=True)
class Document:
    """What a review needs of a document. url: « » when it has no page, or none now."""

    path: str
    digest: str
    type: str
    lang: str
    id: str
    title: str
    url: str
    output: str
    organisms: tuple[str, ...]


@dataclass
class Revision:
    """A revision as a citizen would see it. pages: {HTML file: sha256}."""

    name: str
    commit: str
    settings: Settings
    documents: dict[str, Document] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known: Known = field(default_factory=Known)

    @cached_property
    def _redirects(self) -> tuple[set[str], list[str]]:
        """Paths that this revision sends elsewhere or says are gone: one by one, and with all that is below them."""
        own = Own.of(self.settings.site_url)
        rows = []
        for file in sorted((self.settings.content / "_redirections").glob("*.csv")):
            rows += parse(file.read_bytes(), file.name, own)[0]
        here = [row for row in rows if row.place.host in ("", own.host)]
        return {row.place.path for row in here if not row.prefix}, [row.place.path + "/" for row in here if row.prefix]

    def answers(self, url: str, output: str) -> bool:
        """Whether an address still leads somewhere: to a page, or by a redirect."""
        exact, prefixes = self._redirects
        path = canonical("/" + url.removeprefix(self.settings.base))
        return output in self.pages or path in exact or any((path + "/").startswith(prefix) for prefix in prefixes)


def toplevel(folder: Path) -> Path:
    """The git repository of a folder. Raises SettingsError when there is none."""
    found = git(folder, "rev-parse", "--show-toplevel")
    if found is None:
        raise SettingsError(f"{folder} n’est pas dans un dépôt git : il n’y a pas de révisions à comparer.")
    return Path(found.strip())


def resolve(repository: Path, name: str) -> str:
    """The commit of a revision. Raises SettingsError when there is none."""
    found = commit_of(repository, name)
    if found is None:
        raise SettingsError(f"« {name} » n’est pas une révision git de {repository}. Indiquez une branche, une étiquette ou un commit.")
    return found


def extract(repository: Path, commit: str, folder: Path) -> None:
    """Bring a folder to the files of a commit. Only those that differ are written, so that the next build there is incremental."""
    folder.mkdir(parents=True, exist_ok=True)
    # An index and a folder of its own: the branch, the index and the files that people work on are left alone. The first command removes
    # what the commit does not have, the second puts back what a hand may have changed since.
    for command in (("read-tree", "--reset", "-u", commit), ("checkout-index", "--all", "--force", "--index", "--quiet")):
        if git(repository, f"--work-tree={folder}", *command, GIT_INDEX_FILE=str(folder.with_name(folder.name + ".index"))) is None:
            raise SettingsError(f"git n’a pas pu écrire les fichiers de {commit[:12]} dans {folder}. Supprimez ce dossier, puis relancez.")


def build(name: str, commit: str, source: Path, config: Path, content: Path | None, jobs: int | None, now: datetime, progress) -> Revision:
    """Build and check the files of a revision. config, content: relative to `source`. Raises what fleuve.refusal explains."""
    settings = settings_module.load(source / config, source / content if content else None, source.with_name(source.name + "-site"))
    executor = Executor(jobs)
    engine = Build(settings, source.with_name(source.name + "-memoire"), executor)
    try:
        report = engine.run(now, progress)
        audit = Audit(settings, engine.path, executor)
        try:
            revision = Revision(name, commit, settings, problems=report.problems, findings=audit.run(progress).findings, known=known.load(settings.content))
            revision.pages = {output: sha for output, (sha, _) in audit.pages().items()}
        finally:
            audit.close()
        revision.documents = _documents(engine.path)
    finally:
        executor.close()
        engine.close()
    return revision


def _documents(db: Path) -> dict[str, Document]:
    connection = cache.open_for_reading(db)
    rows = connection.execute("SELECT path, hash, type, lang, id, title, url, output, visible, meta FROM documents WHERE virtual=0 ORDER BY path").fetchall()
    connection.close()
    return {
        path: Document(path, digest.hex(), kind, lang, ident, title, (url or "") if visible else "", (output or "") if visible else "", tuple(orjson.loads(meta).get("organismes") or ()))
        for path, digest, kind, lang, ident, title, url, output, visible, meta in rows
    }
