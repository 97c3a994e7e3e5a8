"""JSON-LD: what a page is, in the words of schema.org, for search engines and assistants.

One @graph a page: the page itself, its breadcrumb, and the thing that it is about (a service, an organism, a procedure…). The
types and their plain fields come from `schema_org` in `fleuve/types/*.yml`; what has a shape of its own (steps, channels,
files, questions) is composed here. 100,000 pages pass through `build`: what pages share is kept already encoded.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import orjson

from fleuve import content_type, instant, mandate, news_item
from fleuve.news_card import card_path

MAX_BREADCRUMBS = 4096
"""Folders whose breadcrumb is kept encoded: about 4 MB."""
MIN_QUESTIONS = 3

_START = '{"@context":"https://schema.org","@graph":['
_MARKUP = re.compile(r"!?\[([^\]]*)\](?:\([^)\s]*(?:\s[^)]*)?\)|\{[^}]*\})|^\s*(?:#+|[-*+>]|\d+[.)]|:::.*|\[\[.*\]\]|:)(?=\s|$)|\*{1,3}|~~|`+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|<[^>]*>", re.MULTILINE)
_SPACES = re.compile(r"\s+")
_SECTION = re.compile(r"^## +(.+?) *(?:\{[^}]*\})? *#*$", re.MULTILINE)
_PHONE = re.compile(r"(?:\b1[ -])?\(?\b\d{3}\)?[ -]\d{3}-\d{4}\b")

# Types of schema.org that are a page rather than something that a page is about.
_PAGES = ("WebPage", "CollectionPage", "ContactPage", "AboutPage")
_ENDED = ("aboli", "fusionne", "remplace", "scinde")
_MODES = {
    "fr": {"telephone": "Téléphone", "comptoir": "En personne", "poste": "Poste", "courriel": "Courriel", "telecopieur": "Télécopieur"},
    "en": {"telephone": "Telephone", "comptoir": "In person", "poste": "Mail", "courriel": "Email", "telecopieur": "Fax"},
}

_breadcrumbs: dict[tuple, str] = {}


class Frame(NamedTuple):
    """What all pages of a site say alike: origin of the host, reference to the site, encoded node of the site by language."""

    origin: str
    site: dict
    nodes: dict[str, str]


def build(doc: Any, record: Any, site: Any) -> str:
    """The JSON-LD of a page, safe as it stands inside <script>.

    Takes the document as templates see it, its record or anything else with `headings`, and the site or press session
    (`settings`, `index`). Returns the text of one JSON object.
    """
    settings = site.settings
    frame = _frame(getattr(settings, "site_url", None) or site.site_url, _names(settings))
    url = doc.canonical
    mapping = _mapping(doc.type)
    page = _page(doc, url, frame)
    nodes = [page]
    entity = _entity(doc, url, mapping, frame, site)
    if entity is not None:
        page["mainEntity"] = {"@id": entity["@id"]}
        nodes.append(entity)
    elif mapping["type"] in _PAGES:
        page["@type"] = mapping["type"]
    if questions := _questions(doc, getattr(record, "headings", None) or ()):
        page["@type"] = [page["@type"], "FAQPage"]
        page["mainEntity"] = questions
    text = orjson.dumps(nodes).decode()[1:-1]
    ancestors = doc.ancestors
    if ancestors:
        text += "," + _breadcrumb(ancestors, frame.origin) + _last_crumb(doc.title, url, len(ancestors) + 1)
    else:
        text += "," + frame.nodes.get(doc.lang, frame.nodes["fr"])
    return _safe(f"{_START}{text}]}}")


def schema_type(kind: str) -> str:
    """The schema.org type of a content type."""
    return _mapping(kind)["type"]


@lru_cache(256)
def _mapping(kind: str) -> dict:
    known = content_type.load().get(kind)
    spec = known.schema_org if known is not None else {}
    fields = {name: tuple(path.split(".")) for name, path in (spec.get("champs") or {}).items()}
    return {"type": spec.get("type") or "WebPage", "fields": fields}


def _names(settings: Any) -> tuple:
    own = getattr(settings, "fleuve", settings)
    names = own.get("nom") or {}
    return (names.get("fr", ""), names.get("en", "")) if isinstance(names, dict) else (names, names)


@lru_cache(16)
def _frame(site_url: str, names: tuple) -> Frame:
    parts = urlsplit(site_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    nodes = {lang: _encode({"@type": "WebSite", "@id": site_url + "#site", "url": site_url, "name": name, "inLanguage": lang})
             for lang, name in zip(("fr", "en"), names)}
    return Frame(origin, {"@id": site_url + "#site"}, nodes)


def _encode(value: Any) -> str:
    return orjson.dumps(value).decode()


def _safe(text: str) -> str:
    """The text with nothing that could close the script or that JavaScript would not take as JSON."""
    if "<" in text:
        text = text.replace("<", "\\u003c")
    if ">" in text:
        text = text.replace(">", "\\u003e")
    if "&" in text:
        text = text.replace("&", "\\u0026")
    if not text.isascii():
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return text


# The page and its breadcrumb


def _page(doc: Any, url: str, frame: Frame) -> dict:
    meta = doc.meta
    page = {"@type": "WebPage", "@id": url, "url": url, "name": doc.title, "inLanguage": doc.lang, "isPartOf": frame.site}
    if doc.description:
        page["description"] = doc.description
    if content_type.is_news(doc.type):
        page["datePublished"] = doc.moment
        if changed := doc.last_change:
            page["dateModified"] = instant.to_iso(changed)
    else:
        if published := meta.get("date"):
            page["datePublished"] = _date(published)
        if changed := meta.get("mise_a_jour"):
            page["dateModified"] = _date(changed)
    if doc.ancestors:
        page["breadcrumb"] = {"@id": url + "#fil"}
    if responsible := doc.responsible:
        page["publisher"] = _organism(responsible, frame)
    return page


def _date(value: Any) -> str:
    return str(value).replace(" ", "T", 1)


def _organism(card: Any, frame: Frame) -> dict:
    return {"@type": "GovernmentOrganization", "@id": f"{frame.origin}{card.url}#organisme", "name": card.title}


def _breadcrumb(ancestors: list, origin: str) -> str:
    """The breadcrumb of a folder, encoded up to where the page's own place comes."""
    key = (origin, *[(card.url, card.title) for card in ancestors])
    known = _breadcrumbs.get(key)
    if known is None:
        if len(_breadcrumbs) >= MAX_BREADCRUMBS:
            _breadcrumbs.clear()
        crumbs = [{"@type": "ListItem", "position": number, "name": card.title, "item": origin + card.url}
                  for number, card in enumerate(ancestors, 1)]
        known = _breadcrumbs[key] = '{"@type":"BreadcrumbList","itemListElement":[' + _encode(crumbs)[1:-1]
    return known


