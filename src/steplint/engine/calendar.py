"""The organisation's workdays round the day of the check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from steplint.errors import ConfigError
from steplint.records import Org, holiday_dates
from steplint.rules.condition.compiler import Calendar

__all__ = ["Workdays"]

# Years round as-of for which public holidays are looked up: further away nobody plans a step.
YEARS_BEFORE, YEARS_AFTER = 2, 3


@dataclass(frozen=True)
class Workdays:
    """Workdays of `org` in the years round `as_of`; further away only the work week counts."""

    week: frozenset[int]
    holidays: frozenset[date]

    @classmethod
    def of(cls, org: Org, as_of: date) -> Workdays:
        """Raises ConfigError for a country whose holidays are not known."""
        if not org.holidays:
            return cls(frozenset(org.workweek), frozenset())
        try:
            days = holiday_dates(org.holidays, as_of.year - YEARS_BEFORE, as_of.year + YEARS_AFTER)
        except ValueError as error:
            raise ConfigError(str(error), hint="use ISO codes such as US or DE-BY") from None
        return cls(frozenset(org.workweek), days)

    def calendar(self) -> Calendar:
        """The same, as conditions are compiled with it."""
        return Calendar(tuple(day in self.week for day in range(7)), sorted(self.holidays))

    def ahead(self, day: date, count: int) -> date:
        """The `count`-th workday after `day`; where no day of the week is one, the `count`-th day."""
        while count:
            day += timedelta(days=1)
            if not self.week or (day.weekday() in self.week and day not in self.holidays):
                count -= 1
        return day

    def is_workday(self, day: pl.Expr) -> pl.Expr:
        """True, false, or null where there is no day."""
        off = (day.dt.weekday() - 1).is_in(sorted(set(range(7)) - self.week)) | day.is_in(sorted(self.holidays))
        return pl.when(day.is_not_null()).then(~off)
