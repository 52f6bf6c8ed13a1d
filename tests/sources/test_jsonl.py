"""JSON Lines are read strictly, and errors name line and column."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.errors import InputError
from steplint.records import RecordStream
from steplint.sources import open_source
from steplint.sources.jsonl import parse_line

AS_OF = date(2026, 1, 12)


def read(text: str, name: str = "records.jsonl") -> tuple[RecordStream, pl.DataFrame]:
    stream = open_source(["-"], as_of=AS_OF, stdin=io.BytesIO(text.encode()), stdin_filename=name)
    return stream, pl.concat(batch.records for batch in stream.batches)


def test_nested_keys_lists_numbers_and_absent_values() -> None:
    text = (
        '{"Id": "006A", "NextStep": "Call", "Owner": {"Name": "D. Lee"}, "Amount": 12.50, "IsClosed": false,'
        ' "contacts": ["Dana", {"name": "Raj"}], "CloseDate": "2026-01-31T00:00:00.000Z"}\n\n'
        '{"Id": 7, "NextStep": null, "contacts": "Bo; Cy"}\r\n'
        '{"Id": "006C", "NextStep": ""}'
    )
    stream, records = read(text)
    assert stream.kind == "jsonl"
    assert records["id"].to_list() == ["006A", "7", "006C"]
    assert records["next_step"].to_list() == ["Call", None, ""]
    assert records["owner"].to_list() == ["D. Lee", None, None]
    assert records["amount"].to_list() == [12.5, None, None]
    assert records["is_closed"].to_list() == [False, None, None]
    assert records["contacts"].to_list() == [["Dana", "Raj"], ["Bo", "Cy"], None]
    assert records["close_date"][0] == date(2026, 1, 31)
    assert records["line"].to_list() == [1, 3, 4]


def test_standard_input_is_recognised_by_its_first_character() -> None:
    stream, records = read('{"next_step": "x", "modified": "2026-01-05T10:00:00+01:00"}\n', name="<stdin>")
    assert stream.kind == "jsonl"
    assert records["modified"][0] == datetime(2026, 1, 5, 9)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ('{"next_step": NaN}', 15, "NaN is no JSON"),
        ('{"next_step": -Infinity}', 15, "-Infinity is no JSON"),
        ('{"next_step": "a", "next_step": "b"}', 20, "key 'next_step' is given twice"),
        ('{"next_step": "a"', 18, "no JSON"),
        ('{"next_step": "a"} x', 20, "no JSON"),
        ('["a"]', 1, "not a JSON object"),
        ('{"next_step": ' + "[" * 100 + "]" * 100 + "}", 114, "nested deeper than 100"),
        ('{"next_step": ' + "[" * 90_000, 114, "nested deeper than 100"),
        ('{"next_step": "\\ud800"}', 16, "surrogate"),
    ],
)
def test_bad_lines(line: str, column: int | None, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read('{"next_step": "fine"}\n' + line + "\n")
    assert (caught.value.path, caught.value.line, caught.value.column) == ("records.jsonl", 2, column)


def test_brackets_in_texts_have_no_depth() -> None:
    assert parse_line(json.dumps({"a": "[" * 500 + '"{' * 9}), "x", 1) == {"a": "[" * 500 + '"{' * 9}


def test_numbers_stay_as_written() -> None:
    assert parse_line('{"id": 0.10, "big": 12345678901234567890123, "e": 1e400}', "x", 1) == {
        "id": "0.10",
        "big": "12345678901234567890123",
        "e": "1e400",
    }


_scalars = st.none() | st.booleans() | st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.lists(st.fixed_dictionaries({"next_step": _scalars, "x": st.lists(_scalars, max_size=2)}), min_size=1))
def test_what_json_writes_is_read_back(rows: list[dict[str, object]]) -> None:
    _, records = read("\n".join(json.dumps(row) for row in rows))
    expected = [str(v).lower() if isinstance(v, bool) else v for v in (row["next_step"] for row in rows)]
    assert records["next_step"].to_list() == expected
