"""What is known of a built page: the input of the site stages."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Record:
    """One page, as built. Addresses are root-relative; dates as written in the front matter; `text` is the plain text of the
    content. links: {href (as written), target (path or URL), fragment, kind (page, media, internal, external, anchor), line (0
    when not looked up)}. headings: {level, id, text}. images: {src, alt}."""

    path: str
    url: str
    type: str
    id: str
    lang: str
    title: str
    description: str
    organisms: list[str]
    themes: list[str]
    regions: list[str]
    audiences: list[str]
    date: str | None
    updated: str | None
    review: str | None
    keywords: list[str]
    twin: str | None
    retired: bool
    breadcrumb: list[dict]
    headings: list[dict]
    links: list[dict]
    anchors: list[str]
    images: list[dict]
    words: int
    meta: dict = field(default_factory=dict)
    text: str = ""
