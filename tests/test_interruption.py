"""Builds that are killed, hindered or run twice at once: what is published stays whole, and the next build gives the clean bytes."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import NOW, PIXEL, ROOT, Result, Site, tree

from fleuve import publish

PAGES = 120
KILLS = 15
SEED = 20260615
WORDS = "permis vaccin impôt garderie forêt route musée école travail loyer".split()


def prepare(site: Site) -> None:
    """A few hundred small pages that show one another's titles, and a year of news."""
    site.write("index.md", "Bienvenue.")
    site.write("organismes/office.md", "---\ntitle: Office\ntype: organisme\nsigle: O\nnature: office\nstatut: actif\n---\n")
    site.write("_fragments/joindre.md", "Appelez-nous.")
    site.write("_glossaire/sigles.yml", "NAS: {fr: numéro d’assurance sociale}")
    for number in range(PAGES):
        write(site, number, 0)


def write(site: Site, number: int, version: int) -> None:
    """A version of a page."""
    word = WORDS[(number + version) % len(WORDS)]
    body = f"Le NAS et le {word}, version {version}.\n\n[[inclure: joindre]]\n\n[Suivant](page-{(number + 10) % PAGES:03}.md)\n"
    site.write(f"theme-{number % 10}/page-{number:03}.md", f"---\ntitle: {word.capitalize()} {number}\n---\n{body}")
    if number % 5 == 0:
        month = f"2025/{number // 10 + 1:02}"
        front = f"title: {word.capitalize()} {number}\ntype: communique\ndescription: Le {word}.\norganismes: [office]\ndate: {month.replace('/', '-')}-15\n"
        site.write(f"nouvelles/{month}/annonce-{number:03}.md", f"---\n{front}---\nLe NAS et le {word}, version {version}.\n\n[[inclure: joindre]]\n")


def edit(site: Site, dice: random.Random, version: int) -> None:
    """What editors do between two builds."""
    for _ in range(dice.randint(1, 40)):
        write(site, dice.randrange(PAGES), version)
    (site.content / f"theme-{version % 10}" / f"ajout-{version - 1}.md").unlink(missing_ok=True)
    site.write(f"theme-{dice.randrange(10)}/ajout-{version}.md", f"Ajout {version}.")
    victim = site.content / f"theme-{version % 10}" / f"page-{dice.randrange(PAGES):03}.md"
    victim.unlink(missing_ok=True)
    if version % 4 == 0:
        site.write("_fragments/joindre.md", f"Appelez-nous au 418 555-01{version:02}.")
    if version % 7 == 0:
        site.config.write_text(site.config.read_text("utf-8") + f"\n# {version}\n", "utf-8")  # everything is to be made again


def command(site: Site, *options: str, out: Path | None = None, cache: Path | None = None) -> list[str]:
    """The command line of a build of the site."""
    return [sys.executable, str(ROOT / "build.py"), "build", "--config", str(site.config), "--out", str(out or site.out), "--cache", str(cache or site.cache),
            "--now", NOW, "--json", *options]


