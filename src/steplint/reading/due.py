"""The due date of a document as it is written ("Jan 15", "[Date]", "next week"): read like a date in the text itself."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

__all__ = ["with_due"]

_DATED = ("date_kind", "date", "date_end", "time", "date_basis", "date_flaw", "date_ambiguous")
#: A day by itself says nothing will happen on it; this says so and no more.
_ACT = "Call on "


def with_due(frame: pl.DataFrame, records: pl.DataFrame, read: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """`frame` with what `due_text` says of the day, where neither the text nor `due_date` names one.

    What the text says in passing (“the October figures”) yields to a day that stands beside it. `frame`: a row a record,
    the columns of a reading. `read` gives it for records.
    """
    if "due_text" not in records.columns or "due_date" not in records.columns:
        return frame
    undated = (frame["date_kind"] != "specific") & records["due_date"].is_null()
    written = undated & (records["due_text"].fill_null("").str.strip_chars() != "")
    if not written.any():
        return frame
    text = pl.lit(_ACT) + pl.col("due_text").str.strip_chars()
    due = read(records.filter(written).with_columns(next_step=text, due_text=pl.lit(None, dtype=pl.String)))
    at = written.arg_true()
    none = frame["date_kind"].gather(at) == "none"
    better = (due["date_kind"] == "specific") | (
        none & (frame["date"].gather(at).is_null() | due["date"].is_not_null())
    )
    at, due = at.filter(better), due.filter(better)
    return frame.with_columns(frame[name].scatter(at, due[name]) for name in _DATED)
