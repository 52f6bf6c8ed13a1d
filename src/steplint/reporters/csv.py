"""csv: a table for spreadsheets, in which no cell from the input can start a formula (promise 13)."""

from __future__ import annotations

import io
from typing import BinaryIO

import polars as pl

from steplint.findings.schema import SCHEMA
from steplint.findings.summary import Summary
from steplint.reporters.safe import safe_column
from steplint.reporters.view import View

__all__ = ["Csv"]

# What Excel, LibreOffice and Google Sheets may take for the start of a formula, full-width forms included.
FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
NESTED = {"spans", "ask", "fix"}


class Csv:
    """Every flat column of a finding, then the question to ask; the header line stands even where nothing is found."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        del view
        self._out = out
        self._header = True

    def write(self, findings: pl.DataFrame) -> None:
        flat = findings.select(
            *(name for name in SCHEMA if name not in NESTED), question=pl.col("ask").struct.field("question")
        ).with_columns(pl.col("severity").cast(pl.String))
        cells = [_cell(column) if column.dtype == pl.String else column for column in flat]
        buffer = io.BytesIO()
        pl.DataFrame(cells).write_csv(buffer, include_header=self._header)
        self._out.write(buffer.getbuffer())
        self._header = False

    def end(self, summary: Summary) -> None:
        del summary
        if self._header:
            from steplint.findings.schema import empty

            self.write(empty())


def _cell(column: pl.Series) -> pl.Series:
    # The guard goes before what makes text safe: an escaped tab no longer looks like one.
    guarded = column.to_frame().select(
        pl.when(pl.first().str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), pl.first())).otherwise(pl.first())
    )
    return safe_column(guarded.to_series().alias(column.name), keep="\n")
