"""Records that are already in memory, as the stream that the engine reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from steplint.records import (
    PROVENANCE,
    REJECTED,
    SCHEMA,
    Batch,
    HeaderMap,
    Org,
    RecordStream,
    dayorder,
    map_headers,
    prepare,
)
from steplint.records.prepare import frame_order
from steplint.rules.rule import Rule

__all__ = ["example_findings", "find_examples", "stream_of", "texts_frame"]

#: Columns of a frame that are taken under their own name only: a header never means them.
_OWN_NAME = {"as_of", "kind", *PROVENANCE}


def stream_of(
    frame: pl.DataFrame,
    *,
    org: Org,
    as_of: date,
    batch_rows: int = 114_688,
    date_order: str = "auto",
    source_name: str = "frame",
    preset: str | None = None,
    overrides: Mapping[str, str] | None = None,
) -> RecordStream:
    """A stream of the rows of `frame`, whose columns are named as in records.SCHEMA or like the headers of a CRM.

    Raises InputError where no column holds the next step.
    """
    own = [name for name in frame.columns if name in SCHEMA and (name in _OWN_NAME or name == "id")]
    mapping = map_headers([name for name in frame.columns if name not in own], preset=preset, overrides=overrides or {})
    named = {mapping.headers[place]: name for name, place in mapping.fields.items()}
    raw = frame.select(*own, *named).rename(named)
    columns = frozenset(raw.columns)
    if "source" not in own:
        raw = raw.with_columns(source=pl.lit(source_name))
    return _stream(raw, columns, mapping, org, as_of, batch_rows, date_order)


def _stream(
    raw: pl.DataFrame,
    columns: frozenset[str],
    mapping: HeaderMap,
    org: Org,
    as_of: date,
    batch_rows: int,
    date_order: str,
    hidden: tuple[str, ...] = (),
) -> RecordStream:
    ambiguous: tuple[str, ...] = ()
    if date_order == "auto" and org.date_order == "auto":
        evidence = frame_order(raw, as_of)
        ambiguous = tuple(evidence.columns) if dayorder.settle(evidence, "auto")[0] == "unknown" else ()
    records = prepare(raw, org=org, as_of=as_of, date_order=date_order)
    nothing = pl.DataFrame(schema=REJECTED)
    batches = (
        Batch(records.slice(start, batch_rows), nothing, columns, day_order=date_order)
        for start in range(0, max(records.height, 1), batch_rows)
    )
    order = date_order if date_order in ("mdy", "dmy") else "mdy"
    known = date_order in ("mdy", "dmy")
    return RecordStream("frame", columns, mapping, batches, order, known, ambiguous, hidden)


def texts_frame(texts: Sequence[str | None]) -> pl.DataFrame:
    """Raw records that have nothing but a text."""
    return pl.DataFrame({"next_step": texts}, schema={"next_step": pl.String})


def find_examples(
    records: Sequence[Mapping[str, Any]], rules: Sequence[Rule], *, hidden: Sequence[str] = ()
) -> Collection[tuple[int, str, str | None]]:
    """(index of the record, code, what its fix writes) of every finding: what `rules.run_examples` runs examples with."""
    fix = pl.col("fix").struct.field("replacement")
    return set(example_findings(records, rules, hidden=hidden).select("row", "code", fix).rows())


def example_findings(
    records: Sequence[Mapping[str, Any]], rules: Sequence[Rule], *, hidden: Sequence[str] = ()
) -> pl.DataFrame:
    """The findings in records of examples: `row`, the index of the record, and the columns of the findings table.

    Records may differ in as-of; columns are those of the first record. The order of day and month counts as unknown, so
    that WHEN312 can have examples; texts then read month/day. Findings of rules of sources have the index 0; `hidden` are
    columns that the source does not show.
    """
    from steplint.engine.batch import Judge
    from steplint.engine.repeated import counted
    from steplint.engine.run import lint
    from steplint.findings.data import suggestions
    from steplint.findings.summary import Summary
    from steplint.reading import Reader

    names = list(dict.fromkeys(name for record in records for name in record))
    raw = pl.DataFrame(
        {name: _values([record.get(name) for record in records], name) for name in names},
        schema={name: pl.List(pl.String) if isinstance(SCHEMA[name].dtype, pl.List) else pl.String for name in names},
    )
    as_of = date(2026, 1, 12)
    org = Org()
    if any(rule.of_source for rule in rules):
        stream = _stream(raw, frozenset(names), HeaderMap((), {}), org, as_of, len(records), "auto", tuple(hidden))
        found = pl.concat(lint(stream, rules, Reader(), org, as_of=as_of, summary=Summary()))
        return found.with_columns(row=0)
    stream = _stream(raw, frozenset(names), HeaderMap((), {}), org, as_of, len(records), "mdy")
    judge = Judge(rules, Reader(date_order_known=False), org, as_of, suggestions())
    judged = (judge.judge(batch.records, batch.columns, counts) for batch, counts in counted(stream.batches, rules))
    return pl.concat(batch.findings for batch in judged)


def _values(values: list[Any], name: str) -> list[Any]:
    if isinstance(SCHEMA[name].dtype, pl.List):
        return values
    return [value if value is None else str(value) for value in values]
