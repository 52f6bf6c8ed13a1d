"""JSON documents: an array of objects, or an object that holds one (`records`, `results`, `data`, …), or one object."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from steplint.records.mapping import NoNextStep
from steplint.sources.encoding import Utf8Reader
from steplint.sources.objects import (
    DECODER,
    MAX_DEPTH,
    Refused,
    Row,
    flat,
    frame_of,
    half_character,
    is_record,
    lists_of_objects,
    map_keys,
    refuse,
    refused_at,
    too_deep,
)
from steplint.sources.tables import Rejections, Table, TextBlock, whole

__all__ = ["Document", "read_json"]

_BLANK = re.compile(r"[ \t\r\n]*")


def read_json(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """Every object of the document's list is a record; its line is the one that it begins on.

    InputError with line and column: no strict JSON, more than `tables.LARGEST` bytes. NoNextStep: no list of objects, or
    none with a next step.
    """
    text = whole(reader, path).decode()
    document = Document(text, path)
    items = document.items(preset, overrides)
    if not any(isinstance(item, dict) for _, item in items):
        raise NoNextStep("no objects in this JSON", path=path, line=1, column=1, hint="expected a list of objects")
    rows = document.rows(items)
    mapping = map_keys((row for _, row in rows), preset=preset, overrides=overrides, path=path, line=rows[0][0])
    columns = document.columns(items, rows, mapping.headers[mapping.fields["next_step"]])
    blocks = iter([TextBlock(frame_of(rows, mapping, path, columns), Rejections(path).take())])
    return Table("json", path, mapping, blocks, reader.notes)


class Document:
    """The text of a JSON document, in which every value is known by its place, from 0."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path

    def items(self, preset: str | None, overrides: Mapping[str, str] | None) -> list[tuple[int, Any]]:
        """The items of the document's list with their places."""
        if (deep := too_deep(self.text)) is not None:
            self._fail(f"JSON is nested deeper than {MAX_DEPTH}", deep)
        start = self._skip(0)
        if self.text[start : start + 1] == "[":
            items, end = self._list(start)
        else:
            value, end = self._value(start)
            items = self._object(start, value, preset, overrides) if isinstance(value, dict) else []
        if (more := self._skip(end)) < len(self.text):
            lines = " (JSON Lines are named .jsonl)" if self.text[more] == "{" else ""
            self._fail(f"something follows the end of the JSON{lines}", more)
        if (half := half_character(self.text)) is not None:
            self._fail("half a character (a lone surrogate)", half)
        return items

    def rows(self, items: list[tuple[int, Any]]) -> list[tuple[int, Row]]:
        """The records with their lines."""
        line, last = 1, 0
        found = []
        for at, item in items:
            line, last = line + self.text.count("\n", last, at), at
            if not isinstance(item, dict):
                self._fail("an item of the list is no object", at)
            try:
                found.append((line, flat(item)))
            except Refused as error:
                self._fail(str(error), at)
        return found

    def columns(self, items: list[tuple[int, Any]], rows: list[tuple[int, Row]], key: str) -> list[int | None]:
        """Of records that begin on one line, where the text at `key` begins; where the record does if it has none there."""
        shared = Counter(line for line, _ in rows)
        ends = [*(at for at, _ in items[1:]), len(self.text)]
        columns: list[int | None] = []
        last, start = 0, 0
        for (at, _), (line, row), end in zip(items, rows, ends, strict=True):
            if line != last:
                last, start = line, self.text.rfind("\n", 0, at) + 1
            text = row.get(key)
            if shared[line] == 1:
                columns.append(None)
                continue
            place = self.text.find(f'"{text}"', at, end) + 1
            if not place and (found := self.place_of(at, key)):  # written with escapes, or no text
                place = found[0] + self.text.startswith('"', found[0])
            if not place or "\n" in self.text[at:place]:
                place = at
            columns.append(place - start + 1)
        return columns

    def place_of(self, start: int, key: str) -> tuple[int, int] | None:
        """First and last place of the value that `key` has in the flat row of the object at `start`."""
        for name, at in self._members(start):
            if self.text[at] == "{":
                if key.startswith(f"{name}.") and (found := self.place_of(at, key[len(name) + 1 :])):
                    return found
            elif name == key:
                return at, self._value(at)[1]
        return None

    def _list(self, start: int) -> tuple[list[tuple[int, Any]], int]:
        """Items of the list at `start` with their places, and where it ends."""
        items = []
        at = self._skip(start + 1)
        while self.text[at : at + 1] != "]":
            value, end = self._value(at)
            items.append((at, value))
            at = self._skip(end)
            if self.text[at : at + 1] == ",":
                at = self._skip(at + 1)
                if self.text[at : at + 1] == "]":
                    self._fail("no JSON: a comma before the end of the list", at)
            elif self.text[at : at + 1] != "]":
                self._fail("no JSON: expected a comma or the end of the list", at)
        return items, at + 1

    def _object(
        self, start: int, value: dict[str, Any], preset: str | None, overrides: Mapping[str, str] | None
    ) -> list[tuple[int, Any]]:
        """The first list of objects in the object at `start`; the object itself where it has no list or is a record."""
        lists = lists_of_objects(value)
        if is_record(value, preset, overrides):
            return [(start, value)]
        if not lists:
            return [] if [] in value.values() else [(start, value)]
        return next(self._list(at)[0] for key, at in self._members(start) if key == lists[0])

    def _members(self, start: int) -> Iterator[tuple[str, int]]:
        """Keys of the object at `start`, known to be sound, with the places of their values."""
        at = self._skip(self._skip(start) + 1)
        while self.text[at] != "}":
            key, end = self._value(at)
            at = self._skip(self._skip(end) + 1)
            yield key, at
            at = self._skip(self._value(at)[1])
            if self.text[at] == ",":
                at = self._skip(at + 1)

    def _value(self, at: int) -> tuple[Any, int]:
        try:
            return DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            self._fail(f"no JSON: {error.msg}", error.pos)
        except Refused:
            self._fail(*refused_at(self.text, at))

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _fail(self, message: str, at: int) -> NoReturn:
        line = self.text.count("\n", 0, at) + 1
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        refuse(message, self.text[start : end if end >= 0 else None], self.path, line, at - start + 1)
