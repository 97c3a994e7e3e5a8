"""Lighthouse on ten kinds of page of the sample site, as a phone on a slow line sees them, served by nginx as a real host would.

    make lighthouse                                  all ten, and bench/lighthouse.md
    .venv/bin/python bench/lighthouse.py service     one kind, on the terminal only

The site is built for the address at which it is served, so that canonical addresses, robots.txt and the sitemap are those of that host.
Exit code 1 when a score is below what is wanted.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fleuve.audit import built_page, tool  # noqa: E402
from fleuve.audit.built_page import BuiltPage  # noqa: E402
from fleuve.command import main as fleuve  # noqa: E402

NOW = "2026-10-15T12:00"
"""An instant at which the sample shows an emergency notice: the heavier case."""

WANTED = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
ADDRESSES = {"accueil": "/", "liste": "/services/", "accessibilite": "/accessibilite/"}
KINDS = ("accueil", "theme", "service", "page", "guide", "etapes", "evenement-de-vie", "organisme", "publication", "liste")
RETRIES = 3
METRICS = {"FCP": "first-contentful-paint", "LCP": "largest-contentful-paint", "TBT": "total-blocking-time", "CLS": "cumulative-layout-shift"}

NGINX = """
{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  include {types};
  access_log off; default_type application/octet-stream; charset utf-8;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  gzip on; gzip_comp_level 6; gzip_min_length 256; gzip_vary on;
  gzip_types text/css application/javascript text/javascript application/json application/ld+json image/svg+xml application/xml text/plain;
  include {site}/redirections/nginx.conf;
  include {site}/redirections/nginx-entetes.conf;
  server {{
    listen 127.0.0.1:{port}; root {site}; error_page 404 /404.html;
    include {site}/redirections/nginx-entetes-serveur.conf;
    include {site}/redirections/nginx-serveur.conf;
  }}
}}
"""


def build(folder: Path, origin: str) -> Path:
    """Build the sample for the address `origin`; where it is."""
    text = (ROOT / "site.yml").read_text("utf-8")
    for old, new in (("site_url: https://www.gouv.exemple.quebec/", f"site_url: {origin}/"), ("docs_dir: contenu", f"docs_dir: {ROOT / 'contenu'}"),
                     ("custom_dir: themes/fleuve", f"custom_dir: {ROOT / 'themes/fleuve'}")):
        if old not in text:
            raise SystemExit(f"site.yml has changed: « {old} » is not in it.")
        text = text.replace(old, new, 1)
    config = folder / "site.yml"
    config.write_text(text, "utf-8")
    code = fleuve(["build", "--config", str(config), "--out", str(folder / "public"), "--cache", str(folder / "memoire"), "--now", NOW])
    if code:
        raise SystemExit("The sample site has errors.")
    return folder / "public"


@contextmanager
def nginx(folder: Path, site: Path, port: int) -> Iterator[None]:
    """nginx with the headers and redirects that the build wrote for it, texts compressed."""
    config = folder / "nginx.conf"
    user = "user root; " if os.geteuid() == 0 else ""
    config.write_text(NGINX.format(user=user, folder=folder, site=site, port=port, types="/etc/nginx/mime.types"), "utf-8")
    process = subprocess.Popen(["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)],
                               env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"})
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise SystemExit(f"nginx does not answer: {(folder / 'error.log').read_text('utf-8')[-500:]}")
        yield
    finally:
        process.terminate()
        process.wait(10)


def chosen(site: Path, kinds: list[str]) -> dict[str, BuiltPage]:
    """The richest French page of each kind, or the page at the address of ADDRESSES."""
    pages = built_page.read(site)
    by_address = {page.address: page for page in pages}
    return {kind: by_address[ADDRESSES[kind]] if kind in ADDRESSES else max((page for page in pages if page.kind == kind and page.lang == "fr"), key=lambda page: page.size)
            for kind in kinds}


def median(url: str, folder: Path, runs: int) -> dict:
    """The report whose performance is in the middle of `runs`."""
    reports = sorted((measure(url, folder) for _ in range(runs)), key=lambda report: report["categories"]["performance"]["score"])
    return reports[runs // 2]


def measure(url: str, folder: Path) -> dict:
    """Lighthouse's report on one address, phone profile (its default: simulated slow 4G, a processor four times slower)."""
    report = folder / "lighthouse.json"
    flags = " ".join((*tool.BROWSER_ARGUMENTS, "--headless=new", "--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'"))
    command = [tool.node(), str(tool.package("lighthouse/cli/index.js")), url, "--output=json", f"--output-path={report}", "--quiet", "--no-enable-error-reporting",
               f"--only-categories={','.join(WANTED)}", f"--chrome-flags={flags}"]
    for _ in range(RETRIES):  # « Something went wrong with recording the trace […] Please run Lighthouse again. (NO_NAVSTART) »
        if subprocess.run(command, env={**os.environ, "CHROME_PATH": tool.chromium()}, check=False, timeout=300, stdout=subprocess.DEVNULL).returncode == 0:
            break
    else:
        raise SystemExit(f"Lighthouse n’a pas pu mesurer {url}, {RETRIES} fois de suite.")
    return json.loads(report.read_text("utf-8"))


