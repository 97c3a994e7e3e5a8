"""Count what a sheet of the source holds, straight from its tree: the other side of the comparison made by `tally`.

Nothing here uses the converter, so that what it forgets is seen. What is left out on purpose is listed in
`fiche_page.OMITTED` and its words are counted apart.
"""

from __future__ import annotations

from collections import Counter

from migration import tally
from migration.dialect import safe_url, tidy
from migration.fiche import AUDIENCES, Fiche, Node, attribute, first, text
from migration.fiche_page import Page
from migration.fiche_plan import ACRONYM_KINDS, Plan
from migration.tally import Measure

# The words that the engine writes above an alert, by the class that the renderer gives it.
ALERT_WORDS = {"warning": "Attention"}

_OMITTED = {
    "SurTitre", "Cible", "Audience", "Canal", "FilDAriane", "Theme", "SousThemePere", "DossierPere", "SousDossierPere", "PivotLocal",
    "Condition", "SiSelectionne", "TitreAlternatif", "Colonne",
}
_INLINE = {
    "MiseEnEvidence", "Valeur", "Expression", "Citation", "Variable", "Exposant", "Indice", "TermeEtranger", "LienInterne", "LienIntra",
    "LienExterne",
}
_TITLED = {"Chapitre", "SousChapitre", "Cas", "Situation", "Definition", "Tableau", "Attention", "ANoter", "ASavoir", "Rappel", "Avertissement"}
_SHEETS = {"Fiche", "Dossier", "QuestionReponse", "FicheLiee", "CommentFaireSi", "RechercheGuidee", "ServiceEnLigneAlternatif"}
_ADDRESSES = {"LienExterne", "RessourceWeb", "LienWeb", "Reference", "PourEnSavoirPlus", "NoticeLiee", "Partenaire"}


class Census:
    """Counts one sheet."""

    def __init__(self, fiche: Fiche, plan: Plan) -> None:
        self.fiche = fiche
        self.plan = plan
        self.found = Measure()
        self.omitted: Counter[str] = Counter()      # element → words left out on purpose
        self._words: list[str] = []
        self._anchors = {attribute(node, "ID") for node in fiche.root.get("children") or () if node.get("name") == "Definition"}

    def count(self) -> Measure:
        """Return what the sheet holds."""
        for node in self.fiche.root.get("children") or ():
            if node["type"] == "text":
                self._words.append(node["text"])
            elif node["name"].startswith("dc:"):
                continue      # metadata: they repeat the sheet
            elif node["name"] == "Dossier" and self.fiche.is_service:
                self._omit(node)
            else:
                self._element(node, self.fiche.root["name"])
        self.found.mots.update(tally.words(tidy("".join(self._words))))
        self.found.mots.update(tally.words(self.fiche.title))
        return self.found

    def _omit(self, node: Node) -> None:
        self.omitted[node["name"]] += len(tally.words(text(node)))

    def _element(self, node: Node, parent: str) -> None:
        name = node["name"]
        if name in _OMITTED or (name == "Dossier" and parent == "FicheLiee"):
            self._omit(node)
            return
        self._links(node, name)
        if name == "Item":
            tally.add(self.found.elements_de_liste, text(node))
        elif name == "Cellule":
            tally.add(self.found.cellules, text(node))
        elif name == "Tableau":
            self.found.tableaux["tableau"] += 1
        elif name in ("Image", "Illustration"):
            self.found.images["image"] += 1
        if name in _TITLED:
            title = first(node, "Titre")
            if title is not None:
                tally.add(self.found.titres, text(title))
        apart = name not in _INLINE or name == "Variable"      # two blanks of a model letter are two words
        if apart:
            self._words.append(" ")
        for child in node.get("children") or ():
            if child["type"] == "text":
                self._words.append(child["text"])
            else:
                self._element(child, name)
        if apart:
            self._words.append(" ")

    def _links(self, node: Node, name: str) -> None:
        if name in _ADDRESSES:
            url = attribute(node, "URL")
            if url:
                self.found.liens[tally.target_of(safe_url(url) or url, "")] += 1
        elif name == "LienInterne":
            if attribute(node, "type") not in ACRONYM_KINDS:
                self._sheet(attribute(node, "LienPublication"), attribute(node, "audience"))
        elif name == "LienIntra":
            ident = attribute(node, "LienID")
            if ident in self._anchors:
                self.found.liens[f"#definition-{ident.lower()}"] += 1
            else:
                self._sheet(ident, "", attribute(node, "type"))
        elif name == "ServiceEnLigne":
            self._sheet(attribute(node, "ID"), "")
        elif name in _SHEETS:
            self._sheet(attribute(node, "ID"), attribute(node, "audience"))

    def _sheet(self, ident: str, audience: str, kind: str = "") -> None:
        if kind == "Chapitre":
            self.found.liens[f"#chapitre-{ident.lower()}"] += 1
            return
        key = self.plan.find(ident, self.fiche.audience, AUDIENCES.get(audience, ""))
        self.found.liens[self.plan.paths[key] if key else tally.target_of(self.plan.contacts.get(ident, ident), "")] += 1


def measure_page(page: Page, plan: Plan, listed: list[str]) -> Measure:
    """Return what the page holds once rendered: its body, what the theme shows of its front matter, and, for a theme or a
    dossier, the titles and links of the sheets below it (`listed`: their paths), which the theme lists."""
    folder = page.path.rpartition("/")[0]
    meta = page.meta
    rendered = [page.body]
    for value in (meta.get("introduction"), *(way["texte"] for way in meta.get("autres_facons") or ())):
        rendered.append(str(value or ""))
    found = tally.measure("\n\n".join(filter(None, rendered)), folder, ALERT_WORDS)
    for name in ("title", "description", "numero"):
        found.mots.update(tally.words(str(meta.get(name) or "")))
    if found_address := (meta.get("lien_service") or {}).get("url") or meta.get("lien"):
        found.liens[tally.target_of(str(found_address), folder)] += 1
    by_path = {path: key for key, path in plan.paths.items()} if listed else {}
    for path in listed:
        key = by_path.get(path)
        if key:
            found.liens[path] += 1
            found.mots.update(tally.words(f"{plan.titles[key]} {plan.short_titles.get(key, '')}"))
    if listed:
        for below in plan.folders:
            if below.path.startswith(folder + "/"):
                found.mots.update(tally.words(below.title))
    return found
