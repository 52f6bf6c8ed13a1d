"""HTML tables, which older CRM exports write under the name .xls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import polars as pl

from steplint.errors import InputError
from steplint.sources.encoding import Utf8Reader
from steplint.sources.grid import Grid, table_of
from steplint.sources.tables import Table, whole

__all__ = ["charset_of", "read_html"]

_MAX_COLUMNS = 2_000
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{1,40})", re.IGNORECASE)


def read_html(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """The largest table of the page. A record's line is its row in that table, from 1, as a spreadsheet shows it."""
    parser = _Tables()
    parser.feed(whole(reader, path).decode())
    parser.close()
    rows = max(parser.tables, key=len, default=[])
    if not rows:
        raise InputError("no table in this HTML", path=path, hint="export it as CSV")
    width = max(map(len, rows))
    if width > _MAX_COLUMNS:
        raise InputError(f"a row of {width} cells, more than {_MAX_COLUMNS}", path=path, hint="export it as CSV")
    columns = {str(n): [row[n] if n < len(row) else None for row in rows] for n in range(width)}
    cells = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return table_of(Grid(cells), "html", path, preset=preset, overrides=overrides, notes=reader.notes)


def charset_of(head: bytes) -> str | None:
    """The encoding that the page's own <meta> names. ISO-8859-1 means cp1252 there, as in every browser."""
    found = _CHARSET.search(head)
    name = found[1].decode().casefold() if found else None
    return "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii") else name


class _Tables(HTMLParser):
    """Rows of cells, table by table. A cell's line breaks are kept, its other white space is single."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str | None]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            if not self.tables[-1]:
                self.tables[-1].append([])
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _MAX_COLUMNS) if span.isdecimal() else 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(re.sub(r"[ \t\r\n]+", " ", data))

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = "\n".join(line.strip(" ") for line in "".join(self._cell).replace("\u00a0", " ").split("\n")).strip()
        self.tables[-1][-1] += [text or None] + [None] * (self._span - 1)
        self._cell = None
