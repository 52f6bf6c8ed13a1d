"""The functions behind `import steplint`: lint and read records or texts in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from steplint.engine.frames import stream_of, texts_frame
from steplint.records import Org, RecordStream, prepare

__all__ = ["Severity", "lint", "parse", "read"]

Records = pl.DataFrame | Sequence[Mapping[str, Any]]
Source = str | PathLike[str] | Records


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def lint(
    records: Source,
    *,
    as_of: date,
    profile: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    severity: Mapping[str, str] | None = None,
    rules: Iterable[str | PathLike[str]] = (),
    preview: bool = False,
    org: Org | None = None,
    date_order: str | None = None,
    source_name: str | None = None,
    map: Mapping[str, str] | None = None,
    batch_rows: int = 114_688,
) -> pl.DataFrame:
    """The findings of a file, a frame or a list of dicts, as a table with the columns of `findings.schema.SCHEMA`.

    `as_of` is the day that “overdue” is relative to. No configuration file is read. Raises SteplintError (its text is
    one line) for input that cannot be read and for names that are not known.
    """
    from steplint.engine import lint as run
    from steplint.findings.schema import empty
    from steplint.findings.summary import Summary
    from steplint.reading import Reader
    from steplint.rules import check_references, distinct, load_path, load_shipped
    from steplint.rules import select as choose

    org = org or Org()
    known = distinct([*load_shipped(), *(rule for path in rules for rule in load_path(Path(path)))])
    check_references(known)
    chosen = choose(known, profile, select, ignore, extend_select, severity, preview)
    stream = _stream(records, org, as_of, date_order, source_name, map, batch_rows)
    reader = Reader(
        date_order=stream.text_date_order,
        date_order_known=stream.text_date_order_known,
        fiscal_start=org.fiscal_start,
    )
    summary = Summary()
    return pl.concat([empty(), *run(stream, chosen.rules, reader, org, as_of=as_of, summary=summary)])


def _stream(
    records: Source,
    org: Org,
    as_of: date,
    date_order: str | None,
    source_name: str | None,
    overrides: Mapping[str, str] | None,
    batch_rows: int,
) -> RecordStream:
    if isinstance(records, str | PathLike):
        from steplint.sources import open_source

        return open_source(
            [str(Path(records))],
            map=overrides,
            date_order=date_order,
            org=org,
            as_of=as_of,
            batch_rows=batch_rows,
            source_name=source_name,
        )
    frame = (
        records
        if isinstance(records, pl.DataFrame)
        else pl.DataFrame([dict(record) for record in records], infer_schema_length=None)
    )
    return stream_of(
        frame,
        org=org,
        as_of=as_of,
        batch_rows=batch_rows,
        date_order=date_order or org.date_order,
        source_name=source_name or "frame",
        overrides=overrides,
    )


def read(records: Iterable[str | None] | pl.DataFrame, *, as_of: date, date_order: str = "mdy") -> pl.DataFrame:
    """What texts say, a row a text: the columns of `steplint parse` (id, next_step, labels, mentions, spans).

    `records` are texts, or a frame with `next_step` and, where known, owner, contacts, account, next_step_changed.
    """
    from steplint.reading import Reader, nested

    frame = records if isinstance(records, pl.DataFrame) else texts_frame(list(records))
    canonical = prepare(frame, as_of=as_of, date_order=date_order)
    return nested(canonical, Reader(date_order=date_order).read(canonical))


def parse(
    text: str,
    ref_date: date,
    *,
    owner: str | None = None,
    contacts: Sequence[str] = (),
    account: str | None = None,
    date_order: str = "mdy",
) -> dict[str, Any]:
    """What one text says, as the object that `steplint parse` prints; `ref_date` is what “Tuesday” is relative to."""
    frame = pl.DataFrame(
        {"next_step": [text], "owner": [owner], "account": [account], "contacts": [list(contacts)]},
        schema={"next_step": pl.String, "owner": pl.String, "account": pl.String, "contacts": pl.List(pl.String)},
    )
    return read(frame, as_of=ref_date, date_order=date_order).row(0, named=True)
