"""Rules that count over the whole run: a first pass counts, and keeps the batches aside for the second.

Nothing may hang on where a batch ends, and a stream (standard input, say) is read once. So where such a rule is
selected, all batches go to temporary files, with a 64-bit number a record as all that stays in memory; they are judged
from there. Without such a rule nothing of this happens.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from steplint.engine.documents import whole_documents
from steplint.records import Batch
from steplint.rules.checks import repeat_key
from steplint.rules.rule import Rule

__all__ = ["count_column", "counted"]


def counted(
    batches: Iterable[Batch], rules: Sequence[Rule], *, aside: bool = False
) -> Generator[tuple[Batch, pl.DataFrame | None]]:
    """Each batch with, for the `repeated` ones among `rules`, a frame of counts (one row a record, see count_column).

    Tables whose documents are judged whole come as one batch (see `documents`). Empty texts and records out of scope count
    for nothing. `aside`: all batches are read before the first is given, also
    where no rule asks for it.
    """
    batches = whole_documents(batches, rules)
    rules = [rule for rule in rules if rule.whole_run]
    if not rules and not aside:
        yield from ((batch, None) for batch in batches)
        return
    with tempfile.TemporaryDirectory(prefix="steplint-") as folder:
        kept: list[tuple[Path, Batch]] = []
        totals = {rule.code: pl.DataFrame(schema={"group": pl.UInt64, "count": pl.UInt32}) for rule in rules}
        for batch in batches:
            file = Path(folder, f"{len(kept)}.arrow")
            batch.records.write_ipc(file)
            kept.append((file, replace(batch, records=batch.records.clear())))
            for rule in rules:
                groups = batch.records.select(group=_group(rule)).drop_nulls()
                parts = pl.concat([totals[rule.code], groups.group_by("group").agg(count=pl.len())])
                totals[rule.code] = parts.group_by("group").agg(pl.col("count").sum())
        for file, batch in kept:
            records = pl.read_ipc(file.read_bytes())
            file.unlink()
            counts = pl.DataFrame(
                [
                    records.select(group=_group(rule))
                    .join(totals[rule.code], on="group", how="left", maintain_order="left")["count"]
                    .alias(count_column(rule))
                    for rule in rules
                ]
            )
            yield replace(batch, records=records), counts if rules else None


def _group(rule: Rule) -> pl.Expr:
    """One number for what the records share; null where the record does not count."""
    judged = pl.col("scope").is_null() & pl.col("kind").is_in(rule.kinds)
    key = repeat_key(rule)
    return pl.when(judged & key.is_not_null()).then(key.hash())


def count_column(rule: Rule) -> str:
    """The column that holds how many records of the run share what a `repeated` rule looks at."""
    return f"_count_{rule.code}"
