"""Colours of the theme: in either palette, what is written can be read, and what marks a control can be seen."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from fleuve.design_token import contrast, read

CSS = (ROOT / "themes" / "fleuve" / "css" / "fleuve.css").read_text("utf-8")
PALETTES = dict(zip(("light", "dark"), read(CSS), strict=True))
GROUNDS = ("papier", "ecume", "rive")

# WCAG 1.4.6: 7:1, for text of any size.
TEXT = [
    *[(ink, ground) for ink in ("encre", "encre-2", "lien", "lien-survol") for ground in GROUNDS], ("lien-vu", "papier"), ("lien-vu", "ecume"),
    ("sur-bouton", "bouton"), ("sur-bouton", "bouton-survol"), ("sur-ambre", "ambre"), ("sur-ambre", "ambre-survol"), ("papier", "encre"),
    ("sur-profond", "profond"), ("sur-profond-2", "profond"), ("sur-alarme", "alarme"),
    *[(f"{name}", f"{name}-fond") for name in ("info", "bien", "mauve", "garde", "danger")],
    *[("encre", f"{name}-fond") for name in ("info", "bien", "mauve", "garde", "danger")],
    *[("lien", f"{name}-fond") for name in ("info", "bien", "mauve", "garde", "danger")],
]
# WCAG 1.4.11 and 2.4.13: 3:1, for borders of controls, marks, icons, and the focus against what is around it.
MARKS = [
    *[(mark, ground) for mark in ("trait-fort", "courant", "contour", "bouton") for ground in GROUNDS],
    ("trait-profond", "profond"), ("ambre", "profond"), ("sur-profond", "profond"), ("contour", "halo"), ("danger", "papier"),
]


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 7), (MARKS, 3)], ids=["text", "marks"])
def test_contrast(palette: str, pairs: list, least: int) -> None:
    tokens = PALETTES[palette]
    ratios = {(one, other): contrast(tokens[one], tokens[other]) for one, other in pairs}
    assert all(ratio is not None for ratio in ratios.values())
    assert not {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}


def test_tokens_that_are_used_exist_and_those_that_exist_are_used() -> None:
    used = set(re.findall(r"var\(--([\w-]+)[,)]", CSS))
    own = {"large", "teinte", "fond"}  # given where they are used
    assert used - own <= set(PALETTES["light"])
    assert set(PALETTES["light"]) <= used | own


def test_targets_are_44_pixels() -> None:
    assert PALETTES["light"]["cible"] == "2.75rem"  # 44 pixels at the usual size


def test_the_font_is_in_the_theme_with_its_licence() -> None:
    for address in re.findall(r'url\("\.\./(polices/[^"]+)"\)', CSS):
        assert (ROOT / "themes" / "fleuve" / address).stat().st_size < 30_000  # three quarters of a second at 400 kbit/s
    assert "SIL OPEN FONT LICENSE" in (ROOT / "themes" / "fleuve" / "polices" / "OFL.txt").read_text("utf-8")
