"""News: when each is published, what its page says before, during and after, what editors are told, and what stays when it changes.

The tables can be read, and added to, by an editor: each line is what is written, when one looks, and what one sees.
"""

from __future__ import annotations

import json
import re

import pytest
from conftest import PIXEL, Site
from served import serve
from test_accessibility import EVERYTHING, PHONE, axe_errors

from fleuve.content_type import load

pytest_plugins = ["browser"]

NEWS = sorted(name for name, kind in load().items() if kind.is_news)

ORGANISM = "---\ntype: organisme\ntitle: Ministère de la Santé\nsigle: MS\nnature: ministere\nstatut: actif\n---\n"
PEOPLE = {
    "organismes/ministere-sante.md": ORGANISM,
    "gouvernement/personnes/ana-roy.md": "---\ntype: personne\ntitle: Ana Roy\n---\n",
    "gouvernement/personnes/luc-cote.md": "---\ntype: personne\ntitle: Luc Côté\n---\n",
    "gouvernement/fonctions/ministre-sante.md": "---\ntype: fonction\ntitle: Ministre de la Santé\n---\n",
    "gouvernement/fonctions/ministre-familles.md": "---\ntype: fonction\ntitle: Ministre des Familles\n---\n",
    "_mandats/ana-1.md": "---\ntype: mandat\ntitle: Ana 1\npersonne: ana-roy\nfonction: ministre-familles\ndebut: 2024-01-10\nfin: 2025-06-30\n---\n",
    "_mandats/ana-2.md": "---\ntype: mandat\ntitle: Ana 2\npersonne: ana-roy\nfonction: ministre-sante\ndebut: 2025-07-01\n---\n",
    "_contacts_presse/medias-sante.md": "---\ntype: contact-presse\ntitle: Relations avec les médias\norganisme: ministere-sante\ntelephone: 418 555-0111\n---\n",
}
HEAD = "title: Une nouvelle\ndescription: Le chapeau.\norganismes: [ministere-sante]\n"
OWN = {
    "communique": "", "dossier": "", "nomination": "nomme: Camille Picard\nposte: Directrice\n",
    "avis-aux-medias": "evenement: {debut: 2026-06-20 10:00, lieu: Salle 1}\n", "discours": "orateur: ana-roy\noccasion: Congrès\n",
    "alerte": "niveau: danger\ndebut: 2026-06-15 06:00\nfin: 2026-06-18 06:00\nconsignes: Restez chez vous.\n",
    "billet": "auteurs:\n  - ana-roy\n  - {nom: Camille Picard, fonction: biologiste}\n",
    "direct": "debut: 2026-06-15 12:00\nlien: https://diffusion.exemple.quebec/1\n",
}


def item(kind: str = "communique", more: str = "date: 2026-06-01\n", body: str = "Le texte.") -> str:
    """An item of news with what its type asks for."""
    return f"---\ntype: {kind}\n{HEAD}{more}{OWN[kind]}---\n{body}\n"


@pytest.fixture
def newsroom(site: Site) -> Site:
    """A site with an organism, persons, mandates and a press contact, without news."""
    site.write("index.md", "Bienvenue.")
    for path, text in PEOPLE.items():
        site.write(path, text)
    return site


def told(result) -> list[str]:
    """What is told, on lines with ordinary spaces."""
    return [f"{p['file']}:{p['line']}: {p['message']} {p['remedy']}".replace("\u00a0", " ") for p in result.problems()]


