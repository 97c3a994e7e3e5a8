"""One page while it is made: what the plugins share about it, and what templates read of it (`doc`)."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import orjson

from fleuve import front_matter, instant, mandate, media_item, news_item, reference
from fleuve.problem import Problem
from fleuve.scan import is_transcript

if TYPE_CHECKING:
    from fleuve.presses.session import Session
    from fleuve.site_index import Card

PAGE_COLUMNS = "path, type, lang, id, title, url, output, container, meta, body_line, virtual, visible, active, retired, card"

# A page of a hundred thousand mistakes is told of as one: each sort of them is listed this far, in messages of this length at most.
MAX_TOLD = 200
MAX_MESSAGE = 600


class PageRow(NamedTuple):
    """The columns of the inventory that make a page."""

    path: str
    type: str
    lang: str
    id: str
    title: str
    url: str
    output: str
    container: str
    meta: str
    body_line: int
    virtual: int
    visible: int
    active: int
    retired: int
    card: str


class Page:
    """A document on its way to HTML. Everything that it takes from other documents goes through the recorded site index."""

    def __init__(self, row: PageRow, session: Session) -> None:
        self.path, self.type, self.lang, self.id = row.path, row.type, row.lang, row.id
        self.title, self.url, self.output = row.title, row.url, row.output
        self.container, self.body_line = row.container, row.body_line
        self.virtual, self.retired, self.active = bool(row.virtual), bool(row.retired), row.active == 1
        self.coming = row.active == 2
        self.meta: dict = orjson.loads(row.meta)
        self.folder = row.path.rpartition("/")[0]
        self.session = session
        self.index = session.index
        self.body = ""
        self.raw_html = False
        self.curly = False
        self.problems: list[Problem] = []
        self._told: dict[str, int] = {}
        self.links: dict[str, NamedTuple] = {}
        self.headings: list[dict] = []
        self.components: list = []

    @property
    def short_title(self) -> str:
        """Title for menus."""
        return self.meta.get("titre_court") or self.title

    @property
    def description(self) -> str:
        """One sentence that says what the page is for, or « »."""
        return self.meta.get("description") or ""

    @property
    def is_home(self) -> bool:
        """Whether this is the home page of its language."""
        return self.container == "\0"

    @property
    def is_index(self) -> bool:
        """Whether the document is the page of its folder."""
        return self.path.rpartition("/")[2].startswith("index.")

    @property
    def interrupted(self) -> bool:
        """Whether the interruption of a service is under way."""
        return self.active and self.type == "service"

    @property
    def canonical(self) -> str:
        """Absolute URL."""
        return self.session.origin + self.url

    @cached_property
    def ancestors(self) -> list[Card]:
        """From the home page down to the folder above."""
        return self.session.ancestors(self)

    @cached_property
    def children(self) -> list[Card]:
        """Documents of the folder whose page this is."""
        return self.index.children(self.folder, self.lang) if self.is_index else []

    @cached_property
    def siblings(self) -> list[Card]:
        """Documents of the same folder, this one included; none where there are too many for a menu."""
        if self.is_home or self.index.is_dense(self.container, self.lang):
            return []
        return self.index.children(self.container, self.lang)

    @cached_property
    def organisms(self) -> list[Card]:
        """Organisms of the document, the responsible one first."""
        cards = (self.index.of_id("organisme", ident, self.lang) for ident in self.meta.get("organismes") or ())
        return [card for card in cards if card is not None]

    @cached_property
    def day(self) -> str:
        """The day of the document in Québec (AAAA-MM-JJ), or « »."""
        return instant.to_iso(self.meta["date"])[:10] if "date" in self.meta else ""

    @cached_property
    def picture(self) -> dict | None:
        """The main picture of an item of news as networks can show it: {src, width, height, alt}, or None."""
        one = news_item.main_picture(self.meta)
        found = self.image(one["image"]) if one else None
        # Drawings in SVG are no pictures to them.
        return {**found, "alt": one.get("texte_de_remplacement", "")} if found and found["width"] and not found["src"].endswith(".svg") else None

    @property
    def moment(self) -> str:
        """When an item of news is published, ISO 8601 with its offset, or « »."""
        written = news_item.published(self.meta)
        return instant.to_iso(written) if written else ""

    @property
    def last_change(self) -> str:
        """When an item of news was last changed in a way that matters to readers, as written; « » when it was not."""
        return max(news_item.changes(self.meta), key=instant.to_epoch, default="")

    def beside(self, file: str) -> str:
        """Path in the content folder of a file named from the folder of the document."""
        return posixpath.normpath(posixpath.join(self.folder, file))

    def media(self, file: str) -> dict | None:
        """What the index knows of a file named from the folder of the document."""
        return self.index.media(self.beside(file))

    def image(self, file: str) -> dict | None:
        """The same of an image that can be shown."""
        return self.index.image(self.beside(file))

    def transcript(self, media: dict) -> str:
        """Markdown of the transcript of an item of `medias`: its own text, or that of the file that it names."""
        text = media.get("transcription") or ""
        return front_matter.split(self.index.data_text(self.beside(text)).encode(), text).body if is_transcript(text) else text

    def leads_to_video(self, media: dict) -> bool:
        """Whether the site lets its pages lead to the video of another site (`video_externe`); the others are told of."""
        hosts = self.session.settings.fleuve.get("videos_externes") or ()
        allowed = media_item.is_allowed(media["video_externe"], hosts)
        if not allowed:
            pointer = f"/medias/{self.meta['medias'].index(media)}/video_externe"
            self.report(*media_item.refused_host(media["video_externe"], hosts), line=reference.place(self.session.settings.content / self.path, pointer)[0])
        return allowed

    def offices(self, person: str) -> list[tuple[str, str]]:
        """(title as that person bears it, its language) of the positions that a person held on the day of the document."""
        bearer = self.index.of_id("personne", person, self.lang)
        agreement = bearer.extra.get("accord") if bearer else None
        offices = (self.index.of_id("fonction", ident, self.lang) for ident in self.index.held_on(person, self.day))
        return [(mandate.office_title(card, agreement), card.lang) for card in offices if card]

    @property
    def responsible(self) -> Card | None:
        """The organism that answers for the page."""
        return self.organisms[0] if self.organisms else None

    @cached_property
    def twin(self) -> Card | None:
        """The same document in another language."""
        return self.session.twin(self)

    @cached_property
    def alternates(self) -> list[dict]:
        """{lang, url (absolute)} of this document in each language that it has; empty when it has one only."""
        if self.twin is None:
            return []
        urls = {self.lang: self.canonical, self.twin.lang: self.session.origin + self.twin.url}
        return [{"lang": lang, "url": urls[lang]} for lang in self.session.settings.languages if lang in urls]

    @cached_property
    def guide(self) -> Card | None:
        """The guide of which this page is a part."""
        if self.is_index:
            return None
        card = self.index.card(self.index.index_path(self.folder, self.lang))
        return card if card is not None and card.type == "guide" and self._name in (card.extra.get("parties") or ()) else None

    @property
    def _name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def previous(self) -> Card | None:
        """Part of the guide before this one."""
        return self._part(-1)

    @property
    def next(self) -> Card | None:
        """Part of the guide after this one."""
        return self._part(1)

    def _part(self, step: int) -> Card | None:
        if self.guide is None:
            return None
        parts = self.guide.extra["parties"]
        place = parts.index(self._name) + step
        return self.index.card(f"{self.folder}/{parts[place]}") if 0 <= place < len(parts) else None

    def report(self, severity: str, code: str, message: str, remedy: str, find: str | None = None, line: int | None = None) -> None:
        """Tell a problem of this page. find: text of the body at which it is; or line: of the file."""
        self._told[severity] = told = self._told.get(severity, 0) + 1
        if told > MAX_TOLD:
            return
        if told == MAX_TOLD:
            code, message, remedy = "problemes-nombreux", f"Cette page a plus de {MAX_TOLD} problèmes de cette sorte ; les autres ne sont pas montrés.", "Corrigez d’abord ceux-ci."
        if len(message) > MAX_MESSAGE:
            message = message[:MAX_MESSAGE] + "…"
        column = 1
        if line is None:
            line, column = self.place(find) if find else (1, 1)
        self.problems.append(Problem(self.path, line, column, severity, code, message, remedy))

    def place(self, text: str) -> tuple[int, int]:
        """(line, column) in the file of the first place where the body holds a text, else of the beginning of the body."""
        at = self.body.find(text)
        if at < 0:
            return self.body_line, 1
        return self.body_line + self.body.count("\n", 0, at), at - self.body.rfind("\n", 0, at)
