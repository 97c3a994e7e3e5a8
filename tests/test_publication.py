"""What the instant of the build decides of addresses and files: one address in turn, and no file before the page that shows it."""

from __future__ import annotations

import pytest
from conftest import Site

from fleuve.media import named


def page(header: str, body: str = "Texte.") -> str:
    return f"---\ntitle: Budget\norganismes: [ministere-sante]\n{header}\n---\n{body}"


@pytest.fixture
def site(tmp_path) -> Site:
    """A site with one organism and a home page."""
    site = Site(tmp_path)
    site.write("index.md", "---\ntitle: Accueil\norganismes: [ministere-sante]\n---\n[Budget](budget-2026.md) et [budget](autre/budget-2027.md).")
    site.write("organismes/ministere-sante.md", "---\ntype: organisme\ntitle: Ministère\nsigle: M\nnature: ministere\nstatut: actif\n---\n")
    return site


def test_documents_that_follow_one_another_share_an_address(site):
    site.write("budget-2026.md", page("slug: budget\nexpiration: 2026-12-31", "Le budget de 2026."))
    site.write("budget-2027.md", page("slug: budget\nembargo: 2027-01-01", "Le budget de 2027."))
    site.write("autre/budget-2027.md", page("", "Autre."))
    for now, words in (("2026-12-31T23:59", "2026"), ("2027-01-01T00:00", "2027"), ("2026-06-15T12:00", "2026")):
        assert "adresse-en-double" not in site.build(now=now).codes()
        assert f"Le budget de {words}." in site.read("budget/index.html")
        assert site.tree() == site.clean_build(now=now)


def test_between_two_periods_the_address_is_empty_and_where_they_overlap_the_first_document_has_it(site):
    site.write("budget-a.md", page("slug: budget\nexpiration: 2026-07-31", "Le premier."))
    site.write("budget-b.md", page("slug: budget\nembargo: 2026-09-01", "Le second."))
    site.build(now="2026-08-15")
    assert not (site.out / "budget").exists() and site.tree() == site.clean_build(now="2026-08-15")
    site.write("budget-b.md", page("slug: budget\nembargo: 2026-07-01", "Le second."))
    result = site.build(now="2026-07-15")
    assert [(p["file"], p["code"]) for p in result.report["errors"]] == [("budget-b.md", "adresse-en-double")]
    assert "Le premier." in site.read("budget/index.html") and site.tree() == site.clean_build(now="2026-07-15")
    assert "adresse-en-double" not in site.build(now="2026-06-15").codes()
    (site.content / "budget-a.md").unlink()
    site.build(now="2026-07-15")
    assert "Le second." in site.read("budget/index.html") and site.tree() == site.clean_build(now="2026-07-15")


USES = {
    "image": "![Schéma](secret.png)", "lien": "[Le plan](../sante/secret.png#page=2)", "définition": "[Le plan][p]\n\n[p]: <secret.png>", "HTML": '<img src="secret.png" alt="">',
    "composant": '::: telechargement Plan {fichier="secret.png"}\n:::\n', "chemin encodé": "![Schéma](%73ecret.png \"titre\")", "HTML sans guillemets": "<img src=secret.png alt=x>",
}


@pytest.mark.parametrize("use", USES)
def test_a_file_that_only_a_page_under_embargo_uses_is_not_published(site, use):
    site.write("sante/plan.md", page("embargo: 2026-07-01", USES[use]))
    site.write("sante/secret.png", b"secret")
    for now, published in (("2026-06-30", False), ("2026-07-01", True), ("2026-06-30", False)):
        site.build(now=now)
        assert (site.out / "sante/secret.png").exists() is published
        assert site.tree() == site.clean_build(now=now)


def test_a_file_that_a_published_page_uses_too_is_published(site):
    site.write("sante/plan.md", page("embargo: 2026-07-01", "![Schéma](schema.png)"))
    site.write("sante/schema.png", b"image")
    site.write("sante/libre.png", b"image")
    now = "2026-06-30"
    for text, published in (("Texte.", False), ("![Schéma](sante/schema.png)", True), ("Texte.", False)):
        site.write("public.md", page("", text))
        result = site.build(now=now)
        assert (site.out / "sante/schema.png").exists() is published and (site.out / "sante/libre.png").exists()
        assert [p["file"] for p in result.problems() if p["code"] == "lien-brise" and p["file"] == "public.md"] == []
        assert site.tree() == site.clean_build(now=now)
    site.write("sante/plan.md", page("expiration: 2026-06-01", "![Schéma](schema.png)"))  # a page that has expired takes its files along
    site.build(now=now)
    assert not (site.out / "sante/schema.png").exists()


def test_a_file_that_is_not_there_is_a_broken_link_and_no_unknown_reference(site):
    site.write("plan.md", page("", "![Schéma](absent.png)"))
    assert [p["code"] for p in site.build().problems() if p["file"] == "plan.md"] == ["lien-brise"]


@pytest.mark.parametrize(("text", "found"), [
    ("", set()), ("Une phrase. Une autre.", set()), ("[a](b.md)", set()), ("https://exemple.quebec/x.pdf (a.ca)", {"sante/a.ca"}),
    ("[a](mon%20plan.pdf)", {"sante/mon plan.pdf"}), ("[a](<mon plan.pdf>)", {"sante/mon plan.pdf"}), ("![a](../x/y.png)", {"x/y.png"}), ("![a](../../../y.png)", set()),
    ("![a](/x/y.png)", {"x/y.png"}), ("fichier: plan.pdf\n", {"sante/plan.pdf"}), (r"![a](mon\_plan.pdf)", {"sante/mon_plan.pdf"}), ("<img src='l&eacute;gende.svg'>", {"sante/légende.svg"}),
    ("[a](v1.2.pdf)", {"sante/v1.2.pdf"}), ("![a](x.MP4?v=1)", {"sante/x.MP4"}), ("a.md.pdf\n", {"sante/a.md.pdf"}),
])
def test_files_that_a_text_names(text, found):
    assert found <= named(text, "sante") and (found or not named(text, "sante"))


def test_a_hostile_text_takes_a_bounded_time():
    assert len(named("(" + "a.pdf" * 1000 + " " + "\"x.pdf " * 20_000, "")) < 10
