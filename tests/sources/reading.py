"""One way for the tests to read bytes as a file of some name, and to see what is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from steplint.errors import InputError, SteplintError
from steplint.records import RecordStream
from steplint.sources import open_source

__all__ = ["AS_OF", "Read", "outcome", "read", "refused", "rows_book", "workbook"]

AS_OF = date(2026, 1, 12)


@dataclass
class Read:
    """All records and rejected rows of one file."""

    stream: RecordStream
    records: pl.DataFrame
    rejected: pl.DataFrame

    @property
    def steps(self) -> list[str | None]:
        return self.records["next_step"].to_list()

    @property
    def lines(self) -> list[int]:
        return self.records["line"].to_list()

    @property
    def dropped(self) -> list[tuple[int, str]]:
        """(line, why) of rows that are no records."""
        return [(line, why) for table in self.stream.dropped for line, why, _ in table]


def read(data: bytes | str, name: str, **options: Any) -> Read:
    """Read `data` as a file of that name on standard input."""
    stdin = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    stream = open_source(["-"], as_of=AS_OF, stdin=stdin, stdin_filename=name, **options)
    batches = list(stream.batches)
    records = pl.concat(batch.records for batch in batches) if batches else pl.DataFrame()
    return Read(stream, records, pl.concat(batch.rejected for batch in batches) if batches else pl.DataFrame())


def outcome(data: bytes | str, name: str, **options: Any) -> Read | SteplintError:
    """What was read, or the one line that refuses it; nothing else may come out."""
    try:
        return read(data, name, **options)
    except SteplintError as error:
        found = error
    assert "\n" not in str(found)
    return found


def refused(data: bytes | str, name: str, words: str, **options: Any) -> tuple[int | None, int | None]:
    """(line, column) of the InputError that the file must end in; `words` is a pattern."""
    with pytest.raises(InputError, match=words) as caught:
        read(data, name, **options)
    assert caught.value.path == name
    assert "\n" not in str(caught.value)
    return caught.value.line, caught.value.column


def workbook(write: Callable[[Any], None], **options: Any) -> bytes:
    """The bytes of a workbook that `write` fills."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        write(book)
    return out.getvalue()


def rows_book(rows: list[list[Any]], *, row: int = 0, column: int = 0, sheet: str = "Deals") -> bytes:
    """A workbook of one sheet with `rows` from the given cell on; texts stay texts, and None is no cell."""

    def write(book: Any) -> None:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for down, cells in enumerate(rows, row):
            for right, value in enumerate(cells, column):
                if isinstance(value, str):
                    page.write_string(down, right, value)
                elif isinstance(value, date):
                    page.write_datetime(down, right, value, day)
                elif value is not None:
                    page.write(down, right, value)

    return workbook(write)
