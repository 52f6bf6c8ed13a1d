"""Builders of days: what a rule matched, as the `DateSymbol` of one day or of two."""

from __future__ import annotations

from steplint.reading.dates.clock import clock_of
from steplint.reading.dates.numeric import day_parts, stamp_clock, year_of
from steplint.reading.dates.symbols import Base, DateSymbol, Flag, Gran, Kind
from steplint.reading.dates.token import Token, Tokens, first

__all__ = [
    "STEPS",
    "date",
    "day_of_month",
    "day_word",
    "end_of_day",
    "holiday",
    "md_range",
    "nth_weekday",
    "pair",
    "past",
    "single",
    "weekday",
    "weekday_number",
    "weekday_week",
]

STEPS = {"this": 0, "every": 0, "coming": 1, "next": 1, "last": -1}


def past(n: int) -> int:
    """PAST for a step backwards."""
    return Flag.PAST if n < 0 else 0


def date(tokens: Tokens) -> DateSymbol | None:
    """12/4, Dec 4, 4 December 2025, Tue 12/4, Tue the 4th, on 12-14."""
    weekday = first(tokens, "W")
    if not first(tokens, "Miysδqoj"):
        return _dashed(tokens)
    parts = day_parts(tokens)
    if parts is None:
        return None
    flags = parts.flags
    if weekday:
        flags &= ~Flag.NEEDS_CONTEXT
    kind = Kind.DATE if parts.month else Kind.MONTH_DAY
    clock = stamp_clock(tokens)
    if tokens[0].letter == "N" and tokens[-1].letter == "q":  # "the 12/4 demo", but "the 5/8 fittings"
        flags |= Flag.NEEDS_CONTEXT | Flag.LAST_WORD
    return DateSymbol(
        kind,
        Gran.DAY if clock is None else Gran.TIME,
        flags,
        weekday=weekday.value if weekday else None,
        month=parts.month,
        day=parts.day,
        year=parts.year,
        clock=clock,
    )


def _dashed(tokens: Tokens) -> DateSymbol | None:
    """on 12-14, Tue 12-9: a month and a day only behind a weekday, "on" or "by", and not where both could be counts."""
    month, day = (int(token.text) for token in tokens if token.letter == "n")
    lead = first(tokens, "WTb")
    if lead is None or (lead.text not in ("on", "by", "before") and lead.letter != "W"):
        return None
    if not 1 <= month <= 12 or not (13 <= day <= 31):
        return None
    weekday = lead.value if lead.letter == "W" else None
    return DateSymbol(Kind.DATE, Gran.DAY, int(Flag.ABSOLUTE), weekday=weekday, month=month, day=day)


def weekday(tokens: Tokens) -> DateSymbol | None:
    """Tue, next Tue, this coming Friday, last Monday."""
    steps = [token.value for token in tokens if token.letter == "D"]
    day = next(token.value for token in tokens if token.letter == "W")
    if "every" in steps:
        return DateSymbol(Kind.WEEKDAY, Gran.WEEK, 0, Base.BARE, weekday=day)
    if "last" in steps:
        return DateSymbol(Kind.WEEKDAY, Gran.DAY, Flag.PAST, Base.LAST, weekday=day)
    if "next" in steps:
        return DateSymbol(Kind.WEEKDAY, Gran.DAY, 0, Base.NEXT, n=1, weekday=day)
    base = Base.THIS if steps == ["this"] else Base.BARE
    return DateSymbol(Kind.WEEKDAY, Gran.DAY, Flag.LAST_WORD, base, weekday=day)


def weekday_number(tokens: Tokens) -> DateSymbol | None:
    """Mon 24: that day of a month if it is such a weekday (`n` 1 says so), else the weekday alone."""
    number = int(tokens[-1].text)
    if not 1 <= number <= 31:
        return weekday(tokens)
    return DateSymbol(Kind.MONTH_DAY, Gran.DAY, n=1, weekday=tokens[0].value, day=number)


