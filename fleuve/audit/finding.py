"""What the checker says of one place of one page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

CERTAIN = "certain"
TO_VERIFY = "à vérifier"


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One remark of one rule.

    `file` and `line` (from 1) tell where; `rule` is the French id of the rule, `act_rule` that of the ACT rule it follows ("" when there
    is none), `criteria` the numbers of the criteria that fail; `certainty` is CERTAIN (nobody could disagree: `check` fails) or TO_VERIFY
    (a person must judge: `check` never fails); `message` and `remedy` are French sentences; `excerpt` is a start tag or a text of at most
    160 characters. After findings of one template were merged, `pages` tells how many pages show it and `page` the first of them.
    """

    file: str
    line: int
    rule: str
    act_rule: str
    criteria: tuple[str, ...]
    certainty: str
    message: str
    remedy: str
    excerpt: str
    pages: int = 1
    page: str = ""

    @property
    def is_certain(self) -> bool:
        """True when the finding makes `check` fail."""
        return self.certainty == CERTAIN

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a dict ready for JSON, with keys in reading order."""
        return {**asdict(self), "criteria": list(self.criteria)}
