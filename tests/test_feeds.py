"""Feeds, calendars, fragments, messages and oEmbed of the newsroom, read back as readers, agendas and mailers read them.

`site`: a small newsroom, built once. The rules of formats are cited where they are checked: RFC 4287 (Atom), the RSS 2.0 specification and
the warnings of the W3C feed validator (https://validator.w3.org/feed/docs/), https://www.jsonfeed.org/version/1.1/, RFC 5545 (iCalendar).
"""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import icalendar
import jsonschema_rs
import pytest
from bs4 import BeautifulSoup
from conftest import NOW, Site
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fleuve import digest, event_calendar, feed, policy
from fleuve.instant import ZONE

ORIGIN = "https://essai.exemple.quebec"
HUB = "https://carrefour.exemple.quebec/"
ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"

ORGANISM = "---\ntype: organisme\ntitle: {}\ndescription: Sa mission.\nsigle: X\nnature: ministere\nstatut: actif\n---\n"
NEWS = "---\ntype: {}\ntitle: {}\ndescription: {}\norganismes: [{}]\ndate: {}\n{}---\nTexte.\n"


def drawing() -> bytes:
    """A picture in PNG."""
    data = io.BytesIO()
    Image.new("RGB", (8, 6), "#06343f").save(data, "PNG")
    return data.getvalue()


PNG = drawing()


def news(site: Site, path: str, title: str, day: str, kind: str = "communique", organism: str = "ministere-sante", more: str = "", lead: str = "Le chapeau.") -> None:
    """Write an item of news. path: below nouvelles/, without « .md »."""
    site.write(f"nouvelles/{path}.md", NEWS.format(kind, json.dumps(title, ensure_ascii=False), json.dumps(lead, ensure_ascii=False), organism, f'"{day}"', more))


def newsroom(root: Path) -> Site:
    """A newsroom of two organisms, with an item of each sort of interest here."""
    site = Site(root, f"    websub: {HUB}\n")
    site.write("index.md", "---\ntitle: Accueil\ntype: page\n---\n")
    site.write("index.en.md", "---\ntitle: Home\ntype: page\n---\n")
    site.write("nouvelles/index.md", "---\ntype: salle-de-presse\ntitle: Salle de presse\n---\n")
    site.write("nouvelles/index.en.md", "---\ntype: salle-de-presse\ntitle: Newsroom\nslug: news\n---\n")
    site.write("sante/index.md", "---\ntype: theme\ntitle: Santé\n---\n")
    site.write("organismes/ministere-sante.md", ORGANISM.format("Ministère de la Santé"))
    site.write("organismes/ministere-famille.md", ORGANISM.format("Ministère de la Famille"))
    site.write("organismes/ministere-muet.md", ORGANISM.format("Ministère sans nouvelles"))
    site.write("_vocabulaires/regions.yml", "- {id: estrie, fr: Estrie, en: Estrie}\n")
    for number in range(1, 24):
        news(site, f"2026/05/serie-{number:02}", f"Nouvelle {number}", f"2026-05-{number:02} 09:30", more="themes: [sante]\n")
    news(site, "2026/06/photo", "Une photo", "2026-06-10 08:00", more=(
        "regions: [estrie]\nmedias:\n  - {image: photo.png, texte_de_remplacement: Une clinique., credit: Ministère}\n"
        "corrections:\n  - {date: 2026-06-11 14:00, note: Le nombre est 12.}\n"))
    site.write("nouvelles/2026/06/photo.png", PNG)
    news(site, "2026/06/signes", "A < B & « C » ]]> <b>gras</b> 😀", "2026-06-09", lead="Le taux passe de 5 % à < 3 % & plus.")
    news(site, "2026/06/retiree", "Une erreur", "2026-06-08", more="retire: {date: 2026-06-12, raison: Publiée par erreur.}\n")
    news(site, "2026/06/famille", "Pour les familles", "2026-06-12 10:00", organism="ministere-famille", more="modifications:\n  - {date: 2026-06-13, note: Montant mis à jour., portee: majeure}\n")
    site.write("nouvelles/2026/06/famille.en.md", NEWS.format("communique", "For families", "The lead.", "ministere-famille", '"2026-06-12 10:00"', "slug: for-families\n"))
    news(site, "2026/06/conference", "Point de presse", "2026-06-14 07:00", "avis-aux-medias", more=(
        "evenement: {debut: 2026-06-16 10:00, fin: 2026-06-16 11:00, lieu: Salle 2, adresse: '1, rue Exemple; Québec'}\n"))
    news(site, "2026/06/visite", "Visite annulée", "2026-06-13 07:00", "avis-aux-medias", "ministere-famille", more=(
        "evenement: {debut: 2026-11-05, fin: 2026-11-06, lieu: Gaspé}\nretire: {date: 2026-06-14, raison: Annulée.}\n"))
    news(site, "2026/06/direct", "Annonce en direct", "2026-06-15 08:00", "direct", "ministere-famille", more="debut: 2026-12-01 13:00\nlien: https://direct.exemple.quebec/a\n")
    news(site, "2026/06/secrete", "Très secret", "2026-06-14", more='embargo: "2026-06-20 08:00"\nmedias:\n  - {image: secrete.png, texte_de_remplacement: Secret., credit: Ministère}\n')
    site.write("nouvelles/2026/06/secrete.png", PNG)
    news(site, "2026/06/direct-secret", "Direct très secret", "2026-06-18 08:00", "direct", more="debut: 2026-06-18 13:00\nlien: https://direct.exemple.quebec/b\n")
    site.write("sante/essai.md", "---\ntype: consultation\ntitle: Une consultation\ndescription: Donnez votre avis.\norganismes: [ministere-famille]\nouverture: 2026-07-01\nfermeture: 2026-07-31\n---\n")
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = newsroom(tmp_path_factory.mktemp("fils"))
    result = site.build()
    assert result.code == 0, result.said + str(result.problems())
    return site


