"""What the pages of each old site are known to say: real texts, addresses of that site’s technology, links between pages and between sites."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape

from lxml import html as lxml_html

from legacy.site import Known, Spec
from legacy.source import Source, sources

Address = Callable[[Source, int], str]
"""The path and query of a page of a site, by its source and its number (from 1)."""

EDITIONS = (2009, 2010, 2011)
IMAGE_EVERY, DOCUMENT_EVERY, BROKEN_EVERY = 4, 7, 6
_TOPICS = {
    "agriculture-environnement-ressources": ("Environnement", "Environment"), "culture": ("Culture", "Culture"), "education": ("Éducation", "Education"),
    "emploi": ("Emploi", "Employment"), "entreprises": ("Entreprises", "Businesses"), "evenements-de-vie": ("Événements de vie", "Life events"),
    "famille-et-personnes": ("Famille", "Family"), "finances-impots": ("Impôts", "Taxes"), "gouvernement": ("Publications", "Publications"),
    "habitation-territoire": ("Habitation", "Housing"), "immigration": ("Immigration", "Immigration"), "justice-etat-civil": ("Justice", "Justice"),
    "nouvelles": ("Nouvelles", "News"), "organismes": ("Organisation", "Organization"), "sante": ("Santé", "Health"),
    "securite-urgence": ("Sécurité", "Safety"), "tourisme-loisirs-sport": ("Loisirs", "Leisure"), "transports": ("Transports", "Transportation")}
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
_HREF = re.compile(r'href="([^"]*)"')
_ALERT = re.compile(r'<div class="alerte[^>]*>\n<p class="alerte-titre">(.*?)</p>')
_ATTRIBUTES = re.compile(r' (?:class="(?:al-|footnote|note)[^"]*"|aria-label="[^"]*"|value="\d+")')
_BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tr td th div section blockquote aside figure figcaption details summary pre hr br".split())


@dataclass(frozen=True)
class Plan:
    """The pages of a site and their addresses, before what they say is written."""

    spec: Spec
    paths: Mapping[str, str]
    """Path on the site of each source, by the source’s own path; editions of a year are `PATH#YEAR`."""


def section(topic: str, lang: str = "fr") -> str:
    """The name of a section in a site’s menu."""
    return _TOPICS[topic][lang == "en"]


def slug(text: str, most: int = 60) -> str:
    """A title as an address has it."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "-").replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].rstrip("-")


def plan(spec: Spec, address: Address) -> Plan:
    """Choose the pages of a site and give each its address; English twins follow their French page."""
    paths: dict[str, str] = {}
    for number, source in enumerate(_chosen(spec), 1):
        paths[source.path] = address(source, number)
    first = next(source for source in sources().values() if source.topic == spec.topics[0] and source.lang == "fr")
    for year in EDITIONS:
        edition = replace(first, path=f"{first.folder}/{first.slug}-{year}.md", title=f"{first.title} {year}", published=f"{year}-04-01")
        paths[f"{first.path}#{year}"] = address(edition, len(paths) + 1)
    if len(set(paths.values())) < len(paths):
        raise ValueError(f"{spec.name}: two pages have the same address")
    return Plan(spec, paths)


def _chosen(spec: Spec) -> Iterable[Source]:
    everything = sources()
    for source in everything.values():
        if source.topic in spec.topics and source.topic != "nouvelles" and source.lang == "fr":
            yield source
            twin = everything.get(source.path[:-3] + ".en.md")
            if spec.english and twin:
                yield twin
    news = [source for source in everything.values() if source.topic == "nouvelles" and source.lang == "fr"]
    yield from news[spec.offset :: 8][: spec.news]
    yield from (everything[path] for path in spec.shared)


def said(date: str) -> str:
    """A date of ISO 8601 in French words."""
    year, month, day = date.split("-")
    return f"{'1er' if day == '01' else int(day)} {_MONTHS[int(month) - 1]} {year}"


def pages(plan: Plan, elsewhere: Mapping[str, str], shared: frozenset[str]) -> list[Known]:
    """Write what the pages of a site say. `elsewhere` has the URL of every source on the site it belongs to, `shared` the sources of several."""
    return [_known(plan, path, number, elsewhere, shared) for number, path in enumerate(plan.paths, 1)]


