"""Cells of YAML exports and playbooks: a scalar is replaced in its own style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from steplint.sources.patch.content import Content, cells_of
from steplint.sources.patch.edits import Cell, Refused
from steplint.sources.patch.reread import Options, Reading
from steplint.sources.patch.scalars import STRING, TIMESTAMP, Scalar, inner, scalars, starts_of, tag_of, written
from steplint.sources.playbook.text import Text, joined
from steplint.sources.playbook.yaml import playbook_of
from steplint.sources.yaml import load_written, records_in
from steplint.yaml_safe import Loc

__all__ = ["cells"]

#: So many records show how a column's values are written.
_SAMPLE = 200
#: Columns of a document that are read from the cell of another one.
_CELL_OF = {"due_text": "due_date"}


def cells(content: Content, reading: Reading, wanted: Sequence[tuple[int, str]], options: Options) -> list[Cell | str]:
    """The cell of each (row, column), or why there is none."""
    text = content.text.decode()
    places = _Playbook(text, reading) if reading.is_document else _Export(text, reading, options)
    manners = {column: _manner(places.peers(column)) for column in {column for _, column in wanted}}

    def find(row: int, column: str) -> Cell:
        scalar = places.scalar(row, column)
        if scalar.marked:
            raise Refused("the value has an anchor or a tag")
        said = scalar.text
        left, right = 0, len(said)
        if reading.is_document and column == "next_step" and said.strip():  # which its reader strips
            left, right = len(said) - len(said.lstrip()), len(said.rstrip())
        around = said[:left], said[right:]
        return Cell(*inner(scalar, text), said[left:right], partial(_written, scalar, text, around, manners[column]))

    return cells_of(text, wanted, find)


#: The style of most values of a column, and whether other readers take plain ones for days.
_Manner = tuple[str | None, bool]


def _manner(peers: Iterable[Scalar]) -> _Manner:
    told = [each for each in peers if each.text]
    if not told:
        return None, True
    style = Counter(each.style for each in told).most_common(1)[0][0]
    return style, any(each.style is None and tag_of(each.value) == TIMESTAMP for each in told)


def _written(scalar: Scalar, text: str, around: tuple[str, str], manner: _Manner, value: str) -> str:
    style, days = manner
    tags = {STRING, tag_of(scalar.value)} | ({TIMESTAMP} if days else set())
    return written(scalar, text, around[0] + value + around[1], style, tags)


class _Export:
    """The scalars of a list of records."""

    def __init__(self, text: str, reading: Reading, options: Options) -> None:
        self._document = load_written(text, reading.table.path)
        self._records = records_in(self._document, reading.table.path, options.preset, options.map)
        self._starts = starts_of(scalars(text))
        self._mapping = reading.table.mapping

    def scalar(self, row: int, column: str) -> Scalar:
        """Refused: the record has none there."""
        key = self._mapping.headers[self._mapping.fields[column]]
        loc = _way(self._document.at(self._records[row]), key)
        if loc is None:
            raise Refused("no such key in this record")
        place = self._document.values.get((*self._records[row], *loc))
        if place is None:
            raise Refused("the value is a list or an alias")
        return self._starts[place[:2]]

    def peers(self, column: str) -> Iterator[Scalar]:
        """What the first records have in a column."""
        for row in range(min(len(self._records), _SAMPLE)):
            try:
                yield self.scalar(row, column)
            except Refused:
                continue


def _way(value: Any, key: str) -> Loc | None:
    """The keys to what `key` is in the flat row of a mapping."""
    for name, item in value.items():
        if isinstance(item, dict):
            if key.startswith(f"{name}.") and (rest := _way(item, key[len(name) + 1 :])):
                return (name, *rest)
        elif name == key:
            return (name,)
    return None


class _Playbook:
    """The scalars of a playbook."""

    def __init__(self, text: str, reading: Reading) -> None:
        self._rows = playbook_of(load_written(text, reading.table.path), reading.table.path).records()
        self._scalars = list(scalars(text))
        self._starts = starts_of(self._scalars)

    def scalar(self, row: int, column: str) -> Scalar:
        """Refused: the record has none there."""
        record = self._rows[row]
        cell = record.cells.get(_CELL_OF.get(column, column))
        if cell:
            return self._starts[cell[0].number, cell[0].column]
        if column != "next_step":
            raise Refused("this record has no cell of its own for it")
        return self._of_text(record.text)

    def _of_text(self, text: Text) -> Scalar:
        """The scalar that a text is, by its line and what it says: the reader knows no more of it."""
        line, said = text[0].number, joined(text)
        found = [each for each in self._scalars if each.line <= line <= each.last_line and _said(each) == said]
        if len(found) != 1:
            raise Refused("where this text stands is not known exactly")
        return found[0]

    def peers(self, column: str) -> Iterator[Scalar]:
        """What the records have in a column."""
        for row in range(len(self._rows)):
            try:
                yield self.scalar(row, column)
            except Refused:
                continue


def _said(scalar: Scalar) -> str:
    """A scalar as the reader of playbooks takes it."""
    return "\n".join(line.rstrip() for line in scalar.value.strip().split("\n"))
