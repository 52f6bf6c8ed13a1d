"""Edits of JSON and JSON Lines: a value's token is replaced, in the file's own manner of escaping."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.patching import File


def record(next_step: str, due: str = "null", more: str = "") -> str:
    return f'{{"id": 1, "next_step": {next_step}, "next_step_date": {due}{more}}}'


@pytest.mark.parametrize(
    ("source", "field", "new", "token"),
    [
        pytest.param(record('"Call"'), "next_step", "Send", '"Send"', id="text"),
        pytest.param(record('""'), "next_step", "Send", '"Send"', id="empty"),
        pytest.param(record("null"), "next_step", "Send", '"Send"', id="null"),
        pytest.param(record('"Call"'), "next_step", 'a "b" \\ c\nd\te', r'"a \"b\" \\ c\nd\te"', id="what JSON escapes"),
        pytest.param(record('"Café"'), "next_step", "Größe 🎉", '"Größe 🎉"', id="other characters as they are"),
        pytest.param(record(r'"Caf\u00e9"'), "next_step", "Größe 🎉", r'"Gr\u00f6\u00dfe \ud83c\udf89"', id="escaped"),
        pytest.param(record(r'"Caf\u00E9"'), "next_step", "Größe 🎉", r'"Gr\u00F6\u00DFe \uD83C\uDF89"', id="in capitals"),
        pytest.param(record('"Call"'), "next_step", "é", r'"\u00e9"', id="a file in ASCII stays so"),
        pytest.param(record(r'"a\/b é"'), "next_step", "1/2", r'"1\/2"', id="escaped slashes"),
        pytest.param(record(r'"a\/b c/d é"'), "next_step", "1/2", '"1/2"', id="not all slashes"),
        pytest.param(record(r'"a \u003c b é"'), "next_step", "x < y", r'"x \u003c y"', id="escaped brackets"),
        pytest.param(record(r'"a\u000ab é"'), "next_step", "x\ny", r'"x\u000ay"', id="line feeds by number"),
        pytest.param(record(r'"a\\u00e9 é"'), "next_step", "é", '"é"', id="no escape at all"),
        pytest.param(record('"Call"', "null"), "due_date", "2026-01-15", '"2026-01-15"', id="a day for null"),
        pytest.param(record('"Call"', '""'), "due_date", "2026-01-15", '"2026-01-15"', id="a day for nothing"),
        pytest.param(record('"Call"', "1768435200000"), "due_date", "2026-01-16", "1768521600000", id="a counted day"),
        pytest.param(
            record('"Call"', '"2026-01-14T00:00:00.000+0000"'), "due_date", "2026-01-15", '"2026-01-15T00:00:00.000+0000"',
            id="a day with a clock",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "around"),
    [
        ("a.jsonl", "%s\n"),
        ("a.jsonl", '\r\n{"id": 0, "next_step": "x", "next_step_date": null}\r\n  %s  \r\n\r\n'),
        ("a.json", "[%s]"),
        ("a.json", '\ufeff{"done": true,\r\n "records": [ %s , {"id": 2}]}\r\n'),
    ],
)
def test_one_value(tmp_path: Path, name: str, around: str, source: str, field: str, new: str, token: str) -> None:
    text = around % source
    file = File.of(tmp_path, name, text)
    at = next(at for at, each in enumerate(file.records()) if each["id"] == "1")
    key = {"next_step": "next_step", "due_date": "next_step_date"}[field]
    old = source.partition(f'"{key}": ')[2]
    old = old[: json.JSONDecoder().raw_decode(old)[1]]
    assert file.put(at, field, new) == around % source.replace(f'"{key}": {old}', f'"{key}": {token}')


@pytest.mark.parametrize(
    ("source", "field", "reason"),
    [
        ('{"id": 1, "next_step": "Call"}', "due_date", "no such key in this record"),
        ('{"id": 1, "next_step": "Call", "next_step_date": {}}', "due_date", "no such key in this record"),
        ('{"id": 1, "next_step": "Call", "next_step_date": []}', "due_date", "neither text nor null"),
        ('{"id": 1, "next_step": "Call", "status": true}', "status", "neither text nor null"),
        ('{"id": 1, "next_step": 7}', "next_step", "a number"),
    ],
)
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_values_that_are_no_text(tmp_path: Path, suffix: str, source: str, field: str, reason: str) -> None:
    other = '{"id": 2, "next_step": "x", "next_step_date": "2026-01-01", "status": "open"}'
    text = f"[{source},\n{other}]" if suffix == "json" else f"{source}\n{other}\n"
    file = File.of(tmp_path, f"a.{suffix}", text)
    said = file.patch(file.edit(0, field, "2026-01-15" if field == "due_date" else "x")).refused[0][1]
    assert reason in said or ("is not read" in said and source.endswith("[]}"))


def test_days_that_are_counted_in_other_records(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "next_step": "a", "next_step_date": 1768435200000},
        {"id": 2, "next_step": "b", "next_step_date": None},
    ]
    file = File.of(tmp_path, "a.json", json.dumps(rows))
    assert "as numbers" in file.refuses(1, "due_date", "2026-01-15")


def test_keys_within_keys(tmp_path: Path) -> None:
    text = '{"results": [{"properties": {"hs_next_step": "Call", "dealname": "hs_next_step"}, "id": "1"}]}'
    file = File.of(tmp_path, "a.json", text)
    assert file.put(0, "next_step", "Send") == text.replace("Call", "Send")


def test_keys_with_dots(tmp_path: Path) -> None:
    text = '{"Owner.Name": "D", "Owner": {"Id": "next"}, "NextStep": "Call"}\n'
    file = File.of(tmp_path, "a.jsonl", text)
    assert file.put(0, "owner", "E") == text.replace('"D"', '"E"')


def test_records_on_one_line_are_told_apart(tmp_path: Path) -> None:
    """Minified JSON: the column is that of the text."""
    rows = [{"id": n, "next_step": text, "next_step_date": None} for n, text in enumerate(("a", "b \n", None, "a"))]
    text = json.dumps(rows, separators=(",", ":"))
    file = File.of(tmp_path, "a.json", text)
    records = file.records()
    assert {each["line"] for each in records} == {1}
    assert [text[each["column"] - 1 :][:1] for each in records] == ["a", "b", "n", "a"]
    rows[3]["next_step_date"] = "2026-01-15"
    rows[1]["next_step"] = "b"
    after = file.after(file.edit(3, "due_date", "2026-01-15"), file.edit(1, "next_step", "b"))
    assert after.decode() == json.dumps(rows, separators=(",", ":"))
    lost = file.edit(0, "next_step", "x")._replace(column=None)
    assert "several records" in file.patch(lost).refused[0][1]


def test_a_list_on_one_line_of_json_lines(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.jsonl", '{"records": [{"next_step": "a"}, {"next_step": "b"}]}\n')
    assert "several records" in file.refuses(0, "next_step", "x")


# ---------------------------------------------------------------------------------------------------------------------
# Random documents, read by Python's own reader.

VALUES = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
NEW = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(deadline=None)
@given(st.data())
def test_any_value_of_any_document(data: st.DataObject) -> None:
    rows: list[dict[str, Any]] = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {"id": st.uuids().map(str), "next_step": VALUES, "status": VALUES},
                optional={"other": st.one_of(VALUES, NUMBERS, st.lists(VALUES)), "Ä": VALUES},
            ),
            min_size=1, max_size=4, unique_by=lambda row: row["id"],
        )
    )  # fmt: skip
    ascii_only, indent = data.draw(st.booleans()), data.draw(st.sampled_from([None, 0, 2]))
    lines = data.draw(st.booleans())
    place, field = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(["next_step", "status"]))
    new = data.draw(NEW)

    def dump(value: Any) -> str:
        if lines:
            return "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in value)
        return json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    source = dump(rows)
    with tempfile.TemporaryDirectory() as folder:
        file = File.of(Path(folder), "a.jsonl" if lines else "a.json", source)
        patched = file.patch(edit := file.edit(place, field, new))
        if patched.refused:
            assert "formula" in patched.refused[0][1]
            return
        restored = File.of(Path(folder), file.path.name, patched.data)
        again = restored.patch(edit._replace(old=new or None, new=edit.old or ""))
    wanted = [dict(row) for row in rows]
    wanted[place][field] = new
    text = patched.data.decode()
    assert ([json.loads(line) for line in text.split("\n") if line] if lines else json.loads(text)) == wanted
    assert text.isascii() >= source.isascii()
    if ascii_only or not source.isascii():
        assert text == dump(wanted)
    if rows[place][field] is not None and not again.refused and (ascii_only or not text.isascii()):
        assert again.data.decode() == source
