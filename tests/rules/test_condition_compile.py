from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from steplint.rules.columns import COLUMNS
from steplint.rules.condition import compile, explain, parse
from steplint.rules.condition.compiler import Calendar

OPTIONS: dict[str, Any] = {
    "grace": 1,
    "horizon": {"prove": 3, "default": 5},
    "only": {"prove": 3},
    "fit": {"prove": ["demo"], "commit": ["contract"]},
    "names": ["Ann"],
}
# 2026-01-17 is a Saturday, 2026-01-18 a Sunday.
RECORD: dict[str, Any] = {
    "owner": "Ann",
    "date": dt.date(2026, 1, 17),
    "as_of": dt.date(2026, 1, 18),
    "close_date": dt.date(2026, 3, 1),
    "due_date": None,
    "commitment": 3,
    "contacts": ["Dana"],
    "next_step_changed": dt.datetime(2026, 1, 18, 15),
    "created": dt.datetime(2026, 1, 5, 9),
    "modified": dt.datetime(2026, 1, 6, 11, 30),
    "last_meeting": None,
    "stage_role": "prove",
    "waiting": True,
    "hedged": None,
    "next_step": "Call a.b\nx",
    "time": dt.time(14),
    "step_type": "demo",
    "amount": 10.5,
}
DTYPES = {"str": pl.String, "bool": pl.Boolean, "int": pl.Int8, "float": pl.Float64, "date": pl.Date, "time": pl.Time}
DTYPES |= {"datetime": pl.Datetime("us"), "list": pl.List(pl.String)}


def frame(*records: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(records, schema={name: DTYPES[COLUMNS[name]] for name in RECORD})


CASES = [
    ("date + 1 workday = '2026-01-19'", True),
    ("as_of - :grace workdays = '2026-01-16'", True),
    ("as_of + 0 workdays = as_of", True),
    ("as_of + :horizon days = '2026-01-21'", True),
    ("as_of + :horizon workdays = '2026-01-21'", True),
    ("next_step_changed = as_of AND next_step_changed <= '2026-01-18'", True),
    ("as_of - 18 days = '2025-12-31'", True),
    ("has(contacts, 'Dana') AND NOT has(contacts, 'Ann')", True),
    ("has(contacts, owner)", False),
    ("count(contacts) = 1", True),
    ("step_type IN :fit", True),
    ("step_type NOT IN :fit", False),
    ("owner IN :names AND owner NOT IN ('Bo')", True),
    ("next_step LIKE 'Call a._%x'", True),
    ("next_step LIKE 'call%'", False),
    ("next_step ILIKE 'call%X'", True),
    ("next_step LIKE 'Call'", False),
    ("time < '15:00' AND time >= '14:00'", True),
    ("days_between(as_of, close_date) = 42", True),
    ("workdays_between(as_of, close_date) = 30", True),
    ("hours_between(created, modified) = 26.5", True),
    ("hours_between(modified, created) < 0", True),
    ("hours_between(created, last_meeting) > 0", False),
    ("commitment + 300 > 302", True),
    ("commitment IN (3, :grace)", True),
    ("commitment BETWEEN 1 AND :horizon", True),
    ("commitment = 3.0 AND amount > 10", True),
    ("CASE WHEN hedged THEN 1 WHEN waiting THEN 2 END = 2", True),
    ("CASE WHEN hedged THEN 1 END = 1", False),
    ("COALESCE(due_date, next_step_changed) = as_of", True),
    ("length(next_step) = 10", True),
    ("date IN ('2026-01-16', '2026-01-17')", True),
    # null is not true, and neither is its opposite
    ("hedged", False),
    ("NOT hedged", False),
    ("hedged OR waiting", True),
    ("hedged AND waiting", False),
    ("hedged IS TRUE", False),
    ("hedged IS NOT TRUE", True),
    ("hedged IS FALSE", False),
    ("due_date < as_of OR due_date >= as_of", False),
    ("due_date IS NULL", True),
]


@pytest.mark.parametrize(("text", "holds"), CASES)
def test_conditions_hold_as_written(text: str, holds: bool) -> None:
    tree = parse(text, options=OPTIONS)
    assert frame(RECORD).select(compile(tree, OPTIONS)).to_series().to_list() == [holds]


def test_an_option_by_stage_role_that_is_silent_about_a_role_never_holds() -> None:
    records = frame(RECORD, {**RECORD, "stage_role": "commit"}, {**RECORD, "stage_role": None})
    made = [compile(parse(text, options=OPTIONS), OPTIONS) for text in ("commitment = :only", "NOT commitment = :only")]
    held = [records.select(expression).to_series().to_list() for expression in made]
    assert held == [[True, False, False], [False, False, False]]


def test_holidays_and_work_week_move_workdays() -> None:
    calendar = Calendar((True, True, True, True, False, False, True), [dt.date(2026, 1, 19)])
    tree = parse("as_of + 1 workday = '2026-01-20'")
    assert frame(RECORD).select(compile(tree, calendar=calendar)).item() is True


def test_every_condition_gives_true_or_false_on_empty_and_null_frames() -> None:
    nothing = frame(dict.fromkeys(RECORD))
    for text, _ in CASES:
        made = compile(parse(text, options=OPTIONS), OPTIONS)
        assert nothing.select(made.alias("x"))["x"].null_count() == 0
        assert frame().select(made.alias("x"))["x"].dtype == pl.Boolean


def test_explain_tells_each_part_with_the_values_it_saw() -> None:
    tree = parse("date + :horizon days < as_of AND NOT (hedged OR owner = 'Ann')", options=OPTIONS)
    assert explain(tree, frame(RECORD), OPTIONS) == [
        (0, "date + :horizon days < as_of AND NOT (hedged OR owner = 'Ann')", False),
        (1, "date + :horizon days < as_of", False),
        (2, "date", dt.date(2026, 1, 17)),
        (2, ":horizon", 3),
        (2, "as_of", dt.date(2026, 1, 18)),
        (1, "NOT (hedged OR owner = 'Ann')", False),
        (2, "hedged OR owner = 'Ann'", True),
        (3, "hedged", None),
        (3, "owner = 'Ann'", True),
        (4, "owner", "Ann"),
    ]