@pytest.fixture(scope="module")
def files(site: Site) -> dict[str, bytes]:
    """Every file of the built site that is not a page."""
    return {path: (site.out / path).read_bytes() for path in site.tree()}


def named(files: dict[str, bytes], end: str) -> dict[str, bytes]:
    found = {path: data for path, data in files.items() if path.endswith(end)}
    assert found
    return found


def parsed(site: Site, path: str) -> feedparser.FeedParserDict:
    return feedparser.parse((site.out / path).read_bytes(), sanitize_html=False)


# Which there are.

LISTS = {
    "fr": ["nouvelles/toutes/", "nouvelles/organismes/ministere-famille/", "nouvelles/organismes/ministere-sante/", "nouvelles/regions/estrie/",
           "nouvelles/themes/sante/", "nouvelles/types/avis-aux-medias/", "nouvelles/types/communique/", "nouvelles/types/direct/"],
    "en": ["en/news/all/", "en/news/organizations/ministere-famille/", "en/news/organizations/ministere-sante/", "en/news/regions/estrie/",
           "en/news/themes/sante/", "en/news/types/avis-aux-medias/", "en/news/types/communique/", "en/news/types/direct/"],
}


@pytest.mark.parametrize("name", ["fil.atom.xml", "fil.rss.xml", "fil.json", "courriel/envois.json"])
def test_every_list_has_its_feeds_in_both_languages(name: str, files: dict[str, bytes]) -> None:
    assert sorted(named(files, "/" + name)) == sorted(folder + name for folders in LISTS.values() for folder in folders)


def test_all_news_and_organisms_have_a_calendar(files: dict[str, bytes]) -> None:
    expected = [folder + "evenements.ics" for folders in LISTS.values() for folder in folders if "/toutes/" in folder or "/all/" in folder or "organi" in folder]
    assert sorted(named(files, "/evenements.ics")) == sorted(expected)