def words(html: str) -> str:
    """The text of the main part of a page, on one line, with ordinary spaces."""
    main = html[html.index("<main"): html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\u00a0", " ").replace("&nbsp;", " ").split())


# --- When it is published --------------------------------------------------------------------------------------------------

# In 2026, clocks of Québec skip from 2:00 to 3:00 on March 8 and go back from 2:00 to 1:00 on November 1 (tz database, America/Toronto).
# (what is written, the last minute without the page, the first minute with it), both in universal time.
PUBLISHED = {
    "winter": ("embargo: 2026-01-15 09:30", "2026-01-15T14:29Z", "2026-01-15T14:30Z"),
    "summer": ("embargo: 2026-07-02 09:30", "2026-07-02T13:29Z", "2026-07-02T13:30Z"),
    "before the skipped hour": ("embargo: 2026-03-08 01:59", "2026-03-08T06:58Z", "2026-03-08T06:59Z"),
    "in the skipped hour": ("embargo: 2026-03-08 02:30", "2026-03-08T07:29Z", "2026-03-08T07:30Z"),
    "after the skipped hour": ("embargo: 2026-03-08 03:00", "2026-03-08T06:59Z", "2026-03-08T07:00Z"),
    "in the repeated hour, the first": ("embargo: 2026-11-01 01:30", "2026-11-01T05:29Z", "2026-11-01T05:30Z"),
    "after the repeated hour": ("embargo: 2026-11-01 02:00", "2026-11-01T06:59Z", "2026-11-01T07:00Z"),
    "scheduled by its date": ("date: 2026-07-02", "2026-07-02T03:59Z", "2026-07-02T04:00Z"),
    "scheduled by its date and hour": ("date: 2026-07-02 16:45", "2026-07-02T20:44Z", "2026-07-02T20:45Z"),
    "an embargo is stronger than the date": ("date: 2026-07-01\nembargo: 2026-07-02 09:30", "2026-07-02T13:29Z", "2026-07-02T13:30Z"),
}


def test_published_to_the_minute(newsroom: Site) -> None:
    stems = {case: f"n{number}" for number, case in enumerate(PUBLISHED)}
    for case, (written, *_) in PUBLISHED.items():
        date = "" if "date:" in written else "date: 2026-01-01\n"
        newsroom.write(f"nouvelles/2026/01/{stems[case]}.md", item(more=f"{date}{written}\n"))
    for now in sorted({minute for _, *minutes in PUBLISHED.values() for minute in minutes}):
        newsroom.build("--jobs", "1", now=now)
        there = {case for case in PUBLISHED if (newsroom.out / f"nouvelles/2026/01/{stems[case]}/index.html").exists()}
        assert there == {case for case, (_, _, first) in PUBLISHED.items() if first <= now}, now
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1", now=now)


def test_it_leaves_after_its_expiry(newsroom: Site) -> None:
    newsroom.write("nouvelles/2026/06/a.md", item(more="date: 2026-06-01\nexpiration: 2026-06-20\n"))
    for now, there in (("2026-06-20T23:59", True), ("2026-06-21T00:00", False)):
        newsroom.build("--jobs", "1", now=now)
        assert (newsroom.out / "nouvelles/2026/06/a/index.html").exists() == there


def test_nothing_of_an_item_under_embargo_is_in_any_file(newsroom: Site) -> None:
    secret = (
        "embargo: 2026-07-02 09:30\nlieu: Zibeline\ndossier: dossier-zibeline\ncontacts_presse: [zibeline]\nministres: [ana-roy]\n"
        "medias:\n  - image: zibeline.png\n    texte_de_remplacement: Zibeline\n    credit: Zibeline\npieces_jointes:\n  - fichier: zibeline.pdf\n")
    head = HEAD.replace("Une nouvelle", "Zibeline").replace("Le chapeau.", "Zibeline.")
    for path, text in {
        "nouvelles/2026/06/zibeline.md": f"---\ntype: direct\n{head}date: 2026-06-01\n{secret}debut: 2026-07-03 10:00\nlien: https://zibeline.exemple.quebec/\n---\nZibeline.\n",
        "nouvelles/2026/06/zibeline.en.md": f"---\ntype: direct\n{head}date: 2026-06-01\n{secret}debut: 2026-07-03 10:00\nlien: https://zibeline.exemple.quebec/\n---\nZibeline.\n",
        "nouvelles/2026/06/dossier-zibeline.md": f"---\ntype: dossier\n{head}date: 2026-06-01\nembargo: 2026-07-02 09:30\nmis_en_vedette: [nouvelles/2026/06/zibeline.md]\n---\nZibeline.\n",
        "nouvelles/2026/06/autre.md": item(more="date: 2026-06-01\ndossier: dossier-zibeline\nvoir_aussi: [nouvelles/2026/06/zibeline.md]\n"),
        "nouvelles/index.md": "---\ntype: salle-de-presse\ntitle: Nouvelles\nmis_en_vedette: [nouvelles/2026/06/zibeline.md]\n---\n",
        "_contacts_presse/zibeline.md": PEOPLE["_contacts_presse/medias-sante.md"],
    }.items():
        newsroom.write(path, text)
    newsroom.write("nouvelles/2026/06/zibeline.png", PIXEL)
    newsroom.write("nouvelles/2026/06/zibeline.pdf", b"%PDF-1.4 zibeline")

    def naming() -> set[str]:
        """Files whose name or content says the word."""
        files = {path.relative_to(newsroom.out).as_posix(): path for path in newsroom.out.rglob("*") if path.is_file()}
        return {name for name, path in files.items() if "zibeline" in name or b"zibeline" in path.read_bytes().lower()}

    assert newsroom.build("--jobs", "1", now="2026-07-02T09:29").code == 0
    assert naming() == set()
    instants = json.loads(newsroom.read("calendrier.json"))["instants"]
    assert {one["instant"] for one in instants} >= {"2026-07-02T09:30:00-04:00", "2026-07-03T10:00:00-04:00"}, "a scheduler must know when to build"
    assert not any("document" in one for one in instants if one["instant"] <= "2026-07-03T10:00:00-04:00")
    newsroom.build("--jobs", "1", now="2026-07-02T09:30")
    assert {"nouvelles/2026/06/zibeline/index.html", "nouvelles/2026/06/zibeline.pdf", "nouvelles/index.html"} <= naming()


def test_twins_that_would_not_appear_together_are_told_of(newsroom: Site) -> None:
    newsroom.write("nouvelles/2026/07/a.md", item(more="date: 2026-07-02\nembargo: 2026-07-02 10:00\n"))
    newsroom.write("nouvelles/2026/07/a.en.md", item(more="date: 2026-07-02\n"))
    lines = [line for line in told(newsroom.build("--jobs", "1")) if "l’autre langue" in line]
    assert lines == ["nouvelles/2026/07/a.en.md:1: Cette page paraît avant nouvelles/2026/07/a.md, qui dit la même chose dans l’autre langue. "
                     "Écrivez la même « date » et le même « embargo » dans les deux fichiers."]
    newsroom.write("nouvelles/2026/07/a.en.md", item(more="date: 2026-07-02\nembargo: 2026-07-02 10:00\n"))
    assert "jumelles-decalees" not in newsroom.build("--jobs", "1").codes()


# --- What its page says before, during and after ---------------------------------------------------------------------------

DIRECT = "debut: 2026-06-15 12:00\nlien: https://diffusion.exemple.quebec/1\nrediffusion: https://diffusion.exemple.quebec/2\ntranscription: Bonjour à tous.\n"
ALERT = "niveau: danger\ndebut: 2026-06-15 06:00\nfin: 2026-06-18 06:00\nconsignes: Restez chez vous.\n"
EVENT = "evenement: {debut: 2026-06-20 10:00, lieu: Salle 1}\n"
# (type, its own keys, [(when one looks, what is there, what is not)])
STATES = {
    "direct without an end": ("direct", DIRECT, [
        ("2026-06-15T11:59", ["Bientôt en direct", "15 juin 2026 à 12 h", "Ajouter à mon agenda"], ["Regarder en direct", "Revoir", "Bonjour"]),
        ("2026-06-15T12:00", ["En direct", "Regarder en direct"], ["Bientôt", "Revoir", "Bonjour"]),
        ("2026-06-15T15:59", ["Regarder en direct"], ["Diffusion terminée"]),
        ("2026-06-15T16:00", ["Diffusion terminée", "Revoir la diffusion", "Bonjour à tous."], ["Regarder en direct", "agenda"])]),
    "direct with an end": ("direct", DIRECT + "fin: 2026-06-15 13:00\n", [
        ("2026-06-15T11:00", ["15 juin 2026, de 12 h à 13 h"], []),
        ("2026-06-15T12:59", ["Regarder en direct"], []),
        ("2026-06-15T13:00", ["Diffusion terminée"], ["Regarder en direct"])]),
    "alert": ("alerte", ALERT, [
        ("2026-06-15T05:59", ["Danger : alerte à venir", "Ce qu’il faut faire"], ["en vigueur depuis"]),
        ("2026-06-15T06:00", ["Danger : alerte en vigueur", "Fin prévue le 18 juin 2026 à 6 h", "Restez chez vous."], ["levée"]),
        ("2026-06-18T06:00", ["Alerte levée", "Les consignes ne s’appliquent plus.", "Ce qu’il fallait faire"], ["Danger :"])]),
    "media advisory": ("avis-aux-medias", EVENT, [
        ("2026-06-20T09:59", ["20 juin 2026 à 10 h", "Salle 1", "Ajouter à mon agenda"], ["Terminé"]),
        ("2026-06-20T14:00", ["Terminé"], ["Ajouter à mon agenda"])]),
    "withdrawn": ("communique", "retire: {date: 2026-06-16, raison: Les chiffres étaient ceux de 2025.}\n", [
        ("2026-06-15T23:59", ["Le texte."], ["retirée"]),
        ("2026-06-16T00:00", ["Cette nouvelle a été retirée", "Les chiffres étaient ceux de 2025.", "Le texte."], [])]),
}


@pytest.mark.parametrize("case", STATES)
def test_states_follow_the_clock(newsroom: Site, case: str) -> None:
    kind, own, moments = STATES[case]
    newsroom.write("nouvelles/2026/06/a.md", f"---\ntype: {kind}\n{HEAD}date: 2026-06-01\n{own}---\nLe texte.\n")
    for now, shown, hidden in moments:
        assert newsroom.build("--jobs", "1", now=now).code == 0
        text = words(newsroom.read("nouvelles/2026/06/a/index.html"))
        assert [part for part in shown if part not in text] == [], (now, text)
        assert [part for part in hidden if part in text] == [], (now, text)
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1", now=moments[-1][0])


# --- Who held office that day ----------------------------------------------------------------------------------------------

OFFICES = {"2024-01-10": "Ministre des Familles", "2025-06-30": "Ministre des Familles", "2025-07-01": "Ministre de la Santé", "2026-06-01": "Ministre de la Santé"}


def test_the_office_is_that_of_the_day(newsroom: Site) -> None:
    for day in OFFICES:
        newsroom.write(f"nouvelles/{day[:7].replace('-', '/')}/a.md", item(more=f"date: {day}\nministres: [ana-roy]\n"))
    assert "mandat-absent" not in newsroom.build("--jobs", "1").codes()
    for day, office in OFFICES.items():
        text = words(newsroom.read(f"nouvelles/{day[:7].replace('-', '/')}/a/index.html"))
        assert [title for title in set(OFFICES.values()) if title in text] == [office], day


def test_the_title_agrees_with_the_person_wherever_both_are_shown(newsroom: Site) -> None:
    newsroom.write("gouvernement/fonctions/ministre-sante.md", "---\ntype: fonction\ntitle: Premier ministre\nfeminin: Première ministre\n---\n")
    newsroom.write("gouvernement/fonctions/ministre-sante.en.md", "---\ntype: fonction\ntitle: Premier\nfeminin: Première ministre\n---\n")
    newsroom.write("organismes/ministere-sante.md", ORGANISM.replace("statut:", "ministre: ministre-sante\nstatut:"))
    newsroom.write("nouvelles/2026/05/a.en.md", item("discours", "date: 2026-05-20\n"))
    newsroom.write("nouvelles/2026/05/a.md", item("discours", "date: 2026-05-20\n"))
    newsroom.build("--jobs", "1")
    assert "Ana Roy Premier ministre" in words(newsroom.read("nouvelles/2026/05/a/index.html"))
    for accord, title in (("masculin", "Premier ministre"), ("feminin", "Première ministre")):
        newsroom.write("gouvernement/personnes/ana-roy.md", f"---\ntype: personne\ntitle: Ana Roy\naccord: {accord}\n---\n")
        newsroom.build("--jobs", "1")
        for page in ("nouvelles/2026/05/a", "gouvernement/personnes/ana-roy", "organismes/ministere-sante"):
            html = newsroom.read(f"{page}/index.html")
            assert re.findall("Premi(?:er|ère) ministre", words(html)) == [title], page
            assert page.startswith("organismes") or f'"jobTitle":"{title}"' in html, page
    assert "Ana Roy Première ministre depuis le 1er juillet 2025" in words(newsroom.read("gouvernement/fonctions/ministre-sante/index.html"))
    assert "Première" not in newsroom.read("en/nouvelles/2026/05/a/index.html")
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1")


def test_a_minister_without_a_mandate_that_day_is_told_of_with_all_mandates(newsroom: Site) -> None:
    newsroom.write("nouvelles/2023/05/a.md", item(more="date: 2023-05-04\nministres: [ana-roy, luc-cote]\n"))
    result = newsroom.build("--jobs", "1")
    assert result.code == 0
    end = "Corrigez « ministres » ou « date », ou inscrivez le mandat dans contenu/_mandats/."
    assert [line for line in told(result) if "charge" in line] == [
        "nouvelles/2023/05/a.md:7: Ana Roy n’avait aucune charge inscrite le 4 mai 2023. Ses mandats : Ministre des Familles, "
        f"du 10 janvier 2024 au 30 juin 2025 ; Ministre de la Santé, depuis le 1er juillet 2025. {end}",
        f"nouvelles/2023/05/a.md:7: Luc Côté n’avait aucune charge inscrite le 4 mai 2023. Aucun mandat n’est inscrit à son nom. {end}"]
    newsroom.write("_mandats/luc.md", "---\ntype: mandat\ntitle: Luc\npersonne: luc-cote\nfonction: ministre-sante\ndebut: 2023-05-04\nfin: 2023-05-04\n---\n")
    assert [line.split(' n’avait')[0] for line in told(newsroom.build("--jobs", "1")) if "charge" in line] == ["nouvelles/2023/05/a.md:7: Ana Roy"]
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1")


def test_a_mandate_that_ends_leaves_old_news_as_they_are(newsroom: Site) -> None:
    for month in ("2025/08", "2026/05"):
        newsroom.write(f"nouvelles/{month}/a.md", item(more=f"date: {month.replace('/', '-')}-20\nministres: [ana-roy]\n"))
    newsroom.build("--jobs", "1")
    newsroom.write("_mandats/ana-2.md", PEOPLE["_mandats/ana-2.md"].replace("debut: 2025-07-01\n", "debut: 2025-07-01\nfin: 2026-05-10\n"))
    result = newsroom.build("--jobs", "1")
    assert [line.split(":")[0] for line in told(result) if "charge" in line] == ["nouvelles/2026/05/a.md"]
    assert "Ministre de la Santé" in words(newsroom.read("nouvelles/2025/08/a/index.html"))
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1")


# --- What editors are told -------------------------------------------------------------------------------------------------

# (type, front matter after title, lead and issuer, line, what is told, is the page published?)
WRONG = [
    ("communique", "", 2, "Il manque la clé « date » (Date), obligatoire dans un document de type « communique ».", False),
    ("communique", "date: 4 mai 2026\n", 6, "« date » : « 4 mai 2026 » n’est pas une date que le site sait lire. Écrivez 2026-05-04.", False),
    ("communique", "dates: 2026-06-01\n", 6, "« dates » : clé inconnue ; vouliez-vous dire « date » ?", False),
    ("communique", "date: 2026-06-01\nembargo: bientôt\n", 7, "« embargo » : « bientôt » n’est pas une date.", False),
    ("communique", "date: 2026-06-01\ncontact_presse: [medias-sante]\n", 7, "« contact_presse » : clé inconnue ; vouliez-vous dire « contacts_presse » ?", True),
    ("communique", "date: 2026-06-01\nconsignes: Rien.\n", 7, "« consignes » : clé inconnue dans un document de type « communique ». Cette clé est celle du type « alerte »", True),
    ("communique", "date: 2026-06-01\ncontacts_presse: [media-sante]\n", 7, "Le contact pour les médias « media-sante » n’existe pas. Vouliez-vous dire « medias-sante » ?", True),
    ("communique", "date: 2026-06-01\nministres: [anna-roy]\n", 7, "La personne « anna-roy » n’existe pas. Vouliez-vous dire « ana-roy » ?", True),
    ("communique", "date: 2026-06-01\ndossier: rien\n", 7, "Le dossier de presse « rien » n’existe pas.", True),
    ("communique", "date: 2026-06-01\nmedias:\n  - image: absente.png\n    texte_de_remplacement: A\n    credit: B\n", 8, "Le fichier « nouvelles/2026/06/absente.png » n’existe pas.", True),
    ("communique", "date: 2026-06-01\nliens_connexes:\n  - titre: A\n", 8, "Il manque la clé « lien » (Lien), obligatoire dans « liens_connexes », élément 1.", True),
    ("communique", "date: 2026-05-31\n", 6, "Une nouvelle du 31 mai 2026 va dans le dossier nouvelles/2026/05/, et non dans nouvelles/2026/06/. "
     "Déplacez le fichier : contenu/nouvelles/2026/05/a.md. Ou corrigez « date ».", True),
    ("communique", "date: 2026-06-01\nretire: {date: 2026-06-02}\n", 7, "La nouvelle est retirée sans que l’on dise pourquoi.", True),
    ("avis-aux-medias", "date: 2026-06-01\n", 2, "Il manque la clé « evenement » (Événement)", True),
    ("avis-aux-medias", "date: 2026-06-01\nevenement: {debut: 2026-06-02 10:00, fin: 2026-06-02 09:00, lieu: A}\n", 7, "La fin précède le début.", True),
    ("discours", "date: 2026-06-01\norateur: personne\n", 7, "La personne « personne » n’existe pas.", True),
    ("nomination", "date: 2026-06-01\nnomme: A\n", 2, "Il manque la clé « poste » (Poste)", True),
    ("alerte", "date: 2026-06-01\nniveau: rouge\ndebut: 2026-06-01\n", 7, "« niveau » : « rouge » n’est pas une valeur permise.", True),
    ("billet", "date: 2026-06-01\nauteurs:\n  - {fonction: biologiste}\n", 8, "Il manque la clé « nom » (Nom), obligatoire dans « auteurs », élément 1.", True),
    ("billet", "date: 2026-06-01\nauteurs: [Ana Roy]\n", 7, "« auteurs », élément 1 : « Ana Roy » ne peut pas être un identifiant", True),
    ("direct", "date: 2026-06-01\ndebut: 2026-06-02\nlien: https://a.quebec/\n", 7, "« debut » : « 2026-06-02 » ne convient pas. Il faut ici une date avec son heure", True),
    ("direct", "date: 2026-06-01\ndebut: 2026-06-02 10:00\nlien: http://a.quebec/\n", 8, "« lien » : « http://a.quebec/ » ne convient pas. Il faut ici une adresse qui commence par https://.", True),
]


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, list[str]]:
    """A site with every mistake of the table, each in a section of its own, and what is told of it."""
    site = Site(tmp_path_factory.mktemp("erreurs"))
    for path, text in PEOPLE.items():
        site.write(path, text)
    for number, (kind, more, *_) in enumerate(WRONG):
        site.write(f"nouvelles/2026/06/{'a' if 'dossier nouvelles/' in WRONG[number][3] else f'e{number}'}.md", f"---\ntype: {kind}\n{HEAD}{more}---\nLe texte.\n")
    result = site.build("--jobs", "1")
    assert result.code == 1
    return site, told(result)


