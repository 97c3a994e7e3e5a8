"""The promise of the incremental build: whatever was edited, it gives the bytes of a clean build.

Random sequences of what editors do, applied to a small site that uses every way in which a page reads another.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from conftest import NOW, Site
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

FOLDERS = ("", "sante", "sante/soins", "transports")
NAMES = ("index", "un", "deux", "trois")
TITLES = ("Vaccins", "Éducation", "Permis & cartes", "L’eau")
ORGANISMS = ("ministere-sante", "office-eau", "inconnu")
INSTANTS = ("2026-06-15T12:00", "2026-07-02T08:00", "2026-08-20T23:59", "2027-01-01T00:00")

paths = st.builds(
    lambda folder, name, lang: f"{folder}/{name}{lang}.md".lstrip("/"), st.sampled_from(FOLDERS), st.sampled_from(NAMES), st.sampled_from(("", ".en"))
)
EXTRAS = (
    "", "embargo: 2026-07-01 09:00", "expiration: 2026-08-20", "slug: autre", "ordre: 1", "ordre: 9", "retire: {date: 2026-07-01, raison: Fusion}",
    "type: theme", "voir_aussi: [sante/un.md]", "description: Une description.",
)
BODIES = (
    "Texte.", "[Un](sante/un.md) et [deux](../sante/deux.md#partie).", "[[inclure: joindre]]\n", "Le NAS et la PME.\n\n## Partie\n\n### Détail\n",
    "::: accordeon Titre\nTexte.\n:::\n", "<script>alert(1)</script> <b>gras</b>", "![Image](image.png)", "| a | b |\n|---|--:|\n| 1 | 2 |\n",
)
documents = st.builds(
    lambda title, organism, extra, body: f"---\ntitle: {title}\norganismes: [{organism}]\n{extra}\n---\n{body}",
    st.sampled_from(TITLES), st.sampled_from(ORGANISMS), st.sampled_from(EXTRAS), st.sampled_from(BODIES),
)
# News: in the folder of their month, of several types, some to come at one of the instants.
news_paths = st.builds(
    lambda month, name, lang: f"nouvelles/{month}/{name}{lang}.md", st.sampled_from(("2025/12", "2026/05", "2026/06")), st.sampled_from(NAMES[1:]), st.sampled_from(("", ".en"))
)
NEWS_EXTRAS = ("", "embargo: 2026-07-01 09:00", "expiration: 2026-08-20", "themes: [sante]", "dossier: reseau", "ministres: [anne-roy]", "regions: [estrie]", "retire: {date: 2026-07-01, raison: Erreur}")
news = st.builds(
    lambda title, kind, organism, date, extra, body: f"---\ntitle: {title}\ntype: {kind}\ndescription: Chapeau.\norganismes: [{organism}]\ndate: {date}\n{extra}\n---\n{body}",
    st.sampled_from(TITLES), st.sampled_from(("communique", "communique", "alerte\nniveau: danger\ndebut: 2026-06-01\nfin: 2026-07-02", "dossier")), st.sampled_from(ORGANISMS),
    st.sampled_from(("2025-12-03", "2026-05-20 10:00", "2026-06-15", "2026-07-02")), st.sampled_from(NEWS_EXTRAS), st.sampled_from((*BODIES, "[Une](../../2025/12/un.md)")),
)
edits = st.one_of(
    st.tuples(st.just("write"), news_paths, news),
    st.tuples(st.just("delete"), news_paths, st.none()),
    st.tuples(st.just("move"), news_paths, news_paths),
    st.tuples(st.just("write"), paths, documents),
    st.tuples(st.just("delete"), paths, st.none()),
    st.tuples(st.just("move"), paths, paths),
    st.tuples(st.just("now"), st.sampled_from(INSTANTS), st.none()),
    st.tuples(st.just("data"), st.sampled_from(("_glossaire/a.yml", "_fragments/joindre.md", "_vocabulaires/regions.yml", "_redirections/a.csv", "_recherche/vedettes.yml", "_recherche/synonymes.yml", "sante/image.png")), st.integers(0, 3)),
    st.tuples(st.just("organism"), st.sampled_from(ORGANISMS[:2]), st.sampled_from(TITLES)),
    st.tuples(st.just("template"), st.sampled_from(("types/page.html", "fragments/pied.html", "composants/accordeon.html", "css/fleuve.css")), st.integers(0, 3)),
)
DATA = {
    "_glossaire/a.yml": ("NAS: {fr: Numéro d’assurance sociale}", "PME: {fr: Petite ou moyenne entreprise}\n", "", "NAS: {fr: Autre}"),
    "_fragments/joindre.md": ("Appelez.", "Écrivez.\n", "## Joindre\n", "[Un](sante/un.md)"),
    "_vocabulaires/regions.yml": ("- {id: estrie, fr: Estrie, en: Estrie}", "[]", "- {id: laval, fr: Laval, en: Laval}", "- {id: estrie, fr: L’Estrie, en: Estrie}"),
    "_redirections/a.csv": tuple(f"source_host,source_path,target,status\nwww.ancien.quebec,/page{n},/sante/,301\n" for n in range(4)),
    "_recherche/vedettes.yml": ("- {recherches: [un], page: sante/un.md}\n", "- {recherches: [santé], page: sante/index.md, lang: en}\n", "- {recherches: [deux], page: sante/deux.md, jusqu_au: 2026-06-30}\n", ""),
    "_recherche/synonymes.yml": ("fr:\n  - [un, une]\n", "fr:\n  - [deux, paire]\nen:\n  - [two, pair]\n", "", "fr:\n  - {mot: x, vers: [office]}\n"),
    "sante/image.png": ("a", "bb", "ccc", "a"),
}


def sample(root: Path) -> Site:
    """A site of a dozen documents that read one another."""
    site = Site(root, theme=True)
    site.write("index.md", "---\ntitle: Accueil\n---\nBienvenue.")
    site.write("index.en.md", "---\ntitle: Home\n---\nWelcome.")
    site.write("sante/index.md", "---\ntitle: Santé\ntype: theme\n---\nLe NAS.")
    site.write("sante/index.en.md", "---\ntitle: Health\ntype: theme\nslug: health\n---\nHealth.")
    site.write("sante/un.md", "---\ntitle: Un\norganismes: [ministere-sante]\n---\n[Deux](deux.md)\n\n[[inclure: joindre]]\n")
    site.write("sante/deux.md", "---\ntitle: Deux\norganismes: [office-eau]\n---\n[Accueil](../index.md)")
    for ident in ORGANISMS[:2]:
        site.write(f"organismes/{ident}.md", f"---\ntitle: {ident}\ntype: organisme\nsigle: X\nnature: ministere\nstatut: actif\n---\nMission.")
    site.write("nouvelles/index.md", "---\ntitle: Nouvelles\ntype: salle-de-presse\nmis_en_vedette: [2026/05/un.md]\n---\n")
    site.write("nouvelles/index.en.md", "---\ntitle: News\ntype: salle-de-presse\nslug: news\n---\n")
    site.write("personnes/anne-roy.md", "---\ntitle: Anne Roy\ntype: personne\n---\n")
    for path, date, organism, more in (("2025/12/un", "2025-12-03", "office-eau", "themes: [sante]"), ("2026/05/un", "2026-05-20 10:00", "ministere-sante", "dossier: reseau"),
                                       ("2026/05/un.en", "2026-05-20 10:00", "ministere-sante", ""), ("2026/06/deux", "2026-06-14", "office-eau", "ministres: [anne-roy]")):
        site.write(f"nouvelles/{path}.md", f"---\ntitle: Annonce\ntype: communique\ndescription: Chapeau.\norganismes: [{organism}]\ndate: {date}\n{more}\n---\nTexte. [Un](../../../sante/un.md)\n")
    site.write("nouvelles/2025/12/reseau.md", "---\ntitle: Réseau\ntype: dossier\ndescription: Chapeau.\norganismes: [ministere-sante]\ndate: 2025-12-01\n---\nTexte.")
    site.write("_fragments/joindre.md", "Appelez-nous.")
    site.write("_glossaire/a.yml", "NAS: {fr: Numéro d’assurance sociale, en: Social insurance number}")
    site.write("_urgences/u.md", "---\ntype: urgence\ntitle: Tempête\nniveau: danger\nmessage: Restez chez vous.\ndebut: 2026-07-01\nfin: 2026-07-15\n---\n")
    return site


def apply(site: Site, kind: str, first, second) -> None:
    """Do one edit, as an editor's save would."""
    if kind == "write":
        site.write(first, second)
    elif kind == "delete":
        (site.content / first).unlink(missing_ok=True)
    elif kind == "move" and (site.content / first).exists():
        (site.content / second).parent.mkdir(parents=True, exist_ok=True)
        (site.content / first).replace(site.content / second)
    elif kind == "data":
        site.write(first, DATA[first][second].encode())
    elif kind == "organism":
        site.write(f"organismes/{first}.md", f"---\ntitle: {second}\ntype: organisme\nsigle: Y\nnature: office\nstatut: actif\n---\nMission.")
    elif kind == "template":
        file = site.root / "theme" / first
        comment = f"/* {second} */" if first.endswith(".css") else f"<!-- {second} -->"
        file.write_text(file.read_text("utf-8").partition("\n<!-- ")[0].partition("\n/* essai")[0] + "\n" + comment.replace("/* ", "/* essai "), "utf-8")


