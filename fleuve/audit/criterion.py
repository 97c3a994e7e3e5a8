"""The criteria that the site sets itself, as criteria.yml lists them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

WCAG = "https://www.w3.org/TR/WCAG22/#"


class Criterion(NamedTuple):
    """One success criterion. names: by language."""

    number: str
    level: str
    names: dict[str, str]

    @property
    def url(self) -> str:
        """Its address in WCAG 2.2, whose anchors are its English name."""
        return WCAG + re.sub(r"[^a-z0-9]+", "-", self.names["en"].lower()).strip("-")


@cache
def all_criteria() -> tuple[Criterion, ...]:
    """Every criterion, in order of number."""
    lines = yaml.load((Path(__file__).parent / "criteria.yml").read_text("utf-8"), yaml.CSafeLoader)
    return tuple(Criterion(str(number), level, {"fr": fr, "en": en}) for number, level, fr, en in lines)