@pytest.mark.parametrize("number", range(len(WRONG)), ids=lambda number: f"{WRONG[number][0]}: {WRONG[number][3][:60]}")
def test_mistakes_are_told_with_their_place_and_remedy(mistakes, number: int) -> None:
    site, lines = mistakes
    _, _, line, message, published = WRONG[number]
    stem = "a" if "dossier nouvelles/" in message else f"e{number}"
    here = [one for one in lines if one.startswith(f"nouvelles/2026/06/{stem}.md:")]
    assert any(one.startswith(f"nouvelles/2026/06/{stem}.md:{line}: {message}") for one in here), here
    assert (site.out / f"nouvelles/2026/06/{stem}/index.html").exists() == published
    if not published:
        assert any("La page n’est pas publiée en attendant." in one for one in here)


# --- What the page says ----------------------------------------------------------------------------------------------------


def test_corrections_and_versions_stay_in_the_page(newsroom: Site) -> None:
    newsroom.write("nouvelles/2026/06/a.md", item(more=(
        "date: 2026-06-01 09:00\nlieu: Québec\nfaits_saillants: [\"**340 000** personnes\"]\ncontacts_presse: [medias-sante]\n"
        "corrections:\n  - {date: 2026-06-02 14:00, note: \"Il fallait lire **340 000**.\"}\n"
        "modifications:\n  - {date: 2026-06-01 10:00, note: Une faute., portee: mineure}\n  - {date: 2026-06-02 14:00, note: Le nombre., portee: majeure}\n")))
    assert newsroom.build("--jobs", "1").code == 0
    html = newsroom.read("nouvelles/2026/06/a/index.html")
    text = words(html)
    for part in ("Ministère de la Santé 1er juin 2026 à 9 h Québec Mise à jour : 2 juin 2026 à 14 h", "Correction 2 juin 2026 à 14 h Il fallait lire 340 000 .",
                 "Québec, le 1er juin 2026 – Le texte.", "340 000 personnes", "Relations avec les médias Ministère de la Santé Téléphone : 418 555-0111",
                 "2 juin 2026 à 14 h Majeure Le nombre. 1er juin 2026 à 10 h Mineure Une faute. 1er juin 2026 à 9 h Première publication"):
        assert part in text, text
    assert text.index("Il fallait lire") < text.index("Le texte."), "a correction comes before what it corrects"
    assert '<meta property="article:published_time" content="2026-06-01T09:00:00-04:00">' in html
    assert '<meta property="article:modified_time" content="2026-06-02T14:00:00-04:00">' in html
    assert 'lang="en" hreflang="en">English <small>(home page)</small></a>' in html  # the one place that says it has no English twin


