"""`build.py migrate site` on sources that are no plain crawl: a MkDocs site, an export of WordPress, archives with revisits, frames in frames."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, made_once
from fastwarc.warc import WarcRecord, WarcRecordType
from PIL import Image

from fleuve.executor import Executor
from migration import decision, mkdocs_markdown
from migration.intake import Intake
from migration.ledger import Ledger
from migration.mkdocs_markdown import Links
from migration.page import make
from migration.recipe import Recipe
from migration.record import Record

# A site of documentation, with what such sites write.

CONFIG = """\
site_name: Guide du permis
site_url: https://guide.exemple.quebec/aide/
theme: {name: material, language: fr}
nav:
  - Accueil: index.md
  - Transports:
      - Permis: services/permis.md
      - services/renouveler.md
exclude_docs: |
  interne/
draft_docs: a-venir.md
plugins:
  - search
  - redirects:
      redirect_maps: {ancien.md: "services/permis.md#frais", dehors.md: "https://ailleurs.exemple.quebec/x"}
"""
PERMIT = """\
---
title: Le permis
description: Ce que le permis permet.
date: 2021-02-03
updated: 2024-05-06
author: Marie Tremblay
tags: [conduire, auto]
hide: [toc]
---
# Le permis {#top}

Le permis[^1] se **renouvelle** [en ligne](renouveler.md#comment "Tout de suite"), [l’accueil](../index.md) le dit, selon [le guide][g] et la SAAQ.
Un ==ancien== ~~permis~~ de 4 m^2^, :material-check: {{ delai }} et `{{ code }}`.

[g]: ../fichiers/guide.pdf
[^1]: De classe 5.

*[SAAQ]: Société de l’assurance automobile du Québec

!!! note
    Apportez une photo.

    ```python
    x = 1
    ```

!!! danger "Gare au gel"
    Ralentissez.

??? tip "Plus de détails"
    Le détail caché.

=== "En ligne"
    Cliquez.

=== "Au comptoir"

    Venez.

#### Frais

- [x] payé
- [ ] à payer

Terme
:   Sa définition

| Classe | Prix |
|---|---|
| 5 | [tarif](renouveler.md) |

--8<-- "includes/avis.md"
--8<-- "../../../../etc/passwd"

<p onclick="vole()">Du <b>HTML</b><script>vole()</script> <a href="renouveler.md">d’avant</a> <a href="javascript:vole()">piégé</a></p>

<figure markdown="span">
  ![Un lac](../images/lac.png){ width=300 }
  <figcaption>Le lac</figcaption>
</figure>
"""
RENEW = "# Renouveler son **permis**\n\nLe renouvellement du permis de conduire se fait tous les huit ans, en ligne ou au comptoir, avec une photo récente. [Retour](permis.md#frais).\n\n## Comment\n\nEn ligne.\n"
HOME = "# Bienvenue\n\nCe guide explique comment obtenir, renouveler et remplacer un permis de conduire au Québec, étape par étape. Il s’adresse aux conducteurs, aux nouveaux arrivants et aux personnes âgées. [Le permis](services/permis.md)\n"

# Archives.

def _long(subject: str) -> str:
    return "".join(f"<p>{subject} est offerte chaque automne à partir de la semaine {number}, aux personnes de tous les âges qui la demandent.</p>" for number in range(12))


def _page(title: str, body: str) -> bytes:
    return f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>'.encode()


def _framed(frames: str) -> bytes:
    return f"<html><head><title>Cadres</title></head>{frames}</html>".encode()


def _captured(host: str, path: str, body: bytes = b"", kind: str = "text/html", status: str = "200 OK", same: str = "") -> bytes:
    """A record as a crawler writes it; a revisit of the address `same` when it is given."""
    record = WarcRecord()
    record.init_headers(WarcRecordType.revisit if same else WarcRecordType.response, record_urn=b"00000000-0000-4000-8000-000000000000")
    record.headers["WARC-Target-URI"] = f"https://{host}{path}"
    record.headers["WARC-Date"] = "2014-05-06T07:08:09Z"
    record.headers["Content-Type"] = "application/http; msgtype=response"
    if same:
        record.headers["WARC-Refers-To-Target-URI"] = f"https://{host}{same}"
    record.set_bytes_content(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body)
    out = io.BytesIO()
    record.write(out)
    return gzip.compress(out.getvalue(), mtime=0)


def _image() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (0, 90, 160)).save(out, "PNG")
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
VISITS = "revisites.exemple.quebec"
FRAMES = "cadres.exemple.quebec"
WORDS = "blogue.exemple.quebec"
ITEM = """<item><title>{title}</title><link>https://blogue.exemple.quebec/{name}/</link><content:encoded><![CDATA[{content}]]></content:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date_gmt>2025-02-03 09:05:06</wp:post_date_gmt><wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status>{more}</item>"""


def _item(number: int, name: str, status: str = "publish", kind: str = "page", content: str = "", file: str = "") -> str:
    more = f"<wp:attachment_url>https://{WORDS}/f/{file}</wp:attachment_url>" if file else ""
    return ITEM.format(number=number, name=name, title=name.capitalize(), content=content, kind=kind, status=status, more=more)


def _write(folder: Path, files: dict[str, str | bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data if isinstance(data, bytes) else data.encode())


def _prepare(folder: Path) -> None:
    """Four small old sites, and a little content to place their pages in."""
    _write(folder / "guide", {
        "mkdocs.yml": CONFIG, "docs/index.md": HOME, "docs/services/permis.md": PERMIT, "docs/services/renouveler.md": RENEW, "docs/images/lac.png": _image(),
        "docs/fichiers/guide.pdf": PDF, "includes/avis.md": "Un secret.", "docs/interne/note.md": "# Note interne\n\nUn secret.", "docs/README.md": "Pour qui écrit.", "docs/a-venir.md": "# À venir\n\nUn secret."})
    other = "<p>" + "Un tout autre sujet, celui des routes de glace du Nord. " * 20 + "</p>"
    (folder / "revisites.warc.gz").write_bytes(b"".join((
        _captured(VISITS, "/vaccin.html", _page("Vaccination", _long("La vaccination contre la grippe") + '<p><a href="/copie.pdf">Le formulaire</a> <a href="/double.html">double</a> <img src="/photo2.png" alt="Un lac"></p>')),
        _captured(VISITS, "/double.html", same="/vaccin.html"), _captured(VISITS, "/triple.html", same="/double.html"), _captured(VISITS, "/vaccin.html", same="/vaccin.html"),
        _captured(VISITS, "/erreur.html", _page("Page introuvable", "<p>Page introuvable.</p>")), _captured(VISITS, "/erreur2.html", same="/erreur.html"),
        _captured(VISITS, "/orpheline.html", same="/jamais-vue.html"), _captured(VISITS, "/seule.html", same="/seule.html"),
        _captured(VISITS, "/formulaire.pdf", PDF, "application/pdf"), _captured(VISITS, "/copie.pdf", kind="application/pdf", same="/formulaire.pdf"),
        _captured(VISITS, "/photo.png", _image(), "image/png"), _captured(VISITS, "/photo2.png", kind="image/png", same="/photo.png"),
        _captured(VISITS, "/vide.html"), _captured(VISITS, "/autre.html", status="404 Not Found"))))
    (folder / "cadres.warc.gz").write_bytes(b"".join((
        _captured(FRAMES, "/", _framed('<frameset rows="80,*"><frame src="haut.html" name="haut"><frame src="dedans.html" name="bas"></frameset>')),
        _captured(FRAMES, "/haut.html", b"<html><body><p>Banni\xe8re</p></body></html>"),
        _captured(FRAMES, "/dedans.html", _framed('<frameset cols="20%,*"><frame src="menu.html" name="menu"><frame src="encore.html" name="reste"></frameset>')),
        _captured(FRAMES, "/menu.html", ("<html><body>" + "".join(f'<p><a href="p{n}.html">Une entrée du menu</a></p>' for n in range(80)) + "</body></html>").encode()),
        _captured(FRAMES, "/encore.html", _framed('<frameset><frame src="dedans.html"><frame src="texte.html"></frameset>')),
        _captured(FRAMES, "/texte.html", _page("Dépistage", _long("La clinique de dépistage des maladies"))),
        _captured(FRAMES, "/sans.html", _framed(f'<frameset><frame src="perdu.html"><noframes><body>{other}</body></noframes></frameset>')),
        _captured(FRAMES, "/coquille.html", _page("Coquille", '<iframe src="/texte.html"></iframe>')))))
    _write(folder, {"blogue.xml": """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<!-- http://wordpress.org/export/1.2/ --><channel><title>Blogue</title><language>fr-CA</language>""" + "".join((
        _item(1, "page", content=f'{_long("Une formation sur les permis de conduire")}<img src="https://{WORDS}/f/lac.png" alt="Un lac">'), _item(2, "brouillon", status="draft"), _item(3, "secret", status="private"),
        _item(4, "deuxieme", status="draft"), _item(5, "lac", kind="attachment", status="inherit", file="lac.png"), _item(6, "perdu", kind="attachment", status="inherit", file="perdu.pdf"),
    )) + "</channel></rss>"})
    (folder / "fichiers.warc.gz").write_bytes(_captured(WORDS, "/f/lac.png", _image(), "image/png"))
    recipes = {"guide-permis": ("guide.exemple.quebec", "guide"), "revisites": (VISITS, "revisites.warc.gz"), "cadres": (FRAMES, "cadres.warc.gz"), "blogue": (WORDS, "blogue.xml, ../../../fichiers.warc.gz")}
    for name, (host, source) in recipes.items():
        _write(folder / "contenu", {f"_migration/{name}/recette.yml": f"nom: {name}\nhotes: [{host}]\nsources: [../../../{source}]\n"})
    _write(folder / "contenu", {
        "transports/index.md": "---\ntitle: Transports\n---\nConduire, permis, routes.\n", "transports/permis.md": "---\ntitle: Permis de conduire\n---\nObtenir un permis de conduire.\n",
        "sante/index.md": "---\ntitle: Santé\n---\nVaccination, hôpitaux.\n", "sante/grippe.md": "---\ntitle: Grippe\n---\nLa grippe et les vaccins.\n"})


def migrate(folder: Path, *options: object) -> dict:
    """Run the command as an analyst does; return its JSON."""
    done = subprocess.run([sys.executable, ROOT / "build.py", "migrate", "site", "--content", folder / "contenu", "--work", folder / "travail", "--now", "2026-06-01T12:00", "--jobs", "1", "--json", *options],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Path:
    """The sites, migrated; nobody changes it."""

    def make_all(folder: Path) -> None:
        folder.mkdir()
        _prepare(folder)
        migrate(folder, "--report", folder / "rapport")

    return made_once(tmp_path_factory, "sources", make_all)


def rows(folder: Path, site: str) -> dict[str, decision.Decision]:
    """The decisions of a site, by the path of the old address."""
    found, problems = decision.read(folder / "contenu" / "_migration" / site / decision.FILE)
    assert not problems
    return {"/" + row.old.partition("/")[2]: row for row in found}


# MkDocs


def test_pages_of_a_mkdocs_site_become_pages_of_fleuve(migrated):
    found = rows(migrated, "guide-permis")
    assert set(found) == {"/aide", "/aide/services/permis", "/aide/services/renouveler", "/aide/images/lac.png", "/aide/fichiers/guide.pdf", "/aide/ancien", "/aide/dehors"}
    page = found["/aide/services/permis"]
    assert page.decision == "garder" and page.target.startswith("transports/")
    text = (migrated / "contenu" / page.target).read_text("utf-8")
    head, body = text.removeprefix("---\n").split("---\n", 1)
    assert head == 'title: "Le permis"\ndescription: "Ce que le permis permet."\ntags: [conduire, auto]\ndate: 2021-02-03\nmise_a_jour: 2024-05-06\n'
    other = found["/aide/services/renouveler"].target.rpartition("/")[2]
    for part in (
        f'[en ligne]({other}#comment "Tout de suite")', "[^1]: De classe 5.", '<abbr title="Société de l’assurance automobile du Québec">SAAQ</abbr>', "<mark>ancien</mark> ~~permis~~", "m<sup>2</sup>",
        "> [!NOTE]\n> Apportez une photo.\n>\n> ```python\n> x = 1\n> ```", "> [!CAUTION]\n> **Gare au gel**\n>\n> Ralentissez.", "::: accordeon Plus de détails\nLe détail caché.\n:::",
        "::: onglets\n::: onglet En ligne\nCliquez.\n:::\n\n::: onglet Au comptoir\nVenez.\n:::\n:::", "## Frais {#frais}", "- ☑ payé\n- ☐ à payer", "Terme\n: Sa définition",
        f"| 5 | [tarif]({other}) |", f"Du **HTML** [d’avant]({other}) piégé", "<figcaption>Le lac</figcaption>", "(PDF)](../", "![Un lac](../", "`{{ code }}`"):
        assert part in body, part
    assert "guide.exemple.quebec" not in text and "# Le permis" not in body
    for gone in ("vole", "secret", "passwd", "8<", "material-check"):
        assert gone not in body, gone


def test_what_a_mkdocs_page_loses_is_named(migrated):
    report = [json.loads(line) for line in (migrated / "rapport" / "guide-permis" / "pages.jsonl").read_text("utf-8").splitlines()]
    page = next(one for one in report if one["titre"] == "Le permis")
    losses = " ".join(page["pertes"])
    for said in ("author: Marie Tremblay", "{{ delai }}", "includes/avis.md", "etc/passwd", ":material-check:", "javascript:"):
        assert said in losses, said
    assert "hide" not in losses and "{{ code }}" not in losses and page["methode"] == "source"
    assert next(one for one in report if one["ancienne"].endswith("/renouveler/"))["titre"] == "Renouveler son permis"


def test_addresses_of_a_mkdocs_site_and_those_of_before_lead_to_the_new_pages(migrated):
    found, text = rows(migrated, "guide-permis"), (migrated / "contenu" / "_redirections" / "guide-permis.csv").read_text("utf-8")
    page = found["/aide/services/permis"].target
    assert (found["/aide/ancien"].decision, found["/aide/ancien"].target) == ("rediriger", page)
    assert (found["/aide/dehors"].decision, found["/aide/dehors"].target) == ("rediriger", "https://ailleurs.exemple.quebec/x")
    assert f"guide.exemple.quebec,/aide/services/permis,/{page.removesuffix('.md')}/,301" in text
    files = [row.target for row in found.values() if row.target.startswith("/fichiers/")]
    assert len(files) == 2 and all((migrated / "contenu" / file.lstrip("/")).is_file() for file in files)


@pytest.mark.parametrize("url, source, written, absolute", [
    ("https://a.example/g/b/", "b.md", "c.md#x", "https://a.example/g/c/#x"), ("https://a.example/g/b.html", "b.md", "d/c.md", "https://a.example/g/d/c.html"),
    ("https://a.example/g/d/", "d/index.md", "../b.md", "https://a.example/g/b/"), ("https://a.example/g/b/", "b.md", "é a.png", "https://a.example/g/%C3%A9%20a.png"),
    ("https://a.example/g/b/", "b.md", "/c.md", "https://a.example/g/c/"), ("https://a.example/g/b/", "b.md", "../../c.md", "../../c.md"), ("https://a.example/g/b/", "b.md", "../c/", "../c/"),
    ("https://a.example/g/b/", "b.md", "#x", "#x"), ("https://a.example/g/b/", "b.md", "https://[x", "https://[x"), ("https://a.example/g/b/", "b.md", "mailto:a@b.example", "mailto:a@b.example")])
def test_links_of_mkdocs_are_those_of_its_files(url, source, written, absolute):
    assert Links.of(url, source).absolute(written) == absolute


@pytest.mark.parametrize("text", [
    "[" * 100_000, "`a``b" * 20_000, "*a **b " * 20_000, "<a " * 30_000, ">" * 100_000, "> " * 50 + "a", "".join("    " * deep + "- a\n" for deep in range(300)), "```\n" * 20_000, "=== \"a\"\n" * 500,
    "{{ " * 30_000, "!!! note \"" + "a " * 50_000, "\x02wzxhzdk:5\x03 \x02\x03", "<div markdown>\n\n" * 2000, "[^1]: [^1]\n\n" * 300, "---\n- a\n---\nb", "\ue25b[a](b)", ""])
def test_markdown_that_nobody_would_write_costs_little_and_stops_nothing(text):
    page = make(Record("https://a.example/a/", kind="text/markdown", body=(text + "\n\nFin.").encode(), hints={"source": "a.md"}))
    assert "Fin." in page.converted.markdown


def test_a_file_of_another_encoding_is_read_without_its_front_matter():
    page = make(Record("https://a.example/a/", kind="text/markdown", charset="utf-8", body="---\ntitle: Été\nstatut: ancien\n---\n# L’été\n\nDéjà là, à Québec.".encode("cp1252"), hints={"source": "a.md"}))
    assert page.converted.markdown == "Déjà là, à Québec.\n" and page.extracted.title == "L’été" and "statut: ancien" in page.converted.losses[0]


def test_fences_stand_in_anything_and_end_with_it():
    losses: dict[str, None] = {}
    found = mkdocs_markdown.html("- a\n\n    ``` {.py title=\"b.py\"}\n    <x>\n\n    ```\n\n> ~~~sh\n> ls\n\naprès\n\n```mermaid\n{{ x }}\n", "", "", losses)
    assert '<pre><code class="language-py">&lt;x&gt;\n\n</code></pre>' in found and "<strong>b.py</strong>" in found
    assert '<pre><code class="language-sh">ls\n' in found and "<p>après</p>" in found and "{{ x }}" in found
    assert list(losses) == ["Un diagramme «\u00a0mermaid\u00a0» est gardé sous forme de texte."]


# Revisits, and files that an export only names


def test_an_address_that_repeats_another_goes_where_it_goes(migrated):
    found = rows(migrated, "revisites")
    page = found["/vaccin.html"]
    assert page.decision == "garder"
    for path in ("/double.html", "/triple.html"):
        assert (found[path].decision, found[path].target) == ("rediriger", page.target) and "mêmes octets que «\u00a0https://revisites.exemple.quebec/" in found[path].reason
    assert found["/erreur2.html"].decision == found["/erreur.html"].decision == "archiver" and "mêmes octets" in found["/erreur2.html"].reason
    assert found["/orpheline.html"].decision == found["/seule.html"].decision == "a-decider"
    assert found["/vide.html"].decision == "archiver" and "vide" in found["/vide.html"].reason


def test_a_file_that_repeats_another_is_that_file_for_the_pages_that_show_it(migrated):
    found = rows(migrated, "revisites")
    for original, copy in (("/formulaire.pdf", "/copie.pdf"), ("/photo.png", "/photo2.png")):
        assert found[original].decision == "garder" and (found[copy].decision, found[copy].target) == ("rediriger", found[original].target)
        assert (migrated / "contenu" / found[original].target.lstrip("/")).is_file()
    text = (migrated / "contenu" / found["/vaccin.html"].target).read_text("utf-8")
    assert "revisites.exemple.quebec" not in text and text.count("fichiers/") == 2


def test_a_file_that_an_export_names_is_that_of_another_source_or_undecided(migrated):
    found = rows(migrated, "blogue")
    assert found["/f/lac.png"].decision == "garder" and found["/f/lac.png"].target.startswith("/fichiers/")
    assert found["/f/perdu.pdf"].decision == "a-decider" and "ajoutez une archive" in found["/f/perdu.pdf"].reason


# Frames


def test_a_frameset_leads_to_the_page_with_the_content_through_other_framesets(migrated):
    found = rows(migrated, "cadres")
    page = found["/texte.html"]
    for path in ("", "/dedans.html", "/encore.html", "/coquille.html"):
        row = found[path or "/"]
        assert (row.decision, row.target) == ("rediriger", page.target), path
    assert found["/coquille.html"].confidence < 0.8 and "iframe" in found["/coquille.html"].reason
    assert found["/sans.html"].decision != "archiver" and "sans contenu" not in found["/sans.html"].reason  # its content is in noframes


# What is set aside


def test_what_a_mkdocs_site_did_not_publish_is_set_aside(migrated):
    data = json.loads((migrated / "rapport" / "guide-permis" / "site.json").read_text("utf-8"))
    assert [(one["raison"].partition("\u00a0:")[0], one["nombre"]) for one in data["mis_de_cote"]] == [("brouillon", 1), ("exclu du site", 1)]


def test_what_is_set_aside_on_purpose_is_counted_and_is_no_error(migrated):
    data = json.loads((migrated / "rapport" / "blogue" / "site.json").read_text("utf-8"))
    assert data["erreurs"] == [] and data["totaux"]["erreurs"] == 0
    aside = {one["raison"]: one for one in data["mis_de_cote"]}
    assert aside["brouillon\u00a0: non public, laissé de côté."]["nombre"] == 2 and aside["privé\u00a0: non public, laissé de côté."]["nombre"] == 1
    assert any("/brouillon/" in address for address in aside["brouillon\u00a0: non public, laissé de côté."]["adresses"])
    page = (migrated / "rapport" / "blogue" / "index.html").read_text("utf-8")
    assert "Mis de côté" in page and "brouillon" in page and "Erreurs du site" not in page


def test_a_second_run_changes_nothing(migrated, tmp_path):
    shutil.copytree(migrated, tmp_path / "m")
    before = {file.relative_to(tmp_path): file.read_bytes() for file in (tmp_path / "m" / "contenu").rglob("*") if file.is_file()}
    done = migrate(tmp_path / "m")
    assert {file.relative_to(tmp_path): file.read_bytes() for file in (tmp_path / "m" / "contenu").rglob("*") if file.is_file()} == before
    assert all(one["written"] == 0 for one in done["sites"].values()) and done["sites"]["guide-permis"]["made"] == 0


def test_a_ledger_of_before_is_made_again(migrated, tmp_path):
    """Its tables had other columns."""
    file = tmp_path / "vieux.db"
    with sqlite3.connect(file) as old:
        old.executescript("CREATE TABLE damaged(url TEXT, reason TEXT); CREATE TABLE facts(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID; INSERT INTO damaged VALUES('a', 'b'); INSERT INTO facts VALUES('version', '1')")
    old.close()
    with Ledger(file) as ledger:
        ledger.put_damaged("https://a.example/b", "brouillon", True)
        ledger.put_damaged("https://a.example/c", "coupé")
        assert ledger.damaged() == [("https://a.example/c", "coupé")] and ledger.damaged(aside=True) == [("https://a.example/b", "brouillon")]


def test_access_logs_are_read_once_only(tmp_path):
    """They teach nothing of the pages: the reading that learns leaves them out."""
    log = '203.0.113.9 - - [10/Oct/2020:13:55:36 -0400] "GET /a.html HTTP/1.1" 200 2326 "-" "Mozilla/5.0 (Windows NT 10.0) Firefox/120.0"\n'
    (tmp_path / "access.log").write_text(log * 3, "utf-8")
    said = Recipe("a", hosts=("a.example",), folder=tmp_path, sources=("access.log",))
    with Ledger(tmp_path / "a.db") as ledger:
        intake = Intake(said, ledger, tmp_path / "fichiers", Executor(1))
        assert list(intake.records(logs=False)) == [] and [hits.count for hits in intake.records()] == [3]
        intake.run()
        assert ledger.hits() == {"a.example/a.html": 3}
