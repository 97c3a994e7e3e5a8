"""What a reader needs to know of the machine, and nothing that names it."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def describe() -> dict:
    """Return the processor's model and cores, the memory in bytes, the kernel and the system."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.+)$", cpuinfo, re.M)
    memory = re.search(r"^MemTotal:\s+(\d+) kB$", Path("/proc/meminfo").read_text(), re.M)
    system = re.search(r'^PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release").read_text(), re.M)
    return {
        "processor": model.group(1) if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": int(memory.group(1)) * 1024 if memory else None,
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "system": system.group(1) if system else "",
    }
