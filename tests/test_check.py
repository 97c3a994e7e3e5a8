"""`build.py check`: findings where a person can mend them, told once, against a list that only shrinks."""

from __future__ import annotations

import json
import subprocess

import pytest
from conftest import NOW, PIXEL, ROOT, Site
from hypothesis import given, strategies as st
from test_command import real, refused

from fleuve.audit.finding import Finding
from fleuve.audit.known import PATH, read
from fleuve.audit.origin import Seen, fingerprint, merge
from fleuve.audit.sighting import SeenPage

KEYS = ["file", "line", "rule", "act_rule", "criteria", "certainty", "message", "remedy", "excerpt", "pages", "page"]
IMAGE = "image-sans-nom"
ORGANISM = "---\ntitle: Ministère de la Santé\ntype: organisme\nsigle: MS\nnature: ministere\nstatut: actif\n---\nLe ministère veille à la santé de la population.\n"
GOOD = "---\ntitle: Se faire vacciner\ndescription: Où et quand recevoir un vaccin gratuit.\norganismes: [ministere-sante]\n---\n"


def check(site: Site, *options: str, now: str = NOW):
    """Run `build.py check --json` in this process."""
    from conftest import run

    return run("check", "--config", str(site.config), "--out", str(site.out), "--cache", str(site.cache), "--now", now, "--json", *options)


def found(result, rule: str) -> list[dict]:
    """Findings of a rule."""
    return [finding for finding in result.report["findings"] if finding["rule"] == rule]


def places(result, rule: str) -> list[tuple[str, int]]:
    """Where a rule found something."""
    return [(finding["file"], finding["line"]) for finding in found(result, rule)]


@pytest.fixture
def good(site) -> Site:
    """A site in which nothing is certainly wrong."""
    site.write("index.md", "---\ntitle: Accueil\ndescription: Les services du gouvernement.\norganismes: [ministere-sante]\n---\nBienvenue sur le site du gouvernement.\n")
    site.write("organismes/ministere-sante.md", ORGANISM)
    site.write("sante/index.md", "---\ntitle: Santé\ntype: theme\ndescription: Soins et vaccins.\n---\nTout sur la santé.\n")
    site.write("sante/vaccin.md", GOOD + "\nLe vaccin est gratuit pour toute la population.\n\n## Où aller\n\nDans une pharmacie près de chez vous.\n")
    site.write("sante/photo.png", PIXEL)
    return site


def spoil(site: Site, path: str = "sante/vaccin.md") -> None:
    """An image without alternative, at line 10 of the file."""
    site.write(path, GOOD + '\nLe vaccin est gratuit.\n\n## Où aller\n\n<img src="photo.png">\n\nDans une pharmacie.\n')


# Nothing wrong.


def test_a_good_site_passes_and_every_page_is_checked(good):
    result = check(good)
    assert result.code == 0, [f for f in result.report["findings"] if f["certainty"] == "certain"]
    report = result.report
    assert report["pages"] == report["checked"] == len([path for path in good.tree() if path.endswith(".html")])
    assert {"pages", "checked", "seconds", "findings", "known", "new", "pa11y", "errors", "warnings"} <= report.keys()
    assert report["new"] == [] and report["pa11y"]["mode"] == "none" and report["seconds"]["verification"] > 0


def test_the_site_is_built_as_by_build(good):
    check(good)
    assert good.tree() == good.clean_build()


# Where findings are.


def test_an_image_without_alternative_is_told_at_its_markdown_line(good):
    spoil(good)
    result = check(good)
    assert result.code == 1 and places(result, IMAGE) == [("sante/vaccin.md", 11)]
    finding = found(result, IMAGE)[0]
    assert list(finding) == KEYS and finding["certainty"] == "certain" and finding["page"] == "/sante/vaccin/" and finding["pages"] == 1
    assert finding["criteria"] == ["1.1.1"] and 'src="/medias/' in finding["excerpt"] and finding["message"] and finding["remedy"]


def test_each_of_two_same_mistakes_has_its_line(good):
    good.write("sante/vaccin.md", GOOD + '\n<img src="photo.png">\n\nTexte.\n\n<img src="photo.png">\n')
    assert places(check(good), IMAGE) == [("sante/vaccin.md", 7), ("sante/vaccin.md", 11)]


