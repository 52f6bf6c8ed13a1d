"""github: workflow commands, which GitHub Actions shows as annotations beside the changed lines.

A step keeps ten annotations a level, so that the ten most severe ones come, and a notice says how many more there are.
The whole list is for the job summary, which the command line writes in Markdown (`$GITHUB_STEP_SUMMARY`).
"""

from __future__ import annotations

from typing import Any, BinaryIO

import polars as pl

from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary
from steplint.reporters.escapes import workflow_data, workflow_property
from steplint.reporters.places import repository_path
from steplint.reporters.safe import safe_text
from steplint.reporters.view import View
from steplint.reporters.words import count, record_name, skipped_line, summary_line

__all__ = ["GitHub"]

MOST = 10  # annotations a level that a step keeps
COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
COLUMNS = [
    "code", "name", "severity", "message", "help", "path", "url", "sheet", "line", "record_line", "column", "end_column", "cell",
    "record_id", "record_name", "account",
]  # fmt: skip


class GitHub:
    """Annotations are written at the end, errors first, and of each level the findings that stand for their record."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        levels = ((severity, primary) for severity in SEVERITIES for primary in (True, False))
        self._kept: dict[tuple[str, bool], list[dict[str, Any]]] = {level: [] for level in levels}

    def write(self, findings: pl.DataFrame) -> None:
        for (severity, primary), kept in self._kept.items():
            if len(kept) == MOST:
                continue
            some = findings.filter(severity=severity, primary=primary).head(MOST - len(kept))
            kept += some.select(COLUMNS).to_dicts()

    def end(self, summary: Summary) -> None:
        found = {severity: self._kept[severity, True] + self._kept[severity, False] for severity in SEVERITIES}
        shown = {severity: some[:MOST] for severity, some in found.items()}
        more = _more(shown, summary)
        if more:
            # The notice that says so is one of the ten.
            shown["info"] = shown["info"][: MOST - 1]
            more = _more(shown, summary)
        lines = [self._command(finding) for some in shown.values() for finding in some]
        if more:
            lines.append(f"::notice title=steplint::{workflow_data(more)}")
            self._view.note(f"github: {more}")
        lines += [safe_text(line) for line in (summary_line(summary), skipped_line(summary)) if line]
        self._out.write("".join(f"{line}\n" for line in lines).encode())

    def _command(self, finding: dict[str, Any]) -> str:
        properties = {"title": _title(finding)}
        line = finding["line"] or finding["record_line"]
        if finding["path"] is not None:
            properties["file"] = repository_path(finding["path"], self._view)
            if line is not None:
                properties["line"] = properties["endLine"] = str(line)
                if finding["column"] is not None and finding["end_column"] is not None:
                    properties["col"], properties["endColumn"] = str(finding["column"]), str(finding["end_column"])
        told = ",".join(f"{name}={workflow_property(value)}" for name, value in properties.items())
        # A line break of the input becomes visible; the two between the parts are our own.
        parts = (finding["message"], finding["help"], record_name(finding))
        said = "\n".join(safe_text(part) for part in parts if part)
        return f"::{COMMANDS[finding['severity']]} {told}::{workflow_data(said)}"


def _title(finding: dict[str, Any]) -> str:
    cell = f" {finding['sheet']}!{finding['cell']}" if finding["cell"] else ""
    return f"{finding['code']} {finding['name']}{cell}"


def _more(shown: dict[str, list[dict[str, Any]]], summary: Summary) -> str | None:
    left = [(getattr(summary, severity) - len(some), severity) for severity, some in shown.items()]
    told = [count(number, severity) for number, severity in left if number > 0]
    if not told:
        return None
    kept = f"GitHub keeps {MOST} annotations a level; the job summary and other formats hold more"
    return f"{' and '.join(told)} are not shown as annotations: {kept}."
