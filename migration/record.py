"""One answer of an old site, as every source gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a page may weigh. The largest of 10,000 pages of the Common Crawl News archive has 4 MB; beyond ten times that, it is no page.
PAGE_MAX = 40 * 1024 * 1024
# What any other file may weigh: a site of static pages is no place for more, and it must fit in memory once a process.
FILE_MAX = 200 * 1024 * 1024
PAGES = ("text/html", "application/xhtml+xml")


class SourceError(ValueError):
    """A source that cannot be read at all; the message, in French, says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Record:
    """What an address of an old site answered.

    `kind` is a media type in lower case without parameters (« text/html »), `charset` what the answer says of its encoding, « » when it says
    nothing. `when` is the instant of the capture in ISO 8601 (UTC), `location` where a redirect leads, absolute. `hints` are what the
    source itself knows and the page may not show: title, description, published, modified, lang, breadcrumb (« A > B »), kind, author, twin,
    categories, tags (« A, B »), source (the path of a Markdown file in its site). `same` is, for a record that a WARC keeps as a revisit and has no body for that, the URL that answered the same bytes.
    """

    url: str
    status: int = 200
    kind: str = "text/html"
    charset: str = ""
    body: bytes = b""
    when: str = ""
    location: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    same: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it is a page that can be converted."""
        return self.is_markdown or self.status == 200 and self.kind in PAGES and bool(self.body)

    @property
    def is_markdown(self) -> bool:
        """Whether it is a page of a MkDocs site, as its file has it: a file of Markdown that a server gave is none."""
        return self.kind == "text/markdown" and self.status == 200 and bool(self.body) and "source" in self.hints


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record that could not be read, told in the report; the others are read.

    `left` is whether it was set aside on purpose (a draft, comments) rather than damaged.
    """

    url: str
    reason: str
    left: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """An address that people asked for, by access logs, and how many times."""

    url: str
    count: int
