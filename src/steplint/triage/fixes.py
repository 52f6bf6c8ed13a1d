"""Fixes of findings: gathered as changes of single cells, put in order, and made in the bytes of a file until none is left.

What the cells of a format look like in its file is the business of `sources.patch`; a change that it refuses is kept with the
reason. Nothing is written here: the caller gets bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from steplint.errors import SteplintError
from steplint.records import Batch, RecordStream
from steplint.sources.patch import Edit, Patched

__all__ = ["Change", "Headers", "Repaired", "changes", "one_a_cell", "patch_lines", "repair"]

ROUNDS = 10
Table = tuple[str | None, str | None]  # path and sheet


class Change(NamedTuple):
    """One cell and what a fix writes into it; the places are those of the record, as its source gives them.

    A record that stands in no file has no `path`, and is known by its id.
    """

    code: str
    applicability: str
    path: str | None
    sheet: str | None
    cell: str | None
    line: int | None
    column: int | None
    record_id: str | None
    header: str | None
    field: str
    old: str | None
    new: str

    def place(self) -> tuple[object, ...]:
        """What tells its cell from all others."""
        return self.path, self.sheet, self.line, self.column, self.record_id if self.line is None else None, self.field

    def what(self) -> tuple[object, ...]:
        """What it changes in which record, wherever that stands: lines move when a text loses some."""
        return self.record_id, self.field, self.old, self.new

    def edit(self) -> Edit:
        """The change as a patcher takes it."""
        return Edit(self.line, self.column, self.field, self.old, self.new)


class Headers:
    """What the tables of a run call their columns, and where these are in a workbook; noted as the batches pass."""

    def __init__(self) -> None:
        self._headers: dict[Table, Mapping[str, str]] = {}
        self._letters: dict[Table, Mapping[str, str]] = {}

    def watch(self, stream: RecordStream) -> RecordStream:
        """The same records."""
        return replace(stream, batches=self._watched(stream.batches))

    def _watched(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            if batch.records.height:
                table = batch.records.select("path", "sheet").row(0)
                self._headers[table] = batch.headers
                self._letters[table] = batch.letters
            yield batch

    def header(self, table: Table, name: str) -> str | None:
        """The header of a canonical column."""
        return self._headers.get(table, {}).get(name)

    def cell(self, table: Table, name: str, line: int | None) -> str | None:
        """The cell of a column in a workbook, such as D14; None in other files."""
        letter = self._letters.get(table, {}).get(name)
        return f"{letter}{line}" if letter and line is not None else None


def changes(findings: pl.DataFrame, headers: Headers, *, unsafe: bool) -> list[Change]:
    """The changes that the fixes of a batch of findings make, in its order; the unsafe ones only where they are wanted."""
    fix = pl.col("fix").struct
    wanted = findings.filter(pl.col("fix").is_not_null())
    if not unsafe:
        wanted = wanted.filter(fix.field("applicability") == "safe")
    # The place of a finding is that of its words: the record's is so many columns before it.
    inside = (pl.col("field") == "next_step") & (pl.col("line") == pl.col("record_line"))
    column = pl.when(inside).then(pl.col("column") - pl.col("start")).otherwise(pl.col("column"))
    rows = wanted.select(
        "code", fix.field("applicability"), "path", "sheet", "record_line", column, "record_id",
        fix.field("field"), fix.field("old"), fix.field("replacement").alias("new"),
    )  # fmt: skip
    made = []
    for code, applicability, path, sheet, line, at, record, name, old, new in rows.iter_rows():
        table = (path, sheet)
        cell, header = headers.cell(table, name, line), headers.header(table, name)
        made.append(Change(code, applicability, path, sheet, cell, line, at, record, header, name, old, new))
    return made


def one_a_cell(found: Iterable[Change]) -> list[Change]:
    """The first change of each cell, safe ones before others, in the order in which their cells came."""
    chosen: dict[tuple[object, ...], Change] = {}
    for change in found:
        other = chosen.get(change.place())
        if other is None or (other.applicability != "safe" and change.applicability == "safe"):
            chosen[change.place()] = change
    return list(chosen.values())


def patch_lines(found: Iterable[Change]) -> bytes:
    """The content of a patch file, for what cannot be written in place: one JSON object a cell and line."""
    keys = ("path", "sheet", "cell", "line", "record_id", "header", "field", "old", "new", "applicability")
    rows = ({key: getattr(change, key) for key in keys} for change in one_a_cell(found))
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


@dataclass
class Repaired:
    """A file with its fixes: its bytes before and after, the changes that were made and those refused, with the reason."""

    path: str
    before: bytes
    after: bytes
    done: list[Change] = field(default_factory=list)
    refused: list[tuple[Change, str]] = field(default_factory=list)


def repair(
    path: str,
    data: bytes,
    found: Sequence[Change],
    again: Callable[[bytes], Sequence[Change]],
    patch: Callable[[str, Sequence[Edit]], Patched],
) -> Repaired:
    """Make the changes `found` in the file `path` with the content `data`, then those that `again` finds in the new content.

    `patch` is `sources.patch.patch`. One change a cell is made at a time, and after ROUNDS no more.
    """
    made = Repaired(path, data, data)
    settled: set[tuple[object, ...]] = set()  # made or refused: neither is tried again
    with tempfile.TemporaryDirectory(prefix="steplint-") as folder:
        # The name tells the format.
        file = Path(folder, Path(path).name)
        for _ in range(ROUNDS):
            wanted = [change for change in one_a_cell(found) if change.what() not in settled]
            if not wanted:
                break
            file.write_bytes(made.after)
            patched = _patched(file, path, wanted, patch)
            by_edit = {change.edit(): change for change in wanted}
            made.refused += [(by_edit[edit], reason) for edit, reason in patched.refused]
            made.done += [by_edit[edit] for edit in patched.done]
            settled.update(change.what() for change in wanted)
            made.after = patched.data
            if not patched.done:
                break
            found = again(made.after)
    return made


def _patched(
    file: Path, path: str, wanted: Sequence[Change], patch: Callable[[str, Sequence[Edit]], Patched]
) -> Patched:
    try:
        return patch(str(file), [change.edit() for change in wanted])
    except SteplintError as error:
        error.path = path if error.path == str(file) else error.path
        raise
