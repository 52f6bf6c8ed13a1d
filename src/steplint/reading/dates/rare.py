"""Builder of dates with rare words, foreign or misspelt: nächsten Dienstag, 4 de diciembre, fin de mes, wendesday."""

from __future__ import annotations

from steplint.reading.dates.days import weekday
from steplint.reading.dates.numeric import day_parts, year_of
from steplint.reading.dates.periods import edge_days, units
from steplint.reading.dates.symbols import DateSymbol, Flag, Gran, Kind
from steplint.reading.dates.token import Token, Tokens, first

__all__ = ["rare"]

_AS_ENGLISH = {"g": "W", "h": "M", "l": "D", "p": "U", "z": "E"}


def rare(tokens: Tokens) -> DateSymbol | None:
    """The same symbols as the common words; a numeric day beside a foreign weekday ("d" in its value) is day before month."""
    day_first = any(token.letter == "g" and str(token.value).endswith("d") for token in tokens)
    plain = [_common(token) for token in tokens]
    day = first(plain, "W")
    parts = day_parts(plain)
    step = first(plain, "D")
    if parts is not None:
        month, number = parts.month, parts.day
        if day_first and parts.flags & Flag.AMBIGUOUS:
            month, number = number, month
        return DateSymbol(
            Kind.DATE,
            Gran.DAY,
            parts.flags & ~(Flag.AMBIGUOUS if day_first or day else 0),
            weekday=day and day.value,
            month=month,
            day=number,
            year=parts.year,
        )
    if day:
        return weekday([token for token in plain if token.letter in "DW"])
    edge, unit, month_name = first(plain, "E"), first(plain, "Uu"), first(plain, "M")
    n = int(step is not None and step.value == "next")
    if unit:
        symbol = units(unit.value, n, 0)
    elif month_name:
        symbol = DateSymbol(Kind.NAMED, Gran.MONTH, month=month_name.value, year=year_of(plain))
    else:
        return None
    return edge_days(symbol, edge.value) if edge and symbol else symbol


def _common(token: Token) -> Token:
    letter = _AS_ENGLISH.get(token.letter, token.letter)
    return (
        token._replace(letter=letter, value=int(str(token.value)[0]))
        if token.letter == "g"
        else token._replace(letter=letter)
    )
