"""Dates in their place: each date token gets its day and a class that says whether the day is to come."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from steplint.reading.dates import Conventions, Flag, Kind, resolve

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
# A doubtful weekday, "the 3rd" and "@ 9" are also dates as the last word of a clause ("cb mon"), a month is not ("it may").
_FAR_DAYS = 60
_ACTS = ("v3s", "v3s_meet", "want", "will", "be", "have", "to")
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
    solo = (words["key"].is_not_null() & words["capital"]).gather(table["word"]).fill_null(value=False)
    table = table.with_columns(symbol=words["symbol"].gather(table["word"])).drop("word")
    before = pl.col("code").shift(1)
    first = pl.col("row") != pl.col("row").shift(1)
    led = (before == codes["noise"]) & (pl.col("row") != pl.col("row").shift(2))  # behind leading blanks
    opens = (first | led).fill_null(True) | before.is_in([codes["stop"], codes["comma"]])
    dates = (
        table.select("row", "start", "end", "symbol", opens=opens)
        .with_row_index("at")
        .drop_nulls("symbol")
        .join(symbols, on="symbol", how="left", maintain_order="left")
        .with_columns(
            ref_date=pl.lit(ref_dates).gather(pl.col("row")) if len(ref_dates) else pl.lit(None, dtype=pl.Date)
        )
    )
    told, signed = _entry_heads(table, dates, codes)
    symbolic = dates.with_columns(past_hint=told)
    dates = resolve(symbolic, conventions=conventions)
    # "8/22 TD: first call" said in January tells of last August: an author's entry dates no plan months ahead.
    far = signed & ((dates["value"] - dates["ref_date"]).dt.total_days() > _FAR_DAYS).fill_null(value=False)
    if far.any():
        gone = resolve(symbolic.filter(far).with_columns(past_hint=pl.lit(value=True)), conventions=conventions)
        dates = pl.concat([dates.filter(~far), gone]).sort("at")
    dates = dates.with_columns(code=_class(codes))
    dates = dates.filter(~(solo.gather(dates["at"]) & _is_name(table, dates, codes)))
    needs = (pl.col("flags") & int(Flag.NEEDS_CONTEXT)) != 0
    if dates.select(needs.any()).item():
        company = _in_company(table, codes)
        last_word = (pl.col("flags") & int(Flag.LAST_WORD)) != 0
        dates = dates.join(company, on="at", how="left", maintain_order="left").filter(
            ~needs
            | pl.col("company").fill_null(False)
            | (pl.col("followed").fill_null(False) & (pl.col("kind") != int(Kind.MONTH_DAY)))  # "the 2nd demo" counts
            | (pl.col("ends").fill_null(False) & last_word)
        )
    place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, table.height)
    table = table.drop("symbol").with_columns(
        code=table["code"].scatter(dates["at"], dates["code"]),
        dated=place.scatter(dates["at"], pl.int_range(dates.height, dtype=pl.UInt32, eager=True)),
    )
    return table, dates.select(
        "row", "start", "end", "value", "value_end", "time", "granularity", "past", "flaw", "ambiguous", "absolute"
    )


def _is_name(table: pl.DataFrame, dates: pl.DataFrame, codes: Mapping[str, int]) -> pl.Series:
    """Which dates stand where a name stands: "Mark Friday approves", "Sunday Okoro wants"."""
    acts = [codes[name] for name in _ACTS]
    after, second = _beside(table, dates, 1), _beside(table, dates, 2)
    behind_name = _beside(table, dates, -1).is_in([codes["person"], codes["contact"]]) & after.is_in(acts)
    before_name = dates["opens"] & (after == codes["proper"]) & second.is_in(acts)
    return (behind_name.fill_null(value=False) | before_name.fill_null(value=False)) & (
        dates["kind"] == int(Kind.WEEKDAY)
    )


def _entry_heads(table: pl.DataFrame, dates: pl.DataFrame, codes: Mapping[str, int]) -> tuple[pl.Series, pl.Series]:
    """Which dates open a log entry: those before a past verb, and those before its author's initials and a colon or dash."""

    def name(step: int) -> pl.Series:
        return _beside(table, dates, step)

    def among(step: int, classes: tuple[str, ...]) -> pl.Series:
        return name(step).is_in([codes[each] for each in classes]).fill_null(value=False)

    marks, past = ("colon", "dash"), ("past", "past_give")
    opens = dates["opens"].fill_null(value=False)
    told = opens & (among(1, past) | (among(1, marks) & among(2, past)))
    return told, opens & ~told & among(1, ("initials", "owner")) & among(2, marks)


def _beside(table: pl.DataFrame, dates: pl.DataFrame, step: int) -> pl.Series:
    """The class of the token `step` places from each date in the same record, or null."""
    places = dates["at"].cast(pl.Int64)
    there = (places + step).clip(0, max(table.height - 1, 0))
    same = (table["row"].gather(there) == dates["row"]) & (there == places + step)
    return pl.select(pl.when(same).then(table["code"].gather(there))).to_series()


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


def _in_company(table: pl.DataFrame, codes: Mapping[str, int]) -> pl.DataFrame:
    """`at`, and what makes a bare "May", "the 2nd" or "2 weeks" a date: `company` before it, `followed` by an event, or `ends`,
    the end of its clause.
    """
    same_before = pl.col("row") == pl.col("row").shift(1)
    same_after = pl.col("row") == pl.col("row").shift(-1)
    beside_date = pl.col("symbol").shift(1).is_not_null()
    led = pl.col("code").shift(1).is_in([codes[name] for name in _AFTER])
    followed = pl.col("code").shift(-1).is_in([codes[name] for name in _BEFORE])
    counted_to = same_after & (pl.col("code").shift(-1) == codes["by"])  # "30 days before the renewal"
    ends = ~same_after.fill_null(False) | pl.col("code").shift(-1).is_in([codes[name] for name in _ENDS])
    return (
        table.select("row", "code", "symbol")
        .with_row_index("at")
        .filter(pl.col("code") != codes["noise"])
        .select(
            "at",
            company=same_before & (led | beside_date) & ~counted_to.fill_null(False),
            followed=same_after & followed,
            ends=ends,
        )
    )