def summary(report: dict) -> dict:
    """Scores out of 100, times, what was fetched, and the audits that cost points."""
    audits = report["audits"]
    requests = audits["network-requests"]["details"]["items"]
    scores = {name: round(category["score"] * 100) for name, category in report["categories"].items()}
    lost = [
        (name, ref["id"], audits[ref["id"]]["title"]) for name, category in report["categories"].items() for ref in category["auditRefs"]
        if ref["weight"] and audits[ref["id"]]["score"] is not None and audits[ref["id"]]["score"] < 0.9
    ]
    return {
        "scores": scores, "metrics": {short: audits[name]["displayValue"].replace("\u00a0", " ") for short, name in METRICS.items()},
        "bytes": sum(one.get("transferSize", 0) for one in requests), "requests": len(requests), "lost": lost,
    }


def table(found: dict[str, tuple[str, dict]], version: str, runs: int) -> str:
    """bench/lighthouse.md."""
    head = ["kind", "address", *WANTED, *METRICS, "requests", "kB"]
    rows = [[kind, f"`{address}`", *(str(one["scores"][name]) for name in WANTED), *one["metrics"].values(), str(one["requests"]), f"{one['bytes'] / 1000:.1f}"]
            for kind, (address, one) in found.items()]
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    lost = sorted({f"- {kind}: {name}, `{audit}` ({title})" for kind, (_, one) in found.items() for name, audit, title in one["lost"]})
    return "\n".join([
        "# Lighthouse", "",
        f"Made by `make lighthouse` on {date.today().isoformat()}: Lighthouse {version}, {tool.browser_version()}, phone profile (simulated slow 4G, processor four times "
        f"slower), {os.cpu_count()} processors, nginx with gzip and the headers of `redirections/nginx-entetes*.conf`, over HTTP/1.1 without TLS. Of each page the median of {runs} runs by "
        "performance, which depends on the load of the machine; the richest French page of each kind, on a day with an emergency notice.", "",
        f"Wanted: {', '.join(f'{name} {score}' for name, score in WANTED.items())}.", "", *lines, "",
        "What costs points:" if lost else "No audit that counts is below 0.9.", "", *lost, *([""] if lost else []),
    ]).rstrip("\n") + "\n"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, "accessibilite", []], help="kinds of page; all ten, and bench/lighthouse.md, without any")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs a page, of which the median is kept (3)")
    options = parser.parse_args()
    port, found = free_port(), {}
    with TemporaryDirectory(prefix="fleuve-lighthouse-") as name:
        folder = Path(name)
        site = build(folder, f"http://127.0.0.1:{port}")
        folder.chmod(0o755)
        with nginx(folder, site, port):
            for kind, page in chosen(site, options.kinds or list(KINDS)).items():
                found[kind] = (page.address, summary(median(f"http://127.0.0.1:{port}{page.address}", folder, options.runs)))
                print(kind, page.address, *found[kind][1]["scores"].items(), found[kind][1]["metrics"], found[kind][1]["lost"] or "", flush=True)
    if not options.kinds:
        (ROOT / "bench" / "lighthouse.md").write_text(table(found, tool.package_version("lighthouse"), options.runs), "utf-8")
    return int(any(one["scores"][name] < score for _, one in found.values() for name, score in WANTED.items()))


if __name__ == "__main__":
    sys.exit(main())
