"""The proof, in columns, that a run of records has plain quoting and the right number of fields.

A record is proven when one anchored, linear pattern matches all of it: every field is either quoted from its first
to its last byte or holds no quote, separator or line end. From a known start, proven records lie end to end, so the
quotes of each are balanced and its end is certain; the first one that does not fit ends the proof, and the exact
splitter takes over there.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["Proof", "prove"]


@dataclass(frozen=True)
class Proof:
    """`end`: bytes proven. `lines`: line feeds in them. `at`: first line of each record, from 0; `blank`: lines
    without anything are among the records. `stuck`: the next record is no plain one (or its quotes are open)."""

    end: int
    lines: int
    at: pl.Series
    blank: pl.Series
    stuck: bool


def record_pattern(width: int, separator: str) -> str:
    """A Rust pattern that one whole record of `width` fields matches, with its CR but without its LF."""
    mark = "\\t" if separator == "\t" else separator
    field = rf'(?:"[^"]*(?:""[^"]*)*"|[^"{mark}\r\n]*)'
    more = rf"(?:{mark}{field}){{{width - 1}}}" if width > 1 else ""
    return rf"\A{field}{more}\r?\z"


def prove(buffer: bytes, width: int, separator: str, *, final: bool) -> Proof:
    """Prove as many records from the front of `buffer` (UTF-8, at the start of a record) as are plain."""
    pattern = record_pattern(width, separator)
    text = pl.Series([buffer], dtype=pl.Binary).cast(pl.String)
    line = pl.col("line")
    frame = text.str.split("\n").explode().to_frame("line").with_columns(fits=line.str.contains(pattern))
    # A line that fits has even quotes, so only the others need counting.
    quotes = pl.when("fits").then(0).otherwise(line.str.count_matches('"', literal=True))
    frame = frame.with_columns(odd=quotes.cum_sum() % 2 == 1)
    frame = frame.with_columns(first=~pl.col("odd").shift(1, fill_value=False))
    starts = frame["first"].arg_true()
    count = frame.height
    if final and not frame["odd"][-1]:
        stop, stuck = (count - 1 if frame["line"][-1] == "" else count), False
    else:  # the last record may go on behind this buffer; over several lines only the exact splitter can tell
        stop = int(starts[-1])
        stuck = final or count - stop > 1
    bad = _first_misfit(frame.head(stop), pattern)
    if bad is not None:
        stop, stuck = bad, True
    proven = frame.head(stop)
    feeds = min(stop, count - 1)
    at = starts.filter(starts < stop)
    return Proof(
        end=int(proven["line"].str.len_bytes().sum()) + feeds,
        lines=feeds,
        at=at,
        blank=proven["line"].gather(at).is_in(["", "\r"]),
        stuck=stuck,
    )


def _first_misfit(frame: pl.DataFrame, pattern: str) -> int | None:
    """Line of the first record that does not fit, from 0."""
    alone = pl.col("first") & ~pl.col("odd")
    frame = frame.with_columns(alone=alone).with_row_index("at")
    misfits = (
        frame.filter(pl.col("alone") & ~pl.col("fits") & ~pl.col("line").is_in(["", "\r"])).head(1)["at"].to_list()
    )
    spread = frame.with_columns(record=pl.col("first").cum_sum()).filter(~pl.col("alone"))
    if spread.height:
        joined = spread.with_columns(pl.col("record").set_sorted()).group_by("record").agg(pl.col("at").first(), "line")
        whole = pl.col("line").list.join("\n")  # several times as fast as joining within the groups
        misfits += joined.filter(~whole.str.contains(pattern)).select(pl.col("at").min()).drop_nulls()["at"].to_list()
    return min(misfits) if misfits else None
