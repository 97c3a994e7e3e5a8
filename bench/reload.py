"""Times a server's reload: from the save of a page to the moment when a browser is told, or is given, the new page."""

from __future__ import annotations

import http.client
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

CHANNEL = "/__rechargement"
START_LIMIT = 900
RELOAD_LIMIT = 300


class ServerFailed(Exception):
    """The server did not start, or did not show an edit."""


def free_port() -> int:
    """Return a port of the loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server under test, as a context: started, waited for, ended."""

    def __init__(self, command: list[str], port: int, cwd: Path, log: Path):
        self.command = command
        self.port = port
        self.cwd = cwd
        self.log = log

    def __enter__(self) -> Server:
        log = self.log.open("wb")
        self._process = subprocess.Popen(self.command, cwd=self.cwd, stdout=log, stderr=log)
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit and self._process.poll() is None:
            try:
                if self.get("/").status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.2)
        self.__exit__()
        raise ServerFailed(f"{' '.join(self.command)} did not start: {self.log.read_text(errors='replace')[-1500:]}")

    def __exit__(self, *_) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def get(self, url: str) -> http.client.HTTPResponse:
        """Return the answer to one request, its body not read yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=RELOAD_LIMIT)
        connection.request("GET", url)
        return connection.getresponse()

    def shows(self, url: str, text: str) -> bool:
        """Say whether the page holds that text now."""
        return text.encode() in self.get(url).read()


def by_event(server: Server, url: str, edit: Callable[[], str]) -> float:
    """Return the seconds from a save to the server's reload event, and check that the page is then the new one."""
    stream = server.get(CHANNEL)
    if stream.status != 200:
        raise ServerFailed(f"{CHANNEL}: status {stream.status}")
    events: queue.Queue[float | None] = queue.Queue()
    threading.Thread(target=_listen, args=(stream, events), daemon=True).start()
    # The channel may greet the browser first; what counts comes after the save.
    time.sleep(1)
    start = time.perf_counter()
    marker = edit()
    while True:
        try:
            event = events.get(timeout=RELOAD_LIMIT)
        except queue.Empty:
            event = None
        if event is None:
            raise ServerFailed("no reload event came")
        if event > start and server.shows(url, marker):
            return event - start


def _listen(stream: http.client.HTTPResponse, events: queue.Queue) -> None:
    """Put the time of each event of a channel in the queue, and None when the channel closes."""
    try:
        while line := stream.readline():
            if line.startswith(b"data:"):
                events.put(time.perf_counter())
    except OSError:
        pass
    events.put(None)


def by_polling(server: Server, url: str, edit: Callable[[], str]) -> float:
    """Return the seconds from a save to the first answer, asked for every 10 ms, that is the new page."""
    time.sleep(1)
    start = time.perf_counter()
    marker = edit()
    while not server.shows(url, marker):
        if time.perf_counter() - start > RELOAD_LIMIT:
            raise ServerFailed(f"{url} never showed the edit")
        time.sleep(0.01)
    return time.perf_counter() - start