def test_a_newsroom_without_news_has_valid_empty_feeds(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.write("nouvelles/index.md", "---\ntype: salle-de-presse\ntitle: Salle de presse\n---\n")
    site.build()
    for name in ("fil.atom.xml", "fil.rss.xml"):
        read = parsed(site, f"nouvelles/toutes/{name}")
        assert not read.bozo and not read.entries and read.feed.title.startswith("Nouvelles du gouvernement")
    assert SCHEMA.is_valid(json.loads(site.read("nouvelles/toutes/fil.json")))
    assert json.loads(site.read("nouvelles/toutes/courriel/envois.json"))["envois"] == []
    assert icalendar.Calendar.from_ical(site.read("nouvelles/toutes/evenements.ics")).errors == []
    assert "Il n’y a pas encore de nouvelles" in site.read("integrer/nouvelles/toutes/index.html")


def test_a_site_without_a_newsroom_has_none_of_it(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path)
    other.write("page.md", "Texte.")
    other.build()
    assert not [path for path in other.tree() if re.search(r"nouvelles/|news/|integrer/|fil\.|\.ics$", path)]
    assert "fils" not in other.read("sitemap.xml")


# What all three formats say.


@pytest.mark.parametrize("name", ["fil.atom.xml", "fil.rss.xml"])
def test_readers_find_what_was_written(name: str, site: Site) -> None:
    read = parsed(site, f"nouvelles/toutes/{name}")
    assert not read.bozo and read.version == {"fil.atom.xml": "atom10", "fil.rss.xml": "rss20"}[name]
    titles = [entry.title for entry in read.entries]
    assert titles[:7] == ["Annonce en direct", "Point de presse", "Retiré\u00a0: Visite annulée", "Pour les familles", "Une photo",
                          "A < B & «\u00a0C\u00a0» ]]> <b>gras</b> 😀", "Retiré\u00a0: Une erreur"]
    assert len(titles) == 20 and titles[-1] == "Nouvelle 11"
    photo = read.entries[4]
    assert photo.link == photo.id == f"{ORIGIN}/nouvelles/2026/06/photo/"
    assert photo.author == "Ministère de la Santé" and {tag.term for tag in photo.tags} == {"Communiqué", "Estrie"}
    (enclosure,) = photo.enclosures
    assert (enclosure.href, enclosure.length, enclosure.type) == (f"{ORIGIN}/nouvelles/2026/06/photo.png", str(len(PNG)), "image/png")
    assert photo.media_content[0]["url"] == enclosure.href
    assert datetime(*photo.published_parsed[:6], tzinfo=timezone.utc) == datetime(2026, 6, 10, 8, tzinfo=ZONE)
    assert datetime(*photo.updated_parsed[:6], tzinfo=timezone.utc) == datetime(2026, 6, 11, 14, tzinfo=ZONE), "the correction"
    # Summaries are HTML in both formats: what the author wrote is text.
    assert BeautifulSoup(read.entries[5].summary, "html.parser").get_text() == "Le taux passe de 5\u00a0% à < 3\u00a0% & plus."
    links = {link.rel: link.href for link in read.feed.links}
    assert links["hub"] == HUB and links["self"] == f"{ORIGIN}/nouvelles/toutes/{name}" and links["alternate"] == f"{ORIGIN}/nouvelles/toutes/"


def test_the_three_formats_say_the_same(site: Site, files: dict[str, bytes]) -> None:
    for path, data in named(files, "/fil.json").items():
        items = [(item["id"], item["title"]) for item in json.loads(data)["items"]]
        for name in ("fil.atom.xml", "fil.rss.xml"):
            assert [(entry.id, entry.title) for entry in parsed(site, path.replace("fil.json", name)).entries] == items


def test_the_newest_come_first(files: dict[str, bytes]) -> None:
    for data in named(files, "/fil.json").values():
        moments = [datetime.fromisoformat(item["date_published"]) for item in json.loads(data)["items"]]
        assert moments == sorted(moments, reverse=True)


def test_an_item_in_another_language_says_so(site: Site) -> None:
    english = json.loads(site.read("en/news/all/fil.json"))
    assert english["language"] == "en"
    by_title = {item["title"]: item for item in english["items"]}
    assert "language" not in by_title["For families"] and by_title["Une photo"]["language"] == "fr"
    assert by_title["For families"]["url"].endswith("/for-families/")
    assert "Withdrawn: Une erreur" in by_title
    root = ElementTree.fromstring(site.read("en/news/all/fil.atom.xml"))
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert root.get(xml_lang) == "en"
    assert {entry.findtext(ATOM + "title"): entry.get(xml_lang) for entry in root.iter(ATOM + "entry")}["Une photo"] == "fr"
    spoken = {entry.title: entry.get("language") for entry in parsed(site, "en/news/all/fil.rss.xml").entries}
    assert spoken["Une photo"] == "fr" and spoken["For families"] is None


def test_nothing_embargoed_or_to_come_leaks(site: Site, files: dict[str, bytes]) -> None:
    told = {path for path, data in files.items() if re.search("secret".encode(), data, re.IGNORECASE) or "secret" in path}
    assert not told, told


# Rules of Atom and of the W3C validator.


@pytest.fixture(scope="module")
def atoms(files: dict[str, bytes]) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(data) for data in named(files, "/fil.atom.xml").values()]


