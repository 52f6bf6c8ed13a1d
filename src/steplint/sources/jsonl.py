"""JSON Lines: one object a line, read strictly (no NaN, no duplicate keys, depth at most 100)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NoReturn

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import map_headers
from steplint.records.schema import SCHEMA
from steplint.records.values import split_names
from steplint.sources.encoding import Utf8Reader
from steplint.sources.tables import Rejections, Table, TextBlock

__all__ = ["MAX_DEPTH", "parse_line", "read_jsonl"]

MAX_DEPTH = 100
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

Row = dict[str, Any]


class _Refused(ValueError):
    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refused(f"key {key!r} is given twice", key)
    return found


def _constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is no JSON", name)


# Numbers stay as they are written: an id such as 0060000000000001 or 1e400 must not change.
_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=str, parse_int=str)


def parse_line(text: str, path: str, line: int) -> Row:
    """One line -> its flat row: nested keys joined with dots, scalars as text, lists kept. InputError with column."""

    def refuse(message: str, column: int | None) -> NoReturn:
        shown = text[:80] + ("…" if len(text) > 80 else "")
        raise InputError(f"{message} in {shown!r}", path=path, line=line, column=column)

    if text.count("[") + text.count("{") > MAX_DEPTH:
        depth = _depth(text)
        if depth > MAX_DEPTH:
            refuse(f"JSON is nested {depth} deep, more than {MAX_DEPTH}", None)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        refuse(f"no JSON: {error.msg}", error.pos + 1)
    except _Refused as error:
        quoted = json.dumps(error.key, ensure_ascii=False) if "twice" in str(error) else str(error.key)
        places = [found.start() + 1 for found in re.finditer(re.escape(quoted), text)]
        refuse(str(error), places[min(1, len(places) - 1)] if places else None)
    if not isinstance(value, dict):
        refuse("not a JSON object", 1)
    if _SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            refuse("half a character (a lone surrogate)", None)
    row: Row = {}
    _flatten(value, "", row)
    return row


def _depth(text: str) -> int:
    depth = deepest = 0
    for char in _STRING.sub("", text):
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _flatten(value: dict[str, Any], prefix: str, row: Row) -> None:
    for key, item in value.items():
        if isinstance(item, dict):
            if item:
                _flatten(item, f"{prefix}{key}.", row)
        else:
            row[prefix + key] = item


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


def read_jsonl(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """The keys of the first block are the headers; a key that first comes later is named in a note and not read."""
    chunks = _chunks(reader, path)
    first = next(chunks, [])
    if not first:
        raise InputError("the file is empty", path=path, hint="expected one JSON object a line")
    headers = list(dict.fromkeys(key for _, row in first for key in row))
    mapping = map_headers(headers, preset=preset, overrides=overrides, path=path, line=first[0][0])
    keys = {name: headers[place] for name, place in mapping.fields.items()}

    def blocks() -> Iterator[TextBlock]:
        known = set(headers)
        for chunk in chain([first], chunks):
            for line, row in chunk:
                if not row.keys() <= known:
                    late = [key for key in row if key not in known]
                    known.update(late)
                    reader.notes.append(f"{path}:{line}: {', '.join(late)}: first seen here and not read")
            yield TextBlock(_frame(chunk, keys, path), Rejections(path).take())

    return Table("jsonl", path, mapping, blocks(), reader.notes)


def _frame(chunk: list[tuple[int, Row]], keys: dict[str, str], path: str) -> pl.DataFrame:
    columns = []
    for name, key in keys.items():
        dtype = SCHEMA[name].dtype
        as_list = isinstance(dtype, pl.List)
        values = [(_names if as_list else _text)(row.get(key)) for _, row in chunk]
        columns.append(pl.Series(name, values, dtype=dtype if as_list else pl.String()))
    lines = pl.Series("line", [line for line, _ in chunk], dtype=pl.Int64)
    return pl.DataFrame([*columns, lines]).with_columns(path=pl.lit(path))


def _chunks(reader: Utf8Reader, path: str) -> Iterator[list[tuple[int, Row]]]:
    """Rows with their lines, a block of bytes at a time."""
    carry, line = b"", 1
    for block in chain(reader.blocks(), [b""]):
        lines = (carry + block).split(b"\n")
        carry = lines.pop() if block else b""
        rows = []
        for number, text in enumerate(lines, line):
            if text and not text.isspace():
                rows.append((number, parse_line(text.rstrip(b"\r").decode(), path, number)))
        line += len(lines)
        if rows:
            yield rows
