"""What a source hands on: batches of canonical records, and what is to be said about the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from steplint.records.mapping import HeaderMap

__all__ = ["REJECTED", "Batch", "RecordStream"]

#: Columns of `Batch.rejected`.
REJECTED: dict[str, pl.DataType] = {
    "path": pl.String(),
    "line": pl.Int64(),
    "column": pl.Int64(),
    "reason": pl.String(),
    "text": pl.String(),
}


@dataclass
class Batch:
    """`records` is a canonical frame; `rejected` names rows of the file that could not be read (see REJECTED).

    `columns` are the canonical columns that the batch's file has; rows of two files are in one batch only where these are
    documents, each whole or cut at the batch's ends. `letters` are those
    of the workbook's columns that they are read from, `headers` what the file calls them. `day_order` is the order of day and
    month (mdy, dmy) that the file's own date columns show, or that was given; else unknown.
    """

    records: pl.DataFrame
    rejected: pl.DataFrame
    columns: frozenset[str] = frozenset()
    letters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    day_order: str = "unknown"


class Comment(NamedTuple):
    """A comment of a document that is addressed to steplint; `item` is the line of the record that it stands before."""

    path: str
    line: int
    column: int
    text: str
    item: int | None


@dataclass
class RecordStream:
    """One run's records. `notes` grows while batches are read and is complete after the last one.

    `columns` are those that any file of the run has. `ambiguous_dates` names date columns that are null because the
    order of day and month is not known, `hidden` canonical columns that the source has and its user may not see.
    `mappings` is (path, mapping) of each table, `shapes` what was recognised in it, and
    `dropped` its rows that are no records: (line, why, text). `comments` are those of its documents. The end of
    `batches` closes the files; call `close` where they are not read.
    """

    kind: str
    columns: frozenset[str]
    mapping: HeaderMap
    batches: Iterator[Batch]
    text_date_order: str = "mdy"
    text_date_order_known: bool = False
    ambiguous_dates: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    mappings: tuple[tuple[str, HeaderMap], ...] = ()
    shapes: tuple[str, ...] = ()
    dropped: Sequence[Sequence[tuple[int, str, str]]] = ()
    comments: tuple[Comment, ...] = ()
    close: Callable[[], None] = field(default=lambda: None)
