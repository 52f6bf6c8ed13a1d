"""JUnit XML that a strict parser takes, whatever the input (promise 17)."""

import io
import re
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from tests.reporters.hostile import every_code_point, full_of, naughty, table, tables

from steplint.findings.summary import Summary
from steplint.reporters import View, junit, reporter
from steplint.reporters.escapes import xml_attribute, xml_text
from steplint.reporters.safe import safe_text


def report(findings: pl.DataFrame, complete: bool = True, **view: Any) -> ET.Element:
    """The root of a report whose numbers are those of its test cases."""
    out = io.BytesIO()
    made = reporter("junit")(out, View(as_of=date(2026, 1, 12), **view))
    summary = Summary(complete=complete)
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    root = ET.fromstring(out.getvalue())  # noqa: S314
    for element in (root, *root):
        for number, path in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(element.attrib[number]) == len(list(element.iter(path)))
    return root


@settings(max_examples=60, deadline=None)
@given(tables())
def test_strict_xml_for_every_input(findings: pl.DataFrame) -> None:
    cases = list(report(findings).iter("testcase"))
    assert len(cases) == findings["primary"].sum() + 1


def test_naughty_strings() -> None:
    findings = table([full_of(text) for text in naughty()])
    cases = list(report(findings).iter("testcase"))[:-1]
    for text, case in zip(naughty(), cases, strict=True):
        (failure,) = case
        assert failure.attrib["message"] == re.sub(
            "[\ufffe\uffff]", lambda sign: f"<U+{ord(sign[0]):04X}>", safe_text(text)
        )


def test_every_code_point() -> None:
    for text in every_code_point():
        root = ET.fromstring(f'<a b="{xml_attribute(text)}">{xml_text(text)}</a>')  # noqa: S314
        assert root.attrib["b"].replace("<U+FFFE><U+FFFF>", "\ufffe\uffff") == safe_text(text)


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 1), ("warning", 2), ("info", 3), ("never", 0)])
def test_a_record_fails_from_the_same_level_on_as_the_run(fail_on: str, failures: int) -> None:
    rows = [{"severity": level, "record_id": level} for level in ("error", "warning", "info")]
    root = report(table(rows), fail_on=fail_on)
    assert int(root.attrib["failures"]) == failures
    assert len(list(root.iter("system-out"))) == 3 - failures + 1


def test_a_suite_a_file_and_a_case_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "IN_MEMORY", 10)
    rows = [
        {"path": "./a.csv", "record_id": "1"}, {"path": "./a.csv", "record_id": "1", "primary": False, "message": "also"},
        {"path": "./a.csv", "line": 7}, {"path": "b.csv", "record_id": "3"},
    ]  # fmt: skip
    first, second, run = report(table(rows))
    assert [suite.attrib["name"] for suite in (first, second, run)] == ["a.csv", "b.csv", "steplint"]
    assert [case.attrib["name"] for case in first] == ["1", "line 7"]
    assert "also" in (first[0][0].text or "")


def test_a_clean_run_has_a_test_that_passes_and_a_broken_one_an_error() -> None:
    assert [case.attrib["name"] for case in report(table([])).iter("testcase")] == ["run"]
    assert report(table([]), complete=False).attrib["errors"] == "1"
