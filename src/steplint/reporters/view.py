"""What a reporter is told about the run and the place it writes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, Protocol

import polars as pl

from steplint.findings.summary import Summary

__all__ = ["Reporter", "View"]


@dataclass(frozen=True)
class View:
    """`tool` holds version, rules_hash and reading_version; `width` is that of the terminal, None elsewhere."""

    as_of: date
    tool: dict[str, Any] = field(default_factory=dict)
    color: bool = False
    width: int | None = None
    header: bool = False  # jsonl: say tool and as_of in a first line
    statistics: bool = False  # text: counts a rule in place of the findings


class Reporter(Protocol):
    """One output format, writing as the findings come."""

    def __init__(self, out: BinaryIO, view: View) -> None: ...

    def write(self, findings: pl.DataFrame) -> None:
        """A batch of the findings table, in order; a record's findings never span two batches."""

    def end(self, summary: Summary) -> None:
        """Called once, at the end of the run, or where it broke off (`summary.complete` is then false)."""
