"""Booleans, amounts, lists and closed lists of values: text columns -> typed columns."""

from __future__ import annotations

import re

import polars as pl

__all__ = [
    "case_safe",
    "parse_amount",
    "split_names",
    "to_amounts",
    "to_booleans",
    "to_choices",
    "to_integers",
    "to_lists",
]

_TRUE = ("true", "t", "yes", "y", "1", "x", "checked", "1.0")
_FALSE = ("false", "f", "no", "n", "0", "unchecked", "0.0")
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS"}  # $ and ¥ name several
_CASE_SENSITIVE_ID = "^(?:00[0-9A-Z]|0Q0|a[0-9a-zA-Z]{2})[0-9A-Za-z]{12}$"
_AMOUNT = re.compile(
    r"(?P<neg>[-−(]?)\s*(?P<before>[A-Za-z]{3}|[A-Z]{0,2}\$|[^\w\s.,()\-−]{1,2})?\s*(?P<neg2>[-−]?)"
    r"(?P<number>\d[\d.,'’\s\u00a0\u202f]*)\s*(?P<after>[A-Za-z]{3}|[^\w\s.,()]{1,2})?\s*\)?"
)


def to_booleans(values: pl.Series) -> pl.Series:
    """true/false, yes/no, 1/0, t/f, y/n, checked/unchecked in any case -> Boolean; else null."""
    distinct = values.drop_nulls().unique().to_list()
    table = {text: True for text in distinct if text.strip().casefold() in _TRUE}
    table |= {text: False for text in distinct if text.strip().casefold() in _FALSE}
    return values.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.Boolean)


def case_safe(ids: pl.Series) -> pl.Series:
    """Salesforce ids of 15 characters, which differ by case alone, get the three that make them 18; others stay.

    Each of the three tells which of five characters are capitals.
    """
    short = ids.str.contains(_CASE_SENSITIVE_ID).fill_null(value=False)
    if not short.any():
        return ids
    found = ids if short.all() else ids.filter(short)
    letters = found.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, 15)).alias("id").to_frame()
    capital = [pl.col("id").arr.get(n).is_between(ord("A"), ord("Z")).cast(pl.UInt32) * (1 << n % 5) for n in range(15)]
    signs = pl.lit(pl.Series(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")))
    numbers = letters.select(pl.sum_horizontal(capital[n : n + 5]).alias(str(n)) for n in (0, 5, 10))
    long = numbers.select(pl.concat_str(pl.lit(found), *(signs.gather(pl.col(name)) for name in numbers.columns)))
    return long.to_series().alias(ids.name) if short.all() else ids.scatter(short.arg_true(), long.to_series())


def parse_amount(text: str) -> tuple[float, str | None] | None:
    """`USD 1,234.50`, `1.234,50 €`, `(1 200)` -> (number, ISO code where the text names one)."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        return None
    digits = re.sub(r"[\s'’\u00a0\u202f]", "", found["number"])
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and dot >= 0:  # the last of the two is the decimal mark
        digits = digits.replace(",", "") if dot > comma else digits.replace(".", "").replace(",", ".")
    elif comma >= 0:
        thousands = re.fullmatch(r"\d{1,3}(?:,\d{2,3})*,\d{3}", digits)
        digits = digits.replace(",", "") if thousands else digits.replace(",", ".", 1)
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    try:
        number = float(digits)
    except ValueError:
        return None
    mark = (found["before"] or found["after"] or "").strip()
    code = mark.upper() if re.fullmatch(r"[A-Za-z]{3}", mark) else _SIGNS.get(mark)
    return (-number if found["neg"] or found["neg2"] else number), code


def to_amounts(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """A text column -> (Float64 numbers, currency codes that the texts themselves name); null where it is none."""
    numbers = values.cast(pl.Float64, strict=False)
    numbers = numbers.set(~numbers.is_finite(), None)
    left = numbers.is_null() & values.is_not_null() & (values != "")
    codes = pl.Series(values.name, [None] * len(values), dtype=pl.String)
    if left.any():
        table = {text: parse_amount(text) for text in values.filter(left).unique()}
        table = {text: parsed for text, parsed in table.items() if parsed is not None}
        amounts, names = [p[0] for p in table.values() if p], [p[1] for p in table.values() if p]
        rest = values.replace_strict(list(table), amounts, default=None, return_dtype=pl.Float64)
        codes = values.replace_strict(list(table), names, default=None, return_dtype=pl.String)
        numbers = numbers.zip_with(~left, rest)
    return numbers, codes


def to_integers(values: pl.Series) -> pl.Series:
    """Whole numbers; null where a value is none."""
    return values.str.strip_chars().cast(pl.Int64, strict=False)


def split_names(text: str) -> list[str]:
    """`Dana Wu; Raj Patel`, also one name a line -> the names."""
    return [name.strip() for name in re.split(r"[;\n]", text) if name.strip()]


def to_lists(values: pl.Series) -> pl.Series:
    """`Dana Wu; Raj Patel` (also one name a line) -> ["Dana Wu", "Raj Patel"]; null stays null, empty is []."""
    name = pl.element().str.strip_chars()
    return values.str.replace_all("\n", ";", literal=True).str.split(";").list.eval(name.filter(name != ""))


def to_choices(values: pl.Series, choices: tuple[str, ...]) -> pl.Series:
    """The values that are in a closed list, in any case; else null."""
    folded = values.str.strip_chars().str.to_lowercase()
    return folded.set(~folded.is_in(choices), None)
