"""`mkdocs build -f site.yml` and `build.py build` give the same bytes; third-party plugins run unmodified in the pipeline."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOW, PIXEL, ROOT, Site, cache_with_images, run, tree

from fleuve.publish import STAMP

ANCIENT = """\
Total : {{ 1 + 1 }}

!!! note "À savoir"
    Voyez la [page d’accueil](../index.md#partie).

??? tip "Détails"
    Un texte que l’on ouvre.

## Titre {: #ici .important }

[Plus bas](#ici), [nulle part](absent.md), <b onclick="alert(1)" style="color: red">gras</b> <script>alert(1)</script>

- [x] fait

### L'article

| a | b |
|---|---|
| 1 | 2 |
"""


def mkdocs(config: Path, out: Path, now: str = NOW) -> dict[str, str]:
    """Run MkDocs' own command, in its own process; the tree that it gives."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(config), "-d", str(out)],
        env={**os.environ, "FLEUVE_NOW": now}, capture_output=True, text=True, cwd=config.parent,
    )
    assert done.returncode == 0, done.stderr
    return tree(out)


def ours(folder: dict[str, str]) -> dict[str, str]:
    """A tree without the stamp, by which build.py knows that the folder is whole and its own: the one file that MkDocs has not."""
    return {path: sha for path, sha in folder.items() if path != STAMP}


def configure(site: Site, *changes: tuple[str, str]) -> None:
    """Replace pieces of the site's configuration."""
    text = site.config.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    site.config.write_text(text, "utf-8")


def body(html: str) -> str:
    """The main part of a page."""
    return html[html.index("<main") : html.index("</main>")]


def test_the_sample_site_is_the_same_to_the_byte_by_both_commands(tmp_path):
    theirs = mkdocs(ROOT / "site.yml", tmp_path / "mkdocs")
    result = run("build", "--config", str(ROOT / "site.yml"), "--out", str(tmp_path / "build"), "--cache", str(cache_with_images(tmp_path / "memoire")), "--now", NOW, "--json")
    assert result.code in (0, 1), result.said
    built = ours(tree(tmp_path / "build"))
    assert sum(path.endswith(".html") for path in built) > 300
    assert {path for path in built.keys() | theirs.keys() if built.get(path) != theirs.get(path)} == set()


def test_a_site_in_a_subfolder_is_the_same_by_both_commands_and_stays_in_it(site):
    configure(site, ("site_url: https://essai.exemple.quebec/", "site_url: https://essai.exemple.quebec/service/public/"))
    site.write("index.md", "[Santé](sante/index.md), [vaccins](/sante/vaccins/), ![Une image](image.png)")
    site.write("index.en.md", "[Health](sante/vaccins.en.md)")
    site.write("sante/vaccins.md", "---\ntitle: Vaccins\nvoir_aussi: [index.md]\n---\n[Accueil](../index.md)")
    site.write("sante/vaccins.en.md", "Text.")
    site.write("image.png", PIXEL)
    assert "lien-brise" not in site.build().codes()
    assert ours(site.tree()) == mkdocs(site.config, site.root / "mkdocs")
    home = site.read("index.html")
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', home)
    assert addresses and all(address.startswith("/service/public/") for address in addresses), addresses
    assert 'href="/service/public/sante/vaccins/"' in body(home) and 'src="/service/public/medias/' in body(home)
    assert '"../contenu.contexte.jsonld"' in site.read("api/contenu/_accueil.json")
    assert '"../../contenu.contexte.jsonld"' in site.read("api/contenu/sante/vaccins.json")


@pytest.fixture
def macros(tmp_path) -> Site:
    """A site that uses mkdocs-macros-plugin, with a variable and a macro of its own."""
    pytest.importorskip("mkdocs_macros", reason="mkdocs-macros-plugin n’est pas installé")
    site = Site(tmp_path)
    configure(site, ("plugins:\n", "plugins:\n  - macros\n"), ("extra:\n", "extra:\n  ville: Rimouski\n"))
    (site.root / "main.py").write_text("def define_env(env):\n    @env.macro\n    def double(number):\n        return number * 2\n", "utf-8")
    site.write("index.md", "## Ville de {{ ville }}\n\nIl y en a {{ 1 + 1 }}, puis {{ double(21) }}.\n\n::: encadre Titre\n{{ double(4) }} jours\n:::\n")
    for number in range(12):
        site.write(f"dossier-{number}/page.md", f"Page {{{{ {number} * 10 }}}} de {{{{ ville }}}}.")
    return site


def test_a_plugin_from_pypi_runs_unmodified_in_the_pipeline(macros):
    result = macros.build()
    assert result.code == 0 and result.codes() <= {"sans-organisme"}, result.problems()
    home = body(macros.read("index.html"))
    assert '<h2 id="ville-de-rimouski">Ville de Rimouski</h2>' in home
    assert "Il y en a 2, puis 42." in home and "8 jours" in home
    assert "Page 110 de Rimouski." in body(macros.read("dossier-11/page/index.html"))
    assert ours(macros.tree()) == mkdocs(macros.config, macros.root / "mkdocs")


def test_a_plugin_from_pypi_over_two_processes_and_incrementally(macros):
    macros.build("--jobs", "2")
    assert macros.tree() == macros.clean_build("--jobs", "1")
    macros.write("dossier-3/page.md", "Autre : {{ double(50) }}.")
    again = macros.build("--jobs", "2")
    assert again.report["pressed"] < again.report["shards"] or again.report["shards"] == 1
    assert "100." in macros.read("dossier-3/page/index.html")
    assert macros.tree() == macros.clean_build("--jobs", "1")
    assert ours(macros.tree()) == mkdocs(macros.config, macros.root / "mkdocs")


def test_what_a_plugin_from_pypi_reads_is_part_of_the_build(macros):
    macros.build()
    module = macros.root / "main.py"
    module.write_text(module.read_text("utf-8").replace("* 2", "* 3"), "utf-8")
    macros.build()
    assert "puis 63." in macros.read("index.html")
    configure(macros, ("ville: Rimouski", "ville: Matane"))
    macros.build()
    assert "Page 0 de Matane." in macros.read("dossier-0/page/index.html")


def test_an_error_in_a_macro_is_told_and_the_rest_is_built(macros):
    macros.write("dossier-3/page.md", "{{ 1 / 0 }}")
    result = macros.build()
    assert result.code in (0, 1), result.said
    assert "Page 110 de Rimouski." in macros.read("dossier-11/page/index.html")


def test_files_that_a_plugin_includes_are_followed_when_site_yml_watches_them(site):
    pytest.importorskip("mkdocs_include_markdown_plugin", reason="mkdocs-include-markdown-plugin n’est pas installé")
    configure(site, ("plugins:\n", "watch: [communs]\nplugins:\n  - include-markdown\n"))
    (site.root / "communs").mkdir()
    (site.root / "communs" / "avis.md").write_text("Premier avis.\n", "utf-8")
    site.write("index.md", '{% include-markdown "../communs/avis.md" %}\n\nSuite.')
    site.build()
    assert "Premier avis." in site.read("index.html")
    (site.root / "communs" / "avis.md").write_text("Second avis.\n", "utf-8")
    site.build()
    assert "Second avis." in site.read("index.html")
    assert ours(site.tree()) == mkdocs(site.config, site.root / "mkdocs")


def test_files_that_a_plugin_adds_to_the_site_are_there(site):
    pytest.importorskip("mkdocs_glightbox", reason="mkdocs-glightbox n’est pas installé")
    configure(site, ("plugins:\n", "plugins:\n  - glightbox\n"))
    site.write("index.md", "![Une image](image.png)")
    site.write("image.png", PIXEL)
    site.build()
    assert 'class="glightbox"' in site.read("index.html")
    assert (site.out / "assets" / "stylesheets" / "glightbox.min.css").is_file()
    assert ours(site.tree()) == mkdocs(site.config, site.root / "mkdocs")
    assert site.build().report["written"] == 0
    configure(site, ("  - glightbox\n", ""))
    site.build()
    assert not (site.out / "assets" / "stylesheets" / "glightbox.min.css").exists()


@pytest.fixture
def ancient(site) -> Site:
    """A site of which a subtree came from MkDocs, and is rendered by Python-Markdown with the extensions that it used."""
    pytest.importorskip("pymdownx", reason="pymdown-extensions n’est pas installé")
    extensions = "markdown_extensions:\n  - admonition\n  - attr_list\n  - tables\n  - pymdownx.details\n  - toc: {permalink: true}\n"
    configure(site, ("moteurs: {}", "moteurs: {ancien/: python-markdown}"), ("extra:\n", extensions + "extra:\n"))
    site.write("index.md", "## Partie\n\n!!! note\n    Pas une extension ici.\n")
    site.write("ancien/page.md", ANCIENT)
    site.write("neuf/page.md", "??? tip\n\nTexte.")
    return site


def test_a_subtree_rendered_by_python_markdown(ancient):
    result = ancient.build()
    page = body(ancient.read("ancien/page/index.html"))
    assert '<div class="admonition note">' in page and "<details" in page
    assert '<a href="/#partie">page d’accueil</a>' in page and '<a href="#ici">Plus bas</a>' in page
    assert '<h2 id="ici" class="important">Titre</h2>' in page and '<h3 id="larticle">' in page
    assert 'role="region"' in page and '<th scope="col">' in page
    assert "admonition" not in ancient.read("index.html") and "<details" not in body(ancient.read("neuf/page/index.html"))
    assert {"lien-brise", "balise-interdite", "gestionnaire-interdit", "html-retire"} <= result.codes()
    for dangerous in ("onclick", "<script", "style=", "alert(1)", "absent.md"):
        assert dangerous not in page, dangerous


def test_a_subtree_rendered_by_python_markdown_is_the_same_by_both_commands(ancient):
    ancient.build("--jobs", "2")
    assert ours(ancient.tree()) == mkdocs(ancient.config, ancient.root / "mkdocs")
    shutil.rmtree(ancient.out)
    ancient.build("--jobs", "1")
    assert ours(ancient.tree()) == tree(ancient.root / "mkdocs")