def start(site: Site, *options: str) -> subprocess.Popen:
    """A real build, in its own process group."""
    return subprocess.Popen(command(site, *options), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def real(site: Site) -> Result:
    """A build in a process of its own, as nothing of this one may hold the folders."""
    done = subprocess.run(command(site, "--jobs", "1"), capture_output=True, text=True, encoding="utf-8", timeout=60)
    return Result(done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr)


def half_files(out: Path) -> list[str]:
    """Published files that are not whole."""
    wrong = []
    for file in out.rglob("*"):
        if publish.WORKSHOP in file.parts or not file.is_file():
            continue
        data = file.read_bytes()
        if (file.suffix == ".html" and not data.rstrip().endswith(b"</html>")) or (file.suffix == ".json" and not data.rstrip().endswith((b"}", b"]"))) or (
                file.suffix == ".xml" and not data.rstrip().endswith(b">")):
            wrong.append(str(file))
    return wrong


@pytest.fixture
def large(tmp_path) -> Site:
    """A site of a few hundred pages."""
    site = Site(tmp_path)
    prepare(site)
    return site


def test_kill_at_any_moment(large):
    """Fifteen builds killed with their processes; each time every file is whole, and the next build gives the bytes of a clean one."""
    dice = random.Random(SEED)
    started = time.monotonic()
    build = start(large, "--jobs", "2")
    build.communicate(timeout=120)
    length = time.monotonic() - started
    assert build.returncode == 0
    killed = 0
    for version in range(1, KILLS + 1):
        edit(large, dice, version)
        build = start(large, "--jobs", "2")
        try:
            build.wait(dice.uniform(0.2, max(0.6, length)))
        except subprocess.TimeoutExpired:
            killed += 1
            if version % 3:
                os.killpg(build.pid, signal.SIGKILL)
            else:  # the main process alone, as the system does when memory is short: its workers must not write on
                build.kill()
            build.wait()
        build.stderr.close()
        assert not half_files(large.out), version
        result = large.build("--jobs", "1")
        assert result.code == 0, result.said
        assert large.tree() == large.clean_build("--jobs", "1"), version
        assert not (large.out / publish.WORKSHOP).exists()
    assert killed >= KILLS // 3, "the builds were over before they could be killed"


def test_two_killed_builds_in_a_row(large):
    dice = random.Random(SEED + 1)
    for version in (1, 2, 3):
        edit(large, dice, version)
        build = start(large, "--jobs", "2")
        time.sleep(0.45 + version * 0.1)
        os.killpg(build.pid, signal.SIGKILL)
        build.communicate()
    assert large.build("--jobs", "1").code == 0
    assert large.tree() == large.clean_build("--jobs", "1")


@pytest.mark.parametrize("pages", [1, 21, 41, 61])
def test_a_first_build_is_killed(large, pages):
    """Into an empty folder, files are written where they go: those being written may be halves. The next build gives the clean bytes."""
    build = start(large, "--jobs", "2")
    until = time.monotonic() + 60
    while len(list(large.out.rglob("*.html"))) < pages and build.poll() is None and time.monotonic() < until:
        pass
    os.killpg(build.pid, signal.SIGKILL)
    build.communicate()
    assert large.build("--jobs", "2").code == 0
    assert large.tree() == large.clean_build("--jobs", "1")


def test_a_first_build_leaves_no_half_file_behind_and_replaces_what_it_finds(tmp_path, monkeypatch):
    publisher = publish.Publisher(tmp_path, first=True)
    publisher.begin({})
    (tmp_path / "moitie.html").write_text("<p>moit", "utf-8")
    publisher.write("moitie.html", b"<p>entier</p>")
    publisher.write("sante/neuf.html", b"<p>neuf</p>")
    write, calls = os.write, []

    def full(descriptor: int, data: bytes) -> int:
        if calls:
            raise OSError(28, "No space left on device")
        calls.append(write(descriptor, data[:4]))
        return calls[0]

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError):
        publisher.write("sante/plein.html", b"<p>plein</p>")
    monkeypatch.undo()
    assert tree(tmp_path).keys() == {"moitie.html", "sante/neuf.html"}
    assert (tmp_path / "moitie.html").read_bytes() == b"<p>entier</p>"


def test_a_reader_never_sees_half_a_file(large):
    large.build("--jobs", "1")
    seen, wrong, stop = 0, [], threading.Event()
    pages = [large.out / f"theme-{n % 10}/page-{n:03}/index.html" for n in range(0, PAGES, 7)] + [large.out / "sitemap.xml", large.out / "index.html"]

    def read() -> None:
        nonlocal seen
        while not stop.is_set():
            for file in pages:
                data = file.read_bytes()  # a file that is replaced never fails to be there
                seen += 1
                if not data.rstrip().endswith((b"</html>", b"</urlset>", b"</sitemapindex>")):
                    wrong.append(file)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for version in range(1, 4):
            for number in range(0, PAGES, 7):
                write(large, number, version)
            large.write("_fragments/joindre.md", f"Version {version}.")
            build = start(large, "--jobs", "2")
            build.communicate(timeout=60)
            assert build.returncode == 0
    finally:
        stop.set()
        reader.join()
    assert seen > 100 and not wrong


def test_two_builds_at_once_give_the_clean_bytes(large):
    builds = [start(large, "--jobs", "1", *options) for options in ((), (), ("--clean",))]
    for build in builds:
        said = build.communicate(timeout=120)[1].decode()
        assert build.returncode == 0, said
    assert large.tree() == large.clean_build("--jobs", "1")


