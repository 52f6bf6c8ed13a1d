"""`steplint pull`: the records of a CRM or database as a file that `check` reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from steplint.cli.host import Host
from steplint.cli.options import DAY, config_options, pull_options
from steplint.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from steplint.records import RecordStream

SUFFIXES = (".parquet", ".jsonl", ".csv")


@click.command("pull", short_help="Write the records of a CRM or database to a file.")
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", metavar="FILE", required=True, help="The file: .parquet, .jsonl or .csv.")
@click.option("--as-of", type=DAY, help="The day of the pull (default: today in --timezone).")
@click.option("--timezone", metavar="ZONE", help="Time zone of the organisation, such as Europe/Berlin.")
@click.option("--allow-empty", is_flag=True, help="A source without records is fine.")
@click.option("-q", "--quiet", is_flag=True, help="No notes on standard error.")
@pull_options
@config_options
@click.pass_obj
def command(host: Host, /, name: str, output: str, quiet: bool, **options: Any) -> int:
    """Pull a source of the configuration, completely or not at all, and write its records as they are.

    The file has the names of steplint's own columns, texts untouched. Of lists (contacts, earlier steps) a CSV file keeps
    the order and not always the borders; Parquet and JSON Lines keep both. It is readable by its owner alone.

    Exit status: 0 written, 2 a wrong option, 3 the source failed, 75 it is locked or its limit is used up.
    """
    from steplint.cli.session import open_session
    from steplint.reporters.sink import atomic_file

    if not output.endswith(SUFFIXES):
        raise UsageError("the name says no format", path=output, hint=f"end it in {', '.join(SUFFIXES)}")
    session = open_session(host, (), {**options, "source": name})
    count = 0

    def frames() -> Iterator[pl.DataFrame]:
        nonlocal count
        with closing(session.stream):
            for batch in session.stream.batches:
                count += batch.records.height
                yield batch.records.select(names)

    names = _columns(session.stream)
    with atomic_file(str(host.cwd / output)) as stream:
        _write(frames(), names, stream, output.rpartition(".")[2])
    if session.log:
        session.log.write("written", records=count, file=output)
    if not quiet:
        for note in session.stream.notes:
            host.note(note)
        for column in session.stream.hidden:
            host.note(f"{name}: {column} is hidden from the user of this connection")
        host.note(f"{count:,} {'record' if count == 1 else 'records'} in {output}")
    return 0


def _columns(stream: RecordStream) -> list[str]:
    """What the source gives, in the order of the schema; what steplint derives is derived again by whoever reads it."""
    from steplint.records import SCHEMA

    return [name for name in SCHEMA if name in stream.columns or name in ("id", "kind", "url")]


def _write(frames: Iterator[pl.DataFrame], names: list[str], stream: BinaryIO, suffix: str) -> None:
    """Write frames as they come, a bounded part in memory."""
    import polars as pl
    from polars.io.plugins import register_io_source

    from steplint.records import SCHEMA

    if suffix == "parquet":

        def rows(columns: Any, predicate: Any, limit: Any, size: Any) -> Iterator[pl.DataFrame]:
            del columns, predicate, limit, size
            yield from frames

        schema = {name: SCHEMA[name].dtype for name in names}
        register_io_source(rows, schema=schema).sink_parquet(stream, compression="zstd")
        return
    head = True
    for frame in frames:
        if suffix == "jsonl":
            frame.write_ndjson(stream)
        else:
            lists = [name for name in names if isinstance(SCHEMA[name].dtype, pl.List)]
            flat = frame.with_columns(pl.col(lists).list.join("; ", ignore_nulls=True)) if lists else frame
            flat.write_csv(stream, include_header=head, quote_style="non_numeric", datetime_format="%Y-%m-%dT%H:%M:%S")
            head = False