@pytest.mark.parametrize("jobs", [1, 2, 3])
@settings(max_examples=5, phases=[Phase.reuse, Phase.generate])  # shrinking would take minutes; the sequence is printed
@given(sequence=st.lists(edits, min_size=1, max_size=6))
def test_any_sequence_of_edits_gives_the_bytes_of_a_clean_build(jobs, sequence):
    root = Path(tempfile.mkdtemp(prefix="fleuve-essai-"))
    try:
        site, now = sample(root), NOW
        site.build(now=now)
        for kind, first, second in sequence:
            if kind == "now":
                now = first
            else:
                apply(site, kind, first, second)
            result = site.build("--jobs", str(jobs), now=now)
            assert result.code in (0, 1), result.said
            assert site.tree() == site.clean_build(now=now), (kind, first, second)
    finally:
        shutil.rmtree(root)


def test_problems_of_pages_that_are_not_rendered_again_are_still_told(site):
    site.write("index.md", "[Nulle part](absent.md)")
    first = site.build()
    again = site.build()
    assert again.report["pressed"] == 0
    assert first.problems() == again.problems() and "lien-brise" in again.codes()


def test_a_page_that_changes_place_in_a_list_changes_the_list(site):
    for name, rank in (("a", 1), ("b", 2), ("c", 3)):
        site.write(f"x/{name}.md", f"---\ntitle: {name * 2}\nordre: {rank}\n---\n")
    site.build()
    site.write("x/a.md", "---\ntitle: aa\nordre: 9\n---\n")
    site.build()
    assert site.tree() == site.clean_build()


def test_a_second_build_writes_nothing(site):
    site.write("index.md", "Bonjour.")
    site.build()
    assert site.build().report["written"] == 0


def test_only_the_pages_that_show_a_title_are_written_again(tmp_path):
    site = sample(tmp_path)
    site.build()
    before = site.tree()
    site.write("sante/un.md", "---\ntitle: Autre titre\norganismes: [ministere-sante]\n---\n[Deux](deux.md)\n\n[[inclure: joindre]]\n")
    site.build()
    changed = {path for path, sha in site.tree().items() if before.get(path) != sha}
    assert {"sante/un/index.html", "sante/deux/index.html", "sante/index.html"} <= changed
    assert "en/index.html" not in changed and "organismes/office-eau/index.html" not in changed