def test_a_link_that_says_nothing_is_told_at_its_line(good):
    good.write("sante/vaccin.md", GOOD + "\nIci, on vaccine. Venez ici.\n\nPour un rendez-vous, [cliquez ici](../index.md).\n\nPour le reste, [cliquez ici](https://exemple.quebec/).\n")
    files = [(f["file"], f["line"]) for f in check(good).report["findings"] if "cliquez" in (f["message"] + f["excerpt"]).lower() or f["rule"].startswith("lien")]
    assert {("sante/vaccin.md", 9), ("sante/vaccin.md", 11)} <= set(files), files


def test_a_mistake_of_a_fragment_names_the_fragment_once_with_its_pages(good):
    good.write("_fragments/aide.md", 'Besoin d’aide?\n\n<img src="/sante/photo.png">\n')
    for name in ("un", "deux", "trois"):
        good.write(f"sante/{name}.md", f"---\ntitle: Page {name}\norganismes: [ministere-sante]\n---\nTexte de la page {name}.\n\n[[inclure: aide]]\n")
    (finding,) = found(check(good), IMAGE)
    assert (finding["file"], finding["line"], finding["pages"], finding["page"]) == ("_fragments/aide.md", 3, 3, "/sante/deux/")


def test_a_mistake_of_the_front_matter_names_its_key(good):
    good.write("sante/carte.md", "---\ntitle: Carte\ntype: service\norganismes: [ministere-sante]\nlien_service: {url: https://exemple.quebec/, texte: Commander}\n"
               "introduction: |\n  Une carte gratuite.\n\n  Pour la voir, [cliquez ici](https://exemple.quebec/carte).\nautres_facons:\n  - mode: telephone\n    texte: Appelez-nous.\n---\n")
    lines = {(f["file"], f["line"]) for f in check(good).report["findings"] if f["rule"].startswith("lien") and "exemple.quebec/carte" in f["excerpt"]}
    assert lines == {("sante/carte.md", 9)}


def origin(site: Site, output: str, path: str, tag: str, excerpt: str = "") -> tuple[str, int]:
    """The file and line of a finding about the element of a built page that begins so; excerpt: a text within it, instead."""
    from fleuve import cache, settings
    from fleuve.audit.origin import Origin

    configured = settings.load(site.config, None, site.out)
    db = cache.open_for_reading(cache.locate(site.cache, configured.config, configured.content, configured.out))
    html = site.read(output)
    line = next(number for number, text in enumerate(html.split("\n"), 1) if tag in text)
    ((_, mended),) = Origin(configured, db).place(output, path, html, [Finding(output, line, "essai", "", (), "certain", "m", "r", excerpt or tag)])
    return mended.file, mended.line


def test_titles_and_descriptions_shown_by_other_pages_are_told_in_their_own_document(good):
    good.build()
    assert origin(good, "sante/index.html", "sante/index.md", '<a href="/sante/vaccin/">') == ("sante/vaccin.md", 2)
    assert origin(good, "sante/index.html", "sante/index.md", '<a href="/sante/vaccin/">', "et quand recevoir un vaccin grat") == ("sante/vaccin.md", 3)
    assert origin(good, "sante/vaccin/index.html", "sante/vaccin.md", "<title>") == ("sante/vaccin.md", 2)


def test_a_link_of_the_table_of_contents_is_told_at_its_heading(good):
    good.write("sante/vaccin.md", GOOD + "La démarche est simple.\n\n## Enfants\n\n### Démarche\n\nTexte.\n\n## Adultes\n\n### Démarche\n\nTexte.\n\n## Aînés\n\nTexte.\n\n## Démarche\n\nTexte.\n")
    good.build()
    assert origin(good, "sante/vaccin/index.html", "sante/vaccin.md", '<a href="#demarche-3">') == ("sante/vaccin.md", 24)


CELLS = """
Les prix changent selon votre âge et votre région.

| Âge | Prix |
| --- | --- |
| Moins de 18 ans | gratuit |

Voici les prix de l’an dernier pour les mêmes personnes.

<table>
<tr><th scope="col"><span></span></th><th scope="col">Coût</th></tr>
<tr><th scope="row">Adultes</th><td>16 $</td></tr>
</table>

<ul>
<li></li>
<li>Apportez votre carte</li>
</ul>

Une fin de page assez longue.
"""


