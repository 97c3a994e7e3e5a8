"""The listings of the newsroom, through the public command: what they hold, in which order, and what a change writes again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import Site

from fleuve.newsroom import FACETS, listing_url

NOW = "2026-11-20T12:00"


def item(number: int, lang: str = "fr", **more: str) -> str:
    """Front matter and text of a release; one each two days of 2026 from January 1 on."""
    day = 2 * number
    head = {"title": f"Annonce {number:03} {lang}", "type": "communique", "description": f"Chapeau {number}.", "organismes": "[eau]",
            "themes": "[sante]", "date": f"2026-{day // 28 + 1:02}-{day % 28 + 1:02}"} | more
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items()) + "---\nTexte.\n"


def path(number: int, lang: str = "fr") -> str:
    return f"nouvelles/2026/{2 * number // 28 + 1:02}/annonce-{number:03}{'' if lang == 'fr' else '.en'}.md"


def newsroom(root: Path, count: int) -> Site:
    """A site with that many releases of one organism, one theme: every third has an English twin."""
    site = Site(root)
    site.write("index.md", "Accueil.")
    site.write("index.en.md", "Home.")
    site.write("nouvelles/index.md", "---\ntitle: Salle de presse\ntype: salle-de-presse\n---\n")
    site.write("nouvelles/index.en.md", "---\ntitle: Newsroom\ntype: salle-de-presse\nslug: news\n---\n")
    for ident, title in (("eau", "Office de l’eau"), ("air", "Office de l’air")):
        site.write(f"organismes/{ident}.md", f"---\ntitle: {title}\ntype: organisme\nsigle: O\nnature: office\nstatut: actif\n---\n")
    site.write("sante/index.md", "---\ntitle: Santé\ntype: theme\n---\n")
    for number in range(count):
        site.write(path(number), item(number))
        if number % 3 == 0:
            site.write(path(number, "en"), item(number, "en"))
    return site


def titles(site: Site, listing: str) -> list[str]:
    """Titles of the items of a page, in order."""
    return [link.get_text() for link in BeautifulSoup(site.read(listing + "index.html"), "html.parser").select("main .depeche a")]


def numbers(site: Site, listing: str) -> list[int]:
    return [int(re.search(r"\d+", title)[0]) for title in titles(site, listing)]


def build(site: Site, now: str = NOW) -> dict:
    """Build; what is left must be what a clean build gives."""
    result = site.build(now=now)
    assert result.code == 0, result.problems()
    assert site.tree() == site.clean_build(now=now)
    return result.report


def written(site: Site, before: dict[str, str]) -> set[str]:
    after = site.tree()
    return {name for name in after.keys() | before.keys() if before.get(name) != after.get(name) and name.endswith("index.html") and "nouvelles" in name}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """110 releases, built: two full slices of 40 and one that is not."""
    site = newsroom(tmp_path_factory.mktemp("salle"), 110)
    build(site)
    return site


def test_the_first_page_has_the_newest_and_numbered_pages_the_others(large):
    assert numbers(large, "nouvelles/toutes/") == list(range(109, 39, -1))
    assert numbers(large, "nouvelles/toutes/page/1/") == list(range(39, -1, -1))
    assert not (large.out / "nouvelles/toutes/page/2").exists()
    for folder in ("organismes/eau", "themes/sante", "types/communique", "2026"):
        assert numbers(large, f"nouvelles/{folder}/") + numbers(large, f"nouvelles/{folder}/page/1/") == list(range(109, -1, -1))
    assert numbers(large, "nouvelles/2026/02/") == [n for n in range(109, -1, -1) if 2 * n // 28 == 1]
    assert not (large.out / "nouvelles/organismes/air").exists()


def test_pages_lead_to_one_another_without_javascript(large):
    first, page = (BeautifulSoup(large.read(f"nouvelles/toutes/{name}index.html"), "html.parser") for name in ("", "page/1/"))
    assert first.select_one("main a[rel~=next]")["href"] == first.select_one("link[rel=next]")["href"] == "/nouvelles/toutes/page/1/"
    assert page.select_one("main a[rel~=prev]")["href"] == page.select_one("link[rel=prev]")["href"] == "/nouvelles/toutes/"
    assert not first.select("link[rel=prev]") and not page.select("link[rel=next]")
    assert first.title.get_text() != page.title.get_text()
    assert [link.get_text() for link in first.select("nav.fil a")] == ["Accueil", "Salle de presse"]
    assert "110\u00a0nouvelles" in first.get_text()
    assert first.select_one("h2").get_text() == "Août\u00a02026"


def test_every_address_of_a_listing_exists_and_is_in_the_sitemap(large):
    sitemap = large.read("sitemap.xml")
    home = large.read("nouvelles/index.html")
    for address in set(re.findall(r'href="(/(?:en/news|nouvelles)/[^"?#]*/)"', home)):
        assert (large.out / address.strip("/") / "index.html").exists() or address.endswith("recherche/"), address
    for listing in ("nouvelles/toutes/", "nouvelles/organismes/eau/", "en/news/organizations/eau/", "nouvelles/2026/02/", "nouvelles/organismes/"):
        assert f"<loc>https://essai.exemple.quebec/{listing}</loc>" in sitemap


def test_items_are_listed_once_for_readers_of_each_language_and_marked_when_they_have_no_twin(large):
    page = BeautifulSoup(large.read("en/news/all/index.html"), "html.parser")
    assert [int(re.search(r"\d+", title)[0]) for title in titles(large, "en/news/all/")] == list(range(109, 39, -1))
    for entry in page.select("main .depeche"):
        link = entry.select_one("a")
        has_twin = int(re.search(r"\d+", link.get_text())[0]) % 3 == 0
        assert link.get_text().endswith(" en" if has_twin else " fr")
        assert (entry.select_one(".etiquette") is None) == has_twin
        assert link.parent.get("lang") == (None if has_twin else "fr") and link.get("hreflang") == (None if has_twin else "fr")
    assert page.select_one(".bascule")["href"] == "/nouvelles/toutes/"
    old = BeautifulSoup(large.read("nouvelles/organismes/eau/page/1/index.html"), "html.parser")
    assert old.select_one(".bascule")["href"] == "/en/news/organizations/eau/page/1/"


def test_a_new_item_writes_only_the_first_pages_of_its_lists(tmp_path):
    site = newsroom(tmp_path, 110)
    site.write(path(0), item(0, organismes="[air]"))
    build(site)
    before = site.tree()
    site.write("nouvelles/2026/08/nouvelle.md", item(1, title="Annonce 200", date="2026-08-28"))
    build(site)
    changed = {name.removesuffix("index.html") for name in written(site, before)}
    lists = ("toutes", "organismes/eau", "themes/sante", "types/communique", "2026", "2026/08", "organismes", "themes", "types")
    assert {name for name in changed if not name.startswith(("nouvelles/recherche/", "integrer/"))} == {
        "nouvelles/", "nouvelles/2026/08/nouvelle/", *(f"nouvelles/{one}/" for one in lists)}


def test_an_old_item_added_or_removed_moves_only_what_comes_after_it(tmp_path):
    site = newsroom(tmp_path, 160)
    build(site, "2027-12-01T12:00")
    before = site.tree()
    name = next(site.content.glob("nouvelles/2026/0*/annonce-061.md"))
    text = name.read_text("utf-8")
    name.unlink()
    build(site, "2027-12-01T12:00")
    changed = written(site, before)
    assert "nouvelles/toutes/page/1/index.html" not in changed and "nouvelles/toutes/page/2/index.html" in changed
    assert 61 not in {number for page in ("", "page/1/", "page/2/") for number in numbers(site, f"nouvelles/toutes/{page}") if (site.out / f"nouvelles/toutes/{page}").exists()}
    name.write_text(text, "utf-8")
    build(site, "2027-12-01T12:00")
    assert site.tree() == before


def test_a_correction_of_an_old_item_writes_the_pages_that_show_it(tmp_path):
    site = newsroom(tmp_path, 110)
    build(site)
    before = site.tree()
    site.write(path(10), item(10, corrections='[{date: 2026-11-01, note: Le montant.}]'))
    build(site)
    changed = written(site, before)
    assert "nouvelles/toutes/page/1/index.html" in changed and "nouvelles/toutes/index.html" not in changed
    assert "Corrigée" in site.read("nouvelles/toutes/page/1/index.html")


def test_an_item_that_fills_a_slice_opens_a_page_and_the_first_one_moves_on(tmp_path):
    site = newsroom(tmp_path, 79)
    build(site)
    assert not (site.out / "nouvelles/toutes/page").exists() and len(numbers(site, "nouvelles/toutes/")) == 79
    site.write(path(79), item(79))
    build(site)
    assert numbers(site, "nouvelles/toutes/") == list(range(79, 39, -1)) and numbers(site, "nouvelles/toutes/page/1/") == list(range(39, -1, -1))
    (site.content / path(79)).unlink()
    build(site)
    assert not (site.out / "nouvelles/toutes/page").exists()


def test_nothing_of_an_embargoed_item_is_listed_before_its_minute(tmp_path):
    site = newsroom(tmp_path, 3)
    site.write("nouvelles/2026/11/secret.md", item(1, title="Annonce secrète 900", organismes="[air]", embargo="2026-11-20 13:30", date="2026-11-20"))
    build(site)
    assert not (site.out / "nouvelles/organismes/air").exists()
    assert not any(b"secr" in file.read_bytes() for file in site.out.rglob("*") if file.suffix in (".html", ".xml", ".json", ".ics", ".txt"))
    build(site, "2026-11-20T13:29:59")
    assert not (site.out / "nouvelles/organismes/air").exists()
    build(site, "2026-11-20T13:30")
    assert numbers(site, "nouvelles/organismes/air/") == [900] and numbers(site, "nouvelles/toutes/")[0] == 900


def test_a_withdrawn_item_stays_and_says_so_an_expired_one_goes(tmp_path):
    site = newsroom(tmp_path, 3)
    site.write(path(1), item(1, retire="{date: 2026-06-01, raison: Projet abandonné}"))
    site.write(path(2), item(2, expiration="2026-10-01"))
    build(site)
    page = BeautifulSoup(site.read("nouvelles/toutes/index.html"), "html.parser")
    assert numbers(site, "nouvelles/toutes/") == [1, 0]
    assert "Retirée" in page.select_one("main .depeche").get_text()


def test_the_home_shows_what_is_live_in_force_and_coming_by_the_clock(tmp_path):
    site = newsroom(tmp_path, 1)
    site.write("nouvelles/2026/11/direct.md", item(2, title="Direct 500", type="direct", date="2026-11-19", debut="2026-11-20 13:00", fin="2026-11-20 14:00", lien="https://diffusion.gouv.exemple.quebec/x"))
    site.write("nouvelles/2026/11/alerte.md", item(2, title="Alerte 501", type="alerte", date="2026-11-19", niveau="danger", debut="2026-11-19", fin="2026-11-21"))
    build(site)
    home = BeautifulSoup(site.read("nouvelles/index.html"), "html.parser")
    assert home.select(".avis-danger") and not home.select(".en-direct") and "À l’agenda des médias" in home.get_text()
    build(site, "2026-11-20T13:30")
    home = BeautifulSoup(site.read("nouvelles/index.html"), "html.parser")
    assert home.select_one(".en-direct a").get_text() == "Direct 500" and "À l’agenda des médias" not in home.get_text()
    build(site, "2026-11-22T08:00")
    home = BeautifulSoup(site.read("nouvelles/index.html"), "html.parser")
    assert not home.select(".en-direct") and not home.select(".avis-danger")


def test_latest_news_are_on_the_pages_of_what_they_are_about(large):
    for page in ("index.html", "sante/index.html", "organismes/eau/index.html"):
        assert numbers(large, page.removesuffix("index.html"))[0] == 109
    assert not BeautifulSoup(large.read("organismes/air/index.html"), "html.parser").select(".depeche")


def test_news_are_in_no_menu_and_no_other_listing(large):
    assert "Annonce" not in large.read("plan-du-site/index.html")
    assert not (large.out / "nouvelles/index/2026").exists()
    assert "section" not in [nav.get("class", [""])[0] for nav in BeautifulSoup(large.read("nouvelles/2026/01/annonce-010/index.html"), "html.parser").select("nav")]


def test_a_site_without_news_has_no_listings(site):
    site.write("index.md", "Accueil.")
    site.build()
    assert not (site.out / "nouvelles").exists()


def test_an_empty_newsroom_says_so(tmp_path):
    site = newsroom(tmp_path, 0)
    build(site)
    assert "Il n’y a pas encore de nouvelles ici." in site.read("nouvelles/toutes/index.html")


def test_a_build_that_dies_between_parts_is_finished_by_the_next(tmp_path, monkeypatch):
    from fleuve.stages.newsroom import Newsroom

    site = newsroom(tmp_path, 60)
    build(site)
    site.write(path(60), item(60))
    make = Newsroom.make

    def dies(self, part, where):
        if "theme" in part:
            raise KeyboardInterrupt
        return make(self, part, where)

    monkeypatch.setattr(Newsroom, "make", dies)
    try:
        site.build(now=NOW)
    except KeyboardInterrupt:
        pass
    monkeypatch.undo()
    build(site)


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_parts_are_the_same_whatever_the_number_of_processes(large, jobs, tmp_path):
    result = large.build("--jobs", jobs, now=NOW, out=tmp_path / "p", cache=tmp_path / "m")
    from conftest import tree

    assert result.code == 0 and tree(tmp_path / "p") == large.tree()


@pytest.mark.parametrize("facet", FACETS)
def test_addresses_need_no_escaping_and_differ(facet):
    value = {"": "", "annee": "2025", "mois": "2025-03"}.get(facet, "ecole-ete")
    found = {listing_url(lang, facet, value, page) for lang in ("fr", "en") for page in (0, 1, 2)}
    assert len(found) == 6 and all(re.fullmatch(r"[a-z0-9/-]+/", one) for one in found)
