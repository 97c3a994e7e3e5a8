"""Runs a command and measures it: wall time, processor time and peak memory of its whole tree of processes."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

# Reading the proportional set size makes the kernel walk page tables: sampling may use at most this part of the time.
SAMPLING_SHARE = 0.02
SHORTEST_PAUSE = 0.05


@dataclass
class Measure:
    """What one run cost. Memory is in bytes; `peak` is the largest sampled sum of PSS over the tree of processes.

    `others` is the processor time that the rest of the machine used meanwhile: a figure of a busy machine is not a figure.
    """

    wall: float
    cpu: float
    peak: int
    largest: int
    others: float
    code: int
    stdout: str
    stderr: str

    def figures(self) -> dict:
        """Return the numbers, without the text that the command wrote."""
        return {key: value for key, value in asdict(self).items() if key not in ("stdout", "stderr")}


class CommandFailed(Exception):
    """The command of a measured run gave an exit code that was not expected."""


def run(command: list[str], log: Path, cwd: Path | None = None, env: dict | None = None, accepted: tuple = (0,)) -> Measure:
    """Run the command and return its measure; its output goes through files beside `log`.

    `largest` is the kernel's own maximum of the resident size of the largest process, exact where sampling is not.
    Raises CommandFailed, with the end of what it wrote, when its exit code is not one of `accepted`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    out_path, err_path = log.with_suffix(".out"), log.with_suffix(".err")
    # Dirty pages of the run before would otherwise be written to disk during this one.
    os.sync()
    with out_path.open("wb") as out, err_path.open("wb") as err:
        busy = _busy_time()
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd, env=env)
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        busy = _busy_time() - busy
    process.returncode = os.waitstatus_to_exitcode(status)
    sampler.stop()
    cpu = usage.ru_utime + usage.ru_stime
    measure = Measure(wall, cpu, sampler.peak, usage.ru_maxrss * 1024, max(0.0, busy - cpu), process.returncode,
                      out_path.read_text(errors="replace"), err_path.read_text(errors="replace"))
    if measure.code not in accepted:
        raise CommandFailed(f"{' '.join(command)}: exit code {measure.code}\n{measure.stdout[-1500:]}{measure.stderr[-1500:]}")
    # A run shorter than one sample still has the kernel's figure.
    measure.peak = measure.peak or measure.largest
    return measure


class _Sampler(threading.Thread):
    """Reads the memory of a process and of its descendants until told to stop, and keeps the largest sum."""

    def __init__(self, root: int):
        super().__init__(daemon=True)
        self.root = root
        self.peak = 0
        self._ended = threading.Event()

    def run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._ended.wait(pause):
            before = time.thread_time()
            self.peak = max(self.peak, sum(_proportional_size(pid) for pid in _tree(self.root)))
            pause = max(SHORTEST_PAUSE, (time.thread_time() - before) / SAMPLING_SHARE)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _busy_time() -> float:
    """Return the seconds that all processors have worked since the machine started."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq = map(int, stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _tree(root: int) -> list[int]:
    """Return the identifiers of a process and of its descendants."""
    pids, found = [root], []
    while pids:
        pid = pids.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as children:
                    pids += map(int, children.read().split())
        except OSError:
            continue
    return found


def _proportional_size(pid: int) -> int:
    """Return the proportional set size of a process in bytes: memory shared by n processes counts for 1/n in each."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def raise_file_limit() -> None:
    """Let the engines open as many files as the machine allows, as a login shell would."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
