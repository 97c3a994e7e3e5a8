"""An old site: what it is, what each of its addresses answers, and what its pages are known to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spec:
    """What a site is. `charset` is what its server declares (« » for nothing), `encoding` the codec its bytes are really in."""

    name: str
    host: str
    title: str
    organism: str
    topics: tuple[str, ...]
    """Folders of the content whose pages it has."""
    news: int = 0
    """How many news items it has besides, of every eighth one from `offset`: no two sites have the same ones."""
    offset: int = 0
    charset: str = "utf-8"
    encoding: str = "utf-8"
    parameters: tuple[str, ...] = ()
    """Query parameters that make another page; « ? » alone is not one of them."""
    case: bool = True
    """Whether capitals make another address."""
    dated: bool = True
    """Whether its pages tell when they were published, besides when they were last changed."""
    english: bool = False
    """Whether it has English pages, twins of the French ones."""
    notes: bool = False
    """Whether its tables have captions and its pages footnotes."""
    earlier: int = 0
    """Years by which its dates precede those of the others."""
    shared: tuple[str, ...] = ()
    """Sources of other sites that it copied word for word."""
    select: Mapping[str, str] = field(default_factory=dict)
    """Selectors of its recipe, by their keys."""


@dataclass(frozen=True)
class Known:
    """What a page is known to be. `html` and `text` are its main content, without its title, links as the page has them."""

    url: str
    title: str
    html: str
    text: str
    description: str = ""
    published: str = ""
    """ISO 8601; « » when the page does not tell it."""
    modified: str = ""
    lang: str = "fr"
    breadcrumb: tuple[str, ...] = ()
    twin: str = ""
    folder: str = ""
    """Where it belongs in the content."""
    decision: str = "garder"
    source: str = ""
    """The Markdown file it comes from; exact duplicates have the same one and the same `text`."""


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    kind: str = "text/html"
    status: int = 200
    location: str = ""


@dataclass
class Site:
    """`answers` by path and query; `known` by URL; `variants`: other URLs of a known page (old numbers, prints, sessions), with its URL."""

    spec: Spec
    answers: dict[str, Answer] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    exports: dict[str, bytes] = field(default_factory=dict)
    """Files that the site’s software exports, by their name."""

    def url(self, path: str) -> str:
        return f"http://{self.spec.host}{path}"

    def path(self, url: str) -> str:
        return url.removeprefix(f"http://{self.spec.host}")

    def page(self, path: str, html: str) -> None:
        self.answers[path] = Answer(html.encode(self.spec.encoding, "xmlcharrefreplace"))

    def file(self, path: str, body: bytes, kind: str) -> None:
        self.answers[path] = Answer(body, kind)

    def moved(self, path: str, to: str, status: int = 301) -> None:
        self.answers[path] = Answer(status=status, location=self.url(to))
        if self.url(to) in self.known:
            self.variants[self.url(path)] = self.url(to)
