"""rdjson: the diagnostic format of reviewdog, which posts findings as comments on a pull request.

Its columns count bytes of the file's own line, which findings do not know: places are whole lines, but for those of fixes
whose line could be looked up. Its messages become
Markdown: what stands in them is made to mean nothing there. Findings go out as they come, in flat memory.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.escapes import inert_json, markdown_text
from steplint.reporters.fixes import Replaced, replaced
from steplint.reporters.places import paths
from steplint.reporters.view import View

__all__ = ["RdJson"]


class RdJson:
    """One DiagnosticResult: its source first, then a diagnostic a line."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._empty = True
        self._out.write(b'{"source": {"name": "steplint"}, "diagnostics": [')

    def write(self, findings: pl.DataFrame) -> None:
        if not findings.height:
            return
        line = pl.coalesce("line", "record_line", pl.lit(1))
        diagnostics = findings.with_columns(paths(findings, self._view)).select(
            message=_messages(findings),
            location=pl.struct(
                path=pl.coalesce("path", pl.lit("<input>")), range=pl.struct(start=pl.struct(line=line))
            ),
            severity=pl.col("severity").cast(pl.String).str.to_uppercase(),
            code=pl.struct(value=pl.concat_str("code", pl.lit(" "), "name"), url=pl.col("why_url").fill_null("")),
            **_suggestions(findings, self._view),
        )
        buffer = io.BytesIO()
        diagnostics.write_ndjson(buffer)
        self._out.write(
            (b"\n" if self._empty else b",\n") + inert_json(buffer.getvalue()).rstrip(b"\n").replace(b"\n", b",\n")
        )
        self._empty = False

    def end(self, summary: Summary) -> None:
        del summary
        self._out.write(b"]}\n" if self._empty else b"\n]}\n")


def _suggestions(findings: pl.DataFrame, view: View) -> dict[str, pl.Series]:
    """The column `suggestions`, where a finding of the batch has a fix whose place is known."""
    if findings["fix"].null_count() == findings.height:
        return {}
    rows = findings.select("fix", "path", "record_line", "sheet").iter_rows(named=True)
    changes = [replaced(row, view) if row["fix"] else None for row in rows]
    if not any(changes):
        return {}
    return {"suggestions": pl.Series([[_suggestion(change)] if change else [] for change in changes])}


def _suggestion(change: Replaced) -> dict[str, Any]:
    start, end = (
        {"line": change.line, "column": len(change.source[:place].encode()) + 1} for place in (change.start, change.end)
    )
    return {"range": {"start": start, "end": end}, "text": change.text}


def _messages(findings: pl.DataFrame) -> pl.Series:
    """What is wrong and what to do about it, as two paragraphs, after the cell in a workbook."""
    cell = pl.concat_str("sheet", pl.lit("!"), "cell", pl.lit(": "))
    said = findings.select(pl.concat_str(cell.fill_null(""), "message"), "help")
    paragraphs = ([markdown_text(part, cell=False) for part in row if part] for row in said.iter_rows())
    return pl.Series(["\n\n".join(parts) for parts in paragraphs], dtype=pl.String)
