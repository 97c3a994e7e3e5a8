"""The tables of a sheet: which of their cells are headers, and where each cell falls.

The source says it of nearly all (98 % of 1 955). Of the others, a row or a column is made of headers when its cells evidently are:

1. the first row names the columns when all its cells are short, different names, and they are in bold and no other row is; or their corner is
   empty; or, from three columns on, they hold no figure and at least two columns hold under them things of another kind (figures, or texts twice as
   long). A first cell over two rows makes two rows of headers;
2. else the first column names the rows when its cells are all filled and different from each other: in a table of two columns, which is then a list
   of names with what is said of them; in a wider one, when they are all in bold, or stand under an empty corner;
3. else nothing is made up: the table has no header, and no caption either, for only a table of data has one (its title is written before it).

A row read as data where it was a title does little harm (« Groupes : Montants » is read as a pair); data read as the title of a column would be heard
before every cell under it: the first rule asks for more. A cell as wide as the table is a title between rows, and heads nothing beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from migration.fiche import Node, attribute, elements, first, named, text

_NAME_MAX = 80
_SPAN_MAX = 200
_BOLD = ("MiseEnEvidence", "Valeur", "Expression")


@dataclass(frozen=True)
class Placed:
    """A cell on the grid of its table: its column and its size."""

    cell: Node
    x: int
    columns: int
    rows: int

    @cached_property
    def text(self) -> str:
        return text(self.cell)

    @property
    def is_name(self) -> bool:
        """Whether it could head others: words, in paragraphs only."""
        return any(map(str.isalpha, self.text)) and all(child["name"] == "Paragraphe" for child in elements(self.cell))

    @property
    def is_bold(self) -> bool:
        """Whether all that it says is emphasised."""
        parts = [child for paragraph in named(self.cell, "Paragraphe") for child in paragraph.get("children") or ()]
        return bool(self.text) and all(part.get("name") in _BOLD or (part["type"] == "text" and not part["text"].strip()) for part in parts)


class Table:
    """A table of a sheet. grid: its rows of placed cells; head: how many of them are headers, from the first; header_columns: for each
    column, whether its cells head their rows."""

    def __init__(self, node: Node) -> None:
        rows = list(named(node, "Rangée"))
        self.head = 0
        while self.head < len(rows) and attribute(rows[self.head], "type") == "header":
            self.head += 1
        self.header_columns = _header_columns(node)
        self.grid = _placed(rows, self.head)
        self.width = max((cell.x + cell.columns for row in self.grid for cell in row), default=0)
        if not self.head and not any(self.header_columns):
            self._find_headers()
            self.grid = _placed(rows, self.head)

    @property
    def has_headers(self) -> bool:
        """Whether it is a table of data."""
        return bool(self.head) or any(self.header_columns)

    def is_header(self, y: int, cell: Placed) -> bool:
        """Whether a cell of row `y` heads others."""
        if y < self.head:
            return True
        return cell.x < len(self.header_columns) and self.header_columns[cell.x] and cell.columns < self.width

    def is_simple(self) -> bool:
        """Whether GFM can write it: one header row, no header column, no merged cell, one line in each cell."""
        if self.head != 1 or any(self.header_columns):
            return False
        width = len(self.grid[0])
        return all(0 < len(row) <= width and all(cell.columns == cell.rows == 1 and _is_line(cell.cell) for cell in row) for row in self.grid)

    def _find_headers(self) -> None:
        """The rules at the top of this file."""
        if self.width < 2 or len(self.grid) < 2 or not self.grid[0]:
            return
        height = self.grid[0][0].rows
        if self._names_columns(self.grid[:height], self.grid[height:]):
            self.head = height
            if not self.grid[0][0].text and self._names_rows(self.grid[height:], sure=True):
                self.header_columns = [True]
        elif self._names_rows(self.grid, sure=self.width == 2):
            self.header_columns = [True]

    def _names_columns(self, head: list[list[Placed]], body: list[list[Placed]]) -> bool:
        cells = [cell for row in head for cell in row]
        corner = not cells[0].text
        names = cells[1:] if corner else cells
        if not body or not names or any(cell.columns == self.width or not cell.is_name or len(cell.text) > _NAME_MAX for cell in names):
            return False
        if len({cell.text for cell in names}) < len(names):
            return False
        if all(cell.is_bold for cell in names):
            return not any(all(cell.is_bold for cell in row) for row in body)
        if corner:
            return True
        if self.width < 3 or any(map(str.isdigit, "".join(cell.text for cell in names))):
            return False
        return sum(_differs(head, body, x) for x in range(self.width)) > 1

    def _names_rows(self, body: list[list[Placed]], sure: bool) -> bool:
        seen: set[str] = set()
        heading = 0
        reach = 0  # the row after the last of what stands beside the first column
        for y, row in enumerate(body):
            start = row[0] if row else None
            reach = max([reach, *(y + cell.rows for cell in row if cell.x)])
            if start is None or start.columns == self.width:
                seen = set()  # a title between rows: names may come again under it
            elif start.x == 0:
                if start.columns > 1 or reach <= y or not start.is_name or start.text in seen or not (sure or start.is_bold):
                    return False
                seen.add(start.text)
                heading += 1
        return heading > 1


def _differs(head: list[list[Placed]], body: list[list[Placed]], x: int) -> bool:
    """Whether what is under the name of a column is of another kind: figures, or texts twice as long."""
    name = next((cell.text for row in reversed(head) for cell in row if cell.x <= x < cell.x + cell.columns), "")
    under = [cell.text for row in body for cell in row if cell.x == x and cell.text]
    return bool(under) and (all(any(map(str.isdigit, words)) for words in under) or all(len(words) >= 2 * len(name) for words in under))


def _placed(rows: list[Node], head: int) -> list[list[Placed]]:
    """Place cells on the grid, to know which column each is in in spite of merged cells. In HTML no header goes on from the `head` into the
    body: some sheets merge those of a single row with nothing."""
    busy: set[tuple[int, int]] = set()
    grid = []
    for y, row in enumerate(rows):
        cells, x = [], 0
        for cell in named(row, "Cellule"):
            while (x, y) in busy:
                x += 1
            columns, height = _span(cell, "fusionHorizontale"), min(_span(cell, "fusionVerticale"), (head if y < head else len(rows)) - y)
            busy.update((x + i, y + j) for i in range(columns) for j in range(height))
            cells.append(Placed(cell, x, columns, height))
            x += columns
        grid.append(cells)
    return grid


def _span(cell: Node, name: str) -> int:
    value = attribute(cell, name)
    return max(1, min(int(value), _SPAN_MAX)) if value.isdigit() else 1


def _header_columns(table: Node) -> list[bool]:
    """Say of each column whether its cells are the headers of their rows. Some sheets call the last columns so: nothing comes after
    that they could head, and they are data (ACT d0f69e)."""
    columns = [attribute(column, "type") == "header" for column in named(table, "Colonne")]
    return [header and not all(columns[at:]) for at, header in enumerate(columns)]


def _is_line(cell: Node) -> bool:
    inner = list(elements(cell))
    return len(inner) <= 1 and all(child["name"] == "Paragraphe" and not first(child, "Image") for child in inner)
