"""json: one object with the summary before the findings, in flat memory."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from typing import BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.escapes import inert_json
from steplint.reporters.view import View

__all__ = ["Json"]

IN_MEMORY = 8_000_000  # bytes of findings kept in memory before they go to a temporary file


class Json:
    """Keeps the findings aside, because the summary that stands before them is known last."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by `end`
        self._empty = True

    def write(self, findings: pl.DataFrame) -> None:
        if not findings.height:
            return
        buffer = io.BytesIO()
        findings.write_ndjson(buffer)
        # A line end stands between findings only: JSON escapes those inside texts.
        lines = inert_json(buffer.getvalue()).rstrip(b"\n").replace(b"\n", b",\n")
        self._spool.write((b"" if self._empty else b",\n") + lines)
        self._empty = False

    def end(self, summary: Summary) -> None:
        head = {
            "schema": 1,
            "tool": self._view.tool,
            "as_of": self._view.as_of.isoformat(),
            "complete": summary.complete,
            "summary": summary.as_json(),
        }
        self._out.write(json.dumps(head, ensure_ascii=False).encode()[:-1] + b', "findings": [')
        with self._spool as spool:
            spool.seek(0)
            if not self._empty:
                self._out.write(b"\n")
            shutil.copyfileobj(spool, self._out)
        self._out.write(b"]}\n" if self._empty else b"\n]}\n")
