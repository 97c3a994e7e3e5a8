"""Content types: what each accepts, what is kept of a wrong document, and what its author is told."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleuve import content_type, front_matter, instant
from fleuve.content_type import TypeFileError, find, load
from fleuve.problem import ERROR
from fleuve.type_reference import render

ROOT = Path(__file__).parent.parent
TYPES = load()
NEWS = ["alerte", "avis-aux-medias", "billet", "communique", "direct", "discours", "dossier", "nomination"]
NAMES = [*NEWS[:4], "consultation", "contact-presse", *NEWS[4:7], "etapes", "evenement-de-vie", "fonction", "formulaire-lien", "guide", "mandat",
         "nomination", "organisme", "page", "personne", "publication", "service", "theme", "urgence"]


def judge(text: str, file: str = "sante/x.md"):
    """Read and validate an en-tête: (kept values, what the author reads with ordinary spaces, held back?, type)."""
    meta, problems = front_matter.parse(text, file)
    kind, unknown = find(meta, file, text)
    clean, wrong, held = kind.validate(meta, file, text)
    return clean, "\n".join(map(str, problems + unknown + wrong)).replace("\u00a0", " "), held, kind


def test_tous_les_types_existent():
    assert set(NAMES) <= set(TYPES)
    assert [name for name in TYPES if TYPES[name].is_news] == NEWS
    assert [name for name in TYPES if not TYPES[name].has_page] == ["contact-presse", "mandat", "urgence"]
    special = {"dossier": "dossier-de-presse"}
    assert all(kind.template == f"types/{special.get(name, name)}.html" for name, kind in TYPES.items() if kind.has_page)
    assert TYPES["service"].label() == "Service" and TYPES["theme"].label("en") == "Topic"
    assert TYPES["theme"].label("iu") == "Thème"


def test_toute_cle_a_un_nom_et_un_exemple_permis():
    for kind in TYPES.values():
        for key, field in kind.fields.items():
            assert field.label and key.islower() and field.help + field.label
            if not field.fields:
                wrong = [error for error in kind.errors({"title": "T", key: field.example}) if list(error.instance_path)[:1] == [key]]
                assert wrong == [], (kind.name, key)


def test_la_page_de_reference_est_a_jour():
    """Si ce test échoue : python -m fleuve.content_type > docs/reference-types.md"""
    assert (ROOT / "docs" / "reference-types.md").read_text(encoding="utf-8") == render(TYPES)


# --- Right documents -------------------------------------------------------------------------------------------------------

RIGHT = [
    "title: A\n",
    "title: A\ndescription: B\ndate: 2026-05-04\n",
    "title: A\norganismes: []\ntitre_court:\nmots_cles:\n",
    "title: A\nlang: iu-Cans\nslug: a-b-2\nordre: 0\nembargo: 2026-05-04 09:30\nexpiration: 2026-12-31\n",
    "title: A\nretire:\n  date: 2026-01-01\n  raison: Fini.\n  remplace_par: sante/x.md\n",
    "title: A\nretire: {date: 2026-01-01, remplace_par: 'https://x.quebec/y'}\n",
    "title: A\nvoir_aussi: [sante/vaccination/index.md, 'sante/été 2026/x.md#faq']\ntraduction: sante/y.en.md\n",
    "title: A\ncontact:\n  telephone: 1 800 555-0101, poste 3\n  courriel: a.b+c@d.gouv.exemple.quebec\n",
    "type: service\ntitle: A\nintroduction: B\nlien_service:\n  url: https://x.quebec/\n",
    "type: service\ntitle: A\nintroduction: B\nautres_facons:\n  - mode: poste\n    texte: C\n",
    "type: etapes\ntitle: A\netapes:\n  - titre: B\n    logique: ou\n    contenus:\n      - texte: C\n        lien: mailto:a@b.quebec\n",
    "type: evenement-de-vie\ntitle: A\nliens:\n  - titre: B\n    lien: sante/x.md\n",
    "type: guide\ntitle: A\nparties: [b.md, c.md]\n",
    "type: organisme\ntitle: A\nsigle: B\nnature: regie\nstatut: a-venir\n",
    "type: mandat\ntitle: A\npersonne: b\nfonction: c\ndebut: 2026-01-01\n",
    "type: publication\ntitle: A\ncategorie: rapport\nisbn: 978-2-550-12345-6\neditions:\n  - annee: 2024\n  - annee: 2024-2025\n",
    "type: publication\ntitle: A\ncategorie: rapport\npieces_jointes:\n  - fichier: ../documents/Rapport annuel.pdf\n    accessible: true\n",
    "type: urgence\ntitle: A\nniveau: danger\nmessage: B\ndebut: 2026-01-01 08:00\nregions: [outaouais]\n",
    "type: formulaire-lien\ntitle: A\nlien: tel:+14185550101\n",
    "type: personne\ntitle: A\n", "type: fonction\ntitle: A\nrang: 1\n", "type: theme\ntitle: A\nmis_en_vedette: [a.md]\n",
]


@pytest.mark.parametrize("text", RIGHT)
def test_documents_justes(text):
    clean, told, held, _ = judge(text)
    assert (told, held) == ("", False)
    assert clean == {key: value for key, value in front_matter.parse(text, "x")[0].items() if value is not None}


# --- Wrong documents -------------------------------------------------------------------------------------------------------

# (front matter, beginning of what the author is told, words of the remedy, kept keys, held back?)
WRONG = [
    # Titles.
    ("", "1:1: Il manque la clé « title » (Titre)", "Commencez le fichier par un en-tête", "", True),
    ("date: 2026-05-04\n", "2:1: Il manque la clé « title » (Titre), obligatoire", "« title: Renouveler", "date", True),
    ("title:\n", "2:1: La clé « title » (Titre), obligatoire dans un document de type « page », est vide.", "par exemple", "", True),
    ("title: ''\n", "2:1: « title » est vide.", "Écrivez une valeur", "", True),
    ("title: 2026\n", "2:1: « title » doit être un texte, et « 2026 » est lu comme un nombre.", 'title: "2026"', "", True),
    ("title: true\n", "2:1: « title » doit être un texte, et « true » est lu comme une valeur vraie ou fausse.", 'title: "true"', "", True),
    ("title: [A]\n", "2:1: « title » ne prend qu’une valeur, et non une liste.", "« title: A »", "", True),
    ("title: {a: b}\n", "2:1: « title » doit être une ligne de texte, et non un groupe de clés.", "guillemets", "", True),
    ("title: " + "a" * 201 + "\n", "2:1: « title » compte 201 caractères ; la limite est de 200.", "Raccourcissez", "", True),
    ("title: |\n  A\n  B\n", "2:1: « title » doit tenir sur une seule ligne.", "sur la ligne de la clé", "", True),
    # Unknown keys.
    ("title: A\norganisme: x\n", "3:1: « organisme » : clé inconnue ; vouliez-vous dire « organismes » ?", "Corrigez", "title", False),
    ("titre: A\n", "2:1: « titre » : clé inconnue ; vouliez-vous dire « title » ?", "Corrigez", "", True),
    ("title: A\nMots-clés: [b]\n", "3:1: « Mots-clés » : clé inconnue ; vouliez-vous dire « mots_cles » ?", "", "title", False),
    ("title: A\nweight: 3\n", "3:1: « weight » : clé inconnue ; vouliez-vous dire « ordre » ?", "", "title", False),
    ("title: A\ndesc: B\n", "3:1: « desc » : clé inconnue ; vouliez-vous dire « description » ?", "", "title", False),
    ("title: A\nzzz: B\n", "3:1: « zzz » : clé inconnue dans un document de type « page ».", "docs/reference-types.md", "title", False),
    ("title: A\nsigle: B\n", "3:1: « sigle » : clé inconnue dans un document de type « page ».", "« type: organisme »", "title", False),
    ("title: A\nembargos: 2027-01-01\n", "3:1: « embargos » : clé inconnue ; vouliez-vous dire « embargo » ?", "n’est pas publiée",
     "title", True),
    ("title: A\nexpires: 2027-01-01\n", "3:1: « expires » : clé inconnue ; vouliez-vous dire « expiration » ?", "n’est pas publiée",
     "title", True),
    ("title: A\ncontact:\n  tel: '3'\n", "4:3: « tel » : clé inconnue dans « contact ».", "« organisme », « telephone »",
     "title contact", False),
    # What governs publication.
    ("title: A\nembargo: demain\n", "3:1: « embargo » : « demain » n’est pas une date.", "Écrivez-la comme 2026-05-04", "title", True),
    ("title: A\nembargo:\n", "3:1: « embargo » est vide.", "La page n’est pas publiée en attendant.", "title", True),
    ("title: A\nexpiration: 31 décembre 2026\n", "3:1: « expiration » : « 31 décembre 2026 »", "Écrivez 2026-12-31.", "title", True),
    ("title: A\nretire: oui\n", "3:1: « retire » doit être un groupe de clés, et non un texte.", "date: 2026-12-31", "title", True),
    ("title: A\nretire:\n  raison: B\n", "3:1: Il manque la clé « date » (Date du retrait), obligatoire dans « retire ».", "", "title", True),
    ("title: A\nlang: français\n", "3:1: « lang » : « français » ne convient pas.", "un code de langue, comme fr ou en", "title", True),
    ("title: A\nslug: ../x\n", "3:1: « slug » : « ../x » ne peut pas être un identifiant", "Écrivez « x ».", "title", True),
    ("title: A\nslug: Été 2026\n", "3:1: « slug » : « Été 2026 » ne peut pas être un identifiant", "« ete-2026 »", "title", True),
    ("title: A\nslug: a--b\n", "3:1: « slug » : « a--b » ne peut pas être", "« a-b »", "title", True),
    # Dates.
    ("title: A\ndate: 2026-02-30\n", "3:1: « date » : « 2026-02-30 » n’existe pas : février 2026 compte 28 jours.", "2026-05-04",
     "title", False),
    ("title: A\ndate: 2026-05-04 24:00\n", "3:1: « date » : « 2026-05-04 24:00 » : l’heure doit être entre", "", "title", False),
    ("title: A\ndate: 2026\n", "3:1: « date » doit être un texte, et « 2026 » est lu comme un nombre.", "", "title", False),
    ("title: A\nmodifications:\n  - date: 4 mai 2026\n    note: B\n", "4:5: « modifications », élément 1, « date » : « 4 mai 2026 »",
     "Écrivez 2026-05-04.", "title modifications", False),
    # Lists and groups.
    ("title: A\norganismes: ministere-sante\n", "3:1: « organismes » doit être une liste, et non un texte.",
     "« organismes: [ministere-sante] »", "title", False),
    ("title: A\norganismes:\n  -ministere-sante\n", "3:1: « organismes » doit être une liste", "après un tiret et une espace", "title", False),
    ("title: A\norganismes: [Ministère Santé, b]\n", "3:14: « organismes », élément 1 : « Ministère Santé » ne peut pas être",
     "« ministere-sante »", "title organismes", False),
    ("title: A\nmots_cles: [a, 12]\n", "3:16: « mots_cles », élément 2 doit être un texte", '"12"', "title mots_cles", False),
    ("title: A\ncontact: 418 555-0101\n", "3:1: « contact » doit être un groupe de clés, et non un texte.", "« organisme: ", "title", False),
    ("title: A\nordre: premier\n", "3:1: « ordre » doit être un nombre entier, comme 10, et non un texte.", "« ordre: 10 »", "title", False),
    ("title: A\nordre: -1\n", "3:1: « ordre » : « -1 » ne convient pas.", "un nombre entier", "title", False),
    # Paths and addresses.
    ("title: A\nvoir_aussi: [/a/b.md]\n", "3:14: « voir_aussi », élément 1 : le chemin « /a/b.md » commence par une barre", "« a/b.md »",
     "title voir_aussi", False),
    ("title: A\nvoir_aussi: [../b.md]\n", "3:14: « voir_aussi », élément 1 : le chemin « ../b.md » remonte", "sans « .. »",
     "title voir_aussi", False),
    ("title: A\nvoir_aussi: ['a\\b.md']\n", "3:14: « voir_aussi », élément 1 : le chemin", "« a/b.md »", "title voir_aussi", False),
    ("title: A\nvoir_aussi: [sante]\n", "3:14: « voir_aussi », élément 1 : « sante » n’est pas le chemin d’un fichier .md.",
     "« sante/index.md »", "title voir_aussi", False),
    ("title: A\nvoir_aussi: [https://x.quebec]\n", "3:14: « voir_aussi », élément 1 : « https://x.quebec » est une adresse Web", "texte",
     "title voir_aussi", False),
    ("title: A\ncontact:\n  courriel: moi\n", "4:3: « contact », « courriel » : « moi » ne convient pas.", "une adresse de courriel",
     "title contact", False),
    ("title: A\ncontact:\n  telephone: appelez\n", "4:3: « contact », « telephone » : « appelez » ne convient pas.", "418 555-0123",
     "title contact", False),
    ("type: formulaire-lien\ntitle: A\nlien: javascript:alert(1)\n", "4:1: « lien » : les liens « javascript: » ne sont pas permis.",
     "http, https, mailto et tel", "type title", False),
    ("type: formulaire-lien\ntitle: A\nlien: JavaScript:alert(1)\n", "4:1: « lien » : les liens « JavaScript: »", "", "type title", False),
    ("type: formulaire-lien\ntitle: A\nlien: data:text/html,x\n", "4:1: « lien » : les liens « data: »", "", "type title", False),
    ("type: formulaire-lien\ntitle: A\nlien: www.x.quebec\n", "4:1: « lien » : il manque le début de l’adresse", "« https://www.x.quebec »",
     "type title", False),
    ("type: formulaire-lien\ntitle: A\nlien: a@b.quebec\n", "4:1: « lien » : « a@b.quebec » n’est pas une adresse complète.",
     "« mailto:a@b.quebec »", "type title", False),
    ("type: formulaire-lien\ntitle: A\nlien: https://x.quebec/a b\n", "4:1: « lien » : l’adresse « https://x.quebec/a b » contient une espace",
     "%20", "type title", False),
    ("type: formulaire-lien\ntitle: A\nlien: //x.quebec/\n", "4:1: « lien »", "", "type title", False),
    # Choices.
    ("type: organisme\ntitle: A\nsigle: B\nnature: Régie\nstatut: actiff\n", "5:1: « nature » : « Régie » n’est pas une valeur permise. "
     "Vouliez-vous dire « regie » ?", "Valeurs permises : actif, fusionne", "type title sigle", False),
    ("type: publication\ntitle: A\ncategorie: rapport\npieces_jointes:\n  - fichier: a.pdf\n    accessible: oui\n",
     "7:5: « pieces_jointes », élément 1, « accessible » doit être true (oui) ou false (non), et non « oui ».", "« accessible: true »",
     "type title categorie pieces_jointes", False),
    ("type: publication\ntitle: A\ncategorie: rapport\npieces_jointes:\n  - fichier: ../../a.pdf\n",
     "6:5: Le chemin de « pieces_jointes », élément 1, « fichier » sort du dossier de contenu.", "Déposez", "type title categorie pieces_jointes",
     False),
    # Types.
    ("type: servise\ntitle: A\n", "2:1: Le type « servise » n’existe pas ; le document est traité comme une page. "
     "Vouliez-vous dire « service » ?", "Types permis : alerte, avis-aux-medias,", "type title", False),
    ("type: Événement de vie\ntitle: A\n", "2:1: « type » : « Événement de vie » ne peut pas être un identifiant", "evenement-de-vie", "title", False),
    ("type: [page]\ntitle: A\n", "2:1: Le type", "", "title", False),
    # Required keys of a type.
    ("type: service\ntitle: A\nintroduction: B\n", "2:1: Il faut au moins une de ces clés : « lien_service » (Service en ligne) ou "
     "« autres_facons »", "url: https://", "type title introduction", False),
    ("type: etapes\ntitle: A\netapes: []\n", "4:1: « etapes » est une liste vide.", "- titre: Choisir un nom", "type title", False),
    ("type: service\ntitle: A\nintroduction: B\nautres_facons:\n  - mode: poste\n  - mode: poste\n    texte: C\n",
     "6:5: Il manque la clé « texte » (Marche à suivre), obligatoire dans « autres_facons », élément 1.", "", "type title introduction autres_facons",
     False),
]

BAD_TYPOGRAPHY = re.compile(r"« | »|[\w»] [;?!](?:\s|$)|» : ")


@pytest.mark.parametrize(("text", "message", "remedy", "kept", "held"), WRONG)
def test_erreurs_expliquees(text, message, remedy, kept, held):
    clean, told, is_held, _ = judge(text)
    assert any(line.startswith(f"sante/x.md:{message}") for line in told.split("\n")), told
    assert remedy in told, told
    assert " ".join(clean) == kept
    assert is_held is held


@pytest.mark.parametrize("text", [case[0] for case in WRONG])
def test_les_messages_sont_du_bon_francais(text):
    meta, _ = front_matter.parse(text, "x.md")
    kind, problems = find(meta, "x.md", text)
    problems += kind.validate(meta, "x.md", text)[1]
    for problem in problems:
        for part in (problem.message, problem.remedy):
            assert not BAD_TYPOGRAPHY.search(part), part
            assert part and (part[0].isupper() or part[0] == "«"), part
            assert part.rstrip()[-1] in ".?\"»" and ".." not in part.replace("« .. »", "").replace("../", "").replace("«\u00a0..\u00a0»", ""), part
        assert problem.severity == ERROR and re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.code)


def test_ce_qui_est_garde_est_toujours_juste():
    for text, *_ in WRONG:
        clean, _, _, kind = judge(text)
        leftover = [error for error in kind.errors(clean) if list(error.instance_path)]
        assert leftover == [], text


def test_un_element_faux_est_ote_sans_toucher_aux_autres():
    clean, told, _, _ = judge("type: service\ntitle: A\nintroduction: B\nautres_facons:\n  - mode: poste\n    texte: C\n"
                              "  - mode: pigeon\n    texte: D\n  - mode: comptoir\n    texte: E\n    foo: F\n")
    assert clean["autres_facons"] == [{"mode": "poste", "texte": "C"}, {"mode": "comptoir", "texte": "E"}]
    assert "8:5:" in told and "12:5:" in told


def test_les_problemes_suivent_l_ordre_du_fichier():
    _, problems, _ = TYPES["page"].validate(*_read("zzz: 1\ntitle: A\ndate: b\nyyy: 2\n"))
    assert [problem.line for problem in problems] == [2, 4, 5]


def _read(text: str):
    return front_matter.parse(text, "x.md")[0], "x.md", text


def test_un_yaml_illisible_n_est_explique_qu_une_fois():
    clean, told, held, _ = judge('title: "A\n')
    assert (clean, held) == ({}, True) and told.count("\n") == 0


def test_des_milliers_d_erreurs_sont_dites_vite_et_en_partie():
    text = "title: A\n" + "".join(f"cle_{n}: {n}\n" for n in range(4000))
    start = time.perf_counter()
    clean, told, held, _ = judge(text)
    assert time.perf_counter() - start < 5 and clean == {"title": "A"} and held
    assert told.count("\n") == 99


# --- What the engine asks --------------------------------------------------------------------------------------------------


def test_references():
    text = """\
