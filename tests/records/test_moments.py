"""Dates as CRMs and spreadsheets write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.records.dayorder import Evidence, add_dates, add_texts, settle
from steplint.records.moments import parse_moment, to_dates, to_moments


@pytest.mark.parametrize(
    ("text", "mdy", "dmy"),
    [
        ("2026-01-05", (2026, 1, 5), (2026, 1, 5)),
        ("2026/1/5", (2026, 1, 5), (2026, 1, 5)),
        ("20260105", (2026, 1, 5), (2026, 1, 5)),
        (" 1/5/2026 ", (2026, 1, 5), (2026, 5, 1)),
        ("01-05-26", (2026, 1, 5), (2026, 5, 1)),
        ("Mon 1/5/2026", (2026, 1, 5), (2026, 5, 1)),
        ("5.1.2026", (2026, 1, 5), (2026, 1, 5)),
        ("5-Jan-2026", (2026, 1, 5), (2026, 1, 5)),
        ("5 January 2026", (2026, 1, 5), (2026, 1, 5)),
        ("Jan 5, 2026", (2026, 1, 5), (2026, 1, 5)),
        ("1/5/2026 3:04 PM", (2026, 1, 5, 15, 4), (2026, 5, 1, 15, 4)),
        ("1/5/2026, 12:04:09 am", (2026, 1, 5, 0, 4, 9), (2026, 5, 1, 0, 4, 9)),
        ("2026-01-05 15:04", (2026, 1, 5, 15, 4), (2026, 1, 5, 15, 4)),
        ("2026-01-05T15:04:09.123Z", (2026, 1, 5, 15, 4, 9), (2026, 1, 5, 15, 4, 9)),
        ("2026-01-05T15:04:09+05:30", (2026, 1, 5, 9, 34, 9), (2026, 1, 5, 9, 34, 9)),
        ("1767571200000", (2026, 1, 5), (2026, 1, 5)),
        ("13/5/2026", None, (2026, 5, 13)),
        ("5/13/2026", (2026, 5, 13), None),
        ("2/30/2026", None, None),
        ("2026-13-01", None, None),
        ("1/5/2026 13:00 PM", None, None),
        ("1/5/0026", None, None),
        ("next week", None, None),
        ("1/5", None, None),
        ("Foo 5, 2026", None, None),
        ("", None, None),
    ],
)
def test_one_value(text: str, mdy: tuple[int, ...] | None, dmy: tuple[int, ...] | None) -> None:
    for order, expected in (("mdy", mdy), ("dmy", dmy)):
        moment = datetime(*expected) if expected else None  # type: ignore[arg-type]
        assert parse_moment(text, order) == moment
        assert to_moments(pl.Series([text]), order, "UTC").to_list() == [moment]


def test_an_unknown_order_reads_no_local_date() -> None:
    column = pl.Series(["1/5/2026", "3/3/2026", "2026-01-05", None])
    assert to_dates(column, "unknown", "UTC").to_list() == [None, None, date(2026, 1, 5), None]


def test_zones() -> None:
    column = pl.Series(["2026-01-31T00:00:00.000Z", "2026-01-31T23:30:00Z", "2026-07-31T23:30:00+00:00", "2026-01-31"])
    berlin = [datetime(2026, 1, 31, 1), datetime(2026, 2, 1, 0, 30), datetime(2026, 8, 1, 1, 30), datetime(2026, 1, 31)]
    assert to_moments(column, "mdy", "Europe/Berlin").to_list() == berlin
    # Midnight UTC is how plain dates are exported: it stays that day, west of Greenwich too.
    days = [date(2026, 1, 31), date(2026, 1, 31), date(2026, 7, 31), date(2026, 1, 31)]
    assert to_dates(column, "mdy", "America/New_York").to_list() == days


_shapes = st.sampled_from(
    ["{m}/{d}/{y}", "{m:02}/{d:02}/{y}", "{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}T{h:02}:{n:02}:09Z",
     "{m}/{d}/{y} {h}:{n:02}", "{m}/{d}/{y} {h}:{n:02} PM", "{y}-{m:02}-{d:02} {h:02}:{n:02}:00.5+02:00",
     "{d}.{m}.{y}", "{m}/{d}/{s}", "", "{m}/{y}"]
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            _shapes,
            st.integers(1890, 2210),
            st.integers(0, 14),
            st.integers(0, 33),
            st.integers(0, 25),
            st.integers(0, 61),
        ),
        max_size=8,
    ),
    st.sampled_from(["mdy", "dmy", "unknown"]),
    st.sampled_from(["UTC", "America/New_York"]),
    st.booleans(),
)
def test_the_passes_in_columns_agree_with_the_grammar(
    parts: list[tuple[str, int, int, int, int, int]], order: str, zone: str, day: bool
) -> None:
    if zone != "UTC":  # the time-zone tables of Polars end in 2037
        parts = [part for part in parts if 1971 <= part[1] <= 2037]
    texts = [shape.format(y=y, m=m, d=d, h=h, n=n, s=y % 100) for shape, y, m, d, h, n in parts]
    info = UTC if zone == "UTC" else ZoneInfo(zone)
    expected = [parse_moment(text, order, info, day=day) for text in texts]
    assert to_moments(pl.Series(texts, dtype=pl.String), order, zone, day=day).to_list() == expected


@pytest.mark.parametrize(
    ("columns", "texts", "verdict"),
    [
        (["1/31/2026", "2/3/2026"], [], ("mdy", "mdy", True)),
        (["31/1/2026", "2/3/2026"], [], ("dmy", "dmy", True)),
        (["31-1-2026"], [], ("dmy", "dmy", True)),
        (["2/3/2026", "4/4/2026"], [], ("unknown", "mdy", False)),
        (["31/1/2026", "1/31/2026"], [], ("unknown", "mdy", False)),
        (["31/1/2026", *(f"1/{day}/2026" for day in range(12, 32))], [], ("unknown", "mdy", False)),
        (["31/1/2026", *(f"{m}/{day}/2026" for m in (1, 3) for day in range(13, 24))], [], ("mdy", "mdy", True)),
        (["1/31/2026", "31/1/2026 or so", "31/1/20261"], [], ("mdy", "mdy", True)),
        (["Tue 2/3/2026"], [], ("mdy", "mdy", True)),  # 3 February 2026 is a Tuesday, 2 March a Monday
        (["2/3/2026"], ["Demo Tue 3/2", "call Fri 6/2"], ("dmy", "dmy", True)),
        (["2/3/2026"], ["Demo Tue 3/2"], ("unknown", "dmy", True)),
        (["2026-01-31"], ["3/4 of the team", "24/7", "25/12"], ("unknown", "mdy", False)),
        (["2026-01-31"], ["Demo Tue 2/3 at 9"], ("unknown", "mdy", True)),
    ],
)
def test_day_order(columns: list[str], texts: list[str], verdict: tuple[str, str, bool]) -> None:
    evidence = Evidence()
    add_dates(evidence, "close_date", columns)
    add_texts(evidence, texts, date(2026, 1, 12))
    assert settle(evidence, "auto") == verdict
    assert settle(evidence, "dmy") == ("dmy", "dmy", True)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["02/01/2026", "03/01/2026", "05/01/2026"], "unknown"),  # within a month of as-of either way
        (["02/12/2025", "03/12/2025", "05/11/2025"], "unknown"),  # all in the past either way
        (["05/01/2026", "06/01/2026", "07/01/2026"], "dmy"),  # May to July would be days to come
        (["01/05/2026", "01/06/2026", "01/07/2026"], "mdy"),
        (["05/01/2026", "06/01/2026"], "unknown"),  # two may be slips
        (["05/01/2026", "06/01/2026", "07/01/2026", "01/09/2026"], "unknown"),
    ],
)
def test_days_of_the_past_do_not_lie_in_the_future(values: list[str], order: str) -> None:
    evidence = Evidence()
    add_dates(evidence, "modified", values, date(2026, 2, 12))
    assert settle(evidence, "auto")[0] == order
