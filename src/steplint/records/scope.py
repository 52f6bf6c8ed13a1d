"""Scope: which records are judged, and the reason why another is not."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from steplint.records.org import Org, fold_name, name_pattern

__all__ = ["REASONS", "scope_reason"]

#: Reason -> what it means, in the order in which they are tried.
REASONS = {
    "blank": "every column is empty",
    "closed": "won or lost; of tasks and plan rows, done",
    "record_type": "record type left out by scope",
    "pipeline": "pipeline left out by scope",
    "forecast_category": "forecast category left out by scope",
    "owner": "owner left out by scope",
    "small_amount": "amount below scope's min_amount",
    "young": "made less than grace_days ago",
}


@cache
def status_words() -> dict[str, tuple[str, ...]]:
    """Statuses of tasks and plan rows, as `fold_name` writes them, by what they mean: closed (done with, in any source), done
    (in a plan), open, started, blocked."""
    table = json.loads(Path(__file__).with_name("statuses.json").read_text("utf-8"))
    return {meaning: tuple(words) for meaning, words in table.items()}


def _done(frame: pl.DataFrame) -> pl.Series:
    """True where a task or a plan row says that it is done with."""
    hits = [text for text in frame["status"].drop_nulls().unique() if fold_name(text) in status_words()["closed"]]
    return frame["status"].is_in(hits).fill_null(False) & (frame["kind"] != "opportunity")


def _named(values: pl.Series, names: tuple[str, ...]) -> pl.Series:
    """True where a value is one of `names` (any case; `*` stands for anything)."""
    patterns = [name_pattern(name) for name in names]
    distinct = values.drop_nulls().unique().to_list()
    hits = [value for value in distinct if any(pattern.fullmatch(fold_name(value)) for pattern in patterns)]
    return values.is_in(hits).fill_null(False)


def scope_reason(frame: pl.DataFrame, blank: pl.Series, org: Org, as_of: date) -> pl.Series:
    """The column `scope` of a canonical frame: null in scope, else the first reason that holds."""
    scope = org.scope
    masks: dict[str, pl.Series] = {"blank": blank}
    if not scope.include_closed:
        by_stage = frame["stage_role"].is_in(["won", "lost"]).fill_null(False)
        if frame["status"].null_count() < frame.height:
            by_stage |= _done(frame)
        masks["closed"] = frame["is_closed"].zip_with(frame["is_closed"].is_not_null(), by_stage)
    for reason, column, names in (
        ("record_type", "record_type", scope.record_types),
        ("pipeline", "pipeline", scope.pipelines),
        ("forecast_category", "forecast_category", scope.forecast_categories),
        ("owner", "owner", scope.owners),
    ):
        if names:
            masks[reason] = _named(frame[column], names)
    if scope.min_amount is not None:
        masks["small_amount"] = (frame["amount"] < scope.min_amount).fill_null(False)
    if scope.grace_days > 0:
        age = pl.Series([as_of]).cast(pl.Date) - frame["created"].cast(pl.Date)
        masks["young"] = age.dt.total_days().is_between(0, scope.grace_days - 1).fill_null(False)
    said: pl.Expr = pl.lit(None, dtype=pl.String)
    for name in reversed(REASONS):
        if name in masks and masks[name].any():
            said = pl.when(masks[name]).then(pl.lit(name)).otherwise(said)
    return frame.select("row", said.alias("scope"))["scope"]
