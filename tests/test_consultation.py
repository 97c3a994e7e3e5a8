"""Consultations: their state follows their dates, on their page and on the home page, in an incremental build as in a clean one."""

from __future__ import annotations

import pytest
from conftest import Site

TEXT = """\
---
type: consultation
title: L’eau des puits
ouverture: 2026-11-01
fermeture: 2026-12-01
facons_de_participer:
  - {titre: Répondre, texte: Dix questions., lien: "https://services.gouv.exemple.quebec/puits"}
decision: {date: 2027-02-01, texte: Le projet est retenu.}
---
Le projet.
"""
# The last day is part of the period.
DAYS = {"2026-10-31T23:59": "Consultation à venir", "2026-11-01T00:00": "Consultation ouverte", "2026-12-01T23:59": "Consultation ouverte",
        "2026-12-02T00:00": "Consultation terminée"}


@pytest.fixture
def consultation(site: Site) -> Site:
    """A site with one consultation."""
    site.write("index.md", "Bienvenue.")
    site.write("puits.md", TEXT)
    return site


def test_state_follows_the_dates(consultation: Site) -> None:
    for day, state in DAYS.items():
        assert consultation.build("--jobs", "1", now=day).code == 0
        page, home = consultation.read("puits/index.html"), consultation.read("index.html")
        assert [name for name in set(DAYS.values()) if name in page] == [state], day
        open_now = state == "Consultation ouverte"
        assert ('href="https://services.gouv.exemple.quebec/puits"' in page) == open_now, "one takes part only while it is open"
        assert ("Donnez votre avis" in home) == open_now
    assert consultation.tree() == consultation.clean_build("--jobs", "1", now=day)
