"""`build.py review BASE..HEAD`, on real git histories: what a request changes, breaks, and who has to agree."""

from __future__ import annotations

import json

import pytest
from conftest import NOW, PIXEL, Site, run
from test_check import GOOD, IMAGE, entry, git
from test_command import real, refused

from fleuve.audit.known import PATH

ORGANISM = "---\ntitle: {}\ntype: organisme\nsigle: {}\nnature: ministere\nstatut: actif\n---\nCe que fait le ministère.\n"


class History(Site):
    """A site in git."""

    def commit(self, message: str = "Un pas") -> None:
        """Everything that is written, in one commit."""
        git(self, "add", "--all", "site.yml", "contenu")
        git(self, "commit", "-q", "--allow-empty", "-m", message)

    def review(self, asked: str = "main..HEAD", *options: str):
        """Run `build.py review --json` in this process."""
        return run("review", asked, "--config", str(self.config), "--cache", str(self.cache), "--now", NOW, "--jobs", "1", "--json", *options)


@pytest.fixture
def request_(tmp_path) -> History:
    """A site on `main`, and a branch `demande` on which to change it."""
    site = History(tmp_path)
    site.write("index.md", "---\ntitle: Accueil\norganismes: [ministere-sante]\n---\nBienvenue.\n")
    site.write("organismes/ministere-sante.md", ORGANISM.format("Ministère de la Santé", "MS"))
    site.write("organismes/ministere-famille.md", ORGANISM.format("Ministère de la Famille", "MF"))
    site.write("sante/index.md", "---\ntitle: Santé\ntype: theme\n---\nTout sur la santé.\n")
    site.write("sante/vaccin.md", GOOD + "\nLe vaccin est gratuit.\n\n## Où aller\n\nDans une pharmacie.\n")
    site.write("sante/soins.md", "---\ntitle: Soins\norganismes: [ministere-sante, ministere-famille]\n---\nDes soins. [Vaccin](vaccin.md#où-aller)\n\n[[inclure: aide]]\n")
    site.write("_fragments/aide.md", "Appelez-nous.\n")
    site.write("sante/photo.png", PIXEL)
    git(site, "init", "-q", "-b", "main")
    site.commit()
    git(site, "switch", "-q", "-c", "demande")
    return site


def test_a_request_that_changes_nothing(request_):
    result = request_.review()
    report = result.report
    assert result.code == 0, result.said
    assert [report[key] for key in ("added", "changed", "moved", "removed", "data", "shared", "problems", "links", "findings", "organisms")] == [[]] * 10
    assert report["affected"] == 0 and report["blocks"] is False and report["base"]["pages"] == report["head"]["pages"] > 5


def test_pages_added_and_changed_and_the_organisms_that_must_agree(request_):
    request_.write("sante/grippe.md", "---\ntitle: Grippe\norganismes: [ministere-famille]\n---\nLa grippe.\n")
    request_.write("sante/vaccin.md", GOOD.replace("Se faire vacciner", "Recevoir un vaccin") + "\nLe vaccin est gratuit.\n\n## Où aller\n\nÀ la pharmacie.\n")
    request_.commit()
    result = request_.review()
    report = result.report
    assert result.code == 0, result.report
    assert [(p["file"], p["title"], p["url"]) for p in report["added"]] == [("sante/grippe.md", "Grippe", "/sante/grippe/")]
    assert [p["file"] for p in report["changed"]] == ["sante/vaccin.md"] and report["moved"] == report["removed"] == []
    assert report["organisms"] == [
        {"id": "ministere-famille", "title": "Ministère de la Famille", "files": ["sante/grippe.md"]},
        {"id": "ministere-sante", "title": "Ministère de la Santé", "files": ["sante/vaccin.md"]},
    ]
    assert report["affected"] > 0  # the menus and the theme show the new title


