"""What happens when something is wrong in the content: a table that an editor can read.

Each case is one mistake beside a page that is right. Whatever the mistake, the page that is right is published, the problem is told in French with its
place, no other file is lost, and nothing dangerous reaches the site.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import Site

GOOD = "---\ntitle: Bonne page\norganismes: [ministere-sante]\n---\nTexte sans faute."
ORGANISM = "---\ntitle: Ministère de la Santé\ntype: organisme\nsigle: MS\nnature: ministere\nstatut: actif\n---\nMission."
BOMB = 'a: &a ["x","x"]\n' + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))
MERGE_BOMB = "a: &a {x: {fr: X}}\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [{', '.join(['*' + chr(97 + n)] * 10)}]}}\n" for n in range(8))


@dataclass
class Case:
    """files: what is written. at: file and line of the problem. code, words: how it is told. exit: 1, or 0 for a warning. shows: texts of published pages, {file of
    the site: text}. hides: files that must not be in the site."""

    name: str
    files: dict[str, str | bytes]
    at: tuple[str, int]
    code: str
    words: str
    exit: int = 1
    shows: dict[str, str] = field(default_factory=dict)
    hides: tuple[str, ...] = ()


def page(header: str, body: str = "Texte.") -> str:
    """A document with these lines in its front matter."""
    return f"---\n{header}\n---\n{body}"


def of_body(body: str) -> dict[str, str]:
    """A page whose only fault is in its body."""
    return {"mal.md": page("title: Mal\norganismes: [ministere-sante]", body)}


PUBLISHED = {"mal/index.html": "<h1"}
HIDDEN = ("mal/index.html", "api/contenu/mal.json")

CASES = [
    # The front matter.
    Case("YAML invalide", {"mal.md": page("title: [Mal")}, ("mal.md", 2), "yaml-invalide", "« title »", hides=HIDDEN),
    Case("deux-points dans un titre", {"mal.md": page("title: Santé : les vaccins")}, ("mal.md", 2), "yaml-invalide", "guillemets", hides=HIDDEN),
    Case("tabulation", {"mal.md": page("title: Mal\ncontact:\n\ttelephone: 418 555-0100")}, ("mal.md", 4), "yaml-invalide", "tabulation", hides=HIDDEN),
    Case("clé inconnue", {"mal.md": page("title: Mal\norganisme: ministere-sante")}, ("mal.md", 3), "cle-inconnue", "« organismes »", shows=PUBLISHED),
    Case("mauvais genre de valeur", {"mal.md": page("title: Mal\nordre: premier")}, ("mal.md", 3), "valeur-du-mauvais-genre", "nombre entier", shows=PUBLISHED),
    Case("date impossible", {"mal.md": page("title: Mal\ndate: 2026-02-30")}, ("mal.md", 3), "date-invalide", "28 jours", shows=PUBLISHED),
    Case("embargo illisible", {"mal.md": page("title: Mal\nembargo: bientôt")}, ("mal.md", 3), "date-invalide", "bientôt", hides=HIDDEN),
    Case("titre absent", {"mal.md": page("description: Sans titre")}, ("mal.md", 2), "cle-manquante", "« title »", hides=HIDDEN),
    Case("type inconnu", {"mal.md": page("type: servise\ntitle: Mal")}, ("mal.md", 2), "type-inconnu", "service"),
    Case("en-tête jamais fermé", {"mal.md": "---\ntitle: Mal\n\nTexte."}, ("mal.md", 1), "en-tete-non-ferme", "« --- »", hides=HIDDEN),
    Case("clé écrite deux fois", {"mal.md": page("title: Mal\ntitle: Autre")}, ("mal.md", 3), "cle-en-double", "deux fois", hides=HIDDEN),
    Case("slug qui remonte", {"mal.md": page("title: Mal\nslug: ../../etc/cron")}, ("mal.md", 3), "identifiant-invalide", "« ../../etc/cron »", hides=HIDDEN),
    Case("bombe YAML", {"mal.md": page("title: Mal\n" + BOMB)}, ("mal.md", 3), "yaml-ancre", "ancres", hides=HIDDEN),
    Case("cent niveaux de crochets", {"mal.md": page("title: Mal\ntags: " + "[" * 100 + "]" * 100)}, ("mal.md", 3), "yaml-profondeur", "imbriqués", hides=HIDDEN),
    Case("en-tête énorme", {"mal.md": page("title: Mal\ndescription: " + "x" * 70_000)}, ("mal.md", 2), "en-tete-trop-gros", "64 ko", hides=HIDDEN),
    # References.
    Case("organisme inconnu", {"mal.md": page("title: Mal\norganismes: [ministere-sant]")}, ("mal.md", 3), "reference-inconnue", "« ministere-sante »", shows=PUBLISHED),
    Case("thème inconnu", {"mal.md": page("title: Mal\nthemes: [nulle-part]")}, ("mal.md", 3), "reference-inconnue", "thème", shows=PUBLISHED),
    Case("région inconnue", {"mal.md": page("title: Mal\nregions: [estri]")}, ("mal.md", 3), "reference-inconnue", "« estrie »", shows=PUBLISHED),
    Case("public inconnu", {"mal.md": page("title: Mal\npublics: [martiens]")}, ("mal.md", 3), "reference-inconnue", "public", shows=PUBLISHED),
    Case("document inconnu", {"mal.md": page("title: Mal\nvoir_aussi: [absent.md]")}, ("mal.md", 3), "reference-inconnue", "« absent.md »", shows=PUBLISHED),
    # The file itself.
    Case("Windows-1252", {"mal.md": "---\ntitle: Santé\n---\n".encode("windows-1252")}, ("mal.md", 2), "encodage", "UTF-8", hides=HIDDEN),
    Case("UTF-16", {"mal.md": GOOD.encode("utf-16")}, ("mal.md", 1), "encodage", "UTF-16", hides=HIDDEN),
    Case("BOM", {"mal.md": b"\xef\xbb\xbf" + GOOD.encode()}, ("mal.md", 1), "bom", "BOM", 0, {"mal/index.html": "Texte sans faute."}),
    Case("fichier vide", {"mal.md": b""}, ("mal.md", 1), "fichier-vide", "vide", hides=HIDDEN),
    Case("rien que des espaces", {"mal.md": b" \n\t\n"}, ("mal.md", 1), "fichier-vide", "vide", hides=HIDDEN),
    Case("page de 50 Mo", {"mal.md": GOOD.encode() + b"x" * (50 * 1024 * 1024)}, ("mal.md", 1), "document-trop-gros", "50,0 Mo", hides=HIDDEN),
    Case("caractère de contrôle dans le nom", {"mal\x07.md": GOOD}, ("mal\\x07.md", 1), "nom-de-fichier", "Renommez"),
    Case("nom qui n’est pas de l’UTF-8", {os.fsdecode(b"mal\xe9.md"): GOOD}, ("mal\\udce9.md", 1), "nom-de-fichier", "Renommez"),
    Case("nom avec espaces et accents", {"Santé publique/Été 2026.md": GOOD}, ("Santé publique/Été 2026.md", 1), "nom-inhabituel", "accents", 0,
         {"sante-publique/ete-2026/index.html": "Texte sans faute.", "api/contenu/sante-publique/ete-2026.json": "Texte sans faute."}),
    Case("deux pages à la même adresse", {"mal.md": page("title: Mal\nslug: bien"), "bien.md": page("title: Bien", "La première.")}, ("mal.md", 1), "adresse-en-double", "bien.md",
         shows={"bien/index.html": "La première."}),
    Case("une page et un dossier à la même adresse", {"mal.md": page("title: Mal"), "mal/index.md": page("title: Dossier", "L’index.")}, ("mal/index.md", 1), "adresse-en-double", "mal.md",
         shows={"mal/index.html": "Texte."}),
    Case("trois cents niveaux de dossiers", {"/".join(["d"] * 300) + "/mal.md": GOOD}, ("/".join(["d"] * 21), 1), "trop-profond", "20 niveaux"),
    # The body.
    Case("lien vers nulle part", of_body("Un.\n\n[Lien](absent.md)"), ("mal.md", 7), "lien-brise", "« absent.md »", 0, {"mal/index.html": "Lien"}),
    Case("image absente", of_body("![Une image](absente.png)"), ("mal.md", 5), "lien-brise", "« absente.png »", 0, PUBLISHED),
    Case("lien qui sort du contenu", of_body("[Lien](../../../../etc/passwd)"), ("mal.md", 5), "lien-brise", "passwd", 0, PUBLISHED),
    Case("ancre absente", of_body("[Lien](bon.md#nulle-part)"), ("mal.md", 5), "lien-brise", "ancre", 0, PUBLISHED),
    Case("fragment inconnu", of_body("[[inclure: absent]]"), ("mal.md", 5), "fragment-introuvable", "« absent »", shows=PUBLISHED),
    Case("fragment au nom qui remonte", of_body("[[inclure: ../site]]"), ("mal.md", 5), "inclusion-invalide", "lettres minuscules", shows=PUBLISHED),
    Case("boucle d’inclusions", {**of_body("[[inclure: a]]"), "_fragments/a.md": "[[inclure: b]]", "_fragments/b.md": "[[inclure: a]]"}, ("mal.md", 5), "boucle-d-inclusions", "a → b → a", shows=PUBLISHED),
    Case("inclusions qui enflent", {**of_body("[[inclure: a]]\n" * 300), "_fragments/a.md": "[[inclure: b]]\n" * 300, "_fragments/b.md": "[[inclure: c]]\n" * 300, "_fragments/c.md": "c"},
         ("mal.md", 5), "inclusions-trop-longues", "2 millions", shows=PUBLISHED),
    Case("composant inconnu", of_body("::: acordeon Titre\nTexte.\n:::"), ("mal.md", 5), "composant-inconnu", "« accordeon »", shows={"mal/index.html": "Texte."}),
    Case("composant jamais fermé", of_body("Un.\n\n::: accordeon Titre\nTexte."), ("mal.md", 7), "composant-non-ferme", "« ::: »", shows={"mal/index.html": "Texte."}),
    Case("composants trop imbriqués", of_body("::: encadre A\n" * 20 + "Texte.\n" + ":::\n" * 20), ("mal.md", 5), "composants-trop-imbriques", "8", shows={"mal/index.html": "Texte."}),
    Case("balise script", of_body("Un.\n\n<script>alert('vilain')</script>"), ("mal.md", 7), "balise-interdite", "<script>", shows=PUBLISHED),
    Case("attribut onclick", of_body('<b onclick="vilain()">Gras</b>'), ("mal.md", 5), "gestionnaire-interdit", "« onclick »", shows={"mal/index.html": "<b>Gras</b>"}),
    Case("lien javascript en Markdown", of_body("[Clic](javascript:vilain())"), ("mal.md", 5), "adresse-interdite", "javascript", shows={"mal/index.html": "Clic"}),
    Case("lien javascript en HTML", of_body('<a href="JavaScript&#58;vilain()">Clic</a> <a href=" javascript:vilain()">Clac</a>'), ("mal.md", 5), "adresse-interdite", "javascript", shows={"mal/index.html": "Clac"}),
    Case("lien data", of_body("![x](data:image/svg+xml;base64,PHN2Zz4=)"), ("mal.md", 5), "adresse-interdite", "data", shows=PUBLISHED),
    # Data files.
    Case("bombe YAML dans un vocabulaire", {"_vocabulaires/publics.yml": BOMB}, ("_vocabulaires/publics.yml", 1), "yaml-ancre", "ancres"),
    Case("bombe YAML dans le glossaire", {"_glossaire/sigles.yml": MERGE_BOMB}, ("_glossaire/sigles.yml", 1), "yaml-ancre", "ancres"),
    Case("glossaire qui est une liste", {"_glossaire/sigles.yml": "- PME\n"}, ("_glossaire/sigles.yml", 1), "donnees-invalides", "sigle"),
    Case("vocabulaire sans identifiants", {"_vocabulaires/publics.yml": "- Familles\n"}, ("_vocabulaires/publics.yml", 1), "donnees-invalides", "liste"),
    Case("YAML invalide dans le glossaire", {"_glossaire/sigles.yml": "PME: {fr: Petite\n"}, ("_glossaire/sigles.yml", 1), "yaml-invalide", "PME"),
    Case("glossaire énorme", {"_glossaire/sigles.yml": b"# x\n" * 300_000}, ("_glossaire/sigles.yml", 1), "fichier-trop-gros", "1 Mo"),
    Case("glossaire en Windows-1252", {"_glossaire/sigles.yml": "NAS: {fr: Numéro}".encode("windows-1252")}, ("_glossaire/sigles.yml", 1), "encodage", "UTF-8"),
    Case("fragment en Windows-1252", {"_fragments/joindre.md": "Été".encode("windows-1252")}, ("_fragments/joindre.md", 1), "encodage", "UTF-8"),
    Case("redirection sans en-tête", {"_redirections/a.csv": "/vieux,/bon/,301\n"}, ("_redirections/a.csv", 1), "", "source_host"),
    Case("redirection incomplète", {"_redirections/a.csv": "source_host,source_path,target,status\n,/vieux\n"}, ("_redirections/a.csv", 2), "", "colonnes"),
    Case("redirection en boucle", {"_redirections/a.csv": "source_host,source_path,target,status\n,/a,/b,301\n,/b,/a,301\n"}, ("_redirections/a.csv", 2), "redirection-en-boucle", "tourne en rond"),
    Case("redirection en Windows-1252", {"_redirections/a.csv": "source_host,source_path,target,status\n,/été,/bon/,301\n".encode("windows-1252")}, ("_redirections/a.csv", 2), "", "UTF-8"),
]


def prepare(site: Site) -> None:
    """What is right in the site."""
    site.write("index.md", page("title: Accueil\norganismes: [ministere-sante]"))
    site.write("bon.md", GOOD)
    site.write("organismes/ministere-sante.md", ORGANISM)
    site.write("_vocabulaires/regions.yml", "- {id: estrie, fr: Estrie, en: Estrie}\n")


def place(site: Site, path: str, text: str | bytes) -> None:
    """Write a file, however deep or oddly named."""
    here = os.getcwd()
    *folders, name = path.split("/")
    os.chdir(site.content)
    try:
        for folder in folders:  # one by one: the whole path may be longer than the system takes
            os.makedirs(folder, exist_ok=True)
            os.chdir(folder)
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    finally:
        os.chdir(here)


def published(site: Site) -> str:
    """Everything that the site publishes, in one text: theme files apart."""
    return "\n".join(p.read_text("utf-8", "replace") for p in sorted(site.out.rglob("*")) if p.is_file() and p.suffix not in (".js", ".css", ".woff2"))


def in_french(problem: dict) -> None:
    """Messages are sentences with real typography: insecable spaces, curly apostrophes, no English."""
    for text in (problem["message"], problem["remedy"]):
        quoted = re.sub(r"«\u00a0.*?\u00a0»", "«»", text)
        assert not re.search(r" [:;?!»]|« ", text), text
        assert not re.search(r"\w'\w", quoted), text
        assert not re.search(r"\b(the|error|not|invalid|expected|found|file|line|Errno)\b", quoted), text
        assert text[0].isupper() or text[0] in "«’" or text[0].isdigit(), text
    assert problem["message"].rstrip().endswith((".", "?", "!", "»"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_mistake(site, case):
    prepare(site)
    for path, text in case.files.items():
        place(site, path, text)
    started = time.monotonic()
    result = site.build("--jobs", "1")
    assert time.monotonic() - started < 20

    found = [p for p in result.problems() if p["file"] == case.at[0] and p["code"].startswith(case.code) and case.words in f"{p['message']} {p['remedy']}".replace("\u00a0", " ")]
    assert found, result.problems()
    assert found[0]["line"] == case.at[1] and found[0]["column"] >= 1, found
    assert found[0]["severity"] == ("erreur" if case.exit else "avertissement")
    assert result.code == case.exit, result.problems()
    assert "Traceback" not in result.said
    for problem in result.problems():
        in_french(problem)

    assert "Texte sans faute." in site.read("bon/index.html")
    for path, text in case.shows.items():
        assert text in site.read(path), path
    for path in case.hides:
        assert not (site.out / path).exists(), path
    everything = published(site)
    assert "vilain" not in re.sub(r"\[Clic\]\(javascript:vilain\(\)\)", "", everything) and "onclick" not in everything and "javascript:" not in everything.lower()


def test_all_mistakes_at_once(site):
    """Each is told, in the order of the files, and none hides another."""
    prepare(site)
    wanted = set()
    for number, case in enumerate(c for c in CASES if list(c.files) == ["mal.md"] and c.code and "50 Mo" not in c.name):
        place(site, f"mal-{number:02}.md", case.files["mal.md"])
        wanted.add((f"mal-{number:02}.md", case.code, case.at[1]))
    result = site.build("--jobs", "2")
    told = [(p["file"], p["code"], p["line"]) for p in result.problems()]
    assert result.code == 1 and wanted <= set(told), wanted - set(told)
    errors = [p["file"] for p in result.report["errors"]]
    assert errors == sorted(errors)
    assert "Texte sans faute." in site.read("bon/index.html")


def test_windows_line_ends_change_nothing(site):
    text = "---\ntitle: Une page\norganismes: [ministere-sante]\ndescription: |\n  Deux\n  lignes\n---\nUn.\n\n- a\n- b\n\n::: accordeon Titre\nTexte.\n:::\n\n[[inclure: joindre]]\n"
    prepare(site)
    site.write("_fragments/joindre.md", "Appelez.\n\nÉcrivez.\n")
    site.write("page.md", text)
    assert site.build().code == 0
    before = site.tree()
    site.write("page.md", text.replace("\n", "\r\n").encode())
    site.write("_fragments/joindre.md", b"Appelez.\r\n\r\n\xc3\x89crivez.\r\n")
    assert site.build().code == 0
    assert site.tree() == before


def test_symbolic_links_that_leave_the_content(site):
    prepare(site)
    secret = site.root / "secret.txt"
    secret.write_text("mot de passe", "utf-8")
    (site.root / "dossier").mkdir()
    (site.root / "dossier" / "interne.md").write_text(page("title: Interne", "mot de passe"), "utf-8")
    (site.content / "fuite.md").symlink_to(secret)
    (site.content / "fuite.txt").symlink_to("/etc/passwd")
    (site.content / "dossier").symlink_to(site.root / "dossier")
    (site.content / "boucle").symlink_to(site.content)
    (site.content / "mort.md").symlink_to("nulle-part.md")
    (site.content / "copie.md").symlink_to("bon.md")
    result = site.build()
    assert {p["file"] for p in result.report["errors"] if p["code"] == "lien-symbolique"} == {"fuite.md", "fuite.txt", "dossier", "boucle", "mort.md"}
    assert result.code == 1 and "mot de passe" not in published(site) and "root:" not in published(site)
    assert "Texte sans faute." in site.read("copie/index.html")


def test_a_folder_named_like_a_document(site):
    prepare(site)
    site.write("dossier.md/page.md", page("title: Dedans"))
    result = site.build()
    assert not result.report["errors"], result.report["errors"]
    assert "Dedans" in site.read("dossier-md/page/index.html")


def test_special_files_are_left_alone(site):
    prepare(site)
    os.mkfifo(site.content / "tuyau.md")
    assert site.build().code == 0
    assert not list(site.out.rglob("*tuyau*"))


@pytest.mark.parametrize("path", ["mal.md", "_glossaire/sigles.yml", "_fragments/joindre.md", "_redirections/a.csv", "image.png"])
def test_a_file_that_cannot_be_read(path):
    root = Path(tempfile.mkdtemp(prefix="fleuve-essai-"))
    try:
        site = Site(root)
        prepare(site)
        file = site.write(path, GOOD)
        file.chmod(0)
        as_root = os.geteuid() == 0
        if as_root:  # to whom every file is readable
            for item in (root, *root.rglob("*")):
                os.chown(item, 65534, 65534)
            os.seteuid(65534)
        try:
            result = site.build("--jobs", "1")
            assert result.code == 1 and {(path, "fichier-illisible")} <= {(p["file"], p["code"]) for p in result.problems()}, (result.said, result.problems())
            assert "Texte sans faute." in site.read("bon/index.html")
            file.chmod(0o644)
            assert "fichier-illisible" not in site.build("--jobs", "1").codes()
        finally:
            if as_root:
                os.seteuid(0)
    finally:
        shutil.rmtree(root)


def test_an_embargoed_page_is_in_no_file(site):
    """Not its title, not its words, not its name: in pages, API, sitemap, reports, redirects or calendar."""
    prepare(site)
    words = "title: Hausse confidentielle\ndescription: Description confidentielle\norganismes: [ministere-sante]\nmots_cles: [confidentiel]"
    for lang, address in (("", "hausse-confidentielle"), (".en", "confidential-increase")):
        site.write(f"hausse-confidentielle{lang}.md", page(f"{words}\nslug: {address}\nembargo: 2026-07-01 09:00", "Le montant confidentiel.\n\n## Intertitre confidentiel\n"))
    site.write("publications/plan-confidentiel.md", page(f"type: publication\n{words}\ncategorie: rapport\nembargo: 2026-07-01\npieces_jointes:\n  - fichier: confidentiel.pdf"))
    site.write("publications/confidentiel.pdf", b"%PDF le plan confidentiel")
    site.write("publications/index.md", page("title: Publications\norganismes: [ministere-sante]"))
    site.write("_urgences/confidentielle.md", page("type: urgence\ntitle: Alerte confidentielle\nniveau: danger\nmessage: Message confidentiel.\ndebut: 2026-07-01"))
    site.write("annonce.md", page("title: Annonce\norganismes: [ministere-sante]\nvoir_aussi: [hausse-confidentielle.md]", "[Bientôt](hausse-confidentielle.md)"))
    site.build(now="2026-06-30T12:00")
    for file in site.out.rglob("*"):
        assert "confidenti" not in file.name, file
        if file.is_file() and not file.as_posix().endswith("rapports/liens.json"):
            assert b"onfidenti" not in re.sub(rb'"cible":"[^"]*"', b"", file.read_bytes()), file
    assert "lien-brise" in site.build(now="2026-06-30T12:00").codes()
    site.build(now="2026-07-01T09:00")
    assert "Le montant confidentiel." in site.read("hausse-confidentielle/index.html")
    assert (site.out / "publications/confidentiel.pdf").exists() and "Message confidentiel." in site.read("bon/index.html")
    assert site.tree() == site.clean_build(now="2026-07-01T09:00")


SIZE = 400_000


def fill(text: str) -> str:
    """SIZE characters of it."""
    return (text * (SIZE // len(text) + 1))[:SIZE]


HOSTILE = {
    "crochets": fill("["), "citations": fill(">"), "étoiles": fill("*a **a "), "accents graves": fill("` `` ``` "), "liens ouverts": fill("[a]("),
    "clôtures et HTML": "<b>x</b> " + fill("``` "), "signes plus petit que": "<b>x</b> " + fill("< "), "href et espaces": "<a href=" + fill(" "), "attributs": "<b " + fill(" on"),
    "div ouverts": fill("<div>"), "tableaux ouverts": fill("<table><tr><td>"), "notes": "".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(15_000)), "intertitres": fill("# a\n\n"),
    "liens brisés": "".join(f"[a](x{n}.md)\n" for n in range(20_000)), "ancres": "".join(f"[a](#x{n})\n" for n in range(20_000)), "inclusion et espaces": "[[inclure:" + fill(" "),
    "composants ouverts": fill("::: encadre A\n"), "composants inconnus": fill("::: x\n"), "composant et espaces": "::: encadre a" + fill(" ") + "b\n:::\n",
    "attributs collés": "::: encadre {" + "a=a" * 60 + "\n\n:::\n", "scripts": fill("<script>"), "alertes": fill("> [!NOTE]\n> a\n\n"), "langues": fill("[a]{lang=en"), "sigles": fill("NAS "),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_a_bounded_time(site, name):
    prepare(site)
    site.write("_glossaire/sigles.yml", "NAS: {fr: numéro d’assurance sociale}\n")
    site.write("mal.md", page("title: Mal", HOSTILE[name]))
    started = time.process_time()
    result = site.build("--jobs", "1")
    assert time.process_time() - started < 15
    assert result.code in (0, 1) and "Traceback" not in result.said
    assert "Texte sans faute." in site.read("bon/index.html") and (site.out / "mal/index.html").exists()
    assert "<script>" not in site.read("mal/index.html").partition("<main")[2].partition("</main>")[0]


def test_a_hostile_front_matter_takes_a_bounded_time(site):
    prepare(site)
    headers = {"cles": "".join(f"k{n}: 1\n" for n in range(6_000)), "listes": "tags: [" + "a," * 20_000 + "]\n", "guillemets": 'a: "' * 10_000, "tirets": "- " * 20_000, "espaces": "a:" + " " * 60_000 + "b: c\n"}
    for name, header in headers.items():
        site.write(f"{name}.md", f"---\ntitle: Mal\n{header}\n---\nTexte.")
    started = time.process_time()
    result = site.build("--jobs", "1")
    assert time.process_time() - started < 15
    assert result.code == 1 and {f"{name}.md" for name in headers if name != "espaces"} <= {p["file"] for p in result.report["errors"]}
    assert "Texte sans faute." in site.read("bon/index.html")


def test_a_file_is_published_with_the_first_document_that_names_it(site):
    """And leaves the site with the last one; a page that links to it meanwhile is told."""
    prepare(site)
    site.write("index.md", page("title: Accueil\norganismes: [ministere-sante]", "[Le plan](plan.pdf)"))
    site.write("plan.pdf", b"%PDF")
    header = "type: publication\ntitle: Plan\norganismes: [ministere-sante]\ncategorie: rapport\npieces_jointes:\n  - fichier: plan.pdf"
    site.write("a.md", page(f"{header}\nembargo: 2026-07-01"))
    for present in (False, True, False):
        if present:
            site.write("b.md", page(header))
        else:
            (site.content / "b.md").unlink(missing_ok=True)
        result = site.build()
        assert (site.out / "plan.pdf").exists() is present
        assert result.codes() == (set() if present else {"lien-brise"}), result.problems()
        assert site.tree() == site.clean_build()
