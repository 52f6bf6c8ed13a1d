"""Cells of JSON and JSON Lines: a value's own token is replaced, escaped as the file escapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from steplint.sources.json import Document
from steplint.sources.patch.content import Content, byte_places, line_starts
from steplint.sources.patch.edits import Cell, Refused
from steplint.sources.patch.reread import Options, Reading

__all__ = ["cells"]

_Place = tuple[int, int] | None
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CODE = re.compile(r"\\u[0-9a-f]{4}")
_SHORT = {"\n": b"n", "\r": b"r", "\t": b"t", "\b": b"b", "\f": b"f", '"': b'"', "\\": b"\\"}


def cells(content: Content, reading: Reading, wanted: Sequence[tuple[int, str]], options: Options) -> list[Cell | str]:
    """The cell of each (row, column), or why there is none."""
    mapping = reading.table.mapping
    keys = [(row, mapping.headers[mapping.fields[column]]) for row, column in wanted]
    if reading.table.kind == "jsonl":
        places = list(_in_lines(content, reading, keys))
    else:
        places = _in_document(content, reading, keys, options)
    escapes = _Escapes(content.text)
    return [_cell(content.text, place, escapes) if place else "no such key in this record" for place in places]


def _in_lines(content: Content, reading: Reading, keys: Sequence[tuple[int, str]]) -> Iterator[_Place]:
    lines = reading.frame["line"]
    starts = line_starts(content.text, {lines[row] for row, _ in keys})
    for row, key in keys:
        start = starts[lines[row]]
        end = content.text.find(b"\n", start)
        text = content.text[start : end if end >= 0 else None].decode()
        place = Document(text, reading.table.path).place_of(0, key)
        yield (start + len(text[: place[0]].encode()), start + len(text[: place[1]].encode())) if place else None


def _in_document(content: Content, reading: Reading, keys: Sequence[tuple[int, str]], options: Options) -> list[_Place]:
    text = content.text.decode()
    document = Document(text, reading.table.path)
    items = document.items(options.preset, options.map)
    places = [document.place_of(items[row][0], key) for row, key in keys]
    in_bytes = byte_places(text, [at for place in places if place for at in place])
    return [(in_bytes[place[0]], in_bytes[place[1]]) if place else None for place in places]


def _cell(text: bytes, place: tuple[int, int], escapes: _Escapes) -> Cell | str:
    token = text[slice(*place)].decode()
    value = json.loads(token, parse_int=str, parse_float=str)
    if token.startswith('"') or value is None:
        write = escapes.string if value is not None else escapes.for_null
        return Cell(*place, value or "", write)
    if isinstance(value, str):
        return Cell(*place, value, _number)
    return "the value is neither text nor null"


def _number(value: str) -> str:
    """A number in the place of one: a day that is counted."""
    if not re.fullmatch(r"0|[1-9]\d*", value):
        raise Refused("the value is a number")
    return value


class _Escapes:
    """Which characters the file escapes in strings, and how."""

    def __init__(self, text: bytes) -> None:
        codes: set[str] = set()
        short: set[bytes] = set()
        for found in _ESCAPE.finditer(text):
            if found[1]:
                codes.add(found[1].decode())
            else:
                short.add(found[2])
        #: A file without any other characters than ASCII stays so.
        self.ascii = text.isascii()
        self.upper = any(code != code.lower() for code in codes)
        signs = {chr(int(code, 16)) for code in codes if int(code, 16) < 0x80}
        self.coded = {
            sign for sign in signs if not (_SHORT[sign] in short if sign in _SHORT else sign.encode() in text)
        }
        self.slash = b"/" in short and text.count(b"/") == text.count(rb"\/")

    def string(self, value: str) -> str:
        """The value as a string of this file."""
        return f'"{"".join(map(self._sign, value))}"'

    def for_null(self, value: str) -> str:
        """The value in the place of null. Refused: a number, which the column's other records have bare."""
        if re.fullmatch(r"\d{5}|\d{13}", value):
            raise Refused("the column counts days as numbers")
        return self.string(value)

    def _sign(self, sign: str) -> str:
        if sign == "/":
            return r"\/" if self.slash else sign
        written = f"\\u{ord(sign):04x}" if sign in self.coded else json.dumps(sign, ensure_ascii=self.ascii)[1:-1]
        return _CODE.sub(lambda found: found[0][:2] + found[0][2:].upper(), written) if self.upper else written
