"""The eight old sites as a migration receives them: archives, access logs, exports, recipes; and what is true of their pages.

    from legacy import fixture
    archives = fixture.archives(folder)
    fixture.write_recipes(content, archives)
    known = fixture.truth("regie-sante")
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from legacy import access_log
from legacy.crawl import crawl
from legacy.server import serving
from legacy.site import Known, Site
from legacy.sites import sites

ARCHIVE = "https://archive.exemple.quebec/{url}"
CLOSED = "2013-04-01"


def archives(folder: Path) -> dict[str, Path]:
    """Generate the sites, serve them, crawl them with wget; give the archive of each by its name.

    `folder` gets SITE.warc.gz, SITE.log (access log), and SITE.xml or SITE.json (export) for those that have one. Archives of the same pages that
    are already there are kept. Raises legacy.crawl.NotCrawled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    built = sites()
    missing = []
    for name, site in built.items():
        (folder / f"{name}.log").write_bytes(access_log.log(site))
        for export, body in site.exports.items():
            (folder / f"{name}{Path(export).suffix}").write_bytes(body)
        if not _archive(folder, name).is_file() or _read(_stamp(folder, name)) != fingerprint(site):
            missing.append(site)
    if missing:
        with serving(built) as port, ThreadPoolExecutor(len(missing)) as threads:
            list(threads.map(lambda site: _crawl(folder, site, port), missing))
    return {name: _archive(folder, name) for name in built}


def _crawl(folder: Path, site: Site, port: int) -> None:
    crawl(site.spec.host, port, _archive(folder, site.spec.name))
    _stamp(folder, site.spec.name).write_text(fingerprint(site) + "\n", encoding="ascii")


def _archive(folder: Path, name: str) -> Path:
    return folder / f"{name}.warc.gz"


def _stamp(folder: Path, name: str) -> Path:
    return folder / f"{name}.sha256"


def _read(file: Path) -> str:
    return file.read_text(encoding="ascii").strip() if file.is_file() else ""


def fingerprint(site: Site) -> str:
    """A hash of all that a site answers."""
    digest = hashlib.sha256()
    for target, answer in site.answers.items():
        digest.update(f"{target}\0{answer.status}\0{answer.kind}\0{answer.location}\0{len(answer.body)}\0".encode())
        digest.update(answer.body)
    return digest.hexdigest()


def truth(site: str) -> dict[str, Known]:
    """What is known of the pages of a site, by the URL that names each."""
    return sites()[site].known


def variants(site: str) -> dict[str, str]:
    """Other URLs of the known pages (redirects, prints, sessions, capitals), with the URL that names each page."""
    return sites()[site].variants


def hits(site: str) -> dict[str, int]:
    """The requests of people in a site’s access log, by URL."""
    return access_log.hits(sites()[site])


def exports(folder: Path) -> dict[str, Path]:
    """The exports that `archives` wrote, by the name of their site."""
    return {name: folder / f"{name}{Path(export).suffix}" for name, site in sites().items() for export in site.exports}


def write_recipes(content: Path, archives: Mapping[str, Path]) -> None:
    """Write contenu/_migration/SITE/recette.yml for each archive: its sources are the archive and the log beside it, from the recipe’s folder."""
    for name, archive in archives.items():
        folder = content / "_migration" / name
        folder.mkdir(parents=True, exist_ok=True)
        sources = [os.path.relpath(file, folder) for file in (archive, archive.parent / f"{name}.log")]
        (folder / "recette.yml").write_text(_recipe(sites()[name], sources), encoding="utf-8")


def _recipe(site: Site, sources: list[str]) -> str:
    spec = site.spec
    lines = [f"nom: {spec.title}", f"organisme: {spec.organism}", f"hotes: [{spec.host}]", "sources:", *(f'  - "{source}"' for source in sources), "langue: fr"]
    if spec.select:
        lines += ["extraire:", *(f'  {key}: "{selector}"' for key, selector in spec.select.items())]
    if spec.parameters:
        lines += ["adresses:", f"  parametres: [{', '.join(spec.parameters)}]", f"  casse: {'respecter' if spec.case else 'ignorer'}"]
    return "\n".join([*lines, f'archive: "{ARCHIVE}"', f'fermeture: "{CLOSED}"', ""])
