"""XLSX workbooks: the archive checked before it is read, then the cells of each visible sheet as text."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import polars as pl

from steplint.errors import InputError, SteplintError, UsageError
from steplint.records.mapping import NoNextStep
from steplint.sources.archive import check_archive
from steplint.sources.grid import Grid, header_row, table_of
from steplint.sources.tables import LARGEST, Table

__all__ = ["read_xlsx"]


def read_xlsx(
    stream: BinaryIO, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> list[Table]:
    """A table of each visible sheet that has a next-step column; the others are named in a note.

    InputError: no sound workbook, one too large or too densely packed, headers that look alike, no sheet with a
    next-step column. UsageError: `overrides` fit no sheet.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"larger than {LARGEST >> 20} MiB", path=path, hint="export it as CSV or Parquet")
    check_archive(data, path)
    tables: list[Table] = []
    notes: list[str] = []
    refused: list[tuple[bool, SteplintError]] = []
    for grid in _grids(data, path, notes):
        try:
            tables.append(table_of(grid, "xlsx", path, preset=preset, overrides=overrides, notes=[]))
        except (NoNextStep, UsageError) as error:
            refused.append((header_row(grid) is None, error))
            notes.append(f"{path}: sheet “{grid.sheet}” is not read: it has no next-step column")
        except InputError as error:
            error.message += f", in sheet “{grid.sheet}”"
            raise
    if refused and not tables:
        raise min(refused, key=lambda each: each[0])[1]
    if not tables:
        raise NoNextStep("no visible sheet has any cells", path=path, hint="expected a header row and records")
    tables[0].notes += notes
    return tables


def _grids(data: bytes, path: str, notes: list[str]) -> Iterator[Grid]:
    import fastexcel

    logging.getLogger("calamine").setLevel(logging.ERROR)  # it warns of sheets that are charts
    try:
        book = fastexcel.read_excel(data)
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if sheet.visible != "visible":
                notes.append(f"{path}: sheet “{name}” is not read: it is hidden")
            elif sheet.width:
                first = min(column.absolute_index for column in sheet.available_columns())
                cells = sheet.to_polars()
                cells.columns = [str(place) for place in range(cells.width)]
                yield Grid(_clean(cells), 1, first, name)
    except BaseException as error:
        # Each native library has a panic of its own, which only its name tells.
        known = isinstance(error, fastexcel.FastExcelError | pl.exceptions.PolarsError)
        if not known and type(error).__name__ != "PanicException":
            raise
        said = " ".join(str(error).split())[:160]
        raise InputError(f"no sound workbook: {said}", path=path, hint="save it as .xlsx") from None


def _clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Blank cells are null, and days without a time lose their midnight, as in other exports."""
    text = pl.all().str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1")
    return cells.select(pl.when(text.str.contains(r"\S")).then(text).name.keep())
