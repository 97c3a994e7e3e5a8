"""JSON-LD: what search engines are told of each kind of page."""

from __future__ import annotations

import html.parser
from dataclasses import dataclass, field
from types import SimpleNamespace

import orjson
import pytest

from fleuve import jsonld

HOST = "https://www.gouv.exemple.quebec"


@dataclass
class Card:
    title: str
    url: str


@dataclass
class Doc:
    """A document as templates see it."""

    type: str = "page"
    path: str = "sante/vaccin.md"
    lang: str = "fr"
    title: str = "Se faire vacciner"
    description: str = "Où et quand se faire vacciner."
    url: str = "/sante/vaccin/"
    meta: dict = field(default_factory=dict)
    ancestors: list = field(default_factory=lambda: [Card("Accueil", "/"), Card("Santé", "/sante/")])
    responsible: Card | None = field(default_factory=lambda: Card("Ministère de la Santé", "/organismes/ministere-sante/"))
    headings: list = field(default_factory=list)
    body: str = ""
    id: str = "vaccin"

    def __post_init__(self):
        self.meta = {"title": self.title, "description": self.description, **self.meta}

    @property
    def canonical(self):
        return HOST + self.url


class Index:
    def of_id(self, kind, ident, lang):
        return Card("Ministère de la Santé", "/organismes/ministere-sante/") if ident == "ministere-sante" else None

    def linked(self, field, ident):
        return []

    def media(self, path):
        return {"url": "/" + path, "bytes": 1234, "format": "PDF"} if path == "gouvernement/publications/rapport.pdf" else None


SITE = SimpleNamespace(settings=SimpleNamespace(site_url=HOST + "/", fleuve={"nom": {"fr": "Services", "en": "Services"}}), index=Index())


def graph(doc: Doc) -> dict[str, dict]:
    """The nodes of a page's JSON-LD by type; several types are joined with « + »."""
    data = orjson.loads(jsonld.build(doc, doc, SITE))
    assert data["@context"] == "https://schema.org"
    return {"+".join(node["@type"]) if isinstance(node["@type"], list) else node["@type"]: node for node in data["@graph"]}


TYPES = [
    # type of content, front matter, types of the graph's nodes
    ("page", {}, {"WebPage", "Article", "BreadcrumbList"}),
    ("guide", {}, {"WebPage", "Article", "BreadcrumbList"}),
    ("theme", {}, {"CollectionPage", "BreadcrumbList"}),
    ("service", {}, {"WebPage", "GovernmentService", "BreadcrumbList"}),
    ("organisme", {}, {"WebPage", "GovernmentOrganization", "BreadcrumbList"}),
    ("personne", {}, {"WebPage", "Person", "BreadcrumbList"}),
    ("publication", {"categorie": "rapport"}, {"WebPage", "Report", "BreadcrumbList"}),
    ("publication", {"categorie": "depliant"}, {"WebPage", "DigitalDocument", "BreadcrumbList"}),
    ("formulaire-lien", {"lien": "https://x.exemple/f"}, {"WebPage", "DigitalDocument", "BreadcrumbList"}),
    ("etapes", {"etapes": [{"titre": "Un"}]}, {"WebPage", "HowTo", "BreadcrumbList"}),
    ("evenement-de-vie", {"etapes": [{"titre": "Un"}]}, {"WebPage", "HowTo", "BreadcrumbList"}),
    ("evenement-de-vie", {"liens": [{"titre": "Un", "lien": "a.md"}]}, {"WebPage", "BreadcrumbList"}),
    ("type-inconnu", {}, {"WebPage", "BreadcrumbList"}),
]


@pytest.mark.parametrize(("kind", "meta", "types"), TYPES, ids=[f"{row[0]} {list(row[1])}" for row in TYPES])
def test_types_of_the_graph(kind, meta, types):
    assert set(graph(Doc(kind, meta=meta))) == types


def test_page_and_article():
    nodes = graph(Doc(meta={"date": "2026-01-05", "mise_a_jour": "2026-02-03 09:30", "mots_cles": ["vaccin", "piqûre"]}))
    page, article = nodes["WebPage"], nodes["Article"]
    assert page["@id"] == page["url"] == f"{HOST}/sante/vaccin/"
    assert (page["datePublished"], page["dateModified"]) == ("2026-01-05", "2026-02-03T09:30")
    assert page["publisher"] == {"@type": "GovernmentOrganization", "name": "Ministère de la Santé",
                                 "@id": f"{HOST}/organismes/ministere-sante/#organisme"}
    assert page["mainEntity"]["@id"] == article["@id"]
    assert page["inLanguage"] == "fr"
    assert article["headline"] == "Se faire vacciner"
    assert article["keywords"] == "vaccin, piqûre"
    assert article["author"]["@id"] == page["publisher"]["@id"]


def test_breadcrumb_ends_with_the_page():
    crumbs = graph(Doc())["BreadcrumbList"]["itemListElement"]
    assert [(crumb["position"], crumb["name"], crumb["item"]) for crumb in crumbs] == [
        (1, "Accueil", f"{HOST}/"), (2, "Santé", f"{HOST}/sante/"), (3, "Se faire vacciner", f"{HOST}/sante/vaccin/")]


def test_breadcrumb_follows_a_folder_that_changes_its_title():
    graph(Doc())
    crumbs = graph(Doc(ancestors=[Card("Accueil", "/"), Card("Santé et bien-être", "/sante/")]))["BreadcrumbList"]["itemListElement"]
    assert crumbs[1]["name"] == "Santé et bien-être"


