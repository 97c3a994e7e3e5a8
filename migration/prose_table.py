"""Tables of a page: those of data as pipe tables where these can say all, else as HTML with its headers; those of layout are unwrapped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migration import dialect
from migration.dialect import Cell
from migration.inline import CELL, attribute, clean
from migration.tree import Node, says

if TYPE_CHECKING:
    from migration.block import Blocks

_SPAN_MAX = 200
_SLOTS_MAX = 50_000
_ID = re.compile(r"[^\s\"'<>&`]+")
_SCOPES = ("row", "col", "rowgroup", "colgroup")


@dataclass
class Placed:
    """A cell on the grid: its column, its size, whether it is a header."""

    node: Node
    x: int
    columns: int
    rows: int
    header: bool


class Grid:
    """A table as rows of placed cells. head: how many rows are headers, from the first; caption: its nodes; width: its columns."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.caption: list = []
        self.outside: list = []
        rows, self.head = self._rows(node)
        self.rows = _placed(rows, self.head)
        self.width = max((cell.x + cell.columns for row in self.rows for cell in row), default=0)
        if not self.head and len(self.rows) > 1:
            self.head = self._header_rows()

    def _rows(self, node: Node) -> tuple[list[list[Node]], int]:
        """(rows of cells, how many of them are in the thead); those of the tfoot come last."""
        head: list[list[Node]] = []
        body: list[list[Node]] = []
        foot: list[list[Node]] = []
        for child in node.children:
            if type(child) is str:
                continue
            if child.name == "caption":
                self.caption += child.children
            elif child.name == "tr":
                body.append(_cells(child))
            elif child.name in ("thead", "tbody", "tfoot"):
                rows = [_cells(row) for row in child.children if type(row) is Node and row.name == "tr"]
                (head if child.name == "thead" and not body else foot if child.name == "tfoot" else body).extend(rows)
            elif child.block or child.name == "anchor":
                self.outside.append(child)
        head, body, foot = ([row for row in rows if row] for rows in (head, body, foot))
        return [*head, *body, *foot], len(head) if len(head) < len(head) + len(body) + len(foot) else min(1, len(head))

    def _header_rows(self) -> int:
        """Rows of headers without a thead: all their cells are th, or the first row is in bold and no other is."""
        count = 0
        for row in self.rows:
            if not all(cell.node.name == "th" for cell in row):
                break
            count += 1
        if count:
            return count if count < len(self.rows) else 0 if self.width == 1 else 1
        first, rest = self.rows[0], self.rows[1:]
        if self.width > 1 and all(_is_bold(cell.node) for cell in first) and not any(all(_is_bold(cell.node) for cell in row) for row in rest):
            for cell in first:
                cell.header = True
            return 1
        return 0

    @property
    def has_headers(self) -> bool:
        return bool(self.head) or any(cell.header for row in self.rows for cell in row)

    def is_simple(self) -> bool:
        """Whether GFM can write it: one row of headers and no other, no merged cell, one line in each cell."""
        if self.head != 1 or any(cell.header for row in self.rows[1:] for cell in row) or not self.width:
            return False
        if len(self.rows[0]) != self.width or not any(says(cell.node.children) for cell in self.rows[0]):
            return False
        return all(cell.columns == cell.rows == 1 and _is_line(cell.node) for row in self.rows for cell in row)


def is_layout(node: Node, grid: Grid) -> bool:
    """Whether a table only puts things beside each other: it says so, or it has no header, caption or summary and one row or column,
    a table or a heading inside, or cells that hold whole parts of the page."""
    if node.attr("role").lower() in ("presentation", "none"):
        return True
    if grid.has_headers and any(cell.node.name == "th" for row in grid.rows for cell in row) or grid.caption:
        return False
    if grid.width < 2 or len(grid.rows) < 2:
        return True
    if node.attr("summary").strip() or grid.has_headers:
        return False
    cells = [cell for row in grid.rows for cell in row]
    if any(_holds(cell.node, ("table", "h1", "h2", "h3", "h4", "h5", "h6")) for cell in cells):
        return True
    full = [cell for cell in cells if says(cell.node.children)]
    long = sum(len(cell.node.text()) > 400 for cell in full)
    return not full or len(grid.rows) < 4 and long > len(full) / 2


