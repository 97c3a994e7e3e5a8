"""The headers that the build writes for hosts: the file for nginx in a real nginx, with a real browser, and the file for Netlify."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served, serving
from test_redirects import NGINX, wait_for

from fleuve import policy
from fleuve.stages.headers import headers, netlify

pytest_plugins = ["browser"]

FOREVER, A_DAY, REVALIDATE = "public, max-age=31536000, immutable", "public, max-age=86400", "no-cache"


@pytest.fixture(scope="module")
def nginx(sample: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample site behind a real nginx with the files that the build wrote for it; its address."""
    if NGINX is None:
        pytest.skip("nginx n’est pas installé : les fichiers écrits pour lui ne sont pas éprouvés (apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("nginx")
    files = sample.folder / "redirections"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = "".join(f"{kind}_temp_path {folder}/tmp_{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"""
{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{ access_log off; {temporary} charset utf-8;
types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; image/avif avif; font/woff2 woff2; application/json json; }}
include {files}/nginx.conf; include {files}/nginx-entetes.conf;
server {{ listen 127.0.0.1:{port}; absolute_redirect off; root {sample.folder}; error_page 404 /404.html;
include {files}/nginx-serveur.conf; include {files}/nginx-entetes-serveur.conf; }} }}""")
    process = subprocess.Popen([NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(port, process, folder / "error.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def ask(url: str, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


ASKED = [
    # path, status, what may be kept
    ("/", 200, REVALIDATE), ("/services/", 200, REVALIDATE), ("/sw.js", 200, REVALIDATE), ("/sw.js?v=", 200, REVALIDATE), ("/api/contenu/index.json", 200, REVALIDATE),
    ("/css/fleuve.css?v=0123abcd", 200, FOREVER), ("/js/fleuve.js?v=0123abcd", 200, FOREVER), ("/images/favicon.svg?v=0123abcd", 200, FOREVER),
    ("/css/fleuve.css", 200, REVALIDATE), ("/css/fleuve.css?v=un", 200, REVALIDATE), ("/images/courant.svg", 200, A_DAY),
    ("/absent/", 404, REVALIDATE), ("/css/absent.css?v=0123abcd", 404, REVALIDATE), ("/services", 301, REVALIDATE),
]


@pytest.mark.parametrize(("path", "status", "kept"), ASKED)
def test_nginx_sends_every_header_with_every_answer(path: str, status: int, kept: str, nginx: str, sample: Served) -> None:
    answer = ask(nginx, path)
    assert answer.status == status and answer.getheader("Cache-Control") == kept
    for name, value in policy.HEADERS.items():
        assert answer.getheader(name) == value
    sent = answer.getheader("Content-Security-Policy")
    said = sample.pages["/"].soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert sent == said + "; frame-ancestors 'none'", "pages and host say the same"
    assert answer.getheader("Set-Cookie") is None


def test_pages_work_under_the_headers(nginx: str, sample: Served, visit) -> None:
    tab = visit("about:blank")
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    for page in sample.one_of_each()[:8]:
        tab.goto(nginx + page.address)
        tab.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    assert not said
    tab.context.set_offline(True)
    tab.goto(nginx + "/jamais-vue/")
    assert tab.locator("h1").inner_text() == "Vous êtes hors connexion", "the service worker may fetch under its own policy"


def test_no_other_site_can_frame_a_page(nginx: str, sample: Served, visit) -> None:
    tab = visit("about:blank")
    tab.set_content(f"<iframe src='{nginx}/'></iframe>")
    frame = tab.frames[-1]
    tab.wait_for_timeout(500)
    assert "Services du gouvernement" not in frame.content()


def test_other_sites_can_frame_the_fragments_of_news(nginx: str, tmp_path: Path, visit) -> None:
    answer = ask(nginx, "/integrer/nouvelles/toutes/")
    assert answer.getheader("Content-Security-Policy") == policy.embedded()
    for name, value in policy.HEADERS.items():
        assert answer.getheader(name) == value
    tab = visit("about:blank")
    (tmp_path / "index.html").write_text(f"<!doctype html><iframe src='{nginx}/integrer/nouvelles/toutes/' title='Nouvelles'></iframe>", "utf-8")
    with serving(tmp_path) as partner:  # another port is another origin; « * » is no blank page (CSP 3, 6.7.2.7)
        tab.goto(partner.url + "/")
        frame = tab.frame_locator("iframe")
        assert frame.locator("h1").inner_text() == "Nouvelles du gouvernement" and frame.locator("li").count() == 5
        assert frame.locator("body").evaluate("body => getComputedStyle(body).marginTop") == "0px", "its style sheet is allowed"


@pytest.mark.parametrize(("name", "media_type"), [("fil.atom.xml", "application/atom+xml"), ("fil.rss.xml", "application/rss+xml"), ("fil.json", "application/feed+json"), ("evenements.ics", "text/calendar")])
def test_feeds_are_what_they_say_and_can_be_read_from_elsewhere(name: str, media_type: str, nginx: str) -> None:
    answer = ask(nginx, "/nouvelles/toutes/" + name)
    assert answer.status == 200 and answer.getheader("Content-Type").partition(";")[0] == media_type
    assert answer.getheader("Access-Control-Allow-Origin") == "*" and answer.getheader("X-Content-Type-Options") == "nosniff"
    assert ask(nginx, "/").getheader("Access-Control-Allow-Origin") is None


def test_renditions_of_images_are_kept_for_ever(nginx: str, sample: Served) -> None:
    made = next((sample.folder / "medias").glob("*.avif"))
    answer = ask(nginx, f"/medias/{made.name}")
    assert (answer.status, answer.getheader("Cache-Control"), answer.getheader("Content-Type")) == (200, FOREVER, "image/avif")


def test_netlify_file_says_the_same() -> None:
    values = headers({"avis": "https://avis.exemple.quebec/"})
    text = netlify(values, "/portail/")
    rules = re.findall(r"^(/\S+)\n((?:  .+\n)+)", text, re.MULTILINE)
    assert [path for path, _ in rules] == ["/portail/*", "/portail/css/*", "/portail/js/*", "/portail/images/*", "/portail/polices/*", "/portail/medias/*", "/portail/integrer/*",
                                        "/portail/*fil.atom.xml", "/portail/*fil.rss.xml", "/portail/*fil.json", "/portail/*.ics", "/portail/*oembed.json"]
    assert dict(line.strip().split(": ", 1) for line in rules[0][1].splitlines()) == values
    assert rules[1][1] == f"  Cache-Control: {FOREVER}\n" and "Cache-Control" not in rules[0][1]


def test_the_files_are_where_the_guide_says(sample: Served) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "guide" / "heberger-le-site.md").read_text("utf-8")
    for path in ("_headers", "redirections/nginx-entetes.conf", "redirections/nginx-entetes-serveur.conf", "sw.js"):
        assert (sample.folder / path).is_file() and path in guide
