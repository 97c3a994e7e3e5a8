"""The cells of a table where they fall, and which header speaks for which cell.

https://www.w3.org/TR/html/tables.html → https://html.spec.whatwg.org/multipage/tables.html#forming-a-table and
#header-and-data-cell-semantics, as far as checking needs them. Spans are bounded, so that colspan="1000000" costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from turbohtml import Element

_MOST_CELLS = 20_000
_MOST_SPAN = 1_000
_MOST_ROWS = 100


@dataclass(slots=True)
class TableGrid:
    """`slots` gives the cell at (row, column); `cells` every cell with its corner and size (row, column, height, width).

    `rows` and `columns` give the cells of each row and column, in order; a cell that spans several is in each.
    """

    slots: dict[tuple[int, int], Element] = field(default_factory=dict)
    cells: dict[Element, tuple[int, int, int, int]] = field(default_factory=dict)
    rows: dict[int, list[Element]] = field(default_factory=lambda: defaultdict(list))
    columns: dict[int, list[Element]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, table: Element) -> TableGrid:
        """Read a <table>, or an element of role table, grid or treegrid, without the tables inside its cells."""
        grid = cls()
        for number, (row, left) in enumerate(_rows(table)):
            grid._place(number, row, left)
            if len(grid.slots) > _MOST_CELLS:
                break
        return grid

    def _place(self, number: int, row: Element, left: int) -> None:
        """Place the cells of a row; `left`: how many rows its group still has, this one included, which no cell spans beyond."""
        column = 0
        for cell in _cells(row):
            while (number, column) in self.slots:
                column += 1
            width, height = _span(cell, "colspan", "aria-colspan"), min(_span(cell, "rowspan", "aria-rowspan"), left)
            self.cells[cell] = (number, column, height, width)
            if len(self.slots) > _MOST_CELLS:
                return
            if width == height == 1:  # nearly all
                self.rows[number].append(cell)
                self.columns[column].append(cell)
                self.slots[number, column] = cell
                column += 1
                continue
            for y in range(number, number + min(height, _MOST_ROWS)):
                self.rows[y].append(cell)
                for x in range(column, column + width):
                    self.slots.setdefault((y, x), cell)
            for x in range(column, column + width):
                self.columns[x].append(cell)
            column += width

    def beside(self, cell: Element) -> Iterator[Element]:
        """The cells after it in its rows, the last first."""
        row, column, height, width = self.cells[cell]
        for y in range(row, row + min(height, _MOST_ROWS)):
            yield from (other for other in reversed(self.rows[y]) if self.cells[other][1] >= column + width)

    def below(self, cell: Element) -> Iterator[Element]:
        """The cells under it in its columns, the last first."""
        row, column, height, width = self.cells[cell]
        for x in range(column, column + width):
            yield from (other for other in reversed(self.columns[x]) if self.cells[other][0] >= row + height)


def _rows(table: Element):
    """The rows of the table, not those of tables inside, each with how many are left in its group."""
    if table.tag != "table":
        yield from ((row, _MOST_SPAN) for row in table.iter_elements() if row.attr("role") == "row")
        return
    for child in table:
        if isinstance(child, Element):
            if child.tag == "tr":
                yield child, _MOST_SPAN
            elif child.tag in ("thead", "tbody", "tfoot"):
                rows = [row for row in child if isinstance(row, Element) and row.tag == "tr"]
                yield from ((row, len(rows) - place) for place, row in enumerate(rows))


def _cells(row: Element):
    for child in row:
        if isinstance(child, Element) and (child.tag in ("td", "th") or (child.attr("role") or "") in ("cell", "gridcell", "columnheader", "rowheader")):
            yield child


def _span(cell: Element, name: str, other: str) -> int:
    value = cell.attr(name) or cell.attr(other)
    if not value:
        return 1
    value = value.strip()
    return min(max(int(value[:6]), 1), _MOST_SPAN) if value.isdecimal() and value.isascii() else 1
