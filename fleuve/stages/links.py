"""The link report: what the site-wide step alone can check, with source file and line, for the people who mend links.

A link to a document or a file that does not exist is found while its page is made, and told there. Here are checked the
anchors of other pages, the anchors of the page itself and the root-relative addresses; external links are listed by host.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from heapq import merge
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import orjson

from fleuve.stages.listing import addresses
from fleuve.stages.stage import OutputFile, Stage

MAX_ADDRESSES = 1000  # For one host: nobody mends more from one list, and the report stays readable.
GENERATED = ("api/", "rapports/", "redirections/", "assets/", "sitemap", "robots.txt", "calendrier.json", "404.html", "en/404.html", "systeme-de-design/", "en/design-system/")
# The page's own build has already warned of these; here they are only listed.
TOLD_BEFORE = ("page-introuvable", "fichier-introuvable")
COLUMNS = ("fichier", "ligne", "page", "cible", "raison", "message")

REASONS = {
    "page-introuvable": ("Lien vers « {target} » : cette page n’existe pas.", "Corrigez le chemin du lien, ou retirez-le."),
    "fichier-introuvable": ("Lien vers « {target} » : ce fichier n’existe pas.", "Corrigez le chemin du lien, ou retirez-le."),
    "ancre-introuvable": ("Lien vers « {target} » : la page existe, mais elle n’a pas cette ancre.",
                          "Choisissez un intertitre de la page visée, ou retirez ce qui suit « # »."),
    "adresse-introuvable": ("Lien vers « {target} » : aucune page du site n’a cette adresse.",
                            "Écrivez plutôt le chemin du fichier .md : le lien suivra la page si elle change d’adresse."),
}


# The host of nearly every address, found ten times faster than urlsplit does.
_USUAL = re.compile(r"https?://([a-z0-9.-]+)(?=[/?#]|\Z)", re.ASCII)


# What no address has, and what separates addresses here.
_BLANK = re.compile(r"[\t\n]")


class Broken(NamedTuple):
    """A link that leads nowhere, in the order in which people correct them."""

    file: str
    line: int
    target: str
    reason: str
    page: str

    @property
    def message(self) -> str:
        """What is wrong, in French."""
        return REASONS[self.reason][0].format(target=self.target)


class Links(Stage):
    """Writes rapports/liens.json and rapports/liens.csv, and warns of each broken link."""

    name = "liens"

    def extract(self, record: Any, settings: dict) -> list:
        anchors, own, pages, internal, external = dict.fromkeys(record.anchors), [], [], [], []
        for link in record.links:
            kind, fragment = link["kind"], link.get("fragment") or ""
            if kind == "external":
                external.append(link["href"])
            elif kind == "anchor":
                if fragment and fragment not in anchors and fragment not in ("top", "haut"):
                    own.append([link["href"], link.get("line") or 0])
            elif kind == "page":
                if fragment or not link.get("target"):
                    pages.append([link.get("target") or "", fragment, link["href"], link.get("line") or 0])
            elif kind == "media":
                if not link.get("target"):
                    pages.append([None, "", link["href"], link.get("line") or 0])
            elif kind == "internal":
                internal.append([link.get("target") or link["href"], fragment, link.get("line") or 0])
        return [record.path, record.url, " ".join(anchors), own, pages, internal, external]

    def gather(self, extracts: list[list]) -> dict:
        survey = Survey()
        for extract in extracts:
            survey.add(*extract)
        return survey.gathered()

    def reduce(self, extracts: Iterable[dict], site: Any) -> Iterator[OutputFile]:
        survey = Survey()
        for shard in extracts:
            survey.join(shard)
        broken = sorted(survey.broken(site))
        for link in broken:
            if link.reason not in TOLD_BEFORE:
                site.problem(link.file, link.line, "avertissement", "lien-brise", link.message, REASONS[link.reason][1])
        yield "rapports/liens.json", report(survey, broken)
        yield "rapports/liens.csv", table(broken)


class Survey:
    """What all pages say of their links."""

    def __init__(self) -> None:
        self.pages = 0
        self.links: Counter = Counter()  # host → number of links
        self._external: dict[str, dict[str, list]] = {}  # of a shard: host → URL → [number of links, first document]
        self._found: dict[str, list[str]] = defaultdict(list)  # of the site: host → of each shard, a line an address, see `gathered`
        self._places: list[str] = []  # of a shard: path of each document, its URL, decoded, and its anchors, a line each
        self._to_check: list[tuple] = []
        self._generated: set[str] | None = None  # paths of the generated pages, once a link asks for one

    @cached_property
    def _known(self) -> tuple[dict[str, str], dict[str, str]]:
        """(anchors by path of the document, path by URL), read only when a link asks for them."""
        lines = "\n".join(filter(None, self._places)).split("\n") if self._places else []
        return dict(zip(lines[::3], lines[2::3])), dict(zip(lines[1::3], lines[::3]))

    @property
    def anchors(self) -> dict[str, str]:
        """The anchors of each document, by its path."""
        return self._known[0]

    @property
    def paths(self) -> dict[str, str]:
        """The path of each document, by its decoded URL."""
        return self._known[1]

    def gathered(self) -> dict:
        """What the survey of the whole site takes of this one, of a shard."""
        # An address, its number of links and its first document on a line: one text is read ten times faster than three values a line.
        external = {host: "\n".join(f"{href}\t{count}\t{path}" for href, (count, path) in sorted(known.items())[:MAX_ADDRESSES])
                    for host, known in self._external.items()}
        return {"pages": self.pages, "places": "\n".join(self._places), "check": self._to_check, "external": external, "links": self.links}

    def join(self, shard: dict) -> None:
        """Take in what a shard gathered."""
        self.pages += shard["pages"]
        self._places.append(shard["places"])
        self._to_check += shard["check"]
        self.links.update(shard["links"])
        for host, found in shard["external"].items():
            self._found[host].append(found)

    def addresses(self, host: str) -> list[tuple[str, int, str]]:
        """(URL, number of links, first document) of the first MAX_ADDRESSES of a host: they are among the first of each shard that has them."""
        addresses: list[tuple[str, int, str]] = []
        shards = ((line.split("\t") for line in text.split("\n")) for text in self._found[host])
        for href, links, path in merge(*shards, key=itemgetter(0)):
            count = int(links)
            if addresses and addresses[-1][0] == href:
                _, before, first = addresses.pop()
                count, path = before + count, min(first, path)
            elif len(addresses) == MAX_ADDRESSES:
                break
            addresses.append((href, count, path))
        return addresses

    def add(self, path: str, url: str, anchors: str, own: list, pages: list, internal: list, external: list) -> None:
        """Take in one page."""
        self.pages += 1
        self._places += path, unquote(url).replace("\n", " ") if "%" in url else url, anchors.replace("\n", " ")
        if own or pages or internal:
            self._to_check.append((path, url, own, pages, internal))
        for href in external:
            host = _host(href)
            href = _BLANK.sub(" ", href)
            self.links[host] += 1
            known = self._external.setdefault(host, {}).setdefault(href, [0, path])
            known[0] += 1

    def broken(self, site: Any) -> Iterator[Broken]:
        """Every link that leads nowhere."""
        for path, url, own, pages, internal in self._to_check:
            for href, line in own:
                yield Broken(path, line, href, "ancre-introuvable", url)
            for target, fragment, href, line in pages:
                if reason := self._page_reason(target, fragment):
                    yield Broken(path, line, href, reason, url)
            for address, fragment, line in internal:
                if reason := self._address_reason(address, fragment, site):
                    yield Broken(path, line, address + ("#" + fragment if fragment else ""), reason, url)

    def _page_reason(self, target: str | None, fragment: str) -> str:
        if target is None:
            return "fichier-introuvable"
        anchors = self.anchors.get(target)
        if anchors is None:
            return "page-introuvable"
        return "" if not fragment or fragment in anchors.split(" ") else "ancre-introuvable"

    def _address_reason(self, address: str, fragment: str, site: Any) -> str:
        path = unquote(address.partition("#")[0].partition("?")[0])
        document = self.paths.get(path) or self.paths.get(path + "/")
        if document:
            return self._page_reason(document, unquote(fragment))
        inner = path.removeprefix(site.base)
        if inner.startswith(GENERATED) or site.index.media(inner) is not None:
            return ""
        if self._generated is None:
            self._generated = set(addresses(site))
        return "" if inner in self._generated or inner + "/" in self._generated else "adresse-introuvable"


def _host(href: str) -> str:
    if usual := _USUAL.match(href):
        return usual[1]
    try:
        return (urlsplit(href).hostname or "").lower()
    except ValueError:
        return ""


def report(survey: Survey, broken: list[Broken]) -> bytes:
    """The JSON report."""
    hosts = [{"hote": host, "liens": survey.links[host], "adresses": [{"url": url, "liens": count, "fichier": path} for url, count, path in survey.addresses(host)]}
             for host in sorted(survey.links)]
    counts = {"pages": survey.pages, "brises": len(broken), "hotes_externes": len(hosts)}
    lines = [{"fichier": link.file, "ligne": link.line, "page": link.page, "cible": link.target, "raison": link.reason,
              "message": link.message} for link in broken]
    return orjson.dumps({"nombre": counts, "brises": lines, "externes": hosts}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def table(broken: list[Broken]) -> bytes:
    """The CSV report, in the form that a French spreadsheet opens at once: UTF-8 with a mark, semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for link in broken:
        row = (link.file, link.line, link.page, link.target, link.reason, link.message)
        writer.writerow([_plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str | int) -> str | int:
    # A spreadsheet would run a cell that begins so as a formula.
    return "'" + cell if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
