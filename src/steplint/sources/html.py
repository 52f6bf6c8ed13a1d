"""HTML tables, which older CRM exports write under the name .xls."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import NoNextStep
from steplint.sources.archive import MAX_CELLS
from steplint.sources.encoding import Utf8Reader
from steplint.sources.grid import Grid, header_row, table_of
from steplint.sources.markup import tokens
from steplint.sources.tables import Table, whole

__all__ = ["charset_of", "read_html"]

_MAX_COLUMNS = 2_000
_MAX_ROWSPAN = 65_534
_TRIED = 20  # tables of a page, the largest first
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
#: What a page may name; Python knows stranger ones.
_CODECS = re.compile(
    r"utf-8|ascii|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|shift_jis\w*|euc_\w+|gb\w+|big5\w*|johab|tis-620"
)
_BLOCKS = ("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6")
_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?\s*([0-9]{1,8})", re.IGNORECASE)
_BLOCK = "\0"  # the reader lets none through


def read_html(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """The largest table of the page that has a header. A record's line is its row in it, from 1, as a spreadsheet shows it.

    InputError: rows too wide or too many to lay out. NoNextStep: no table.
    """
    page = _Page(path)
    page.read(whole(reader, path).decode())
    tables = sorted((table.rows for table in page.tables if table.rows), key=len, reverse=True)[:_TRIED]
    if not tables:
        raise NoNextStep("no table in this HTML", path=path, hint="export it as CSV")
    grids = [_grid(rows, path) for rows in tables]
    named = tuple((overrides or {}).values())
    grid = next((grid for grid in grids if header_row(grid, named) is not None), grids[0])
    return table_of(grid, "html", path, preset=preset, overrides=overrides, notes=reader.notes)


def _grid(rows: list[list[str | None]], path: str) -> Grid:
    width = max(map(len, rows))
    if width * len(rows) > MAX_CELLS:
        raise _too_large(path)
    columns = {str(n): [row[n] if n < len(row) else None for row in rows] for n in range(width)}
    return Grid(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))


def charset_of(head: bytes) -> str | None:
    """The encoding that the page's own <meta> names. ISO-8859-1 means cp1252 there, as in every browser."""
    found = _CHARSET.search(head)
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        return None
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return name if _CODECS.fullmatch(name) else None


def _too_large(path: str) -> InputError:
    return InputError(f"a table of more than {MAX_CELLS:,} cells", path=path, hint="export it as CSV")


class _Table:
    """One table's rows. A cell that reaches over several columns stands in the first; one over several rows, in each."""

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self.below: dict[int, tuple[int, str | None]] = {}  # column → rows that a cell above still covers, and its text

    def start_row(self) -> None:
        self.end_row()
        self.rows.append([])

    def end_row(self) -> None:
        """Cells from above that stand behind the last one of this row."""
        for column in sorted(self.below) if self.rows else ():
            row = self.rows[-1]
            row += [None] * (column - len(row))
            self._fill(row)

    def add(self, text: str | None, columns: int, rows: int) -> None:
        if not self.rows:
            self.rows.append([])
        row = self.rows[-1]
        self._fill(row)
        if rows > 1:
            self.below |= {len(row) + n: (rows - 1, None if n else text) for n in range(columns)}
        row += [text] + [None] * (columns - 1)

    def _fill(self, row: list[str | None]) -> None:
        while found := self.below.pop(len(row), None):
            left, text = found
            if left > 1:
                self.below[len(row)] = (left - 1, text)
            row.append(text)


class _Cell:
    def __init__(self, columns: int, rows: int) -> None:
        self.parts: list[str] = []
        self.columns, self.rows = columns, rows

    def text(self) -> str | None:
        """Line breaks are kept, blocks stand on lines of their own, other white space is single."""
        text = re.sub(" +", " ", "".join(self.parts))
        text = re.sub(rf" ?(?:{_BLOCK} ?)+", "\n", text).replace("\u00a0", " ")
        return "\n".join(line.strip(" ") for line in text.split("\n")).strip() or None


class _Page:
    """All tables of a page, also those within a cell of another one."""

    def __init__(self, path: str) -> None:
        self.tables: list[_Table] = []
        self._path = path
        self._open: list[tuple[_Table, _Cell | None]] = []
        self._cells = 0

    def read(self, text: str) -> None:
        for tag, rest in tokens(text):
            if tag == "table":
                self.tables.append(_Table())
                self._open.append((self.tables[-1], None))
            elif not self._open:
                continue
            elif not tag:
                self._say(re.sub(r"[ \t\r\n]+", " ", rest))
            elif tag in ("tr", "/tr", "td", "/td", "th", "/th", "/table"):
                self._end_cell()
                self._begin(tag, rest)
            elif tag == "br" or tag.removeprefix("/") in _BLOCKS:
                self._say("\n" if tag == "br" else _BLOCK)
        while self._open:
            self._end_cell()
            self._begin("/table", "")

    def _begin(self, tag: str, attributes: str) -> None:
        table = self._open[-1][0]
        if tag == "tr":
            self._count(1 + len(table.below))
            table.start_row()
        elif tag in ("td", "th"):
            spans = {name.casefold(): int(number) for name, number in _SPAN.findall(attributes)}
            columns = min(spans.get("colspan", 1) or 1, _MAX_COLUMNS)
            rows = min(spans.get("rowspan", 1) or _MAX_ROWSPAN, _MAX_ROWSPAN)
            self._count(columns)
            self._open[-1] = (table, _Cell(columns, rows))
        elif tag == "/table":
            self._open.pop()[0].end_row()

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MAX_CELLS:
            raise _too_large(self._path)

    def _say(self, text: str) -> None:
        if (cell := self._open[-1][1]) is not None:
            cell.parts.append(text)

    def _end_cell(self) -> None:
        table, cell = self._open[-1]
        if cell is None:
            return
        table.add(cell.text(), cell.columns, cell.rows)
        self._open[-1] = (table, None)
        if len(table.rows[-1]) > _MAX_COLUMNS:
            message, hint = f"a row of more than {_MAX_COLUMNS} cells", "export it as CSV"
            raise InputError(message, path=self._path, line=len(table.rows), hint=hint)
