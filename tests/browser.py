"""Fixtures of the tests that look at built pages: the sample site and a showcase, served over HTTP, and Chromium.

The showcase is a small site with what the sample may not have on a given day: every component of the theme, three emergency
notices at once, a retired page, a service that is interrupted, every status of an organism, consultations before, during and
after, titles and words that are too long, lists with nothing in them. This file is a pytest plugin: tests name it in `pytest_plugins`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Site, cache_with_images, made_once, run
from served import ARGUMENTS, Served, chromium_path, serving

from fleuve.component import load

# A day on which the sample has an emergency notice.
DAY = "2026-10-15T12:00"
_SAMPLES = ROOT / "themes" / "fleuve" / "_documentation"
MEDIA = {"guide-eleve.pdf": b"%PDF-1.4\n"} | {
    name: (_SAMPLES / f"exemple.{name.rpartition('.')[2]}").read_bytes() for name in ("formulaire.mp4", "formulaire.vtt", "rive.jpg", "etapes.svg", "entrevue.mp3")
}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample site of this project, built and served."""
    with serving(made_once(tmp_path_factory, "exemple", _build_sample) / "public") as served:
        yield served


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Every component and every state of a page that needs a notice, built and served."""
    with serving(made_once(tmp_path_factory, "vitrine", _build_showcase) / "public") as served:
        yield served


def _build_sample(folder: Path) -> None:
    result = run("build", "--out", str(folder / "public"), "--cache", str(cache_with_images(folder / "memoire")), "--now", DAY, "--json")
    assert result.code == 0, json.dumps(result.problems()[:10], ensure_ascii=False, indent=1) + result.said


def _build_showcase(folder: Path) -> None:
    site = Site(folder)
    _write_showcase(site)
    result = site.build(now=DAY)
    assert result.code == 0, json.dumps(result.problems(), ensure_ascii=False, indent=1) + result.said


def _write_showcase(site: Site) -> None:
    examples = "\n\n".join(f"## {name.capitalize()}\n\n{one.description}\n\n{one.example}" for name, one in load(ROOT / "themes" / "fleuve").items())
    for name, data in MEDIA.items():
        site.write(f"vitrine/{name}", data)
    for name in ("vitrine/vaccination", "vitrine/medecin-de-famille", "vitrine/don-organes", "vitrine/guide-eleve", "sante"):
        site.write(f"{name}.md", f"---\ntitle: Page {name.rpartition('/')[2]}\ndescription: Une page où mènent les exemples.\n---\nDu texte.\n")
    for path, text in SHOWCASE.items():
        site.write(path, text.replace("EXEMPLES", examples))


LONG_TITLE = "Demande de remboursement des frais d’hébergement et de déplacement des personnes qui accompagnent une personne hospitalisée hors de sa région"
LONG_WORD = "anticonstitutionnellement" * 3

SHOWCASE = {
    "index.md": "---\ntitle: Vitrine\ndescription: Tous les composants et tous les avis.\n---\n",
    "vitrine/index.md": "---\ntype: theme\ntitle: Composants\ndescription: Tous, sur une page.\n---\n",
    "vitrine/composants.md": """---
title: Tous les composants
description: Chacun avec son exemple.
date: 2026-05-04
mise_a_jour: 2026-06-01
organismes: [secretariat]
modifications:
  - {date: 2026-06-01, note: Nouveaux exemples., portee: majeure}
contact: {organisme: secretariat, telephone: 418 555-0123, courriel: info@services.gouv.exemple.quebec}
voir_aussi: [sante.md]
---
EXEMPLES

## Le texte courant

Le mot [open data]{lang=en}, une note[^1], du ~~texte barré~~ et un `code`.

Terme
: Sa définition.

> Une citation.

> [!NOTE]
> Une remarque.

> [!TIP]
> Un conseil.

> [!IMPORTANT]
> Un point important.

> [!WARNING]
> Un avertissement.

> [!CAUTION]
> Un danger.

| Région | Délai |
| --- | ---: |
| Estrie | 10 jours |

1. Un
2. Deux
   - et demi

### Un sous-titre

[^1]: Le texte de la note.
""",
    "vitrine/retiree.md": """---
title: Page retirée
description: Elle n’est plus à jour.
retire: {date: 2026-01-01, raison: Le programme a pris fin., remplace_par: sante.md}
---
Du texte.
""",
    "vitrine/service.md": """---
