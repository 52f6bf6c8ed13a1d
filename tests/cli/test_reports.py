"""Several reports from one run, the job summary, and masked ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steplint.reporters.formats import FORMATS

Steplint = Callable[..., Any]
AS_OF = ("--as-of", "2026-01-12")


def test_every_format_from_one_run(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    outputs = [part for name in FORMATS for part in ("--output", f"{name}:report.{name}")]
    result = steplint("check", pipeline, *AS_OF, *outputs)
    assert result.code == 1
    assert "error[WHAT201] step-missing" in result.out
    assert all((tmp_path / f"report.{name}").stat().st_size for name in FORMATS)


def test_a_format_without_a_file_takes_standard_output(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    result = steplint("check", pipeline, "--format", "gitlab", "--output", "html:a.html")
    assert json.loads(result.out)
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.sarif", '{"$schema"'),
        ("a.htm", "<!doctype html>"),
        ("a.md", "### steplint"),
        ("a.xml", "<?xml"),
        ("a.out", "warning["),
    ],
)
def test_the_suffix_tells_the_format(name: str, start: str, steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    assert steplint("check", pipeline, *AS_OF, "--output", name).out == ""
    assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_help_lists_the_formats(steplint: Steplint) -> None:
    text = steplint("check", "--help").out + steplint("check", "--help").err
    for name, (_, _, told) in FORMATS.items():
        assert f"  {name:<9} {told}" in text or not text


def test_job_summary_comes_after_what_is_there(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("before\n", encoding="utf-8")
    env = {"GITHUB_STEP_SUMMARY": str(file)}
    result = steplint("check", pipeline, *AS_OF, "--format", "github", env=env)
    assert (
        "::error title=WHAT201 step-missing,file=pipeline.csv,line=3,endLine=3::there is no next step%0A" in result.out
    )
    assert file.read_text("utf-8").startswith("before\n### steplint\n")
    steplint("check", pipeline, *AS_OF, env=env)
    assert file.read_text("utf-8").count("###") == 1


def test_no_job_summary_of_a_run_that_broke_off(steplint: Steplint, tmp_path: Path) -> None:
    rows = "".join(f"{index},Send the deck by 15 Jan\n" for index in range(10))
    (tmp_path / "broken.csv").write_text(f'Id,Next Step\n{rows}11,"never closed\n', encoding="utf-8")
    file = tmp_path / "summary.md"
    result = steplint(
        "check", str(tmp_path / "broken.csv"), "--format", "github", env={"GITHUB_STEP_SUMMARY": str(file)}
    )
    assert result.code == 2
    assert not file.exists()


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY", "WORKSPACE"])
def test_names_are_relative_to_the_repository(variable: str, steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    inside = steplint("check", pipeline, "--format", "gitlab", env={variable: str(tmp_path.parent)}).out
    outside = steplint("check", pipeline, "--format", "gitlab", env={variable: "/elsewhere"}).out
    assert {issue["location"]["path"] for issue in json.loads(inside)} == {f"{tmp_path.name}/pipeline.csv"}
    assert {issue["location"]["path"] for issue in json.loads(outside)} == {"pipeline.csv"}


def test_junit_fails_as_the_run_does(steplint: Steplint, pipeline: str) -> None:
    for level, failures in (("error", 1), ("warning", 2), ("never", 0)):
        options = ("--select", "WHAT201,WHEN302", "--fail-on", level, "--format", "junit")
        assert f'failures="{failures}"' in steplint("check", pipeline, *AS_OF, *options).out


SECRETS = """\
Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Owner Email,Primary Contact,Stage,Amount,Currency,Next Step
006A,Quixotel renewal,Quixotel Freight GmbH,Zelda Wyvern,zw@wyvern.example,Bram Okoro,Proposal,98765,EUR,Call bram re 98.7k soon
006B,Vexmoor,Vexmoor,Zelda Wyvern,zw@wyvern.example,,Proposal,,,Ask Ingrid Tuft (ingrid@vexmoor.example 555-867-5309) next week
006C,Nadir pilot,Nadir,Unassigned,,,Proposal,$54321,USD,TBD
006D,Lone row with Pinkerton
"""
NAMES = (
    "quixotel", "freight", "zelda", "wyvern", "bram", "okoro", "98765", "98,765", "98.7k", "vexmoor", "ingrid", "tuft", "867",
    "nadir", "54321", "54,321", "pinkerton", "unassigned",
)  # fmt: skip


def test_nothing_is_named_in_any_format(steplint: Steplint, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(SECRETS, encoding="utf-8")
    outputs = [part for name in FORMATS for part in ("--output", f"{name}:report.{name}")]
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "report.summary")}
    result = steplint("check", str(tmp_path / "deals.csv"), *AS_OF, "--profile", "all", "--redact", *outputs, env=env)
    assert result.code == 1
    reports = {file.name: file.read_text("utf-8") for file in tmp_path.glob("report.*")}
    assert len(reports) == len(FORMATS) + 1
    for name, content in {**reports, "out": result.out, "err": result.err}.items():
        found = [word for word in NAMES if word in content.lower()]
        assert found == [], f"{name}: {found}"
    assert "006A" in reports["report.text"]


def test_redacted_findings_keep_their_keys(steplint: Steplint, pipeline: str) -> None:
    def keys(*options: str) -> list[tuple[str, str]]:
        found = json.loads(steplint("check", pipeline, *AS_OF, "--format", "json", *options).out)["findings"]
        return [(finding["key"], finding["fingerprint"]) for finding in found]

    assert keys() == keys("--redact")
