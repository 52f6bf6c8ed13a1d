"""gitlab and rdjson: what GitLab and reviewdog ask for."""

import io
import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from tests.reporters.hostile import full_of, table, tables

import steplint
from steplint.findings.summary import Summary
from steplint.reporters import View, reporter


def report(format_: str, findings: pl.DataFrame, **view: Any) -> Any:
    out = io.BytesIO()
    made = reporter(format_)(out, View(as_of=date(2026, 1, 12), **view))
    made.write(findings)
    made.end(Summary(complete=True))
    return json.loads(out.getvalue())


def check_issue(issue: dict[str, Any]) -> None:
    """The keys that GitLab requires, and no others."""
    assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert issue["description"]
    assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
    assert isinstance(issue["location"]["path"], str)
    assert issue["location"]["lines"]["begin"] >= 1


def check_diagnostic(diagnostic: dict[str, Any]) -> None:
    """The shape of reviewdog's Diagnostic."""
    assert set(diagnostic) == {"message", "location", "severity", "code"}
    assert diagnostic["severity"] in {"ERROR", "WARNING", "INFO"}
    assert set(diagnostic["code"]) == {"value", "url"}
    assert isinstance(diagnostic["location"]["path"], str)
    assert diagnostic["location"]["range"]["start"]["line"] >= 1


@settings(max_examples=60, deadline=None)
@given(tables())
def test_shapes_for_every_input(findings: pl.DataFrame) -> None:
    issues, result = report("gitlab", findings), report("rdjson", findings)
    assert len(issues) == len(result["diagnostics"]) == findings.height
    for issue in issues:
        check_issue(issue)
    for diagnostic in result["diagnostics"]:
        check_diagnostic(diagnostic)
    assert result["source"] == {"name": "steplint"}


def test_fingerprints_stay_when_rows_are_shuffled() -> None:
    records = [{"id": f"{n % 40}", "next_step": "tbd" if n % 3 else "", "owner": "D. Lee"} for n in range(60)]
    shuffled = records[::-1]
    one, two = (report("gitlab", steplint.lint(rows, as_of=date(2026, 1, 12))) for rows in (records, shuffled))
    assert len({issue["fingerprint"] for issue in one}) == len(one) == 60
    assert {issue["fingerprint"] for issue in one} == {issue["fingerprint"] for issue in two}


@pytest.mark.parametrize(
    ("path", "shown"),
    [("./a.csv", "a.csv"), ("/repo/x/a.csv", "x/a.csv"), ("/other/a.csv", "/other/a.csv"), (None, "<input>")],
)
def test_paths_are_relative(path: str | None, shown: str) -> None:
    findings = table([{"path": path, "line": 2}])
    assert report("gitlab", findings, cwd="/repo", root="/repo")[0]["location"] == {
        "path": shown,
        "lines": {"begin": 2},
    }
    assert report("rdjson", findings, cwd="/repo", root="/repo")["diagnostics"][0]["location"]["path"] == shown


def test_severities_and_cells() -> None:
    rows = [
        {"severity": "error"},
        {"severity": "warning"},
        {"severity": "info", "sheet": "Deals", "cell": "C14", "message": "m"},
    ]
    issues = report("gitlab", table(rows))
    assert [issue["severity"] for issue in issues] == ["major", "minor", "info"]
    assert issues[2]["description"] == "WHEN302 date-vague: m (Deals!C14)"
    assert report("rdjson", table(rows))["diagnostics"][2]["message"] == "Deals!C14: m"


def test_rdjson_suggests_a_fix_whose_place_is_known() -> None:
    fix = {"applicability": "safe", "field": "status", "old": "Complte", "replacement": "Complete"}
    known = full_of("x") | {"path": "plan.md", "sheet": None, "line": 3, "record_line": 3, "fix": fix}
    lines = {3: "| Trial 🚚 | Sam | Complte |"}
    rows = [known, known | {"record_line": 4, "line": 4}, known | {"fix": None}]
    told = report("rdjson", table(rows), source_line=lambda _path, line: lines.get(line))["diagnostics"]
    # Columns count the bytes of the line: the lorry has four.
    place = {"start": {"line": 3, "column": 22}, "end": {"line": 3, "column": 29}}
    assert [each["suggestions"] for each in told] == [[{"range": place, "text": "Complete"}], [], []]
    assert "suggestions" not in report("rdjson", table(rows))["diagnostics"][0]
