"""The old sites that migrations are tried on: they are generated, served and crawled for real, and what is said to be known of them is in their bytes."""

from __future__ import annotations

import http.client
import io
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import orjson
import pytest
from legacy import access_log, fixture, media
from legacy.crawl import WGET, NotCrawled, crawl
from legacy.known import text
from legacy.server import serving
from legacy.sites import sites
from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from migration.recipe import load
from migration.record import Hits, Record
from migration.sources import open_source

TESTS = Path(__file__).resolve().parent
NAMES = sorted(sites())

pytestmark = pytest.mark.skipif(not WGET, reason="wget is missing: apt-get install wget")


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> Path:
    """A content folder with the recipes of the eight sites, whose archives are beside it."""
    folder = tmp_path_factory.mktemp("sites")
    fixture.write_recipes(folder / "contenu", fixture.archives(folder / "archives"))
    return folder / "contenu"


@pytest.fixture(scope="module")
def crawled(content) -> dict[str, dict[str, Record]]:
    """What each archive has, read by the migration's own source, by URL."""
    return {name: {one.url: one for one in _read(content, f"{name}.warc.gz") if isinstance(one, Record)} for name in NAMES}


def _read(content: Path, file: str) -> list:
    """What a file beside the archives has, by the recipe of its site."""
    return list(open_source(str(content.parent / "archives" / file), _recipe(content, file.partition(".")[0]), content))


def _recipe(content: Path, name: str):
    recipe, problems = load(content / "_migration" / name / "recette.yml")
    assert not problems
    return recipe


def _text(record: Record, encoding: str) -> str:
    body = lxml_html.document_fromstring(record.body.decode(encoding)).body
    for element in body.xpath(".//script|.//style"):
        element.drop_tree()
    return text(lxml_html.tostring(body, encoding="unicode"))


