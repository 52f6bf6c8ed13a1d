"""The reading's scalar columns for a batch: labels of each record, and the day they point at."""

from __future__ import annotations

import polars as pl

from steplint.reading.schema import READING
from steplint.reading.tokens import Tokens

__all__ = ["reading_frame"]

# Nothing but these and white space is in an empty text ("a step of only U+3164 is empty").
_INVISIBLE = (
    r"^[\s\x{00ad}\x{115f}\x{1160}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}"
    r"\x{2800}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}]*$"
)


def reading_frame(
    records: pl.DataFrame,
    tokens: Tokens,
    kept: pl.DataFrame,
    judged: pl.DataFrame,
    labels: pl.DataFrame,
    places: pl.DataFrame,
) -> pl.DataFrame:
    """`row` and the columns of `READING`, one row a record in the order of `records`.

    `kept`, `judged` and `places` as `ClauseReader` makes them; `labels` one row a record.
    """
    judged = judged.join(tokens.foreign, on="row", how="left", maintain_order="left")
    flaws = _flaws(tokens.dates, records.height)
    # Kind "none" with a day: the step's only day was over when it was written.
    dated = pl.when(labels["date_kind"] != "vague").then(kept["dated"].gather(places["date_at"])).otherwise(None)
    day = pl.select(dated).to_series()
    clock = kept["dated"].gather(places["clock_at"])
    dates = tokens.dates
    basis = pl.when(dates["absolute"].gather(day)).then(pl.lit("absolute")).otherwise(records["basis"].cast(pl.String))
    time = pl.coalesce(dates["time"].gather(day), dates["time"].gather(clock))
    return (
        labels.with_columns(
            records["row"],
            date=dates["value"].gather(day),
            date_end=dates["value_end"].gather(day),
            time=pl.when(labels["date_kind"] == "specific").then(time),
            date_basis=pl.when(day.is_not_null()).then(basis),
            date_flaw=flaws["flaw"],
            date_ambiguous=flaws["ambiguous"],
            language=judged["language"].fill_null("en"),
            empty=records["next_step"].fill_null("").str.contains(_INVISIBLE),
        )
        .with_columns(placeholder=pl.col("placeholder") | pl.col("empty"))
        .select("row", *READING)
    )


def _flaws(dates: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Of each record: the flaw of any of its dates, and whether one could be read as another day."""
    found = (
        dates.select("row", "flaw", "ambiguous")
        .filter(pl.col("flaw").is_not_null() | pl.col("ambiguous"))
        .group_by("row")
        .agg(pl.col("flaw").drop_nulls().first(), pl.col("ambiguous").any())
    )
    everyone = pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
    joined = everyone.join(found, on="row", how="left", maintain_order="left")
    return joined.with_columns(pl.col("ambiguous").fill_null(False))
