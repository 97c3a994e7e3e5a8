"""Tables: cells that head others are marked as such, and tables that lay a page out say nothing of data.

WCAG 1.3.1 (A): failures F91 (headers not marked up), F46 (th, caption or summary in a layout table), techniques H51, H63 (scope), H39 (caption).
https://www.w3.org/WAI/tutorials/tables/ . Which empty tables are data is for a person to say, but for what only tables of data have.
"""

from __future__ import annotations

from turbohtml import Element, Text

from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.rule import Rule

_FAILURES = "https://www.w3.org/WAI/WCAG22/Techniques/failures/"
_SCOPES = ("row", "col", "rowgroup", "colgroup")
_HEADER_ROLES = ("columnheader", "rowheader")


def tables(page):
    """The tables that assistive technologies get."""
    return [table for table in page.tagged("table") if page.exposed(table)]


def is_layout(page, table) -> bool:
    """True for role=presentation or none."""
    return (table.attr("role") or "").strip().lower() in ("presentation", "none")


def rows(table) -> list[list[Element]]:
    """The cells of the table by row, those of tables inside it left out."""
    nested = next((True for inner in table.iter_elements("table")), False)
    found = []
    for row in table.iter_elements("tr"):
        if not nested or row.closest("table") == table:
            cells = [cell for cell in row if isinstance(cell, Element) and cell.tag in ("td", "th")]
            if cells:
                found.append(cells)
    return found


def is_header(cell) -> bool:
    """A th, or a td that says it is one."""
    return cell.tag == "th" or cell.attr("scope") is not None or (cell.attr("role") or "").strip().lower() in _HEADER_ROLES


def caption(table) -> Element | None:
    """The table's own caption."""
    return next((child for child in table if isinstance(child, Element) and child.tag == "caption"), None)


class TableWithoutHeaders(Rule):
    """Rows and columns of which nothing says what they hold."""

    id = "tableau-sans-entetes"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Tableau sans cellule d’en-tête"
    source = _FAILURES + "F91"

    def check(self, page):
        for table in tables(page):
            if (table.attr("role") or "").strip():
                continue
            cells = rows(table)
            if len(cells) < 2 or max(map(len, cells)) < 2 or any(is_header(cell) for row in cells for cell in row):
                continue
            head = next((row for part in table.iter_elements("thead") if part.parent == table for row in part.iter_elements("tr")), None)
            sure = head is not None and bool(page.text(head)) and len(cells[0]) > 1
            yield self.finding(
                page, table, "Ce tableau n’a aucune cellule d’en-tête" + (", bien qu’il ait une rangée de tête (thead)." if sure else "."),
                "Faites des th des cellules qui nomment les colonnes ou les rangées ; si le tableau ne sert qu’à la mise en page, ajoutez role=\"presentation\".",
                certainty=CERTAIN if sure else TO_VERIFY,
            )


class InvalidScope(Rule):
    """A scope that no browser knows."""

    id = "tableau-portee-invalide"
    criteria = ("1.3.1",)
    title = "Valeur de scope qui n’existe pas"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H63"

    def check(self, page):
        for cell in page.having("scope"):
            value = (cell.attr("scope") or "").strip().lower()
            if cell.tag in ("td", "th") and value not in _SCOPES and page.exposed(cell):
                yield self.finding(
                    page, cell, f"La valeur « {value} » de l’attribut scope n’existe pas.", "Écrivez scope=\"col\" pour une colonne, scope=\"row\" pour une rangée.",
                )


class MissingScope(Rule):
    """Headers in both directions, or on two levels, that do not say which cells they head."""

    id = "tableau-portee-absente"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "En-têtes de tableau sans portée"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H63"

    def check(self, page):
        for table in tables(page):
            if is_layout(page, table) or next(iter(table.iter_elements("th")), None) is None:
                continue
            cells = rows(table)
            heads = [cell for row in cells for cell in row if cell.tag == "th"]
            if not heads or any(cell.attr("scope") is not None or cell.attr("headers") is not None for row in cells for cell in row):
                continue
            level_rows = [row for row in cells if len(row) > 1 and all(cell.tag == "th" for cell in row)]
            headed_rows = [row for row in cells if len(row) > 1 and row[0].tag == "th" and row[-1].tag == "td"]
            if len(level_rows) > 1 or (level_rows and headed_rows):
                yield self.finding(
                    page, table, "Ce tableau a des en-têtes de rangée et de colonne, ou sur deux niveaux, sans dire de quoi chacun est l’en-tête.",
                    "Ajoutez scope=\"col\" aux en-têtes de colonne et scope=\"row\" à ceux de rangée.",
                )