type: service
title: Service interrompu
description: Fermé pour entretien.
organismes: [secretariat]
introduction: Demandez votre carte.
lien_service: {url: "https://services.gouv.exemple.quebec/carte", texte: Demander la carte}
interruption: {debut: 2026-10-14, fin: 2026-10-16, message: Le service est fermé pour entretien.}
autres_facons:
  - {mode: telephone, texte: "Appelez au 418 555-0123."}
  - {mode: comptoir, texte: "92, 2e Rue Ouest, à Rimouski."}
  - {mode: poste, texte: "Case postale 12, Québec."}
  - {mode: courriel, texte: "info@services.gouv.exemple.quebec"}
  - {mode: telecopieur, texte: "418 555-0124"}
---
""",
    "organismes/secretariat.md": """---
type: organisme
title: Secrétariat d’essai
description: Il sert aux essais.
sigle: SE
nature: secretariat
statut: actif
---
""",
    "vide/index.md": "---\ntype: theme\ntitle: Un thème sans page\ndescription: Rien n’y est publié.\n---\n",
    "_vocabulaires/publics.yml": "- {id: aines, fr: Personnes aînées, en: Seniors}\n- {id: jeunes, fr: Jeunes, en: Youth}\n",
    "vitrine/titre-long.md": f"""---
title: {LONG_TITLE}
description: {LONG_TITLE} {LONG_WORD}
publics: [aines]
voir_aussi: [vitrine/service.md]
---
## {LONG_TITLE}

Un mot : {LONG_WORD}. Une adresse : <https://services.gouv.exemple.quebec/{LONG_WORD}/{LONG_WORD}?{LONG_WORD}>.

## {LONG_WORD}

| {LONG_WORD} | Délai | Coût | Où | Quand | Comment | Combien |
| --- | --- | --- | --- | --- | --- | ---: |
| Estrie | 10 jours ouvrables | 25,50 $ | {LONG_WORD} | Toute l’année | Par la poste | 1 000 000 |

## Trois
""",
    "vitrine/guide/index.md": "---\ntype: guide\ntitle: Un guide\ndescription: En trois parties.\nparties: [un.md, deux.md, trois.md]\n---\n",
    **{f"vitrine/guide/{name}.md": f"---\ntitle: Partie {name}\ndescription: Une partie du guide.\n---\nDu texte.\n" for name in ("un", "deux", "trois")},
    **{
        f"vitrine/consultation-{name}.md": f"""---
type: consultation
title: Consultation {name}
description: Une consultation, selon ses dates.
organismes: [secretariat]
ouverture: {start}
fermeture: {end}
facons_de_participer:
  - {{titre: Répondre au questionnaire, texte: "Dix questions.", lien: "https://services.gouv.exemple.quebec/questionnaire"}}
documents: [{{titre: Le projet, lien: sante.md}}]
{rest}---
Ce qui est proposé.
"""
        for name, start, end, rest in (
            ("a-venir", "2026-11-01", "2026-12-01", ""),
            ("ouverte", "2026-10-01", "2026-11-01", ""),
            ("en-analyse", "2026-09-01", "2026-10-01", ""),
            ("terminee", "2026-01-05", "2026-02-05", "bilan: {date: 2026-03-01, texte: Cent réponses.}\ndecision: {date: 2026-04-01, texte: Le projet est retenu.}\n"),
        )
    },
    **{
        f"organismes/{status}.md": f"""---
type: organisme
title: Organisme {status}
description: Un organisme, selon son statut.
sigle: O{number}
nature: office
statut: {status}
date_statut: {"2027-04-01" if status == "a-venir" else "2024-04-01"}
{"" if status == "a-venir" else "successeurs: [secretariat]"}
coordonnees: {{adresse: "92, 2e Rue Ouest", telephone: 418 555-0123, courriel: renseignements.generaux.organisme@services.gouv.exemple.quebec}}
---
"""
        for number, status in enumerate(("fusionne", "scinde", "remplace", "aboli", "a-venir"))
    },
    **{
        f"_urgences/{level}.md": f"---\ntype: urgence\ntitle: Avis de niveau {level}\nniveau: {level}\nmessage: Suivez les **consignes**.\ndebut: 2026-10-01\nlien: sante.md\n---\n"
        for level in ("information", "avertissement", "danger")
    },
}


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Iterator:
    """visit(url, **options of a browser context): a new tab on a page, alone in its context; Playwright's Page."""
    contexts = []

    def opened(url: str, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "fr-CA", **options})
        contexts.append(context)
        tab = context.new_page()
        tab.goto(url)
        return tab

    yield opened
    for context in contexts:
        context.close()