def test_atom_feeds_have_what_they_must_once(atoms: list[ElementTree.Element]) -> None:
    for root in atoms:
        assert root.tag == ATOM + "feed"
        for element in [root, *root.iter(ATOM + "entry")]:
            for name in ("id", "title", "updated"):  # RFC 4287, 4.1.1 and 4.1.2: exactly one of each
                assert len(element.findall(ATOM + name)) == 1
            for name in ("published", "summary", "subtitle", "rights"):  # at most one
                assert len(element.findall(ATOM + name)) <= 1
            assert element.findtext(f"{ATOM}author/{ATOM}name"), "4.1.1: an author in the feed or in each entry; 3.2.1: with a name"
        assert len({entry.findtext(ATOM + "id") for entry in root.iter(ATOM + "entry")}) == len(root.findall(ATOM + "entry")), "4.1.1: no entry twice"


def test_atom_links(atoms: list[ElementTree.Element]) -> None:
    for root in atoms:
        assert [link.get("href") for link in root.findall(ATOM + "link") if link.get("rel") == "self"], "W3C: « Missing atom:link with rel=self »"
        for element in [root, *root.iter(ATOM + "entry")]:
            links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(ATOM + "link")]
            assert len([one for one in links if one[0] == "alternate"]) == 1, "4.1.1: no two alternates of the same type and language"
        for link in root.iter(ATOM + "link"):
            assert link.get("href").startswith("https://"), "absolute, so that no base is needed"
            if link.get("rel") == "enclosure":
                assert link.get("type") and link.get("length").isdigit()  # 4.2.7.6


def test_atom_dates_are_those_of_rfc_3339(atoms: list[ElementTree.Element]) -> None:
    for root in atoms:
        for element in (*root.iter(ATOM + "updated"), *root.iter(ATOM + "published")):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", element.text), "3.3"
        for entry in root.iter(ATOM + "entry"):
            published, updated = (datetime.fromisoformat(entry.findtext(ATOM + name)) for name in ("published", "updated"))
            assert published <= updated <= datetime.fromisoformat(root.findtext(ATOM + "updated"))


def test_atom_texts_say_what_they_are(atoms: list[ElementTree.Element]) -> None:
    for root in atoms:
        for title in root.iter(ATOM + "title"):
            assert title.get("type", "text") == "text" and len(title) == 0, "3.1.1.1: plain text has no child"
        for summary in root.iter(ATOM + "summary"):
            assert summary.get("type") == "html" and len(summary) == 0, "3.1.1.2: HTML is escaped"
        for category in root.iter(ATOM + "category"):
            assert category.get("term"), "4.2.2.1"
        for content in root.iter(MEDIA + "content"):
            assert content.get("medium") == "image" and content.get("url") and content.get("fileSize").isdigit()


# Rules of RSS 2.0 and of the W3C validator.


@pytest.fixture(scope="module")
def channels(files: dict[str, bytes]) -> list[ElementTree.Element]:
    roots = [ElementTree.fromstring(data) for data in named(files, "/fil.rss.xml").values()]
    assert all(root.tag == "rss" and root.get("version") == "2.0" and len(root) == 1 for root in roots)
    return [root[0] for root in roots]


def test_rss_channels_have_what_they_must(channels: list[ElementTree.Element]) -> None:
    for channel in channels:
        for name in ("title", "link", "description"):  # « Required channel elements »
            assert len(channel.findall(name)) == 1 and channel.findtext(name)
        assert channel.findtext("language") in ("fr", "en")
        assert parsedate_to_datetime(channel.findtext("lastBuildDate"))
        (itself,) = [link for link in channel.findall(ATOM + "link") if link.get("rel") == "self"]
        assert itself.get("type") == "application/rss+xml" and itself.get("href").endswith("/fil.rss.xml")


