"""Pages of a database -> canonical records: names for ids, and one row a record."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from steplint.records.schema import SCHEMA
from steplint.sources.sql.columns import in_utc
from steplint.sources.sql.settings import SqlSettings
from steplint.sources.sql.work import OPEN, ROW, Work

__all__ = ["finished", "older"]

_IN_LINKS = r"^[A-Za-z0-9_.~-]+$"


def older(rows: pl.LazyFrame) -> pl.DataFrame:
    """ROW of those rows whose id another row has as well, but for the last changed one of each id."""
    names = rows.collect_schema().names()
    if "id" not in names:
        return pl.DataFrame(schema={ROW: pl.UInt32})
    order = [*(["modified"] if "modified" in names else []), ROW]
    known = rows.select("id", *order).filter(pl.col("id").fill_null("") != "").collect()
    double = known.filter(pl.col("id").is_duplicated()).sort(*order)
    return double.filter(~pl.col("id").is_last_distinct()).select(ROW)


def finished(
    frame: pl.DataFrame, work: Work, tables: Mapping[str, pl.DataFrame], settings: SqlSettings
) -> pl.DataFrame:
    """Rows of the records' part with names for ids (`tables` by part), and nothing but canonical columns."""
    for part, table in tables.items():
        frame = _named(frame, part, table, work, settings)
    if OPEN in frame.columns:
        frame = frame.with_columns(is_closed=~pl.col(OPEN).str.to_lowercase().is_in(work.open_words))
    if settings.link and "id" in frame.columns and "url" not in frame.columns:
        before, _, after = settings.link.partition("{id}")
        link = pl.concat_str(pl.lit(before), "id", pl.lit(after))
        frame = frame.with_columns(url=pl.when(pl.col("id").str.contains(_IN_LINKS)).then(link))
    frame = frame.select(name for name in SCHEMA if name in frame.columns)
    if settings.naive_times == "utc":
        moments = [name for name in frame.columns if isinstance(SCHEMA[name].dtype, pl.Date | pl.Datetime)]
        frame = frame.with_columns(map(in_utc, moments))
    return frame


def _named(frame: pl.DataFrame, part: str, table: pl.DataFrame, work: Work, settings: SqlSettings) -> pl.DataFrame:
    """The columns that one lookup gives: instead of the id that it names, and behind a name of the record's own."""
    lookup = work.lookups[part]
    names = [name for name in lookup.canonical if name not in settings.map]
    found = table.select(pl.col("_id").alias(f"_{part}"), *(pl.col(name).alias(f"_{name}") for name in names))
    frame = frame.join(found, on=f"_{part}", how="left", maintain_order="left")
    columns = []
    for name in names:
        given = [pl.col(f"_{name}")]
        own = [pl.col(name)] if name in frame.columns else []
        if own and isinstance(frame.schema[name], pl.List):
            given = [given[0].cast(pl.List(pl.String))]
        is_id = work.fields.columns.get(name) == lookup.key
        columns.append(pl.coalesce(given + own if is_id else own + given).alias(name))
    return frame.with_columns(columns).drop(f"_{name}" for name in names)
