"""What a date expression means before its reference day is known: small integers that travel as columns."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import NamedTuple

__all__ = ["GRANULARITIES", "Base", "DateSymbol", "Flag", "Gran", "Kind"]


class Kind(IntEnum):
    """How the calendar day is found."""

    VAGUE = 0  # no bounds: "soon"
    DAY = 1  # n days from the reference day (a clock alone: n = 0)
    WORKDAY = 2  # n working days (Monday to Friday) from the reference day
    WEEK = 3  # the n-th calendar week from this one, days lo..hi of it
    WEEKDAY = 4  # a weekday, by `base`, then `shift` days on
    MONTHS = 5  # the n-th block of `months` months from this one, days lo..hi of it
    NAMED = 6  # the block of `months` months that starts with `month`, days lo..hi of it
    DATE = 7  # month and day, with or without year
    MONTH_DAY = 8  # "the 15th": the next such day
    NTH_WEEKDAY = 9  # holiday: the nth `weekday` of `month`
    EASTER = 10  # `shift` days from Easter Sunday
    ISO_WEEK = 11  # the n-th week of a year, Monday to Sunday


class Base(IntEnum):
    """How a weekday is chosen."""

    BARE = 0  # the first one strictly after the reference day
    THIS = 1  # the first one on or after it
    WEEK = 2  # the one in the n-th calendar week from this one
    LAST = 3  # the last one strictly before it
    NEXT = 4  # "next Tue": by convention the one of next calendar week, or the nearest


class Gran(IntEnum):
    """How much time the expression spans."""

    VAGUE = 0
    TIME = 1
    DAY = 2
    WEEK = 3
    MONTH = 4
    QUARTER = 5
    YEAR = 6


GRANULARITIES = {g.value: g.name.lower() for g in Gran}


class Flag(IntFlag):
    """What else the expression says."""

    NEEDS_CONTEXT = 1  # a date only in company: bare "may", "mar", "the 2nd", "2 weeks"
    ABSOLUTE = 2  # names its day without a reference date (month and day, or more)
    YEAR = 4  # the year is written
    AMBIGUOUS = 8  # reads as M/D and as D/M
    PAST = 16  # said to be past: "last Tuesday", "2 days ago", "since Friday"
    OPEN_AFTER = 32  # "after 12/4": nothing bounds the end
    ALTERNATIVES = 64  # two days offered: "Tue or Thu"
    RANGE = 128  # a first and a last day: "12/4-12/6", "in 2-3 weeks"
    DEADLINE = 256  # "Monday latest"
    WEEK_OF = 512  # the week that holds the day: "wk of 12/9"
    FISCAL = 1024  # month counts from the first month of the fiscal year
    CLOCK_ONLY = 2048  # a clock without a day
    END_OF_DAY = 4096  # EOD, COB
    SINCE = 8192  # "since Friday": PAST, open to today
    DAY_PART = 16384  # "Fri afternoon"
    LAST_WORD = 65536  # a doubtful piece that is a date at the end of a clause, too: "cb mon", "the 3rd", "@ 9"
    IMPOSSIBLE = 32768  # names a day that no year has: 2/30


class DateSymbol(NamedTuple):
    """One distinct date expression. Counters are 0 and calendar parts None where the expression does not say them."""

    kind: int
    granularity: int
    flags: int = 0
    base: int = 0
    n: int = 0
    n_end: int | None = None
    weekday: int | None = None  # 0 Monday; on DATE it is what the text claims
    weekday_end: int | None = None
    month: int | None = None  # for AMBIGUOUS the M/D reading
    day: int | None = None
    year: int | None = None
    month_end: int | None = None
    day_end: int | None = None
    year_end: int | None = None
    months: int = 1  # length of the block
    lo: int = 0  # first day of the part: 0-based from the block's start, or negative from its end
    hi: int = -1  # last day of the part, same count
    shift: int = 0
    clock: int | None = None  # minutes after midnight
    clock_end: int | None = None
    end_chars: int = 0  # length of the date itself, in code points, without trailing separators
