"""XLSX workbooks: the archive checked before it is read, then the cells of each visible sheet as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import polars as pl

from steplint.errors import InputError
from steplint.sources.grid import Grid, header_row, table_of
from steplint.sources.tables import LARGEST, Table

__all__ = ["read_xlsx"]

_MAX_ENTRIES = 10_000
_MAX_RATIO = 200  # of a part's size to its packed size; text packs to about a tenth
_SMALL = 1 << 20  # parts below this may be as repetitive as they like


def read_xlsx(
    stream: BinaryIO, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> list[Table]:
    """A table of each visible sheet that has a next-step column; the others are named in a note.

    InputError: no sound workbook, one too large or too densely packed, no sheet with a next-step column.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"larger than {LARGEST >> 20} MiB", path=path, hint="export it as CSV or Parquet")
    _check_archive(data, path)
    tables: list[Table] = []
    refused: list[tuple[bool, str, InputError]] = []
    for grid in _grids(data, path):
        try:
            tables.append(table_of(grid, "xlsx", path, preset=preset, overrides=overrides, notes=[]))
        except InputError as error:
            refused.append((header_row(grid) is None, str(grid.sheet), error))
    if not tables:
        if not refused:
            raise InputError("no sheet has any cells", path=path, hint="expected a header row and records")
        raise min(refused, key=lambda each: each[0])[2]
    tables[0].notes += [f"{path}: sheet “{name}” is not read: it has no next-step column" for _, name, _ in refused]
    return tables


def _check_archive(data: bytes, path: str) -> None:
    """Sizes as the archive's own directory tells them, and no document type in any part that is XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise InputError(f"{len(entries)} parts, more than {_MAX_ENTRIES}", path=path, hint="save it anew")
            if (total := sum(entry.file_size for entry in entries)) > 2 * LARGEST:
                hint = "export it as CSV or Parquet"
                raise InputError(
                    f"{total >> 20} MiB when unpacked, more than {2 * LARGEST >> 20}", path=path, hint=hint
                )
            for entry in entries:
                if entry.file_size > max(_SMALL, entry.compress_size * _MAX_RATIO):
                    raise InputError(f"part {entry.filename!r} is packed too densely to be a sheet", path=path)
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        if b"<!DOCTYPE" in part.read(4096).upper():
                            raise InputError(
                                f"part {entry.filename!r} has a document type", path=path, hint="save it anew"
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        hint = "save it as .xlsx without a password"
        raise InputError(f"no sound workbook: {error}", path=path, hint=hint) from None


def _grids(data: bytes, path: str) -> Iterator[Grid]:
    import fastexcel

    try:
        book = fastexcel.read_excel(data)
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if sheet.visible != "visible" or not sheet.width:
                continue
            first = min(column.absolute_index for column in sheet.available_columns())
            cells = sheet.to_polars()
            cells.columns = [str(place) for place in range(cells.width)]
            yield Grid(_clean(cells), 1, first, name)
    except (fastexcel.FastExcelError, pl.exceptions.PanicException) as error:
        said = " ".join(str(error).split())[:160]
        raise InputError(f"no sound workbook: {said}", path=path, hint="save it as .xlsx") from None


def _clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Blank cells are null, and days without a time lose their midnight, as in other exports."""
    text = pl.all().str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1")
    return cells.select(pl.when(text.str.contains(r"\S")).then(text).name.keep())
