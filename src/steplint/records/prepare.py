"""Raw text columns -> the canonical frame: types, reference date, stage role, scope, made-up ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache

import polars as pl

from steplint.records import dayorder
from steplint.records.moments import to_dates, to_moments
from steplint.records.org import Org, stage_role
from steplint.records.schema import DERIVED, PROVENANCE, SCHEMA
from steplint.records.scope import scope_reason
from steplint.records.values import case_safe, to_amounts, to_booleans, to_choices, to_integers, to_lists

__all__ = ["date_columns", "frame_order", "prepare"]


def date_columns(columns: Iterable[str]) -> list[str]:
    """Those of `columns` that hold days or moments."""
    return [name for name in columns if name in SCHEMA and isinstance(SCHEMA[name].dtype, pl.Date | pl.Datetime)]


def frame_order(raw: pl.DataFrame, as_of: date, evidence: dayorder.Evidence | None = None) -> dayorder.Evidence:
    """What the values of `raw` show of the day/month order, added to `evidence`."""
    evidence = evidence or dayorder.Evidence()
    for name in date_columns(raw.columns):
        if raw.schema[name] == pl.String:
            dayorder.add_dates(evidence, name, raw[name].drop_nulls().unique().to_list())
    if "next_step" in raw.columns:
        texts = raw["next_step"].drop_nulls()
        gate = texts.str.contains(r"(?i)(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+[0-9]{1,2}/[0-9]")
        dayorder.add_texts(evidence, texts.filter(gate).to_list(), as_of)
    return evidence


def prepare(
    raw: pl.DataFrame,
    *,
    columns: Iterable[str] | None = None,
    org: Org | None = None,
    as_of: date,
    start_row: int = 0,
    date_order: str = "auto",
    unread: Counter[str] | None = None,
) -> pl.DataFrame:
    """Type the columns of `raw` (text, or already of their type) and add what is derived.

    `raw` has canonical names; `columns` are those to read (all by default); what is missing is null. `date_order` is
    mdy, dmy, unknown or auto (from `raw` itself). `unread` counts, by column, values that were not empty and could not
    be read: they are null.
    """
    org = org or Org()
    wanted = set(columns) if columns is not None else set(raw.columns)
    wanted |= PROVENANCE
    names = [name for name in raw.columns if name in SCHEMA and name not in DERIVED and name in wanted]
    if date_order == "auto":
        order = org.date_order if org.date_order != "auto" else dayorder.settle(frame_order(raw, as_of), "auto")[0]
    else:
        order = date_order
    tally = unread if unread is not None else Counter()
    typed: dict[str, pl.Series] = {}
    for name in names:
        typed[name] = _typed(name, raw[name], order, org.timezone, tally, typed)
    typed["row"] = pl.int_range(start_row, start_row + raw.height, dtype=pl.Int64, eager=True)
    if "stage" in typed:
        typed["stage_role"] = _roles(typed["stage"], org)
    frame = pl.DataFrame([column.alias(name) for name, column in typed.items()])
    frame = frame.select(pl.col(name) if name in typed else null for name, null in _nulls().items())
    frame = frame.with_columns(*_reference(as_of))
    data = [name for name in names if name not in PROVENANCE and name != "kind"]
    return frame.with_columns(_ids(frame), scope_reason(frame, _blank(raw, data), org, as_of))


def _typed(
    name: str, values: pl.Series, order: str, timezone: str, tally: Counter[str], typed: dict[str, pl.Series]
) -> pl.Series:
    column = SCHEMA[name]
    if values.dtype == column.dtype and not column.values and column.dtype != pl.String:
        return values
    if isinstance(values.dtype, pl.List) and isinstance(column.dtype, pl.List):
        return values.cast(column.dtype)
    if values.dtype.is_temporal() and column.dtype.is_temporal():
        return _moved(values, timezone).cast(column.dtype)
    if isinstance(column.dtype, pl.Float64 | pl.Int64) and values.dtype.is_numeric():
        return values.cast(column.dtype, strict=False)
    texts = values if values.dtype == pl.String else values.cast(pl.String)
    if column.values:
        result = to_choices(texts, column.values)
    elif column.dtype == pl.String:
        return texts
    elif isinstance(column.dtype, pl.Date):
        result = to_dates(texts, order, timezone)
    elif isinstance(column.dtype, pl.Datetime):
        result = to_moments(texts, order, timezone)
    elif isinstance(column.dtype, pl.Boolean):
        result = to_booleans(texts)
    elif isinstance(column.dtype, pl.Int64):
        result = to_integers(texts)
    elif isinstance(column.dtype, pl.List):
        return to_lists(texts)
    else:
        result, codes = to_amounts(texts)
        typed.setdefault("currency", codes)
    if result.null_count() > texts.null_count():
        left = texts.filter(result.is_null() & texts.is_not_null())
        lost = int((left.str.strip_chars() != "").sum())
        if lost:
            tally[name] += lost
    return result


def _moved(values: pl.Series, timezone: str) -> pl.Series:
    """Moments with a zone as wall-clock times in the organisation's."""
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        return values.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return values


@cache
def _nulls() -> dict[str, pl.Expr]:
    return {name: pl.lit(None, dtype=column.dtype).alias(name) for name, column in SCHEMA.items()}


def _reference(as_of: date) -> list[pl.Expr]:
    """As-of, and the day that the text's own days are relative to with where it comes from."""
    changed, modified = pl.col("next_step_changed"), pl.col("modified")
    day = pl.col("as_of").fill_null(pl.lit(as_of, dtype=pl.Date))
    by_change = pl.when(changed.is_not_null()).then(pl.lit("changed"))
    basis = by_change.when(modified.is_not_null()).then(pl.lit("modified"))
    return [
        pl.col("kind").fill_null("opportunity"),
        day.alias("as_of"),
        pl.coalesce(changed.dt.date(), modified.dt.date(), day).alias("ref_date"),
        basis.otherwise(pl.lit("as_of")).alias("basis"),
    ]


def _roles(stages: pl.Series, org: Org) -> pl.Series:
    table = {stage: stage_role(stage, org.stages) for stage in stages.drop_nulls().unique()}
    return stages.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


def _ids(frame: pl.DataFrame) -> pl.Series:
    """The record's id; where it has none, its account, name and owner: stable from run to run. A plan's row is known by
    its action, which is what people call it."""
    ids = case_safe(frame["id"].set(frame["id"] == "", None))
    if not ids.has_nulls():
        return ids
    plan = pl.when(pl.col("kind") == "plan_row").then(pl.col("next_step").str.head(120))
    parts: list[pl.Expr] = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("account", "name")]
    parts += [pl.coalesce(plan, pl.when(pl.col("owner") != "").then(pl.col("owner")))]
    made = frame.select(pl.concat_str(parts, separator=" / ", ignore_nulls=True).alias("id")).to_series()
    return ids.zip_with(ids.is_not_null(), made.set(made == "", None))


def _blank(raw: pl.DataFrame, data: list[str]) -> pl.Series:
    """True for rows such as `,,,,` that spreadsheets leave behind; a lone next-step column is never blank."""
    blank = pl.repeat(False, raw.height, dtype=pl.Boolean, eager=True)
    if len(data) < 2 or any(raw.schema[name] != pl.String for name in data):
        return blank
    places = (
        (raw["next_step"].fill_null("") == "").arg_true() if "next_step" in data else pl.arange(raw.height, eager=True)
    )
    empty = raw[places].select(pl.all_horizontal(pl.col(name).fill_null("") == "" for name in data)).to_series()
    return blank.scatter(places.filter(empty), True) if empty.any() else blank
