"""Where reports go: standard output, or a file that is old or wholly new, never part (promises 18 and 19)."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from steplint.errors import SteplintError, UsageError

__all__ = ["OutputClosed", "atomic_file", "describe", "guarded", "numbered_errors"]


_FULL = (errno.ENOSPC, errno.EDQUOT)


class OutputClosed(Exception):
    """The other end of a pipe was closed."""


@contextlib.contextmanager
def guarded(name: str) -> Iterator[None]:
    """Turn what goes wrong while writing to `name` into one line for the user, or OutputClosed for a closed pipe."""
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosed from error
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise OutputClosed from error
        raise SteplintError(describe(error), path=name) from None


@contextlib.contextmanager
def numbered_errors() -> Iterator[None]:
    """Errors of the system that Polars tells in words alone get their number, and with it their own class, back."""
    try:
        yield
    except OSError as error:
        told = re.search(r"\(os error (\d+)\)", str(error))
        if error.errno is None and told:
            raise OSError(int(told[1]), os.strerror(int(told[1]))) from None
        raise


def describe(error: OSError) -> str:
    """What the system complains of, and what to do."""
    hint = "free some space" if error.errno in _FULL else "check the place and its permissions"
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{(error.strerror or str(error)).lower()}; {hint}"


@contextlib.contextmanager
def atomic_file(path: str, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its name when all went well, and is removed when not.

    It keeps the mode of the file that it replaces; a new one gets `mode`, by default private: reports name people and deals.
    """
    target = Path(path)
    if target.is_dir():
        raise UsageError("this is a directory", path=path, hint="name a file")
    if not target.parent.is_dir():
        raise UsageError("no such directory", path=str(target.parent), hint="create it first")
    if target.exists() and not target.is_file():
        # A device or a pipe (/dev/null, /dev/stdout) has no other content to save: it is written, never replaced.
        with guarded(path), target.open("wb") as out:
            yield out
        return
    # A link keeps being one: what it points to is replaced.
    real = Path(os.path.realpath(target))
    with guarded(path):
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
    temporary = Path(name)
    try:
        with guarded(path), os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        with guarded(path):
            temporary.chmod(_mode(real, mode))
            temporary.replace(real)
    finally:
        temporary.unlink(missing_ok=True)


def _mode(path: Path, new: int) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return new