def test_each_site_has_20_to_40_known_pages():
    assert len(NAMES) == 8
    assert all(20 <= len(fixture.truth(name)) <= 40 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_recipe_is_right_and_finds_its_sources(content, name):
    recipe = _recipe(content, name)
    assert recipe.hosts == (sites()[name].spec.host,)
    assert all((recipe.folder / source).is_file() for source in recipe.sources)
    assert bool(recipe.select.content) == (name == "regie-sante")


@pytest.mark.parametrize("name", NAMES)
def test_every_known_page_was_crawled(crawled, name):
    records, other = crawled[name], {url: [] for url in fixture.truth(name)}
    for variant, url in fixture.variants(name).items():
        other[url].append(variant)
    missing = [url for url in other if not any(one in records and records[one].is_page for one in (url, *other[url]))]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_known_text_is_in_the_page_that_was_served(crawled, name):
    site, lacking = sites()[name], []
    for url, known in fixture.truth(name).items():
        if url in crawled[name]:
            page = _text(crawled[name][url], site.spec.encoding)
            lacking += [(url, line) for line in known.text.split("\n") if line not in page]
            assert known.title in page
    assert not lacking


@pytest.mark.parametrize("name", NAMES)
def test_crawl_has_errors_redirects_and_files(crawled, name):
    records = crawled[name].values()
    statuses = Counter(record.status for record in records)
    assert statuses[404] >= 3 and statuses[301] + statuses[302] >= 1
    assert {"image/png", "image/jpeg", "application/pdf", "application/octet-stream"} <= {record.kind for record in records}


@pytest.mark.parametrize("name", NAMES)
def test_log_counts_people_and_not_robots(content, name):
    counted = {one.url.partition("://")[2]: one.count for one in _read(content, f"{name}.log") if isinstance(one, Hits)}
    spec, known = sites()[name].spec, fixture.hits(name)
    assert counted[spec.host + access_log.NEVER_CRAWLED] == known[f"http://{spec.host}{access_log.NEVER_CRAWLED}"] == 8
    pages = [url for url in fixture.truth(name) if counted.get(url.partition("://")[2]) == known[url]]
    assert len(pages) > len(fixture.truth(name)) // 2


def test_pages_copied_by_two_sites_are_the_same_and_no_others():
    texts = Counter(known.text for name in NAMES for known in fixture.truth(name).values())
    copied = [known for name in NAMES for known in fixture.truth(name).values() if known.decision == "fusionner"]
    assert len(copied) >= 5
    assert all(texts[known.text] > 1 for known in copied)
    assert sum(count for count in texts.values() if count > 1) == len({known.text for known in copied}) + len(copied)


def test_editions_of_years_differ_and_the_last_is_kept():
    for name in NAMES:
        editions = [known for url, known in fixture.truth(name).items() if "#" in known.source]
        assert [known.decision for known in editions] == ["archiver", "archiver", "garder"]
        assert len({known.text for known in editions}) == 3


def test_sites_link_to_each_other():
    hosts = {site.spec.host for site in sites().values()}
    for name, site in sites().items():
        others = hosts - {site.spec.host}
        assert sum(any(host in known.html for host in others) for known in site.known.values()) > 10, name


def test_twins_lead_to_each_other():
    for name in ("service-immigration", "agence-territoire"):
        known = fixture.truth(name)
        twins = [page for page in known.values() if page.twin]
        assert len(twins) >= 6 and all(known[page.twin].twin == page.url and known[page.twin].lang != page.lang for page in twins)


def test_photo_has_what_must_be_removed():
    exif = Image.open(io.BytesIO(media.photo())).getexif()
    assert exif[0x013B] and exif[0x0112] == 6 and exif.get_ifd(0x8825)
    assert media.program().startswith(b"MZ")


def test_windows_bytes_are_called_latin_1(crawled):
    record = next(one for url, one in crawled["registre-justice"].items() if "Fiche.aspx?no=1&" in url)
    assert record.charset.lower() == "iso-8859-1" and b"\x92" in record.body


@pytest.mark.parametrize("name", ["ministere-savoir", "office-tourisme"])
def test_export_has_the_known_pages_and_sets_the_draft_aside(content, name):
    export = fixture.exports(content.parent / "archives")[name]
    if export.suffix == ".xml":
        etree.parse(str(export))
    else:
        orjson.loads(export.read_bytes())
    pages = {one.url for one in _read(content, export.name) if isinstance(one, Record) and one.is_page}
    assert pages == set(fixture.truth(name))


def test_archives_are_reused_unless_the_pages_change(content):
    folder = content.parent / "archives"
    before = {name: path.stat().st_mtime_ns for name, path in fixture.archives(folder).items()}
    (folder / "regie-sante.sha256").write_text("autre\n")
    after = {name: path.stat().st_mtime_ns for name, path in fixture.archives(folder).items()}
    assert [name for name in NAMES if before[name] != after[name]] == ["regie-sante"]


def test_same_bytes_in_another_process():
    script = "from legacy import fixture, sites\nfor name, site in sites.sites().items(): print(name, fixture.fingerprint(site))"
    path = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
    seen = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**path, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")}
    assert seen == {"".join(f"{name} {fixture.fingerprint(site)}\n" for name, site in sites().items())}


def test_server_reads_addresses_as_the_old_software_did():
    site = sites()["registre-justice"]
    with serving(sites()) as port:
        def get(host: str, target: str):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", target, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

        page = site.answers["/Fiche.aspx?no=3&lang=fr"].body
        assert get(site.spec.host, "/FICHE.aspx?LANG=fr&session=zzz&no=3")[:2] == (200, page)
        assert get("ignored.example", f"http://{site.spec.host}/Fiche.aspx?no=3&lang=fr")[:2] == (200, page)
        assert get(site.spec.host, "/Fiche.aspx?no=4000&lang=fr")[0] == 404
        assert get("unknown.example", "/")[0] == 502
        assert get("www.regie-sante.exemple.quebec", "/pages/DEFAULT.aspx")[0] == 404
        status, _, headers = get("www.ministere-savoir.exemple.quebec", "/node/12")
        assert status == 301 and headers["Location"] in fixture.truth("ministere-savoir")


def test_crawl_of_a_server_that_is_gone_is_told(tmp_path):
    with serving(sites()) as port:
        pass
    with pytest.raises(NotCrawled):
        crawl("www.regie-sante.exemple.quebec", port, tmp_path / "x.warc.gz")
    assert not list(tmp_path.iterdir())


def test_known_pages_say_where_they_belong():
    for name in NAMES:
        for known in fixture.truth(name).values():
            assert known.folder and known.breadcrumb and known.description and known.title
            assert date.fromisoformat(known.published or "1998-01-01") <= date.fromisoformat(known.modified)
            assert bool(known.published) == sites()[name].spec.dated
