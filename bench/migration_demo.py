"""`make demo-migration`: the eight legacy sites of the tests, from archives to a site that can be browsed, with their old addresses redirected by nginx.

    .venv/bin/python bench/migration_demo.py [--out .demo] [--serve]

Generates and crawls the sites (wget), migrates them into a copy of contenu/, builds the result, asks nginx for every old address, and says where to look.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fleuve import settings as settings_module  # noqa: E402
from fleuve.typography import space  # noqa: E402
from migration import answers, server_files  # noqa: E402
from migration.redirects import PENDING  # noqa: E402
from migration.site import planned  # noqa: E402


def main(out: Path, serve: bool) -> int:
    """Do it all; return 0 when every old address was answered as decided."""
    from legacy import fixture
    from old_servers import free_port, nginx

    if shutil.which("wget") is None:
        raise SystemExit("wget est nécessaire pour archiver les anciens sites (paquet Debian « wget »).")
    content = out / "contenu"
    print("1. Huit anciens sites, servis et archivés par wget (WARC)")
    archives = fixture.archives(out / "archives")
    shutil.rmtree(content, ignore_errors=True)
    shutil.copytree(ROOT / "contenu", content)
    fixture.write_recipes(content, archives)
    print("2. Conversion, classement, décisions, redirections, rapport")
    command = [sys.executable, str(ROOT / "build.py")]
    shutil.rmtree(out / "travail", ignore_errors=True)
    subprocess.run([*command, "migrate", "site", "--content", content, "--work", out / "travail", "--report", out / "rapport", "--now", "2026-12-01T12:00"], check=False)
    print("3. Construction du site")
    subprocess.run([*command, "build", "--content", content, "--out", out / "public", "--cache", out / "memoire", "--now", "2026-12-01T12:00"], check=False, stdout=subprocess.DEVNULL)
    print("4. nginx, à chaque ancienne adresse")
    port = free_port()
    wrong, asked = ask(content, out, port, nginx, serve)
    print(space(f"{asked} anciennes adresses demandées à nginx : {asked - len(wrong)} répondent comme décidé."))
    for one in wrong[:20]:
        print(f"   {one}")
    print(space(f"Le site : {ROOT / 'build.py'} serve --content {content} --out {out / 'public'}\nLe rapport : {out / 'rapport' / 'index.html'}\nLes décisions : {content / '_migration'}"))
    return 1 if wrong else 0


def ask(content: Path, out: Path, port: int, nginx, serve: bool) -> tuple[list, int]:
    """Start nginx on the files of the old sites, and ask for every old address that is decided."""
    settings = settings_module.load(ROOT / "site.yml", content)
    plans = [(sites, plan) for sites, plan, _ in planned(settings)]
    servers = (out / "serveurs").resolve()
    shutil.rmtree(servers, ignore_errors=True)
    server_files.write_all(servers, plans, settings.site_url, server_files.Place(root=str(servers), listen=f"127.0.0.1:{port}"))
    folder = (out / "nginx").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    questions = [answers.question(row, absolute(row.target, settings.site_url)) for _, plan in plans for rows in plan.rows.values() for row in rows if row.status != PENDING and not row.prefix]
    with nginx(servers, folder, port):
        wrong = list(answers.differences(("127.0.0.1", port), questions))
        if serve:
            print(space(f"nginx écoute à 127.0.0.1:{port} : curl -I -H « Host: www.regie-sante.exemple.quebec » http://127.0.0.1:{port}/Pages/vaccination.aspx — Ctrl+C pour finir."))
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                pass
    return wrong, len(questions)


def absolute(target: str, site_url: str) -> str:
    """A target as it is sent: absolute."""
    return site_url.rstrip("/") + target if target.startswith("/") else target


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, default=ROOT / ".demo")
    options.add_argument("--serve", action="store_true", help="laisse nginx en marche")
    given = options.parse_args()
    sys.exit(main(given.out, given.serve))
