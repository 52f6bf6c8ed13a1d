"""Every example export: what is read, what is dropped and why, and where each record is found.

`exports.json` is what `examples/exports/make.py` says it wrote: an oracle that never saw a reader.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import steplint
from steplint.records import RecordStream
from steplint.sources import open_source

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "examples/exports"
AS_OF = date(2026, 1, 12)
TOLD: dict[str, dict[str, Any]] = json.loads((Path(__file__).with_name("exports.json")).read_text("utf-8"))
DEALS = [name for name, told in TOLD.items() if told["records"] == 120]
#: What a file is recognised as; where the oracle names the CRM, steplint may know the shape more closely.
CLOSER = {"salesforce-tasks.csv": "tasks", "hubspot-activities.csv": "tasks", "mutual-action-plan.xlsx": "plan"}

#: 20.01.2026 can be read in one way only.
ORDERLESS = {"suitecrm.csv"}


def counters() -> Any:
    spec = importlib.util.spec_from_file_location("counters", Path(__file__).with_name("counters.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name: str) -> tuple[RecordStream, pl.DataFrame]:
    stream = open_source([str(EXPORTS / name)], as_of=AS_OF)
    batches = list(stream.batches)
    assert all(batch.rejected.is_empty() for batch in batches)
    return stream, pl.concat(batch.records for batch in batches)


def test_every_export_is_told_of() -> None:
    files = {file.name for file in EXPORTS.iterdir() if file.suffix != ".py" and file.name != "pool.yaml"}
    assert files == set(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_records_closed_ones_and_dropped_rows(name: str) -> None:
    stream, records = read(name)
    told = TOLD[name]
    assert records.height == told["records"] == counters().count_rows(EXPORTS / name)
    assert (records["scope"] == "closed").sum() == told["closed"]
    dropped = {line: why for table in stream.dropped for line, why, _ in table}
    expected = {row["at"]: row["why"] for row in told["dropped"] if row["why"] != "blank"}
    same = {"group": "subtotal", "total": "subtotal"}
    assert dropped == {at: same.get(why, why) for at, why in expected.items()}


@pytest.mark.parametrize("name", TOLD)
def test_what_was_recognised_is_said(name: str) -> None:
    stream, _ = read(name)
    told = TOLD[name]
    assert stream.mapping.preset == CLOSER.get(name, told["preset"])
    said = {"mdy": "; month before day", "dmy": "; day before month"}.get(told["date_order"])
    if name in ORDERLESS:
        said = None
    assert stream.shapes[0].partition(";")[2] == (said or "").removeprefix(";")
    if told["header_at"] and not name.endswith((".json", ".yaml")):
        assert stream.shapes[0].split(";")[0].endswith(str(told["header_at"]))


@pytest.mark.parametrize("name", TOLD)
def test_every_record_is_found_where_it_stands(name: str) -> None:
    _, records = read(name)
    places = dict(zip(records["id"], _places(records), strict=True))
    assert places == TOLD[name]["next_step_at"]


def _places(records: pl.DataFrame) -> list[int | str]:
    rows = records.select("sheet", "cell", "line").rows()
    return [f"{sheet}!{cell}" if sheet else line for sheet, cell, line in rows]


def findings(name: str, profile: str) -> set[tuple[str, str, str | None]]:
    result = steplint.lint(str(EXPORTS / name), profile=profile, as_of=AS_OF)
    rows = result.select("record_id", "code", "text").rows()
    return {(record.removeprefix("zcrm_"), code, text and " ".join(text.split())) for record, code, text in rows}


@pytest.mark.parametrize("name", [name for name in DEALS if name != "deals.jsonl"])
def test_the_same_deals_give_the_same_findings_in_every_shape(name: str) -> None:
    # SuiteCRM exports no last activity, so the rule that needs it is not run there.
    aside = {"CAD706"} if name == "suitecrm.csv" else set()
    expected = {finding for finding in findings("deals.jsonl", "all") if finding[1] not in aside}
    found = findings(name, "all")
    assert {finding[:2] for finding in found} == {finding[:2] for finding in expected}
    assert {finding[2] or "" for finding in found} == {finding[2] or "" for finding in expected}


def test_a_folder_is_read_file_by_file() -> None:
    stream = open_source([str(EXPORTS)], as_of=AS_OF)
    rows = sum(batch.records.height for batch in stream.batches)
    assert {Path(path).name for path, _ in stream.mappings} == {*TOLD, "pool.yaml"}
    assert rows == sum(told["records"] for told in TOLD.values()) + 120
