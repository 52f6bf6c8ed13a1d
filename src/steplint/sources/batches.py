"""Tables of raw text -> batches of canonical records, and what is to be said about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby

import polars as pl

from steplint.errors import InputError
from steplint.records import dayorder
from steplint.records.mapping import KINDS_OF_PRESETS
from steplint.records.org import Org
from steplint.records.prepare import frame_order, prepare
from steplint.records.schema import SCHEMA
from steplint.records.stream import Batch
from steplint.sources.paths import first_few
from steplint.sources.tables import Table, TextBlock

__all__ = ["Settled", "batches_of", "closing", "settle"]

#: Blocks (of about 4 MB) that may be read and kept to settle the day order before the first batch.
_LOOK_AHEAD = 8
_KINDS_OF_VALUE = {
    "Date": "date", "Datetime": "date", "Float64": "amount", "Int64": "whole number", "Boolean": "yes or no",
    "String": "known value",
}  # fmt: skip


@dataclass
class Settled:
    """One opened table whose day order is settled: all its blocks, and what they may be read by."""

    table: Table
    blocks: Iterator[TextBlock]
    columns_order: str
    text_order: str
    text_known: bool
    ambiguous: tuple[str, ...]
    local: bool  # a date column has its days in a local order


def settle(table: Table, order: str, as_of: date) -> Settled:
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
    return Settled(table, chain(ahead, table.blocks), columns, texts, known, ambiguous, bool(evidence.columns))


def batches_of(
    files: Sequence[Settled],
    org: Org,
    as_of: date,
    batch_rows: int,
    source_name: str | None,
    allow_empty: bool,
    notes: list[str],
) -> Iterator[Batch]:
    """The records of all tables, in batches of at most `batch_rows`; `notes` grows on the way.

    A batch has rows of one table, or of several documents: a folder of small ones would cost a batch each.

    InputError: no records at all, unless `allow_empty` or the tables are documents.
    """
    row = rejected = 0
    unmapped: set[str] = set()
    without: list[str] = []
    for group in _groups(files):
        file = group[0]
        columns = file.table.mapping.columns
        headers = {name: file.table.mapping.headers[place] for name, place in file.table.mapping.fields.items()}
        unread: Counter[str] = Counter()
        preset = file.table.mapping.preset or ""
        kind = KINDS_OF_PRESETS.get(preset, "opportunity")
        source = pl.lit(source_name or file.table.kind).alias("source")
        heights: Counter[str] = Counter()
        for block in _gathered(chain.from_iterable(_counted(file, heights) for file in group), batch_rows):
            # Records are opportunities where nothing is said.
            said = kind == "opportunity" or "kind" in block.raw.columns
            added = [source] if said else [source, pl.lit(kind).alias("kind")]
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
                records = frame.slice(start, batch_rows)
                yield Batch(records, bad, columns, file.table.letters, headers, file.columns_order)
                bad = bad.clear()
        without += [file.table.path for file in group if file.table.optional and not heights[file.table.path]]
        shown = first_few([file.table.path for file in group])
        for name, count in unread.items():
            if name not in file.ambiguous:
                values = "1 value is" if count == 1 else f"{count} values are"
                notes.append(
                    f"{shown}: “{headers[name]}”: {values} no {_KINDS_OF_VALUE[str(SCHEMA[name].dtype.base_type())]}"
                )
    if unmapped:
        shown = first_few([f"“{stage}”" for stage in sorted(unmapped)])
        notes.append(f"stages without a role, which stage rules skip: {shown}; name them in the config, stages:")
    if without:
        notes.append(f"without a step: {first_few(without)}")
    if not row and not rejected and not allow_empty and len(without) < len(files):
        raise InputError("no records", path=files[0].table.path, hint="--allow-empty if that is right")


def _groups(files: Sequence[Settled]) -> Iterator[list[Settled]]:
    """Each table by itself; documents in a row that have the same columns together."""

    def same(file: Settled) -> object:
        table = file.table
        if not table.optional:
            return id(file)
        mapping = table.mapping
        return table.kind, mapping.headers, tuple(mapping.fields.items()), file.columns_order, file.ambiguous

    return (list(group) for _, group in groupby(files, same))


def _counted(file: Settled, heights: Counter[str]) -> Iterator[TextBlock]:
    for block in file.blocks:
        heights[file.table.path] += block.raw.height
        yield block


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


def closing(batches: Iterator[Batch], close: Callable[[], None]) -> Iterator[Batch]:
    """The batches; `close` is called when they end, for whatever reason."""
    try:
        yield from batches
    finally:
        close()
