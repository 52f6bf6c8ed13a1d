"""Date expressions, by token class: what each means on a given reference day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from steplint.reading.dates import Conventions, DateSymbol, Flag, guard, parse, resolve

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "dates_cases.jsonl").read_text("utf-8").splitlines()]
SAID = {
    "range": Flag.RANGE,
    "alternatives": Flag.ALTERNATIVES,
    "context": Flag.NEEDS_CONTEXT,
    "after": Flag.OPEN_AFTER,
    "deadline": Flag.DEADLINE,
}
REF = date(2025, 11, 20)  # a Thursday


def resolved(text: str, ref: date, *, past_hint: bool = False, ways: Conventions | None = None) -> dict[str, Any]:
    symbol = parse(text)
    assert symbol is not None, f"{text!r} is no date but {guard(text)}"
    schema = dict.fromkeys(DateSymbol._fields, pl.Int32)
    frame = pl.DataFrame([symbol._asdict()], schema=schema).with_columns(ref_date=ref, past_hint=past_hint)
    return resolve(frame, conventions=ways).row(0, named=True)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['class']}: {case['text']}" for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    got = resolved(case["text"], date.fromisoformat(case["ref"]))
    said = {name for name, flag in SAID.items() if got["flags"] & flag}
    said |= {"past"} if got["past"] else set()
    said |= {got["flaw"]} if got["flaw"] else set()
    times = [str(got[name])[:5] for name in ("time", "time_end") if got[name] is not None]
    assert {
        "value": got["value"] and str(got["value"]),
        "value_end": got["value_end"] and str(got["value_end"]),
        "granularity": got["granularity"],
        "says": said,
        "time": "-".join(times),
        "end_chars": got["end_chars"],
    } == {
        "value": case["value"],
        "value_end": case["value_end"],
        "granularity": case["granularity"],
        "says": set(case.get("says", [])),
        "time": case.get("time", ""),
        "end_chars": len(case["text"]),
    }


@pytest.mark.parametrize(
    ("text", "ways", "value"),
    [
        ("3/4", Conventions(), date(2026, 3, 4)),
        ("3/4", Conventions(order="dmy"), date(2026, 4, 3)),
        ("4/12", Conventions(order="dmy"), date(2025, 12, 4)),
        ("12/25", Conventions(order="dmy"), date(2025, 12, 25)),
        ("4/12/2025", Conventions(order="dmy"), date(2025, 12, 4)),
        ("4.12.2025", Conventions(order="dmy"), date(2025, 12, 4)),
        ("2025-03-04", Conventions(order="dmy"), date(2025, 3, 4)),
        ("next Tue", Conventions(next_weekday="nearest"), date(2025, 11, 25)),
        ("next Fri", Conventions(next_weekday="nearest"), date(2025, 11, 21)),
        ("next week", Conventions(week_start=6), date(2025, 11, 24)),
        ("Q1", Conventions(fiscal_start=2), date(2026, 2, 1)),
        ("Q4", Conventions(fiscal_start=2), date(2025, 11, 1)),
        ("Q1 FY26", Conventions(fiscal_start=2), date(2025, 2, 1)),
        ("FY27", Conventions(fiscal_start=7), date(2026, 7, 1)),
        ("EOQ", Conventions(fiscal_start=2), date(2026, 1, 31)),
        ("11/1", Conventions(horizon_back_days=10), date(2026, 11, 1)),
    ],
)
def test_conventions(text: str, ways: Conventions, value: date) -> None:
    assert resolved(text, REF, ways=ways)["value"] == value


def test_next_week_on_a_sunday_depends_on_where_the_week_starts() -> None:
    sunday = date(2025, 11, 23)
    assert resolved("next week", sunday)["value"] == date(2025, 11, 24)
    assert resolved("next week", sunday, ways=Conventions(week_start=6))["value"] == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12/4", date(2024, 12, 4)),
        ("11/20", date(2025, 11, 20)),
        ("Mon", date(2025, 11, 17)),
        ("Thu", date(2025, 11, 13)),
        ("Dec 4", date(2024, 12, 4)),
        ("the 25th", date(2025, 10, 25)),
        ("October", date(2025, 10, 1)),
    ],
)
def test_behind_a_log_prefix_the_past_reading_holds(text: str, value: date) -> None:
    got = resolved(text, REF, past_hint=True)
    assert got["value"] == value


@pytest.mark.parametrize(
    ("text", "ambiguous", "absolute"),
    [
        ("3/4", True, True),
        ("3/3", False, True),
        ("3/14", False, True),
        ("Wed 3/4", False, True),
        ("Mar 4", False, True),
        ("Friday", False, False),
        ("in 3 days", False, False),
        ("2025-03-04", False, True),
        ("3/4-3/6", True, True),
    ],
)
def test_ambiguous_and_absolute(text: str, ambiguous: bool, absolute: bool) -> None:
    got = resolved(text, REF)
    assert (got["ambiguous"], got["absolute"]) == (ambiguous, absolute)


def test_a_null_reference_day_resolves_to_nothing() -> None:
    symbol = parse("Friday")
    assert symbol is not None
    schema = dict.fromkeys(DateSymbol._fields, pl.Int32)
    frame = pl.DataFrame([symbol._asdict()], schema=schema).with_columns(ref_date=pl.lit(None, pl.Date))
    got = resolve(frame).row(0, named=True)
    assert (got["value"], got["value_end"], got["past"]) == (None, None, False)


def test_an_empty_frame_stays_empty() -> None:
    schema = dict.fromkeys(DateSymbol._fields, pl.Int32)
    assert resolve(pl.DataFrame([], schema={**schema, "ref_date": pl.Date})).height == 0
