"""Records that are objects (JSON, JSON Lines, YAML): read strictly, flattened, and turned into columns of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import HeaderMap, map_headers
from steplint.records.schema import SCHEMA
from steplint.records.values import split_names

__all__ = ["DECODER", "MAX_DEPTH", "Refused", "Row", "depth_of", "flat", "frame_of", "has_half_characters", "map_keys"]

MAX_DEPTH = 100
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

Row = dict[str, Any]


class Refused(ValueError):
    """JSON that Python reads and a strict reader does not; `key` is what to look for in the text."""

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Refused(f"key {key!r} is given twice", key)
    return found


def _constant(name: str) -> NoReturn:
    raise Refused(f"{name} is no JSON", name)


#: Numbers stay as they are written: an id such as 0060000000000001 or 1e400 must not change.
DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=str, parse_int=str)


def depth_of(text: str) -> int:
    """How deep brackets nest; at most `MAX_DEPTH` where there are no more of them at all."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for char in _STRING.sub("", text):
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def has_half_characters(text: str, value: Any) -> bool:
    """Whether an escape in `text` left half a character (a lone surrogate) in `value`."""
    if not _SURROGATE.search(text):
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def flat(value: Mapping[str, Any]) -> Row:
    """One object as one row: nested keys joined with dots, lists and scalars kept."""
    row: Row = {}
    _flatten(value, "", row)
    return row


def _flatten(value: Mapping[str, Any], prefix: str, row: Row) -> None:
    for key, item in value.items():
        if isinstance(item, dict):
            if item:
                _flatten(item, f"{prefix}{key}.", row)
        else:
            row[prefix + key] = item


def map_keys(
    rows: Iterable[Row], *, preset: str | None, overrides: Mapping[str, str] | None, path: str, line: int
) -> HeaderMap:
    """The mapping of all keys of `rows`, as if they were headers."""
    headers = list(dict.fromkeys(key for row in rows for key in row))
    return map_headers(headers, preset=preset, overrides=overrides, path=path, line=line)


def frame_of(rows: list[tuple[int, Row]], mapping: HeaderMap, path: str) -> pl.DataFrame:
    """Rows with their lines as columns: text, lists of names where the column is a list, `path` and `line`."""
    columns = []
    for name, place in mapping.fields.items():
        key = mapping.headers[place]
        dtype = SCHEMA[name].dtype
        as_list = isinstance(dtype, pl.List)
        values = [(_names if as_list else _text)(row.get(key)) for _, row in rows]
        columns.append(pl.Series(name, values, dtype=dtype if as_list else pl.String()))
    lines = pl.Series("line", [line for line, _ in rows], dtype=pl.Int64)
    return pl.DataFrame([*columns, lines]).with_columns(path=pl.lit(path))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _names(value: Any) -> list[str] | None:
    """A list of names: of texts, of objects with a name, or one text with semicolons."""
    if value is None or isinstance(value, str):
        return None if value is None else split_names(value)
    items = value if isinstance(value, list) else [value]
    texts = (
        next((item[key] for key in ("name", "Name", "email", "Email") if item.get(key)), None)
        if isinstance(item, dict)
        else _text(item)
        for item in items
    )
    return [text for text in texts if isinstance(text, str) and text]


def refuse(message: str, text: str, path: str, line: int, column: int | None) -> NoReturn:
    """InputError that shows the start of `text`."""
    shown = text[:80] + ("…" if len(text) > 80 else "")
    raise InputError(f"{message} in {shown!r}", path=path, line=line, column=column)
