"""Files whose rows are judged together reach the rules whole, however they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from steplint.records import Batch
from steplint.rules.rule import Rule

__all__ = ["whole_documents"]


def whole_documents(batches: Iterable[Batch], rules: Sequence[Rule]) -> Iterator[Batch]:
    """The batches, those of one table joined from its first row on that a `group` rule judges.

    Rows of a document need not stand together, so a table (a file, or a sheet of one) with such rows is held in memory
    as a whole; documents are small. Batches that no such rule judges pass as they come.
    """
    kinds = sorted({kind for rule in rules if rule.of_group for kind in rule.kinds})
    held: list[Batch] = []
    for batch in batches:
        if held and not _goes_on(held, batch):
            yield _joined(held)
            held = []
        if held or (kinds and batch.records["kind"].is_in(kinds).any()):
            held.append(batch)
        else:
            yield batch
    if held:
        yield _joined(held)


def _goes_on(held: Sequence[Batch], batch: Batch) -> bool:
    """Whether the table that `held` ends with goes on. A batch of nothing but rejected rows goes with the one before it."""
    before = next(one for one in reversed(held) if one.records.height)
    if (before.columns, before.letters) != (batch.columns, batch.letters):
        return False
    return not batch.records.height or _place(before, -1) == _place(batch, 0)


def _place(batch: Batch, row: int) -> tuple[Any, ...]:
    return batch.records.select("path", "sheet").row(row)


def _joined(held: Sequence[Batch]) -> Batch:
    if len(held) == 1:
        return held[0]
    records = pl.concat([batch.records for batch in held])
    return replace(held[0], records=records, rejected=pl.concat([batch.rejected for batch in held]))
