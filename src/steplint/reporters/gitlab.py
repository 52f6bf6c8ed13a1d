"""gitlab: a Code Quality report, as the merge request widget of GitLab reads it.

GitLab compares the reports of two branches by `fingerprint` and shows of two issues with the same one only the first;
that of a finding is unique in a run and holds no line number. Findings go out as they come, in flat memory.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.escapes import inert_json
from steplint.reporters.places import paths
from steplint.reporters.safe import safe_column
from steplint.reporters.view import View

__all__ = ["GitLab"]

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


class GitLab:
    """An array of issues; the widget shows `description`, so that it starts with the rule and ends with the cell."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._empty = True

    def write(self, findings: pl.DataFrame) -> None:
        if not findings.height:
            return
        cell = pl.concat_str(pl.lit(" ("), "sheet", pl.lit("!"), "cell", pl.lit(")"))  # null outside workbooks
        description = pl.concat_str("code", pl.lit(" "), "name", pl.lit(": "), "message", cell.fill_null(""))
        line = pl.struct(begin=pl.coalesce("line", "record_line", pl.lit(1)))
        issues = findings.with_columns(paths(findings, self._view)).select(
            description=description,
            check_name=pl.concat_str(pl.lit("steplint/"), "code"),
            fingerprint="fingerprint",
            severity=pl.col("severity").cast(pl.String).replace_strict(SEVERITIES),
            location=pl.struct(path=pl.coalesce("path", pl.lit("<input>")), lines=line),
        )
        buffer = io.BytesIO()
        issues.with_columns(safe_column(issues["description"])).write_ndjson(buffer)
        lines = inert_json(buffer.getvalue()).rstrip(b"\n").replace(b"\n", b",\n")
        self._out.write((b"[\n" if self._empty else b",\n") + lines)
        self._empty = False

    def end(self, summary: Summary) -> None:
        del summary
        self._out.write(b"[]\n" if self._empty else b"\n]\n")
