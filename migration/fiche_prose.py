"""Turn the prose of a sheet (paragraphs, lists, tables, cases, alerts, contacts) into Markdown blocks.

Every element name of the source has its line in one of the tables below; an element that has none is converted as text and
named in the report, so that a new version of the data cannot lose words in silence.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from migration import dialect
from migration.dialect import Cell, Line, plain_title, safe_url, tidy, typeset
from migration.fiche import AUDIENCES, Fiche, Node, attribute, elements, first, named, text
from migration.fiche_plan import ACRONYM_KINDS, Plan
from migration.fiche_table import Placed, Table
from migration.typed_list import gathered

# Situations and cases become tabs when a tab bar holds them on a phone; otherwise accordions.
TABS_MAX = 4
TAB_TITLE_MAX = 40
TAB_BAR_MAX = 110

# An alert when the words that the engine writes above it are those of the source; otherwise a box under the source's own words
# (« À noter », « À savoir », « Rappel », « Exemple »).
ALERTS = {"Attention": "WARNING"}

SERVICE_KINDS = {
    "Téléservice": "Service en ligne", "Téléservice personnalisé sur SP": "Service en ligne", "Formulaire": "Formulaire",
    "Modèle de document": "Modèle de document", "Simulateur": "Simulateur", "Outil de recherche": "Outil de recherche",
}
_FORMATS = {
    "application/pdf": "PDF", "application/msword": "Word", "application/rtf": "RTF", "application/vnd.ms-excel": "Excel",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
}
_WEIGHT = re.compile(r"(\d+(?:\.\d+)?) ([KMG])B")


@dataclass
class Losses:
    """What could not be kept as it was, named: element, what, and why (French)."""

    links: list[tuple[str, str, str]] = field(default_factory=list)       # text, target, reason
    images: list[tuple[str, str]] = field(default_factory=list)           # file, alternative text
    unknown: Counter[str] = field(default_factory=Counter)                # element name → times
    unreadable: int = 0                                                   # U+FFFD in the source


class Prose:
    """Converts the elements of one sheet; holds what its links need and what was lost."""

    def __init__(self, fiche: Fiche, path: str, plan: Plan) -> None:
        self.fiche = fiche
        self.path = path
        self.plan = plan
        self.losses = Losses()
        self.anchors: dict[str, str] = {}       # id of a definition or a chapter → its anchor on the page
        self.acronyms: dict[str, str] = {}      # of this page only: those that the glossary cannot mark
        self._explained: set[str] = set()
        self._folder = path.split("/")[:-1]
        self._placed: set[str] = set()
        self.nested = 0                          # depth of tabs and accordions around the current block
        self._survey_anchors()

    def _survey_anchors(self) -> None:
        targets: set[str] = set()
        ids: dict[str, str] = {}
        stack = [self.fiche.root]
        while stack:
            node = stack.pop()
            name = node["name"]
            if name == "LienIntra":
                targets.add(attribute(node, "LienID"))
            elif name == "Definition":
                ids.setdefault(attribute(node, "ID"), f"definition-{attribute(node, 'ID').lower()}")
            elif name in ("Chapitre", "SousChapitre") and attribute(node, "ID"):
                ids.setdefault(attribute(node, "ID"), f"chapitre-{attribute(node, 'ID').lower()}")
            elif name == "Abreviation":
                acronym = text(first(node, "Titre"))
                if acronym not in self.plan.glossary:
                    self.acronyms.setdefault(acronym, typeset(text(first(node, "Texte"))))
            stack.extend(elements(node))
        self.anchors = {ident: anchor for ident, anchor in ids.items()
                        if ident in targets and re.fullmatch(r"[A-Za-z0-9-]{1,40}", ident)}

    # ---------------------------------------------------------------- links

    def relative(self, path: str) -> str:
        """Return `path` (from the content folder) as seen from this page."""
        parts = path.split("/")
        common = 0
        while common < min(len(self._folder), len(parts) - 1) and self._folder[common] == parts[common]:
            common += 1
        return "../" * (len(self._folder) - common) + "/".join(parts[common:])

    def sheet_link(self, ident: str, audience: str, words: str, *, pipe: bool = False) -> str:
        """Return a link to sheet `ident`, whose text is `words` (Markdown; its title when empty), or the words alone."""
        key = self.plan.find(ident, self.fiche.audience, AUDIENCES.get(audience, ""))
        if key:
            words = words or dialect.escape(self.plan.titles[key], pipe=pipe)
            if key == (self.fiche.audience, self.fiche.id):
                return dialect.link(words, self.path.rpartition("/")[2])
            return dialect.link(words, self.relative(self.plan.paths[key]))
        if ident in self.plan.contacts:
            return dialect.link(words, self.plan.contacts[ident]) if words else ""
        self.losses.links.append((words, ident, "la fiche visée n’est pas dans le paquet"))
        return words

    def web_link(self, words: str, url: str) -> str:
        """Return a link to an outside address, or the words alone when the address is not usable."""
        safe = safe_url(url)
        if safe and words:
            return dialect.link(words, safe)
        if not safe and url:
            self.losses.links.append((words, url[:200], "l’adresse n’est pas une adresse Web, de courriel ou de téléphone"))
        return words

    # ---------------------------------------------------------------- inline

    def line(self, node: Node, *, pipe: bool = False) -> str:
        """Return the inline content of `node` as one line of Markdown."""
        line = Line(pipe=pipe)
        self._inline(node, line, frozenset())
        return dialect.trim(line.markdown())

    def _inline(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        for child in node.get("children") or ():
            if child["type"] == "text":
                line.text(child["text"])
                continue
            handler = _INLINE.get(child["name"])
            if handler:
                handler(self, child, line, inside)
            elif child["name"] == "Image":
                continue     # written after the paragraph
            else:
                self.losses.unknown[f"{child['name']} dans {node['name']}"] += 1
                line.text(f" {text(child)} ")

    def _content(self, node: Node, line: Line, inside: frozenset[str]) -> str:
        inner = Line(pipe=line.pipe)
        self._inline(node, inner, inside)
        return inner.markdown()

    def _strong(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        self._emphasis("strong", node, line, inside)

    def _em(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        self._emphasis("em", node, line, inside)

    def _emphasis(self, tag: str, node: Node, line: Line, inside: frozenset[str]) -> None:
        if tag in inside:
            self._inline(node, line, inside)
        else:
            line.emphasis(tag, self._content(node, line, inside | {tag}))

    def _quote(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        words = self._content(node, line, inside)
        quoted = words.strip(" «»\u00a0")
        if quoted:
            line.apart(words.replace(words.strip(" \u00a0"), f"«\u00a0{quoted}\u00a0»", 1))

    def _variable(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        """What the reader replaces in a model letter, between square brackets."""
        words = self._content(node, line, inside)
        inner = dialect.trim(words)
        if inner:
            line.apart(words.replace(inner, rf"\[{inner}\]", 1))

    def _superscript(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        self._tagged("sup", node, line)

    def _subscript(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        self._tagged("sub", node, line)

    def _tagged(self, tag: str, node: Node, line: Line) -> None:
        words = self._content(node, line, frozenset())
        if words.strip():
            line.raw(f"<{tag}>{words.strip()}</{tag}>" + (" " if words[-1] == " " else ""))

    def _foreign(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        language = attribute(node, "langue").strip()
        if re.fullmatch(r"[a-z]{2,3}", language) and language != "fr":
            words = self._content(node, line, inside)
            line.raw(f"[{words.strip()}]{{lang={language}}}" + (" " if words[-1:] == " " else ""))
        else:
            self._em(node, line, inside)

    def _internal(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        if attribute(node, "type") in ACRONYM_KINDS:
            self._acronym(node, line, inside)
            return
        self._linked(node, line, inside,
                     lambda words: self.sheet_link(attribute(node, "LienPublication"), attribute(node, "audience"), words, pipe=line.pipe))

    def _acronym(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        """The glossary marks acronyms everywhere; those that it cannot hold are explained once, where they first appear."""
        acronym = text(node)
        meaning = self.acronyms.get(acronym)
        if not meaning or acronym in self._explained:
            self._inline(node, line, inside)
            return
        self._explained.add(acronym)
        line.raw(f'<abbr title="{html.escape(meaning)}">{dialect.escape(typeset(acronym), pipe=line.pipe)}</abbr>')

    def _external(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        self._linked(node, line, inside, lambda words: self.web_link(words, attribute(node, "URL")))

    def _anchored(self, node: Node, line: Line, inside: frozenset[str]) -> None:
        ident = attribute(node, "LienID")
        if ident in self.anchors:
            self._linked(node, line, inside, lambda words: dialect.link(words, f"#{self.anchors[ident]}"))
        else:
            self._linked(node, line, inside, lambda words: self.sheet_link(ident, "", words, pipe=line.pipe))

    def _linked(self, node: Node, line: Line, inside: frozenset[str], write: Callable[[str], str]) -> None:
        """Add a link; spaces at the ends of its text go outside, and a link inside a link keeps its words only."""
        if "a" in inside:
            self._inline(node, line, inside)
            return
        words = self._content(node, line, inside | {"a"})
        if not words.strip():
            # Left behind by an edit: readers of the original page do not see it either.
            target = attribute(node, "LienPublication") or attribute(node, "LienID") or attribute(node, "URL")
            self.losses.links.append(("", target[:200], "le lien n’a pas de texte dans la source"))
            line.text(words)
            return
        inner = dialect.trim(words)
        start = words.index(inner)
        line.text(words[:start])
        line.raw(write(inner))
        line.text(words[start + len(inner):])

    # ---------------------------------------------------------------- blocks

    def blocks(self, nodes: Iterable[Node], level: int = 2, *, flat: bool = False) -> list[str]:
        """Return the Markdown blocks of `nodes`. `level` is that of the next heading; `flat` forbids containers and headings
        (inside a list item, a cell or an alert)."""
        out: list[str] = []
        for node in gathered(nodes):
            if node["type"] == "text":
                if node["text"].strip():
                    out.append(dialect.paragraph(self.line({"name": "", "children": [node]})))
                continue
            handler = _BLOCKS.get(node["name"])
            if handler:
                out += handler(self, node, level, flat)
            elif node["name"] in _INLINE:
                out.append(dialect.paragraph(self.line({"name": "", "children": [node]})))
            elif node["name"] not in SILENT:
                self.losses.unknown[node["name"]] += 1
                out += self.blocks(node.get("children") or (), level, flat=flat)
        return [block for block in out if block]

    def inside(self, node: Node, level: int = 2, *, flat: bool = False, without: Iterable[str] = ()) -> list[str]:
        """Return the blocks of the children of `node`, but for the elements named in `without`."""
        skipped = set(without)
        return self.blocks((child for child in node.get("children") or () if child.get("name") not in skipped), level, flat=flat)

    def _paragraph(self, node: Node, level: int, flat: bool) -> list[str]:
        blocks = [dialect.paragraph(self.line(node))]
        for image in named(node, "Image"):
            blocks += self._image(image, level, flat)
        return blocks

    def _through(self, node: Node, level: int, flat: bool) -> list[str]:
        return self.inside(node, level, flat=flat)

    def _list(self, node: Node, level: int, flat: bool) -> list[str]:
        items = [self.inside(item, level, flat=True) for item in named(node, "Item")]
        return [dialect.bullets(items, numbered=attribute(node, "type") == "numero")]

    def _section(self, node: Node, level: int, flat: bool) -> list[str]:
        title = first(node, "Titre")
        words = self.title_line(title)
        body = self.inside(node, level if flat or not words else level + 1, flat=flat, without=("Titre",))
        if not words:
            return body
        if flat:
            return [f"**{words}**" if "*" not in words else words, *body]
        ident = attribute(node, "ID")
        anchor = "" if ident in self._placed else self.anchors.get(ident, "")
        self._placed.add(ident)
        return [dialect.heading(level, words, anchor), *body]

    def title_line(self, title: Node | None, *, pipe: bool = False) -> str:
        """Return a title as one line: it holds text, or paragraphs."""
        if title is None:
            return ""
        paragraphs = [self.line(child, pipe=pipe) for child in named(title, "Paragraphe")]
        return " ".join(filter(None, paragraphs)) if paragraphs else self.line(title, pipe=pipe)

    def _alert(self, node: Node, level: int, flat: bool) -> list[str]:
        title = text(first(node, "Titre"))
        body = self.inside(node, level, flat=True, without=("Titre",))
        if not body:
            return []
        if flat:
            return [f"**{dialect.escape(typeset(title))}\u00a0:** {body[0]}", *body[1:]]
        if title in ALERTS and not any(child["name"] in ("OuSAdresser", "ServiceEnLigne") for child in elements(node)):
            return [dialect.quotation(ALERTS[title], [_capital(body[0]), *body[1:]])]
        body = self.inside(node, level, flat=False, without=("Titre",))
        return [dialect.container("encadre", plain_title(title), [_capital(body[0]), *body[1:]])]

    def _notice(self, node: Node, level: int, flat: bool) -> list[str]:
        """A dated warning at the head of a sheet."""
        title = plain_title(text(first(node, "Titre")))
        return [dialect.container("encadre", title, self.inside(node, level, without=("Titre",)))]

    def cases(self, cases: list[Node], level: int, flat: bool, *, tabs: bool) -> list[str]:
        """Return alternatives: a title, maybe an introduction and a body each. As tabs if they fit, else as accordions."""
        shaped = [(plain_title(text(first(case, "Titre"))), case) for case in cases]
        if flat or len(shaped) == 1:
            out = []
            for title, case in shaped:
                body = self.inside(case, level, flat=flat, without=("Titre",))
                out += [f"**{dialect.escape(title)}**" if title else "", *body]
            return out
        titles = [title for title, _ in shaped]
        fits = len(titles) <= TABS_MAX and all(0 < len(t) <= TAB_TITLE_MAX for t in titles) and sum(map(len, titles)) <= TAB_BAR_MAX
        as_tabs = tabs and fits and not self.nested
        self.nested += 1
        bodies = [self.inside(case, level, without=("Titre",)) for _, case in shaped]
        self.nested -= 1
        named_bodies = [(title or f"Cas {at}", body) for at, (title, body) in enumerate(zip(titles, bodies), 1)]
        if as_tabs:
            return [dialect.container("onglets", "", [dialect.container("onglet", title, body) for title, body in named_bodies])]
        return [dialect.container("accordeon", title, body) for title, body in named_bodies]

    def _case_block(self, node: Node, level: int, flat: bool) -> list[str]:
        return self.cases(list(named(node, "Cas")), level, flat, tabs=attribute(node, "affichage") == "onglet")

    def situations(self, node: Node, level: int, flat: bool) -> list[str]:
        """The main alternatives of a sheet; « sequentiel » ones all apply, one after the other."""
        cases = list(named(node, "Situation"))
        if attribute(node, "affichage") == "sequentiel":
            out = []
            for case in cases:
                out += [dialect.heading(level, self.title_line(first(case, "Titre"))), *self.inside(case, level + 1, without=("Titre",))]
            return out
        return self.cases(cases, level, flat, tabs=True)

    def _fragment(self, node: Node, level: int, flat: bool) -> list[str]:
        """Content for readers who gave some answer in a guided search: shown to all, under that answer."""
        body = self.inside(node, level, flat=flat)
        label = self.condition(first(node, "Condition"))
        if not label or not body:
            return body
        if flat:
            return [f"**{dialect.escape(label)}\u00a0:**", *body]
        return [dialect.container("encadre", f"Selon votre situation\u00a0: {plain_title(label)}", body)]

    def condition(self, node: Node | None) -> str:
        """Return the answer that a simple condition stands for, "" when it has no name."""
        if node is None:
            return ""
        tests = list(elements(node))
        if len(tests) != 1 or tests[0]["name"] != "estVrai":
            return ""
        variable = attribute(tests[0], "var")
        own = self.plan.answers.get((self.fiche.audience, self.fiche.id), {})
        return own.get(variable) or self.plan.answers.get(("", ""), {}).get(variable, "")

    # ---------------------------------------------------------------- tables

    def _table(self, node: Node, level: int, flat: bool) -> list[str]:
        table = Table(node)
        caption = text(first(node, "Titre"))
        summary = first(node, "Resume")
        before = self.inside(summary, level, flat=True) if summary is not None else []
        if table.is_simple():
            pipes = dialect.pipe_table([[self._pipe_cell(placed.cell) for placed in row] for row in table.grid])
            if not caption:
                return [*before, pipes]
            if flat:
                return [*before, f"**{dialect.escape(typeset(caption))}**", pipes]
            return [*before, dialect.container("tableau", plain_title(caption), [pipes])]
        if caption and not table.has_headers:
            before.append(dialect.paragraph(dialect.escape(typeset(caption))))
            caption = ""
        shaped = [[self._cell(table, y, placed) for placed in row] for y, row in enumerate(table.grid)]
        return [*before, dialect.html_table(html.escape(typeset(caption), quote=False), shaped[:table.head], shaped[table.head:])]

    def _pipe_cell(self, cell: Node) -> str:
        return " ".join(filter(None, (self.line(p, pipe=True) for p in named(cell, "Paragraphe"))))

    def _cell(self, table: Table, y: int, placed: Placed) -> Cell:
        return Cell(self.inside(placed.cell, flat=True), table.is_header(y, placed), placed.columns, placed.rows)

    # ---------------------------------------------------------------- pictures

    def _picture(self, node: Node, level: int, flat: bool) -> list[str]:
        content, image = first(node, "Contenu"), first(node, "Illustration")
        blocks = self.inside(content, level, flat=flat) if content is not None else []
        return blocks + (self._image(image, level, flat) if image is not None else [])

    def _image(self, node: Node, level: int, flat: bool) -> list[str]:
        """The package names pictures and does not hold them: their words are kept, and the original sheet is linked."""
        alternative = text(first(node, "TexteDeRemplacement"))
        self.losses.images.append((attribute(node, "LienPublication"), alternative))
        legend = first(node, "Legende")
        blocks = [dialect.paragraph(dialect.escape(typeset(alternative)))] if alternative else []
        for name in ("Description", "Credits"):
            part = first(node, name)
            if part is not None:
                body = self.inside(part, level, flat=True)
                if name == "Credits" and body:
                    body[0] = f"Crédits\u00a0: {body[0]}"
                blocks += body
        address = safe_url(attribute(self.fiche.root, "spUrl"))
        if address:
            blocks.append(dialect.link("Voir l’image dans la fiche d’origine", address))
        title = plain_title(text(legend)) if legend is not None else ""
        if flat:
            return [f"**{dialect.escape(title)}**" if title else "", *blocks]
        return [dialect.container("encadre", f"Image\u00a0: {title}" if title else "Image", blocks)]

    # ---------------------------------------------------------------- contacts and services

    def contact(self, node: Node, level: int = 2, flat: bool = False) -> list[str]:
        """An organism to turn to: its name, when to, how to, and its address on the Web."""
        title = text(first(node, "Titre"))
        complement = text(first(node, "Complement"))
        details = first(node, "Texte")
        blocks = [dialect.paragraph(dialect.escape(typeset(complement)))] if complement else []
        blocks += self.inside(details, level, flat=True) if details is not None else []
        page = first(node, "RessourceWeb")
        if page is not None:
            kind = "Annuaire" if "annuaire" in attribute(page, "URL") else "Site Web"
            blocks.append(self.web_link(f"{kind}\u00a0: {dialect.escape(typeset(title))}" + _language(page), attribute(page, "URL")))
        source = text(first(node, "Source"))
        if source:
            blocks.append(dialect.paragraph(dialect.escape(typeset(source))))
        blocks = [block for block in blocks if block]
        if flat:
            return [f"**{dialect.escape(typeset(title))}**", *blocks]
        return [dialect.container("coordonnees", plain_title(title), blocks)]

    def service_words(self, node: Node) -> str:
        """Return « [title](page of the service) (Cerfa nº, format, size) – organism », for a line or a list item."""
        title = dialect.escape(typeset(text(first(node, "Titre"))))
        line = self.sheet_link(attribute(node, "ID"), "", title)
        facts = ", ".join(filter(None, [form_number(node), file_facts(node)]))
        source = dialect.escape(typeset(text(first(node, "Source"))))
        return line + (f" ({dialect.escape(facts)})" if facts else "") + (f" – {source}" if source else "")

    def service_parts(self, node: Node) -> list[str]:
        """Return what goes with a service: its introduction, its notices, its annexes."""
        blocks = self.blocks(child for child in elements(node) if child["name"] in ("Introduction", "Texte"))
        attached = [[self.notice(notice)] for notice in named(node, "NoticeLiee")]
        attached += [self.annex(annex) for annex in named(node, "ServiceEnLigneAnnexe")]
        return [*blocks, dialect.bullets(attached)] if attached else blocks

    def _service(self, node: Node, level: int, flat: bool) -> list[str]:
        words, parts = self.service_words(node), self.service_parts(node)
        kind = SERVICE_KINDS.get(attribute(node, "type"), attribute(node, "type") or "Service en ligne")
        if flat:
            return [f"{dialect.escape(kind)}\u00a0: {words}", *parts]
        return [dialect.container("encadre", plain_title(kind), [words, *parts])]

    def notice(self, node: Node) -> str:
        """Return the link to the explanatory note of a form."""
        facts = ", ".join(filter(None, [form_number(node), file_facts(node)]))
        words = self.web_link(dialect.escape(typeset(text(node))), attribute(node, "URL"))
        return dialect.guard_line(words) + (f" ({dialect.escape(facts)})" if facts else "")

    def annex(self, node: Node) -> list[str]:
        """Return an annex of a form: its link, what it is for, its own notes."""
        title = dialect.escape(typeset(text(first(node, "Titre"))))
        page = first(node, "LienWeb")
        words = self.web_link(title, attribute(page, "URL")) if page is not None else title
        facts = ", ".join(filter(None, [form_number(node), file_facts(page) if page is not None else ""]))
        details = first(node, "Texte")
        blocks = [dialect.guard_line(words) + (f" ({dialect.escape(facts)})" if facts else "")]
        blocks += self.inside(details, flat=True) if details is not None else []
        notes = [[self.notice(notice)] for notice in named(node, "NoticeLiee")]
        return [*blocks, dialect.bullets(notes)] if notes else blocks


def form_number(node: Node) -> str:
    """Return « Cerfa nº 15692*01 » and other numbers of a form, as its attributes give them."""
    cerfa, other = attribute(node, "numerocerfa").removeprefix("N°"), attribute(node, "autrenumero")
    return ", ".join(filter(None, [f"Cerfa nº\u00a0{tidy(cerfa)}" if cerfa else "", f"nº\u00a0{tidy(other)}" if other else ""]))


def file_facts(node: Node) -> str:
    """Return « PDF, 513,9 Ko, en anglais » from the attributes of a link."""
    kind = attribute(node, "format").partition(";")[0].lower()
    weight = _WEIGHT.fullmatch(attribute(node, "poids"))
    size = f"{weight[1].removesuffix('.0').replace('.', ',')}\u00a0{weight[2]}o" if weight else ""
    facts = [_FORMATS.get(kind, ""), size, "en anglais" if attribute(node, "langue") == "en" else ""]
    return ", ".join(filter(None, facts))


def _language(node: Node) -> str:
    return " (en anglais)" if attribute(node, "langue") == "en" else ""


def _capital(block: str) -> str:
    """Begin a block with a capital: in the source it follows « Attention : » on the same line."""
    return block[0].upper() + block[1:] if block[:1].islower() else block


_INLINE: dict[str, Callable[[Prose, Node, Line, frozenset[str]], None]] = {
    "MiseEnEvidence": Prose._strong,
    "Valeur": Prose._strong,
    "Expression": Prose._em,
    "Citation": Prose._quote,
    "Variable": Prose._variable,
    "Exposant": Prose._superscript,
    "Indice": Prose._subscript,
    "TermeEtranger": Prose._foreign,
    "LienInterne": Prose._internal,
    "LienIntra": Prose._anchored,
    "LienExterne": Prose._external,
}

_BLOCKS: dict[str, Callable[[Prose, Node, int, bool], list[str]]] = {
    "Paragraphe": Prose._paragraph,
    "Texte": Prose._through,
    "Introduction": Prose._through,
    "Contenu": Prose._through,
    "Description": Prose._through,
    "Commentaire": Prose._through,
    "Aide": Prose._through,
    "Liste": Prose._list,
    "Chapitre": Prose._section,
    "SousChapitre": Prose._section,
    "Attention": Prose._alert,
    "ANoter": Prose._alert,
    "ASavoir": Prose._alert,
    "Rappel": Prose._alert,
    "Avertissement": Prose._notice,
    "BlocCas": Prose._case_block,
    "ListeSituations": Prose.situations,
    "FragmentConditionne": Prose._fragment,
    "Tableau": Prose._table,
    "ContenuIllustre": Prose._picture,
    "Image": Prose._image,
    "Illustration": Prose._image,
    "OuSAdresser": Prose.contact,
    "OuSAdresserSupport": Prose.contact,
    "ServiceEnLigne": Prose._service,
}

# Read elsewhere, or meant for the personalised version of the original site: they write nothing where they stand.
SILENT = {"Condition", "TitreAlternatif", "SiSelectionne", "PivotLocal", "Colonne"}
