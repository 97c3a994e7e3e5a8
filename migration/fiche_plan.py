"""Decide, before anything is written, where each sheet goes and what the others may say of it.

Two passes are needed because sheets name each other: the survey reads each sheet once, in parallel, and keeps the little
that the others need; the plan puts the surveys together. Same input, same plan, whatever the order of the files.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from fleuve.slug import slugify
from migration.dialect import safe_url, typeset
from migration.fiche import AUDIENCES, Fiche, Node, attribute, first, named, text

AUDIENCE_TITLES = {"particuliers": "Particuliers", "professionnels": "Professionnels", "associations": "Associations"}
SERVICES = ("services-en-ligne", "Services en ligne")
FORMS = ("formulaires", "Formulaires et modèles de documents")
LIFE_EVENTS = ("comment-faire-si", "Comment faire si…")
FORM_KINDS = {"Formulaire", "Modèle de document"}
ACRONYM_KINDS = {"Sigle", "Acronyme"}

_SLUG_MAX = 72
# In French, or as a name, these are words before they are acronyms: marking them everywhere would be wrong.
_WORDS = {"Mines", "Pass", "Sofia", "Greta", "Sirene", "Acre", "Arce", "Perco"}
_ACRONYM = re.compile(r"[A-ZÀ-Ý][A-ZÀ-Ý0-9]{2,}(?:-[A-Z0-9]+)?|[A-ZÀ-Ý][a-zà-ÿ]{3,}")
_CONTRIBUTOR = re.compile(r", (?=[A-ZÉÈÀ])")

Key = tuple[str, str]          # (audience, id)
Label = tuple[str, str]        # (id, title)


@dataclass(slots=True)
class Survey:
    """What the plan keeps of one sheet."""

    id: str
    audience: str
    kind: str
    service: bool
    title: str
    modified: str
    source_url: str
    theme: Label | None = None
    sub_theme: Label | None = None
    dossier: Label | None = None
    themes: list[str] = field(default_factory=list)                 # of a service: ids of themes, its own audience first
    refers: list[tuple[str, str]] = field(default_factory=list)      # (audience or "", id) of the sheets that it names
    contents: list[tuple[str, Label]] = field(default_factory=list)  # of a theme or dossier: (group id, member)
    groups: list[Label] = field(default_factory=list)                # of a theme: its sub-themes; of a dossier: its parts
    contacts: dict[str, str] = field(default_factory=dict)           # id of an organism named → its address on the Web
    answers: dict[str, str] = field(default_factory=dict)            # of a guided search: variable → what was answered
    acronyms: dict[str, str] = field(default_factory=dict)
    contributors: list[str] = field(default_factory=list)


def survey(fiche: Fiche) -> Survey:
    """Return what the plan needs of `fiche`."""
    root = fiche.root
    found = Survey(fiche.id, fiche.audience, fiche.kind, fiche.is_service, fiche.title, fiche.modified, attribute(root, "spUrl"))
    theme, sub_theme, dossier = first(root, "Theme"), first(root, "SousThemePere"), first(root, "DossierPere")
    if theme is not None:
        found.theme = (attribute(theme, "ID"), text(first(theme, "Titre")))
    if sub_theme is not None:
        found.sub_theme = (attribute(sub_theme, "ID"), text(sub_theme))
    if dossier is not None:
        found.dossier = (attribute(dossier, "ID"), text(first(dossier, "Titre")))
    if fiche.is_service:
        owned = [(AUDIENCES.get(text(first(node, "Audience"))) != fiche.audience, attribute(node, "ID")) for node in named(root, "Theme")]
        found.themes = [ident for _, ident in sorted(owned, key=lambda pair: pair[0])]
        found.theme = None
    _survey_contents(root, found)
    found.contributors = [name.strip() for name in _CONTRIBUTOR.split(text(first(root, "dc:contributor"))) if name.strip()]
    _survey_body(root, found)
    return found


def _survey_contents(root: Node, found: Survey) -> None:
    for group in named(root, "SousTheme"):
        label = (attribute(group, "ID"), text(first(group, "Titre")))
        found.groups.append(label)
        found.contents += [(label[0], (attribute(node, "ID"), text(node))) for node in named(group, "Dossier")]
    for group in named(root, "SousDossier"):
        found.groups.append((attribute(group, "ID"), text(first(group, "Titre"))))
        found.contents += [(attribute(group, "ID"), (attribute(node, "ID"), text(node))) for node in named(group, "Fiche")]
    if found.kind in ("Dossier", "Theme"):
        found.contents += [("", (attribute(node, "ID"), text(node))) for name in ("Fiche", "Dossier") for node in named(root, name)]


_SKIPPED = {"DossierPere", "FilDAriane", "Theme"}


def _survey_body(root: Node, found: Survey) -> None:
    """Walk the tree once for references, contacts, acronyms and the answers of guided searches."""
    stack = [root]
    while stack:
        node = stack.pop()
        name = node["name"]
        if name in _SKIPPED:
            continue
        if name in ("ServiceEnLigne", "FicheLiee"):
            found.refers.append((AUDIENCES.get(attribute(node, "audience"), ""), attribute(node, "ID")))
        elif name == "LienInterne":
            if attribute(node, "type") not in ACRONYM_KINDS:
                found.refers.append((AUDIENCES.get(attribute(node, "audience"), ""), attribute(node, "LienPublication")))
            continue
        elif name in ("OuSAdresser", "OuSAdresserSupport"):
            page = first(node, "RessourceWeb")
            if page is not None:
                found.contacts.setdefault(attribute(node, "ID"), attribute(page, "URL"))
        elif name == "Abreviation":
            found.acronyms.setdefault(text(first(node, "Titre")), text(first(node, "Texte")))
        elif name in ("Problematique", "Branche", "Choix"):
            label = text(first(node, "Titre"))
            for chosen in named(node, "SiSelectionne"):
                for effect in named(chosen, "affecteVrai"):
                    found.answers.setdefault(attribute(effect, "var"), label)
        stack.extend(child for child in reversed(node.get("children") or ()) if child["type"] == "element")


@dataclass
class Folder:
    """A folder that no sheet describes: its index is written from its title alone."""

    path: str
    title: str
    order: int = 0


@dataclass
class Plan:
    """Where each sheet goes, and what the others may say of it. Read-only once made; sent to every worker."""

    paths: dict[Key, str] = field(default_factory=dict)
    titles: dict[Key, str] = field(default_factory=dict)
    kinds: dict[Key, str] = field(default_factory=dict)
    short_titles: dict[Key, str] = field(default_factory=dict)
    orders: dict[Key, int] = field(default_factory=dict)
    folders: list[Folder] = field(default_factory=list)
    contacts: dict[str, str] = field(default_factory=dict)
    answers: dict[Key, dict[str, str]] = field(default_factory=dict)
    glossary: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    contributors: dict[str, str] = field(default_factory=dict)
    modified: str = ""

    def find(self, ident: str, audience: str, wanted: str = "") -> Key | None:
        """Return the key of sheet `ident` as `audience` reads it: the `wanted` audience first, then its own, then any."""
        for candidate in (wanted, audience, *AUDIENCE_TITLES):
            if (candidate, ident) in self.paths:
                return candidate, ident
        return None


def order_of(key: Key) -> tuple[int, str, int]:
    """Sort key of a sheet: audience, then kind of id, then number."""
    audience, ident = key
    return list(AUDIENCE_TITLES).index(audience), ident[0], int(ident[1:])


def make_plan(surveys: Iterable[Survey]) -> Plan:
    """Put the surveys together."""
    by_key = {(s.audience, s.id): s for s in surveys}
    by_key = {key: by_key[key] for key in sorted(by_key, key=order_of)}
    plan = Plan()
    _name(plan, by_key)
    _Places(plan, by_key).assign()
    _answers(plan, by_key)
    _acronyms(plan, by_key.values())
    for found in by_key.values():
        for ident, url in found.contacts.items():
            if ident not in plan.contacts and (safe := safe_url(url)):
                plan.contacts[ident] = safe
        for name in found.contributors:
            plan.contributors.setdefault(name, contributor_id(name))
    plan.modified = max((found.modified for found in by_key.values()), default="")
    return plan


def contributor_id(name: str) -> str:
    """Return the id of an organism that wrote sheets: `fr-` keeps it apart from the organisms of the host site."""
    inside = re.search(r"\(([A-Za-z]{2,12})\)$", name)
    if name.startswith("Direction de l'information légale"):
        return "dila"
    return "fr-" + slugify(inside[1] if inside else re.sub(r"^(Ministère) (?:chargé )?(?:de la |de l['’]|du |des |de )", r"\1 ", name))


def _name(plan: Plan, by_key: dict[Key, Survey]) -> None:
    for key, found in by_key.items():
        plan.titles[key] = typeset(found.title)
        if found.kind == "Recherche guidée":
            plan.titles[key] += " : selon votre situation"     # it bears the very title of its dossier
        plan.kinds[key] = found.kind
    for (audience, _), found in by_key.items():
        for order, (_, (ident, label)) in enumerate(found.contents, 1):
            key = (audience, ident)
            if key not in by_key:
                continue
            if key not in plan.orders:
                plan.orders[key] = order
                if label and typeset(label) != plan.titles[key]:
                    plan.short_titles[key] = typeset(label)
    for key, found in by_key.items():
        if key not in plan.orders and not found.service and found.kind not in ("Theme", "Dossier"):
            plan.orders[key] = 500   # questions and guided searches, after the sheets that the dossier puts in order


class _Places:
    """Give each sheet its path, and each folder of the path its index."""

    def __init__(self, plan: Plan, by_key: dict[Key, Survey]) -> None:
        self.plan = plan
        self.by_key = by_key
        self.children: dict[str, dict[str, str]] = defaultdict(dict)   # folder → slug → who has it
        self.folder_of: dict[tuple[str, ...], str] = {}
        self.services: set[str] = set()                                # stems of services: their ids are unique site-wide
        # Which part of its dossier a sheet is in: (audience, dossier, sheet) → (part, its place).
        self.parts: dict[tuple[str, str, str], tuple[Label, int]] = {}
        for (audience, ident), found in by_key.items():
            if found.kind == "Dossier":
                order = {label[0]: (label, at) for at, label in enumerate(found.groups, 1)}
                for group, (member, _) in found.contents:
                    if group in order:
                        self.parts.setdefault((audience, ident, member), order[group])
        self.sub_theme_orders = {
            (key[0], ident): order
            for key, found in by_key.items() for order, (ident, _) in enumerate(found.groups, 1)
        }

    def assign(self) -> None:
        for audience, title in AUDIENCE_TITLES.items():
            if any(key[0] == audience for key in self.by_key):
                self.folder_of[(audience,)] = audience
                self.plan.folders.append(Folder(audience, title, list(AUDIENCE_TITLES).index(audience) + 1))
        themes = [(slugify(found.title), key) for key, found in self.by_key.items() if found.kind == "Theme"]
        for order, (_, key) in enumerate(sorted(themes), 1):
            self.plan.orders[key] = order
        for key, found in self.by_key.items():
            if found.kind == "Theme":
                self.plan.paths[key] = f"{self._theme(key[0], (found.id, found.title))}/index.md"
        for key, found in self.by_key.items():
            if found.kind == "Dossier":
                self.plan.paths[key] = f"{self._dossier(key[0], found, (found.id, found.title))}/index.md"
        for key, found in self.by_key.items():
            if not found.service and key not in self.plan.paths:
                self.plan.paths[key] = self._file(self._publication_folder(found), found)
        homes = self._homes()
        for key, found in self.by_key.items():
            if found.service:
                stem, title = FORMS if found.kind in FORM_KINDS else SERVICES
                self.plan.paths[key] = self._file(self._sub_folder(homes.get(key, key[0]), stem, title), found)

    def _theme(self, audience: str, theme: Label) -> str:
        return self._folder(audience, audience, theme, described=self.by_key.get((audience, theme[0])) is not None)

    def _sub_theme(self, audience: str, theme: Label, sub_theme: Label | None) -> str:
        parent = self._theme(audience, theme)
        if not sub_theme or not sub_theme[0]:
            return parent
        return self._folder(audience, parent, sub_theme, described=False, order=self.sub_theme_orders.get((audience, sub_theme[0]), 0))

    def _dossier(self, audience: str, found: Survey, dossier: Label) -> str:
        parent = self._sub_theme(audience, found.theme, found.sub_theme) if found.theme else audience
        return self._folder(audience, parent, dossier, described=(audience, dossier[0]) in self.by_key)

    def _folder(self, audience: str, parent: str, label: Label, *, described: bool, order: int = 0) -> str:
        known = (audience, label[0])
        if known not in self.folder_of:
            path = f"{parent}/{self._slug(parent, label[1], label[0], label[0].lower())}"
            self.folder_of[known] = path
            if not described:
                self.plan.folders.append(Folder(path, typeset(label[1]), order))
        return self.folder_of[known]

    def _sub_folder(self, parent: str, stem: str, title: str) -> str:
        known = (parent, "", stem)
        if known not in self.folder_of:
            path = f"{parent}/{self._slug(parent, stem, stem, 'dossier')}"
            self.folder_of[known] = path
            self.plan.folders.append(Folder(path, title, 900))   # after the pages
        return self.folder_of[known]

    def _publication_folder(self, found: Survey) -> str:
        if found.dossier:
            folder = self._dossier(found.audience, found, found.dossier)
            part = self.parts.get((found.audience, found.dossier[0], found.id))
            return self._folder(found.audience, folder, part[0], described=False, order=part[1]) if part else folder
        if found.kind.startswith("Fiche Comment faire si"):
            return self._sub_folder(found.audience, *LIFE_EVENTS)
        return self._sub_theme(found.audience, found.theme, found.sub_theme) if found.theme else found.audience

    def _file(self, folder: str, found: Survey) -> str:
        stem = self._slug(folder, self.plan.titles[found.audience, found.id], found.id, found.id.lower(), self.services if found.service else None)
        return f"{folder}/{stem}.md"

    def _slug(self, parent: str, title: str, owner: str, suffix: str, everywhere: set[str] | None = None) -> str:
        """Return a slug that no sibling has (nor, with `everywhere`, any other service of the site)."""
        base = slugify(title)
        if len(base) > _SLUG_MAX:
            base = base[:_SLUG_MAX].rpartition("-")[0] or base[:_SLUG_MAX]
        base = base or suffix
        taken = self.children[parent]
        audience = parent.partition("/")[0]
        for slug in (base, f"{base}-{suffix}", f"{base}-{suffix}-{audience}"):
            if slug not in taken and slug != "index" and (everywhere is None or slug not in everywhere):
                break
        taken[slug] = owner
        if everywhere is not None:
            everywhere.add(slug)
        return slug

    def _homes(self) -> dict[Key, str]:
        """Return the folder of each service: the sub-theme whose sheets name it most, within its own theme if it has one."""
        votes: dict[Key, Counter[tuple[str, str]]] = defaultdict(Counter)
        for (audience, ident), found in self.by_key.items():
            if found.service:
                # A service lists the sheets that need it: they vote for it as if they named it.
                for wanted, target in found.refers:
                    home = self._home_of((wanted or audience, target))
                    if home and (wanted or audience) == audience:
                        votes[audience, ident][home] += 1
                continue
            home = self._home_of((audience, ident))
            if home:
                for _, target in found.refers:
                    if self.by_key.get((audience, target)) and self.by_key[audience, target].service:
                        votes[audience, target][home] += 1
        homes = {}
        for key, found in self.by_key.items():
            if not found.service:
                continue
            own = [theme for theme in found.themes if (key[0], theme) in self.folder_of]
            ballots = votes.get(key, Counter())
            within = Counter({home: n for home, n in ballots.items() if home[0] in own}) if own else ballots
            if within:
                homes[key] = min(within, key=lambda home: (-within[home], home[1]))[1]
            elif own:
                homes[key] = self.folder_of[key[0], own[0]]
            elif ballots:
                homes[key] = min(ballots, key=lambda home: (-ballots[home], home[1]))[1]
        return homes

    def _home_of(self, key: Key) -> tuple[str, str] | None:
        """Return the theme and the folder (theme or sub-theme) of a publication."""
        found = self.by_key.get(key)
        if found is None or found.service or not found.theme:
            return None
        return found.theme[0], self._sub_theme(key[0], found.theme, found.sub_theme)


def _answers(plan: Plan, by_key: dict[Key, Survey]) -> None:
    """A guided search sets variables that the sheets it leads to test: give each of these sheets their meaning."""
    everywhere: dict[str, Counter[str]] = defaultdict(Counter)
    for key, found in by_key.items():
        for variable, label in found.answers.items():
            everywhere[variable][typeset(label)] += 1
        if found.answers:
            for wanted, target in [*found.refers, (key[0], key[1])]:
                own = plan.answers.setdefault((wanted or key[0], target), {})
                for variable, label in found.answers.items():
                    own.setdefault(variable, typeset(label))
    plan.answers["", ""] = {v: min(c, key=lambda label: (-c[label], label)) for v, c in everywhere.items()}


def _acronyms(plan: Plan, surveys: Iterable[Survey]) -> None:
    """Keep in the site-wide glossary the acronyms that have one meaning and cannot be mistaken for a word."""
    meanings: dict[str, dict[str, str]] = defaultdict(dict)
    for found in surveys:
        for acronym, meaning in found.acronyms.items():
            if acronym and meaning:
                meanings[acronym].setdefault(meaning.casefold(), typeset(meaning))
    for acronym in sorted(meanings):
        different = list(meanings[acronym].values())
        if len(different) > 1:
            plan.ambiguous[acronym] = sorted(different)
        elif _ACRONYM.fullmatch(acronym) and acronym not in _WORDS:
            plan.glossary[acronym] = different[0]
    # « Dom » and « DOM », « Fijais » and « FIJAIS » are one acronym written twice: both may stay, they mean the same.
