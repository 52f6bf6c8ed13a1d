"""Triage: what is done with findings before they are shown: excused with a reason, or accepted in a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steplint.lazy import attributes

if TYPE_CHECKING:
    from steplint.triage.append import appended
    from steplint.triage.baseline import Baseline, entries_of
    from steplint.triage.baseline_file import BASELINE, read_baseline, read_entries, write_baseline
    from steplint.triage.comments import Ignore, parse_comment
    from steplint.triage.model import suppression_schema
    from steplint.triage.report import EXPIRED, UNUSED
    from steplint.triage.step import Triage
    from steplint.triage.suppressions import SUPPRESSIONS, Suppression, read_suppressions

__all__ = [
    "BASELINE",
    "EXPIRED",
    "SUPPRESSIONS",
    "UNUSED",
    "Baseline",
    "Ignore",
    "Suppression",
    "Triage",
    "appended",
    "entries_of",
    "parse_comment",
    "read_baseline",
    "read_entries",
    "read_suppressions",
    "suppression_schema",
    "write_baseline",
]

_HOMES = {
    "append": ("appended",),
    "baseline": ("Baseline", "entries_of"),
    "baseline_file": ("BASELINE", "read_baseline", "read_entries", "write_baseline"),
    "comments": ("Ignore", "parse_comment"),
    "model": ("suppression_schema",),
    "report": ("EXPIRED", "UNUSED"),
    "step": ("Triage",),
    "suppressions": ("SUPPRESSIONS", "Suppression", "read_suppressions"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__getattr__ = attributes(__name__, _HOME)
