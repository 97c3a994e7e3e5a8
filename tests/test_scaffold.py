"""`build.py new`: a document ready to fill in, in the right place, that is already right."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleuve import front_matter
from fleuve.content_type import find, load
from fleuve.scaffold import ScaffoldError, create, default_folder, document, folders

TYPES = list(load())


@pytest.fixture
def content(tmp_path):
    for name in ("sante/vaccination", "transports", "gouvernement/personnes", "_mandats", "organismes"):
        (tmp_path / "contenu" / name).mkdir(parents=True)
    return tmp_path / "contenu"


def judge(text: str, file: str = "sante/x.md"):
    parts = front_matter.split(text.encode(), file)
    meta, problems = front_matter.parse(parts.text, file, parts.first_line)
    kind, unknown = find(meta, file, parts.text)
    clean, wrong, held = kind.validate(meta, file, parts.text, parts.first_line)
    return kind, clean, [str(problem) for problem in parts.problems + problems + unknown + wrong], held, parts


@pytest.mark.parametrize("name", TYPES)
def test_un_document_neuf_est_juste(content, name):
    path = create(content, name, "L’été à l'école : « tout » savoir", None if default_folder(name) is not None else "sante")
    kind, clean, problems, held, parts = judge(path.read_text(encoding="utf-8"), path.relative_to(content).as_posix())
    assert (kind.name, problems, held) == (name, [], False)
    assert clean["title"] == "L’été à l'école : « tout » savoir"
    assert all(key in clean for key, field in kind.fields.items() if field.required)
    assert all(any(key in clean for key in keys) for keys in kind.one_of)
    assert not re.search(r"^# ", parts.body, re.MULTILINE), "le titre est déjà le niveau 1"


@pytest.mark.parametrize("name", TYPES)
def test_chaque_ligne_facultative_est_juste_une_fois_le_diese_enleve(name):
    text = document(load()[name], "Essai")
    head, marker, rest = text.partition("enlevez « # » au début d’une ligne pour vous en servir.".replace("« ", "«\u00a0").replace(" »", "\u00a0»"))
    assert marker
    rest, _, body = rest.partition("\n---\n")
    lines = [line[2:] if re.match(r"# (?:[a-z_]+:(?: |$)| )", line) else line for line in rest.split("\n")]
    kind, clean, problems, held, _ = judge(head + marker + "\n".join(lines) + "\n---\n" + body)
    assert (problems, held) == ([], False)
    assert {"description"} <= set(clean)
    assert not kind.has_page or {"organismes", "contact", "voir_aussi", "embargo", "expiration"} <= set(clean)


@pytest.mark.parametrize(("name", "folder", "lang", "path"), [
    ("page", "sante/vaccination", "fr", "sante/vaccination/vacciner-son-bebe.md"),
    ("page", "sante/vaccination/", "en", "sante/vaccination/vacciner-son-bebe.en.md"),
    ("page", "sante/nouveau", "fr", "sante/nouveau/vacciner-son-bebe.md"),
    ("page", "", "fr", "vacciner-son-bebe.md"),
    ("theme", None, "fr", "vacciner-son-bebe/index.md"),
    ("theme", "sante", "en", "sante/vacciner-son-bebe/index.en.md"),
    ("guide", "sante", "fr", "sante/vacciner-son-bebe/index.md"),
    ("organisme", None, "fr", "organismes/vacciner-son-bebe.md"),
    ("personne", None, "fr", "gouvernement/personnes/vacciner-son-bebe.md"),
    ("mandat", None, "fr", "_mandats/vacciner-son-bebe.md"),
    ("urgence", None, "fr", "_urgences/vacciner-son-bebe.md"),
    ("Événement de vie", None, "fr", "evenements-de-vie/vacciner-son-bebe.md"),
])
def test_ou_va_le_document(content, name, folder, lang, path):
    assert create(content, name, "Vacciner son bébé", folder, lang) == content / path
    assert (content / path).is_file()


@pytest.mark.parametrize(("name", "title", "folder", "message"), [
    ("servise", "A", None, "Le type « servise » n’existe pas. Vouliez-vous dire « service » ?"),
    ("page", "A", None, "Un document de type « page » va dans le dossier de son thème"),
    ("page", "A", None, "Dossiers de contenu/ : gouvernement, organismes, sante, transports."),
    ("page", "???", "sante", "Le titre doit contenir au moins une lettre ou un chiffre."),
    ("page", "a" * 201, "sante", "Le titre compte 201 caractères ; la limite est de 200."),
    ("page", "A", "../dehors", "Le dossier « ../dehors » sort de contenu/"),
    ("page", "A", "/tmp", "Le dossier « /tmp » sort de contenu/"),
    ("page", "A", "sante/../..", "sort de contenu/"),
    ("page", "A", "_mandats", "Le dossier « _mandats » ne contient pas de pages"),
    ("page", "A", "santé", "Le dossier « santé » n’existe pas dans contenu/. Vouliez-vous dire « sante » ?"),
])
def test_refus_expliques(content, name, title, folder, message):
    before = sorted(content.rglob("*"))
    with pytest.raises(ScaffoldError) as caught:
        create(content, name, title, folder)
    assert message in str(caught.value).replace("\u00a0", " ")
    assert sorted(content.rglob("*")) == before


def test_rien_n_est_jamais_ecrase(content):
    path = create(content, "page", "A", "sante")
    path.write_text("à moi", encoding="utf-8")
    with pytest.raises(ScaffoldError, match="contenu/sante/a.md existe déjà"):
        create(content, "page", "A !", "sante")
    assert path.read_text(encoding="utf-8") == "à moi"


def test_une_adresse_deja_prise_est_refusee(content):
    create(content, "guide", "A", "sante")
    with pytest.raises(ScaffoldError, match="contenu/sante/a/index.md existe déjà"):
        create(content, "page", "A", "sante")
    create(content, "page", "B", "sante")
    with pytest.raises(ScaffoldError, match="contenu/sante/b.md existe déjà"):
        create(content, "theme", "B", "sante")


def test_un_lien_symbolique_ne_fait_pas_sortir_du_contenu(content, tmp_path):
    (tmp_path / "dehors").mkdir()
    os.symlink(tmp_path / "dehors", content / "sante" / "lien")
    with pytest.raises(ScaffoldError, match="lien symbolique"):
        create(content, "page", "A", "sante/lien")
    os.symlink(tmp_path / "ailleurs.md", content / "sante" / "b.md")
    with pytest.raises(ScaffoldError, match="existe déjà"):
        create(content, "page", "B", "sante")
    assert not (tmp_path / "ailleurs.md").exists()


def test_sans_dossier_de_contenu(tmp_path):
    with pytest.raises(ScaffoldError, match="n’existe pas"):
        create(tmp_path / "rien", "page", "A", "sante")


def test_un_dossier_qui_ne_peut_pas_etre_ecrit(content):
    (content / "sante" / "fichier").write_text("x")
    with pytest.raises(ScaffoldError, match="ne peut pas être écrit"):
        create(content, "page", "A", "sante/fichier")


def test_un_long_titre_est_coupe_entre_deux_mots(content):
    path = create(content, "page", "mot " * 40, "sante")
    assert path.stem == "-".join(["mot"] * 20)


def test_les_caracteres_invisibles_du_titre_sont_enleves(content):
    path = create(content, "page", "A\u00a0B\u200b\x07  C", "sante")
    assert judge(path.read_text(encoding="utf-8"))[1]["title"] == "A B C"


def test_un_titre_qui_donnerait_index(content):
    assert create(content, "page", "Index", "sante").name == "page-index.md"


def test_les_dossiers_proposes(content):
    assert folders(content) == ["gouvernement", "gouvernement/personnes", "organismes", "sante", "sante/vaccination", "transports"]


@settings(max_examples=150, deadline=None)
@given(title=st.text(min_size=1, max_size=120), name=st.sampled_from(TYPES))
def test_tout_titre_donne_un_document_juste(title, name):
    title = " ".join(title.split())
    if not title or not title.isprintable():
        return
    _, clean, problems, held, _ = judge(document(load()[name], title))
    assert (problems, held, clean["title"]) == ([], False, title)
