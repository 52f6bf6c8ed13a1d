"""How a finding may be repaired: what each kind of fix (rules.fix) writes, made for the records that were hit and no others.

A fix writes one column of the record. Whatever a rule's own check says, a fix is made only where the conditions here hold:
nothing is invented, and a fix that is called safe writes what the record says beyond doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from steplint.engine.named_days import named_days
from steplint.engine.slips import corrected
from steplint.engine.tidy import tidied
from steplint.findings.schema import FIX
from steplint.rules.fix import KINDS
from steplint.rules.rule import Rule

__all__ = ["with_fixes"]

Mentions = Callable[[], pl.DataFrame]

#: What stands in a document is laid out by its author: it is not tidied, and its dates stand in the text.
_NO_DOCUMENT = pl.col("doc_id").is_null()


def with_fixes(found: pl.DataFrame, rules: Sequence[Rule], reading: Any, *, order_shown: bool) -> pl.DataFrame:
    """Add `fix` to findings that hold the columns of their records, what the texts say, and `rule`, the index in `rules`.

    `reading` has the dates in the texts (`mentions`); none is ambiguous where the order of day and month is `order_shown`.
    """

    def mentions() -> pl.DataFrame:
        dates: pl.DataFrame = reading.mentions
        return dates.with_columns(ambiguous=False) if order_shown else dates

    parts = [pl.DataFrame(schema={"_place": pl.UInt32, "fix": FIX})]
    for index in found["rule"].unique(maintain_order=True):
        if (asked := rules[index].fix) is None:
            continue
        field = KINDS[asked["kind"]].field
        rows = found.with_row_index("_place").filter(pl.col("rule") == index)
        made = rows.select("_place", old=pl.col(field).cast(pl.String), new=_MAKERS[asked["kind"]](rows, mentions))
        fix = pl.struct(
            applicability=pl.lit(asked["applicability"]), field=pl.lit(field), replacement="new", old="old"
        ).cast(FIX)
        differs = pl.col("new").ne_missing(pl.col("old")) & (pl.col("new") != "")
        parts.append(made.filter(differs).select("_place", fix=fix))
    if len(parts) == 1:
        return found.with_columns(fix=pl.lit(None, dtype=FIX))
    places = pl.DataFrame({"_place": pl.int_range(found.height, dtype=pl.UInt32, eager=True)})
    return found.hstack(places.join(pl.concat(parts), on="_place", how="left", maintain_order="left").drop("_place"))


def _due_date(rows: pl.DataFrame, mentions: Mentions) -> pl.Series:
    """The day of the step, where the date field is empty and no other day could be meant.

    It is the text's one day from its writing on, of the one act there is, and it is sure (see `named_days`): neither its year
    nor the day of writing is a guess.
    """
    # The day of writing itself may head an entry of a log.
    days = named_days(rows, mentions()).filter(
        (pl.col("value") > pl.col("ref_date")) | (pl.col("value") == pl.col("date"))
    )
    facts = days.group_by("_place").agg(
        one=pl.col("value").n_unique() == 1,
        said=pl.col("value").first(),
        sure=pl.col("sure").any(),
        end=pl.col("end").first(),
    )
    clear = (
        (pl.col("date_kind") == "specific")
        & pl.col("date_basis").is_in(["absolute", "changed"])
        & (pl.col("date_end").fill_null(pl.col("date")) == pl.col("date"))
        & (pl.col("date") >= pl.col("as_of"))
        & pl.col("date_flaw").is_null()
        & ~pl.any_horizontal("date_ambiguous", "date_alternatives", "hedged", "waiting")
    )
    empty = pl.col("due_date").is_null() & ~pl.col("due_given")
    sure = pl.col("one") & pl.col("sure") & (pl.col("said") == pl.col("date")) & _one_act()
    return (
        _joined(rows, facts)
        .select(pl.when(empty & clear & sure & _NO_DOCUMENT).then(pl.col("date").dt.to_string("iso")))
        .to_series()
    )


def _one_act() -> pl.Expr:
    """There is one act, or a second that says what the first is for: “Call Dana 15 Jan 2026 10:00 to review redlines”."""
    acts = pl.col("action_count").fill_null(1)
    behind = pl.col("next_step").str.slice(pl.col("end"))
    purpose = behind.str.contains(r"(?i)^ to [^,.;:\n+&/→>]+[.!]?\s*$") & ~behind.str.contains(
        r"(?i)\b(?:and|then|also|before|after)\b"
    )
    return (acts <= 1) | ((acts == 2) & purpose)


def _dated(rows: pl.DataFrame, mentions: Mentions) -> pl.Series:
    """The text with its relative day written out (“Thu 15 Jan”), in place of just the words that named it.

    Not the day of writing itself: a text that opens with it looks like an entry in a log.
    """
    days = named_days(rows, mentions()).filter(~pl.col("absolute") & (pl.col("value") == pl.col("date")))
    days = days.filter(pl.col("value") > pl.col("ref_date"))
    facts = days.group_by("_place").agg(pl.len().alias("times"), pl.col("day_start", "day_end").first())
    text, day = pl.col("next_step"), pl.col("date")
    start, end = pl.col("day_start"), pl.col("day_end")
    this_year = (day.dt.year() == pl.col("as_of").dt.year()) & (day.dt.year() == pl.col("ref_date").dt.year())
    written = pl.when(this_year).then(day.dt.strftime("%a %-d %b")).otherwise(day.dt.strftime("%a %-d %b %Y"))
    clear = (
        (pl.col("date_kind") == "specific")
        & (pl.col("date_basis") == "changed")
        & pl.col("date_flaw").is_null()
        & (pl.col("times") == 1)
        & start.is_not_null()
        & ~text.str.slice(end, 1).is_in(["'", "’"])
        & _NO_DOCUMENT
    )
    new = pl.concat_str(text.str.slice(0, start), written, text.str.slice(end))
    return _joined(rows, facts).select(pl.when(clear).then(new)).to_series()


def _tidy(rows: pl.DataFrame, mentions: Mentions) -> pl.Series:
    del mentions
    return rows.select(pl.when(_NO_DOCUMENT).then(tidied(pl.col("next_step")))).to_series()


def _status(rows: pl.DataFrame, mentions: Mentions) -> pl.Series:
    del mentions
    known = rows["status"].drop_nulls().unique().to_list()
    return rows["status"].replace_strict(
        known, [corrected(text) for text in known], default=None, return_dtype=pl.String
    )


def _joined(rows: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    return rows.join(facts, on="_place", how="left", maintain_order="left")


_MAKERS: dict[str, Callable[[pl.DataFrame, Mentions], pl.Series]] = {
    "due_date_from_text": _due_date,
    "tidy_text": _tidy,
    "dated_text": _dated,
    "known_status": _status,
}
