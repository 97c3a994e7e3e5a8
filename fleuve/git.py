"""The git repository of the content, asked through git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from fleuve.settings import SettingsError


class GitMissing(SettingsError):
    """git is not installed."""


def git(folder: Path, *arguments: str, errors: str = "surrogateescape", **variables: str) -> str | None:
    """What a git command writes in a folder; None when it fails, or has not ended in ten minutes. errors: what becomes of bytes that
    are not UTF-8 (paths must come back as they are). variables: added to those of the environment. Raises GitMissing."""
    command = ["git", "-c", "core.quotePath=false", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors=errors, env={**os.environ, **variables}, timeout=600)
    except subprocess.TimeoutExpired:
        return None
    except OSError:
        raise GitMissing("git n’est pas installé ; sans lui, il n’y a pas de révisions à comparer.") from None
    return done.stdout if done.returncode == 0 else None


def commit_of(folder: Path, revision: str) -> str | None:
    """The commit that a branch, a tag or a number names; None when there is none. Raises GitMissing."""
    found = git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return None if found is None else found.strip()
