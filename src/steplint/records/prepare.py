"""Raw text columns -> the canonical frame: types, reference date, stage role, scope, made-up ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import polars as pl

from steplint.records import dayorder
from steplint.records.moments import FIRST_YEAR, LAST_YEAR, to_dates, to_moments
from steplint.records.org import Org, stage_role
from steplint.records.schema import DERIVED, PROVENANCE, SCHEMA
from steplint.records.scope import scope_reason
from steplint.records.values import case_safe, to_amounts, to_booleans, to_choices, to_integers, to_lists

#: Columns that tell of what has happened: none of their days lies behind as-of, by more than it may be backdated.
_TOLD = frozenset({"next_step_changed", "modified", "created", "stage_changed", "last_activity", "last_meeting"})
_SLACK = timedelta(days=31)

__all__ = ["date_columns", "frame_order", "prepare"]

_UNITS = {"day": 1, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def date_columns(columns: Iterable[str]) -> list[str]:
    """Those of `columns` that hold days or moments."""
    return [name for name in columns if name in SCHEMA and isinstance(SCHEMA[name].dtype, pl.Date | pl.Datetime)]


def frame_order(raw: pl.DataFrame, as_of: date, evidence: dayorder.Evidence | None = None) -> dayorder.Evidence:
    """What the values of `raw` show of the day/month order, added to `evidence`."""
    evidence = evidence or dayorder.Evidence()
    for name in date_columns(raw.columns):
        if raw.schema[name] == pl.String:
            latest = as_of + _SLACK if name in _TOLD else None
            dayorder.add_dates(evidence, name, raw[name].drop_nulls().unique().to_list(), latest)
    if raw.schema.get("next_step") == pl.String:
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
    if "due_date" in names:
        typed["due_given"] = _given(raw, [name for name in ("due_date", "due_text") if name in names])
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
    if isinstance(values.dtype, pl.List) and isinstance(column.dtype, pl.List):
        return values.cast(column.dtype)
    if isinstance(values.dtype, pl.Boolean) and isinstance(column.dtype, pl.Boolean):
        return values
    if isinstance(column.dtype, pl.Float64 | pl.Int64) and values.dtype.is_numeric():
        numbers = values.cast(column.dtype, strict=False)
        return numbers.set(~numbers.is_finite(), None) if numbers.dtype.is_float() else numbers
    if isinstance(values.dtype, pl.Date | pl.Datetime):
        empty, values = values.null_count(), _sane(values)
        if values.null_count() > empty:
            tally[name] += values.null_count() - empty
        if isinstance(column.dtype, pl.Date):
            return _days(values, timezone).cast(pl.Date)
        if isinstance(column.dtype, pl.Datetime):
            return _moved(values, timezone).cast(column.dtype)
    texts = _texts(values)
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


def _texts(values: pl.Series) -> pl.Series:
    """Values as a person writes them: whole numbers without the `.0` that a column of floats gives them."""
    if values.dtype == pl.String:
        return values
    texts = values.cast(pl.String)
    return texts.str.strip_suffix(".0") if values.dtype.is_float() else texts


def _sane(values: pl.Series) -> pl.Series:
    """Days and moments of years in which deals are made; others, which many a function cannot bear, are null."""
    a_day = _UNITS[getattr(values.dtype, "time_unit", "day")]
    first, last = ((date(year, 1, 1) - date(1970, 1, 1)).days * a_day for year in (FIRST_YEAR, LAST_YEAR + 1))
    numbers = values.to_physical()
    return (
        values if numbers.is_between(first, last - 1).all() else values.set(~numbers.is_between(first, last - 1), None)
    )


def _moved(values: pl.Series, timezone: str) -> pl.Series:
    """Moments with a zone as wall-clock times in the organisation's."""
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        return values.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return values


def _days(values: pl.Series, timezone: str) -> pl.Series:
    """Days; midnight UTC stays the day it names, because that is how CRMs export plain dates."""
    if not (isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone):
        return values
    utc = _moved(values, "UTC")
    return utc.zip_with(utc == utc.dt.truncate("1d"), _moved(values, timezone))


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


def _given(raw: pl.DataFrame, names: list[str]) -> pl.Series:
    """True where one of the columns holds something, whether or not it could be read."""
    return ~raw.select(pl.all_horizontal(_empty(name, raw.schema[name]) for name in names)).to_series()


def _blank(raw: pl.DataFrame, data: list[str]) -> pl.Series:
    """True for rows such as `,,,,` that spreadsheets leave behind; a lone next-step column is never blank."""
    blank = pl.repeat(False, raw.height, dtype=pl.Boolean, eager=True)
    if len(data) < 2:
        return blank
    empty_cells = {name: _empty(name, dtype) for name, dtype in raw.schema.items() if name in data}
    if "next_step" in data:
        places = raw.select(empty_cells["next_step"]).to_series().arg_true()
    else:
        places = pl.arange(raw.height, eager=True)
    empty = raw[places].select(pl.all_horizontal(empty_cells.values())).to_series()
    return blank.scatter(places.filter(empty), True) if empty.any() else blank


def _empty(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return pl.col(name).fill_null("") == ""
    if isinstance(dtype, pl.List):
        return pl.col(name).list.len().fill_null(0) == 0
    return pl.col(name).is_null()
