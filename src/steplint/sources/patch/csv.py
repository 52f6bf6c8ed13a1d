"""Cells of CSV files: only the records that are edited are split, and each value is quoted as its column quotes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from steplint.sources.patch.content import Content, line_starts
from steplint.sources.patch.edits import Cell
from steplint.sources.patch.reread import Options, Reading
from steplint.sources.split import field_patterns

__all__ = ["cells"]

#: So many records from the first on show what is quoted.
_SAMPLE = 200


class _Field(NamedTuple):
    """Bytes `start` to `end` of the text, quotes included, and the value that they say."""

    start: int
    end: int
    value: str
    quoted: bool


def cells(content: Content, reading: Reading, wanted: Sequence[tuple[int, str]], _options: Options) -> list[Cell | str]:
    """The cell of each (row, column)."""
    text, separator = content.text, reading.table.separator
    lines = reading.frame["line"]
    sample = lines.head(_SAMPLE).to_list()
    starts = line_starts(text, {*sample, *(lines[row] for row, _ in wanted)})
    shown = [_fields(text, starts[line], separator) for line in sample]
    found: list[Cell | str] = []
    for row, column in wanted:
        fields = _fields(text, starts[lines[row]], separator)
        place = reading.table.mapping.fields[column]
        field = fields[place]
        quoted = field.quoted or (not field.value and _quotes(shown, fields, place))
        found.append(Cell(field.start, field.end, field.value, partial(_written, quoted=quoted, separator=separator)))
    return found


def _fields(text: bytes, start: int, separator: str) -> list[_Field]:
    """Fields of the record that begins at byte `start` and is known to be sound."""
    mark = separator.encode()
    patterns = field_patterns(mark)
    found: list[_Field] = []
    at = start
    while True:
        quoted = text[at : at + 1] == b'"'
        field = patterns[not quoted].match(text, at)
        assert field is not None  # the record has no fault
        value = field[1].decode().replace('""', '"') if quoted else field[0].decode()
        found.append(_Field(*field.span(), value, quoted))
        at = field.end()
        if text[at : at + 1] != mark:
            return found
        at += 1


def _written(value: str, *, quoted: bool, separator: str) -> str:
    if quoted or any(mark in value for mark in (separator, '"', "\r", "\n")):
        return '"' + value.replace('"', '""') + '"'
    return value


def _quotes(shown: Sequence[Sequence[_Field]], fields: Sequence[_Field], place: int) -> bool:
    """Whether an empty cell at `place` is to be quoted: as the other cells of its column are, else as its neighbours."""
    column = [record[place].quoted for record in shown if record[place].value]
    if column:
        return all(column)
    texts = [field.quoted for field in fields if field.value and not field.value.replace(".", "").isdigit()]
    return bool(texts) and all(texts)
