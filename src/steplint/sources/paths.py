"""Paths, folders, patterns and standard input -> opened files, each with what kind it is."""

from __future__ import annotations

import codecs
import glob
import gzip
import io
import re
import zlib
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from steplint.errors import InputError, UsageError, nearest
from steplint.sources.tables import LARGEST

__all__ = ["PATCH_SUFFIX", "STDIN", "Exclude", "Opened", "expand", "first_few", "open_path", "without_excluded"]

#: Which of these files are left out.
Exclude = Callable[[Sequence[str]], Collection[str]]

STDIN = "-"
#: Fixes of a file that cannot be written in place; they stand beside it, and are no export.
PATCH_SUFFIX = ".patch.jsonl"
_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".yaml": "yaml", ".yml": "yaml", ".md": "markdown", ".markdown": "markdown",
    ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "html", ".html": "html", ".htm": "html",
}  # fmt: skip
_MAGIC = {b"PK\x03\x04": "xlsx", b"PAR1": "parquet"}
_REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (or one with a password)",
    b"SQLite format 3\0": "a SQLite database",
    b"%PDF": "a PDF",
}
_GZIP = b"\x1f\x8b"
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<meta|<table|<style|<body)", re.IGNORECASE)
_JSON = re.compile(rb'(?:\[\s*)?\{\s*"')
#: Formats that need all of a file: standard input is read into memory for them.
_SEEKING = ("parquet",)


@dataclass(frozen=True)
class Opened:
    """A readable file: `kind` of content, `shown` name in messages, `file` where it is one on disk."""

    stream: io.BufferedReader
    kind: str
    shown: str
    file: Path | None


def expand(paths: Sequence[str]) -> list[tuple[str, bool]]:
    """Each file to read, and whether it was found in a folder or by a pattern rather than named.

    Folders are searched for the suffixes that are read, hidden files aside. InputError: nothing is found.
    """
    found: list[tuple[str, bool]] = []
    for path in paths:
        if path not in ("", STDIN) and Path(path).is_dir():
            files = [str(file) for file in sorted(Path(path).rglob("*")) if _is_export(file, Path(path))]
            if not files:
                known = ", ".join(sorted(_SUFFIXES))
                raise InputError("no exports in this folder", path=path, hint=f"steplint reads {known}, also with .gz")
            found += [(file, True) for file in files]
        elif path != STDIN and any(mark in path for mark in "*?[") and not Path(path).exists():
            files = [
                file
                for file in sorted(glob.glob(path, recursive=True))
                if Path(file).is_file() and not file.endswith(PATCH_SUFFIX)
            ]
            if not files:
                raise InputError("nothing matches this pattern", path=path, hint="check the path")
            found += [(file, True) for file in files]
        else:
            found.append((path, False))
    named = {path for path, searched in found if not searched}
    return [(path, path not in named) for path in dict.fromkeys(path for path, _ in found)]


def without_excluded(
    found: Sequence[tuple[str, bool]], exclude: Exclude | None, *, forced: bool, stdin_filename: str | None
) -> tuple[list[tuple[str, bool]], list[str]]:
    """The files of `expand` that are to be read, and the names of those that `exclude` leaves out.

    A file that was named is read all the same, unless `forced`; then the name of standard input counts too.
    """
    names = {
        path: (stdin_filename or path) if path == STDIN else path for path, searched in found if searched or forced
    }
    out = frozenset(exclude(list(names.values()))) if exclude and names else frozenset()
    read = [(path, searched) for path, searched in found if names.get(path) not in out]
    return read, [name for name in names.values() if name in out]


def first_few(names: Sequence[str]) -> str:
    """As many names as a line holds well, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


def _is_export(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    hidden = any(part.startswith((".", "~$")) for part in parts)
    return not hidden and _suffix(file.name) in _SUFFIXES and not file.name.endswith(PATCH_SUFFIX) and file.is_file()


def _suffix(name: str) -> str:
    """The suffix in lower case; of `deals.csv.gz` it is `.csv`."""
    path = Path(name)
    return Path(path.stem).suffix.casefold() if path.suffix.casefold() == ".gz" else path.suffix.casefold()


def open_path(path: str, stdin: BinaryIO | None, stdin_filename: str | None, opened: ExitStack) -> Opened:
    """Open one path (`-` is `stdin`) and tell its kind by its first bytes, else by its suffix. InputError: it cannot be."""
    if path == STDIN:
        if stdin is None:
            raise UsageError("standard input is not available here", hint="name a file")
        stream, shown, file = _buffered(stdin, opened), stdin_filename or "<stdin>", None
    else:
        file, shown = Path(path), path
        try:
            stream = opened.enter_context(file.open("rb"))
        except FileNotFoundError:
            raise InputError("no such file", path=path, hint=_nearest_file(file) or "check the path") from None
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be opened: {getattr(error, 'strerror', error)}", path=path) from None
    if stream.peek(2)[:2] == _GZIP:
        stream, file = io.BufferedReader(cast(Any, _Gunzipped(stream, shown))), None
    kind = _kind(stream, shown)
    if kind in _SEEKING and file is None:
        data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(
                f"larger than {LARGEST >> 20} MiB", path=shown, hint="save it to a file, not packed by gzip"
            )
        stream = io.BufferedReader(cast(Any, io.BytesIO(data)))
    return Opened(stream, kind, shown, file)


def _buffered(stdin: BinaryIO, opened: ExitStack) -> io.BufferedReader:
    if isinstance(stdin, io.BufferedReader):
        return stdin
    stream: io.BufferedReader = io.BufferedReader(cast(Any, stdin))
    opened.callback(stream.detach)  # whoever opened standard input closes it
    return stream


class _Gunzipped(io.RawIOBase):
    """What a gzip file holds; a broken one is an InputError."""

    def __init__(self, stream: BinaryIO, path: str) -> None:
        super().__init__()
        self._file = gzip.GzipFile(fileobj=stream)
        self._path = path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read1(len(buffer))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            said = str(error).split("0x")[0].strip().rstrip(":").lower() or "it is cut off"
            raise InputError(f"no sound gzip file: {said}", path=self._path, hint="export it again") from None
        buffer[: len(data)] = data
        return len(data)


def _nearest_file(file: Path) -> str | None:
    try:
        close = nearest(file.name, [entry.name for entry in file.parent.iterdir()])
    except OSError:
        return None
    return f"did you mean “{file.with_name(close)}”?" if close else None


def _kind(stream: io.BufferedReader, path: str) -> str:
    head = stream.peek(512)[:512]
    for magic, what in _REFUSED.items():
        if head.startswith(magic):
            raise InputError(f"this is {what}, which is not read", path=path, hint="export it as CSV or XLSX")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "ignore").encode().lstrip()
    kind = _SUFFIXES.get(_suffix(path), "")
    if _HTML.match(text) or (kind == "html" and _suffix(path) != ".xls"):
        return "html"
    if kind in ("xlsx", "parquet"):
        raise InputError(f"the name says {kind}, but this is no such file", path=path, hint="export it again")
    if kind and kind != "html" and not (kind == "csv" and _JSON.match(text)):
        return kind
    if text[:1] not in (b"[", b"{"):
        return "csv"
    line, more, _ = text.partition(b"\n")
    return "json" if text[:1] == b"[" or (more and not line.rstrip().endswith(b"}")) else "jsonl"