def test_home_page_describes_the_site():
    nodes = graph(Doc("theme", "index.md", url="/", ancestors=[]))
    assert "BreadcrumbList" not in nodes
    assert nodes["WebSite"]["name"] == "Services"
    assert nodes["CollectionPage"]["isPartOf"]["@id"] == nodes["WebSite"]["@id"]


def test_service_names_every_channel():
    node = graph(Doc("service", meta={
        "lien_service": {"url": "https://services.exemple/permis", "texte": "Renouveler"},
        "admissibilite": "Vous devez avoir **16 ans** et [résider ici](x.md).",
        "autres_facons": [{"mode": "telephone", "texte": "Composez le **1 800 555-0100**."}, {"mode": "comptoir", "texte": "Au bureau."}],
        "mise_a_jour": "2026-02-03"}))["GovernmentService"]
    online, phone, counter = node["availableChannel"]
    assert online == {"@type": "ServiceChannel", "serviceUrl": "https://services.exemple/permis", "name": "Renouveler"}
    assert phone["servicePhone"]["telephone"] == "1 800 555-0100"
    assert phone["description"] == "Composez le 1 800 555-0100."
    assert counter["name"] == "En personne"
    assert node["termsOfService"] == "Vous devez avoir 16 ans et résider ici."
    assert node["provider"]["@id"] == f"{HOST}/organismes/ministere-sante/#organisme"
    assert "dateModified" not in node


def test_organization():
    node = graph(Doc("organisme", url="/organismes/ras/", meta={
        "sigle": "RAS", "statut": "fusionne", "date_statut": "2025-04-01", "rattachement": "ministere-sante",
        "coordonnees": {"telephone": "418 555-0112", "telephone_sans_frais": "1 800 555-0112", "courriel": "ras@exemple.quebec",
                        "adresse": "1125, boulevard X\nQuébec", "site": "https://ras.exemple"},
        "reseaux_sociaux": [{"reseau": "x", "url": "https://x.exemple/ras"}]}))["GovernmentOrganization"]
    assert node["@id"] == f"{HOST}/organismes/ras/#organisme"
    assert node["alternateName"] == "RAS"
    assert node["dissolutionDate"] == "2025-04-01"
    assert node["parentOrganization"]["name"] == "Ministère de la Santé"
    assert node["address"]["streetAddress"] == "1125, boulevard X Québec"
    assert node["contactPoint"]["telephone"] == "1 800 555-0112"
    assert node["email"] == "ras@exemple.quebec"
    assert node["sameAs"] == ["https://x.exemple/ras"]


def test_steps():
    node = graph(Doc("etapes", meta={"etapes": [
        {"titre": "Choisir", "texte": "Lisez *ceci*.", "contenus": [{"texte": "Le [guide](g.md)"}, {"texte": "La liste"}]},
        {"titre": "Payer"}]}))["HowTo"]
    first, second = node["step"]
    assert (first["position"], first["name"], first["text"]) == (1, "Choisir", "Lisez ceci.")
    assert [item["text"] for item in first["itemListElement"]] == ["Le guide", "La liste"]
    assert second["text"] == "Payer"


def test_publication_files():
    node = graph(Doc("publication", "gouvernement/publications/r.md", meta={
        "categorie": "rapport", "isbn": "978-2-550-00000-0",
        "pieces_jointes": [{"fichier": "rapport.pdf", "titre": "Rapport", "langue": "fr"}, {"fichier": "absent.pdf"}]}))["Report"]
    assert node["isbn"] == "978-2-550-00000-0"
    assert node["encoding"] == [{"@type": "MediaObject", "contentUrl": f"{HOST}/gouvernement/publications/rapport.pdf",
                                 "contentSize": "1234", "name": "Rapport", "inLanguage": "fr"}]


QUESTIONS = [
    # level-2 headings, is it a page of questions
    (["Qui ?", "Où ?", "Quand ?"], True),
    (["Qui ?", "Où ?"], False),
    (["Qui ?", "Où ?", "Le prix"], False),
    ([], False),
]


@pytest.mark.parametrize(("titles", "expected"), QUESTIONS)
def test_page_of_questions(titles, expected):
    body = "Introduction.\n\n" + "".join(f"## {title}\n\nRéponse **nette** à [lire](x.md).\n\n- un\n- deux\n\n" for title in titles)
    doc = Doc(headings=[{"level": 2, "id": "x", "text": title} for title in titles], body=body)
    nodes = graph(doc)
    assert ("WebPage+FAQPage" in nodes) == expected
    if expected:
        question = nodes["WebPage+FAQPage"]["mainEntity"][0]
        assert question["name"] == "Qui ?"
        assert question["acceptedAnswer"]["text"] == "Réponse nette à lire. un deux"


class Scripts(html.parser.HTMLParser):
    """The elements that a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--<script>", "a & b > c", "l\u2028m\u2029n", '"\\', "é\u00a0«"])
def test_nothing_leaves_the_script(text):
    doc = Doc(title=text, description=text, ancestors=[Card(text, "/")], meta={"mots_cles": [text]})
    built = jsonld.build(doc, doc, SITE)
    assert not set("<>&\u2028\u2029") & set(built)
    parser = Scripts()
    parser.feed(f'<script type="application/ld+json">{built}</script>')
    assert parser.tags == ["script"]
    assert graph(doc)["WebPage"]["name"] == text
