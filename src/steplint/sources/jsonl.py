"""JSON Lines: one object a line, read strictly (no NaN, no duplicate keys, depth at most 100)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain

from steplint.errors import InputError
from steplint.sources.encoding import Utf8Reader
from steplint.sources.objects import (
    DECODER,
    MAX_DEPTH,
    Refused,
    Row,
    depth_of,
    flat,
    frame_of,
    has_half_characters,
    map_keys,
    refuse,
)
from steplint.sources.tables import Rejections, Table, TextBlock

__all__ = ["parse_line", "read_jsonl"]


def parse_line(text: str, path: str, line: int) -> Row:
    """One line -> its flat row: nested keys joined with dots, scalars as text, lists kept. InputError with column."""
    if (depth := depth_of(text)) > MAX_DEPTH:
        refuse(f"JSON is nested {depth} deep, more than {MAX_DEPTH}", text, path, line, None)
    try:
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        refuse(f"no JSON: {error.msg}", text, path, line, error.pos + 1)
    except Refused as error:
        quoted = json.dumps(error.key, ensure_ascii=False) if "twice" in str(error) else str(error.key)
        places = [found.start() + 1 for found in re.finditer(re.escape(quoted), text)]
        refuse(str(error), text, path, line, places[min(1, len(places) - 1)] if places else None)
    if not isinstance(value, dict):
        refuse("not a JSON object", text, path, line, 1)
    if has_half_characters(text, value):
        refuse("half a character (a lone surrogate)", text, path, line, None)
    return flat(value)


def read_jsonl(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """The keys of the first block are the headers; a key that first comes later is named in a note and not read."""
    chunks = _chunks(reader, path)
    first = next(chunks, [])
    if not first:
        raise InputError("the file is empty", path=path, hint="expected one JSON object a line")
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