@pytest.mark.parametrize(("tag", "line"), [
    ('<th scope="col">Âge</th>', 9), ('<th scope="col">Prix</th>', 9), ('<th scope="col"><span></span></th>', 16), ('<th scope="col">Coût</th>', 16),
    ('<th scope="row">Adultes</th>', 17), ("<td>16&nbsp;$</td>", 17), ("<span></span>", 16), ("<li></li>", 21),
])
def test_what_the_markdown_writes_is_never_told_of_a_template_that_has_the_same(good, tag, line):
    """The theme has « <th scope="col"> » too, in a macro that this page does not use."""
    good.write("sante/vaccin.md", GOOD + CELLS)
    good.build()
    shown = next(written for written in (tag, tag.replace("&nbsp;", "\u00a0")) if written in good.read("sante/vaccin/index.html"))
    assert origin(good, "sante/vaccin/index.html", "sante/vaccin.md", shown) == ("sante/vaccin.md", line)


def test_what_a_template_makes_of_the_front_matter_is_not_the_markdown_of_its_line(good):
    """Between the description and what follows, the front matter has brackets, which are no link."""
    good.write("sante/formulaire.md", "---\ntype: formulaire-lien\ntitle: Demande de carte\ndescription: Demander une carte par la poste.\norganismes: [ministere-sante]\n"
               "lien: https://exemple.quebec/demande.pdf\n---\n")
    good.build()
    assert origin(good, "sante/formulaire/index.html", "sante/formulaire.md", '<a class="bouton bouton-depart"')[0].endswith("types/formulaire-lien.html")


def test_what_a_component_makes_is_told_of_its_template_and_not_of_the_words_around(tmp_path):
    site = Site(tmp_path, theme=True)
    site.write("index.md", "---\ntitle: Accueil\n---\nUn texte assez long avant.\n\n::: encadre Un titre\nLe corps de cet encadré.\n:::\n\nUn texte assez long après.\n")
    template = site.root / "theme/composants/encadre.html"
    text = template.read_text("utf-8")
    at = text.index("{{ contenu")
    template.write_text(text[:at] + '<button type="button" class="plier"></button>\n' + text[at:], "utf-8")
    site.build()
    line = next(number for number, text in enumerate(template.read_text("utf-8").split("\n"), 1) if "plier" in text)
    assert origin(site, "index.html", "index.md", '<button type="button" class="plier">') == ("theme/composants/encadre.html", line)


def test_a_mistake_of_a_template_is_told_once_with_its_line_and_its_pages(tmp_path):
    site = Site(tmp_path, theme=True)
    for name in ("index", "sante/index", "sante/un", "sante/deux"):
        site.write(f"{name}.md", f"---\ntitle: Page {name}\n---\nTexte.\n")
    footer = site.root / "theme/fragments/pied.html"
    footer.write_text(footer.read_text("utf-8").replace("</footer>", '<img class="sceau" src="{{ url(lang) }}.png">\n</footer>'), "utf-8")
    line = next(number for number, text in enumerate(footer.read_text("utf-8").split("\n"), 1) if "sceau" in text)
    (finding,) = found(check(site), IMAGE)
    assert (finding["file"], finding["line"]) == ("theme/fragments/pied.html", line)
    pages = [path for path in site.tree() if path.endswith(".html") and 'class="sceau"' in site.read(path)]
    assert finding["pages"] == len(pages) > 4 and finding["page"] == "/"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["/", "/un/", "/deux/"]), st.integers(1, 3)), max_size=30))
def test_nothing_is_lost_in_merging(rows):
    seen = [Seen(key, Finding("f.md", line, key, "", (), "certain", "m", "r", "<a>", page=page)) for key, page, line in rows]
    merged = list(merge(seen))
    assert sum(finding.pages for finding in merged) == len({(key, page) for key, page, _ in rows})
    assert merged == list(merge(reversed(seen))) == sorted(merged)
    assert {finding.rule for finding in merged} == {key for key, _, _ in rows}


# Incremental, and the same whatever the processes.


def test_only_what_changed_is_checked_again(good):
    spoil(good)
    first = check(good)
    again = check(good)
    assert again.report["checked"] == 0 and again.report["findings"] == first.report["findings"] and again.code == 1
    good.write("sante/vaccin.md", (good.content / "sante/vaccin.md").read_text("utf-8").replace("Dans une pharmacie.", "Dans une clinique."))
    edited = check(good)
    assert edited.report["checked"] == 1 and edited.report["findings"] == first.report["findings"]


def test_a_line_that_moves_is_followed_though_the_page_is_the_same(good):
    spoil(good)
    check(good)
    text = (good.content / "sante/vaccin.md").read_text("utf-8")
    good.write("sante/vaccin.md", text.replace("## Où aller", "\n\n## Où aller"))
    assert places(check(good), IMAGE) == [("sante/vaccin.md", 13)]