def test_the_working_files_and_the_branch_are_left_alone(request_):
    request_.write("sante/vaccin.md", GOOD + "Pas encore enregistré dans git.\n")
    before = (git(request_, "status", "--porcelain", "--", "contenu"), git(request_, "rev-parse", "HEAD"), git(request_, "branch", "--show-current"), git(request_, "worktree", "list"))
    assert request_.review().report["changed"] == []  # what is not in a commit is not in the request
    assert before == (git(request_, "status", "--porcelain", "--", "contenu"), git(request_, "rev-parse", "HEAD"), git(request_, "branch", "--show-current"), git(request_, "worktree", "list"))
    assert not request_.out.exists() and "Pas encore" in (request_.content / "sante/vaccin.md").read_text("utf-8")


def test_a_page_that_moves_without_a_redirect_is_an_address_lost(request_):
    (request_.content / "sante/vaccin.md").rename(request_.content / "sante/vaccination.md")
    request_.write("sante/soins.md", "---\ntitle: Soins\norganismes: [ministere-sante, ministere-famille]\n---\nDes soins. [Vaccin](vaccination.md)\n\n[[inclure: aide]]\n")
    request_.commit()
    result = request_.review()
    (move,) = result.report["moved"]
    assert result.code == 1 and move == {"file": "sante/vaccin.md", "title": "Se faire vacciner", "url": "/sante/vaccin/", "to": {"file": "sante/vaccination.md", "url": "/sante/vaccination/"},
                                         "redirected": False}
    assert result.report["added"] == result.report["removed"] == []
    request_.write("_redirections/sante.csv", "source_host,source_path,target,status\n,/sante/vaccin/,/sante/vaccination/,301\n")
    request_.commit()
    result = request_.review()
    assert result.code == 0 and result.report["moved"][0]["redirected"] and result.report["shared"] == ["_redirections/sante.csv"]


@pytest.mark.parametrize("row", [",/sante/vaccin,,410", ",/sante/*,/,301", "essai.exemple.quebec,/SANTE/vaccin/,/,302"])
def test_a_page_that_goes_away_needs_a_redirect_of_any_kind(request_, row):
    (request_.content / "sante/vaccin.md").unlink()
    request_.commit()
    result = request_.review()
    assert result.code == 1 and [(move["file"], move["to"], move["redirected"]) for move in result.report["removed"]] == [("sante/vaccin.md", None, False)]
    assert [(link["file"], link["code"]) for link in result.report["links"]] == [("sante/soins.md", "lien-brise")]
    assert [o["id"] for o in result.report["organisms"]] == ["ministere-sante"]
    request_.write("_redirections/sante.csv", f"source_host,source_path,target,status\n{row}\n")
    request_.commit()
    assert request_.review().report["removed"][0]["redirected"]


def test_only_what_the_request_adds_is_told(request_):
    git(request_, "switch", "-q", "main")
    request_.write("sante/ancien.md", '---\ntitle: Ancien\nordre: x\n---\n[Lien](absent.md)\n\n<img src="photo.png">\n')
    request_.commit()
    git(request_, "switch", "-q", "demande")
    git(request_, "merge", "-q", "main")
    request_.write("sante/ancien.md", '---\ntitle: Ancien\nordre: x\n---\nUne ligne de plus.\n\n[Lien](absent.md)\n\n<img src="photo.png">\n')
    request_.write("sante/neuf.md", '---\ntitle: Neuf\norganismes: [ministere-sante]\nordre: y\n---\n[Lien](absent.md)\n\n<img src="photo.png">\n')
    request_.commit()
    report = request_.review().report
    assert {p["file"] for p in report["problems"] + report["links"]} == {"sante/neuf.md"}
    assert [(p["file"], p["line"]) for p in report["problems"] if p["severity"] == "erreur"] == [("sante/neuf.md", 4)]
    assert [(p["file"], p["line"]) for p in report["links"]] == [("sante/neuf.md", 6)]
    assert [(f["file"], f["line"]) for f in report["findings"] if f["rule"] == IMAGE] == [("sante/neuf.md", 8)] and report["blocks"]


def test_shared_files_name_the_pages_that_they_change(request_):
    request_.write("_fragments/aide.md", "Écrivez-nous.\n")
    request_.commit()
    report = request_.review().report
    assert report["shared"] == ["_fragments/aide.md"] and report["affected"] == 1 and report["changed"] == []
    request_.config.write_text(request_.config.read_text("utf-8").replace("Services du gouvernement", "Site du gouvernement"), "utf-8")
    request_.commit()
    report = request_.review().report
    assert report["shared"] == ["../site.yml", "_fragments/aide.md"] and report["affected"] > 5


