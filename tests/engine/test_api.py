"""The public Python API."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import steplint
from steplint.findings.schema import SCHEMA
from steplint.rules import template
from steplint.rules.rule import DOCUMENTATION

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


def test_findings_name_the_page_of_their_rule(tmp_path: Path) -> None:
    """Those of records, of the source and of rows that cannot be read; rules of one's own have no page."""
    own = tmp_path / "rule.yaml"
    own.write_text(template("ACME101", "step-odd"), encoding="utf-8")
    rows = [
        "a,Find synergy",
        "b,Angebot nachfassen und mit dem Kunden einen Termin für nächste Woche vereinbaren",
        "c,d,e",
    ]
    path = tmp_path / "deals.csv"
    path.write_text("\n".join(["Id,Next Step", *rows, ""]), encoding="utf-8")
    found = steplint.lint(path, as_of=AS_OF, rules=[own], extend_select=["ACME101"])
    told = dict(found.select("code", "why_url").rows())
    assert {"ACME101", "SRC001", "SRC006"} <= set(told)
    assert told.pop("ACME101") is None
    assert told == {code: f"{DOCUMENTATION}rules/{code}/" for code in told}
