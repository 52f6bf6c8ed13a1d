"""Parquet: the columns that are mapped, typed as they are, a piece of a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import HeaderMap, map_headers
from steplint.records.schema import SCHEMA
from steplint.sources.pages import check_pages
from steplint.sources.tables import Rejections, Table, TextBlock

__all__ = ["read_parquet"]

_ROWS = 65_536

_Leaf = tuple[str, pl.Expr, pl.DataType]


def read_parquet(
    source: Path | BinaryIO, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """Columns of texts, numbers and days are read; a nested one stands as `Account.Name`; a record's line is its row, from 1.

    InputError: no sound Parquet file, a row group too large to hold, no next-step column.
    """
    with _faults(path):
        check_pages(source, path)
        lazy = pl.scan_parquet(source, glob=False, hive_partitioning=False)
        leaves = list(_leaves(dict(lazy.collect_schema())))
    mapping = map_headers([name for name, _, _ in leaves], preset=preset, overrides=overrides, path=path)
    return Table("parquet", path, mapping, _blocks(lazy, leaves, mapping, path), [])


def _leaves(schema: Mapping[str, Any], prefix: str = "", parent: pl.Expr | None = None) -> Iterator[_Leaf]:
    for name, dtype in schema.items():
        column = pl.col(name) if parent is None else parent.struct.field(name)
        if isinstance(dtype, pl.Struct):
            yield from _leaves(dict(dtype.to_schema()), f"{prefix}{name}.", column)
        elif isinstance(dtype, pl.Categorical | pl.Enum | pl.Binary):  # some writers do not say that bytes are text
            yield prefix + name, column.cast(pl.String), pl.String()
        elif isinstance(dtype, pl.Array) and dtype.inner == pl.String:
            yield prefix + name, column.arr.to_list(), pl.List(pl.String)
        elif (isinstance(dtype, pl.List) and dtype.inner != pl.String) or isinstance(dtype, pl.Array | pl.Duration):
            continue  # nothing of a record is such a value
        else:
            yield prefix + name, column, dtype


def _blocks(lazy: pl.LazyFrame, leaves: list[_Leaf], mapping: HeaderMap, path: str) -> Iterator[TextBlock]:
    wanted = [_column(name, leaves[place]) for name, place in mapping.fields.items()]
    # Slices, not `collect_batches`: that one reads ahead and keeps three times as much in memory.
    with _faults(path):
        for row in range(0, lazy.select(pl.len()).collect().item(), _ROWS):
            frame = lazy.slice(row, _ROWS).select(wanted).collect()
            line = pl.int_range(row + 1, row + 1 + frame.height, dtype=pl.Int64, eager=True)
            yield TextBlock(frame.with_columns(path=pl.lit(path), line=line), Rejections(path).take())


def _column(name: str, leaf: _Leaf) -> pl.Expr:
    """The column under its canonical name; several texts where one is expected stand on lines of their own."""
    _, column, dtype = leaf
    if isinstance(dtype, pl.List) and not isinstance(SCHEMA[name].dtype, pl.List):
        column = column.list.join("\n", ignore_nulls=True)
    return column.alias(name)


@contextmanager
def _faults(path: str) -> Iterator[None]:
    """What the library says of a broken file, panics too, as one line."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        said = " ".join(str(error).split())[:160]
        raise InputError(f"no sound Parquet file: {said}", path=path, hint="export it again") from None
