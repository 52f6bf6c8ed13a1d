"""Numbers that name days, quarters and years."""

from __future__ import annotations

import re
from typing import NamedTuple

from steplint.reading.dates.symbols import Flag
from steplint.reading.dates.token import Token, Tokens

__all__ = ["DayParts", "FiscalParts", "day_parts", "fiscal_parts", "stamp_clock", "year_of"]

_ALWAYS = ((24, 7),)  # around the clock; 7/24 is a day in July
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class DayParts(NamedTuple):
    """A day as written; `month` 0 when only the day of the month is."""

    month: int
    day: int
    year: int | None
    flags: int


class FiscalParts(NamedTuple):
    """A quarter, half or year: first month counted from the start of the fiscal year (1), length, year."""

    month: int
    months: int
    year: int | None


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"[0-9]+", text)]


def year_of(tokens: Tokens) -> int | None:
    """The year among the tokens: 2026, '26, or the 26 of 4-Dec-26."""
    for token in tokens:
        if token.letter == "Y":
            return _year(_numbers(token.text)[0])
    return None


def _year(number: int) -> int:
    if number > 99:
        return number
    return number + (1900 if number >= 70 else 2000)


def day_parts(tokens: Tokens) -> DayParts | None:
    """Month, day and year of a written day; None when the numbers are no date at all (24/7, 50/50)."""
    numbers: list[int] = []
    month: int | None = None
    for token in tokens:
        if token.letter in "iysδq":
            return _numeric(token.letter, token.text)
        if token.letter == "M":
            month = int(str(token.value))
        elif token.letter in "no":
            numbers.append(_numbers(token.text)[0])
        elif token.letter == "j":
            numbers.append(int(token.value))
            if month == 5 and numbers[0] < 4:
                return None  # "we may first want to see it"
    if not numbers:
        return None
    year = year_of(tokens)
    if year is None and len(numbers) > 1:
        year = _year(numbers[1])
    return _checked(month or 0, numbers[0], year, 0)


def _numeric(letter: str, text: str) -> DayParts | None:
    if letter == "y":
        return _checked(int(text[4:6]), int(text[6:]), int(text[:4]), 0)
    numbers = _numbers(text)
    if letter == "i":
        return _checked(numbers[1], numbers[2], numbers[0], 0)
    first, second = numbers[:2]
    if letter == "s" and re.fullmatch(r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}", text) and second <= 12:
        first, second = second, first  # 12.01.2026 is written so where the day comes first
        return _checked(first, second, numbers[2], 0)
    if letter == "q" and (first, second) in _ALWAYS:
        return None
    year = _year(numbers[2]) if len(numbers) > 2 else None
    if first > 12:
        if second > 12:
            return None
        return _checked(second, first, year, 0)
    if second > 31 or not first or not second:
        return None
    return _checked(first, second, year, Flag.AMBIGUOUS if second <= 12 and first != second else 0)


def _checked(month: int, day: int, year: int | None, flags: int) -> DayParts | None:
    if not 1 <= day <= 31 or not 0 <= month <= 12:
        return None
    if month:
        flags |= Flag.ABSOLUTE
        if day > _LONGEST[month - 1]:
            flags |= Flag.IMPOSSIBLE
    if year is not None:
        flags |= Flag.YEAR
    return DayParts(month, day, year, flags)


def fiscal_parts(token: Token) -> FiscalParts:
    """Q3, 2Q26, H1'26, FY26, FY26 Q1."""
    text = str(token.value).upper()
    found = re.search(r"([QH])([1-4])|([1-4])([QH])", text)
    rest = text if found is None else text[: found.start()] + " " + text[found.end() :]
    years = _numbers(rest)
    year = _year(years[0]) if years else None
    if found is None:
        return FiscalParts(1, 12, year)
    letter, number = (found[1], found[2]) if found[1] else (found[4], found[3])
    months = 3 if letter == "Q" else 6
    return FiscalParts((int(number) - 1) * months % 12 + 1, months, year)


def stamp_clock(tokens: Tokens) -> int | None:
    """Minutes after midnight of an ISO timestamp (2025-12-04T14:00), or None."""
    for token in tokens:
        if token.letter == "i" and "T" in token.text:
            hour, minute = token.text.split("T")[1].split(":")[:2]
            return int(hour) * 60 + int(minute[:2])
    return None
