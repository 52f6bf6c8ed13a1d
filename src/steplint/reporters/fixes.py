"""Where in a text file a finding's fix is written, for formats that programs apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from steplint.reporters.view import View

__all__ = ["Replaced", "replaced"]


class Replaced(NamedTuple):
    """A part of one line: `text` goes in the place of `source[start:end]`; `line` counts from 1."""

    line: int
    source: str
    start: int
    end: int
    text: str


def replaced(finding: Mapping[str, Any], view: View) -> Replaced | None:
    """What the fix of a finding replaces; None where there is none, or its place is not sure.

    It is sure where the old value stands once on the record's first line, as it is, and the new one needs no other signs
    than the old one: then nothing has to be quoted or escaped. An empty cell has no place that could be told.
    """
    fix, path, line = finding["fix"], finding["path"], finding["record_line"]
    if not fix or not fix["old"] or path is None or line is None or finding["sheet"] is not None:
        return None
    old, new = str(fix["old"]), str(fix["replacement"])
    signs = {sign for sign in new if not sign.isalnum()}
    source = view.source_line(path, line)
    if source is None or source.count(old) != 1 or not signs <= {" ", *old}:
        return None
    start = source.index(old)
    return Replaced(line, source, start, start + len(old), new)
