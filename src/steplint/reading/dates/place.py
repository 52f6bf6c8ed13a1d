"""Where in a date expression its day stands, apart from the clock, the part of the day and “by”."""

from __future__ import annotations

from steplint.reading.dates.build import BUILDERS
from steplint.reading.dates.parse import patterns
from steplint.reading.dates.symbols import Flag

__all__ = ["day_place"]

#: Rules whose match is a day and nothing more; “tonight”, “EOD” and holidays say more than the day.
_DAYS = ("weekday", "weekday_week", "weekday_number", "day_word", "offset", "day_of_month", "date")
_BOUNDS = "bJT"  # by, on or about, at


def day_place(piece: str) -> tuple[int, int] | None:
    """Start and end (code points, end exclusive) of the day in a piece that `parse` reads: “Thu” of “by Thu 2pm EST”.

    None where the words of the day say more than which day it is, or the piece is no date.
    """
    machine = patterns()
    tokens = machine.tokens(piece)
    found = machine.grammar.fullmatch("".join(token.letter for token in tokens))
    name = next((key for key, value in (found.groupdict() if found else {}).items() if value and key in BUILDERS), None)
    if found is None or name not in _DAYS:
        return None
    first, last = found.span(name)
    symbol = BUILDERS[name](tokens[first:last])
    if symbol is None or symbol.flags & Flag.DAY_PART:
        return None
    if name == "offset" and tokens[first].text != "in":
        return None  # "within 3 days" is a deadline
    if name == "day_of_month" and last - first == 1:
        return None  # "1st" may count anything
    while name != "offset" and tokens[first].letter in _BOUNDS:
        first += 1
    start = tokens[first - 1].end if first else 0
    end = tokens[last - 1].end
    while start < end and not piece[start].isalnum():
        start += 1
    return start, end