class LayoutTableWithHeaders(Rule):
    """A layout table with the marks of a table of data."""

    id = "tableau-de-mise-en-page"
    criteria = ("1.3.1",)
    title = "Tableau de mise en page avec des marques de données"
    source = _FAILURES + "F46"

    def check(self, page):
        for table in tables(page):
            if not is_layout(page, table):
                continue
            marks = ["caption"] if caption(table) is not None else []
            marks += ["summary"] if (table.attr("summary") or "").strip() else []
            cells = [cell for row in rows(table) for cell in row]
            marks += ["th"] if any(cell.tag == "th" and not (cell.attr("role") or "").strip() for cell in cells) else []
            marks += ["scope"] if any(cell.attr("scope") is not None and cell.tag == "td" for cell in cells) else []
            if marks:
                yield self.finding(
                    page, table, f"Ce tableau se dit de mise en page (role=\"{table.attr('role')}\"), mais il a ce que seuls les tableaux de données ont : {', '.join(marks)}.",
                    "Retirez le rôle si le tableau présente des données ; sinon, retirez ces marques.",
                )


class EmptyHeader(Rule):
    """A header cell without words; the corner of two headers may be empty."""

    id = "tableau-entete-vide"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "En-tête de tableau vide"
    source = "https://www.w3.org/WAI/tutorials/tables/tips/"

    def check(self, page):
        for cell in page.tagged("th"):
            if page.text(cell) or not page.exposed(cell) or any((cell.attr(key) or "").strip() for key in ("aria-label", "aria-labelledby", "title", "abbr")):
                continue
            if any((image.attr("alt") or image.attr("aria-label") or "").strip() for image in cell.iter_elements(("img", "svg"))) or self._is_corner(cell):
                continue
            table = cell.closest("table")
            if table is None or not is_layout(page, table):
                yield self.finding(page, cell, "Cette cellule d’en-tête est vide.", "Écrivez-y ce que contient la colonne ou la rangée, ou faites-en un td si elle ne nomme rien.")

    def _is_corner(self, cell) -> bool:
        table, row = cell.closest("table"), cell.parent
        return table is not None and next(iter(table.iter_elements("tr")), None) == row and next(iter(row.iter_elements(("th", "td"))), None) == cell


class TableWithoutCaption(Rule):
    """A table of data whose name nothing gives."""

    id = "tableau-sans-legende"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Tableau de données sans légende"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H39"

    def check(self, page):
        for table in tables(page):
            if is_layout(page, table) or next(iter(table.iter_elements("th")), None) is None or self._is_named(page, table):
                continue
            if any(cell.tag == "th" for row in rows(table) for cell in row):
                yield self.finding(page, table, "Ce tableau de données n’a pas de légende.", "Donnez-lui un titre : ::: tableau Titre, ou un élément caption en HTML.")

    def _is_named(self, page, table) -> bool:
        own = caption(table)
        if (own is not None and page.text(own)) or any((table.attr(key) or "").strip() for key in ("aria-label", "aria-labelledby", "title")):
            return True
        figure = table.closest("figure")
        if figure is not None and next(iter(figure.iter_elements("figcaption")), None) is not None:
            return True
        holder = table
        for _ in range(3):  # a region that scrolls around the table, then what stands before it
            before = holder.previous_sibling
            while before is not None and isinstance(before, Text) and not before.data.strip():
                before = before.previous_sibling
            if before is not None:
                return isinstance(before, Element) and before.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "summary")
            holder = holder.parent
            if holder is None or not isinstance(holder, Element) or holder.tag != "div":
                return False
            if (holder.attr("aria-label") or holder.attr("aria-labelledby") or "").strip():
                return True
        return False
