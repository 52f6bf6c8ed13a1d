"""Builders of offsets and periods: in 2 weeks, next month, mid-July, Q3, soon."""

from __future__ import annotations

import re

from steplint.reading.dates.days import STEPS, past, single
from steplint.reading.dates.numeric import fiscal_parts, year_of
from steplint.reading.dates.periods import edge_days, units
from steplint.reading.dates.symbols import DateSymbol, Flag, Gran, Kind
from steplint.reading.dates.token import Token, Tokens, first

__all__ = [
    "anchored",
    "edge_period",
    "fiscal",
    "month",
    "offset",
    "period",
    "period_code",
    "season",
    "vague",
    "week_after_next",
    "week_number",
    "year",
]


def _count(token: Token) -> int | None:
    if token.letter == "K":
        return None if token.value == "few" else int(token.value)
    return int(token.text)


def offset(tokens: Tokens) -> DateSymbol | None:
    """in 3 days, within 2 weeks, 3 months ago, next 2 weeks, in a few weeks; bare "2 weeks" needs company."""
    if short := first(tokens, "r"):  # "in 4d", "snooze 30d"
        flags = 0 if first(tokens, "Ia") else Flag.NEEDS_CONTEXT
        return DateSymbol(Kind.DAY, Gran.DAY, flags, n=int(short.text[:-1]))
    counts = [token for token in tokens if token.letter in "Kn"]
    unit = next(token for token in tokens if token.letter in "Uudk")
    shift = first(tokens, "X")
    step = first(tokens, "D")
    inside = first(tokens, "Ia")
    back = (shift is not None and shift.value == -1) or (step is not None and step.value == "last")
    sign = -1 if back else 1
    flags = past(sign)
    if not (inside or step or shift):
        flags |= Flag.NEEDS_CONTEXT
        if unit.letter == "k":
            return None
    if not counts:
        return _uncounted(unit, sign, flags, step)
    count = _count(counts[0])
    if count is None or (shift is not None and shift.value == 0 and not inside):
        return DateSymbol(Kind.VAGUE, Gran.VAGUE, flags, n=1)
    if unit.letter == "k":
        return DateSymbol(Kind.DAY, Gran.DAY, flags, n=sign * (count // 24 + (count % 24 >= 12 and count > 24)))
    symbol = units(unit.value, sign * count, flags)
    if symbol is None or len(counts) == 1:
        return symbol
    second = _count(counts[1])
    if second is None:
        return symbol
    gran = max(symbol.granularity, Gran.WEEK)
    return symbol._replace(n_end=sign * second, granularity=gran, flags=symbol.flags | Flag.RANGE)


def _uncounted(unit: Token, sign: int, flags: int, step: Token | None) -> DateSymbol | None:
    """the next business day, next hour, in the coming days."""
    if unit.letter == "k":
        return DateSymbol(Kind.DAY, Gran.DAY, flags)
    if unit.value.endswith("s"):
        return DateSymbol(Kind.VAGUE, Gran.VAGUE, flags, n=1)
    n = 0 if step is not None and step.value == "this" else sign
    return units(unit.value, n, flags)


def anchored(tokens: Tokens) -> DateSymbol | None:
    """week of 12/9, a week from Tuesday: a period told by a day in it or before it."""
    return _week_of(tokens) if tokens[0].letter == "w" else _days_from(tokens)


def _days_from(tokens: Tokens) -> DateSymbol | None:
    """a week from Tuesday, two weeks from today, 2 weeks after 12/4, the day before Thanksgiving."""
    at = next(i for i, token in enumerate(tokens) if token.letter in "FBTb")
    back = tokens[at].letter == "b"
    if back and tokens[at].text != "before":
        return None
    head, rest = tokens[:at], tokens[at + 1 :]
    counted = first(head, "Kn")
    count = _count(counted) if counted else 1
    anchor = single(rest)
    if anchor is None:
        return None
    if count is None:
        return DateSymbol(Kind.VAGUE, Gran.VAGUE, n=1)
    unit = next(token.value for token in head if token.letter in "Uud")
    step = units(unit, count, 0)
    if step is None or step.kind not in (Kind.DAY, Kind.WEEK):
        return step if anchor.kind == Kind.DAY and anchor.n == 0 else None
    days = step.n * (7 if step.kind == Kind.WEEK else 1) * (-1 if back else 1)
    if anchor.kind == Kind.DAY:
        return anchor._replace(n=anchor.n + days)
    return anchor._replace(shift=days)


def _relative(tokens: Tokens) -> DateSymbol | None:
    """The period a unit, month, quarter or season names, before any edge."""
    step = first(tokens, "D")
    n = STEPS[step.value] if step else 0
    unit = first(tokens, "Uud")
    if unit is not None:
        plural = unit.value.endswith("s")
        if plural:
            return None if n < 0 else DateSymbol(Kind.VAGUE, Gran.VAGUE, n=1)
        symbol = units(unit.value, n, past(n))
        if symbol is None or symbol.kind in (Kind.DAY, Kind.WORKDAY):
            return symbol if symbol is not None and step is not None and n else None
        return symbol
    gone = Flag.PAST if step and step.value == "last" else 0
    if token := first(tokens, "f"):
        return _fiscal_of(token, tokens, gone)
    if token := first(tokens, "M"):
        return DateSymbol(Kind.NAMED, Gran.MONTH, gone, month=token.value, year=year_of(tokens))
    if token := first(tokens, "S"):
        return DateSymbol(Kind.NAMED, Gran.QUARTER, gone, month=token.value, year=year_of(tokens), months=3)
    if year := year_of(tokens):
        return DateSymbol(Kind.NAMED, Gran.YEAR, Flag.YEAR, month=1, year=year, months=12)
    return None


def _fiscal_of(token: Token, tokens: Tokens, flags: int) -> DateSymbol | None:
    parts = fiscal_parts(token)
    year = parts.year or year_of(tokens)
    gran = {3: Gran.QUARTER, 6: Gran.QUARTER, 12: Gran.YEAR}[parts.months]
    return DateSymbol(Kind.NAMED, gran, flags | Flag.FISCAL, month=parts.month, year=year, months=parts.months)


def period(tokens: Tokens) -> DateSymbol | None:
    """next week, this month, the quarter, in the coming weeks."""
    symbol = _relative(tokens)
    if symbol is None or first(tokens, "Da"):
        return symbol
    return symbol._replace(flags=symbol.flags | Flag.NEEDS_CONTEXT)


def week_after_next(tokens: Tokens) -> DateSymbol | None:
    """the week (month) after next."""
    unit = next(token.value for token in tokens if token.letter in "Uud")
    return units(unit, 2, 0)


def month(tokens: Tokens) -> DateSymbol | None:
    """March, in May, next June, Dec 2025, 12/2025, Jan/Feb."""
    if token := first(tokens, "x"):
        number, year = token.text.split("/")
        return DateSymbol(Kind.NAMED, Gran.MONTH, Flag.YEAR, month=int(number), year=int(year))
    symbol = _relative(tokens)
    months = [token.value for token in tokens if token.letter == "M"]
    if symbol is None or len(months) == 1:
        return symbol
    return symbol._replace(flags=symbol.flags | Flag.RANGE, months=(months[1] - months[0]) % 12 + 1)


def season(tokens: Tokens) -> DateSymbol | None:
    """summer, next spring, fall 2026."""
    return _relative(tokens)


def fiscal(tokens: Tokens) -> DateSymbol | None:
    """Q1, next Q3, Q1'26, H2, FY26, Q1-Q2."""
    quarters = [token for token in tokens if token.letter == "f"]
    symbol = _relative(tokens)
    if symbol is None or len(quarters) == 1:
        return symbol
    return symbol._replace(flags=symbol.flags | Flag.RANGE, months=min(symbol.months * 2, 12))


def year(tokens: Tokens) -> DateSymbol | None:
    """in 2026."""
    return _relative(tokens)


def edge_period(tokens: Tokens) -> DateSymbol | None:
    """early next week, mid-July, end of Q3, first week of December."""
    if number := first(tokens[:2], "jo"):
        at = next(i for i, token in enumerate(tokens) if token.letter in "uw")
        nth = int(number.value) if number.letter == "j" else int(number.text[:-2])
        edge, rest = f"week_{nth}", tokens[at + 1 :]
        if not 1 <= nth <= 4 or tokens[at].value not in ("week", 0):
            return None
    else:
        edge, rest = str(tokens[0].value), tokens[1:]
    symbol = _relative(rest)
    if symbol is None or symbol.kind in (Kind.DAY, Kind.WORKDAY):
        return None
    return edge_days(symbol, edge)


def period_code(tokens: Tokens) -> DateSymbol | None:
    """EOW, EOM, EOM March, mid-month."""
    code = next(token for token in tokens if token.letter == "A")
    unit, edge = str(code.value).split(" ")
    named = _relative(tokens) if len(tokens) > 1 else None
    symbol = named or units(unit, 0, 0)
    return symbol and edge_days(symbol, edge)


def vague(tokens: Tokens) -> DateSymbol | None:
    """soon, asap (`n` 0); at some point, sometime next week (`n` 1)."""
    word = first(tokens, "V")
    return DateSymbol(Kind.VAGUE, Gran.VAGUE, n=int(word.value) if word else 1)


def _week_of(tokens: Tokens) -> DateSymbol | None:
    """week of 12/9, w/c Monday."""
    symbol = single(tokens[1:])
    return symbol and symbol._replace(granularity=Gran.WEEK, flags=symbol.flags & ~Flag.NEEDS_CONTEXT | Flag.WEEK_OF)


def week_number(tokens: Tokens) -> DateSymbol | None:
    """KW 50, wk 49. A small number behind "week" counts the weeks of a project."""
    digits = re.findall("[0-9]+", tokens[-1].text)
    number = int(digits[-1])
    least = 1 if tokens[0].letter == "Q" else 10
    return DateSymbol(Kind.ISO_WEEK, Gran.WEEK, Flag.ABSOLUTE, n=number) if least <= number <= 53 else None
