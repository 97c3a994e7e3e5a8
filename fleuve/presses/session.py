"""What the plugins of one press share: settings, the recorded index, the theme, and what has been made so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from fleuve import component, content_type, document, filters, front_matter, news_card, newsroom, picture, policy
from fleuve.page import Page, PageRow
from fleuve.presses import escaping
from fleuve.problem import Problem
from fleuve.publish import Publisher
from fleuve.record import Record
from fleuve.search import wanted
from fleuve.settings import Settings
from fleuve.site_index import Card, SiteIndex
from fleuve.stages import STAGES, Stage
from fleuve.stages.listing import printed_url

# The stages that ask something of a page: most do not.
_ASKED = [stage for stage in STAGES if (type(stage).files, type(stage).extract) != (Stage.files, Stage.extract)]

# Where a card of news names who issued it, or not: no text of an editor looks like it, « < » is escaped.
_ISSUER = Markup("<!-- qui -->")


class Session:
    """One press at work in one process.

    rows: the documents that the press may make, by path. records: of the pages made since `begin`. fragment(): pieces of the
    theme that many pages share are rendered once.
    """

    def __init__(self, settings: Settings, index: SiteIndex, publisher: Publisher) -> None:
        self.settings = settings
        self.index = index
        self.publisher = publisher
        self.rows: dict[str, PageRow] = {}
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        self.links: dict[tuple[str, str], Any] = {}
        self._terms: dict[str, Any] = {}
        self._ancestors: dict[tuple[str, str], list[Card]] = {}
        self._chrome: dict[str, dict] = {}
        self.env: Any = None
        self.origin = settings.site_url.removesuffix(settings.base)
        self.site = attributes(settings.fleuve)
        self.standalone = False
        self.plugin_files: Callable[[], Iterable[tuple[str, bytes]]] = tuple
        self.compose: Callable[..., Page] | None = None  # the press that opens the session gives it; see presses/mkdocs.py
        self.extracts: dict[str, list] = {}
        self.labels = {path.stem: _labels(path) for path in sorted((settings.theme / "langues").glob("*.yml"))}
        self.components = component.load(settings.theme)
        self._fragments: dict[tuple, tuple[Markup, dict]] = {}
        self._news_cards: dict[str, tuple[str, bytes, bytes, tuple, tuple]] = {}
        self._news_macros: dict[str, Any] = {}
        self._assets: dict[str, str] = {}
        self._glossaries: dict[str, Any] = {}

    def begin(self, rows: list[PageRow]) -> None:
        """Start a new shard."""
        self.rows = {row.path: row for row in rows}
        self.records, self.problems, self.links, self._terms = [], [], {}, {}
        self._ancestors, self._chrome = {}, {}
        self.extracts = {stage.name: [] for stage in STAGES}
        self.index.start_recording()
        self.index.seed_links({row.path: row.url for row in rows if row.visible})

    def keep(self, doc: Page, record: Record) -> None:
        """A page is made: keep its record and its problems."""
        self.records.append(record)
        self.problems += doc.problems

    def ask_stages(self) -> None:
        """The pages are made: take from their records what the site stages need, and write the files that they make of one page."""
        fleuve = self.settings.fleuve
        for stage in _ASKED:
            for record in self.records:
                for path, data in stage.files(record, fleuve):
                    self.publisher.write(path, data)
                extract = stage.extract(record, fleuve)
                if extract is not None:
                    self.extracts[stage.name].append((record.path, extract))

    def refresh(self) -> None:
        """A new build begins in this process: the content may have changed, the engine and the theme have not."""
        self.index.forget()
        self._fragments.clear()
        self._news_cards.clear()
        self._news_macros.clear()

    def prepare(self, env: Any) -> None:
        """Give the theme's Jinja2 environment what our templates count on: escaping, filters, globals."""
        env.autoescape = True
        env.code_generator_class, env.escaped = escaping.Generator, escaping.escaped
        env.auto_reload = False  # a theme that changes makes another session
        env.getattr, env.get_template = escaping.reader(env), escaping.loader(env)
        env.make_globals = lambda given: {**env.globals, **(given or {})}  # in place of a ChainMap, which each page would go through thrice
        env.filters.update(filters.FILTERS)
        # Only what policy.mistakes lets through is in the policy: quotes stay quotes in an attribute.
        env.constants = {
            "asset": self.asset, "url": self.url, "adresse_nouvelles": newsroom.listing_url, "adresse_fil": newsroom.feed_url,
            "index_nouvelles": newsroom.index_url, "recherche_nouvelles": newsroom.search_url, "carte_emetteur": news_card.card_path,
            "adresse_impression": printed_url, "serveur_recherche": policy.search_server(self.settings.fleuve), "politique": Markup(policy.meta(self.settings.fleuve)),
        }
        env.globals.update(env.constants, site=self.site, index=self.index, picture=picture.markup, tailles=picture.SIZES)
        self.env = env

    def template(self, doc: Page) -> str:
        """Template of a page: that of its type; the home page has its own."""
        if doc.is_home:
            return "types/accueil.html"
        kind = content_type.load().get(doc.type)
        return kind.template if kind is not None else f"types/{doc.type}.html"

    def terms(self, lang: str):
        """The abbreviations of a language, ready to be found in pages; None when it has none."""
        if lang not in self._terms:
            from plugins.glossary import Terms

            entries = self.index.glossary(lang)
            key = repr(entries)
            if key not in self._glossaries:
                self._glossaries[key] = Terms(entries) if entries else None
            self._terms[lang] = self._glossaries[key]
        return self._terms[lang]

    def file_info(self, path: str) -> dict | None:
        """{url, format, octets, taille} of a file of the content, for templates."""
        media = self.index.media(path)
        if media is None:
            return None
        return {"url": media["url"], "format": media["format"], "octets": media["bytes"], "taille": filters.size(media["bytes"])}

    def start_rendering(self, reads: dict[str, str]) -> None:
        """A page of no shard comes next: what it shows around its content is read anew, and recorded in `reads`."""
        self.index.reads = reads
        self._ancestors, self._chrome = {}, {}

    def body(self, path: str) -> str:
        """Markdown of a document, without its front matter."""
        return self.text(self.rows[path])

    def text(self, row: PageRow) -> str:
        """The same, of any document."""
        if row.virtual:
            return ""
        try:
            data, _ = document.source(f"{self.settings.content}/{row.path}")
        except OSError:
            return ""  # removed since the inventory: the next build tells
        return front_matter.split(data, row.path).body

    def label(self, lang: str) -> dict:
        """Labels of the theme in a language; those of the default one where it has none."""
        return self.labels.get(lang) or self.labels.get(self.settings.default_language) or {}

    def asset(self, path: str) -> str:
        """URL of a file of the theme, with the hash of its content so that browsers can keep it for ever."""
        if path not in self._assets:
            file = self.settings.theme / path
            version = hashlib.blake2b(file.read_bytes(), digest_size=4).hexdigest() if file.is_file() else "0"
            self._assets[path] = f"{self.settings.base}{path}?v={version}"
        return self._assets[path]

    def url(self, path: str) -> str:
        """URL of a page of the site by its path, under the base path."""
        return self.settings.base + path.lstrip("/")

    def fragment(self, template: str, key: tuple, context) -> Markup:
        """A piece of the theme that depends on `key` only, rendered once. context(): its variables; what they read of the index
        is recorded for every reader."""
        known = self._fragments.get((template, key))
        if known is None:
            html, reads = self._recorded(lambda: self.env.get_template(template).render(context()))
            known = self._fragments[template, key] = (Markup(html), reads)
        self.index.reads.update(known[1])
        return known[0]

    def _recorded(self, make: Callable[[], str]) -> tuple[str, dict[str, str]]:
        """What make() returns, and what it has read of the index: kept apart, to be recorded for each reader of it."""
        reads, self.index.reads = self.index.reads, {}
        try:
            return make(), self.index.reads
        finally:
            self.index.reads = reads

    def feeds_of(self, organism: Card, lang: str) -> Markup:
        """What the head of an item says of the feeds of its organism, the same for all its items."""
        return self.fragment("fragments/fils-organisme.html", (lang, organism.id, organism.title), lambda: {**self.common(lang), "organisme": organism})

    def press_contact(self, ident: str, lang: str) -> Markup:
        """How the media reach somebody, the same for all items that name that contact."""
        return self.fragment("fragments/contact-presse.html", (lang, ident), lambda: {**self.common(lang), "id": ident})

    def news_card(self, card: Card, lang: str, qui: bool) -> tuple[str, Markup]:
        """(« 2025-03 », HTML) of an item of news in a listing for readers of a language; qui: whether it names the organism.

        An item is in some seven lists of a language: it is rendered once, what it read of the index recorded for every reader. Lists of one
        language are made one after the other: nothing is kept of another.
        """
        macros = self._news_macros.get(lang)
        if macros is None:
            self._news_cards.clear()
            self._news_macros = {lang: self.env.get_template("macros/nouvelles.html").make_module(self.common(lang))}
            macros = self._news_macros[lang]
        known = self._news_cards.get(card.path)
        if known is None:
            known = self._news_cards[card.path] = self._render_news_card(card, macros)
        month, html, issuer, reads, asked = known
        self.index.reads.update(reads)
        if not qui:
            return month, Markup(html.decode().replace(_ISSUER, "", 1))
        self.index.reads.update(asked)
        return month, Markup(html.decode().replace(_ISSUER, issuer.decode(), 1))

    def _render_news_card(self, card: Card, macros: Any) -> tuple[str, bytes, bytes, tuple, tuple]:
        """(month, HTML of the card, of its issuer, what either has read of the index). As bytes: text with one « ’ » takes twice the memory."""
        html, reads = self._recorded(lambda: macros.carte(card, qui=_ISSUER))
        issuer, asked = self._recorded(lambda: macros.emetteur(card))
        return card.extra["moment"][:7], html.encode(), issuer.encode(), tuple(reads.items()), tuple(asked.items())

    def ancestors(self, doc: Page) -> list[Card]:
        """Cards from the home page down to the folder above a page: the same for all pages of that folder."""
        key = (doc.container, doc.lang)
        if key not in self._ancestors:
            self._ancestors[key] = self.index.ancestors(doc.path, doc.lang)
        return self._ancestors[key]

    def twin(self, doc: Page) -> Card | None:
        """The page in another language. One that stands beside it is of its shard: its absence needs no recorded read."""
        if "traduction" not in doc.meta and not any(path in self.rows for path in self.index.twin_paths(doc.path, doc.lang)):
            return None
        return self.index.twin(doc.path, doc.lang, doc.meta)

    def header(self, doc: Any, twin: Any) -> Markup:
        """The top of a page; without a twin it is the same for a whole language."""
        def context() -> dict:
            return {**self.chrome(doc.lang), "doc": doc}

        if twin is None:
            return self.fragment("fragments/entete.html", (doc.lang,), context)
        return Markup(self.env.get_template("fragments/entete.html").render(context()))

    def chrome(self, lang: str) -> dict:
        """What every page of a language shows around its content."""
        if lang not in self._chrome:
            self._chrome[lang] = self._render_chrome(lang)
        return self._chrome[lang]

    def common(self, lang: str) -> dict:
        """What every template may use, whatever it makes: settings, labels, the index, addresses."""
        return {"site": self.site, "t": self.label(lang), "lang": lang, "index": self.index, "url": self.url, "asset": self.asset}

    def main_themes(self, lang: str) -> list[Card]:
        """The themes of the main menu, of the home page and of the footer: those at the root, in order, but for `menu.sans` of site.yml."""
        left_out = (self.settings.fleuve.get("menu") or {}).get("sans") or ()
        return [card for card in self.index.children("", lang) if card.type == "theme" and card.path.partition("/")[0] not in left_out]

    def _render_chrome(self, lang: str) -> dict:
        base = self.common(lang)

        base["themes"] = self.main_themes(lang)

        def notices() -> dict:
            return {**base, "urgences": [card for card in self.index.of_type("urgence", lang) if card.active]}

        return {
            **base,
            "main_nav": self.fragment("fragments/navigation.html", (lang,), lambda: base),
            "search_box": self.fragment("fragments/boite.html", (lang,), lambda: base) if wanted(self.settings.fleuve) else "",
            "footer": self.fragment("fragments/pied.html", (lang,), lambda: base),
            "banners": self.fragment("fragments/urgences.html", (lang,), notices),
            "retour": self.fragment("fragments/retour.html", (lang,), lambda: base) if self.settings.fleuve.get("avis") else "",
        }


def _labels(path: Path) -> dict:
    return attributes(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {})


class Attributes(dict):
    """A mapping whose keys are attributes too: for `t.accueil` Jinja2 then has no exception to raise and to catch."""

    __getattr__ = dict.get


def attributes(value: Any) -> Any:
    """The value with its mappings, at any depth, as Attributes."""
    if isinstance(value, dict):
        return Attributes({key: attributes(inner) for key, inner in value.items()})
    return [attributes(inner) for inner in value] if isinstance(value, list) else value
