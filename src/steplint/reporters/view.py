"""What a reporter is told about the run and the place it writes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, NamedTuple, Protocol

import polars as pl

from steplint.findings.summary import Summary

__all__ = ["Reporter", "RuleText", "View"]


class RuleText(NamedTuple):
    """What a report tells of a rule itself: `message` and `help` have their {slots} as they stand in the rule's file."""

    code: str
    name: str
    severity: str
    message: str
    why: str
    help: str | None = None
    url: str | None = None


def _nowhere(note: str) -> None:
    del note


def _unknown(path: str, line: int) -> str | None:
    del path, line
    return None


@dataclass(frozen=True)
class View:
    """`tool` holds version, rules_hash and reading_version; `width` is that of the terminal, None elsewhere.

    Formats that name files to another program name them relative to `root`, the top of the repository, seen from `cwd`
    (both absolute and with slashes; empty where unknown). A report that leaves something out says so to `note` as well.
    `source_line` gives a line of a text file (path as in findings, number from 1), or None.
    """

    as_of: date
    tool: dict[str, Any] = field(default_factory=dict)
    color: bool = False
    width: int | None = None
    header: bool = False  # jsonl: say tool and as_of in a first line
    statistics: bool = False  # text: counts a rule in place of the findings
    rules: Sequence[RuleText] = ()  # those of the run
    fail_on: str = "warning"  # junit: a record fails from this severity on; never: none does
    cwd: str = ""
    root: str = ""
    note: Callable[[str], None] = _nowhere
    source_line: Callable[[str, int], str | None] = _unknown


class Reporter(Protocol):
    """One output format, writing as the findings come."""

    def __init__(self, out: BinaryIO, view: View) -> None: ...

    def write(self, findings: pl.DataFrame) -> None:
        """A batch of the findings table, in order; a record's findings never span two batches."""

    def end(self, summary: Summary) -> None:
        """Called once, at the end of the run, or where it broke off (`summary.complete` is then false)."""
