"""`build.py migrate site` on the eight legacy sites: real archives, a copy of the content, nginx, and what people do between two runs."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, made_once
from legacy import fixture
from old_servers import NGINX, free_port, nginx

from fleuve import settings as settings_module
from fleuve.publish import WORKSHOP
from migration import answers, decision, intake
from migration.destination import Destinations
from migration.recipe import Recipe
from migration.record import Record
from migration.redirects import PENDING
from migration.site import planned
from migration.template import Template

if shutil.which("wget") is None:
    pytest.skip("wget est absent : il archive les anciens sites (paquet Debian « wget »).", allow_module_level=True)

DAY = "2013-04-01T12:00"
CONTENT = ("sante", "transports", "education", "culture", "emploi", "nouvelles", "organismes", "_vocabulaires")


def migrate(folder: Path, *options: str, jobs: int = 1) -> tuple[int, dict]:
    """Run the command as an analyst does; return its code and its JSON."""
    done = subprocess.run([sys.executable, ROOT / "build.py", "migrate", "site", "--content", folder / "contenu", "--work", folder / "travail", "--now", DAY, "--jobs", str(jobs), "--json", *options],
                          capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def prepared(folder: Path) -> Path:
    """A copy of some of the content, and the recipes of the eight sites beside their archives."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contenu").mkdir()
    for name in CONTENT:
        shutil.copytree(ROOT / "contenu" / name, folder / "contenu" / name)
    fixture.write_recipes(folder / "contenu", fixture.archives(folder / "archives"))
    return folder


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Path:
    """The eight sites, migrated; nobody changes it."""

    def make(folder: Path) -> None:
        prepared(folder)
        migrate(folder, "--report", str(folder / "rapport"), "--servers", str(folder / "serveurs"), jobs=2)

    return made_once(tmp_path_factory, "migration", make)


@pytest.fixture
def mine(migrated, tmp_path) -> Path:
    """The same, to be changed."""
    shutil.copytree(migrated, tmp_path / "m")
    return tmp_path / "m"


def rows(folder: Path, site: str) -> dict[str, decision.Decision]:
    """The decisions of a site."""
    found, problems = decision.read(folder / "contenu" / "_migration" / site / decision.FILE)
    assert not problems
    return {row.old: row for row in found}


def change(folder: Path, site: str, old: str, **values: str) -> None:
    """Write in decisions.csv as a person does in a spreadsheet."""
    file = folder / "contenu" / "_migration" / site / decision.FILE
    with file.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    for line in lines:
        if line["ancienne_adresse"] == old:
            line.update(values)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)


def a_kept_page(folder: Path, site: str) -> decision.Decision:
    """The first page of a site that is kept."""
    return next(row for row in rows(folder, site).values() if row.decision == "garder" and row.target.endswith(".md"))


