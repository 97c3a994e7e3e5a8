"""`build.py serve`: the site on this machine, built again at each save and at each instant of its calendar, and the browser told to reload."""

from __future__ import annotations

import http.server
import json
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from fleuve.audit.finding import Finding
from fleuve.audit.lookout import Lookout
from fleuve.build import Build
from fleuve.instant import parse_now
from fleuve.scan import IGNORED_SUFFIXES
from fleuve.refusal import explain, reason
from fleuve.settings import Settings, SettingsError
from fleuve.typography import space

CHANNEL = "/__rechargement"
SCRIPT = b"""new EventSource("/__rechargement").addEventListener("recharge", () => location.reload());"""
# An editor's save is several events within a few milliseconds (write, rename, attributes); one build for all of them.
SETTLE = 0.04
# More paths than this at once is a branch being checked out: then the whole folder is looked at.
MANY = 200
# Seconds between two looks at the clock while an instant of the calendar is awaited.
GLANCE = 60


class Change(NamedTuple):
    """What was saved. paths: in the content folder; None when the whole site must be looked at. settings: whether site.yml was."""

    paths: set[str] | None = None
    settings: bool = False


class Watcher(FileSystemEventHandler):
    """Collects which files have changed. `take` waits for the next change and lets it settle."""

    _SETTINGS, _THEME = object(), object()

    def __init__(self, settings: Settings) -> None:
        self._content, self._theme, self._config = settings.content, settings.theme, settings.config
        self._events: queue.Queue = queue.Queue()
        self._observer = Observer()
        for folder in (settings.content, settings.theme):
            self._observer.schedule(self, str(folder), recursive=True)
        self._observer.schedule(self, str(settings.config.parent))  # its folder: editors put a new file in the place of the old one
        self._observer.start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """A file was written, made, moved or removed."""
        if event.event_type in ("opened", "closed_no_write") or event.is_directory and event.event_type == "modified":
            return
        for name in filter(None, (event.src_path, getattr(event, "dest_path", ""))):
            path = Path(name)
            if path == self._config:
                self._events.put(self._SETTINGS)
            elif path.name.startswith(".") or path.name.endswith(IGNORED_SUFFIXES):
                continue
            elif self._content in path.parents:
                self._events.put(self._THEME if event.is_directory else path.relative_to(self._content).as_posix())
            elif self._theme in path.parents:
                self._events.put(self._THEME)

    def take(self, seconds: float | None = None) -> Change | None:
        """The next change; None when there is none within so many seconds."""
        try:
            changed = {self._events.get(timeout=seconds)}
        except queue.Empty:
            return None
        time.sleep(SETTLE)
        while True:
            try:
                changed.add(self._events.get_nowait())
            except queue.Empty:
                break
        settings = self._SETTINGS in changed
        return Change(None if settings or self._THEME in changed or len(changed) > MANY else changed, settings)

    def stop(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join()


class Browsers:
    """Open pages that wait to be told to reload."""

    def __init__(self) -> None:
        self._waiting: set[queue.Queue] = set()
        self._lock = threading.Lock()

    def join(self) -> queue.Queue:
        """A new page waits."""
        mailbox: queue.Queue = queue.Queue()
        with self._lock:
            self._waiting.add(mailbox)
        return mailbox

    def leave(self, mailbox: queue.Queue) -> None:
        """A page was closed."""
        with self._lock:
            self._waiting.discard(mailbox)

    def reload(self) -> None:
        """Tell all of them."""
        with self._lock:
            for mailbox in self._waiting:
                mailbox.put("recharge")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site, its 404 page, and the channel of reloads."""

    protocol_version = "HTTP/1.1"
    browsers: Browsers
    base = "/"

    def translate_path(self, path: str) -> str:
        """File of an address, the base path of the site taken off; never outside the site's folder."""
        return super().translate_path("/" + path.removeprefix(self.base))

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        """Answer one request."""
        if self.path == CHANNEL:
            self._wait()
        elif self.path == CHANNEL + ".js":
            self._send(200, "text/javascript", SCRIPT)
        else:
            self._page()

    def _page(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.is_dir():
            if not self.path.partition("?")[0].endswith("/"):
                super().do_GET()  # redirects to the address with « / »
                return
            file /= "index.html"
        if file.suffix == ".html" and file.is_file():
            self._send(200, "text/html; charset=utf-8", self._live(file.read_bytes()))
        elif file.is_file():
            super().do_GET()
        else:
            missing = Path(self.directory) / ("en/404.html" if self.path.startswith("/en/") else "404.html")
            self._send(404, "text/html; charset=utf-8", self._live(missing.read_bytes()) if missing.is_file() else b"404")

    def _live(self, html: bytes) -> bytes:
        return html.replace(b"</body>", b'<script src="/__rechargement.js" defer></script></body>', 1)

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _wait(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        mailbox = self.browsers.join()
        try:
            self.wfile.write(b": bonjour\n\n")
            self.wfile.flush()
            while True:
                try:
                    event = mailbox.get(timeout=15)
                except queue.Empty:
                    self.wfile.write(b": toujours la\n\n")
                else:
                    self.wfile.write(f"event: {event}\ndata: 1\n\n".encode())
                self.wfile.flush()
        except OSError:
            self.close_connection = True
        finally:
            self.browsers.leave(mailbox)

    def log_message(self, *arguments) -> None:
        """Say nothing of each request."""


class Server(http.server.ThreadingHTTPServer):
    """Threads end with the process."""

    daemon_threads = True


def serve(build: Build, host: str, port: int, now: str | None, load: Callable[[], Settings]) -> int:
    """Build, serve and watch until Ctrl+C. now: an instant to hold, else the present at each build; load(): the settings as they are now
    on disk. Returns the exit code 0."""
    live = Live(build, load, lambda: parse_now(now), moving=now is None)
    try:
        live.open(host, port)
        live.watch()
    except KeyboardInterrupt:
        if live.server is None:  # in the first build
            raise
        return 0
    finally:
        live.close()


class Live:
    """The site that is served, from one save to the next.

    clock(): the instant of a build. moving: whether time goes on; the site is then built again at the instants of its calendar.
    """

    server: Server | None = None
    lookout: Lookout | None = None

    def __init__(self, build: Build, load: Callable[[], Settings], clock: Callable[[], datetime], moving: bool) -> None:
        self.build, self._load, self._clock, self._moving = build, load, clock, moving
        self.watcher = Watcher(build.settings)  # before the build: what is saved meanwhile is not missed
        self.browsers = Browsers()
        self._due: datetime | None = None
        self._unread = self._failed = False

    def open(self, host: str, port: int) -> None:
        """Build a first time, then serve. Raises what fleuve.refusal explains."""
        from fleuve.command import print_report
        from fleuve.progress import Progress

        with Progress() as progress:
            report = self.build.run(self._clock(), progress)
        print_report(report)
        settings = self.build.settings
        try:
            self.server = Server((host, port), self._handler())
        except OSError as error:
            raise SettingsError(f"Le port {port} de {host} ne peut pas être ouvert ({reason(error)}). Choisissez-en un autre avec --port.") from None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self._look_out()
        print(space(f"Le site est à http://{host}:{self.server.server_port}{settings.base} ; Ctrl+C pour arrêter."), flush=True)

    def _handler(self) -> Callable:
        settings = self.build.settings
        return partial(type("SiteHandler", (Handler,), {"browsers": self.browsers, "base": settings.base}), directory=str(settings.out))

    def _look_out(self) -> None:
        if self.lookout is not None:
            self.lookout.close()
        self.lookout = Lookout(self.build.settings, self.build.path, _tell)

    def watch(self) -> None:
        """Build again at each change and at each instant of the calendar, for ever."""
        self._due = self._next_instant()
        while True:
            change = self._wait()
            self._unread = self._unread or change.settings
            if self._unread and not self._attempt(self._adopt):
                continue
            # After a build that could not be done, the whole folder is looked at: what it was about must not be lost.
            only = None if self._failed or self._unread else change.paths
            self._failed = not self._attempt(lambda: _rebuild(self.build, only, self._clock()))
            self._due = None if self._failed else self._next_instant()
            if not self._failed:
                self._show()

    def _show(self) -> None:
        if self._unread and self.server is not None:
            self.server.RequestHandlerClass = self._handler()
            self._look_out()
        self._unread = False
        self.browsers.reload()
        if self.lookout is not None:
            self.lookout.built()

    def _wait(self) -> Change:
        """The next change; one of nothing when an instant of the calendar has come. The clock is looked at now and then: a machine sleeps."""
        while True:
            left = None if self._due is None else (self._due - self._clock()).total_seconds()
            if left is not None and left <= 0:
                return Change(set())
            change = self.watcher.take(None if left is None else min(left, GLANCE))
            if change is not None:
                return change

    def _next_instant(self) -> datetime | None:
        if not self._moving:
            return None
        text = json.loads((self.build.settings.out / "calendrier.json").read_bytes())["prochain"]
        return datetime.fromisoformat(text) if text else None

    def _adopt(self) -> None:
        """Go on with site.yml as it is now."""
        settings = self._load()
        watcher = Watcher(settings)
        self.watcher.stop()
        self.watcher = watcher
        self.build.adopt(settings)

    def _attempt(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            print(space(f"Construction impossible : {message} Le site montré est le précédent."), file=sys.stderr, flush=True)
            return False
        return True

    def close(self) -> None:
        """Stop serving and watching."""
        if self.server is not None:
            self.server.shutdown()
        self.watcher.stop()


def _tell(pages: int, findings: list[Finding], fault: str) -> None:
    """What the lookout has seen on the pages that were just built."""
    from fleuve.audit.summary import Summary

    checked = f"{pages} page{'s' if pages > 1 else ''} vérifiée{'s' if pages > 1 else ''}"
    summary = Summary()
    if fault:
        summary.say(f"Accessibilité : la vérification n’a pas pu se faire ({fault}).", "red")
    elif findings:
        summary.say(f"Accessibilité ({checked}) :", "bold")
        summary.lines(findings)
    else:
        summary.say(f"Accessibilité : rien à signaler ({checked}).", "green")


def _rebuild(build: Build, only: set[str] | None, now: datetime) -> None:
    started = time.perf_counter()
    report = build.run(now, only=only)
    for problem in report.problems:
        if only is None or problem.file in only:
            print(space(f"{problem.severity} : {problem}"))
    print(f"À jour en {time.perf_counter() - started:.2f} s ({report.written} fichiers écrits)".replace(".", ",", 1), flush=True)
