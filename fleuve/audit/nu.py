"""W3C's Nu validator on every page of a built site: valid HTML, unique ids (criterion 4.1.1, which SGQRI 008 keeps)."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fleuve.audit import tool
from fleuve.audit.finding import CERTAIN, Finding

JAR = "vnu-jar/build/dist/vnu.jar"
SECONDS = 900
CRITERIA = ("4.1.1",)

FAULTY = "<!doctype html><html lang=fr><title>Témoin</title><p id=a><p id=a><table><tr><td headers=rien>x</table>"
"""The control: an id twice, a table cell whose header does not exist."""


@dataclass
class Result:
    """What the validator said. version: of the npm package vnu-jar. pages: how many it read."""

    version: str
    pages: int
    findings: list[Finding] = field(default_factory=list)

    def to_json(self) -> dict:
        """Counts."""
        return {"tool": "Nu Html Checker", "version": self.version, "pages": self.pages, "errors": len(self.findings)}


def require() -> str:
    """Version of the validator. Raises ToolMissing when it or Java is not installed."""
    tool.java(), tool.package(JAR)
    return tool.package_version("vnu-jar")


def run(folder: Path, pages: int) -> Result:
    """Validate every HTML file of a folder.

    Takes the folder and how many pages it has. Its warnings count as errors; its advice does not. Raises ToolMissing, and ToolFault when
    the validator did not run or finds nothing wrong in a page that is.
    """
    version = require()
    with tempfile.TemporaryDirectory(prefix="fleuve-temoin-") as name:
        control = Path(name).resolve() / "temoin.html"
        control.write_text(FAULTY, "utf-8")
        said, read = _validate(control, folder)
    said = [message for message in said if _counts(message) and _file(message) in read]
    of_control = [message["message"] for message in said if _file(message) == control]
    if not any("Duplicate ID" in message for message in of_control):
        raise tool.ToolFault("Le validateur du W3C n’a pas vu les fautes de la page témoin : la vérification est nulle.")
    if len(read) - 1 < pages:
        raise tool.ToolFault(f"Le validateur du W3C n’a lu que {len(read) - 1} pages sur {pages} : la vérification est nulle.")
    return Result(version, pages, sorted(_finding(message, folder.resolve()) for message in said if _file(message) != control))


def _validate(*paths: Path) -> tuple[list[dict], set[Path]]:
    """The validator's messages on files, and on all HTML files of folders, and the files that it has read."""
    # « verbose » makes it name each file on its standard output; the messages are on the other.
    command = [tool.java(), "-Xss4m", "-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8", "-jar", str(tool.package(JAR)), "--verbose", "--format", "json", "--skip-non-html",
               *(str(path.resolve()) for path in paths)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise tool.ToolFault(f"Le validateur du W3C n’avait pas fini après {SECONDS} s.") from None
    try:
        return json.loads(done.stderr)["messages"], {Path(line) for line in done.stdout.splitlines()}
    except (ValueError, KeyError):
        raise tool.ToolFault(f"Le validateur du W3C a échoué : {done.stderr.strip()[-300:]}") from None


def _counts(message: dict) -> bool:
    """Errors and warnings count, advice does not. The validator reads files, not a site: it cannot tell what « self » is in a policy of
    content (CSP), which the browser tests hold in its place."""
    return (message["type"] != "info" or message.get("subType") == "warning") and "Content Security Policy" not in message["message"]


def _file(message: dict) -> Path:
    return Path(unquote(urlsplit(message.get("url", "")).path))


def _finding(message: dict, folder: Path) -> Finding:
    file = _file(message)
    name = file.relative_to(folder).as_posix() if folder in file.parents else file.name
    return Finding(name, int(message.get("lastLine") or 1), "nu:html-invalide", "", CRITERIA, CERTAIN, f"Le validateur du W3C dit, en anglais : « {message['message'].rstrip('.')} ».",
                   "Corrigez le gabarit ou le HTML de la page.", str(message.get("extract", "")).strip()[:160])