def weekday_week(tokens: Tokens) -> DateSymbol | None:
    """Tue next week, next week Tue, Tuesday after next."""
    day = next(token.value for token in tokens if token.letter == "W")
    if first(tokens, "B"):
        return DateSymbol(Kind.WEEKDAY, Gran.DAY, 0, Base.WEEK, n=2, weekday=day)
    if not first(tokens, "D"):  # "Monday week"
        weekly = tokens[-1].value == "week"
        return DateSymbol(Kind.WEEKDAY, Gran.DAY, 0, Base.BARE, weekday=day, shift=7) if weekly else None
    step = next(token.value for token in tokens if token.letter == "D")
    unit = first(tokens, "U")
    if unit is not None:
        return None
    n = STEPS[step]
    return DateSymbol(Kind.WEEKDAY, Gran.DAY, past(n), Base.WEEK, n=n, weekday=day)


def day_word(tokens: Tokens) -> DateSymbol | None:
    """today, tmrw, yesterday."""
    n = tokens[0].value
    part = Flag.DAY_PART if tokens[0].text[:4] in ("this", "toni", "last", "firs") else 0
    return DateSymbol(Kind.DAY, Gran.DAY, past(n) | part, n=n)


def end_of_day(_: Tokens) -> DateSymbol | None:
    """EOD alone: today's."""
    return DateSymbol(Kind.DAY, Gran.DAY, Flag.END_OF_DAY)


def day_of_month(tokens: Tokens) -> DateSymbol | None:
    """the 15th; the 15th of next month."""
    parts = day_parts(tokens)
    if parts is None:
        return None
    if unit := first(tokens, "Uud"):
        step = first(tokens, "D")
        if unit.value not in ("month", "months") or (step and step.value == "last"):
            return None
        n = STEPS[step.value] if step else 0
        return DateSymbol(Kind.MONTHS, Gran.DAY, n=n, lo=parts.day - 1, hi=parts.day - 1)
    if first(tokens, "j") and parts.day < 4:
        return None  # "at the second call"
    flags = 0 if first(tokens, "TbJ") else Flag.NEEDS_CONTEXT | Flag.LAST_WORD
    return DateSymbol(Kind.MONTH_DAY, Gran.DAY, flags, day=parts.day)


def holiday(tokens: Tokens) -> DateSymbol | None:
    """Christmas, Thanksgiving, Easter Monday 2026."""
    token = next(token for token in tokens if token.letter == "H")
    step = first(tokens, "D")
    flags = Flag.PAST if step and step.value == "last" else 0
    year = year_of(tokens)
    rule = str(token.value).split(" ")
    if rule[0] == "easter":
        return DateSymbol(Kind.EASTER, Gran.DAY, flags | Flag.ABSOLUTE, shift=int(rule[1]), year=year)
    if len(rule) == 3:
        month, day, nth = map(int, rule)
        return DateSymbol(Kind.NTH_WEEKDAY, Gran.DAY, flags | Flag.ABSOLUTE, n=nth, weekday=day, month=month, year=year)
    month, day = map(int, rule[0].split("-"))
    return DateSymbol(Kind.DATE, Gran.DAY, flags | Flag.ABSOLUTE, n=1, month=month, day=day, year=year)


def single(tokens: Tokens) -> DateSymbol | None:
    """Any one day of a pair, range or week."""
    letters = "".join(token.letter for token in tokens)
    if any(letter in letters for letter in "iysδqM") or "o" in letters:
        return date(tokens)
    if "H" in letters:
        return holiday(tokens)
    if "R" in letters:
        return day_word([token for token in tokens if token.letter == "R"])
    if "W" in letters:
        return weekday(tokens)
    return None


