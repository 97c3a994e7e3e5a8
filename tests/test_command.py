"""The command line, a contract on which scripts, editors and reviewers rely (ARCHITECTURE, « Commands »)."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from conftest import NOW, ROOT, Site, run

from fleuve import content_type

GOOD = "---\ntitle: Bonne page\norganismes: [ministere-sante]\n---\nTexte."
ORGANISM = "---\ntitle: Ministère de la Santé\ntype: organisme\nsigle: MS\nnature: ministere\nstatut: actif\n---\nMission."
COUNTS = ("pages", "documents", "shards", "pressed", "written", "removed")


def real(*arguments: str) -> subprocess.CompletedProcess:
    """The command in a process of its own, without a terminal."""
    return subprocess.run([sys.executable, str(ROOT / "build.py"), *arguments], capture_output=True, text=True, encoding="utf-8", timeout=120, stdin=subprocess.DEVNULL)


def options(site: Site) -> list[str]:
    """Where the site is."""
    return ["--config", str(site.config), "--out", str(site.out), "--cache", str(site.cache), "--now", NOW]


@pytest.fixture
def good(site) -> Site:
    """A site without a mistake."""
    site.write("index.md", "---\ntitle: Accueil\norganismes: [ministere-sante]\n---\nBienvenue.")
    site.write("bon.md", GOOD)
    site.write("organismes/ministere-sante.md", ORGANISM)
    return site


# Exit codes.


def test_zero_when_all_is_well(good):
    result = good.build()
    assert result.code == 0 and result.problems() == []


def test_one_when_the_content_has_errors_and_all_are_listed_and_the_rest_is_published(good):
    good.write("a.md", "---\ntitle: A\nordre: premier\n---\n")
    good.write("b.md", "---\ndescription: B\n---\n")
    result = good.build()
    assert result.code == 1
    assert [(p["file"], p["line"]) for p in result.report["errors"]] == [("a.md", 3), ("b.md", 2)]
    assert (good.out / "bon/index.html").exists() and (good.out / "a/index.html").exists() and not (good.out / "b/index.html").exists()
    assert good.build().code == 1  # and again when nothing has changed


def test_a_broken_link_never_holds_back_a_publication_unless_strict(good):
    good.write("bon.md", GOOD + "[Lien](absent.md)")
    result = good.build()
    assert result.code == 0 and [p["code"] for p in result.report["warnings"]] == ["lien-brise"]
    assert good.build("--strict").code == 1
    good.write("bon.md", GOOD)
    assert good.build("--strict").code == 0


def test_missing_organisms_are_counted_once(good):
    for number in range(5):
        good.write(f"page-{number}.md", f"---\ntitle: Page {number}\n---\n")
    result = good.build()
    assert result.code == 0
    assert [(p["code"], p["message"]) for p in result.report["warnings"]] == [("sans-organisme", "5 pages sans organisme responsable, dont celle-ci.")]


def test_any_folder_of_plain_markdown_builds_without_an_error(tmp_path, good):
    for folder in ("", "Guides", "Guides/Deux mots"):
        for number in range(3):
            file = tmp_path / "autre" / folder / f"page{number}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"---\ntitle: Page {number}\ndescription: Une page.\ndate: 2026-05-0{number + 1}\n---\n# Titre\n\nTexte, [lien](page0.md).\n", "utf-8")
    result = good.build("--content", str(tmp_path / "autre"), out=tmp_path / "ailleurs")
    assert result.code == 0 and result.report["errors"] == [] and result.report["pages"] >= 9
    assert "Texte" in (tmp_path / "ailleurs/guides/deux-mots/page1/index.html").read_text("utf-8")


def test_the_sample_configuration_is_the_default():
    text = real("build", "--help").stdout
    assert "site.yml" in text and "public/" in text


# --json.


def test_json_is_one_object_and_nothing_else(good):
    good.write("mal.md", "---\ntitle: Mal\nordre: x\n---\n[Lien](absent.md)")
    done = real("build", *options(good), "--json")
    assert done.returncode == 1 and done.stderr == "" and done.stdout.count("\n") == 1
    report = json.loads(done.stdout)
    assert set(report) >= {"out", "now", *COUNTS, "seconds", "errors", "warnings"}
    assert all(isinstance(report[key], int) for key in COUNTS)
    assert report["out"] == str(good.out) and report["now"].startswith("2026-06-15T12:00:00-04:00")
    assert {"inventaire", "pages", "site", "publication"} <= set(report["seconds"]) and all(value >= 0 for value in report["seconds"].values())
    for problem in report["errors"] + report["warnings"]:
        assert set(problem) == {"file", "line", "column", "severity", "code", "message", "remedy"}
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem["code"])
    assert {p["severity"] for p in report["errors"]} == {"erreur"} and {p["severity"] for p in report["warnings"]} == {"avertissement"}


def test_json_when_nothing_changed_tells_the_same_problems_and_writes_nothing(good):
    good.write("mal.md", "---\ntitle: Mal\nordre: x\n---\n[Lien](absent.md)")
    first, again = good.build(), good.build()
    assert again.problems() == first.problems()
    assert (again.report["pressed"], again.report["written"], again.report["removed"]) == (0, 0, 0)
    assert again.report["pages"] == first.report["pages"] > 0


# For people.


def test_without_a_terminal_standard_error_is_quiet(good):
    good.write("mal.md", "---\ntitle: Mal\nordre: x\n---\n")
    done = real("build", *options(good), "--jobs", "2")
    assert done.returncode == 1 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert any(line.startswith("erreur\u00a0: mal.md:3:1: «\u00a0ordre\u00a0»") for line in lines[:2])
    assert re.fullmatch(r"\d+ pages, \d+ fichiers écrits en \d+,\d s\u00a0; 1 erreur, 1 avertissement\.", lines[-2]), lines
    assert lines[-1] == f"Site\u00a0: {good.out}"


ENGLISH = re.compile(r"\b(usage|the|show|optional|positional|required|invalid|error|unrecognized|argument|expected|choose|not)\b:?", re.I)


@pytest.mark.parametrize("command", [[], ["build"], ["serve"], ["check"], ["review"], ["new"], ["migrate"], ["migrate", "fiches"]])
def test_help_is_in_french(command):
    done = real(*command, "--help")
    assert done.returncode == 0 and done.stderr == ""
    found = ENGLISH.findall(re.sub(r"--[\w-]+", "", done.stdout))
    assert not [word for word in found if word.lower() not in ("usage",)] and not re.search(r" [:;?!»]|« ", done.stdout), done.stdout
    assert done.stdout.startswith("Utilisation\u00a0: build.py") and "affiche cette aide" in done.stdout


def test_the_options_of_the_contract_exist():
    build, serve = real("build", "--help").stdout, real("serve", "--help").stdout
    common = ("--config", "--content", "--out", "--cache", "--jobs", "--executor", "--now")
    assert all(option in build for option in (*common, "--clean", "--strict", "--json"))
    assert all(option in serve for option in (*common, "--host", "--port"))
    assert all(name in real("--help").stdout for name in ("build", "serve", "check", "review", "new", "migrate"))


# What is wrong in a command or a configuration: exit code 2, one sentence in French that says what to do.


def refused(result, *words: str) -> None:
    """Exit code 2, and a French sentence."""
    assert result.code == 2 and not result.report
    for word in words:
        assert word in result.said.replace("\u00a0", " "), result.said
    assert "Traceback" not in result.said
    assert not re.search(r"\b(the|error|invalid|unrecognized|argument|expected|required|No such)\b", result.said), result.said
    assert not re.search(r" [:;?!»](?!\w)|« ", result.said), result.said


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "il manque"), (["construire"], "choix inconnu"), (["build", "--inconnue"], "options inconnues"), (["build", "--jobs"], "une valeur est attendue"),
    (["build", "--jobs", "0"], "un nombre entier"), (["build", "--jobs", "deux"], "un nombre entier"), (["build", "--js"], "options inconnues"), (["build", "de trop"], "options inconnues"),
    (["serve", "--port", "x"], "nombre entier"), (["new"], "il manque"), (["new", "page"], "il manque"), (["migrate"], "il manque"),
])
def test_wrong_arguments(arguments, words):
    refused(run(*arguments), words)


@pytest.mark.parametrize("now", ["demain", "2026-02-30", "2026-13-01", "15 juin 2026", ""])
def test_an_instant_that_is_none(good, now):
    refused(good.build(now=now), "--now")


def test_a_content_folder_that_does_not_exist(good):
    refused(good.build("--content", str(good.root / "absent")), "Dossier de contenu introuvable", "--content")


def test_a_configuration_that_does_not_exist(good):
    good.config.unlink()
    refused(good.build(), "Configuration introuvable", "--config")


@pytest.mark.parametrize(("old", "new", "words"), [
    ("site_url: https", "site_url: [https", "YAML invalide"),
    ("site_url: https://essai.exemple.quebec/", "site_url: ftp://essai", "https://"),
    ("site_name:", "- site_name:", "YAML invalide"),
    ("custom_dir: ", "custom_dir: absent", "Thème introuvable"),
    ("- fleuve-documents", "- fleuve-inconnu", "fleuve-inconnu"),
    ("fleuve-documents     #", "fleuve-documents: {x: 1}  #", ""),
    ("docs_dir: contenu", "docs_dir: nulle-part", "Dossier de contenu introuvable"),
    ("docs_dir: contenu", "docs_dir: [contenu]", "docs_dir"),
    ("fuseau: America/Montreal", "fuseau: Amérique/Nulle-Part", "fuseau"),
    ("plugins:", "plugin:", "fleuve-documents"),
    ("menu:\n", "menu: [sante]\n    autre:\n", "extra.fleuve.menu"),
    ("sans: [organismes", "sans: organismes #", "extra.fleuve.menu.sans"),
    ("sans: [organismes", "sans: [3", "extra.fleuve.menu.sans"),
])
def test_a_configuration_that_is_wrong(good, old, new, words):
    text = good.config.read_text("utf-8")
    assert old in text
    good.config.write_text(text.replace(old, new, 1), "utf-8")
    if words:
        result = good.build("--jobs", "1")
        assert result.code == 2 and "Traceback" not in result.said and words in result.said.replace("\u00a0", " "), result.said
        assert result.said.startswith("build.py\u00a0: ") and not (good.out / "index.html").exists()
    else:
        assert good.build("--jobs", "1").code in (0, 2)


def test_the_main_menu_has_every_theme_but_those_that_the_configuration_leaves_out(site):
    site.write("index.md", "Bienvenue.")
    for folder in ("organismes", "peche", "marees"):
        site.write(f"{folder}/index.md", f"---\ntype: theme\ntitle: Thème {folder}\n---\n")

    def menu(file: str) -> list[str]:
        return re.findall(r">Thème (\w+)</a>", site.read(file).partition("</header>")[0])

    assert site.build("--jobs", "1").code == 0
    assert menu("index.html") == menu("404.html") == ["marees", "peche"]
    site.config.write_text(site.config.read_text("utf-8").replace("sans: [organismes, evenements-de-vie]", "sans: [peche]"), "utf-8")
    assert site.build("--jobs", "1").code == 0
    assert menu("index.html") == ["marees", "organismes"]
    site.config.write_text(site.config.read_text("utf-8").replace("    menu:\n      sans: [peche]\n", ""), "utf-8")
    assert site.build("--jobs", "1").code == 0
    assert menu("index.html") == ["marees", "organismes", "peche"]


@pytest.mark.parametrize("text", [b"", b"- a\n- b\n", b"\xff\xfe", b"\x00", b"plugins: 3\n", b"theme: x\n", b"extra: [1]\n"])
def test_a_configuration_that_is_no_configuration(good, text):
    good.config.write_bytes(text)
    result = good.build("--jobs", "1")
    assert result.code == 2 and "Traceback" not in result.said and result.said.startswith("build.py\u00a0: "), result.said


# new


@pytest.mark.parametrize("kind", sorted(content_type.load()))
def test_new_makes_a_document_that_builds_without_an_error(good, kind):
    good.write("sante/index.md", "---\ntitle: Santé\ntype: theme\n---\n")
    for ident in ("personnes/louise-tremblay", "fonctions/ministre-sante"):
        good.write(f"gouvernement/{ident}.md", f"---\ntitle: {ident}\ntype: {ident.split('/')[0][:-1]}\n---\n")
    result = run("new", kind, "Un titre d’essai", "--config", str(good.config), *(("--folder", "sante") if content_type.load()[kind].has_page and not content_type.load()[kind].folder else ()))
    assert result.code == 0, result.said
    built = good.build("--jobs", "1")
    told = [p for p in built.report["errors"] if p["code"] != "reference-inconnue"]  # ids given as examples are the editor's to replace
    assert told == [], told


def test_new_never_overwrites(good):
    arguments = ("new", "page", "Bonne page", "--folder", "sante", "--config", str(good.config))
    assert run(*arguments).code == 0
    file = good.content / "sante/bonne-page.md"
    file.write_text(GOOD, "utf-8")
    refused(run(*arguments), "existe déjà")
    assert file.read_text("utf-8") == GOOD


def test_new_refuses_what_it_cannot_make(good):
    config = ("--config", str(good.config))
    refused(run("new", "servise", "Titre", *config), "« service »")
    refused(run("new", "page", "!!!", "--folder", "sante", *config), "lettre")
    refused(run("new", "page", "Titre", "--folder", "../ailleurs", *config), "sort de contenu")
    refused(run("new", "page", "Titre", *config), "dossier")


# The same bytes.


def test_the_same_bytes_for_any_number_of_processes_and_twice(tmp_path):
    site = Site(tmp_path)
    for number in range(60):
        site.write(f"theme-{number % 6}/page-{number}.md", f"---\ntitle: Page {number}\n---\nTexte, [lien](page-{(number + 6) % 60}.md).")
    trees = [site.clean_build("--jobs", jobs) for jobs in ("1", "2", "3", "1")]
    assert trees[0] == trees[1] == trees[2] == trees[3] and len(trees[0]) > 120
