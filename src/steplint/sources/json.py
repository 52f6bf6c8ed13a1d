"""JSON documents: an array of objects, or an object that holds one (`records`, `results`, `data`, …), or one object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from steplint.errors import InputError
from steplint.sources.encoding import Utf8Reader
from steplint.sources.objects import (
    DECODER,
    MAX_DEPTH,
    Refused,
    Row,
    depth_of,
    flat,
    frame_of,
    has_half_characters,
    map_keys,
    refuse,
)
from steplint.sources.tables import Rejections, Table, TextBlock, whole

__all__ = ["read_json"]

_BLANK = re.compile(r"[ \t\r\n]*")


def read_json(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """Every object of the document's list is a record; its line is the one that it begins on.

    InputError with line and column: no strict JSON, no list of objects, more than `tables.LARGEST` bytes.
    """
    text = whole(reader, path).decode()
    rows = _Document(text, path).rows()
    if not rows:
        raise InputError("no objects in this JSON", path=path, hint="expected a list of objects")
    mapping = map_keys((row for _, row in rows), preset=preset, overrides=overrides, path=path, line=rows[0][0])
    blocks = iter([TextBlock(frame_of(rows, mapping, path), Rejections(path).take())])
    return Table("json", path, mapping, blocks, reader.notes)


class _Document:
    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path

    def rows(self) -> list[tuple[int, Row]]:
        """The records with their lines."""
        if (depth := depth_of(self.text)) > MAX_DEPTH:
            refuse(f"JSON is nested {depth} deep, more than {MAX_DEPTH}", self.text, self.path, 1, None)
        start = self._skip(0)
        if self.text[start : start + 1] == "[":
            items, end = self._list(start)
        elif self.text[start : start + 1] == "{":
            items, end = self._object(start)
        else:
            self._value(start)  # says what is wrong with a broken one
            self._fail("this JSON holds no objects", start)
        if self._skip(end) < len(self.text):
            self._fail("something follows the end of the JSON", self._skip(end))
        line, last = 1, 0
        found = []
        for at, item in items:
            line, last = line + self.text.count("\n", last, at), at
            if not isinstance(item, dict):
                self._fail("an item of the list is no object", at)
            found.append((line, flat(item)))
        if has_half_characters(self.text, [row for _, row in found]):
            self._fail("half a character (a lone surrogate)", start)
        return found

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

    def _object(self, start: int) -> tuple[list[tuple[int, Any]], int]:
        """The first list of objects in the object at `start`, else the object itself."""
        whole_object, end = self._value(start)
        lists = [key for key, value in whole_object.items() if _of_objects(value)]
        if not lists or "next_step" in whole_object:
            return [(start, whole_object)], end
        for key, at in self._members(start):
            if key == lists[0]:
                return self._list(at)[0], end
        raise AssertionError(lists[0])

    def _members(self, start: int) -> Iterator[tuple[str, int]]:
        """Keys of the object at `start`, known to be sound, with the places of their values."""
        at = self._skip(start + 1)
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
        except Refused as error:
            self._fail(str(error), max(self.text.find(str(error.key), at), at))

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _fail(self, message: str, at: int) -> NoReturn:
        line = self.text.count("\n", 0, at) + 1
        start = self.text.rfind("\n", 0, at) + 1
        refuse(message, self.text[start : start + 200].split("\n")[0], self.path, line, at - start + 1)


def _of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
