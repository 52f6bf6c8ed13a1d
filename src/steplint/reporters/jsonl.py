"""jsonl: one finding a line as it is found; the last line is always the summary."""

from __future__ import annotations

import io
import json
import os
import stat
from typing import Any, BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.escapes import inert_json
from steplint.reporters.sink import numbered_errors
from steplint.reporters.view import View

__all__ = ["JsonLines"]

# Columns that hold texts of the input.
INPUT = (
    "message", "help", "path", "sheet", "record_id", "record_name", "text", "owner", "stage", "account", "currency", "url",
)  # fmt: skip


class JsonLines:
    """Streams the findings table as it is: JSON keeps every text exact."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._is_log = not _is_file(out)
        if view.header:
            self._line({"schema": 1, "tool": view.tool, "as_of": view.as_of.isoformat()})

    def write(self, findings: pl.DataFrame) -> None:
        if self._is_log and _has_command(findings):
            buffer = io.BytesIO()
            findings.write_ndjson(buffer)
            self._out.write(inert_json(buffer.getvalue()))
            return
        # Polars writes to the file itself, past Python's buffer: what is in there goes first.
        self._out.flush()
        with numbered_errors():
            findings.write_ndjson(self._out)

    def end(self, summary: Summary) -> None:
        self._line({"summary": summary.as_json(), "complete": summary.complete})

    def _line(self, value: dict[str, Any]) -> None:
        self._out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


def _is_file(out: BinaryIO) -> bool:
    """Whether the report goes to a file on disk, which no CI service reads as its log."""
    try:
        return stat.S_ISREG(os.fstat(out.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def _has_command(findings: pl.DataFrame) -> bool:
    """Whether a text may hold what a CI service takes for a command: rare, so that the others go straight to the file."""
    choices = pl.col("ask").struct.field("choices").list.join(" ", ignore_nulls=True)
    marks = [text.str.contains("##", literal=True).any() for text in (*map(pl.col, INPUT), choices)]
    return bool(findings.select(pl.any_horizontal(marks)).item())
