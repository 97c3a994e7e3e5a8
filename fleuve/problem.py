"""A problem found in the content: where it is, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fleuve.typography import space

ERROR = "erreur"
WARNING = "avertissement"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One remark made to the person who wrote a document.

    `file` is relative to the content folder; `line` and `column` count from 1; `severity` is ERROR or WARNING;
    `code` is a short kebab-case French name that does not change; `message` and `remedy` are French sentences.
    Problems sort by place, which is the order in which people correct them.
    """

    file: str
    line: int
    column: int
    severity: str
    code: str
    message: str
    remedy: str = ""

    @property
    def is_error(self) -> bool:
        """True for an error, False for a warning."""
        return self.severity == ERROR

    def to_json(self) -> dict[str, Any]:
        """Return the problem as a dict ready for JSON, with keys in reading order."""
        return {
            "file": self.file, "line": self.line, "column": self.column, "severity": self.severity,
            "code": self.code, "message": space(self.message), "remedy": space(self.remedy),
        }

    def __str__(self) -> str:
        sentence = space(f"{self.message} {self.remedy}".rstrip())
        return f"{self.file}:{self.line}:{self.column}: {sentence}"
