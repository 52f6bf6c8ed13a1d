"""No day of the year is special: each is read, however it is written, wherever it stands in a step."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

import steplint

WAYS = ["%-m/%-d", "%m/%d/%Y", "%-m/%-d/%y", "%-m-%-d-%Y", "%-d %b", "%b %-d", "%B %-d, %Y", "%A %-d %B", "%a %b %-d", "%Y-%m-%d",
        "%d.%m.%Y", "%-d-%b-%y"]  # fmt: skip
STEPS = [
    "Call Dana {} 10am",
    "Call Dana on {} at 10am",
    "Demo w/ CFO ({})",
    "send SOW by {}",
    "send SOW by EOD {}",
    "mtg w/ Raj {} @ 2pm",
    "send SOW - due {}",
    "{}: call Dana re pricing",
]
#: Later days without a year are, by convention, those of the year before.
DAYS = [date(2026, 1, 2) + timedelta(days=number) for number in range(270)]


@pytest.mark.parametrize("way", WAYS)
def test_every_day_is_read(way: str) -> None:
    days = [day for day in DAYS for _ in STEPS]
    texts = [step.format(day.strftime(way)) for day in DAYS for step in STEPS]
    records = pl.DataFrame({"next_step": texts, "next_step_changed": ["2026-01-01T09:00"] * len(texts)})
    reading = steplint.read(records, as_of=date(2026, 1, 1), date_order="mdy")
    found = zip(texts, days, reading["date"].to_list(), strict=True)
    assert [(text, said) for text, day, said in found if said != str(day)] == []
