"""Header cells speak for cells, and cells refer to headers of their own table.

- ACT a25f45 (headers), WCAG 1.3.1: https://www.w3.org/WAI/standards-guidelines/act/rules/a25f45/
- ACT d0f69e (assigned cells), WCAG 1.3.1: https://www.w3.org/WAI/standards-guidelines/act/rules/d0f69e/
"""

from turbohtml import Element

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule
from fleuve.audit.table_grid import TableGrid

_HEADERS = ("columnheader", "rowheader")
_TABLES = ("table", "grid", "treegrid")


class HeadersElsewhere(Rule):
    """A cell whose headers attribute names something that is no cell of its table."""

    id = "tableau-headers-sans-cible"
    act_rule = "a25f45"
    criteria = ("1.3.1",)
    title = "Attribut headers sans cellule"
    source = ACT + "a25f45/"

    def check(self, page):
        for cell in page.having("headers"):
            table = _table(cell)
            if cell.tag not in ("td", "th") or table is None or not page.exposed(cell) or page.role(table) == "none" or page.off_screen(table):
                continue
            for identifier in (cell.attr("headers") or "").split():
                target = page.by_id(identifier)
                if target is None or target is cell or target.tag not in ("td", "th") or _table(target) is not table:
                    yield self.finding(
                        page, cell, f"L’attribut headers de cette cellule cite « {identifier} », qui n’est pas une autre cellule du même tableau.",
                        "Citez l’identifiant d’une cellule d’en-tête de ce tableau, ou retirez headers.",
                    )
                    break


class HeaderWithoutCells(Rule):
    """A header cell that speaks for no cell: it is no header, or the table is made wrong."""

    id = "tableau-entete-sans-cellule"
    act_rule = "d0f69e"
    criteria = ("1.3.1",)
    title = "En-tête de tableau qui ne concerne aucune cellule"
    source = ACT + "d0f69e/"

    def check(self, page):
        for table in page.with_role(*_TABLES):
            if not page.exposed(table):
                continue
            grid = TableGrid.of(table)
            has_data = any(_is_data(page, cell) for cell in grid.cells)
            named = {identifier for cell in grid.cells for identifier in (cell.attr("headers") or "").split()}
            for cell in grid.cells:
                if page.role(cell) not in _HEADERS or not page.exposed(cell) or page.off_screen(cell) or cell.attr("id") in named or _speaks(page, grid, cell, has_data):
                    continue
                yield self.finding(
                    page, cell, f"La cellule d’en-tête « {page.text(cell)[:60]} » ne concerne aucune cellule de données.",
                    "Faites-en une cellule ordinaire (<td>) ou un titre, ou corrigez sa portée (scope).",
                    # A table of headers only may be one cell put in bold: the ACT rule says that it is an edge case.
                    certainty="" if has_data and page.text(cell) else TO_VERIFY,
                )


def _speaks(page, grid: TableGrid, cell, has_data: bool) -> bool:
    """True when a cell under it in its columns, or after it in its rows, takes it as header."""
    scope = (cell.attr("scope") or "").strip().lower()
    if scope in ("rowgroup", "colgroup"):
        return True  # groups: beyond what is checked here
    if scope != "row" and any(map(_takes_headers, grid.below(cell))):
        return True
    # Without scope, a header heads its column, and its row when there is data in it.
    if scope == "row" or (scope != "col" and has_data and any(_is_data(page, other) for other in grid.beside(cell))):
        return any(map(_takes_headers, grid.beside(cell)))
    return False


def _is_data(page, cell) -> bool:
    return page.role(cell) in ("cell", "gridcell")


def _takes_headers(cell) -> bool:
    """True for a cell that takes the headers around it: HTML gives none but those that it names to a cell with a headers attribute."""
    return cell.attr("headers") is None


def _table(cell) -> Element | None:
    return next((around for around in cell.ancestors if isinstance(around, Element) and around.tag == "table"), None)
