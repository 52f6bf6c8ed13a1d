"""junit: JUnit XML, as Jenkins, GitLab and Azure show test results. A suite a file, a test case a record.

A record fails where a finding of it counts for the exit code; what does not count is the output of a test that passes.
Records without findings are not listed, but for one test case a run that always passes (or is an error, where the run
broke off): Jenkins takes a report without any for a mistake.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

import polars as pl

from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary
from steplint.reporters.escapes import xml_attribute, xml_text
from steplint.reporters.places import paths
from steplint.reporters.view import View
from steplint.reporters.words import place, record_name, skipped_line, summary_line

__all__ = ["JUnit"]

IN_MEMORY = 8_000_000  # bytes of test cases kept in memory before they go to a temporary file
COLUMNS = [
    "code", "name", "severity", "message", "help", "primary", "path", "url", "sheet", "line", "record_line", "cell", "record_id",
    "record_name", "account", "owner", "stage", "text",
]  # fmt: skip
Record = Sequence[dict[str, Any]]


@dataclass
class _Suite:
    name: str
    tests: int = 0
    failures: int = 0


class JUnit:
    """Test cases are kept aside, because their number stands before them."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._fails = SEVERITIES[: SEVERITIES.index(view.fail_on) + 1] if view.fail_on in SEVERITIES else ()
        self._suite: _Suite | None = None
        self._cases = self._spool()
        self._suites = self._spool()
        self._total = _Suite("steplint")

    def write(self, findings: pl.DataFrame) -> None:
        record: list[dict[str, Any]] = []
        for finding in findings.with_columns(paths(findings, self._view)).select(COLUMNS).iter_rows(named=True):
            if finding["primary"] and record:
                self._case(record)
                record = []
            record.append(finding)
        if record:
            self._case(record)

    def end(self, summary: Summary) -> None:
        self._close_suite()
        broken = 0 if summary.complete else 1
        total = self._total
        self._out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
        self._out.write(_counts("testsuites", "steplint", total.tests + 1, total.failures, broken).encode())
        with self._cases, self._suites as suites:
            suites.seek(0)
            shutil.copyfileobj(suites, self._out)
        lines = [line for line in (summary_line(summary), skipped_line(summary)) if line]
        said = xml_text("\n".join(lines))
        inside = (
            f"<system-out>{said}</system-out>" if summary.complete else f'<error message="incomplete">{said}</error>'
        )
        self._out.write(
            f"{_counts('testsuite', 'steplint', 1, 0, broken)}"
            f'<testcase classname="steplint" name="run">{inside}</testcase>\n</testsuite>\n</testsuites>\n'.encode()
        )

    @staticmethod
    def _spool() -> IO[bytes]:
        return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)

    def _case(self, record: Record) -> None:
        first = record[0]
        path = first["path"] or "<input>"
        if self._suite is None or self._suite.name != path:
            self._close_suite()
            self._suite = _Suite(path)
        failing = next((finding for finding in record if finding["severity"] in self._fails), None)
        self._suite.tests += 1
        self._suite.failures += failing is not None
        self._cases.write(_case(record, path, failing).encode())

    def _close_suite(self) -> None:
        if self._suite is None:
            return
        suite = self._suite
        self._suites.write(_counts("testsuite", suite.name, suite.tests, suite.failures, 0).encode())
        self._cases.seek(0)
        shutil.copyfileobj(self._cases, self._suites)
        self._suites.write(b"</testsuite>\n")
        self._cases.close()
        self._cases = self._spool()
        self._total.tests += suite.tests
        self._total.failures += suite.failures
        self._suite = None


def _counts(element: str, name: str, tests: int, failures: int, errors: int) -> str:
    numbers = f'tests="{tests}" failures="{failures}" errors="{errors}"'
    return f'<{element} name="{xml_attribute(name)}" {numbers}>\n'


def _case(record: Record, path: str, failing: dict[str, Any] | None) -> str:
    first = record[0]
    line = first["line"] or first["record_line"]
    named = {
        # Jenkins takes what stands before the last dot for a package.
        "classname": path.replace(".", "_"),
        "name": record_name(first) or (first["code"] if line is None else f"line {line}"),
        "file": path,
        **({"line": str(line)} if line is not None else {}),
    }
    attributes = " ".join(f'{name}="{xml_attribute(value)}"' for name, value in named.items())
    body = xml_text(_body(record, path))
    if failing is None:
        return f"<testcase {attributes}><system-out>{body}</system-out></testcase>\n"
    kind, message = (xml_attribute(failing[name]) for name in ("code", "message"))
    return f'<testcase {attributes}><failure type="{kind}" message="{message}">{body}</failure></testcase>\n'


def _body(record: Record, path: str) -> str:
    first = record[0]
    lines: list[str] = []
    for finding in record:
        lines.append(f"{finding['severity']}[{finding['code']}] {finding['name']}: {finding['message']}")
        lines += [f"  help: {finding['help']}"] if finding["help"] else []
    facts = (f"owner {first['owner']}" if first["owner"] else "", first["stage"] or "")
    lines.append(f"next step: {first['text'] or '(empty)'}")
    lines.append(" · ".join(fact for fact in (place(first, path), *facts) if fact))
    return "\n".join(lines)