def test_incremental_checks_tell_what_a_clean_one_tells(good):
    for step, text in enumerate(('<img src="photo.png">', "Texte.", '[](index.md)\n\n<img src="photo.png">', "## Un\n\n#### Deux", "")):
        good.write("sante/vaccin.md", GOOD + text + "\n")
        if step == 2:
            good.write("_fragments/aide.md", '<img src="/sante/photo.png">\n')
            good.write("sante/autre.md", "---\ntitle: Autre\n---\n[[inclure: aide]]\n")
        if step == 3:
            good.write("_fragments/aide.md", '\n\nDe l’aide.\n\n<img src="/sante/photo.png">\n')
        if step == 4:
            (good.content / "sante/autre.md").unlink()
        incremental = check(good).report
        good_cache, good.cache = good.cache, good.root / f"net-{step}"
        good_out, good.out = good.out, good.root / f"site-{step}"
        clean = check(good).report
        good.cache, good.out = good_cache, good_out
        assert incremental["findings"] == clean["findings"] and incremental["pages"] == clean["pages"] == clean["checked"]


def test_the_same_findings_for_any_number_of_processes(tmp_path):
    site = Site(tmp_path)
    site.write("photo.png", PIXEL)
    for number in range(300):
        site.write(f"theme-{number % 5}/page-{number}.md", f"---\ntitle: Page {number}\n---\nTexte.\n\n" + ('<img src="../photo.png">\n' if number % 7 == 0 else ""))
    one = check(site, "--jobs", "1").report["findings"]
    other = Site(tmp_path)
    other.cache, other.out = tmp_path / "m2", tmp_path / "s2"
    assert check(other, "--jobs", "2").report["findings"] == one and len([f for f in one if f["rule"] == IMAGE]) == 43


# The ratchet.


def entry(finding: dict, **changes) -> dict:
    """The entry that a person writes to accept a finding for a time."""
    fields = {"regle": finding["rule"], "fichier": finding["file"], "empreinte": finding["fingerprint"], "nombre": 1, "raison": "À décrire cet été.", "date": "2026-06-15"}
    return {**fields, **changes}


def accept(site: Site, *entries: dict) -> None:
    """Write the list of known findings."""
    site.write(PATH, "# Constats connus.\n\n" + json.dumps(list(entries), ensure_ascii=False, indent=1) + "\n")


def test_a_known_finding_passes_and_a_new_one_fails(good):
    spoil(good)
    result = check(good)
    assert [f["rule"] for f in result.report["new"]] == [IMAGE]
    accept(good, entry(result.report["new"][0]))
    known = check(good)
    assert known.code == 0 and known.report["known"] == 1 and known.report["new"] == [] and found(known, IMAGE) == found(result, IMAGE)
    text = (good.content / "sante/vaccin.md").read_text("utf-8")
    good.write("sante/vaccin.md", text.replace("## Où", "\n\nEncore.\n\n## Où"))  # lines move: still known
    assert check(good).code == 0
    good.write("sante/vaccin.md", text + '\n<img src="photo.png">\n')  # once more than is known
    again = check(good)
    assert again.code == 1 and [f["line"] for f in again.report["new"]] == [15]


def test_what_is_no_more_is_told_and_shrink_removes_it(good):
    spoil(good)
    first = entry(check(good).report["new"][0])
    accept(good, {**first, "nombre": 3}, {**first, "fichier": "sante/disparu.md"})
    result = check(good)
    assert result.code == 0 and [(gone["fichier"], gone["reste"]) for gone in result.report["gone"]] == [("sante/vaccin.md", 1), ("sante/disparu.md", 0)]
    before = (good.content / PATH).read_text("utf-8")
    assert check(good).code == 0 and (good.content / PATH).read_text("utf-8") == before  # told, and not touched
    assert check(good, "--shrink").code == 0
    text = (good.content / PATH).read_text("utf-8")
    assert text.startswith("# Constats connus.\n\n")
    assert [(e.file, e.count, e.reason) for e in read(text).entries] == [("sante/vaccin.md", 1, "À décrire cet été.")]
    shrunk = check(good, "--shrink")
    assert shrunk.report["gone"] == [] and (good.content / PATH).read_text("utf-8") == text
    good.write("sante/vaccin.md", GOOD + "Texte.\n")
    check(good, "--shrink")
    assert read((good.content / PATH).read_text("utf-8")).entries == []
    spoil(good)
    assert check(good, "--shrink").code == 1 and read((good.content / PATH).read_text("utf-8")).entries == []  # nothing but a hand makes it grow


