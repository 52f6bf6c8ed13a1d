"""The bytes of a file beside its text, so that a part of the text can be replaced and every other byte stays."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from steplint.sources.csv import is_salesforce
from steplint.sources.encoding import Utf8Reader
from steplint.sources.patch.edits import Cell, Refused

__all__ = ["Content", "Splice", "byte_places", "cells_of", "line_starts"]

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_STRIDE = 1 << 16

#: (first byte of the text, byte behind the last, what is to stand there)
Splice = tuple[int, int, bytes]


@dataclass(frozen=True)
class Content:
    """`text` is the file in UTF-8 without `mark`, its byte order mark; `codec` is what the file itself is written in."""

    text: bytes
    mark: bytes
    codec: str
    exact: bool  # the text, written in `codec`, is the file again

    @classmethod
    def of(cls, data: bytes, path: str, encoding: str | None, kind: str) -> Content:
        """InputError: the bytes are no text in that encoding."""
        may_be_cp1252 = is_salesforce if kind == "csv" else None
        reader = Utf8Reader(io.BytesIO(data), path, encoding, may_be_cp1252=may_be_cp1252)
        text = b"".join(reader.blocks())
        mark = next((mark for mark in _BOMS if data.startswith(mark)), b"")
        codec = (reader.encoding or "utf-8").removesuffix("-sig")
        if codec == "utf-8":
            return cls(text, mark, codec, exact=True)
        return cls(text, mark, codec, exact=mark + _encoded(text, codec) == data)

    def can_write(self, value: str) -> bool:
        """Whether the file's encoding has all characters of a text."""
        try:
            value.encode(self.codec)
        except UnicodeError:
            return False
        return True

    def patched(self, splices: Iterable[Splice]) -> bytes:
        """The file's bytes with each splice, none of which overlaps another, in the place of what stood there."""
        parts = [self.mark]
        at = 0
        for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
            parts += (self._written(self.text[at:start]), self._written(new))
            at = end
        parts.append(self._written(self.text[at:]))
        return b"".join(parts)

    def _written(self, text: bytes) -> bytes:
        return text if self.codec == "utf-8" else _encoded(text, self.codec)


def _encoded(text: bytes, codec: str) -> bytes:
    try:
        return text.decode().encode(codec)
    except UnicodeError:
        return b""


def line_starts(text: bytes, lines: Iterable[int]) -> dict[int, int]:
    """Where each of `lines` (from 1, ended by a line feed) begins; one that the text does not have is left out."""
    found: dict[int, int] = {}
    line, at = 1, 0
    for wanted in sorted(set(lines)):
        while at + _STRIDE < len(text) and line + (feeds := text.count(b"\n", at, at + _STRIDE)) < wanted:
            line, at = line + feeds, at + _STRIDE
        while line < wanted:
            at = text.find(b"\n", at) + 1
            if not at:
                return found
            line += 1
        found[wanted] = at
    return found


def cells_of(text: str, wanted: Sequence[tuple[int, str]], find: Callable[[int, str], Cell]) -> list[Cell | str]:
    """The cell of each (row, column), which `find` gives in characters of `text` or refuses."""
    found: list[Cell | str] = []
    for row, column in wanted:
        try:
            found.append(find(row, column))
        except Refused as reason:
            found.append(str(reason))
    at = byte_places(text, [place for cell in found if isinstance(cell, Cell) for place in cell[:2]])
    return [cell._replace(start=at[cell.start], end=at[cell.end]) if isinstance(cell, Cell) else cell for cell in found]


def byte_places(text: str, places: Sequence[int]) -> dict[int, int]:
    """Places in a text, counted in code points, as places in its UTF-8."""
    if text.isascii():
        return {place: place for place in places}
    found: dict[int, int] = {}
    last = size = 0
    for place in sorted(set(places)):
        size += len(text[last:place].encode())
        found[place], last = size, place
    return found
