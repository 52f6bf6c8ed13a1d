"""concise: one line a finding, `path:line:column: CODE message`, for editors and grep.

Of a workbook the place is `path:Sheet!C14`.
"""

from __future__ import annotations

from typing import BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.safe import safe_column
from steplint.reporters.view import View
from steplint.reporters.words import skipped_line, statistics, summary_line

__all__ = ["Concise"]


class Concise:
    """Every finding, not only the primary ones."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._names: dict[str, str] = {}

    def write(self, findings: pl.DataFrame) -> None:
        if self._view.statistics:
            self._names.update(findings.select("code", "name").unique().rows())
            return
        path = pl.coalesce("path", "url", pl.lit("<input>"))
        line, column = pl.coalesce("line", "record_line", pl.lit(1)), pl.coalesce("column", pl.lit(1))
        cell = pl.concat_str(path, pl.lit(":"), "sheet", pl.lit("!"), "cell")  # null outside workbooks
        place = pl.coalesce(cell, pl.concat_str(path, line, column, separator=":"))
        lines = findings.select(line=pl.concat_str(place, pl.lit(": "), "code", pl.lit(" "), "message")).to_series()
        for line in safe_column(lines):
            self._out.write(line.encode() + b"\n")

    def end(self, summary: Summary) -> None:
        lines = [*statistics(summary, self._names)] if self._view.statistics else []
        lines += [line for line in (summary_line(summary), skipped_line(summary)) if line]
        self._out.write("".join(f"{line}\n" for line in lines).encode())
