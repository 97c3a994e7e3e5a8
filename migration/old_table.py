"""Tables and definition lists of old pages: Markdown when it can say them, accessible HTML when not, and no table where one only laid out the page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from turbohtml import Element

from migration.dialect import join
from migration.inline import html_attribute

MAX_SPAN = 1000  # As HTML has it: « colspan » is at most 1,000.
_HEAVY = "table, h1, h2, h3, h4, form, iframe, video, fieldset"
_BLOCKS = "p, ul, ol, dl, div, blockquote, pre, table, h1, h2, h3, h4, h5, h6, hr, center, details, figure"


@dataclass(frozen=True)
class Row:
    """A row: its cells, and whether it is in the head of the table."""

    cells: tuple[Element, ...]
    head: bool


def rows_of(table: Element) -> list[Row]:
    """Return the rows of a table, those of tables inside it left out."""
    found = []
    for child in table.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "tr":
            found.append(Row(_cells(child), False))
        elif child.tag in ("thead", "tbody", "tfoot"):
            found += [Row(_cells(row), child.tag == "thead") for row in child.children if isinstance(row, Element) and row.tag == "tr"]
    return [row for row in found if row.cells]


def _cells(row: Element) -> tuple[Element, ...]:
    return tuple(cell for cell in row.children if isinstance(cell, Element) and cell.tag in ("td", "th"))


def is_layout(table: Element, rows: list[Row]) -> bool:
    """Whether a table only lays out the page: it has no header and says so, holds whole parts of a page, or has one row or one column."""
    if (table.attr("role") or "") in ("presentation", "none"):
        return True
    if table.select_one("th, caption, thead") is not None or (table.attr("summary") or "").strip():
        return False
    return len(rows) < 2 or max(len(row.cells) for row in rows) < 2 or table.select_one(_HEAVY) is not None


def table(writer, node: Element, depth: int) -> list[str]:
    """Return the Markdown of a table; `writer` is the one of migration/convert.py."""
    rows = rows_of(node)
    if not rows:
        return writer.blocks(node.children, depth + 1)
    caption = next((child for child in node.children if isinstance(child, Element) and child.tag == "caption"), None)
    if is_layout(node, rows):
        return [block for row in rows for cell in row.cells for block in writer.blocks(cell.children, depth + 1)]
    writer.counts["tables"] += 1
    said = join(writer.blocks(caption.children, depth + 1)) if caption is not None else ""
    if not said and _is_simple(rows):
        return [_pipes(writer, rows)]
    return [_html(writer, rows, said, depth)]


def _is_simple(rows: list[Row]) -> bool:
    """Whether pipes can say it: one row of headers at most, no merged cell, no block in a cell, as many cells in each row."""
    width = len(rows[0].cells)
    for number, row in enumerate(rows):
        if len(row.cells) > width or number and (row.head or any(cell.tag == "th" for cell in row.cells)):
            return False
        for cell in row.cells:
            if _span(cell, "colspan") > 1 or _span(cell, "rowspan") > 1 or cell.attr("headers") or cell.attr("lang") or number and cell.attr("scope"):
                return False
            if (inner := cell.select_one(_BLOCKS)) is not None and not _is_one_paragraph(cell, inner):
                return False
    return len(rows) > 1 and (rows[0].head or any(cell.tag == "th" for cell in rows[0].cells) or _is_bold(rows[0]) or len(rows[0].cells) == width)


def _is_one_paragraph(cell: Element, inner: Element) -> bool:
    return inner.tag in ("p", "div") and inner.parent is cell and len(cell.select(_BLOCKS)) == 1 and inner.text.strip() == cell.text.strip()


def _is_bold(row: Row) -> bool:
    return all(cell.select_one("b, strong") is not None for cell in row.cells if cell.text.strip())


def _pipes(writer, rows: list[Row]) -> str:
    width = len(rows[0].cells)
    lines = []
    for number, row in enumerate(rows):
        cells = [writer.cell.line(cell.children).replace("\n", " ") for cell in row.cells] + [""] * (width - len(row.cells))
        writer.counts["cells"] += len(row.cells)
        lines.append("| " + " | ".join(cells) + " |")
        if not number:
            lines.append("|" + " --- |" * width)
    return "\n".join(lines)


def _html(writer, rows: list[Row], caption: str, depth: int) -> str:
    lines = ["<table>"]
    if caption:
        lines += [f"<caption>{caption}</caption>"] if _plain(caption) else ["<caption>", "", caption, "", "</caption>"]
    head = _head(rows)
    for name, some in (("thead", rows[:head]), ("tbody", rows[head:])):
        if some:
            lines.append(f"<{name}>")
            for row in some:
                lines += ["<tr>", *(part for cell in row.cells for part in _cell(writer, cell, name == "thead", depth)), "</tr>"]
            lines.append(f"</{name}>")
    return "\n".join([*lines, "</table>"])


def _head(rows: list[Row]) -> int:
    """How many rows are headers: those of <thead>, or the first ones of which every cell is a header."""
    head = sum(row.head for row in rows)
    if not head:
        while head < len(rows) - 1 and all(cell.tag == "th" for cell in rows[head].cells):
            head += 1
    if not head and len(rows) > 1 and not any(cell.tag == "th" for row in rows for cell in row.cells):
        head = 1  # as editors read it: the first row names the columns
    return head


def _cell(writer, cell: Element, in_head: bool, depth: int) -> list[str]:
    name = "th" if cell.tag == "th" or in_head or cell.attr("scope") else "td"
    columns, rows = _span(cell, "colspan"), _span(cell, "rowspan")
    attributes = "".join(f' {key}="{html_attribute(value)}"' for key in ("id", "headers", "lang", "abbr") if (value := cell.attr(key)) and (key != "abbr" or name == "th"))
    attributes += (f' colspan="{columns}"' if columns > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    if name == "th":
        said = (cell.attr("scope") or "").lower()
        axis = said if said in ("col", "row", "colgroup", "rowgroup") else ("col" if in_head else "row") + ("group" if (columns if in_head else rows) > 1 else "")
        attributes += f' scope="{axis}"'
    body = join(writer.blocks(cell.children, depth + 1))
    return [f"<{name}{attributes}>{body}</{name}>"] if _plain(body) else [f"<{name}{attributes}>", "", body, "", f"</{name}>"]


def _plain(text: str) -> bool:
    return re.fullmatch(r"[^\n\\*\[\]<>&`_~|{}:#+=-]*", text) is not None


def _span(cell: Element, name: str) -> int:
    said = cell.attr(name) or ""
    return min(max(int(said), 1), MAX_SPAN) if said.isascii() and said.isdigit() and len(said) < 6 else 1


def definitions(writer, node: Element, depth: int) -> list[str]:
    """Return the Markdown of a definition list; HTML when several terms share a definition, or one has none."""
    groups: list[tuple[list[Element], list[Element]]] = []
    parts = [one for child in node.children if isinstance(child, Element) for one in (child.children if child.tag == "div" else [child]) if isinstance(one, Element)]
    if any(part.tag not in ("dt", "dd") for part in parts) or not parts:
        return [block for child in node.children for block in writer.blocks([child] if not (isinstance(child, Element) and child.tag in ("dt", "dd")) else child.children, depth + 1)]
    for part in parts:
        if part.tag == "dt":
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(part)
        else:
            if not groups:
                groups.append(([], []))
            groups[-1][1].append(part)
    if all(len(terms) == 1 and found and terms[0].select_one(_BLOCKS) is None for terms, found in groups):
        written = [_definition(writer, terms[0], found, depth) for terms, found in groups]
        if all(written):
            return ["\n\n".join(written)]
    lines = ["<dl>"]
    for terms, found in groups:
        for name, some in (("dt", terms), ("dd", found)):
            for part in some:
                body = join([*writer.anchor(part), *writer.blocks(part.children, depth + 1)])
                lines += [f"<{name}>{body}</{name}>"] if _plain(body) else [f"<{name}>", "", body, "", f"</{name}>"]
    return ["\n".join([*lines, "</dl>"])]


def _definition(writer, term: Element, found: list[Element], depth: int) -> str:
    from migration.inline import paragraph

    name = "".join(writer.anchor(term)) + paragraph(writer.inline.line(term.children).replace("\\\n", " "))
    parts = [join([*writer.anchor(part), *writer.blocks(part.children, depth + 1)]) for part in found]
    if not name or not all(parts):
        return ""
    return name + "\n" + "\n".join(": " + part.replace("\n", "\n  ") for part in parts)