title: A
organismes: [a, b]
themes: [sante]
publics: [aines]
regions: [laval]
contact: {organisme: c}
voir_aussi: ["d.md#x"]
traduction: e.en.md
retire: {date: 2026-01-01, remplace_par: f.md}
type: service
introduction: B
lien_service: {url: "https://x.quebec"}
formulaires: [g]
"""
    clean, told, _, kind = judge(text)
    assert told == ""
    assert kind.references(clean) == [
        ("organisme", "a", "/organismes/0"), ("organisme", "b", "/organismes/1"), ("theme", "sante", "/themes/0"),
        ("public", "aines", "/publics/0"), ("region", "laval", "/regions/0"), ("organisme", "c", "/contact/organisme"),
        ("document", "d.md", "/voir_aussi/0"), ("document", "e.en.md", "/traduction"), ("document", "f.md", "/retire/remplace_par"),
        ("formulaire-lien", "g", "/formulaires/0"),
    ]


@pytest.mark.parametrize(("text", "found"), [
    ("type: mandat\npersonne: p\nfonction: f\ndebut: 2026-01-01\n", [("personne", "p", "/personne"), ("fonction", "f", "/fonction")]),
    ("type: guide\nparties: [a.md]\n", [("partie", "a.md", "/parties/0")]),
    ("type: publication\ncategorie: rapport\npieces_jointes:\n  - fichier: a.pdf\n    version_html: b.md\n",
     [("media", "a.pdf", "/pieces_jointes/0/fichier"), ("document", "b.md", "/pieces_jointes/0/version_html")]),
    ("type: etapes\netapes:\n  - titre: A\n    contenus:\n      - {texte: B, lien: 'https://x.quebec'}\n      - {texte: C, lien: c.md}\n",
     [("document", "c.md", "/etapes/0/contenus/1/lien")]),
    ("type: organisme\nsigle: A\nnature: regie\nstatut: fusionne\nsuccesseurs: [b]\nministre: m\nrattachement: c\n",
     [("organisme", "b", "/successeurs/0"), ("fonction", "m", "/ministre"), ("organisme", "c", "/rattachement")]),
    ("date: 2026-05-04\n", []),
])
def test_references_par_type(text, found):
    clean, told, _, kind = judge("title: A\n" + text)
    assert told == "" and kind.references(clean) == found


def test_periodes():
    day = 86400
    clean, _, _, kind = judge("type: urgence\ntitle: A\nniveau: danger\nmessage: B\ndebut: 2026-05-04 06:00\nfin: 2026-05-05\n")
    start = instant.to_epoch("2026-05-04")
    assert kind.interval(clean) == (start + 6 * 3600, start + 2 * day)
    assert kind.publication_interval(clean) == (None, None)
    clean, _, _, kind = judge("title: A\nembargo: 2026-05-04\nexpiration: 2026-05-04\n")
    assert kind.interval(clean) == (None, None)
    assert kind.publication_interval(clean) == (start, start + day)
    clean, _, _, kind = judge("type: mandat\ntitle: A\npersonne: b\nfonction: c\ndebut: 2026-05-04\n")
    assert kind.interval(clean) == (start, None)


def test_valeurs_publiques():
    clean, _, _, kind = judge("type: organisme\ntitle: A\nsigle: B\nnature: regie\nstatut: actif\nmission: C\n")
    assert kind.card_extra(clean) == {"sigle": "B", "nature": "regie", "statut": "actif"}
    assert TYPES["page"].card_extra({"title": "A"}) == {}
    assert TYPES["urgence"].card_fields == ("niveau", "message", "debut", "fin", "regions", "lien")


def test_le_contenu_de_l_exemple_est_juste():
    wrong = []
    for path in sorted((ROOT / "contenu").rglob("*.md")):
        name = path.relative_to(ROOT / "contenu").as_posix()
        if not name.startswith("_fragments"):
            parts = front_matter.split(path.read_bytes(), name)
            wrong += parts.problems + [line for line in judge(parts.text, name)[1].split("\n") if line]
    assert wrong == []


# --- Type files ------------------------------------------------------------------------------------------------------------

COMMON = """\
formes:
  ligne: {attendu: une ligne, schema: {type: string}}
