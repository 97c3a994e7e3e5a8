"""The real lists of GOV.UK's transition: 223,610 lines of old addresses go in, and a real nginx answers as they say.

The lists are found beside the repository (`../shared/data`, or FLEUVE_SHARED_DATA); without them, only what is written here is tested.
"""

from __future__ import annotations

import io
import os
import random
import tarfile
from collections import Counter
from pathlib import Path

import pytest

import old_servers
from fleuve.redirect import Own
from migration import answers, server_files, transition
from migration.record import SourceError
from migration.redirects import plan
from migration.transition import export, export_site, load, read_site
from transition_questions import asked, same

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("FLEUVE_SHARED_DATA", ROOT.parent / "shared/data")) / "transition-config-2013-05.tar.xz"
NEW = "https://www.gouv.exemple.quebec/"
SAMPLE = 20_000

SITE = b"""---
site: dept_x
whitehall_slug: department-x
homepage: https://www.gov.uk/x
host: www.x.gov.uk
tna_timestamp: 20130107105354
options: --query-string id:page
global: =301 https://new.x.gov.uk
global_redirect_append_path: true
aliases:
- x.gov.uk
- x.gov.uk
- not a host
"""
MAPPINGS = b"""\xef\xbb\xbfOld Url,New Url,Status,Suggested Link,Archive Link\r
http://www.x.gov.uk/a,https://www.gov.uk/a,301\r
http://www.x.gov.uk/b,,410,http://useful.org/,http://archive.org/b\r
http://www.x.gov.uk/c,https://www.gov.uk/later,418\r
http://www.x.gov.uk/d*?page=2&id=1,"https://www.gov.uk/d,e",301\r
http://www.y.gov.uk/a,https://www.gov.uk/a,301\r
http://www.x.gov.uk/e,https://www.gov.uk/a,302\r
http://www.x.gov.uk/f,,301\r
http://www.x.gov.uk/g?topic=5,,410\r
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of lists."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "mappings").mkdir()
    (tmp_path / "sites/dept_x.yml").write_bytes(SITE)
    (tmp_path / "mappings/dept_x.csv").write_bytes(MAPPINGS)
    return tmp_path


def test_lists_become_recipes_and_decisions(folder):
    (site,), problems = load(folder)
    recipe = site.recipe
    assert (recipe.name, recipe.hosts, recipe.organism) == ("dept-x", ("www.x.gov.uk", "x.gov.uk"), "department-x")
    assert recipe.addresses.parameters == ("id", "page", "topic")
    assert recipe.archive == "https://webarchive.nationalarchives.gov.uk/20130107105354/{url}"
    assert [(row.old, row.decision, row.target) for row in site.decisions] == [
        ("www.x.gov.uk/*", "rediriger", "https://new.x.gov.uk/*"),
        ("www.x.gov.uk/a", "rediriger", "https://www.gov.uk/a"),
        ("www.x.gov.uk/b", "archiver", ""),
        ("www.x.gov.uk/c", "a-decider", "https://www.gov.uk/later"),
        ("www.x.gov.uk/d%2A?page=2&id=1", "rediriger", "https://www.gov.uk/d,e"),
        ("www.x.gov.uk/g?topic=5", "archiver", ""),
    ]
    assert sorted((problem.file, problem.line, problem.code) for problem in problems) == [
        ("mappings/dept_x.csv", 6, "hote-inconnu"), ("mappings/dept_x.csv", 7, "statut"), ("mappings/dept_x.csv", 8, "destination-absente"),
        ("mappings/dept_x.csv", 9, "parametre"), ("sites/dept_x.yml", 1, "hote"), ("sites/dept_x.yml", 1, "hote-en-double")]


def test_decisions_are_exported_in_the_same_columns_and_read_again(folder):
    (site,), _ = load(folder)
    data = export(site.decisions, site.recipe)
    assert data.splitlines()[:4] == [
        b"Old Url,New Url,Status,Suggested Link,Archive Link", b"http://www.x.gov.uk/a,https://www.gov.uk/a,301,,",
        b"http://www.x.gov.uk/b,,410,http://useful.org/,http://archive.org/b",
        b"http://www.x.gov.uk/c,https://www.gov.uk/later,418,,"]
    (folder / "mappings/dept_x.csv").write_bytes(data)
    (folder / "sites/dept_x.yml").write_bytes(export_site(site.recipe, site.decisions))
    (again,), problems = load(folder)
    assert not problems
    assert again.decisions == site.decisions
    assert (again.recipe.hosts, again.recipe.addresses) == (site.recipe.hosts, site.recipe.addresses)


@pytest.mark.parametrize("data", [
    b"a: &a [x]\nb: *a\n", b"- x\n", b"\xff\xfe\x00", b"a: [", b"!!python/object:os.system x", b"host: [1, 2]\n", b"[" * 5000])
def test_site_that_cannot_be_read_is_told(data):
    recipe, rules, problems = read_site(data, "sites/x.yml")
    assert (recipe.hosts, rules) == ((), [])
    assert problems


def test_archive_is_bounded(tmp_path, monkeypatch):
    file = tmp_path / "x.tar"
    with tarfile.open(file, "w") as archive:
        for name, data in (("../../sites/evil.yml", SITE), ("mappings/x.csv", MAPPINGS), ("mappings/readme.txt", b"x")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert [site.recipe.name for site in load(file)[0]] == ["evil"]
    monkeypatch.setattr(transition, "MAX_TOTAL", 100)
    with pytest.raises(SourceError, match="trop gros"):
        load(file)
    (tmp_path / "y.tar").write_bytes(b"not an archive")
    with pytest.raises(SourceError, match="archive tar"):
        load(tmp_path / "y.tar")


# The real lists


@pytest.fixture(scope="module")
def real():
    """The sites of the real lists, what was wrong in them, and their plan."""
    if not DATA.exists():
        pytest.skip("les listes de la transition de GOV.UK ne sont pas là (../shared/data ou FLEUVE_SHARED_DATA)")
    sites, problems = load(DATA)
    return sites, problems, plan(sites, Own.of(NEW))


def test_every_line_of_the_lists_is_a_decision(real):
    sites, problems, _ = real
    rows = [row for site in sites for row in site.decisions]
    assert len(sites) == 855
    # 223,610 lines with 202 headers; one file is empty. The rest are rules for whole sites.
    assert sum(row.file.startswith("mappings/") for row in rows) == 223_408
    assert sum(row.file.startswith("sites/") for row in rows) == 412
    assert Counter(row.decision for row in rows if row.file.startswith("mappings/")) == {"rediriger": 137_845, "archiver": 83_554, "a-decider": 2_009}
    assert not [problem for problem in problems if problem.is_error]


def test_every_line_is_exported_as_it_was(real):
    sites, _, _ = real
    exported = {line.rstrip(",") for site in sites for line in export(site.decisions, site.recipe).decode().splitlines()}
    with tarfile.open(DATA) as archive:
        lists = [archive.extractfile(member).read().decode() for member in archive if member.name.endswith(".csv")]
    assert exported == {line.rstrip(",") for text in lists for line in text.splitlines()}


def test_what_cannot_be_served_is_named(real):
    sites, _, made = real
    errors = Counter(problem.code for problem in made.problems if problem.is_error)
    assert errors == {"cible-ancien-site": 78, "caractere-de-controle": 6, "redirection-en-conflit": 2}
    chains = [problem for problem in made.problems if problem.code == "redirection-en-chaine"]
    assert len(chains) > 150
    assert all("mappings/" in chain.message or "sites/" in chain.message for chain in chains)
    assert sum(len(rows) for rows in made.rows.values()) + made.refused == sum(len(site.decisions) for site in sites)


def test_real_nginx_answers_a_sample_as_decided(real, tmp_path):
    if old_servers.NGINX is None:
        pytest.skip("nginx n’est pas installé : les fichiers écrits pour lui ne sont pas éprouvés")
    sites, _, made = real
    questions = random.Random(6).sample(list(asked(sites, made)), SAMPLE)
    chosen = {question.host for question in questions}
    port = old_servers.free_port()
    served = [site for site in sites if chosen & set(site.recipe.hosts)]
    server_files.write(tmp_path / "out", served, made, NEW, server_files.Place(str(tmp_path / "out"), f"127.0.0.1:{port}"))
    with old_servers.nginx(tmp_path / "out", tmp_path, port):
        wrong = [str(one) for one in answers.differences(("127.0.0.1", port), questions) if not same(one)]
    assert wrong == []
