"""`build.py serve`, as an editor lives with it: the real command, a browser that waits, and files that change."""

from __future__ import annotations

import http.client
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from functools import partial

import pytest
from conftest import NOW, PIXEL, ROOT, Site

from fleuve.publish import WORKSHOP

from fleuve import settings
from fleuve.build import Build
from fleuve.executor import Executor
from fleuve.instant import parse_now
from fleuve.serve import Change, Live

pytest_plugins = ["browser"]

WAIT = 20  # seconds: a slow machine, never reached on a normal one


class Served:
    """A running `build.py serve`: its pages, what it says, and the channel that announces reloads."""

    def __init__(self, site: Site) -> None:
        self.site = site
        arguments = [sys.executable, str(ROOT / "build.py"), "serve", "--config", str(site.config), "--out", str(site.out), "--cache", str(site.cache),
                     "--now", NOW, "--port", "0", "--jobs", "1"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                                        # A test runner in the background ignores Ctrl+C, and its children would inherit that.
                                        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", self.hears("Ctrl\\+C"))[1])

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.said.append(line)
            self._lines.put(line)

    def hears(self, pattern: str) -> str:
        """Wait for a line that the command prints."""
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            try:
                line = self._lines.get(timeout=0.2)
            except queue.Empty:
                assert self.process.poll() is None, "".join(self.said)
                continue
            if re.search(pattern, line):
                return line
        raise AssertionError(f"« {pattern} » was not said:\n{''.join(self.said)}")

    def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        """(status, text) of an address, sent as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        connection.request(method, path)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, text

    def shows(self, path: str, text: str, status: int = 200) -> None:
        """Wait until a page holds a text."""
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            found = self.get(path)
            if found[0] == status and text in found[1]:
                return
            time.sleep(0.05)
        raise AssertionError(f"{path} : {found[0]}, {found[1][:2000]}\n{''.join(self.said)}")

    def rests(self) -> None:
        """Wait until no build is writing."""
        until = time.monotonic() + WAIT
        while (self.site.out / WORKSHOP).exists() and time.monotonic() < until:
            time.sleep(0.05)

    def reload(self) -> threading.Thread:
        """A page that is open: the thread ends when it is told to reload."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        connection.request("GET", "/__rechargement")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.getheader("Content-Type") == "text/event-stream"
        assert answer.readline().startswith(b":")  # the page is known from here on

        def wait() -> None:
            for line in answer:  # ends with the stream: the thread of a server that stopped must not spin
                if b"event: recharge" in line:
                    break
            connection.close()

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        return thread

    def stop(self, how: int = signal.SIGINT) -> int:
        """End the command; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(WAIT)


@pytest.fixture
def served(tmp_path):
    """A small site that is being served."""
    site = Site(tmp_path, theme=True)
    site.write("index.md", "Bienvenue.")
    site.write("sante/index.md", "---\ntitle: Santé\ntype: theme\n---\n")
    site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nUn vaccin. [Accueil](../index.md)")
    site.write("sante/soins.md", "---\ntitle: Soins\n---\nDes soins.")
    server = Served(site)
    yield server
    server.stop(signal.SIGKILL)


def test_pages_are_served_with_the_reload_script(served):
    status, html = served.get("/sante/vaccin/")
    assert status == 200 and "Un vaccin." in html and '<script src="/__rechargement.js" defer></script></body>' in html
    assert "EventSource" in served.get("/__rechargement.js")[1]
    assert "__rechargement" not in served.site.read("sante/vaccin/index.html")  # the site on disk is the one to publish
    assert served.get("/sante/vaccin")[0] == 301
    status, css = served.get(re.search(r'href="(/css/[^"]+)"', html)[1])
    assert status == 200 and "{" in css


def test_a_page_that_does_not_exist_is_the_404_page_with_its_status(served):
    status, html = served.get("/nulle/part/")
    assert status == 404 and "<h1" in html and "__rechargement" in html
    assert served.get("/en/nowhere/")[0] == 404


def test_nothing_outside_the_site_is_served(served):
    addresses = (
        "/../site.yml", "/../../../../../../etc/passwd", "/%2e%2e/site.yml", "/..%2fsite.yml", "/sante/..%2f..%2fsite.yml", "//etc/passwd", "/%00", "/..%5csite.yml",
        "/sante/../../contenu/index.md", "/\\..\\site.yml", "/css/",
    )
    for address in addresses:
        status, text = served.get(address)
        assert status in (301, 404), (address, status, text)
        assert "docs_dir" not in text and "root:" not in text and "Bienvenue" not in text, address


def test_a_day_of_edits(served):
    site, page = served.site, served.reload()
    site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nTexte neuf.")
    page.join(WAIT)
    assert not page.is_alive(), "the browser was not told to reload"
    assert "Texte neuf." in served.get("/sante/vaccin/")[1]

    site.write("sante/vaccin.md", "---\ntitle: Vaccination\n---\nTexte neuf.")
    served.shows("/sante/soins/", "Vaccination")  # its sibling shows the title

    site.write("sante/dentiste.md", "---\ntitle: Dentiste\n---\nNouvelle page.")
    served.shows("/sante/dentiste/", "Nouvelle page.")
    served.shows("/sante/", "Dentiste")

    (site.content / "sante/dentiste.md").unlink()
    served.shows("/sante/dentiste/", "", 404)
    assert "Dentiste" not in served.get("/sante/")[1]

    (site.content / "sante").rename(site.content / "bien-etre")
    served.shows("/bien-etre/vaccin/", "Texte neuf.")
    served.shows("/sante/vaccin/", "", 404)

    served.rests()  # pages are shown as soon as they are written, the lists of the site after them
    assert served.stop() == 0
    assert site.tree() == site.clean_build()


def test_a_document_that_becomes_wrong_is_told_in_french_and_the_site_stays(served):
    served.site.write("sante/vaccin.md", "---\ntitle: [Vaccin\n---\nTexte.")
    line = served.hears("sante/vaccin.md:")
    assert line.startswith("erreur\u00a0: sante/vaccin.md:2:") and "title" in line
    assert served.get("/sante/soins/")[0] == 200
    served.site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nRéparé.")
    served.shows("/sante/vaccin/", "Réparé.")
    assert "Traceback" not in "".join(served.said)


def test_a_change_of_the_theme_shows_and_a_broken_template_does_not_stop_the_server(served):
    template = served.site.root / "theme" / "types" / "page.html"
    good = template.read_text("utf-8")
    template.write_text(good + "<!-- nouveau gabarit -->", "utf-8")
    served.hears("À jour")
    served.shows("/sante/vaccin/", "Un vaccin.")

    template.write_text(good + "{% if %}", "utf-8")
    line = served.hears("Construction impossible")
    assert "types/page.html" in line and "ligne" in line
    served.site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nÉcrit pendant la panne.")
    served.hears("Construction impossible")
    assert served.get("/sante/soins/")[0] == 200

    template.write_text(good, "utf-8")
    served.shows("/sante/vaccin/", "Écrit pendant la panne.")
    assert "Traceback" not in "".join(served.said)


def test_site_yml_is_watched_and_a_broken_one_leaves_the_site_as_it_was(served):
    config, page = served.site.config, served.reload()
    good = config.read_text("utf-8")
    draft = config.with_suffix(".tmp")
    draft.write_text(good.replace("fr: Services du gouvernement,", "fr: Portail des services,"), "utf-8")
    draft.replace(config)  # as an editor saves
    page.join(WAIT)
    assert not page.is_alive()
    assert "Portail des services" in served.get("/sante/vaccin/")[1]

    config.write_text(good + "extra: [\n", "utf-8")
    line = served.hears("Construction impossible")
    assert "site.yml:" in line and "YAML invalide" in line and "Le site montré est le précédent." in line
    assert "Portail des services" in served.get("/sante/vaccin/")[1]
    served.site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nÉcrit pendant la panne.")
    served.hears("Construction impossible")
    config.write_text(good.replace("fleuve-embargo", "fleuve-inconnu"), "utf-8")
    assert "fleuve-inconnu" in served.hears("Construction impossible")
    assert "Portail des services" in served.get("/sante/vaccin/")[1]

    config.write_text(good.replace("site_dir: public", "site_dir: ailleurs"), "utf-8")
    served.shows("/sante/vaccin/", "Écrit pendant la panne.")
    assert "Portail des services" not in served.get("/sante/vaccin/")[1] and served.get("/sante/soins/")[0] == 200
    assert served.stop() == 0 and "Traceback" not in "".join(served.said)


class Clock:
    """Time that passes only while a change is awaited."""

    def __init__(self, now: str, until: str) -> None:
        self._now, self._until = parse_now(now), parse_now(until)
        self.waits: list[float | None] = []

    def now(self) -> datetime:
        return self._now

    def take(self, seconds: float | None) -> Change | None:
        """In place of the watcher's: nothing is ever saved."""
        self.waits.append(seconds)
        if seconds is None or self._now >= self._until:
            raise KeyboardInterrupt
        self._now += timedelta(seconds=seconds)
        return None

    def stop(self) -> None:
        """In place of the watcher's."""


@pytest.mark.parametrize("moving", [True, False])
def test_the_site_changes_by_itself_at_the_instants_of_its_calendar(tmp_path, moving):
    site = Site(tmp_path)
    site.write("index.md", "Bienvenue.")
    site.write("hausse.md", "---\ntitle: Hausse\nembargo: 2026-06-15 12:10\n---\nLa hausse.")
    site.write("_urgences/crue.md", "---\ntype: urgence\ntitle: Crue\nniveau: danger\nmessage: Quittez les rives.\ndebut: 2026-06-15 12:20\nfin: 2026-06-15 12:30\n---\n")
    load = partial(settings.load, site.config, None, site.out)
    clock = Clock("2026-06-15T12:00", "2026-06-15T12:25")
    build = Build(load(), site.cache, Executor(1))
    live = Live(build, load, clock.now, moving)
    live.watcher.stop()
    live.watcher, shown = clock, []
    live.browsers.reload = lambda: shown.append((clock.now().isoformat()[11:16], (site.out / "hausse").exists(), "Quittez" in site.read("index.html")))
    build.run(clock.now())
    with pytest.raises(KeyboardInterrupt):
        live.watch()
    build.close()
    assert shown == ([("12:10", True, False), ("12:20", True, True)] if moving else [])
    assert clock.waits == [60] * 26 if moving else clock.waits == [None]
    assert not moving or site.tree() == site.clean_build(now="2026-06-15T12:25")


def test_ctrl_c_ends_cleanly(served):
    served.reload()  # a page that is open does not hold the command back
    assert served.stop() == 0
    assert "Traceback" not in "".join(served.said)


def test_a_port_that_is_taken_is_told(served):
    other = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "serve", "--config", str(served.site.config), "--port", str(served.port), "--out", str(served.site.root / "autre"),
         "--cache", str(served.site.root / "autre-memoire")], capture_output=True, text=True, encoding="utf-8", timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert other.returncode == 2 and "--port" in other.stderr and "Traceback" not in other.stderr


