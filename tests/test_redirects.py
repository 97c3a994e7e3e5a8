"""Redirects: every row of the tables below is a sentence that an editor can check."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleuve import redirect
from fleuve.redirect import Own, Pages, Place, Table, locate, parse, resolve, validate
from fleuve.stages.redirects import Redirects, fallbacks, netlify, nginx_maps

OWN = Own.of("https://www.gouv.exemple.quebec/")
HEADER = "source_host,source_path,target,status\n"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


def read(text: str, own: Own = OWN):
    return parse((HEADER + text).encode(), "_redirections/essai.csv", own)


def resolved(text: str, own: Own = OWN):
    rows, problems = read(text, own)
    assert not problems, problems
    return resolve(rows)


def answer(rows, host: str, path: str, query: str = "") -> tuple[int, str] | None:
    """What a server that holds `rows` answers."""
    row = Table(rows).find(Place(host, redirect.canonical(path), query))
    return row and (row.status, row.destination(path, query))


# What a request gets

REQUESTS = [
    # row, host asked, path asked, answer
    (",/vieux,/neuf/,301", "", "/vieux", (301, "/neuf/")),
    (",/vieux,/neuf/,301", "", "/vieux/", (301, "/neuf/")),
    (",/vieux,/neuf/,301", "", "/VIEUX", (301, "/neuf/")),
    (",/vieux,/neuf/,301", "", "/vieux/suite", None),
    (",/vieux/*,/neuf/,301", "", "/vieux/suite", (301, "/neuf/")),
    (",/vieux/*,/neuf/*,301", "", "/vieux/suite/A/", (301, "/neuf/suite/A/")),
    (",/vieux/*,/neuf/*,301", "", "/vieux", (301, "/neuf/")),
    (",/vieux/*,/neuf/*,301", "", "/vieuxbis", None),
    (",/retirée,,410", "", "/retir%C3%A9e", (410, "")),
    ("www.sante.exemple,/a,/sante/,301", "www.sante.exemple", "/a", (301, "/sante/")),
    ("www.sante.exemple,/a,/sante/,301", "", "/a", None),
    ("WWW.SANTÉ.exemple,/a,/sante/,302", "www.xn--sant-epa.exemple", "/a", (302, "/sante/")),
    ("www.gouv.exemple.quebec,/a,/sante/,301", "", "/a", (301, "/sante/")),
    (",/a,https://www.gouv.exemple.quebec/sante/,301", "", "/a", (301, "/sante/")),
    (",/a,https://www.gouv.exemple.quebec//ailleurs.exemple/,301", "", "/a", (301, "/ailleurs.exemple/")),
    (",/a,https://ailleurs.exemple/page?x=1#y,301", "", "/a", (301, "https://ailleurs.exemple/page?x=1#y")),
    (',"/a,b",/sante/,301', "", "/a,b", (301, "/sante/")),
    (",/a,/santé/,301", "", "/a", (301, "/sant%C3%A9/")),
    ("x.exemple,,y.exemple,alias\ny.exemple,/a,/sante/,301", "x.exemple", "/a", (301, "/sante/")),
    (',/a,"/""$host""/{x}",301', "", "/a", (301, "/%22%24host%22/%7Bx%7D")),
]


@pytest.mark.parametrize(("row", "host", "path", "expected"), REQUESTS)
def test_request(row, host, path, expected):
    rows, problems = resolved(row)
    assert not problems
    assert answer(rows, host, path) == expected


def test_query_decides_before_path_and_path_before_prefix():
    rows, _ = resolved(",/p?id=1,/un/,301\n,/p,/p-seul/,301\n,/p/*,/dessous/,301\n,/p/q/*,/plus-bas/,302")
    assert answer(rows, "", "/p", "id=1") == (301, "/un/")
    assert answer(rows, "", "/p", "id=2") == (301, "/p-seul/")
    assert answer(rows, "", "/p/s") == (301, "/dessous/")
    assert answer(rows, "", "/p/q/r") == (302, "/plus-bas/")


def test_base_path_is_left_out_of_rows_and_put_back_in_files():
    own = Own.of("https://exemple.quebec/site/")
    rows, _ = resolved(",/site/a,/site/b/,301\n,/c,https://exemple.quebec/site/d/,301\nx.exemple,/e,/f/,301", own)
    assert {row.source: row.target for row in rows} == {"/a": "/b/", "/c": "/d/", "x.exemple/e": "/f/"}
    text = netlify(rows, own, "https://exemple.quebec/site/").decode()
    assert "/site/a /site/b/ 301\n" in text
    assert "http://x.exemple/e https://exemple.quebec/site/f/ 301\n" in text


# What an editor is told

MISTAKES = [
    # row, column, code, a word of the remedy
    ("http://sante.exemple,/a,/b,301", 1, "hote", "« sante.exemple »"),
    ("sante.exemple:8080,/a,/b,301", 1, "hote", "« sante.exemple »"),
    ("sante exemple,/a,/b,301", 1, "hote", "le nom seul"),
    ("-x.exemple,/a,/b,301", 1, "hote", "le nom seul"),
    (",a,/b,301", 2, "chemin", "« /a »"),
    (",https://x.exemple/a,/b,301", 2, "chemin", "première colonne"),
    (",/a#b,/b,301", 4, "chemin", "« /a »"),
    (",/a*,/b,301", 4, "etoile", "« /a/* »"),
    (",/a/*/b,/c,301", 5, "etoile", "« /a/* »"),
    (",/a,/b/*,301", 8, "etoile", "« /* »"),
    (",/a/*,/b*,301", 9, "etoile", "« /b/* »"),
    (",/a/../b,/c,301", 5, "chemin-relatif", "chemin complet"),
    (",/a/%2e%2E/b,/c,301", 2, "chemin-relatif", "chemin complet"),
    (",/a,/../etc/passwd,301", 6, "chemin-relatif", "chemin complet"),
    (",/a\x07b,/c,301", 4, "caractere-de-controle", "Retapez"),
    (",/a%0d%0aSet-Cookie:x,/c,301", 2, "caractere-de-controle", "Retapez"),
    (",/a,/c%0A,301", 5, "caractere-de-controle", "Retapez"),
    (",/a,//ailleurs.exemple/,301", 5, "cible", "https:"),
    (",/a,javascript:alert(1),301", 5, "cible", "https://"),
    (",/a,neuf/page,301", 5, "cible", "« /neuf/page »"),
    (",/a,https://x@y.exemple/,301", 5, "cible", "barre du navigateur"),
    (",/a,https://ex ample/,301", 5, "cible", "barre du navigateur"),
    (",/a,,301", 5, "cible-absente", "410"),
    (",/a,/b,410", 5, "cible-inutile", "301"),
    (",/a,/b,308", 8, "statut", "Écrivez 301"),
    (",/a,/b,307", 8, "statut", "Écrivez 302"),
    (",/a,/b,", 8, "statut", "Écrivez 301"),
    ("x.exemple,,x.exemple,alias", 1, "alias", "ancien.exemple.quebec"),
    (",,x.exemple,alias", 1, "alias", "ancien.exemple.quebec"),
    ("x.exemple,/a,y.exemple,alias", 1, "alias", "ancien.exemple.quebec"),
    (",/a,/b", 5, "colonnes", "source_host"),
    (",/a,/b,c,301", 10, "colonnes", "guillemets"),
    (',/a,"/b,301', 5, "guillemets", "doublez"),
    (",/" + "a" * 9000 + ",/b,301", 8193, "ligne-trop-longue", "Raccourcissez"),
]


@pytest.mark.parametrize(("row", "column", "code", "word"), MISTAKES, ids=[row[0][:30] for row in MISTAKES])
def test_mistake_is_told_with_its_place_and_its_remedy(row, column, code, word):
    rows, problems = read(f",/bonne,/page/,301\n{row}\n,/autre,/page/,301")
    assert [problem.code for problem in problems] == [code]
    problem = problems[0]
    assert (problem.line, problem.column) == (3, column)
    assert word in problem.remedy
    assert problem.severity == "erreur"
    assert [row.source for row in rows] == ["/bonne", "/autre"]  # the rest of the file is served


@pytest.mark.parametrize(("data", "code"), [
    (b"hote,chemin,cible,statut\n,/a,/b,301\n", "entete"),
    (HEADER.encode() + b",/caf\xe9,/b,301\n", "encodage"),
])
def test_file_that_cannot_be_read(data, code):
    rows, problems = parse(data, "f.csv", OWN)
    assert not rows
    assert [problem.code for problem in problems] == [code]


def test_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(redirect, "MAX_FILE_BYTES", 10)
    assert [problem.code for problem in read(",/a,/b,301")[1]] == ["fichier-trop-gros"]


@pytest.mark.parametrize("data", [
    "\ufeff" + HEADER + ",/a,/b/,301\n",
    HEADER.replace(",", ";") + ";/a;/b/;301\n",
    HEADER.replace("\n", "\r\n") + "\r\n# commentaire\r\n,/a,/b/,301\r\n",
    HEADER + '"","/a","/b/","301"\n',
    HEADER + " , /a , /b/ , 301 \n",
])
def test_forms_that_spreadsheets_write(data):
    rows, problems = parse(data.encode(), "f.csv", OWN)
    assert not problems
    assert [(row.source, row.target, row.status) for row in rows] == [("/a", "/b/", 301)]


def test_row_of_an_old_site_in_latin_1():
    rows, problems = read("x.exemple,/caf%E9,/cafe/,301")
    assert not problems
    assert "/caf%E9" in netlify(rows, OWN, "https://www.gouv.exemple.quebec/").decode()
    assert b"/caf\xe9" in nginx_maps(rows, OWN)


PAGES = ["/", "/sante/", "/sante/vaccination/", "/emploi/", "/en/health/"]
AGAINST_THE_SITE = [
    # rows, codes expected
    (",/a,/sante/,301", []),
    (",/a,/sante/#ancre,301", []),
    (",/a,/sante/?x=1,301", []),
    (",/a,/documents/guide.pdf,301", []),
    (",/a,/documents/absent.pdf,301", ["cible-introuvable"]),
    (",/a,/vaccination/,301", ["cible-introuvable"]),
    (",/a/*,/sante/*,301", []),
    (",/a/*,/absent/*,301", ["cible-introuvable"]),
    (",/a,https://ailleurs.exemple/absent,301", []),
    (",/sante,/emploi/,301", ["redirection-cache-page"]),
    (",/*,/emploi/,301", ["redirection-cache-page"]),
    (",/sante/*,/emploi/,301", ["redirection-cache-page"]),
    (",/sante/?p=1,/emploi/,301", []),
    ("x.exemple,/sante,/emploi/,301", []),
    (",/a,/sante/,301\n,/a/,/sante/,301", ["redirection-en-double"]),
    (",/a,/sante/,301\n,/A,/emploi/,301", ["redirection-en-conflit"]),
    (",/a,/sante/,301\n,/a,/sante/,302", ["redirection-en-conflit"]),
    (",/a,/sante/,301\n,/a/*,/emploi/,301", []),
    (",/a,/b,301\n,/b,/sante/,301", []),  # a chain: told by resolve, not twice
]


@pytest.mark.parametrize(("rows", "codes"), AGAINST_THE_SITE)
def test_rows_against_the_site(rows, codes):
    pages = Pages(PAGES, OWN, lambda path: path == "/documents/guide.pdf")
    _, problems = validate(read(rows)[0], pages)
    assert [problem.code for problem in problems] == codes


def test_missing_target_names_the_page_that_was_meant():
    _, problems = validate(read(",/a,/vaccination/,301")[0], Pages(PAGES, OWN))
    assert "« /sante/vaccination/ »" in problems[0].remedy
    assert str(problems[0]).startswith("_redirections/essai.csv:2:5: ")


CHAINS = [
    # rows, code and remedy for each row told, what each source answers afterwards
    (",/a,/b,301\n,/b,/c/,301", {"/a": ("redirection-en-chaine", "« /c/ »")}, {"/a": "/c/", "/b": "/c/"}),
    (",/a,/b,301\n,/b,,410", {"/a": ("redirection-en-chaine", "410")}, {"/a": "", "/b": ""}),
    (",/a,/b,301\n,/b,/c,301\n,/c,/d/,302", {"/a": ("redirection-en-chaine", "« /d/ »"), "/b": ("redirection-en-chaine", "« /d/ »")},
     {"/a": "/d/", "/b": "/d/", "/c": "/d/"}),
    (",/a,/b,301\n,/b,/a,301\n,/c,/a,301", {s: ("redirection-en-boucle", "Retirez") for s in ("/a", "/b", "/c")}, {}),
    (",/a,/a/,301", {"/a": ("redirection-en-boucle", "Retirez")}, {}),
    (",/a/*,/a/b/*,301", {"/a/*": ("redirection-en-boucle", "Retirez")}, {}),
    (",/a/*,/a/b/,301", {"/a/*": ("redirection-en-boucle", "Retirez")}, {}),
    (",/a/*,/b/*,301\n,/b/*,/a/*,301", {s: ("redirection-en-boucle", "Retirez") for s in ("/a/*", "/b/*")}, {}),
    (",/a/*,/b/c/*,301\n,/b/*,/d/*,301", {"/a/*": ("redirection-en-chaine", "« /d/c/* »")}, {"/a/x": "/d/c/x", "/b/x": "/d/x"}),
    (",/a,/b/x/,301\n,/b/*,/c/*,301", {"/a": ("redirection-en-chaine", "« /c/x/ »")}, {"/a": "/c/x/"}),
    (",/a/*,/b/*,301\n,/b/x,/c/,301", {"/a/*": ("redirection-en-deux-temps", "« /a/x »")}, {"/a/x": "/b/x", "/a/y": "/b/y"}),
    (",/a/*,/b/*,301\n,/b/x,/c/,301\n,/a/x,/c/,301", {}, {"/a/x": "/c/", "/a/y": "/b/y"}),
    ("x.exemple,/a,https://y.exemple/b,301\ny.exemple,/b,/c/,301", {"x.exemple/a": ("redirection-en-chaine", "« /c/ »")}, {}),
]


@pytest.mark.parametrize(("rows", "told", "answers"), CHAINS, ids=[row[0].replace("\n", " ") for row in CHAINS])
def test_chain_or_loop(rows, told, answers):
    parsed, _ = read(rows)
    by_line = {row.line: row for row in parsed}
    final, problems = resolve(parsed)
    assert {by_line[p.line].source: p.code for p in problems} == {source: code for source, (code, _) in told.items()}
    for problem in problems:
        assert told[by_line[problem.line].source][1] in problem.remedy
    for path, target in answers.items():
        assert answer(final, "", path)[1] == target


def test_chain_names_both_rows():
    _, problems = resolved(",/a,/b,301\n,/b,/c/,301")
    assert "_redirections/essai.csv:2" in problems[0].message
    assert "_redirections/essai.csv:3" in problems[0].message


# Whatever is written, nothing goes round

_part = st.sampled_from(["a", "b", "c"])
_path = st.lists(_part, min_size=0, max_size=3).map(lambda parts: "/" + "/".join(parts))
_hosts = st.sampled_from(["", "x.exemple", "y.exemple"])


@st.composite
def csv_rows(draw):
    status = draw(st.sampled_from(["301", "301", "302", "410"]))
    prefix, carries = draw(st.booleans()), draw(st.booleans())
    source = draw(_path).rstrip("/") + ("/*" if prefix else "/")
    host = draw(_hosts)
    target = "" if status == "410" else (f"https://{host}" if host else "") + draw(_path)
    if target and prefix and carries:
        target = target.rstrip("/") + "/*"
    return f"{draw(_hosts)},{source},{target},{status}"


@settings(max_examples=400, deadline=None)
@given(st.lists(csv_rows(), max_size=12), _hosts, _path)
def test_every_request_ends(lines, host, path):
    rows, problems = read("\n".join(lines))
    assert not problems
    final, _ = resolve(list(redirect.distinct(rows, [])))
    table = Table(final)
    keys = [(row.prefix, row.place.key) for row in final]
    assert len(keys) == len(set(keys))  # each source resolves to exactly one
    for row in final:
        place = row.target and locate(row.target, table.hosts)
        if place:  # no row's own target is the source of another
            assert (table.covering(place) if row.carries else table.find(place)) is None
    hops, place, raw = 0, Place(host, redirect.canonical(path)), path
    while (row := table.find(place)) and row.target:
        target = row.destination(raw)
        place = locate(target, table.hosts)
        if place is None:
            break
        raw = target if target.startswith("/") else "/" + target.split("/", 3)[3]
        hops += 1
        assert hops <= path.count("/") + 1


# Real servers

TABLE = """\
,/vieux,/sante/,301
,/vieux/*,/sante/*,301
,/vieux/exact,/emploi/,302
,/retiree,,410
,/accentué/page,/sante/,301
,/p?id=1,/un/,301
,/p,/p-seul/,302
,"/a,b;c{d}$e~f'g",/sante/,301
,"/guillemet""x\\y",/sante/,301
,/esp ace/*,/emploi/*,302
,/a(b)[c]^d+e.f/*,/sante/,301
,/cible,"https://ailleurs.exemple/a b?q=""$uri""&x={y}#é",301
www.sante.exemple,/,/sante/,301
www.sante.exemple,/*,/sante/*,301
www.sante.exemple,/vieux,/emploi/,301
www.sante.exemple,/default.aspx?Id=42,/emploi/,301
www.sante.exemple,/caf%E9,/emploi/,301
racine.exemple,/x/*,/*,301
fini.exemple,/*,,410
""" + ",/" + "long-" * 300 + ",/sante/,301\n"

ASKED = [
    # host, raw path, status, Location
    ("", "/sante/", 200, None),
    ("", "/vieux", 301, "/sante/"),
    ("", "/vieux/", 301, "/sante/"),
    ("", "/Vieux?x=1", 301, "/sante/"),
    ("", "/vieux/a/b?c=d", 301, "/sante/a/b?c=d"),
    ("", "/vieux/A%20b/", 301, "/sante/A%20b/"),
    ("", "/vieux//ailleurs.exemple", 301, "/sante/ailleurs.exemple"),
    ("", "/vieux/exact", 302, "/emploi/"),
    ("", "/retiree", 410, None),
    ("", "/accentu%C3%A9/page", 301, "/sante/"),
    ("", "/accentu%c3%a9/page/", 301, "/sante/"),
    ("", "/p?id=1", 301, "/un/"),
    ("", "/p?id=2", 302, "/p-seul/"),
    ("", "/a,b;c%7Bd%7D$e~f'g", 301, "/sante/"),
    ("", "/guillemet%22x%5Cy", 301, "/sante/"),
    ("", "/esp%20ace/x", 302, "/emploi/x"),
    ("", "/a(b)%5Bc%5D%5Ed+e.f/x", 301, "/sante/"),
    ("", "/a(b)%5Bc%5D%5Ed+exf/x", 404, None),
    ("", "/cible", 301, "https://ailleurs.exemple/a%20b?q=%22%24uri%22&x=%7By%7D#%C3%A9"),
    ("", "/" + "long-" * 300, 301, "/sante/"),
    ("www.sante.exemple", "/", 301, "https://www.gouv.exemple.quebec/sante/"),
    ("www.sante.exemple", "/page/x", 301, "https://www.gouv.exemple.quebec/sante/page/x"),
    ("www.sante.exemple", "/vieux", 301, "https://www.gouv.exemple.quebec/emploi/"),
    ("www.sante.exemple", "/default.aspx?Id=42", 301, "https://www.gouv.exemple.quebec/emploi/"),
    ("www.sante.exemple", "/caf%E9", 301, "https://www.gouv.exemple.quebec/emploi/"),
    ("racine.exemple", "/x//ailleurs.exemple/", 301, "https://www.gouv.exemple.quebec/ailleurs.exemple/"),
    ("racine.exemple", "/x/\\ailleurs.exemple/", 301, "https://www.gouv.exemple.quebec/ailleurs.exemple/"),
    ("racine.exemple", "/x/%0d%0aSet-Cookie:a=b", 301, "https://www.gouv.exemple.quebec/%0d%0aSet-Cookie:a=b"),
    ("fini.exemple", "/n/importe", 410, None),
]


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """A real nginx on a free loopback port, serving one page and the redirects of TABLE."""
    if NGINX is None:
        pytest.skip("nginx n’est pas installé : les fichiers écrits pour lui ne sont pas éprouvés (apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("nginx")
    rows, problems = read(TABLE)
    assert not problems
    final, problems = resolve(rows)
    assert not [problem for problem in problems if problem.severity == "erreur"], problems
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "www/sante").mkdir(parents=True)
    (folder / "www/sante/index.html").write_text("santé")
    (folder / "redirections").mkdir()
    site = SimpleNamespace(site_url="https://www.gouv.exemple.quebec/")
    from fleuve.stages.redirects import _NGINX_SERVER
    (folder / "redirections/nginx.conf").write_bytes(nginx_maps(ordered(final), Own.of(site.site_url)))
    (folder / "redirections/nginx-serveur.conf").write_text(_NGINX_SERVER, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    temporary = "".join(f"{kind}_temp_path {folder}/tmp_{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{ access_log off; {temporary} large_client_header_buffers 4 16k;
include {folder}/redirections/nginx.conf;
server {{ listen 127.0.0.1:{port}; absolute_redirect off; root {folder}/www;
include {folder}/redirections/nginx-serveur.conf; }} }}""")
    process = subprocess.Popen([NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(port, process, folder / "error.log")
        yield port, final
    finally:
        process.terminate()
        process.wait(10)


def ordered(rows):
    return sorted(rows, key=lambda row: (row.place.host, -row.place.path.count("/") if row.prefix else 1, row.place.key))


def wait_for(port: int, process, log: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            pytest.fail(f"nginx refuse la configuration : {log.read_text()}")
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx ne répond pas")


def ask(port: int, host: str, path: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection._validate_path = lambda path: None  # a backslash must reach the server
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host or "www.gouv.exemple.quebec")
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.getheader("Set-Cookie") is None
    return response.status, response.getheader("Location")


@pytest.mark.parametrize(("host", "path", "status", "location"), ASKED, ids=[f"{row[0]}{row[1][:40]}" for row in ASKED])
def test_nginx_answers(nginx, host, path, status, location):
    assert ask(nginx[0], host, path) == (status, location)


def test_nginx_answers_every_row_of_the_table(nginx):
    from urllib.parse import quote
    port, rows = nginx
    for row in rows:
        path = quote(row.place.path or "/", errors="surrogateescape") + ("?" + row.place.query if row.place.query else "")
        expected = row.destination(row.place.path) or None
        if expected and expected.startswith("/") and row.place.host:
            expected = "https://www.gouv.exemple.quebec" + expected
        status, location = ask(port, row.place.host, path)
        found = Table(rows).find(row.place)
        if found is row:
            assert (status, location) == (row.status, expected), row


# Other files


def test_netlify_rules_come_in_an_order_that_a_first_match_respects():
    rows, _ = read(",/a/*,/b/*,301\n,/a/b/c/*,/d/,301\n,/a/x,/c/,302\nx.exemple,/*,/sante/*,301\n,/r,,410\n,/q?id=1,/c/,301")
    text = netlify(rows, OWN, "https://www.gouv.exemple.quebec/").decode()
    assert text.splitlines()[1:] == [
        "/q id=1 /c/ 301", "/a/x /c/ 302", "/r /404.html 410",
        "/a/b/c /d/ 301", "/a/b/c/* /d/ 301", "/a/* /b/:splat 301",
        "http://x.exemple/* https://www.gouv.exemple.quebec/sante/:splat 301",
        "https://x.exemple/* https://www.gouv.exemple.quebec/sante/:splat 301",
    ]
    assert all(re.fullmatch(r"\S+( \S+=\S+)* \S+ (301|302|410)", line) for line in text.splitlines()[1:])


FALLBACKS = [
    (",/vieux,/sante/,301", ["vieux/index.html"]),
    (",/vieux/page.html,/sante/,301", ["vieux/page.html"]),
    (",/vieux/page.aspx,/sante/,301", []),
    (",/vieux/*,/sante/,301", []),
    (",/vieux?id=1,/sante/,301", []),
    (",/vieux,,410", []),
    ("x.exemple,/vieux,/sante/,301", []),
    (",/emploi/index.html,/sante/,301", []),  # the file of a page is never replaced
    (",/a,/sante/,301\n,/a/index.html,/emploi/,301", ["a/index.html"]),
    (",/a.html,/sante/,301\n,/a.html/b,/sante/,301", ["a.html"]),
    (",/" + "x" * 300 + ",/sante/,301", []),
]


@pytest.mark.parametrize(("rows", "paths"), FALLBACKS, ids=[row[0][:40] for row in FALLBACKS])
def test_pages_for_hosts_without_redirects(rows, paths):
    parsed, _ = read(rows)
    found = dict(fallbacks(parsed, OWN, "https://www.gouv.exemple.quebec/", PAGES))
    assert list(found) == paths


def test_fallback_page_leads_on_and_is_not_indexed():
    rows, _ = read(',/vieux,"/sante/?a=1&b=""x""<i>",301\n,/en/old,/en/health/,301')
    found = {path: page.decode() for path, page in fallbacks(rows, OWN, "https://www.gouv.exemple.quebec/", PAGES)}
    page = found["vieux/index.html"]
    assert '<meta http-equiv="refresh" content="0; url=/sante/?a=1&amp;b=%22x%22%3Ci%3E">' in page
    assert '<link rel="canonical" href="https://www.gouv.exemple.quebec/sante/?a=1&amp;b=%22x%22%3Ci%3E">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<html lang="en">' in found["en/old/index.html"]


def test_stage_reads_the_folder_and_tells_what_is_wrong(tmp_path):
    folder = tmp_path / "_redirections"
    folder.mkdir()
    (folder / "b.csv").write_text(HEADER + ",/b,/absente/,301\n")
    (folder / "a.csv").write_text(HEADER + ",/a,/sante/,301\n,/c,/services/,301\n")
    told = []
    site = SimpleNamespace(
        site_url="https://www.gouv.exemple.quebec/", base="/", settings={"langues": {"fr": {}, "en": {}}}, content=tmp_path,
        index=SimpleNamespace(media=lambda path: None, vocabulary=lambda name: {}, of_type=lambda kind, lang: [], news_listed=lambda lang: [], data_files=lambda folder: [f"{folder}/a.csv", f"{folder}/b.csv", f"{folder}/lisez.md"]),
        problem=lambda file, line, severity, code, message, remedy, column=1: told.append((file, line, column, severity, code)))
    files = dict(Redirects().reduce(iter([PAGES]), site))
    assert told == [("_redirections/b.csv", 2, 5, "erreur", "cible-introuvable")]
    assert sorted(files) == ["_redirects", "a/index.html", "c/index.html", "redirections/nginx-serveur.conf", "redirections/nginx.conf"]
    assert files == dict(Redirects().reduce(iter([PAGES]), site))
    site.settings["redirections"] = {"pages": False}
    assert "a/index.html" not in dict(Redirects().reduce(iter([PAGES]), site))
