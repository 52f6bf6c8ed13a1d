"""Days are written as their column writes them, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.patching import File

from steplint.records.moments import parse_moment
from steplint.sources.patch.dates import Days
from steplint.sources.patch.edits import Refused

DAY = date(2026, 1, 5)


def put(values: list[str], order: str = "mdy", **others: list[str]) -> str:
    """How 5 January 2026 is written in a column of these values beside those of other columns."""
    columns = {"due_date": values, **others}
    height = max(map(len, columns.values()))
    frame = pl.DataFrame(
        {name: [*column, *[None] * (height - len(column))] for name, column in columns.items()},
        schema=dict.fromkeys(columns, pl.String()),
    )
    return Days(frame, order).write("due_date", DAY)


@pytest.mark.parametrize(
    ("values", "order", "written"),
    [
        ("2026-02-11", "mdy", "2026-01-05"),
        ("2026-2-3", "mdy", "2026-1-5"),
        ("2026/02/03", "mdy", "2026/01/05"),
        ("1/15/2026", "mdy", "1/5/2026"),
        ("01/15/2026", "mdy", "01/05/2026"),
        ("11/15/2026", "mdy", "01/05/2026"),
        ("11/15/2026 | 1/2/2026", "mdy", "1/5/2026"),
        ("1/15/26", "mdy", "1/5/26"),
        ("15/1/2026", "dmy", "5/1/2026"),
        ("15/01/26", "dmy", "05/01/26"),
        ("15-01-2026", "dmy", "05-01-2026"),
        ("15.01.2026", "mdy", "05.01.2026"),
        ("1.2.2026", "unknown", "5.1.2026"),
        ("1.2.26", "mdy", "5.1.26"),
        ("1. 2. 2026", "mdy", "5. 1. 2026"),
        ("15 Jan 2026", "mdy", "5 Jan 2026"),
        ("05 Feb 2026", "mdy", "05 Jan 2026"),
        ("15-Jan-2026", "mdy", "5-Jan-2026"),
        ("05-FEB-26", "mdy", "05-JAN-26"),
        ("15 February 2026", "mdy", "5 January 2026"),
        ("Feb 15, 2026", "mdy", "Jan 5, 2026"),
        ("February 15, 2026", "mdy", "January 5, 2026"),
        ("Feb. 15, 2026", "mdy", "Jan. 5, 2026"),
        ("Feb 15 2026", "mdy", "Jan 5 2026"),
        ("February 1st, 2026", "mdy", "January 5th, 2026"),
        ("2nd February 2026", "mdy", "5th January 2026"),
        ("Tue 3 Feb 2026", "mdy", "Mon 5 Jan 2026"),
        ("Tuesday, February 3, 2026", "mdy", "Monday, January 5, 2026"),
        ("Tue, 2/3/2026", "mdy", "Mon, 1/5/2026"),
        ("20260203", "mdy", "20260105"),
        ("1768435200000", "mdy", "1767571200000"),
        ("46037", "mdy", "46027"),
        ("2026-02-03T00:00:00.000Z", "mdy", "2026-01-05T00:00:00.000Z"),
        ("2026-02-03T00:00:00.000+0000", "mdy", "2026-01-05T00:00:00.000+0000"),
        ("2026-02-03 00:00:00", "mdy", "2026-01-05 00:00:00"),
        ("2/3/2026 12:00 AM", "mdy", "1/5/2026 12:00 AM"),
        ("2/3/2026, 12:00 AM", "mdy", "1/5/2026, 12:00 AM"),
        ("03.02.2026 00:00", "mdy", "05.01.2026 00:00"),
        ("2026-02-03 08:00 | 2026-02-04 08:00 | 2026-02-05 09:30", "mdy", "2026-01-05 08:00"),
        ("2026-02-03 | 2026-02-04 | 2/5/2026", "mdy", "2026-01-05"),
        ("soon | next week | 2/5/2026", "mdy", "1/5/2026"),
        ("2026-02-31 | 2/5/2026", "mdy", "1/5/2026"),
        (" 2/5/2026 ", "mdy", "1/5/2026"),
        ("", "mdy", "2026-01-05"),
        ("soon", "unknown", "2026-01-05"),
    ],
)
def test_the_columns_own_form(values: str, order: str, written: str) -> None:
    assert put(values.split(" | "), order) == written


@pytest.mark.parametrize(
    ("values", "order", "reason"),
    [
        ("1/2/2026", "unknown", "day or month"),
        ("1/2/2026 | 3/4/2026 | 2026-01-05", "unknown", "day or month"),
        ("2026-02-03 | 2/5/2026", "mdy", "different forms"),
        ("2026-02-03 | 2/5/2026 | 3 Feb 2026", "mdy", "different forms"),
        ("2026-02-03 08:00 | 2026-02-04 09:00", "mdy", "times of day"),
        ("1768435200001", "mdy", "different forms"),
    ],
)
def test_no_form_to_follow(values: str, order: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        put(values.split(" | "), order)


@pytest.mark.parametrize(
    ("others", "order", "written"),
    [
        ({"close_date": ["2026-02-03"], "modified": ["1/2/2026 3:45 PM"]}, "mdy", "2026-01-05"),
        ({"close_date": ["2/3/2026"], "modified": ["2026-01-02T03:45:00Z"]}, "mdy", "2026-01-05"),
        ({"close_date": ["2/3/2026"], "modified": ["1/2/2026 3:45 PM", "1/2/2026 3:46 PM"]}, "mdy", "1/5/2026"),
        ({"close_date": ["30.04.2026"], "modified": ["3 Feb 2026"], "created": ["4.2.2026"]}, "mdy", None),
        (
            {"close_date": ["30.04.2026"], "modified": ["03.02.2026 11:00"], "created": ["4 Feb 2026"]},
            "mdy",
            "05.01.2026",
        ),
        ({"close_date": ["3/4/2026"]}, "unknown", None),
        ({"close_date": ["some day"]}, "mdy", "2026-01-05"),
    ],
)
def test_an_empty_column_follows_the_others(others: dict[str, list[str]], order: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(Refused):
            put([], order, **others)
    else:
        assert put([], order, **others) == written


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.lists(st.dates(date(2000, 1, 1), date(2068, 12, 31)), min_size=1, max_size=5),
    st.sampled_from(
        ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%y", "%d %b %Y", "%B %d, %Y", "%a, %d %b %Y", "%Y%m%d", "%m-%d-%y"]
    ),
    st.sampled_from(["", " 00:00", "T00:00:00Z"]),
)
def test_what_is_written_is_read(day: date, shown: list[date], form: str, clock: str) -> None:
    if clock and form == "%Y%m%d":
        clock = "T00:00:00Z"
    values = [each.strftime(form) + clock for each in shown]
    written = Days(pl.DataFrame({"due_date": values}), "mdy").write("due_date", day)
    moment = parse_moment(written, "mdy")
    assert moment is not None
    assert moment.date() == day
    assert written.endswith(clock)


def test_a_file_whose_days_are_in_another_zone(tmp_path: Path) -> None:
    """23:00 UTC is the next day in Berlin: a day that would be read as another one is not written."""
    rows = "".join(f"{n},Call,2026-01-1{n}T23:00:00Z\n" for n in range(3)) + "9,Call,\n"
    file = File.of(tmp_path, "a.csv", "id,next step,due date\n" + rows)
    edit = file.edit(3, "due_date", "2026-02-02")
    assert file.after(edit).decode().endswith("9,Call,2026-02-02T23:00:00Z\n")
    berlin = File(file.path, {"timezone": "Europe/Berlin"})
    patched = berlin.patch(edit)
    assert patched.data == file.data
    assert "another day" in patched.refused[0][1]


@pytest.mark.parametrize(
    ("order", "first", "written"),
    [
        ("auto", "1/13/2026", "1/5/2026"),
        ("auto", "13/1/2026", "5/1/2026"),
        ("mdy", "1/2/2026", "1/5/2026"),
        ("dmy", "1/2/2026", "5/1/2026"),
    ],
)
def test_the_order_of_the_file_or_the_one_given(tmp_path: Path, order: str, first: str, written: str) -> None:
    source = f"id,next step,due date\n1,Call,{first}\n2,Call,\n"
    file = File.of(tmp_path, "a.csv", source, date_order=order)
    assert file.put(1, "due_date", "2026-01-05") == source[:-1] + written + "\n"


def test_an_order_that_nothing_shows(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.csv", "id,next step,due date\n1,Call,1/2/2026\n2,Call,\n")
    assert "--date-order" in file.refuses(1, "due_date", "2026-01-05")


def test_old_days_are_compared_as_days(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.csv", "id,next step,due date\n1,Call,1/13/2026\n")
    edit = file.edit(0, "due_date", "2026-01-20")
    assert edit.old == "2026-01-13"
    assert file.after(edit).decode().endswith("1,Call,1/20/2026\n")
    stale = file.patch(edit._replace(old=(DAY + timedelta(days=1)).isoformat()))
    assert "the file changed: it says “2026-01-13” there" in stale.refused[0][1]