def test_the_list_is_data_and_never_a_page(good):
    accept(good)
    good.write("_accessibilite/lisez-moi.md", "Texte.")
    result = check(good)
    assert result.code == 0 and not [path for path in good.tree() if "accessibilite/" in path and "connus" in path or "lisez" in path]


@pytest.mark.parametrize(("text", "line", "words"), [
    ("- regle: [\n", None, "YAML"), ("regle: x\n", 1, "liste"), ("- x\n", 1, "clés"), ("\n\n- {regle: a, fichier: b, empreinte: c, raison: d}\n", 3, "date"),
    ("- {regle: a, fichier: b, empreinte: c, raison: '', date: 2026-06-15}\n", 1, "raison"),
    ("- {regle: a, fichier: b, empreinte: c, raison: d, date: hier}\n", 1, "date"),
    ("- {regle: a, fichier: b, empreinte: c, raison: d, date: 2026-06-15}\n- {regle: a, fichier: b, empreinte: c, nombre: 0, raison: d, date: 2026-06-15}\n", 2, "nombre"),
    ("- {regle: a, fichier: b, empreinte: c, combien: 2, raison: d, date: 2026-06-15}\n", 1, "combien"),
])
def test_a_list_that_is_wrong_is_told_with_its_line(good, text, line, words):
    good.write(PATH, text)
    result = check(good)
    (problem,) = result.report["errors"]
    assert result.code == 1 and problem["file"] == PATH and words in problem["message"] + problem["remedy"] and line in (None, problem["line"])
    refused(check(good, "--shrink"), "mal écrit")
    assert (good.content / PATH).read_text("utf-8") == text


def git(site: Site, *arguments: str) -> str:
    """Run git in the site's folder."""
    identity = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.quebec", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", "-C", str(site.root), *identity, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def test_a_change_that_adds_a_known_finding_fails(good):
    spoil(good)
    git(good, "init", "-q", "-b", "main")
    git(good, "add", "contenu")
    git(good, "commit", "-q", "-m", "base")
    first = entry(check(good).report["new"][0])
    accept(good, first)
    assert check(good, "--base", "HEAD").code == 0  # the list begins
    git(good, "add", "contenu")
    git(good, "commit", "-q", "-m", "liste")
    assert check(good, "--base", "HEAD").code == 0
    accept(good, first, {**first, "empreinte": "0123456789ab"})
    result = check(good, "--base", "HEAD")
    assert result.code == 1 and [(p["code"], p["file"]) for p in result.report["errors"]] == [("connus-agrandi", PATH)]
    assert check(good).code == 0
    accept(good, {**first, "nombre": 2})
    assert check(good, "--base", "HEAD").code == 1
    (good.content / "sante/vaccin.md").rename(good.content / "sante/vaccination.md")  # renamed: the same finding elsewhere
    accept(good, {**first, "fichier": "sante/vaccination.md"})
    assert check(good, "--base", "HEAD").code == 0
    (good.content / PATH).unlink()
    assert [p["code"] for p in check(good, "--base", "HEAD").report["errors"]] == ["connus-disparu"]
    refused(check(good, "--base", "absente"), "--base", "révision")


def test_base_without_git_is_refused(good):
    refused(check(good, "--base", "HEAD"), "--base")


def test_the_fingerprint_does_not_depend_on_line_or_page():
    finding = Finding("a.md", 3, IMAGE, "", (), "certain", "m", "r", '<img src="/css/x.png?v=12ab">', page="/a/")
    moved = Finding("b.md", 9, IMAGE, "", (), "certain", "autre", "r", '<img  src="/css/x.png?v=34cd">', pages=4, page="/b/")
    assert fingerprint(finding) == fingerprint(moved) != fingerprint(Finding("a.md", 3, "autre", "", (), "certain", "m", "r", '<img src="/css/x.png">'))


# --html.


