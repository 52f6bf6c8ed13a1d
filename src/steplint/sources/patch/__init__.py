"""Patches: edits of single cells written into a file's bytes, every other byte as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date

from steplint.errors import InputError, UsageError
from steplint.sources.encoding import check_encoding
from steplint.sources.patch.edits import PATCHED_KINDS, Edit, Patched
from steplint.sources.paths import open_path
from steplint.sources.tables import LARGEST

__all__ = ["PATCHED_KINDS", "Edit", "Patched", "kind_of", "patch"]


def kind_of(path: str) -> str:
    """The kind of the file at `path`, as `sources.paths` tells it by its first bytes and its name; "gzip" where it is packed.

    InputError: it cannot be opened.
    """
    return _opened(path, 0)[0]


def patch(
    path: str,
    edits: Sequence[Edit],
    *,
    encoding: str | None = None,
    preset: str | None = None,
    map: Mapping[str, str] | None = None,
    date_order: str = "auto",
    as_of: date,
    timezone: str = "UTC",
) -> Patched:
    """The bytes of the file at `path` with `edits` written in, and those that were refused with a reason each.

    The options are those that the records were read with. Reads the file and writes nothing. An edit is made only if the
    patched file, read again, has the new value there and everything else as it was. InputError: the file cannot be read,
    or is of no kind that is patched. UsageError: an unknown encoding, preset, column or date order.
    """
    from steplint.sources.patch.apply import apply
    from steplint.sources.patch.reread import Options

    if date_order not in ("mdy", "dmy", "auto"):
        raise UsageError(f"--date-order: “{date_order}” is none of mdy, dmy, auto", hint="choose one of these")
    kind, data = _opened(path, LARGEST + 1)
    if kind not in PATCHED_KINDS:
        raise InputError(f"{kind} files are not patched in place", path=path, hint="make a patch file instead")
    if len(data) > LARGEST:
        raise InputError(f"larger than {LARGEST >> 20} MiB", path=path, hint="split it, or make a patch file instead")
    options = Options(check_encoding(encoding), preset, map, date_order, as_of, timezone)
    return apply(data, path, kind, edits, options)


def _opened(path: str, size: int) -> tuple[str, bytes]:
    """The kind of a file and its first bytes."""
    with ExitStack() as opened:
        found = open_path(path, None, None, opened)
        return ("gzip", b"") if found.file is None else (found.kind, found.stream.read(size))
