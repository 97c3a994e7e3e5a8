"""Site stages: what each writes, from a few records that stand for the pages of a small site."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import jsonschema_rs
import orjson
import pytest
import yaml

from fleuve.stages import STAGES, Stage
from fleuve.stages import api as api_module
from fleuve.stages import site_map as site_map_module
from fleuve.stages import sitemap as sitemap_module
from fleuve.stages.alphabet import Alphabet, by_letter, letter_of
from fleuve.stages.api import Api, page_name
from fleuve.stages.calendar import Calendar
from fleuve.stages.directory import Directory
from fleuve.stages.links import MAX_ADDRESSES, Links
from fleuve.stages.listing import addresses, generated
from fleuve.stages.not_found import NotFound
from fleuve.stages.robots import Robots
from fleuve.stages.site_map import SiteMap
from fleuve.stages.sitemap import Sitemap
from fleuve.stages.updates import Updates

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Record:
    """A page as stages see it."""

    path: str = "sante/vaccin.md"
    url: str = "/sante/vaccin/"
    type: str = "page"
    id: str = "vaccin"
    lang: str = "fr"
    title: str = "Se faire vacciner"
    description: str = "Où et quand se faire vacciner."
    organisms: list = field(default_factory=lambda: ["ministere-sante"])
    themes: list = field(default_factory=lambda: ["sante"])
    regions: list = field(default_factory=list)
    audiences: list = field(default_factory=list)
    date: str | None = "2026-01-05"
    updated: str | None = None
    review: str | None = None
    keywords: list = field(default_factory=list)
    twin: str | None = None
    retired: bool = False
    responsible: object = None
    breadcrumb: list = field(default_factory=lambda: [{"title": "Accueil", "url": "/"}])
    headings: list = field(default_factory=lambda: [{"level": 2, "id": "ou", "text": "Où aller"}])
    links: list = field(default_factory=list)
    anchors: list = field(default_factory=lambda: ["ou"])
    images: list = field(default_factory=list)
    words: int = 2
    hash: str = "0"
    meta: dict = field(default_factory=dict)
    text: str = "Où aller ?"


@dataclass
class Card:
    title: str
    path: str = "x.md"
    url: str = "/x/"
    type: str = "page"
    retired: bool = False


class Index:
    """A site index over a fixed list of cards and files."""

    def __init__(self, cards=(), media=(), vocabularies=None):
        self.cards, self.files, self.vocabularies = list(cards), set(media), vocabularies or {}

    def card(self, path):
        return next((card for card in self.cards if card.path == path), None)

    def document(self, path, columns):
        return None

    def index_path(self, folder, lang):
        return f"{folder}/index{'' if lang == 'fr' else '.' + lang}.md"

    def vocabulary(self, name):
        return {entry["id"]: entry for entry in self.vocabularies.get(name, ())}

    def of_type(self, kind, lang):
        return [card for card in self.cards if card.type == kind and (".en." in card.path) == (lang == "en")]

    def children(self, folder, lang):
        def container(path):
            here, _, name = path.rpartition("/")
            return here.rpartition("/")[0] if name.startswith("index.") else here
        return [card for card in self.cards if container(card.path) == folder and card.path not in ("index.md", "index.en.md")
                and (".en." in card.path) == (lang == "en")]

    def news_listed(self, lang):
        return []

    def data_files(self, folder):
        return []

    def data_text(self, path):
        return ""

    def fragment(self, name, lang):
        return None

    def media(self, path):
        return {"url": "/" + path, "bytes": 1, "format": "PDF"} if path in self.files else None


class Site:
    def __init__(self, index=None, instants=(), base="/", **settings):
        self.site_url = "https://www.gouv.exemple.quebec" + base
        self.base, self.index, self.instants = base, index or Index(), instants
        self.now = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("America/Montreal"))
        self.settings = {"langues": {"fr": {}, "en": {"prefixe": "en"}}, **settings}
        self.told, self.rendered, self.plugin_files = [], [], ()
        self.theme = ROOT / "themes" / "fleuve"

    def compose(self, text, lang, url, index):
        return SimpleNamespace(body=text.replace("\ue003", "<p>\ue003</p>"), problems=[])

    def render(self, template, lang, url, title, **context):
        self.rendered.append((template, lang, url, title, context))
        return f"<h1>{title}</h1>"

    def asset(self, path):
        return f"{self.base}{path}?v=0"

    def label(self, lang):
        return yaml.safe_load((ROOT / "themes" / "fleuve" / "langues" / f"{lang}.yml").read_text("utf-8"))

    def note(self, name, value):
        pass

    def problem(self, file, line, severity, code, message, remedy, column=1):
        self.told.append((file, line, severity, code, message, remedy))


def run(stage: Stage, records, site: Site) -> dict[str, bytes]:
    """All site-wide files of a stage, as the engine makes them: extracts pass through JSON."""
    extracts = [e for r in records if (e := stage.extract(r, site.settings)) is not None]
    if extracts and isinstance(stage.gather(extracts), bytes):  # read by other ways than reduce
        extracts = []
    return dict(reduce(stage, orjson.loads(orjson.dumps(extracts)), site))


def reduce(stage: Stage, extracts: list, site: Site):
    """The files that a stage makes of extracts, all of one shard."""
    gathered = orjson.loads(orjson.dumps(stage.gather(extracts))) if extracts else None
    return stage.reduce(iter(extracts if gathered is None else [gathered]), site)


# All stages


def test_names_are_unique():
    names = [stage.name for stage in STAGES]
    assert all(names)
    assert len(names) == len(set(names))


def test_a_stage_that_overrides_nothing_writes_nothing():
    stage = Stage()
    assert list(stage.files(Record(), {})) == []
    assert stage.extract(Record(), {}) is None
    assert list(stage.reduce(iter([]), Site())) == []


@pytest.mark.parametrize("base", ["/", "/sous/dossier/"])
def test_every_stage_gives_the_same_files_twice_and_stays_in_the_output_folder(base, tmp_path):
    records = [Record(url=base + "sante/vaccin/"), Record(path="index.md", url=base, id="accueil")]
    outputs = []
    for _ in range(2):
        site = Site(base=base)
        site.content = tmp_path
        files = [pair for stage in STAGES for pair in run(stage, records, site).items()]
        files += [pair for stage in STAGES for record in records for pair in stage.files(record, {**site.settings, "base": base})]
        outputs.append(files)
    assert outputs[0] == outputs[1]
    paths = [path for path, _ in outputs[0]]
    assert len(paths) == len(set(paths))
    assert not [path for path in paths if path.startswith("/") or ".." in path or "\\" in path or path.startswith("sous")]


def test_generated_addresses_are_those_that_the_theme_links_to():
    known = set(addresses(Site()))
    for lang in ("fr", "en"):
        linked = yaml.safe_load((ROOT / f"themes/fleuve/langues/{lang}.yml").read_text("utf-8"))["adresses"]
        assert {linked[name] for name in ("services", "organismes", "plan", "publics", "regions", "nouveautes")} <= known


# From A to Z

LETTERS = [
    ("Abri", "A"), ("École", "E"), ("éolienne", "E"), ("Œuvre", "O"), ("Ça va", "C"), ("« Bonjour »", "B"), ("L’eau", "L"),
    ("911", "0-9"), ("Ωmega", "0-9"), ("ᐃᓄᒃᑎᑐᑦ", "0-9"), ("…", "0-9"), ("Ærodrome", "A"),
]


@pytest.mark.parametrize(("title", "letter"), LETTERS)
def test_letter_of_a_title(title, letter):
    assert letter_of(title) == letter


def test_titles_are_in_dictionary_order_whatever_their_accents():
    groups = by_letter([Card(title) for title in ("Zoo", "école", "Eau", "Élan", "Abri", "Emploi", "811")])
    assert [(group["letter"], [card.title for card in group["cards"]]) for group in groups] == [
        ("0-9", ["811"]), ("A", ["Abri"]), ("E", ["Eau", "école", "Élan", "Emploi"]), ("Z", ["Zoo"])]


def test_services_are_listed_in_each_language_without_the_retired_ones():
    cards = [Card("Permis", "transports/permis.md", type="service"), Card("Licence", "transports/permis.en.md", type="service"),
             Card("Ancien", "transports/ancien.md", type="service", retired=True), Card("Page", "transports/page.md")]
    site = Site(Index(cards))
    files = run(Alphabet("services-az", "services", "service", "site/az-services.html"), [], site)
    assert list(files) == ["services/index.html", "en/services/index.html"]
    (_, lang, url, title, french), (_, _, _, _, english) = site.rendered
    assert (lang, url, title) == ("fr", "/services/", "Services de A à Z")
    assert french["alternates"] == [{"lang": "fr", "url": "https://www.gouv.exemple.quebec/services/"},
                                    {"lang": "en", "url": "https://www.gouv.exemple.quebec/en/services/"}]
    assert french["twin"] == {"url": "/en/services/", "title": "Services A to Z", "lang": "en"}
    assert [[card.title for card in group["cards"]] for group in french["letters"]] == [["Permis"]]
    assert [[card.title for card in group["cards"]] for group in english["letters"]] == [["Licence"]]


def test_site_in_one_language_has_listings_in_that_one():
    site = Site(langues={"fr": {}})
    assert list(run(Alphabet("services-az", "services", "service", "t"), [], site)) == ["services/index.html"]
    assert site.rendered[0][4]["twin"] is None


# Directories of audiences and of regions

PUBLICS = [{"id": "aines", "fr": "Personnes aînées", "en": "Seniors"}, {"id": "jeunes", "fr": "Jeunes"}]


def directory(records, themes=("sante", "emploi")) -> tuple[dict[str, bytes], dict[str, dict]]:
    """The files of the directory of audiences, and what each address was rendered with."""
    cards = [Card(theme.capitalize(), f"{theme}/index{suffix}.md", f"/{theme}/", "theme") for theme in themes for suffix in ("", ".en")]
    site = Site(Index(cards, vocabularies={"publics": PUBLICS}))
    files = run(Directory("publics", "audiences"), records, site)
    return files, {url: context for _, _, url, _, context in site.rendered}


def test_each_entry_of_a_vocabulary_has_its_page_in_each_language():
    files, shown = directory([])
    assert list(files) == ["publics/index.html", "en/audiences/index.html", "publics/aines/index.html", "en/audiences/seniors/index.html",
                           "publics/jeunes/index.html", "en/audiences/jeunes/index.html"]
    assert shown["/publics/aines/"]["twin"] == {"url": "/en/audiences/seniors/", "title": "Seniors", "lang": "en"}
    assert [place["url"] for place in shown["/en/audiences/seniors/"]["above"]] == ["/en/audiences/"]
    assert shown["/publics/aines/"]["groups"] == [] and [entry["here"] for entry in shown["/publics/aines/"]["entries"]] == [True, False]


def test_pages_of_a_directory_are_by_theme_services_first():
    records = [Record(path="sante/b.md", title="Bouger", audiences=["aines"]), Record(path="sante/z.md", title="Zona", type="service", audiences=["aines", "jeunes"]),
               Record(path="emploi/a.md", title="Atelier", audiences=["aines"]), Record(path="sante/a.en.md", title="Ageing", lang="en", audiences=["aines"]),
               Record(path="sante/index.md", type="theme", audiences=["aines"]), Record(path="sante/vieux.md", audiences=["aines"], retired=True),
               Record(path="index.md", audiences=["aines"]), Record(path="sante/tous.md")]
    _, shown = directory(records)
    groups = {url: [(group["card"].title, [entry.title for entry in group["entries"]], group["more"]) for group in context["groups"]]
              for url, context in shown.items() if "groups" in context}
    assert groups == {"/publics/aines/": [("Emploi", ["Atelier"], 0), ("Sante", ["Zona", "Bouger"], 0)], "/publics/jeunes/": [("Sante", ["Zona"], 0)],
                      "/en/audiences/seniors/": [("Sante", ["Ageing"], 0)], "/en/audiences/jeunes/": []}
    assert [entry["count"] for entry in shown["/publics/"]["entries"]] == [3, 1]


def test_a_theme_with_many_pages_for_an_audience_says_how_many_are_left():
    _, shown = directory([Record(path=f"sante/p{n:02}.md", title=f"Page {n:02}", audiences=["jeunes"]) for n in range(20)])
    (group,) = shown["/publics/jeunes/"]["groups"]
    assert [entry.title for entry in group["entries"]] == [f"Page {n:02}" for n in range(12)] and group["more"] == 8


# What is new


def test_what_is_new_is_publications_and_changes_that_matter_latest_first():
    records = [
        Record(path="a/p.md", url="/a/p/", title="Rapport", type="publication", date="2026-03-01"),
        Record(path="a/c.md", url="/a/c/", title="Page", meta={"modifications": [{"date": "2026-02-01", "note": "Avant.", "portee": "majeure"},
                                                                              {"date": "2026-05-01", "note": "Tarifs.", "portee": "majeure"}]}),
        Record(path="a/m.md", title="Mineure", meta={"modifications": [{"date": "2026-06-01", "note": "Faute.", "portee": "mineure"}]}),
        Record(path="a/r.md", title="Retirée", type="publication", date="2026-04-01", retired=True),
        Record(path="a/p.en.md", url="/en/a/p/", title="Report", lang="en", type="publication", date="2026-03-02"),
    ]
    site = Site()
    files = run(Updates(), records, site)
    assert list(files) == ["nouveautes/index.html", "en/whats-new/index.html"]
    french, english = (context["changes"] for *_, context in site.rendered)
    assert [(one["date"], one["note"], one["url"]) for one in french] == [("2026-05-01", "Tarifs.", "/a/c/"), ("2026-03-01", "", "/a/p/")]
    assert [one["title"] for one in english] == ["Report"]


# Site map and 404


def architecture(themes: int, pages: int) -> list[Card]:
    cards = [Card("Accueil", "index.md", "/")]
    for theme in range(themes):
        cards.append(Card(f"Thème {theme}", f"t{theme}/index.md", f"/t{theme}/", "theme"))
        cards.append(Card(f"Sous-thème {theme}", f"t{theme}/s/index.md", f"/t{theme}/s/", "theme"))
        cards += [Card(f"Page {n}", f"t{theme}/s/p{n}.md", f"/t{theme}/s/p{n}/") for n in range(pages)]
    return cards


def shape(nodes) -> list:
    return [(node["card"].title, shape(node["children"])) for node in nodes]


def test_site_map_shows_three_levels():
    site = Site(Index(architecture(2, 1)))
    run(SiteMap(), [], site)
    template, _, url, _, context = site.rendered[0]
    assert (template, url) == ("site/plan.html", "/plan-du-site/")
    assert shape(context["tree"]) == [(f"Thème {n}", [(f"Sous-thème {n}", [("Page 0", [])])]) for n in (0, 1)]


def test_site_map_leaves_out_whole_the_level_that_does_not_fit(monkeypatch):
    monkeypatch.setattr(site_map_module, "MAX_ENTRIES", 10)
    site = Site(Index(architecture(3, 50)))
    run(SiteMap(), [], site)
    assert shape(site.rendered[0][4]["tree"]) == [(f"Thème {n}", [(f"Sous-thème {n}", [])]) for n in range(3)]


def test_not_found_page_in_each_language():
    site = Site()
    assert list(run(NotFound(), [], site)) == ["404.html", "en/404.html"]
    assert [(lang, url, title) for _, lang, url, title, _ in site.rendered] == [
        ("fr", "/404.html", "Page introuvable"), ("en", "/en/404.html", "Page not found")]


# Sitemap and robots

NAMESPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def read_sitemap(data: bytes) -> dict[str, dict]:
    found = {}
    for url in ElementTree.fromstring(data).findall("s:url", NAMESPACES):
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMESPACES)}
        found[url.findtext("s:loc", None, NAMESPACES)] = {"lastmod": url.findtext("s:lastmod", None, NAMESPACES), "links": links}
    return found


def test_sitemap_says_when_pages_changed_and_names_their_twins():
    records = [
        Record(url="/sante/", date="2025-01-01", updated="2026-02-03 10:30", twin="/en/health/"),
        Record(url="/en/health/", lang="en", twin="/sante/"),
        Record(url="/retire/", retired=True),
        Record(url="/seul/", twin="/en/gone/", date=None),
        Record(url="/a&b'/", date=None),
    ]
    found = read_sitemap(run(Sitemap(), records, Site())["sitemap.xml"])
    home = "https://www.gouv.exemple.quebec"
    pair = {"fr": f"{home}/sante/", "en": f"{home}/en/health/"}
    assert found[f"{home}/sante/"] == {"lastmod": "2026-02-03", "links": pair}
    assert found[f"{home}/en/health/"] == {"lastmod": "2026-01-05", "links": pair}
    assert found[f"{home}/seul/"] == {"lastmod": None, "links": {}}  # a twin that is not listed is no alternate
    assert f"{home}/retire/" not in found
    assert f"{home}/a&b'/" in found
    assert found[f"{home}/services/"]["links"] == {"fr": f"{home}/services/", "en": f"{home}/en/services/"}


@pytest.mark.parametrize(("limit", "value"), [("MAX_URLS", 4), ("MAX_BYTES", 700)])
def test_sitemap_is_split_within_the_limits(monkeypatch, limit, value):
    monkeypatch.setattr(sitemap_module, limit, value)
    files = run(Sitemap(), [Record(url=f"/p{n}/", date=f"2026-01-{n + 1:02d}") for n in range(10)], Site())
    parts = {name: data for name, data in files.items() if name != "sitemap.xml"}
    assert len(parts) > 1
    counts = [len(read_sitemap(data)) for data in parts.values()]
    listings = sum(len(one) for one in generated(Site()))
    assert sum(counts) == 10 + listings
    assert max(counts) <= 4 or max(map(len, parts.values())) <= 700
    index = ElementTree.fromstring(files["sitemap.xml"])
    assert [loc.text for loc in index.iter("{%s}loc" % NAMESPACES["s"])] == [f"https://www.gouv.exemple.quebec/{name}" for name in parts]


def test_sitemap_of_100_000_pages_is_an_index_and_three_files():
    stage, site = Sitemap(), Site()
    extracts = [[f"/theme/page-{n}/", "2026-01-05", "fr", f"/en/topic/page-{n}/"] for n in range(50_000)]
    extracts += [[f"/en/topic/page-{n}/", "2026-01-05", "en", f"/theme/page-{n}/"] for n in range(50_000)]
    assert sorted(dict(reduce(stage, extracts, site))) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]


def test_robots():
    text = run(Robots(), [], Site(base="/site/"))["robots.txt"].decode()
    assert "Disallow: /site/rapports/\n" in text
    assert "Sitemap: https://www.gouv.exemple.quebec/site/sitemap.xml\n" in text
    assert run(Robots(), [], Site(indexation=False))["robots.txt"] == b"User-agent: *\nDisallow: /\n"


# JSON API

ADDRESSES = [
    ("/", "/", "_accueil"), ("/sante/vaccin/", "/", "sante/vaccin"), ("/en/", "/", "en"), ("/index/", "/", "_index"),
    ("/%C3%A9t%C3%A9/", "/", "été"), ("/site/sante/", "/site/", "sante"), ("/site/", "/site/", "_accueil"),
]


@pytest.mark.parametrize(("url", "base", "name"), ADDRESSES)
def test_name_of_a_page_in_the_api(url, base, name):
    assert page_name(url, base) == name


def test_api_file_of_a_page_holds_to_its_schema():
    schema = orjson.loads(run(Api(), [], Site())["api/contenu.schema.json"])
    jsonschema_rs.meta.validate(schema)
    (path, data), = Api().files(Record(), {})
    content = orjson.loads(data)
    jsonschema_rs.validate(schema, content)
    assert path == "api/contenu/sante/vaccin.json"
    assert content["title"] == "Se faire vacciner"
    assert content["texte"] == "Où aller ?"
    assert content["@type"] == "Article"
    assert not jsonschema_rs.is_valid(schema, {**content, "inconnue": 1})


@pytest.mark.parametrize("url", ["/", "/sante/", "/sante/vaccin/", "/a/b/c/d/"])
def test_api_context_is_found_from_where_the_file_is(url):
    (path, data), = Api().files(Record(url=url), {})
    context = orjson.loads(data)["@context"]
    parts = path.split("/")[:-1] + context.split("/")
    resolved = []
    for part in parts:
        resolved.pop() if part == ".." else resolved.append(part)
    assert "/".join(resolved) == "api/contenu.contexte.jsonld"


def test_api_index_whole_then_in_parts(monkeypatch):
    records = [Record(url=f"/p{n}/", title=f"P {n}") for n in range(5)]
    files = run(Api(), records, Site())
    schema = orjson.loads(files["api/contenu.schema.json"])
    whole = {"$ref": "#/$defs/index", "$defs": schema["$defs"]}
    index = orjson.loads(files["api/contenu/index.json"])
    jsonschema_rs.validate(whole, index)
    assert index["nombre"] == 5
    assert index["contenus"][0] == {"url": "/p0/", "type": "page", "lang": "fr", "title": "P 0", "mise_a_jour": "2026-01-05"}
    monkeypatch.setattr(api_module, "MAX_LISTED", 2)
    files = run(Api(), records, Site(base="/site/"))
    index = orjson.loads(files["api/contenu/index.json"])
    jsonschema_rs.validate(whole, index)
    assert index["parties"] == [{"url": f"/site/api/contenu/_parties/{n}.json", "nombre": count} for n, count in ((1, 2), (2, 2), (3, 1))]
    assert [e["url"] for part in (1, 2, 3) for e in orjson.loads(files[f"api/contenu/_parties/{part}.json"])["contenus"]] == [
        f"/p{n}/" for n in range(5)]


def test_api_can_be_left_out():
    assert list(Api().files(Record(), {"api": False})) == []
    assert run(Api(), [Record()], Site(api=False)) == {}


# Links

LINKS = [
    # link, anchors of this page, told (reason) or None
    ({"kind": "anchor", "href": "#ou", "fragment": "ou"}, None),
    ({"kind": "anchor", "href": "#quand", "fragment": "quand"}, "ancre-introuvable"),
    ({"kind": "anchor", "href": "#", "fragment": ""}, None),
    ({"kind": "page", "href": "autre.md", "target": "sante/autre.md", "fragment": ""}, None),
    ({"kind": "page", "href": "autre.md#qui", "target": "sante/autre.md", "fragment": "qui"}, None),
    ({"kind": "page", "href": "autre.md#quoi", "target": "sante/autre.md", "fragment": "quoi"}, "ancre-introuvable"),
    ({"kind": "page", "href": "absent.md", "target": None, "fragment": ""}, "page-introuvable"),
    ({"kind": "page", "href": "absent.md#x", "target": "sante/absent.md", "fragment": "x"}, "page-introuvable"),
    ({"kind": "internal", "href": "/sante/autre/", "target": "/sante/autre/", "fragment": ""}, None),
    ({"kind": "internal", "href": "/sante/autre", "target": "/sante/autre", "fragment": ""}, None),
    ({"kind": "internal", "href": "/sante/%C3%A9t%C3%A9/", "target": "/sante/%C3%A9t%C3%A9/", "fragment": ""}, None),
    ({"kind": "internal", "href": "/sante/autre/#qui", "target": "/sante/autre/", "fragment": "qui"}, None),
    ({"kind": "internal", "href": "/sante/autre/#quoi", "target": "/sante/autre/", "fragment": "quoi"}, "ancre-introuvable"),
    ({"kind": "internal", "href": "/absente/", "target": "/absente/", "fragment": ""}, "adresse-introuvable"),
    ({"kind": "internal", "href": "/services/", "target": "/services/", "fragment": ""}, None),
    ({"kind": "internal", "href": "/sitemap.xml", "target": "/sitemap.xml", "fragment": ""}, None),
    ({"kind": "internal", "href": "/documents/guide.pdf", "target": "/documents/guide.pdf", "fragment": ""}, None),
    ({"kind": "internal", "href": "/documents/absent.pdf", "target": "/documents/absent.pdf", "fragment": ""}, "adresse-introuvable"),
    ({"kind": "external", "href": "https://ailleurs.exemple/", "target": "", "fragment": ""}, None),
    ({"kind": "media", "href": "a.pdf", "target": "sante/a.pdf", "fragment": ""}, None),
]
OTHERS = [Record(path="sante/autre.md", url="/sante/autre/", anchors=["qui", "comment"]),
          Record(path="sante/ete.md", url="/sante/%C3%A9t%C3%A9/")]


@pytest.mark.parametrize(("link", "reason"), LINKS, ids=[link["href"] for link, _ in LINKS])
def test_link(link, reason):
    site = Site(Index(media=["documents/guide.pdf"]))
    files = run(Links(), [Record(links=[{"line": 7, **link}]), *OTHERS], site)
    broken = orjson.loads(files["rapports/liens.json"])["brises"]
    assert [(item["raison"], item["fichier"], item["ligne"]) for item in broken] == ([(reason, "sante/vaccin.md", 7)] if reason else [])
    assert [told[:4] for told in site.told] == (
        [("sante/vaccin.md", 7, "avertissement", "lien-brise")] if reason not in (None, "page-introuvable") else [])


def test_external_links_are_listed_by_host():
    links = [{"kind": "external", "href": href, "line": 0} for href in ("https://b.exemple/2", "https://b.exemple/1", "https://A.exemple/")]
    files = run(Links(), [Record(links=links), Record(path="z.md", url="/z/", links=links[:1])], Site())
    external = orjson.loads(files["rapports/liens.json"])["externes"]
    assert [(host["hote"], host["liens"]) for host in external] == [("a.exemple", 1), ("b.exemple", 3)]
    assert external[1]["adresses"] == [{"url": "https://b.exemple/1", "liens": 1, "fichier": "sante/vaccin.md"},
                                       {"url": "https://b.exemple/2", "liens": 2, "fichier": "sante/vaccin.md"}]


def test_link_table_opens_in_a_french_spreadsheet_and_runs_nothing():
    record = Record(path="=cmd.md", links=[{"kind": "anchor", "href": "#x;y", "fragment": "x;y", "line": 3}])
    data = run(Links(), [record], Site())["rapports/liens.csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["fichier", "ligne", "page", "cible", "raison", "message"]
    assert rows[1][:2] == ["'=cmd.md", "3"]


def test_link_report_of_many_shards_is_that_of_one():
    """Addresses of a host that several shards name are one, with all their links and the first document; the first thousand are kept."""
    addresses = [f"https://ailleurs.exemple/{n:04}" for n in range(MAX_ADDRESSES + 200)] + ["https://ailleurs.exemple/a\tb\nc"]
    extracts = [[f"p{n:02}.md", f"/p{n:02}/", "ou", [], [[f"p{n // 2:02}.md", "ou" if n % 3 else "absente", "x", 4]], [["/nulle-part/", "", n]],
                 [href for at, href in enumerate(addresses) if (at + n) % 7]] for n in range(12)]
    whole = dict(reduce(Links(), extracts, Site()))
    stage, site = Links(), Site()
    shards = [orjson.loads(orjson.dumps(stage.gather(extracts[at : at + 5]))) for at in range(0, len(extracts), 5)]
    assert dict(stage.reduce(iter(shards), site)) == whole
    (host,) = orjson.loads(whole["rapports/liens.json"])["externes"]
    assert host["liens"] == sum(len(extract[-1]) for extract in extracts) and len(host["adresses"]) == MAX_ADDRESSES
    assert host["adresses"][0] == {"url": addresses[0], "liens": sum(n % 7 > 0 for n in range(12)), "fichier": "p01.md"}


# Calendar


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_calendar_holds_coming_instants_in_order_with_the_local_clock():
    instants = [(at("2026-12-01T00:00-05:00"), "expiration", "b.md"), (at("2026-06-01T09:00-04:00"), "retire", "a.md"),
                (at("2026-05-04T12:00-04:00"), "expiration", "present.md"), (at("2020-01-01T00:00-05:00"), "fin", "passe.md")]
    calendar = orjson.loads(run(Calendar(), [], Site(instants=instants))["calendrier.json"])
    assert calendar == {"prochain": "2026-06-01T09:00:00-04:00", "instants": [
        {"instant": "2026-06-01T09:00:00-04:00", "raison": "retire", "document": "a.md"},
        {"instant": "2026-12-01T00:00:00-05:00", "raison": "expiration", "document": "b.md"}]}


def test_calendar_does_not_name_what_is_not_public_yet():
    instants = [(at("2026-06-01T09:00-04:00"), "embargo", "secret.md"), (at("2026-07-01T00:00-04:00"), "expiration", "secret.md"),
                (at("2026-06-02T00:00-04:00"), "debut", "_mandats/nomination.md"), (at("2026-06-03T00:00-04:00"), "fin", "_urgences/public.md"),
                (at("2026-06-04T00:00-04:00"), "interruption-debut", "transports/permis.md")]
    data = run(Calendar(), [], Site(instants=instants))["calendrier.json"].decode()
    assert "secret" not in data
    assert "nomination" not in data
    assert "_urgences/public.md" in data
    assert "transports/permis.md" in data
    assert len(re.findall('"raison"', data)) == 5


def test_calendar_without_coming_instant():
    assert orjson.loads(run(Calendar(), [], Site())["calendrier.json"]) == {"prochain": None, "instants": []}
