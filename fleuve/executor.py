"""Where work runs: in this process, over processes of this machine, or over a Dask cluster."""

from __future__ import annotations

import concurrent.futures
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

_tasks = 0
# Tasks handed out before the first result is taken: enough to keep every process busy, few enough to bound memory.
AHEAD_PER_PROCESS = 4
# Tasks that this process does sooner than others could start: a title edited stales a shard or two.
FEW = 3
CHECK_AFTER = 5  # seconds without a result from a cluster


def end_with_parent() -> None:
    """In a worker: a build that is killed takes its processes along, so that none of them writes while the next build runs. Ctrl+C
    is for the build alone, which then stops them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _start_worker() -> None:
    end_with_parent()
    gc.disable()  # see collect_rarely


@contextmanager
def collect_rarely() -> Iterator[None]:
    """Around a task that makes objects which refer to one another in circles (MkDocs' pages and files): a collection every thirty
    tasks frees them, where one every 700 objects costs an eighth of the time of a build. What is left then stays (the theme, what is
    known of the site): no later collection need look at it."""
    global _tasks
    in_worker = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        _tasks += 1
        if not in_worker:
            gc.enable()
        elif _tasks % 30 == 1:
            gc.collect()
            gc.freeze()


class Executor:
    """Runs a function over many arguments. `jobs` processes, or the Dask scheduler at `url` (tcp://host:port).

    Processes start at the first work that is worth them; a single task runs in this process.
    """

    def __init__(self, jobs: int | None = None, url: str | None = None) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self.url = url
        self._pool: Any = None

    def foresee(self, function: Callable, *arguments) -> None:
        """Work is to come: have every process of this machine run this meanwhile."""
        if self.url is None and self.jobs > 1:
            pool = self._open(importing=False)
            for _ in range(self.jobs):
                pool.submit(function, *arguments)

    def map(self, function: Callable, arguments: Iterable[tuple], count: int, few: int = FEW) -> Iterator[Any]:
        """Results of function(*argument) for each argument, in the order in which they are ready.

        `count`: how many arguments there are; a `few` are not worth other processes.
        """
        if self.url is None and (self.jobs == 1 or count <= few):
            for argument in arguments:
                yield function(*argument)
            return
        yield from self._watched(self._spread(function, arguments))

    def map_lanes(self, function: Callable, lanes: dict[str, list[tuple]], count: int, few: int = FEW) -> Iterator[Any]:
        """The same for arguments in lanes: those of one share what a process remembers of the task before. As far as can be, each process
        stays in its lane; those of « » go where there is room."""
        if self.url is not None or self.jobs == 1 or count <= few:
            yield from self.map(function, (argument for name in sorted(lanes) for argument in lanes[name]), count, few)
        else:
            yield from self._watched(self._spread_lanes(function, {name: deque(lanes[name]) for name in sorted(lanes)}))

    def _watched(self, results: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from results
        except concurrent.futures.BrokenExecutor:
            self._pool = None  # the next build, in `serve`, starts other processes
            raise

    def _spread(self, function: Callable, arguments: Iterable[tuple]) -> Iterator[Any]:
        pool = self._open()
        waiting: set = set()
        for argument in arguments:
            waiting.add(pool.submit(function, *argument))
            if len(waiting) >= self.jobs * AHEAD_PER_PROCESS:
                done, waiting = self._wait(waiting)
                yield from map(self._result, done)
        while waiting:
            done, waiting = self._wait(waiting)
            yield from map(self._result, done)

    def _spread_lanes(self, function: Callable, lanes: dict[str, deque]) -> Iterator[Any]:
        """No more tasks than processes: the one that is free is then the one that has just ended a task, and goes on with its lane."""
        pool = self._open()
        waiting: dict[concurrent.futures.Future, str] = {}

        def start(lane: str) -> None:
            chosen = lane if lanes.get(lane) else max(lanes, key=lambda name: (len(lanes[name]) > 0, name != "", len(lanes[name])))
            if lanes[chosen]:
                waiting[pool.submit(function, *lanes[chosen].popleft())] = chosen

        named = [name for name in lanes if name] or [""]
        for number in range(self.jobs):
            start(named[number % len(named)])
        while waiting:
            done, _ = self._wait(set(waiting))
            for future in done:
                start(waiting.pop(future))
            yield from map(self._result, done)

    def _wait(self, waiting: set) -> tuple[set, set]:
        """(done, still waiting) as soon as one task is done. A cluster may lose its workers without a word: it is asked now and then."""
        while True:
            done, others = concurrent.futures.wait(waiting, CHECK_AFTER if self.url else None, concurrent.futures.FIRST_COMPLETED)
            if done:
                return done, others
            self._pool.check()

    def _result(self, future: concurrent.futures.Future) -> Any:
        return self._pool.result(future) if self.url else future.result()

    def _open(self, importing: bool = True):
        if self._pool is None:
            self._pool = self._cluster() if self.url else self._processes(importing)
        return self._pool

    def _processes(self, importing: bool):
        # fork: workers start in milliseconds with everything imported. Frozen: they share those pages instead of copying them.
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        if importing:
            import fleuve.presses.mkdocs  # noqa: F401 - a tenth of a second, once instead of once a process
        gc.collect()
        gc.freeze()
        return concurrent.futures.ProcessPoolExecutor(self.jobs, mp_context=multiprocessing.get_context(method), initializer=_start_worker)

    def _cluster(self):
        from fleuve.cluster import Cluster

        cluster = Cluster(self.url)
        self.jobs = cluster.slots
        return cluster

    def close(self) -> None:
        """Stop the processes; what is running is abandoned."""
        if self._pool is not None:
            if self.url:
                self._pool.close()
            else:
                self._pool.shutdown(wait=True, cancel_futures=True)
                gc.unfreeze()
        self._pool = None
