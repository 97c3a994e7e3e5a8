"""Tables whose headers are on several levels: each cell names those that speak for it.

`scope` says enough of one row and one column of headers. Where a column has two headers, one above the other (or a row, side by side), screen
readers do not agree on what it means, and WCAG asks for `id` and `headers` (1.3.1, technique H43):
https://www.w3.org/WAI/tutorials/tables/multi-level/ . Which header speaks for which cell is what HTML says:
https://html.spec.whatwg.org/multipage/tables.html#header-and-data-cell-semantics .
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TAG = re.compile(r"<(/?)(table|thead|tbody|tfoot|tr|td|th)\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SPAN_MAX, _SLOTS_MAX = 1000, 5000
_ROW_SCOPES = ("row", "rowgroup")


@dataclass(eq=False)
class _Cell:
    """A cell on the grid: its corner, its size, its group of rows, and where the attributes of its start tag end in the HTML."""

    row: int
    column: int
    height: int
    width: int
    group: int
    is_header: bool
    attributes: dict[str, str]
    end: int
    id: str = ""

    @property
    def is_row_header(self) -> bool:
        return self.is_header and self.attributes.get("scope") in _ROW_SCOPES

    @property
    def is_column_header(self) -> bool:
        return self.is_header and not self.is_row_header


def associate(table: str, name: str) -> str:
    """The table (its HTML, whose th have a scope) with `id` and `headers` when its headers are on several levels, else as it was.

    What an author has associated by hand is left alone. Identifiers come from the content and from `name`, which no other table of the page has.
    """
    if "span=" not in table and table.rfind("<th ") < table.find("</thead>"):
        return table  # a row of headers and no other: nearly all
    cells = _cells(table)
    if not cells or not _has_levels(cells) or any("headers" in cell.attributes for cell in cells):
        return table
    stem = hashlib.blake2b(f"{name}\0{table}".encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    for number, cell in enumerate((cell for cell in cells if cell.is_header), 1):
        cell.id = cell.attributes.get("id") or f"t-{stem}-{number}"
    grid = {(y, x): cell for cell in cells for y in range(cell.row, cell.row + cell.height) for x in range(cell.column, cell.column + cell.width)}
    titles = [cell for cell in cells if cell.is_header and cell.attributes.get("scope") == "rowgroup" and cell.height == 1]
    pieces, at = [], 0
    for cell in cells:
        added = f' id="{cell.id}"' if cell.is_header and "id" not in cell.attributes else ""
        if named := " ".join(header.id for header in _headers(cell, grid, titles)):
            added += f' headers="{named}"'
        pieces += table[at : cell.end], added
        at = cell.end
    return "".join(pieces) + table[at:]


def _has_levels(cells: list[_Cell]) -> bool:
    """Whether headers fill more than one row, or more than one column, or one of them spans both; as written: a header that says to span more
    rows than there are is taken at its word by checkers."""
    rows: Counter[int] = Counter()
    columns: Counter[int] = Counter()
    for cell in cells:
        if cell.is_header:
            height = _span(cell.attributes, "rowspan")
            if cell.width > 1 and height > 1:
                return True
            rows.update(dict.fromkeys(range(cell.row, cell.row + cell.height), cell.width))
            columns.update(dict.fromkeys(range(cell.column, cell.column + cell.width), height))
    return sum(count > 1 for count in rows.values()) > 1 or sum(count > 1 for count in columns.values()) > 1


def _headers(cell: _Cell, grid: dict[tuple[int, int], _Cell], titles: list[_Cell]) -> list[_Cell]:
    """The headers of a cell, the outer ones first: those of its columns, then those of its rows. titles: headers on one row of groups of rows."""
    above, left = [], [title for title in titles if title.group == cell.group and title.row < cell.row and title.column <= cell.column][-1:]
    for x in range(cell.column, cell.column + cell.width):
        path = (grid.get((y, x)) for y in range(cell.row - 1, -1, -1))
        above += _met(cell, path, lambda header: header.is_column_header, lambda header: (header.column, header.width))[::-1]
    for y in range(cell.row, cell.row + cell.height):
        path = (grid.get((y, x)) for x in range(cell.column - 1, -1, -1))
        left += _met(cell, path, lambda header: header.is_row_header, lambda header: (header.row, header.height))[::-1]
    if cell.is_header:  # the title of a part of the table is over its columns, not under them
        above = [header for header in above if header.column <= cell.column and header.column + header.width >= cell.column + cell.width]
    elif not above and not left:  # beside the headers of columns, where nothing is above: what begins its row says what it is
        left = [header for x in range(cell.column) if (header := grid.get((cell.row, x))) and header.is_header and header.row == cell.row]
    return list(dict.fromkeys([*above, *left]))


def _met(cell: _Cell, path: Iterator[_Cell | None], speaks: Callable[[_Cell], bool], place: Callable[[_Cell], tuple[int, int]]) -> list[_Cell]:
    """Headers met on the way up (or to the left), the nearest first. Beyond other data, one of the same place and width as a nearer one is
    the header of that data only."""
    found: list[_Cell] = []
    block, opaque = ([cell] if cell.is_header else []), set()
    for met in path:
        if met is None or not met.is_header:
            opaque.update(map(place, block))
            block = []
        elif not block or block[-1] is not met:
            block.append(met)
            if speaks(met) and place(met) not in opaque:
                found.append(met)
    return found


def _cells(table: str) -> list[_Cell]:
    """The cells of a table where they fall, in order; those of tables inside it are left out. None of a table too large to be read."""
    cells: list[_Cell] = []
    busy: set[tuple[int, int]] = set()
    depth, group, row, column = 0, 0, -1, 0
    lasts = _last_rows(table)
    for match in _TAG.finditer(table):
        closing, name, written = match.groups()
        if name == "table":
            depth += -1 if closing else 1
        elif depth != 1 or closing:
            continue
        elif name == "tr":
            row, column = row + 1, 0
        elif name not in ("td", "th"):
            group += 1
        elif row >= 0:
            attributes = {key.lower(): double or single or bare for key, double, single, bare in _ATTRIBUTE.findall(written)}
            while (row, column) in busy:
                column += 1
            width, height = _span(attributes, "colspan"), min(_span(attributes, "rowspan"), lasts[row] - row)
            if len(busy) + width * height > _SLOTS_MAX:
                return []
            busy.update((y, x) for y in range(row, row + height) for x in range(column, column + width))
            cells.append(_Cell(row, column, height, width, group, name == "th", attributes, match.end() - 1))
            column += width
    return cells


def _last_rows(table: str) -> list[int]:
    """For each row, the row after the last of its group: no cell goes on beyond it."""
    sizes, depth = [0], 0
    for match in _TAG.finditer(table):
        closing, name, _ = match.groups()
        if name == "table":
            depth += -1 if closing else 1
        elif depth == 1 and not closing and name in ("thead", "tbody", "tfoot"):
            sizes.append(0)
        elif depth == 1 and not closing and name == "tr":
            sizes[-1] += 1
    ends, end = [], 0
    for size in sizes:
        end += size
        ends += [end] * size
    return ends


def _span(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "")
    return min(max(int(value[:6]), 1), _SPAN_MAX) if value.isdecimal() and value.isascii() else 1
