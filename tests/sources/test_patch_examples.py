"""Every example is patched as a copy: what was asked for is there, and nothing else has changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.sources.patching import File, differing, edit_of

from steplint.errors import InputError, UsageError
from steplint.records.schema import DERIVED
from steplint.sources.patch import PATCHED_KINDS, Edit, kind_of, patch
from steplint.sources.patch.apply import FORMULA

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(
    path
    for path in (EXAMPLES / "pipeline.csv", *(EXAMPLES / "exports").iterdir(), *(EXAMPLES / "playbooks").iterdir())
    if path.suffix not in (".py", ".pyc") and path.is_file()
)
KINDS = {path: kind_of(str(path)) for path in FILES}
PATCHED = [path for path in FILES if KINDS[path] in PATCHED_KINDS]
DAY = "2026-03-05"
#: What a record of a document has made of another one of its columns.
FOLLOWING = {"id", "due_text", "due_date", "owner", "contacts", "status"}
PLACES = ("column", "path", "doc_id")
MAY_BE_REFUSED = (
    "no cell", "no such key", "emphasis", "times of day", "not read", "part of the text", "folded", "no column", "marks",
    "does not have all",
)  # fmt: skip


def test_kinds_of_the_examples() -> None:
    kinds = {path.name: kind for path, kind in KINDS.items()}
    assert set(kinds.values()) == PATCHED_KINDS | {"gzip", "parquet", "xlsx", "html"}
    assert (kinds["deals.csv.gz"], kinds["hubspot-utf16.txt"]) == ("gzip", "csv")
    assert (kinds["salesforce-report.xls"], kinds["deals-query.json"]) == ("html", "json")


@pytest.mark.parametrize("path", [path for path in FILES if path not in PATCHED], ids=lambda path: path.name)
def test_other_kinds_are_not_patched(path: Path) -> None:
    with pytest.raises(InputError, match="not patched in place"):
        patch(str(path), [], as_of=date(2026, 1, 12))


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for name in (str(tmp_path / "none.csv"), str(tmp_path)):
        with pytest.raises(InputError):
            kind_of(name)
        with pytest.raises(InputError):
            patch(name, [], as_of=date(2026, 1, 12))
    (tmp_path / "a.csv").write_bytes(b"id,next step\n1,\xff\n")
    with pytest.raises(InputError, match="not UTF-8"):
        patch(str(tmp_path / "a.csv"), [], as_of=date(2026, 1, 12))
    with pytest.raises(UsageError, match="--encoding"):
        patch(str(tmp_path / "a.csv"), [], encoding="nonsense", as_of=date(2026, 1, 12))
    with pytest.raises(UsageError, match="--date-order"):
        patch(str(tmp_path / "a.csv"), [], date_order="ymd", as_of=date(2026, 1, 12))


def edits_of(records: list[dict[str, Any]]) -> list[Edit]:
    """A text, a day and a status of some records, each once."""
    chosen = records[:3] + records[len(records) // 2 :: 17] + records[-2:]
    rows = list({(each["line"], each["column"]): each for each in chosen}.values())
    made = []
    for at, record in enumerate(rows):
        text = record["next_step"] or ""
        if at % 2:
            made.append(edit_of(record, "next_step", "\n".join(f"Then {line}" for line in text.split("\n"))))
        made.append(edit_of(record, "due_date", DAY))
        if record["status"]:
            made.append(edit_of(record, "status", "Done, “really”"))
    return made


@pytest.mark.parametrize("path", PATCHED, ids=lambda path: path.name)
def test_some_cells_of_every_example(tmp_path: Path, path: Path) -> None:
    data = path.read_bytes()
    file = File.of(tmp_path, path.name, data)
    before = file.records()
    edits = edits_of(before)
    patched = file.patch(*edits)
    assert [reason for _, reason in patched.refused if not any(words in reason for words in MAY_BE_REFUSED)] == []
    if KINDS[path] != "markdown":
        assert patched.done or not before
    after = File.of(tmp_path, f"after-{path.name}", patched.data).records()
    places = {(each["line"], each["column"]): row for row, each in enumerate(before)}
    wanted = {(places[edit.line, edit.column], edit.field): edit.new for edit in patched.done}
    for (row, field), new in wanted.items():
        assert str(after[row][field]) == new
    document = KINDS[path] == "markdown" or "playbooks" in path.parts
    made_of = FOLLOWING if document else set()
    edited = {row for row, _ in wanted}
    also = {(row, name) for row, name in differing(before, after) if name not in (*DERIVED, *PLACES)} - wanted.keys()
    assert {(row, name) for row, name in also if row not in edited or name not in made_of} == set()


def alike(one: bytes, other: bytes) -> int:
    """How many bytes two files begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


@pytest.mark.parametrize("path", PATCHED, ids=lambda path: path.name)
def test_only_the_bytes_of_the_cell(tmp_path: Path, path: Path) -> None:
    """What one edit changes lies between two runs of bytes that stay, and is no longer than the cell."""
    data = path.read_bytes()
    file = File.of(tmp_path, path.name, data)
    for edit in edits_of(file.records())[:6]:
        patched = file.patch(edit)
        same = alike(data, patched.data)
        behind = alike(data[same:][::-1], patched.data[same:][::-1])
        # Two bytes a character of UTF-16, or as many as six where it is escaped; quotes around it.
        assert len(data) - same - behind <= 6 * len((edit.old or "").encode()) + 4
        assert len(patched.data) - same - behind <= 6 * len(edit.new.encode()) + 30
        if patched.done and edit.old and not FORMULA.match(edit.old):
            again = File.of(tmp_path, f"again-{path.name}", patched.data).patch(
                edit._replace(old=edit.new, new=edit.old)
            )
            # A folded block is broken anew where its lines are too long.
            assert again.data == data or b">-" in data