def test_any_folder_of_pages_gives_one_list(tmp_path):
    folder = tmp_path / "ailleurs"
    (folder / "sous").mkdir(parents=True)
    (folder / "a.html").write_text('<!doctype html><html lang="fr"><head><title>Une page</title></head><body><main><h1>Une page</h1>\n<p><img src="x.png"></p></main></body></html>', "utf-8")
    (folder / "sous/b.HTM").write_text('<p>Été <IMG SRC=x.png>', "latin-1")
    (folder / "c.xhtml").write_text('<p>Autre <img src="y.png"/></p>', "utf-8")
    (folder / "notes.txt").write_text('<img src="x.png">', "utf-8")
    done = real("check", "--html", str(folder), "--json")
    findings = json.loads(done.stdout)
    assert done.returncode == 1 and done.stderr == "" and isinstance(findings, list) and done.stdout.count("\n") == 1
    assert all(list(finding) == KEYS for finding in findings)
    assert {finding["file"] for finding in findings} == {"a.html", "sous/b.HTM", "c.xhtml"}
    assert ("a.html", 2, IMAGE, "certain") in {(f["file"], f["line"], f["rule"], f["certainty"]) for f in findings}
    assert sorted(tmp_path.iterdir()) == [folder] and len(list(folder.rglob("*"))) == 5  # nothing is built, nothing written
    assert json.loads(real("check", "--html", str(folder), "--json", "--jobs", "2").stdout) == findings


def test_a_folder_without_a_mistake_or_a_page(tmp_path):
    (tmp_path / "vide").mkdir()
    done = real("check", "--html", str(tmp_path / "vide"))
    assert done.returncode == 0 and done.stderr == "" and "Rien à signaler." in done.stdout
    assert real("check", "--html", str(tmp_path / "vide"), "--json").stdout == "[]\n"


def test_what_cannot_be_checked_is_refused(tmp_path, good):
    from conftest import run

    (tmp_path / "f.html").write_text("<p>", "utf-8")
    refused(run("check", "--html", str(tmp_path / "absent")), "--html", "dossier")
    refused(run("check", "--html", str(tmp_path / "f.html")), "--html", "dossier")
    refused(run("check", "--html", str(tmp_path), "--shrink"), "--shrink")
    refused(run("check", "--html", str(tmp_path), "--pa11y", "all"), "--pa11y")
    refused(run("check", "--pa11y", "toutes"), "choix inconnu")
    refused(check(good, "--content", str(tmp_path / "absent")), "Dossier de contenu introuvable")


# Exit codes and words.


def test_errors_of_the_content_fail_too_for_what_is_not_published_is_not_checked(good):
    good.write("sante/mal.md", "---\ndescription: Sans titre\n---\n")
    result = check(good)
    assert result.code == 1 and result.report["errors"] and result.report["new"] == []
    good.write("sante/mal.md", GOOD.replace("vacciner", "soigner") + "[Lien](absent.md)")
    assert check(good).code == 0 and check(good).report["warnings"] and check(good, "--strict").code == 1


def said(site: Site, *options: str):
    """What the command says to people."""
    return real("check", "--config", str(site.config), "--out", str(site.out), "--cache", str(site.cache), "--now", NOW, *options)


def test_people_are_told_by_file_what_is_certain_first_and_what_to_do(good):
    spoil(good)
    good.write("aide.md", GOOD.replace("vacciner", "aider") + "\nPour de l’aide, [cliquez ici](index.md).\n")
    done = said(good)
    text = done.stdout.replace("\u00a0", " ")
    assert done.returncode == 1 and done.stderr == "" and "\x1b" not in text
    assert "sante/vaccin.md\n  ligne 11 : certain : " in text and f"[{IMAGE}, 1.1.1]" in text and "empreinte " in text
    assert text.index("sante/vaccin.md\n") < text.index("aide.md\n")
    assert "1 constat certain, " in text and "À corriger avant de publier : 1 constat certain." in text
    finding = check(good).report["new"][0]
    accept(good, entry(finding))
    done = said(good)
    text = done.stdout.replace("\u00a0", " ")
    assert done.returncode == 0 and "1 constat certain (1 connu)" in text and "Rien de nouveau à corriger." in text and "certain (connu) : " in text


def test_the_sample_configuration_has_the_command():
    help_text = real("check", "--help").stdout
    assert all(option in help_text for option in ("--config", "--content", "--out", "--cache", "--jobs", "--executor", "--now", "--html", "--pa11y", "--json", "--shrink", "--base", "--record", "--strict"))
    assert "check" in real("--help").stdout and ROOT.joinpath("docs/guide/verifier-l-accessibilite.md").is_file()


def test_an_element_that_a_script_made_is_told_of_all_the_same():
    # A browser finds it at a line where the file has something else: the doctype, at the worst.
    seen = SeenPage("<!doctype html>\n<main><p>Des nouvelles</p></main>").sight("liste", 1, '<li class="carte">')
    assert (seen.tag, seen.attributes) == ("li", {"class": "carte"})
