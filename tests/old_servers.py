"""Real servers for the files of old sites, on loopback: nginx and Apache, each with nothing but what the migration wrote."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATH = os.environ.get("PATH", "") + ":/usr/sbin"
NGINX = shutil.which("nginx", path=PATH)
APACHE = os.environ.get("FLEUVE_APACHE") or shutil.which("apache2", path=PATH) or shutil.which("httpd", path=PATH)
# Beside the program, where distributions and an unpacked package have them.
APACHE_MODULES = next((place for up in ("lib/apache2/modules", "lib64/httpd/modules") if APACHE and (place := Path(APACHE).parents[1] / up).is_dir()), None)
MODULES = ("mpm_event", "authz_core", "mime", "alias", "rewrite", "include", "headers", "dir")


class NotStarted(Exception):
    """A server that refuses its configuration; the message is what it said."""


def free_port() -> int:
    """A port of loopback that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def nginx(out: Path, folder: Path, port: int) -> Iterator[subprocess.Popen]:
    """An nginx that includes `out/nginx.conf`; `folder` is for its own files."""
    temporary = "".join(f"{kind}_temp_path {folder}/tmp_{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.getuid() == 0 else ''} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 64; }}\nhttp {{ access_log off; {temporary} keepalive_requests 1000000; large_client_header_buffers 4 16k;\n"
        f"include {out}/nginx.conf; }}\n")
    with _running([NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")], port, folder / "error.log") as process:
        yield process


@contextmanager
def apache(out: Path, folder: Path, port: int) -> Iterator[subprocess.Popen]:
    """An Apache that includes the `apache/SITE.conf` of each site of `out`."""
    loads = "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in MODULES)
    user = "User nobody\nGroup nogroup\n" if os.getuid() == 0 else ""
    (folder / "apache.conf").write_text(
        f"ServerRoot {folder}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/apache.pid\nErrorLog {folder}/error.log\n{loads}{user}"
        f"TypesConfig /dev/null\nDefaultRuntimeDir {folder}\nMaxKeepAliveRequests 0\nLimitRequestLine 16380\n"
        + "".join(f"Include {file}\n" for file in sorted(out.glob("apache/*.conf"))))
    with _running([APACHE, "-f", str(folder / "apache.conf"), "-DFOREGROUND"], port, folder / "error.log") as process:
        yield process


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen]:
    said = log.with_suffix(".out")
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise NotStarted((log.read_text() if log.exists() else "") + said.read_text())
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise NotStarted("no answer after 30 s")
        yield process
    finally:
        process.terminate()
        process.wait(20)