def write(blocks: Blocks, grid: Grid, flat: bool) -> list[str]:
    """The Markdown of a table of data, and of what stood in it outside its cells."""
    before = blocks.write(grid.outside, flat) if grid.outside else []
    if not grid.rows:
        return [*before, *blocks.write([Node("para", None, grid.caption)], flat)] if says(grid.caption) else before
    title = clean(Node("", None, grid.caption).text()).strip()
    plain = all(type(child) is str or child.name in ("strong", "em") for child in grid.caption)
    if grid.is_simple() and (not title or plain and not flat and "{" not in title and len(title) < 200):
        table = dialect.pipe_table([_line(blocks, row, grid.width) for row in grid.rows])
        return [*before, dialect.container("tableau", title, [table]) if title else table]
    caption = blocks.inline.write(grid.caption, CELL) if title else ""
    if not dialect.is_plain(caption):
        caption = f"\n\n{caption}\n\n"
    head = [[_cell(blocks, cell, True) for cell in row] for row in grid.rows[: grid.head]]
    body = [[_cell(blocks, cell, False) for cell in row] for row in grid.rows[grid.head :]]
    return [*before, dialect.html_table(caption, head, body)]


def _line(blocks: Blocks, row: list[Placed], width: int) -> list[str]:
    out = [blocks.cell_line(_line_children(cell.node)) for cell in row]
    return out + [""] * (width - len(out))


def _line_children(node: Node) -> list:
    inner = [child for child in node.children if type(child) is Node or child.strip()]
    return inner[0].children if len(inner) == 1 and type(inner[0]) is Node and inner[0].name in ("p", "para") else node.children


def _cell(blocks: Blocks, cell: Placed, in_head: bool) -> Cell:
    node = cell.node
    scope = node.attr("scope").strip().lower()
    attributes = {}
    for name in ("id", "headers", "abbr"):
        value = node.attr(name).strip()
        if value and (name == "abbr" or all(_ID.fullmatch(one) for one in value.split())):
            attributes[name] = attribute(clean(value))
    if "id" in attributes and (not cell.header or attributes["id"] in blocks.found.anchors):
        del attributes["id"]
    if lang := next((child.value for child in node.children if type(child) is Node and child.name == "langblock"), ""):
        attributes["lang"] = attribute(lang)
    children = node.children
    if "id" in attributes:
        blocks.found.anchors[attributes["id"]] = None
        children = [child for child in children if not (type(child) is Node and child.name == "anchor" and child.value == attributes["id"])]
    return Cell(blocks.cell(children), cell.header and says(node.children), cell.columns, cell.rows, scope if scope in _SCOPES else "", attributes)


def _cells(row: Node) -> list[Node]:
    return [child for child in row.children if type(child) is Node and child.name in ("td", "th")]


def _placed(rows: list[list[Node]], head: int) -> list[list[Placed]]:
    """Cells where they fall, in spite of merged ones. No cell goes on from the head into the body, nor beyond the last row."""
    busy: set[tuple[int, int]] = set()
    grid: list[list[Placed]] = []
    for y, row in enumerate(rows):
        cells, x = [], 0
        for cell in row:
            while (x, y) in busy:
                x += 1
            columns, height = _span(cell, "colspan"), _span(cell, "rowspan")
            height = min(height or len(rows), (head if y < head else len(rows)) - y)
            columns = columns or 1
            if height > 1 or columns > 1:
                if len(busy) + columns * height > _SLOTS_MAX:
                    columns = height = 1
                busy.update((x + i, y + j) for i in range(columns) for j in range(height))
            cells.append(Placed(cell, x, columns, height, cell.name == "th" or y < head))
            x += columns
        grid.append(cells)
    return grid


def _span(cell: Node, name: str) -> int:
    value = cell.attr(name).strip()
    return min(int(value), _SPAN_MAX) if value.isascii() and value.isdigit() and len(value) < 7 else 1


def _is_bold(node: Node) -> bool:
    """Whether all that a cell says is in bold, and it says something."""
    said = [child for child in _line_children(node) if type(child) is Node or child.strip()]
    return bool(said) and all(type(child) is Node and child.name in ("strong", "br") for child in said)


def _is_line(node: Node) -> bool:
    children = _line_children(node)
    return not any(type(child) is Node and child.block for child in children) and not _holds(Node("", None, children), ("iframe", "video", "audio", "embed"))


def _holds(node: Node, names: tuple[str, ...]) -> bool:
    return any(type(child) is Node and (child.name in names or _holds(child, names)) for child in node.children)
