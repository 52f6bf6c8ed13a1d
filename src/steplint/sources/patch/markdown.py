"""Cells of Markdown playbooks: texts of items, paragraphs and tables, and the cells beside them in plans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from steplint.sources.patch.content import Content, cells_of
from steplint.sources.patch.edits import Cell, Refused
from steplint.sources.patch.reread import Options, Reading
from steplint.sources.playbook.markdown import rows_of
from steplint.sources.playbook.rows import Row
from steplint.sources.playbook.text import Line, joined

__all__ = ["cells"]

_LINE_END = re.compile(r"\r\n|\r|\n")
_BAR = re.compile(r"(\\.)|\|", re.DOTALL)
_MARKS = "*_`~[]<>"
#: Columns of a document that are read from the cell of another one.
_CELL_OF = {"due_text": "due_date"}


def cells(content: Content, reading: Reading, wanted: Sequence[tuple[int, str]], _options: Options) -> list[Cell | str]:
    """The cell of each (row, column), or why there is none."""
    source = content.text.decode()
    rows = rows_of(source, reading.table.path).records()
    starts = [0, *(found.end() for found in _LINE_END.finditer(source))]
    return cells_of(source, wanted, lambda row, column: _cell(source, starts, rows[row], column))


def _cell(source: str, starts: Sequence[int], row: Row, column: str) -> Cell:
    in_table = bool(row.cells)
    text = row.text if column == "next_step" else row.cells.get(_CELL_OF.get(column, column))
    if text is None and in_table:
        raise Refused("the plan's row has no cell for it")
    if not text:
        raise Refused("it has no cell of its own: it is part of the text")
    spans = [_span(source, starts, line) for line in text]
    start, end = spans[0][0], spans[-1][1]
    blanks = 0
    if start == end:
        blanks = len(source[start:]) - len(source[start:].lstrip(" "))
        end = start + blanks
    escape = _escaped if in_table and "|" in _line_around(source, start, end) else str
    write = partial(_written, source, spans, blanks, escape)
    return Cell(start, end, joined(text), write, escape if column == "next_step" else str)


def _span(source: str, starts: Sequence[int], line: Line) -> tuple[int, int]:
    """The characters of the source that a line of a text is."""
    start = starts[line.number - 1] + line.column - 1 if line.number <= len(starts) and line.column else -1
    if start < 0 or source[start : start + len(line.text)] != line.text:
        raise Refused("it is written otherwise in the file, and where is not known exactly")
    return start, start + len(line.text)


def _line_around(source: str, start: int, end: int) -> str:
    """What stands on the lines of a cell beside it; an HTML table has no bars there."""
    behind = _LINE_END.search(source, end)
    return source[source.rfind("\n", 0, start) + 1 : start] + source[end : behind.start() if behind else None]


def _escaped(value: str) -> str:
    """A text as a cell between bars holds it; what is escaped already stays so."""
    return _BAR.sub(lambda found: found[1] or r"\|", value)


def _written(
    source: str, spans: Sequence[tuple[int, int]], blanks: int, escape: Callable[[str], str], value: str
) -> str:
    """A value with what stands between its lines in the source; in an empty cell, with a blank on either side."""
    lines = escape(value).split("\n")
    if len(lines) != len(spans) or "\r" in value:
        raise Refused("the new text does not have as many lines as the old one")
    old = "".join(source[start:end] for start, end in spans)
    if any(Counter(old)[mark] != Counter("".join(lines))[mark] for mark in _MARKS):
        raise Refused("its emphasis, links or slots would change")
    if spans[0][0] == spans[-1][1]:
        rest = max(blanks - 1 - len(lines[0]), 1)
        return f" {lines[0]}{' ' * rest}" if blanks else lines[0]
    between = [source[first[1] : second[0]] for first, second in pairwise(spans)]
    return "".join(line + behind for line, behind in zip(lines, [*between, ""], strict=True))