def pair(tokens: Tokens) -> DateSymbol | None:
    """Tue or Thu, 12/4-12/6, Fri or Monday latest, Tue 2pm or Wed 3pm."""
    joins = [i for i, token in enumerate(tokens) if token.letter in "O-J/" and 0 < i < len(tokens) - 1]
    days = "WRiysδqMo"
    for join in joins:
        left, right = tokens[:join], tokens[join + 1 :]
        if any(token.letter in days for token in left) and any(token.letter in days for token in right):
            week = [token for token in right if token.letter in "Du"]
            if week and week[-1].letter == "u":  # "Tue or Wed next week"
                right = [token for token in right if token not in week]
                left = [*left, *week]
            one, two = (weekday_week(left) if week else None) or single(_day(left)), single(right)
            if one is not None:
                return _join(one, two, tokens[join].letter, clock_of(left))
    return None


def _day(tokens: Tokens) -> Tokens:
    """The tokens of the day, without a clock that follows it."""
    for at, token in enumerate(tokens):
        if at and token.letter in "tTCPe(" and any(t.letter in "WRiysδqMo" for t in tokens[:at]):
            return tokens[:at]
    return tokens


def _join(
    one: DateSymbol, two: DateSymbol | None, joint: str, clock: tuple[int, int | None] | None
) -> DateSymbol | None:
    if two is None:
        return None
    flags = one.flags | two.flags | (Flag.ALTERNATIVES if joint in "O/" else Flag.RANGE)
    if clock:
        one = one._replace(clock=clock[0], clock_end=clock[1], granularity=Gran.TIME)
    if two.kind == Kind.DATE:
        day_end, month_end, year_end = two.day, two.month, two.year
        if one.kind == Kind.DATE and one.year is None and year_end is not None:
            one = one._replace(year=year_end)
        return one._replace(flags=flags, day_end=day_end, month_end=month_end, year_end=year_end)
    if two.kind == Kind.MONTH_DAY:
        return one._replace(flags=flags, day_end=two.day)
    if two.kind == Kind.WEEKDAY:
        return one._replace(flags=flags, weekday_end=two.weekday)
    if one.kind == two.kind == Kind.DAY:
        return one._replace(flags=flags, n=min(one.n, two.n), n_end=max(one.n, two.n))
    return None


def md_range(tokens: Tokens) -> DateSymbol | None:
    """Dec 4-6, 4-6 Dec, 12/4-6, Dec 4 or 5."""
    at = next(i for i, token in enumerate(tokens) if token.letter in "-JO")
    numbers = [int("".join(c for c in token.text if c.isdigit())) for token in tokens if token.letter in "no"]
    if any(token.letter == "q" for token in tokens):
        one, last = date(tokens[:at]), numbers[-1]
    else:
        month = next(token for token in tokens if token.letter == "M")
        weekday_of = [token for token in tokens if token.letter == "W"]
        years = [token for token in tokens if token.letter == "Y"]
        one = date([*weekday_of, month, Token("n", str(numbers[0]), str(numbers[0]), 0), *years])
        last = numbers[1]
    if one is None or one.day is None or not 1 <= last <= 31:
        return None
    flag = Flag.ALTERNATIVES if tokens[at].letter == "O" else Flag.RANGE
    return one._replace(flags=one.flags & ~Flag.AMBIGUOUS | flag, day_end=last)


def nth_weekday(tokens: Tokens) -> DateSymbol | None:
    """first Monday in December, last Friday of November."""
    day, month = (next(token.value for token in tokens if token.letter == letter) for letter in "WM")
    number = next(token for token in tokens if token.letter in "joD")
    if number.letter == "D":
        nth = -1 if number.value == "last" else 0
    else:
        nth = int(number.value) if number.letter == "j" else int(number.text[:-2])
    if nth not in (-1, 1, 2, 3, 4):
        return None
    year = year_of(tokens)
    return DateSymbol(Kind.NTH_WEEKDAY, Gran.DAY, Flag.ABSOLUTE, n=nth, weekday=day, month=month, year=year)
