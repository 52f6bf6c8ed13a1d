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
    lines = pl.Series("line", [buffer], dtype=pl.Binary).cast(pl.String).str.split("\n").explode()
    line, fits, size = pl.col("line"), pl.col("fits"), pl.col("size")
    # A line that fits has even quotes, so only the others need counting.
    quotes = pl.when(fits).then(0).otherwise(line.str.count_matches('"', literal=True))
    frame = (
        lines.to_frame()
        .lazy()
        .with_columns(fits=line.str.contains(pattern), size=line.str.len_bytes().cast(pl.Int64))
        .with_columns(odd=quotes.cum_sum() % 2 == 1, blank=(size == 0) | ((size == 1) & (line == "\r")))
        .with_columns(first=~pl.col("odd").shift(1, fill_value=False))
        .collect()
    )
    count = frame.height
    starts = frame["first"].arg_true()
    if final and not frame["odd"][-1]:
        stop, stuck = (count - 1 if frame["size"][-1] == 0 else count), False
    else:  # the last record may go on behind this buffer; over several lines only the exact splitter can tell
        stop = int(starts[-1])
        stuck = final or count - stop > 1
    bad = _first_misfit(frame.head(stop), pattern)
    if bad is not None:
        stop, stuck = bad, True
    proven = frame.head(stop)
    feeds = min(stop, count - 1)
    return Proof(
        end=int(proven["size"].sum()) + feeds,
        lines=feeds,
        at=proven["first"].arg_true(),
        blank=proven["blank"].filter(proven["first"]),
        stuck=stuck,
    )


def _first_misfit(frame: pl.DataFrame, pattern: str) -> int | None:
    """Line of the first record that does not fit, from 0."""
    alone = frame["first"] & ~frame["odd"]
    misfits = (alone & ~frame["fits"] & ~frame["blank"]).arg_true().head(1).to_list()
    if not alone.all():
        spread = frame.select("line", at=pl.int_range(pl.len()), record=pl.col("first").cum_sum()).filter(~alone)
        joined = spread.with_columns(pl.col("record").set_sorted()).group_by("record").agg(pl.col("at").first(), "line")
        whole = joined["line"].list.join("\n")  # several times as fast as joining within the groups
        misfits += joined["at"].filter(~whole.str.contains(pattern)).sort().head(1).to_list()
    return min(misfits) if misfits else None
