"""Symbolic dates to calendar days: column arithmetic on the reference date, no Python per row.

Days are counted from 1970-01-01, months from year 0; the first day of a month is looked up in a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from steplint.reading.dates.almanac import easter_sunday, month_start
from steplint.reading.dates.symbols import GRANULARITIES, Base, Flag, Kind

__all__ = ["Conventions", "resolve"]

_HOLIDAY_BACK_DAYS = 14  # "Christmas" said in February is the next one


@dataclass(frozen=True)
class Conventions:
    """Where people differ: day/month order, first month of the fiscal year (1–12), how many days back a year-less day
    may lie, what "next Tue" means, and the first day of the week (0 Monday, 6 Sunday).
    """

    order: Literal["mdy", "dmy"] = "mdy"
    fiscal_start: int = 1
    horizon_back_days: int = 60
    next_weekday: Literal["calendar_week", "nearest"] = "calendar_week"
    week_start: int = 0


def _weekday(day: pl.Expr) -> pl.Expr:
    return (day + 3) % 7


def _has(flag: Flag) -> pl.Expr:
    return (pl.col("flags") & int(flag)) != 0


def resolve(
    frame: pl.DataFrame,
    *,
    order: Literal["mdy", "dmy"] = "mdy",
    fiscal_start: int = 1,
    conventions: Conventions | None = None,
) -> pl.DataFrame:
    """Append what each date expression means to `frame`.

    `frame` has the columns of `DateSymbol`, `ref_date` (Date) and, if known, `past_hint` (Boolean: the expression dates
    a log entry). Appended: `value`, `value_end` (Date; null when vague, impossible, or, for the end, open), `time`,
    `time_end` (Time), `past` (wholly before `ref_date`), `flaw` (weekday, impossible, or null), `ambiguous` (the order
    of day and month mattered) and `absolute` (no reference date was needed). `granularity` becomes its name: time, day,
    week, month, quarter, year or vague.
    """
    ways = conventions or Conventions(order, fiscal_start)
    hint = pl.col("past_hint").fill_null(False) if "past_hint" in frame.columns else pl.lit(False)
    swap = _has(Flag.AMBIGUOUS) & pl.lit(ways.order == "dmy")
    swap_end = swap & pl.col("month_end").is_not_null()
    work = frame.lazy().select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("_at"),
        pl.col("kind", "base", "months", "flags", "n", "n_end", "weekday", "weekday_end").cast(pl.Int32),
        pl.col("year", "year_end", "lo", "hi", "shift").cast(pl.Int32),
        pl.when(swap).then("day").otherwise("month").cast(pl.Int32).alias("month"),
        pl.when(swap).then("month").otherwise("day").cast(pl.Int32).alias("day"),
        pl.when(swap_end).then("day_end").otherwise("month_end").cast(pl.Int32).alias("m2"),
        pl.when(swap_end).then("month_end").otherwise("day_end").cast(pl.Int32).alias("d2"),
        pl.col("ref_date").to_physical().alias("r"),
        (pl.col("ref_date").dt.year() * 12 + pl.col("ref_date").dt.month().cast(pl.Int32) - 1).alias("mi"),
        hint.alias("hint"),
    )
    parts = [
        way(work.filter(pl.col("kind").is_in([int(kind) for kind in kinds])), ways)
        for kinds, way in (
            ((Kind.VAGUE, Kind.DAY, Kind.WORKDAY, Kind.WEEK, Kind.WEEKDAY), _near),
            ((Kind.MONTHS, Kind.NAMED), _blocks),
            ((Kind.DATE, Kind.NTH_WEEKDAY, Kind.EASTER, Kind.ISO_WEEK), _calendar),
            ((Kind.MONTH_DAY,), _month_days),
        )
    ]
    placed = pl.concat(parts).sort("_at").collect()
    return frame.with_columns(
        placed["value"].cast(pl.Date),
        placed["value_end"].cast(pl.Date),
        _clock("clock", "time"),
        _clock("clock_end", "time_end"),
        pl.lit(_NAMES).gather(pl.col("granularity").cast(pl.UInt32)).alias("granularity"),
        placed["past"],
        placed["flaw"],
        (_has(Flag.AMBIGUOUS) & pl.col("weekday").is_null()).alias("ambiguous"),
        _has(Flag.ABSOLUTE).alias("absolute"),
    )


_NAMES = pl.Series([GRANULARITIES[i] for i in range(len(GRANULARITIES))])


def _clock(column: str, name: str) -> pl.Expr:
    return (pl.col(column).cast(pl.Int64) * 60_000_000_000).cast(pl.Time).alias(name)


def _finish(frame: pl.LazyFrame) -> pl.LazyFrame:
    """`v`, `ve`, `bad` to the appended columns: second days, weeks, open ends, flaws."""
    v, ve = pl.col("v"), pl.col("ve")
    second = v + (pl.col("weekday_end") - _weekday(v) - 1) % 7 + 1
    monday = v - _weekday(v)
    whole_week = _has(Flag.WEEK_OF)
    frame = frame.with_columns(ve=pl.when(pl.col("weekday_end").is_not_null()).then(second).otherwise(ve))
    frame = frame.with_columns(
        v=pl.when(_has(Flag.DEADLINE)).then(ve).when(whole_week).then(monday).otherwise(v),
        ve=pl.when(whole_week).then(monday + 6).otherwise(ve),
    )
    wrong_day = (
        (pl.col("kind") == Kind.DATE)
        & pl.col("weekday").is_not_null()
        & ~whole_week
        & (_weekday(v) != pl.col("weekday"))
    )
    bad = pl.col("bad")
    return frame.select(
        "_at",
        value=pl.when(bad).then(None).otherwise(v),
        value_end=pl.when(bad | _has(Flag.OPEN_AFTER)).then(None).otherwise(ve),
        past=(~bad & (ve < pl.col("r")) & ~_has(Flag.OPEN_AFTER)).fill_null(False),
        flaw=pl.when(bad).then(pl.lit("impossible")).when(wrong_day).then(pl.lit("weekday")),
    )


def _near(frame: pl.LazyFrame, ways: Conventions) -> pl.LazyFrame:
    """Days, working days, weeks and weekdays, counted from the reference day."""
    r, n, w = pl.col("r"), pl.col("n"), pl.col("weekday")
    wd = _weekday(r)
    monday = r - (wd - ways.week_start) % 7 + (-ways.week_start) % 7
    late_friday = (n == 0) & (pl.col("lo") == 4) & (wd > 4)
    week = monday + 7 * (n + late_friday.cast(pl.Int32))
    work = wd.clip(upper_bound=4) + n
    bare = r + (w - wd - 1) % 7 + 1
    in_week = monday + 7 * n + w - (7 if ways.week_start == 6 else 0) * (w == 6).cast(pl.Int32)
    last = r - (wd - w - 1) % 7 - 1
    base = pl.col("base")
    past = pl.col("hint") | _has(Flag.SINCE)
    chosen = (
        pl.when((base == Base.LAST) | (past & (base == Base.BARE)))
        .then(last)
        .when((base == Base.WEEK) | ((base == Base.NEXT) & pl.lit(ways.next_weekday == "calendar_week")))
        .then(in_week)
        .when(base == Base.THIS)
        .then(r + (w - wd) % 7)
        .otherwise(bare)
    ) + pl.col("shift")
    kind = pl.col("kind")
    v = (
        pl.when(kind == Kind.DAY)
        .then(r + n)
        .when(kind == Kind.WEEKDAY)
        .then(chosen)
        .when(kind == Kind.WEEK)
        .then(week + pl.col("lo"))
        .when(kind == Kind.WORKDAY)
        .then(r - wd + work // 5 * 7 + work % 5)
    )
    last_n = pl.col("n_end") - n
    ve = (
        pl.when(kind == Kind.WEEK)
        .then(pl.col("v") - pl.col("lo") + pl.col("hi") + 7 * last_n.fill_null(0))
        .otherwise(pl.col("v") + last_n.fill_null(0))
    )
    return _finish(frame.with_columns(v=v, bad=pl.lit(False)).with_columns(ve=ve))


def _blocks(frame: pl.LazyFrame, ways: Conventions) -> pl.LazyFrame:
    """Months, quarters, halves and years, counted or named, and parts of them."""
    months, mi, n = pl.col("months"), pl.col("mi"), pl.col("n")
    fiscal = _has(Flag.FISCAL).cast(pl.Int32) * (ways.fiscal_start - 1)
    counted = mi - (mi - fiscal) % months + n * months
    first = pl.col("month") - 1 + fiscal
    low = mi - months + 1
    upcoming = low + (first - low) % 12
    day = pl.col("r") - month_start(mi)
    over = (months == 1) & (upcoming == mi) & (pl.col("hi") >= 0) & (pl.col("hi") < day)
    strict = (_has(Flag.PAST) & ~_has(Flag.SINCE)).cast(pl.Int32)
    top = mi - strict * months
    gone = top - (top - first) % 12
    # A fiscal year that does not start in January is named for the year it ends in.
    written = pl.col("year") * 12 + first - 12 * (fiscal > 0).cast(pl.Int32)
    named = (
        pl.when(pl.col("year").is_not_null())
        .then(written)
        .when(pl.col("hint") | _has(Flag.PAST))
        .then(gone)
        .otherwise(upcoming + 12 * over.cast(pl.Int32))
    )
    frame = frame.with_columns(b=pl.when(pl.col("kind") == Kind.MONTHS).then(counted).otherwise(named))
    start = month_start(pl.col("b"))
    stop = month_start(pl.col("b") + months * (1 + (pl.col("n_end") - n).fill_null(0)))
    lo, hi = pl.col("lo"), pl.col("hi")
    v = pl.when(lo >= 0).then(start + lo).otherwise(stop + lo)
    ve = pl.when(hi >= 0).then(start + hi).otherwise(stop + hi)
    return _finish(frame.with_columns(v=v, ve=ve).with_columns(bad=pl.col("v") > pl.col("ve")))


def _calendar(frame: pl.LazyFrame, ways: Conventions) -> pl.LazyFrame:
    """Month and day, movable holidays, numbered weeks: the year is chosen by distance."""
    r, mi, kind = pl.col("r"), pl.col("mi"), pl.col("kind")
    past = pl.col("hint") | _has(Flag.PAST)
    year = mi // 12
    named = kind.is_in([int(Kind.NTH_WEEKDAY), int(Kind.EASTER)]) | ((kind == Kind.DATE) & (pl.col("n") == 1))
    floor = r - pl.when(named).then(_HOLIDAY_BACK_DAYS).otherwise(ways.horizon_back_days)
    frame = frame.with_columns(c0=_day_in(year - 1), c1=_day_in(year))
    c0, c1 = pl.col("c0"), pl.col("c1")
    step = (
        pl.when(past)
        .then(pl.when(c1 <= r).then(0).otherwise(-1))
        .otherwise(pl.when(c0 >= floor).then(-1).when(c1 >= floor).then(0).otherwise(1))
    )
    frame = frame.with_columns(y=pl.when(pl.col("year").is_not_null()).then("year").otherwise(year + step))
    moved = pl.col("shift") * (kind != Kind.EASTER).cast(pl.Int32)
    return _ends(
        frame.with_columns(b=pl.col("y") * 12 + pl.col("month") - 1, v=_day_in(pl.col("y")) + moved),
        (kind == Kind.DATE) & (pl.col("day") > month_start(pl.col("b") + 1) - month_start(pl.col("b"))),
    )


def _month_days(frame: pl.LazyFrame, _: Conventions) -> pl.LazyFrame:
    """Days of a month that is not told: the next such day, or the next one that is the weekday that is claimed."""
    r, mi, day, weekday = pl.col("r"), pl.col("mi"), pl.col("day"), pl.col("weekday")
    b, v = pl.col("b"), pl.col("v")
    past = pl.col("hint") | _has(Flag.PAST)
    today = r - month_start(mi) + 1
    offset = pl.when(past).then(-(day > today).cast(pl.Int32)).otherwise((day <= today).cast(pl.Int32))
    frame = frame.with_columns(b=mi + offset)
    frame = frame.with_columns(
        b=b + (day > month_start(b + 1) - month_start(b)).cast(pl.Int32)
    )  # "the 31st" skips short months
    frame = frame.with_columns(v=month_start(b) + day - 1)
    # "Tue the 8th": in this month or one of the two that follow; "Mon 24" without such a month: the number is not the day's.
    for later in (1, 2):
        there = month_start(b + later) + day - 1
        fits = (_weekday(there) == weekday) & (day <= month_start(b + later + 1) - month_start(b + later))
        nearer = (_weekday(v) != weekday) & fits & ((pl.col("n") != 1) | (later == 1))
        frame = frame.with_columns(v=pl.when(nearer.fill_null(value=False)).then(there).otherwise(v))
    lone = ((pl.col("n") == 1) & (_weekday(v) != weekday)).fill_null(value=False)
    frame = frame.with_columns(v=pl.when(lone).then(r + (weekday - _weekday(r) - 1) % 7 + 1).otherwise(v), y=b // 12)
    return _ends(frame, day > 31)


def _ends(frame: pl.LazyFrame, impossible: pl.Expr) -> pl.LazyFrame:
    """From the first day `v` (of month `b` and year `y`) to the last, and which days no calendar has."""
    b, m2, d2 = pl.col("b"), pl.col("m2"), pl.col("d2")
    b2 = pl.when(m2.is_null()).then(b).otherwise(pl.coalesce("year_end", "y") * 12 + m2 - 1)
    after = month_start(b2) + d2 - 1
    wrapped = month_start(b2 + pl.when(m2.is_null()).then(1).otherwise(12)) + d2 - 1
    week = 6 * (pl.col("kind") == Kind.ISO_WEEK).cast(pl.Int32)
    ve = pl.when(d2.is_null()).then(pl.col("v") + week).when(after >= pl.col("v")).then(after).otherwise(wrapped)
    return _finish(frame.with_columns(ve=ve, bad=_has(Flag.IMPOSSIBLE) | impossible.fill_null(value=False)))


def _day_in(year: pl.Expr) -> pl.Expr:
    """The day that a DATE, NTH_WEEKDAY or EASTER names in a year; the Monday of an ISO_WEEK."""
    kind, w, n = pl.col("kind"), pl.col("weekday"), pl.col("n")
    month = year * 12 + pl.col("month") - 1
    start, last = month_start(month), month_start(month + 1) - 1
    nth = (
        pl.when(n > 0).then(start + (w - _weekday(start)) % 7 + 7 * (n - 1)).otherwise(last - (_weekday(last) - w) % 7)
    )
    easter = easter_sunday(year) + pl.col("shift")
    return (
        pl.when(kind == Kind.DATE)
        .then(start + pl.col("day") - 1)
        .when(kind == Kind.NTH_WEEKDAY)
        .then(nth)
        .when(kind == Kind.EASTER)
        .then(easter)
        .when(kind == Kind.ISO_WEEK)
        .then(month_start(year * 12) + 3 - _weekday(month_start(year * 12) + 3) + 7 * (n - 1))
    )
