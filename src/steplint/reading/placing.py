"""Dates in their place: each date token gets its day and a class that says whether the day is to come."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from steplint.reading.dates import Conventions, Flag, Kind, resolve
from steplint.reading.neighbours import neighbour

__all__ = ["place_dates"]

# Classes after which, or before which, a word that may be a date is one: "by May", "wait 2 weeks", "May demo".
_AFTER = (
    "by",
    "at",
    "about",
    "cond",
    "when_event",
    "into",
    "contact_verb",
    "wait",
    "process",
    "dial",
    "reply",
    "booked",
    "past",
    "past_give",
)
_BEFORE = (
    "demo",
    "event",
    "review",
    "trial",
    "call_word",
    "discussion",
    "committee",
    "contact_event",
    "intro",
    "invite",
)
_FAR_DAYS = 60  # how far ahead a plan behind an author's initials may lie
_MARKS, _PAST, _AUTHORS = ("colon", "dash"), ("past", "past_give"), ("initials", "owner")
_ACTS = ("v3s", "v3s_meet", "want", "will", "be", "have", "to")
# A doubtful weekday, "the 3rd" and "@ 9" are also dates as the last word of a clause ("cb mon"), a month is not ("it may").
_ENDS = ("stop", "comma", "dash", "close", "qmark", "with", "open", "and")


def place_dates(
    table: pl.DataFrame,
    words: pl.DataFrame,
    symbols: pl.DataFrame,
    ref_dates: pl.Series,
    codes: Mapping[str, int],
    conventions: Conventions,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Resolve the date tokens against their record's reference date.

    Returns the table with date classes and `dated` (place in the second frame, or null) instead of `word`, and one row a
    date: `row, start, end, value, value_end, time, granularity, past, flaw, ambiguous, absolute`.
    """
    solo = words["key"].is_not_null() & words["capital"]
    table = table.with_columns(symbol=words["symbol"].gather(table["word"]))
    before = pl.col("code").shift(1)
    first = pl.col("row") != pl.col("row").shift(1)
    led = (before == codes["noise"]) & (pl.col("row") != pl.col("row").shift(2))  # behind leading blanks
    opens = (first | led).fill_null(True) | before.is_in([codes["stop"], codes["comma"]])
    dates = (
        table.select("row", "start", "end", "symbol", "word", opens=opens)
        .with_row_index("at")
        .drop_nulls("symbol")
        .join(symbols, on="symbol", how="left", maintain_order="left")
        .with_columns(
            ref_date=pl.lit(ref_dates).gather(pl.col("row")) if len(ref_dates) else pl.lit(None, dtype=pl.Date)
        )
    )
    told, signed = _entry_heads(table, dates, codes)
    symbolic = dates.with_columns(past_hint=pl.col("at").is_in(told.implode()))
    dates = resolve(symbolic, conventions=conventions)
    # "8/22 TD: first call" said in January tells of last August: an author's entry dates no plan months ahead.
    ahead = (pl.col("value") - pl.col("ref_date")).dt.total_days() > _FAR_DAYS
    far = dates.select(pl.col("at").is_in(signed.implode()) & ahead.fill_null(value=False)).to_series()
    if far.any():
        gone = resolve(symbolic.filter(far).with_columns(past_hint=pl.lit(value=True)), conventions=conventions)
        dates = pl.concat([dates.filter(~far), gone]).sort("at")
    dates = dates.with_columns(code=_class(codes))
    named = _names(table, dates.filter(solo.gather(dates["word"]) & (dates["kind"] == int(Kind.WEEKDAY))), codes)
    dates = dates.filter(~pl.col("at").is_in(named.implode())) if len(named) else dates
    doubtful = dates.filter((pl.col("flags") & int(Flag.NEEDS_CONTEXT)) != 0)
    if not doubtful.is_empty():
        none = doubtful["at"].filter(~_in_company(table, doubtful, codes))
        dates = dates.filter(~pl.col("at").is_in(none.implode()))
    place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, table.height)
    table = table.drop("symbol", "word").with_columns(
        code=table["code"].scatter(dates["at"], dates["code"]),
        dated=place.scatter(dates["at"], pl.int_range(dates.height, dtype=pl.UInt32, eager=True)),
    )
    return table, dates.select(
        "row", "start", "end", "value", "value_end", "time", "granularity", "past", "flaw", "ambiguous", "absolute"
    )


