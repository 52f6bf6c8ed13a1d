"""Paths -> one stream of canonical records, whatever the files are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from steplint.errors import InputError, UsageError
from steplint.records.mapping import HeaderMap, NoNextStep
from steplint.records.org import Org
from steplint.records.stream import RecordStream
from steplint.sources.batches import Settled, batches_of, closing, settle
from steplint.sources.csv import read_csv
from steplint.sources.encoding import Utf8Reader, check_encoding
from steplint.sources.jsonl import read_jsonl
from steplint.sources.paths import STDIN, Exclude, expand, first_few, open_path, without_excluded
from steplint.sources.tables import Table

__all__ = ["STDIN", "open_source", "tables_of"]


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
    exclude: Exclude | None = None,
    force_exclude: bool = False,
) -> RecordStream:
    """Open every path (`-` is `stdin`), settle header mapping and day order, and give the records lazily.

    A batch has at most `batch_rows` records of one file. `exclude` leaves files out that were found in folders or by
    patterns. With `force_exclude` files that were named are treated like those: they may be left out, and one without a
    next-step column is passed over; where no file remains, the stream has no batches. InputError: a path that is no
    readable file, a broken structure, no next-step column, no records at all (unless `allow_empty`). UsageError: an
    unknown encoding, preset, column or date order. What is wrong further down a file is raised while batches are read.
    """
    org = org or Org()
    order = date_order or org.date_order
    if order not in ("mdy", "dmy", "auto"):
        raise UsageError(f"--date-order: “{order}” is none of mdy, dmy, auto", hint="choose one of these")
    if not paths:
        raise UsageError("no file given", hint="name a file, or - for standard input")
    codec = check_encoding(encoding)
    notes: list[str] = []
    files: list[Settled] = []
    left: list[str] = []
    refused: NoNextStep | None = None
    wanted, excluded = without_excluded(expand(paths), exclude, forced=force_exclude, stdin_filename=stdin_filename)
    with ExitStack() as opened:
        for path, searched in wanted:
            try:
                tables = tables_of(path, stdin, stdin_filename, codec, preset, map, notes, opened)
            except NoNextStep as error:
                if not (searched or force_exclude):
                    raise
                left.append(path)
                # A folder is named because steps are in it. A hook names whatever has changed.
                refused = refused or (error if searched else None)
                continue
            except InputError as error:
                if (searched or force_exclude) and Path(path).exists():
                    hint = f"{error.hint}; or leave" if error.hint else "leave"
                    error.hint = f"{hint} this file out: exclude, in the configuration"
                raise
            files += [settle(table, order, as_of) for table in tables]
        if refused and not files:
            raise refused
        close = opened.pop_all().close
    if excluded:
        notes.append(f"left out: {first_few(excluded)}")
    if left:
        notes.append(f"not read, without a next-step column: {first_few(left)}")
    texts = {file.text_order for file in files if file.text_known}
    for file in files:
        notes += [note for note in file.table.notes if note not in notes]
        notes += [f"{file.table.path}: {note}" for note in file.table.mapping.notes]
        notes += _opening_notes(file)
    return RecordStream(
        kind=files[0].table.kind if files else "none",
        columns=frozenset().union(*(file.table.mapping.columns for file in files)),
        mapping=files[0].table.mapping if files else HeaderMap((), {}),
        batches=closing(batches_of(files, org, as_of, batch_rows, source_name, allow_empty, notes), close),
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


def _opening_notes(file: Settled) -> Iterator[str]:
    path, columns = file.table.path, file.table.mapping.columns
    if "id" not in columns:
        made = [name for name in ("account", "name", "owner") if name in columns]
        yield f"{path}: no id column; records are known by {', '.join(made) or 'nothing: add an id column'}"
    for name in file.ambiguous:
        header = file.table.mapping.headers[file.table.mapping.fields[name]]
        why = "nothing shows whether day or month comes first"
        yield f"{path}: “{header}” is not read: {why}; say --date-order mdy or dmy"


def _shape(file: Settled) -> str:
    table = file.table
    crm = f"{table.mapping.preset} " if table.mapping.preset else ""
    order = {"mdy": "; month before day", "dmy": "; day before month"}.get(file.columns_order, "")
    return f"{crm}{table.shape or table.kind}{order if file.local else ''}"


def tables_of(
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
