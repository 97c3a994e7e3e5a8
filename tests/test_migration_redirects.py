"""Old addresses: their canonical form, what a real server answers for each, and what is told when a decision cannot be served.

`migration_addresses.csv` is the table that an editor reads: old address → what must be answered.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import old_servers
from conftest import ROOT
from fleuve import settings as settings_module
from fleuve.redirect import Own, Pages, parse, path_of
from migration import answers, coverage, decision, gone_page, old_url, redirects, server_files
from migration.answers import Question
from migration.decision import Decision
from migration.published import Published
from migration.recipe import Addresses, Recipe
from migration.record import Hits
from migration.redirects import OldSite, plan

HERE = Path(__file__).parent
NEW = "https://www.gouv.exemple.quebec/"
OWN = Own.of(NEW)
OLD = Recipe(
    "vieux", title="Ministère d’avant", hosts=("www.vieux.exemple", "vieux.exemple", "vieux.exemple:8080"), archive="https://archive.exemple/{url}",
    addresses=Addresses(parameters=("id", "type", "q", "ctl00$id")))
STRICT = Recipe("strict", hosts=("strict.exemple",), addresses=Addresses(case=True, slash=True))
DEAD = Recipe("fini", title="<Fini> & Cie", hosts=("fini.exemple",), lang="en")


def address(page: str) -> str:
    """The address of a page of the content, as a build knows it."""
    return {"emploi/index.md": "/emploi/"}.get(page, "")


# The canonical form

FORMS = [
    ("http://www.vieux.exemple/a", "www.vieux.exemple/a"),
    ("HTTPS://WWW.Vieux.exemple:443/A/B.HTML#x", "www.vieux.exemple/a/b.html"),
    ("//vieux.exemple/a/", "www.vieux.exemple/a"),
    ("www.vieux.exemple", "www.vieux.exemple/"),
    ("www.vieux.exemple./", "www.vieux.exemple/"),
    ("/a", "www.vieux.exemple/a"),
    ("http://moi:secret@vieux.exemple/a", "www.vieux.exemple/a"),
    ("  http://vieux.exemple/a\n", "www.vieux.exemple/a"),
    ("http://vieux.exemple\\a\\b", ""),
    ("/a/index.php", "www.vieux.exemple/a"),
    ("/INDEX.HTML", "www.vieux.exemple/"),
    ("/caf%E9", "www.vieux.exemple/café"),
    ("/caf%c3%a9", "www.vieux.exemple/café"),
    ("/cafe%CC%81", "www.vieux.exemple/café"),
    ("/%80uro", "www.vieux.exemple/€uro"),
    ("/a%20b", "www.vieux.exemple/a%20b"),
    ("/a b", "www.vieux.exemple/a%20b"),
    ("/100%", "www.vieux.exemple/100%25"),
    ("/a%2Fb", "www.vieux.exemple/a/b"),
    ("/a%3fb", "www.vieux.exemple/a%3Fb"),
    ("/a*", "www.vieux.exemple/a%2A"),
    ("/a/./b/../c", "www.vieux.exemple/a/c"),
    ("/../../etc", "www.vieux.exemple/etc"),
    ("/a//b", "www.vieux.exemple/a/b"),
    ("/a?b=1&x=2", "www.vieux.exemple/a"),
    ("/a?type=B&ID=1", "www.vieux.exemple/a?id=1&type=b"),
    ("/a?id=1&amp;type=2", "www.vieux.exemple/a?id=1&type=2"),
    ("/a?id=1&id=2", "www.vieux.exemple/a?id=1"),
    ("/a?id=&type", "www.vieux.exemple/a"),
    ("/a?q=caf%E9+noir", "www.vieux.exemple/a?q=café%20noir"),
    ("/a?q=1%2B1", "www.vieux.exemple/a?q=1%2B1"),
    ("http://autre.exemple/a", ""),
    ("http://www.vieux.exemple.mechant.exemple/", ""),
    ("mailto:moi@vieux.exemple", ""),
    ("javascript:alert(1)", ""),
    ("page.html", ""),
    ("//", ""),
    ("", ""),
    ("/" + "a" * 9000, ""),
]


@pytest.mark.parametrize(("url", "form"), FORMS, ids=[row[0][:40] for row in FORMS])
def test_canonical_form(url, form):
    assert old_url.normal(url, OLD) == form
    assert old_url.normal(form, OLD) == form


STRICT_FORMS = [("/A", "strict.exemple/A"), ("/A/", "strict.exemple/A/"), ("/A/index.html", "strict.exemple/A/"), ("", ""), ("/", "strict.exemple/"),
                ("/A/Index.html", "strict.exemple/A/Index.html")]


@pytest.mark.parametrize(("url", "form"), STRICT_FORMS)
def test_canonical_form_where_capitals_and_final_slash_matter(url, form):
    assert old_url.normal(url, STRICT) == form
    assert old_url.normal(form, STRICT) == form


def test_key_of_a_decision_tells_a_rule_from_a_page():
    keys = [old_url.key(old, OLD) for old in ("http://vieux.exemple/A/*", "www.vieux.exemple/a/*", "/a/", "/*", "/", "/a?id=1&x=*", "autre.exemple/a")]
    assert keys == ["www.vieux.exemple/a/*", "www.vieux.exemple/a/*", "www.vieux.exemple/a", "www.vieux.exemple/*", "www.vieux.exemple/",
                    "www.vieux.exemple/a?id=1", "autre.exemple/a"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aA/.%?#&=*+ éŒ\u0301\x00\x1f\\;:@'\"i2d5CEF9"), max_size=25), st.booleans())
def test_form_of_a_form_is_itself(text, strict):
    recipe = STRICT if strict else OLD
    form = old_url.normal("/" + text, recipe)
    assert old_url.normal(form, recipe) == form
    assert not form or (form.startswith(recipe.hosts[0] + "/") and " " not in form)


# What real servers answer

@pytest.fixture(scope="module")
def sites():
    """The old sites of the table, with the decisions of migration_decisions.csv."""
    read, problems = decision.read(HERE / "migration_decisions.csv", "decisions.csv")
    assert not problems
    return [OldSite(recipe, [row for row in read if row.old.partition("/")[0] in recipe.hosts]) for recipe in (OLD, STRICT, DEAD)]


@pytest.fixture(scope="module")
def planned(sites):
    """Their plan, of which every problem is known."""
    made = plan(sites, OWN, address=address)
    assert [problem.code for problem in made.problems] == ["redirection-en-chaine", "redirection-en-chaine"]
    assert not [problem for problem in made.problems if problem.is_error]
    return made


def scenarios():
    """The rows of the table of addresses, comments left out."""
    with (HERE / "migration_addresses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def scenario_question(row) -> Question:
    """What a row of the table asks."""
    parts = urlsplit(row["adresse"])
    return Question(parts.netloc, row["adresse"].partition(parts.netloc)[2], int(row["reponse"]), row["destination"])


@pytest.fixture(scope="module", params=["nginx", "apache"])
def server(request, sites, planned, tmp_path_factory):
    """A real server that holds the files of the old sites: where it listens."""
    program = getattr(old_servers, request.param.upper())
    if program is None or (request.param == "apache" and old_servers.APACHE_MODULES is None):
        pytest.skip(f"{request.param} n’est pas installé : les fichiers écrits pour lui ne sont pas éprouvés")
    folder, port = tmp_path_factory.mktemp(request.param), old_servers.free_port()
    folder.chmod(0o755)
    for parent in folder.parents[:2]:
        parent.chmod(0o755)  # Apache gives up its rights.
    where = server_files.Place(str(folder / "out"), f"127.0.0.1:{port}" if request.param == "nginx" else str(port))
    server_files.write(folder / "out", sites, planned, NEW, where)
    with getattr(old_servers, request.param)(folder / "out", folder, port):
        yield "127.0.0.1", port


def test_every_address_of_the_table_is_answered_as_it_says(server):
    found = [f"{difference} ({row['pourquoi']})" for row in scenarios() for difference in answers.differences(server, [scenario_question(row)])]
    assert found == []


def test_every_row_is_answered(server, sites, planned):
    domains = {site.recipe.name: server_files.Domain(site.recipe, planned.rows[site.recipe.name], OWN, NEW) for site in sites}
    questions = [answers.question(row, domain.target(row)) for domain in domains.values() for row in domain.exact]
    assert len(questions) > 25
    assert [str(one) for one in answers.differences(server, questions)] == []


def get(server, host: str, path: str) -> str:
    """The body of an answer."""
    import http.client
    connection = http.client.HTTPConnection(*server, timeout=5)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    return connection.getresponse().read().decode()


def test_page_of_410_names_the_organism_and_links_to_the_archived_page(server):
    page = get(server, "vieux.exemple", "/concours-2016?a=%3Cb%3E&c=1")
    assert "Ministère d’avant" in page
    assert 'href="https://archive.exemple/http://www.vieux.exemple/concours-2016?a=%3Cb%3E&amp;c=1"' in page
    assert page.index('<section lang="fr">') < page.index('<section lang="en">')
    assert page.count("<h1>") == 1
    assert "<script" not in page
    assert "<!--#" not in page
    assert not re.search(r'(?:src|@import|url\()', page)


def test_what_is_asked_cannot_write_in_the_page(server):
    page = get(server, "vieux.exemple", '/concours-2016?"><script>alert(1)</script>')
    assert "<script" not in page


# Files that are served as they are


def test_page_without_server_leads_to_the_archive_of_the_home_page():
    page = gone_page.page(OLD, 410, NEW, False).decode()
    assert 'href="https://archive.exemple/http://www.vieux.exemple/"' in page
    assert "var(--encre)" in page
    assert "--encre:#10242b" in page
    page = gone_page.page(DEAD, 404, NEW, False).decode()
    assert "&lt;Fini&gt; &amp; Cie" in page
    assert '<html lang="en">' in page
    assert page.index('<section lang="en">') < page.index('<section lang="fr">')
    assert "archive" not in re.findall('href="([^"]*)"', page)


def test_redirects_file_lets_the_first_match_win(sites, planned):
    lines = server_files.Domain(OLD, planned.rows["vieux"], OWN, NEW).netlify().decode().splitlines()
    assert "/page.aspx id=42 type=b https://www.gouv.exemple.quebec/sante/type-b/ 301" in lines
    assert lines.index("/archives/2011/plus-tard.html /404.html 404") < lines.index("/archives/* /410.html 410")
    assert "/retir%C3%A9e /410.html 410" in lines
    assert "/retir%E9e /410.html 410" in lines
    assert "/bulletin/* https://bulletin.exemple.quebec/:splat 301" in lines
    assert all(re.fullmatch(r"\S+( \S+=\S+)* \S+ (301|410|404)", line) for line in lines[1:])


def test_sitemap_names_each_redirected_address_and_is_split(sites, planned, monkeypatch):
    domain = server_files.Domain(OLD, planned.rows["vieux"], OWN, NEW)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    (name, data), = domain.sitemaps()
    urls = [one.text for one in ElementTree.fromstring(data).iter(f"{space}loc")]
    assert name == "sitemap-redirections.xml"
    assert "http://www.vieux.exemple/page.aspx?id=42&type=b" in urls
    assert "http://www.vieux.exemple/concours-2016" not in urls  # Gone: nothing to follow.
    monkeypatch.setattr(server_files, "SITEMAP_URLS", 5)
    files = dict(domain.sitemaps())
    assert len([one for file in files.values() for one in ElementTree.fromstring(file).iter(f"{space}url")]) == len(urls)
    assert len(list(ElementTree.fromstring(files["sitemap-redirections.xml"]))) == len(files) - 1


def test_same_decisions_give_the_same_files_and_nothing_is_written_twice(sites, planned, tmp_path):
    first = server_files.write(tmp_path, sites, planned, NEW)
    backwards = [OldSite(site.recipe, site.decisions[::-1]) for site in sites]
    assert first > 20
    assert server_files.write(tmp_path, sites, plan(backwards, OWN, address=address), NEW) == 0
    assert not list(tmp_path.rglob(".*"))


# What goes to the content


def test_content_file_is_read_back_by_the_build(sites, planned, tmp_path):
    assert [problem.code for problem in redirects.write(tmp_path, sites, planned)] == ["majuscules", "majuscules"]
    for site in sites:
        rows, problems = parse((tmp_path / f"_redirections/{site.recipe.name}.csv").read_bytes(), "f.csv", OWN)
        assert problems == []
        assert {row.place.host for row in rows} == {host for host in site.recipe.hosts if ":" not in host}
        written = {(row.place.key, row.status, row.target, row.carries) for row in planned.rows[site.recipe.name] if row.status != 404}
        read = {(row.place.key, row.status, row.target, row.carries) for row in rows}
        if site.recipe is not STRICT:
            assert written <= read


def test_sites_are_loaded_from_the_content(tmp_path):
    folder = tmp_path / "_migration/vieux"
    folder.mkdir(parents=True)
    (folder / "recette.yml").write_text("hotes: [www.vieux.exemple]\ncouleur: bleu\n")
    (folder / "decisions.csv").write_text("ancienne_adresse,decision\nwww.vieux.exemple/a,archiver\nwww.vieux.exemple/b,brûler\n")
    (site,), problems = redirects.load(tmp_path)
    assert [row.old for row in site.decisions] == ["www.vieux.exemple/a"]
    assert [(problem.file, problem.line) for problem in problems] == [("_migration/vieux/recette.yml", 2), ("_migration/vieux/decisions.csv", 3)]
    assert plan([site], OWN).rows["vieux"][0].where == "_migration/vieux/decisions.csv:2"


def test_sites_that_lead_to_one_another_are_planned_together(tmp_path):
    def add(name: str, hosts: str, *targets: str) -> None:
        (tmp_path / "_migration" / name).mkdir(parents=True)
        (tmp_path / "_migration" / name / "recette.yml").write_text(f"hotes: [{hosts}]\n")
        rows = "".join(f"{hosts.split(',')[0]}/{number},rediriger,{target}\n" for number, target in enumerate(targets))
        (tmp_path / "_migration" / name / "decisions.csv").write_text("ancienne_adresse,decision,destination\n" + rows)

    add("a", "www.a.exemple", "https://www.C.exemple/x", "/sante/")
    add("b", "www.b.exemple", "https://ailleurs.example/")
    add("c", "www.c.exemple,c.exemple", "/sante/")
    add("d", "d.exemple,c.exemple", "/sante/")
    add("e", "e.exemple")
    assert redirects.together(tmp_path) == [["a", "c", "d"], ["b"], ["e"]]


def test_content_file_written_by_hand_is_never_replaced(sites, planned, tmp_path):
    (tmp_path / "_redirections").mkdir()
    (tmp_path / "_redirections/vieux.csv").write_text("source_host,source_path,target,status\n")
    assert "fichier-de-main" in [problem.code for problem in redirects.write(tmp_path, sites, planned)]
    assert (tmp_path / "_redirections/vieux.csv").read_text() == "source_host,source_path,target,status\n"


# What is told

def told(*rows: tuple[str, str, str], pages: Pages | None = None, alive: bool = False, recipe: Recipe = OLD, others: tuple[OldSite, ...] = ()):
    """The plan of rows (old, decision, target), each on its line from 2."""
    decisions = [Decision(old, choice, target, file="decisions.csv", line=line) for line, (old, choice, target) in enumerate(rows, 2)]
    return plan([OldSite(recipe, decisions, alive), *others], OWN, pages, address)


MISTAKES = [
    ("www.vieux.exemple/a", "rediriger", "javascript:alert(1)", "cible"),
    ("www.vieux.exemple/a", "rediriger", "data:text/html,x", "cible"),
    ("www.vieux.exemple/a", "rediriger", "//ailleurs.exemple/", "cible"),
    ("www.vieux.exemple/a", "rediriger", "sante/absente.md", "cible-introuvable"),
    ("www.vieux.exemple/a", "rediriger", "https://x@y.exemple/", "cible"),
    ("www.vieux.exemple/a", "rediriger", "https://y.exemple/\r\nSet-Cookie: a", "caractere-de-controle"),
    ("www.vieux.exemple/a", "rediriger", "https://y.exemple/../b", "chemin-relatif"),
    ("www.vieux.exemple/a", "rediriger", "https://y.exemple/*", "etoile"),
    ("www.vieux.exemple/a", "rediriger", "https://www.vieux.exemple/b", "cible-ancien-site"),
    ("www.vieux.exemple/a", "rediriger", "https://vieux.exemple/b", "cible-ancien-site"),
    ("www.vieux.exemple/a", "rediriger", "http://www.vieux.exemple/A/", "redirection-en-boucle"),
    ("www.vieux.exemple/a%0D%0Ab", "archiver", "", "caractere-de-controle"),
    ("www.autre.exemple/a", "archiver", "", "adresse-etrangere"),
]


@pytest.mark.parametrize(("old", "choice", "target", "code"), MISTAKES, ids=[row[2] or row[0] for row in MISTAKES])
def test_mistake_is_told_with_its_line_and_the_rest_is_served(old, choice, target, code):
    made = told(("www.vieux.exemple/bonne", "archiver", ""), (old, choice, target), ("www.vieux.exemple/autre", "archiver", ""))
    assert [(problem.code, problem.file, problem.line, problem.severity) for problem in made.problems] == [(code, "decisions.csv", 3, "erreur")]
    assert made.problems[0].remedy
    assert len(made.rows["vieux"]) == 2
    assert made.refused == 1


def test_old_site_that_stays_alive_may_be_a_target():
    assert not told(("www.vieux.exemple/a", "rediriger", "https://www.vieux.exemple/b"), alive=True).problems


def test_loop_between_two_sites_is_refused_and_named_on_both_lines():
    other = OldSite(STRICT, [Decision("strict.exemple/B", "rediriger", "http://vieux.exemple/A?x=1", file="autre.csv", line=9)])
    made = told(("www.vieux.exemple/a", "rediriger", "http://strict.exemple/B"), others=(other,))
    assert [(problem.code, problem.file, problem.line) for problem in made.problems] == [
        ("redirection-en-boucle", "autre.csv", 9), ("redirection-en-boucle", "decisions.csv", 2)]
    assert "decisions.csv:2" in made.problems[0].message
    assert "autre.csv:9" in made.problems[1].message
    assert made.rows == {"vieux": [], "strict": []}


def test_chain_through_three_sites_is_one_hop():
    others = (OldSite(STRICT, [Decision("strict.exemple/B", "rediriger", "https://fini.exemple/x?y", file="b.csv", line=5)]),
              OldSite(DEAD, [Decision("fini.exemple/*", "rediriger", "https://neuf.exemple/*", file="c.csv", line=7)]))
    made = told(("www.vieux.exemple/a", "rediriger", "http://strict.exemple/B"), others=others)
    assert made.rows["vieux"][0].target == "https://neuf.exemple/x?y"
    assert {(problem.code, problem.severity) for problem in made.problems} == {("redirection-en-chaine", "avertissement")}


def test_case_that_matters_is_not_a_chain():
    other = OldSite(STRICT, [Decision("strict.exemple/B", "archiver")])
    made = told(("www.vieux.exemple/a", "rediriger", "http://strict.exemple/b"), others=(other,))
    assert sorted((problem.code, problem.severity) for problem in made.problems) == [("cible-ancien-site", "avertissement"), ("cible-http", "avertissement")]
    assert made.rows["vieux"][0].target == "http://strict.exemple/b"


def test_target_on_the_site_must_exist():
    made = told(("www.vieux.exemple/a", "garder", "/sante/"), ("www.vieux.exemple/b", "garder", "/santé/"), pages=Pages(["/sante/"], OWN))
    assert [(problem.code, problem.line) for problem in made.problems] == [("cible-introuvable", 3)]


def test_two_spellings_of_an_address():
    made = told(("www.vieux.exemple/a", "archiver", ""), ("vieux.exemple/A/", "archiver", ""), ("/a?x=1", "rediriger", "/sante/"), ("/a#b", "a-decider", ""))
    assert [(problem.code, problem.line) for problem in made.problems] == [("redirection-en-double", 3), ("redirection-en-conflit", 4), ("decision-en-double", 5)]
    assert [row.status for row in made.rows["vieux"]] == [410]


def test_host_of_two_sites_is_told():
    other = OldSite(Recipe("autre", hosts=("vieux.exemple",)), [])
    assert [problem.code for problem in told(("www.vieux.exemple/a", "archiver", ""), others=(other,)).problems] == ["hote-en-double"]


# Coverage

ROWS = (("www.vieux.exemple/a", "archiver", ""), ("www.vieux.exemple/dossier/*", "archiver", ""), ("www.vieux.exemple/dossier/tard", "a-decider", ""))
CLOSING = [
    # pages, hits, may be closed, by pages, by hits
    (["/a", "/dossier/x"], [("/a", 5), ("/A/?utm=1", 2), ("/dossier/y", 1)], True, 1.0, 1.0),
    (["/a", "/b"], [("/a", 5)], True, 0.5, 1.0),
    (["/a"], [("/a", 999_999), ("/oubliee", 1)], False, 0.5 * 2, 0.999999),
    (["/a"], [("/dossier/tard", 3)], False, 1.0, 0.0),
    (["/a", "/b"], [], False, 0.5, 1.0),
    (["/a"], [], True, 1.0, 1.0),
    ([], [], False, 1.0, 1.0),
]


@pytest.mark.parametrize(("pages", "hits", "may", "by_pages", "by_hits"), CLOSING)
def test_site_is_closed_only_when_all_that_is_asked_for_is_decided(pages, hits, may, by_pages, by_hits):
    found = coverage.measure(OLD, told(*ROWS).rows["vieux"], pages, [Hits(url, count) for url, count in hits])
    assert (found.may_close, found.by_pages, found.by_hits) == (may, by_pages, by_hits)
    if may:
        coverage.close(found)
    else:
        with pytest.raises(coverage.NotClosable):
            coverage.close(found)


def test_what_is_missing_is_said_most_asked_first():
    hits = [Hits("/peu", 2), Hits("http://vieux.exemple/beaucoup", 1200), Hits("/dossier/tard", 30), Hits("/a", 1_000_000), Hits("http://autre.exemple/", 4)]
    found = coverage.measure(OLD, told(*ROWS).rows["vieux"], ["/jamais"], hits)
    assert [(one.old, one.hits) for one in found.missing] == [
        ("www.vieux.exemple/beaucoup", 1200), ("www.vieux.exemple/dossier/tard", 30), ("www.vieux.exemple/peu", 2), ("www.vieux.exemple/jamais", 0)]
    with pytest.raises(coverage.NotClosable) as refused:
        coverage.close(found)
    text = str(refused.value)
    assert "à décider (decisions.csv:4)" in text
    assert "(99,8\u00a0%)" in text
    assert "Une adresse n’est pas de ce site" in text
    assert "contenu/_migration/vieux/decisions.csv" in text


# What people write in a recipe cannot write in the configuration of a server


@pytest.mark.parametrize("recipe", [
    Recipe("mechant", hosts=("a.exemple; } server { listen 1",)),
    Recipe("mechant; x", hosts=("a.exemple",)),
    Recipe("../mechant", hosts=("a.exemple",)),
    Recipe("mechant", hosts=()),
])
def test_site_without_a_sound_name_is_told_and_nothing_of_it_is_written(recipe, tmp_path):
    site = OldSite(recipe, [Decision("a.exemple/x", "archiver")])
    made = plan([site], OWN)
    assert [problem.code for problem in made.problems] == ["recette"]
    server_files.write(tmp_path / "out", [site], made, NEW)
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["nginx.conf"]


def test_title_and_names_of_a_recipe_stay_in_their_place():
    recipe = Recipe("x", title="Un\n} server { listen 1; }\nsite", hosts=("x.exemple",),
                    addresses=Addresses(parameters=('a"b', "c\nd"), indexes=('i"; }', "j\nk", "index.html")))
    rows = plan([OldSite(recipe, [Decision("x.exemple/a?a%22b=1", "archiver")])], OWN).rows["x"]
    domain = server_files.Domain(recipe, rows, OWN, NEW)
    for text in ((domain.nginx_maps() + domain.nginx_server()).decode(), domain.apache().decode()):
        assert "\n} server" not in text
        assert 'i"; }' not in text
        assert "index\\.html" in text


def test_what_is_published_answers_as_pages_in_memory_do(tmp_path):
    """Documents at their addresses, slugs of folders and twins included; files that are not pages; old addresses that are no text."""
    for path, head in (("index.md", ""), ("index.en.md", ""), ("sante/index.md", "slug: la-sante\n"), ("sante/index.en.md", "slug: health\n"), ("sante/vaccin.md", ""), ("sante/vaccin.en.md", "slug: vaccine\n"),
                       ("sante/b/œuf.md", ""), ("_prive/x.md", ""), ("sante/lu.md", "slug: [1]\n")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"---\ntitle: A\n{head}---\n", "utf-8")
    (tmp_path / "guide.pdf").write_bytes(b"%PDF-")
    with Published(settings_module.load(ROOT / "site.yml", tmp_path)) as published:
        urls = {path: published.url(path) for path in ("index.md", "index.en.md", "sante/index.md", "sante/vaccin.md", "sante/vaccin.en.md", "sante/b/œuf.md", "sante/lu.md", "_prive/x.md", "rien.md")}
        assert urls == {"index.md": "/", "index.en.md": "/en/", "sante/index.md": "/la-sante/", "sante/vaccin.md": "/la-sante/vaccin/", "sante/vaccin.en.md": "/en/health/vaccine/",
                        "sante/b/œuf.md": "/la-sante/b/oeuf/", "sante/lu.md": "/la-sante/lu/", "_prive/x.md": "", "rien.md": ""}
        memory = Pages([url for url in (*urls.values(), "/en/health/") if url], Own.of("https://exemple.quebec/"), lambda path: path == "/guide.pdf")
        for path in ("", "/la-sante", "/la-sante/vaccin", "/en", "/en/health", "/guide.pdf", "/autre.pdf", "/la-sante/vacci", "/la\udce9"):
            assert (path in published, sorted(published.below(path)), published.nearest(path)) == (path in memory, sorted(memory.below(path)), memory.nearest(path))
