"""What every file source gives before typing: blocks of text columns with their places, rejected and dropped rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import HeaderMap
from steplint.records.stream import REJECTED, Comment

if TYPE_CHECKING:
    from steplint.sources.encoding import Utf8Reader

__all__ = ["LARGEST", "Dropped", "Rejections", "Table", "TextBlock", "whole"]

_SHOWN = 400
#: Formats that cannot be read piece by piece are refused above this many bytes.
LARGEST = 512 << 20


class Dropped(NamedTuple):
    """A row of a file that is no record: `line` from 1, `why` title, footer, subtotal, section or header."""

    line: int
    why: str
    text: str


@dataclass
class TextBlock:
    """`raw`: text columns with canonical names, `path` and `line`; `rejected`: see records.REJECTED."""

    raw: pl.DataFrame
    rejected: pl.DataFrame


@dataclass
class Table:
    """One table of a file, its header settled; `blocks` is read once. `notes` and `dropped` grow with it.

    `shape` says what was recognised, for people. `letters`: letter of the workbook column of each canonical column.
    `separator`: of the fields of a CSV file. `optional`: a document, which may well have no record; `comments` are those in
    it that are addressed to steplint.
    """

    kind: str
    path: str
    mapping: HeaderMap
    blocks: Iterator[TextBlock]
    notes: list[str]
    shape: str = ""
    dropped: list[Dropped] = field(default_factory=list)
    letters: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    optional: bool = False
    comments: tuple[Comment, ...] = ()


class Rejections:
    """Rows that could not be read, until they are handed on."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.rows: list[tuple[str, int, int | None, str, str]] = []

    def add(self, line: int, column: int | None, reason: str, text: str) -> None:
        """Name one row; `text` is cut to what a person can use."""
        self.rows.append((self.path, line, column, reason, text if len(text) <= _SHOWN else text[:_SHOWN] + "…"))

    def take(self) -> pl.DataFrame:
        """The rows so far, as a frame."""
        rows, self.rows = self.rows, []
        return pl.DataFrame(rows, schema=REJECTED, orient="row")


def whole(
    reader: Utf8Reader,
    path: str,
    *,
    largest: int | None = None,
    hint: str = "export it as JSON Lines, CSV or Parquet, which are read piece by piece",
    may_be_empty: bool = False,
) -> bytes:
    """All of a text at once; InputError where it is larger than `largest` bytes (default: LARGEST), or empty."""
    largest = LARGEST if largest is None else largest
    parts, size = [], 0
    for block in reader.blocks():
        parts.append(block)
        size += len(block)
        if size > largest:
            raise InputError(f"larger than {largest >> 20} MiB", path=path, hint=hint)
    text = b"".join(parts)
    if not may_be_empty and not text.strip():
        raise InputError("the file is empty", path=path, hint="expected records")
    return text
