"""Calendar units and the parts of a period: this week, in 3 months, early, mid, end of."""

from __future__ import annotations

from steplint.reading.dates.symbols import DateSymbol, Flag, Gran, Kind

__all__ = ["edge_days", "units"]

_MONTHS = {"month": (1, Gran.MONTH), "quarter": (3, Gran.QUARTER), "half": (6, Gran.QUARTER), "year": (12, Gran.YEAR)}

# First and last day of a part, 0-based from the period's start or negative from its end, by length in months (0: week).
_EDGES: dict[str, dict[int, tuple[int, int]]] = {
    "early": {0: (0, 1), 1: (0, 9), 3: (0, 30), 6: (0, 60), 12: (0, 120)},
    "mid": {0: (1, 3), 1: (10, 19), 3: (31, 60), 6: (61, 120), 12: (121, 242)},
    "late": {0: (3, 4), 1: (20, -1), 3: (61, -1), 6: (121, -1), 12: (243, -1)},
    "later": {0: (0, 6), 1: (0, -1), 3: (0, -1), 6: (0, -1), 12: (0, -1)},
    "end": {0: (4, 4), 1: (-1, -1), 3: (-1, -1), 6: (-1, -1), 12: (-1, -1)},
    "start": {0: (0, 1), 1: (0, 6), 3: (0, 13), 6: (0, 13), 12: (0, 30)},
    "week_1": {1: (0, 6), 3: (0, 6), 6: (0, 6), 12: (0, 6)},
    "week_2": {1: (7, 13), 3: (7, 13), 6: (7, 13), 12: (7, 13)},
    "week_3": {1: (14, 20), 3: (14, 20), 6: (14, 20), 12: (14, 20)},
    "week_4": {1: (21, 27), 3: (21, 27), 6: (21, 27), 12: (21, 27)},
    "week_last": {1: (-7, -1), 3: (-7, -1), 6: (-7, -1), 12: (-7, -1)},
    "first_day": {0: (0, 0), 1: (0, 0), 3: (0, 0), 6: (0, 0), 12: (0, 0)},
    "last_day": {0: (4, 4), 1: (-1, -1), 3: (-1, -1), 6: (-1, -1), 12: (-1, -1)},
    "half_1": {0: (0, 2), 1: (0, 14), 3: (0, 45), 6: (0, 90), 12: (0, 180)},
    "half_2": {0: (2, 4), 1: (15, -1), 3: (46, -1), 6: (91, -1), 12: (181, -1)},
}


def units(unit: str, n: int, flags: int) -> DateSymbol | None:
    """n units from now: days name a day; weeks and longer name the calendar unit that many further on."""
    unit = unit.removesuffix("s")
    if unit == "day":
        return DateSymbol(Kind.DAY, Gran.DAY, flags, n=n)
    if unit == "workday":
        return DateSymbol(Kind.WORKDAY, Gran.DAY, flags, n=n)
    if unit == "week":
        return DateSymbol(Kind.WEEK, Gran.WEEK, flags, n=n, lo=0, hi=6)
    if unit == "fortnight":
        return DateSymbol(Kind.WEEK, Gran.WEEK, flags, n=2 * n, lo=0, hi=6)
    if unit == "weekend":
        return DateSymbol(Kind.WEEK, Gran.WEEK, flags, n=n, lo=5, hi=6)
    if unit.startswith("fiscal_"):
        flags |= Flag.FISCAL
        unit = unit.removeprefix("fiscal_")
    if unit == "quarter":
        flags |= Flag.FISCAL
    if unit not in _MONTHS:
        return None
    months, gran = _MONTHS[unit]
    return DateSymbol(Kind.MONTHS, gran, flags, n=n, months=months)


def edge_days(symbol: DateSymbol, edge: str) -> DateSymbol:
    """The part of a period: days lo..hi of it. A vague period stays vague."""
    length = 0 if symbol.kind == Kind.WEEK else symbol.months
    part = _EDGES[edge].get(length)
    if part is None or symbol.kind == Kind.VAGUE:
        return symbol
    gran = Gran.DAY if edge.endswith("_day") else symbol.granularity
    return symbol._replace(lo=part[0], hi=part[1], granularity=gran)
