"""SRC001: rows of a file that could not be read are findings too, so that no row vanishes."""

from __future__ import annotations

import polars as pl

from steplint.findings.keys import digest, normal, with_key
from steplint.findings.schema import SCHEMA
from steplint.rules.rule import page

__all__ = ["CODE", "rejected_findings"]

CODE = "SRC001"
HELP = "Correct this row in the source and export it again: it was not judged."


def rejected_findings(rejected: pl.DataFrame, source: str) -> pl.DataFrame:
    """Findings for `Batch.rejected`, in the columns of a judged batch. `source` is the name of the source."""
    constants = {
        "code": CODE,
        "name": "row-rejected",
        "severity": "error",
        "help": HELP,
        "why_url": page(CODE),
        "primary": True,
        "field": "next_step",
        "kind": "opportunity",
    }
    given = {
        **{name: pl.lit(value) for name, value in constants.items()},
        "message": pl.concat_str(pl.lit("the row could not be read: "), "reason"),
        "path": pl.col("path"),
        "line": pl.col("line"),
        "record_line": pl.col("line"),
        "column": pl.col("column"),
        "text": pl.col("text"),
        "spans": pl.lit([], dtype=SCHEMA["spans"].dtype),
    }
    columns = [
        given.get(name, pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in SCHEMA.items()
        if name not in ("key", "fingerprint")
    ]
    found = rejected.select(pl.lit(None, dtype=pl.Int64).alias("row"), *columns, source=pl.lit(source))
    found = with_key(found)
    evidence = normal(pl.concat_str(pl.col("message"), pl.col("text").fill_null(""), separator="\0"))
    return found.with_columns(fingerprint=digest(pl.col("key"), evidence)).drop("source")