def tree(folder: Path) -> dict[str, bytes]:
    """All files of the content."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted((folder / "contenu").rglob("*")) if file.is_file()}


def test_every_known_page_is_found_with_its_title_and_its_date(migrated):
    from migration import recipe
    from migration.ledger import Ledger
    from migration.old_url import normal

    for site in fixture.sites():
        said, problems = recipe.load(migrated / "contenu" / "_migration" / site / "recette.yml")
        assert not problems
        with Ledger(migrated / "travail" / f"{site}.db") as ledger:
            entries = {entry.key: entry.data for entry in ledger.pages()}
        for url, known in fixture.truth(site).items():
            data = entries[normal(url, said)]
            assert data["title"] == known.title
            assert data["language"][:2] == known.lang
            assert not known.modified or data["dates"]["modified"] == known.modified


def test_every_old_address_has_one_decision(migrated):
    for site in fixture.sites():
        found = rows(migrated, site)
        assert found and all(row.decision in decision.DECISIONS for row in found.values())
        assert all(row.target for row in found.values() if row.decision in decision.MOVED)


def test_what_is_kept_is_there_and_links_to_other_old_sites_are_internal(migrated):
    hosts = [f"//{host}" for site in fixture.sites() for host in _hosts(migrated, site)]
    pages = inside = 0
    for site in fixture.sites():
        for row in rows(migrated, site).values():
            if row.decision == "garder" and row.target.endswith(".md"):
                text = (migrated / "contenu" / row.target).read_text("utf-8")
                pages += 1
                assert text.startswith("---\n") and decision.Decision and row.after
                inside += ".md)" in text
                for host in hosts:
                    for line in text.split("\n"):
                        # A link that is left is one to an address that nobody has decided, or to its archive.
                        if host in line and "archive.exemple.quebec" not in line:
                            assert _undecided(migrated, line)
    assert pages > 100 and inside > 50


def _hosts(folder: Path, site: str) -> tuple[str, ...]:
    from migration import recipe

    return recipe.load(folder / "contenu" / "_migration" / site / "recette.yml")[0].hosts


def _undecided(folder: Path, line: str) -> bool:
    import re

    from migration import recipe
    from migration.old_url import normal

    for url in re.findall(r"https?://[^\s)>\"]+", line):
        for site in fixture.sites():
            said = recipe.load(folder / "contenu" / "_migration" / site / "recette.yml")[0]
            if key := normal(url, said):
                row = rows(folder, site).get(key)
                if row is not None and row.decision in decision.MOVED and row.target.endswith(".md"):
                    return False
    return True


def test_dangerous_files_stay_out_and_pictures_lose_where_they_were_taken(migrated):
    names = [file.name for file in (migrated / "contenu" / "fichiers").rglob("*") if file.is_file()]
    assert names and not any(name.endswith((".exe", ".js", ".css")) for name in names)
    from PIL import Image

    for file in (migrated / "contenu" / "fichiers").rglob("*.jpg"):
        with Image.open(file) as image:
            assert not image.getexif()


def test_nginx_answers_every_old_address_as_decided(migrated, tmp_path):
    if not Path(NGINX).exists():
        pytest.skip("nginx est absent (paquet Debian « nginx-light »).")
    content = migrated / "contenu"
    settings = settings_module.load(ROOT / "site.yml", content)
    plans = [(sites, plan) for sites, plan, _ in planned(settings)]
    from migration import server_files

    port = free_port()
    server_files.write_all(tmp_path / "serveurs", plans, settings.site_url, server_files.Place(root=str(tmp_path / "serveurs"), listen=f"127.0.0.1:{port}"))
    absolute = [answers.question(row, settings.site_url.rstrip("/") + row.target if row.target.startswith("/") else row.target)
                for _, plan in plans for some in plan.rows.values() for row in some if row.status != PENDING and not row.prefix]
    assert len(absolute) > 300
    (tmp_path / "n").mkdir()
    with nginx(tmp_path / "serveurs", tmp_path / "n", port):
        assert [str(one) for one in answers.differences(("127.0.0.1", port), absolute)] == []


def test_pages_of_one_title_have_numbers_one_after_the_other_around_those_that_are_taken():
    names = Destinations(["sante/accueil.md", "sante/accueil-3.md"])
    assert [names.choose("sante", "Accueil", "http://a/", lang) for lang in ("fr", "fr", "en", "fr")] == ["sante/accueil-2.md", "sante/accueil-4.md", "sante/accueil.en.md", "sante/accueil-5.md"]


def test_a_second_run_changes_nothing(mine):
    before = tree(mine)
    _, report = migrate(mine)
    assert tree(mine) == before
    assert all(site["written"] == 0 and site["made"] < site["pages"] for site in report["sites"].values())


def test_the_number_of_processes_changes_nothing(migrated, tmp_path):
    other = prepared(tmp_path / "autre")
    migrate(other, jobs=1)
    ours, theirs = tree(migrated), tree(other)
    assert {path: data for path, data in ours.items() if not path.endswith("recette.yml")} == {path: data for path, data in theirs.items() if not path.endswith("recette.yml")}


def test_a_migration_that_is_killed_goes_on_and_ends_the_same(migrated, tmp_path):
    """Killed with its processes while it reads, settles and delivers; then run to its end."""
    other = prepared(tmp_path / "autre")
    command = [sys.executable, ROOT / "build.py", "migrate", "site", "--content", other / "contenu", "--work", other / "travail", "--now", DAY, "--jobs", "2", "--json"]
    killed = 0
    for seconds in (1.5, 2.5, 3.5, 4.5):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            killed += 1
    assert killed, "it was over before it could be killed"
    migrate(other, jobs=2)
    ours, theirs = tree(migrated), tree(other)
    assert {path: data for path, data in ours.items() if not path.endswith("recette.yml")} == {path: data for path, data in theirs.items() if not path.endswith("recette.yml")}
    assert not list((other / "travail" / WORKSHOP).iterdir()), "what a killed run left behind"


def test_a_page_on_which_a_library_fails_is_told_and_stops_no_other(tmp_path, monkeypatch):
    made = intake.make
    monkeypatch.setattr(intake, "make", lambda record, *rest: 1 / 0 if record.url.endswith("/mal.html") else made(record, *rest))
    batch = [(f"a.exemple/{name}.html", b"x", Record(f"http://a.exemple/{name}.html", body=b"<p>Une page de quelques mots.</p>")) for name in ("un", "mal", "deux")]
    pages, files, damaged = intake.take_in(batch, Recipe("a", hosts=("a.exemple",)), Template(), str(tmp_path))
    assert [row[0] for row in pages] == ["a.exemple/un.html", "a.exemple/deux.html"] and not files
    assert [url for _, url, _ in damaged] == ["http://a.exemple/mal.html"] and "ZeroDivisionError" in damaged[0][2]


def test_a_signed_decision_stands_and_is_applied(mine):
    row = a_kept_page(mine, "regie-sante")
    change(mine, "regie-sante", row.old, decision="archiver", destination="", relecteur="Marie Tremblay", date="2026-11-30")
    migrate(mine, "regie-sante")
    found = rows(mine, "regie-sante")[row.old]
    assert (found.decision, found.reviewer) == ("archiver", "Marie Tremblay")
    assert not (mine / "contenu" / row.target).exists()
    assert ",410" in next(line for line in (mine / "contenu" / "_redirections" / "regie-sante.csv").read_text("utf-8").split("\n") if row.old.partition("/")[2] in line)


def test_a_page_that_a_person_moved_goes_there(mine):
    row = a_kept_page(mine, "regie-sante")
    change(mine, "regie-sante", row.old, destination="sante/ailleurs.md", relecteur="Marie Tremblay", empreinte_apres="")
    migrate(mine, "regie-sante")
    assert (mine / "contenu" / "sante" / "ailleurs.md").is_file() and not (mine / "contenu" / row.target).exists()


def test_a_page_that_a_person_edited_is_never_overwritten(mine):
    row = a_kept_page(mine, "regie-sante")
    file = mine / "contenu" / row.target
    edited = file.read_text("utf-8") + "\nUne phrase ajoutée par la rédaction.\n"
    file.write_text(edited, "utf-8")
    _, report = migrate(mine, "regie-sante")
    assert file.read_text("utf-8") == edited
    assert report["sites"]["regie-sante"]["kept"] == 1 and not report["sites"]["regie-sante"]["conflicts"]
    # Then the old page changes too: both versions are shown, and the edited one stays.
    recipe = mine / "contenu" / "_migration" / "regie-sante" / "recette.yml"
    recipe.write_text(recipe.read_text("utf-8").replace("extraire:", 'extraire:\n  retirer: ["p:first-of-type", "li:first-child"]'), "utf-8")
    code, report = migrate(mine, "regie-sante")
    assert file.read_text("utf-8") == edited and code == 1
    shown = next(Path(conflict["shown"]) for conflict in report["sites"]["regie-sante"]["conflicts"] if conflict["path"] == row.target)
    assert "Une phrase ajoutée par la rédaction." in shown.read_text("utf-8") and shown.read_text("utf-8") != edited


def test_versions_that_cannot_be_merged_stand_side_by_side():
    from migration.delivery import merged

    shown = merged("Titre\n\nIci.\n", "Titre\n\nAvant.\n", "Titre\n\nLà-bas.\n")
    assert shown.index("<<<<<<< ici, dans le contenu") < shown.index("Ici.") < shown.index("Là-bas.") < shown.index(">>>>>>> ancien site, nouvelle version")


def test_a_file_of_decisions_with_errors_holds_its_site_and_loses_nothing(mine):
    file = mine / "contenu" / "_migration" / "regie-sante" / decision.FILE
    text = file.read_text("utf-8").replace(",archiver,", ",peut-être,", 1)
    file.write_text(text, "utf-8")
    code, report = migrate(mine, "regie-sante")
    assert code == 1 and file.read_text("utf-8") == text
    told = [problem for problem in report["problems"] if problem["file"].endswith("regie-sante/decisions.csv")]
    assert told and told[0]["line"] > 1


def test_a_recipe_with_mistakes_names_them_all(mine):
    (mine / "contenu" / "_migration" / "regie-sante" / "recette.yml").write_text("nom: Régie\nhote: www.x.quebec\nclasser: oui\n", "utf-8")
    code, report = migrate(mine)
    assert code == 1 and {problem["line"] for problem in report["problems"] if problem["file"].endswith("recette.yml")} >= {1, 2, 3}
    assert "ministere-savoir" in report["sites"]


def test_a_source_that_is_missing_keeps_what_is_known(mine):
    before = rows(mine, "regie-sante")
    (mine / "archives" / "regie-sante.warc.gz").unlink()
    code, report = migrate(mine, "regie-sante")
    assert code == 1 and report["sites"]["regie-sante"]["errors"]
    assert rows(mine, "regie-sante").keys() == before.keys()


def test_a_site_is_not_closed_before_all_that_people_ask_for_is_decided(mine):
    close = [sys.executable, ROOT / "build.py", "migrate", "close", "regie-sante", "--content", mine / "contenu", "--work", mine / "travail"]
    done = subprocess.run(close, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "campagne/affiche-2011" in done.stdout
    for old, row in rows(mine, "regie-sante").items():
        if row.decision == "a-decider":
            change(mine, "regie-sante", old, decision="archiver", relecteur="Marie Tremblay")
    done = subprocess.run(close, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_report_shows_each_site_and_old_and_new_side_by_side(migrated):
    report = migrated / "rapport"
    assert all((report / site / "index.html").is_file() and list((report / site / "comparaisons").rglob("*.html")) for site in fixture.sites())
    assert "Régie de la santé" in (report / "index.html").read_text("utf-8")


def test_the_result_builds_without_an_error_of_migration(mine, tmp_path):
    done = subprocess.run([sys.executable, ROOT / "build.py", "build", "--content", mine / "contenu", "--out", tmp_path / "public", "--cache", tmp_path / "memoire", "--now", "2026-06-15T12:00", "--json"],
                          capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    written = {row.target for site in fixture.sites() for row in rows(mine, site).values()}
    assert [error for error in report["errors"] if error["file"] in written or error["file"].startswith("_redirections/")] == []


def test_an_unknown_site_is_told_with_those_there_are(mine):
    done = subprocess.run([sys.executable, ROOT / "build.py", "migrate", "site", "regie-santé", "--content", mine / "contenu", "--work", mine / "travail"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "regie-sante" in done.stderr and "Traceback" not in done.stderr
