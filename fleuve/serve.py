"""`build.py serve`: the site on this machine, built again at each save, and the browser told to reload."""

from __future__ import annotations

import http.server
import queue
import sys
import threading
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

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


class Watcher(FileSystemEventHandler):
    """Collects which files have changed. `take` waits for the next change and lets it settle."""

    def __init__(self, content: Path, others: Iterable[Path]) -> None:
        self._content = content
        self._events: queue.Queue[str | None] = queue.Queue()
        self._observer = Observer()
        for folder in (content, *others):
            self._observer.schedule(self, str(folder), recursive=True)
        self._observer.start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """A file was written, made, moved or removed."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        for name in (event.src_path, getattr(event, "dest_path", "")):
            path = Path(name) if name else None
            if path is None or path.name.startswith(".") or path.name.endswith(IGNORED_SUFFIXES):
                continue
            inside = self._content in path.parents
            if event.is_directory and event.event_type == "modified":
                continue
            self._events.put(path.relative_to(self._content).as_posix() if inside and not event.is_directory else None)

    def take(self) -> set[str] | None:
        """Paths that have changed in the content folder; None when the whole site must be looked at."""
        changed = {self._events.get()}
        time.sleep(SETTLE)
        while True:
            try:
                changed.add(self._events.get_nowait())
            except queue.Empty:
                break
        return None if None in changed or len(changed) > MANY else changed

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


def serve(build: Build, host: str, port: int, now: str | None) -> int:
    """Build, serve and watch until Ctrl+C. now: an instant to hold, else the present at each build. Returns the exit code 0."""
    from fleuve.command import print_report
    from fleuve.progress import Progress

    settings = build.settings
    watcher = Watcher(settings.content, [settings.theme])  # before the build: what is saved meanwhile is not missed
    try:
        with Progress() as progress:
            report = build.run(parse_now(now), progress)
        print_report(report)
        server, browsers = _open(settings, host, port)
        lookout = Lookout(settings, build.path, _tell)
        print(space(f"Le site est à http://{host}:{server.server_port}{settings.base} ; Ctrl+C pour arrêter."), flush=True)
        try:
            _watch(build, watcher, browsers, lookout, now)
        except KeyboardInterrupt:
            return 0
        finally:
            server.shutdown()
    finally:
        watcher.stop()


def _open(settings: Settings, host: str, port: int) -> tuple[Server, Browsers]:
    browsers = Browsers()
    handler = type("SiteHandler", (Handler,), {"browsers": browsers, "base": settings.base})
    try:
        server = Server((host, port), partial(handler, directory=str(settings.out)))
    except OSError as error:
        raise SettingsError(f"Le port {port} de {host} ne peut pas être ouvert ({reason(error)}). Choisissez-en un autre avec --port.") from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, browsers


def _watch(build: Build, watcher: Watcher, browsers: Browsers, lookout: Lookout, now: str | None) -> None:
    failed = False
    while True:
        changed = watcher.take()
        # After a build that could not be done, the whole folder is looked at: what it was about must not be lost.
        failed = not _rebuild(build, None if failed else changed, now)
        if not failed:
            browsers.reload()
            lookout.built()


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


def _rebuild(build: Build, only: set[str] | None, now: str | None) -> bool:
    started = time.perf_counter()
    try:
        report = build.run(parse_now(now), only=only)
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        print(space(f"Construction impossible : {message} Le site montré est le précédent."), file=sys.stderr, flush=True)
        return False
    for problem in report.problems:
        if only is None or problem.file in only:
            print(space(f"{problem.severity} : {problem}"))
    print(f"À jour en {time.perf_counter() - started:.2f} s ({report.written} fichiers écrits)".replace(".", ",", 1), flush=True)
    return True
