"""The public Python API."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import steplint
from steplint.findings.schema import SCHEMA

AS_OF = date(2026, 1, 12)


def test_every_public_name_is_there() -> None:
    for name in steplint.__all__:
        assert getattr(steplint, name)
    with pytest.raises(AttributeError):
        steplint.nothing  # noqa: B018


def test_lint_dicts_frames_and_files_alike(tmp_path: Path) -> None:
    rows = [{"Id": "a", "Next Step": "Circle back next quarter"}, {"Id": "b", "Next Step": None}]
    frame = pl.DataFrame(rows)
    frame.write_csv(tmp_path / "deals.csv")
    found = [steplint.lint(source, as_of=AS_OF, source_name="x") for source in (rows, frame, tmp_path / "deals.csv")]
    for findings in found:
        assert dict(findings.schema) == {name: column.dtype for name, column in SCHEMA.items()}
        assert findings["key"].to_list() == found[0]["key"].to_list()
    assert {"WHEN302", "WHAT201"} <= set(found[0]["code"])
    assert set(found[0]["severity"]) <= set(steplint.Severity)


def test_lint_selects(tmp_path: Path) -> None:
    rows = [{"next_step": ""}]
    assert steplint.lint(rows, as_of=AS_OF, select=["WHAT201"], severity={"WHAT201": "info"})["severity"][0] == "info"
    with pytest.raises(steplint.SteplintError, match="no next-step column"):
        steplint.lint([{"next_stp": "x"}], as_of=AS_OF)
    with pytest.raises(steplint.SteplintError, match="did you mean strict"):
        steplint.lint(rows, as_of=AS_OF, profile="strct")


def test_parse_and_read() -> None:
    told = steplint.parse("Call Dana tomorrow 10:00", date(2026, 1, 12), contacts=["Dana Lee"])
    assert told["date"] == "2026-01-13"
    assert told["next_step"] == "Call Dana tomorrow 10:00"
    assert steplint.read(["TBD", None], as_of=AS_OF)["placeholder"].to_list() == [True, True]
