"""Where work runs changes nothing of what comes out: processes of this machine, or a real Dask cluster."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT, Site, run, tree

import fleuve.cluster as cluster_module
import fleuve.executor as executor_module
import fleuve.inventory as inventory_module
from fleuve.executor import Executor
from fleuve.publish import WORKSHOP
from fleuve.settings import SettingsError

needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="Dask n’est pas installé (pip install 'fleuve[dask]')")


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"tcp://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show")
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.1)

    def add_workers(self, count: int) -> None:
        """Start workers, and wait until they are there: on a busy machine that takes longer than a build waits for the first."""
        from distributed import Client

        for _ in range(count):
            self._start("worker", self.url, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder))
        with Client(self.url, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)

    def _start(self, kind: str, *options: str) -> None:
        log = open(self.folder / "journal.txt", "ab")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"}
        self.processes.append(subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_" + kind, *options], stdout=log, stderr=log, cwd=ROOT, env=environment))

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """End all of it."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    """A scheduler and two workers on loopback."""
    pytest.importorskip("distributed", reason="Dask n’est pas installé (pip install 'fleuve[dask]')")
    cluster = Cluster(tmp_path_factory.mktemp("grappe"))
    cluster.add_workers(2)
    yield cluster
    cluster.stop()


def many_pages(site: Site, count: int = 240) -> None:
    """Pages in a dozen folders, and so in several shards, that read one another."""
    site.write("index.md", "Bienvenue.")
    for number in range(count):
        folder = f"theme-{number % 12}"
        site.write(f"{folder}/page-{number}.md", f"---\ntitle: Page {number}\n---\n## Titre\n\nVoir [la suite](../theme-{(number + 1) % 12}/page-{(number + 1) % count}.md). " + "Texte. " * 50)


@needs_dask
def test_a_dask_cluster_gives_the_same_bytes_as_one_process(site, cluster):
    many_pages(site)
    result = site.build("--executor", cluster.url)
    assert result.code == 0 and result.report["pages"] >= 241, result.said
    assert result.report["shards"] > 4
    assert site.tree() == site.clean_build("--jobs", "1")
    site.write("theme-3/page-3.md", "---\ntitle: Autre titre\n---\nAutre texte.")
    again = site.build("--executor", cluster.url)
    assert again.code == 0 and 0 < again.report["pressed"]
    assert site.tree() == site.clean_build("--jobs", "1")
    assert not list(site.cache.rglob("instantane-*"))


def old_sites(folder: Path, count: int) -> Path:
    """A content folder with recipes of old sites, each a mirror of a dozen pages that lead to one another and to the next site."""
    content = folder / "contenu"
    shutil.copytree(ROOT / "contenu" / "_vocabulaires", content / "_vocabulaires")
    for number in range(count):
        own = content / "_migration" / f"site-{number:02}"
        (own / "miroir").mkdir(parents=True)
        (own / "recette.yml").write_text(f"hotes: [www.s{number}.exemple]\nsources: [miroir]\nlangue: fr\n", "utf-8")
        for page in range(12):
            words = " ".join(f"mot{number}x{page}x{word} utile" for word in range(60))
            (own / "miroir" / f"p{page}.html").write_text(
                f"<html lang=fr><title>Page {page}</title><body><div id=menu><a href=/p0.html>Accueil du site</a></div><div id=corps><h1>Page {page} du site {number}</h1><p>{words}.</p>"
                f"<p><a href=p{(page + 1) % 12}.html>Suite</a> et <a href=http://www.s{(number + 1) % count}.exemple/p{page}.html>voisin</a></p></div><div id=pied>Pied de toutes les pages</div></body></html>", "utf-8")
    return content


@needs_dask
def test_old_sites_migrated_by_a_dask_cluster_or_by_two_processes_give_the_same_bytes(tmp_path, cluster):
    trees = []
    for name, how in (("un", ("--jobs", "1")), ("deux", ("--jobs", "2")), ("grappe", ("--executor", cluster.url))):
        content = old_sites(tmp_path / name, 4 * max(2, os.cpu_count() or 1))
        result = run("migrate", "site", "--config", str(ROOT / "site.yml"), "--content", str(content), "--work", str(tmp_path / name / "travail"), "--now", "2026-12-01T12:00", "--json", *how)
        assert result.code in (0, 1) and not result.report["problems"], result.said
        assert all(site["pages"] == 12 for site in result.report["sites"].values()) and not list((tmp_path / name / "travail" / WORKSHOP).iterdir())
        trees.append(tree(content))
    assert len(trees[0]) > 100 and trees[0] == trees[1] == trees[2]


@pytest.mark.parametrize("news", [False, True])
def test_presses_that_open_while_a_large_first_inventory_goes_on_give_the_same_bytes(site, news, monkeypatch):
    many_pages(site)
    site.write("organismes/office.md", "---\ntitle: Office\ntype: organisme\n---\n")
    if news:
        site.write("nouvelles/2026/05/annonce.md", "---\ntitle: Annonce\ntype: communique\ndescription: Chapeau.\norganismes: [office]\ndate: 2026-05-04\n---\nTexte.")
    monkeypatch.setattr(inventory_module, "BATCH", 20)  # a site of 240 pages is large then
    foresee, told = Executor.foresee, []
    monkeypatch.setattr(Executor, "foresee", lambda self, function, *arguments: (told.append(arguments[-1]), foresee(self, function, *arguments)))
    result = site.build("--jobs", "2")
    assert told == [news], "presses get ready once, Pelican where there are news"
    assert site.tree() == site.clean_build("--jobs", "1"), result.said


@needs_dask
def test_problems_and_records_come_back_from_the_cluster(site, cluster):
    many_pages(site, 24)
    site.write("theme-1/page-1.md", "[nulle part](absent.md)\n\n<script>x</script>")
    there = site.build("--executor", cluster.url)
    here = site.build("--clean", "--jobs", "1")
    assert there.code == here.code == 1 and there.problems() == here.problems()
    assert there.report["pages"] == here.report["pages"]


@needs_dask
def test_a_scheduler_that_does_not_answer_is_told_in_french(site, monkeypatch):
    assert cluster_module.PATIENCE <= 12
    monkeypatch.setattr(cluster_module, "PATIENCE", 2)
    site.write("page.md", "Texte.")
    started = time.monotonic()
    result = site.build("--executor", f"tcp://127.0.0.1:{free_port()}")
    assert result.code == 2 and time.monotonic() - started < 5
    assert "Aucun ordonnanceur Dask ne répond" in result.said and "tcp://hôte:8786" in result.said
    assert "Traceback" not in result.said


@needs_dask
@pytest.mark.parametrize("url", ["grappe", "tcp://", "ftp://hote:1"])
def test_an_address_that_is_none_is_told_in_french(url, site):
    site.write("page.md", "Texte.")
    result = site.build("--executor", url)
    assert result.code == 2 and "ordonnanceur Dask" in result.said and "Traceback" not in result.said


@needs_dask
@pytest.mark.parametrize("victims", [(1,), (1, 2), (0,)], ids=["a worker", "all workers", "the scheduler"])
def test_what_is_killed_in_mid_build_corrupts_nothing(victims, site, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "PATIENCE", 3)
    monkeypatch.setattr(executor_module, "CHECK_AFTER", 1)
    many_pages(site, 600)
    cluster = Cluster(tmp_path)
    try:
        cluster.add_workers(2)

        over = threading.Event()

        def kill_when_pages_appear() -> None:
            while not over.wait(0.01) and len(list(site.out.glob("theme-*/*/index.html"))) < 50:
                pass
            for number in victims:
                cluster.processes[number].kill()

        killer = threading.Thread(target=kill_when_pages_appear)
        killer.start()
        try:
            result = site.build("--executor", cluster.url)
        finally:
            over.set()
            killer.join()
        assert result.code == 0 or result.code == 2 and "grappe Dask" in result.said and "Traceback" not in result.said, result.said
        clean = site.clean_build("--jobs", "2")
        if result.code == 0:
            assert site.tree() == clean
    finally:
        cluster.stop()
    assert site.build("--jobs", "2").code == 0
    assert site.tree() == clean


@needs_dask
def test_a_cluster_without_workers_is_told_and_the_next_build_is_right(site, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "PATIENCE", 2)
    many_pages(site, 24)
    cluster = Cluster(tmp_path)
    try:
        result = site.build("--executor", cluster.url)
        assert result.code == 2 and "aucun ouvrier" in result.said
    finally:
        cluster.stop()
    assert site.build("--jobs", "2").code == 0
    assert site.tree() == site.clean_build("--jobs", "1")


def test_a_worker_with_another_engine_refuses_to_work():
    with pytest.raises(SettingsError, match="autre version de Fleuve"):
        cluster_module._in_turn("another", _square, 3)
    assert cluster_module._in_turn(cluster_module.engine_digest(), _square, 3) == 9


def _square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_every_result_comes_back_once(jobs):
    executor = Executor(jobs)
    try:
        assert sorted(executor.map(_square, ((n,) for n in range(100)), 100)) == [n * n for n in range(100)]
    finally:
        executor.close()


def _same(lane: str) -> str:
    return lane


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("sizes", [{"": 5}, {"en": 30, "fr": 30, "": 30}, {"en": 1, "fr": 40, "es": 2}, {}])
def test_every_task_of_every_lane_is_done_once(jobs, sizes):
    executor = Executor(jobs)
    lanes = {lane: [(lane,)] * count for lane, count in sizes.items()}
    try:
        done = list(executor.map_lanes(_same, lanes, sum(sizes.values())))
    finally:
        executor.close()
    assert {lane: done.count(lane) for lane in sizes} == sizes
