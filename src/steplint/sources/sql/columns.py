"""Rows of a database -> columns of text: one fixed schema, whatever types the driver gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl

from steplint.records.values import to_lists
from steplint.sources.objects import names_of, text_of

__all__ = ["in_utc", "to_frame"]

_ONLY_TEXT = {str, type(None)}
_NAIVE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"


def to_frame(rows: Sequence[Sequence[Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Rows as columns. `schema` holds String (every value as text) and List(String) (names)."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pl.DataFrame(
        [_series(name, values, dtype) for (name, dtype), values in zip(schema.items(), columns, strict=True)]
    )


def _series(name: str, values: Sequence[Any], dtype: pl.DataType) -> pl.Series:
    only_text = set(map(type, values)) <= _ONLY_TEXT
    if isinstance(dtype, pl.List):
        if only_text:  # all at once: a list a row costs a series each
            return to_lists(pl.Series(name, values, dtype=pl.String))
        return pl.Series(name, [names_of(value) for value in values], dtype=dtype)
    if not only_text:
        values = [value if value is None else _text(value) for value in values]
    return pl.Series(name, values, dtype=pl.String)


def _text(value: Any) -> str:
    """A value as a file would have it. Bytes are UTF-8, or else shown in hexadecimal digits."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return bytes(value).hex()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return str(text_of(value)) if isinstance(value, bool | int | dict | list) else str(value)


def in_utc(name: str) -> pl.Expr:
    """A column of moments as text: those without a zone are said to be of UTC."""
    return pl.when(pl.col(name).str.contains(_NAIVE)).then(pl.col(name) + "Z").otherwise(pl.col(name)).alias(name)
