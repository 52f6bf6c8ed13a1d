"""Parts of a document that know where they stand: whatever is cut out of a text keeps its line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Line", "Text", "cut", "joined", "lines_of", "trimmed"]


class Line(NamedTuple):
    """A part of one line of the source: `text` begins at `column` of line `number`, both from 1."""

    text: str
    number: int
    column: int


#: Lines of the source, one below the other, that are read as one text.
Text = tuple[Line, ...]


def lines_of(source: str) -> list[Line]:
    """The physical lines of a text; CR LF, CR and LF end a line alike."""
    plain = source.replace("\r\n", "\n").replace("\r", "\n")
    return [Line(text, number, 1) for number, text in enumerate(plain.split("\n"), 1)]


def joined(text: Sequence[Line]) -> str:
    """The text itself, a line feed between lines."""
    return "\n".join(line.text for line in text)


def cut(text: Sequence[Line], start: int, end: int | None = None) -> Text:
    """The code points `start` to `end` of `joined(text)`, each part still at its place."""
    found = []
    at = 0
    for line in text:
        stop = at + len(line.text)
        last = stop if end is None else min(stop, end)
        if at <= last and start <= stop and (last > start or at >= start):
            first = max(start - at, 0)
            found.append(Line(line.text[first : last - at], line.number, line.column + first))
        at = stop + 1
        if end is not None and at > end:
            break
    return tuple(found)


def trimmed(text: Sequence[Line]) -> Text:
    """The text without blanks at the ends of its lines, blank lines at either end, and marks of emphasis around all of it."""
    lines = [_stripped(line) for line in text]
    while lines and not lines[0].text:
        lines.pop(0)
    while lines and not lines[-1].text:
        lines.pop()
    if not lines:
        return ()
    marks = re.match(r"[*_]{1,3}|`+", lines[0].text)
    if marks and len(lines[-1].text) > 2 * len(marks[0]) and lines[-1].text.endswith(marks[0][::-1]):
        size, whole = len(marks[0]), joined(lines)
        inner = whole[size:-size]
        if marks[0] not in inner and inner.strip():
            return trimmed(cut(lines, size, len(whole) - size))
    return tuple(lines)


def _stripped(line: Line) -> Line:
    left = line.text.lstrip()
    return Line(left.rstrip(), line.number, line.column + len(line.text) - len(left))
