"""JSON Lines: one object a line, read strictly (no NaN, no duplicate keys, depth at most 100)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain

from steplint.errors import InputError
from steplint.sources.encoding import Utf8Reader
from steplint.sources.objects import (
    DECODER,
    MAX_DEPTH,
    Refused,
    Row,
    flat,
    frame_of,
    half_character,
    is_record,
    lists_of_objects,
    map_keys,
    refuse,
    refused_at,
    too_deep,
)
from steplint.sources.tables import Rejections, Table, TextBlock

__all__ = ["parse_line", "read_jsonl"]


def parse_line(text: str, path: str, line: int) -> Row:
    """One line -> its flat row: nested keys joined with dots, scalars as text, lists kept. InputError with column."""
    if (deep := too_deep(text)) is not None:
        refuse(f"JSON is nested deeper than {MAX_DEPTH}", text, path, line, deep + 1)
    try:
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        refuse(f"no JSON: {error.msg}", text, path, line, error.pos + 1)
    except Refused:
        message, at = refused_at(text, 0)
        refuse(message, text, path, line, at + 1)
    if not isinstance(value, dict):
        refuse("not a JSON object", text, path, line, 1)
    if (half := half_character(text)) is not None:
        refuse("half a character (a lone surrogate)", text, path, line, half + 1)
    try:
        return flat(value)
    except Refused as error:
        refuse(str(error), text, path, line, 1)


def read_jsonl(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """The keys of the first block are the headers; a key that first comes later is named in a note and not read.

    InputError with line and column: a line is no strict JSON object. NoNextStep: no next-step column.
    """
    chunks = _chunks(reader, path)
    first = next(chunks, [])
    if not first:
        raise InputError("the file is empty", path=path, hint="expected one JSON object a line")
    if len(first) == 1 and not is_record(first[0][1], preset, overrides):
        second = next(chunks, [])
        if second:
            chunks = chain([second], chunks)
        else:
            first = _held(*first[0], path)
    mapping = map_keys((row for _, row in first), preset=preset, overrides=overrides, path=path, line=first[0][0])

    def blocks() -> Iterator[TextBlock]:
        known = set(mapping.headers)
        for chunk in chain([first], chunks):
            for line, row in chunk:
                if not row.keys() <= known:
                    late = [key for key in row if key not in known]
                    known.update(late)
                    reader.notes.append(f"{path}:{line}: {', '.join(late)}: first seen here and not read")
            yield TextBlock(frame_of(chunk, mapping, path), Rejections(path).take())

    return Table("jsonl", path, mapping, blocks(), reader.notes)


def _held(line: int, row: Row, path: str) -> list[tuple[int, Row]]:
    """The records of an answer on one line, as `{"records": [...]}`; the row itself where it holds none."""
    lists = lists_of_objects(row)
    try:
        return [(line, flat(item)) for item in row[lists[0]]] if lists else [(line, row)]
    except Refused as error:
        raise InputError(str(error), path=path, line=line, column=1) from None


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
