"""Day/month order of a file: what its own values show. Settled once, before the first batch; never a guess."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

__all__ = ["Evidence", "add_dates", "add_texts", "local_order", "settle"]

_WEEKDAYS = {name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_DAY_NAME = r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|r|rsday|urday)?\.?,?\s+"
_YEAR = r"(?P<y>\d{4}|\d{2})"
_COLUMN = re.compile(
    rf"\s*(?:{_DAY_NAME})?(?P<a>\d{{1,2}})(?P<sep>[/-])(?P<b>\d{{1,2}})(?P=sep){_YEAR}(?=\s*$|[\s,T]+\d)", re.IGNORECASE
)
_TEXT = re.compile(rf"\b{_DAY_NAME}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?:/{_YEAR})?(?![\d/])", re.IGNORECASE)


@dataclass
class Evidence:
    """Distinct values that can only be read as mdy or dmy, and columns that hold values of a local order at all.

    `plausible` counts values of columns that tell of the past and would tell of the future in the other order.
    """

    votes: Counter[str] = field(default_factory=Counter)
    plausible: Counter[str] = field(default_factory=Counter)
    text_votes: Counter[str] = field(default_factory=Counter)
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """More values cannot change the verdict, or there is nothing to settle."""
        return bool(self.votes) or not self.columns


def local_order(value: str) -> bool:
    """The value is a day whose day and month stand in a local order, such as 3/4/2026."""
    return _COLUMN.match(value) is not None


def add_dates(evidence: Evidence, column: str, values: Iterable[str], latest: date | None = None) -> None:
    """Take what the distinct values of one date column show; `latest` is a day that none of them can be behind."""
    for value in values:
        found = _COLUMN.match(value)
        if found:
            evidence.columns[column] = evidence.columns.get(column, 0) + 1
            vote = _vote(found, None)
            if vote:
                evidence.votes[vote] += 1
            elif latest and (vote := _not_behind(found, latest)):
                evidence.plausible[vote] += 1


def _not_behind(found: re.Match[str], latest: date) -> str | None:
    """The order in which the day is not behind `latest`, if the other one puts it there."""
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    a, b = int(found["a"]), int(found["b"])
    try:
        behind = {"mdy": date(year, a, b) > latest, "dmy": date(year, b, a) > latest}
    except ValueError:
        return None
    kept = [order for order, is_behind in behind.items() if not is_behind]
    return kept[0] if len(kept) == 1 else None


def add_texts(evidence: Evidence, texts: Iterable[str], reference: date) -> None:
    """Take what days of the week in front of M/D or D/M in texts show ("Tue 12/4")."""
    for text in texts:
        for found in _TEXT.finditer(text):
            vote = _vote(found, reference)
            if vote:
                evidence.text_votes[vote] += 1


def _vote(found: re.Match[str], reference: date | None) -> str | None:
    a, b = int(found["a"]), int(found["b"])
    readings = {order: pair for order, pair in (("mdy", (a, b)), ("dmy", (b, a))) if 1 <= pair[0] <= 12 and pair[1]}
    if a == b or not readings:
        return None
    if len(readings) == 1:
        return next(iter(readings))
    if not found["day"]:
        return None
    weekday = _WEEKDAYS[found["day"].casefold()]
    hits = [order for order, (month, day) in readings.items() if _weekday(found["y"], month, day, reference) == weekday]
    return hits[0] if len(hits) == 1 else None


def _weekday(year: str | None, month: int, day: int, reference: date | None) -> int | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day).weekday()
        if reference is None:
            return None
        years = (reference.year - 1, reference.year, reference.year + 1)
        return min((date(y, month, day) for y in years), key=lambda d: abs((d - reference).days)).weekday()
    except ValueError:
        return None


def settle(evidence: Evidence, wish: str) -> tuple[str, str, bool]:
    """(order of date columns, order for dates in texts, whether the latter is known).

    `wish` is mdy, dmy or auto. Column values that contradict each other leave the order unknown, unless one against
    twenty looks like a slip. Where no column value tells, three that would otherwise lie in the future do, or at least two
    weekday hits of texts that all agree; four hits in five settle the texts alone. What stays unknown reads M/D in texts,
    and is null in columns.
    """
    if wish in ("mdy", "dmy"):
        return wish, wish, True
    if evidence.votes:
        order, count = evidence.votes.most_common(1)[0]
        slips = evidence.votes.total() - count
        return (order, order, True) if count >= 20 * slips else ("unknown", "mdy", False)
    if len(evidence.plausible) == 1 and evidence.plausible.total() >= 3:
        order = next(iter(evidence.plausible))
        return order, order, True
    total = sum(evidence.text_votes.values())
    if total:
        best, count = evidence.text_votes.most_common(1)[0]
        if count * 5 >= total * 4:
            return best if count == total >= 2 else "unknown", best, True
    return "unknown", "mdy", False
