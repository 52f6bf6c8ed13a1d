"""SARIF is valid for every input (promise 17), and within what code scanning takes."""

import io
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator
from tests.reporters.hostile import full_of, naughty, table, tables

from steplint.findings.summary import Summary
from steplint.reporters import RuleText, View, reporter, sarif


@cache
def validator() -> Draft7Validator:
    """The schema of the OASIS committee for SARIF 2.1.0, unchanged."""
    return Draft7Validator(json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8")))


def report(findings: pl.DataFrame, complete: bool = True, **view: Any) -> dict[str, Any]:
    """A valid report of one run."""
    out = io.BytesIO()
    made = reporter("sarif")(out, View(as_of=date(2026, 1, 12), tool={"version": "0.1.0", "rules_hash": "r"}, **view))
    summary = Summary(complete=complete)
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    whole = json.loads(out.getvalue())
    assert [error.message for error in validator().iter_errors(whole)] == []
    (run,) = whole["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run


@settings(max_examples=60, deadline=None)
@given(tables())
def test_valid_for_every_input(findings: pl.DataFrame) -> None:
    run = report(findings)
    assert [result["properties"].get("nextStep") for result in run["results"]] == findings["text"].to_list()
    assert "](" not in "".join(result["message"]["text"] for result in run["results"])


def test_naughty_strings() -> None:
    findings = table([full_of(text) for text in naughty()])
    assert len(report(findings)["results"]) == len(findings)


def test_the_schema_is_strict() -> None:
    assert not validator().is_valid({"version": "2.1.0", "runs": [{}]})


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ({"line": 42}, (42, 1, 42, 1)),
        ({"line": 42, "column": 7, "end_column": 11}, (42, 7, 42, 11)),
        ({"line": 42, "column": 7}, (42, 7, 42, 7)),
        ({"record_line": 3}, (3, 1, 3, 1)),
        ({}, (1, 1, 1, 1)),
    ],
)
def test_a_place_has_four_numbers(place: dict[str, int], region: tuple[int, ...]) -> None:
    run = report(table([{"path": "a.csv", **place}]))
    assert run["columnKind"] == "unicodeCodePoints"
    found = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert tuple(found[name] for name in ("startLine", "startColumn", "endLine", "endColumn")) == region


@pytest.mark.parametrize(
    ("path", "uri", "base"),
    [
        ("./deals/a b.csv", "deals/a%20b.csv", "%SRCROOT%"),
        ("/repo/deals/é.csv", "deals/%C3%A9.csv", "%SRCROOT%"),
        ("/elsewhere/a.csv", "file:///elsewhere/a.csv", None),
        ("<stdin>", "%3Cstdin%3E", "%SRCROOT%"),
        ("../deals/a.csv", "deals/a.csv", "%SRCROOT%"),
    ],
)
def test_paths_are_relative_to_the_repository(path: str, uri: str, base: str | None) -> None:
    cwd = "/repo/sub" if path.startswith("../") else "/repo"
    run = report(table([{"path": path, "line": 1}]), cwd=cwd, root="/repo")
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (artifact["uri"], artifact.get("uriBaseId")) == (uri, base)


def test_logical_places() -> None:
    (result,) = report(
        table([{"sheet": "Deals", "cell": "C14", "record_id": "006A", "record_name": "Acme", "line": 14}])
    )["results"]
    assert result["locations"] == [
        {
            "logicalLocations": [
                {"name": "Acme (006A)", "fullyQualifiedName": "006A", "kind": "record"},
                {"name": "C14", "fullyQualifiedName": "Deals!C14", "kind": "cell"},
            ]
        }
    ]


def test_rules_and_identity() -> None:
    rule = RuleText(
        "WHEN302", "date-vague", "error", "“{when}” is no day", "Why.", "Which day?", "https://example.com/WHEN302"
    )
    bare = rule._replace(code="WHEN303", help=None, url=None)
    run = report(
        table([{"severity": "info"}, {"code": "SRC001", "name": "row-rejected", "help": "Correct it."}]),
        rules=[rule, bare],
    )
    src, vague, past = run["tool"]["driver"]["rules"]
    assert vague["shortDescription"]["text"] == "“‹when›” is no day"
    assert vague["help"]["text"] == "Why.\nWhich day?"
    assert vague["helpUri"] == "https://example.com/WHEN302"
    assert vague["defaultConfiguration"]["level"] == "error"
    assert "helpUri" not in past
    assert (src["id"], src["help"]["text"]) == ("SRC001", "Correct it.")
    result = run["results"][0]
    assert result["level"] == "note"
    assert result["partialFingerprints"] == {"primaryLocationLineHash": "f" * 20}
    assert result["fingerprints"] == {"steplint/key/v1": "k" * 20}


def test_a_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    levels = ["info", "warning", "error", "warning", "info"]
    notes: list[str] = []
    run = report(
        table([{"severity": level, "line": place} for place, level in enumerate(levels, 1)]), note=notes.append
    )
    assert [result["level"] for result in run["results"]] == ["warning", "error", "warning"]
    told = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert (told["level"], told["message"]["text"]) == (
        "warning",
        "3 of 5 findings are in this report: the most severe come first.",
    )
    assert notes == [f"sarif: {told['message']['text']}"]


def test_a_run_that_broke_off_says_so() -> None:
    assert report(table([]), complete=False)["invocations"][0]["executionSuccessful"] is False


def line_of(text: str) -> Any:
    return lambda path, line: text if (path, line) == ("plan.md", 3) else None


FIX = {"applicability": "safe", "field": "status", "old": "Complte", "replacement": "Complete"}


def test_a_fix_whose_place_is_known() -> None:
    row = full_of("x") | {"path": "plan.md", "sheet": None, "line": 3, "record_line": 3, "fix": FIX}
    (result,) = report(table([row]), source_line=line_of("| Trial 🚚 | Sam | Complte |"))["results"]
    assert result["fixes"] == [
        {
            "description": {"text": "safe fix of status"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "plan.md", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 3, "startColumn": 19, "endLine": 3, "endColumn": 26},
                            "insertedContent": {"text": "Complete"},
                        }
                    ],
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("| Complte | Complte |", {}),  # which of the two?
        ("| Trial | **Compl**te |", {}),
        ("| Trial | Complte |", {"sheet": "Deals"}),
        ("| Trial | Complte |", {"fix": None}),
        ("| Trial | Complte |", {"fix": {**FIX, "old": None}}),
        ("| Trial | Complte |", {"fix": {**FIX, "replacement": "Complete | done"}}),  # it would need to be escaped
        ("| Trial | Complte |", {"record_line": 4}),
    ],
)
def test_a_fix_whose_place_is_not_sure_is_left_out(source: str, changes: dict[str, Any]) -> None:
    row = full_of("x") | {"path": "plan.md", "sheet": None, "line": 3, "record_line": 3, "fix": FIX} | changes
    (result,) = report(table([row]), source_line=line_of(source))["results"]
    assert "fixes" not in result
