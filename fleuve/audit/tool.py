"""The tools outside Python with which built pages are checked: Chromium, Node and its packages, Java."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from fleuve.settings import ROOT, SettingsError

PACKAGES = ROOT / "node_modules"
# Debian's Chromium runs as root in containers, without a display, and asks nothing of the network for itself.
BROWSER_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class ToolMissing(SettingsError):
    """A tool is not installed; the message, French, says how to install it."""


class ToolFault(SettingsError):
    """A tool did not do what it was asked: what it found, or did not find, is worth nothing."""


def chromium() -> str:
    """Path of the browser: FLEUVE_CHROMIUM, or Debian's. Raises ToolMissing."""
    names = (os.environ.get("FLEUVE_CHROMIUM", ""), *_BROWSERS)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise ToolMissing("Chromium n’est pas installé. Installez-le (apt-get install chromium), ou nommez le vôtre dans FLEUVE_CHROMIUM.")
    return found


def node() -> str:
    """Path of Node. Raises ToolMissing."""
    return _program("node", "Node.js", "nodejs, version 20 ou plus")


def java() -> str:
    """Path of Java. Raises ToolMissing."""
    return _program("java", "Java", "apt-get install default-jre-headless")


def _program(name: str, title: str, how: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(f"{title} n’est pas installé. Installez-le ({how}), puis relancez ; ou vérifiez sans navigateur : --pa11y none.")
    return found


def package(path: str) -> Path:
    """A file of node_modules/. Raises ToolMissing."""
    file = PACKAGES / path
    if not file.exists():
        raise ToolMissing(f"Le paquet npm « {path.lstrip('.').partition('/')[0] or path} » n’est pas installé. Lancez « make tools », puis relancez.")
    return file


def package_version(name: str) -> str:
    """Version of an npm package, « » when it is not there. name: its folder in node_modules/, a nested one included."""
    try:
        return str(json.loads((PACKAGES / name / "package.json").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""


@lru_cache(1)
def browser_version() -> str:
    """« Chromium 130.0.6723.58 », as the browser itself says."""
    said = subprocess.run([chromium(), "--version"], capture_output=True, text=True, timeout=60).stdout
    match = re.search(r"(Chromium|Google Chrome)\s+([\d.]+)", said)
    if match is None:
        raise ToolFault("Le navigateur ne dit pas sa version : il n’est sans doute pas installé en entier. Réinstallez Chromium.")
    return f"{match[1]} {match[2]}"


def say(command: list[str], timeout: int = 120) -> str:
    """What a short command writes on its standard output. Raises ToolFault when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise ToolFault(f"« {Path(command[0]).name} » a échoué : {done.stderr.strip()[-300:] or done.returncode}.")
    return done.stdout
