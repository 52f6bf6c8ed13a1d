"""The days that texts name: where each stands, and whether it is sure which day is meant.

A day is read against the day on which the text was written, and by conventions where people differ. That is good enough to
judge a text; to write the day somewhere else it must be beyond doubt.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from steplint.reading.dates import Base, DateSymbol, Flag, Kind, day_place, parse

__all__ = ["named_days"]

#: A day without a year is the nearest one: further ahead, that of the year before would be nearer.
HALF_A_YEAR = 182
#: “In 3 days” counts days; “in 30 days” is about a month.
COUNTED_DAYS = 7
#: Whoever wrote at these hours of the clock that the source keeps, wrote on the same day by his own.
WAKING = (8, 18)
#: In front of a day, in its clause: the day of something else (“before the steerco on 3/27”, “out til the 14th”), of a whole
#: week, or of what ends by itself (“their FY closes 3/31”), or a number of something.
OTHERS = (
    r"(?i)\b(?:before|after|prior|ahead|(?:un)?till?|since|from|unless)\b[^,.;:\n]*$"
    r"|\b(?:weeks?|wk|month|quarter|w/c)\s+(?:of|commencing|beginning|starting)?\s*$"
    r"|\b(?:closes?|ends?|expir\w+|laps\w+|renew\w*|runs out|contract|term)\s+(?:on\s+|is\s+)?$"
    r"|(?:\b(?:ext|extension|room|rm|suite|bldg|po|no|nr|item|lot)\.?|#)\s*$"
)
#: In front of a day: what happened then. Of “Tues” nobody can say whether it is over; and some -ed words are of plans.
HAPPENED = r"(?i)\b(?:\w{2,}ed|held|sent|met|done|spoke|left|went|got|paid|gave|had|was|were|saw)\s+(?:on\s+)?$"
PLANNED = (
    r"(?i)\b(?:(?:re)?(?:scheduled|booked|planned)|confirmed|moved|postponed|pushed|fixed|agreed|proposed|needed|accepted)"
    r"\s+(?:on\s+|for\s+)?$"
)
#: Weekdays that are other words too: “sat in zoom alone”.
OTHER_WORDS = r"(?:^|\W)(?:sat|sun|wed|mon)$"
BEFORE = 80  # characters in front of a day that are looked at
_SCHEMA = {
    "said": pl.String, "dated": pl.Boolean, "fixed": pl.Boolean, "near": pl.Boolean, "counted": pl.Boolean, "bare": pl.Boolean,
    "place_start": pl.Int64, "place_end": pl.Int64,
}  # fmt: skip


def named_days(rows: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """A row a day that is named in the texts of `rows` (records with a number `_place`), by `mentions` (see `Reading`).

    Columns: `_place`, `ref_date`, `date` (the step's own day), `value` (this one) and `absolute` (no reference day was needed).
    Of days that are the step's also `end` (of the mention, clock and all), `day_start` and `day_end` (where its words stand, in
    code points; null where they say more than the day), and `sure`: neither the year of a written day nor the day of writing
    that a relative one counts from is a guess, people do not differ about it, and what stands in front of it makes it nothing
    else than the day of the step.
    """
    records = rows.select("_place", "row", "next_step", "ref_date", "basis", "next_step_changed", "date")
    days = records.join(mentions, on="row").filter(
        pl.col("granularity").is_in(["time", "day"]) & pl.col("value").is_not_null()
    )
    days = days.with_columns(said=pl.col("next_step").str.slice(pl.col("start"), pl.col("end") - pl.col("start")))
    # Only of the step's own day more is asked than which one it is.
    said = days.filter(pl.col("value") == pl.col("date"))["said"].unique().to_list()
    facts = pl.DataFrame([_facts(text) for text in said], schema=_SCHEMA)
    ahead = (pl.col("value") - pl.col("ref_date")).dt.total_days()
    changed = pl.col("basis") == "changed"
    hour = pl.col("next_step_changed").dt.hour()
    on_the_day = hour.is_between(*WAKING) | (pl.col("next_step_changed").dt.time() == pl.time(0, 0, 0))
    before = pl.col("next_step").str.slice(0, pl.col("start")).str.tail(BEFORE)
    led = pl.col("next_step").str.slice(0, pl.col("start") + pl.col("place_start").fill_null(0)).str.tail(BEFORE)
    happened = before.str.contains(HAPPENED) & ~before.str.contains(PLANNED)
    relative = (
        pl.col("near")
        & pl.col("place_start").is_not_null()
        & ~(pl.col("bare") & (ahead == 7))  # named on that very weekday: that day, or a week later?
        & (~pl.col("counted") | on_the_day)
        & ~happened
        & ~pl.col("said").str.contains(OTHER_WORDS)
    )
    # A text that writes out the day on which it is written keeps a log: “[2/6] parked”.
    written = (pl.col("fixed") | (changed & pl.col("dated") & (ahead <= HALF_A_YEAR))) & (ahead != 0)
    sure = pl.when(pl.col("absolute")).then(written).otherwise(changed & relative)
    return days.join(facts, on="said", how="left", maintain_order="left").select(
        "_place", "ref_date", "date", "value", "absolute", "end",
        day_start=pl.col("start") + pl.col("place_start"),
        day_end=pl.col("start") + pl.col("place_end"),
        sure=~led.str.contains(OTHERS)
        & sure.fill_null(value=False) & (pl.col("value_end") == pl.col("value")).fill_null(value=False) & ~pl.col("ambiguous"),
    )  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _facts(text: str) -> dict[str, Any]:
    """What the words of one mention say of how its day is found."""
    symbol = parse(text)
    if symbol is None:
        return {"said": text}
    start, end = day_place(text) or (None, None)
    dated = symbol.kind == Kind.DATE and symbol.n == 0  # month and day, no holiday
    return {
        "said": text,
        "dated": dated,
        # The year is written, or the weekday says which year it is.
        "fixed": dated and (symbol.year is not None or symbol.weekday is not None),
        "near": _near(symbol),
        "counted": symbol.kind == Kind.DAY,
        "bare": symbol.kind == Kind.WEEKDAY and symbol.base == Base.BARE,
        "place_start": start,
        "place_end": end,
    }


def _near(symbol: DateSymbol) -> bool:
    """Whether a relative day means the same to everybody: “Friday”, “tomorrow”, “Tue next week”, “the 20th”.

    People differ about “next Tuesday”, and holidays about “in 3 business days”.
    """
    if symbol.kind == Kind.DAY:
        return symbol.n <= COUNTED_DAYS and not symbol.flags & Flag.DAY_PART
    if symbol.kind == Kind.WEEKDAY:
        return symbol.base != Base.NEXT and symbol.shift == 0
    return symbol.kind == Kind.MONTH_DAY and symbol.n == 0
