"""A run: batches in, findings out, in order, on two threads.

Batches are read, judged and written at the same time: one thread reads and writes, two judge, and no more batches are
under way than threads have work for, so that memory stays flat.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from time import perf_counter

import polars as pl

from steplint.engine.batch import Judge, Judged, ReaderLike
from steplint.engine.coverage import Coverage, source_findings
from steplint.engine.rejected import rejected_findings
from steplint.engine.repeated import counted
from steplint.findings.data import suggestions
from steplint.findings.keys import Ordinals, digest
from steplint.findings.schema import SCHEMA
from steplint.findings.summary import Summary
from steplint.records import Batch, Org, RecordStream
from steplint.rules.rule import Rule

__all__ = ["lint"]

WORKERS = 2


def lint(
    stream: RecordStream,
    rules: Sequence[Rule],
    reader: ReaderLike,
    org: Org,
    *,
    as_of: date,
    summary: Summary,
    report_rejected: bool = True,
    workers: int = WORKERS,
) -> Generator[pl.DataFrame]:
    """Batches of the findings table (findings.SCHEMA), in the order of the records, a record's primary finding first; then
    what is to be said of the source itself.

    `rules` are the selected ones, with the severities and options they run with. `summary` is filled as batches are
    yielded, and complete after the last one. Results do not depend on the size of batches or on `workers`.
    """
    judge = Judge(rules, reader, org, as_of, suggestions())
    ordinals = Ordinals()
    coverage = Coverage()
    name: str | None = None
    summary.open_only = not org.scope.include_closed
    pending: deque[tuple[Batch, Future[Judged]]] = deque()
    batches = counted(stream.batches, rules)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="steplint")
    try:
        exhausted = False
        while pending or not exhausted:
            while not exhausted and len(pending) <= workers:
                started = perf_counter()
                item = next(batches, None)
                summary.count_time("source", perf_counter() - started)
                if item is None:
                    exhausted = True
                else:
                    batch, counts = item
                    shown = batch.day_order == stream.text_date_order
                    judging = pool.submit(judge.judge, batch.records, batch.columns, counts, order_shown=shown)
                    pending.append((batch, judging))
            if pending:
                batch, future = pending.popleft()
                judged = future.result()
                coverage.add(batch.records, judged.unread, stream.ambiguous_dates)
                name = name or (str(batch.records["source"][0]) if batch.records.height else None)
                yield _finish(batch, judged, stream.kind, ordinals, summary, report_rejected)
        gaps = source_findings(coverage.gaps(stream), rules, name or stream.kind)
        if gaps.height:
            yield _counted(gaps, ordinals, summary)
    finally:
        # Whoever stops half way does not wait for batches that nobody will see.
        pool.shutdown(wait=False, cancel_futures=True)
        batches.close()
    summary.complete = True


def _finish(
    batch: Batch, judged: Judged, source: str, ordinals: Ordinals, summary: Summary, report_rejected: bool
) -> pl.DataFrame:
    """What needs the batches before it: ties, counts, and the rows that could not be read."""
    findings = judged.findings
    if batch.letters:
        findings = findings.with_columns(cell=_cell(batch.letters))
    summary.records += judged.records
    summary.rejected += batch.rejected.height
    for reason, count in judged.out_of_scope.items():
        summary.out_of_scope[reason] = summary.out_of_scope.get(reason, 0) + count
    for language, count in judged.languages.items():
        summary.languages[language] = summary.languages.get(language, 0) + count
    summary.skipped_rules.update(judged.skipped)
    for stage, seconds in judged.seconds.items():
        summary.count_time(stage, seconds)
    if batch.rejected.height and report_rejected:
        name = str(batch.records["source"][0]) if batch.records.height else None
        findings = pl.concat([findings, rejected_findings(batch.rejected, name or source)])
        # A rejected row has no place among the records but that of its line.
        findings = findings.sort("record_line", maintain_order=True, nulls_last=True)
    return _counted(findings, ordinals, summary)


def _counted(findings: pl.DataFrame, ordinals: Ordinals, summary: Summary) -> pl.DataFrame:
    findings = _with_ordinals(findings.select(list(SCHEMA)), ordinals)
    summary.count_findings(findings)
    return findings


def _cell(letters: Mapping[str, str]) -> pl.Expr:
    """The workbook cell of the field at fault; that of the next step where the field has no column of its own."""
    letter = pl.col("field").replace_strict(dict(letters), default=letters["next_step"], return_dtype=pl.String)
    return pl.concat_str(letter, pl.col("record_line").cast(pl.String))


def _with_ordinals(findings: pl.DataFrame, ordinals: Ordinals) -> pl.DataFrame:
    # 60 of the fingerprint's 80 bits tell pairs apart here; a false tie would only lengthen a hash.
    pairs = findings["fingerprint"].str.head(15).str.to_integer(base=16, dtype=pl.UInt64)
    ordinal = ordinals.take(pairs)
    if not (ordinal > 0).any():
        return findings
    again = digest(pl.col("fingerprint"), pl.lit(ordinal.cast(pl.String)))
    return findings.with_columns(fingerprint=pl.when(ordinal > 0).then(again).otherwise("fingerprint"))
