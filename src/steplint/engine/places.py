"""Where in the file a finding stands, for records whose text has a column of its own: those of documents."""

from __future__ import annotations

import polars as pl

__all__ = ["places"]


def places() -> dict[str, pl.Expr]:
    """`line`, `column` and `end_column` of findings with `line` and `column` of their text beside `start` and `end` in it.

    A column is given where the fault begins on the text's first line: what stands before a later line is not known.
    """
    text, start, end = pl.col("next_step"), pl.col("start"), pl.col("end")
    inside = (pl.col("column").is_not_null() & (pl.col("field") == "next_step") & start.is_not_null()).fill_null(
        value=False
    )
    feeds = text.str.slice(0, start).str.count_matches("\n", literal=True).cast(pl.Int64)
    first = feeds == 0
    whole = ~text.str.slice(start, end - start).str.contains("\n", literal=True)
    return {
        "line": pl.when(inside).then(pl.col("line") + feeds).otherwise(pl.col("line")),
        "column": pl.when(inside & first).then(pl.col("column") + start).when(~inside).then(pl.col("column")),
        "end_column": pl.when(inside & first & whole).then(pl.col("column") + end),
    }
