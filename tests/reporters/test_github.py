"""Workflow commands: what goes in comes out, and no line of input becomes a command (promise 14)."""

import io
import re
from datetime import date
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from tests.reporters.hostile import every_code_point, full_of, naughty, table, tables, texts

from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary
from steplint.reporters import FORMATS, View, reporter
from steplint.reporters.escapes import workflow_data, workflow_property
from steplint.reporters.safe import safe_text


class Command(NamedTuple):
    """One that the runner carries out."""

    name: str
    properties: dict[str, str]
    data: str


def unescape(text: str, pairs: dict[str, str]) -> str:
    """In the order of the runner: `%25` comes last."""
    for escaped, sign in pairs.items():
        text = text.replace(escaped, sign)
    return text


DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
PROPERTY = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def parse(line: str) -> Command | None:
    """As the runner of GitHub reads a line: a command starts it, or, of the old sort, stands anywhere in it."""
    trimmed = line.lstrip()
    if trimmed.startswith("::") and (end := trimmed.find("::", 2)) >= 0:
        name, _, given = trimmed[2:end].partition(" ")
        pairs = (pair.split("=", 1) for pair in given.strip().split(",") if pair)
        properties = {pair[0]: unescape(pair[1], PROPERTY) for pair in pairs if len(pair) == 2}
        return Command(name, properties, unescape(trimmed[end + 2 :], DATA))
    if old := re.search(r"##\[([^\]]*)\](.*)", line):
        return Command(old[1], {}, old[2])
    return None


def commands(findings: pl.DataFrame, **view: Any) -> list[Command]:
    """Those of a report, all of which must be annotations."""
    out = io.BytesIO()
    made = reporter("github")(out, View(as_of=date(2026, 1, 12), **view))
    summary = Summary(complete=True)
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    # The runner takes lines at any line break that it knows.
    found = [
        parsed
        for line in re.split("[\r\n\x0b\x0c\x85\u2028\u2029]", out.getvalue().decode())
        if (parsed := parse(line))
    ]
    assert {command.name for command in found} <= {"error", "warning", "notice"}
    return found


@given(texts)
def test_values_survive(text: str) -> None:
    shown = safe_text(text)
    line = f"::error title={workflow_property(text)},file=a::{workflow_data(shown)}"
    assert "\n" not in line
    assert "\r" not in line
    assert parse(line) == Command(
        "error", {"title": shown, "file": "a"} if shown else {"title": "", "file": "a"}, shown
    )


def test_every_code_point_survives() -> None:
    for text in every_code_point():
        shown = safe_text(text)
        assert parse(f"::error title={workflow_property(text)}::{workflow_data(text)}") == Command(
            "error", {"title": shown}, safe_text(text, keep="\n")
        )


@settings(max_examples=60, deadline=None)
@given(tables())
def test_no_line_of_input_becomes_a_command(findings: pl.DataFrame) -> None:
    assert len(commands(findings)) == findings.height


def test_naughty_strings() -> None:
    for text in naughty():
        (command,) = commands(table([full_of(text)]))
        assert command.properties["title"] == safe_text(
            f"WHEN302 date-vague {text}!{text}" if text else "WHEN302 date-vague"
        )


@pytest.mark.parametrize("format_", FORMATS)
def test_no_command_in_the_log_of_any_service(format_: str) -> None:
    findings = table([full_of(text) for text in naughty()])
    out = io.BytesIO()
    made = reporter(format_)(out, View(as_of=date(2026, 1, 12)))
    summary = Summary(complete=True)
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    content = out.getvalue().decode()
    assert not re.search(r"##(\[|vso\[|teamcity\[)|\x1b", content)
    started = [line for line in content.splitlines() if line.lstrip().startswith("::")]
    assert len(started) == (11 if format_ == "github" else 0)


def test_ten_annotations_a_level_and_how_many_more() -> None:
    rows = [
        {"severity": level, "primary": place % 2 == 0, "path": "a", "line": place}
        for place in range(1, 31)
        for level in SEVERITIES
    ]
    notes: list[str] = []
    found = commands(table(rows), note=notes.append)
    assert [command.name for command in found] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    # Those that stand for their record come first.
    assert [int(command.properties["line"]) for command in found[:10]] == list(range(2, 22, 2))
    assert found[-1].data.startswith("20 errors and 20 warnings and 21 info are not shown as annotations")
    assert notes == [f"github: {found[-1].data}"]


def test_places() -> None:
    cell = {"path": "/repo/deals.xlsx", "sheet": "Deals, 1:2", "cell": "C14", "line": 14}
    columns = {"path": "./a.csv", "line": 3, "column": 5, "end_column": 9}
    first, second, third = commands(table([cell, columns, {"line": 3}]), cwd="/repo", root="/repo")
    assert first.properties == {
        "title": "WHEN302 date-vague Deals, 1:2!C14", "file": "deals.xlsx", "line": "14", "endLine": "14",
    }  # fmt: skip
    assert second.properties == {
        "title": "WHEN302 date-vague", "file": "a.csv", "line": "3", "endLine": "3", "col": "5", "endColumn": "9",
    }  # fmt: skip
    assert third.properties == {"title": "WHEN302 date-vague"}
