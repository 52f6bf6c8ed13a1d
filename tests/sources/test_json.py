"""JSON documents are read strictly, errors name line and column, and each record knows the line it begins on."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.reading import outcome, read, refused

from steplint.errors import SteplintError
from steplint.records.mapping import NoNextStep


def test_an_array_of_objects() -> None:
    text = """[
  {"Id": "006A", "NextStep": "Call", "Owner": {"Name": "D. Lee"}, "Amount": 12.50, "IsClosed": false,
   "contacts": ["Dana", {"name": "Raj"}], "CloseDate": "2026-01-31T00:00:00.000Z"},

  {"Id": 7, "NextStep": null}, {"Id": "006C", "NextStep": ""}
]"""
    found = read(text, "deals.json")
    assert found.stream.kind == "json"
    assert found.records["id"].to_list() == ["006A", "7", "006C"]
    assert found.steps == ["Call", None, ""]
    assert found.records["owner"].to_list() == ["D. Lee", None, None]
    assert found.records["amount"][0] == 12.5
    assert found.records["is_closed"][0] is False
    assert found.records["contacts"][0].to_list() == ["Dana", "Raj"]
    assert found.records["close_date"][0] == date(2026, 1, 31)
    assert found.lines == [2, 5, 5]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"totalSize": 2, "done": true, "records": [\n{"NextStep": "a"},\n{"NextStep": "b"}]}', [2, 3]),
        ('{"results": [{"next_step": "a"},\n{"next_step": "b"}], "paging": {"next": [{"x": 1}]}}', [1, 2]),
        ('{"data": [{"next_step": "a", "contacts": [{"name": "D"}]},\r\n\r\n {"next_step": "b"}]}', [1, 3]),
        ('\ufeff[{"next_step": "a"},{"next_step": "b"}]', [1, 1]),
    ],
)
def test_wrapper_objects(text: str, lines: list[int]) -> None:
    found = read(text, "deals.json")
    assert (found.steps, found.lines) == (["a", "b"], lines)


def test_one_object_is_one_record_also_with_lists_in_it() -> None:
    found = read('{"NextStep": "Call",\n "contacts": [{"name": "Dana"}]}', "deal.json")
    assert (found.steps, found.lines, found.records["contacts"][0].to_list()) == (["Call"], [1], ["Dana"])


def test_a_parent_that_is_null_is_no_column_beside_its_own_fields() -> None:
    text = '[{"NextStep": "a", "Account": null}, {"NextStep": "b", "Account": {"Name": "Acme"}}]'
    found = read(text, "deals.json")
    assert found.records["account"].to_list() == [None, "Acme"]


def test_numbers_stay_as_written() -> None:
    numbers = ["0.10", "-0", "12345678901234567890123", "1e400", "1E5", "-0.0e-0"]
    rows = ", ".join(f'{{"next_step": {number}}}' for number in numbers)
    assert read(f"[{rows}]", "a.json").steps == numbers


DEEP = '[{"next_step": "a", "x":\n ' + "[" * 98 + "]" * 98 + "}]"
TOO_DEEP = DEEP.replace("[]", "[[]]")


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('[{"next_step": "a"},\n {"next_step": NaN}]', 2, 16, "NaN is no JSON"),
        ('[{"next_step": "NaN", "x": [1,\n -Infinity]}]', 2, 2, "-Infinity is no JSON"),
        ('[{"next_step": "a", "a": 1},\n {"a": 1, "next_step": "x", "\\u0061": 2}]', 2, 29, "key 'a' is given twice"),
        ('[{"x": {"b": 1, "c": {"b": 1}, "b": 2}}]', 1, 32, "key 'b' is given twice"),
        (
            '[{"Owner": {"Name": "a"},\n "Owner.Name": "b"}]',
            1,
            2,
            "key 'Owner.Name' is given twice, with a dot and nested",
        ),
        ('[{"next_step": "a"},]', 1, 21, "a comma before the end of the list"),
        ('[{"next_step": "a",}]', 1, 20, "no JSON"),
        ('[{"next_step": "a"} {"next_step": "b"}]', 1, 21, "expected a comma or the end of the list"),
        ('[{"next_step": "a"}', 1, 20, "expected a comma or the end of the list"),
        ('[{"next_step": "a\nb"}]', 1, 18, "no JSON: Invalid control character"),
        ("[{'next_step': 'a'}]", 1, 3, "no JSON"),
        ('[{"next_step": "a"}]\n\n]', 3, 1, "something follows the end of the JSON in"),
        (
            '{"next_step": "a"}\n{"next_step": "b"}',
            2,
            1,
            r"follows the end of the JSON \(JSON Lines are named .jsonl\)",
        ),
        ('[{"next_step": "a"},\n 5]', 2, 2, "an item of the list is no object"),
        ('[{"next_step": "\\ud83d\\ude00 \\\\ud83d"},\n {"next_step": "x\\ud83d."}]', 2, 18, "half a character"),
        ('[{"next_step": "a"},\n {"\\uDE00": "b"}]', 2, 4, "half a character"),
        (TOO_DEEP, 2, 100, "JSON is nested deeper than 100"),
        ("[" * 100_000, 1, 101, "JSON is nested deeper than 100"),
        ('[{"a": 007}]', 1, 9, "no JSON"),
        ("[1, 2]", 1, 1, "no objects in this JSON"),
        ('{"records": [], "done": true}', 1, 1, "no objects in this JSON"),
        ("null", 1, 1, "no objects in this JSON"),
        ("nul", 1, 1, "no JSON"),
        ('[{"a": 1}]', 1, None, "no next-step column; headers found: a"),
        ("[{}]", 1, None, "no next-step column; headers found: none"),
        (" \n\t", None, None, "the file is empty"),
    ],
)
def test_refused(text: str, line: int | None, column: int | None, words: str) -> None:
    assert refused(text, "a.json", words) == (line, column)


def test_depth_100_is_fine_and_brackets_in_texts_have_none() -> None:
    assert read(DEEP, "a.json").steps == ["a"]
    assert read(json.dumps([{"next_step": "[" * 500 + '"{\\'}]), "a.json").steps == ["[" * 500 + '"{\\']


def test_an_error_far_along_a_line_shows_what_is_there() -> None:
    text = '[{"next_step": "' + "x" * 5000 + '", "amount": NaN, "owner": "D. Lee"}]'
    with pytest.raises(SteplintError, match=r"NaN is no JSON in '….*\"amount\": NaN, \"owner\""):
        read(text, "a.json")


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b'[{"next_step": "a"},\n {"next_step": "caf\xe9"}]', 2, 20),
        (b'[{"next_step": "\xed\xa0\x80"}]', 1, 17),
        (b'[{"next_step": "\xc0\xaf"}]', 1, 17),
        (b'[{"next_step": "a\x00b"}]', 1, 18),
    ],
)
def test_bytes_that_are_no_text(data: bytes, line: int, column: int) -> None:
    assert refused(data, "a.json", "is not UTF-8|NUL") == (line, column)


def test_utf_16_with_a_byte_order_mark() -> None:
    assert read('[{"next_step": "café"}]'.encode("utf-16"), "a.json").steps == ["café"]


# Standard input has no name: the text itself tells JSON from JSON Lines.


@pytest.mark.parametrize(
    ("text", "kind", "steps"),
    [
        ('[{"next_step": "a"}]', "json", ["a"]),
        ('{\n "records": [\n  {"next_step": "a"}\n ]\n}\n', "json", ["a"]),
        ('{"next_step": "a"}\n{"next_step": "b"}\n', "jsonl", ["a", "b"]),
        ('{"next_step": "a"}', "jsonl", ["a"]),
        ('{"totalSize": 2, "records": [{"NextStep": "a"}, {"NextStep": "b"}]}\n', "jsonl", ["a", "b"]),
        ('{"next_step": "a", "contacts": [{"name": "D"}]}', "jsonl", ["a"]),
    ],
)
def test_json_without_a_name(text: str, kind: str, steps: list[str]) -> None:
    found = read(text, "<stdin>")
    assert (found.stream.kind, found.steps) == (kind, steps)


# Whatever the writer writes.

_keys = st.text(st.characters(codec="utf-8"), max_size=6)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _keys,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    steps=st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=6),
    extra=_values,
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
    wrapped=st.booleans(),
)
def test_what_json_writes_is_read_back(
    steps: list[str | None], extra: Any, indent: int | None, ascii_only: bool, wrapped: bool
) -> None:
    rows = [{"id": f"r{n}", "next_step": step, "x": {"y": [extra]}} for n, step in enumerate(steps)]
    text = json.dumps({"done": True, "records": rows} if wrapped else rows, indent=indent, ensure_ascii=ascii_only)
    found = read(text, "a.json")
    assert found.steps == steps
    if indent is not None:  # every record's own line holds its brace
        lines = text.split("\n")
        assert [lines[line - 1].strip() for line in found.lines] == ["{"] * len(steps)
        assert [json.loads("{" + lines[line].strip().rstrip(",") + "}")["id"] for line in found.lines] == [
            r["id"] for r in rows
        ]


@settings(deadline=None)
@given(st.text(st.sampled_from('[]{}":,\\ud8 na0\n\t-.e'), max_size=40) | st.text(max_size=40))
def test_any_text_is_records_or_one_clear_error(text: str) -> None:
    for data in (text, f'[{{"next_step": "x", "extra": {text}}}]'):
        result = outcome(data.encode("utf-8", "surrogatepass"), "a.json")
        assert (
            not isinstance(result, SteplintError)
            or result.line
            or isinstance(result, NoNextStep)
            or "empty" in str(result)
        )
