"""SRC003 and SRC004: suppressions that nothing needs any more, and those whose day is over, are findings too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from steplint.findings.keys import digest, with_key
from steplint.findings.schema import SCHEMA
from steplint.rules.rule import Rule
from steplint.triage.baseline import IDS
from steplint.triage.suppressions import Suppression

__all__ = ["EXPIRED", "UNUSED", "suppression_findings"]

UNUSED, EXPIRED = "SRC003", "SRC004"
_SPANS = SCHEMA["spans"].dtype


def suppression_findings(
    unused: Iterable[tuple[Suppression, int]], expired: Iterable[Suppression], rules: Sequence[Rule], shown: str
) -> pl.DataFrame:
    """The findings table for what is wrong with the suppressions of the file `shown`, in the order of its lines.

    `unused` are entries with the index of the record that needs none; `expired` ones are reported once each. Only what is
    among `rules` is reported, at its severity there.
    """
    by_code = {rule.code: rule for rule in rules}
    rows = []
    if rule := by_code.get(UNUSED):
        for entry, index in unused:
            message = f"nothing is left to suppress: {entry.rule} is not found on {entry.records[index]}"
            line, column = entry.places[index]
            rows.append(_row(rule, entry, message, entry.records[index], line, column))
    if rule := by_code.get(EXPIRED):
        for entry in expired:
            whom = entry.records[0] if len(entry.records) == 1 else f"{len(entry.records)} records"
            message = f"the suppression of {entry.rule} on {whom} ended on {entry.until}"
            rows.append(_row(rule, entry, message, entry.records[0], *entry.places[0]))
    rows.sort(key=lambda row: (row["line"], row["column"], row["code"]))
    again: Counter[object] = Counter()
    for row in rows:
        again[row["evidence"]] += 1
        row["evidence"] = f"{row['evidence']}\0{again[row['evidence']]}"
    return _table(rows, shown)


def _row(rule: Rule, entry: Suppression, message: str, record: str, line: int, column: int) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "message": message,
        "help": rule.help,
        "why_url": rule.url,
        "line": line,
        "column": column,
        "record_id": record,
        # Where a source has no ids they are made of names, and masked as such where that is asked for.
        "record_name": None if all(re.search(pattern, record) for pattern in IDS) else record,
        "text": entry.text,
        # What tells two entries on one record apart; `field` of the table is a column of the record, which is not at fault.
        "about": f"{entry.rule}\0{entry.field or ''}",
        "evidence": "\0".join((rule.code, entry.rule, record, entry.field or "", str(entry.until), entry.reason)),
    }


def _table(rows: Sequence[dict[str, object]], shown: str) -> pl.DataFrame:
    texts = (
        "code", "name", "severity", "message", "help", "why_url", "record_id", "record_name", "text", "about", "evidence",
    )  # fmt: skip
    schema: dict[str, pl.DataType] = {**dict.fromkeys(texts, pl.String()), "line": pl.Int64(), "column": pl.Int64()}
    frame = pl.DataFrame(rows, schema=schema)
    named = with_key(frame.select("code", "record_id", source=pl.lit("suppressions"), field="about"))["key"]
    frame = frame.with_columns(
        named, primary=pl.lit(value=True), path=pl.lit(shown), record_line="line", spans=pl.lit([], dtype=_SPANS)
    ).with_columns(fingerprint=digest(pl.col("key"), pl.col("evidence")))
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in SCHEMA.items()
    )
