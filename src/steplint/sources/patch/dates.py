"""How a file writes its days: learned from the column's own values, out of one table of forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from typing import NamedTuple

import polars as pl

from steplint.records.dayorder import local_order
from steplint.records.moments import parse_moment
from steplint.records.prepare import date_columns
from steplint.sources.patch.edits import Refused

__all__ = ["Days", "Style", "learn"]

_ISO = "{yyyy}-{mm}-{dd}"
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_PADDED = (("{dd}", "{mm}"), ("{d}", "{m}"))
_BARE = _PADDED[::-1]
_YEARS = ("{yyyy}", "{yy}")
_NAMES = ("{mon}", "{month}", "{MON}", "{mon}.")
#: Every form that a day is written in. Where two fit a column alike, the first is taken.
_FORMS = (
    *(f"{{yyyy}}{sep}{m}{sep}{d}" for sep, (d, m) in product("-/", _PADDED)),
    *(f"{d}{sep}{m}{sep}{y}" for sep, (d, m), y in product((".", ". "), _PADDED, _YEARS)),
    *(f"{d}{sep}{name}{sep}{y}" for sep, (d, _), name, y in product(" -", _BARE, _NAMES, _YEARS)),
    *(f"{name} {d}{comma} {{yyyy}}" for comma, (d, _), name in product((",", ""), _BARE, _NAMES)),
    *(f"{name} {{d}}{{th}}{comma} {{yyyy}}" for comma, name in product((",", ""), _NAMES)),
    *(f"{{d}}{{th}} {name}{comma} {{yyyy}}" for comma, name in product(("", ","), _NAMES)),
    "{yyyy}{mm}{dd}", "{epoch}", "{serial}",
)  # fmt: skip
#: Those that only the order of day and month tells apart.
_LOCAL = {
    "mdy": tuple(f"{m}{sep}{d}{sep}{y}" for sep, (d, m), y in product("/-", _PADDED, _YEARS)),
    "dmy": tuple(f"{d}{sep}{m}{sep}{y}" for sep, (d, m), y in product("/-", _PADDED, _YEARS)),
    "unknown": (),
}
_UNKNOWN = "whether day or month comes first in the file's dates is not known; say --date-order mdy or dmy"
_WITH_WEEKDAY = ("{ddd} ", "{ddd}, ", "{dddd} ", "{dddd}, ")
_CLOCK = re.compile(r"(?<=\d)(?:[T ]|,? +)\d{1,2}:\d{2}.*", re.DOTALL)
#: So many different values show the style of a column.
_SAMPLE = 1_000


class Style(NamedTuple):
    """What the values of a column show: `form` of the day (None: nothing readable) and the `clock` behind it.

    `trouble` says why the column has no style to follow.
    """

    form: str | None
    clock: str = ""
    trouble: str | None = None


class Days:
    """The styles of all date columns of one file."""

    def __init__(self, frame: pl.DataFrame, order: str) -> None:
        self._frame, self._order = frame, order
        self._styles: dict[str, Style] = {}

    def write(self, column: str, day: date) -> str:
        """The day as `column` writes days. Refused: it writes them in ways that cannot be followed."""
        style = self._style(column)
        if style.form is None and style.trouble is None:
            style = self._of_others(column)
        if style.trouble or style.form is None:
            raise Refused(style.trouble or "")
        return _write(style.form, day) + style.clock

    def _style(self, column: str) -> Style:
        if column not in self._styles:
            values = self._frame[column].drop_nulls().unique(maintain_order=True).head(_SAMPLE).to_list()
            self._styles[column] = learn(values, self._order)
        return self._styles[column]

    def _of_others(self, column: str) -> Style:
        """ISO where another date column has it or none has days, else what most of them write; without a clock."""
        others = [self._style(name) for name in date_columns(self._frame.columns) if name != column]
        forms = Counter(style.form for style in others if style.form)
        if _ISO in forms:
            return Style(_ISO)
        if forms:
            (form, count), *more = forms.most_common(2)
            if more and more[0][1] == count:
                return Style(None, trouble="the column is empty, and the file's other dates are in different forms")
            return Style(form)
        return next((style for style in others if style.trouble), Style(_ISO))


def learn(values: Iterable[str], order: str) -> Style:
    """The style that more than half of the readable values share. `order` is mdy, dmy or unknown."""
    fits: Counter[str] = Counter()
    clocks: dict[str, Counter[str]] = {}
    readable = unknown = 0
    for value in values:
        head, clock = _parted(value.strip())
        if order == "unknown" and local_order(head):
            unknown += 1
            continue
        moment = parse_moment(head, order)
        if moment is None:
            continue
        readable += 1
        for form in _fitting(head, moment.date(), order):
            fits[form] += 1
            clocks.setdefault(form, Counter())[clock] += 1
    if unknown > readable:
        return Style(None, trouble=_UNKNOWN)
    if not readable:
        return Style(None)
    best = max(fits, key=lambda form: fits[form], default="")
    if fits[best] * 2 <= readable + unknown:
        return Style(None, trouble="the column's dates are in different forms, none of them in most")
    clock, count = clocks[best].most_common(1)[0]
    if count * 2 <= fits[best]:
        return Style(best, trouble="the column's dates have times of day, each its own")
    return Style(best, clock)


def _parted(value: str) -> tuple[str, str]:
    """A value as its day and the clock behind it."""
    found = _CLOCK.search(value)
    return (value[: found.start()], value[found.start() :]) if found else (value, "")


def _fitting(value: str, day: date, order: str) -> list[str]:
    """The forms that write `day` exactly as `value`."""
    parts = _parts(day)
    prefixes = _WITH_WEEKDAY if value.startswith(parts["ddd"]) else ("",)
    forms = (prefix + form for prefix in prefixes for form in (*_FORMS, *_LOCAL[order]))
    return [form for form in forms if form.format_map(parts) == value]


def _write(form: str, day: date) -> str:
    return form.format_map(_parts(day))


@cache
def _parts(day: date) -> dict[str, str]:
    """What the slots of a form stand for."""
    month, weekday = _MONTHS[day.month - 1], _WEEKDAYS[day.weekday()]
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {
        "yyyy": f"{day.year:04}", "yy": f"{day.year % 100:02}", "mm": f"{day.month:02}", "m": str(day.month),
        "dd": f"{day.day:02}", "d": str(day.day), "month": month, "mon": month[:3], "MON": month[:3].upper(),
        "dddd": weekday, "ddd": weekday[:3], "th": _ordinal(day.day), "epoch": str(int(midnight.timestamp()) * 1000),
        "serial": str((day - date(1899, 12, 30)).days),
    }  # fmt: skip


def _ordinal(number: int) -> str:
    return "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