def test_rss_items(channels: list[ElementTree.Element]) -> None:
    for channel in channels:
        guids = [item.findtext("guid") for item in channel.iter("item")]
        assert len(set(guids)) == len(guids) and all(guids), "W3C: « item should contain a guid element », unique"
        for item in channel.iter("item"):
            for name in ("title", "link", "description", "pubDate", "guid", "enclosure"):
                assert len(item.findall(name)) <= 1, "RSS Advisory Board: readers take one enclosure"
            assert item.findtext("title") and item.findtext("guid") == item.findtext("link"), "isPermaLink"
            assert item.find("guid").get("isPermaLink") == "true"
            assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo, "RFC 822, with a zone"
            assert not item.findall("author"), "W3C: an author is an e-mail address; names are dc:creator"
            for enclosure in item.findall("enclosure"):
                assert enclosure.get("url").startswith("https://") and enclosure.get("length").isdigit() and "/" in enclosure.get("type")


def test_xml_is_utf_8_and_says_so(files: dict[str, bytes]) -> None:
    for data in named(files, ".xml").values():
        assert data.startswith(b'<?xml version="1.0" encoding="') and data[:60].lower().find(b"utf-8") > 0 and data.decode("utf-8")


# JSON Feed.

_TEXT, _URL = {"type": "string", "minLength": 1}, {"type": "string", "pattern": "^https://[^ ]+$"}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
_AUTHORS = {"type": "array", "items": {"type": "object", "properties": {"name": _TEXT, "url": _URL, "avatar": _URL}, "minProperties": 1, "additionalProperties": False}}
_ITEM = {
    "type": "object", "required": ["id"], "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}], "additionalProperties": False,
    "properties": {
        "id": _TEXT, "url": _URL, "title": _TEXT, "content_text": _TEXT, "summary": _TEXT, "image": _URL, "date_published": _DATE, "date_modified": _DATE,
        "authors": _AUTHORS, "tags": {"type": "array", "items": _TEXT}, "language": _TEXT,
        "attachments": {"type": "array", "items": {
            "type": "object", "required": ["url", "mime_type"], "additionalProperties": False,
            "properties": {"url": _URL, "mime_type": {"type": "string", "pattern": "^[a-z]+/[a-z0-9+.-]+$"}, "title": _TEXT, "size_in_bytes": {"type": "integer", "minimum": 0}}}},
    },
}
# https://www.jsonfeed.org/version/1.1/: « Top-level », « Items », « Attachments »; keys that we do not use are left out, so that none slips in.
SCHEMA = jsonschema_rs.validator_for({
    "type": "object", "required": ["version", "title", "items", "home_page_url", "feed_url"], "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"}, "title": _TEXT, "home_page_url": _URL, "feed_url": _URL, "description": _TEXT,
        "authors": _AUTHORS, "language": _TEXT, "items": {"type": "array", "items": _ITEM},
        "hubs": {"type": "array", "items": {"type": "object", "required": ["type", "url"], "properties": {"type": _TEXT, "url": _URL}, "additionalProperties": False}},
    },
})


def test_json_feeds_follow_their_specification(files: dict[str, bytes]) -> None:
    for path, data in named(files, "/fil.json").items():
        found = json.loads(data)
        assert not [error.message for error in SCHEMA.iter_errors(found)], path
        assert found["feed_url"] == f"{ORIGIN}/{path}" and found["hubs"] == [{"type": "WebSub", "url": HUB}]
        assert len({item["id"] for item in found["items"]}) == len(found["items"])


# Any text an editor may paste.

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("<>&\"'\x00\x0b\x1f\ufffe\uffff\u2028]\r\n\t 😀é«\u00a0\\;,:"), min_size=1, max_size=300)


@given(title=TEXTS, summary=TEXTS, name=TEXTS)
def test_any_text_comes_back_from_every_format(title: str, summary: str, name: str) -> None:
    moment = datetime(2026, 3, 8, 3, 30, tzinfo=ZONE)
    picture = feed.Picture(f"{ORIGIN}/a.png", 3, "image/png", name)
    entry = feed.Entry(f"{ORIGIN}/a/", title, summary, "en", moment, moment, name, f"{ORIGIN}/o/", (name,), picture)
    addresses = {kind: f"{ORIGIN}/fil.{kind}" for kind in ("atom", "rss", "json")}
    made = feed.Feed(name, summary, "fr", f"{ORIGIN}/", addresses, name, f"{ORIGIN}/", "", [entry])
    # Both XML and feedparser drop blanks at the ends.
    wanted, text = feed.plain(title), feed.plain(summary)
    root = ElementTree.fromstring(feed.atom(made))
    assert (root.findtext(f"{ATOM}entry/{ATOM}title") or "") == wanted
    channel = ElementTree.fromstring(feed.rss(made))[0]
    assert (channel.findtext("item/title") or "") == wanted
    for escaped in (root.findtext(f"{ATOM}entry/{ATOM}summary"), channel.findtext("item/description")):
        assert "<" not in (escaped or "")
        assert re.sub("&amp;", "&", re.sub("&gt;", ">", re.sub("&lt;", "<", escaped or ""))) == text
    item = json.loads(feed.json_feed(made))["items"][0]
    assert (item["title"], item["content_text"]) == (wanted, text)
    assert feed.atom(made) == feed.atom(made)


