"""Searches in Chromium: a site served by nginx with gzip, as the guide says, bytes counted where they leave, and words typed letter by letter."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reload import free_port

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parent))

from fleuve.audit import tool  # noqa: E402 - needs the path above

NGINX = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 128; }}
http {{
  include /etc/nginx/mime.types; default_type application/octet-stream; sendfile on; keepalive_requests 100000;
  log_format bytes '$bytes_sent $request_uri'; access_log {log} bytes;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  gzip on; gzip_min_length 256; gzip_comp_level 6; gzip_types text/css application/javascript text/javascript application/json application/octet-stream application/wasm image/svg+xml;
  server {{
    listen 127.0.0.1:{port}; root {root}; index index.html;
    location = /essai.html {{ default_type text/html; return 200 '<!doctype html><html lang="fr"><title>Essai</title><p>Essai</p></html>'; }}
    location = /favicon.ico {{ access_log off; return 204; }}
  }}
}}
"""
# Milliseconds between two keys: ten letters a second.
PAUSE = 100
TYPED = """async ([words, pause]) => {
  const asked = [];
  for (let end = 1; end < words.length; end++) { asked.push(ask(words.slice(0, end))); await new Promise((next) => setTimeout(next, pause)); }
  const begun = performance.now();
  const found = await ask(words);
  return { took: performance.now() - begun, found };
}"""
ONCE = "async (words) => { const begun = performance.now(); const found = await ask(words); return { took: performance.now() - begun, found }; }"
# The engine comes while the first word is typed, and with it what the page asks ahead: what a whole word needs, and the words that three letters begin.
# The question comes when the keys have paused.
PAUSED = """async ([words, letter, pause, ahead]) => {
  await ask("le");
  const space = words.indexOf(" ") + 1;
  const typed = (letters) => new Promise((next) => setTimeout(next, letter * letters));
  if (ahead) ask(words.slice(0, space), 0);
  await typed(3);
  if (ahead) begin(words.slice(0, space + 3));
  await typed(words.length - space - 3);
  const begun = performance.now();
  const found = await ask(words);
  return { took: performance.now() - begun + pause, found };
}"""
KEYS = """async (words) => {
  const took = [];
  for (let end = 2; end <= words.length; end++) { const begun = performance.now(); await ask(words.slice(0, end)); took.push(performance.now() - begun); }
  return took;
}"""


class Served:
    """A folder served on the loopback, as a context. `sent` counts the bytes of the answers, headers included."""

    def __init__(self, root: Path, work: Path) -> None:
        self.root, self.folder, self.port = root, work / "nginx", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "access.log"

    def __enter__(self) -> Served:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        conf = self.folder / "nginx.conf"
        # Started by root, nginx would read files as somebody who may not.
        user = "user root;" if Path.home() == Path("/root") else ""
        conf.write_text(NGINX.format(folder=self.folder, root=self.root, port=self.port, log=self.log, user=user))
        self._process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(conf), "-p", str(self.folder)], stderr=subprocess.DEVNULL)
        for _ in range(100):
            if (self.folder / "nginx.pid").exists():
                break
            time.sleep(0.05)
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()

    def sent(self) -> tuple[int, int]:
        """Return the bytes and the number of answers so far; the page of the trial itself does not count."""
        lines = [line for line in self.log.read_text().splitlines() if "/essai.html" not in line]
        return sum(int(line.split(" ", 1)[0]) for line in lines), len(lines)


@contextmanager
def open_browser() -> Iterator:
    """Give Chromium, closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tool.chromium(), args=list(tool.BROWSER_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def cold(served: Served, browser, start: str, queries: list[str], how: str, pause: int = 0, ahead: bool = False) -> list[dict]:
    """Ask each query in a browser that has nothing in cache: typed letter by letter with a question at each; « paused »: one question,
    `pause` milliseconds after the last letter, the engine being there since the first, and what the page asks `ahead`, if it does; or « once », with the start of the search counted in.

    Milliseconds go from the last letter, or from the start of the search, to the first results; bytes from nothing to them.
    """
    measures = []
    for words in queries:
        context = browser.new_context(locale="fr-CA", service_workers="block")
        tab = context.new_page()
        tab.goto(served.url + "/essai.html")
        time.sleep(0.05)
        before = served.sent()
        begun = tab.evaluate("() => performance.now()")
        tab.evaluate(start)
        if how == "typed":
            answer = tab.evaluate(TYPED, [words, PAUSE])
        elif how == "paused":
            answer = tab.evaluate(PAUSED, [words, PAUSE, pause, ahead])
        else:
            answer = tab.evaluate(ONCE, words)
            answer["took"] = tab.evaluate("() => performance.now()") - begun
        time.sleep(0.05)
        after = served.sent()
        measures.append({"query": words, "milliseconds": answer["took"], "bytes": after[0] - before[0], "requests": after[1] - before[1], "found": len(answer["found"])})
        context.close()
    return measures


def warm(served: Served, browser, start: str, queries: list[str]) -> list[float]:
    """Type queries one after the other in one tab; return the milliseconds of each letter, from the second of a query on, the first query left out."""
    context = browser.new_context(locale="fr-CA", service_workers="block")
    tab = context.new_page()
    tab.goto(served.url + "/essai.html")
    tab.evaluate(start)
    tab.evaluate(KEYS, queries[0])
    times = [took for words in queries[1:] for took in tab.evaluate(KEYS, words)]
    context.close()
    return times


def two_words(titles: list[str]) -> list[str]:
    """Return two words of each title, as one would type them: the longest ones, in their order, without accents for half of them."""
    from queries import EMPTY, fold, plain

    found = []
    for title in titles:
        words = [word for word in re.findall(r"[^\W\d_]{4,}", title.lower()) if fold(word) not in EMPTY]
        longest = sorted(sorted(range(len(words)), key=lambda at: -len(words[at]))[:2])
        if len(longest) == 2:
            pair = " ".join(words[at] for at in longest)
            found.append(plain(pair) if len(found) % 2 else pair)
    return found
