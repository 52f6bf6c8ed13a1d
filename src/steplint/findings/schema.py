"""The findings table, declared once: every reporter, key and later room reads its names and types from here."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

__all__ = ["SCHEMA", "SEVERITIES", "Column", "empty"]

SEVERITIES = ("error", "warning", "info")


class Column(NamedTuple):
    """One column of the findings table: its polars type and what it holds."""

    dtype: pl.DataType
    doc: str


SPAN = pl.Struct({"role": pl.String, "start": pl.Int64, "end": pl.Int64, "text": pl.String})
ASK = pl.Struct({"slot": pl.String, "question": pl.String, "choices": pl.List(pl.String)})
# `old` is what the field holds now, null where nothing: whoever writes the replacement checks it first.
FIX = pl.Struct({"applicability": pl.String, "field": pl.String, "replacement": pl.String, "old": pl.String})

# The order is that of the JSON keys. Minor releases only add keys, at the end.
SCHEMA: dict[str, Column] = {
    "code": Column(pl.String(), "the rule's code, such as WHEN302"),
    "name": Column(pl.String(), "the rule's name, such as date-vague"),
    "severity": Column(pl.Enum(SEVERITIES), "error, warning or info, after the configuration's overrides"),
    "message": Column(pl.String(), "what is wrong, about this record"),
    "help": Column(pl.String(), "what to do about it"),
    "why_url": Column(pl.String(), "where the rule is explained, or null"),
    "primary": Column(pl.Boolean(), "true for the one finding that stands for its record"),
    "path": Column(pl.String(), "the file, as it was named; null for other sources"),
    "sheet": Column(pl.String(), "the sheet of a workbook"),
    "line": Column(pl.Int64(), "1-based physical line of the finding"),
    "record_line": Column(pl.Int64(), "1-based physical line on which the record starts"),
    "column": Column(pl.Int64(), "1-based column of the finding on `line`, in code points; null where unknown"),
    "end_column": Column(pl.Int64(), "the column after the finding's last code point on `line`"),
    "cell": Column(pl.String(), "the cell of a workbook, such as C14"),
    "record_id": Column(pl.String(), "the record's id"),
    "record_name": Column(pl.String(), "the record's name"),
    "kind": Column(pl.String(), "opportunity, task, plan_row, utterance or email"),
    "field": Column(pl.String(), "the record's column that is at fault"),
    "start": Column(pl.Int64(), "first code point of the fault in `text`; null unless `field` is next_step"),
    "end": Column(pl.Int64(), "the code point after its last one"),
    "text": Column(pl.String(), "the next step exactly as written"),
    "spans": Column(pl.List(SPAN), "every part of `text` that is at fault, in order"),
    "owner": Column(pl.String(), "the record's owner"),
    "stage": Column(pl.String(), "the record's stage"),
    "account": Column(pl.String(), "the customer"),
    "amount": Column(pl.Float64(), "the record's amount, in `currency`"),
    "currency": Column(pl.String(), "ISO 4217 where the source has it"),
    "url": Column(pl.String(), "the record in its CRM"),
    "commitment": Column(pl.Int8(), "1 (nothing) to 5 (accepted invitation), as the text and the calendar show it"),
    "ask": Column(ASK, "the one missing slot that would lift the record a level, or null"),
    "fix": Column(FIX, "how steplint could repair it, or null"),
    "key": Column(pl.String(), "stable hash of rule, source name, record id and field"),
    "fingerprint": Column(pl.String(), "stable hash of key, evidence and, on ties, an ordinal"),
}


def empty() -> pl.DataFrame:
    """The findings table without rows."""
    return pl.DataFrame(schema={name: column.dtype for name, column in SCHEMA.items()})