champs:
  title: {libelle: Titre, forme: ligne, requis: true}
"""
GOOD = "nom: {fr: Chose}\ndescription: Une chose.\npage: true\ngabarit: types/chose.html\nchamps: {}\n"


@pytest.mark.parametrize(("text", "message"), [
    (GOOD + "fiche: [zut]\n", "le champ « zut » n’existe pas"),
    (GOOD + "couleur: bleu\n", "clé inconnue « couleur »"),
    (GOOD.replace("gabarit: types/chose.html\n", ""), "il manque « gabarit »"),
    (GOOD.replace("{}", "{x: {libelle: X}}"), "il faut « forme », « choix » ou « champs »"),
    (GOOD.replace("{}", "{x: {forme: ligne}}"), "il manque « libelle »"),
    (GOOD.replace("{}", "{x: {libelle: X, forme: ligne, obligatoire: true}}"), "clé inconnue « obligatoire »"),
    (GOOD + "nom: {fr: Encore}\n", "deux fois"),
    ("nom: [", "chose.yml"),
])
def test_un_fichier_de_type_faux_est_nomme(tmp_path, text, message):
    (tmp_path / "_commun.yml").write_text(COMMON, encoding="utf-8")
    (tmp_path / "chose.yml").write_text(text, encoding="utf-8")
    with pytest.raises(TypeFileError) as caught:
        load(tmp_path)
    shown = str(caught.value).replace("\u00a0", " ")
    assert message in shown and "chose.yml" in shown


def test_ajouter_un_type_n_ajoute_que_son_fichier(tmp_path):
    (tmp_path / "_commun.yml").write_text(COMMON, encoding="utf-8")
    (tmp_path / "page.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "recette.yml").write_text(
        GOOD.replace("Chose", "Recette").replace("{}", "\n  plats: {libelle: Plats, liste: true, forme: ligne}"), encoding="utf-8")
    kind = load(tmp_path)["recette"]
    assert kind.validate({"title": "A", "plats": ["b"]}, "x.md") == ({"title": "A", "plats": ["b"]}, [], False)
    assert kind.label("en") == "Recette"
    assert "recette" in render(load(tmp_path))


# --- Properties ------------------------------------------------------------------------------------------------------------

_leaf = st.none() | st.booleans() | st.integers(-10**6, 10**6) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    ["", " ", "a", "ministere-sante", "2026-05-04", "2026-02-30", "https://x.quebec", "javascript:x", "../x.md", "x.md", "actif", "A\nB", "é" * 300])
_any = st.recursive(_leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["date", "note", "titre", "texte", "contenus", "url", "zut"]), inner, max_size=3), max_leaves=8)


@settings(max_examples=600, deadline=None)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_juger_ne_leve_jamais_et_garde_du_juste(name, data):
    kind = TYPES[name]
    keys = st.sampled_from([*kind.fields, "zut", "embargos", "organisme"])
    meta = data.draw(st.dictionaries(keys, _any, max_size=6))
    before = repr(meta)
    clean, problems, held = kind.validate(meta, "sante/x.md", "")
    assert repr(meta) == before
    assert [error for error in kind.errors(clean) if list(error.instance_path)] == []
    assert held or "title" in clean
    if clean != meta:
        assert problems or None in meta.values() or "None" in before
    assert kind.validate(clean, "sante/x.md", "")[0] == clean
    kind.references(clean), kind.interval(clean), kind.publication_interval(clean), kind.card_extra(clean)


def test_l_ordre_des_types_et_des_cles_ne_depend_pas_du_hasard():
    names = list(TYPES)
    random.shuffle(names)
    assert list(load()) == sorted(names)
    assert content_type.DEFAULT in TYPES
