"""Open a published data package (an npm .tgz, or the folder it unpacks to) without trusting it.

A package comes from the network. Its names never choose where a file is written, and what it may cost is bounded:
number of files, size of each, size of all of them.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

# The largest sheet of 2020 has 2.6 MB of JSON and the package 405 MB; ten and five times that is a mistake or an attack.
FILE_MAX = 32 * 1024 * 1024
TOTAL_MAX = 2 * 1024 * 1024 * 1024
COUNT_MAX = 100_000


class ArchiveError(ValueError):
    """The source cannot be opened or is not what it should be; the message, in French, says why."""


@dataclass(frozen=True)
class Member:
    """One file of the package: its group (folder), its name without extension, and where it can be read."""

    group: str
    name: str
    path: Path


@dataclass(frozen=True)
class Rejected:
    """A file of the package that is not read, and why (in French)."""

    path: str
    reason: str


@contextmanager
def opened(source: Path, wanted: re.Pattern[str]) -> Iterator[tuple[list[Member], list[Rejected]]]:
    """Give the files of `source` whose path inside the package matches `wanted`, sorted, and those set aside.

    `wanted` has the groups « group » and « name »; it is matched against the path below the package's root. Files of the
    same folders that do not match are set aside with their reason. Raises ArchiveError.
    """
    if source.is_dir():
        root = source / "package" if (source / "package").is_dir() else source
        yield _sorted(_in_folder(root, wanted))
    elif source.is_file():
        with TemporaryDirectory(prefix="fleuve-") as folder:
            yield _sorted(_unpacked(source, Path(folder), wanted))
    else:
        raise ArchiveError(f"« {source} » n’existe pas : donnez le fichier .tgz du paquet ou son dossier.")


def read(path: Path) -> bytes:
    """Return the bytes of a member; raises ArchiveError when there are too many."""
    with path.open("rb") as stream:
        data = stream.read(FILE_MAX + 1)
    if len(data) > FILE_MAX:
        raise ArchiveError(f"fichier de plus de {FILE_MAX // 1024 // 1024} Mo")
    return data


def _sorted(found: Iterator[Member | Rejected]) -> tuple[list[Member], list[Rejected]]:
    members: dict[tuple[str, str], Member] = {}
    rejected = []
    for item in found:
        if isinstance(item, Rejected):
            rejected.append(item)
        elif (item.group, item.name) in members:
            rejected.append(Rejected(f"{item.group}/{item.name}", "deux fichiers du même nom dans le paquet"))
        else:
            members[item.group, item.name] = item
    if not members:
        raise ArchiveError("Le paquet ne contient aucune fiche : est-ce bien celui que vous vouliez convertir ?")
    return [members[key] for key in sorted(members)], sorted(rejected, key=lambda r: r.path)


def _in_folder(root: Path, wanted: re.Pattern[str]) -> Iterator[Member | Rejected]:
    count = 0
    for path in sorted(root.glob("data/*/*")):
        relative = path.relative_to(root).as_posix()
        count += 1
        if count > COUNT_MAX:
            raise ArchiveError(f"Le paquet a plus de {COUNT_MAX} fichiers : la conversion est refusée.")
        match = wanted.fullmatch(relative)
        if path.is_symlink() or not path.is_file():
            yield Rejected(relative, "ce n’est pas un fichier ordinaire")
        elif not match:
            yield Rejected(relative, "ce n’est pas une fiche (liste ou fichier annexe)")
        else:
            yield Member(match["group"], match["name"], path)


def _unpacked(source: Path, folder: Path, wanted: re.Pattern[str]) -> Iterator[Member | Rejected]:
    """Write the wanted members in `folder` under names of our own (a counter), never under theirs."""
    total = 0
    try:
        with tarfile.open(source, "r:*") as archive:
            for count, info in enumerate(archive):
                if count >= COUNT_MAX:
                    raise ArchiveError(f"Le paquet a plus de {COUNT_MAX} fichiers : la conversion est refusée.")
                relative = info.name.partition("/")[2]
                match = wanted.fullmatch(relative)
                if not match:
                    if relative.startswith("data/") and relative.count("/") == 2 and info.isfile():
                        yield Rejected(relative, "ce n’est pas une fiche (liste ou fichier annexe)")
                    continue
                if not info.isfile():
                    yield Rejected(relative, "ce n’est pas un fichier ordinaire")
                    continue
                if info.size > FILE_MAX:
                    yield Rejected(relative, f"fichier de plus de {FILE_MAX // 1024 // 1024} Mo")
                    continue
                total += info.size
                if total > TOTAL_MAX:
                    raise ArchiveError("Le paquet déplié dépasse 2 Go : la conversion est refusée.")
                path = folder / f"{count}.json"
                with archive.extractfile(info) as stream:
                    path.write_bytes(stream.read(FILE_MAX))
                yield Member(match["group"], match["name"], path)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise ArchiveError(f"« {source.name} » ne peut pas être lu : {error.strerror}.") from error
        raise ArchiveError(f"« {source.name} » n’est pas une archive lisible ou est incomplète.") from error