def _last_crumb(title: str, url: str, position: int) -> str:
    crumb = _encode({"@type": "ListItem", "position": position, "name": title, "item": url})
    return f',{crumb}],"@id":{_encode(url + "#fil")}}}'


# What the page is about


def _entity(doc: Any, url: str, mapping: dict, frame: Frame, site: Any) -> dict | None:
    kind = mapping["type"]
    if kind in _PAGES:
        return None
    if kind == "Article":
        return _article(doc, url, mapping, frame)
    compose = _COMPOSERS.get(kind)
    node = {"@type": kind, "@id": url + ("#organisme" if kind == "GovernmentOrganization" else "#contenu"), "url": url,
            **_fields(doc, mapping)}
    return compose(node, doc, frame, site) if compose else node


def _article(doc: Any, url: str, mapping: dict, frame: Frame) -> dict:
    # The page node already says the rest; an article needs its own headline, dates and author to be one.
    node = {"@type": "Article", "@id": url + "#contenu", "mainEntityOfPage": {"@id": url}, "inLanguage": doc.lang}
    node.update(_fields(doc, mapping))
    if responsible := doc.responsible:
        node["author"] = {"@id": f"{frame.origin}{responsible.url}#organisme"}
    return node


def _fields(doc: Any, mapping: dict) -> dict:
    found = {}
    meta = doc.meta
    for name, path in mapping["fields"].items():
        value = meta.get(path[0])
        for key in path[1:]:
            value = value.get(key) if isinstance(value, dict) else None
        if value:
            found[name] = _field(name, value)
    return found


