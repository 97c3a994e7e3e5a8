"""The look of the report: its templates (`rapport/*.html`), the tokens and the font of the theme, and how numbers are written."""

from __future__ import annotations

import math
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fleuve.typography import counted, space
from migration import came_in
from migration.page_report import COUNTS, DECISIONS, LABELS, SURE
from migration.site_totals import CLASSES, down, ranked

TEMPLATES = Path(__file__).parent / "rapport"
THEME = Path(__file__).parent.parent / "themes" / "fleuve"
FONT = "atkinson-hyperlegible-next.woff2"
# Nothing runs, nothing is asked for elsewhere: what old sites say is shown here.
POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'"
# Where the theme's sheet stops to say tokens and begins to say elements.
_END_OF_TOKENS = "/* 2. Elements */"


class Theme:
    """Writes pages of the report to a folder."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def write_files(self) -> None:
        """Write the style sheet (the theme's tokens, then the report's own) and the font. Raises OSError."""
        (self._out / "css").mkdir(parents=True, exist_ok=True)
        tokens = (THEME / "css" / "fleuve.css").read_text("utf-8").partition(_END_OF_TOKENS)[0]
        (self._out / "css" / "rapport.css").write_text(tokens + (TEMPLATES / "rapport.css").read_text("utf-8"), "utf-8")
        (self._out / "polices").mkdir(exist_ok=True)
        shutil.copyfile(THEME / "polices" / FONT, self._out / "polices" / FONT)

    def render(self, file: Path, template: str, depth: int, **values: Any) -> None:
        """Write one page, `depth` folders below the report's own."""
        text = self._environment.get_template(template).render(racine="../" * depth, politique=POLICY, **values)
        file.write_bytes(text.encode("utf-8", "replace"))

    def row(self, page: dict) -> Markup:
        """The row of a page, as JSON gives it."""
        return self._row(page)

    @cached_property
    def _row(self):
        return self._environment.get_template("rang.html").module.rang

    @cached_property
    def _environment(self) -> Environment:
        made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
        made.filters.update(nombre=number, pourcent=percent, confiance=confidence, mots=counted, court=short, sur=Markup, espace=space)
        made.filters["rang"] = lambda page: made.get_template("rang.html").module.rang(page)
        made.globals.update(decisions=LABELS, ordre=DECISIONS, classes=CLASSES, sortes=COUNTS, regles=came_in.titles(), classement=ranked, seuil=SURE, part=share)
        return made


def number(value: int) -> str:
    """« 12 345 »."""
    return f"{value:,}".replace(",", "\u202f")


def percent(value: float) -> str:
    """« 99,9 % », rounded down: 100 % means that nothing is left."""
    text = f"{down(value, 3) * 100:.1f}".removesuffix(".0").replace(".", ",")
    return f"{text}\u00a0%"


def confidence(value: float) -> str:
    """« 0,87 »: as it is written in the CSV of decisions."""
    return f"{math.floor(value * 100 + 1e-9) / 100:.2f}".replace(".", ",")


def share(part: int, whole: int) -> float:
    """A part of a whole, 0 when there is none."""
    return part / whole if whole else 0.0


def short(text: str, length: int = 200) -> str:
    """The beginning of a text too long to be read in a table."""
    return text if len(text) <= length else text[: length - 1] + "…"
