"""`steplint parse`: exactly what the rules see, one JSON object a record."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import config_options, named_options, source_options
from steplint.errors import InputError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from steplint.reading import Reading


@click.command("parse", short_help="Print what next steps say, one JSON object a record.")
@click.argument("paths", metavar="[PATH…|-]", nargs=-1)
@click.option("--text", "as_text", is_flag=True, help="The input is plain text, one next step a line.")
@click.option("--explain", is_flag=True, help="Add which words and which clause led to each field.")
@source_options
@named_options
@config_options
@click.pass_obj
def command(host: Host, /, paths: tuple[str, ...], as_text: bool, explain: bool, **options: Any) -> int:
    """Read the next steps of files (or of standard input: -) and print the reading of each as a line of JSON."""
    from steplint.cli.session import open_session
    from steplint.reading import nested

    if as_text:
        options["texts"] = [line for path in paths or ("-",) for line in _lines(host, path)]
    session = open_session(host, paths, options)
    for batch in session.stream.batches:
        if batch.records.height:
            reading = session.reader.read(batch.records)
            buffer = io.BytesIO()
            nested(batch.records, reading).write_ndjson(buffer)
            host.stdout.write(_with_reasons(buffer, batch.records, reading) if explain else buffer.getvalue())
        for row in batch.rejected.iter_rows(named=True):
            host.note(f"{row['path']}:{row['line']}: not read: {row['reason']}")
    for note in session.stream.notes:
        host.note(note)
    return 0


def _with_reasons(printed: io.BytesIO, records: pl.DataFrame, reading: Reading) -> bytes:
    """The printed lines with `explain` added to each object."""
    from steplint.reading.explain import explained

    lines = printed.getvalue().splitlines()
    reasons = explained(reading, records["next_step"])
    objects = ({**json.loads(line), "explain": why} for line, why in zip(lines, reasons, strict=True))
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in objects)


def _lines(host: Host, path: str) -> list[str]:
    try:
        content = host.stdin.read() if path == "-" else (host.cwd / path).read_bytes()
        # Not str.splitlines: it also cuts at form feeds and U+2028, which belong to the text.
        lines = content.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
        return lines[:-1] if lines[-1] == "" else lines
    except FileNotFoundError:
        raise UsageError(
            "no such file", path=path, hint="--text reads files; for one text use `steplint why --text`"
        ) from None
    except IsADirectoryError:
        raise UsageError("this is a directory", path=path, hint="name a file") from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError("not UTF-8", path=path, line=line, hint="convert the file first") from None
