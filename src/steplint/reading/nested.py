"""The reading in the shape that `steplint parse` prints: one object a record, with its spans and dates inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from steplint.reading import Reading

__all__ = ["nested"]

_ORDER = (
    "placeholder has_action vague customer_action one_sided mutual meeting named_owner customer_person past_only "
    "date_kind commitment date time date_basis waiting hedged brush_off actor action_count step_type said_invite language"
).split()


def nested(records: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """`id`, `next_step`, the scalar fields, then `mentions`, `spans` and `vague_spans` as lists of structs."""
    texts = records.select("row", "id", "next_step")
    quoted = pl.col("next_step").str.slice(pl.col("start"), pl.col("end") - pl.col("start")).alias("text")
    spans = reading.spans.join(texts, on="row", how="left", maintain_order="left").with_columns(quoted)
    mentions = reading.mentions.join(texts, on="row", how="left", maintain_order="left").with_columns(quoted)
    mentions = mentions.with_columns(value=_value("value"), value_end=_value("value_end"))
    lists = {
        "mentions": mentions.select(
            "row", pl.struct("start", "end", "text", "granularity", "value", "value_end").alias("mentions")
        ),
        "spans": spans.select("row", pl.struct("role", "start", "end", "text").alias("spans")),
        "vague_spans": spans.filter(pl.col("role") == "vague").select(
            "row", pl.struct("start", "end", "text").alias("vague_spans")
        ),
    }
    frame = texts.join(reading.frame.select("row", *_ORDER), on="row", how="left", maintain_order="left")
    for name, table in lists.items():
        grouped = table.group_by("row", maintain_order=True).agg(pl.col(name))
        frame = frame.join(grouped, on="row", how="left", maintain_order="left")
        frame = frame.with_columns(pl.when(pl.col(name).is_null()).then([]).otherwise(pl.col(name)).alias(name))
    return frame.with_columns(date=pl.col("date").dt.to_string("iso"), time=pl.col("time").dt.strftime("%H:%M")).drop(
        "row"
    )


def _value(name: str) -> pl.Expr:
    day = pl.col(name).dt.to_string("iso")
    clock = pl.col("time").dt.strftime("T%H:%M")
    timed = pl.col("granularity") == "time"
    return pl.when(timed).then(pl.concat_str(day.fill_null(""), clock.fill_null(""))).otherwise(day).alias(name)
