"""The page that has all parts of a guide: in order, one outline, links within it, made again with a part, unknown to search engines."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from conftest import Site

from fleuve.stages.printed_guide import inside

PRINTED, ENGLISH = "guide/imprimer/index.html", "en/guide/print/index.html"
UN = """---
title: Avant l’achat
description: Ce qu’il faut savoir.
---
## Préparer

Voir [la suite](deux.md), [ses frais](deux.md#frais), [le début](#preparer), [l’accueil](../index.md), et une note[^1].

### Détail

[^1]: La note.
"""
DEUX = """---
title: L’offre
---
## Préparer

::: onglets
::: onglet Ville
Texte.
:::
::: onglet Région
Texte.
:::
:::

## Frais

Une note[^1], et le code `<h2 id="x">`.

[^1]: L’autre note.
"""


@pytest.fixture
def guide(site: Site) -> Site:
    """A guide in two parts and two languages."""
    site.write("index.md", "Bienvenue.")
    site.write("index.en.md", "Welcome.")
    site.write("guide/index.md", "---\ntitle: Acheter\ntype: guide\nparties: [un.md, deux.md]\nintroduction: Lisez **tout**.\n---\n")
    site.write("guide/index.en.md", "---\ntitle: Buying\ntype: guide\nparties: [one.en.md]\n---\n")
    site.write("guide/un.md", UN)
    site.write("guide/deux.md", DEUX)
    site.write("guide/one.en.md", "---\ntitle: Before\n---\nText.\n")
    return site


def page(site: Site, path: str = PRINTED) -> BeautifulSoup:
    return BeautifulSoup(site.read(path), "html.parser")


def test_parts_follow_one_another_in_one_outline(guide):
    assert guide.build().code == 0
    main = page(guide).main
    outline = [(heading.name, heading.get_text()) for heading in main.find_all(re.compile("^h[1-6]$"))]
    assert outline == [
        ("h1", "Acheter\u00a0: le guide en entier"), ("h2", "Avant l’achat"), ("h3", "Préparer"), ("h4", "Détail"), ("h2", "L’offre"), ("h3", "Préparer"), ("h3", "Frais"),
    ]
    assert main.find("strong", string="tout") and "Ce qu’il faut savoir." in main.get_text() and '<h2 id="x">' in main.get_text()


def test_identifiers_are_unique_and_links_between_parts_stay_within_the_page(guide):
    guide.build()
    whole = page(guide)
    ids = [one["id"] for one in whole.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = {link.get_text(): link["href"] for link in whole.main.find_all("a")}
    assert links["la suite"] == "#deux" and links["ses frais"] == "#deux-frais" and links["le début"] == "#un-preparer" and links["l’accueil"] == "/"
    assert all(href[1:] in ids for href in links.values() if href.startswith("#"))
    assert {one["name"] for one in whole.main.select("details[name]")} <= set(ids), "tabs are grouped by the name of their own part"


def test_the_guide_is_the_canonical_page_and_each_part_leads_to_the_printed_one(guide):
    guide.build()
    whole, english = page(guide), page(guide, ENGLISH)
    assert whole.find("link", rel="canonical")["href"] == "https://essai.exemple.quebec/guide/"
    assert whole.find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert whole.find("a", class_="bascule")["href"] == "/en/guide/print/" and english.find("a", class_="bascule")["href"] == "/guide/imprimer/"
    assert [link["href"] for link in whole.select("nav.fil a")] == ["/", "/guide/"]
    for path, lang in (("guide/index.html", "fr"), ("guide/un/index.html", "fr"), ("guide/deux/index.html", "fr"), ("en/guide/one/index.html", "en")):
        link = page(guide, path).select_one(".guide-entier a")
        assert (link["href"], link.get_text()) == (("/guide/imprimer/", "Imprimer le guide en entier") if lang == "fr" else ("/en/guide/print/", "Print the whole guide"))
    told = "".join(guide.read(path) for path in guide.tree() if path.startswith(("sitemap", "api/", "plan-du-site")))
    assert "imprimer/" not in told and "/print/" not in told


def test_it_follows_its_parts_and_what_they_show(guide):
    guide.write("guide/deux.md", DEUX + "\n[[inclure: aide]]\n\nLe NAS.\n")
    guide.write("_fragments/aide.md", "Appelez-nous.")
    guide.write("_glossaire/a.yml", "NAS: {fr: Numéro d’assurance sociale, en: Social insurance number}")
    guide.build()
    for path, text, told in (
        ("guide/deux.md", DEUX.replace("L’offre", "La proposition") + "\n[[inclure: aide]]\n\nLe NAS.\n", "La proposition"),
        ("guide/un.md", UN.replace("### Détail", "### Précision"), "Précision"),
        ("_fragments/aide.md", "Écrivez-nous.", "Écrivez-nous"),
        ("_glossaire/a.yml", "NAS: {fr: Numéro unique, en: Social insurance number}", "Numéro unique"),
        ("guide/un.md", UN.replace("title:", "embargo: 2027-01-01\ntitle:"), "La proposition"),
    ):
        guide.write(path, text)
        guide.build()
        assert told in guide.read(PRINTED) and guide.tree() == guide.clean_build(), path
    assert "Avant l’achat" not in guide.read(PRINTED)
    guide.write("guide/deux.md", DEUX.replace("title:", "embargo: 2027-01-01\ntitle:"))
    guide.build()
    assert not (guide.out / PRINTED).exists() and guide.tree() == guide.clean_build()


def test_a_change_elsewhere_leaves_it_as_it_is(guide):
    guide.write("autre.md", "Texte.")
    guide.build()
    before = (guide.out / PRINTED).stat().st_mtime_ns
    guide.write("autre.md", "Autre texte.")
    guide.build()
    assert (guide.out / PRINTED).stat().st_mtime_ns == before


def test_a_page_that_an_author_has_put_there_stays(guide):
    guide.write("guide/index.md", "---\ntitle: Acheter\ntype: guide\nparties: [un.md, imprimer.md]\n---\n")
    guide.write("guide/imprimer.md", "---\ntitle: Imprimer\n---\nÀ la main.")
    guide.build()
    assert "À la main." in guide.read(PRINTED)


def test_only_tags_are_changed():
    html = '<h5 id="a">T</h5><p title="1 > 0 id=">La clé id="a" et &lt;h2&gt;.</p><a href="#a">a</a><a href="/x/?id=1">x</a><label for="b">B</label><td headers="a b">'
    assert inside(html, "p", {"/y/": "y"}) == (
        '<h6 id="p-a">T</h6><p title="1 > 0 id=">La clé id="a" et &lt;h2&gt;.</p><a href="#p-a">a</a><a href="/x/?id=1">x</a><label for="p-b">B</label><td headers="p-a p-b">'
    )
