"""Sizes that a Parquet file claims, proven against the file: a native library makes room for them before it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from steplint.errors import InputError
from steplint.sources.thrift import Broken, Thrift

__all__ = ["MAX_GROUP", "MAX_ROWS", "check_pages"]

#: Of one row group, which is held in memory: bytes when unpacked, and rows.
MAX_GROUP = 4 << 30
MAX_ROWS = 20_000_000
MAX_VALUES = 10 * MAX_ROWS  # lists have several
_MAX_PAGES = 100_000  # of one column in a row group
_HEAD = 64 << 10  # a page's own header is some dozens of bytes, and with statistics seldom more than a few hundred


def check_pages(source: Path | BinaryIO, path: str) -> None:
    """Broken: not what Parquet is. InputError: a row group larger than `MAX_GROUP` or `MAX_ROWS`."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            _check(stream, path)
    else:
        _check(source, path)
        source.seek(0)


def _check(stream: BinaryIO, path: str) -> None:
    size = stream.seek(0, 2)
    stream.seek(max(size - 8, 0))
    tail = stream.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"PAR1" or length > size - 12:
        raise Broken("its end is missing")
    stream.seek(size - 8 - length)
    footer = Thrift(stream.read(length)).struct()
    rows = 0
    for group in _structs(footer.get(4)):
        count, unpacked = _count(group, 3), _count(group, 2)
        if count > MAX_ROWS or unpacked > MAX_GROUP:
            raise InputError(
                f"a row group of {count:,} rows and {unpacked >> 20:,} MiB, more than {MAX_ROWS:,} or {MAX_GROUP >> 20:,}",
                path=path,
                hint="write it in smaller row groups",
            )
        rows += count
        for chunk in _structs(group.get(1)):
            _check_chunk(stream, _struct(chunk.get(3)), count, size)
    if rows != _count(footer, 3):
        raise Broken("its row groups do not add up")


def _check_chunk(stream: BinaryIO, chunk: dict[int, Any], rows: int, size: int) -> None:
    """The pages of one column in a row group hold as many values as the column says."""
    left, pages, room = _count(chunk, 5), _MAX_PAGES, MAX_GROUP
    if not rows <= left <= MAX_VALUES:
        raise Broken(f"a column of {left} values in a row group of {rows} rows")
    at = min(_count(chunk, number) for number in (9, 11) if chunk.get(number)) if chunk.get(9) else 0
    while left > 0:
        stream.seek(at)
        table = Thrift(stream.read(_HEAD))
        page = table.struct()
        unpacked = _count(page, 2)
        at, pages, room = at + table.at + _count(page, 3), pages - 1, room - unpacked
        if at > size or pages < 0 or room < 0:
            raise Broken("its pages are larger than the file can hold")
        values = _count(_struct(page.get(5) or page.get(8) or page.get(7)), 1)
        if values > (unpacked + 1 if page.get(7) else left):
            raise Broken("a page counts more values than it can hold")
        left -= 0 if page.get(7) else values


def _structs(value: Any) -> list[dict[int, Any]]:
    return [_struct(item) for item in value] if isinstance(value, list) else []


def _struct(value: Any) -> dict[int, Any]:
    if not isinstance(value, dict):
        raise Broken("a table is missing")
    return value


def _count(table: dict[int, Any], number: int) -> int:
    value = table.get(number)
    if not isinstance(value, int) or value < 0:
        raise Broken("a size is missing")
    return value
