"""The exact record splitter: slow, says what is wrong with a record, and goes on with the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

__all__ = ["MAX_RECORD", "Record", "field_patterns", "split_records"]

#: A quoted field that is still open after so many bytes is a broken structure, not a long text.
MAX_RECORD = 16 << 20

TEXT_AFTER_QUOTE = "text after a closing quote"
BARE_CR = "carriage return without a line feed, outside quotes"
OPEN_QUOTE = "quote is never closed"


@dataclass(frozen=True, slots=True)
class Record:
    """One record: bytes `start` to `end` of the buffer, fields (None where unquoted and empty), first fault.

    `lines` counts the line feeds in it; `column` (from 1, in characters) and `fault_line` place the fault.
    """

    start: int
    end: int
    fields: tuple[str | None, ...]
    lines: int
    fault: str | None = None
    fault_at: int = 0

    @property
    def blank(self) -> bool:
        """A line without anything on it."""
        return self.fields == (None,) and self.fault is None


@cache
def field_patterns(separator: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What a quoted field and a plain one match from their first byte to their last."""
    quoted = re.compile(rb'"((?:[^"]++|"")*+)"')  # possessive: an open quote costs one pass
    return quoted, re.compile(rb"[^%b\r\n]*+" % re.escape(separator))


def split_records(buffer: bytes, start: int, separator: bytes, *, final: bool) -> Iterator[Record]:
    """Records of `buffer` from byte `start`, which is the start of a record.

    A field is quoted when a quote is its first byte; any other quote is an ordinary character. Without `final` the
    last record, which may go on in bytes not read yet, is held back; with it an open quote is the fault OPEN_QUOTE.
    """
    quoted, plain = field_patterns(separator)
    size = len(buffer)
    at = start
    while at < size:
        begin = at
        fields: list[str | None] = []
        fault, fault_at = None, 0
        while True:
            if buffer[at : at + 1] == b'"':
                found = quoted.match(buffer, at)
                # Without more bytes a quote at the end may be the first of a doubled one.
                if found is None or (found.end() == size and not final):
                    if final or size - begin > MAX_RECORD:
                        yield Record(begin, size, tuple(fields), buffer.count(b"\n", begin), OPEN_QUOTE, at)
                    return
                fields.append(found[1].decode().replace('""', '"'))
                at = found.end()
            else:
                found = plain.match(buffer, at)
                assert found is not None  # the pattern matches the empty string
                fields.append(found[0].decode() or None)
                at = found.end()
            # What stands between a field and its separator is a fault, and the record still ends at its own line end.
            after = at
            while at < size and buffer[at : at + 1] not in (separator, b"\n") and buffer[at : at + 2] != b"\r\n":
                if at + 1 == size and buffer[at] == 13:
                    break
                at += 1
            if at > after and fault is None:
                fault_at = after
                fault = BARE_CR if buffer[after : after + 1] == b"\r" else TEXT_AFTER_QUOTE
            if buffer[at : at + 1] == separator:
                at += 1
                continue
            break
        if at >= size or (at + 1 == size and buffer[at] == 13):  # a CR whose LF may not be read yet
            if not final:
                return
            at = size
        else:
            at += 2 if buffer[at : at + 1] == b"\r" else 1
        yield Record(begin, at, tuple(fields), buffer.count(b"\n", begin, at), fault, fault_at)
