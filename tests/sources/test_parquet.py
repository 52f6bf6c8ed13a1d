"""Parquet files: types as warehouses write them, and damaged files that must not reach the native reader."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.reading import Read, outcome, read, refused

import steplint.sources.pages as pages
from steplint.errors import SteplintError
from steplint.records.org import Org
from steplint.sources import open_source
from steplint.sources.thrift import Broken, Thrift


def written(frame: pl.DataFrame, **options: Any) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, **options)
    return out.getvalue()


def of(steps: Any = ("Call", None), org: Org | None = None, **columns: Any) -> Read:
    """A file of two records, read."""
    data = {"Id": ["a", "b"], "Next Step": list(steps), **columns}
    series = {
        name: value if isinstance(value, pl.Series) else pl.Series(value, strict=False) for name, value in data.items()
    }
    return read(written(pl.DataFrame(series)), "deals.parquet", **({"org": org} if org else {}))


def test_columns_keep_their_types() -> None:
    found = of(
        steps=["Call", ""],
        **{
            "Amount": [Decimal("12.50"), None], "Close Date": [date(2026, 1, 31), None], "Closed": [True, None],
            "Last Modified Date": [datetime(2026, 1, 5, 10, 30), None], "Contacts": [["Dana", "Raj"], []],
            "Stage": pl.Series(["Demo", "Won"], dtype=pl.Categorical), "Owner": pl.Series(["x", "y"], dtype=pl.Enum(["x", "y"])),
        },
    )  # fmt: skip
    records = found.records
    assert found.stream.kind == "parquet"
    assert found.lines == [1, 2]
    assert found.steps == ["Call", ""]
    assert records["amount"].to_list() == [12.5, None]
    assert records["close_date"].to_list() == [date(2026, 1, 31), None]
    assert records["is_closed"].to_list() == [True, None]
    assert records["modified"][0] == datetime(2026, 1, 5, 10, 30)
    assert records["contacts"].to_list() == [["Dana", "Raj"], []]
    assert records["stage"].to_list() == ["Demo", "Won"]
    assert records["owner"].to_list() == ["x", "y"]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, 2], ["1", "2"]),
        ([6001.0, 2.5], ["6001", "2.5"]),
        ([float("nan"), None], ["NaN", None]),
        ([True, None], ["true", None]),
        ([date(2026, 1, 31), None], ["2026-01-31", None]),
        ([Decimal("1.50"), None], ["1.50", None]),
        ([time(9, 30), None], ["09:30:00", None]),
        ([b"Call", None], ["Call", None]),
        ([["Call", "Mail"], []], ["Call\nMail", ""]),
        (pl.Series([["Call"], None], dtype=pl.Array(pl.String, 1)), ["Call", None]),
        (pl.Series([None, None], dtype=pl.Null), [None, None]),
        (pl.Series([2**63, 1], dtype=pl.UInt64), [str(2**63), "1"]),
    ],
)
def test_a_next_step_of_another_type_is_text(values: Any, texts: list[str | None]) -> None:
    assert of(steps=values).steps == texts


def test_nested_columns_stand_under_their_path() -> None:
    found = of(Account=[{"Name": "Acme"}, None], Owner=[{"Name": "D. Lee", "Email": "d@x.example"}] * 2)
    assert found.records["account"].to_list() == ["Acme", None]
    assert found.records["owner"].to_list() == ["D. Lee", "D. Lee"]
    assert found.records["owner_email"][0] == "d@x.example"


def test_a_nested_column_and_one_with_a_dot_are_twins() -> None:
    frame = pl.DataFrame({"NextStep": ["a"], "Owner": [{"Name": "x"}], "Owner.Name": ["y"]})
    refused(
        written(frame), "a.parquet", r"2 headers look alike and fit owner: 'Owner.Name' \(#2\), 'Owner.Name' \(#3\)"
    )


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_moments_with_a_zone_are_moved_and_days_stay(unit: Any) -> None:
    moments = pl.Series([datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 1, 31, 2, tzinfo=UTC)]).dt.cast_time_unit(
        unit
    )
    found = of(org=Org(timezone="America/New_York"), **{"Close Date": moments, "Last Modified Date": moments})
    assert found.records["close_date"].to_list() == [
        date(2026, 1, 31),
        date(2026, 1, 30),
    ]  # midnight UTC is a plain day
    assert found.records["modified"].to_list() == [datetime(2026, 1, 30, 19), datetime(2026, 1, 30, 21)]


def test_values_that_no_deal_has_are_null_and_counted() -> None:
    found = of(
        **{
            "Close Date": pl.Series([2**31 - 1, -(2**31)], dtype=pl.Int32).cast(pl.Date),
            "Created Date": [datetime(9999, 12, 31), datetime(1, 1, 1)],
            "Amount": [float("nan"), float("inf")],
            "Last Activity": [time(9), None],
            "Next Step Date": [timedelta(days=1), None],
        }
    )
    for name in ("close_date", "created", "amount", "last_activity", "due_date"):
        assert found.records[name].to_list() == [None, None], name
    assert set(found.stream.notes) == {
        "deals.parquet: “Close Date”: 2 values are no date",
        "deals.parquet: “Created Date”: 2 values are no date",
        "deals.parquet: “Last Activity”: 1 value is no date",
    }


def test_rows_without_anything_are_out_of_scope() -> None:
    frame = pl.DataFrame({"Next Step": ["a", None, ""], "Amount": [1, None, None], "Contacts": [["x"], None, []]})
    assert read(written(frame), "a.parquet").records["scope"].to_list() == [None, "blank", "blank"]


def test_many_row_groups_and_rows_have_their_numbers() -> None:
    frame = pl.DataFrame({"id": [f"r{n}" for n in range(100_000)], "next_step": ["Call"] * 100_000})
    found = read(written(frame, row_group_size=7_001), "a.parquet")
    assert found.records["id"].to_list() == frame["id"].to_list()
    assert found.lines == list(range(1, 100_001))


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path: Path) -> None:
    file = tmp_path / "stage=Won" / "deals.parquet"
    file.parent.mkdir()
    file.write_bytes(written(pl.DataFrame({"id": ["a"], "next_step": ["Call"]})))
    stream = open_source([str(file)], as_of=date(2026, 1, 12))
    assert stream.columns == {"id", "next_step"}
    stream.close()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pl.DataFrame({"Id": [], "Next Step": []}, schema={"Id": pl.String, "Next Step": pl.String}), "no records"),
        (pl.DataFrame(), "no next-step column; headers found: none"),
        (pl.DataFrame({"Id": ["a"], "Next Step": [timedelta(1)]}), "no next-step column; headers found: Id"),
        (pl.DataFrame({"Id": ["a"], "Next Step": [[1]]}), "no next-step column; headers found: Id"),
        (pl.DataFrame({"Id": ["a"], "Next Step": [b"\xff"]}), "no sound Parquet file: .*invalid utf"),
        (pl.DataFrame({"Next Step": ["a"], "next step": ["b"]}), "2 headers look alike"),
    ],
)
def test_one_clear_error(frame: pl.DataFrame, words: str) -> None:
    refused(written(frame), "a.parquet", words)


SOUND = written(
    pl.DataFrame(
        {"Id": ["a", "b", "c"] * 40, "Next Step": ["Call", None, "x"] * 40, "Contacts": [["x"], [], None] * 40}
    ),
    row_group_size=50,
)


@pytest.mark.parametrize("cut", [1, 8, 20, 200, len(SOUND) // 2, len(SOUND) - 5])
def test_cut_off_files(cut: int) -> None:
    refused(SOUND[:-cut], "a.parquet", "no sound Parquet file")


def test_a_name_is_not_enough() -> None:
    refused(b"Id,Next Step\na,b\n", "a.parquet", "the name says parquet, but this is no such file")
    refused(b"PAR1" + b"x" * 100, "a.parquet", "no sound Parquet file: its end is missing")
    refused(b"PAR1", "a.parquet", "no sound Parquet file: its end is missing")


def test_row_groups_too_large_to_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_ROWS", 49)
    refused(SOUND, "a.parquet", "a row group of 50 rows and 0 MiB, more than 49 .*; write it in smaller row groups")


def test_every_size_that_is_claimed_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pages._count
    numbers: list[int] = []
    lie = -1

    def count(table: dict[int, Any], number: int) -> int:
        numbers.append(number)
        return 1 << 61 if len(numbers) - 1 == lie else real(table, number)

    monkeypatch.setattr(pages, "_count", count)
    read(SOUND, "a.parquet")
    claims = list(numbers)
    assert len(claims) > 50
    for lie, number in enumerate(claims):
        numbers.clear()
        if number not in (9, 11):  # where data and its dictionary begin: the walk starts at the nearer one
            assert isinstance(outcome(SOUND, "a.parquet"), SteplintError), (lie, number)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x15",
        b"\x15\xff\xff",
        b"\x15" + b"\xff" * 12,
        b"\x18\x7f" + b"a",
        b"\x19\xfc\xff\xff\xff\x7f",
        b"\x1d\x00",
        b"\x1c" * 40,
    ],
)
def test_tables_that_are_broken(data: bytes) -> None:
    with pytest.raises(Broken):
        Thrift(data).struct()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(SOUND)
    footer = int.from_bytes(SOUND[-8:-4], "little")
    places = st.integers(4, len(SOUND) - 1) | st.integers(len(SOUND) - 8 - footer, len(SOUND) - 9)
    for place in data.draw(st.lists(places, min_size=1, max_size=4)):
        damaged[place] = data.draw(st.sampled_from([0, 1, 127, 128, 255]) | st.integers(0, 255))
    outcome(bytes(damaged), "a.parquet")


_texts = st.none() | st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(_texts, min_size=1, max_size=30),
    names=st.lists(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), max_size=3), max_size=30),
    group=st.integers(1, 40),
    compression=st.sampled_from(["zstd", "snappy", "gzip", "lz4", "uncompressed"]),
    make=st.sampled_from([lambda data: data, lambda data: data.rechunk()]),
)
def test_what_polars_writes_is_read_back(
    steps: list[str | None], names: list[list[str]], group: int, compression: Any, make: Callable[[Any], Any]
) -> None:
    contacts = (names + [[]] * len(steps))[: len(steps)]
    frame = pl.DataFrame(
        {"id": [f"r{n}" for n in range(len(steps))], "next_step": steps, "contacts": contacts},
        schema_overrides={"next_step": pl.String, "contacts": pl.List(pl.String)},
    )
    found = read(written(make(frame), row_group_size=group, compression=compression), "a.parquet")
    assert found.steps == steps
    assert found.records["contacts"].to_list() == contacts
    assert found.records["id"].to_list() == frame["id"].to_list()
