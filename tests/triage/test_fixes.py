"""From findings with fixes to the bytes of a file: which changes, in which order, and how often."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from steplint.errors import InputError
from steplint.findings.schema import SCHEMA
from steplint.records import REJECTED, Batch, HeaderMap, RecordStream
from steplint.sources.patch import Edit, Patched
from steplint.triage.fixes import ROUNDS, Change, Headers, changes, one_a_cell, patch_lines, repair

TIDY = {"applicability": "safe", "field": "next_step", "old": "Call  Dana", "replacement": "Call Dana"}
DUE = {"applicability": "safe", "field": "due_date", "old": None, "replacement": "2026-01-15"}
DATED = {"applicability": "unsafe", "field": "next_step", "old": "Call  Dana", "replacement": "Call Dana Thu 15 Jan"}


def findings(*rows: dict[str, Any]) -> pl.DataFrame:
    ground = {
        **dict.fromkeys(SCHEMA),
        "code": "X101",
        "path": "deals.csv",
        "line": 7,
        "record_line": 7,
        "record_id": "A",
    }
    schema = {name: column.dtype for name, column in SCHEMA.items()}
    return pl.DataFrame([{**ground, "field": "next_step", **row} for row in rows], schema=schema)


def change(**values: Any) -> Change:
    ground: dict[str, Any] = {
        "code": "X101", "applicability": "safe", "path": "deals.csv", "sheet": None, "cell": None, "line": 7, "column": None,
        "record_id": "A", "header": "Next Step", "field": "next_step", "old": "a", "new": "b",
    }  # fmt: skip
    return Change(**{**ground, **values})


def headers(path: str = "deals.csv", sheet: str | None = None, letters: dict[str, str] | None = None) -> Headers:
    records = pl.DataFrame({"path": [path], "sheet": [sheet]}, schema={"path": pl.String, "sheet": pl.String})
    names = {"next_step": "Next Step", "due_date": "Next Step Date"}
    batch = Batch(records, pl.DataFrame(schema=REJECTED), frozenset(names), letters or {}, names)
    made = Headers()
    stream = made.watch(RecordStream("csv", frozenset(names), HeaderMap((), {}), iter([batch])))
    assert [each.headers for each in stream.batches] == [names]
    return made


def test_only_safe_fixes_unless_the_others_are_wanted() -> None:
    found = findings({"fix": TIDY}, {"fix": None}, {"fix": DATED}, {"fix": DUE})
    safe = changes(found, headers(), unsafe=False)
    assert [(each.header, each.new) for each in safe] == [("Next Step", "Call Dana"), ("Next Step Date", "2026-01-15")]
    assert len(changes(found, headers(), unsafe=True)) == 3


def test_a_record_of_no_file_is_known_by_its_id() -> None:
    nowhere = {"path": None, "line": None, "record_line": None, "fix": DUE}
    found = changes(findings({**nowhere, "record_id": "A"}, {**nowhere, "record_id": "B"}), Headers(), unsafe=False)
    rows = [json.loads(line) for line in patch_lines(found).splitlines()]
    assert [(row["path"], row["line"], row["record_id"], row["new"]) for row in rows] == [
        (None, None, "A", "2026-01-15"), (None, None, "B", "2026-01-15"),
    ]  # fmt: skip


def test_the_cell_is_that_of_the_field_that_is_written() -> None:
    found = findings({"fix": DUE, "path": "a.xlsx", "sheet": "Deals", "cell": "G7"})
    (made,) = changes(found, headers("a.xlsx", "Deals", {"next_step": "G", "due_date": "H"}), unsafe=False)
    assert (made.cell, made.sheet, made.line, made.column) == ("H7", "Deals", 7, None)


@pytest.mark.parametrize(
    ("finding", "column"),
    [
        ({"column": 15, "start": 10}, 5),  # the finding begins ten signs behind the record's text
        ({"column": 5, "field": "status"}, 5),
        ({"column": None, "start": 10}, None),
        ({"column": 9, "start": 10, "line": 8}, 9),  # on a later line of the text: its column is not known
    ],
)
def test_the_column_is_that_of_the_record(finding: dict[str, Any], column: int | None) -> None:
    (made,) = changes(findings({"fix": TIDY, **finding}), headers(), unsafe=False)
    assert (made.line, made.column) == (7, column)


def test_one_change_a_cell_and_safe_ones_first() -> None:
    unsafe, safe = change(code="X101", applicability="unsafe", new="x"), change(code="X102", new="y")
    other = change(line=8, new="z")
    assert one_a_cell([unsafe, safe, other, change(code="X103", new="q")]) == [safe, other]
    # Two records may share a line, in a table of a document.
    assert len(one_a_cell([change(column=3), change(column=30)])) == 2
    assert len(one_a_cell([change(line=None), change(line=None, record_id="B")])) == 2


def test_a_patch_file_has_a_cell_a_line() -> None:
    lines = patch_lines(
        [change(cell="G7", sheet="D", new="é\n“b”"), change(cell="G7", sheet="D", new="c"), change(line=8)]
    )
    first, second = lines.decode().splitlines()
    assert json.loads(first) == {
        "path": "deals.csv", "sheet": "D", "cell": "G7", "line": 7, "record_id": "A", "header": "Next Step",
        "field": "next_step", "old": "a", "new": "é\n“b”", "applicability": "safe",
    }  # fmt: skip
    assert json.loads(second)["line"] == 8
    assert patch_lines([]) == b""


class Patcher:
    """Writes the new text in the place of the old one; refuses what is not there."""

    def __init__(self) -> None:
        self.asked: list[list[Edit]] = []

    def __call__(self, path: str, edits: Sequence[Edit]) -> Patched:
        self.asked.append(list(edits))
        data = Path(path).read_bytes()
        done, refused = [], []
        for edit in edits:
            old = (edit.old or "").encode()
            if data.count(old) == 1:
                data = data.replace(old, edit.new.encode())
                done.append(edit)
            else:
                refused.append((edit, "it is not there"))
        return Patched(data, done, refused)


def test_fixes_of_one_cell_are_made_one_a_round() -> None:
    patcher = Patcher()
    rounds = {b"x\nb": [change(old="b", new="c"), change(line=8, old="?", new="!")], b"x\nc": []}
    first = [change(old="a", new="b"), change(line=8, old="?", new="!")]
    made = repair("dir/deals.csv", b"x\na", first, rounds.__getitem__, patcher)
    assert made.after == b"x\nc"
    assert made.before == b"x\na"
    assert [each.new for each in made.done] == ["b", "c"]
    # What was refused once is not asked again, and is told of once.
    assert [[edit.old for edit in asked] for asked in patcher.asked] == [["a", "?"], ["b"]]
    assert [(each.line, reason) for each, reason in made.refused] == [(8, "it is not there")]


def test_there_is_an_end_to_fixing() -> None:
    numbers = iter(range(1000))

    def again(data: bytes) -> list[Change]:
        return [change(old=data.decode(), new=f"{next(numbers)}")]

    made = repair("a.csv", b"a", again(b"a"), again, Patcher())
    assert len(made.done) == ROUNDS


def test_two_fixes_that_undo_each_other_come_to_rest() -> None:
    there_and_back = {b"a": [change(old="a", new="b")], b"b": [change(old="b", new="a")]}
    made = repair("a.csv", b"a", there_and_back[b"a"], there_and_back.__getitem__, Patcher())
    assert [each.new for each in made.done] == ["b", "a"]


def test_errors_name_the_file_and_not_the_copy_that_is_patched() -> None:
    def broken(path: str, edits: Sequence[Edit]) -> Patched:
        del edits
        raise InputError("no text", path=path)

    with pytest.raises(InputError, match=r"^dir/deals\.csv: no text$"):
        repair("dir/deals.csv", b"a", [change()], {b"": []}.__getitem__, broken)
