"""The listing of the content folder: what has changed is found, what has not costs nothing, what is wrong is told each time."""

from __future__ import annotations

import os
from pathlib import Path

from fleuve import cache
from fleuve.scan import scan


def tree(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path, "utf-8")
    return root


def test_only_folders_that_have_changed_are_listed_again(tmp_path):
    content = tree(tmp_path, "index.md", "sante/un.md", "sante/deux.md", "sante/bebe/trois.md", "eau/quatre.md")
    first = scan(content)
    assert set(first.files) == {"index.md", "sante/un.md", "sante/deux.md", "sante/bebe/trois.md", "eau/quatre.md"}
    assert scan(content, first.folders) == ({}, first.folders, [])
    (content / "sante/un.md").write_text("Plus long", "utf-8")
    again = scan(content, first.folders)
    assert set(again.files) == {"sante/un.md", "sante/deux.md"}
    assert {folder for folder, digest in again.folders.items() if digest != first.folders[folder]} == {"sante/"}


def test_a_new_time_a_file_less_and_a_folder_less_are_seen(tmp_path):
    content = tree(tmp_path, "a/un.md", "a/deux.md", "b/c/trois.md")
    known = scan(content).folders
    os.utime(content / "a/un.md", (1, 1))
    assert set(scan(content, known).files) == {"a/un.md", "a/deux.md"}
    (content / "a/un.md").unlink()
    assert set(scan(content, known).files) == {"a/deux.md"}
    (content / "b/c/trois.md").unlink()
    (content / "b/c").rmdir()
    assert "b/c/" not in scan(content, known).folders


def test_a_folder_with_a_link_or_a_mistake_is_looked_into_each_time(tmp_path):
    content = tree(tmp_path / "contenu", "a/un.md", "b/nom\\faux.md", "c/trois.md")
    (content / "a/lien.pdf").symlink_to(tree(tmp_path / "dehors", "x.pdf") / "x.pdf")
    first = scan(content)
    again = scan(content, first.folders)
    assert [problem.code for problem in again.problems] == [problem.code for problem in first.problems]
    assert {problem.code for problem in again.problems} == {"lien-symbolique", "nom-de-fichier"}
    assert set(again.files) == {"a/un.md"}, "c/ alone is as it was known to be"
    assert not first.folders["a/"] and not first.folders["b/"] and first.folders["c/"]


def test_what_is_wrong_with_a_name_is_told_by_every_build(site):
    site.write("index.md", "Bonjour.")
    site.write("sante/faux\\nom.md", "Texte.")
    assert "nom-de-fichier" in site.build().codes()
    assert "nom-de-fichier" in site.build().codes()


def test_a_cache_whose_first_inventory_did_not_end_is_made_anew(tmp_path):
    path = tmp_path / "site.sqlite"
    db = cache.open_for_writing(path)
    db.execute("INSERT INTO state VALUES ('reste', '1')")
    db.close()  # as a build that is killed leaves it: nothing says that it is whole
    db = cache.open_for_writing(path)
    assert cache.get_state(db, "reste") is None
    cache.settle(db)
    cache.set_state(db, "reste", "2")
    db.close()
    assert cache.get_state(cache.open_for_writing(path), "reste") == "2"
