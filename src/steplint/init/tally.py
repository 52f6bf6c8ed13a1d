"""How often values occur, counted a batch at a time."""

from __future__ import annotations

import polars as pl

__all__ = ["Counted", "Tally"]

#: A value as it is written, and how many records have it.
Counted = tuple[str, int]

_SCHEMA = {"key": pl.String(), "value": pl.String(), "count": pl.Int64()}


class Tally:
    """Values that share a key count as one, in the spelling that came first. The size of batches changes nothing."""

    def __init__(self) -> None:
        self._table = pl.DataFrame(schema=_SCHEMA)

    def add(self, values: pl.Series, keys: pl.Series | None = None) -> None:
        """Count values (text, a row a record) by `keys`, by default themselves; null and blank ones do not count."""
        table = pl.DataFrame({"key": values if keys is None else keys, "value": values}, schema_overrides=_TEXT)
        filled = table.filter(pl.col("value").str.contains(r"\S"))
        self._table = _summed(pl.concat([self._table, filled.with_columns(count=pl.lit(1, dtype=pl.Int64))]))

    def most(self, number: int | None = None, *, at_least: int = 1) -> list[Counted]:
        """The `number` most frequent values, or all; those as frequent as each other by name."""
        table = self._table.filter(pl.col("count") >= at_least).sort(["count", "value"], descending=[True, False])
        return table.select("value", "count").head(number if number is not None else table.height).rows()


_TEXT = {"key": pl.String(), "value": pl.String()}


def _summed(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by("key", maintain_order=True).agg(pl.col("value").first(), pl.col("count").sum())
