"""What a patch is asked to write, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["PATCHED_KINDS", "Cell", "Edit", "Patched", "Refused"]

#: Kinds of files, as `sources.paths` names them, that are patched in place.
PATCHED_KINDS = frozenset({"csv", "jsonl", "json", "yaml", "markdown"})


class Edit(NamedTuple):
    """One cell to change.

    `line` and `column` are the record's, as its reader gives them; `field` is the canonical column (next_step, due_date,
    status). `old` is what the record has there now as canonical text (a date in ISO form; None: null or absent), `new`
    what it is to have; a date is given as `2026-01-15` and written in that column's own format.
    """

    line: int | None
    column: int | None
    field: str
    old: str | None
    new: str


@dataclass
class Patched:
    """`data`: all bytes of the patched file. `done` and `refused` (with a reason each) are together the edits asked for."""

    data: bytes
    done: list[Edit] = field(default_factory=list)
    refused: list[tuple[Edit, str]] = field(default_factory=list)


class Refused(Exception):
    """An edit that is not made; its text says why."""


class Cell(NamedTuple):
    """Where a value stands: bytes `start` to `end` of the file's text, `text` as it reads there (empty: nothing).

    `write` gives what is to stand there for a new value, Refused where the cell cannot hold it; `reads` gives the value
    that is then read, which is the new one itself but for marks that the format asks for.
    """

    start: int
    end: int
    text: str
    write: Callable[[str], str]
    reads: Callable[[str], str] = str
