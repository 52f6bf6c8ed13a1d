"""Records that are objects (JSON, JSON Lines, YAML): read strictly, flattened, and turned into columns of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import polars as pl

from steplint.errors import InputError, SteplintError
from steplint.records.mapping import HeaderMap, map_headers
from steplint.records.schema import SCHEMA
from steplint.records.values import split_names

__all__ = [
    "DECODER", "MAX_DEPTH", "Refused", "Row", "flat", "frame_of", "half_character", "is_record", "lists_of_objects", "map_keys",
    "names_of", "of_objects", "refuse", "refused_at", "text_of", "too_deep",
]  # fmt: skip

MAX_DEPTH = 100
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_BRACKET = re.compile(rf"{_STRING}|([\[{{])|[\]}}]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
#: Every escape in turn; the group is half a character.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
#: Strings (with what shows that they are keys) and whatever else tells where one is.
_TOKEN = re.compile(rf"({_STRING})\s*(:?)|([\[{{])|([\]}}])|(-?Infinity|NaN)")
_SHOWN = 80

Row = dict[str, Any]


class Refused(ValueError):
    """JSON that Python reads and a strict reader does not."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("a key is given twice")
    return found


def _constant(name: str) -> NoReturn:
    raise Refused(f"{name} is no JSON")


#: Numbers stay as they are written: an id such as 0060000000000001 or 1e400 must not change.
DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=str, parse_int=str)


def too_deep(text: str) -> int | None:
    """Where the first bracket stands that nests deeper than `MAX_DEPTH`, from 0."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return None
    depth = 0
    for found in _BRACKET.finditer(text):
        if found[1]:
            depth += 1
            if depth > MAX_DEPTH:
                return found.start()
        elif found[0] in "]}":
            depth -= 1
    return None


def half_character(text: str) -> int | None:
    """Where the first escape stands in sound JSON that is half a character (a lone surrogate), from 0."""
    if not _SURROGATE.search(text):
        return None
    return next((found.start() for found in _ESCAPE.finditer(text) if found[1]), None)


def refused_at(text: str, start: int) -> tuple[str, int]:
    """What the decoder refused in `text` from place `start` on, and where: the first key that is given twice, or NaN."""
    objects: list[set[str]] = []
    for found in _TOKEN.finditer(text, start):
        string, is_key, opens, closes, constant = found.groups()
        if constant:
            return f"{constant} is no JSON", found.start()
        if opens:
            objects.append(set())
        elif closes and objects:
            objects.pop()
        elif string and is_key and objects:
            key = json.loads(string, strict=False)
            if key in objects[-1]:
                return f"key {key!r} is given twice", found.start()
            objects[-1].add(key)
    return "a key is given twice", start


def flat(value: Mapping[str, Any]) -> Row:
    """One object as one row: nested keys joined with dots, lists and scalars kept. Refused: two keys are then the same."""
    row: Row = {}
    _flatten(value, "", row)
    return row


def _flatten(value: Mapping[str, Any], prefix: str, row: Row) -> None:
    for key, item in value.items():
        if isinstance(item, dict):
            if item:
                _flatten(item, f"{prefix}{key}.", row)
        elif prefix + key in row:
            raise Refused(f"key {prefix + key!r} is given twice, with a dot and nested")
        else:
            row[prefix + key] = item


def is_record(value: Mapping[str, Any], preset: str | None, overrides: Mapping[str, str] | None) -> bool:
    """The object has a next step of its own, so the lists in it are no records."""
    own = [key for key, item in value.items() if not isinstance(item, dict) and not of_objects(item)]
    try:
        map_headers(own, preset=preset, overrides=overrides)
    except SteplintError:
        return False
    return True


def lists_of_objects(value: Mapping[str, Any]) -> list[str]:
    """Keys of the lists that hold objects and nothing else."""
    return [key for key, item in value.items() if of_objects(item)]


def of_objects(value: Any) -> bool:
    """A list of objects, not empty."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def map_keys(
    rows: Iterable[Row], *, preset: str | None, overrides: Mapping[str, str] | None, path: str, line: int
) -> HeaderMap:
    """The mapping of all keys of `rows`, as if they were headers.

    An object that is null in every row where it is not given (`Account`, beside `Account.Name`) is no column of its own.
    """
    filled: dict[str, bool] = {}
    for row in rows:
        for key, value in row.items():
            filled[key] = filled.get(key, False) or value is not None
    parents = {".".join(parts[:n]) for key in filled if (parts := key.split(".")) for n in range(1, len(parts))}
    headers = [key for key, value in filled.items() if value or key not in parents]
    return map_headers(headers, preset=preset, overrides=overrides, path=path, line=line)


def frame_of(
    rows: list[tuple[int, Row]], mapping: HeaderMap, path: str, places: Sequence[int | None] = ()
) -> pl.DataFrame:
    """Rows with their lines as columns: text, lists of names where the column is a list, `path` and `line`; and `column`
    where a record has one among `places`."""
    columns = []
    for name, place in mapping.fields.items():
        key = mapping.headers[place]
        dtype = SCHEMA[name].dtype
        as_list = isinstance(dtype, pl.List)
        values = [(names_of if as_list else text_of)(row.get(key)) for _, row in rows]
        columns.append(pl.Series(name, values, dtype=dtype if as_list else pl.String()))
    lines = pl.Series("line", [line for line, _ in rows], dtype=pl.Int64)
    if any(places):
        columns.append(pl.Series("column", places, dtype=pl.Int64))
    return pl.DataFrame([*columns, lines]).with_columns(path=pl.lit(path))


def text_of(value: Any) -> str | None:
    """One value as text, as JSON writes it where it is none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, default=str)


def names_of(value: Any) -> list[str] | None:
    """A list of names: of texts, of objects with a name, or one text with semicolons."""
    if value is None or isinstance(value, str):
        return None if value is None else split_names(value)
    items = value if isinstance(value, list) else [value]
    texts = (
        next((item[key] for key in ("name", "Name", "email", "Email") if item.get(key)), None)
        if isinstance(item, dict)
        else text_of(item)
        for item in items
    )
    return [text for text in texts if isinstance(text, str) and text]


def refuse(message: str, text: str, path: str, line: int, column: int | None) -> NoReturn:
    """InputError that shows `text`, or what is around the column in a longer one."""
    start = max((column or 1) - 1 - _SHOWN // 2, 0) if len(text) > _SHOWN else 0
    shown = ("…" if start else "") + text[start : start + _SHOWN] + ("…" if len(text) > start + _SHOWN else "")
    raise InputError(f"{message} in {shown!r}", path=path, line=line, column=column)
