"""Edits -> the patched bytes: each is looked up, checked, written, and kept only if the file then reads as it should."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from steplint.errors import SteplintError
from steplint.records.moments import to_dates
from steplint.records.schema import SCHEMA
from steplint.sources.patch import csv, json, markdown, yaml
from steplint.sources.patch.content import Content, Splice
from steplint.sources.patch.dates import Days
from steplint.sources.patch.edits import Cell, Edit, Patched, Refused
from steplint.sources.patch.reread import Options, Reading, Written, difference, is_date, read

__all__ = ["FORMULA", "apply"]

_Cells = Callable[[Content, Reading, Sequence[tuple[int, str]], Options], list[Cell | str]]
_CELLS: dict[str, _Cells] = {
    "csv": csv.cells, "json": json.cells, "jsonl": json.cells, "yaml": yaml.cells, "markdown": markdown.cells,
}  # fmt: skip
#: What a spreadsheet may take for the start of a formula.
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
#: Columns of text that are written as the days of another one where the new value is a day.
_DAYS_OF = {"due_text": "due_date"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHOWN = 40
#: So many bytes are read again at most in the search for the edits that break a file.
_PATIENCE = 4 << 30


@dataclass(frozen=True)
class _Change:
    """What one edit puts into the file's text, and what must then be read."""

    splice: Splice
    written: Written