def _names(table: pl.DataFrame, dates: pl.DataFrame, codes: Mapping[str, int]) -> pl.Series:
    """`at` of the weekdays that stand where a name stands: "Mark Friday approves", "Sunday Okoro wants"."""
    acts = [codes[name] for name in _ACTS]
    after, second = _beside(table, dates, 1), _beside(table, dates, 2)
    behind_name = _beside(table, dates, -1).is_in([codes["person"], codes["contact"]]) & after.is_in(acts)
    before_name = dates["opens"] & (after == codes["proper"]) & second.is_in(acts)
    return dates["at"].filter(behind_name.fill_null(value=False) | before_name.fill_null(value=False))


def _entry_heads(table: pl.DataFrame, dates: pl.DataFrame, codes: Mapping[str, int]) -> tuple[pl.Series, pl.Series]:
    """`at` of the dates that open a log entry: those before a past verb, and those before initials and a colon or dash."""
    dates = dates.filter(pl.col("opens").fill_null(value=False))
    marks, past, authors = ([codes[name] for name in names] for names in (_MARKS, _PAST, _AUTHORS))
    after, second = _beside(table, dates, 1), _beside(table, dates, 2)
    told = after.is_in(past) | (after.is_in(marks) & second.is_in(past))
    signed = after.is_in(authors) & second.is_in(marks)
    return dates["at"].filter(told.fill_null(value=False)), dates["at"].filter(signed.fill_null(value=False))


def _beside(table: pl.DataFrame, dates: pl.DataFrame, step: int, column: str = "code") -> pl.Series:
    """A column (its class) of the token `step` places from each date in the same record, or null."""
    places = dates["at"].cast(pl.Int64)
    there = (places + step).clip(0, max(table.height - 1, 0))
    same = (table["row"].gather(there) == dates["row"]) & (there == places + step)
    return pl.select(pl.when(same).then(table[column].gather(there))).to_series()


def _class(codes: Mapping[str, int]) -> pl.Expr:
    flags, value, past, absolute = pl.col("flags"), pl.col("value"), pl.col("past"), pl.col("absolute")
    granularity = pl.col("granularity")
    today = pl.col("opens") & absolute & (value == pl.col("ref_date")) & pl.col("time").is_null()
    name = (
        pl.when(pl.col("flaw") == "impossible").then(codes["d_none"])
        .when((flags & int(Flag.CLOCK_ONLY)) != 0).then(codes["d_clock"])
        .when((granularity == "vague") & (pl.col("n") == 0)).then(codes["d_soon"])
        .when(granularity == "vague").then(codes["d_vague"])
        .when((flags & int(Flag.SINCE)) != 0).then(codes["word"])  # "since Friday": how things stand
        .when(past & ~absolute).then(codes["d_ago"])
        .when(past | today).then(codes["d_past"])  # an entry that opens with the day of writing is that day's log entry
        .when((flags & int(Flag.OPEN_AFTER | Flag.ALTERNATIVES)) != 0).then(codes["d_coarse"])
        .when(granularity == "time").then(codes["d_time"])
        .when(granularity == "day").then(codes["d_day"])
        .otherwise(codes["d_coarse"])
    )  # fmt: skip
    return name.cast(pl.UInt8)


def _in_company(table: pl.DataFrame, dates: pl.DataFrame, codes: Mapping[str, int]) -> pl.Series:
    """Whether the words beside a doubtful date make it one: "by May", "May demo", "cb mon"; not "the 2nd demo"."""
    code, row, at = table["code"], table["row"], dates["at"].cast(pl.Int64)
    before = neighbour(code, row, dates["row"], at, -1, codes)
    after = neighbour(code, row, dates["row"], at, 1, codes)
    dated = _beside(table, dates, -1, "symbol").is_not_null()
    led, followed, ends = (
        beside.is_in([codes[name] for name in names]).fill_null(value=False)
        for beside, names in ((before, _AFTER), (after, _BEFORE), (after, _ENDS))
    )
    counted_to = (after == codes["by"]).fill_null(value=False)  # "30 days before the renewal"
    last_word = (dates["flags"] & int(Flag.LAST_WORD)) != 0
    ordinal = dates["kind"] == int(Kind.MONTH_DAY)
    company = (led | dated) & ~counted_to
    return company | (followed & ~ordinal) | ((ends | after.is_null()) & last_word)
