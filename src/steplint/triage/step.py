"""Triage as one step between the engine's batches of findings and the reporters."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from steplint.findings.summary import Summary
from steplint.records import Batch, RecordStream
from steplint.records.values import case_safe
from steplint.rules.rule import Rule
from steplint.triage.baseline import Baseline
from steplint.triage.report import suppression_findings
from steplint.triage.suppressions import Suppression

__all__ = ["Triage"]


class Triage:
    """Leaves out what is suppressed or in the baseline, counts it, and says which suppressions and entries have had their day.

    `rules` are those that run, `as_of` is the day on which suppressions are over or not, `shown` names the file they are in.
    Use `watch` on the records and `settle` on the findings of one run.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        as_of: date,
        *,
        suppressions: Sequence[Suppression] = (),
        baseline: Baseline | None = None,
        shown: str = "",
    ) -> None:
        self._rules = tuple(rules)
        self._shown = shown
        self._expired = [entry for entry in suppressions if entry.expired(as_of)]
        self._entries = [entry for entry in suppressions if not entry.expired(as_of)]
        self._units = _units(self._entries)
        self._used: set[int] = set()
        self._read: set[str] = set()
        self._baseline = baseline
        self.gone = pl.Series(dtype=pl.Boolean)
        """Of each entry of the baseline, whether it no longer occurs; known after the last finding."""
        self.elsewhere = 0
        """How many suppressions were not judged because their record is not in the input, or out of scope."""

    def watch(self, stream: RecordStream) -> RecordStream:
        """The same records, noting which of those that a suppression or the baseline names are judged in this run."""
        watches = self._entries or self._baseline is not None
        return replace(stream, batches=self._watched(stream)) if watches else stream

    def _watched(self, stream: RecordStream) -> Generator[Batch]:
        wanted = self._units["record"].unique().implode()
        for batch in stream.batches:
            ids = batch.records.filter(pl.col("scope").is_null())["id"]
            self._read.update(ids.filter(ids.is_in(wanted)).drop_nulls())
            if self._baseline is not None:
                self._baseline.note_records(ids)
            yield batch

    def settle(self, findings: Generator[pl.DataFrame], summary: Summary) -> Generator[pl.DataFrame]:
        """What is left of each batch, and after the last one what is to be said about the suppressions.

        `summary`, in which the engine has counted the findings, then counts those that are left.
        """
        with contextlib.closing(findings):
            for batch in findings:
                left = self._left(batch, summary)
                if left.height < batch.height:
                    summary.count_findings(batch, times=-1)
                    summary.count_findings(left)
                yield left
        ran = {rule.code for rule in self._rules} - summary.skipped_rules.keys()
        if self._baseline is not None:
            self.gone = self._baseline.gone(ran)
        told = suppression_findings(self._unused(ran), self._expired, self._rules, self._shown)
        summary.count_findings(told)
        if told.height:
            yield told

    def _left(self, findings: pl.DataFrame, summary: Summary) -> pl.DataFrame:
        suppressed = self._suppressed(findings)
        out = suppressed
        if self._baseline is not None:
            accepted = self._baseline.accepts(findings) & ~suppressed
            summary.baselined += int(accepted.sum())
            out = suppressed | accepted
        summary.suppressed += int(suppressed.sum())
        return _without(findings, out) if out.any() else findings

    def notes(self) -> list[str]:
        """What is to be said after the last finding, beside findings: a line each."""
        told = []
        if gone := int(self.gone.sum()):
            what = "entry no longer occurs" if gone == 1 else "entries no longer occur"
            told.append(f"{gone:,} baseline {what}; steplint baseline --prune")
        if self.elsewhere:
            one = self.elsewhere == 1
            what = (
                "suppression was not judged: its record is"
                if one
                else "suppressions were not judged: their records are"
            )
            told.append(f"{self.elsewhere:,} {what} not in this input, or out of scope")
        return told

    def _suppressed(self, findings: pl.DataFrame) -> pl.Series:
        """Which findings a suppression excuses; that it was needed is noted."""
        if not self._entries:
            return pl.repeat(value=False, n=findings.height, dtype=pl.Boolean, eager=True)
        wanted = self._units["record"].unique().implode()
        places = findings.with_row_index("place").filter(pl.col("record_id").is_in(wanted))
        hits = places.select("place", "code", "field", record="record_id").join(self._units, on=["code", "record"])
        hits = hits.filter(pl.col("only").is_null() | (pl.col("only") == pl.col("field")))
        self._used.update(hits["unit"])
        return pl.select(pl.int_range(findings.height, dtype=pl.UInt32).is_in(hits["place"].implode())).to_series()

    def _unused(self, ran: set[str]) -> list[tuple[Suppression, int]]:
        """Entries and the index of a record that was judged by one of their rules, and on which nothing was found."""
        found = []
        for unit, record, entry, index in self._units.select("unit", "record", "entry", "index").unique("unit").rows():
            if record not in self._read:
                self.elsewhere += 1
            elif unit not in self._used and not ran.isdisjoint(self._entries[entry].codes):
                found.append((self._entries[entry], index))
        return found


def _units(entries: Sequence[Suppression]) -> pl.DataFrame:
    """A row a code and record of each entry: unit (a number an entry and record), entry, index of the record in it, code,
    record as the canonical id, and `only`, the field that alone is meant, or null."""
    named = [
        (number, index, record, entry.field, list(entry.codes))
        for number, entry in enumerate(entries)
        for index, record in enumerate(entry.records)
    ]
    numbers, texts = dict.fromkeys(("entry", "index"), pl.Int64()), dict.fromkeys(("record", "only"), pl.String())
    schema: dict[str, pl.DataType] = {**numbers, **texts, "code": pl.List(pl.String)}
    frame = pl.DataFrame(named, schema=schema, orient="row").with_row_index("unit")
    return frame.with_columns(case_safe(frame["record"])).explode("code")


def _without(findings: pl.DataFrame, out: pl.Series) -> pl.DataFrame:
    """The findings but those in `out`; the first one left of each record is its primary one.

    A record's findings stand together, the primary one first, the others in the order in which they would take its place.
    """
    left = findings.with_columns(_record=pl.col("primary").cum_sum()).filter(~out)
    first = (pl.col("_record") != pl.col("_record").shift(1)).fill_null(value=True)
    return left.with_columns(primary=first).drop("_record")
