"""Write the document of one sheet: its front matter, and its sections in the order in which a reader needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from migration import dialect
from migration.dialect import safe_url, typeset
from migration.fiche import Fiche, Node, attribute, elements, first, named, text
from migration.fiche_plan import FORM_KINDS, Plan
from migration.fiche_prose import SERVICE_KINDS, Losses, Prose, file_facts

# Limits of the fields of the content types.
TITLE_MAX = 200
SHORT_TITLE_MAX = 80
DESCRIPTION_MAX = 300
NUMBER_MAX = 40       # of the field « numero » of a form
_LEAD_MIN = 40
_SENTENCE_END = re.compile(r"[.!?…](?=[ \u00a0\n\t]+[A-ZÀ-ÝŒ«0-9])")
_LINKS = {"LienInterne", "LienExterne", "LienIntra", "Image"}

# Elements of a sheet that are not written in its page, and why: shown in the report.
OMITTED = {
    "dc:*": "métadonnées (titre, dates et auteurs vont dans l’en-tête)",
    "SurTitre": "étiquette, dans l’en-tête", "Cible": "mots-clés, dans l’en-tête", "Audience": "publics, dans l’en-tête",
    "Canal": "métadonnée", "FilDAriane": "navigation : donnée par les dossiers",
    "Theme": "navigation : donnée par les dossiers", "SousThemePere": "navigation : donnée par les dossiers",
    "DossierPere": "navigation : donnée par les dossiers", "SousDossierPere": "navigation : donnée par les dossiers",
    "Dossier": "navigation : donnée par les dossiers",
    "PivotLocal": "code pour l’annuaire local", "Condition": "affichage personnalisé", "SiSelectionne": "affichage personnalisé",
    "TitreAlternatif": "titre de rechange de l’affichage personnalisé", "Colonne": "largeurs de colonnes",
}


@dataclass
class Page:
    """A document ready to be written, and what was lost on the way."""

    path: str
    meta: dict[str, object]
    body: str
    losses: Losses

    @property
    def text(self) -> str:
        """The file: front matter, then body."""
        return dialect.front_matter(self.meta) + (f"\n{self.body}\n" if self.body else "")


def make_page(fiche: Fiche, plan: Plan) -> Page:
    """Return the document of `fiche`."""
    path = plan.paths[fiche.audience, fiche.id]
    prose = Prose(fiche, path, plan)
    writer = _Service(fiche, plan, prose) if fiche.is_service else _Publication(fiche, plan, prose)
    meta = writer.meta()
    body = dialect.join(writer.body())
    prose.losses.unreadable = body.count("\ufffd")
    return Page(path, meta, body, prose.losses)


def cut(words: str, most: int) -> str:
    """Return `words` in at most `most` characters: whole words, then « … »."""
    return words if len(words) <= most else words[:most - 1].rpartition(" ")[0].rstrip(",;:-\u00a0 ") + "…"


def shorten(words: str) -> str:
    """Return `words` in at most DESCRIPTION_MAX characters: whole sentences if one fits, else whole words and « … »."""
    if len(words) <= DESCRIPTION_MAX:
        return words
    ends = [match.end() for match in _SENTENCE_END.finditer(words) if _LEAD_MIN <= match.end() <= DESCRIPTION_MAX]
    if ends:
        return words[:ends[-1]]
    return cut(words, DESCRIPTION_MAX)


def split_lead(paragraph: Node) -> tuple[str, Node | None]:
    """Split a first paragraph into what can stand alone above the page (plain, short), and the rest (None if nothing).

    Returns ("", paragraph) when it begins with a link or a long sentence.
    """
    words = text(paragraph)
    if 0 < len(words) <= DESCRIPTION_MAX and not _has_link(paragraph):
        return words, None
    children = paragraph.get("children") or []
    if not children or children[0]["type"] != "text":
        return "", paragraph
    opening = children[0]["text"]
    for match in reversed(list(_SENTENCE_END.finditer(opening))):
        lead = dialect.tidy(opening[:match.end()]).strip()
        if _LEAD_MIN <= len(lead) <= DESCRIPTION_MAX:
            return lead, {**paragraph, "children": [{"type": "text", "text": opening[match.end():]}, *children[1:]]}
    return "", paragraph


def _has_link(node: Node) -> bool:
    return any(
        (child["name"] in _LINKS and attribute(child, "type") not in ("Sigle", "Acronyme")) or _has_link(child)
        for child in elements(node)
    )


class _Writer:
    """What pages and services have in common."""

    def __init__(self, fiche: Fiche, plan: Plan, prose: Prose) -> None:
        self.fiche = fiche
        self.root = fiche.root
        self.plan = plan
        self.prose = prose
        self.key = (fiche.audience, fiche.id)
        self.lead = ""

    def common(self, kind: str) -> dict[str, object]:
        targets = [text(node) for node in named(self.root, "Cible")]
        important = self.fiche.important_change
        return {
            "type": kind,
            "title": cut(dialect.fixed(self.plan.titles[self.key]), TITLE_MAX),
            "titre_court": cut(dialect.fixed(self.plan.short_titles.get(self.key, "")), SHORT_TITLE_MAX),
            "description": dialect.fixed(self.lead),
            "organismes": self._organisms(),
            "publics": self._audiences(),
            "ordre": self.plan.orders.get(self.key),
            "mise_a_jour": self.fiche.modified,
            "modifications": [{"date": important, "note": "Modification importante de la fiche", "portee": "majeure"}] if important else [],
            "mots_cles": [typeset(target) for target in dict.fromkeys(targets) if target],
            "tags": [typeset(text(first(self.root, "SurTitre")))] if first(self.root, "SurTitre") else [],
        }

    def _organisms(self) -> list[str]:
        contributors = text(first(self.root, "dc:contributor"))
        found = [ident for name, ident in self.plan.contributors.items() if name in contributors]
        return sorted(set(found), key=lambda ident: (ident != "dila", ident)) or ["dila"]

    def _audiences(self) -> list[str]:
        named_here = [text(node).lower() for node in named(self.root, "Audience")]
        return list(dict.fromkeys([self.fiche.audience, *(a for a in named_here if a in ("particuliers", "professionnels", "associations"))]))

    def full_title(self) -> list[str]:
        """Return the whole title when the front matter could not hold it."""
        title = self.plan.titles[self.key]
        return [dialect.paragraph(dialect.escape(title))] if len(dialect.fixed(title)) > TITLE_MAX else []

    def section(self, title: str, blocks: Iterable[str]) -> list[str]:
        """Return a section, or nothing when it is empty."""
        body = [block for block in blocks if block]
        return [dialect.heading(2, title), *body] if body else []

    def definitions(self) -> list[str]:
        """The words that the sheet defines, each with its anchor."""
        out = []
        for node in named(self.root, "Definition"):
            title = self.prose.title_line(first(node, "Titre"))
            out.append(dialect.heading(3, title, self.prose.anchors.get(attribute(node, "ID"), "")))
            out += self.prose.inside(node, 4, without=("Titre", "Reference"))
            references = [self.reference(reference) for reference in named(node, "Reference")]
            out += [dialect.bullets(references)] if references else []
        return self.section("Définitions", out)

    def acronyms(self) -> list[str]:
        """The acronyms of the sheet in full: a phone shows no title of an abbreviation."""
        pairs = [(text(first(node, "Titre")), first(node, "Texte")) for node in named(self.root, "Abreviation")]
        entries = [f"{dialect.paragraph(dialect.escape(typeset(acronym)))}\n: {' '.join(self.prose.inside(meaning, flat=True))}"
                   for acronym, meaning in pairs if acronym and meaning is not None]
        return [dialect.container("accordeon", "Sigles et acronymes", entries)] if entries else []

    def reference(self, node: Node) -> list[str]:
        """One legal text: its link, then what it is cited for."""
        words = self.prose.web_link(self.prose.title_line(first(node, "Titre")), attribute(node, "URL"))
        facts = file_facts(node)
        complement = dialect.escape(typeset(text(first(node, "Complement"))))
        source = dialect.escape(typeset(text(first(node, "Source"))))
        line = dialect.guard_line(words) + (f" ({facts})" if facts else "")
        return [" – ".join(filter(None, [line, complement, source]))]

    def contacts(self, names: Iterable[str]) -> list[str]:
        return [block for name in names for node in named(self.root, name) for block in self.prose.contact(node)]

    def origin(self) -> list[str]:
        """Where the sheet comes from, its date, and the licence (a shared fragment)."""
        address = safe_url(attribute(self.root, "spUrl"))
        own = address and address.endswith(f"/{self.fiche.id}")      # some of the sheets only give the home page
        sheet = dialect.link(f"fiche {self.fiche.id}", address) if own else f"fiche {self.fiche.id}"
        date = f", modifiée le {french_date(self.fiche.modified)}" if self.fiche.modified else ""
        return [f"Origine\u00a0: {sheet}{date}.", "[[inclure: source-service-public]]"]

    def sheet_list(self, nodes: Iterable[Node]) -> list[str]:
        """Return links to sheets; the words are those of the source, in a title or directly in the element."""
        items = []
        for node in nodes:
            title = first(node, "Titre")
            words = self.prose.title_line(title) if title is not None else self.prose.line(node)
            items.append([dialect.guard_line(self.prose.sheet_link(attribute(node, "ID"), attribute(node, "audience"), words))])
        return [dialect.bullets(items)] if items else []


class _Publication(_Writer):
    """A sheet that is read: information, question, dossier, theme, life event, guided search."""

    @property
    def _is_folder(self) -> bool:
        return self.fiche.kind in ("Dossier", "Theme")

    def meta(self) -> dict[str, object]:
        self._take_lead()
        return self.common("theme" if self._is_folder else "page")

    def _take_lead(self) -> None:
        """Choose the description; words that go above the page leave its body, so that nobody reads them twice."""
        self.taken: dict[int, Node | None] = {}      # id of a paragraph node → what remains of it
        summary = text(first(self.root, "dc:description"))
        for name in ("Introduction", "Texte"):
            opening = first(self.root, name)
            if opening is None:
                continue
            holder = (first(opening, "Texte") or opening) if name == "Introduction" else opening
            paragraph = next(elements(holder), None)
            if paragraph is None or paragraph["name"] != "Paragraphe":
                break
            words = text(paragraph)
            if name == "Texte" and words[:_LEAD_MIN] != summary[:_LEAD_MIN]:
                break
            self.lead, rest = split_lead(paragraph)
            if self.lead:
                self.taken[id(paragraph)] = rest
                return
            break
        if summary and summary != self.fiche.title:
            self.lead = shorten(summary)

    def _without_lead(self, node: Node | None) -> list[Node]:
        """Return the children of an opening element, but for the words that became the description."""
        if node is None:
            return []
        out = []
        for child in node.get("children") or ():
            if id(child) in self.taken:
                rest = self.taken[id(child)]
                out += [rest] if rest is not None else []
            elif child.get("name") == "Texte":
                out += self._without_lead(child)
            else:
                out.append(child)
        return out

    def body(self) -> list[str]:
        root, prose = self.root, self.prose
        out = self.full_title() + prose.blocks(named(root, "Avertissement"))
        out += prose.blocks(self._without_lead(first(root, "Introduction")))
        out += self._guided_searches()
        out += self._questionnaire()
        out += prose.blocks(self._without_lead(first(root, "Texte")))
        for node in named(root, "ListeSituations"):
            out += prose.situations(node, 2, False)
        out += self._comments()
        out += self._problems()
        out += self._members()
        out += self._services()
        out += self.section("Où s’adresser\u00a0?", self.contacts(("OuSAdresser",)))
        out += self.section("Questions et réponses", self.sheet_list(self._unlisted(named(root, "QuestionReponse"))))
        out += self.section("Comment faire si…", self.sheet_list(named(root, "CommentFaireSi")))
        out += self.section("Voir aussi", self.sheet_list(child for node in named(root, "VoirAussi") for child in elements(node)))
        out += self._more()
        out += self.definitions()
        out += self.acronyms()
        out += self._references()
        return out + self.origin()

    def _guided_searches(self) -> list[str]:
        items = []
        for node in named(self.root, "RechercheGuidee"):
            words = self.prose.title_line(first(node, "Titre"))
            target = self.prose.sheet_link(attribute(node, "ID"), attribute(node, "audience"), words)
            items.append([f"Trouvez ce qui s’applique à vous\u00a0: {target}"])
        return [dialect.bullets(items)] if len(items) > 1 else [block for item in items for block in item]

    def _questionnaire(self) -> list[str]:
        """The questions of a simulator: the answers are written, the page shows what applies to each."""
        out = []
        for node in named(self.root, "Questionnaire"):
            blocks = self.prose.inside(node, without=("Question",))
            items = []
            for question in named(node, "Question"):
                choices = []
                for choice in named(question, "Choix"):
                    words, meaning = (self.prose.title_line(first(choice, n)) for n in ("Titre", "IntituleSiSelectionne"))
                    choices.append([dialect.guard_line(f"{words}\u00a0: {meaning}" if meaning else words)])
                asked = dialect.guard_line(self.prose.title_line(first(question, "Titre")))
                aid = [block for hint in named(question, "Aide") for block in self.prose.inside(hint, flat=True)]
                items.append([asked, *aid, dialect.bullets(choices)])
            out += [*blocks, dialect.bullets(items)] if items else blocks
        return self.section("Selon votre situation", out)

    def _problems(self) -> list[str]:
        """A guided search: every path of answers, each ending on the sheet that it leads to."""
        out = []
        for group in named(self.root, "Problematiques"):
            for problem in named(group, "Problematique"):
                title = dialect.plain_title(text(first(problem, "Titre")))
                hints = [block for hint in named(problem, "Aide") for block in self.prose.inside(hint, flat=True)]
                items = [self._branch(branch) for branch in named(problem, "Branche")]
                body = [*hints, *self._answers_of(problem), dialect.bullets(items) if items else ""]
                out.append(dialect.container("accordeon", title, [block for block in body if block]))
        return out

    def _branch(self, node: Node) -> list[str]:
        words = dialect.guard_line(self.prose.title_line(first(node, "Titre")))
        links = self._answers_of(node)
        if links and "\n" not in links[0]:
            words, links = f"{words}\u00a0: {links[0]}", links[1:]
        hints = [block for hint in named(node, "Aide") for block in self.prose.inside(hint, flat=True)]
        items = [self._branch(branch) for branch in named(node, "Branche")]
        return [words, *hints, *links, *([dialect.bullets(items)] if items else [])]

    def _answers_of(self, node: Node) -> list[str]:
        return [self.prose.sheet_link(attribute(answer, "LienPublication"), attribute(answer, "audience"), self.prose.line(answer))
                for answer in named(node, "LienInterne")]

    def _comments(self) -> list[str]:
        """Outside pages that the sheet points to, with a word on each."""
        items = []
        for node in named(self.root, "LienExterneCommente"):
            page = first(node, "LienExterne")
            source = dialect.escape(typeset(text(first(node, "Source"))))
            words = self.prose.web_link(self.prose.line(page), attribute(page, "URL")) if page is not None else ""
            line = " – ".join(filter(None, [words, source]))
            items.append([dialect.guard_line(line), *self.prose.inside(node, flat=True, without=("LienExterne", "Source"))])
        return self.section("Liens utiles", [dialect.bullets(items)] if items else [])

    def _unlisted(self, nodes: Iterable[Node]) -> list[Node]:
        """Return those of `nodes` that the theme does not already list below this page, under the same words."""
        return [node for node in nodes if not self._listed(node)]

    def _listed(self, node: Node) -> bool:
        if not self._is_folder:
            return False
        key = self.plan.find(attribute(node, "ID"), self.fiche.audience)
        if not key or not self.plan.paths[key].startswith(self.prose.path.rpartition("/")[0] + "/"):
            return False
        return typeset(text(node)) in (self.plan.titles[key], self.plan.short_titles.get(key))

    def _members(self) -> list[str]:
        """Members of a theme or dossier that live in another folder, or go by another name here; the theme template lists
        the others."""
        out = []
        met: set[str] = set()
        for name, inner in (("SousTheme", "Dossier"), ("SousDossier", "Fiche")):
            for group in named(self.root, name):
                away = [node for node in named(group, inner) if attribute(node, "ID") in met or not self._listed(node)]
                met |= {attribute(node, "ID") for node in named(group, inner)}
                if away:
                    out += [dialect.heading(3, self.prose.title_line(first(group, "Titre"))), *self.sheet_list(away)]
        out += self.sheet_list(self._unlisted([*named(self.root, "Fiche"), *named(self.root, "Dossier")]))
        return self.section("Voir aussi dans ce dossier", out)

    def _services(self) -> list[str]:
        items = []
        for node in named(self.root, "ServiceEnLigne"):
            kind = SERVICE_KINDS.get(attribute(node, "type"), attribute(node, "type"))
            items.append([f"{dialect.escape(kind)}\u00a0: {self.prose.service_words(node)}", *self.prose.service_parts(node)])
        return self.section("Services en ligne et formulaires", [dialect.bullets(items)] if items else [])

    def _more(self) -> list[str]:
        items = []
        for node in named(self.root, "PourEnSavoirPlus"):
            words = self.prose.web_link(self.prose.title_line(first(node, "Titre")), attribute(node, "URL"))
            facts = file_facts(node)
            source = dialect.escape(typeset(text(first(node, "Source"))))
            items.append([dialect.guard_line(words) + (f" ({facts})" if facts else "") + (f" – {source}" if source else "")])
        for node in named(self.root, "Partenaire"):
            address = safe_url(attribute(node, "URL"))
            if address:
                items.append([f"Site partenaire\u00a0: {dialect.link(dialect.escape(address.split('/')[2]), address)}"])
        return self.section("Pour en savoir plus", [dialect.bullets(items)] if items else [])

    def _references(self) -> list[str]:
        items = [self.reference(node) for node in named(self.root, "Reference")]
        return [dialect.container("accordeon", "Textes de référence", [dialect.bullets(items)])] if items else []


class _Service(_Writer):
    """An online service, a form, or a model letter."""

    @property
    def _address(self) -> str | None:
        page = first(self.root, "LienWeb")
        return safe_url(attribute(page, "URL")) if page is not None else None

    @property
    def _type(self) -> str:
        if not self._address:
            return "page"       # a model letter that is written on the page itself
        return "formulaire-lien" if self.fiche.kind in FORM_KINDS else "service"

    def meta(self) -> dict[str, object]:
        self.opening = self._flatten()
        self.source_said = False
        self._take_lead()
        kind = self._type
        page = first(self.root, "LienWeb")
        meta = self.common(kind)
        if kind == "service":
            meta["introduction"] = self._introduction()
            meta["lien_service"] = {"url": self._address}
            meta["autres_facons"] = self._other_ways()
        elif kind == "formulaire-lien":
            meta["lien"] = self._address
            meta["numero"] = self._all_numbers if len(self._all_numbers) <= NUMBER_MAX else ""
            meta["format"] = "pdf" if "pdf" in attribute(page, "format").lower() else "en-ligne"
            meta["langues"] = ["en" if attribute(page, "langue") == "en" else "fr"]
        return meta

    @property
    def _all_numbers(self) -> str:
        return ", ".join(filter(None, (text(node) for name in ("NumeroCerfa", "AutreNumero") for node in named(self.root, name))))

    def _flatten(self) -> list[Node]:
        """Return the blocks of the presentation: those of the introduction, then those of the text."""
        out: list[Node] = []
        for name in ("Introduction", "Texte"):
            for node in named(self.root, name):
                for child in elements(node):
                    out += elements(child) if child["name"] == "Texte" else [child]
        return out

    def _take_lead(self) -> None:
        if self._type == "page":
            self.lead = ""      # the text is the letter itself
            return
        summary = text(first(self.root, "dc:description"))
        if not self._says_more(summary):
            summary = ""
        opening = self.opening[0] if self.opening and self.opening[0]["name"] == "Paragraphe" else None
        # The summary is often the first words of the presentation: those are taken, so that nobody reads them twice.
        if opening is not None and (not summary or text(opening)[:_LEAD_MIN] == summary[:_LEAD_MIN]):
            self.lead, rest = split_lead(opening)
            if self.lead:
                self.opening = [*([rest] if rest is not None else []), *self.opening[1:]]
                return
        self.lead = shorten(summary)

    def _says_more(self, summary: str) -> bool:
        """Say whether a summary is more than the title followed by the kind of sheet."""
        return len(summary.replace(self.fiche.title, "")) >= _LEAD_MIN

    def _introduction(self) -> str:
        """Return the introduction of a start page: how the presentation begins if it is plain, else who offers the service.

        A link to another page stays in the body: a front matter has no folder to start its path from.
        """
        plain = list(takewhile(lambda node: node["name"] in ("Paragraphe", "Liste") and not _has_link(node), self.opening))
        words = dialect.join(self.prose.blocks(plain))
        if words:
            self.opening = self.opening[len(plain):]
            return words
        source = text(first(first(self.root, "LienWeb") or {}, "Source"))
        self.source_said = bool(source)
        return f"Service offert par\u00a0: {dialect.escape(typeset(source)).rstrip('.')}." if source else "Ce service s’utilise en ligne."

    def _simple_contacts(self) -> list[Node]:
        return [node for node in named(self.root, "OuSAdresser") if first(node, "Texte") is None and first(node, "RessourceWeb")]

    def _other_ways(self) -> list[dict[str, str]]:
        """Another way than the Web: the counters that the sheet names."""
        return [{"mode": "comptoir", "texte": dialect.join(self._counter(node))} for node in self._simple_contacts()]

    def _counter(self, node: Node) -> list[str]:
        page = first(node, "RessourceWeb")
        words = self.prose.web_link(dialect.escape(typeset(text(first(node, "Titre")))), attribute(page, "URL"))
        complement = dialect.escape(typeset(text(first(node, "Complement"))))
        source = dialect.escape(typeset(text(first(node, "Source"))))
        return [" – ".join(filter(None, [words, complement, source]))]

    def body(self) -> list[str]:
        root, prose = self.root, self.prose
        out = self.full_title() + prose.blocks(self.opening)
        out += self._file()
        attached = [[prose.notice(node)] for node in named(root, "NoticeLiee")]
        attached += [prose.annex(node) for node in named(root, "ServiceEnLigneAnnexe")]
        out += self.section("Notices et annexes", [dialect.bullets(attached)] if attached else [])
        out += self.section("Service en ligne équivalent", self.sheet_list(named(root, "ServiceEnLigneAlternatif")))
        counters = self._simple_contacts() if self._type == "service" else []
        others = [node for node in named(root, "OuSAdresser") if not any(node is counter for counter in counters)]
        out += self.section("Où s’adresser\u00a0?", [block for node in others for block in prose.contact(node)])
        out += self.section("Besoin d’aide\u00a0?", self.contacts(("OuSAdresserSupport",)))
        out += self.section("Fiches liées", self.sheet_list(named(root, "FicheLiee")))
        out += self.definitions()
        out += self.acronyms()
        return out + self.origin()

    def _file(self) -> list[str]:
        """Say what the form is (number, format, size) and who gives it."""
        page = first(self.root, "LienWeb")
        if page is None:
            return self._numbers()
        source = "" if self.source_said else dialect.escape(typeset(text(first(page, "Source")))).rstrip(".")
        facts = dialect.escape(file_facts(page)) if self._type == "formulaire-lien" else ""
        offered = "Service offert par" if self._type == "service" else "Document fourni par"
        said = [f"{offered}\u00a0: {source}." if source else "", f"Fichier\u00a0: {facts}." if facts else ""]
        return [*self._numbers(), " ".join(filter(None, said))]

    def _numbers(self) -> list[str]:
        """Return the numbers of a form that the front matter cannot hold."""
        if self._type == "formulaire-lien" and len(self._all_numbers) <= NUMBER_MAX:
            return []
        return [f"Numéro\u00a0: {dialect.escape(self._all_numbers)}"] if self._all_numbers else []


_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")


def french_date(date: str) -> str:
    """Return « 1er janvier 2020 » for 2020-01-01."""
    year, month, day = date.split("-")
    return f"{'1er' if day == '01' else int(day)} {_MONTHS[int(month) - 1]} {year}"
