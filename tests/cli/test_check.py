"""`steplint check` from a file to findings."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Steplint = Callable[..., Any]


def test_text(steplint: Steplint, pipeline: str) -> None:
    result = steplint("check", pipeline)
    assert result.code == 1
    assert "error[WHAT201] step-missing" in result.out
    assert f"--> {pipeline}:3  Bolt rollout (006B) · owner M. Tan · Negotiation" in result.out
    assert " of 3 open records (" in result.out
    assert "; 1 closed skipped." in result.out


def test_jsonl(steplint: Steplint, pipeline: str) -> None:
    result = steplint("check", pipeline, "--format", "jsonl", "--header", "--as-of", "2026-01-12")
    first, *findings, last = [json.loads(line) for line in result.out.splitlines()]
    assert first["as_of"] == "2026-01-12"
    assert set(first["tool"]) == {"version", "rules_hash", "reading_version"}
    assert last["complete"] is True
    assert last["summary"]["records"] == 3
    assert last["summary"]["findings"] == len(findings)
    assert {finding["record_id"] for finding in findings} >= {"006A", "006B"}
    assert {finding["path"] for finding in findings} == {pipeline}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--exit-zero"], 0),
        (["--fail-on", "never"], 0),
        (["--fail-on", "error"], 1),
        (["--fail-on", "error", "--select", "WHEN302"], 0),
        (["--fail-on", "error", "--select", "WHEN302", "--severity", "WHEN302=error"], 1),
        (["--select", "WHEN312"], 0),
    ],
)
def test_exit_codes(steplint: Steplint, pipeline: str, arguments: list[str], code: int) -> None:
    assert steplint("check", pipeline, *arguments).code == code


def test_as_of_is_today_in_the_zone(steplint: Steplint, pipeline: str) -> None:
    # It is 23:30 in London and already Tuesday in Tokyo.
    for zone, day in (("Europe/London", "2026-01-12"), ("Asia/Tokyo", "2026-01-13")):
        result = steplint("check", pipeline, "--timezone", zone, "--format", "json")
        assert json.loads(result.out)["as_of"] == day


def test_standard_input(steplint: Steplint, pipeline: str) -> None:
    content = Path(pipeline).read_bytes()
    result = steplint("check", "-", "--stdin-filename", "deals.csv", "--format", "concise", stdin=content)
    assert result.out.startswith("deals.csv:2:")


def test_reports_beside_standard_output(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    result = steplint("check", pipeline, "--output", "json:a.json", "--output", "csv:b.csv")
    assert "Found" in result.out
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["complete"] is True
    assert (
        pl.read_csv(tmp_path / "b.csv").height
        == json.loads((tmp_path / "a.json").read_text("utf-8"))["summary"]["findings"]
    )


def test_a_report_in_place_of_standard_output(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    assert steplint("check", pipeline, "--output", "a.jsonl").out == ""
    assert json.loads((tmp_path / "a.jsonl").read_text("utf-8").splitlines()[-1])["complete"] is True


def test_a_broken_structure_writes_no_file(steplint: Steplint, tmp_path: Path) -> None:
    rows = "".join(f"{index},Send the deck by 15 Jan\n" for index in range(10))
    (tmp_path / "broken.csv").write_text(f'Id,Next Step\n{rows}11,"never closed\n', encoding="utf-8")
    result = steplint("check", str(tmp_path / "broken.csv"), "--format", "jsonl", "--output", "json:old.json")
    assert result.code == 2
    assert "broken.csv:12" in result.err
    assert not (tmp_path / "old.json").exists()
    assert result.out == "" or json.loads(result.out.splitlines()[-1])["complete"] is False


def test_every_row_is_accounted_for(steplint: Steplint, tmp_path: Path) -> None:
    text = "Id,Stage,Next Step\n1,Proposal,x\n2,Proposal\n3,Closed Won,x\n4,Proposal,x,y,z\n"
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    result = steplint("check", str(tmp_path / "rows.csv"), "--format", "json")
    told = json.loads(result.out)
    summary = told["summary"]
    assert summary["records"] + summary["rejected"] + summary["out_of_scope"] == 4
    rejected = [finding for finding in told["findings"] if finding["code"] == "SRC001"]
    assert len(rejected) == summary["rejected"] > 0
    assert {finding["line"] for finding in rejected} <= {3, 5}


# The file is open, and nothing closes it when its records are not read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_show_mapping(steplint: Steplint, pipeline: str) -> None:
    result = steplint("check", pipeline, "--show-mapping")
    assert result.code == 0
    assert "next_step = Next Step" in result.out


def test_statistics(steplint: Steplint, pipeline: str) -> None:
    result = steplint("check", pipeline, "--statistics")
    assert "1  WHAT201  step-missing" in result.out
    assert "-->" not in result.out


@pytest.mark.parametrize(
    ("env", "option", "terminal", "colored"),
    [
        ({}, "auto", False, False),
        ({}, "auto", True, True),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "auto", False, False),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({}, "never", True, False),
    ],
)
def test_color(
    steplint: Steplint, pipeline: str, env: dict[str, str], option: str, terminal: bool, colored: bool
) -> None:
    out = steplint("check", pipeline, "--color", option, env=env, terminal=terminal).out
    assert ("\x1b[" in out) == colored


def test_config_is_found_and_can_be_left_out(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    (tmp_path / "steplint.yaml").write_text("select: [WHAT201]\nsource_name: crm\n", encoding="utf-8")
    findings = json.loads(steplint("check", pipeline, "--format", "json").out)["findings"]
    assert {finding["code"] for finding in findings} == {"WHAT201"}
    isolated = json.loads(steplint("check", pipeline, "--format", "json", "--isolated").out)["findings"]
    assert {finding["code"] for finding in isolated} > {"WHAT201"}
    keys = {finding["key"] for finding in isolated if finding["code"] == "WHAT201"}
    assert keys != {finding["key"] for finding in findings}


def test_timings_and_quiet(steplint: Steplint, pipeline: str) -> None:
    assert "reading: " in steplint("check", pipeline, "--timings").err
    assert steplint("check", pipeline, "--quiet").err == ""


def test_no_records(steplint: Steplint, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("Id,Next Step\n", encoding="utf-8")
    assert steplint("check", str(tmp_path / "empty.csv")).code == 2
    assert steplint("check", str(tmp_path / "empty.csv"), "--allow-empty").code == 0
