"""Paths -> one stream of canonical records, whatever the files are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, BinaryIO

import polars as pl

from steplint.errors import InputError, UsageError
from steplint.records import dayorder
from steplint.records.mapping import KINDS_OF_PRESETS, NoNextStep
from steplint.records.org import Org
from steplint.records.prepare import frame_order, prepare
from steplint.records.schema import SCHEMA
from steplint.records.stream import Batch, RecordStream
from steplint.sources.csv import read_csv
from steplint.sources.encoding import Utf8Reader, check_encoding
from steplint.sources.jsonl import read_jsonl
from steplint.sources.paths import STDIN, expand, open_path
from steplint.sources.tables import Table, TextBlock

__all__ = ["STDIN", "open_source"]

#: Blocks (of about 4 MB) that may be read and kept to settle the day order before the first batch.
_LOOK_AHEAD = 8
_KINDS_OF_VALUE = {
    "Date": "date", "Datetime": "date", "Float64": "amount", "Int64": "whole number", "Boolean": "yes or no",
    "String": "known value",
}  # fmt: skip


@dataclass
class _File:
    """One opened file: its first blocks, read to settle the day order, and the rest."""

    table: Table
    blocks: Iterator[TextBlock]
    columns_order: str
    text_order: str
    text_known: bool
    ambiguous: tuple[str, ...]
    local: bool  # a date column has its days in a local order


def open_source(
    paths: Sequence[str],
    *,
    encoding: str | None = None,
    preset: str | None = None,
    map: Mapping[str, str] | None = None,
    date_order: str | None = None,
    org: Org | None = None,
    as_of: date,
    batch_rows: int = 114_688,
    stdin: BinaryIO | None = None,
    stdin_filename: str | None = None,
    source_name: str | None = None,
    allow_empty: bool = False,
) -> RecordStream:
    """Open every path (`-` is `stdin`), settle header mapping and day order, and give the records lazily.

    A batch has at most `batch_rows` records of one file. InputError: a path that is no readable file, a broken
    structure, no next-step column, no records at all (unless `allow_empty`). UsageError: an unknown encoding, preset,
    column or date order. What is wrong further down a file is raised while batches are read.
    """
    org = org or Org()
    order = date_order or org.date_order
    if order not in ("mdy", "dmy", "auto"):
        raise UsageError(f"--date-order: “{order}” is none of mdy, dmy, auto", hint="choose one of these")
    if not paths:
        raise UsageError("no file given", hint="name a file, or - for standard input")
    codec = check_encoding(encoding)
    notes: list[str] = []
    files: list[_File] = []
    left: list[NoNextStep] = []
    with ExitStack() as opened:
        for path, searched in expand(paths):
            try:
                tables = _tables(path, stdin, stdin_filename, codec, preset, map, notes, opened)
            except NoNextStep as error:
                if not searched:
                    raise
                left.append(error)
                continue
            files += [_settle(table, order, as_of) for table in tables]
        if left and not files:
            raise left[0]
        close = opened.pop_all().close
    notes += [f"{error.path}: not read: it has no next-step column" for error in left]
    texts = {file.text_order for file in files if file.text_known}
    for file in files:
        notes += [note for note in file.table.notes if note not in notes]
        notes += [f"{file.table.path}: {note}" for note in file.table.mapping.notes]
        notes += _opening_notes(file)
    return RecordStream(
        kind=files[0].table.kind,
        columns=frozenset().union(*(file.table.mapping.columns for file in files)),
        mapping=files[0].table.mapping,
        batches=_closing(_batches(files, org, as_of, batch_rows, source_name, allow_empty, notes), close),
        text_date_order=next(iter(texts)) if len(texts) == 1 else "mdy",
        text_date_order_known=len(texts) == 1,
        ambiguous_dates=tuple(dict.fromkeys(name for file in files for name in file.ambiguous)),
        notes=notes,
        mappings=tuple((file.table.path, file.table.mapping) for file in files),
        shapes=tuple(_shape(file) for file in files),
        dropped=[file.table.dropped for file in files],
        comments=tuple(comment for file in files for comment in file.table.comments),
        close=close,
    )


def _closing(batches: Iterator[Batch], close: Callable[[], None]) -> Iterator[Batch]:
    try:
        yield from batches
    finally:
        close()


def _opening_notes(file: _File) -> Iterator[str]:
    path, columns = file.table.path, file.table.mapping.columns
    if "id" not in columns:
        made = [name for name in ("account", "name", "owner") if name in columns]
        yield f"{path}: no id column; records are known by {', '.join(made) or 'nothing: add an id column'}"
    for name in file.ambiguous:
        header = file.table.mapping.headers[file.table.mapping.fields[name]]
        why = "nothing shows whether day or month comes first"
        yield f"{path}: “{header}” is not read: {why}; say --date-order mdy or dmy"


def _shape(file: _File) -> str:
    table = file.table
    crm = f"{table.mapping.preset} " if table.mapping.preset else ""
    order = {"mdy": "; month before day", "dmy": "; day before month"}.get(file.columns_order, "")
    return f"{crm}{table.shape or table.kind}{order if file.local else ''}"


def _settle(table: Table, order: str, as_of: date) -> _File:
    """Read blocks until the file has shown its day order, at most `_LOOK_AHEAD` of them."""
    evidence = dayorder.Evidence()
    ahead: list[TextBlock] = []
    while len(ahead) < _LOOK_AHEAD:
        block = next(table.blocks, None)
        if block is None:
            break
        ahead.append(block)
        if order != "auto":
            break
        frame_order(block.raw, as_of, evidence)
        if evidence.settled:
            break
    columns, texts, known = dayorder.settle(evidence, order)
    ambiguous = tuple(evidence.columns) if columns == "unknown" else ()
    return _File(table, chain(ahead, table.blocks), columns, texts, known, ambiguous, bool(evidence.columns))


def _batches(
    files: Sequence[_File],
    org: Org,
    as_of: date,
    batch_rows: int,
    source_name: str | None,
    allow_empty: bool,
    notes: list[str],
) -> Iterator[Batch]:
    row = rejected = 0
    unmapped: set[str] = set()
    without: list[str] = []
    for file in files:
        before = row
        columns = file.table.mapping.columns
        unread: Counter[str] = Counter()
        preset = file.table.mapping.preset or ""
        kind = KINDS_OF_PRESETS.get(preset, "opportunity")
        added = [pl.lit(source_name or file.table.kind).alias("source")]
        if "kind" not in columns:
            added.append(pl.lit(kind).alias("kind"))
        for block in _gathered(file.blocks, batch_rows):
            frame = prepare(
                block.raw.with_columns(added),
                org=org,
                as_of=as_of,
                start_row=row,
                date_order=file.columns_order,
                unread=unread,
            )
            row += frame.height
            stages = frame.filter(pl.col("stage_role").is_null(), pl.col("scope").is_null())["stage"]
            unmapped.update(stage for stage in stages.unique().drop_nulls() if stage)
            rejected += block.rejected.height
            bad = block.rejected
            for start in range(0, max(frame.height, 1), batch_rows):
                yield Batch(frame.slice(start, batch_rows), bad, columns, file.table.letters)
                bad = bad.clear()
        if row == before and file.table.optional:
            without.append(file.table.path)
        for name, count in unread.items():
            if name not in file.ambiguous:
                header = file.table.mapping.headers[file.table.mapping.fields[name]]
                values = "1 value is" if count == 1 else f"{count} values are"
                notes.append(
                    f"{file.table.path}: “{header}”: {values} no {_KINDS_OF_VALUE[str(SCHEMA[name].dtype.base_type())]}"
                )
    if unmapped:
        shown = ", ".join(f"“{stage}”" for stage in sorted(unmapped)[:5])
        more = f" and {len(unmapped) - 5} more" if len(unmapped) > 5 else ""
        notes.append(f"stages without a role, which stage rules skip: {shown}{more}; name them in the config, stages:")
    if without:
        more = f" and {len(without) - 5} more" if len(without) > 5 else ""
        notes.append(f"without a step: {', '.join(without[:5])}{more}")
    if not row and not rejected and not allow_empty and len(without) < len(files):
        raise InputError("no records", path=files[0].table.path, hint="--allow-empty if that is right")


def _gathered(blocks: Iterator[TextBlock], rows: int) -> Iterator[TextBlock]:
    """The first block at once, so that findings show early; then blocks of about `rows` rows, which cost less each."""
    held: list[TextBlock] = []
    count, enough = 0, 1
    for block in blocks:
        held.append(block)
        count += block.raw.height
        if count >= enough:
            yield _joined(held)
            held, count, enough = [], 0, rows * 2 // 3
    if held:
        yield _joined(held)


def _joined(blocks: list[TextBlock]) -> TextBlock:
    if len(blocks) == 1:
        return blocks[0]
    return TextBlock(pl.concat(block.raw for block in blocks), pl.concat(block.rejected for block in blocks))


def _tables(
    path: str,
    stdin: BinaryIO | None,
    stdin_filename: str | None,
    codec: str | None,
    preset: str | None,
    overrides: Mapping[str, str] | None,
    notes: list[str],
    opened: ExitStack,
) -> list[Table]:
    """The tables of one path: workbooks have one a sheet, every other file has one."""
    found = open_path(path, stdin, stdin_filename, opened)
    shown: dict[str, Any] = {"preset": preset, "overrides": overrides}
    if found.kind == "xlsx":
        from steplint.sources.xlsx import read_xlsx

        return read_xlsx(found.stream, found.shown, **shown)
    if found.kind == "parquet":
        from steplint.sources.parquet import read_parquet

        return [read_parquet(found.file or found.stream, found.shown, **shown)]
    if found.kind == "html":
        from steplint.sources.html import charset_of, read_html

        codec = codec or charset_of(found.stream.peek(2048)[:2048])
    reader = Utf8Reader(found.stream, found.shown, codec, notes=notes)
    if found.kind == "html":
        return [read_html(reader, found.shown, **shown)]
    if found.kind == "json":
        from steplint.sources.json import read_json

        return [read_json(reader, found.shown, **shown)]
    if found.kind == "markdown":
        from steplint.sources.playbook import read_markdown

        return [read_markdown(reader, found.shown)]
    if found.kind == "yaml":
        from steplint.sources.yaml import read_yaml

        return [read_yaml(reader, found.shown, **shown)]
    if found.kind == "jsonl":
        return [read_jsonl(reader, found.shown, **shown)]
    return [read_csv(reader, found.shown, **shown)]