def test_a_site_under_a_base_path(tmp_path):
    site = Site(tmp_path)
    site.config.write_text(site.config.read_text("utf-8").replace("quebec/", "quebec/portail/", 1), "utf-8")
    site.write("index.md", "Bienvenue.")
    site.write("page.md", "Une page.")
    server = Served(site)
    try:
        assert "Une page." in server.get("/portail/page/")[1]
        assert server.get("/portail/../site.yml")[0] == 404
    finally:
        assert server.stop() == 0


def test_what_a_save_spoils_is_told_with_its_line_after_the_reload_and_then_no_more(served):
    served.site.write("photo.png", PIXEL)
    served.hears("À jour")
    reloaded = served.reload()
    served.site.write("sante/vaccin.md", '---\ntitle: Vaccin\n---\nUn vaccin.\n\n<img src="../photo.png">\n')
    told = served.hears("certain\u00a0: ")
    assert "sante/vaccin.md:6: " in told and "image" in told
    reloaded.join(WAIT)
    assert not reloaded.is_alive()
    served.site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nUn vaccin contre la grippe.\n")
    served.hears(r"Accessibilité.*: (rien à signaler|.*)")
    served.shows("/sante/vaccin/", "contre la grippe")
    assert served.stop() == 0


def test_the_browser_reloads_under_the_policy_of_the_pages(served, visit):
    tab = visit(f"http://127.0.0.1:{served.port}/sante/vaccin/")
    said = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    tab.wait_for_timeout(500)  # the channel of reloads opens after the page
    served.site.write("sante/vaccin.md", "---\ntitle: Vaccin\n---\nRechargé.")
    tab.locator("text=Rechargé.").wait_for(timeout=WAIT * 1000)
    assert not said
    assert tab.evaluate("async () => (await (await caches.open('fleuve:/:lues')).keys()).length") == 0, "what is being written is not kept"
