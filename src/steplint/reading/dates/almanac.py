"""Days that a calendar must be asked for: the first of each month and Easter, looked up in tables made once."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import polars as pl

__all__ = ["easter_sunday", "month_start"]

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_EPOCH = date(1970, 1, 1)


@cache
def _month_starts() -> pl.Series:
    days = [(date(y, m, 1) - _EPOCH).days for y in range(_FIRST_YEAR, _LAST_YEAR) for m in range(1, 13)]
    return pl.Series(days, dtype=pl.Int32)


@cache
def _easters() -> pl.Series:
    return pl.Series([(_easter(y) - _EPOCH).days for y in range(_FIRST_YEAR, _LAST_YEAR)], dtype=pl.Int32)


def _easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    golden, century, rest = year % 19, year // 100, year % 100
    skipped = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + skipped + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, 1) + timedelta(days=day)


def month_start(month_index: pl.Expr) -> pl.Expr:
    """First day of a month, by months since year 0."""
    place = (month_index - _FIRST_YEAR * 12).clip(0, (_LAST_YEAR - _FIRST_YEAR) * 12 - 1)
    return pl.lit(_month_starts()).gather(place.cast(pl.UInt32))


def easter_sunday(year: pl.Expr) -> pl.Expr:
    """Western Easter Sunday of a year, in days from 1970-01-01."""
    place = (year - _FIRST_YEAR).clip(0, _LAST_YEAR - _FIRST_YEAR - 1)
    return pl.lit(_easters()).gather(place.cast(pl.UInt32))