def _field(name: str, value: Any) -> Any:
    if name.startswith("date"):
        return _date(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) if name == "keywords" else value
    return plain(value) if name in ("termsOfService", "address") else value


def plain(markdown: Any) -> str:
    """The words of a piece of Markdown, on one line."""
    text = str(markdown)
    return _SPACES.sub(" ", _MARKUP.sub(lambda found: found[1] or "", text)).strip()


def _service(node: dict, doc: Any, frame: Frame, site: Any) -> dict | None:
    node.pop("dateModified", None)  # said by the page: a service has no such property
    node["areaServed"] = {"@type": "AdministrativeArea", "name": "Québec"}
    if doc.responsible:
        node["provider"] = {"@id": f"{frame.origin}{doc.responsible.url}#organisme"}
    channels = []
    if online := node.pop("serviceUrl", None):
        channel = {"@type": "ServiceChannel", "serviceUrl": urljoin(frame.origin, online) if online.startswith("/") else online}
        if label := (doc.meta.get("lien_service") or {}).get("texte"):
            channel["name"] = label
        channels.append(channel)
    modes = _MODES.get(doc.lang, _MODES["fr"])
    for way in doc.meta.get("autres_facons") or ():
        channel = {"@type": "ServiceChannel", "name": modes.get(way["mode"], way["mode"]), "description": plain(way["texte"])}
        if phone := _PHONE.search(way["texte"]):
            channel["servicePhone"] = {"@type": "ContactPoint", "telephone": phone[0]}
        channels.append(channel)
    if channels:
        node["availableChannel"] = channels
    return node


def _organization(node: dict, doc: Any, frame: Frame, site: Any) -> dict:
    meta = doc.meta
    contact = meta.get("coordonnees") or {}
    if address := node.get("address"):
        node["address"] = {"@type": "PostalAddress", "streetAddress": address, "addressCountry": "CA"}
    if free := contact.get("telephone_sans_frais"):
        node["contactPoint"] = {"@type": "ContactPoint", "telephone": free, "contactType": "customer service"}
    if networks := [network["url"] for network in meta.get("reseaux_sociaux") or ()]:
        node["sameAs"] = networks
    if meta.get("statut") in _ENDED and meta.get("date_statut"):
        node["dissolutionDate"] = _date(meta["date_statut"])
    parent = meta.get("rattachement") and site.index.of_id("organisme", meta["rattachement"], doc.lang)
    if parent:
        node["parentOrganization"] = _organism(parent, frame)
    return node


def _how_to(node: dict, doc: Any, frame: Frame, site: Any) -> dict | None:
    steps = [_step(number, step) for number, step in enumerate(doc.meta.get("etapes") or (), 1)]
    if not steps:
        return None  # a life event that only gathers links is a page
    return {**node, "step": steps}


def _step(number: int, step: dict) -> dict:
    node = {"@type": "HowToStep", "position": number, "name": step["titre"]}
    details = " ".join([plain(step["texte"])] if step.get("texte") else [])
    items = [plain(item["texte"]) for item in step.get("contenus") or ()]
    if items:
        node["itemListElement"] = [{"@type": "HowToDirection", "position": place, "text": item} for place, item in enumerate(items, 1)]
    if details or not items:
        node["text"] = details or step["titre"]
    return node


def _publication(node: dict, doc: Any, frame: Frame, site: Any) -> dict:
    if doc.meta.get("categorie") != "rapport":
        node["@type"] = "DigitalDocument"
        node.pop("isbn", None)  # a property of books and reports only
    node["inLanguage"] = doc.lang
    if doc.responsible:
        node["publisher"] = {"@id": f"{frame.origin}{doc.responsible.url}#organisme"}
    files = list(_files(doc, frame, site))
    if files:
        node["encoding"] = files
    return node


def _files(doc: Any, frame: Frame, site: Any) -> Iterator[dict]:
    folder = posixpath.dirname(doc.path)
    for item in doc.meta.get("pieces_jointes") or ():
        media = site.index.media(posixpath.normpath(posixpath.join(folder, item["fichier"])))
        if media:
            node = {"@type": "MediaObject", "contentUrl": urljoin(frame.origin, media["url"]), "contentSize": str(media["bytes"])}
            yield {**node, **{name: item[key] for name, key in (("name", "titre"), ("inLanguage", "langue")) if item.get(key)}}