def apply(data: bytes, path: str, kind: str, edits: Sequence[Edit], options: Options) -> Patched:
    """`data` with the edits written in, as far as they can be. InputError: the file cannot be read."""
    content = Content.of(data, path, options.encoding, kind)
    before = read(data, path, options)
    reasons: dict[int, str] = {}

    rows: dict[int, int] = {}
    for at, row in enumerate(_rows(before, edits)):
        try:
            rows[at] = _checked(content, before, edits[at], row, options.timezone)
        except Refused as reason:
            reasons[at] = str(reason)

    changes: dict[int, _Change] = {}
    days = Days(before.frame, before.order)
    cells = _CELLS[kind](content, before, [(row, edits[at].field) for at, row in rows.items()], options)
    for (at, row), cell in zip(rows.items(), cells, strict=True):
        try:
            changes[at] = _change(content, before, days, edits[at], row, cell, options.timezone)
        except Refused as reason:
            reasons[at] = str(reason)
    reasons |= dict.fromkeys(_overlapping(changes), "another edit is for the same place")

    left = max(_PATIENCE // max(len(data), 1), 2)

    def trouble(chosen: Sequence[int]) -> str | None:
        """Why the file, with these changes, does not read as it should."""
        nonlocal left
        left -= 1
        if left < 0:
            return "of so many edits those that break the file were not found: make fewer at a time"
        made = [changes[at] for at in chosen]
        try:
            after = read(content.patched(change.splice for change in made), path, options)
        except SteplintError as error:
            return f"written so, the file could not be read: {error.message}"
        moved = any(_feeds(content, change.splice) for change in made)
        return difference(before, after, [change.written for change in made], moved=moved)

    done, bad = _sound([at for at in changes if at not in reasons], trouble)
    reasons |= bad
    return Patched(
        content.patched(changes[at].splice for at in done) if done else data,
        [edits[at] for at in sorted(done)],
        [(edit, reasons[at]) for at, edit in enumerate(edits) if at in reasons],
    )


def _rows(before: Reading, edits: Sequence[Edit]) -> list[int | str]:
    """The row of each edit's record, or why there is none."""
    frame = before.frame.select(
        "line", pl.col("column") if "column" in before.frame.columns else pl.lit(None).alias("column")
    )
    lines = pl.Series([edit.line for edit in edits], dtype=pl.Int64).unique()
    found: dict[int, list[tuple[int, int | None]]] = {}
    for row, line, column in frame.with_row_index().filter(pl.col("line").is_in(lines.implode())).iter_rows():
        found.setdefault(line, []).append((row, column))
    rows: list[int | str] = []
    for edit in edits:
        here = found.get(edit.line or 0, [])
        fit = [row for row, column in here if edit.column is None or column in (None, edit.column)]
        if len(fit) == 1:
            rows.append(fit[0])
        else:
            rows.append(
                "several records stand on this line" if fit else "no record stands on this line: the file changed"
            )
    return rows


def _checked(content: Content, before: Reading, edit: Edit, row: int | str, timezone: str) -> int:
    """The row, if the edit is one that can be made there. Refused: it is not."""
    if isinstance(row, str):
        raise Refused(row)
    if edit.field not in before.table.mapping.fields or SCHEMA[edit.field].dtype not in (pl.String(), pl.Date()):
        raise Refused(f"the file has no column for {edit.field}, or none of text or days")
    if not content.exact:
        raise Refused(f"the file is no exact {content.codec}, so it cannot be written back byte for byte")
    value = before.frame[edit.field][row]
    now = _day_read(value, before.order, timezone) if is_date(edit.field) else value
    if (now or "") != (edit.old or ""):
        raise Refused(f"the file changed: it says {_shown(now)} there")
    if FORMULA.match(edit.new) and not FORMULA.match(edit.old or ""):
        raise Refused("the new text would start a formula in a spreadsheet")
    if "\0" in edit.new:
        raise Refused("the new text has a NUL character")
    return row


def _day_read(value: str | None, order: str, timezone: str) -> str | None:
    day = to_dates(pl.Series([value], dtype=pl.String), order, timezone)[0]
    return day.isoformat() if day else None


def _change(
    content: Content, before: Reading, days: Days, edit: Edit, row: int, cell: Cell | str, timezone: str
) -> _Change:
    if isinstance(cell, str):
        raise Refused(cell)
    value = before.frame[edit.field][row]
    if value and _bare(value) != _bare(cell.text):
        raise Refused(f"the cell is written with marks: {_shown(cell.text)}")
    if not edit.old and cell.text.strip():
        raise Refused(f"the cell says {_shown(cell.text)}, which is not read")
    day = _day(edit)
    text = days.write(_DAYS_OF.get(edit.field, edit.field), day) if day else edit.new
    if day and _day_read(text, before.order, timezone) != edit.new:
        raise Refused(f"{_shown(text)}, in the column's format, would be read as another day")
    written = cell.write(text)
    if not content.can_write(written):
        raise Refused(f"the file's encoding, {content.codec}, does not have all of its characters")
    splice = (cell.start, cell.end, written.encode())
    return _Change(splice, Written(row, edit.field, cell.reads(text)))


def _day(edit: Edit) -> date | None:
    """The new value as a day, where it is one for the column. Refused: the column holds days, and this is none."""
    if not is_date(edit.field) and edit.field not in _DAYS_OF:
        return None
    try:
        return date.fromisoformat(edit.new) if _DAY.fullmatch(edit.new) or is_date(edit.field) else None
    except ValueError:
        raise Refused(f"{_shown(edit.new)} is no day such as 2026-01-15") from None


def _overlapping(changes: dict[int, _Change]) -> list[int]:
    """The edits whose place begins before that of another one ends."""
    found: list[int] = []
    last = (-1, -1)
    for at, change in sorted(changes.items(), key=lambda item: item[1].splice[:2]):
        place = change.splice[:2]
        if place[0] < last[1] or place == last:
            found.append(at)
        else:
            last = place
    return found


def _feeds(content: Content, splice: Splice) -> int:
    """How many lines the text has more with a splice."""
    start, end, new = splice
    return new.count(b"\n") - content.text.count(b"\n", start, end)


def _sound(chosen: Sequence[int], trouble: Callable[[Sequence[int]], str | None]) -> tuple[list[int], dict[int, str]]:
    """As many of the edits as make no trouble together, and why each of the others is left out."""
    reason = trouble(chosen) if chosen else None
    if reason is None:
        return list(chosen), {}
    if len(chosen) == 1:
        return [], {chosen[0]: reason}
    half = len(chosen) // 2
    first, bad = _sound(chosen[:half], trouble)
    second, worse = _sound(chosen[half:], trouble)
    bad |= worse
    if first and second and (reason := trouble([*first, *second])):
        return first, bad | dict.fromkeys(second, reason)
    return [*first, *second], bad


def _bare(text: str) -> str:
    """A text as readers of documents take it: without blanks at its ends and those of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _shown(text: str | None) -> str:
    """A value from the file, short and on one line."""
    plain = " ".join((text or "").split())
    return f"“{plain[:_SHOWN]}…”" if len(plain) > _SHOWN else f"“{plain}”" if plain else "nothing"
