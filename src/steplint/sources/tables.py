"""What every file source gives before typing: blocks of text columns with their lines, and rejected rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from steplint.records.mapping import HeaderMap
from steplint.records.stream import REJECTED

__all__ = ["Rejections", "Table", "TextBlock"]

_SHOWN = 400


@dataclass
class TextBlock:
    """`raw`: text columns with canonical names, `path` and `line`; `rejected`: see records.REJECTED."""

    raw: pl.DataFrame
    rejected: pl.DataFrame


@dataclass
class Table:
    """One file, its header settled; `blocks` is read once. `notes` grows with it."""

    kind: str
    path: str
    mapping: HeaderMap
    blocks: Iterator[TextBlock]
    notes: list[str]


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
