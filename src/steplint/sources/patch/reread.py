"""A file as its own reader sees it, before and after, and whether the edits are all that differs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from steplint.records.schema import SCHEMA
from steplint.sources.batches import settle
from steplint.sources.open import tables_of
from steplint.sources.paths import STDIN
from steplint.sources.tables import Table

__all__ = ["Options", "Reading", "Written", "difference", "is_date", "read"]

#: Columns of a document's record that its reader makes out of another one of the same record.
_MADE_OF = {
    "next_step": ("id", "owner", "due_date", "due_text", "contacts", "status"),
    "due_date": ("due_text", "id"),
    "due_text": ("due_date", "id"),
    "owner": ("id",),
}


@dataclass(frozen=True)
class Options:
    """How the file is read: as it was when the findings were made."""

    encoding: str | None
    preset: str | None
    map: Mapping[str, str] | None
    date_order: str
    as_of: date
    timezone: str


@dataclass(frozen=True)
class Reading:
    """`frame`: the file's records as text columns with `line`, `column` where there is one, and `path`.

    `order` and `text_order` are those of day and month in date columns and in texts: mdy, dmy or unknown.
    """

    table: Table
    frame: pl.DataFrame
    rejected: pl.DataFrame
    order: str
    text_order: str

    @property
    def is_document(self) -> bool:
        """Its records are parts of a playbook."""
        return self.table.optional


class Written(NamedTuple):
    """A cell that was written: its record's row, the column, and the text that must now be read."""

    row: int
    field: str
    text: str


def is_date(field: str) -> bool:
    """Whether a canonical column holds days."""
    return isinstance(SCHEMA[field].dtype, pl.Date)


def read(data: bytes, path: str, options: Options) -> Reading:
    """All records of a file with one table. InputError: it cannot be read."""
    with ExitStack() as opened:
        tables = tables_of(STDIN, io.BytesIO(data), path, options.encoding, options.preset, options.map, [], opened)
        settled = settle(tables[0], options.date_order, options.as_of)
        blocks = list(settled.blocks)
    frames = [block.raw for block in blocks] or [pl.DataFrame(schema={"line": pl.Int64()})]
    rejected = [block.rejected for block in blocks]
    return Reading(
        tables[0], pl.concat(frames), pl.concat(rejected) if rejected else pl.DataFrame(), settled.columns_order,
        settled.text_order,
    )  # fmt: skip


def difference(before: Reading, after: Reading, written: Sequence[Written], *, moved: bool) -> str | None:
    """What differs but should not, as a reason to refuse; None where the written cells are read so and all else is as it was.

    `moved`: a text has more or fewer lines now, so the lines of others are not compared. Days are compared as texts: in the
    same order of day and month one text is one day.
    """
    if (before.order, before.text_order) != (after.order, after.text_order):
        return "it would change whether day or month comes first in the file's other dates"
    if before.frame.height != after.frame.height:
        return "written so, the file would have more or fewer records"
    if not _others(before, written, moved=moved).equals(_others(after, written, moved=moved)):
        return "written so, another part of the file would be read otherwise"
    if _around(before, moved=moved) != _around(after, moved=moved):
        return "written so, the file's rows or comments would be read otherwise"
    for cell in written:
        if (after.frame[cell.field][cell.row] or "") != cell.text:
            return "written so, it would be read as something else"
    return None


def _others(reading: Reading, written: Sequence[Written], *, moved: bool) -> pl.DataFrame:
    """The records with null in the written cells and in what follows from them, which is not compared."""
    free: dict[str, set[int]] = {}
    for cell in written:
        for name in (cell.field, *(_MADE_OF.get(cell.field, ()) if reading.is_document else ())):
            free.setdefault(name, set()).add(cell.row)
    frame = reading.frame.drop("line") if moved else reading.frame
    if "column" in frame.columns:  # what stands behind a written cell on its line moves with it
        lines = reading.frame["line"]
        touched = lines.filter(_at((cell.row for cell in written), len(lines)))
        free["column"] = set(lines.is_in(touched.implode()).arg_true())
    return frame.with_columns(
        pl.when(_at(rows, frame.height)).then(None).otherwise(pl.col(name)).alias(name)
        for name, rows in free.items()
        if name in frame.columns
    )


def _at(rows: Iterable[int], height: int) -> pl.Series:
    return pl.repeat(False, height, dtype=pl.Boolean, eager=True).scatter(sorted(rows), True)


def _around(reading: Reading, *, moved: bool) -> list[object]:
    """What the file holds beside its records."""
    rejected = reading.rejected.drop("line", strict=False) if moved else reading.rejected
    dropped = [row[moved:] for row in reading.table.dropped]
    comments = [each.text if moved else (each.line, each.text, each.item) for each in reading.table.comments]
    return [rejected.rows(), dropped, comments, reading.table.mapping.headers, dict(reading.table.mapping.fields)]
