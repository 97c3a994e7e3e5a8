"""Pages and files put in the content folder. What a person has changed there is never overwritten: both versions are shown."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from migration.decision import put
from migration.dialect import front_matter, trim

TITLE_MAX, DESCRIPTION_MAX = 200, 400  # fleuve/types/_commun.yml


def document(data: dict, body: str, *, organism: str = "", lang: str = "", kind: str = "") -> str:
    """Return the text of a document: its front matter, from a page as `migrate page --json` prints it, and its Markdown.

    `lang` is written when the name of the file does not say it; `kind` when it is not a plain page.
    """
    dates = data["dates"]
    published, modified = dates["published"][:10], dates["modified"][:10]
    values = {
        "type": kind, "title": cut(data["title"], TITLE_MAX), "description": cut(data["description"], DESCRIPTION_MAX), "organismes": [organism] if organism else [], "tags": data.get("tags", []),
        "lang": lang, "date": published or modified if kind else published, "mise_a_jour": modified if modified > published else "",
    }
    return front_matter(values) + "\n" + body.strip("\n") + "\n"


def cut(text: str, most: int) -> str:
    """Return one line of at most `most` characters, cut at a word."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return trim(text[:most].rpartition(" ")[0] or text[: most - 1]) + "…"


def fingerprint(text: str) -> str:
    """Return the fingerprint of a document, as decisions.csv has it. Line ends are those of git, whatever the machine writes."""
    return hashlib.blake2b(text.replace("\r\n", "\n").encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Conflict:
    """A page that both a person and the old site changed, or that a person removed. `shown`: the file where both versions stand side by side."""

    path: str
    reason: str
    shown: Path | None = None


@dataclass
class Delivery:
    """Writes in the content folder. `aside`: where versions that conflict are shown."""

    content: Path
    aside: Path
    written: int = 0
    same: int = 0
    kept: int = 0
    conflicts: list[Conflict] = field(default_factory=list)

    def put(self, path: str, text: str, before: str, base: str = "") -> str:
        """Write a document at `path`. Returns the fingerprint of what Fleuve last wrote there.

        `before` is that fingerprint at the last run ('' for a new page), `base` the text it stands for, if it is known. Three cases: the file is as
        Fleuve left it, and is written; a person changed it and the old site did not, and it stays; both changed, and the file stays, with
        both versions in one file of `aside`, marked as git marks them.
        """
        file = self._inside(path)
        now = _read(file)
        new = fingerprint(text)
        if now is None:
            if before:
                self.conflicts.append(Conflict(path, "la page a été retirée du contenu : décidez « archiver » ou « rediriger » pour son ancienne adresse, ou effacez l’empreinte pour l’écrire de nouveau."))
                return before
            return self._write(file, text, new)
        current = fingerprint(now)
        if current == new:
            self.same += 1
            return new
        if before and current == before:
            return self._write(file, text, new)
        if before == new:
            self.kept += 1
            return before
        if not before:
            self.conflicts.append(Conflict(path, "le contenu a déjà une autre page à cet endroit : donnez une autre destination à l’ancienne adresse."))
            return ""
        shown = self._show(path, now, base, text)
        self.conflicts.append(Conflict(path, "la page a été modifiée ici, et l’ancien site a changé aussi : reprenez ce qu’il faut, puis recopiez l’empreinte proposée.", shown))
        return before

    def remove(self, path: str, before: str) -> None:
        """Take away a page that Fleuve wrote and that is decided otherwise since. One that a person changed stays, and is told."""
        file = self._inside(path)
        now = _read(file)
        if now is None:
            return
        if fingerprint(now) == before:
            file.unlink()
        else:
            self.conflicts.append(Conflict(path, "la décision a changé, mais la page a été modifiée ici : retirez-la vous-même si elle ne sert plus."))

    def copy(self, source: Path, path: str) -> None:
        """Put a file of the store in the content; its name says what it holds, so that one that is there is the same."""
        target = self._inside(path)
        if not target.exists():
            put(target, source.read_bytes())
            self.written += 1

    def _write(self, file: Path, text: str, new: str) -> str:
        put(file, text.encode())
        self.written += 1
        return new

    def _show(self, path: str, now: str, base: str, text: str) -> Path:
        shown = self.aside / path
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.write_text(merged(now, base, text), "utf-8", newline="\n")
        return shown

    def _inside(self, path: str) -> Path:
        """The file of a path; a path of a decision is written by people, and may not lead out of the content folder."""
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
            raise ValueError(f"« {path} » n’est pas un chemin du contenu.")
        file = self.content / path
        if not file.parent.resolve().is_relative_to(self.content.resolve()):
            raise ValueError(f"« {path} » mène hors du contenu.")
        return file


def merged(ours: str, base: str, theirs: str) -> str:
    """Return both versions in one text, as git merges them: where they differ, between « <<<<<<< » and « >>>>>>> »."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="fleuve-") as folder:
        names = {"ici": ours, "avant": base, "ancien-site": theirs}
        for name, text in names.items():
            (Path(folder) / name).write_text(text, "utf-8", newline="\n")
        labels = ("-L", "ici, dans le contenu", "-L", "avant", "-L", "ancien site, nouvelle version")
        try:
            done = subprocess.run(["git", "merge-file", "-p", "--diff3", *labels, *names], cwd=folder, capture_output=True, check=False)
        except FileNotFoundError:
            return f"<<<<<<< ici, dans le contenu\n{ours}=======\n{theirs}>>>>>>> ancien site, nouvelle version\n"
    return done.stdout.decode()


def _read(file: Path) -> str | None:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return None