# News


def _news(node: dict, doc: Any, frame: Frame, site: Any) -> dict:
    """An item of news: who says it, when and where, what it shows, what it announces."""
    meta = doc.meta
    node.pop("url")
    issuers = [_organism(card, frame) for card in doc.organisms]
    node.update({"mainEntityOfPage": {"@id": doc.canonical}, "headline": doc.title, "inLanguage": doc.lang, "datePublished": doc.moment,
                 "isAccessibleForFree": True, "image": _picture(doc, frame, site)})
    if doc.description:
        node["description"] = doc.description
    if changed := doc.last_change:
        node["dateModified"] = instant.to_iso(changed)
    if issuers:
        node["author"] = issuers if len(issuers) > 1 else issuers[0]
        node["publisher"] = {"@id": issuers[0]["@id"]}
    if place := meta.get("lieu"):
        node["contentLocation"] = {"@type": "Place", "name": place}
    if words := meta.get("mots_cles"):
        node["keywords"] = ", ".join(words)
    if corrections := meta.get("corrections"):
        node["correction"] = [{"@type": "CorrectionComment", "text": plain(one["note"]), "datePublished": instant.to_iso(one["date"])} for one in corrections]
    for name, values in (("video", list(_films(doc, frame))), ("audio", list(_recordings(doc, frame)))):
        if values:
            node[name] = values
    compose, *needed = _ANNOUNCERS.get(doc.type, (None,))
    if compose and all(key in meta for key in needed):  # a page is published without the keys that are wrong
        compose(node, doc, frame)
    return node


def _picture(doc: Any, frame: Frame, site: Any) -> dict:
    if photo := doc.picture:
        one = news_item.main_picture(doc.meta)
        said = {name: plain(one[key]) for name, key in (("caption", "legende"), ("creditText", "credit"), ("license", "licence"))
                if one.get(key) and (name != "license" or "://" in one[key])}
        return {"@type": "ImageObject", "url": frame.origin + photo["src"], **said}
    issuer = doc.responsible
    path = card_path(issuer.id, issuer.lang) if issuer else card_path("", doc.lang)
    return {"@type": "ImageObject", "url": f"{frame.origin}{site.settings.base}{path}", "width": 1200, "height": 630}


def _films(doc: Any, frame: Frame) -> Iterator[dict]:
    for one in doc.meta.get("medias") or ():
        if file := one.get("video") and doc.media(one["video"]):
            node = {"@type": "VideoObject", "name": one.get("titre") or doc.title, "description": plain(one.get("legende") or doc.description),
                    "uploadDate": doc.moment, "contentUrl": frame.origin + file["url"]}
            poster = one.get("affiche") and doc.image(one["affiche"])
            yield {**node, **({"thumbnailUrl": frame.origin + poster["src"]} if poster else {}), **_length(one), **_transcript(doc, one)}


def _recordings(doc: Any, frame: Frame) -> Iterator[dict]:
    for one in doc.meta.get("medias") or ():
        if file := one.get("audio") and doc.media(one["audio"]):
            yield {"@type": "AudioObject", "name": one.get("titre") or doc.title, "uploadDate": doc.moment,
                   "contentUrl": frame.origin + file["url"], **_length(one), **_transcript(doc, one)}


def _length(media: dict) -> dict:
    """`duration` in ISO 8601, from « 1:25 » or « 1:02:03 »."""
    if not media.get("duree"):
        return {}
    hours, minutes, seconds = [0, *map(int, media["duree"].split(":"))][-3:]
    return {"duration": f"PT{hours}H{minutes}M{seconds}S" if hours else f"PT{minutes}M{seconds}S"}


def _transcript(doc: Any, media: dict) -> dict:
    text = plain(doc.transcript(media))
    return {"transcript": text} if text else {}


