"""markdown: a report for the comment on a pull request, a job summary or a wiki page.

GitHub refuses a comment of more than 65,536 characters, so that the report ends before that and says how much it leaves
out. Nothing in a text from a file becomes a link, an image, a mention, a heading or HTML (promise 16).
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.escapes import markdown_text
from steplint.reporters.kept import Kept
from steplint.reporters.places import repository_path
from steplint.reporters.view import View
from steplint.reporters.words import cut_line, excerpt, place, record_name, skipped_line, summary_line

__all__ = ["Markdown"]

MOST = 1_000  # findings; fewer where they are long
LONGEST_REPORT = 60_000  # characters
LONGEST_TEXT = 160  # characters of a text in its cell
HEAD = "| severity | rule | record | owner | next step | what is wrong |\n| --- | --- | --- | --- | --- | --- |\n"


class Markdown:
    """A table with a row a record, the most severe first."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._kept = Kept(MOST)

    def write(self, findings: pl.DataFrame) -> None:
        self._kept.add(findings)

    def end(self, summary: Summary) -> None:
        rows: list[str] = []
        length = shown = 0
        for _, group in groupby(self._kept.by_severity().iter_rows(named=True), key=lambda finding: finding["_record"]):
            record = list(group)
            row = self._row(record)
            length += len(row)
            if length > LONGEST_REPORT:
                break
            rows.append(row)
            shown += len(record)
        parts = [f"### steplint\n\n{markdown_text(summary_line(summary))} As of {self._view.as_of.isoformat()}.\n"]
        if rows:
            parts.append(HEAD + "".join(rows))
        cut = cut_line(shown, self._kept.total)
        if cut:
            parts.append(f"{cut}\n")
            self._view.note(f"markdown: {cut}")
        skipped = skipped_line(summary)
        if skipped:
            # Names of columns hold underscores: only they become code.
            parts.append(" ".join(map(markdown_text, skipped.split(" "))) + "\n")
        self._out.write("\n".join(parts).encode())

    def _row(self, record: list[dict[str, Any]]) -> str:
        first = record[0]
        path = repository_path(first["path"], self._view) if first["path"] is not None else None
        text = first["text"]
        cells = [
            [first["severity"]],
            [f"{first['code']} {first['name']}"],
            [record_name(first), place(first, path)],
            [first["owner"]],
            [excerpt(text, _first_fault(first), LONGEST_TEXT) if text else "(empty)"],
            [first["message"], first["help"], *(_also(finding) for finding in record[1:])],
        ]
        shown = ("<br>".join(markdown_text(line) for line in lines if line) for lines in cells)
        return f"| {' | '.join(shown)} |\n"


def _also(finding: dict[str, Any]) -> str:
    return f"also {finding['code']} {finding['name']}: {finding['message']}"


def _first_fault(finding: dict[str, Any]) -> int:
    """Where the first fault stands in the text."""
    spans = finding["spans"]
    return spans[0]["start"] if spans else finding["start"] or 0
