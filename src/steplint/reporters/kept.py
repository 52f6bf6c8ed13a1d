"""The findings that a report has room for: the most severe of a run, in flat memory."""

from __future__ import annotations

import polars as pl

from steplint.findings.schema import SEVERITIES, empty

__all__ = ["Kept"]

_ORDER = ("_level", "_record", "_place")


class Kept:
    """Takes all findings and keeps `limit` of them: those of the records with the worst finding, else the first ones.

    `total` is the number that came. Columns that it adds: `_level` (index in SEVERITIES of the worst finding of the
    finding's record), `_record` (number of the record among those with findings) and `_place` (of the finding).
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.total = 0
        self._records = 0
        self._frames: list[pl.DataFrame] = []
        self._held = 0
        self._hopeless = len(SEVERITIES)  # what is at this level or after it has no room any more

    def add(self, findings: pl.DataFrame) -> None:
        """A batch of the findings table; a record's findings never span two batches."""
        if not findings.height:
            return
        findings = findings.with_columns(
            _record=pl.col("primary").cast(pl.Int64).cum_sum() + self._records,
            _place=pl.int_range(pl.len(), dtype=pl.Int64) + self.total,
        )
        level = pl.col("severity").to_physical().cast(pl.Int8).min().over("_record")
        findings = findings.with_columns(_level=level)
        self.total += findings.height
        self._records = int(findings["_record"][-1])
        findings = findings.filter(pl.col("_level") < self._hopeless)
        self._frames.append(findings)
        self._held += findings.height
        if self._held > 2 * self.limit:
            kept = self._most_severe()
            self._frames, self._held = [kept], kept.height
            self._hopeless = int(kept["_level"][-1])

    def by_severity(self) -> pl.DataFrame:
        """What is kept, the records with the worst findings first; the findings of a record stay together."""
        return self._most_severe()

    def in_order(self) -> pl.DataFrame:
        """What is kept, in the order of the input."""
        return self._most_severe().sort("_place")

    def _most_severe(self) -> pl.DataFrame:
        if not self._frames:
            added = {"_record": pl.Int64, "_place": pl.Int64, "_level": pl.Int8}
            return empty().hstack(pl.DataFrame(schema=added))
        found = pl.concat(self._frames)
        return found[found.select(pl.arg_sort_by(*_ORDER).head(self.limit)).to_series()]