def test_a_request_that_adds_a_known_finding(request_):
    request_.write("sante/vaccin.md", GOOD + '<img src="photo.png">\n')
    request_.commit()
    finding = next(f for f in request_.review().report["findings"] if f["rule"] == IMAGE)
    request_.write(PATH, "[]\n")
    git(request_, "switch", "-q", "main")
    request_.write(PATH, "[]\n")
    request_.commit()
    git(request_, "switch", "-q", "demande")
    request_.write(PATH, json.dumps([entry({**finding, "fingerprint": "0123456789ab"})]))
    request_.commit()
    report = request_.review().report
    assert PATH in report["shared"] and "connus-agrandi" in {p["code"] for p in report["problems"]}


def test_the_dots_mean_what_they_mean_in_git(request_):
    git(request_, "switch", "-q", "main")
    request_.write("sante/entre-temps.md", "---\ntitle: Entre-temps\ndescription: Ce que quelqu’un d’autre a publié depuis.\n---\nUn tout autre sujet.\n")
    request_.commit()
    git(request_, "switch", "-q", "demande")
    request_.write("sante/neuf.md", "---\ntitle: Neuf\norganismes: [ministere-sante]\n---\nTexte.\n")
    request_.commit()
    assert [m["file"] for m in request_.review("main..demande").report["removed"]] == ["sante/entre-temps.md"]
    since = request_.review("main...").report
    assert since["removed"] == [] and [p["file"] for p in since["added"]] == ["sante/neuf.md"] and since["head"]["revision"] == "HEAD"


def test_the_second_review_is_incremental_and_tells_the_same(request_):
    request_.write("sante/vaccin.md", GOOD + '<img src="photo.png">\n')
    request_.commit()
    first = request_.review().report
    files = [request_.cache / "revue" / side / "contenu/sante/soins.md" for side in ("base", "tete")]
    times = [file.stat().st_mtime_ns for file in files]
    assert request_.review().report == first and times == [file.stat().st_mtime_ns for file in files]
    (request_.cache / "revue/tete/contenu/sante/soins.md").write_text("abîmé", "utf-8")
    (request_.cache / "revue/tete/contenu/index.md").unlink()
    assert request_.review().report == first  # what a hand changed there is put back


def test_people_read_three_answers(request_):
    (request_.content / "sante/vaccin.md").unlink()
    request_.write("sante/neuf.md", '---\ntitle: Neuf\norganismes: [ministere-famille]\n---\n<img src="photo.png">\n')
    request_.commit()
    done = real("review", "main..HEAD", "--config", str(request_.config), "--cache", str(request_.cache), "--now", NOW)
    text = done.stdout.replace("\u00a0", " ")
    assert done.returncode == 1 and done.stderr == ""
    for words in ("Ce que le public verra", "ajoutée : Neuf (sante/neuf.md) → /sante/neuf/", "retirée : Se faire vacciner (sante/vaccin.md) /sante/vaccin/, sans redirection",
                  "Ce qui casse", "adresse perdue : /sante/vaccin/", "lien brisé : sante/soins.md:", "Accessibilité", "certain : sante/neuf.md:5: ",
                  "Qui doit donner son accord", "Ministère de la Famille (ministere-famille) : sante/neuf.md", "À corriger avant d’accepter."):
        assert words in text, (words, text)


def test_what_cannot_be_compared_is_refused(request_, tmp_path):
    refused(request_.review("main"), "deux révisions")
    refused(request_.review("absente..HEAD"), "absente", "révision")
    refused(request_.review("main..--oups"), "révision")
    refused(request_.review("main..HEAD", "--content", "/tmp"), "--content")
    refused(run("review", "main..HEAD", "--config", str(request_.config), "--now", "demain"), "--now")
    alone = Site(tmp_path / "ailleurs")
    refused(run("review", "a..b", "--config", str(alone.config)), "git") if not (tmp_path / ".git").exists() else None
