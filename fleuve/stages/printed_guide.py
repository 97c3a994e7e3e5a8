"""All parts of a guide on one page, to print or to keep: each goes through the pipeline once more, and again when it changes.

The page is kept from search engines: it says nothing that the parts do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from fleuve.stages.listing import languages, printed_url
from fleuve.stages.stage import OutputFile, Stage

_TAG = re.compile(r'<[a-z](?:[^<>"]|"[^"]*")*>')
_HEADING = re.compile(r"<(/?)h([2-5])(?=[\s>])")
# Attributes that name elements of the page. A name groups details of which one is open at a time.
_NAMING = re.compile(r' (id|name|for|headers|list|form|aria-(?:labelledby|describedby|controls|owns|details))="([^"]*)"')
_HREF = re.compile(r' href="([^"#]*)(?:#([^"]*))?"')


class PrintedGuide(Stage):
    """Writes, below each guide, the page that has all of its parts."""

    name = "guides-imprimes"

    def parts(self, site: Any) -> Iterator[str]:
        for lang in languages(site.settings):
            yield from (guide.path for guide in site.index.of_type("guide", lang) if guide.url)

    def make(self, part: str, site: Any) -> Iterator[OutputFile]:
        guide = site.index.card(part)
        parts = _parts(guide, site) if guide else []
        url = printed_url(guide.url, guide.lang) if guide else ""
        if not parts or any(card.url == url for card in parts):  # an author has made the page by hand
            return
        known = site.recompose(part)
        html = site.render(
            "site/guide-imprime.html", guide.lang, url, site.label(guide.lang)["guide_entier"] % guide.title, canonical=guide.url, above=_above(guide, site),
            twin=_twin(guide, known.meta, site), introduction=known.meta.get("introduction"), parties=_bodies(parts, site),
        )
        yield url.removeprefix(site.base) + "index.html", html.encode()


def _parts(guide: Any, site: Any) -> list:
    """The cards of the parts that are published, in order."""
    folder = guide.path.rpartition("/")[0]
    cards = (site.index.card(f"{folder}/{name}") for name in guide.extra.get("parties") or ())
    return [card for card in cards if card is not None and card.url]


def _above(guide: Any, site: Any) -> list[dict]:
    """What stands between the home page and the page."""
    home = site.index.index_path("", guide.lang)
    cards = [card for card in site.index.ancestors(guide.path, guide.lang) if card.path != home]
    return [{"title": card.title, "url": card.url} for card in (*cards, guide)]


def _twin(guide: Any, meta: dict, site: Any) -> dict | None:
    """The same page of the guide in another language, when that guide has parts."""
    twin = site.index.twin(guide.path, guide.lang, meta)
    if twin is None or twin.type != "guide" or not _parts(twin, site):
        return None
    return {"url": printed_url(twin.url, twin.lang), "title": site.label(twin.lang)["guide_entier"] % twin.title, "lang": twin.lang}


def _bodies(parts: list, site: Any) -> list[dict]:
    """What the page shows of each part."""
    anchors = {card.url: card.path.rpartition("/")[2].partition(".")[0] for card in parts}
    return [
        {"id": anchors[card.url], "title": card.title, "description": card.description, "url": card.url,
         "content": Markup(inside(site.recompose(card.path).body, anchors[card.url], anchors))}
        for card in parts
    ]


def inside(html: str, anchor: str, anchors: dict[str, str]) -> str:
    """The HTML of a page as one part of a longer one: headings one level down, identifiers its own, links to other parts within the page.

    anchor: identifier of the part; anchors: {address: identifier} of all parts.
    """
    def named(match: re.Match) -> str:
        return f' {match[1]}="{" ".join(f"{anchor}-{each}" for each in match[2].split())}"'

    def led(match: re.Match) -> str:
        target = anchors.get(match[1]) if match[1] else anchor
        if target is None or not (match[1] or match[2]):
            return match[0]
        return f' href="#{target}-{match[2]}"' if match[2] else f' href="#{target}"'

    html = _TAG.sub(lambda tag: _HREF.sub(led, _NAMING.sub(named, tag[0])), html)
    return _HEADING.sub(lambda match: f"<{match[1]}h{int(match[2]) + 1}", html)
