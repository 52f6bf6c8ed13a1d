"""How many records each file of examples/exports holds, counted without steplint and without Polars.

Every shape is told apart by its own simple sign: as many values as headers, an id in the id column, a status in the
status column. Parquet says its number of rows in its footer, which is read here byte by byte.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml
from openpyxl import load_workbook  # type: ignore[import-untyped]

__all__ = ["count_rows"]

_CODECS = {"salesforce-details.csv": "cp1252", "hubspot-utf16.txt": "utf-16"}
_SEPARATORS = {".tsv": "\t", ".txt": "\t"}
_SALESFORCE_ID = re.compile(r"006[0-9A-Za-z]{12}")


def count_rows(path: Path) -> int:
    """The records of one file of examples/exports: no header, title, group, subtotal, footer or blank row."""
    return _COUNTERS[path.suffix](path)


def _separated(path: Path) -> int:
    """Rows with as many values as there are headers; a footer line has one."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = data.decode(_CODECS.get(path.name, "utf-8-sig"))
    separator = ";" if path.name == "suitecrm.csv" else _SEPARATORS.get(path.suffix, ",")
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return sum(len(row) == len(header) for row in rows)


class _Rows(HTMLParser):
    """Counts the cells of every table row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def handle_starttag(self, tag: str, *_: object) -> None:
        """A row, or one more cell of the last row."""
        if tag == "tr":
            self.rows.append(0)
        elif tag in ("td", "th"):
            self.rows[-1] += 1


def _html(path: Path) -> int:
    """Rows as wide as the first; a footer row has one cell."""
    parser = _Rows()
    parser.feed(path.read_text("cp1252"))
    header, *rows = parser.rows
    return rows.count(header)


def _xlsx(path: Path) -> int:
    """Rows with an id in the id column; of a plan, rows with a status."""
    book = load_workbook(path)
    try:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()
    if path.name == "mutual-action-plan.xlsx":
        header = next(place for place, row in enumerate(rows) if "Status" in row)
        column = rows[header].index("Status")
        return sum(row[column] is not None for row in rows[header + 1 :])
    return sum(any(_SALESFORCE_ID.match(str(value)) for value in row) for row in rows)


def _json(path: Path) -> int:
    """Items of the array, or of the answer's records."""
    data: Any = json.loads(path.read_bytes())
    return len(data["records"] if isinstance(data, dict) else data)


def _jsonl(path: Path) -> int:
    """Lines that are objects."""
    return sum(isinstance(json.loads(line), dict) for line in path.read_bytes().splitlines())


def _yaml(path: Path) -> int:
    """Items of the list."""
    return len(yaml.safe_load(path.read_bytes()))


# Parquet ends with its metadata in Thrift's compact protocol, their length in four bytes, and "PAR1".
# Fields of the metadata: 1 version, 2 schema, 3 number of rows.


def _parquet(path: Path) -> int:
    """Field 3 of the metadata."""
    data = path.read_bytes()
    assert data[-4:] == b"PAR1"
    length = int.from_bytes(data[-8:-4], "little")
    return next(int(value) for number, value in _fields(iter(data[-8 - length : -8])) if number == 3)


def _varint(stream: Iterator[int]) -> int:
    """Seven bits a byte, the lowest first."""
    value = shift = 0
    while True:
        byte = next(stream)
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value


def _zigzag(stream: Iterator[int]) -> int:
    """A signed number."""
    value = _varint(stream)
    return value >> 1 ^ -(value & 1)


def _fields(stream: Iterator[int]) -> Iterator[tuple[int, Any]]:
    """(number, value) of the fields of a struct."""
    number = 0
    while head := next(stream):
        number = number + (head >> 4) if head >> 4 else _zigzag(stream)
        yield number, _value(stream, head & 15)


def _value(stream: Iterator[int], kind: int) -> Any:
    """One value: 1, 2 true and false; 3 byte; 4 to 6 integers; 7 double; 8 binary; 9, 10 list and set; 12 struct."""
    if kind in (1, 2):
        return kind == 1
    if kind in (4, 5, 6):
        return _zigzag(stream)
    if kind in (3, 7, 8):
        return bytes(next(stream) for _ in range({3: 1, 7: 8}.get(kind) or _varint(stream)))
    if kind in (9, 10):
        head = next(stream)
        size = head >> 4 if head >> 4 < 15 else _varint(stream)
        return [next(stream) == 1 if head & 15 in (1, 2) else _value(stream, head & 15) for _ in range(size)]
    assert kind == 12, kind
    return list(_fields(stream))


_COUNTERS: dict[str, Callable[[Path], int]] = {
    ".csv": _separated,
    ".gz": _separated,
    ".tsv": _separated,
    ".txt": _separated,
    ".xls": _html,
    ".xlsx": _xlsx,
    ".json": _json,
    ".jsonl": _jsonl,
    ".yaml": _yaml,
    ".parquet": _parquet,
}
