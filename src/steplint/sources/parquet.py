"""Parquet: the columns that are mapped, typed as they are, a piece of a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import HeaderMap, map_headers
from steplint.sources.tables import Rejections, Table, TextBlock

__all__ = ["read_parquet"]

_ROWS = 32_768


def read_parquet(
    source: Path | BinaryIO, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """Columns of texts, numbers and days are read; a nested one stands as `Account.Name`; a record's line is its row, from 1.

    InputError: no sound Parquet file, no next-step column.
    """
    with _faults(path):
        lazy = pl.scan_parquet(source, glob=False)
        columns = dict(_leaves(dict(lazy.collect_schema())))
    mapping = map_headers(list(columns), preset=preset, overrides=overrides, path=path)
    return Table("parquet", path, mapping, _blocks(lazy, columns, mapping, path), [])


def _leaves(
    schema: Mapping[str, Any], prefix: str = "", parent: pl.Expr | None = None
) -> Iterator[tuple[str, pl.Expr]]:
    for name, dtype in schema.items():
        column = pl.col(name) if parent is None else parent.struct.field(name)
        if isinstance(dtype, pl.Struct):
            yield from _leaves(dict(dtype.to_schema()), f"{prefix}{name}.", column)
        elif not isinstance(dtype, pl.List) or dtype.inner == pl.String:
            yield prefix + name, column.cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else column


def _blocks(lazy: pl.LazyFrame, columns: Mapping[str, pl.Expr], mapping: HeaderMap, path: str) -> Iterator[TextBlock]:
    wanted = [columns[mapping.headers[place]].alias(name) for name, place in mapping.fields.items()]
    row = 1
    with _faults(path):
        for frame in lazy.select(wanted).collect_batches(chunk_size=_ROWS, maintain_order=True):
            line = pl.int_range(row, row + frame.height, dtype=pl.Int64, eager=True)
            row += frame.height
            yield TextBlock(frame.with_columns(path=pl.lit(path), line=line), Rejections(path).take())


@contextmanager
def _faults(path: str) -> Iterator[None]:
    """What the library says of a broken file, panics too, as one line."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        said = " ".join(str(error).split())[:160]
        raise InputError(f"no sound Parquet file: {said}", path=path, hint="export it again") from None