def _advisory(node: dict, doc: Any, frame: Frame) -> None:
    event = doc.meta["evenement"]
    place = {"@type": "Place", "name": event["lieu"]}
    if event.get("adresse"):
        place["address"] = plain(event["adresse"])
    online = {"location": [place, {"@type": "VirtualLocation", "url": event.get("lien")}], "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode"}
    there = {"location": place, "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode"}
    status = "EventCancelled" if doc.retired else "EventScheduled"
    node["about"] = {"@type": "Event", "name": doc.title, "startDate": instant.to_iso(event["debut"]), "eventStatus": f"https://schema.org/{status}",
                     **({"endDate": instant.to_iso(event["fin"])} if event.get("fin") else {}), **(online if event.get("lien") else there)}
    if doc.responsible:
        node["about"]["organizer"] = {"@id": f"{frame.origin}{doc.responsible.url}#organisme"}


def _live(node: dict, doc: Any, frame: Frame) -> None:
    meta = doc.meta
    broadcast = {"@type": "BroadcastEvent", "isLiveBroadcast": True, "startDate": instant.to_iso(meta["debut"])}
    if meta.get("fin"):
        broadcast["endDate"] = instant.to_iso(meta["fin"])
    node["video"] = [*node.get("video", ()), {
        "@type": "VideoObject", "name": doc.title, "description": doc.description, "uploadDate": instant.to_iso(meta["debut"]), "url": meta["lien"],
        "thumbnailUrl": node["image"]["url"], "publication": broadcast}]


def _warning(node: dict, doc: Any, frame: Frame) -> None:
    if doc.meta.get("fin"):
        node["expires"] = instant.to_iso(doc.meta["fin"])


def _appointment(node: dict, doc: Any, frame: Frame) -> None:
    node["about"] = {"@type": "Person", "name": doc.meta["nomme"], "jobTitle": doc.meta["poste"]}


def _speech(node: dict, doc: Any, frame: Frame) -> None:
    if speaker := doc.index.of_id("personne", doc.meta["orateur"], doc.lang):
        node["creator"] = _person(speaker, doc.meta["orateur"], doc, frame)


def _post(node: dict, doc: Any, frame: Frame) -> None:
    authors = []
    for one in doc.meta["auteurs"]:
        if isinstance(one, dict):
            authors.append({"@type": "Person", "name": one["nom"], **({"jobTitle": one["fonction"]} if one.get("fonction") else {})})
        elif card := doc.index.of_id("personne", one, doc.lang):
            authors.append(_person(card, one, doc, frame))
    if authors:
        node["author"] = authors


def _person(card: Any, ident: str, doc: Any, frame: Frame) -> dict:
    """A person with the titles held on the day of the item."""
    node = {"@type": "Person", "@id": f"{frame.origin}{card.url}#contenu", "name": card.title}
    return {**node, **_job([title for title, _ in doc.offices(ident)])}


def _holder(node: dict, doc: Any, frame: Frame, site: Any) -> dict:
    """A person with the titles held now."""
    held = sorted((one for one in site.index.linked("personne", doc.id) if one.active and "fonction" in one.extra), key=lambda one: (one.extra.get("debut", ""), one.path))
    offices = (site.index.of_id("fonction", one.extra["fonction"], doc.lang) for one in held)
    return {**node, **_job([mandate.office_title(office, doc.meta.get("accord")) for office in offices if office])}


def _job(titles: list[str]) -> dict:
    return {"jobTitle": titles[0] if len(titles) == 1 else titles} if titles else {}


# What makes the announcement of each type, and the keys that it needs.
_ANNOUNCERS = {"avis-aux-medias": (_advisory, "evenement"), "direct": (_live, "debut", "lien"), "alerte": (_warning,),
               "nomination": (_appointment, "nomme", "poste"), "discours": (_speech, "orateur"), "billet": (_post, "auteurs")}

_COMPOSERS = {"NewsArticle": _news, "BlogPosting": _news, "GovernmentService": _service, "GovernmentOrganization": _organization,
              "HowTo": _how_to, "Report": _publication, "Person": _holder}


# Questions


def _questions(doc: Any, headings: Any) -> list[dict]:
    """The questions of a page on which every section is one, and there are three at least."""
    sections = [heading["text"] for heading in headings if heading["level"] == 2]
    if len(sections) < MIN_QUESTIONS or not all(text.endswith("?") for text in sections):
        return []
    pieces = _SECTION.split(getattr(doc, "body", "") or "")
    answers = [plain(text) for text in pieces[2::2]]
    if len(answers) != len(sections) or not all(answers):
        return []
    return [{"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
            for question, answer in zip(sections, answers)]
