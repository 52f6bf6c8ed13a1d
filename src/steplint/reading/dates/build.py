"""From the rule that matched to the finished `DateSymbol`: the builders, and what stands around the day."""

from __future__ import annotations

from collections.abc import Callable

from steplint.reading.dates import days, spans
from steplint.reading.dates.clock import clock_of
from steplint.reading.dates.rare import rare
from steplint.reading.dates.symbols import DateSymbol, Flag, Gran, Kind
from steplint.reading.dates.token import Tokens

__all__ = ["BUILDERS", "finish"]

Builder = Callable[[Tokens], DateSymbol | None]


BUILDERS: dict[str, Builder] = {
    "vague_period": spans.vague,
    "vague": spans.vague,
    "anchored": spans.anchored,
    "nth_weekday": days.nth_weekday,
    "pair": days.pair,
    "md_range": days.md_range,
    "day_range": days.md_range,
    "date": days.date,
    "offset": spans.offset,
    "weekday_week": days.weekday_week,
    "edge_period": spans.edge_period,
    "period_code": spans.period_code,
    "fiscal": spans.fiscal,
    "weekday": days.weekday,
    "weekday_number": days.weekday_number,
    "week_number": spans.week_number,
    "rare": rare,
    "week_after_next": spans.week_after_next,
    "month": spans.month,
    "season": spans.season,
    "period": spans.period,
    "holiday": days.holiday,
    "day_word": days.day_word,
    "end_of_day": days.end_of_day,
    "day_of_month": days.day_of_month,
    "year": spans.year,
}


def finish(symbol: DateSymbol, before: Tokens, after: Tokens, flags: int, lone: bool, end: int) -> DateSymbol:
    """Add what stands around the day: a clock, EOD, a bound, and whether the piece is only a doubtful word."""
    around = [*before, *after]
    flags |= symbol.flags
    granularity = symbol.granularity
    clock = clock_of(before, bare=True) or clock_of(after, bare=True)
    if any(token.letter == "e" for token in around):
        flags |= Flag.END_OF_DAY
    if any(token.letter == "P" for token in around):
        flags |= Flag.DAY_PART
    if around:
        flags &= ~Flag.NEEDS_CONTEXT
    elif lone:
        flags |= Flag.NEEDS_CONTEXT
    if clock and granularity == Gran.DAY:
        granularity = Gran.TIME
    if flags & Flag.OPEN_AFTER and symbol.kind == Kind.NAMED and symbol.months == 3 and not flags & Flag.FISCAL:
        return symbol._replace(
            kind=Kind.VAGUE, granularity=Gran.VAGUE, flags=int(flags), n=1, end_chars=end
        )  # "after summer"
    start, stop = clock or (symbol.clock, symbol.clock_end)
    if clock and symbol.clock is not None:  # a clock on either day of a pair: the first day's is the step's
        start, stop = symbol.clock, None
    if flags & Flag.DEADLINE:
        flags &= ~Flag.ALTERNATIVES
    return symbol._replace(flags=int(flags), granularity=int(granularity), clock=start, clock_end=stop, end_chars=end)
