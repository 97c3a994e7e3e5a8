"""What archivists do before a site closes: GNU Wget, which follows its links and writes a WARC."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

WGET = shutil.which("wget")
# 4: the network failed; 8: a page answered an error, as these sites have some.
_EXPECTED = (0, 8)
_LONGEST = 60


class NotCrawled(Exception):
    """Wget failed; the message is the end of what it said."""


def crawl(host: str, port: int, warc: Path) -> None:
    """Crawl the site `host` through the proxy on `port` of loopback, into `warc` (….warc.gz).

    Raises NotCrawled when wget is missing, fails or takes more than a minute.
    """
    if not WGET:
        raise NotCrawled("wget is missing: apt-get install wget")
    warc.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / warc.name
        command = [
            WGET, "-r", "-l", "inf", "-p", "--no-verbose", "--no-config", "--tries=2", "--timeout=10",
            "-e", "robots=off", "-e", "use_proxy=yes", "-e", f"http_proxy=127.0.0.1:{port}",
            f"--warc-file={made.with_suffix('').with_suffix('')}", f"--directory-prefix={folder}/files", f"--warc-tempdir={folder}", f"http://{host}/"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_LONGEST, env={"LC_ALL": "C", "HOME": folder}, check=False)
        except subprocess.TimeoutExpired:
            raise NotCrawled(f"{host}: more than {_LONGEST} s") from None
        if done.returncode not in _EXPECTED or not made.is_file():
            raise NotCrawled(f"{host}: wget {done.returncode}\n{done.stderr[-2000:]}")
        # Whole or not at all: an interrupted run leaves nothing to be reused.
        part = warc.with_suffix(f".{os.getpid()}.part")
        shutil.copyfile(made, part)
        part.replace(warc)