SCHEMA = {"alerte": "NewsArticle", "avis-aux-medias": "NewsArticle", "billet": "BlogPosting", "communique": "NewsArticle", "direct": "NewsArticle",
          "discours": "NewsArticle", "dossier": "CollectionPage", "nomination": "NewsArticle"}


def test_every_type_has_its_page_its_data_and_its_card(newsroom: Site) -> None:
    for kind in NEWS:
        newsroom.write(f"nouvelles/2026/06/{kind}.md", item(kind, "date: 2026-06-01\nlieu: Québec\n"))
    newsroom.write("nouvelles/2026/06/photo.md", item(more="date: 2026-06-01\nmedias:\n  - {image: photo.png, texte_de_remplacement: Un pont., credit: Ana Roy}\n"))
    newsroom.write("nouvelles/2026/06/photo.png", PIXEL)
    assert newsroom.build("--jobs", "1").code == 0
    for kind in NEWS:
        html = newsroom.read(f"nouvelles/2026/06/{kind}/index.html")
        graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])["@graph"]
        node = next(one for one in graph if one["@type"] == SCHEMA[kind])
        assert node["datePublished"] == "2026-06-01T00:00:00-04:00", kind
        assert card(newsroom, html) == "medias/cartes/ministere-sante.fr.png"
        assert "Le texte." in words(html)
    graph = {kind: newsroom.read(f"nouvelles/2026/06/{kind}/index.html") for kind in NEWS}
    assert '"BroadcastEvent","isLiveBroadcast":true,"startDate":"2026-06-15T12:00:00-04:00"' in graph["direct"]
    assert '"@type":"Event","name":"Une nouvelle","startDate":"2026-06-20T10:00:00-04:00"' in graph["avis-aux-medias"]
    assert "Seul le texte prononcé fait foi." in graph["discours"] and "Camille Picard" in words(graph["billet"])
    assert not card(newsroom, newsroom.read("nouvelles/2026/06/photo/index.html")).startswith("medias/cartes/"), "an item with a photo shows it"
    data = (newsroom.out / "medias/cartes/ministere-sante.fr.png").read_bytes()
    assert data.startswith(b"\x89PNG") and data[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1"), "the same bytes each time"


def card(site: Site, html: str) -> str:
    """The picture that networks show, as a path of the site: it must be there."""
    path = re.search(r'<meta property="og:image" content="https://essai.exemple.quebec/([^"]*)">', html)[1]
    assert (site.out / path).is_file()
    return path


def test_a_press_kit_lists_its_news(newsroom: Site) -> None:
    newsroom.write("nouvelles/2026/05/kit.md", item("dossier", "date: 2026-05-01\nmis_en_vedette: [nouvelles/2026/06/b.md]\n"))
    for name, title in (("a", "Première annonce"), ("b", "Deuxième annonce"), ("c", "Troisième annonce")):
        newsroom.write(f"nouvelles/2026/06/{name}.md", item(more=f"date: 2026-06-0{'abc'.index(name) + 1}\ndossier: kit\n").replace("Une nouvelle", title))
    newsroom.build("--jobs", "1")
    text = words(newsroom.read("nouvelles/2026/05/kit/index.html"))
    assert text.index("Deuxième") < text.index("Troisième") < text.index("Première"), "featured first, then the newest"
    assert 'href="/nouvelles/2026/05/kit/"' in newsroom.read("nouvelles/2026/06/a/index.html")


# What the page of one item per type, which test_accessibility looks at, may not show on a given day.
EVERY_STATE = {
    "avant": ("direct", DIRECT.replace("06-15", "06-16")), "pendant": ("direct", DIRECT), "apres": ("direct", DIRECT.replace("06-15", "06-14")),
    "a-venir": ("alerte", ALERT.replace("06-15", "06-16")), "en-vigueur": ("alerte", ALERT), "levee": ("alerte", ALERT.replace("06-15", "06-13").replace("06-18", "06-14")),
    "termine": ("avis-aux-medias", EVENT.replace("06-20", "06-10")),
    "corrigee-et-retiree": ("communique", (
        "retire: {date: 2026-06-10, raison: Une erreur.}\ncorrections:\n  - {date: 2026-06-02, note: A.}\n  - {date: 2026-06-03, note: B.}\n"
        "modifications:\n  - {date: 2026-06-02, note: A., portee: majeure}\nministres: [ana-roy]\ncontacts_presse: [medias-sante]\nfaits_saillants: [A, B]\n"
        "pieces_jointes:\n  - {fichier: a.pdf, titre: Un tableau, langue: en}\nliens_connexes:\n  - {titre: L’accueil, lien: index.md}\n")),
}


def test_no_state_raises_a_barrier(newsroom: Site, chromium) -> None:
    newsroom.write("nouvelles/2026/06/a.pdf", b"%PDF-1.4\n")
    for name, (kind, own) in EVERY_STATE.items():
        newsroom.write(f"nouvelles/2026/06/{name}.md", f"---\ntype: {kind}\n{HEAD}date: 2026-06-01\nlieu: Québec\n{own}---\n## Un intertitre\n\nLe texte.\n")
    assert newsroom.build("--jobs", "1", now="2026-06-15T12:30").code == 0
    tab = chromium.new_context(viewport=PHONE, reduced_motion="reduce").new_page()
    wrong = {}
    server = serve(newsroom.out)
    for name in EVERY_STATE:
        tab.goto(f"http://127.0.0.1:{server.server_port}/nouvelles/2026/06/{name}/")
        if errors := axe_errors(tab, EVERYTHING):
            wrong[name] = errors
        if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[f"{name}, too wide"] = []
    server.shutdown()
    tab.context.close()
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
