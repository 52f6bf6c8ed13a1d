"""jsonl: one finding a line as it is found; the last line is always the summary."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.sink import numbered_errors
from steplint.reporters.view import View

__all__ = ["JsonLines"]


class JsonLines:
    """Streams the findings table as it is: JSON keeps every text exact."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        if view.header:
            self._line({"schema": 1, "tool": view.tool, "as_of": view.as_of.isoformat()})

    def write(self, findings: pl.DataFrame) -> None:
        # Polars writes to the file itself, past Python's buffer: what is in there goes first.
        self._out.flush()
        with numbered_errors():
            findings.write_ndjson(self._out)

    def end(self, summary: Summary) -> None:
        self._line({"summary": summary.as_json(), "complete": summary.complete})

    def _line(self, value: dict[str, Any]) -> None:
        self._out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