@given(title=TEXTS, summary=TEXTS, place=TEXTS)
def test_any_text_comes_back_from_a_calendar(title: str, summary: str, place: str) -> None:
    event = event_calendar.Event("a.md@essai", f"{ORIGIN}/a/", title, summary, "2026-06-16 10:00", "2026-06-16 11:00", feed.plain(place), categories=(title,))
    data = event_calendar.write([event], "Essai", title, f"{ORIGIN}/a.ics", "fr")
    assert data == event_calendar.write([event], "Essai", title, f"{ORIGIN}/a.ics", "fr")
    assert max(map(len, data.split(b"\r\n"))) <= 75, "RFC 5545, 3.1"
    assert b"\n" not in data.replace(b"\r\n", b"")
    (read,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(read["summary"]) == feed.plain(title)
    assert str(read.get("location", "")) == feed.plain(place)


# Calendars.


def events(site: Site, path: str) -> dict[str, icalendar.Event]:
    data = (site.out / path).read_bytes()
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar["version"] == "2.0" and calendar["prodid"], "RFC 5545, 3.6: required"
    assert max(map(len, data.split(b"\r\n"))) <= 75 and data.endswith(b"END:VCALENDAR\r\n")
    for event in calendar.walk("VEVENT"):
        assert event["uid"] and event["dtstamp"] and event["dtstart"], "3.6.1: required"
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_events_are_in_the_calendar_of_all_and_of_their_organism(site: Site) -> None:
    found = events(site, "nouvelles/toutes/evenements.ics")
    assert list(found) == ["Point de presse", "Une consultation", "Visite annulée", "Annonce en direct"], "by date"
    assert set(events(site, "nouvelles/organismes/ministere-sante/evenements.ics")) == {"Point de presse"}
    assert set(events(site, "nouvelles/organismes/ministere-famille/evenements.ics")) == set(found) - {"Point de presse"}
    assert len({str(event["uid"]) for event in found.values()}) == 4


def test_instants_are_in_utc_summer_and_winter(site: Site) -> None:
    found = events(site, "nouvelles/toutes/evenements.ics")
    assert found["Point de presse"].decoded("dtstart") == datetime(2026, 6, 16, 14, tzinfo=timezone.utc)
    assert found["Point de presse"].decoded("dtend") == datetime(2026, 6, 16, 15, tzinfo=timezone.utc)
    assert found["Annonce en direct"].decoded("dtstart") == datetime(2026, 12, 1, 18, tzinfo=timezone.utc)
    assert "dtend" not in found["Annonce en direct"], "no end is made up"
    assert found["Visite annulée"].decoded("dtstart") == date(2026, 11, 5) and found["Visite annulée"].decoded("dtend") == date(2026, 11, 7), "days: the end is not included"
    assert str(found["Point de presse"]["location"]) == "Salle 2, 1, rue Exemple; Québec"


def test_what_is_withdrawn_is_cancelled(site: Site) -> None:
    found = events(site, "nouvelles/toutes/evenements.ics")
    assert {name: str(event["status"]) for name, event in found.items()} == {
        "Point de presse": "CONFIRMED", "Une consultation": "CONFIRMED", "Visite annulée": "CANCELLED", "Annonce en direct": "CONFIRMED"}
    assert found["Visite annulée"]["sequence"] == 1 and found["Point de presse"]["sequence"] == 0
    assert found["Visite annulée"].decoded("dtstamp") == datetime(2026, 6, 14, 4, tzinfo=timezone.utc), "when it was withdrawn, not when it was built"


def test_an_event_has_its_own_file_the_same_as_in_the_calendars(site: Site, files: dict[str, bytes]) -> None:
    folder = "nouvelles/2026/06/"
    assert sorted(named(files, "/evenement.ics")) == [f"{folder}{name}/evenement.ics" for name in ("conference", "direct", "visite")]
    (alone,) = events(site, folder + "conference/evenement.ics").values()
    assert alone.to_ical() == events(site, "nouvelles/toutes/evenements.ics")["Point de presse"].to_ical()


# oEmbed, discovery, fragment.


def test_oembed_is_found_from_the_page(site: Site) -> None:
    page = BeautifulSoup(site.read("nouvelles/2026/06/famille/index.html"), "html.parser")
    link = page.find("link", type="application/json+oembed")
    assert link["rel"] == ["alternate"] and link["href"].startswith(ORIGIN + "/")
    found = json.loads(site.read(link["href"].removeprefix(ORIGIN + "/")))
    assert found == {"version": "1.0", "type": "link", "title": "Pour les familles", "provider_name": "Services du gouvernement", "provider_url": f"{ORIGIN}/",
                     "author_name": "Ministère de la Famille", "author_url": f"{ORIGIN}/organismes/ministere-famille/"}


PAGES_WITH_FEEDS = ["nouvelles/index.html", "nouvelles/toutes/index.html", "nouvelles/2026/06/famille/index.html", "organismes/ministere-famille/index.html", "sante/index.html",
                    "nouvelles/organismes/ministere-sante/index.html", "nouvelles/fils/index.html", "en/news/feeds/index.html", "en/news/index.html"]


@pytest.mark.parametrize("path", PAGES_WITH_FEEDS)
def test_pages_lead_to_feeds_that_exist(path: str, site: Site) -> None:
    head = BeautifulSoup(site.read(path), "html.parser").head
    links = {link["type"]: link for link in head.find_all("link", rel="alternate", type=True)}
    for media_type in ("application/atom+xml", "application/rss+xml", "application/feed+json"):
        assert links[media_type]["title"] and (site.out / links[media_type]["href"].removeprefix(ORIGIN).lstrip("/")).is_file()


def test_an_organism_without_news_leads_to_no_feed(site: Site) -> None:
    assert "application/atom+xml" not in site.read("organismes/ministere-muet/index.html")


def test_the_page_of_feeds_names_them_all(site: Site, files: dict[str, bytes]) -> None:
    for lang, path in (("fr", "nouvelles/fils/"), ("en", "en/news/feeds/")):
        page = BeautifulSoup(site.read(path + "index.html"), "html.parser")
        linked = {link["href"].removeprefix(ORIGIN + "/") for link in page.main.find_all("a", href=True)}
        assert {folder + name for folder in LISTS[lang] for name in ("fil.atom.xml", "fil.rss.xml", "fil.json")} <= linked
        assert {name for name in named(files, "/evenements.ics") if name.startswith("en/") == (lang == "en")} <= linked
        listed = json.loads(site.read(path + "listes.json"))
        assert sorted(one["page"].removeprefix(ORIGIN + "/") for one in listed) == sorted(LISTS[lang])
        for one in listed:
            for key in ("atom", "rss", "json", "courriel"):
                assert one[key].removeprefix(ORIGIN + "/") in files
            assert one["fragment"].removeprefix(ORIGIN + "/") + "index.html" in files
        frame = BeautifulSoup(page.find("code", string=re.compile("iframe")).string, "html.parser").iframe
        assert frame["title"] and frame["src"].removeprefix(ORIGIN + "/") + "index.html" in files
        assert f"{ORIGIN}/{path}" in site.read("sitemap.xml")


def test_a_fragment_is_a_page_of_its_own_without_script(site: Site, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        if path.startswith("integrer/"):
            page = BeautifulSoup(data, "html.parser")
            assert page.html["lang"] == ("en" if path.startswith("integrer/en/") else "fr") and page.title.string and page.h1 and page.main
            assert not page.find_all(["script", "style", "img"]) and not page.find_all(style=True)
            assert page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] + "; frame-ancestors *" == policy.embedded()
            assert page.base["target"] == "_top" and page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
            for link in page.find_all("a"):
                assert link["href"].startswith(ORIGIN), "links leave the frame with whole addresses"
    shown = BeautifulSoup(files["integrer/en/news/all/index.html"], "html.parser")
    assert [link.get("lang") for link in shown.ul.find_all("a")] == ["fr", "fr", "fr", None, "fr"]


def test_only_fragments_can_be_framed(site: Site) -> None:
    rules, server = site.read("redirections/nginx-entetes.conf"), site.read("redirections/nginx-entetes-serveur.conf")
    (table,) = re.findall(r"map \$uri \$fleuve_politique \{\n(.*?)\n\}", rules, re.DOTALL)
    found = dict(re.findall(r'(\S+) "([^"]*frame-ancestors [^";]*)";', table))
    assert list(found) == ["default", '"~^/integrer/"']
    assert found["default"].endswith("frame-ancestors 'none'") and found['"~^/integrer/"'] == policy.embedded()
    assert "add_header Content-Security-Policy $fleuve_politique always;" in server
    assert "default_type application/atom+xml" in server and "default_type text/calendar" in server


# Messages.


def test_messages_are_of_the_last_day_and_week_with_news(site: Site) -> None:
    manifest = json.loads(site.read("nouvelles/organismes/ministere-sante/courriel/envois.json"))
    assert manifest["liste"] == "Nouvelles\u00a0: Ministère de la Santé" and manifest["langue"] == "fr"
    day, week = manifest["envois"]
    assert (day["periode"], day["du"], day["au"], day["nombre"]) == ("jour", "2026-06-14", "2026-06-14", 1)
    # Monday 8 to Sunday 14 June.
    assert (week["periode"], week["du"], week["au"], week["nombre"]) == ("semaine", "2026-06-08", "2026-06-14", 4)
    assert day["objet"] == "Nouvelles : Ministère de la Santé – 14 juin 2026"


def test_a_busy_week_is_whole(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.write("organismes/a.md", ORGANISM.format("A"))
    for number in range(1, 121):
        news(site, f"2026/06/n-{number:03}", f"Nouvelle {number}", f"2026-06-{8 + number % 6:02} 08:00" if number > 10 else "2026-06-07 23:59", organism="a")
    site.build()
    day, week = json.loads(site.read("nouvelles/toutes/courriel/envois.json"))["envois"]
    assert (week["du"], week["nombre"], day["du"]) == ("2026-06-08", 110, "2026-06-13")
    page = BeautifulSoup(site.read("nouvelles/toutes/courriel/semaine.html"), "html.parser")
    assert len(page.find_all("h2")) == 110


def test_a_message_can_be_read_anywhere(site: Site, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        if "/courriel/" not in path or not path.endswith(".html"):
            continue
        page = BeautifulSoup(data, "html.parser")
        assert page.html["lang"] and page.title.string == feed_line(page.h1) and not page.find_all(["script", "style", "link", "table", "img"])
        assert page.find("a", href=digest.UNSUBSCRIBE) and page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
        text = files[path[:-4] + "txt"].decode()
        assert digest.UNSUBSCRIBE in text
        for line in text.split("\n"):
            assert len(line) <= digest.WIDTH or " " not in line, line
        for link in page.find_all("a", href=re.compile("^https:")):
            assert link["href"] in text


def feed_line(element) -> str:
    return feed.plain(element.get_text())


# The same bytes, and only what has changed.


def test_one_more_item_touches_its_lists_alone_and_gives_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    site = newsroom(tmp_path)
    site.build()
    before = site.tree()
    news(site, "2026/06/nouvelle", "Encore une", "2026-06-15 09:00", organism="ministere-famille")
    site.build()
    after = site.tree()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    feeds = {path.rpartition("/")[0] + "/" for path in changed if path.endswith("/fil.atom.xml")}
    assert feeds == {folder for folders in LISTS.values() for folder in folders if re.search(r"/toutes/|/all/|famille|communique", folder)}
    assert after == site.clean_build()


def test_the_instant_decides(tmp_path: Path) -> None:
    site = newsroom(tmp_path)
    site.build(now="2026-06-20T08:00")
    assert "Très secret" in site.read("nouvelles/toutes/fil.json") and "Direct très secret" in site.read("nouvelles/toutes/evenements.ics")
    site.build(now=NOW)
    assert site.tree() == site.clean_build(now=NOW)


@pytest.mark.parametrize("hub", ["http://carrefour.exemple.quebec/", "carrefour", "'https://a b'"])
def test_a_wrong_hub_is_refused(hub: str, tmp_path: Path) -> None:
    site = Site(tmp_path, f"    websub: {hub}\n")
    result = site.build()
    assert result.code == 2 and "extra.fleuve.websub" in result.said