def test_a_build_that_waits_too_long_says_so(site, monkeypatch):
    site.write("index.md", "Bienvenue.")
    site.build()
    before = site.tree()
    monkeypatch.setattr(publish, "PATIENCE", 0.2)
    other = os.open(site.out, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        site.write("index.md", "Autre.")
        result = site.build()
        assert result.code == 2 and "Fleuve travaille déjà dans ce dossier" in result.said and not result.report
        assert site.tree() == before
    finally:
        os.close(other)
    assert site.build().code == 0 and site.tree() == site.clean_build()


def test_ctrl_c_says_that_nothing_is_lost(large):
    build = start(large, "--jobs", "2")
    time.sleep(0.8)
    os.killpg(build.pid, signal.SIGINT)  # what a terminal does
    said = build.communicate(timeout=30)[1].decode()
    assert build.returncode in (0, 2) and "Traceback" not in said
    assert build.returncode == 0 or "Rien n’est perdu" in said
    assert not half_files(large.out)
    assert large.build("--jobs", "1").code == 0 and large.tree() == large.clean_build("--jobs", "1")


# What people do to the folders.


@pytest.fixture
def built(site) -> Site:
    """A small site, built."""
    site.write("index.md", "Bienvenue.")
    site.write("sante/vaccin.md", "Un vaccin.")
    site.write("sante/image.png", PIXEL)
    assert site.build().code == 0
    return site


def same_as_clean(site: Site, *options: str) -> None:
    """The next build gives the bytes of a clean one."""
    result = site.build(*options)
    assert result.code == 0, result.said
    assert site.tree() == site.clean_build()


def test_an_output_folder_that_is_not_ours_is_left_alone(site):
    site.write("index.md", "Bienvenue.")
    site.out.mkdir()
    (site.out / "precieux.txt").write_text("à garder", "utf-8")
    result = site.build()
    assert result.code == 2 and "ne viennent pas de Fleuve" in result.said and "--out" in result.said
    assert tree(site.out).keys() == {"precieux.txt"}


@pytest.mark.parametrize("out", ["contenu", "contenu/public", ".", "site.yml"])
def test_an_output_that_would_mix_with_the_content(site, out):
    site.write("index.md", "Bienvenue.")
    before = tree(site.root)
    result = site.build(out=site.root / out)
    assert result.code == 2 and "Traceback" not in result.said and result.said.count("\n") == 1
    assert tree(site.root) == before


def test_the_output_folder_was_removed(built):
    shutil.rmtree(built.out)
    same_as_clean(built)


def test_the_stamp_was_tampered_with(built):
    (built.out / publish.STAMP).write_text("autre\n", "utf-8")
    (built.out / "sante/vaccin/index.html").write_text("changé", "utf-8")
    (built.out / "intrus.html").write_text("intrus", "utf-8")
    same_as_clean(built)


def test_the_cache_was_removed(built):
    shutil.rmtree(built.cache)
    same_as_clean(built)


def cache_file(site: Site) -> Path:
    """The SQLite file of the site."""
    return next(site.cache.rglob("site.sqlite"))


@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty", "middle", "version", "journal"])
def test_the_cache_is_damaged(site, damage):
    built = site
    built.write("index.md", "Bienvenue.")
    built.write("sante/vaccin.md", "Un vaccin.")
    assert real(built).code == 0
    file = cache_file(built)
    data = bytearray(file.read_bytes())
    if damage == "garbage":
        file.write_bytes(random.Random(SEED).randbytes(50_000))
    elif damage == "truncated":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "middle":
        data[4096:] = random.Random(SEED).randbytes(len(data) - 4096)
        file.write_bytes(data)
    elif damage == "version":
        db = sqlite3.connect(file)
        db.execute("PRAGMA user_version=1")
        db.close()
    else:
        file.with_name("site.sqlite-wal").write_bytes(random.Random(SEED).randbytes(50_000))
    built.write("sante/vaccin.md", "Un autre vaccin.")
    result = real(built)
    assert result.code == 0, result.said
    assert built.tree() == built.clean_build()


def test_the_cache_is_removed_between_two_builds_of_one_process(built):
    """As under `serve`."""
    from fleuve import settings
    from fleuve.build import Build
    from fleuve.executor import Executor
    from fleuve.instant import parse_now

    build = Build(settings.load(built.config, built.content, built.out), built.cache, Executor(1))
    build.run(parse_now(NOW))
    shutil.rmtree(built.cache)
    built.write("sante/vaccin.md", "Un autre vaccin.")
    build.run(parse_now(NOW), only={"sante/vaccin.md"})
    build.close()
    assert "Un autre vaccin." in built.read("sante/vaccin/index.html")
    assert built.tree() == built.clean_build()


def test_clean_forgets_the_last_build(built):
    result = built.build("--clean")
    assert result.code == 0 and result.report["pressed"] == result.report["shards"]
    same_as_clean(built)


def test_one_cache_serves_several_output_folders(built):
    other = built.root / "ailleurs"
    built.write("sante/soins.md", "Des soins.")
    assert built.build(out=other).code == 0
    assert not (built.out / "sante/soins/index.html").exists()
    same_as_clean(built)
    assert tree(other) == built.tree()


def test_one_output_folder_with_two_caches(built):
    assert built.build(cache=built.root / "autre-memoire").code == 0
    built.write("sante/soins.md", "Des soins.")
    assert built.build(cache=built.root / "autre-memoire").code == 0
    (built.content / "sante/soins.md").unlink()
    same_as_clean(built)


# What machines do to the folders.


@pytest.fixture
def small_disk():
    """A file system of one megabyte, its size and rights to be changed by `mount`."""
    folder = Path(tempfile.mkdtemp(prefix="fleuve-disque-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True).returncode == 0
    if not mounted:
        folder.rmdir()
        pytest.skip("Monter un disque de 1 Mo n’est pas permis ici (il faut être « root », avec le droit de monter).")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def remount(folder: Path, options: str) -> None:
    """Change the size or the rights of the small disk."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def refused(result, words: str) -> None:
    """The build says in French what the machine refused."""
    assert result.code == 2, result.report
    assert words in result.said and "Traceback" not in result.said and result.said.count("\n") == 1, result.said
    assert "n’a pas été abîmé" in result.said


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_disk_of_the_site_is_full(tmp_path, small_disk, jobs):
    site = Site(tmp_path)
    site.out = small_disk / "public"
    remount(small_disk, "size=8m")
    for number in range(30):
        site.write(f"a/page-{number}.md", "Texte.")
    assert site.build("--jobs", jobs).code == 0
    before = site.tree()
    filler = small_disk / "plein"
    with open(filler, "wb") as file, pytest.raises(OSError):
        while True:
            os.write(file.fileno(), b"x" * 4096)
    for number in range(30):
        site.write(f"b/page-{number}.md", "Texte neuf. " * 2000)
    refused(site.build("--jobs", jobs), "Le disque est plein")
    assert not half_files(site.out)
    after = site.tree()
    assert {path: after.get(path) for path in before if path.startswith("a/")} == {path: sha for path, sha in before.items() if path.startswith("a/")}
    filler.unlink()
    assert site.build("--jobs", jobs).code == 0
    assert site.tree() == site.clean_build()


def test_the_disk_of_the_cache_is_full(tmp_path, small_disk):
    site = Site(tmp_path)
    site.cache = small_disk / "memoire"
    remount(small_disk, "size=4m")
    site.write("index.md", "Bienvenue.")
    assert site.build("--jobs", "1").code == 0
    before = site.tree()
    filler = small_disk / "plein"
    with open(filler, "wb") as file, pytest.raises(OSError):
        while True:
            os.write(file.fileno(), b"x" * 4096)
    for number in range(300):
        site.write(f"a/page-{number}.md", f"Texte {number}. " * 300)
    refused(site.build("--jobs", "1"), "Le disque est plein")
    assert not half_files(site.out) and site.tree().keys() >= {"index.html"} and site.tree()["index.html"] == before["index.html"]
    filler.unlink()
    remount(small_disk, "size=64m")
    assert site.build("--jobs", "1").code == 0
    assert site.tree() == site.clean_build()


@pytest.mark.parametrize("what", ["out", "cache"])
def test_a_folder_is_read_only(tmp_path, small_disk, what):
    site = Site(tmp_path)
    setattr(site, what, small_disk / what)
    remount(small_disk, "size=16m")
    site.write("index.md", "Bienvenue.")
    assert real(site).code == 0
    before = site.tree()
    site.write("index.md", "Autre texte.")
    remount(small_disk, "ro")
    refused(real(site), "lecture seule")
    assert site.tree() == before
    remount(small_disk, "rw")
    assert real(site).code == 0
    assert "Autre texte." in site.read("index.html") and site.tree() == site.clean_build()


def test_a_new_folder_on_a_read_only_disk(site, small_disk):
    site.write("index.md", "Bienvenue.")
    remount(small_disk, "ro")
    refused(site.build(out=small_disk / "public"), "lecture seule")
    refused(site.build(cache=small_disk / "memoire"), "lecture seule")
