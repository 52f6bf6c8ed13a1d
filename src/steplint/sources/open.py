"""Paths -> one stream of canonical records, whatever the files are."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

import polars as pl

from steplint.errors import InputError, UsageError, nearest
from steplint.records import dayorder
from steplint.records.org import Org
from steplint.records.prepare import frame_order, prepare
from steplint.records.schema import SCHEMA
from steplint.records.stream import Batch, RecordStream
from steplint.sources.csv import read_csv
from steplint.sources.encoding import Utf8Reader, check_encoding
from steplint.sources.jsonl import read_jsonl
from steplint.sources.tables import Table, TextBlock

__all__ = ["STDIN", "open_source"]

STDIN = "-"
_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
_MAGIC = {
    b"PK\x03\x04": "a workbook or another zip file",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip file",
    b"SQLite format 3\0": "a SQLite database",
    b"%PDF": "a PDF",
}
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
    files = []
    with ExitStack() as opened:
        for path in paths:
            stream, shown = _open(path, stdin, stdin_filename, opened)
            reader = Utf8Reader(stream, shown, codec, notes=notes)
            table = _table(_kind(stream, shown), reader, shown, preset, map)
            files.append(_settle(table, order, as_of))
        close = opened.pop_all().close
    texts = {file.text_order for file in files if file.text_known}
    for file in files:
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
    return _File(table, chain(ahead, table.blocks), columns, texts, known, ambiguous)


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
    for file in files:
        columns = file.table.mapping.columns
        unread: Counter[str] = Counter()
        source = pl.lit(source_name or file.table.kind).alias("source")
        for block in _gathered(file.blocks, batch_rows):
            frame = prepare(
                block.raw.with_columns(source),
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
                yield Batch(frame.slice(start, batch_rows), bad, columns)
                bad = bad.clear()
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
    if not row and not rejected and not allow_empty:
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


def _table(kind: str, reader: Utf8Reader, path: str, preset: str | None, overrides: Mapping[str, str] | None) -> Table:
    if kind == "jsonl":
        return read_jsonl(reader, path, preset=preset, overrides=overrides)
    return read_csv(reader, path, preset=preset, overrides=overrides)


def _open(
    path: str, stdin: BinaryIO | None, stdin_filename: str | None, opened: ExitStack
) -> tuple[io.BufferedReader, str]:
    if path == STDIN:
        if stdin is None:
            raise UsageError("standard input is not available here", hint="name a file")
        shown = stdin_filename or "<stdin>"
        if isinstance(stdin, io.BufferedReader):
            return stdin, shown
        stream: io.BufferedReader = io.BufferedReader(cast(Any, stdin))
        opened.callback(stream.detach)  # whoever opened standard input closes it
        return stream, shown
    file = Path(path)
    if file.is_dir():
        raise InputError("this is a directory", path=path, hint="name the files in it")
    try:
        return opened.enter_context(file.open("rb")), path
    except FileNotFoundError:
        near = _nearest_file(file)
        if not near and any(mark in path for mark in "*?["):
            near = "patterns are left to the shell"
        raise InputError("no such file", path=path, hint=near or "check the path") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be opened: {getattr(error, 'strerror', error)}", path=path) from None


def _nearest_file(file: Path) -> str | None:
    try:
        close = nearest(file.name, [entry.name for entry in file.parent.iterdir()])
    except OSError:
        return None
    return f"did you mean “{file.with_name(close)}”?" if close else None


def _kind(stream: io.BufferedReader, path: str) -> str:
    """csv or jsonl, from the suffix, else from the first bytes."""
    head = stream.peek(16)[:16]
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"this is {what}, which is not read yet", path=path, hint="export it as CSV or JSONL")
    suffix = Path(path).suffix.casefold()
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix == ".json" and start == b"[":
        raise InputError("this is a JSON array, which is not read yet", path=path, hint="write one object a line")
    return "jsonl" if start == b"{" else "csv"