def _known(plan: Plan, path: str, number: int, elsewhere: Mapping[str, str], shared: frozenset[str]) -> Known:
    spec, (real, _, year) = plan.spec, path.partition("#")
    source = sources()[real]
    html = _ATTRIBUTES.sub("", _ALERT.sub(r'<div class="encadre">\n<p><strong>\1</strong></p>', source.html))
    html = _HREF.sub(lambda match: f'href="{escape(_target(plan, source, match[1], elsewhere))}"', html)
    if year:
        html = f"<p>Édition de {year}. Les montants sont ceux du 1<sup>er</sup> avril {year}.</p>\n{html}"
    elif real not in shared:
        html += _more(plan, source, number, elsewhere)
    if spec.notes and real not in shared:
        html = _noted(html, source, number)
    twin = plan.paths.get(real[:-6] + ".md" if source.lang == "en" else real[:-3] + ".en.md", "") if spec.english and not year else ""
    decision = "fusionner" if real in spec.shared else "archiver" if year and int(year) < EDITIONS[-1] else "garder"
    return Known(
        f"http://{spec.host}{plan.paths[path]}", f"{source.title} {year}".strip(), html, text(html), source.description,
        (f"{year}-04-01" if year else _shifted(source.published, spec)) if spec.dated else "", f"{year}-04-01" if year else _shifted(source.modified, spec), source.lang,
        ("Accueil" if source.lang == "fr" else "Home", section(source.topic, source.lang)), f"http://{spec.host}{twin}" if twin else "",
        source.folder, decision, path)


def _noted(html: str, source: Source, number: int) -> str:
    """Captions of tables, and a note at the foot of one page of three."""
    fr = source.lang == "fr"
    html = html.replace("<table>", f"<table><caption>{'Tableau' if fr else 'Table'} {number} : {escape(source.title, quote=False)}</caption>", 1)
    end = html.find("</p>")
    if number % 3 or "<section" in html or end < 0:
        return html
    call = f'<sup id="fn1-rf"><a class="fn-lnk" href="#fn1">{"Note de bas de page " if fr else "Footnote "}1</a></sup>'
    note = f"Selon les règlements en vigueur en {source.modified[:4]}." if fr else f"Under the regulations in force in {source.modified[:4]}."
    back = f'<p class="fn-rtn"><a href="#fn1-rf">{"Retour à la référence de la note de bas de page " if fr else "Return to footnote "}1</a></p>'
    title, first = ("Notes de bas de page", "Note de bas de page 1") if fr else ("Footnotes", "Footnote 1")
    return (f'{html[:end]}{call}{html[end:]}<aside class="wb-fnote" role="note"><h2 id="fn">{title}</h2><dl><dt>{first}</dt><dd id="fn1"><p>{note}</p>{back}</dd>'
        f'</dl></aside>\n')


def _shifted(date: str, spec: Spec) -> str:
    return f"{int(date[:4]) - spec.earlier}{date[4:]}"


def _target(plan: Plan, source: Source, href: str, elsewhere: Mapping[str, str]) -> str:
    """A link of a source as the old site has it: to its page, to the site that has the page, to nothing that answers any more."""
    if href.startswith(("http", "mailto:", "tel:", "#")):
        return href
    path = posixpath.normpath(posixpath.join(source.folder, href.partition("#")[0])) if not href.startswith("/") else href.strip("/")
    return plan.paths.get(path) or elsewhere.get(path) or f"/introuvable/{slug(path.rpartition('/')[2].partition('.')[0])}"


def _more(plan: Plan, source: Source, number: int, elsewhere: Mapping[str, str]) -> str:
    """What pages have besides their text: an image, a document, a link to another site, a link to a page that is gone."""
    parts = []
    fr = source.lang == "fr"
    if number % IMAGE_EVERY == 1:
        name = "photo.jpg" if number % (2 * IMAGE_EVERY) == 1 else "schema.png"
        parts.append(f'<p><img src="/medias/{name}" alt="{escape(source.title)}" width="48" height="32"></p>')
    if number % DOCUMENT_EVERY == 1:
        parts.append(f'<p><a href="/medias/guide.pdf">{"Guide complet (PDF)" if fr else "Complete guide (PDF)"}</a></p>')
    if number == 2:
        parts.append(f'<p><a href="/medias/installer.exe">{"Logiciel de calcul pour Windows" if fr else "Calculator for Windows"}</a></p>')
    if number % BROKEN_EVERY == 3:
        parts.append(
            f'<p>{"Consultez aussi" if fr else "See also"} <a href="/introuvable/page-{number}">{"l’ancien répertoire" if fr else "the former directory"}</a>.</p>')
    others = [path for path in elsewhere if path not in plan.paths and "#" not in path]
    other = sources()[others[number * 37 % len(others)]]
    parts.append(f'<p>{"À lire ailleurs :" if fr else "Elsewhere:"} <a href="{escape(elsewhere[other.path])}">{escape(other.title, quote=False)}</a></p>')
    return "\n".join(parts) + "\n"


def text(html: str) -> str:
    """The text of a fragment as it is read: each block on its line, blanks as one."""
    pieces: list[str] = []

    def walk(element) -> None:
        block = element.tag in _BLOCKS
        pieces.append("\n" if block else "")
        pieces.append(re.sub(r"[ \t\r\n]+", " ", element.text or ""))
        for child in element:
            walk(child)
            pieces.append(re.sub(r"[ \t\r\n]+", " ", child.tail or ""))
        pieces.append("\n" if block else "")

    walk(lxml_html.fragment_fromstring(html, create_parent="div"))
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
