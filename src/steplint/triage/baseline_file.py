"""The baseline's file: JSON with an entry a line, sorted, so that a version control system shows what came and went.

`.gz` after the name compresses it, and `.parquet` makes it a table.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from steplint.errors import ConfigError
from steplint.triage.baseline import SCHEMA, Baseline

__all__ = ["BASELINE", "read_baseline", "read_entries", "write_baseline"]

BASELINE = "steplint-baseline.json"
"""What the file is called, unless something else is said."""
HEAD = b'{"schema": 1, "entries": ['
LARGEST = 1 << 28  # bytes of a file that steplint did not lay out itself
MOST = 20_000_000  # entries
AGAIN = "write the baseline again: steplint baseline"
_ROWS = 131_072
_CHUNK = 1 << 24


def write_baseline(out: BinaryIO, entries: pl.DataFrame, name: str) -> None:
    """Write the entries, sorted and each once, in the format that `name` ends in."""
    entries = entries.sort("rule", "record", "key", "fingerprint")
    entries = entries.filter((pl.col("fingerprint") != pl.col("fingerprint").shift(1)).fill_null(value=True))
    if name.endswith(".parquet"):
        entries.write_parquet(out, compression="zstd")
    elif name.endswith(".gz"):
        # Without a name and a time of its own, the same entries are the same bytes.
        with gzip.GzipFile("", "wb", 6, fileobj=out, mtime=0) as packed:
            _write_json(packed, entries)
    else:
        _write_json(out, entries)


def _write_json(out: Any, entries: pl.DataFrame) -> None:
    out.write(HEAD)
    for start in range(0, entries.height, _ROWS):
        buffer = io.BytesIO()
        entries.slice(start, _ROWS).write_ndjson(buffer)
        lines = buffer.getvalue().rstrip(b"\n").replace(b"\n", b",\n")
        out.write((b",\n" if start else b"\n") + lines)
    out.write(b"\n]}\n" if entries.height else b"]}\n")


def read_baseline(path: Path, *, mandatory: Collection[str] = (), shown: str | None = None) -> Baseline:
    """The baseline in a file. Raises ConfigError where it cannot be used, or accepts a finding of a `mandatory` code."""
    return Baseline(read_entries(path, mandatory=mandatory, shown=shown))


def read_entries(path: Path, *, mandatory: Collection[str] = (), shown: str | None = None) -> Iterator[pl.DataFrame]:
    """The entries of a file in pieces; raises like `read_baseline`."""
    shown = shown or str(path)
    if not path.is_file():
        raise ConfigError("no such baseline", path=shown, hint="steplint baseline writes one")
    count = 0
    with _faults(shown):
        for entries, by_line in _parts(path):
            _check(entries, mandatory, shown, count + 2 if by_line else None)
            yield entries
            count += entries.height
            if count > MOST:
                raise ValueError(f"more than {MOST:,} entries")


def _check(entries: pl.DataFrame, mandatory: Collection[str], shown: str, line: int | None) -> None:
    """Raises ConfigError for the first wrong entry; the first of all stands on `line`."""
    hashes = (pl.col(name).str.contains(r"^[0-9a-f]{20}$").fill_null(value=False) for name in ("key", "fingerprint"))
    fixed = "{rule} is mandatory: no baseline accepts its findings"
    for wrong, message in (
        (~pl.all_horizontal(*hashes, pl.col("rule").is_not_null()), "this entry lacks a rule, a key or a fingerprint"),
        (pl.col("rule").is_in(list(mandatory)), fixed),
    ):
        places = entries.select(wrong).to_series().arg_true()
        if len(places):
            place = int(places[0])
            told = message.replace("{rule}", str(entries["rule"][place]))
            raise ConfigError(told, path=shown, line=line + place if line else None, hint=AGAIN)


@contextlib.contextmanager
def _faults(shown: str) -> Iterator[None]:
    """What is wrong with a file, as one line."""
    try:
        yield
    except json.JSONDecodeError as wrong:
        message = f"not valid JSON: {wrong.msg}"
        raise ConfigError(message, path=shown, line=wrong.lineno, column=wrong.colno, hint=AGAIN) from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, EOFError, ValueError) as error:
        said = " ".join(str(error).split())[:160]
        raise ConfigError(f"no sound baseline: {said}", path=shown, hint=AGAIN) from None


def _parts(path: Path) -> Iterator[tuple[pl.DataFrame, bool]]:
    """The entries of a file in pieces, and whether each stands on a line of its own, the first on line 2."""
    if path.name.endswith(".parquet"):
        yield from ((part, False) for part in _parquet(path))
        return
    with path.open("rb") as file:
        stream: Any = gzip.GzipFile(fileobj=file) if path.name.endswith(".gz") else file
        first: bytes = stream.readline(len(HEAD) + 2)
        if first.rstrip() == HEAD:
            yield from ((part, True) for part in _lines(stream))
        else:
            yield _document(first + stream.read(LARGEST)), False


def _parquet(path: Path) -> Iterator[pl.DataFrame]:
    lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    if missing := SCHEMA.keys() - lazy.collect_schema().keys():
        raise ValueError(f"it has no column {min(missing)}")
    lazy = lazy.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    for start in range(0, lazy.select(pl.len()).collect().item(), _ROWS):
        yield lazy.slice(start, _ROWS).collect()


def _lines(stream: Any) -> Iterator[pl.DataFrame]:
    """The entries of a file as steplint writes it, behind its first line."""
    number, ended = 2, False
    while not ended and (chunk := stream.read(_CHUNK)):
        chunk = (chunk + stream.readline()).replace(b"\r\n", b"\n")
        ended = chunk.endswith((b"]}", b"]}\n"))
        lines = chunk.rstrip(b"\n").removesuffix(b"]}") if ended else chunk
        lines = lines.replace(b"},\n", b"}\n")
        if lines.strip():
            yield _entries(lines, number)
        number += chunk.count(b"\n")
    if not ended or stream.read(1):
        raise ValueError("it is cut off, or goes on behind its end")


def _entries(lines: bytes, number: int) -> pl.DataFrame:
    try:
        return pl.read_ndjson(io.BytesIO(lines), schema=SCHEMA)
    except pl.exceptions.PolarsError:
        for place, line in enumerate(lines.splitlines(), start=number):
            try:
                json.loads(line)
            except ValueError:
                raise ValueError(f"line {place} is no entry") from None
        raise


def _document(raw: bytes) -> pl.DataFrame:
    """The entries of a file that somebody laid out anew."""
    if len(raw) > LARGEST:
        raise ValueError(f"larger than {LARGEST >> 20} MiB, and not as steplint writes it")
    try:
        data = json.loads(raw)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(data, dict) or data.get("schema") != 1 or not isinstance(data.get("entries"), list):
        raise ValueError("it has no entries, or is of another version")
    rows = [entry if isinstance(entry, dict) else {} for entry in data["entries"]]
    return pl.DataFrame({name: [_text(row.get(name)) for row in rows] for name in SCHEMA}, schema=SCHEMA)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
