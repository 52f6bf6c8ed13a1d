"""Columns that rules may use and that neither the records nor the reading has: both are needed, or the calendar is."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import polars as pl

from steplint.engine.calendar import Workdays
from steplint.engine.plans import owner_given, owner_sides, recurring, status_roles, with_due_dates, with_places
from steplint.engine.tidy import may_be_untidy, tidied
from steplint.records import Org

__all__ = ["with_derived"]


@cache
def _not_people() -> tuple[frozenset[str], re.Pattern[str]]:
    data = json.loads(Path(__file__).with_name("not_people.json").read_text("utf-8"))
    words = "|".join(re.escape(word) for word in data["words"])
    return frozenset(data["names"]), re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def _is_person(owner: str) -> bool:
    names, words = _not_people()
    folded = " ".join(re.findall(r"[^\W_]+", owner.casefold()))
    return bool(folded) and folded not in names and not words.search(folded)


def _owner_is_person(owners: pl.Series) -> pl.Series:
    """False for queues, placeholders and integration users, null where there is no owner."""
    distinct = [owner for owner in owners.unique().drop_nulls() if owner.strip()]
    verdicts = [_is_person(owner) for owner in distinct]
    return owners.replace_strict(distinct, verdicts, default=None, return_dtype=pl.Boolean).alias("owner_is_person")


def with_derived(frame: pl.DataFrame, org: Org, workdays: Workdays, *, untidy: bool = True) -> pl.DataFrame:
    """A batch of records and their reading with the columns that follow from both; places in documents are filled in.

    They are owner_is_person, deal_commitment, step_grade, date_is_workday, due_date_is_workday, text_truncated; of rows of
    documents owner_given and recurring, of plan rows owner_side and status_role. text_untidy is null unless `untidy`.
    """
    frame = with_due_dates(with_places(frame))
    ahead = pl.col("next_meeting").dt.date() >= pl.col("as_of")
    calendar = (
        pl.when(ahead & (pl.col("invite") == "accepted"))
        .then(5)
        .when(ahead & (pl.col("invite") != "declined").fill_null(value=True))
        .then(4)
    )
    text = pl.col("next_step")
    # A text that was cut off stops inside a word, exactly where the field does.
    truncated = (text.str.len_chars() == org.text_limit) & text.str.contains(r"[\p{L}\p{N}]$")
    return frame.with_columns(
        _owner_is_person(frame["owner"]),
        owner_given(),
        recurring(),
        owner_sides(frame),
        status_roles(frame),
        pl.max_horizontal("commitment", calendar.cast(pl.Int8)).alias("deal_commitment"),
        _grade().alias("step_grade"),
        workdays.is_workday(pl.col("date")).alias("date_is_workday"),
        workdays.is_workday(pl.col("due_date")).alias("due_date_is_workday"),
        truncated.fill_null(value=False).alias("text_truncated"),
        _untidy(frame["next_step"]) if untidy else pl.lit(None, dtype=pl.Boolean).alias("text_untidy"),
    )


def _untidy(texts: pl.Series) -> pl.Series:
    """`text_untidy`: the text says no less without some of its blanks and invisible signs."""
    untidy = texts.to_frame().select(may_be_untidy(pl.first()).fill_null(value=False)).to_series()
    some = texts.filter(untidy).alias("text").to_frame()
    tidy = some.select((tidied(pl.col("text")) != pl.col("text")) & (tidied(pl.col("text")) != "")).to_series()
    return untidy.scatter(untidy.arg_true(), tidy).alias("text_untidy")


def _grade() -> pl.Expr:
    """How good a step is, for comparing two: commitment, with smaller marks for what else is good or bad about it."""
    good = pl.sum_horizontal("meeting", "customer_action").cast(pl.Int64)
    bad = 3 * pl.col("vague") + pl.col("waiting") + pl.col("hedged") + 2 * pl.col("placeholder") + 2 * pl.col("empty")
    objection = 2 * pl.col("brush_off").is_not_null().cast(pl.Int64)
    return 2 * pl.col("commitment").cast(pl.Int64) + good - bad.cast(pl.Int64) - objection
